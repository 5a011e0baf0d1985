//! Reads protos and takes the time: processor time of one thread, which other work on the machine does not lengthen much.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use nix::time::{ClockId, clock_gettime};
use protoskew_schema::{Input, Role, Schema, link, parse};
use rayon::prelude::*;

use crate::child;

/// One file's text.
pub(crate) type Text = Arc<[u8]>;

/// Files that were read, and how long that took.
pub(crate) struct Share {
    /// How many.
    pub(crate) files: usize,
    /// Their length.
    pub(crate) bytes: u64,
    /// Processor time.
    pub(crate) time: Duration,
}

/// Bytes of memory, of which the text is a part.
pub(crate) struct Held {
    /// The text alone, by its length.
    pub(crate) text: u64,
    /// With all syntax trees.
    pub(crate) with_syntax: u64,
    /// With the schema that is linked from them, too.
    pub(crate) with_schema: u64,
}

/// Every `.proto` below a folder, sorted.
pub(crate) fn paths(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).with_context(|| next.display().to_string())? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|ending| ending == "proto") {
                found.push(path);
            }
        }
    }
    ensure!(!found.is_empty(), "no .proto below {}", folder.display());
    found.sort();
    Ok(found)
}

/// The text of every `.proto` below a folder.
pub(crate) fn texts(folder: &Path) -> Result<Vec<Text>> {
    let paths = paths(folder)?;
    let texts = paths.iter().map(|path| Ok(fs::read(path)?.into()));
    let texts = texts.collect::<Result<Vec<Text>>>()?;
    ensure!(bytes(&texts) > 0, "every .proto there is empty");
    Ok(texts)
}

/// How many bytes the texts have together.
pub(crate) fn bytes(texts: &[Text]) -> u64 {
    texts.iter().map(|text| text.len() as u64).sum()
}

/// Our own lexing and parsing, each file given back before the next is read: the median of several passes.
pub(crate) fn ours(texts: &[Text], runs: u32) -> Duration {
    median(runs, || {
        for text in texts {
            std::hint::black_box(parse(Arc::clone(text)));
        }
    })
}

/// protox's, of the files that it reads.
pub(crate) fn protox(texts: &[Text], runs: u32) -> Share {
    let readable: Vec<&str> = texts
        .iter()
        .filter_map(|text| std::str::from_utf8(text).ok())
        .filter(|text| protox_parse::parse("a.proto", text).is_ok())
        .collect();
    let time = median(runs, || {
        for text in &readable {
            let _ = std::hint::black_box(protox_parse::parse("a.proto", text));
        }
    });
    Share {
        files: readable.len(),
        bytes: readable.iter().map(|text| text.len() as u64).sum(),
        time,
    }
}

