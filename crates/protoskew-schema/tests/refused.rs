//! What protoc refuses, we refuse; and the neighbour that differs by little, both take, without a word.
//!
//! The cases stand in `refused/*.txt`. Needs protoc, as `equality.rs` does.
#![allow(clippy::print_stdout)] // a skipped test must say so

mod cases;
mod oracle;

use std::path::PathBuf;

use cases::{Row, Verdict, write};
use oracle::{Judgement, Question};
use protoskew_schema::Severity;

#[test]
fn basics() {
    check("basics");
}

#[test]
fn fields() {
    check("fields");
}

#[test]
fn enums() {
    check("enums");
}

#[test]
fn imports() {
    check("imports");
}

#[test]
fn options() {
    check("options");
}

#[test]
fn style() {
    check("style");
}

#[test]
fn syntax() {
    check("syntax");
}

fn check(topic: &str) {
    let Some(python) = oracle::python_or_skip(topic) else {
        return;
    };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("refused-{topic}"));
    let _ = std::fs::remove_dir_all(&folder);
    let rows = write(&folder, cases::of(topic));
    let counted = |verdict| rows.iter().filter(|r| r.verdict == verdict).count();
    let (bad, good) = (counted(Verdict::Refused), counted(Verdict::Taken));
    assert!(
        bad >= 20 && good >= 10,
        "only {bad} and {good} cases were read"
    );

    let schema = oracle::read(&folder, &oracle::protos_under(&folder));
    let question = |row: &Row| Question {
        path: row.path.clone(),
        roots: vec![folder.clone()],
        set: None,
    };
    let questions: Vec<Question> = rows.iter().map(question).collect();
    let judged = oracle::judge(&python, &questions);
    let mut wrong = Vec::new();
    for (row, Judgement { refused, said }) in rows.iter().zip(judged) {
        if refused != (row.verdict != Verdict::Taken) {
            let taken = if refused { "refuses" } else { "takes" };
            wrong.push(format!(
                "{}: protoc {taken} this: {}\n  {said}",
                row.title, row.text
            ));
        }
        let of_row = schema.diagnostics.iter();
        let of_row = of_row.filter(|d| schema.file(d.file).path == row.path);
        let found: Vec<_> = of_row.map(|d| (d.severity, d.message.as_str())).collect();
        let right = match row.verdict {
            Verdict::Refused => found.iter().any(|f| f.0 == Severity::Error),
            Verdict::Noted => found.iter().any(|f| f.0 == Severity::Note),
            Verdict::Taken | Verdict::LetPass => found.is_empty(),
        };
        if !right {
            wrong.push(format!(
                "{}: we say {found:?} of this: {}\n  protoc: {said}",
                row.title, row.text
            ));
        }
        if std::env::var_os("PROTOSKEW_SHOW_MESSAGES").is_some() {
            println!("{}\n    protoc: {said}\n    we:     {found:?}", row.text);
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
