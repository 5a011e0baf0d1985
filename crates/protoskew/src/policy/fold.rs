//! Folds findings that are parts of others: a removal does not cascade.

use rustc_hash::FxHashMap;

use crate::rules::{has_parts, is_part_of};
use crate::verdict::Judged;

/// Leaves out what another finding speaks for. One that is louder than that, or new where that is known, speaks for itself.
pub(super) fn fold(all: &mut Vec<Judged>) {
    // hundreds may speak for others, and there may be thousands of findings
    let mut wholes: FxHashMap<&str, Vec<&Judged>> = FxHashMap::default();
    for whole in all.iter().filter(|it| has_parts(&it.finding)) {
        wholes
            .entry(&whole.finding.element)
            .or_default()
            .push(whole);
    }
    let folded: Vec<bool> = all
        .iter()
        .map(|part| {
            let old = part.finding.old.as_ref();
            let about = old.and_then(|old| wholes.get(old.path.as_str()));
            about.into_iter().flatten().any(|whole| {
                whole.level >= part.level
                    && whole.known <= part.known
                    && is_part_of(&part.finding, &whole.finding)
            })
        })
        .collect();
    let mut folded = folded.into_iter();
    all.retain(|_| !folded.next().unwrap_or(false));
}
