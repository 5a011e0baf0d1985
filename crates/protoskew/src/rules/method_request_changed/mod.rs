//! `method-request-changed`: a method has another request message.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "method-request-changed",
    summary: "a method has another request message",
    guideline: "Calls",
    lens: Lens::Wire,
    level: DefaultLevel::ByOutcome(Level::Warn),
    scope: Scope::Meeting,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::MethodRequestChanged {
        old,
        new,
        same_shape,
    } = &change.kind
    else {
        return None;
    };
    let shape = if *same_shape {
        "the two have one structure"
    } else {
        "the two differ"
    };
    Some(
        Fact::new(
            format!(
                "the request of `{}` was `{old}` and is `{new}`; {shape}",
                change.element
            ),
            "add a new method with the new request, and serve both for the window",
        )
        .labels(format!("`{old}`"), format!("`{new}`"))
        .exception_if(*same_shape),
    )
}
