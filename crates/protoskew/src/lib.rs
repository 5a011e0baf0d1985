//! The straight line: source → schema → compare → rules → policy → report.

pub mod finding;
pub mod rules;
pub mod verdict;
