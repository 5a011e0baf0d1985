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
    let (what, are) = match &change.kind {
        ChangeKind::ReservedNumbersDropped { start, end } if start == end => {
            (format!("number {start}"), "is")
        }
        ChangeKind::ReservedNumbersDropped { start, end } => {
            // the largest number of a message, and of an enum
            let end = if matches!(*end, 536_870_911 | i32::MAX) {
                "max".to_owned()
            } else {
                end.to_string()
            };
            (format!("numbers {start} to {end}"), "are")
        }
        ChangeKind::ReservedNameDropped { name } => (format!("name `{name}`"), "is"),
        _ => return None,
    };
    Some(
        Fact::new(
            format!("{what} of `{}` {are} not reserved any more", change.element),
            "put the reservation back: what was ever used stays spent".to_owned(),
        )
        .labels("was reserved", "is free here"),
    )
}
