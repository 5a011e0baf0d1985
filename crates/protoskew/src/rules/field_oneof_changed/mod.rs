//! `field-oneof-changed`: a field moved into, out of or between oneofs.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "field-oneof-changed",
    summary: "a field moved into, out of or between oneofs",
    guideline: "R4",
    lens: Lens::Wire,
    level: DefaultLevel::ByOutcome(Level::Note),
    scope: Scope::Spent,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::FieldOneofChanged { old, new, sibling } = &change.kind else {
        return None;
    };
    let name = |oneof: &Option<protoskew_schema::Name>| {
        oneof
            .as_deref()
            .map_or("no oneof".to_owned(), |name| format!("oneof `{name}`"))
    };
    let mut fact = format!(
        "`{}` moved from {} to {}",
        change.element,
        name(old),
        name(new)
    );
    match sibling {
        Some(sibling) => fact.push_str(&format!(
            "; one side may set it together with `{sibling}`, and the other keeps only the last of the two"
        )),
        None => fact.push_str("; nothing else can be set beside it, so every value arrives"),
    }
    Some(
        Fact::new(
            fact,
            "only a single field may move into a new oneof of its own; else add new fields",
        )
        .labels(name(old), name(new)),
    )
}
