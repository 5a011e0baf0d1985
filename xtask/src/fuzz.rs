//! `cargo xtask fuzz [TARGET]`: looks for bytes that break a promise, with our own protos as seeds.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::{child, oracles, workspace};

/// Parts files of one input, and the sides of a comparison; the same as in `fuzz/src/lib.rs`.
const FILE: &str = "\u{1e}";
const SIDE: &str = "\u{1d}";

/// The largest input that is tried, in bytes.
const LONGEST: u32 = 16 * 1024;

/// What `cargo xtask fuzz` takes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// One of the targets in `fuzz/fuzz_targets`; else all of them, one after the other.
    target: Option<String>,
    /// How long to look, in all.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    minutes: u64,
}

/// Writes the seeds, then runs each target for its share of the time.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    ensure!(
        child::succeeds(workspace::cargo().args(["fuzz", "--version"])),
        "cargo-fuzz is not installed: cargo install --locked cargo-fuzz"
    );
    let fuzz = workspace::root().join("fuzz");
    let all = targets(&fuzz)?;
    let chosen = match &arguments.target {
        Some(target) => vec![target.clone()],
        None => all.clone(),
    };
    let folder = workspace::target().join("fuzz");
    for target in &chosen {
        ensure!(
            all.contains(target),
            "no target {target}; there are {}",
            all.join(", ")
        );
        let seeds = folder.join("seeds").join(target);
        let written = write_seeds(target, &seeds)?;
        println!("xtask: {written} seeds in {}", seeds.display());
        let corpus = folder.join("corpus").join(target);
        fs::create_dir_all(&corpus)?;
        let seconds = arguments.minutes * 60 / chosen.len() as u64;
        let mut command = workspace::cargo();
        command
            // the stable compiler instruments too, where it is asked in this way
            .env("RUSTC_BOOTSTRAP", "1")
            // there is no `unsafe` for the address sanitizer to watch
            .args(["fuzz", "run", "--sanitizer", "none", "--fuzz-dir"])
            .arg(&fuzz)
            .arg("--target-dir")
            .arg(&folder)
            .arg(target)
            .args([&corpus, &seeds])
            .arg("--")
            .arg(format!("-dict={}", fuzz.join("protobuf.dict").display()))
            .args(["-timeout=5", "-rss_limit_mb=2048", "-print_final_stats=1"])
            .arg(format!("-max_len={LONGEST}"))
            .arg(format!("-max_total_time={seconds}"));
        child::run(&mut command)?;
    }
    Ok(())
}

