//! `enum-renamed`: the same enum under another name.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "enum-renamed",
    summary: "the same enum under another name",
    guideline: "Names",
    lens: Lens::Source,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::EnumRenamed { old } = &change.kind else {
        return None;
    };
    Some(
        Fact::new(
            format!(
                "enum `{old}` is called `{}` now: the same numbers, another name in source",
                change.element
            ),
            "what is built against the source stops compiling; rename it there too",
        )
        .labels("old name", "new name"),
    )
}
