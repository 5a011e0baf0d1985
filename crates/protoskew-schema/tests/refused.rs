//! What protoc refuses, we refuse; and the neighbour that differs by little, both take, without a word.
//!
//! The cases stand in `refused/*.txt`. Needs protoc, as `equality.rs` does.
#![allow(clippy::print_stdout)] // a skipped test must say so

mod oracle;

use std::path::{Path, PathBuf};

use protoskew_schema::Severity;

#[test]
fn basics() {
    check("basics", include_str!("refused/basics.txt"));
}

#[test]
fn fields() {
    check("fields", include_str!("refused/fields.txt"));
}

#[test]
fn enums() {
    check("enums", include_str!("refused/enums.txt"));
}

#[test]
fn imports() {
    check("imports", include_str!("refused/imports.txt"));
}

#[test]
fn options() {
    check("options", include_str!("refused/options.txt"));
}

#[test]
fn style() {
    check("style", include_str!("refused/style.txt"));
}

#[test]
fn syntax() {
    check("syntax", include_str!("refused/syntax.txt"));
}

/// One small file, and what becomes of it.
struct Row {
    title: String,
    text: String,
    verdict: Verdict,
    /// The file, below the folder of the topic.
    path: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Verdict {
    Refused,
    /// protoc refuses it, and here it is a note: what is missing may be elsewhere.
    Noted,
    /// protoc refuses it, and here it is taken on purpose; the case says why.
    LetPass,
    Taken,
}

fn check(topic: &str, cases: &str) {
    let Some(python) = oracle::python_or_skip(topic) else {
        return;
    };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("refused-{topic}"));
    let _ = std::fs::remove_dir_all(&folder);
    let rows = write(&folder, cases);
    let counted = |verdict| rows.iter().filter(|r| r.verdict == verdict).count();
    let (bad, good) = (counted(Verdict::Refused), counted(Verdict::Taken));
    assert!(
        bad >= 20 && good >= 10,
        "only {bad} and {good} cases were read"
    );

    let roots = [folder];
    let schema = oracle::read(&roots, &oracle::protos_under(&roots[0]));
    let paths: Vec<String> = rows.iter().map(|r| r.path.clone()).collect();
    let judged = oracle::judge(&python, &roots, &paths);
    let mut wrong = Vec::new();
    for row in &rows {
        let (refused, said) = judged.get(&row.path).expect("protoc's word on each file");
        if *refused != (row.verdict != Verdict::Taken) {
            let taken = if *refused { "refuses" } else { "takes" };
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

/// Reads the cases and writes each row's files into a folder of its own.
fn write(folder: &Path, cases: &str) -> Vec<Row> {
    let put = |path: &str, text: &str| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder for a case");
        std::fs::write(path, text).expect("a case is written");
    };
    put("case_closed.proto", CLOSED);
    put("case_local.proto", LOCAL);
    let mut rows = Vec::new();
    for (number, block) in cases.split("\n\n").enumerate() {
        let Some((title, lines)) = block.split_once('\n') else {
            continue;
        };
        // what stands before the first case
        let Some((name, dialect)) = title.strip_suffix(')').and_then(|t| t.rsplit_once(" ("))
        else {
            assert!(!lines.contains("\n- "), "no title: {block}");
            continue;
        };
        let beside = lines.lines().filter_map(|l| l.strip_prefix("& "));
        let beside: Vec<&str> = beside.collect();
        let mut kinds = [0, 0];
        for (at, line) in lines.lines().enumerate() {
            let (verdict, rest) = match line.split_at_checked(1) {
                Some(("-", rest)) => match rest.strip_prefix('?') {
                    Some(rest) => (Verdict::Noted, rest),
                    None => match rest.strip_prefix('~') {
                        Some(rest) => (Verdict::LetPass, rest),
                        None => (Verdict::Refused, rest),
                    },
                },
                Some(("+", rest)) => (Verdict::Taken, rest),
                _ => {
                    let known = line.starts_with("& ") || line.starts_with("~ ");
                    assert!(known, "no row: {line}");
                    continue;
                }
            };
            kinds[usize::from(verdict == Verdict::Taken)] += 1;
            let text = match rest.strip_prefix('!') {
                Some(whole) => whole.strip_prefix(' ').unwrap_or(whole).to_owned(),
                None => {
                    let kind = if dialect.starts_with("proto") {
                        "syntax"
                    } else {
                        "edition"
                    };
                    format!("{kind} = \"{dialect}\"; package PACKAGE;{rest}")
                }
            };
            let own = format!("case{number}_{at}");
            let package = format!("case{number}x{at}");
            let fill = |text: &str| {
                let text = unfold(text).replace("PACKAGE", &package);
                text.replace("DIR", &own).replace("SELF", "main.proto")
            };
            for file in &beside {
                let (name, text) = file.split_once(": ").expect("a name and a text");
                put(&format!("{own}/{name}"), &fill(text));
            }
            let path = format!("{own}/main.proto");
            put(&path, &fill(&text));
            let title = name.to_owned();
            rows.push(Row {
                title,
                text,
                verdict,
                path,
            });
        }
        assert!(kinds.iter().all(|&k| k > 0), "`{name}` lacks its twin");
    }
    rows
}

/// What cases of the basics import.
const CLOSED: &str =
    "syntax = \"proto2\"; package shared; enum Closed { C = 0; } message M { extensions 5; }";
const LOCAL: &str = "edition = \"2024\"; package shared2; local message Hidden {} \
    message Shown { message In {} export message Out {} }";

/// Puts in what a line of text cannot hold, or would hold at length.
fn unfold(text: &str) -> String {
    let nested = |depth| "message M{".repeat(depth) + &"}".repeat(depth);
    let mut out = text.replace("<NESTED 31>", &nested(31));
    for depth in [32, 40] {
        out = out.replace(&format!("<NESTED {depth}>"), &nested(depth));
    }
    for (name, meant) in [
        ("<NEWLINE>", "\n"),
        ("<CR>", "\r"),
        ("<VT>", "\u{b}"),
        ("<FF>", "\u{c}"),
        ("<NUL>", "\0"),
        ("<CONTROL>", "\u{1}"),
        ("<BOM>", "\u{feff}"),
    ] {
        out = out.replace(name, meant);
    }
    while let Some((before, rest)) = out.split_once("<TIMES ") {
        let (times, after) = rest.split_once('>').expect("a closed macro");
        let (times, what) = times.split_once(' ').expect("a number and a text");
        let times = times.parse().expect("a number");
        out = format!("{before}{}{after}", what.repeat(times));
    }
    out
}
