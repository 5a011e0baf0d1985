//! `redundant-field-removed-early`: the old form of a fact went while a release that reads or writes only it may still be met.

use crate::life::{Lived, LivedKind};
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "redundant-field-removed-early",
    summary: "the old form of a fact went while a release that reads or writes only it may still be met",
    guideline: "GL3",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Life,
    page: include_str!("README.md"),
    check: Check::Life(check),
};

fn check(lived: &Lived) -> Option<Fact> {
    let LivedKind::OldGoneEarly {
        by,
        verb,
        earliest,
        why,
        oldest,
    } = &lived.kind
    else {
        return None;
    };
    let when = match (earliest, oldest) {
        (Some(earliest), _) => format!("go on to {verb} both until {earliest}"),
        (None, Some((line, then))) => format!(
            "go on to {verb} both; `oldest = \"{line}\"` on the link would let the old one go from {then} on"
        ),
        (None, None) => format!("go on to {verb} both: this policy never lets the old one go"),
    };
    Some(Fact::new(
        format!(
            "`{}` is gone, which `{}` replaces, and {by} must still {verb} it: {why}",
            lived.element, lived.feature
        ),
        when,
    ))
}
