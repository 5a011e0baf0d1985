//! `field-number-reused`: a number means another field than it did.

use protoskew_compare::{Change, ChangeKind};
use protoskew_schema::outline::DeclaredKind;

use crate::breach::{BreachKind, Told, within};
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "field-number-reused",
    summary: "a number means another field than it did",
    guideline: "R1",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Spent,
    page: include_str!("README.md"),
    check: Check::ChangeOrPast(check, past),
};

fn check(change: &Change) -> Option<Fact> {
    let (number, was, now) = match &change.kind {
        ChangeKind::FieldRemoved {
            number,
            taken_by: Some(now),
            ..
        } => (number, change.element.as_str(), now.as_str()),
        ChangeKind::FieldTypeChanged {
            number,
            reused: Some(was),
            ..
        } => (number, was.as_str(), change.element.as_str()),
        _ => return None,
    };
    Some(
        Fact::new(
            format!(
                "number {number} of `{}` was `{}` and is `{}` now",
                within(&change.element),
                short(was),
                short(now)
            ),
            format!(
                "give `{}` a number never used, and reserve {number}",
                short(now)
            ),
        )
        .labels(format!("`{}`", short(was)), format!("`{}`", short(now))),
    )
}

fn short(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

fn past(told: &Told) -> Option<Fact> {
    let BreachKind::NumberReused { number, was, now } = &told.kind else {
        return None;
    };
    if told.owner != DeclaredKind::Message {
        return None;
    }
    Some(
        Fact::new(
            format!(
                "number {number} of `{}` is `{} {}`{} and was `{} {}` {}",
                told.within(),
                now.ty,
                now.name,
                told.onwards(),
                was.ty,
                was.name,
                told.story()
            ),
            format!(
                "give `{}` a number never used, and reserve {number}",
                now.name
            ),
        )
        .labels(format!("`{}`", was.name), format!("`{}`", now.name)),
    )
}
