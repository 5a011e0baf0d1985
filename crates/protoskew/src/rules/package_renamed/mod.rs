//! `package-renamed`: a package has another name: the path of every method changed.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "package-renamed",
    summary: "a package has another name: the path of every method changed",
    guideline: "Calls",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Meeting,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::PackageRenamed { old, new, services } = &change.kind else {
        return None;
    };
    let services = match services {
        // no path changed: the messages are what another rule tells
        0 => return None,
        1 => "1 service".to_owned(),
        _ => format!("{services} services"),
    };
    let name = |package: &str| {
        if package.is_empty() {
            "the nameless package".to_owned()
        } else {
            format!("package `{package}`")
        }
    };
    Some(
        Fact::new(
            format!(
                "{} is {} now: the path of every method of {services} changed",
                name(old),
                name(new)
            ),
            "serve both packages until no client of the old one may be met",
        )
        .labels("old package", "new package"),
    )
}
