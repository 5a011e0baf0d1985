//! `removed-undeprecated`: removed without having been deprecated for the window.

use crate::life::{Lived, LivedKind};
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "removed-undeprecated",
    summary: "removed without having been deprecated for the window",
    guideline: "GL3",
    lens: Lens::Source,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Life,
    page: include_str!("README.md"),
    check: Check::Life(check),
};

fn check(lived: &Lived) -> Option<Fact> {
    let LivedKind::Undeprecated { since, window } = &lived.kind else {
        return None;
    };
    let lines = match window {
        1 => "one release line".to_owned(),
        lines => format!("{lines} release lines"),
    };
    let fact = match since {
        None => format!("`{}` is gone, and no release deprecated it", lived.element),
        Some(since) => format!(
            "`{}` is gone, and was deprecated in {since}, less than {lines} before",
            lived.element
        ),
    };
    Some(Fact::new(
        fact,
        format!(
            "put it back with `deprecated = true`, and remove it {lines} after the first release that says so"
        ),
    ))
}
