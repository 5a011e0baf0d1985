//! Policy: who meets whom, how loud each finding is, what is new, and what to do next. Facts in, a verdict out.

mod advice;
mod blind;
mod cases;
mod cells;
mod effects;
mod felt;
mod fold;
mod gate;
mod judge;
mod levels;
mod meetings;
mod order;
mod pairs;
mod proofs;
pub mod schedule;

pub use advice::advice;
pub use blind::{Behaviour, Readers, Shade};
pub use judge::{Base, Judge, Role, Subject};
pub use levels::{level_by_default, level_here, unmatched};
pub use meetings::{Age, Lines, LinkPolicy, Numbered, links};
pub(crate) use pairs::fact;
pub use pairs::{Pairs, Peer};
