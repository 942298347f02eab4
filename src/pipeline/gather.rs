//! From blocks of rasters to the answers of every plot: fetch, decode, measure, side by side.
//!
//! Each needed block is fetched once and decoded once, however many plots lie in it. A block that
//! cannot be read costs only the plots that lie in it.

mod room;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::StreamExt;
use rayon::ThreadPool;
use rayon::prelude::*;
use tokio::sync::Mutex;

use crate::imagery::{self, BlockIndex, Cog, EncodedBlock, Imagery};

use super::bridge::{Begun, ComputeLost, begin, compute};
use super::pass::{Measure, Measured, Needed, OfBlock, Pass};
use super::run::Doors;

use self::room::{Room, Seat};

/// Runs of blocks that are asked for at the same time.
const RUNS_AHEAD: usize = 8;

/// Fresh starts at the same time: their bytes are not counted among those in flight.
const FRESH_STARTS: usize = 2;

/// Least room of a request, bytes: bounds the files that are open at a time, to some 256 with the usual settings.
const LEAST_ROOM: u64 = 128 << 10;

/// The doors and hands that reading needs.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    pub(super) imagery: Arc<Imagery>,
    pub(super) pool: Arc<ThreadPool>,
    /// Held while a pass asks for its blocks: one pass after the other, so that none waits for room that
    /// half-fetched blocks of another hold.
    turn: Arc<Mutex<()>>,
    room: Room,
    decoded: Arc<AtomicU64>,
}

/// Blocks that could not be read, with the cause.
pub(super) type Bad = Vec<(BlockIndex, imagery::Error)>;

/// What a pass came to.
pub(super) struct Passed<M: Measure> {
    /// By seat; `None` for those that were not wanted.
    pub(super) seats: Vec<Option<M::Out>>,
    pub(super) tally: M::Tally,
    /// The first failure, for the record.
    pub(super) error: Option<imagery::Error>,
}

/// Blocks of one raster that share a request.
struct Run {
    raster: usize,
    blocks: Vec<BlockIndex>,
    bytes: u64,
}

/// A block's bytes in each raster, as they come in.
#[derive(Default)]
struct Slot {
    blocks: Vec<(usize, EncodedBlock, Arc<Seat>)>,
    error: Option<imagery::Error>,
}

/// A block's number in the pass, and what is being made of it.
type UnderWay<M> = (usize, Begun<Result<OfBlock<M>, imagery::Error>>);

/// What the fetching of a pass left: work under way, and blocks that failed.
struct Fetched<M: Measure> {
    begun: Vec<UnderWay<M>>,
    failed: Vec<(usize, imagery::Error)>,
}

impl Reader {
    /// A reader through these doors; share one per run. With `check_every_block` no damaged byte becomes a value;
    /// without, blocks are left where no more rows are needed, and a sample of them is checked.
    pub(super) fn new(doors: &Doors, check_every_block: bool) -> Reader {
        let settings = imagery::Settings { check_every_block, ..imagery::Settings::default() };
        Reader {
            imagery: Arc::new(Imagery::with_settings(Arc::clone(&doors.objects), settings)),
            pool: Arc::clone(&doors.pool),
            turn: Arc::default(),
            room: Room::new(doors.objects.room()),
            decoded: Arc::default(),
        }
    }

    /// Blocks decoded so far.
    pub(super) fn decoded(&self) -> u64 {
        self.decoded.load(Ordering::Relaxed)
    }