/// Every `.proto` blob that any commit of a repository holds, once each, in pieces that fit into memory.
pub(crate) fn history(repository: &Path) -> Result<Share> {
    let listed = child::git(repository)
        // a partial clone tells what it has
        .args(["rev-list", "--objects", "--all", "--missing=allow-any"])
        .output()?;
    ensure!(
        listed.status.success(),
        "git rev-list: {}",
        child::complaint(&listed.stderr).unwrap_or_default()
    );
    let listed = String::from_utf8_lossy(&listed.stdout);
    let mut blobs: Vec<&str> = listed
        .lines()
        .filter(|line| line.ends_with(".proto"))
        .filter_map(|line| line.split(' ').next())
        .collect();
    blobs.sort_unstable();
    blobs.dedup();
    ensure!(
        !blobs.is_empty(),
        "{} holds no .proto",
        repository.display()
    );
    let mut git = child::git(repository)
        .args(["cat-file", "--batch", "--buffer"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let (stdin, stdout) = (git.stdin.take(), git.stdout.take());
    let (mut stdin, stdout) = stdin.zip(stdout).context("git has no pipes")?;
    let wanted = blobs.join("\n") + "\n";
    let asking = std::thread::spawn(move || stdin.write_all(wanted.as_bytes()));
    let mut stdout = BufReader::new(stdout);
    let mut share = Share {
        files: 0,
        bytes: 0,
        time: Duration::ZERO,
    };
    let mut piece: Vec<Text> = Vec::new();
    for index in 0..blobs.len() {
        let mut header = String::new();
        stdout.read_line(&mut header)?;
        let mut words = header.split_whitespace().skip(1);
        let (kind, size) = (words.next(), words.next());
        let size: usize = size.context("git gives no size")?.parse()?;
        let mut text = vec![0; size + 1];
        stdout.read_exact(&mut text)?;
        text.pop();
        if kind == Some("blob") {
            piece.push(text.into());
        }
        if bytes(&piece) >= 64_000_000 || index + 1 == blobs.len() {
            share.files += piece.len();
            share.bytes += bytes(&piece);
            share.time += median(1, || {
                for text in &piece {
                    std::hint::black_box(parse(Arc::clone(text)));
                }
            });
            piece.clear();
        }
    }
    ensure!(
        git.wait()?.success() && asking.join().is_ok(),
        "git cat-file failed"
    );
    Ok(share)
}

/// Reads, parses and links a folder from disk on all cores, as a compiler would.
pub(crate) fn compile(folder: &Path) -> Result<Schema> {
    let paths = paths(folder)?;
    let inputs = paths.par_iter().map(|path| input(folder, path));
    Ok(link(inputs.collect::<Result<Vec<_>>>()?, &[]))
}

fn input(folder: &Path, path: &Path) -> Result<Input> {
    let text = fs::read(path).with_context(|| path.display().to_string())?;
    Ok(Input {
        path: path.strip_prefix(folder)?.to_string_lossy().into(),
        role: Role::Judged,
        parsed: Arc::new(parse(text.into())),
    })
}

/// Holds all syntax trees of a folder, then its schema, and looks how far the process has grown.
pub(crate) fn held(folder: &Path) -> Result<Held> {
    let paths = paths(folder)?;
    let before = resident()?;
    let inputs = paths.iter().map(|path| input(folder, path));
    let inputs = inputs.collect::<Result<Vec<_>>>()?;
    let with_syntax = resident()?.saturating_sub(before);
    let text = inputs.iter().map(|input| input.parsed.text().len() as u64);
    let text: u64 = text.sum();
    ensure!(text > 0, "every .proto there is empty");
    let schema = link(inputs.clone(), &[]);
    let with_schema = resident()?.saturating_sub(before);
    ensure!(!schema.files.is_empty(), "nothing was linked");
    drop(inputs);
    Ok(Held {
        text,
        with_syntax,
        with_schema,
    })
}

/// How many bytes of this process are in memory.
fn resident() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")
        .context("how much memory a process holds can be asked on Linux only")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = line.and_then(|line| line.split_whitespace().next());
    Ok(kibibytes.context("no VmRSS")?.parse::<u64>()? * 1024)
}

fn median(runs: u32, mut work: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = processor_time();
            work();
            processor_time().saturating_sub(start)
        })
        .collect();
    times.sort_unstable();
    times[times.len() / 2]
}

/// What this thread has had of the processor.
fn processor_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).map_or(Duration::ZERO, Into::into)
}

#[cfg(test)]
mod tests {
    use super::{compile, texts};

    #[test]
    fn a_folder_without_protos_is_no_corpus() {
        let folder = tempfile::tempdir().unwrap();
        assert!(texts(folder.path()).is_err());
        std::fs::write(folder.path().join("a.proto"), "").unwrap();
        assert!(texts(folder.path()).is_err());
        std::fs::write(folder.path().join("a.proto"), "message A {}").unwrap();
        assert_eq!(texts(folder.path()).unwrap().len(), 1);
        assert_eq!(compile(folder.path()).unwrap().messages[0].name, "A");
    }
}
