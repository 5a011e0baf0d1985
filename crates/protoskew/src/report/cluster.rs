//! Which findings share their frames.

use rustc_hash::{FxHashMap, FxHashSet};

use super::lines::Files;
use crate::finding::Site;
use crate::verdict::{Judged, Level};

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
