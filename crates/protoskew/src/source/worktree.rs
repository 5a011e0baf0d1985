//! The worktree: tracked protos as git's index lists them, and those that git does not know yet.
//!
//! A tracked file whose size and time are as git last saw them is not read: its content is the staged one, under a
//! name that releases share. For the rest every folder is listed once. Folders that git ignores (`target`,
//! `node_modules`) are not entered: releases never hold them, so that both sides of a comparison find the same imports,
//! and they are the largest folders there are. Single ignored files beside tracked ones are resolved against.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use protoskew_git::{Index, IndexEntry, Repository, Stat};
use protoskew_schema::Name;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::error::{SourceError, SourceErrorKind};
use super::store::lock;
use super::{Content, Entry, Snapshot, What, assemble, place, walk};
use crate::finding::Origin;

/// The protos of the worktree, with all that is not committed and not even staged.
pub fn worktree(repository: &Arc<Repository>) -> Result<Snapshot, SourceError> {
    let Some(root) = repository.workdir() else {
        return Err(SourceError::new(
            SourceErrorKind::Git,
            "this repository is bare: it has no worktree to judge",
        )
        .hint("name a revision to judge: `protoskew check HEAD`"));
    };
    let index = repository.index()?;
    let ignored = Ignored::new(&root, repository.git_dir());
    let known: FxHashSet<&str> = index
        .entries
        .iter()
        .map(|entry| entry.file.path.as_str())
        .collect();

    // repositories of their own, such as submodules
    let others: Mutex<Vec<String>> = Mutex::default();
    let enter = |path: &str| {
        let name = path.rsplit('/').next().unwrap_or(path);
        if index.folders.contains(path) {
            // of copies that are checked in, git knows all that matters; they are often most of the folders
            return place::by_folder(&format!("{path}/_")).is_none();
        }
        if name.starts_with('.') || ignored.folder(path) {
            return false;
        }
        let own = root.join(path).join(".git").exists();
        if own {
            lock(&others).push(path.to_owned());
        }
        !own
    };
    let (tracked, found) = rayon::join(
        || {
            index
                .entries
                .par_iter()
                .filter_map(|entry| tracked(repository, &root, &index, entry).transpose())
                .collect::<Result<Vec<_>, SourceError>>()
        },
        || walk::walk(&root, &enter),
    );
    let (mut entries, found) = (tracked?, found?);

    for path in &found.protos {
        if !known.contains(path.as_str()) {
            let bytes = walk::read(&root, path)?;
            entries.push(Entry {
                // a file in conflict is tracked, whatever the patterns say
                ignored: !index.conflicts.contains(path) && ignored.file(path),
                path: path.clone(),
                what: What::File(Content::Read(repository.blob_id(&bytes), bytes)),
            });
        }
    }
    entries.extend(
        found
            .links()
            .filter(|link| !known.contains(link.path.as_str())),
    );
    let mut buf_configs = Vec::new();
    for path in &found.buf_configs {
        buf_configs.push((path.clone(), walk::read(&root, path)?));
    }
    let origin = Origin {
        label: Name::new_static("worktree"),
        commit: None,
        date: None,
    };
    let mut snapshot = assemble(
        origin,
        entries,
        &buf_configs,
        found.unreadable,
        Some(Arc::clone(repository)),
    );
    snapshot.looked_at = Some(index.tracked);
    let others = others.into_inner().unwrap_or_else(PoisonError::into_inner);
    snapshot.notes.extend(not_entered(others));
    Ok(snapshot)
}

/// How many repositories inside this one are named.
const NAMED: usize = 4;

fn not_entered(mut others: Vec<String>) -> Option<String> {
    others.sort();
    let (count, first) = (others.len(), others.first()?.clone());
    others.truncate(NAMED);
    let names = others.join(", ");
    Some(match count {
        1 => format!(
            "{first} is a repository of its own (a submodule?): not entered; run protoskew there"
        ),
        2..=NAMED => format!(
            "{names} are repositories of their own (submodules?): not entered; run protoskew there"
        ),
        _ => format!(
            "{names} and {} more are repositories of their own (submodules?): not entered; run protoskew there",
            count - NAMED
        ),
    })
}

