//! `option-changed`: an option that the configuration names as contract has another value.

use protoskew_compare::{Change, ChangeKind};
use protoskew_schema::Name;

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "option-changed",
    summary: "an option that the configuration names as contract has another value",
    guideline: "HL",
    lens: Lens::Source,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::OptionChanged { option, old, new } = &change.kind else {
        return None;
    };
    let (from, to) = (told(old), told(new));
    let fact = match (old, new) {
        (None, Some(_)) => format!("`{option}` of `{}` says {to} now", change.element),
        (Some(_), None) => format!(
            "`{option}` of `{}` does not say {from} any more",
            change.element
        ),
        _ => format!(
            "`{option}` of `{}` said {from} and says {to}",
            change.element
        ),
    };
    Some(
        Fact::new(
            fact,
            "the configuration names this option as contract: those who rely on it (HTTP clients, validators) need a window, too",
        )
        .labels(format!("said {from}"), format!("says {to}")),
    )
}

/// As much of a value as a sentence bears.
fn told(value: &Option<Name>) -> String {
    const MOST: usize = 80;
    let Some(value) = value else {
        return "nothing".to_owned();
    };
    if value.chars().count() <= MOST {
        return format!("`{value}`");
    }
    let short: String = value.chars().take(MOST - 1).collect();
    format!("`{short}…`")
}