/// The names of the targets, sorted.
fn targets(fuzz: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(fuzz.join("fuzz_targets")).context("no folder fuzz/fuzz_targets")? {
        let path = entry?.path();
        names.extend(
            path.file_stem()
                .map(|name| name.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    Ok(names)
}

/// Writes the seeds of a target, and says how many there are.
fn write_seeds(target: &str, folder: &Path) -> Result<usize> {
    let bytes = |texts: Vec<String>| texts.into_iter().map(String::into_bytes).collect();
    let seeds = match target {
        "lexer" | "parser" => bytes(texts()?),
        "compare" => bytes(pairs()?),
        "descriptor" => descriptor_sets()?,
        "imports" => bytes(paths()?),
        "wire" => messages()?,
        _ => bytes(sets()?),
    };
    ensure!(!seeds.is_empty(), "there are no seeds for {target}");
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    for (index, seed) in seeds.iter().enumerate() {
        fs::write(folder.join(index.to_string()), seed)?;
    }
    Ok(seeds.len())
}

/// Single files: the corpus of constructs, what protoc refuses and what it takes, and the rule pages' examples.
fn texts() -> Result<Vec<String>> {
    let mut texts: Vec<String> = corpus()?.into_iter().map(|(_, text)| text).collect();
    texts.extend(refused()?);
    texts.extend(examples()?.into_iter().flatten());
    Ok(texts)
}

/// Several files that import each other.
fn sets() -> Result<Vec<String>> {
    let files = corpus()?;
    let named = |(path, text): &(String, String)| format!("{path}\n{text}");
    let mut sets = vec![files.iter().map(named).collect::<Vec<_>>().join(FILE)];
    sets.extend(files.iter().map(named));
    sets.extend(refused()?.iter().map(|text| format!("a/b.proto\n{text}")));
    for blocks in examples()? {
        let blocks = blocks.iter().enumerate();
        let files: Vec<String> = blocks
            .map(|(i, text)| format!("{i}/a.proto\n{text}"))
            .collect();
        sets.push(files.join(FILE));
    }
    Ok(sets)
}

/// Two sides: each rule page's examples, in both directions.
fn pairs() -> Result<Vec<String>> {
    let mut pairs = Vec::new();
    for blocks in examples()? {
        for pair in blocks.windows(2) {
            let [a, b] = pair else { continue };
            pairs.push(format!("a.proto\n{a}{SIDE}a.proto\n{b}"));
            pairs.push(format!("a.proto\n{b}{SIDE}a.proto\n{a}"));
        }
    }
    Ok(pairs)
}

/// Descriptor sets: a small one, and those that protoc makes of the corpus, where it is installed.
fn descriptor_sets() -> Result<Vec<Vec<u8>>> {
    let mut sets = vec![b"\n\x16\n\x07a.proto\x22\x03\n\x01Ab\x06proto3".to_vec()];
    let Some(python) = oracles::installed_protoc(&workspace::target()) else {
        println!("xtask: one seed only, for protoc is not there; `cargo xtask test` brings it");
        return Ok(sets);
    };
    let scratch = tempfile::tempdir()?;
    let made = scratch.path().join("set");
    let folder = workspace::root().join("crates/protoskew-schema/tests/corpus");
    for (name, _) in corpus()? {
        for places in ["--include_source_info", "--include_imports"] {
            let mut protoc = Command::new(&python);
            protoc.args(["-m", "grpc_tools.protoc", "-I.", places, &name]);
            protoc.arg(format!("--descriptor_set_out={}", made.display()));
            if child::succeeds(protoc.current_dir(&folder)) {
                sets.push(fs::read(&made)?);
            }
        }
    }
    ensure!(sets.len() > 1, "protoc takes nothing of the corpus");
    Ok(sets)
}

/// Messages: those that the protobuf implementations were asked about.
fn messages() -> Result<Vec<Vec<u8>>> {
    let path = workspace::root().join("crates/protoskew-wire/tests/runtimes/seen.txt");
    let text = fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let digits = text
        .lines()
        .filter_map(|line| Some(line.rsplit_once(' ')?.1));
    let bytes = |digits: &str| -> Option<Vec<u8>> {
        (0..digits.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok())
            .collect()
    };
    let mut messages: Vec<Vec<u8>> = digits.filter_map(bytes).collect();
    messages.sort();
    messages.dedup();
    Ok(messages)
}

/// Importing files, imports, roots and paths.
fn paths() -> Result<Vec<String>> {
    Ok([
        "p/agent.proto\noci.proto\nother/oci.proto\np/agent.proto\np/oci.proto",
        "api/v1/a.proto\n./v1/b.proto\n=api\napi/v1/a.proto\napi/v1/b.proto",
        "z/agent.proto\nexample.org/x/pkg/types/types.proto\na/types/types.proto\nvendor/pkg/types/types.proto",
        "java/b.proto\np/a.proto\n=src/\ncompat/v3/src/p/a.proto\njava/b.proto\nsrc/p/a.proto",
    ]
    .map(str::to_owned)
    .to_vec())
}

/// The schema's corpus: paths and texts.
fn corpus() -> Result<Vec<(String, String)>> {
    let folder = workspace::root().join("crates/protoskew-schema/tests/corpus");
    let mut files = Vec::new();
    for path in sorted(&folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // the bytes that are no text are found by mutation soon enough
        let text = String::from_utf8_lossy(&fs::read(&path)?).into_owned();
        files.push((name.into_owned(), text));
    }
    Ok(files)
}

/// The statements of the tables that say what protoc refuses, each as a file.
fn refused() -> Result<Vec<String>> {
    let mut tables = String::new();
    for table in sorted(&workspace::root().join("crates/protoskew-schema/tests/refused"))? {
        tables += &fs::read_to_string(&table).with_context(|| table.display().to_string())?;
    }
    let statements = tables
        .lines()
        .filter_map(|line| line.strip_prefix("- ").or_else(|| line.strip_prefix("+ ")));
    let dialects = [
        "syntax = \"proto2\"",
        "syntax = \"proto3\"",
        "edition = \"2024\"",
    ];
    Ok(statements
        .zip(dialects.iter().cycle())
        .map(|(statement, dialect)| format!("{dialect}; package p; {statement}"))
        .collect())
}

/// The protos of each rule page, in the order of the page.
fn examples() -> Result<Vec<Vec<String>>> {
    let mut pages = Vec::new();
    for folder in sorted(&workspace::root().join("crates/protoskew/src/rules"))? {
        let page = folder.join("README.md");
        if !page.is_file() {
            continue;
        }
        let text = fs::read_to_string(&page)?;
        let blocks = text.split("```proto").skip(1).filter_map(|block| {
            let (_, body) = block.split_once('\n')?;
            Some(body.split_once("```")?.0.to_owned())
        });
        pages.push(blocks.collect());
    }
    Ok(pages)
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let mut paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, SIDE, pairs, sets, targets, texts};
    use crate::workspace;

    #[test]
    fn the_seeds_are_our_own_protos_and_short_enough_to_be_tried() {
        let (texts, sets, pairs) = (texts().unwrap(), sets().unwrap(), pairs().unwrap());
        assert!(
            texts
                .iter()
                .any(|text| text.contains("syntax = \"proto3\""))
        );
        assert!(texts.len() > 100 && sets.len() > 100 && pairs.len() > 50);
        assert!(pairs.iter().all(|pair| pair.matches(SIDE).count() == 1));
        let longest = texts
            .iter()
            .chain(&sets)
            .chain(&pairs)
            .map(String::len)
            .max();
        assert!(longest.unwrap() < LONGEST as usize * 2);
    }

    #[test]
    fn the_targets_are_found() {
        let targets = targets(&workspace::root().join("fuzz")).unwrap();
        for expected in [
            "compare",
            "descriptor",
            "imports",
            "lexer",
            "parser",
            "resolver",
            "wire",
        ] {
            assert!(targets.contains(&expected.to_owned()), "{targets:?}");
        }
    }
}
