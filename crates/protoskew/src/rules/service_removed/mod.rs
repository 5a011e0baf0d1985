//! `service-removed`: a service is gone: older clients get UNIMPLEMENTED.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "service-removed",
    summary: "a service is gone: older clients get UNIMPLEMENTED",
    guideline: "Calls",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Meeting,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::ServiceRemoved { methods } = &change.kind else {
        return None;
    };
    Some(
        Fact::new(
            format!(
                "service `{}` is gone with {methods} {}: older clients get UNIMPLEMENTED",
                change.element,
                if *methods == 1 { "method" } else { "methods" }
            ),
            "keep serving it until no client that calls it may be met",
        )
        .labels("gone", ""),
    )
}
