//! The straight line: source → schema → compare → rules → policy → report.

pub mod finding;
pub mod report;
pub mod verdict;
