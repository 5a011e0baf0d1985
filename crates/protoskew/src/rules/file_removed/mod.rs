//! `file-removed`: a file is gone, and most of what it declared.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "file-removed",
    summary: "a file is gone, and most of what it declared",
    guideline: "Names",
    lens: Lens::Source,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::FileRemoved { declared, gone } = &change.kind else {
        return None;
    };
    let what = match (declared, gone) {
        (0, _) => String::new(),
        (1, _) => ", with its one declaration".to_owned(),
        (all, gone) if all == gone => format!(", with all {all} declarations at its top"),
        (all, gone) => format!(", with {gone} of the {all} declarations at its top"),
    };
    Some(
        Fact::new(
            format!("file `{}` is gone{what}", change.element),
            "whoever imports it stops compiling; keep it, deprecated, until nobody does",
        )
        .labels("gone", ""),
    )
}
