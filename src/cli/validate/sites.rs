//! Sites of a set that names none: places that lie within a day's drive of each other, by their coordinates.

use std::collections::BTreeMap;

/// Two places belong to one site when a chain of places leads from one to the other in steps of this, degrees of
/// latitude (about 100 km).
const STEP: f64 = 0.9;

/// The site of each place, named by its centre. Its name does not depend on the order of the places.
pub(super) fn sites(places: &[(f64, f64)]) -> Vec<String> {
    let cell = |(lat, lon): (f64, f64)| ((lat / STEP).floor() as i32, (lon / STEP).floor() as i32);
    // Of each cell the places in it: neighbours are looked for around it only.
    let mut cells: BTreeMap<(i32, i32), Vec<usize>> = BTreeMap::new();
    places.iter().enumerate().for_each(|(k, p)| cells.entry(cell(*p)).or_default().push(k));
    let mut site: Vec<Option<usize>> = vec![None; places.len()];
    let mut count = 0;
    for first in 0..places.len() {
        if site[first].is_some() {
            continue;
        }
        let mut waiting = vec![first];
        site[first] = Some(count);
        while let Some(k) = waiting.pop() {
            let (row, column) = cell(places[k]);
            let around = cells.range((row - 1, i32::MIN)..=(row + 1, i32::MAX));
            let near = around.filter(|((_, c), _)| (c - column).abs() <= 3).flat_map(|(_, members)| members);
            for other in near {
                if site[*other].is_none() && apart(places[k], places[*other]) <= STEP {
                    site[*other] = Some(count);
                    waiting.push(*other);
                }
            }
        }
        count += 1;
    }
    let centre = |of: usize| {
        let members: Vec<(f64, f64)> =
            (places.iter().zip(&site)).filter(|(_, s)| **s == Some(of)).map(|(p, _)| *p).collect();
        let middle = |mut all: Vec<f64>| {
            all.sort_by(f64::total_cmp);
            all.get(all.len() / 2).copied().unwrap_or_default()
        };
        let (lat, lon) =
            (middle(members.iter().map(|m| m.0).collect()), middle(members.iter().map(|m| m.1).collect()));
        let side = |x: f64, plus: char, minus: char| {
            format!("{:.1} {}", x.abs(), if x < 0.0 { minus } else { plus })
        };
        format!("site at {}, {}", side(lat, 'N', 'S'), side(lon, 'E', 'W'))
    };
    let names: Vec<String> = (0..count).map(centre).collect();
    site.into_iter().map(|s| s.and_then(|s| names.get(s)).cloned().unwrap_or_default()).collect()
}

/// Distance in degrees of latitude.
fn apart(a: (f64, f64), b: (f64, f64)) -> f64 {
    let east = (a.1 - b.1) * ((a.0 + b.0) / 2.0).to_radians().cos();
    (a.0 - b.0).hypot(east)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_a_district_are_one_site_wherever_it_lies() {
        let north = [(48.2, 0.3), (48.9, 0.8), (48.4, -0.1)];
        let south = [(43.6, -0.4), (44.1, 0.2)];
        let all: Vec<(f64, f64)> = north.into_iter().chain(south).collect();
        let said = sites(&all);
        assert_eq!(said[0], "site at 48.4 N, 0.3 E");
        assert!(said[..3].iter().all(|s| *s == said[0]) && said[3..].iter().all(|s| *s == said[3]));
        assert_ne!(said[0], said[3]);
        // The other way round the same names.
        let back: Vec<(f64, f64)> = all.iter().rev().copied().collect();
        assert_eq!(sites(&back).into_iter().rev().collect::<Vec<_>>(), said);
        // Another country, the same two districts.
        let moved: Vec<(f64, f64)> = all.iter().map(|p| (p.0 - 75.0, p.1 + 20.0)).collect();
        assert_eq!(sites(&moved)[0], "site at 26.6 S, 20.3 E");
        assert_eq!(sites(&[]), Vec::<String>::new());
    }
}
