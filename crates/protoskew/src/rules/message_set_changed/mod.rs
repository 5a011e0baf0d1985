//! `message-set-changed`: a message became a message set, or is none any more.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "message-set-changed",
    summary: "a message became a message set, or is none any more",
    guideline: "R4",
    lens: Lens::Wire,
    level: DefaultLevel::ByOutcome(Level::Warn),
    scope: Scope::Spent,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::MessageSetChanged { new } = &change.kind else {
        return None;
    };
    let now = if *new {
        "is a message set now"
    } else {
        "is no message set any more"
    };
    Some(
        Fact::new(
            format!(
                "`{}` {now}: extensions that one side writes are unknown to the other",
                change.element
            ),
            "leave `message_set_wire_format` as it is; another form needs another message",
        )
        .labels("", now),
    )
}
