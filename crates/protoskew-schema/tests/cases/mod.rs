//! The table of small files in `refused/*.txt`: what protoc refuses, each beside a neighbour that it takes.
#![allow(dead_code)] // each test takes what it needs

use std::path::Path;

/// The tables.
pub(crate) const TOPICS: &[(&str, &str)] = &[
    ("basics", include_str!("../refused/basics.txt")),
    ("enums", include_str!("../refused/enums.txt")),
    ("fields", include_str!("../refused/fields.txt")),
    ("imports", include_str!("../refused/imports.txt")),
    ("options", include_str!("../refused/options.txt")),
    ("style", include_str!("../refused/style.txt")),
    ("syntax", include_str!("../refused/syntax.txt")),
];

/// The table of a topic.
pub(crate) fn of(topic: &str) -> &'static str {
    let found = TOPICS.iter().find(|(name, _)| *name == topic);
    found.expect("a topic that there is").1
}

/// One small file, and what becomes of it.
pub(crate) struct Row {
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) verdict: Verdict,
    /// The file, below the folder of the topic.
    pub(crate) path: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Refused,
    /// protoc refuses it, and here it is a note: what is missing may be elsewhere.
    Noted,
    /// protoc refuses it, and here it is taken on purpose; the case says why.
    LetPass,
    Taken,
}

/// Reads the cases and writes each row's files into a folder of its own.
pub(crate) fn write(folder: &Path, cases: &str) -> Vec<Row> {
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
