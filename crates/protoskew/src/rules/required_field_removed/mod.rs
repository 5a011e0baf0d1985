//! `required-field-removed`: a required field is gone or optional now.

use protoskew_compare::{Change, ChangeKind};
use protoskew_schema::Presence;

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "required-field-removed",
    summary: "a required field is gone or optional now",
    guideline: "R4",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Spent,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let became = match &change.kind {
        ChangeKind::FieldRemoved { required: true, .. } => "was required and is gone",
        ChangeKind::FieldPresenceChanged {
            old: Presence::Required,
            ..
        } => "was required and is not any more",
        _ => return None,
    };
    Some(
        Fact::new(
            format!(
                "`{}` {became}: older readers refuse a message without it",
                change.element
            ),
            "writers go on setting it until no reader that requires it may be met",
        )
        .labels("required", ""),
    )
}
