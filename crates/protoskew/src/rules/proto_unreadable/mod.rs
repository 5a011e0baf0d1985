//! `proto-unreadable`: a file of this change is not valid protobuf.

use crate::rules::{Check, DefaultLevel, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "proto-unreadable",
    summary: "a file of this change is not valid protobuf",
    guideline: "Hygiene",
    lens: Lens::Source,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Diagnostics,
};
