//! Every rule of `buf breaking` beside protoskew: where it speaks we speak as well, or are silent on purpose.
//!
//! `pairs.txt` holds a pair of files for each rule that buf lists. All pairs are given to one run of buf (`PROTOSKEW_BUF`), which must speak of each by
//! the rule that it stands under; so a rule that a later buf adds, or a pair on which it does not speak, fails.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use protoskew::finding::Origin;
use protoskew::rules::{self, Side};
use protoskew_compare::{Comparer, Indexed};
use protoskew_schema::{Input, Role, Severity, link, parse};

const PAIRS: &str = include_str!("pairs.txt");

/// One pair.
struct Pair<'a> {
    /// The rule of buf that it stands under.
    rule: &'a str,
    /// What we say of it: rules, or the reason for silence.
    ours: Ours<'a>,
    /// Its package and the name of its file.
    package: String,
    before: String,
    after: String,
}

enum Ours<'a> {
    Speak(Vec<&'a str>),
    Silent(&'a str),
    /// Not compared yet, so nothing is asked of it.
    Open(&'a str),
}

fn pairs() -> Vec<Pair<'static>> {
    let blocks = PAIRS.split("\n== ").skip(1);
    blocks
        .enumerate()
        .map(|(at, block)| {
            let (head, files) = block
                .split_once("\n-- before\n")
                .expect("a pair has a file before");
            let (before, after) = files.split_once("\n-- after\n").expect("and one after");
            let (rule, ours) = head.split_once(": ").expect("a rule, and what we say");
            let package = format!("p{at:03}");
            let file = |text: &str| text.replace("$P", &package);
            Pair {
                rule,
                ours: match ours.split_once(": ") {
                    Some(("silent", reason)) => Ours::Silent(reason),
                    Some(("open", reason)) => Ours::Open(reason),
                    _ => Ours::Speak(ours.split(", ").collect()),
                },
                before: file(before),
                after: file(after),
                package,
            }
        })
        .collect()
}

/// The rules that speak of a pair.
fn said(pair: &Pair<'_>) -> BTreeSet<&'static str> {
    let sides = [&pair.before, &pair.after].map(|text| {
        let input = Input {
            path: format!("{}.proto", pair.package).into(),
            role: Role::Judged,
            parsed: Arc::new(parse(text.as_bytes().into())),
        };
        let inputs = if text.trim().is_empty() {
            Vec::new()
        } else {
            vec![input]
        };
        let schema = link(inputs, &[]);
        let wrong = schema
            .diagnostics
            .iter()
            .find(|it| it.severity == Severity::Error);
        assert!(wrong.is_none(), "{} {}: {wrong:?}", pair.package, pair.rule);
        Indexed::new(Arc::new(schema))
    });
    let origin = Arc::new(Origin {
        label: "here".into(),
        commit: None,
        date: None,
    });
    let [old, new] = [0, 1].map(|at| Side {
        indexed: &sides[at],
        origin: &origin,
    });
    let comparison = Comparer::new([]).compare(old.indexed, new.indexed);
    let findings = rules::run(old, new, &comparison);
    findings.iter().map(|finding| finding.rule).collect()
}

#[test]
fn we_speak_where_buf_does() {
    let pairs = pairs();
    assert!(pairs.len() >= 60, "only {} pairs were read", pairs.len());
    let mut problems = String::new();
    let mut open = 0;
    for pair in &pairs {
        let said = said(pair);
        let (wrong, expected) = match &pair.ours {
            Ours::Silent(reason) => {
                assert!(
                    !reason.trim().is_empty(),
                    "{}: silence has a reason",
                    pair.rule
                );
                (!said.is_empty(), "nothing".to_owned())
            }
            Ours::Speak(rules) => {
                let all = rules.iter().all(|rule| said.contains(rule));
                (!all, rules.join(", "))
            }
            Ours::Open(what) => {
                assert!(!what.trim().is_empty(), "{}: what is open?", pair.rule);
                open += 1;
                continue;
            }
        };
        if wrong {
            problems += &format!("{}: expected {expected}, said {said:?}\n", pair.rule);
        }
    }
    assert!(open <= 4, "{open} pairs are open");
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn buf_speaks_of_each_pair() {
    let Some(buf) = std::env::var_os("PROTOSKEW_BUF") else {
        assert!(
            std::env::var_os("PROTOSKEW_REQUIRE_ORACLES").is_none(),
            "PROTOSKEW_BUF is not set"
        );
        println!("skipped: PROTOSKEW_BUF names no buf");
        return;
    };
    let run = |arguments: &[&str], folder: &Path| {
        let output = Command::new(&buf)
            .args(arguments)
            .current_dir(folder)
            .env("HOME", folder)
            .output()
            .expect("buf runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        (text, errors)
    };
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (table, errors) = run(
        &["config", "ls-breaking-rules", "--version", "v2"],
        folder.path(),
    );
    let listed: BTreeSet<&str> = table
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(|word| *word != "ID")
        .collect();
    assert!(listed.len() >= 60, "buf lists {listed:?}; {errors}");

    let pairs = pairs();
    let ours: BTreeSet<&str> = pairs.iter().map(|pair| pair.rule).collect();
    assert_eq!(ours, listed, "left: pairs.txt; right: what buf lists");

    for (at, side) in ["before", "after"].into_iter().enumerate() {
        let root = folder.path().join(side);
        fs::create_dir(&root).expect("a folder can be made");
        let uses: String = listed
            .iter()
            .map(|rule| format!("    - {rule}\n"))
            .collect();
        let config = format!("version: v2\nbreaking:\n  use:\n{uses}");
        fs::write(root.join("buf.yaml"), config).expect("its configuration can be written");
        for pair in &pairs {
            let text = [&pair.before, &pair.after][at];
            if !text.trim().is_empty() {
                let file = root.join(format!("{}.proto", pair.package));
                fs::write(file, text).expect("a file can be written");
            }
        }
    }
    let (answer, errors) = run(
        &[
            "breaking",
            "after",
            "--against",
            "before",
            "--error-format",
            "json",
        ],
        folder.path(),
    );
    let mut spoken: BTreeMap<&str, String> = BTreeMap::new();
    for line in answer.lines() {
        let value: serde_json::Value = serde_json::from_str(line).expect("a line of JSON");
        let rule = value["type"].as_str().unwrap_or_default();
        let Some(rule) = listed.get(rule) else {
            continue;
        };
        *spoken.entry(rule).or_default() += line;
    }
    let silent: Vec<String> = pairs
        .iter()
        .filter(|pair| {
            let lines = spoken.get(pair.rule);
            !lines.is_some_and(|lines| lines.contains(&pair.package))
        })
        .map(|pair| format!("{} ({})", pair.rule, pair.package))
        .collect();
    assert!(
        silent.is_empty(),
        "buf does not speak of {silent:?}\n{errors}\n{answer}"
    );
}
