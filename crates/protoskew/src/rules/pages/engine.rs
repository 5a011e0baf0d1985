//! Two blocks of a page, compared as two releases are.

use std::collections::HashSet;
use std::sync::Arc;

use protoskew_compare::{ByRuntime, Comparer, Comparison, Impact, Indexed, Place};
use protoskew_schema::{Input, Role, Schema, Severity, link, parse};

use crate::analysis::fingerprint::{self, Difference};
use crate::analysis::record;
use crate::config::{self, Config};
use crate::finding::{Finding, Origin};
use crate::policy::{self, Base, Judge, LinkPolicy, Subject};
use crate::releases::tag::Version;
use crate::review::{Ack, Person, Recorded, Review, trailers};
use crate::rules::{Scope, Side, by_itself, find, is_part_of, reviewed, run};
use crate::verdict::{Judged, WorstOutcome};
use crate::waivers::Waivers;
use crate::witness::{Case, Medium, Witness, Witnesses, worth_showing};

/// One file of a block.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) path: String,
    pub(super) text: String,
}

/// What came of a comparison.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// What is wrong with each side's source, by protoc's rules.
    pub(super) errors: [Vec<String>; 2],
    pub(super) found: Vec<Found>,
}

/// A finding, as a page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) rule: &'static str,
    pub(super) id: String,
    pub(super) line: String,
}

/// What compares two blocks under a configuration, which may be empty: [`compare`], or a test's own.
pub(super) type Engine = fn(&str, &[Source], &[Source]) -> Answer;

/// The files of a block: `api.proto`, and one more for each line `// file: other.proto`.
pub(super) fn sources(block: &str) -> Vec<Source> {
    let mut sources = vec![Source {
        path: "api.proto".to_owned(),
        text: String::new(),
    }];
    for line in block.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix("// file: ") {
            sources.push(Source {
                path: path.trim().to_owned(),
                text: String::new(),
            });
        } else if let Some(source) = sources.last_mut() {
            source.text += line;
        }
    }
    sources.retain(|source| !source.text.trim().is_empty());
    sources
}

/// Compares two blocks and asks every rule; under a configuration, policy judges what they report.
pub(super) fn compare(configuration: &str, before: &[Source], after: &[Source]) -> Answer {
    let config = match config::read(configuration) {
        Ok(config) => config,
        Err(errors) => {
            let errors = errors.iter().map(ToString::to_string).collect();
            return Answer {
                errors: [errors, Vec::new()],
                found: Vec::new(),
            };
        }
    };
    let protos = |sources: &[Source]| -> Vec<Source> {
        let protos = sources
            .iter()
            .filter(|source| source.path.ends_with(".proto"));
        protos.cloned().collect()
    };
    let beside = after;
    let (before, after) = (&protos(before), &protos(after));
    let indexed =
        |sources: &[Source]| Indexed::with_contract(Arc::new(schema(sources)), &config.contract);
    let sides = [before, after].map(|sources| indexed(sources));
    let origins = ["before", "after"].map(|label| {
        Arc::new(Origin {
            label: label.into(),
            commit: None,
            date: None,
        })
    });
    let [old, new] = [0, 1].map(|index| Side {
        indexed: &sides[index],
        origin: &origins[index],
    });
    let links = policy::links(&config);
    let speak_json = links.iter().any(|link| link.json.is_some());
    let declared = config.renames.iter();
    let declared = declared.map(|(old, new)| (old.clone(), new.clone()));
    let comparer = Comparer::new(declared).with_json(speak_json);
    let comparison = comparer.compare(old.indexed, new.indexed);
    let mut findings = run(old, new, &comparison);
    // what the older side shows as well is known
    let before: HashSet<String> = by_itself(old).iter().map(Finding::id).collect();
    let mut fresh = by_itself(new);
    fresh.retain(|finding| !before.contains(&finding.id()));
    findings.extend(fresh);
    findings.extend(review(&config.review, old, new, beside));
    let errors = [old, new].map(errors);
    let [old, new] = sides.map(Arc::new);
    let found = if configuration.is_empty() {
        let in_every_meeting = |finding: &&Finding| {
            find(finding.rule)
                .is_some_and(|rule| !matches!(rule.scope, Scope::Rewrite | Scope::Json))
        };
        let whole = |finding: &&Finding| !findings.iter().any(|other| is_part_of(finding, other));
        findings
            .iter()
            .filter(in_every_meeting)
            .filter(whole)
            .map(|finding| Found {
                line: shown(finding, [&old, &new], &comparison)
                    .into_iter()
                    .fold(found(finding).line, |line, more| {
                        format!("{line}\n    {more}")
                    }),
                ..found(finding)
            })
            .collect()
    } else {
        judged((&config, &links), (findings, comparison), old, new)
    };
    Answer { errors, found }
}

