//! The straight line: source → schema → compare → rules → policy → report.

pub mod analysis;
pub mod breach;
pub mod check;
pub mod components;
pub mod config;
pub mod error;
pub mod finding;
pub mod fix;
pub mod history;
pub mod init;
pub mod life;
pub mod matrix;
pub mod meeting;
pub mod policy;
pub mod progress;
pub mod project;
pub mod releases;
pub mod report;
pub mod review;
pub mod rules;
pub mod source;
pub mod verdict;
pub mod waivers;
pub mod witness;