    /// Measures the wanted seats of a pass on rasters that lie block on block.
    pub(super) async fn pass<M: Measure>(
        &self,
        cogs: Vec<Arc<Cog>>,
        pass: &Arc<Pass<M>>,
    ) -> Result<Passed<M>, ComputeLost> {
        let (rasters, cogs) = (cogs.len(), Arc::new(cogs));
        let work = Arc::clone(pass);
        let needed = compute(&self.pool, "blocks that are needed", move || work.needed()).await?;
        let idle = self.idle(rasters, pass, &needed);
        let fetched = self.fetch_all(&cogs, pass, &needed).await;
        let mut measured = idle.done().await?;
        let (mut blocks, mut failed) = (BTreeMap::new(), fetched.failed);
        for (number, begun) in fetched.begun {
            match begun.done().await? {
                Ok(mut block) => {
                    measured.add(std::mem::take(&mut block.measured));
                    blocks.insert(number, block);
                }
                Err(error) => failed.push((number, error)),
            }
        }
        failed.sort_by_key(|(number, _)| *number);
        let (mut bad, mut first) = (BTreeSet::new(), None);
        let (cogs, needed) = (cogs.as_slice(), &needed);
        // Fresh starts side by side, as a disk or server that fails is waited for.
        let again = failed.into_iter().map(|(number, error)| async move {
            let done = match error.is_worth_a_restart() {
                true => self.again(cogs, pass, number, needed).await?,
                false => Err(error),
            };
            Ok::<_, ComputeLost>((number, done))
        });
        let mut again = futures::stream::iter(again).buffered(FRESH_STARTS);
        while let Some(done) = again.next().await {
            let (number, done) = done?;
            match done {
                Ok(mut block) => {
                    measured.add(std::mem::take(&mut block.measured));
                    blocks.insert(number, block);
                }
                Err(error) => {
                    first.get_or_insert(error);
                    bad.insert(number);
                }
            }
        }
        let work = Arc::clone(pass);
        let last = move || {
            for number in &bad {
                measured.add(work.unread_block(rasters, *number, true));
            }
            measured.add(work.crossing(rasters, &blocks, &bad));
            measured.by_seat(work.layout.seats())
        };
        let (seats, tally) = compute(&self.pool, "plots on several blocks", last).await?;
        Ok(Passed { seats, tally, error: first })
    }

    /// The seats of blocks that hold no readable pixel: nothing is read for them.
    fn idle<M: Measure>(&self, rasters: usize, pass: &Arc<Pass<M>>, needed: &Needed) -> Begun<Measured<M>> {
        let idle: Vec<usize> = (0..pass.lists.len())
            .filter(|n| {
                !needed.contains_key(n) && pass.lists.block(*n).is_some_and(|seats| !seats.is_empty())
            })
            .collect();
        let work = Arc::clone(pass);
        begin(&self.pool, "plots under cloud", move || {
            let each = idle.into_par_iter().map(|number| work.unread_block(rasters, number, false));
            each.reduce(Measured::default, |mut all, more| {
                all.add(more);
                all
            })
        })
    }

    /// Fetches the needed blocks of all rasters, and hands each to the compute pool as soon as it is complete.
    async fn fetch_all<M: Measure>(
        &self,
        cogs: &Arc<Vec<Arc<Cog>>>,
        pass: &Arc<Pass<M>>,
        needed: &Needed,
    ) -> Fetched<M> {
        let runs = self.runs(cogs, needed);
        let _turn = self.turn.lock().await;
        let reads = runs.into_iter().map(|run| async move {
            // A request of few bytes takes some room too: each may hold a file open until its blocks are decoded.
            let bytes = if run.bytes > 0 { run.bytes.max(LEAST_ROOM) } else { 0 };
            let seat = Arc::new(self.room.take(bytes).await);
            let cog = cogs.get(run.raster)?;
            Some((run.raster, self.fetch(cog, &run.blocks, false).await, seat))
        });
        let mut reads = futures::stream::iter(reads).buffered(RUNS_AHEAD);
        let mut slots: BTreeMap<usize, Slot> = BTreeMap::new();
        let mut fetched = Fetched { begun: Vec::with_capacity(needed.len()), failed: Vec::new() };
        while let Some(read) = reads.next().await {
            let Some((raster, (good, bad), seat)) = read else { continue };
            let good = good.into_iter().map(|block| (block.index().number(), Ok(block)));
            let bad = bad.into_iter().map(|(index, error)| (index.number(), Err(error)));
            for (number, block) in good.chain(bad) {
                let slot = slots.entry(number).or_default();
                match block {
                    Ok(block) if slot.error.is_none() => {
                        slot.blocks.push((raster, block, Arc::clone(&seat)));
                    }
                    // Its partner is lost: the room that it takes is another's.
                    Ok(_) => {}
                    Err(error) => {
                        slot.blocks.clear();
                        slot.error.get_or_insert(error);
                    }
                }
                if slot.blocks.len() == cogs.len() {
                    let slot = slots.remove(&number).unwrap_or_default();
                    fetched.begun.push((number, self.begin_block(cogs, pass, number, needed, slot)));
                }
            }
        }
        fetched.failed = slots.into_iter().filter_map(|(number, slot)| Some((number, slot.error?))).collect();
        fetched
    }

