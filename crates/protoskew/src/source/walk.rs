//! Walks folders of the file system for protos: never through links, in parallel, in a defined order.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::error::SourceError;
use super::{Entry, What};

/// What a walk finds; paths are from its root, with `/`.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) protos: Vec<String>,
    /// Symbolic links that are called like protos, each with the text of the link.
    pub(crate) links: Vec<(String, String)>,
    pub(crate) buf_configs: Vec<String>,
    pub(crate) unreadable: Vec<String>,
}

impl Found {
    pub(super) fn links(&self) -> impl Iterator<Item = Entry> {
        self.links.iter().map(|(path, target)| Entry {
            path: path.clone(),
            what: What::Link(target.clone()),
            ignored: false,
        })
    }
}

/// Every proto below the folder, hidden folders aside.
pub(crate) fn everything(root: &Path) -> Result<Found, SourceError> {
    walk(root, &|_| true)
}

/// The protos below the root, in all folders that `enter` (asked with their path) allows.
///
/// A folder below the root that cannot be read is an error: an answer without it would be incomplete.
pub(crate) fn walk(
    root: &Path,
    enter: &(dyn Fn(&str) -> bool + Sync),
) -> Result<Found, SourceError> {
    let found = Mutex::new(Ok(Found::default()));
    rayon::scope(|scope| visit(scope, root, String::new(), enter, &found));
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner)?;
    found.protos.sort_unstable();
    found.links.sort_unstable();
    found.buf_configs.sort_unstable();
    found.unreadable.sort_unstable();
    Ok(found)
}

fn visit<'s>(
    scope: &rayon::Scope<'s>,
    root: &'s Path,
    folder: String,
    enter: &'s (dyn Fn(&str) -> bool + Sync),
    found: &'s Mutex<Result<Found, SourceError>>,
) {
    match list(root, &folder, enter) {
        Ok((here, below)) => {
            for next in below {
                scope.spawn(move |scope| visit(scope, root, next, enter, found));
            }
            if !here.is_empty() {
                let mut all = found.lock().unwrap_or_else(PoisonError::into_inner);
                if let Ok(all) = all.as_mut() {
                    all.take(here);
                }
            }
        }
        Err(error) => {
            let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
            // of several folders the first by name, whichever thread came first
            let earlier = |known: &SourceError| known.to_string() <= error.to_string();
            if !found.as_ref().err().is_some_and(earlier) {
                *found = Err(error);
            }
        }
    }
}

impl Found {
    fn is_empty(&self) -> bool {
        self.protos.is_empty()
            && self.links.is_empty()
            && self.buf_configs.is_empty()
            && self.unreadable.is_empty()
    }

    fn take(&mut self, other: Self) {
        self.protos.extend(other.protos);
        self.links.extend(other.links);
        self.buf_configs.extend(other.buf_configs);
        self.unreadable.extend(other.unreadable);
    }
}

/// One folder: what it holds, and the folders below it that are to be visited.
fn list(
    root: &Path,
    folder: &str,
    enter: &(dyn Fn(&str) -> bool + Sync),
) -> Result<(Found, Vec<String>), SourceError> {
    let at = absolute(root, folder);
    let mut here = Found::default();
    let mut below = Vec::new();
    let entries = match std::fs::read_dir(&at) {
        Ok(entries) => entries,
        // gone since it was listed
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && !folder.is_empty() => {
            return Ok((here, below));
        }
        Err(error) => return Err(SourceError::unreadable(&at, error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| SourceError::unreadable(&at, error))?;
        let kind = entry
            .file_type()
            .map_err(|error| SourceError::unreadable(&entry.path(), error))?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            let shown = name.to_string_lossy();
            if shown.ends_with(".proto") && !kind.is_dir() {
                here.unreadable.push(join(folder, &shown));
            }
            continue;
        };
        if kind.is_dir() {
            let path = join(folder, name);
            if name != ".git" && enter(&path) {
                below.push(path);
            }
        } else if name.ends_with(".proto") {
            let path = join(folder, name);
            if kind.is_file() {
                here.protos.push(path);
            } else if kind.is_symlink() {
                let target = std::fs::read_link(entry.path())
                    .map_err(|error| SourceError::unreadable(&entry.path(), error))?;
                let target = target.to_string_lossy().replace('\\', "/");
                here.links.push((path, target));
            }
        } else if kind.is_file() && matches!(name, "buf.yaml" | "buf.work.yaml") {
            here.buf_configs.push(join(folder, name));
        }
    }
    Ok((here, below))
}

/// The bytes of a file by its path from the root.
pub(crate) fn read(root: &Path, path: &str) -> Result<Arc<[u8]>, SourceError> {
    let at = absolute(root, path);
    std::fs::read(&at)
        .map(Arc::from)
        .map_err(|error| SourceError::unreadable(&at, error))
}

pub(crate) fn absolute(root: &Path, path: &str) -> PathBuf {
    if path.is_empty() {
        root.to_owned()
    } else {
        root.join(path)
    }
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}
