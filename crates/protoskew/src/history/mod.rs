//! The ledger of everything ever checked in: numbers are spent for ever, released or not.
//!
//! [`Commits`] tells which states there were, [`read`] turns them into a [`Ledger`], and [`judge`] tells what the
//! judged state does against it.

mod commits;
mod facts;
mod judge;
pub mod ledger;
mod past;
pub mod query;
mod reader;
mod state;
pub mod timeline;
mod transition;

pub use commits::Commits;
pub use facts::Facts;
pub use judge::{Breach, BreachKind, judge};
pub use past::{Past, Told};
pub use reader::read;
