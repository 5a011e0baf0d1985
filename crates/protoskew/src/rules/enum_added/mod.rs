//! `enum-added`: a new enum without a written reason.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "enum-added",
    summary: "a new enum without a written reason",
    guideline: "R3",
    lens: Lens::Advice,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::EnumAdded { reason: None } = &change.kind else {
        return None;
    };
    Some(
        Fact::new(
            format!("enum `{}` is new: each value it gains later is unknown to every older reader", change.element),
            "use a string or an int32, or say why it must be an enum: `// protoskew: enum-ok <why>` above it",
        )
        .labels("", "new enum"),
    )
}
