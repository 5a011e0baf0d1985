//! `reserved-range-dropped`: a reserved number or name is free again.

use protoskew_compare::{Change, ChangeKind};

use crate::breach::{BreachKind, Fenced, Told};
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
    check: Check::ChangeOrPast(check, past),
};

const HELP: &str = "put the reservation back, and give what took its place another one: what was ever reserved stays spent";

fn check(change: &Change) -> Option<Fact> {
    let dropped = match &change.kind {
        ChangeKind::ReservedNumbersDropped { start, end } => Fenced::Numbers(*start, *end),
        ChangeKind::ReservedNameDropped { name } => Fenced::Name(name.clone()),
        _ => return None,
    };
    let (what, are) = said(&dropped)?;
    Some(
        Fact::new(
            format!("{what} of `{}` {are} not reserved any more", change.element),
            HELP,
        )
        .labels("was reserved", "not reserved here")
        .reserve(dropped),
    )
}

fn past(told: &Told) -> Option<Fact> {
    let BreachKind::FenceDropped(fenced) = &told.kind else {
        return None;
    };
    let (what, are) = said(fenced)?;
    Some(
        Fact::new(
            format!(
                "{what} of `{}` {are} not reserved any more{}",
                told.element,
                told.onwards()
            ),
            HELP,
        )
        .labels("was reserved", "not reserved here")
        .reserve(fenced.clone()),
    )
}

fn said(fenced: &Fenced) -> Option<(String, &'static str)> {
    match fenced {
        Fenced::Numbers(start, end) => Some(numbers(*start, *end)),
        Fenced::Name(name) => Some((format!("name `{name}`"), "is")),
        Fenced::Extensions(..) => None,
    }
}

fn numbers(start: i32, end: i32) -> (String, &'static str) {
    if start == end {
        return (format!("number {start}"), "is");
    }
    // the largest number of a message, and of an enum
    let end = if matches!(end, 536_870_911 | i32::MAX) {
        "max".to_owned()
    } else {
        end.to_string()
    };
    (format!("numbers {start} to {end}"), "are")
}
