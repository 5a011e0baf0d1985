//! The straight line: source → schema → compare → rules → policy → report.

pub mod finding;
pub mod releases;
pub mod source;
pub mod verdict;
