//! `generated-code-changed`: an option gives a field or type another form in generated code.

use protoskew_compare::{Change, ChangeKind};
use protoskew_schema::Name;

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "generated-code-changed",
    summary: "an option gives a field or type another form in generated code",
    guideline: "Names",
    lens: Lens::Source,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::GeneratedCodeChanged { option, old, new } = &change.kind else {
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
            "generated code has another type or accessor for it: those who build against it must change with it",
        )
        .labels(format!("was {old}"), format!("is {new}")),
    )
}
