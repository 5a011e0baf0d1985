//! The lives of features in a check: who has what, what is declared, and what is known at the baseline.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use protoskew_compare::Comparison;
use protoskew_git::CommitId;
use protoskew_schema::Name;

use super::Standing;
use crate::config::{self, Feature, nearest};
use crate::error::Error;
use crate::finding::{self, Finding};
use crate::life::{self, Judged, Known, Seen, declared};
use crate::policy::{Base, LinkPolicy};
use crate::project::{Project, State};
use crate::releases::tag::Version;
use crate::rules;

/// Both sides of every link with their releases, and `state` as the release that it will be. Releases at commits that are `aside` are
/// left out.
pub(crate) fn seen(
    project: &Project,
    standing: &Standing,
    state: &State,
    aside: &HashSet<CommitId>,
) -> Result<Vec<Seen>, Error> {
    let side = |link: &LinkPolicy, component: &Name| -> Result<Vec<Known>, Error> {
        let spoken = project.spoken(component)?;
        let numbers = project.numbers(link, component)?;
        let released = spoken.released.iter().zip(numbers);
        let mut known: Vec<Known> = released
            .filter(|(each, _)| each.state.files > 0 && !aside.contains(&each.release.commit))
            .map(|(each, number)| Known {
                name: each.release.name.clone(),
                number,
                indexed: Arc::clone(&each.state.indexed),
                origin: Arc::clone(&each.state.origin),
                current: false,
            })
            .collect();
        if project.may_become(component) {
            let number = standing.number(project, link, component)?;
            let name = match (number.own.patch, &standing.line) {
                (_, None) => state.origin.label.clone(),
                (0, _) => number.own.line().to_string().into(),
                _ => number.own.to_string().into(),
            };
            known.push(Known {
                name,
                number,
                indexed: Arc::clone(&state.indexed),
                origin: Arc::clone(&state.origin),
                current: true,
            });
        }
        Ok(known)
    };
    project
        .links
        .iter()
        .map(|link| {
            let sides = [side(link, &link.client)?, side(link, &link.server)?];
            Ok(Seen::new(link, sides, &project.renames))
        })
        .collect()
}

/// An older state and what is judged, neither of which is a release, as two lines that follow each other.
pub(crate) fn two(project: &Project, old: &State, new: &State) -> Vec<Seen> {
    let known = |state: &State, minor: u64, current: bool| Known {
        name: state.origin.label.clone(),
        number: Version {
            major: 0,
            minor,
            patch: 0,
        }
        .into(),
        indexed: Arc::clone(&state.indexed),
        origin: Arc::clone(&state.origin),
        current,
    };
    let both = || vec![known(old, 0, false), known(new, 1, true)];
    let links = project.links.iter();
    links
        .map(|link| Seen::new(link, [both(), both()], &project.renames))
        .collect()
}

/// The features that are declared, here and in the options of what is judged; whatever they name exists or existed.
pub(crate) fn declared(
    project: &Project,
    state: &State,
    seen: &[Seen],
) -> Result<Vec<Feature>, Error> {
    let features = declared::features(&project.config.features, &state.indexed)
        .map_err(|wrong| Error::usage(wrong.join("\n")))?;
    for feature in &features {
        let replaced = feature.replaces.iter().map(|old| (old, "replaces"));
        let elements = feature.elements.iter().map(|element| (element, "has"));
        for (element, verb) in elements.chain(replaced) {
            let renames = &project.renames;
            let exists = renames.find(&state.indexed, &element.name).is_some()
                || seen
                    .iter()
                    .any(|seen| seen.newest_with(&element.name).is_some());
            if !exists {
                return Err(unknown(element, verb, feature, state, seen));
            }
        }
    }
    Ok(features)
}

fn unknown(
    element: &config::Named,
    verb: &str,
    feature: &Feature,
    state: &State,
    seen: &[Seen],
) -> Error {
    let mut names: BTreeSet<Name> = life::names(&state.indexed).collect();
    for seen in seen {
        for known in seen.everybody() {
            names.extend(life::names(&known.indexed));
        }
    }
    let names: Vec<&str> = names.iter().map(Name::as_str).collect();
    let error = Error::usage(format!(
        "{}: the feature `{}` {verb} `{}`, which no release has, nor {}",
        element.declared, feature.name, element.name, state.origin.label
    ));
    let hint = nearest(&element.name, &names);
    error.hint(hint.unwrap_or_else(|| {
        "name it in full: pkg.Message.field, pkg.Enum.VALUE, pkg.Service.Method".to_owned()
    }))
}

/// What is wrong with the lives of features, and what of it is known: what releases that are out did, and what is so at the baseline.
pub(super) fn lives(
    project: &Project,
    standing: &Standing,
    seen: &[Seen],
    start: Option<(&State, &Comparison)>,
    aside: &HashSet<CommitId>,
) -> Result<Base, Error> {
    let state = &standing.state;
    let features = declared(project, state, seen)?;
    let require_features = project.config.requires_features();
    let found = life::judge(
        seen,
        &features,
        Judged {
            indexed: &state.indexed,
            origin: &state.origin,
            renames: &project.renames,
            since: start.map(|(_, since)| since),
            require_features,
        },
    );
    let mut known: HashSet<String> = HashSet::new();
    let mut findings: Vec<Finding> = Vec::new();
    for lived in &found {
        for finding in rules::life(std::slice::from_ref(lived)) {
            if lived.released {
                known.insert(finding.id());
            }
            findings.push(finding);
        }
    }
    if let Some((start, _)) = start
        && findings
            .iter()
            .any(|finding| !known.contains(&finding.id()))
    {
        let before = self::seen(project, standing, start, aside)?;
        let judged = Judged {
            indexed: &start.indexed,
            origin: &start.origin,
            renames: &project.renames,
            since: None,
            require_features,
        };
        let features = declared_at_baseline(project, standing, start)?;
        let found = life::judge(&before, &features, judged);
        known.extend(rules::life(&found).iter().map(Finding::id));
    }
    Ok(Base {
        comparison: None,
        indexed: Arc::clone(&state.indexed),
        findings: finding::shared(findings),
        known,
        roles: Vec::new(),
        unreleased: false,
    })
}

/// What was declared at the baseline; nothing, where that was not understood.
fn declared_at_baseline(
    project: &Project,
    standing: &Standing,
    start: &State,
) -> Result<Vec<Feature>, Error> {
    let Some(baseline) = &standing.baseline else {
        return Ok(Vec::new());
    };
    let file = project
        .repository()?
        .file_at(baseline.commit, config::FILE_NAME)?;
    let config = file.and_then(|bytes| config::read_bytes(&bytes).ok());
    let configured = config.map(|config| config.features).unwrap_or_default();
    Ok(declared::features(&configured, &start.indexed).unwrap_or_default())
}
