//! `oneof-renamed`: the same members under the name of another oneof.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "oneof-renamed",
    summary: "the same members under the name of another oneof",
    guideline: "Names",
    lens: Lens::Source,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::OneofRenamed { old } = &change.kind else {
        return None;
    };
    Some(
        Fact::new(
            format!("oneof `{old}` is called `{}` now", change.element),
            "the bytes are the same, generated code is not: keep the name, or change it with a new message",
        )
        .labels(format!("was `{old}`"), "is called so now"),
    )
}
