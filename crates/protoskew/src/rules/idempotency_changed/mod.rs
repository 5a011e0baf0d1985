//! `idempotency-changed`: a method's idempotency level changed.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "idempotency-changed",
    summary: "a method's idempotency level changed",
    guideline: "Calls",
    lens: Lens::Advice,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::IdempotencyChanged { old, new } = &change.kind else {
        return None;
    };
    let text = |level: &Option<protoskew_schema::Name>| {
        level.as_deref().unwrap_or("IDEMPOTENCY_UNKNOWN").to_owned()
    };
    Some(
        Fact::new(
            format!(
                "`{}` was {} and is {}: clients decide by it what they may retry",
                change.element,
                text(old),
                text(new)
            ),
            "keep the level as long as clients of the old one may call",
        )
        .labels(text(old), text(new)),
    )
}
