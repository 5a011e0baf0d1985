//! `enum-value-added`: older readers will read a value that they do not know.

use protoskew_compare::{Change, ChangeKind, Fates};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "enum-value-added",
    summary: "older readers will read a value that they do not know",
    guideline: "R3",
    lens: Lens::Wire,
    level: DefaultLevel::ByOutcome(Level::Warn),
    scope: Scope::Meeting,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::EnumValueAdded {
        number,
        closed,
        read,
    } = &change.kind
    else {
        return None;
    };
    let kind = if *closed { "a closed" } else { "an open" };
    Some(
        Fact::new(
            format!(
                "`{}` = {number} is new in {kind} enum: older readers do not know it and read {}",
                change.element,
                told(read)
            ),
            "send it only to readers that have it (R2); until then send the nearest value that they know",
        )
        .labels("", "new value"),
    )
}

/// What readers make of it: first what most runtimes do, then the others by name.
fn told(read: &Fates) -> String {
    let mut groups = read.by_runtime();
    // stable: of equally many the first runtime's
    groups.sort_by_key(|(_, runtimes)| std::cmp::Reverse(runtimes.len()));
    let told = groups.iter().enumerate().map(|(at, (fates, runtimes))| {
        let fates: Vec<&str> = fates.iter().map(|fate| fate.words()).collect();
        let fates = fates.join(" or ");
        if at == 0 {
            return fates;
        }
        let runtimes: Vec<&str> = runtimes.iter().map(|runtime| runtime.word()).collect();
        format!("{fates} in {}", runtimes.join(", "))
    });
    told.collect::<Vec<_>>().join("; ")
}