    /// Requests of a pass in the order of the blocks, so that no block waits long for its partner.
    fn runs(&self, cogs: &[Arc<Cog>], needed: &Needed) -> Vec<Run> {
        let mut runs = Vec::new();
        for (raster, cog) in cogs.iter().enumerate() {
            let blocks: Vec<BlockIndex> = needed.keys().filter_map(|number| cog.block(*number)).collect();
            for (blocks, bytes) in self.imagery.runs(cog, &blocks) {
                runs.push(Run { raster, blocks, bytes });
            }
        }
        runs.sort_by_key(|run| (run.blocks.first().copied(), run.raster));
        runs
    }

    fn begin_block<M: Measure>(
        &self,
        cogs: &Arc<Vec<Arc<Cog>>>,
        pass: &Arc<Pass<M>>,
        number: usize,
        needed: &Needed,
        slot: Slot,
    ) -> Begun<Result<OfBlock<M>, imagery::Error>> {
        let rows = needed.get(&number).copied().unwrap_or(0);
        let (cogs, pass, mut blocks) = (Arc::clone(cogs), Arc::clone(pass), slot.blocks);
        self.decoded.fetch_add(blocks.len() as u64, Ordering::Relaxed);
        begin(&self.pool, format!("block {number}"), move || {
            blocks.sort_by_key(|(raster, ..)| *raster);
            let (encoded, seats): (Vec<EncodedBlock>, Vec<Arc<Seat>>) =
                blocks.into_iter().map(|(_, block, seat)| (block, seat)).unzip();
            let done = pass.block(&cogs, &encoded, number, rows);
            drop((encoded, seats));
            done
        })
    }

    /// One fresh start for a block that was damaged on its way. Of a file that was replaced meanwhile nothing is
    /// taken: its blocks do not belong to those that were read before.
    async fn again<M: Measure>(
        &self,
        cogs: &[Arc<Cog>],
        pass: &Arc<Pass<M>>,
        number: usize,
        needed: &Needed,
    ) -> Result<Result<OfBlock<M>, imagery::Error>, ComputeLost> {
        let (mut fresh, mut encoded) = (Vec::new(), Vec::new());
        for cog in cogs {
            let one = async {
                let opened = self.imagery.reopen(cog).await?;
                let cog = if is_same_file(&opened, cog) { opened } else { Arc::clone(cog) };
                let index = cog.block(number).into_iter().collect::<Vec<_>>();
                let blocks = self.imagery.fetch(&cog, &index).await?;
                Ok((cog, blocks))
            };
            match one.await {
                Ok((cog, blocks)) => {
                    fresh.push(cog);
                    encoded.extend(blocks);
                }
                Err(error) => return Ok(Err(error)),
            }
        }
        let rows = needed.get(&number).copied().unwrap_or(0);
        let pass = Arc::clone(pass);
        self.decoded.fetch_add(encoded.len() as u64, Ordering::Relaxed);
        compute(&self.pool, format!("block {number}"), move || pass.block(&fresh, &encoded, number, rows))
            .await
    }

