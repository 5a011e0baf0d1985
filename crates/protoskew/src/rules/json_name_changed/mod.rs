//! `json-name-changed`: a field has another name in JSON.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "json-name-changed",
    summary: "a field has another name in JSON",
    guideline: "Names",
    lens: Lens::Json,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::JsonNameChanged { old, new } = &change.kind else {
        return None;
    };
    Some(
        Fact::new(
            format!("`{}` is `{new}` in JSON and was `{old}`", change.element),
            "keep the JSON name: parsers accept the field's own name and its JSON name, nothing else",
        )
        .labels(format!("`{old}`"), format!("`{new}`")),
    )
}
