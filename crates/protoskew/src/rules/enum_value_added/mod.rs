//! `enum-value-added`: older readers will read a value that they do not know.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "enum-value-added",
    summary: "older readers will read a value that they do not know",
    guideline: "R3",
    lens: Lens::Wire,
    level: DefaultLevel::ByOutcome(Level::Warn),
    scope: Scope::Meeting,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::EnumValueAdded { number, closed } = &change.kind else {
        return None;
    };
    let becomes = if *closed {
        "the enum is closed, so it is kept, reads as unset, is dropped or refused, by runtime"
    } else {
        "the enum is open, so it reads as a nameless number"
    };
    Some(
        Fact::new(
            format!(
                "`{}` = {number} is new: older readers do not know it; {becomes}",
                change.element
            ),
            "send it only to readers that have it (R2)",
        )
        .labels("", "new value"),
    )
}
