//! What the comparison says of small pairs of schemas, as tables: each line is one change.

use std::sync::Arc;

use protoskew_compare::{ByRuntime, Change, Comparer, Impact, Indexed};
use protoskew_schema::{Input, Role, Severity, link, parse};

mod calls;
mod contract;
mod enums;
mod extensions;
mod fates;
mod fields;
mod files;
mod large;
mod oneofs;
mod renames;
mod types;
mod visible;

/// Compares two proto3 files of package `p`; the two texts are what stands below the package.
#[track_caller]
fn check(before: &str, after: &str, expected: &[&str]) {
    check_files(
        &[("a.proto", &proto3(before))],
        &[("a.proto", &proto3(after))],
        expected,
    );
}

/// The same for proto2.
#[track_caller]
fn check2(before: &str, after: &str, expected: &[&str]) {
    check_files(
        &[("a.proto", &proto2(before))],
        &[("a.proto", &proto2(after))],
        expected,
    );
}

/// The fields of a message `M`, in proto3.
#[track_caller]
fn check_fields(before: &str, after: &str, expected: &[&str]) {
    check(&message(before), &message(after), expected);
}

/// The fields of a message `M`, in proto2.
#[track_caller]
fn check_fields2(before: &str, after: &str, expected: &[&str]) {
    check2(&message(before), &message(after), expected);
}

/// Compares two sets of files, given as path and text.
#[track_caller]
fn check_files(before: &[(&str, &str)], after: &[(&str, &str)], expected: &[&str]) {
    let (old, new) = (judged(before), judged(after));
    check_indexed(&old, &new, expected);
}

#[track_caller]
fn check_indexed(old: &Indexed, new: &Indexed, expected: &[&str]) {
    for side in [old, new] {
        for diagnostic in &side.schema().diagnostics {
            assert_ne!(
                diagnostic.severity,
                Severity::Error,
                "{}",
                diagnostic.message
            );
        }
    }
    let lines = lines(old, new);
    assert!(
        lines == expected,
        "found:\n{lines:#?}\nexpected:\n{expected:#?}"
    );
}

/// A line for each change: element, kind, what it is about, and what becomes of values or calls, old → new / new → old.
fn lines(old: &Indexed, new: &Indexed) -> Vec<String> {
    let comparison = Comparer::new([]).compare(old, new);
    comparison.changes.iter().map(line).collect()
}

fn line(change: &Change) -> String {
    let kind = format!("{:?}", change.kind);
    let kind = kind.split([' ', '{']).next().unwrap_or_default();
    let word = |outcome: &ByRuntime| match (outcome.least(), outcome.worst()) {
        (least, worst) if least == worst => worst.to_string(),
        (least, worst) => format!("{least}…{worst}"),
    };
    let outcome = match &change.impact {
        Impact::None => String::new(),
        Impact::Values { outcomes, .. } => {
            format!(
                " | {} / {}",
                word(&outcomes.old_to_new),
                word(&outcomes.new_to_old)
            )
        }
        Impact::Call {
            old_client,
            new_client,
            ..
        } => format!(" | {old_client} / {new_client}"),
    };
    let about = change.kind.about();
    let space = if about.is_empty() { "" } else { " " };
    format!("{}: {kind}{space}{about}{outcome}", change.element)
}

fn judged(files: &[(&str, &str)]) -> Indexed {
    with_roles(files.iter().map(|&(path, text)| (path, text, Role::Judged)))
}

fn with_roles<'a>(files: impl IntoIterator<Item = (&'a str, &'a str, Role)>) -> Indexed {
    let inputs = files
        .into_iter()
        .map(|(path, text, role)| Input {
            path: path.into(),
            role,
            parsed: Arc::new(parse(text.as_bytes().into())),
        })
        .collect();
    Indexed::new(Arc::new(link(inputs, &[])))
}

fn proto3(body: &str) -> String {
    format!("syntax = \"proto3\"; package p;\n{body}\n")
}

fn proto2(body: &str) -> String {
    format!("syntax = \"proto2\"; package p;\n{body}\n")
}

fn edition(body: &str) -> String {
    format!("edition = \"2023\"; package p;\n{body}\n")
}

fn message(fields: &str) -> String {
    format!("message M {{ {fields} }}")
}
