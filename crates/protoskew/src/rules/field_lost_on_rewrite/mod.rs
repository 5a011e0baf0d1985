//! `field-lost-on-rewrite`: a rolled-back release that writes stored messages anew loses a field that it does not know.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "field-lost-on-rewrite",
    summary: "a rolled-back release that writes stored messages anew loses a field that it does not know",
    guideline: "R2",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Rewrite,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let (ChangeKind::FieldAdded { number, .. } | ChangeKind::ExtensionAdded { number, .. }) =
        change.kind
    else {
        return None;
    };
    Some(
        Fact::new(
            format!(
                "number {number} is new in what is stored: a release without it loses `{}` where it reads a message and writes it anew, \
                 as its runtime drops unknown fields",
                change.element
            ),
            "store it only once no release without it can be rolled back to, or keep what must survive in a message of its own",
        )
        .labels("", "new in what is stored"),
    )
}
