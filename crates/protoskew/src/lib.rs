//! The straight line: source → schema → compare → rules → policy → report.

pub mod config;
pub mod finding;
pub mod policy;
pub mod rules;
pub mod verdict;
