//! The whole command against an archive and a catalogue that misbehave.
//!
//! After every fault: one record per plot, in order; a status has stayed or become *refer*; the exit code
//! says whether another run may finish something; `run.json` names scene and cause. After the fault is
//! healed, the same command in the same folder ends with the bytes of a run that nothing went wrong in.

mod archive;
mod catalogue;
mod cut_off;
mod disk;
mod village;
