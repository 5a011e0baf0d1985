//! `cargo xtask wild DIR`: proves the facts in `wild/` again, on clones of the repositories that they are about.

mod answer;
mod facts;
mod lives;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::scratch::Scratch;
use crate::{child, workspace};
use answer::{Cells, Finding};
use facts::{Check, Matrix, Repository};

/// What `cargo xtask wild` takes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The folder of the clones: `DIR/owner/name` or `DIR/name`, bare or not.
    dir: PathBuf,
    /// Skip repositories that are not there, and say so.
    #[arg(long)]
    allow_missing: bool,
    /// Prove only facts whose line holds this text (a repository, a commit, a rule, an element).
    #[arg(long, default_value = "")]
    only: String,
    /// Ask this program instead of building one.
    #[arg(long)]
    binary: Option<PathBuf>,
    /// Take the facts from this folder instead of `wild/`.
    #[arg(long)]
    facts: Option<PathBuf>,
}

/// Proves every fact and prints a line for each.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let facts = match &arguments.facts {
        Some(folder) => folder.clone(),
        None => workspace::root().join("wild"),
    };
    let repositories = facts::load(&facts)?;
    let binary = match &arguments.binary {
        Some(binary) => std::path::absolute(binary)?,
        None => workspace::release_binary()?,
    };
    let mut tally = Tally::default();
    for repository in &repositories {
        if let Some(clone) = find_clone(&arguments.dir, &repository.name) {
            let scratch = Scratch::of(&clone)?;
            let mut prover = Prover {
                repository,
                scratch: &scratch,
                binary: &binary,
                only: &arguments.only,
                tally: &mut tally,
            };
            prover.prove_all();
        } else {
            println!(
                "skip  {}: no clone in {}, {} facts not proved",
                repository.name,
                arguments.dir.display(),
                repository.count()
            );
            tally.missing.push(repository.name.clone());
        }
    }
    tally.judge(arguments.allow_missing)
}

fn find_clone(folder: &Path, name: &str) -> Option<PathBuf> {
    let short = name.rsplit('/').next().unwrap_or(name);
    [name, short]
        .into_iter()
        .flat_map(|name| [folder.join(name), folder.join(format!("{name}.git"))])
        .find(|path| {
            path.is_dir()
                && child::capture(child::git(path).args(["rev-parse", "--git-dir"]))
                    // `.`: bare; `.git` or a path: a worktree's top; anything above it would be another repository
                    .is_ok_and(|git_dir| path.join(git_dir).exists())
                && (path.join(".git").exists() || path.join("HEAD").exists())
        })
}

#[derive(Default)]
struct Tally {
    proved: usize,
    failed: usize,
    missing: Vec<String>,
}

impl Tally {
    fn judge(&self, allow_missing: bool) -> Result<()> {
        println!(
            "{} facts proved, {} failed, {} repositories skipped",
            self.proved,
            self.failed,
            self.missing.len()
        );
        if self.failed > 0 {
            bail!("{} facts are not true", self.failed);
        }
        if !self.missing.is_empty() && !allow_missing {
            bail!(
                "no clone of {} (--allow-missing skips them)",
                self.missing.join(", ")
            );
        }
        if self.proved == 0 {
            bail!("not one fact was proved");
        }
        Ok(())
    }
}

struct Prover<'a> {
    repository: &'a Repository,
    scratch: &'a Scratch,
    binary: &'a Path,
    only: &'a str,
    tally: &'a mut Tally,
}

