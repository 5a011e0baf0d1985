//! `message-name-reused`: a message went and came back with another shape.

use crate::history::{BreachKind, Told};
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "message-name-reused",
    summary: "a message went and came back with another shape",
    guideline: "R1",
    lens: Lens::Wire,
    level: DefaultLevel::Fixed(Level::Deny),
    scope: Scope::Spent,
    page: include_str!("README.md"),
    check: Check::Past(check),
};

fn check(told: &Told) -> Option<Fact> {
    let BreachKind::MessageReused { was, now } = &told.breach.kind else {
        return None;
    };
    let now = match now {
        Some(now) => format!("`{} {} = {}`", now.ty, now.name, now.number),
        None => "nothing of it".to_owned(),
    };
    Some(
        Fact::new(
            format!(
                "`{}` came back{} with another shape: it held `{} {} = {}` {}, and holds {now}",
                told.breach.element,
                told.event(),
                was.ty,
                was.name,
                was.number,
                told.story()
            ),
            "give the new message a name of its own, or the fields that it had",
        )
        .labels("stood in it", "came back here"),
    )
}
