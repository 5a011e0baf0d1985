//! `field-withdrawn`: a field went while a release that reads it may still be met.

use protoskew_compare::{Change, ChangeKind, Impact};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};

pub(super) const RULE: Rule = Rule {
    id: "field-withdrawn",
    summary: "a field went while a release that reads it may still be met",
    guideline: "GL3",
    lens: Lens::Wire,
    level: DefaultLevel::WarnUntilConfigured,
    scope: Scope::Meeting,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let (ChangeKind::FieldRemoved {
        required: false,
        taken_by: None,
        ..
    }
    | ChangeKind::ExtensionRemoved { .. }) = &change.kind
    else {
        return None;
    };
    // an option is of those who compile the file
    if matches!(change.impact, Impact::None) {
        return None;
    }
    Some(
        Fact::new(
            format!(
                "`{}` is not sent any more: older readers see its default where a value used to be",
                change.element
            ),
            "deprecate it first, and go on writing it until no release that reads it may be met (GL3)",
        )
        .labels("older releases read it", ""),
    )
}
