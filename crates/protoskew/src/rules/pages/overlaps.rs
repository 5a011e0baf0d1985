//! Which rules speak together, as the pages show it: each such pair is decided, with a reason.
//!
//! Every rule runs on every page, so what else speaks in a rule's example is seen here. `overlaps.txt` says of each pair why both are told; `UPDATE_EXPECT=1 cargo test -p protoskew --lib rules` writes the pairs anew, keeps the reasons, and leaves a new pair undecided,
//! which fails until somebody writes down why a reader wants both (or changes a rule).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::page::Page;
use super::{ALL, page_path, replace, rules_folder};

const UNDECIDED: &str = "undecided";

/// Two rules, in alphabetical order.
type Pair = (String, String);

#[test]
fn overlaps_are_decided() {
    let path = rules_folder().join("overlaps.txt");
    let told = fs::read_to_string(&path).unwrap_or_default();
    let reasons = reasons(&told);
    let seen = seen();
    assert!(
        seen.len() >= 10,
        "the pages show only {} overlaps",
        seen.len()
    );
    let fresh = write(&seen, &reasons);
    if std::env::var_os("UPDATE_EXPECT").is_some() && fresh != told {
        replace(&path, &fresh);
    } else {
        assert_eq!(
            told, fresh,
            "left: overlaps.txt; right: what the pages show (UPDATE_EXPECT=1 writes it anew)"
        );
    }
    let undecided: Vec<&str> = fresh
        .lines()
        .filter(|line| line.ends_with(UNDECIDED))
        .collect();
    assert!(
        undecided.is_empty(),
        "say in {} why a reader wants both:\n{}",
        path.display(),
        undecided.join("\n")
    );
}

/// The pairs that speak in an example of either's page.
fn seen() -> BTreeSet<Pair> {
    let mut seen = BTreeSet::new();
    for rule in ALL {
        let text = fs::read_to_string(page_path(rule)).expect("a rule's page can be read");
        let page = Page::new(&text);
        let examples = page.sections.iter().flat_map(|section| &section.examples);
        for example in examples {
            let found: BTreeSet<&str> = example
                .findings
                .lines()
                // what is set in shows the finding above it
                .filter(|line| !line.starts_with(' '))
                .filter_map(|line| line.split("  ").next())
                .collect();
            if found.contains(rule.id) {
                let others = found.into_iter().filter(|other| *other != rule.id);
                seen.extend(others.map(|other| pair(rule.id, other)));
            }
        }
    }
    seen
}

fn pair(one: &str, other: &str) -> Pair {
    (one.min(other).to_owned(), one.max(other).to_owned())
}

fn reasons(text: &str) -> BTreeMap<Pair, &str> {
    let pairs = text.lines().filter_map(|line| {
        let (pair, reason) = line.split_once(": ")?;
        let (first, second) = pair.split_once(" + ")?;
        Some(((first.to_owned(), second.to_owned()), reason))
    });
    pairs.collect()
}

fn write(seen: &BTreeSet<Pair>, reasons: &BTreeMap<Pair, &str>) -> String {
    let lines = seen.iter().map(|pair| {
        let reason = reasons.get(pair).copied().unwrap_or(UNDECIDED);
        format!("{} + {}: {reason}\n", pair.0, pair.1)
    });
    lines.collect()
}

#[test]
fn a_pair_keeps_its_reason() {
    let seen = BTreeSet::from([pair("b", "a")]);
    assert_eq!(write(&seen, &BTreeMap::new()), "a + b: undecided\n");
    assert_eq!(
        write(&seen, &reasons("a + b: for two\n")),
        "a + b: for two\n"
    );
    assert_eq!(
        write(&seen, &reasons("b + c: gone\n")),
        "a + b: undecided\n"
    );
}
