//! A plot among its peers: closed forms, who is a peer, and what order cannot change.

use croplens::crop::events::{Event, EventKind, EventRules};
use croplens::crop::vigour::{PeerFacts, Peers, Vigour, VigourClass, VigourRules, greenness};
use croplens::series::Smooth;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

const GREENUP: Date = date(2022, 5, 20);

/// A plot `east` metres east of the equator's origin with a level of greenness.
fn plot(k: usize, east_m: f64, level: f32) -> PeerFacts {
    PeerFacts {
        id: format!("P{k:03}"),
        place: (0.0, east_m / 111_195.0),
        borrower: Some(format!("B{k}")),
        group: Some("maize".to_owned()),
        zone: Some("z".to_owned()),
        well_resolved: true,
        greenup: Some(GREENUP),
        greenness: vec![level; 13],
        clear: (0..20).map(|d| GREENUP.checked_add((d * 5).days()).unwrap()).collect(),
        ..PeerFacts::default()
    }
}

/// Ten plots 500 m apart with greenness 0.30, 0.32 ... 0.48.
fn village() -> Vec<PeerFacts> {
    (0..10).map(|k| plot(k, 500.0 * k as f64, 0.30 + 0.02 * k as f32)).collect()
}

fn vigour(all: &[PeerFacts], of: &PeerFacts, events: &[Event]) -> Vigour {
    Peers::new(all.to_vec()).vigour(of, None, events, &VigourRules::default(), &EventRules::default())
}

#[test]
fn deviation_rank_and_distance_are_the_closed_forms() {
    let own = plot(99, 0.0, 0.50);
    let mut all = village();
    all.push(own.clone());
    let among = vigour(&all, &own, &[]).peers.unwrap();
    assert_eq!(among.n, 10);
    assert!((among.radius_m - 4500.0).abs() < 1.0);
    // Median 0.39, MAD 0.05.
    let z = (0.50 - 0.39) / (1.4826 * 0.05) * 10.0 / 15.0;
    assert!((among.z - z).abs() < 1e-5, "{} {z}", among.z);
    assert_eq!(among.class(), VigourClass::Normal);
    assert_eq!(among.percentile, 1.0);
    // Beta(11, 1): x^11.
    assert!((among.percentile_lower - 0.1_f64.powf(1.0 / 11.0)).abs() < 1e-6);
    assert!((among.log_ratio - (0.50_f64 / 0.39).ln()).abs() < 2e-3);
    assert_eq!(among.ids[0], "P000");
}

#[test]
fn a_peer_is_of_the_same_crop_zone_and_stage_and_of_another_borrower() {
    let own = plot(99, 0.0, 0.5);
    let count = |change: &dyn Fn(&mut PeerFacts)| {
        let mut all = village();
        change(&mut all[3]);
        vigour(&all, &own, &[]).peers.map(|p| p.n)
    };
    assert_eq!(count(&|_| ()), Some(10));
    assert_eq!(count(&|p| p.group = Some("wheat".into())), Some(9));
    assert_eq!(count(&|p| p.group = None), Some(9));
    assert_eq!(count(&|p| p.zone = None), Some(9));
    assert_eq!(count(&|p| p.borrower = Some("B99".into())), Some(9));
    assert_eq!(count(&|p| p.borrower = None), Some(10));
    assert_eq!(count(&|p| p.well_resolved = false), Some(9));
    assert_eq!(count(&|p| p.greenup = Some(date(2022, 6, 5))), Some(9));
    assert_eq!(count(&|p| p.greenup = Some(date(2022, 6, 4))), Some(10));
    assert_eq!(count(&|p| p.greenness.truncate(4)), Some(9));
    assert_eq!(count(&|p| p.place = (0.0, 0.2)), Some(9));
    // Seven are too few; 15 km away they count when nearer ones are lacking.
    let far: Vec<PeerFacts> = village()
        .into_iter()
        .map(|mut p| {
            p.place.1 += 0.13;
            p
        })
        .collect();
    assert_eq!(vigour(&far, &own, &[]).peers.unwrap().n, 10);
    assert!(vigour(&village()[..7], &own, &[]).peers.is_none());
}

