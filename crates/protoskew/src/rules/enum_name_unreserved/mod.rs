//! `enum-name-unreserved`: an enum value went, its name is not reserved.

use protoskew_compare::{Change, ChangeKind};
use protoskew_schema::outline::DeclaredKind;

use crate::breach::{BreachKind, Fenced, Told};
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "enum-name-unreserved",
    summary: "an enum value went, its name is not reserved",
    guideline: "R1",
    lens: Lens::Json,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Fence,
    page: include_str!("README.md"),
    check: Check::ChangeOrPast(check, past),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::EnumValueRemoved {
        name_reserved: false,
        ..
    } = &change.kind
    else {
        return None;
    };
    let name = change.element.rsplit('.').next().unwrap_or(&change.element);
    Some(
        Fact::new(
            format!("`{}` is gone and its name is not reserved", change.element),
            format!("write `reserved \"{name}\";` beside the reserved numbers"),
        )
        .labels(format!("`{name}`"), "reserve it here")
        .reserve(Fenced::Name(name.into())),
    )
}

fn past(told: &Told) -> Option<Fact> {
    let BreachKind::NameUnreserved { name, .. } = &told.kind else {
        return None;
    };
    if told.owner != DeclaredKind::Enum {
        return None;
    }
    Some(
        Fact::new(
            format!(
                "`{}` went{} and its name is not reserved",
                told.element,
                told.event()
            ),
            format!("write `reserved \"{name}\";` beside the reserved numbers"),
        )
        .labels(format!("`{name}`"), "reserve it here")
        .reserve(Fenced::Name(name.clone())),
    )
}
