//! Nothing panics along the whole line, whatever bytes the two sides hold: damaged copies of every rule's examples, compared, judged and written.

use std::collections::HashSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use protoskew::config::Config;
use protoskew::finding::Origin;
use protoskew::policy::{Base, Judge, Role, Subject, links};
use protoskew::report::{Screen, json, text};
use protoskew::rules::{self, Side};
use protoskew::verdict::Verdict;
use protoskew::waivers::Waivers;
use protoskew_compare::{Comparer, Indexed};
use protoskew_schema::{Input, Name, link, parse};

/// A small, fixed source of numbers: the same damage in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).unwrap_or(0)
    }
}

/// The `proto` blocks of every rule's page.
fn examples() -> Vec<Vec<u8>> {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules");
    let mut pages: Vec<_> = fs::read_dir(rules)
        .expect("the rules")
        .filter_map(|entry| Some(entry.ok()?.path().join("README.md")))
        .filter(|page| page.is_file())
        .collect();
    pages.sort();
    let mut blocks = Vec::new();
    for page in pages {
        let page = fs::read_to_string(page).expect("a page");
        for block in page.split("```proto").skip(1) {
            let (_, block) = block.split_once('\n').expect("a block has lines");
            blocks.push(block.split("```").next().unwrap_or_default().into());
        }
    }
    blocks
}

/// Swaps, drops, doubles and replaces pieces.
fn damage(mut bytes: Vec<u8>, numbers: &mut Numbers) -> Vec<u8> {
    for _ in 0..=numbers.below(4) {
        if bytes.is_empty() {
            break;
        }
        let at = numbers.below(bytes.len());
        let end = (at + numbers.below(12)).min(bytes.len());
        match numbers.below(5) {
            0 => drop(bytes.drain(at..end)),
            1 => {
                let piece = bytes[at..end].to_vec();
                let to = numbers.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            2 => bytes[at] = numbers.below(256) as u8,
            3 => {
                let digit = b"0123456789-"[numbers.below(11)];
                bytes.insert(at, digit);
            }
            _ => {
                let words: [&[u8]; 8] = [
                    b"repeated ",
                    b"map<string, int32> ",
                    b"oneof x {",
                    b"}",
                    b"reserved 1 to max;",
                    b"enum E {",
                    b"\0\xff",
                    b"536870911",
                ];
                let word = words[numbers.below(words.len())];
                bytes.splice(at..at, word.iter().copied());
            }
        }
    }
    bytes
}

fn indexed(bytes: Vec<u8>) -> Arc<Indexed> {
    let parsed = Arc::new(parse(bytes.into()));
    let file = Input {
        path: Name::new_static("api.proto"),
        role: protoskew_schema::Role::Judged,
        parsed,
    };
    Arc::new(Indexed::new(Arc::new(link(vec![file], &[]))))
}

/// Compares, judges and writes; returns how many findings there were.
fn whole_line(old: Vec<u8>, new: Vec<u8>) -> usize {
    let (old, new) = (indexed(old), indexed(new));
    let origin = |label: &str| {
        Arc::new(Origin {
            label: label.into(),
            commit: None,
            date: None,
        })
    };
    let origins = (origin("1.0.0"), origin("worktree"));
    let sides = (
        Side {
            indexed: &old,
            origin: &origins.0,
        },
        Side {
            indexed: &new,
            origin: &origins.1,
        },
    );
    let comparison = Comparer::new([]).compare(&old, &new);
    let mut findings = rules::run(sides.0, sides.1, &comparison);
    findings.extend(rules::by_itself(sides.1));
    let config = Config::default();
    let links = links(&config);
    let subject = Subject {
        label: "worktree".into(),
        indexed: Arc::clone(&new),
    };
    let role = |subject_is_client| Role {
        link: 0,
        subject_is_client,
        peer: "1.0.0".into(),
        peer_runtime: None,
        subject_runtime: None,
    };
    let base = Base {
        indexed: old,
        comparison: Some(comparison),
        findings: findings.into_iter().map(Arc::new).collect(),
        known: HashSet::new(),
        roles: vec![role(true), role(false)],
        unreleased: false,
    };
    let releases = [Name::new_static("1.0.0")];
    let verdict = Verdict {
        findings: Judge::new(&config, &links, &subject, &releases, &Waivers::default())
            .judge(&[base]),
        ..Verdict::default()
    };
    let options = text::Options {
        screen: Screen::PLAIN,
        all: true,
        known: true,
        waived: true,
    };
    let mut out = Vec::new();
    text::write(&mut out, &verdict, &options).expect("memory takes every text");
    json::write_check(&mut out, &verdict).expect("memory takes every text");
    assert!(!out.is_empty());
    verdict.findings.len()
}

#[test]
fn damaged_examples_never_panic() {
    let examples = examples();
    assert!(examples.len() > 100, "the pages hold examples");
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    let mut found = 0;
    for round in 0..1500 {
        let old = examples[numbers.below(examples.len())].clone();
        // neighbours on a page belong together: most rounds compare an example with its own twin
        let new = if round % 4 == 0 {
            examples[numbers.below(examples.len())].clone()
        } else {
            old.clone()
        };
        let (old, new) = (damage(old, &mut numbers), damage(new, &mut numbers));
        found += whole_line(old, new);
    }
    assert!(found > 1000, "the damage is noticed: {found} findings");
}
