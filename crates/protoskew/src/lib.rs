//! The straight line: source → schema → compare → rules → policy → report.

pub mod config;
pub mod finding;
pub mod matrix;
pub mod meeting;
pub mod policy;
pub mod progress;
pub mod report;
pub mod rules;
pub mod verdict;
