//! `method-streaming-changed`: a method became unary or a stream.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "method-streaming-changed",
    summary: "a method became unary or a stream",
    guideline: "Calls",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Meeting,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::MethodStreamingChanged { old, new } = &change.kind else {
        return None;
    };
    Some(
        Fact::new(
            format!(
                "`{}` was {old} and is {new}: exactly one message passes; none or several are lost, an error or a hang",
                change.element
            ),
            "add a new method instead, and serve both for the window",
        )
        .labels(*old, *new),
    )
}
