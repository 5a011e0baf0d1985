//! `absence-ambiguous`: a new scalar has no presence: a writer without it reads as one that means zero.

use protoskew_compare::{Change, ChangeKind};
use protoskew_schema::Scalar;

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "absence-ambiguous",
    summary: "a new scalar has no presence: a writer without it reads as one that means zero",
    guideline: "HL",
    lens: Lens::Advice,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Meeting,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::FieldAdded {
        ambiguous: Some(scalar),
        ..
    } = &change.kind
    else {
        return None;
    };
    let (zero, scalar) = (zero(*scalar), scalar.keyword());
    Some(
        Fact::new(
            format!(
                "`{}` is new and has no presence: {zero} may be meant, or come from a writer that does not have the field",
                change.element
            ),
            format!(
                "write `optional {scalar}` where the two must be told apart, or let {zero} mean what every older writer meant"
            ),
        )
        .labels("", format!("{zero} or absent?")),
    )
}

const fn zero(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Bool => "false",
        Scalar::String => "an empty text",
        Scalar::Bytes => "empty bytes",
        _ => "0",
    }
}
