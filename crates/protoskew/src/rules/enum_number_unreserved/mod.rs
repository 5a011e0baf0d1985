//! `enum-number-unreserved`: an enum value went, its number is not reserved.

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
    check: Check::Past(check),
};

fn check(told: &Told) -> Option<Fact> {
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
