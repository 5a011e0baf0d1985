//! `copy-drifted`: two copies of one file disagree.

use protoskew_compare::{Change, ChangeKind, Indexed, drifted_copies};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope, Seen};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "copy-drifted",
    summary: "two copies of one file disagree",
    guideline: "GL3",
    lens: Lens::Advice,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Whole(check),
};

fn check(indexed: &Indexed) -> Vec<Seen> {
    let drifted = drifted_copies(indexed).into_iter();
    drifted
        .filter_map(|change| {
            Some(Seen {
                about: change.kind.about(),
                place: change.new?,
                against: change.old,
                fact: fact(&change)?,
                element: change.element,
            })
        })
        .collect()
}

fn fact(change: &Change) -> Option<Fact> {
    let ChangeKind::CopyDrifted { first, about, more } = &change.kind else {
        return None;
    };
    let more = match more {
        0 => String::new(),
        1 => ", and on one more thing".to_owned(),
        many => format!(", and on {many} more"),
    };
    Some(
        Fact::new(
            format!(
                "`{}` is a copy of `{first}`, and the two disagree on `{about}`{more}",
                change.element
            ),
            "bring the copies in line, or keep one file and let the other be generated or imported",
        )
        .labels("one copy says", "the other one says"),
    )
}
