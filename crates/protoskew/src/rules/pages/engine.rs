//! Two blocks of a page, compared as two releases are.

use std::sync::Arc;

use protoskew_compare::{ByRuntime, Comparer, Impact, Indexed};
use protoskew_schema::{Input, Role, Schema, Severity, link, parse};

use crate::finding::{Finding, Origin};
use crate::rules::{Side, diagnostics, run};

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

/// What compares two blocks: [`compare`], or a test's own.
pub(super) type Engine = fn(&[Source], &[Source]) -> Answer;

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

/// Compares two blocks and asks every rule.
pub(super) fn compare(before: &[Source], after: &[Source]) -> Answer {
    let sides = [before, after].map(|sources| Indexed::new(Arc::new(schema(sources))));
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
    let comparison = Comparer::new([]).compare(old.indexed, new.indexed);
    let mut findings = run(old, new, &comparison);
    findings.extend(diagnostics(new));
    Answer {
        errors: [old, new].map(errors),
        found: findings.iter().map(found).collect(),
    }
}

fn schema(sources: &[Source]) -> Schema {
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

fn errors(side: Side<'_>) -> Vec<String> {
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
