//! protoc, asked in batches: a descriptor set of what it takes, and a word on each file that it refuses.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::roots::Root;
use crate::{child, oracles, workspace};

/// How many files one run of protoc compiles.
const BATCH: usize = 300;

/// protoc, as a Python module.
pub(super) struct Protoc {
    python: PathBuf,
    /// Where it keeps the well-known files.
    pub(super) own_root: Root,
}

/// What protoc makes of some files.
pub(super) enum Answer {
    /// Their descriptor set, with source info and all that they import.
    Set(Vec<u8>),
    /// It does not take this one.
    Refused { file: String, why: String },
}

impl Protoc {
    pub(super) fn bring() -> Result<Self> {
        let given = std::env::var_os("PROTOSKEW_PROTOC_PYTHON").map(PathBuf::from);
        let python = match given {
            Some(python) => python,
            None => oracles::protoc(&workspace::target())?,
        };
        let own_root = child::capture(Command::new(&python).args([
            "-c",
            "import grpc_tools, os; print(os.path.join(os.path.dirname(grpc_tools.__file__), '_proto'))",
        ]))?;
        Ok(Self {
            python,
            own_root: Root::plain(own_root.into()),
        })
    }

    /// Compiles the files; halves a batch that is refused until the files that protoc refuses stand alone.
    pub(super) fn ask(&self, roots: &[Root], files: &[String]) -> Result<Vec<Answer>> {
        let scratch = tempfile::tempdir()?;
        let set = scratch.path().join("set.binpb");
        let mut answers = Vec::new();
        let mut open: Vec<&[String]> = files.chunks(BATCH).rev().collect();
        while let Some(batch) = open.pop() {
            match self.compile(roots, batch, &set)? {
                Ok(bytes) => answers.push(Answer::Set(bytes)),
                Err(why) => match batch {
                    [file] => answers.push(Answer::Refused {
                        file: file.clone(),
                        why,
                    }),
                    _ => {
                        let (first, second) = batch.split_at(batch.len() / 2);
                        open.push(second);
                        open.push(first);
                    }
                },
            }
        }
        Ok(answers)
    }

    fn compile(
        &self,
        roots: &[Root],
        files: &[String],
        set: &Path,
    ) -> Result<std::result::Result<Vec<u8>, String>> {
        let mut command = Command::new(&self.python);
        command.args(["-m", "grpc_tools.protoc", "--include_imports"]);
        command.args(["--include_source_info", "--retain_options"]);
        command.arg(format!("--descriptor_set_out={}", set.display()));
        for root in roots {
            command.arg(root.argument());
        }
        let output = child::output(command.args(files))?;
        if !output.status.success() {
            let complaints = String::from_utf8_lossy(&output.stderr);
            let mut lines = complaints.lines().filter(|line| !line.contains("warning:"));
            let why = lines.find(|line| line.contains(".proto:"));
            return Ok(Err(why.unwrap_or("no reason given").to_owned()));
        }
        let bytes = std::fs::read(set).context("protoc wrote no descriptor set")?;
        Ok(Ok(bytes))
    }
}