/// What the rules say of the change's analysis and acknowledgements: records are files that end in `.md`, commits those in `commits/`, each
/// with a line that names its author before the message.
fn review(asked: &config::Review, old: Side<'_>, new: Side<'_>, beside: &[Source]) -> Vec<Finding> {
    let difference = Difference::between(old.indexed, new.indexed);
    let Some(first) = difference
        .came
        .first()
        .filter(|_| *asked != config::Review::default())
    else {
        return Vec::new();
    };
    let fingerprint = difference.fingerprint();
    let mut review = Review {
        wants_analysis: asked.require_analysis,
        wants_acks: asked.require_acks,
        element: first.element.as_str().into(),
        place: Place {
            file: 0,
            span: new.indexed.schema().files[0].package_span,
        },
        changes: difference.came.len() + difference.went.len(),
        records: Vec::new(),
        reviewers: asked.reviewers.clone(),
        authors: Vec::new(),
        acks: Vec::new(),
        fingerprint,
    };
    for source in beside {
        if source.path.ends_with(".md") {
            let read = record::read(&source.text);
            let named = read.fingerprint.unwrap_or_default();
            review.records.push(Recorded {
                path: source.path.clone(),
                fits: fingerprint::names(&named, &review.fingerprint),
                fingerprint: named,
                empty: read.empty,
            });
        } else if let Some(message) = source.text.strip_prefix("Author: ") {
            let author = message.lines().next().and_then(Person::read);
            review.authors.extend(author);
            let (acks, authors) = trailers(message);
            review.authors.extend(authors);
            review.acks.extend(acks.into_iter().map(|by| Ack {
                by,
                found_in: source.path.clone(),
                carries: fingerprint::names(message, &review.fingerprint),
            }));
        }
    }
    reviewed(new, &review)
}

/// Before any release, a component is built with what it was built with first.
const BEFORE_ALL: Version = Version {
    major: 0,
    minor: 0,
    patch: 0,
};

/// What policy makes of the findings where `after` meets `before` in both roles of every link.
fn judged(
    (config, links): (&Config, &[LinkPolicy]),
    (findings, comparison): (Vec<Finding>, Arc<Comparison>),
    old: Arc<Indexed>,
    new: Arc<Indexed>,
) -> Vec<Found> {
    let runtime = |component| config.components.get(component)?.runtime(BEFORE_ALL);
    let roles = links.iter().enumerate().flat_map(|(link, policy)| {
        let sides = [&policy.client, &policy.server];
        [true, false].map(|subject_is_client| {
            let [subject, peer] = match (subject_is_client, sides) {
                (true, [client, server]) => [client, server],
                (false, [client, server]) => [server, client],
            };
            policy::Role {
                link,
                subject_is_client,
                peer: "before".into(),
                peer_runtime: runtime(peer),
                subject_runtime: runtime(subject),
            }
        })
    });
    let base = Base {
        indexed: old,
        comparison: Some(comparison),
        findings: crate::finding::shared(findings),
        known: HashSet::new(),
        roles: roles.collect(),
        unreleased: false,
    };
    let subject = Subject {
        label: "after".into(),
        indexed: new,
    };
    let order = ["before".into()];
    let waivers = Waivers::default();
    let judge = Judge::new(config, links, &subject, &order, &waivers);
    judge.judge(&[base]).iter().map(found_by_policy).collect()
}

