//! `cargo xtask bench REPO`: time and memory of protoskew, buf and git on one repository, side by side in one run.

pub(crate) mod measure;
pub(crate) mod parse;
pub(crate) mod reading;
mod table;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::scratch::Scratch;
use crate::{child, oracles, workspace};
use measure::Step;
use table::Row;

/// What `cargo xtask bench` takes.
#[derive(clap::Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    part: Option<Part>,
    /// A checkout of the repository.
    #[arg(required = true)]
    repo: Option<PathBuf>,
    /// What to check against; else the newest tag reachable from HEAD.
    #[arg(long)]
    against: Option<String>,
    /// How many runs to take the median of, after one to warm up.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// The folder in the repository that buf reads; it wants an import root, where protoskew finds it.
    #[arg(long, default_value = "")]
    buf_root: String,
    /// Measure this program instead of building one.
    #[arg(long)]
    binary: Option<PathBuf>,
}

/// A part of the work, measured alone.
#[derive(clap::Subcommand)]
enum Part {
    /// Prints how fast protos are read, beside protox, protoc and buf.
    Parse(parse::Arguments),
}

/// Measures and prints the table.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    if let Some(Part::Parse(arguments)) = &arguments.part {
        return parse::run(arguments);
    }
    let repo = std::path::absolute(arguments.repo.as_deref().context("no repository")?)?;
    ensure!(
        repo.join(".git").exists(),
        "{} is no checkout of a git repository",
        repo.display()
    );
    let against = match &arguments.against {
        Some(against) => against.clone(),
        None => child::capture(child::git(&repo).args(["describe", "--tags", "--abbrev=0"]))
            .context("no tag to check against; name a revision with --against")?,
    };
    let protoskew = match &arguments.binary {
        Some(binary) => std::path::absolute(binary)?,
        None => workspace::release_binary()?,
    };
    let scratch = tempfile::tempdir()?;
    let old = Scratch::of(&repo)?;
    old.check_out(&against)?;

    let subjects = [
        vec![git_subject(&repo, scratch.path())],
        protoskew_subjects(&protoskew, &repo, &against),
        buf_subjects(&repo, &against, &old.path(), &arguments.buf_root),
    ];
    let mut rows = Vec::new();
    for subject in subjects.into_iter().flatten() {
        eprintln!("xtask: measuring {}", subject.name);
        let figures = subject
            .steps
            .and_then(|steps| measure::median(&steps, arguments.runs, scratch.path()));
        rows.push(Row {
            name: subject.name,
            figures: figures.map_err(|error| format!("{error:#}")),
        });
    }
    println!(
        "{} at {}, against {against}: median of {} after a warm-up",
        repo.file_name().unwrap_or_default().to_string_lossy(),
        child::capture(child::git(&repo).args(["rev-parse", "--short", "HEAD"]))?,
        arguments.runs
    );
    println!("{}", table::render(&rows));
    ensure!(
        rows.iter().any(|row| row.figures.is_ok()),
        "nothing could be measured"
    );
    Ok(())
}

/// Something to measure: a program, or several one after the other.
struct Subject {
    name: String,
    steps: Result<Vec<Step>>,
}

fn protoskew_subjects(protoskew: &Path, repo: &Path, against: &str) -> Vec<Subject> {
    [
        // the whole history read as git reads it, and what a second run takes, which knows it from the warm-up
        (vec!["check", "--no-cache"], ""),
        (vec!["check"], " (again)"),
        (vec!["check", "--against", against], ""),
        (vec!["matrix"], ""),
    ]
    .into_iter()
    .map(|(words, note)| Subject {
        name: format!("protoskew {}{note}", words.join(" ")),
        // 1: there are findings
        steps: Ok(vec![Step::new(protoskew, &words, repo, &[0, 1])]),
    })
    .collect()
}

fn buf_subjects(repo: &Path, against: &str, old: &Path, root: &str) -> Vec<Subject> {
    let is_tag = child::succeeds(child::git(repo).args([
        "rev-parse",
        "--verify",
        &format!("refs/tags/{against}"),
    ]));
    let kind = if is_tag { "tag" } else { "ref" };
    let (subdir, input) = if root.is_empty() {
        (String::new(), ".")
    } else {
        (format!(",subdir={root}"), root)
    };
    let old_folder = old.join(root);
    [
        ("git input", format!(".git#{kind}={against}{subdir}")),
        ("two folders", old_folder.to_string_lossy().into_owned()),
    ]
    .into_iter()
    .map(|(name, base)| Subject {
        name: format!("buf breaking ({name})"),
        steps: oracles::installed_buf(&workspace::target())
            .context("not installed; `cargo xtask test` brings it")
            // 100: there are findings
            .and_then(|buf| {
                let words = ["breaking", input, "--against", &base];
                reads(&buf, &words, repo)?;
                Ok(vec![Step::new(&buf, &words, repo, &[0, 100])])
            }),
    })
    .collect()
}

/// Fails where buf only says that it cannot compile the files: that is over sooner than any comparison.
fn reads(buf: &Path, words: &[&str], repo: &Path) -> Result<()> {
    let answer = std::process::Command::new(buf)
        .args(words)
        .args(["--error-format", "json"])
        .current_dir(repo)
        .output()?;
    let said = String::from_utf8_lossy(&answer.stdout);
    let errors = said
        .lines()
        .filter(|line| line.contains("\"type\":\"COMPILE\""))
        .count();
    ensure!(
        errors == 0,
        "buf cannot compile the files ({errors} errors): name its import root with --buf-root"
    );
    Ok(())
}

/// What git itself takes to list every change of a `.proto` file and to read each version of it once.
fn git_subject(repo: &Path, scratch: &Path) -> Subject {
    let log = scratch.join("log");
    let blobs = scratch.join("blobs");
    let mut list = Step::new(
        Path::new("git"),
        &[
            "log",
            "-m",
            "--raw",
            "--no-abbrev",
            "--format=",
            "--",
            "*.proto",
        ],
        repo,
        &[0],
    );
    list.stdout = Some(log.clone());
    let mut read = Step::new(Path::new("git"), &["cat-file", "--batch"], repo, &[0]);
    read.stdin = Some(blobs.clone());
    let steps = || {
        // which blobs to read is not part of the measure, so it is found out before
        measure::once(&list, scratch)?;
        fs::write(&blobs, blobs_of(&fs::read_to_string(&log)?))?;
        Ok(vec![list, read])
    };
    Subject {
        name: "git log --raw + git cat-file --batch".to_owned(),
        steps: steps(),
    }
}

/// Every new blob of `git log --raw`, once each: `:100644 100644 OLD NEW M<tab>path`.
fn blobs_of(log: &str) -> String {
    let mut blobs: Vec<&str> = log
        .lines()
        .filter_map(|line| line.strip_prefix(':')?.split(' ').nth(3))
        .filter(|id| id.bytes().any(|digit| digit != b'0'))
        .collect();
    blobs.sort_unstable();
    blobs.dedup();
    blobs.iter().map(|blob| format!("{blob}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::blobs_of;

    #[test]
    fn each_new_blob_is_read_once_and_deletions_are_left_out() {
        let log = "\
:100644 100644 aaaa bbbb M\tx.proto
:000000 100644 0000 aaaa A\tx.proto
:100644 000000 bbbb 0000 D\ty z.proto

:000000 100644 0000 aaaa A\tw.proto
";
        assert_eq!(blobs_of(log), "aaaa\nbbbb\n");
    }
}
