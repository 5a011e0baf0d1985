//! What is judged against everything ever checked in, beside the comparisons with releases.

use std::collections::HashSet;
use std::sync::Arc;

use protoskew_compare::{Carrier, Impact, Indexed, Reused};
use protoskew_schema::outline::DeclaredKind;
use protoskew_schema::{FieldType, Name};

use super::Standing;
use crate::breach::{BreachKind, Told};
use crate::config::Spent;
use crate::error::Error;
use crate::finding::{self, Finding};
use crate::history::timeline::Timeline;
use crate::history::{Breach, Past};
use crate::policy::Base;
use crate::project::Project;
use crate::rules;

/// How many of the things that were let through are named.
const NAMED: usize = 20;

/// What the past has against the judged state.
pub(super) struct Found {
    pub(super) base: Base,
    /// What it has against it in meetings with these of the bases, by their places.
    pub(super) met: Vec<(usize, Finding)>,
    /// What `spent = "released"` let through.
    pub(super) notes: Vec<String>,
}

/// What is done against everything ever checked in, as far as no comparison with a release says so already.
pub(super) fn spent(
    project: &Project,
    past: &Past,
    standing: &Standing,
    bases: &[Base],
) -> Result<Found, Error> {
    let all = bases.iter().flat_map(|base| &base.findings);
    let told: HashSet<(&str, &str, &str)> = all.map(|each| slot(each)).collect();
    let mut findings = Vec::new();
    let mut known = HashSet::new();
    let mut let_through = Vec::new();
    let mut met = Vec::new();
    for breach in past.breaches() {
        if !project.is_within(past.commits.path(breach.new.declaration.path)) {
            continue;
        }
        if project.config.spent == Spent::Released && never_released(past, &breach) {
            let_through.push(format!("{} ({})", breach.element, breach.kind.about()));
            continue;
        }
        let old = standing
            .baseline
            .as_ref()
            .is_some_and(|baseline| past.is_known(&breach, baseline.commit));
        let tell = past.tell(breach)?;
        for finding in rules::past(std::slice::from_ref(&tell)) {
            if told.contains(&slot(&finding)) {
                continue;
            }
            if old {
                known.insert(finding.id());
            }
            met.extend(read_still(&tell, &finding, &standing.state.indexed, bases));
            findings.push(finding);
        }
    }
    Ok(Found {
        base: Base {
            indexed: Arc::clone(&standing.state.indexed),
            comparison: None,
            findings: finding::shared(findings),
            known,
            roles: Vec::new(),
            unreleased: false,
        },
        met,
        notes: note(&let_through).into_iter().collect(),
    })
}

/// The bases that still read the former meaning of a number that was used again, by their places, each with the finding as it
/// hurts there.
fn read_still(
    told: &Told,
    finding: &Finding,
    new: &Indexed,
    bases: &[Base],
) -> Vec<(usize, Finding)> {
    let BreachKind::NumberReused { number, was, .. } = &told.kind else {
        return Vec::new();
    };
    let Some(owner) = owner(told, new) else {
        return Vec::new();
    };
    let reused = Arc::new(Reused {
        owner: owner.clone(),
        number: *number,
    });
    let mut found = Vec::new();
    for (at, base) in bases.iter().enumerate() {
        let Some(comparison) = base.comparison.as_ref().filter(|_| !base.roles.is_empty()) else {
            continue;
        };
        if !reused.is_called(&base.indexed, &was.name) {
            continue;
        }
        let Some(outcomes) = comparison.reuse([&base.indexed, new], &reused) else {
            continue;
        };
        let carrier = Carrier::Element {
            old: Some(owner.clone()),
            new: Some(owner.clone()),
        };
        found.push((
            at,
            Finding {
                impact: Impact::Values { outcomes, carrier },
                reused: Some(Arc::clone(&reused)),
                ..finding.clone()
            },
        ));
    }
    found
}

/// Full name of what the number is of: a message or an enum.
fn owner(told: &Told, new: &Indexed) -> Option<Name> {
    if told.owner != DeclaredKind::Extendee {
        return Some(told.within().into());
    }
    let mut extensions = new.schema().extensions.iter();
    match &extensions.find(|each| each.name == told.element)?.extendee {
        FieldType::Message(target) => Some(target.name.clone()),
        _ => None,
    }
}

/// Whether no release carried what the breach is about; a fence that fell was there to be kept.
fn never_released(past: &Past, breach: &Breach) -> bool {
    !matches!(breach.kind, BreachKind::FenceDropped(_))
        && past.released(breach.since, breach.until).is_none()
}

fn note(let_through: &[String]) -> Option<String> {
    let count = let_through.len();
    let more = match count.saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    (count > 0).then(|| {
        format!(
            "spent = \"released\" let through what no release carried: {}{more}",
            let_through[..count.min(NAMED)].join(", ")
        )
    })
}

/// What a finding about a number is about: its rule, what holds the number, and the number.
fn slot(finding: &Finding) -> (&str, &str, &str) {
    let (rule, about) = (finding.rule, finding.about.as_str());
    let whole = (rule, finding.element.as_str(), about);
    let owner = finding
        .element
        .rsplit_once('.')
        .map_or("", |(owner, _)| owner);
    let digits = about.trim_start_matches('-');
    let end = about.len()
        - digits
            .trim_start_matches(|c: char| c.is_ascii_digit())
            .len();
    let (number, rest) = about.split_at(end);
    // a range, and a way from one number to another, are about all that they name
    let several =
        rest.starts_with(" to ") || rest.starts_with(" ->") && !rule.ends_with("-unreserved");
    if number.trim_start_matches('-').is_empty() || several {
        whole
    } else {
        (rule, owner, number)
    }
}
