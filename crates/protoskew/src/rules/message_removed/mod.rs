//! `message-removed`: a message is gone.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "message-removed",
    summary: "a message is gone",
    guideline: "Names",
    lens: Lens::Source,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    matches!(change.kind, ChangeKind::MessageRemoved).then(|| {
        Fact::new(
            format!("message `{}` is gone", change.element),
            "what is built against the source stops compiling; keep it, deprecated, for the window",
        )
        .labels("gone", "")
    })
}
