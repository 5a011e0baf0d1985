//! `field-encoding-changed`: a field is written another way.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "field-encoding-changed",
    summary: "a field is written another way",
    guideline: "R4",
    lens: Lens::Wire,
    level: DefaultLevel::ByOutcome(Level::Warn),
    scope: Scope::Spent,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::FieldEncodingChanged { what, old, new } = &change.kind else {
        return None;
    };
    let harmless = *what == "list encoding";
    let why = match *what {
        "message encoding" => {
            "the wire types differ: the value is refused, skipped or misread, by runtime"
        }
        "UTF-8 validation" => "the side that verifies refuses text that the other lets through",
        _ => "every runtime reads both",
    };
    Some(
        Fact::new(
            format!(
                "`{}`: {what} changed from {old} to {new}; {why}",
                change.element
            ),
            format!("keep the {what} of a field that is in use"),
        )
        .labels(*old, *new)
        .exception_if(harmless),
    )
}
