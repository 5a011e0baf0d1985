//! `field-renumbered`: the same field, another number.

use protoskew_compare::{Change, ChangeKind};
use protoskew_schema::outline::DeclaredKind;

use crate::history::{BreachKind, Told};
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "field-renumbered",
    summary: "the same field, another number",
    guideline: "R1",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Spent,
    page: include_str!("README.md"),
    check: Check::ChangeOrPast(check, past),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::FieldRenumbered {
        old,
        new,
        old_number_now,
        new_number_was,
        ..
    } = &change.kind
    else {
        return None;
    };
    let mut fact = format!("`{}` moved from number {old} to {new}", change.element);
    match (old_number_now, new_number_was) {
        (Some(now), Some(was)) if now == was => {
            fact.push_str(&format!("; it traded places with `{now}`"));
        }
        (Some(now), Some(was)) => {
            fact.push_str(&format!(
                "; {old} means `{now}` now, and {new} meant `{was}`"
            ));
        }
        (Some(now), None) => fact.push_str(&format!("; {old} means `{now}` now")),
        (None, Some(was)) => fact.push_str(&format!("; {new} meant `{was}`")),
        (None, None) => {}
    }
    let help = format!(
        "keep number {old}; where the field must change, add a new one under a new name and a number never used"
    );
    Some(Fact::new(fact, help).labels(format!("was {old}"), format!("is {new}")))
}

fn past(told: &Told) -> Option<Fact> {
    let BreachKind::Renumbered { old, new, .. } = &told.breach.kind else {
        return None;
    };
    if told.breach.owner != DeclaredKind::Message {
        return None;
    }
    Some(
        Fact::new(
            format!(
                "`{}` has number {new}{} and had {old} {}",
                told.breach.element,
                told.onwards(),
                told.story()
            ),
            format!("reserve {old}; what has a number keeps it"),
        )
        .labels(format!("was {old}"), format!("is {new}")),
    )
}
