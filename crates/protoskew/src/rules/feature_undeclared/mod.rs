//! `feature-undeclared`: a new element that a client may send belongs to no feature.

use crate::life::{Lived, LivedKind};
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "feature-undeclared",
    summary: "a new element that a client may send belongs to no feature",
    guideline: "HL",
    lens: Lens::Advice,
    level: DefaultLevel::Fixed(Level::Off),
    scope: Scope::Life,
    page: include_str!("README.md"),
    check: Check::Life(check),
};

fn check(lived: &Lived) -> Option<Fact> {
    if lived.kind != LivedKind::Undeclared {
        return None;
    }
    Some(Fact::new(
        format!(
            "`{}` is new, may be sent, and belongs to no feature",
            lived.element
        ),
        "name it among the elements of a feature, with the release that may first send it",
    ))
}