/// What has become of a tracked file; `None` where it was deleted.
fn tracked(
    repository: &Repository,
    root: &Path,
    index: &Index,
    entry: &IndexEntry,
) -> Result<Option<Entry>, SourceError> {
    let path = &entry.file.path;
    let at = walk::absolute(root, path);
    let found = |what| {
        Ok(Some(Entry {
            path: path.clone(),
            what,
            ignored: false,
        }))
    };
    let metadata = match std::fs::symlink_metadata(&at) {
        Ok(metadata) => metadata,
        Err(error) if is_gone(&error) => {
            return if entry.not_checked_out {
                found(What::File(Content::InGit(entry.file.blob)))
            } else {
                Ok(None)
            };
        }
        Err(error) => return Err(SourceError::unreadable(&at, error)),
    };
    if metadata.is_symlink() {
        let target =
            std::fs::read_link(&at).map_err(|error| SourceError::unreadable(&at, error))?;
        return found(What::Link(target.to_string_lossy().replace('\\', "/")));
    }
    if !metadata.is_file() {
        return Ok(None);
    }
    if index.is_unchanged(entry, stat(&metadata)) {
        return found(What::File(Content::InGit(entry.file.blob)));
    }
    let bytes = walk::read(root, path)?;
    found(What::File(Content::Read(repository.blob_id(&bytes), bytes)))
}

/// Whether there is no such file, also because a folder on the way is one no longer.
fn is_gone(error: &std::io::Error) -> bool {
    matches!(
        error.kind(),
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
    )
}

fn stat(metadata: &std::fs::Metadata) -> Stat {
    let since = metadata
        .modified()
        .ok()
        .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
        .unwrap_or_default();
    Stat {
        seconds: since.as_secs() as i64,
        nanoseconds: since.subsec_nanos(),
        size: metadata.len(),
    }
}

/// What git ignores, asked only about what it does not track. Patterns are read when a question comes to them, and compiled once for
/// all files of one text: some repositories have thousands.
struct Ignored {
    root: PathBuf,
    /// The patterns of each folder that was asked for.
    folders: Mutex<FxHashMap<String, Option<Arc<Gitignore>>>>,
    compiled: Mutex<FxHashMap<String, Arc<Gitignore>>>,
    /// The repository's own exclusions, then the user's.
    others: [Gitignore; 2],
}

impl Ignored {
    fn new(root: &Path, git_dir: PathBuf) -> Self {
        let common = std::fs::read_to_string(git_dir.join("commondir"))
            .map_or(git_dir.clone(), |to| git_dir.join(to.trim()));
        let mut exclude = GitignoreBuilder::new(root);
        // none is as good as an empty one
        exclude.add(common.join("info/exclude"));
        let user = GitignoreBuilder::new(root).build_global().0;
        Self {
            root: root.to_owned(),
            folders: Mutex::default(),
            compiled: Mutex::default(),
            others: [exclude.build().unwrap_or_else(|_| Gitignore::empty()), user],
        }
    }

    /// Whether the folder itself is ignored; those above it are known not to be.
    fn folder(&self, path: &str) -> bool {
        self.asks(path, true)
    }

    /// Whether the file is ignored; the folders above it are known not to be.
    fn file(&self, path: &str) -> bool {
        self.asks(path, false)
    }

    fn asks(&self, path: &str, is_folder: bool) -> bool {
        // the nearest file that says anything decides
        let mut folder = path;
        while !folder.is_empty() {
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
            if let Some(patterns) = self.patterns(folder) {
                let below = path[folder.len()..].trim_start_matches('/');
                let answer = patterns.matched(below, is_folder);
                if !answer.is_none() {
                    return answer.is_ignore();
                }
            }
        }
        let at = self.root.join(path);
        self.others
            .iter()
            .map(|patterns| patterns.matched(&at, is_folder))
            .find(|answer| !answer.is_none())
            .is_some_and(|answer| answer.is_ignore())
    }

    /// What the `.gitignore` of a folder says, if it has one, about paths from that folder.
    fn patterns(&self, folder: &str) -> Option<Arc<Gitignore>> {
        if let Some(known) = lock(&self.folders).get(folder) {
            return known.clone();
        }
        let file = walk::absolute(&self.root, folder).join(".gitignore");
        // git follows no link here
        let is_file = std::fs::symlink_metadata(&file).is_ok_and(|found| found.is_file());
        let text = is_file.then(|| std::fs::read(&file).ok()).flatten();
        let patterns = text.map(|text| self.compile(&String::from_utf8_lossy(&text)));
        lock(&self.folders).insert(folder.to_owned(), patterns.clone());
        patterns
    }

    fn compile(&self, text: &str) -> Arc<Gitignore> {
        if let Some(known) = lock(&self.compiled).get(text) {
            return Arc::clone(known);
        }
        let mut builder = GitignoreBuilder::new("");
        for line in text.trim_start_matches('\u{feff}').lines() {
            // a line that is no pattern ignores nothing
            let _ = builder.add_line(None, line);
        }
        let patterns = Arc::new(builder.build().unwrap_or_else(|_| Gitignore::empty()));
        lock(&self.compiled).insert(text.to_owned(), Arc::clone(&patterns));
        patterns
    }
}
