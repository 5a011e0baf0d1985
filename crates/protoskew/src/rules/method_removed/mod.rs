//! `method-removed`: a method is gone: older clients get UNIMPLEMENTED.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "method-removed",
    summary: "a method is gone: older clients get UNIMPLEMENTED",
    guideline: "Calls",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Meeting,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    matches!(change.kind, ChangeKind::MethodRemoved).then(|| {
        Fact::new(
            format!(
                "method `{}` is gone: older clients get UNIMPLEMENTED",
                change.element
            ),
            "keep serving it until no client that calls it may be met",
        )
        .labels("gone", "missing here")
    })
}
