//! `extension-number-reused`: a number of an extended message means another extension than it did.

use protoskew_schema::outline::DeclaredKind;

use crate::history::{BreachKind, Told};
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "extension-number-reused",
    summary: "a number of an extended message means another extension than it did",
    guideline: "R1",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Spent,
    page: include_str!("README.md"),
    check: Check::Past(check),
};

fn check(told: &Told) -> Option<Fact> {
    let BreachKind::NumberReused { number, was, now } = &told.breach.kind else {
        return None;
    };
    if told.breach.owner != DeclaredKind::Extendee {
        return None;
    }
    Some(
        Fact::new(
            format!(
                "extension {number} is `{}`{} and was `{}` {}",
                now.name,
                told.onwards(),
                was.name,
                told.story()
            ),
            format!("give `{}` a number never used", now.name),
        )
        .labels(format!("`{}`", was.name), format!("`{}`", now.name)),
    )
}