fn found_by_policy(judged: &Judged) -> Found {
    let finding = &judged.finding;
    let only_in: Vec<&str> = judged.only_in.iter().map(|each| each.word()).collect();
    let only_in = match only_in.as_slice() {
        [] => String::new(),
        words => format!(" only in {}", words.join(", ")),
    };
    let meetings = judged.meetings.iter().map(|group| {
        let outcome = group.outcome.word();
        format!(
            "; {outcome}: {}{only_in}",
            crate::report::words::meeting(group)
        )
    });
    let shown = judged.witnesses.all().iter();
    let shown: String = shown
        .map(|witness| format!("; {}", witness.short()))
        .collect();
    Found {
        rule: finding.rule,
        id: finding.id(),
        line: format!(
            "{}  {}  {}{} — {}",
            finding.rule,
            finding.element,
            judged.level.word(),
            meetings.collect::<String>() + &shown,
            finding.fact
        ),
    }
}

pub(super) fn schema(sources: &[Source]) -> Schema {
    let inputs = sources
        .iter()
        .map(|source| Input {
            path: source.path.as_str().into(),
            role: Role::Judged,
            parsed: Arc::new(parse(source.text.as_bytes().into())),
        })
        .collect();
    link(inputs, &[])
}

pub(super) fn errors(side: Side<'_>) -> Vec<String> {
    let schema = side.indexed.schema();
    schema
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.severity == Severity::Error)
        .map(|diagnostic| {
            let path = &schema.files[diagnostic.file as usize].path;
            format!("{path}: {}", diagnostic.message)
        })
        .collect()
}

pub(super) fn found(finding: &Finding) -> Found {
    let exception = if finding.exception {
        " (a documented exception: a note)"
    } else {
        ""
    };
    Found {
        rule: finding.rule,
        id: finding.id(),
        line: format!(
            "{}  {}  {} — {}{exception}",
            finding.rule,
            finding.element,
            outcomes(&finding.impact),
            finding.fact
        ),
    }
}

/// What shows it, in each direction in which it breaks for some reader; where it breaks in neither, what a reader ignores.
fn shown(
    finding: &Finding,
    [old, new]: [&Arc<Indexed>; 2],
    comparison: &Arc<Comparison>,
) -> Vec<String> {
    let case = |older_acts: bool| -> Option<Case> {
        let (outcome, medium) = match &finding.impact {
            Impact::None => return None,
            Impact::Values { outcomes, .. } => {
                let outcomes = if older_acts {
                    outcomes.old_to_new
                } else {
                    outcomes.new_to_old
                };
                // as where the reader's runtime is not known
                let told = if outcomes.least().breaks() {
                    outcomes.least()
                } else {
                    outcomes.worst()
                };
                if !find(finding.rule).is_some_and(|rule| worth_showing(rule, told)) {
                    return None;
                }
                let runtime = *outcomes.runtimes_where(|each| each == told).first()?;
                let medium = Medium::Bytes {
                    runtime,
                    rewritten: false,
                };
                (WorstOutcome::Value(told), medium)
            }
            Impact::Call {
                old_client,
                new_client,
                ..
            } => {
                let outcome = if older_acts { *old_client } else { *new_client };
                if !outcome.breaks() {
                    return None;
                }
                (WorstOutcome::Call(outcome), Medium::Call)
            }
        };
        let (writer, reader) = if older_acts {
            ("before", "after")
        } else {
            ("after", "before")
        };
        Some(Case {
            old: Arc::clone(old),
            new: Arc::clone(new),
            comparison: Arc::clone(comparison),
            finding: (finding.rule, finding.element.clone(), finding.about.clone()),
            reused: None,
            writer: writer.to_owned(),
            reader: reader.to_owned(),
            direction: "stored",
            older_acts,
            at_rest: true,
            outcome,
            medium,
        })
    };
    let mut witnesses = Witnesses::of([true, false].into_iter().filter_map(case).collect());
    witnesses.settle();
    witnesses.all().iter().map(Witness::short).collect()
}

/// Old → new, then new → old; where runtimes differ, the luckiest and the unluckiest.
fn outcomes(impact: &Impact) -> String {
    let word = |outcome: &ByRuntime| {
        let (least, worst) = (outcome.least(), outcome.worst());
        if least == worst {
            worst.to_string()
        } else {
            format!("{least}…{worst}")
        }
    };
    match impact {
        Impact::None => "no outcome".to_owned(),
        Impact::Values { outcomes, .. } => format!(
            "{} / {}",
            word(&outcomes.old_to_new),
            word(&outcomes.new_to_old)
        ),
        Impact::Call {
            old_client,
            new_client,
            ..
        } => format!("{old_client} / {new_client}"),
    }
}
