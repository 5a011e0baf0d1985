//! The schema read from source equals the schema read from protoc's descriptor set of the same files, down to the places.
//!
//! Over our own corpus, in which every construct occurs; `cargo xtask conformance` does the same over any folder.
//!
//! Needs python with `grpcio-tools` (which holds a protoc that knows edition 2024):
//! `python3 -m venv target/oracles/python && target/oracles/python/bin/pip install grpcio-tools`, or
//! `PROTOSKEW_PROTOC_PYTHON=/path/to/python`. Without it the tests here are skipped, and say so;
//! with `PROTOSKEW_REQUIRE_ORACLES=1` they fail.
#![allow(clippy::print_stdout)] // a skipped test must say so

mod oracle;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use protoskew_schema::equality::{Constructs, Depth, count, differences};
use protoskew_schema::outline::DeclaredKind;
use protoskew_schema::{
    EVOLUTION_PATH, EVOLUTION_PROTO, Features, Field, ParsedFile, Presence, Schema, descriptor,
    parse,
};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")
}

/// Files that never meet: protobuf's runtime, unlike protoc, takes no two extensions of one number, so they are no part of the corpus.
fn strangers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/strangers")
}

#[test]
fn source_and_descriptor_say_the_same() {
    let Some(python) = oracle::python_or_skip("source against descriptor sets") else {
        return;
    };
    for root in [corpus(), strangers()] {
        say_the_same(&python, &root);
    }
}

/// The file that we ship for other compilers, and one that uses all of it.
#[test]
fn evolution_proto_means_to_protoc_what_it_means_here() {
    let user = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evolution/quay.proto");
    let text = std::fs::read_to_string(user).expect("the file that uses it");
    let folder = tempfile::tempdir().expect("a scratch folder");
    let shipped = folder.path().join(EVOLUTION_PATH);
    std::fs::create_dir_all(shipped.parent().expect("a folder")).expect("a new folder");
    std::fs::write(&shipped, EVOLUTION_PROTO).expect("a new file");
    std::fs::write(folder.path().join("quay.proto"), &text).expect("a new file");
    let schema = oracle::read(folder.path(), &oracle::protos_under(folder.path()));
    let options: Vec<String> = schema
        .extensions
        .iter()
        .filter(|each| each.name.starts_with("protoskew."))
        .map(|each| format!("({})", each.name))
        .collect();
    assert!(options.len() >= 9, "{options:?}");
    let unused: Vec<&String> = options.iter().filter(|it| !text.contains(*it)).collect();
    assert!(unused.is_empty(), "nothing uses {unused:?}");
    let mut used = schema.elements().flat_map(|each| each.options.iter());
    assert!(used.all(|option| option.resolved));
    let Some(python) = oracle::python_or_skip("evolution.proto against descriptor sets") else {
        return;
    };
    say_the_same(&python, folder.path());
}

