//! `json-format-changed`: compilers and runtimes no longer vouch for the JSON of a type.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "json-format-changed",
    summary: "compilers and runtimes no longer vouch for the JSON of a type",
    guideline: "Names",
    lens: Lens::Json,
    level: DefaultLevel::WhereJson(Level::Note),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    // the other way round promises more than before, and takes nothing from anybody
    let ChangeKind::JsonFormatChanged { allow: false } = change.kind else {
        return None;
    };
    Some(
        Fact::new(
            format!(
                "`json_format` of `{}` was ALLOW and is LEGACY_BEST_EFFORT: compilers let JSON names clash from here on, and runtimes may \
                 support its JSON in part or not at all",
                change.element
            ),
            "keep `features.json_format = ALLOW` for it as long as anybody writes or reads it as JSON",
        )
        .labels("was ALLOW", "is LEGACY_BEST_EFFORT"),
    )
}
