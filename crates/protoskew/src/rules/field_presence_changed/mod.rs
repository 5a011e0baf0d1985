//! `field-presence-changed`: whether absence can be told from zero changed.

use protoskew_compare::{Change, ChangeKind};
use protoskew_schema::Presence;

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "field-presence-changed",
    summary: "whether absence can be told from zero changed",
    guideline: "R4",
    lens: Lens::Wire,
    level: DefaultLevel::ByOutcome(Level::Warn),
    scope: Scope::Spent,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::FieldPresenceChanged { old, new } = &change.kind else {
        return None;
    };
    let (fact, help) = match (old, new) {
        (Presence::Explicit, Presence::Implicit) => (
            "lost its presence: zero and unset are one for every reader",
            "keep its presence: who asks whether it is set gets another answer",
        ),
        (Presence::Implicit, Presence::Explicit) => (
            "gained presence: an older writer's zero reads as unset",
            "ask whether it is set only where every writer in the window has its presence",
        ),
        // `required` has rules of its own
        _ => return None,
    };
    Some(
        Fact::new(format!("`{}` {fact}", change.element), help)
            .labels(word(*old), word(*new))
            .exception_if(*new == Presence::Explicit),
    )
}

fn word(presence: Presence) -> &'static str {
    match presence {
        Presence::Implicit => "implicit presence",
        Presence::Explicit => "explicit presence",
        Presence::Required => "required",
    }
}
