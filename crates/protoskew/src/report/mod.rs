//! Reports: pure functions from values to text, one file a format. They write where they are told; only the binary prints.

pub mod analysis;
pub mod explain;
pub mod gate;
pub mod github;
pub mod gitlab;
pub mod growth;
pub mod json;
pub mod junit;
pub mod markdown;
pub mod matrix;
pub mod meet;
pub mod past;
pub mod plan;
pub mod rules;
pub mod sarif;
pub mod text;
pub mod witness;

mod chosen;
mod cluster;
mod details;
mod lines;
mod places;
mod screen;
mod summary;
pub(crate) mod words;

#[cfg(test)]
mod sample;

pub use screen::{Color, Screen};
