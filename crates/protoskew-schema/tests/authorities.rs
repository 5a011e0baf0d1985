//! Two more readings of the table of small files: where buf and protox take what protoc refuses, or the other way round, we follow protoc.
//!
//! Each such file stands in `authorities.txt` with the reason; a new one, or one that is none any more, fails. protox is always there; buf
//! only where `PROTOSKEW_BUF` names it, and protox knows no editions.
#![allow(clippy::print_stdout)] // a skipped test must say so

mod cases;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use cases::{Row, Verdict};

/// The files of all topics, and the folder of each.
fn topics(scratch: &Path) -> Vec<(&'static str, PathBuf, Vec<Row>)> {
    let topics = cases::TOPICS.iter().map(|(topic, cases)| {
        let folder = scratch.join(topic);
        let rows = cases::write(&folder, cases);
        (*topic, folder, rows)
    });
    topics.collect()
}

#[test]
fn protox_and_protoc() {
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let mut found = BTreeSet::new();
    let mut asked = 0;
    for (topic, folder, rows) in topics(scratch.path()) {
        for row in rows.iter().filter(|row| !row.text.contains("edition = ")) {
            asked += 1;
            let path = row.path.clone();
            let root = folder.clone();
            // what ends protox itself is no answer
            let answer =
                std::panic::catch_unwind(move || protox::compile([&path], [&root]).is_err());
            note(&mut found, topic, row, answer.ok());
        }
    }
    assert!(asked > 700, "only {asked} files were read");
    as_written("protox", &found);
}

#[test]
fn buf_and_protoc() {
    let Some(buf) = std::env::var_os("PROTOSKEW_BUF") else {
        let required = std::env::var_os("PROTOSKEW_REQUIRE_ORACLES").is_some_and(|v| v == "1");
        assert!(!required, "no buf, and oracles are required");
        println!("skipped buf and protoc: PROTOSKEW_BUF is not set");
        return;
    };
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let mut found = BTreeSet::new();
    for (topic, folder, rows) in topics(scratch.path()) {
        let answers = asked_of_buf(Path::new(&buf), &folder, &rows);
        assert_eq!(answers.len(), rows.len(), "a word on each file");
        for row in &rows {
            note(&mut found, topic, row, answers[&row.path]);
        }
    }
    as_written("buf", &found);
}

/// Notes an answer (`None`: it ended without one) that is not protoc's.
fn note(found: &mut BTreeSet<String>, topic: &str, row: &Row, refused: Option<bool>) {
    let by_protoc = row.verdict != Verdict::Taken;
    let what = match refused {
        Some(refused) if refused == by_protoc => return,
        Some(true) => "refuses",
        Some(false) => "takes",
        None => "breaks on",
    };
    found.insert(format!("{what} {topic}, {}: {}", row.title, row.text));
}

/// What buf says of each file: whether it refuses it. It tells what is wrong with many files at once, and breaks on some.
fn asked_of_buf(buf: &Path, folder: &Path, rows: &[Row]) -> BTreeMap<String, Option<bool>> {
    let mut answers = BTreeMap::new();
    let paths: Vec<&str> = rows.iter().map(|row| row.path.as_str()).collect();
    let taken = rows.iter().filter(|row| row.verdict == Verdict::Taken);
    let taken: BTreeSet<&str> = taken.map(|row| row.path.as_str()).collect();
    let mut open = vec![paths];
    while let Some(mut batch) = open.pop() {
        if batch.is_empty() {
            continue;
        }
        let mut command = Command::new(buf);
        command
            .current_dir(folder)
            .args(["build", ".", "-o", "/dev/null"]);
        for path in &batch {
            command.args(["--path", path]);
        }
        let output = command.output().expect("buf starts");
        if output.status.success() {
            answers.extend(batch.iter().map(|path| ((*path).to_owned(), Some(false))));
            continue;
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let wrong = |path: &&str| {
            said.lines()
                .any(|line| line.starts_with(&format!("{path}:")))
        };
        let (refused, rest): (Vec<&str>, Vec<&str>) = batch.iter().partition(|path| wrong(path));
        if refused.is_empty() {
            if let [path] = batch[..] {
                // an error of a file that it imports, or no answer
                let broke = said.contains("panicked") || said.contains("panic:");
                answers.insert(path.to_owned(), (!broke).then_some(true));
                continue;
            }
            let second = batch.split_off(batch.len() / 2);
            open.extend([second, batch]);
            continue;
        }
        // two files of a build may be in each other's way: what protoc takes is asked about alone
        let alone = |path: &&str| batch.len() > 1 && taken.contains(path);
        let (again, refused): (Vec<&str>, Vec<&str>) = refused.into_iter().partition(alone);
        open.extend(again.into_iter().map(|path| vec![path]));
        if std::env::var_os("PROTOSKEW_SHOW_MESSAGES").is_some() {
            print!("{said}");
        }
        answers.extend(refused.iter().map(|path| ((*path).to_owned(), Some(true))));
        open.push(rest);
    }
    answers
}

/// Compares with what is written down for this authority.
fn as_written(authority: &str, found: &BTreeSet<String>) {
    let mut written = BTreeSet::new();
    let mut reason = None;
    for line in include_str!("authorities.txt").lines() {
        if let Some(because) = line.strip_prefix("because ") {
            reason = Some(because);
        } else if let Some(rest) = line.strip_prefix(authority)
            && let Some(fact) = rest.strip_prefix(' ')
        {
            assert!(reason.is_some(), "no reason for: {line}");
            assert!(written.insert(fact.to_owned()), "twice: {line}");
        }
    }
    let list = |mark: &str, facts: Vec<&String>| {
        let lines = facts
            .iter()
            .map(|fact| format!("{mark} {authority} {fact}\n"));
        lines.collect::<String>()
    };
    let new = list("+", found.difference(&written).collect());
    let gone = list("-", written.difference(found).collect());
    assert!(
        new.is_empty() && gone.is_empty(),
        "not as authorities.txt has it:\n{new}{gone}"
    );
    assert!(
        !found.is_empty(),
        "{authority} says all that protoc says: was it asked?"
    );
}
