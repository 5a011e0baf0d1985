//! Reads the protobuf language into resolved schemas.
//!
//! Two steps, both total (bad input is data, never an error):
//! [`parse`] turns one file's text into a [`ParsedFile`], which knows nothing of other files and
//! can be shared between releases; [`link`] resolves a set of them into a [`Schema`].

mod access;
mod builtin;
pub mod descriptor;
pub mod equality;
pub mod former;
pub mod imports;
pub mod limits;
mod link;
pub mod model;
mod options;
pub mod outline;
pub mod package;
mod parse;

pub use access::{LineIndex, Position, WithOptions};
pub use builtin::{EVOLUTION_PATH, EVOLUTION_PROTO};
pub use link::{Input, link};
pub use model::*;
pub use parse::errors::SyntaxError;
pub use parse::lexer::{TokenKind, tokens};
pub use parse::parse;
pub use parse::syntax::ParsedFile;
