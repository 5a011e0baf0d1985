//! `feature-life-contradicted`: the declared life of a feature contradicts the releases or itself.

use crate::life::{Lived, LivedKind};
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "feature-life-contradicted",
    summary: "the declared life of a feature contradicts the releases or itself",
    guideline: "R2",
    lens: Lens::Advice,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Life,
    page: include_str!("README.md"),
    check: Check::Life(check),
};

fn check(lived: &Lived) -> Option<Fact> {
    let LivedKind::Contradicted { what, help, .. } = &lived.kind else {
        return None;
    };
    Some(Fact::new(
        format!("the feature `{}` is {what}", lived.feature),
        help.as_str(),
    ))
}
