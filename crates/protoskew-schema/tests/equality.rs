//! The schema read from source equals the schema read from protoc's descriptor set of the same files, down to the places.
//!
//! Over our own corpus, in which every construct occurs; `cargo xtask conformance` does the same over any folder.
#![allow(clippy::print_stdout)] // a skipped test must say so

#[allow(unused_imports)] // of the oracle this needs the python alone
mod oracle;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use protoskew_schema::equality::{Constructs, Depth, count, differences};
use protoskew_schema::{Input, Role, Schema, descriptor, link, parse};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// protoc's descriptor set of the corpus.
fn compiled(python: &Path, paths: &[String], arguments: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let set = folder.path().join("set.binpb");
    let output = Command::new(python)
        .args(["-m", "grpc_tools.protoc", "--include_imports"])
        .args(arguments)
        .arg(format!("--descriptor_set_out={}", set.display()))
        .arg(format!("-I{}", corpus().display()))
        .args(paths)
        .output()
        .expect("python starts");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "protoc refuses:\n{complaints}");
    std::fs::read(set).expect("protoc wrote the set")
}

fn from_set(bytes: &[u8]) -> Schema {
    let files = descriptor::read(bytes).expect("protoc writes descriptor sets");
    let inputs = files.into_iter().map(|file| Input {
        path: file.path,
        role: Role::Judged,
        parsed: file.parsed,
    });
    link(inputs.collect(), &[String::new()])
}

fn from_source(paths: &[String]) -> Schema {
    let inputs = paths.iter().map(|path| {
        let text = std::fs::read(corpus().join(path)).expect("a file that was just listed");
        Input {
            path: path.into(),
            role: Role::Judged,
            parsed: Arc::new(parse(text.into())),
        }
    });
    link(inputs.collect(), &[String::new()])
}

#[test]
fn source_and_descriptor_say_the_same() {
    let Some(python) = oracle::python_or_skip("source against descriptor sets") else {
        return;
    };
    let paths = oracle::protos_under(&corpus());
    assert!(!paths.is_empty(), "the corpus is empty");
    let source = from_source(&paths);
    for (arguments, places) in [
        (&["--include_source_info", "--retain_options"][..], true),
        (&["--retain_options"][..], false),
    ] {
        let described = from_set(&compiled(&python, &paths, arguments));
        let wrong: Vec<String> = described
            .diagnostics
            .iter()
            .map(|d| format!("{}: {}", described.file(d.file).path, d.message))
            .collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        let mut found = Vec::new();
        for path in &paths {
            let differences = differences(&source, &described, path, Depth { places });
            let differences = differences.expect("both have the file");
            found.extend(differences.iter().map(ToString::to_string));
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

#[test]
fn the_corpus_holds_every_construct() {
    let paths = oracle::protos_under(&corpus());
    let source = from_source(&paths);
    let mut constructs = Constructs::default();
    for id in 0..paths.len() as u32 {
        count(&source, id, &mut constructs);
    }
    for (construct, times) in constructs.iter() {
        println!("{times:6} {construct}");
    }
    let never: Vec<&str> = constructs
        .iter()
        .filter(|(_, times)| *times == 0)
        .map(|(name, _)| name)
        .collect();
    assert!(never.is_empty(), "never in the corpus: {never:?}");
}
