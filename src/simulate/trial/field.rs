//! One field through a year: crops in turn, what lies between them, water in the soil, and what befalls it.
//!
//! Comes in: weather, what the farmer means to do, an event or none. Goes out: the state of every day and the dates
//! that truly were. The same plan grown twice, with and without the event, tells what the event cost.

use super::climate::Day;
use super::paddy::Water;
use super::stand::{Dates, Nature, Stand};
use super::tables::{Crop, Ends, Paddy};

/// When a crop is meant to be sown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum When {
    /// On a day (index into the weather).
    On(usize),
    /// So many days after the harvest before it.
    After(usize),
}

/// A crop that is meant to be grown.
#[derive(Clone, Debug)]
pub(super) struct Planned<'a> {
    pub crop: &'a Crop,
    pub when: When,
    pub nature: Nature,
    pub water: Option<Paddy>,
    /// Days from sowing to the flood of a drilled rice field.
    pub flooded_after: usize,
}

/// What befalls a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Blow {
    pub kind: EventKind,
    /// First day and length (indices into the weather).
    pub day: usize,
    pub days: usize,
    /// Part of the leaf area that it takes, 0 to 1.
    pub severity: f64,
}

/// Kinds of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// Water over a dry-land crop for days.
    Flood,
    /// Leaves shredded on a day.
    Hail,
    /// No water for the roots for weeks.
    Drought,
    /// Winter kill, or a late frost.
    Frost,
    /// The farmer gave the crop up and ploughed it in.
    Termination,
}

impl EventKind {
    /// Word in the truth file.
    pub fn word(self) -> &'static str {
        match self {
            EventKind::Flood => "flood",
            EventKind::Hail => "hail",
            EventKind::Drought => "drought",
            EventKind::Frost => "frost",
            EventKind::Termination => "termination",
        }
    }
}

/// What the farmer means to do, and what the land is like.
#[derive(Clone, Debug)]
pub(super) struct Farm<'a> {
    pub turns: Vec<Planned<'a>>,
    /// Water that the roots can reach, mm.
    pub store_mm: f64,
    pub irrigated: bool,
    /// Leaf area of weeds on open ground.
    pub weeds: f64,
    /// Leaf area of a cover crop before the first sowing, if there is one.
    pub cover_crop: Option<f64>,
    /// Days from harvest to tillage; never, if none.
    pub tilled_after: Option<usize>,
    /// Days of seedbed work and of killing the cover before sowing.
    pub seedbed: usize,
    pub killed: usize,
    /// Part of the straw that is left on the field.
    pub straw: f64,
}

/// A field on a day.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct State<'a> {
    pub crop: Option<&'a Crop>,
    pub green: f64,
    pub dead: f64,
    pub weed: f64,
    /// Chlorophyll relative to a well-fed leaf.
    pub chlorophyll: f64,
    pub petals: f64,
    pub straw: f64,
    pub water: f64,
    /// Wetness of the surface.
    pub wet: f64,
    pub snow: f64,
    /// Water that belongs there: a paddy's.
    pub paddy: bool,
}

/// A crop as it truly was (indices into the weather).
#[derive(Clone, Debug)]
pub(super) struct Cycle<'a> {
    pub crop: &'a Crop,
    pub dates: Dates,
    pub peak_lai: f64,
    /// First day with half of the peak.
    pub greenup: Option<usize>,
}

/// All days and crops of a field.
#[derive(Clone, Debug, Default)]
pub(super) struct Life<'a> {
    pub days: Vec<State<'a>>,
    pub cycles: Vec<Cycle<'a>>,
}

/// Soil, straw and weeds between and under crops.
struct Land {
    store: f64,
    wet: f64,
    snow: f64,
    straw: f64,
    weed: f64,
    stubble: f64,
}

