//! `enum-value-removed`: an enum value is gone.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "enum-value-removed",
    summary: "an enum value is gone",
    guideline: "R3",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Meeting,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::EnumValueRemoved { number, .. } = &change.kind else {
        return None;
    };
    Some(
        Fact::new(
            format!("`{}` = {number} is gone", change.element),
            "keep the value, deprecated, until nobody in the window sends or reads it",
        )
        .labels(format!("= {number}"), ""),
    )
}
