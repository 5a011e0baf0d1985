//! `enum-value-renamed`: the same enum number under another name.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "enum-value-renamed",
    summary: "the same enum number under another name",
    guideline: "Names",
    lens: Lens::Json,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::EnumValueRenamed { number, old } = &change.kind else {
        return None;
    };
    Some(
        Fact::new(
            format!("`{}` = {number} was called `{old}`: the same bytes, another name in JSON and source", change.element),
            format!("where JSON is used, keep `{old} = {number}` as an alias (`allow_alias`)"),
        )
        .labels(format!("`{old}`"), "new name"),
    )
}
