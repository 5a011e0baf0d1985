//! `cargo xtask bench parse DIR…`: how fast protos are read, beside protox's parser, protoc and buf, in one run.

use std::env;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};

use super::measure::{self, Figures, Step};
use super::reading::{self, Text};
use super::table::{self, Row};
use crate::{child, oracles, workspace};

/// What `cargo xtask bench parse` takes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Folders of protos; each is an import root of its own for protoc and buf.
    #[arg(required = true)]
    folders: Vec<PathBuf>,
    /// Reads every `.proto` that this repository ever held, too.
    #[arg(long, value_name = "REPO")]
    history: Option<PathBuf>,
    /// How many runs to take the median of, after one to warm up.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Measures our own reading only.
    #[arg(long)]
    alone: bool,
}

/// Measures and prints; starts itself optimised where it is not.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    if cfg!(debug_assertions) {
        let mut optimised = workspace::cargo();
        optimised
            .args(["run", "--quiet", "--release", "--package", "xtask", "--"])
            .args(env::args_os().skip(1))
            .current_dir(env::current_dir()?);
        return child::run(&mut optimised);
    }
    let scratch = tempfile::tempdir()?;
    for folder in &arguments.folders {
        let folder = folder
            .canonicalize()
            .with_context(|| folder.display().to_string())?;
        let texts = reading::texts(&folder)?;
        let bytes = reading::bytes(&texts);
        println!(
            "{}: {} files, {:.1} MB; medians of {}",
            folder.display(),
            texts.len(),
            bytes as f64 / 1e6,
            arguments.runs
        );
        throughput(&texts, arguments.runs, arguments.alone);
        drop(texts);
        held(&folder)?;
        if !arguments.alone {
            let rows = compiles(&folder, arguments.runs, scratch.path())?;
            println!("{}", table::render(&rows));
        }
    }
    if let Some(repository) = &arguments.history {
        let whole = reading::history(repository)?;
        println!(
            "{}: {} distinct historic files, {:.1} MB, read in {:.2} s of one core: {:.0} MB/s",
            repository.display(),
            whole.files,
            whole.bytes as f64 / 1e6,
            whole.time.as_secs_f64(),
            rate(whole.bytes, whole.time)
        );
    }
    Ok(())
}

/// Lexing and parsing on one core, of texts in memory.
fn throughput(texts: &[Text], runs: u32, alone: bool) {
    let ours = reading::ours(texts, runs);
    println!(
        "  protoskew  {:7.0} MB/s ({:.1} ms of one core)",
        rate(reading::bytes(texts), ours),
        ours.as_secs_f64() * 1e3
    );
    if alone {
        return;
    }
    let protox = reading::protox(texts, runs);
    if protox.bytes == 0 {
        println!("  protox     reads none of them");
        return;
    }
    println!(
        "  protox     {:7.0} MB/s ({:.1} ms, {} files; {} it does not read): protoskew is {:.1} times as fast",
        rate(protox.bytes, protox.time),
        protox.time.as_secs_f64() * 1e3,
        protox.files,
        texts.len() - protox.files,
        rate(reading::bytes(texts), ours) / rate(protox.bytes, protox.time)
    );
}

/// How much memory the syntax takes, and the schema linked from it, by byte of text.
fn held(folder: &Path) -> Result<()> {
    let mut command = std::process::Command::new(env::current_exe()?);
    let printed = child::capture(command.arg("held").arg(folder))?;
    println!("{printed}");
    Ok(())
}

/// What the hidden task `held` prints, in a process of its own, whose memory nothing else has touched.
pub(crate) fn print_held(folder: &Path) -> Result<()> {
    let held = reading::held(folder)?;
    let by_byte = |bytes: u64| bytes as f64 / held.text as f64;
    println!(
        "  memory by byte of text, the text included: {:.2} with the syntax of all files, {:.2} with the schema too ({:.1} MB, {:.1} MB)",
        by_byte(held.with_syntax),
        by_byte(held.with_schema),
        held.with_syntax as f64 / 1e6,
        held.with_schema as f64 / 1e6
    );
    Ok(())
}

/// The whole compile of a folder from disk, side by side.
fn compiles(folder: &Path, runs: u32, scratch: &Path) -> Result<Vec<Row>> {
    let us = env::current_exe()?;
    let words = ["compile", &folder.to_string_lossy()];
    let mut rows = vec![row(
        "protoskew (read, parse, link)",
        Ok(Step::new(&us, &words, folder, &[0])),
        runs,
        scratch,
    )];
    rows.push(row("protoc", protoc(folder, scratch), runs, scratch));
    let buf = oracles::installed_buf(&workspace::target()).context("not installed");
    let buf = buf.map(|buf| {
        let words = ["build", ".", "-o", "/dev/null"];
        Step::new(&buf, &words, folder, &[0])
    });
    rows.push(row("buf build", buf, runs, scratch));
    Ok(rows)
}

fn protoc(folder: &Path, scratch: &Path) -> Result<Step> {
    let python = oracles::installed_protoc(&workspace::target()).context("not installed")?;
    let list = scratch.join("files");
    let mut paths = String::new();
    for path in reading::paths(folder)? {
        let path = path.strip_prefix(folder)?;
        paths += &format!("{}\n", path.display());
    }
    std::fs::write(&list, paths)?;
    let descriptors = format!("--descriptor_set_out={}", scratch.join("set").display());
    let list = format!("@{}", list.display());
    let words = ["-m", "grpc_tools.protoc", "-I.", &descriptors, &list];
    Ok(Step::new(&python, &words, folder, &[0]))
}

fn row(name: &str, step: Result<Step>, runs: u32, scratch: &Path) -> Row {
    eprintln!("xtask: measuring {name}");
    let figures: Result<Figures> = step.and_then(|step| measure::median(&[step], runs, scratch));
    Row {
        name: name.to_owned(),
        figures: figures.map_err(|error| format!("{error:#}")),
    }
}

fn rate(bytes: u64, time: Duration) -> f64 {
    bytes as f64 / 1e6 / time.as_secs_f64()
}