impl Prover<'_> {
    fn prove_all(&mut self) {
        let repository = self.repository;
        for check in &repository.checks {
            self.prove_check(check);
        }
        for matrix in &repository.matrices {
            self.prove_matrix(matrix);
        }
        for life in &repository.lives {
            let line = format!("{} {}", repository.name, life.line());
            if line.contains(self.only) {
                let printed = self.planned(&life.at, &life.config, &life.plan);
                let proof = printed.map_err(|error| format!("{error:#}"));
                let proof = proof.and_then(|printed| life.prove(&printed));
                self.say(&line, &life.why, proof);
            }
        }
        for named in &repository.named {
            let line = format!("{} {}", repository.name, named.line());
            if line.contains(self.only) {
                let holds = |commit| self.holds(commit, &named.word, &named.under);
                let both = holds(&named.before).and_then(|before| Ok((before, holds(&named.at)?)));
                let both = both.map_err(|error| format!("{error:#}"));
                let proof = both.and_then(|(before, at)| named.prove(before, at));
                self.say(&line, &named.why, proof);
            }
        }
    }

    fn prove_check(&mut self, check: &Check) {
        let wanted: Vec<_> = check
            .expectations()
            .map(|expectation| {
                let line = format!(
                    "{} {}..{} {expectation}",
                    self.repository.name,
                    &check.old[..9],
                    &check.new[..9]
                );
                (expectation, line)
            })
            .filter(|(_, line)| line.contains(self.only))
            .collect();
        if wanted.is_empty() {
            return;
        }
        let findings = self.findings(check);
        for (expectation, line) in wanted {
            let proof = match &findings {
                Ok(findings) => expectation.prove(findings),
                Err(error) => Err(format!("{error:#}")),
            };
            self.say(&line, &check.why, proof);
        }
    }

    fn prove_matrix(&mut self, matrix: &Matrix) {
        let wanted: Vec<_> = matrix
            .servers
            .iter()
            .map(|row| {
                let line = format!(
                    "{} {} server {} meets clients {}: {}",
                    self.repository.name,
                    &matrix.at[..9],
                    row.release,
                    matrix.clients.join(" "),
                    row.meets
                );
                (row, line)
            })
            .filter(|(_, line)| line.contains(self.only))
            .collect();
        if wanted.is_empty() {
            return;
        }
        let cells = self.cells(matrix);
        for (row, line) in wanted {
            let proof = match &cells {
                Ok(cells) => row.prove(&matrix.clients, cells),
                Err(error) => Err(format!("{error:#}")),
            };
            self.say(&line, &matrix.why, proof);
        }
    }

    fn say(&mut self, line: &str, why: &str, proof: Result<(), String>) {
        match proof {
            Ok(()) => {
                self.tally.proved += 1;
                println!("ok    {line}");
            }
            Err(instead) => {
                self.tally.failed += 1;
                println!("FAIL  {line}");
                println!("      because {why}");
                println!("      but {instead}");
            }
        }
    }

    fn findings(&self, check: &Check) -> Result<Vec<Finding>> {
        self.check_out(&check.new)?;
        if !self.scratch.has(&check.old) {
            bail!("this clone has no commit {}", check.old);
        }
        let older = if check.history {
            "--baseline"
        } else {
            "--against"
        };
        let printed = self.ask(&["check", older, &check.old, "--format", "json"])?;
        let mut findings = answer::findings(&printed)?;
        // between two commits only what rules see in each of them by itself is known
        findings.retain(|finding| check.history || !finding.known);
        Ok(findings)
    }

    fn cells(&self, matrix: &Matrix) -> Result<Cells> {
        self.check_out(&matrix.at)?;
        fs::write(self.scratch.path().join("protoskew.toml"), &matrix.config)?;
        let printed = self.ask(&["matrix", "--format", "json"])?;
        answer::cells(&printed)
    }

    fn planned(&self, at: &str, config: &str, plan: &str) -> Result<String> {
        self.check_out(at)?;
        fs::write(self.scratch.path().join("protoskew.toml"), config)?;
        self.ask(&["plan", plan, "--format", "json"])
    }

    /// Whether a file below the path holds the word in that commit.
    fn holds(&self, commit: &str, word: &str, under: &str) -> Result<bool> {
        if !self.scratch.has(commit) {
            bail!("this clone has no commit {commit}");
        }
        let mut command = child::git(&self.scratch.path());
        command.args(["grep", "--quiet", "--fixed-strings", "--word-regexp", "-e"]);
        let output = child::output(command.args([word, commit, "--", under]))?;
        match output.status.code() {
            Some(0) => Ok(true),
            Some(1) => Ok(false),
            _ => bail!(
                "git grep: {}",
                child::complaint(&output.stderr).unwrap_or_default()
            ),
        }
    }

    fn check_out(&self, commit: &str) -> Result<()> {
        if !self.scratch.has(commit) {
            bail!("this clone has no commit {commit}");
        }
        self.scratch.check_out(commit)
    }

    /// What the program prints; exit code 1 (findings that deny) is an answer too.
    fn ask(&self, words: &[&str]) -> Result<String> {
        let mut command = Command::new(self.binary);
        child::isolate(&mut command);
        command.args(words).current_dir(self.scratch.path());
        let output = child::output(&mut command)?;
        if !matches!(output.status.code(), Some(0 | 1)) {
            bail!(
                "`protoskew {}` gave no answer ({}): {}",
                words.join(" "),
                output.status,
                child::complaint(&output.stderr).unwrap_or_default()
            );
        }
        String::from_utf8(output.stdout).context("the answer is not UTF-8")
    }
}

/// How often each rule was reported, for messages.
fn by_rule(findings: &[Finding]) -> String {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry(finding.rule.as_str()).or_insert(0_usize) += 1;
    }
    if counts.is_empty() {
        return "nothing was reported".to_owned();
    }
    let counts: Vec<_> = counts
        .into_iter()
        .map(|(rule, count)| format!("{count} {rule}"))
        .collect();
    format!("these were reported: {}", counts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[track_caller]
    fn check(proved: usize, failed: usize, missing: &[&str], allow_missing: bool, expected: &str) {
        let tally = Tally {
            proved,
            failed,
            missing: missing.iter().map(|&name| name.to_owned()).collect(),
        };
        let said = tally
            .judge(allow_missing)
            .map_or_else(|error| error.to_string(), |()| "fine".to_owned());
        assert!(said.contains(expected), "{said}");
    }

    #[test]
    fn what_fails_the_task() {
        check(3, 0, &[], false, "fine");
        check(3, 1, &[], false, "1 facts are not true");
        check(3, 0, &["a/b"], false, "no clone of a/b");
        check(3, 0, &["a/b"], true, "fine");
        check(0, 0, &["a/b"], true, "not one fact was proved");
        check(0, 0, &[], false, "not one fact was proved");
    }
}
