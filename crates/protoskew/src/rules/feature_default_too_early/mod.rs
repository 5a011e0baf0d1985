//! `feature-default-too-early`: a feature is the default while a release that lacks it may still be met.

use crate::life::{Lived, LivedKind};
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "feature-default-too-early",
    summary: "a feature is the default while a release that lacks it may still be met",
    guideline: "GL4",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Life,
    page: include_str!("README.md"),
    check: Check::Life(check),
};

fn check(lived: &Lived) -> Option<Fact> {
    let LivedKind::DefaultEarly {
        by,
        since,
        earliest,
        why,
        oldest,
    } = &lived.kind
    else {
        return None;
    };
    let when = match (earliest, oldest) {
        (Some(earliest), _) => format!("make it the default from {earliest} on"),
        (None, Some((line, then))) => {
            format!("`oldest = \"{line}\"` on the link would allow it from {then} on")
        }
        (None, None) => "it can never be the default under this policy".to_owned(),
    };
    Some(Fact::new(
        format!(
            "{by} sends the feature `{}` by default from {since} on: {why}",
            lived.feature
        ),
        format!("{when}; or adapt to each peer, and say how: `on-unsupported`"),
    ))
}
