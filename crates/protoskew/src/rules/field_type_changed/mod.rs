//! `field-type-changed`: the type at a number changed.

use protoskew_compare::{Change, ChangeKind, Impact, Outcome, TypeReading};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "field-type-changed",
    summary: "the type at a number changed",
    guideline: "R4",
    lens: Lens::Wire,
    level: DefaultLevel::ByOutcome(Level::Warn),
    scope: Scope::Spent,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::FieldTypeChanged {
        number,
        old,
        new,
        reused: None,
        reading,
    } = &change.kind
    else {
        return None;
    };
    let one_structure = *reading == TypeReading::Safe && arrives(change);
    let why = match reading {
        TypeReading::Safe if one_structure => "the two have one structure, so every value arrives",
        TypeReading::Safe => "what both know arrives, what one side lacks does not",
        TypeReading::EnumToInteger => "safe while only the enum's own values are sent",
        TypeReading::IntegerToEnum => {
            "a number that the enum does not list is an unknown value to it"
        }
        TypeReading::ZigZag => "the two encode integers differently: 1 arrives as another number",
        TypeReading::Range => "values outside the common range arrive as others",
        TypeReading::Reinterpreted => "the same bytes mean something else",
        TypeReading::Utf8 => "bytes that are not UTF-8 are refused, replaced or kept, by runtime",
        TypeReading::WireType => {
            "the wire types differ: the value is refused, skipped or misread, by runtime"
        }
        TypeReading::OtherType => "the two types give their numbers other meanings",
        TypeReading::Unknown => "one of the types could not be found, so they are compared by name",
    };
    let help = if *reading == TypeReading::EnumToInteger {
        "send no new values until every reader in the window has the integer".to_owned()
    } else {
        format!("keep number {number} as it is and add a new field with the new type (R4)")
    };
    Some(
        Fact::new(
            format!(
                "`{}` changed from `{old}` to `{new}`; {why}",
                change.element
            ),
            help,
        )
        .labels(format!("`{old}`"), format!("`{new}`"))
        .exception_if(*reading == TypeReading::EnumToInteger || one_structure),
    )
}

/// True where every value arrives, in both directions and every runtime.
fn arrives(change: &Change) -> bool {
    match &change.impact {
        Impact::None => true,
        Impact::Values { outcomes, .. } => {
            outcomes.old_to_new.worst().max(outcomes.new_to_old.worst()) <= Outcome::Compatible
        }
        Impact::Call { .. } => false,
    }
}
