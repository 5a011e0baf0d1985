//! Which findings are shown, and which of them share their frames.

use rustc_hash::{FxHashMap, FxHashSet};

use super::super::lines::Files;
use super::{FEW, MANY};
use crate::finding::Site;
use crate::verdict::{Judged, Level};

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

/// Findings about one element at one place: their frames are shown once.
pub(super) struct Cluster<'a> {
    /// In the verdict's order; never empty.
    pub(super) findings: Vec<&'a Judged>,
}

impl<'a> Cluster<'a> {
    /// The loudest level in it.
    pub(super) fn level(&self) -> Level {
        self.findings
            .iter()
            .map(|judged| judged.level)
            .max()
            .unwrap_or(Level::Note)
    }

    /// Its rules, each once, in order.
    pub(super) fn rules(&self) -> Vec<&'static str> {
        let mut seen = FxHashSet::default();
        let rules = self.findings.iter().map(|judged| judged.finding.rule);
        rules.filter(|rule| seen.insert(*rule)).collect()
    }

    /// The last finding of one of its rules.
    pub(super) fn last_of(&self, rule: &str) -> &'a Judged {
        let found = self
            .findings
            .iter()
            .rfind(|judged| judged.finding.rule == rule);
        found.unwrap_or(&self.findings[0])
    }
}

/// Groups findings; a cluster stands where its first (loudest) finding stands.
pub(super) fn clusters<'a>(shown: &[&'a Judged], files: &mut Files) -> Vec<Cluster<'a>> {
    let mut by_place: FxHashMap<_, usize> = FxHashMap::default();
    let mut clusters: Vec<Cluster<'a>> = Vec::new();
    for judged in shown {
        let finding = &judged.finding;
        // What was is the better key: of one removed field, one rule points at the message and another at nothing.
        let Some(site) = finding.old.as_ref().or(finding.new.as_ref()) else {
            clusters.push(Cluster {
                findings: vec![*judged],
            });
            continue;
        };
        let key = (
            finding.element.as_str(),
            judged.known,
            site_key(site, files),
        );
        let at = *by_place.entry(key).or_insert_with(|| {
            clusters.push(Cluster {
                findings: Vec::new(),
            });
            clusters.len() - 1
        });
        clusters[at].findings.push(judged);
    }
    clusters
}

fn site_key<'a>(site: &'a Site, files: &mut Files) -> (&'a str, Option<&'a str>, &'a str, usize) {
    let line = files.place(site).map_or(0, |place| place.line);
    let origin = &site.origin;
    (
        origin.label.as_str(),
        origin.commit.as_deref(),
        site.path.as_str(),
        line,
    )
}
