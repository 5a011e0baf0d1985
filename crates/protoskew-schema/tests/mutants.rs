//! Small random edits of our own files: protoc and we refuse the same ones, and read the same in those that both take.
//!
//! A few hundred edits in CI, the same each time; by hand as many as one likes:
//! `PROTOSKEW_MUTANTS=20000 PROTOSKEW_SEED=7 cargo test --release -p protoskew-schema --test mutants`. Needs protoc, as `equality.rs` does.
#![allow(clippy::print_stdout)] // a skipped test must say so

mod cases;
mod mutation;
mod oracle;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use mutation::Mutator;
use oracle::{Judgement, Question};
use protoskew_schema::equality::{Depth, differences};
use protoskew_schema::{Input, ParsedFile, Role, Schema, Severity, link, parse};
use tokens::Dice;

/// How many are tried together: each leaves a file and a descriptor set behind until they are judged.
const BATCH: usize = 500;

/// A file to edit.
struct Base {
    /// What it imports is found here.
    root: PathBuf,
    path: String,
    text: String,
}

#[test]
fn small_edits_are_judged_and_read_as_protoc_does() {
    let Some(python) = oracle::python_or_skip("small edits of the corpus") else {
        return;
    };
    let number = |name: &str, otherwise: u64| {
        let given = std::env::var(name).ok();
        given.map_or(otherwise, |given| given.parse().expect("a number"))
    };
    let (count, seed) = (
        number("PROTOSKEW_MUTANTS", 600),
        number("PROTOSKEW_SEED", 1),
    );
    let scratch = tempfile::tempdir().expect("a scratch folder");
    let bases = bases(scratch.path());
    let texts: Vec<&str> = bases.iter().map(|base| base.text.as_str()).collect();
    let mutator = Mutator::new(&texts);
    let mut dice = Dice::new(seed);
    let mut tally = Tally::default();
    let mut made = 0;
    while made < count {
        let batch = BATCH.min((count - made) as usize);
        try_some(&python, &bases, &mutator, &mut dice, batch, &mut tally);
        made += batch as u64;
    }
    println!(
        "{count} edits: {} taken by both, in {} properties, {} refused by both, {} that protoc gave no answer to",
        tally.taken, tally.properties, tally.refused, tally.unanswered
    );
    let (taken, refused) = (tally.taken as u64, tally.refused as u64);
    assert!(
        taken > count / 10 && refused > count / 10,
        "edits must go either way"
    );
    assert!(
        tally.wrong.is_empty(),
        "{} of {count} wrong:\n{}",
        tally.wrong.len(),
        tally.wrong.join("\n")
    );
}

#[derive(Default)]
struct Tally {
    taken: usize,
    refused: usize,
    unanswered: usize,
    properties: usize,
    wrong: Vec<String>,
}

/// The corpus, and of the table of small files those that are taken.
fn bases(scratch: &Path) -> Vec<Base> {
    let mut bases = Vec::new();
    for folder in ["corpus", "strangers"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests")
            .join(folder);
        for path in oracle::protos_under(&root) {
            let bytes = std::fs::read(root.join(&path)).expect("a file that was just listed");
            // one file has a comment that is no UTF-8
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let root = root.clone();
            bases.push(Base { root, path, text });
        }
    }
    assert!(bases.len() > 20, "the corpus is empty");
    for (topic, cases) in cases::TOPICS {
        let root = scratch.join(topic);
        let rows = cases::write(&root, cases);
        for row in rows.iter().filter(|r| r.verdict == cases::Verdict::Taken) {
            let text = std::fs::read_to_string(root.join(&row.path)).expect("a row's file");
            if text.len() < 4000 {
                let (root, path) = (root.clone(), row.path.clone());
                bases.push(Base { root, path, text });
            }
        }
    }
    bases
}

