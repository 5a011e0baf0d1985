//! `symbol-visibility-narrowed`: a type that importers could use is the own of its file now.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "symbol-visibility-narrowed",
    summary: "a type that importers could use is the own of its file now",
    guideline: "Names",
    lens: Lens::Source,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    matches!(change.kind, ChangeKind::VisibilityNarrowed).then(|| {
        Fact::new(
            format!(
                "`{}` was exported and is local now: files that import it and use it stop compiling",
                change.element
            ),
            "leave it exported (`export` before `message` or `enum`) until no other file uses it",
        )
        .labels("exported", "local now")
    })
}
