//! The straight line: source → schema → compare → rules → policy → report.

pub mod finding;
pub mod matrix;
pub mod meeting;
pub mod progress;
pub mod report;
pub mod verdict;
