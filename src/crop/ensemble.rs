//! The hypothesis ensemble: crop, stage and dates from one set of weighted seasonal curves, on any as-of date.
//!
//! Comes in: [`View`]s of one plot (NDVI and, where read, three more indices), a place, a window, the crop calendar
//! and an [`EnsembleTable`]; area shares if a user gives them. Goes out: [`Answer`]: evidence and probability of every
//! class, the decision or why to refer, the declared crop's log Bayes factor, and dates with intervals.
//! Not here: I/O, clocks, threads, random numbers, money, policy.
//!
//! # Method
//! Every crop row of the place becomes a prior over seven hidden numbers (dates and widths). 128 points of a fixed
//! Halton sequence make 128 seasonal curves; the marginal likelihood of each is Gaussian, with the index levels
//! integrated out and a correlated model error. The best classes get 128 more points from a Gaussian fitted to the
//! first weights (importance sampling). The mean likelihood is the class's evidence, tempered before it becomes a
//! probability; the weights are the posterior of the dates, also of those still to come. Covers that are no annual
//! crop, and the open set, are Gaussian processes in closed form. See science 5; nothing is trained.

mod answer;
mod area_shares;
mod assessment;
mod chains;
mod check;
mod classes;
mod cover;
mod cut;
mod cycle;
mod dating;
mod develop;
mod flood;
mod judge;
mod learned;
mod likelihood;
mod logistic;
mod points;
mod posterior;
mod question;
mod sequences;
mod table;
mod told;
mod unit;
mod views;
mod weigh;
mod weigh_classes;

pub use answer::{Answer, ClassScore, Decision, Ensemble};
pub use area_shares::AreaShares;
pub use chains::{Chain, Slot};
pub use cut::Standing;
pub use develop::Development;
pub use learned::Learned;
pub use question::{Beside, Question};
pub use sequences::{CANNOT_TELL, NONE_OF_THESE, SequenceError, Sequences};
pub use table::{EnsembleError, EnsembleTable};
pub use told::{SequenceAnswer, SequenceDecision};
pub use unit::Unit;
pub use views::{View, nbr2, views_of};

/// Name and version of this method.
pub const METHOD: &str = "hypothesis-ensemble/2";

/// Indices of a view, in the order of every array here.
pub(super) const INDICES: [&str; 5] = ["ndvi", "lswi", "ndyi", "nir", "red_edge"];
