//! `extension-range-dropped`: numbers for extensions are no extensions any more.

use protoskew_compare::{Change, ChangeKind};

use crate::breach::{BreachKind, Fenced, Told};
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "extension-range-dropped",
    summary: "numbers for extensions are no extensions any more",
    guideline: "R1",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Fence,
    page: include_str!("README.md"),
    check: Check::ChangeOrPast(check, past),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::ExtensionNumbersDropped { start, end } = &change.kind else {
        return None;
    };
    Some(fact((*start, *end), &change.element, ""))
}

fn past(told: &Told) -> Option<Fact> {
    let BreachKind::FenceDropped(Fenced::Extensions(start, end)) = &told.kind else {
        return None;
    };
    Some(fact((*start, *end), &told.element, &told.onwards()))
}

fn fact((start, end): (i32, i32), element: &str, onwards: &str) -> Fact {
    let (what, are) = if start == end {
        (format!("number {start}"), "is")
    } else if end == 536_870_911 {
        (format!("numbers {start} to max"), "are")
    } else {
        (format!("numbers {start} to {end}"), "are")
    };
    Fact::new(
        format!("{what} of `{element}` {are} not open to extensions any more{onwards}"),
        "put the range back, or reserve it: extensions that others wrote still use it",
    )
    .labels("was open to extensions", "is not here")
}
