//! `method-path-reused`: a method went and came back with other types or streaming.

use crate::history::{BreachKind, Told};
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "method-path-reused",
    summary: "a method went and came back with other types or streaming",
    guideline: "R1",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Spent,
    page: include_str!("README.md"),
    check: Check::Past(check),
};

fn check(told: &Told) -> Option<Fact> {
    let BreachKind::PathReused { was, now } = &told.breach.kind else {
        return None;
    };
    Some(
        Fact::new(
            format!(
                "`{}` is `{now}`{} and was `{was}` {}",
                told.breach.element,
                told.onwards(),
                told.story()
            ),
            "give the new call a name of its own: clients of the old one still call this path",
        )
        .labels("was this call", "is another call now"),
    )
}