impl Land {
    fn day(&mut self, w: &Day, farm: &Farm<'_>, cover: f64, dry: bool) {
        let warm = w.temp_c.max(0.0);
        if w.temp_c < 0.0 && w.rain_mm > 0.0 {
            self.snow = (self.snow + w.rain_mm / 6.0).min(0.95);
        } else {
            self.snow = (self.snow - 0.02 - 0.13 * warm).max(0.0);
        }
        let rain = if w.temp_c < 0.0 { 0.0 } else { w.rain_mm };
        let uses = 0.17 * warm * (0.35 + 0.65 * cover);
        self.store = (self.store + rain - uses).clamp(0.0, farm.store_mm);
        self.wet *= (-(0.10 + 0.014 * warm) * (1.0 - 0.5 * cover)).exp();
        if rain > 1.0 {
            self.wet = self.wet.max(1.0 - (-rain / 4.0).exp());
        }
        if farm.irrigated && self.store < 0.45 * farm.store_mm && cover > 0.1 {
            self.store = 0.85 * farm.store_mm;
            self.wet = 0.9;
        }
        if dry {
            self.store = self.store.min(0.03 * farm.store_mm);
        }
        self.straw *= 1.0 - 0.0006 * warm;
        self.stubble *= 0.985;
    }

    /// 1 in moist soil, falling once a third of the water is left.
    fn drought(&self, farm: &Farm<'_>) -> f64 {
        ((self.store / farm.store_mm - 0.04) / 0.28).clamp(0.05, 1.0)
    }

    fn grow_weeds(&mut self, w: &Day, room: f64, seed: f64) {
        let warm = (w.temp_c - 4.0).clamp(0.0, 18.0);
        let now = self.weed.max(seed);
        let room = room.max(1e-3);
        self.weed = (now + 0.0075 * warm * now * (1.0 - now / room) * (0.4 + 0.6 * self.wet)).max(0.0);
        self.weed = self.weed.min(now.max(room) * 0.995);
    }

    fn work(&mut self) {
        self.straw *= 0.25;
        self.weed = 0.0;
        self.stubble = 0.0;
    }
}

