//! `field-default-changed`: absence reads as another value.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "field-default-changed",
    summary: "absence reads as another value",
    guideline: "R4",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Spent,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::FieldDefaultChanged { old, new, implicit } = &change.kind else {
        return None;
    };
    let text = |default: &Option<protoskew_schema::Name>| {
        default.as_deref().map_or("no default".to_owned(), |value| {
            format!("default `{value}`")
        })
    };
    let mut fact = format!(
        "`{}` changed from {} to {}: each side reads its own when the field is absent",
        change.element,
        text(old),
        text(new)
    );
    if *implicit {
        fact.push_str(
            "; a zero that was set is not sent, so it reads as the other side's default too",
        );
    }
    Some(
        Fact::new(
            fact,
            "keep the default; a new meaning of absence needs a new field",
        )
        .labels(text(old), text(new)),
    )
}
