//! `enum-number-unreserved`: an enum value went, its number is not reserved.

use protoskew_compare::{Change, ChangeKind};
use protoskew_schema::outline::DeclaredKind;

use crate::breach::{BreachKind, Fenced, Told};
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "enum-number-unreserved",
    summary: "an enum value went, its number is not reserved",
    guideline: "R1",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Fence,
    page: include_str!("README.md"),
    check: Check::ChangeOrPast(check, past),
};

fn check(change: &Change) -> Option<Fact> {
    let (number, fact) = match &change.kind {
        ChangeKind::EnumValueRemoved {
            number,
            number_reserved: false,
            taken: false,
            ..
        } => (number, "is gone and its number"),
        ChangeKind::EnumValueRenumbered {
            old,
            old_number_free: true,
            ..
        } => (old, "moved away and its old number"),
        _ => return None,
    };
    Some(
        Fact::new(
            format!("`{}` {fact} {number} is not reserved", change.element),
            format!("write `reserved {number};` where the value stood"),
        )
        .labels(format!("number {number}"), "reserve it here")
        .reserve(Fenced::Numbers(*number, *number)),
    )
}

fn past(told: &Told) -> Option<Fact> {
    let BreachKind::NumberUnreserved { number, moved } = &told.kind else {
        return None;
    };
    if told.owner != DeclaredKind::Enum {
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
