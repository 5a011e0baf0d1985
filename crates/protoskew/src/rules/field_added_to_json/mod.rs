//! `field-added-to-json`: a field is new, and a strict JSON parser of an older release refuses every message that has it.

use protoskew_compare::{Change, ChangeKind, UNKNOWN_NAME};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "field-added-to-json",
    summary: "a field is new, and a strict JSON parser of an older release refuses every message that has it",
    guideline: "R2",
    lens: Lens::Json,
    level: DefaultLevel::ByOutcome(Level::Warn),
    scope: Scope::Json,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let (ChangeKind::FieldAdded { number, .. } | ChangeKind::ExtensionAdded { number, .. }) =
        change.kind
    else {
        return None;
    };
    let written = change.json.as_ref().map(|json| &json.new_to_old);
    let known = written.is_some_and(|reading| reading.why != UNKNOWN_NAME);
    let (fact, help) = if known {
        (
            format!(
                "`{}` is new (number {number}), and JSON of older releases has its name for another field",
                change.element
            ),
            "give a new field a new name where JSON is used",
        )
    } else {
        (
            format!(
                "`{}` is new (number {number}), and a strict JSON parser that does not know its name refuses the whole message",
                change.element
            ),
            "write it only to readers that have it, or let the parsers ignore what they do not know (`json = \"lenient\"` says that they do)",
        )
    };
    Some(Fact::new(fact, help).labels("", "new"))
}
