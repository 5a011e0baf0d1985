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
    let zero = match scalar {
        Scalar::String => "an empty text",
        Scalar::Bytes => "empty bytes",
        Scalar::Bool => "false",
        _ => "0",
    };
    let (element, keyword) = (&change.element, scalar.keyword());
    let fact = format!(
        "`{element}` is new and has no presence: {zero} may be meant, or come from a writer that does not have the field"
    );
    let help = format!(
        "write `optional {keyword}` where the two must be told apart, or let {zero} mean what every older writer meant"
    );
    // that an older writer says no is what new switches are made for, and whoever writes an empty name mostly names nothing
    let by_design = matches!(scalar, Scalar::Bool | Scalar::String | Scalar::Bytes);
    Some(
        Fact::new(fact, help)
            .labels("", format!("{zero} or absent?"))
            .exception_if(by_design),
    )
}
