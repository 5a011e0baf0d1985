//! `enum-number-reused`: a number means another value than it did.

use protoskew_schema::outline::DeclaredKind;

use crate::breach::{BreachKind, Told};
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "enum-number-reused",
    summary: "a number means another value than it did",
    guideline: "R1",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Spent,
    page: include_str!("README.md"),
    check: Check::Past(check),
};

fn check(told: &Told) -> Option<Fact> {
    let BreachKind::NumberReused { number, was, now } = &told.kind else {
        return None;
    };
    if told.owner != DeclaredKind::Enum {
        return None;
    }
    Some(
        Fact::new(
            format!(
                "number {number} of `{}` is `{}`{} and was `{}` {}",
                told.within(),
                now.name,
                told.onwards(),
                was.name,
                told.story()
            ),
            format!(
                "give `{}` a number never used, and reserve {number}",
                now.name
            ),
        )
        .labels(format!("`{}`", was.name), format!("`{}`", now.name)),
    )
}
