//! `enum-value-renumbered`: the same enum value, another number.

use protoskew_compare::{Change, ChangeKind, Impact, Outcome};
use protoskew_schema::outline::DeclaredKind;

use crate::breach::{BreachKind, Told};
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "enum-value-renumbered",
    summary: "the same enum value, another number",
    guideline: "R1",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Spent,
    page: include_str!("README.md"),
    check: Check::ChangeOrPast(check, past),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::EnumValueRenumbered { old, new, .. } = &change.kind else {
        return None;
    };
    let misread = match &change.impact {
        Impact::Values { outcomes, .. } => {
            let worst = outcomes.old_to_new.worst().max(outcomes.new_to_old.worst());
            worst == Outcome::Misread
        }
        Impact::None | Impact::Call { .. } => false,
    };
    let becomes = if misread {
        "takes it for another value"
    } else {
        "does not know that number"
    };
    Some(
        Fact::new(
            format!(
                "`{}` moved from {old} to {new}: a reader of the other side {becomes}",
                change.element
            ),
            format!("keep number {old}; a new meaning needs a new name and a number never used"),
        )
        .labels(format!("was {old}"), format!("is {new}")),
    )
}

fn past(told: &Told) -> Option<Fact> {
    let BreachKind::Renumbered { old, new, .. } = &told.kind else {
        return None;
    };
    if told.owner != DeclaredKind::Enum {
        return None;
    }
    Some(
        Fact::new(
            format!(
                "`{}` has number {new}{} and had {old} {}",
                told.element,
                told.onwards(),
                told.story()
            ),
            format!("reserve {old}; what has a number keeps it"),
        )
        .labels(format!("was {old}"), format!("is {new}")),
    )
}
