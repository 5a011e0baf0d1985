//! `service-renamed`: a service has another name: the path of every method changed.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "service-renamed",
    summary: "a service has another name: the path of every method changed",
    guideline: "Calls",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Meeting,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::ServiceRenamed { old } = &change.kind else {
        return None;
    };
    Some(
        Fact::new(
            format!(
                "service `{old}` is called `{}` now: the path of every method changed",
                change.element
            ),
            "serve both names until no client of the old one may be met",
        )
        .labels("old name", "new name"),
    )
}
