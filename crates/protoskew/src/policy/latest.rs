//! Of what an option said in several releases, keeps what it said last: those who build against the files have one change to make.

use rustc_hash::FxHashMap;

use crate::finding::Finding;
use crate::verdict::Judged;

/// Leaves out what a finding against a later base tells of the same option. `bases` holds the latest base of each finding.
pub(super) fn latest(all: &mut Vec<Judged>, bases: &[usize]) {
    let mut last: FxHashMap<_, usize> = FxHashMap::default();
    let options = || all.iter().zip(bases);
    for (judged, &base) in options() {
        if let Some(option) = option(&judged.finding) {
            let last = last.entry(option).or_insert(base);
            *last = base.max(*last);
        }
    }
    let kept: Vec<bool> = options()
        .map(|(judged, base)| {
            option(&judged.finding).is_none_or(|option| last.get(&option) == Some(base))
        })
        .collect();
    let mut kept = kept.into_iter();
    all.retain(|_| kept.next().unwrap_or(true));
}

/// The option that a finding is about, whatever it said before.
fn option(finding: &Finding) -> Option<(&'static str, &str, &str)> {
    let rules = [
        "file-option-changed",
        "generated-code-changed",
        "option-changed",
    ];
    let (option, _) = finding.about.split_once(": ")?;
    rules
        .contains(&finding.rule)
        .then_some((finding.rule, finding.element.as_str(), option))
}