fn say_the_same(python: &Path, root: &Path) {
    let paths = oracle::protos_under(root);
    assert!(!paths.is_empty(), "nothing is in {}", root.display());
    let source = oracle::read(root, &paths);
    for (arguments, places) in [
        (&["--include_source_info", "--retain_options"][..], true),
        (&["--retain_options"][..], false),
    ] {
        let described = oracle::read_set(&oracle::compiled(python, root, &paths, arguments));
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
            assert!(differences.properties > 2, "nothing is said of {path}");
            found.extend(differences.list.iter().map(ToString::to_string));
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

/// What a history of numbers is made of, from a text and from a descriptor of it.
#[test]
fn outlines_of_text_and_of_descriptors_say_the_same() {
    let Some(python) = oracle::python_or_skip("outlines of descriptor sets") else {
        return;
    };
    let paths = oracle::protos_under(&corpus());
    let arguments = ["--include_source_info", "--retain_options"];
    let bytes = oracle::compiled(&python, &corpus(), &paths, &arguments);
    let described = descriptor::read(&bytes).expect("protoc writes descriptor sets");
    let mut members = 0;
    for path in &paths {
        let text = std::fs::read(corpus().join(path)).expect("a file that was just listed");
        let ours = outline_lines(&parse(text.into()));
        let theirs = described.iter().find(|file| file.path == path.as_str());
        let theirs = outline_lines(&theirs.expect("protoc compiled it").parsed);
        assert_eq!(ours, theirs, "{path}");
        members += ours.len();
    }
    assert!(members > 500, "only {members} members");
}

/// A line for each number, name and path that a file declares. Types go by their last names: a text need not say more.
fn outline_lines(parsed: &ParsedFile) -> Vec<String> {
    let last_names = |ty: &str| {
        let words =
            ty.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '.');
        let last = words.map(|word| word.rsplit_once('.').map_or(word, |(_, last)| last));
        last.collect::<String>()
    };
    let mut lines = Vec::new();
    for item in parsed.outline().items {
        let what = format!("{:?} {}", item.kind, item.name);
        // several blocks may extend one message, and an empty message is one too
        if item.kind != DeclaredKind::Extendee {
            lines.push(what.clone());
        }
        for member in &item.members {
            let (number, name, ty) = (member.number, &member.name, last_names(&member.ty));
            lines.push(format!("{what}: {number} {name} {ty}"));
        }
        for range in item.reserved.iter().chain(&item.extension_ranges) {
            let is_set = range.end == i32::MAX - 1;
            let end = if is_set { 536_870_911 } else { range.end };
            lines.push(format!("{what}: {} to {end}", range.start));
        }
        for name in &item.reserved_names {
            lines.push(format!("{what}: reserved {}", name.name));
        }
    }
    lines.sort();
    lines
}

#[test]
fn the_corpus_holds_every_construct() {
    let paths = oracle::protos_under(&corpus());
    let source = oracle::read(&corpus(), &paths);
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

/// Which features an element ends up with, and what they make of it, is one decision for source and for descriptors, so a stranger is
/// asked: protobuf's runtime.
#[test]
fn what_protobuf_resolves_is_resolved_alike() {
    let Some(python) = oracle::python_or_skip("what protobuf resolves") else {
        return;
    };
    let paths = oracle::protos_under(&corpus());
    let folder = tempfile::tempdir().expect("a scratch folder");
    let set = folder.path().join("set.binpb");
    let bytes = oracle::compiled(&python, &corpus(), &paths, &["--retain_options"]);
    std::fs::write(&set, bytes).expect("a scratch file");
    let output = Command::new(&python)
        .args(["-c", include_str!("oracle/resolved.py")])
        .arg(&set)
        .output()
        .expect("python starts");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the oracle failed:\n{complaints}");
    let theirs: BTreeSet<String> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(str::to_owned)
        .collect();
    let ours = resolved(&oracle::read(&corpus(), &paths), paths.len() as u32);
    let missing: Vec<_> = theirs.difference(&ours).collect();
    let surplus: Vec<_> = ours
        .difference(&theirs)
        // the built-in files that the set has too
        .collect();
    // of what is ours alone nothing may be left, of theirs only the well-known files that we do not read
    let missing: Vec<_> = missing
        .into_iter()
        .filter(|line| !line.contains(" google"))
        .collect();
    assert!(
        ours.len() > 500,
        "the corpus has only {} elements",
        ours.len()
    );
    assert!(
        missing.is_empty() && surplus.is_empty(),
        "protobuf: {missing:#?}\nwe: {surplus:#?}"
    );
}

/// A line for each element of the first files, as the oracle prints them.
fn resolved(schema: &Schema, files: u32) -> BTreeSet<String> {
    let mut lines = BTreeSet::new();
    let mut say = |kind: &str, name: &str, features: Features, flags: &[&str]| {
        let named = features
            .named()
            .map(|(name, value)| format!("{name} {value}"));
        let (named, flags) = (named.join(", "), flags.join(" "));
        lines.insert(format!("{kind} {name}|{named}|{flags}"));
    };
    for file in &schema.files[..files as usize] {
        say("file", &file.path, file.features, &[]);
    }
    for message in schema.messages.iter().filter(|m| m.file < files) {
        let name = &message.name;
        say("message", name, message.features, &[]);
        for field in &message.fields {
            let name = format!("{name}.{}", field.name);
            say("field", &name, field.features, &flags_of(field));
        }
        for oneof in &message.oneofs {
            let name = format!("{name}.{}", oneof.name);
            say("oneof", &name, oneof.features, &[]);
        }
    }
    for item in schema.enums.iter().filter(|e| e.file < files) {
        let openness = if item.closed { "closed" } else { "open" };
        say("enum", &item.name, item.features, &[openness]);
        for value in &item.values {
            let name = format!("{}.{}", item.name, value.name);
            say("value", &name, value.features, &[]);
        }
    }
    for extension in schema.extensions.iter().filter(|e| e.file < files) {
        let field = &extension.field;
        say(
            "extension",
            &extension.name,
            field.features,
            &flags_of(field),
        );
    }
    for service in schema.services.iter().filter(|s| s.file < files) {
        say("service", &service.name, service.features, &[]);
        for method in &service.methods {
            let name = format!("{}.{}", service.name, method.name);
            say("method", &name, method.features, &[]);
        }
    }
    lines
}

/// What the features make of a field, in the oracle's words.
fn flags_of(field: &Field) -> Vec<&'static str> {
    let mut flags = vec![match field.presence {
        Presence::Implicit => "implicit",
        Presence::Explicit => "explicit",
        Presence::Required => "required",
    }];
    if field.packed {
        flags.push("packed");
    }
    if field.delimited {
        flags.push("delimited");
    }
    flags
}
