//! `field-renamed`: the same number and type under another name.

use protoskew_compare::{Change, ChangeKind};
use protoskew_schema::former::is_former;

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "field-renamed",
    summary: "the same number and type under another name",
    guideline: "Names",
    lens: Lens::Json,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::FieldRenamed {
        number,
        old,
        new,
        json_name_kept,
        namesake,
    } = &change.kind
    else {
        return None;
    };
    let (places, help) = if let Some(namesake) = namesake {
        let field = if is_former(new, old) { old } else { new };
        return Some(
            Fact::new(
                format!(
                    "number {number} is called `{new}` and was called `{old}`: the same bytes, and `{field}`, number {namesake}, is a \
                     field of its own; in JSON and source the name goes from one to the other"
                ),
                "fill both forms as long as releases that know one of them alone may be met; where JSON is used, a new field wants a new name"
                    .to_owned(),
            )
            .labels(format!("`{old}`"), format!("`{new}`")),
        );
    } else if *json_name_kept {
        (
            "the same bytes and the same JSON, another name in source",
            "what is built against the source stops compiling; rename it there too".to_owned(),
        )
    } else {
        (
            "the same bytes, another name in JSON and source",
            format!("where JSON is used, keep the old name with `[json_name = \"{old}\"]`"),
        )
    };
    Some(
        Fact::new(
            format!("number {number} is called `{new}` and was called `{old}`: {places}"),
            help,
        )
        .labels(format!("`{old}`"), format!("`{new}`")),
    )
}
