//! Red and near infrared together, block on block; or one after the other where their blocks differ.

use std::sync::Arc;

use crate::imagery::Cog;
use crate::pipeline::bridge::ComputeLost;
use crate::pipeline::gather::{Passed, Reader};
use crate::pipeline::layout::Layout;
use crate::pipeline::pass::{Measure, Pass};
use crate::zonal::{MaskTable, Sky};

use super::SkyOver;
use super::statistics::Views;

/// Measures the wanted seats on red and near infrared.
pub(super) async fn pair(
    reader: &Reader,
    (red, nir): (Arc<Cog>, Arc<Cog>),
    layout: &Arc<Layout>,
    sky: Arc<SkyOver>,
    wanted: Vec<bool>,
    views: Views,
) -> Result<Passed<Views>, ComputeLost> {
    let mask = MaskTable::new(&views.rules.mask);
    let of = |cog: &Cog, sky, wanted| (layout.block_lists(cog.block_size()), Arc::clone(layout), sky, wanted);
    if red.block_size() == nir.block_size() {
        let (lists, layout, sky, wanted) = of(&red, sky, wanted);
        let pass = Arc::new(Pass { layout, lists, sky, mask, wanted, measure: views });
        return reader.pass(vec![red, nir], &pass).await;
    }
    let (lists, layout_, sky_, wanted_) = of(&red, Arc::clone(&sky), wanted.clone());
    let first =
        Arc::new(Pass { layout: layout_, lists, sky: sky_, mask, wanted: wanted_, measure: Collected });
    let red = reader.pass(vec![red], &first).await?;
    let error = red.error;
    let red = red.seats.into_iter().map(Option::flatten).collect();
    let (lists, layout, sky, wanted) = of(&nir, sky, wanted);
    let second = Arc::new(Pass { layout, lists, sky, mask, wanted, measure: AfterRed { red, views } });
    let passed = reader.pass(vec![nir], &second).await?;
    Ok(Passed { seats: passed.seats, tally: passed.tally, error: error.or(passed.error) })
}

/// Keeps the values of each seat.
struct Collected;

impl Measure for Collected {
    type Tally = ();
    type Out = Option<Vec<u16>>;

    fn seat(&self, _: usize, values: &[Vec<u16>], _: &[Sky], (): &mut ()) -> Option<Vec<u16>> {
        values.first().cloned()
    }

    fn unread(&self, _: usize) -> Option<Vec<u16>> {
        None
    }

    fn merge((): &mut (), (): ()) {}
}

/// Measures with red values that were collected before.
struct AfterRed {
    /// By seat.
    red: Vec<Option<Vec<u16>>>,
    views: Views,
}

impl Measure for AfterRed {
    type Tally = <Views as Measure>::Tally;
    type Out = <Views as Measure>::Out;

    fn seat(&self, seat: usize, values: &[Vec<u16>], sky: &[Sky], tally: &mut Self::Tally) -> Self::Out {
        match (self.red.get(seat).and_then(Option::as_ref), values.first()) {
            (Some(red), Some(nir)) => self.views.seat(seat, &[red.clone(), nir.clone()], sky, tally),
            _ => self.views.unread(seat),
        }
    }

    fn unread(&self, seat: usize) -> Self::Out {
        self.views.unread(seat)
    }

    fn merge(into: &mut Self::Tally, more: Self::Tally) {
        Views::merge(into, more);
    }
}
