//! `field-renamed`: the same number and type under another name.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "field-renamed",
    summary: "the same number and type under another name",
    guideline: "Names",
    lens: Lens::Json,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::FieldRenamed { number, old, new } = &change.kind else {
        return None;
    };
    Some(
        Fact::new(
            format!(
                "number {number} is called `{new}` and was called `{old}`: the same bytes, another name in JSON and source"
            ),
            format!("where JSON is used, keep the old name with `[json_name = \"{old}\"]`"),
        )
        .labels(format!("`{old}`"), format!("`{new}`")),
    )
}
