//! `enum-number-unreserved`: an enum value went, its number is not reserved.

use protoskew_schema::outline::DeclaredKind;

use crate::history::{BreachKind, Told};
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
    let BreachKind::NumberUnreserved { number, moved } = &told.breach.kind else {
        return None;
    };
    if told.breach.owner != DeclaredKind::Enum {
        return None;
    }
    let went = if *moved { "moved away" } else { "went" };
    Some(
        Fact::new(
            format!(
                "`{}` {went}{} and its number {number} is not reserved",
                told.breach.element,
                told.event()
            ),
            format!("write `reserved {number};` where the value stood"),
        )
        .labels(format!("number {number}"), "reserve it here"),
    )
}
