//! Asks protoc what files say, and puts a schema into the same words.
#![allow(dead_code)] // each test takes what it needs

mod options;

#[allow(unused_imports)] // each test takes what it needs
pub(crate) use options::options_differences;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use protoskew_schema::{
    Cardinality, Field, FieldType, Input, Oneof, Presence, Role, Scalar, Schema, Severity, link,
    parse,
};

/// Reads the facts that `describe.py` prints.
pub(crate) struct Oracle {
    /// Facts in the words of `describe.py`, by the file that they are of.
    pub(crate) facts: BTreeMap<String, BTreeSet<String>>,
    /// The bytes of each options message, by `kind|name|index` of its element.
    pub(crate) options: BTreeMap<String, Vec<u8>>,
    /// The files that protoc refuses.
    pub(crate) rejected: BTreeSet<String>,
}

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

/// Asks protoc about the files at `paths`, relative to the first of the `roots`.
pub(crate) fn ask(python: &Path, roots: &[PathBuf], paths: &[String]) -> Oracle {
    let said = run(python, include_str!("describe.py"), roots, paths);
    let mut oracle = Oracle {
        facts: BTreeMap::new(),
        options: BTreeMap::new(),
        rejected: BTreeSet::new(),
    };
    let mut path = String::new();
    for line in said.lines() {
        match line.split_once('|') {
            Some(("rejected", rejected)) => {
                oracle.rejected.insert(rejected.to_owned());
                continue;
            }
            Some(("options", rest)) => {
                let (element, hex) = rest.rsplit_once('|').expect("bytes behind the element");
                let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
                let bytes = (0..hex.len()).step_by(2).map(byte).collect();
                oracle.options.insert(element.to_owned(), bytes);
                continue;
            }
            // a file's facts follow this one
            Some(("file", rest)) => rest.split('|').next().unwrap_or(rest).clone_into(&mut path),
            _ => {}
        }
        oracle
            .facts
            .entry(path.clone())
            .or_default()
            .insert(line.to_owned());
    }
    oracle
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

/// Every difference between what we and protoc say of the files that both know, one a line; empty if there is none.
pub(crate) fn differences(schema: &Schema, oracle: &Oracle) -> Vec<String> {
    let in_schema: BTreeSet<&str> = schema.files.iter().map(|f| f.path.as_str()).collect();
    let known: BTreeSet<&str> = oracle
        .facts
        .keys()
        .map(String::as_str)
        .filter(|p| in_schema.contains(p))
        .collect();
    let ours = facts(schema, &known);
    let theirs: BTreeSet<String> = known
        .iter()
        .flat_map(|&path| &oracle.facts[path])
        .cloned()
        .collect();
    let mut differences = Vec::new();
    differences.extend(
        theirs
            .difference(&ours)
            .map(|f| format!("protoc only: {f}")),
    );
    differences.extend(
        ours.difference(&theirs)
            .map(|f| format!("we only:     {f}")),
    );
    let mut wrong: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for diagnostic in schema
        .diagnostics
        .iter()
        .filter(|d| d.severity == Severity::Error)
    {
        let path = schema.file(diagnostic.file).path.as_str();
        wrong.entry(path).or_default().push(&diagnostic.message);
    }
    for (path, messages) in &wrong {
        if known.contains(path) {
            differences.push(format!(
                "protoc accepts, we say:  {path}: {}",
                messages.join("; ")
            ));
        }
    }
    differences
}

fn flag(value: bool) -> &'static str {
    if value { "1" } else { "0" }
}

