//! croplens: farm-plot polygons and public Sentinel-2 in, one loan-eligibility record per plot out.
//!
//! The rooms, from words to faces; see `ARCHITECTURE.md` for the floors and who may import whom.
//!
//! | floor | rooms |
//! |---|---|
//! | 0 words | [`band`] [`scl`] [`grid`] [`plot`] [`scene`] [`observation`] [`record`] [`settings`] |
//! | 1 what we know (pure) | [`crs`] [`zonal`] [`series`] [`phenology`] [`crop`] [`cropland`] [`overlap`] [`lending`] [`portfolio`] |
//! | 2 doors (I/O) | [`intake`] [`objects`] [`catalog`] [`imagery`] [`classifier`] [`store`] |
//! | 3 the pipeline | [`pipeline`] |
//! | 4 faces | [`cli`] |
//! | apart | [`simulate`]: makes scenes with a known truth, shares no science |

// floor 0: words
pub mod band;
pub mod grid;
pub mod observation;
pub mod plot;
pub mod record;
pub mod scene;
pub mod scl;
pub mod settings;

// floor 1: what we know
pub mod crop;
pub mod cropland;
pub mod crs;
pub mod lending;
pub mod overlap;
pub mod phenology;
pub mod portfolio;
pub mod series;
pub mod zonal;

// floor 2: doors
pub mod catalog;
pub mod classifier;
pub mod imagery;
pub mod intake;
pub mod objects;
pub mod store;

// floor 3: where they meet
pub mod pipeline;

// floor 4: faces
pub mod cli;

// apart
pub mod simulate;
