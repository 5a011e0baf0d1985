//! `required-field-added`: a field is required that was not.

use protoskew_compare::{Change, ChangeKind};
use protoskew_schema::Presence;

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "required-field-added",
    summary: "a field is required that was not",
    guideline: "R4",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Spent,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let became = match &change.kind {
        ChangeKind::FieldAdded {
            presence: Presence::Required,
            ..
        } => "is new and required",
        ChangeKind::FieldPresenceChanged {
            new: Presence::Required,
            ..
        } => "became required",
        _ => return None,
    };
    Some(
        Fact::new(
            format!(
                "`{}` {became}: a message without it is refused",
                change.element
            ),
            "make it optional, and check for it where it is used",
        )
        .labels("", "required"),
    )
}
