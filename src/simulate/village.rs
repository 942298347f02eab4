//! The village: hand-placed plots, one for each thing an appraisal must get right.
//!
//! Comes in: the seed. Goes out: the fields on the ground (what grows where) and the plots as
//! applicants drew them (outline, declaration). What must be answered for each is in `truth`.

use geo::{Coord, LineString, MultiPolygon, Polygon};

use super::dice::Dice;
use super::landscape::to_utm;
use super::perennial::Land;
use super::species::{BARLEY, MAIZE, RAPESEED, SUNFLOWER, Species, WHEAT};

/// What a parcel carries.
#[derive(Clone, Debug)]
pub(super) enum Cover {
    /// Annual crops; the last one in the last year, and so on backwards, again from the end when short.
    Rotation(Vec<&'static Species>),
    /// Something that stays.
    Lasting(Land),
}

/// One field on the ground.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// UTM metres.
    pub(super) ground: MultiPolygon<f64>,
    pub(super) cover: Cover,
    /// How well crops stand, about 1.
    pub(super) vigour: f64,
    /// Under water in the middle of the last season.
    pub(super) flooded: bool,
}

/// What an appraisal must answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expect {
    /// The declared crop grows: `supports`.
    Supports,
    /// It grows, but small or short of evidence: `supports` or `refer`.
    SupportsOrRefer,
    /// Cannot be told, or relief: `refer`.
    Refer,
    /// Too small: `refer`, or refused as input.
    ReferOrNotAppraised,
    /// What was declared does not grow: `does_not_support` or `refer`, never `supports`.
    NotSupports,
    /// The input is unusable: `not_appraised`.
    NotAppraised,
}

/// How an outline came about and is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Drawn {
    /// Drawn in an app.
    Manual,
    /// Walked with a phone; a closed LineString with a position fix.
    Walked,
    /// Surveyed.
    Surveyed,
}

/// One plot as an applicant handed it in.
#[derive(Clone, Debug)]
pub(super) struct Application {
    pub(super) id: String,
    /// Outline in UTM metres, as drawn (the bow-tie crosses itself).
    pub(super) outline: MultiPolygon<f64>,
    pub(super) drawn: Drawn,
    pub(super) declared: Option<&'static str>,
    pub(super) expect: Expect,
    /// Why this plot is here, in plain words.
    pub(super) role: &'static str,
    /// A cloud stands over it on every date.
    pub(super) always_cloudy: bool,
    /// A point well inside the field, UTM metres.
    pub(super) inside: Coord<f64>,
}

type Corners = &'static [(f64, f64)];

/// One row of the village.
struct Row {
    role: &'static str,
    parts: &'static [Corners],
    hole: Option<(f64, f64, f64)>,
    crops: Option<&'static [&'static Species]>,
    land: Option<Land>,
    declared: Option<&'static str>,
    drawn: Drawn,
    expect: Expect,
    inside: (f64, f64),
}

const fn row(
    role: &'static str,
    parts: &'static [Corners],
    crops: &'static [&'static Species],
    declared: &'static str,
    expect: Expect,
    inside: (f64, f64),
) -> Row {
    Row {
        role,
        parts,
        hole: None,
        crops: Some(crops),
        land: None,
        declared: Some(declared),
        drawn: Drawn::Manual,
        expect,
        inside,
    }
}

use Expect::{NotAppraised, NotSupports, Refer, ReferOrNotAppraised, Supports, SupportsOrRefer};

