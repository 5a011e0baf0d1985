//! `file-option-changed`: a file option that changes generated code has another value.

use protoskew_compare::{Change, ChangeKind};
use protoskew_schema::Name;

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "file-option-changed",
    summary: "a file option that changes generated code has another value",
    guideline: "Names",
    lens: Lens::Source,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::FileOptionChanged { option, old, new } = &change.kind else {
        return None;
    };
    let said = |value: &Option<Name>| {
        value
            .as_deref()
            .map_or("not set".to_owned(), |value| format!("`{value}`"))
    };
    let (old, new) = (said(old), said(new));
    Some(
        Fact::new(
            format!("`{option}` of `{}` was {old} and is {new}", change.element),
            "what is generated gets another name or form: those who build against it must change with it",
        )
        .labels(format!("was {old}"), format!("is {new}")),
    )
}
