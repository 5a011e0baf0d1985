//! Which findings are shown to people: of a rule that has many, the first few.

use rustc_hash::FxHashMap;

use crate::verdict::{Judged, Level, Verdict};

/// A rule with more findings than this shows the first [`FEW`].
pub(super) const MANY: usize = 20;
/// How many findings of a rule are shown where it has more than [`MANY`].
pub(super) const FEW: usize = 5;

/// The findings that are shown at all, in the verdict's order, but for those that are waived; `known`: also those that were true at the
/// baseline already.
pub(super) fn shown(verdict: &Verdict, known: bool) -> impl Iterator<Item = &Judged> {
    let findings = verdict.findings.iter();
    let shown = move |judged: &&Judged| judged.is_new() || known && judged.known;
    findings.filter(move |judged| judged.level > Level::Off && shown(judged))
}

/// The findings that are waived, in the verdict's order.
pub(super) fn waived(verdict: &Verdict) -> impl Iterator<Item = &Judged> {
    let findings = verdict.findings.iter();
    findings.filter(|judged| judged.waived.is_some())
}

/// The findings to show, and how many of each rule are not.
pub(super) struct Chosen<'a> {
    /// In the verdict's order.
    pub(super) shown: Vec<&'a Judged>,
    /// By address of the last finding shown of a rule: how many more it has.
    hidden: FxHashMap<usize, usize>,
}

impl Chosen<'_> {
    /// How many findings of its rule were left out behind this one.
    pub(super) fn hidden_behind(&self, judged: &Judged) -> Option<usize> {
        self.hidden.get(&address(judged)).copied()
    }
}

/// All of them, or the first few of every rule that has many.
pub(super) fn choose(wanted: Vec<&Judged>, all: bool) -> Chosen<'_> {
    let mut totals: FxHashMap<(&str, bool), usize> = FxHashMap::default();
    for judged in &wanted {
        *totals
            .entry((judged.finding.rule, judged.known))
            .or_default() += 1;
    }
    let mut so_far: FxHashMap<(&str, bool), usize> = FxHashMap::default();
    let mut hidden = FxHashMap::default();
    let shown = wanted
        .into_iter()
        .filter(|judged| {
            let key = (judged.finding.rule, judged.known);
            let total = totals[&key];
            let nth = so_far.entry(key).or_default();
            *nth += 1;
            if all || total <= MANY {
                return true;
            }
            if *nth == FEW {
                hidden.insert(address(judged), total - FEW);
            }
            *nth <= FEW
        })
        .collect();
    Chosen { shown, hidden }
}

/// Findings are told apart by where they stand in the verdict.
fn address(judged: &Judged) -> usize {
    std::ptr::from_ref(judged).addr()
}
