//! `enum-zero-changed`: absence means another value.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "enum-zero-changed",
    summary: "absence means another value",
    guideline: "R3",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Spent,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::EnumZeroChanged { old, new, closed } = &change.kind else {
        return None;
    };
    let which = if *closed {
        "first listed value"
    } else {
        "zero"
    };
    Some(
        Fact::new(
            format!("the {which} of `{}` was `{old}` and is `{new}`: an absent field means another value", change.element),
            format!("keep `{old}` as the {which}; give the new value a number of its own"),
        )
        .labels(format!("absent means `{old}`"), format!("absent means `{new}`")),
    )
}