#[test]
fn late_is_late_against_the_neighbours() {
    let late = PeerFacts { greenup: Some(date(2022, 6, 10)), ..plot(99, 0.0, 0.5) };
    let v = vigour(&village(), &late, &[]);
    assert_eq!(v.days_behind, Some((21, 10)));
    assert!(v.peers.is_none(), "nobody is at the same stage");
}

#[test]
fn neighbours_tell_a_hazard_from_a_plots_own_loss() {
    let event = Event {
        kind: EventKind::Loss,
        from: date(2022, 7, 1),
        to: date(2022, 7, 6),
        last: date(2022, 7, 20),
        drop: 0.4,
        severity: Some(0.7),
        area_fraction: None,
        ripe_probability: 0.0,
        harvest_from: None,
        declared_before: None,
        evidence: vec![date(2022, 7, 6), date(2022, 7, 11)],
    };
    let own = plot(99, 0.0, 0.5);
    for fell in [0, 4, 5, 10] {
        let mut all = village();
        for p in &mut all[..fell] {
            p.falls = vec![(date(2022, 7, 1), date(2022, 7, 6))];
        }
        let alike = vigour(&all, &own, std::slice::from_ref(&event)).alike[0].unwrap();
        assert_eq!(alike.n, 10);
        assert!((alike.share - fell as f64 / 10.0).abs() < 1e-12);
    }
    // A neighbour that nobody saw then is no witness; a fall weeks later is another one.
    let mut all = village();
    all[0].clear.clear();
    all[1].falls = vec![(date(2022, 7, 25), date(2022, 7, 30))];
    let alike = vigour(&all, &own, std::slice::from_ref(&event)).alike[0].unwrap();
    assert_eq!((alike.n, alike.share), (9, 0.0));
    all[2].clear.clear();
    all[3].clear.clear();
    assert_eq!(vigour(&all, &own, std::slice::from_ref(&event)).alike, [None]);
}

#[test]
fn greenness_is_the_mean_above_soil_since_green_up() {
    let curve = Smooth {
        start: GREENUP,
        values: vec![0.6; 31],
        sd: vec![0.0; 31],
        days: vec![],
        weights: vec![],
        sigma: 0.02,
    };
    let path = greenness(&curve, GREENUP, Date::MAX);
    assert_eq!(path.len(), 7);
    assert!(path.iter().all(|v| (f64::from(*v) - 0.4).abs() < 1e-6));
    assert_eq!(greenness(&curve, GREENUP, GREENUP.checked_add(9.days()).unwrap()).len(), 2);
    assert!(greenness(&curve, date(2022, 1, 1), Date::MAX).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// The nearest hundred of many, whatever their order, and as a plain search finds them.
    #[test]
    fn peers_are_the_nearest_ones_in_any_order(
        spots in proptest::collection::vec((-0.15_f64..0.15, -0.15_f64..0.15, 0.1_f32..0.6), 30..250),
        lat in -60.0_f64..60.0, turn in any::<prop::sample::Index>(),
    ) {
        let mut all: Vec<PeerFacts> = spots.iter().enumerate().map(|(k, (dy, dx, level))| {
            PeerFacts { place: (lat + dy, 20.0 + dx), ..plot(k, 0.0, *level) }
        }).collect();
        let own = PeerFacts { place: (lat, 20.0), ..plot(999, 0.0, 0.4) };
        let found = vigour(&all, &own, &[]);
        let at = turn.index(all.len());
        all.rotate_left(at);
        prop_assert_eq!(&vigour(&all, &own, &[]), &found);
        let mut plain: Vec<(f64, &str)> = all.iter().map(|p| {
            let cos = (0.5 * (p.place.0 + lat)).to_radians().cos();
            let d = ((p.place.1 - 20.0) * 111_195.0 * cos).hypot((p.place.0 - lat) * 111_195.0);
            ((d * 1000.0).round() / 1000.0, p.id.as_str())
        }).collect();
        plain.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
        let near = plain.iter().filter(|p| p.0 <= 10_000.0).count();
        let radius = if near >= 8 { 10_000.0 } else { 20_000.0 };
        let ids: Vec<&str> = plain.iter().filter(|p| p.0 <= radius).take(100).map(|p| p.1).collect();
        match &found.peers {
            Some(p) => prop_assert_eq!(p.ids.iter().map(String::as_str).collect::<Vec<_>>(), ids),
            None => prop_assert!(ids.len() < 8),
        }
    }
}
