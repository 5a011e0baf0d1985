//! `extension-moved`: a field became an extension or an extension a field, or an extension extends another message.

use protoskew_compare::{Change, ChangeKind, MovedTo};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "extension-moved",
    summary: "a field became an extension or an extension a field, or an extension extends another message",
    guideline: "R4",
    lens: Lens::Wire,
    level: DefaultLevel::ByOutcome(Level::Warn),
    scope: Scope::Meeting,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::ExtensionMoved {
        number,
        old,
        new,
        to,
    } = &change.kind
    else {
        return None;
    };
    let registers = "one and the same on the wire to a reader that registers the extension";
    let fact = match to {
        MovedTo::Extension => {
            Fact::new(
                format!("field `{old}` is extension `{new}` now, with the same number {number}: {registers}"),
                "keep the field; or have every reader register the extension, and none that speaks JSON, before the field goes",
            )
            .labels("a field", "an extension")
        }
        MovedTo::Field => {
            Fact::new(
                format!("extension `{old}` is field `{new}` now, with the same number {number}: {registers}"),
                "keep the extension, and add a field of another number beside it where one is wanted",
            )
            .labels("an extension", "a field")
        }
        MovedTo::Message => {
            Fact::new(
                format!(
                    "`{}` extends `{new}` now and no longer `{old}`, whose number {number} nobody reads any more",
                    change.element
                ),
                "keep the extension where it is, and declare another one for the other message",
            )
            .labels(format!("of `{old}`"), format!("of `{new}`"))
        }
    };
    Some(fact)
}
