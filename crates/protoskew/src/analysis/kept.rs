//! The records that a repository keeps, read from the worktree or from a commit.

use std::io::ErrorKind;
use std::path::Path;

use protoskew_git::{CommitId, Repository};

use super::record::FOLDER;
use crate::error::Error;
use crate::project::{Input, Project};

/// A record, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its path from the root of the repository.
    pub path: String,
    /// What is in it; bytes that are not UTF-8 are replaced.
    pub text: String,
    /// Whether it was not there before the change, or said something else.
    pub is_fresh: bool,
}

/// Every record beside what is judged, by path; `before`: the commit before the change.
pub fn kept(
    project: &Project,
    input: &Input,
    before: Option<CommitId>,
) -> Result<Vec<Kept>, Error> {
    let repository = project.repository()?;
    let earlier = match before {
        Some(commit) => at(repository, commit)?,
        None => Vec::new(),
    };
    let now = match input {
        Input::Revision(name) => at(repository, repository.resolve(name)?)?,
        _ => match repository.workdir() {
            Some(root) => in_folder(&root)?,
            None => match repository.head()? {
                Some(head) => at(repository, head)?,
                None => Vec::new(),
            },
        },
    };
    let now = now.into_iter();
    Ok(now
        .map(|(path, text)| Kept {
            is_fresh: !earlier
                .iter()
                .any(|(other, said)| *other == path && *said == text),
            path,
            text,
        })
        .collect())
}

/// The record at a path of a commit, if there is one.
pub fn read_at(
    repository: &Repository,
    commit: CommitId,
    path: &str,
) -> Result<Option<String>, Error> {
    let bytes = repository.file_at(commit, path)?;
    Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
}

fn is_record(name: &str) -> bool {
    name.ends_with(".md")
}

fn at(repository: &Repository, commit: CommitId) -> Result<Vec<(String, String)>, Error> {
    let files = repository.files_at(commit, FOLDER, is_record)?;
    let ids: Vec<_> = files.iter().map(|file| file.blob).collect();
    let texts = repository.read_blobs(&ids)?;
    let texts = texts
        .iter()
        .map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    Ok(files.into_iter().map(|file| file.path).zip(texts).collect())
}

fn in_folder(root: &Path) -> Result<Vec<(String, String)>, Error> {
    let folder = root.join(FOLDER);
    let failed = |error: std::io::Error| {
        Error::environment(format!(
            "cannot read {}: {}",
            folder.display(),
            error.kind()
        ))
    };
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(failed(error)),
    };
    let mut records = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        if is_record(&name) && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            let bytes = std::fs::read(entry.path()).map_err(failed)?;
            records.push((
                format!("{FOLDER}/{name}"),
                String::from_utf8_lossy(&bytes).into_owned(),
            ));
        }
    }
    records.sort_unstable();
    Ok(records)
}