    /// Fetches blocks and makes something of each on the compute pool.
    ///
    /// Blocks that were damaged on their way get one fresh start.
    pub(super) async fn each_block<R: Send + 'static>(
        &self,
        cog: &Arc<Cog>,
        blocks: Vec<BlockIndex>,
        make: impl Fn(&Cog, &EncodedBlock) -> Result<R, imagery::Error> + Send + Sync + 'static,
    ) -> Result<(Vec<(BlockIndex, R)>, Bad), ComputeLost> {
        let make = Arc::new(make);
        let (mut done, bad) = self.once(cog, &blocks, &make, false).await?;
        let (again, mut bad): (Bad, Bad) = bad.into_iter().partition(|(_, error)| error.is_worth_a_restart());
        if again.is_empty() {
            return Ok((done, bad));
        }
        match self.imagery.reopen(cog).await {
            Ok(fresh) if is_same_file(&fresh, cog) => {
                let blocks: Vec<BlockIndex> = again.into_iter().map(|(index, _)| index).collect();
                let (more, still_bad) = self.once(&fresh, &blocks, &make, true).await?;
                done.extend(more);
                bad.extend(still_bad);
            }
            _ => bad.extend(again),
        }
        Ok((done, bad))
    }

    async fn once<R: Send + 'static>(
        &self,
        cog: &Arc<Cog>,
        blocks: &[BlockIndex],
        make: &Arc<impl Fn(&Cog, &EncodedBlock) -> Result<R, imagery::Error> + Send + Sync + 'static>,
        is_again: bool,
    ) -> Result<(Vec<(BlockIndex, R)>, Bad), ComputeLost> {
        let (encoded, mut bad) = self.fetch(cog, blocks, is_again).await;
        self.decoded.fetch_add(encoded.len() as u64, Ordering::Relaxed);
        let (shared, make) = (Arc::clone(cog), Arc::clone(make));
        let made: Vec<Result<(BlockIndex, R), (BlockIndex, imagery::Error)>> =
            compute(&self.pool, format!("blocks of {}", cog.href()), move || {
                let one = |block: &EncodedBlock| match make(&shared, block) {
                    Ok(made) => Ok((block.index(), made)),
                    Err(error) => Err((block.index(), error)),
                };
                encoded.par_iter().map(one).collect()
            })
            .await?;
        let mut done = Vec::with_capacity(made.len());
        for result in made {
            match result {
                Ok(block) => done.push(block),
                Err(failure) => bad.push(failure),
            }
        }
        Ok((done, bad))
    }

    /// Fetches blocks together; if that fails, one by one, so that one bad block costs only itself.
    /// Blocks of local files are left there for the thread that decodes them, unless that has failed before.
    async fn fetch(&self, cog: &Cog, blocks: &[BlockIndex], is_again: bool) -> (Vec<EncodedBlock>, Bad) {
        let together = match is_again {
            true => self.imagery.fetch(cog, blocks).await,
            false => self.imagery.locate(cog, blocks).await,
        };
        match together {
            Ok(encoded) => (encoded, Vec::new()),
            Err(error) if blocks.len() <= 1 => (Vec::new(), blocks.iter().copied().zip([error]).collect()),
            Err(_) => {
                let (mut good, mut bad) = (Vec::new(), Vec::new());
                for block in blocks {
                    match self.imagery.fetch(cog, std::slice::from_ref(block)).await {
                        Ok(encoded) => good.extend(encoded),
                        Err(error) => bad.push((*block, error)),
                    }
                }
                (good, bad)
            }
        }
    }
}

/// Whether a file that was opened again is the one that it was.
fn is_same_file(opened: &Cog, cog: &Cog) -> bool {
    opened.version() == cog.version()
        && opened.grid() == cog.grid()
        && opened.block_size() == cog.block_size()
}
