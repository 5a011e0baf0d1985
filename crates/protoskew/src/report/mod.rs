//! Reports: pure functions from values to text, one file a format. They write where they are told; only the binary prints.

pub mod explain;
pub mod json;
pub mod matrix;
pub mod meet;
pub mod past;
pub mod plan;
pub mod rules;
pub mod text;

mod chosen;
mod details;
mod lines;
mod screen;
mod summary;
pub(crate) mod words;

#[cfg(test)]
mod sample;

pub use screen::{Color, Screen};
