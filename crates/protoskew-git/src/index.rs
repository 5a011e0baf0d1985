//! The index: what is about to be committed, and what git knows of the worktree's files.

use crate::trees::Wanted;
use crate::{BlobId, ErrorKind, FileKind, GitError, Protos, Repository, Result, TreeFile};

use gix::bstr::ByteSlice;
use gix::index::entry::{Flags, Mode, Stage};
use rustc_hash::FxHashSet;

/// The `.proto` files that the index knows.
#[derive(Clone, Debug, Default)]
pub struct Index {
    /// The files, by path, without those in conflict.
    pub entries: Vec<IndexEntry>,
    /// Every folder that holds tracked files, at any depth below; the root is the empty path.
    pub folders: FxHashSet<String>,
    /// Tracked `buf.yaml` and `buf.work.yaml`, by path.
    pub buf_configs: Vec<TreeFile>,
    /// Paths of protos with unresolved conflicts, each once.
    pub conflicts: Vec<String>,
    /// Paths of protos that are not UTF-8, as well as they can be shown.
    pub unreadable: Vec<String>,
    /// How many files are tracked in all.
    pub tracked: usize,
    /// When the index was written: seconds and nanoseconds since 1970.
    written: (i64, u32),
}

/// One tracked `.proto` file.
#[derive(Clone, Debug)]
pub struct IndexEntry {
    /// Path and staged content.
    pub file: TreeFile,
    /// What git last saw of the file in the worktree.
    stat: Stat,
    /// Tracked and not checked out (`git sparse-checkout`): what is staged is all there is.
    pub not_checked_out: bool,
    /// Announced by `git add --intent-to-add`: nothing is staged yet.
    pub intent_to_add: bool,
}

/// What tells that a file has not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// Seconds of its modification time.
    pub seconds: i64,
    /// Nanoseconds of its modification time.
    pub nanoseconds: u32,
    /// Its size.
    pub size: u64,
}

impl Index {
    fn add_folder(&mut self, folder: &str) {
        let mut folder = folder;
        while !folder.is_empty() && !self.folders.contains(folder) {
            self.folders.insert(folder.to_owned());
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
        }
    }

    /// Whether a file of the worktree is certain to have the staged content, without reading it.
    ///
    /// A file that changed in the moment in which the index was written might look unchanged, so it is not trusted.
    pub fn is_unchanged(&self, entry: &IndexEntry, now: Stat) -> bool {
        let then = entry.stat;
        // git may have no nanoseconds, and keeps 32 bits of the rest
        let same_nanoseconds =
            then.nanoseconds == now.nanoseconds || then.nanoseconds == 0 || now.nanoseconds == 0;
        !entry.intent_to_add
            && then.seconds == i64::from(now.seconds as u32)
            && same_nanoseconds
            && then.size == u64::from(now.size as u32)
            && (now.seconds, now.nanoseconds) < self.written
            && then.seconds != 0
    }
}

impl Repository {
    /// The protos in the index; an empty list where there is no index yet.
    pub fn index(&self) -> Result<Index> {
        let (file, hash) = {
            let repo = self.local();
            (index_path(&repo), repo.object_hash())
        };
        // the checksum would cost more than everything else; damage shows in what follows
        let state = gix::index::File::at_or_default(file, hash, true, Default::default()).map_err(
            |error| {
                GitError::new(ErrorKind::CorruptIndex, "the index cannot be read")
                    .hint("`git reset` writes a new one from HEAD, keeping your files")
                    .caused_by(error)
            },
        )?;
        let mut index = Index {
            tracked: state.entries().len(),
            written: (
                state.timestamp().unix_seconds(),
                state.timestamp().nanoseconds(),
            ),
            ..Index::default()
        };
        let mut last_folder: &[u8] = b"";
        index.folders.insert(String::new());
        for entry in state.entries() {
            let path = entry.path(&state);
            let folder = path.rfind_byte(b'/').map_or(&b""[..], |end| &path[..end]);
            if folder != last_folder {
                // entries are sorted, so this is once a folder
                last_folder = folder;
                index.add_folder(&folder.to_str_lossy());
            }
            if entry.mode == Mode::DIR {
                let prefix = path.to_str_lossy();
                let below = self.protos_below(entry.id, &prefix)?;
                index.unreadable.extend(below.unreadable);
                index.buf_configs.extend(below.buf_configs);
                index
                    .entries
                    .extend(below.files.into_iter().map(|file| IndexEntry {
                        file,
                        stat: NEVER_SEEN,
                        not_checked_out: true,
                        intent_to_add: false,
                    }));
                continue;
            }
            let Some(wanted) = Wanted::of(path) else {
                continue;
            };
            let Ok(path) = path.to_str() else {
                index.unreadable.push(path.to_str_lossy().into_owned());
                continue;
            };
            let kind = match entry.mode {
                Mode::SYMLINK => FileKind::Symlink,
                Mode::FILE | Mode::FILE_EXECUTABLE => FileKind::File,
                _ => continue,
            };
            if wanted == Wanted::BufConfig {
                index.buf_configs.push(TreeFile {
                    path: path.to_owned(),
                    blob: BlobId(entry.id),
                    kind,
                });
                continue;
            }
            if entry.stage() != Stage::Unconflicted {
                if index.conflicts.last().is_none_or(|last| last != path) {
                    index.conflicts.push(path.to_owned());
                }
                continue;
            }
            index.entries.push(IndexEntry {
                file: TreeFile {
                    path: path.to_owned(),
                    blob: BlobId(entry.id),
                    kind,
                },
                stat: Stat {
                    seconds: i64::from(entry.stat.mtime.secs),
                    nanoseconds: entry.stat.mtime.nsecs,
                    size: u64::from(entry.stat.size),
                },
                not_checked_out: entry.flags.contains(Flags::SKIP_WORKTREE),
                intent_to_add: entry.flags.contains(Flags::INTENT_TO_ADD),
            });
        }
        Ok(index)
    }

    /// What is staged: the protos as the next commit will hold them.
    pub fn index_protos(&self) -> Result<Protos> {
        let index = self.index()?;
        if let Some(first) = index.conflicts.first() {
            let more = match index.conflicts.len() {
                1 => String::new(),
                n => format!(" and {} more", n - 1),
            };
            return Err(GitError::new(
                ErrorKind::Conflict,
                format!("the index holds unresolved conflicts in {first}{more}"),
            )
            .hint("resolve them and `git add` the files, or `git merge --abort`"));
        }
        let mut files: Vec<TreeFile> = index
            .entries
            .into_iter()
            .filter(|entry| !entry.intent_to_add)
            .map(|entry| entry.file)
            .collect();
        files.sort_unstable();
        Ok(Protos {
            files,
            buf_configs: index.buf_configs,
            unreadable: index.unreadable,
        })
    }
}

const NEVER_SEEN: Stat = Stat {
    seconds: 0,
    nanoseconds: 0,
    size: 0,
};

/// The index of the repository, or that which git prepares for the hook that this runs in.
fn index_path(repo: &gix::Repository) -> std::path::PathBuf {
    let own = repo.index_path();
    let Some(other) = std::env::var_os("GIT_INDEX_FILE") else {
        return own;
    };
    // git prepares it beside the repository's own; one elsewhere belongs to another repository
    let other = std::path::absolute(&other).unwrap_or_else(|_| other.into());
    let folder = |path: &std::path::Path| path.parent().and_then(|p| p.canonicalize().ok());
    if folder(&other).is_some() && folder(&other) == folder(&own) {
        other
    } else {
        own
    }
}