/// The village. Metres from its centre, x along the fields, y across; crops of the year before last
/// season and of the last season.
#[rustfmt::skip]
static ROWS: [Row; 20] = [
    row("winter wheat as declared", &[&[(-1052.0, 148.0), (-838.0, 156.0), (-826.0, 334.0), (-1044.0, 326.0)]],
        &[&RAPESEED, &WHEAT], "winter wheat", Supports, (-940.0, 240.0)),
    row("maize as declared", &[&[(-802.0, 168.0), (-566.0, 176.0), (-558.0, 352.0), (-790.0, 346.0)]],
        &[&WHEAT, &MAIZE], "maize", Supports, (-680.0, 260.0)),
    row("rapeseed as declared", &[&[(-534.0, 186.0), (-306.0, 194.0), (-298.0, 384.0), (-526.0, 372.0)]],
        &[&BARLEY, &RAPESEED], "rapeseed", SupportsOrRefer, (-416.0, 284.0)),
    row("sunflower as declared", &[&[(-1064.0, -118.0), (-846.0, -124.0), (-852.0, 64.0), (-1056.0, 58.0)]],
        &[&WHEAT, &SUNFLOWER], "sunflower", SupportsOrRefer, (-955.0, -30.0)),
    row("spring barley as declared", &[&[(-816.0, -104.0), (-604.0, -98.0), (-598.0, 92.0), (-824.0, 88.0)]],
        &[&SUNFLOWER, &BARLEY], "spring barley", SupportsOrRefer, (-710.0, -5.0)),
    Row { role: "fallow, declared as maize: no crop cycle to be seen", land: Some(Land::Fallow), crops: None,
        ..row("", &[&[(-562.0, -66.0), (-364.0, -58.0), (-356.0, 122.0), (-554.0, 116.0)]],
        &[], "maize", NotSupports, (-460.0, 28.0)) },
    row("maize under water for three weeks in mid season: relief, not refusal",
        &[&[(-1042.0, -334.0), (-838.0, -330.0), (-844.0, -168.0), (-1034.0, -172.0)]],
        &[&WHEAT, &MAIZE], "maize", Refer, (-940.0, -250.0)),
    row("kitchen plot of 0.03 ha, too small to be measured", &[&[(-712.0, -212.0), (-692.0, -212.0), (-692.0, -197.0), (-712.0, -197.0)]],
        &[&MAIZE], "maize", ReferOrNotAppraised, (-702.0, -204.5)),
    row("outline crosses itself", &[&[(-566.0, -334.0), (-424.0, -206.0), (-420.0, -330.0), (-570.0, -210.0)]],
        &[&WHEAT, &MAIZE], "maize", NotAppraised, (-530.0, -272.0)),
    row("wheat under a cloud on every date", &[&[(898.0, 204.0), (1062.0, 198.0), (1056.0, 332.0), (906.0, 326.0)]],
        &[&MAIZE, &WHEAT], "winter wheat", Refer, (980.0, 265.0)),
    row("winter wheat lying partly on each of two tiles", &[&[(-172.0, 246.0), (170.0, 252.0), (166.0, 356.0), (-178.0, 348.0)]],
        &[&MAIZE, &WHEAT], "winter wheat", Supports, (0.0, 300.0)),
    row("maize in the overlap of two tiles, seen twice a day", &[&[(-68.0, -84.0), (62.0, -80.0), (66.0, 72.0), (-62.0, 70.0)]],
        &[&WHEAT, &MAIZE], "maize", Supports, (0.0, -5.0)),
    row("declared as maize, grows winter wheat", &[&[(252.0, 176.0), (448.0, 182.0), (452.0, 358.0), (246.0, 362.0)]],
        &[&MAIZE, &WHEAT], "maize", NotSupports, (350.0, 268.0)),
    row("L-shaped maize field", &[&[(232.0, -92.0), (472.0, -86.0), (470.0, 8.0), (334.0, 12.0), (328.0, 112.0), (228.0, 106.0)]],
        &[&BARLEY, &MAIZE], "maize", Supports, (280.0, -20.0)),
    Row { hole: Some((662.0, -12.0, 32.0)), ..row("winter wheat around a pond (outline with a hole)",
        &[&[(542.0, -122.0), (776.0, -116.0), (782.0, 92.0), (536.0, 88.0)]],
        &[&SUNFLOWER, &WHEAT], "winter wheat", Supports, (580.0, 40.0)) },
    row("rapeseed on two separate strips (MultiPolygon)",
        &[&[(-382.0, -332.0), (-316.0, -330.0), (-318.0, -140.0), (-384.0, -142.0)],
          &[(-292.0, -334.0), (-226.0, -332.0), (-222.0, -138.0), (-290.0, -140.0)]],
        &[&WHEAT, &RAPESEED], "rapeseed", SupportsOrRefer, (-350.0, -236.0)),
    Row { role: "permanent grassland declared as maize", land: Some(Land::Grass), crops: None,
        ..row("", &[&[(228.0, -372.0), (432.0, -368.0), (436.0, -188.0), (224.0, -192.0)]],
        &[], "maize", NotSupports, (330.0, -280.0)) },
    Row { drawn: Drawn::Walked, ..row("maize, outline walked with a phone (closed LineString)",
        &[&[(518.0, -392.0), (722.0, -386.0), (716.0, -218.0), (524.0, -224.0)]],
        &[&RAPESEED, &MAIZE], "maize", Supports, (620.0, -305.0)) },
    Row { declared: None, ..row("winter wheat, no crop declared",
        &[&[(802.0, -204.0), (1004.0, -198.0), (998.0, -18.0), (806.0, -24.0)]],
        &[&SUNFLOWER, &WHEAT], "", SupportsOrRefer, (902.0, -110.0)) },
    Row { drawn: Drawn::Surveyed, ..row("winter wheat on a quarter of a hectare",
        &[&[(524.0, 252.0), (576.0, 250.0), (578.0, 302.0), (522.0, 304.0)]],
        &[&MAIZE, &WHEAT], "winter wheat", SupportsOrRefer, (550.0, 277.0)) },
];

/// Position of the flooded maize and of the clouded wheat among the rows.
const FLOODED: usize = 6;
const CLOUDED: usize = 9;
/// Position of the bow-tie, whose field is the box around it.
const BOW_TIE: usize = 8;

