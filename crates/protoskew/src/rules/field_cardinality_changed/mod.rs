//! `field-cardinality-changed`: a field became singular, repeated or a map.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "field-cardinality-changed",
    summary: "a field became singular, repeated or a map",
    guideline: "R4",
    lens: Lens::Wire,
    level: DefaultLevel::ByOutcome(Level::Warn),
    scope: Scope::Spent,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::FieldCardinalityChanged { old, new } = &change.kind else {
        return None;
    };
    let kind = |text: &str| match text {
        text if text.starts_with("repeated ") => "list",
        text if text.starts_with("map<") => "map",
        _ => "single",
    };
    let why = match (kind(old), kind(new)) {
        ("single", _) => "an older reader keeps one value of several",
        (_, "single") => "a newer reader keeps one value of several",
        ("list", _) => "a newer reader keeps neither order nor duplicates",
        _ => "an older reader keeps neither order nor duplicates",
    };
    Some(
        Fact::new(
            format!(
                "`{}` changed from `{old}` to `{new}`: {why}",
                change.element
            ),
            "add a new field instead, and write both while older readers may be met (GL3)",
        )
        .labels(format!("`{old}`"), format!("`{new}`")),
    )
}
