//! Folds findings that are parts of others: a removal does not cascade.

use crate::rules::{has_parts, is_part_of};
use crate::verdict::Judged;

/// Leaves out what another finding speaks for. One that is louder than that, or new where that is known, speaks for itself.
pub(super) fn fold(all: &mut Vec<Judged>) {
    // few speak for others, and there may be thousands of findings
    let wholes: Vec<&Judged> = all.iter().filter(|it| has_parts(&it.finding)).collect();
    let folded: Vec<bool> = all
        .iter()
        .map(|part| {
            wholes.iter().any(|whole| {
                whole.level >= part.level
                    && whole.known <= part.known
                    && is_part_of(&part.finding, &whole.finding)
            })
        })
        .collect();
    let mut folded = folded.into_iter();
    all.retain(|_| !folded.next().unwrap_or(false));
}