fn try_some(
    python: &Path,
    bases: &[Base],
    mutator: &Mutator,
    dice: &mut Dice,
    count: usize,
    tally: &mut Tally,
) {
    let folder = tempfile::tempdir().expect("a scratch folder");
    let mut questions = Vec::new();
    let mut tried: Vec<(&Base, Vec<u8>)> = Vec::new();
    for at in 0..count {
        // a file of the corpus half of the time, though there are fewer of them
        let few = if dice.roll(2) == 0 { 30 } else { bases.len() };
        let base = &bases[dice.roll(few.min(bases.len()) as u64) as usize];
        let text = mutator.edited(&base.text, dice);
        let root = folder.path().join(at.to_string());
        let file = root.join(&base.path);
        std::fs::create_dir_all(file.parent().expect("a folder")).expect("a new folder");
        std::fs::write(&file, &text).expect("a new file");
        questions.push(Question {
            path: base.path.clone(),
            set: Some(root.join("set.binpb")),
            roots: vec![root, base.root.clone()],
        });
        tried.push((base, text));
    }
    let mut known = BTreeMap::new();
    let judged = oracle::judge(python, &questions);
    for ((judgement, question), (base, text)) in judged.iter().zip(&questions).zip(&tried) {
        if let Some(wrong) = compare(judgement, question, base, text, &mut known, tally) {
            tally.wrong.push(format!(
                "{}: {wrong}\n{}",
                base.path,
                mutation::shown(&base.text, text)
            ));
        }
    }
}

type Parsed<'b> = BTreeMap<(&'b Path, String), Option<Arc<ParsedFile>>>;

/// What is wrong with our reading of an edited file, if anything is.
fn compare<'b>(
    judgement: &Judgement,
    question: &Question,
    base: &'b Base,
    text: &[u8],
    known: &mut Parsed<'b>,
    tally: &mut Tally,
) -> Option<String> {
    let Judgement { refused, said } = judgement;
    let source = with_imports(base, text, known);
    let complaints = complaints(&source);
    if *refused && (said.is_empty() || said == "protoc itself ended here") {
        tally.unanswered += 1;
        return None;
    }
    if *refused {
        // what protoc does not find from its roots, we look for elsewhere
        if complaints.is_empty() && said.ends_with(": File not found.") {
            return None;
        }
        if complaints.is_empty() {
            return Some(format!("protoc refuses, we do not: {said}"));
        }
        tally.refused += 1;
        return None;
    }
    let errors = complaints
        .iter()
        .filter(|(severity, _)| *severity == Severity::Error);
    let errors: Vec<&str> = errors.map(|(_, message)| message.as_str()).collect();
    if !errors.is_empty() {
        return Some(format!("protoc takes it, we do not: {}", errors.join("; ")));
    }
    let set = question.set.as_ref().expect("a set was asked for");
    let described = oracle::read_set(&std::fs::read(set).expect("protoc wrote the set"));
    let places = Depth { places: true };
    let found = differences(&source, &described, &base.path, places).expect("both have the file");
    tally.taken += 1;
    tally.properties += found.properties;
    let different: Vec<String> = found.list.iter().map(ToString::to_string).collect();
    (!different.is_empty()).then(|| different.join("\n"))
}

/// What is said of the first file.
fn complaints(schema: &Schema) -> Vec<(Severity, String)> {
    let of_it = schema.diagnostics.iter().filter(|d| d.file == 0);
    of_it.map(|d| (d.severity, d.message.clone())).collect()
}

/// The edited file, and all that it imports.
fn with_imports<'b>(base: &'b Base, text: &[u8], known: &mut Parsed<'b>) -> Schema {
    let first = Arc::new(parse(text.into()));
    let mut seen = BTreeSet::from([base.path.clone()]);
    let mut open = vec![first.clone()];
    let mut inputs = vec![input(&base.path, first)];
    while let Some(parsed) = open.pop() {
        for (import, _) in parsed.imports() {
            if !seen.insert(import.to_owned()) {
                continue;
            }
            let key = (base.root.as_path(), import.to_owned());
            let found = known.entry(key).or_insert_with(|| {
                let text = std::fs::read(base.root.join(import)).ok()?;
                Some(Arc::new(parse(text.into())))
            });
            if let Some(found) = found {
                open.push(found.clone());
                inputs.push(input(import, found.clone()));
            }
        }
    }
    link(inputs, &[String::new()])
}

fn input(path: &str, parsed: Arc<ParsedFile>) -> Input {
    Input {
        path: path.into(),
        role: Role::Judged,
        parsed,
    }
}
