//! Two blocks of a page, compared as two releases are.

use std::collections::HashSet;
use std::sync::Arc;

use protoskew_compare::{ByRuntime, Comparer, Impact, Indexed};
use protoskew_schema::{Input, Role, Schema, Severity, link, parse};

use crate::config::{self, Config};
use crate::finding::{Finding, Origin};
use crate::policy::{self, Base, Judge, LinkPolicy, Subject};
use crate::releases::tag::Version;
use crate::rules::{Scope, Side, by_itself, find, is_part_of, run};
use crate::verdict::Judged;

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
    let indexed = |sources| Indexed::with_contract(Arc::new(schema(sources)), &config.contract);
    let sides = [before, after].map(indexed);
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
    let errors = [old, new].map(errors);
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
            .map(found)
            .collect()
    } else {
        let [old, new] = sides.map(Arc::new);
        judged((&config, &links), findings, old, new)
    };
    Answer { errors, found }
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
    findings: Vec<Finding>,
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
        findings,
        known: HashSet::new(),
        roles: roles.collect(),
        unreleased: false,
    };
    let subject = Subject {
        label: "after".into(),
        indexed: new,
    };
    let order = ["before".into()];
    let judge = Judge::new(config, links, &subject, &order);
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
    let shown = judged.json.as_ref().map_or_else(String::new, |shown| {
        format!("; {} → {}", shown.written, shown.read)
    });
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
