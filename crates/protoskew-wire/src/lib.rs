//! The wire format: a raw walker, what each runtime does with what it reads, and what becomes of a value on its way.
//!
//! Depends on none of the other crates: schemas come in as tables of shapes.

pub mod outcome;
pub mod runtime;

pub use outcome::{ByRuntime, Outcome};
pub use runtime::Runtime;
