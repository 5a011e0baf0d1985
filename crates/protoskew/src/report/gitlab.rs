//! GitLab's code quality report: one JSON array of findings, each with its fingerprint, severity and line.

use std::io;

use serde::Serialize;

use super::lines::Files;
use super::screen::printable;
use super::{chosen, details, places};
use crate::verdict::{Judged, Level, Verdict};

/// Writes every new finding; GitLab itself compares the reports of two branches by their fingerprints. `known`: also what was
/// true at the baseline already.
pub fn write(out: &mut dyn io::Write, verdict: &Verdict, known: bool) -> io::Result<()> {
    let mut files = Files::default();
    let issues: Vec<Issue> = chosen::shown(verdict, known)
        .map(|judged| Issue::of(verdict, judged, &mut files))
        .collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    /// The finding's stable id: the same in every commit.
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<usize>,
}

impl Issue {
    fn of(verdict: &Verdict, judged: &Judged, files: &mut Files) -> Self {
        let finding = &judged.finding;
        // an issue must have a place: what is gone altogether is where it was
        let new = finding.new.as_ref();
        let path = match (new, &finding.old) {
            (Some(site), _) => places::path(verdict, site),
            (None, Some(site)) => site.path.to_string(),
            (None, None) => String::new(),
        };
        let place = new.and_then(|site| files.place(site));
        let mut description = printable(&finding.fact);
        for (label, told) in details::all(judged) {
            description.push_str("; ");
            description.push_str(&label);
            description.push_str(": ");
            description.push_str(&told);
        }
        Self {
            description,
            check_name: finding.rule,
            fingerprint: finding.id(),
            severity: match judged.level {
                Level::Deny => "critical",
                Level::Warn => "minor",
                Level::Note | Level::Off => "info",
            },
            location: Location {
                path,
                lines: Lines {
                    begin: place.map_or(1, |place| place.line),
                    end: place.map(|place| place.end_line),
                },
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use expect_test::expect_file;
    use serde_json::Value;

    use super::super::sample::{judged, storage, verdict, weird};
    use super::*;

    fn shown(verdict: &Verdict, known: bool) -> String {
        let mut out = Vec::new();
        write(&mut out, verdict, known).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn something_of_everything() {
        expect_file!["tests/storage.gitlab.json"].assert_eq(&shown(&storage(), false));
        expect_file!["tests/weird.gitlab.json"].assert_eq(&shown(&weird(), false));
        assert_eq!(shown(&verdict(Vec::new()), false), "[]\n");
    }

    /// What GitLab's documentation asks of an issue.
    #[test]
    fn every_issue_has_what_gitlab_asks_for() {
        let mut many = storage().findings;
        many.extend(weird().findings);
        many.push(judged(Level::Note, "file-removed", "gone.proto", "gone"));
        let count = many.len();
        let issues: Value = serde_json::from_str(&shown(&verdict(many), true)).unwrap();
        let issues = issues.as_array().unwrap();
        assert_eq!(issues.len(), count);
        let mut fingerprints = HashSet::new();
        for issue in issues {
            for required in ["description", "check_name", "fingerprint", "severity"] {
                assert!(!issue[required].as_str().unwrap().is_empty(), "{issue}");
            }
            let severities = ["info", "minor", "major", "critical", "blocker"];
            assert!(severities.contains(&issue["severity"].as_str().unwrap()));
            assert!(issue["location"]["path"].is_string());
            assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
            assert!(
                fingerprints.insert(issue["fingerprint"].to_string()),
                "{issue}"
            );
        }
    }
}
