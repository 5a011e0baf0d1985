//! `enum-openness-changed`: an enum became open or closed.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "enum-openness-changed",
    summary: "an enum became open or closed",
    guideline: "R3",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Spent,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::EnumOpennessChanged { closed } = &change.kind else {
        return None;
    };
    let (was, is) = if *closed {
        ("open", "closed")
    } else {
        ("closed", "open")
    };
    Some(
        Fact::new(
            format!(
                "`{}` was {was} and is {is}: the two sides treat an unknown value differently",
                change.element
            ),
            format!("keep it {was} (`option features.enum_type`)"),
        )
        .labels(was, is),
    )
}
