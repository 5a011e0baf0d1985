//! `cargo xtask conformance DIR…`: is what we read from the protos of a folder equal to what protoc reads?
//!
//! protoc compiles the files; the schema of its descriptor set and the schema of the same files' text are compared in everything that they
//! say, places included. Which differences are known, and why they are there, stands in `xtask/conformance.txt`.

mod known;
mod protoc;
mod roots;
mod texts;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use protoskew_schema::equality::{Constructs, Depth, count, differences};
use protoskew_schema::{Input, ParsedFile, Role, Schema, Severity, descriptor, link};

use known::Known;
use protoc::{Answer, Protoc};
use roots::{Group, Root, groups};
use texts::Texts;

use crate::workspace;

/// What `cargo xtask conformance` takes.
#[derive(clap::Args)]
#[group(skip)]
pub(crate) struct Arguments {
    /// Folders of protos, which may import each other; `PATH=DIR` where they are imported below a path of their own.
    #[arg(required = true)]
    folders: Vec<String>,
    /// Further import roots, behind those of the folder itself: `DIR`, or `PATH=DIR`.
    #[arg(short = 'I', value_name = "ROOT")]
    include: Vec<String>,
    /// Known differences, beside those of `xtask/conformance.txt`.
    #[arg(long, value_name = "FILE")]
    allow: Vec<PathBuf>,
    /// Do not fail where a construct of the language occurs in none of the folders.
    #[arg(long)]
    partial: bool,
}

/// Compares every folder, and fails on a difference that nobody wrote down.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let protoc = Protoc::bring()?;
    let mut known = Known::read(&workspace::root().join("xtask/conformance.txt"))?;
    for file in &arguments.allow {
        known.add(file)?;
    }
    let roots = |given: &[String]| given.iter().map(|root| Root::given(root)).collect();
    let (folders, include): (Result<Vec<_>>, Result<Vec<_>>) =
        (roots(&arguments.folders), roots(&arguments.include));
    let (folders, include) = (folders?, include?);
    let mut all = Tally::default();
    for folder in &folders {
        let mut tally = Tally::default();
        // what is compared may import each other
        let others = folders.iter().filter(|other| *other != folder);
        let include: Vec<Root> = include.iter().chain(others).cloned().collect();
        for group in groups(folder, &include)? {
            compare(&protoc, &group, &mut tally)?;
        }
        tally.print(folder, &known);
        if tally.compared.is_empty() {
            bail!(
                "nothing could be compared in {folder}: {}",
                match tally.incomplete.first() {
                    Some((file, import)) => format!(
                        "{file} imports {import}, which is under no root; name its root with -I"
                    ),
                    None => "no file there is a proto that protoc takes".to_owned(),
                }
            );
        }
        all.add(tally);
    }
    println!("constructs:");
    for (construct, times) in all.constructs.iter() {
        println!("{times:9} {construct}");
    }
    let never: Vec<&str> = all
        .constructs
        .iter()
        .filter(|(_, times)| *times == 0)
        .map(|c| c.0)
        .collect();
    let unknown = all
        .told
        .iter()
        .filter(|told| known.reason(told).is_none())
        .count();
    println!(
        "{} files compared with protoc's reading in {} properties, {} refused by both, {} not asked, {} differences, of which {} are known",
        all.compared.len(),
        all.properties,
        all.refused,
        all.incomplete.len(),
        all.told.len(),
        all.told.len() - unknown,
    );
    if unknown > 0 {
        bail!("{unknown} differences are not in xtask/conformance.txt");
    }
    if !never.is_empty() && !arguments.partial {
        bail!(
            "these constructs occurred never: {}; give more folders, or --partial",
            never.join(", ")
        );
    }
    Ok(())
}

