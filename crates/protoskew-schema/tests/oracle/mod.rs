//! protoc as an oracle: where it is, and whether it takes files.
#![allow(dead_code)] // each test takes what it needs

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use protoskew_schema::{Input, Role, Schema, descriptor, link, parse};

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

/// A file that protoc is asked about, alone.
pub(crate) struct Question {
    /// Below the first root that has it.
    pub(crate) path: String,
    pub(crate) roots: Vec<PathBuf>,
    /// Where to write its descriptor set, with all that it imports.
    pub(crate) set: Option<PathBuf>,
}

/// What protoc says of a file.
pub(crate) struct Judgement {
    pub(crate) refused: bool,
    /// Its first error.
    pub(crate) said: String,
}

/// Asks protoc of each file alone whether it refuses it, and what it says.
pub(crate) fn judge(python: &Path, questions: &[Question]) -> Vec<Judgement> {
    let line = |question: &Question| {
        let set = question.set.as_deref().unwrap_or(Path::new("")).display();
        let mut line = format!("{}\t{set}", question.path);
        for root in &question.roots {
            line += &format!("\t{}", root.display());
        }
        line
    };
    let lines: Vec<String> = questions.iter().map(line).collect();
    let said = run(python, include_str!("judge.py"), &lines.join("\n"));
    let judgement = |line: &str| {
        let (verdict, said) = line.split_once('|').expect("a verdict");
        Judgement {
            refused: verdict == "refused",
            said: said.to_owned(),
        }
    };
    let judged: Vec<Judgement> = said.lines().map(judgement).collect();
    assert_eq!(judged.len(), questions.len(), "a word on each file");
    judged
}

/// protoc's descriptor set of files below a root.
pub(crate) fn compiled(
    python: &Path,
    root: &Path,
    paths: &[String],
    arguments: &[&str],
) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let set = folder.path().join("set.binpb");
    let output = Command::new(python)
        .args(["-m", "grpc_tools.protoc", "--include_imports"])
        .args(arguments)
        .arg(format!("--descriptor_set_out={}", set.display()))
        .arg(format!("-I{}", root.display()))
        .args(paths)
        .output()
        .expect("python starts");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "protoc refuses:\n{complaints}");
    std::fs::read(set).expect("protoc wrote the set")
}

/// What a script of the oracle's prints.
fn run(python: &Path, script: &str, input: &str) -> String {
    let mut child = Command::new(python)
        .arg("-c")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python starts");
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().expect("python ends");
    writer
        .join()
        .expect("no panic")
        .expect("python reads its input");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the oracle failed:\n{complaints}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Links the files at `paths` below a root.
pub(crate) fn read(root: &Path, paths: &[String]) -> Schema {
    let inputs = paths.iter().map(|path| {
        let text = std::fs::read(root.join(path)).expect("a file that was just listed");
        Input {
            path: path.into(),
            role: Role::Judged,
            parsed: Arc::new(parse(text.into())),
        }
    });
    link(inputs.collect(), &[String::new()])
}

/// Links the files of a descriptor set of protoc's.
pub(crate) fn read_set(bytes: &[u8]) -> Schema {
    let files = descriptor::read(bytes).expect("protoc writes descriptor sets");
    let inputs = files.into_iter().map(|file| Input {
        path: file.path,
        role: Role::Judged,
        parsed: file.parsed,
    });
    link(inputs.collect(), &[String::new()])
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
