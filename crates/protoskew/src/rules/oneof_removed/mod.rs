//! `oneof-removed`: a oneof is gone, and some of its members are not.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "oneof-removed",
    summary: "a oneof is gone, and some of its members are not",
    guideline: "Names",
    lens: Lens::Source,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    matches!(change.kind, ChangeKind::OneofRemoved).then(|| {
        Fact::new(
            format!(
                "oneof `{}` is gone, and fields that were in it are not",
                change.element
            ),
            "what is generated for the oneof (its type, its case) goes with it; keep it until nobody builds against it",
        )
        .labels("gone", "")
    })
}
