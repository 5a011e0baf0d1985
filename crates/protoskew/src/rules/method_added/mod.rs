//! `method-added`: a method is new: older servers answer UNIMPLEMENTED.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "method-added",
    summary: "a method is new: older servers answer UNIMPLEMENTED",
    guideline: "Calls",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Note),
    scope: Scope::Meeting,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    matches!(change.kind, ChangeKind::MethodAdded).then(|| {
        Fact::new(
            format!(
                "method `{}` is new: older servers answer UNIMPLEMENTED",
                change.element
            ),
            "ask whether the server has it before the first call",
        )
        .labels("", "new method")
    })
}
