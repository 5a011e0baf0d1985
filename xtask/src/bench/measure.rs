//! Measures one command: its wall time, and the largest memory of it and of what it starts.
//!
//! The operating system tells the peak of *all* children that a process has waited for. So each run gets a process of
//! its own (`cargo xtask measure`), which waits for that one command; this needs no `unsafe` and misses nothing
//! that ends between two looks. What the measuring process itself holds, about 4 MB, is the least that it can tell.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use serde::{Deserialize, Serialize};

use crate::child;

/// What `cargo xtask measure` takes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Where the figures go.
    #[arg(long)]
    figures: PathBuf,
    /// The command.
    #[arg(last = true, required = true)]
    command: Vec<OsString>,
}

/// A command, and where its input and output go.
pub(crate) struct Step {
    program: PathBuf,
    words: Vec<String>,
    folder: PathBuf,
    exits: Vec<i32>,
    /// Else nothing.
    pub(crate) stdin: Option<PathBuf>,
    /// Else nowhere.
    pub(crate) stdout: Option<PathBuf>,
}

impl Step {
    /// A command in a folder, and the exit codes with which it has done its work.
    pub(crate) fn new(program: &Path, words: &[&str], folder: &Path, exits: &[i32]) -> Self {
        Self {
            program: program.to_owned(),
            words: words.iter().map(|&word| word.to_owned()).collect(),
            folder: folder.to_owned(),
            exits: exits.to_owned(),
            stdin: None,
            stdout: None,
        }
    }
}

/// What a run took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Figures {
    /// From start to end.
    pub(crate) wall: Duration,
    /// The peak, in bytes.
    pub(crate) memory: u64,
}

/// What the measuring process writes down.
#[derive(Serialize, Deserialize)]
struct Note {
    nanoseconds: u64,
    bytes: u64,
    exit: Option<i32>,
}

/// The median time and the largest memory of several runs of the steps, after one run that is not counted.
pub(crate) fn median(steps: &[Step], runs: u32, scratch: &Path) -> Result<Figures> {
    let all = || -> Result<Figures> {
        let mut sum = Figures {
            wall: Duration::ZERO,
            memory: 0,
        };
        for step in steps {
            let step = once(step, scratch)?;
            sum.wall += step.wall;
            sum.memory = sum.memory.max(step.memory);
        }
        Ok(sum)
    };
    all()?;
    let runs = (0..runs).map(|_| all()).collect::<Result<Vec<_>>>()?;
    Ok(Figures {
        wall: middle(runs.iter().map(|run| run.wall).collect()),
        memory: runs.iter().map(|run| run.memory).max().unwrap_or_default(),
    })
}

fn middle(mut walls: Vec<Duration>) -> Duration {
    walls.sort_unstable();
    let half = walls.len() / 2;
    match walls.len() {
        0 => Duration::ZERO,
        odd if odd % 2 == 1 => walls[half],
        _ => (walls[half - 1] + walls[half]) / 2,
    }
}

/// Runs one step in a measuring process.
pub(crate) fn once(step: &Step, scratch: &Path) -> Result<Figures> {
    let figures = scratch.join("figures");
    let errors = scratch.join("errors");
    let mut command = Command::new(env::current_exe()?);
    child::isolate(&mut command);
    command
        .arg("measure")
        .arg("--figures")
        .arg(&figures)
        .arg("--")
        .arg(&step.program)
        .args(&step.words)
        .current_dir(&step.folder)
        .stdin(match &step.stdin {
            Some(path) => File::open(path)?.into(),
            None => Stdio::null(),
        })
        .stdout(match &step.stdout {
            Some(path) => File::create(path)?.into(),
            None => Stdio::null(),
        })
        .stderr(File::create(&errors)?);
    let status = command.status()?;
    let complaint = || child::complaint(&fs::read(&errors).unwrap_or_default()).unwrap_or_default();
    ensure!(status.success(), "{}", complaint());
    let note: Note = serde_json::from_slice(&fs::read(&figures)?)?;
    ensure!(
        note.exit.is_some_and(|exit| step.exits.contains(&exit)),
        "{} {}: {}",
        step.program.file_name().unwrap_or_default().display(),
        note.exit
            .map_or("was killed".to_owned(), |exit| format!("exits with {exit}")),
        complaint()
    );
    Ok(Figures {
        wall: Duration::from_nanos(note.nanoseconds),
        memory: note.bytes,
    })
}

/// Runs the command and writes down what it took.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let (program, words) = arguments
        .command
        .split_first()
        .context("no command to measure")?;
    let start = Instant::now();
    let status = Command::new(program)
        .args(words)
        .status()
        .with_context(|| format!("{} could not be started", program.display()))?;
    let wall = start.elapsed();
    let peak = getrusage(UsageWho::RUSAGE_CHILDREN)?.max_rss();
    // Linux counts in kibibytes, macOS in bytes
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let note = Note {
        nanoseconds: u64::try_from(wall.as_nanos())?,
        bytes: u64::try_from(peak)? * unit,
        exit: status.code(),
    };
    fs::write(&arguments.figures, serde_json::to_vec(&note)?)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::middle;

    #[test]
    fn the_median_is_in_the_middle() {
        let seconds =
            |walls: &[u64]| middle(walls.iter().copied().map(Duration::from_secs).collect());
        assert_eq!(seconds(&[9, 1, 2]), Duration::from_secs(2));
        assert_eq!(seconds(&[9, 1, 2, 4]), Duration::from_secs(3));
        assert_eq!(seconds(&[]), Duration::ZERO);
    }
}
