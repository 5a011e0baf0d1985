//! What is done against everything ever checked in, as far as no comparison with a release says so already.

use std::collections::HashSet;
use std::sync::Arc;

use super::Standing;
use crate::error::Error;
use crate::finding::Finding;
use crate::history::Past;
use crate::history::timeline::Timeline;
use crate::policy::Base;
use crate::project::Project;
use crate::rules;

/// The findings of the ledger that no base has told.
pub(super) fn spent(
    project: &Project,
    past: &Past,
    standing: &Standing,
    bases: &[Base],
) -> Result<Base, Error> {
    let all = bases.iter().flat_map(|base| &base.findings);
    let told: HashSet<(&str, &str, &str)> = all.map(slot).collect();
    let mut findings = Vec::new();
    let mut known = HashSet::new();
    for breach in past.breaches() {
        if !project.is_within(past.commits.path(breach.new.path)) {
            continue;
        }
        let old = standing
            .baseline
            .as_ref()
            .is_some_and(|baseline| past.is_known(&breach, baseline.commit));
        for finding in rules::past(&[past.tell(breach)?]) {
            if told.contains(&slot(&finding)) {
                continue;
            }
            if old {
                known.insert(finding.id());
            }
            findings.push(finding);
        }
    }
    Ok(Base {
        indexed: Arc::clone(&standing.state.indexed),
        findings,
        known,
        roles: Vec::new(),
        unreleased: false,
    })
}

/// What a finding about a number is about: its rule, what holds the number, and the number.
fn slot(finding: &Finding) -> (&str, &str, &str) {
    let owner = finding
        .element
        .rsplit_once('.')
        .map_or("", |(owner, _)| owner);
    let end = finding
        .about
        .find(|c: char| !c.is_ascii_digit() && c != '-')
        .unwrap_or(finding.about.len());
    match &finding.about[..end] {
        "" | "-" => (finding.rule, &finding.element, &finding.about),
        number if finding.rule.ends_with("-unreserved") => (finding.rule, owner, number),
        // a range of an element is about the element itself
        _ if finding.about[end..].starts_with(" to ")
            || finding.about[end..].starts_with(" ->") =>
        {
            (finding.rule, &finding.element, &finding.about)
        }
        number => (finding.rule, owner, number),
    }
}