/// Lives through the weather. `lead` is another part of the same field, sown and cut on the same days.
pub(super) fn live<'a>(
    farm: &Farm<'a>,
    weather: &[Day],
    blow: Option<Blow>,
    lead: Option<&Life<'a>>,
) -> Life<'a> {
    let mut land =
        Land { store: 0.6 * farm.store_mm, wet: 0.3, snow: 0.0, straw: 0.45, weed: 0.1, stubble: 0.3 };
    let mut life = Life { days: Vec::with_capacity(weather.len()), cycles: Vec::new() };
    let mut next = 0_usize;
    let mut stand: Option<(Stand<'a>, Water)> = None;
    let (mut peak, mut cut_on) = (Vec::new(), None::<usize>);
    let mut given_up = false;
    for (day, w) in weather.iter().enumerate() {
        let hit = blow.filter(|b| (b.day..b.day + b.days.max(1)).contains(&day));
        let sow_on = farm.turns.get(next).and_then(|t| match (lead, t.when) {
            (Some(lead), _) => lead.cycles.get(next).map(|c| c.dates.sown),
            (None, When::On(d)) => Some(cut_on.map_or(d, |c| d.max(c + 6))),
            (None, When::After(gap)) => cut_on.map(|c| c + gap),
        });
        let cover = stand.as_ref().map_or(land.weed, |(s, _)| s.green + land.weed);
        land.day(w, farm, 1.0 - (-0.6 * cover).exp(), hit.is_some_and(|b| b.kind == EventKind::Drought));
        if let (None, Some(sow), Some(turn)) = (&stand, sow_on, farm.turns.get(next))
            && day >= sow
        {
            if day == sow || cut_on.is_none_or(|c| c + 12 < sow) {
                land.weed = 0.0;
            }
            land.straw *= 0.5;
            stand = Some((Stand::sown(turn.crop, turn.nature, day), Water::new(turn)));
            peak = Vec::new();
            given_up = false;
        }
        let mut state = State { wet: land.wet, snow: land.snow, ..State::default() };
        match &mut stand {
            Some((s, water)) => {
                let flooded = hit.is_some_and(|b| b.kind == EventKind::Flood);
                s.day(day, w, if water.paddy() { 1.0 } else { land.drought(farm) });
                if let Some(b) = hit {
                    strike(s, b);
                    given_up |= b.kind == EventKind::Termination;
                }
                let shade = (-0.9 * (s.green + 0.6 * s.dead)).exp();
                let room = if water.paddy() { 0.05 } else { 0.45 * farm.weeds * shade };
                land.grow_weeds(w, room, 0.003);
                if land.weed > room {
                    land.weed += 0.05 * (room - land.weed);
                }
                let level = water.level(day, s);
                state = State {
                    crop: Some(s.crop),
                    green: s.green,
                    dead: s.dead + land.stubble,
                    weed: land.weed,
                    chlorophyll: s.chlorophyll(),
                    petals: s.petals(day),
                    straw: land.straw,
                    water: if flooded { 0.97 } else { level },
                    wet: if flooded || water.paddy() { land.wet.max(water.wet(day, s)) } else { land.wet },
                    snow: land.snow,
                    paddy: level > 0.5,
                };
                peak.push(s.green);
                let due = match lead.and_then(|l| l.cycles.get(next)) {
                    Some(c) => c.dates.harvested == Some(day),
                    None => s.due.is_some_and(|d| day >= d),
                };
                let ended = given_up && hit.is_none();
                let last = day + 1 == weather.len();
                if due || ended || last {
                    let mut dates = s.dates;
                    dates.harvested = due.then_some(day);
                    let top = peak.iter().copied().fold(0.0, f64::max);
                    let half = peak.iter().position(|g| *g >= 0.5 * top).map(|k| dates.sown + k);
                    let greenup = half.filter(|_| top > 0.3);
                    life.cycles.push(Cycle { crop: s.crop, dates, peak_lai: top, greenup });
                    let cut = if s.crop.ends == Ends::Ripe { 1.0 } else { 0.3 };
                    land.straw = if ended { 0.1 } else { (farm.straw * cut).max(land.straw) };
                    land.stubble = if ended { 0.0 } else { 0.35 * cut };
                    cut_on = Some(day);
                    next += 1;
                    stand = None;
                }
            }
            None => {
                let until = sow_on.unwrap_or(usize::MAX);
                let before = next == 0 && until > day;
                let covering = farm.cover_crop.filter(|_| before && day + farm.killed < until && day > 25);
                land.grow_weeds(
                    w,
                    covering.unwrap_or(farm.weeds),
                    if covering.is_some() { 0.03 } else { 0.01 },
                );
                if day + farm.killed == until && farm.cover_crop.is_some() && before {
                    // the killed cover lies there as mulch
                    land.straw = land.straw.max(0.35);
                    land.weed = 0.02;
                }
                let tilled = farm.tilled_after.is_some_and(|t| cut_on.map_or(40, |c| c + t) == day);
                let follows = farm.turns.get(next).is_some_and(|t| matches!(t.when, When::After(_)));
                if tilled && covering.is_none() || (!follows && day + farm.seedbed == until) {
                    land.work();
                }
                let puddled = farm.turns.get(next).is_some_and(|t| Water::before(t, day, until));
                state.dead = land.stubble;
                state.weed = land.weed;
                state.straw = land.straw;
                state.chlorophyll = 0.85;
                if puddled {
                    land.work();
                    state = State { water: 0.92, wet: 1.0, paddy: true, dead: 0.02, weed: 0.0, ..state };
                }
            }
        }
        life.days.push(state);
    }
    life
}

/// What an event does to a stand on one of its days.
fn strike(s: &mut Stand<'_>, b: Blow) {
    let each = 1.0 - (1.0 - b.severity.min(0.995)).powf(1.0 / b.days.max(1) as f64);
    let lost = each * s.green;
    s.green -= lost;
    let (stays, lasting) = match b.kind {
        EventKind::Flood => (0.2, 0.85),
        EventKind::Hail => (0.35, 0.7),
        EventKind::Drought => (0.7, 0.8),
        EventKind::Frost => (0.4, 0.6),
        EventKind::Termination => (0.0, 1.0),
    };
    s.dead += stays * lost;
    if b.kind == EventKind::Flood || b.kind == EventKind::Hail {
        s.dead *= 1.0 - 0.5 * each;
    }
    // what is left cannot feed as many leaves as before
    s.nature.vigour *= 1.0 - lasting * each;
}
