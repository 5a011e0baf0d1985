//! Compares two schemas: typed changes, and what becomes of values and calls in each direction.
//!
//! Pure: two [`protoskew_schema::Schema`] in, a [`Comparison`] out. Nothing is read, printed or judged here.

pub mod outcome;

pub use outcome::{ByRuntime, CallOutcome, Directed, Outcome, Runtime};
