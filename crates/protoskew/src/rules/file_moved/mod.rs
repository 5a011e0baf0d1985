//! `file-moved`: what a file declared stands in another file now.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "file-moved",
    summary: "what a file declared stands in another file now",
    guideline: "Names",
    lens: Lens::Source,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::FileMoved { new } = &change.kind else {
        return None;
    };
    Some(
        Fact::new(
            format!("what `{}` declared is in `{new}` now", change.element),
            format!(
                "leave `{}` in place with an `import public` of what it became, so that importers go on compiling",
                change.element
            ),
        )
        .labels("was here", "is here now"),
    )
}
