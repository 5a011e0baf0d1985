//! `message-renamed`: the same message under another name.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "message-renamed",
    summary: "the same message under another name",
    guideline: "Names",
    lens: Lens::Source,
    level: DefaultLevel::ByOutcome(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let what = match &change.kind {
        ChangeKind::MessageRenamed { old } => {
            format!("message `{old}` is called `{}` now", change.element)
        }
        ChangeKind::PackageRenamed {
            old,
            new,
            services: 0,
        } => format!("every message of package `{old}` is in package `{new}` now"),
        _ => return None,
    };
    Some(
        Fact::new(
            format!("{what}: the same bytes, another name in source and in `Any`"),
            "safe on the wire unless it travels in an `Any`, which carries the name",
        )
        .labels("old name", "new name"),
    )
}
