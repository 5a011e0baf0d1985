//! Policy: who meets whom, how loud each finding is, what is new, and what to do next. Facts in, a verdict out.

mod advice;
mod judge;
mod meetings;

pub use advice::advice;
pub use judge::{Base, Judge, Role, Subject};
pub use meetings::{Lines, LinkPolicy, Version, links};
