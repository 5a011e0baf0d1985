//! `extension-removed`: an extension is gone.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "extension-removed",
    summary: "an extension is gone",
    guideline: "Names",
    lens: Lens::Source,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::ExtensionRemoved { number, extendee } = &change.kind else {
        return None;
    };
    Some(
        Fact::new(
            format!(
                "extension `{}`, number {number} of `{extendee}`, is gone",
                change.element
            ),
            "what is built against the source stops compiling, and so does a file that sets it as an option; keep it, deprecated, for the window",
        )
        .labels("gone", ""),
    )
}
