//! protoc as an oracle: where it is, and whether it takes files.
#![allow(dead_code)] // each test takes what it needs

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use protoskew_schema::{Input, Role, Schema, link, parse};

/// The python that has `grpcio-tools`, if there is one.
pub(crate) fn python() -> Option<PathBuf> {
    let given = std::env::var_os("PROTOSKEW_PROTOC_PYTHON").map(PathBuf::from);
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/oracles/python/bin/python");
    given.or_else(|| own.exists().then_some(own))
}

/// The oracle's python, or `None` where it may be absent.
pub(crate) fn python_or_skip(test: &str) -> Option<PathBuf> {
    let python = python();
    if python.is_none() {
        let required = std::env::var_os("PROTOSKEW_REQUIRE_ORACLES").is_some_and(|v| v == "1");
        assert!(
            !required,
            "{test}: no python with grpcio-tools, and oracles are required"
        );
        println!("skipped {test}: no python with grpcio-tools");
    }
    python
}

/// Asks protoc of each file alone whether it refuses it, and what it says.
pub(crate) fn judge(
    python: &Path,
    roots: &[PathBuf],
    paths: &[String],
) -> BTreeMap<String, (bool, String)> {
    let said = run(python, include_str!("judge.py"), roots, paths);
    let judgement = |line: &str| {
        let mut parts = line.splitn(3, '|');
        let mut part = || parts.next().unwrap_or_default().to_owned();
        (part(), (part() == "refused", part()))
    };
    said.lines().map(judgement).collect()
}

/// What a script of the oracle's prints.
fn run(python: &Path, script: &str, roots: &[PathBuf], paths: &[String]) -> String {
    let mut child = Command::new(python)
        .arg("-c")
        .arg(script)
        .args(roots)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python starts");
    let mut stdin = child.stdin.take().expect("piped");
    let list = paths.join("\n");
    let writer = std::thread::spawn(move || stdin.write_all(list.as_bytes()));
    let output = child.wait_with_output().expect("python ends");
    writer
        .join()
        .expect("no panic")
        .expect("python reads its input");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the oracle failed:\n{complaints}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Links the files at `paths` under the first root; what further roots hold is resolved against.
pub(crate) fn read(roots: &[PathBuf], paths: &[String]) -> Schema {
    let mut inputs = Vec::new();
    for (index, root) in roots.iter().enumerate() {
        let (list, role) = if index == 0 {
            (paths.to_vec(), Role::Judged)
        } else {
            (
                protos_under(root),
                Role::ResolvedOnly("another root".into()),
            )
        };
        for path in list {
            let text = std::fs::read(root.join(&path)).expect("a file that was just listed");
            inputs.push(Input {
                path: path.into(),
                role: role.clone(),
                parsed: Arc::new(parse(text.into())),
            });
        }
    }
    link(inputs, &[String::new()])
}

/// The paths of all `.proto` files below a folder, relative to it, in order.
pub(crate) fn protos_under(root: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let kind = entry.file_type().expect("a listed entry has a type");
            if kind.is_dir() {
                open.push(path);
            } else if kind.is_file() && path.extension().is_some_and(|e| e == "proto") {
                let relative = path.strip_prefix(root).expect("below the root");
                found.push(relative.to_string_lossy().replace('\\', "/"));
            }
        }
    }
    found.sort();
    found
}
