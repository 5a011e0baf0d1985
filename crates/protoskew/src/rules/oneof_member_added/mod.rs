//! `oneof-member-added`: a oneof has a new member: older readers see nothing set.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "oneof-member-added",
    summary: "a oneof has a new member: older readers see nothing set",
    guideline: "R4",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Meeting,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::FieldAdded {
        joined_oneof: Some(oneof),
        ..
    } = &change.kind
    else {
        return None;
    };
    Some(
        Fact::new(
            format!(
                "oneof `{oneof}` has a new member, `{}`: a reader without it sees nothing set",
                change.element
            ),
            "send it only to readers that have it, and decide what nothing set means to the others",
        )
        .labels("", "new member"),
    )
}
