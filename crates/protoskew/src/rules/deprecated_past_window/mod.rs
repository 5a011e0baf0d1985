//! `deprecated-past-window`: a deprecated element may go now: nobody who needs it can be met any more.

use crate::life::{Lived, LivedKind};
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "deprecated-past-window",
    summary: "a deprecated element may go now: nobody who needs it can be met any more",
    guideline: "GL3",
    lens: Lens::Advice,
    level: DefaultLevel::Fixed(Level::Note),
    scope: Scope::Life,
    page: include_str!("README.md"),
    check: Check::Life(check),
};

fn check(lived: &Lived) -> Option<Fact> {
    let LivedKind::PastWindow { since } = &lived.kind else {
        return None;
    };
    Some(Fact::new(
        format!(
            "`{}` is deprecated since {since}, and nobody who needs it can be met any more",
            lived.element
        ),
        "remove it, and reserve its number and its name",
    ))
}
