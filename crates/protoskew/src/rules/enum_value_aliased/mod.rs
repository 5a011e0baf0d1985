//! `enum-value-aliased`: JSON writes a value under another of its names, which older releases do not know.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "enum-value-aliased",
    summary: "JSON writes a value under another of its names, which older releases do not know",
    guideline: "R3",
    lens: Lens::Json,
    level: DefaultLevel::ByOutcome(Level::Warn),
    scope: Scope::Json,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::EnumValueAliased { number, old, new } = &change.kind else {
        return None;
    };
    Some(
        Fact::new(
            format!("JSON writes number {number} as `{new}` and wrote it as `{old}`: the first of several names is the one that is written"),
            format!("list `{new}` behind `{old}` until every reader knows it"),
        )
        .labels(format!("was written as `{old}`"), "is written"),
    )
}
