//! `extension-range-dropped`: numbers for extensions are no extensions any more.

use crate::history::ledger::Fenced;
use crate::history::{BreachKind, Told};
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
    check: Check::Past(check),
};

fn check(told: &Told) -> Option<Fact> {
    let BreachKind::FenceDropped(Fenced::Extensions(start, end)) = &told.breach.kind else {
        return None;
    };
    let (what, are) = if start == end {
        (format!("number {start}"), "is")
    } else if *end == 536_870_911 {
        (format!("numbers {start} to max"), "are")
    } else {
        (format!("numbers {start} to {end}"), "are")
    };
    Some(
        Fact::new(
            format!(
                "{what} of `{}` {are} not open to extensions any more{}",
                told.breach.element,
                told.onwards()
            ),
            "put the range back, or reserve it: extensions that others wrote still use it",
        )
        .labels("was open to extensions", "is not here"),
    )
}