/// What was found.
#[derive(Default)]
struct Tally {
    /// The files that both read, with the folder that they are from.
    compared: BTreeSet<(Root, String)>,
    properties: usize,
    /// Files that protoc refuses, and we too.
    refused: usize,
    /// Why protoc refused, how often.
    reasons: BTreeMap<String, usize>,
    /// Files that import what is under no root, with the first such import.
    incomplete: Vec<(String, String)>,
    told: Vec<String>,
    constructs: Constructs,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.compared.extend(other.compared);
        self.properties += other.properties;
        self.refused += other.refused;
        self.incomplete.extend(other.incomplete);
        self.told.extend(other.told);
        self.constructs.add_all(&other.constructs);
    }

    fn print(&self, folder: &Root, known: &Known) {
        println!(
            "{folder}: {} files compared, {} properties, {} refused by both, {} not asked, {} differences",
            self.compared.len(),
            self.properties,
            self.refused,
            self.incomplete.len(),
            self.told.len()
        );
        let missing: BTreeSet<&str> = self.incomplete.iter().map(|(_, m)| m.as_str()).collect();
        if !missing.is_empty() {
            let few: Vec<&str> = missing.iter().copied().take(5).collect();
            println!(
                "  under no root (-I): {} files, such as {}",
                missing.len(),
                few.join(", ")
            );
        }
        for (reason, times) in &self.reasons {
            println!("  protoc refused {times}: {reason}");
        }
        let mut of_reason: BTreeMap<&str, usize> = BTreeMap::new();
        for told in &self.told {
            match known.reason(told) {
                Some(reason) => *of_reason.entry(reason).or_default() += 1,
                None => println!("  {told}"),
            }
        }
        for (reason, times) in of_reason {
            println!("  {times} known: {reason}");
        }
    }
}

/// Compares the files of one import root.
fn compare(protoc: &Protoc, group: &Group, tally: &mut Tally) -> Result<()> {
    let own = std::iter::once(&protoc.own_root);
    let texts = Texts::new(group.roots.iter().chain(own).cloned().collect());
    let mut complete = Vec::new();
    for file in &group.files {
        match texts.missing_for(file) {
            None => complete.push(file.clone()),
            Some(import) => tally.incomplete.push((file.clone(), import)),
        }
    }
    for answer in protoc.ask(&group.roots, &complete)? {
        match answer {
            Answer::Set(bytes) => equal(&texts, group, &bytes, tally)?,
            Answer::Refused { file, why } => refused(&texts, &file, &why, tally),
        }
    }
    Ok(())
}

fn equal(texts: &Texts, group: &Group, bytes: &[u8], tally: &mut Tally) -> Result<()> {
    let set = descriptor::read(bytes).context("protoc's own descriptor set cannot be read")?;
    let mut source = Vec::new();
    for file in &set {
        let parsed = texts
            .parsed(&file.path)
            .with_context(|| format!("protoc read {}, which is under no root", file.path))?;
        source.push((file.path.clone(), parsed));
    }
    let paths: Vec<_> = set.iter().map(|file| file.path.clone()).collect();
    let described = linked(set.into_iter().map(|file| (file.path, file.parsed)));
    let source = linked(source.into_iter());
    for (schema, reading) in [(&source, "source"), (&described, "descriptor")] {
        for diagnostic in &schema.diagnostics {
            let path = &schema.file(diagnostic.file).path;
            if group.counts(path) && diagnostic.severity == Severity::Error {
                tally.told.push(format!(
                    "{path}: protoc accepts, the {reading} does not: {}",
                    diagnostic.message
                ));
            }
        }
    }
    for (id, path) in paths.iter().enumerate() {
        let key = (group.roots[0].clone(), path.to_string());
        if !group.counts(path) || !tally.compared.insert(key) {
            continue;
        }
        let found = differences(&source, &described, path, Depth { places: true })
            .with_context(|| format!("{path} was not linked"))?;
        tally.properties += found.properties;
        tally
            .told
            .extend(found.list.iter().map(ToString::to_string));
        count(&source, id as u32, &mut tally.constructs);
    }
    Ok(())
}

/// What protoc refuses, we must refuse too.
fn refused(texts: &Texts, file: &str, why: &str, tally: &mut Tally) {
    *tally.reasons.entry(kind_of(why)).or_default() += 1;
    let files = texts.closure(file);
    let schema = linked(
        files
            .into_iter()
            .map(|(path, parsed)| (path.into(), parsed)),
    );
    if schema.diagnostics.is_empty() {
        tally
            .told
            .push(format!("{file}: protoc refuses, we accept: {why}"));
    } else {
        tally.refused += 1;
    }
}

/// A complaint of protoc without the names in it.
fn kind_of(why: &str) -> String {
    let text = why.rsplit_once(": ").map_or(why, |(_, text)| text);
    let mut parts = text.split('"');
    let mut kind = parts.next().unwrap_or_default().to_owned();
    for (at, part) in parts.enumerate() {
        kind.push_str(if at % 2 == 0 { "\"…\"" } else { part });
    }
    kind
}

fn linked(files: impl Iterator<Item = (protoskew_schema::Name, Arc<ParsedFile>)>) -> Schema {
    let inputs = files.map(|(path, parsed)| Input {
        path,
        role: Role::Judged,
        parsed,
    });
    link(inputs.collect(), &[String::new()])
}
