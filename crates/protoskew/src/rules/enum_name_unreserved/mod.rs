//! `enum-name-unreserved`: an enum value went, its name is not reserved.

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
    check: Check::Past(check),
};

fn check(told: &Told) -> Option<Fact> {
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