fn ring(points: &[(f64, f64)], jitter_m: f64, dice: &mut Dice) -> LineString<f64> {
    let mut out = Vec::new();
    for (n, a) in points.iter().enumerate() {
        let b = points[(n + 1) % points.len()];
        let length = (b.0 - a.0).hypot(b.1 - a.1);
        let pieces = if length > 60.0 { 3 } else { 1 };
        for k in 0..pieces {
            let t = f64::from(k) / f64::from(pieces);
            let (u, v) = (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t);
            out.push(to_utm(u + dice.normal(0.0, jitter_m), v + dice.normal(0.0, jitter_m)));
        }
    }
    let mut line = LineString::new(out);
    line.close();
    line
}

/// Corners drawn towards the middle by about `inset` metres, as people draw inside their field.
fn inset(points: &[(f64, f64)], inset: f64) -> Vec<(f64, f64)> {
    let n = points.len() as f64;
    let middle = points.iter().fold((0.0, 0.0), |m, p| (m.0 + p.0 / n, m.1 + p.1 / n));
    points
        .iter()
        .map(|p| {
            let (dx, dy) = (middle.0 - p.0, middle.1 - p.1);
            let away = dx.hypot(dy);
            (p.0 + dx / away * inset, p.1 + dy / away * inset)
        })
        .collect()
}

fn circle(centre: (f64, f64), radius: f64) -> LineString<f64> {
    let mut line = LineString::new(
        (0..12)
            .map(|k| {
                let (sin, cos) = (f64::from(k) * std::f64::consts::TAU / 12.0).sin_cos();
                to_utm(centre.0 + radius * cos, centre.1 + radius * sin)
            })
            .collect(),
    );
    line.close();
    line
}

/// The fields on the ground and the applications for the first `count` of them.
pub(super) fn build(seed: u64, count: usize) -> (Vec<Field>, Vec<Application>) {
    let mut fields = Vec::new();
    let mut applications = Vec::new();
    for (n, row) in ROWS.iter().enumerate() {
        let mut dice = Dice::new(seed, &[0x71, n as u64]);
        let mut ground: Vec<Polygon<f64>> =
            row.parts.iter().map(|p| Polygon::new(ring(p, 0.8, &mut dice), vec![])).collect();
        if n == BOW_TIE {
            let around = [(-580.0, -340.0), (-412.0, -336.0), (-410.0, -198.0), (-576.0, -200.0)];
            ground = vec![Polygon::new(ring(&around, 0.8, &mut dice), vec![])];
        }
        if let Some((u, v, r)) = row.hole {
            fields.push(Field {
                ground: MultiPolygon::new(vec![Polygon::new(circle((u, v), r), vec![])]),
                cover: Cover::Lasting(Land::Pond),
                vigour: 1.0,
                flooded: false,
            });
        }
        fields.push(Field {
            ground: MultiPolygon::new(ground),
            cover: match (row.crops, row.land) {
                (_, Some(land)) => Cover::Lasting(land),
                (crops, None) => Cover::Rotation(crops.unwrap_or_default().to_vec()),
            },
            vigour: dice.normal(1.0, 0.06).clamp(0.85, 1.15),
            flooded: n == FLOODED,
        });
        let (draw_inside, shake) = match row.drawn {
            _ if row.expect == ReferOrNotAppraised => (0.0, 0.0),
            Drawn::Manual => (5.0, 0.9),
            Drawn::Walked => (6.0, 1.8),
            Drawn::Surveyed => (2.0, 0.2),
        };
        let parts = row.parts.iter().enumerate().map(|(k, p)| {
            let hole = row.hole.filter(|_| k == 0).map(|(u, v, r)| circle((u, v), r + 3.0));
            Polygon::new(ring(&inset(p, draw_inside), shake, &mut dice), hole.into_iter().collect())
        });
        applications.push(Application {
            id: format!("DEMO-{:02}", n + 1),
            outline: MultiPolygon::new(parts.collect()),
            drawn: row.drawn,
            declared: row.declared,
            expect: row.expect,
            role: row.role,
            always_cloudy: n == CLOUDED,
            inside: to_utm(row.inside.0, row.inside.1),
        });
    }
    applications.truncate(count);
    (fields, applications)
}

#[cfg(test)]
mod tests {
    use geo::{Area, Contains, Point, Validation};

    use super::*;

    #[test]
    fn only_the_bow_tie_is_invalid_and_every_inside_point_is_inside() {
        let (_, applications) = build(1, usize::MAX);
        assert_eq!(applications.len(), ROWS.len());
        for (n, a) in applications.iter().enumerate() {
            assert_eq!(a.outline.is_valid(), n != BOW_TIE, "{}", a.id);
            if n != BOW_TIE {
                assert!(a.outline.contains(&Point::from(a.inside)), "{}", a.id);
            }
        }
        let small = applications[7].outline.unsigned_area();
        assert!((small - 300.0).abs() < 1.0, "{small}");
    }
}
