//! `syntax-changed`: a file is written in another dialect, which changes what it says.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "syntax-changed",
    summary: "a file is written in another dialect, which changes what it says",
    guideline: "Names",
    lens: Lens::Source,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::SyntaxChanged { old, new } = &change.kind else {
        return None;
    };
    Some(
        Fact::new(
            format!(
                "`{}` was written in {old} and is in {new}: generated code has other types and accessors",
                change.element
            ),
            "change the dialect on its own, with features that keep what each field and enum was",
        )
        .labels(format!("was {old}"), format!("is {new}")),
    )
}
