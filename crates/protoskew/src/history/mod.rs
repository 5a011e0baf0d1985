//! The ledger of everything ever checked in: numbers are spent for ever, released or not.
//!
//! [`Commits`] tells which states there were, [`read`] turns them into a [`Ledger`], and [`judge`] tells what the
//! judged state does against it.

mod commits;
mod facts;
mod judge;
pub mod ledger;
mod members;
mod memory;
mod past;
pub mod query;
mod reader;
mod renames;
mod state;
pub mod timeline;
mod transition;

pub use commits::Commits;
#[cfg(test)]
pub(crate) use facts::Shown;
pub use facts::{Facts, Known};
pub use judge::{Breach, judge};
pub use memory::Memory;
pub use past::Past;
pub use reader::read;
