//! `change-unanalysed`: a change without an analysis that fits it.

use crate::review::Review;
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "change-unanalysed",
    summary: "a change without an analysis that fits it",
    guideline: "HL",
    lens: Lens::Advice,
    level: DefaultLevel::WhereAsked(Level::Deny),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Review(check),
};

fn check(review: &Review) -> Option<Fact> {
    if !review.wants_analysis {
        return None;
    }
    let now = &review.fingerprint;
    let fitting = || review.records.iter().filter(|each| each.fits);
    if fitting().any(|each| each.empty.is_empty()) {
        return None;
    }
    let (fact, help) = if let Some(record) = fitting().next() {
        let headings: Vec<String> = record
            .empty
            .iter()
            .map(|each| format!("\"{each}\""))
            .collect();
        (
            format!(
                "the analysis `{}` says nothing below {}",
                record.path,
                headings.join(", ")
            ),
            "write what was considered: no tool can".to_owned(),
        )
    } else if let Some(record) = review.records.first() {
        (
            format!(
                "the analysis `{}` is of another change ({}) than what stands here ({now})",
                record.path, record.fingerprint
            ),
            "`protoskew analyze --record` writes it anew, and leaves what people wrote to be read again".to_owned(),
        )
    } else {
        let elements = match review.changes {
            1 => "1 element".to_owned(),
            many => format!("{many} elements"),
        };
        (
            format!("this change of {elements} has no analysis ({now})"),
            "`protoskew analyze --record` writes the facts down; fill what stands below its headings, and commit it with the change".to_owned(),
        )
    };
    Some(Fact::new(fact, help).labels("", "changes here"))
}
