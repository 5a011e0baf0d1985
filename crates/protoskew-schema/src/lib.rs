//! Reads the protobuf language into resolved schemas.
//!
//! Two steps, both total (bad input is data, never an error):
//! [`parse`] turns one file's text into a [`ParsedFile`], which knows nothing of other files and
//! can be shared between releases; [`link`] resolves a set of them into a [`Schema`].

pub mod imports;
pub mod model;

pub use model::*;
