//! What we read is what protoc reads: over our own corpus, every construct, every fact.
//!
//! Needs python with `grpcio-tools` (which holds a protoc that knows edition 2024):
//! `python3 -m venv target/oracles/python && target/oracles/python/bin/pip install grpcio-tools`, or
//! `PROTOSKEW_PROTOC_PYTHON=/path/to/python`. Without it the tests here are skipped, and say so;
//! with `PROTOSKEW_REQUIRE_ORACLES=1` they fail.
#![allow(clippy::print_stdout)] // a skipped test must say so

mod oracle;

use std::path::{Path, PathBuf};

use protoskew_schema::Severity;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

#[test]
fn the_corpus_says_the_same_to_us_and_to_protoc() {
    let Some(python) = oracle::python_or_skip("the corpus against protoc") else {
        return;
    };
    let roots = [corpus()];
    let paths = oracle::protos_under(&roots[0]);
    assert!(!paths.is_empty(), "the corpus is empty");
    let schema = oracle::read(&roots, &paths);
    let oracle = oracle::ask(&python, &roots, &paths);
    assert!(
        oracle.rejected.is_empty(),
        "protoc refuses {:?}",
        oracle.rejected
    );
    assert!(
        paths.iter().all(|p| oracle.facts.contains_key(p)),
        "a file is missing from protoc's answer"
    );
    let differences = oracle::differences(&schema, &oracle);
    assert!(differences.is_empty(), "{}", differences.join("\n"));

    let (differences, compared) = oracle::options_differences(&schema, &oracle, &paths);
    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert!(compared > 50, "only {compared} elements have options");

    let facts: Vec<&String> = oracle.facts.values().flatten().collect();
    for construct in CONSTRUCTS {
        let hit = facts
            .iter()
            .any(|fact| construct.iter().all(|part| fact.contains(part)));
        assert!(hit, "nothing in the corpus has {construct:?}");
    }
}

/// What the corpus must hold: for each of these, one fact that contains all the parts.
const CONSTRUCTS: &[&[&str]] = &[
    &["file|", "|Proto2|"],
    &["file|", "|Proto3|"],
    &["file|", "|E2023|"],
    &["file|", "|E2024|"],
    &["import|", "|Plain"],
    &["import|", "|Public"],
    &["import|", "|Weak"],
    &["import|", "|Option"],
    &["field|", "|singular|implicit|"],
    &["field|", "|singular|explicit|"],
    &["field|", "|singular|required|"],
    &["field|", "|repeated|", "packed=1"],
    &["field|", "|repeated|", "packed=0"],
    &["field|", "delimited=1"],
    &["field|", "utf8=1"],
    &["field|", "|string|", "utf8=0"],
    &["field|", "|map string|", "utf8=0"],
    &["field|", "deprecated=1"],
    &["field|", "|map "],
    &["field|", "|=corpus"],
    &["field|", "|.corpus"],
    &["oneof|"],
    &["reserved|", "|536870911"],
    &["reserved|", "|2147483647"],
    &["reserved|", "|-10|-5"],
    &["reserved name|"],
    &["extension range|", "|536870911"],
    &["extension range|", "|2147483646"],
    &["extension|", "|google.protobuf.FieldOptions|"],
    &["extension|", "packed=1"],
    &["extension|", "delimited=1"],
    &["enum|", "closed=1"],
    &["enum|", "closed=0"],
    &["enum|", "alias=1"],
    &["value|", "|-2147483648|"],
    &["method|", "streams=00"],
    &["method|", "streams=10"],
    &["method|", "streams=01"],
    &["method|", "streams=11"],
    &["method|", "|NO_SIDE_EFFECTS|"],
    &["service|", "deprecated=1"],
];

/// What protoc refuses, we refuse; and the neighbour that differs by little, both take.
#[test]
fn protoc_and_we_refuse_the_same() {
    let Some(python) = oracle::python_or_skip("what protoc refuses") else {
        return;
    };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("refused");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for the cases");
    std::fs::write(folder.join("case_closed.proto"), CLOSED).expect("a case is written");
    std::fs::write(folder.join("case_local.proto"), LOCAL).expect("a case is written");
    let mut expected = Vec::new();
    for (index, case) in cases().iter().enumerate() {
        for (kind, body) in [("bad", &case.bad), ("good", &case.good)] {
            let path = format!("case{index}_{kind}.proto");
            let keyword = if case.dialect.starts_with("proto") {
                "syntax"
            } else {
                "edition"
            };
            let text = format!("{keyword} = \"{}\"; package PACKAGE; {body}", case.dialect);
            // each in a package of its own: they are compiled together
            let text = text.replace("PACKAGE", &format!("case{index}{kind}"));
            std::fs::write(folder.join(&path), text).expect("a case is written");
            expected.push((path, case.name, kind));
        }
    }
    let roots = [folder];
    let paths = oracle::protos_under(&roots[0]);
    let schema = oracle::read(&roots, &paths);
    let oracle = oracle::ask(&python, &roots, &paths);
    let mut wrong = Vec::new();
    for (path, name, kind) in &expected {
        let bad = *kind == "bad";
        if oracle.rejected.contains(path) != bad {
            wrong.push(format!("{name} ({kind}): protoc disagrees with the table"));
        }
        let found = schema
            .diagnostics
            .iter()
            .filter(|d| schema.file(d.file).path == *path);
        let found: Vec<_> = found.map(|d| (d.severity, d.message.as_str())).collect();
        let right = if bad {
            found
                .iter()
                .any(|&(severity, _)| severity == Severity::Error)
        } else {
            found.is_empty()
        };
        if !right {
            wrong.push(format!("{name} ({kind}): we say {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What the cases import.
const CLOSED: &str =
    "syntax = \"proto2\"; package shared; enum Closed { C = 0; } message M { extensions 5; }";
const LOCAL: &str = "edition = \"2024\"; package shared2; local message Hidden {} \
    message Shown { message In {} export message Out {} }";

/// One pair of files that differ by little.
struct Case {
    name: &'static str,
    /// `proto2`, `proto3`, or an edition's year.
    dialect: &'static str,
    bad: String,
    good: String,
}

/// Reads `refused.txt`.
fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for block in include_str!("refused.txt").split("\n\n").skip(2) {
        let lines: Vec<&str> = block.lines().collect();
        let [title, bad, good] = lines[..] else {
            assert!(block.starts_with('#'), "no case: {block}");
            continue;
        };
        let (name, dialect) = title.rsplit_once(" (").expect("a dialect");
        cases.push(Case {
            name,
            dialect: dialect.trim_end_matches(')'),
            bad: unfold(bad.strip_prefix('-').expect("a bad text")),
            good: unfold(good.strip_prefix('+').expect("a good text")),
        });
    }
    assert!(cases.len() > 100, "only {} cases were read", cases.len());
    cases
}

fn unfold(text: &str) -> String {
    let nested = |depth| "message M{".repeat(depth) + &"}".repeat(depth);
    text.replace("<NEWLINE>", "\n")
        .replace("<NUL>", "\0")
        .replace("<CONTROL>", "\u{1}")
        .replace("<NESTED 31>", &nested(31))
        .replace("<NESTED 32>", &nested(32))
}
