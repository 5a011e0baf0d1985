//! A clone to check revisions out in, so that the repository under test is only read.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::child;

/// What is checked out: protos, and what tells how they are built. The rest of a large repository would take
/// minutes, and clones that lack their largest files could not be checked out at all.
const CHECKED_OUT: [&str; 12] = [
    "*.proto",
    "buf*.yaml",
    ".gitignore",
    "go.mod",
    "go.work",
    "Gopkg.*",
    "Cargo.*",
    "pyproject.toml",
    "package.json",
    "pom.xml",
    "*.gradle",
    "*.gradle.kts",
];

/// A clone in a temporary folder that borrows the objects of another one; it goes with this value.
pub(crate) struct Scratch {
    folder: tempfile::TempDir,
}

impl Scratch {
    /// Clones a repository, bare or not, with its tags and without a checkout.
    pub(crate) fn of(repository: &Path) -> Result<Self> {
        let folder = tempfile::tempdir().context("no temporary folder")?;
        let scratch = Self { folder };
        let repository = std::path::absolute(repository)?;
        child::capture(
            child::git(Path::new("."))
                .args(["clone", "--quiet", "--shared", "--no-checkout"])
                .arg(repository)
                .arg(scratch.path()),
        )?;
        let info = scratch.path().join(".git/info");
        fs::create_dir_all(&info)?;
        fs::write(info.join("sparse-checkout"), CHECKED_OUT.join("\n"))?;
        child::capture(child::git(&scratch.path()).args([
            "config",
            "core.sparseCheckout",
            "true",
        ]))?;
        Ok(scratch)
    }

    /// The worktree.
    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("clone")
    }

    /// Puts a revision's protos and build files into the worktree, and nothing else.
    pub(crate) fn check_out(&self, revision: &str) -> Result<()> {
        let git = || {
            let mut git = child::git(&self.path());
            git.env("GIT_LFS_SKIP_SMUDGE", "1").args([
                "-c",
                "core.hooksPath=/dev/null",
                "-c",
                "advice.detachedHead=false",
            ]);
            git
        };
        child::capture(git().args(["checkout", "--quiet", "--force", "--detach", revision]))?;
        child::capture(git().args(["clean", "--quiet", "-ffdx"]))?;
        Ok(())
    }

    /// Whether the repository has this commit.
    pub(crate) fn has(&self, commit: &str) -> bool {
        child::succeeds(child::git(&self.path()).args([
            "cat-file",
            "-e",
            &format!("{commit}^{{commit}}"),
        ]))
    }
}