/// What a schema says of some of its files, in the words of `describe.py`.
fn facts(schema: &Schema, paths: &BTreeSet<&str>) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    let mut say = |words: &[&str]| {
        facts.insert(words.join("|").replace('\n', "\\n"));
    };
    let wanted = |file: u32| paths.contains(schema.file(file).path.as_str());
    let built_in = |file: u32| schema.file(file).text.is_empty();
    for file in schema
        .files
        .iter()
        .filter(|f| paths.contains(f.path.as_str()))
    {
        say(&[
            "file",
            &file.path,
            &format!("{:?}", file.edition),
            &file.package,
        ]);
        for import in &file.imports {
            say(&[
                "import",
                &file.path,
                &import.path,
                &format!("{:?}", import.kind),
            ]);
        }
    }
    for message in schema.messages.iter().filter(|m| wanted(m.file)) {
        let name = message.name.as_str();
        say(&[
            "message",
            name,
            &format!("deprecated={}", flag(message.deprecated)),
        ]);
        for oneof in &message.oneofs {
            say(&["oneof", name, &oneof.name]);
        }
        for (index, field) in message.fields.iter().enumerate() {
            say(&[
                "field",
                name,
                &index.to_string(),
                &field_facts(field, &message.oneofs),
            ]);
        }
        for range in &message.reserved {
            say(&[
                "reserved",
                name,
                &range.start.to_string(),
                &range.end.to_string(),
            ]);
        }
        for reserved in &message.reserved_names {
            say(&["reserved name", name, &reserved.name]);
        }
        for range in &message.extension_ranges {
            say(&[
                "extension range",
                name,
                &range.start.to_string(),
                &range.end.to_string(),
            ]);
        }
    }
    for item in schema.enums.iter().filter(|e| wanted(e.file)) {
        let name = item.name.as_str();
        let flags = format!(
            "closed={}|alias={}|deprecated={}",
            flag(item.closed),
            flag(item.allow_alias),
            flag(item.deprecated)
        );
        say(&["enum", name, &flags]);
        for (index, value) in item.values.iter().enumerate() {
            let deprecated = format!("deprecated={}", flag(value.deprecated));
            say(&[
                "value",
                name,
                &index.to_string(),
                &value.name,
                &value.number.to_string(),
                &deprecated,
            ]);
        }
        for range in &item.reserved {
            say(&[
                "reserved",
                name,
                &range.start.to_string(),
                &range.end.to_string(),
            ]);
        }
        for reserved in &item.reserved_names {
            say(&["reserved name", name, &reserved.name]);
        }
    }
    for extension in schema.extensions.iter().filter(|e| wanted(e.file)) {
        let extendee = type_text(&extension.extendee);
        let extendee = extendee.trim_start_matches('.');
        say(&[
            "extension",
            &extension.name,
            extendee,
            &field_facts(&extension.field, &[]),
        ]);
    }
    for service in schema
        .services
        .iter()
        .filter(|s| wanted(s.file) && !built_in(s.file))
    {
        let name = service.name.as_str();
        say(&[
            "service",
            name,
            &format!("deprecated={}", flag(service.deprecated)),
        ]);
        for (index, method) in service.methods.iter().enumerate() {
            say(&[
                "method",
                name,
                &index.to_string(),
                &method.name,
                &type_text(&method.request),
                &type_text(&method.response),
                &format!(
                    "streams={}{}",
                    flag(method.client_streaming),
                    flag(method.server_streaming)
                ),
                method.idempotency.as_deref().unwrap_or("-"),
                &format!("deprecated={}", flag(method.deprecated)),
            ]);
        }
    }
    facts
}

fn field_facts(field: &Field, oneofs: &[Oneof]) -> String {
    let cardinality = match field.cardinality {
        Cardinality::Singular => "singular".to_owned(),
        Cardinality::Repeated => "repeated".to_owned(),
        Cardinality::Map(key) => format!("map {}", key.keyword()),
    };
    let presence = match field.presence {
        Presence::Implicit => "implicit",
        Presence::Explicit => "explicit",
        Presence::Required => "required",
    };
    let oneof = field
        .oneof
        .map_or("-", |index| &oneofs[index as usize].name);
    let words = [
        field.name.to_string(),
        field.json_name.to_string(),
        field.number.to_string(),
        type_text(&field.ty),
        cardinality,
        presence.to_owned(),
        oneof.to_owned(),
        default_text(field),
        format!("packed={}", flag(field.packed)),
        format!("delimited={}", flag(field.delimited)),
        format!("utf8={}", flag(field.utf8)),
        format!("deprecated={}", flag(field.deprecated)),
    ];
    words.join("|")
}

fn default_text(field: &Field) -> String {
    let Some(default) = &field.default else {
        return "-".to_owned();
    };
    let bits = match field.ty {
        FieldType::Scalar(Scalar::Double) => default.parse::<f64>(),
        FieldType::Scalar(Scalar::Float) => default.parse::<f32>().map(f64::from),
        _ => return default.to_string(),
    };
    match bits {
        Ok(value) if value.is_nan() => "nan".to_owned(),
        Ok(value) => format!("{:016x}", value.to_bits()),
        Err(_) => format!("no number: {default}"),
    }
}

fn type_text(ty: &FieldType) -> String {
    match ty {
        FieldType::Scalar(scalar) => scalar.keyword().to_owned(),
        FieldType::Message(message) => format!(".{}", message.name),
        FieldType::Enum(item) => format!("={}", item.name),
        FieldType::Unresolved(name) => format!("?{name}"),
    }
}
