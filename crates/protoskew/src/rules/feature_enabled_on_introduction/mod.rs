//! `feature-enabled-on-introduction`: a feature is enabled in the release that introduces it, or sooner than the downgrade window allows.

use crate::life::{Lived, LivedKind};
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "feature-enabled-on-introduction",
    summary: "a feature is enabled in the release that introduces it, or sooner than the downgrade window allows",
    guideline: "R2",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Life,
    page: include_str!("README.md"),
    check: Check::Life(check),
};

fn check(lived: &Lived) -> Option<Fact> {
    let LivedKind::EnabledEarly {
        by,
        since,
        introduced,
        earliest,
        why,
    } = &lived.kind
    else {
        return None;
    };
    let with = match introduced {
        Some(first) => format!(", the line that introduces it ({first})"),
        None => String::new(),
    };
    let help = match earliest {
        Some(earliest) => format!("enable it from {earliest} on"),
        None => "it can never be enabled under this policy: give the window of roll-backs an end"
            .to_owned(),
    };
    Some(Fact::new(
        format!(
            "{by} enables the feature `{}` from {since} on{with}: {why}",
            lived.feature
        ),
        help,
    ))
}
