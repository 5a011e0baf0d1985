//! What we read is what protoc reads: over our own corpus, every construct, every fact.
//!
//! Needs python with `grpcio-tools` (which holds a protoc that knows edition 2024):
//! `python3 -m venv target/oracles/python && target/oracles/python/bin/pip install grpcio-tools`, or
//! `PROTOSKEW_PROTOC_PYTHON=/path/to/python`. Without it the tests here are skipped, and say so;
//! with `PROTOSKEW_REQUIRE_ORACLES=1` they fail.
#![allow(clippy::print_stdout)] // a skipped test must say so

mod oracle;

use std::path::{Path, PathBuf};

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
