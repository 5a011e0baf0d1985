//! `reserved-range-dropped`: a reserved number or name is free again.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "reserved-range-dropped",
    summary: "a reserved number or name is free again",
    guideline: "R1",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Fence,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let what = match &change.kind {
        ChangeKind::ReservedNumbersDropped { start, end } if start == end => {
            format!("number {start}")
        }
        ChangeKind::ReservedNumbersDropped { start, end } => format!("numbers {start} to {end}"),
        ChangeKind::ReservedNameDropped { name } => format!("name `{name}`"),
        _ => return None,
    };
    Some(
        Fact::new(
            format!("{what} of `{}` is not reserved any more", change.element),
            "put the reservation back: what was ever used stays spent".to_owned(),
        )
        .labels("was reserved", "is free here"),
    )
}
