//! `field-number-unreserved`: a field went, its number is not reserved.

use protoskew_compare::{Change, ChangeKind};
use protoskew_schema::outline::DeclaredKind;

use crate::breach::{BreachKind, Fenced, Told};
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "field-number-unreserved",
    summary: "a field went, its number is not reserved",
    guideline: "R1",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Fence,
    page: include_str!("README.md"),
    check: Check::ChangeOrPast(check, past),
};

fn check(change: &Change) -> Option<Fact> {
    let (number, fact) = match &change.kind {
        ChangeKind::FieldRemoved {
            number,
            number_reserved: false,
            taken_by: None,
            ..
        } => (number, "is gone and its number"),
        // it went from this number too
        ChangeKind::FieldRenumbered {
            old,
            old_number_now: None,
            old_number_reserved: false,
            ..
        } => (old, "moved away and its old number"),
        _ => return None,
    };
    let spent = i32::try_from(*number).unwrap_or_default();
    Some(
        Fact::new(
            format!("`{}` {fact} {number} is not reserved", change.element),
            format!("write `reserved {number};`"),
        )
        .labels(format!("number {number}"), "reserve it here")
        .reserve(Fenced::Numbers(spent, spent)),
    )
}

fn past(told: &Told) -> Option<Fact> {
    let BreachKind::NumberUnreserved { number, moved } = &told.kind else {
        return None;
    };
    if told.owner != DeclaredKind::Message {
        return None;
    }
    let went = if *moved { "moved away" } else { "went" };
    Some(
        Fact::new(
            format!(
                "`{}` {went}{} and its number {number} is not reserved",
                told.element,
                told.event()
            ),
            format!("write `reserved {number};`"),
        )
        .labels(format!("number {number}"), "reserve it here")
        .reserve(Fenced::Numbers(*number, *number)),
    )
}
