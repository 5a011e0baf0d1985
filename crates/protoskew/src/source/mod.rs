//! Where protos come from: worktree, staged index, git revision, plain folder, descriptor set, generated code. Bytes and where they stood; nothing
//! is parsed here but by [`store::SchemaStore`], which shares what it parses between all sources.

pub mod error;
pub mod generated;
mod go;
pub mod image;
pub mod owners;
pub mod place;
pub mod roots;
pub mod store;
mod walk;
mod worktree;

use std::path::Path;
use std::sync::Arc;

use protoskew_git::{BlobId, CommitId, FileKind, Protos, Repository, TreeFile};
use protoskew_schema::{Name, ParsedFile};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

pub use error::{SourceError, SourceErrorKind};
pub use worktree::worktree;

use crate::finding::Origin;

/// All protos of one state of an API, judged or not.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// Where it came from.
    pub origin: Arc<Origin>,
    /// Every `.proto` file, by path.
    pub files: Vec<SnapshotFile>,
    /// Declared import roots (`buf.yaml`, `buf.work.yaml`); empty where none are declared.
    pub roots: Vec<String>,
    /// What a person should know about the reading itself, one sentence each.
    pub notes: Vec<String>,
    /// How many files were looked at to find these, where that is known.
    pub looked_at: Option<usize>,
    /// Where the content of files lies that were not read.
    pub repository: Option<Arc<Repository>>,
}

/// One `.proto` file of a [`Snapshot`].
#[derive(Clone, Debug)]
pub struct SnapshotFile {
    /// From the root of the source, with `/`.
    pub path: Name,
    /// What is in it.
    pub content: Content,
    /// Ignored by git: resolved against, never judged.
    pub ignored: bool,
    /// In a descriptor set for the sake of its importers alone: resolved against, never judged.
    pub imported: bool,
}

/// What is in a file, named by its hash so that equal files are parsed once.
#[derive(Clone, Debug)]
pub enum Content {
    /// In the repository, not read yet.
    InGit(BlobId),
    /// Read already.
    Read(BlobId, Arc<[u8]>),
    /// Described by a compiler, and read already.
    Described(BlobId, Arc<ParsedFile>),
}

impl Content {
    /// The hash of the content.
    pub fn id(&self) -> BlobId {
        match self {
            Self::InGit(id) | Self::Read(id, _) | Self::Described(id, _) => *id,
        }
    }
}

/// The protos of a commit, read without a checkout. `label` is what a person calls it: `1.3.2`, `HEAD~1`.
pub fn revision(
    repository: &Arc<Repository>,
    commit: CommitId,
    label: &str,
) -> Result<Snapshot, SourceError> {
    let origin = origin_of(repository, commit, label)?;
    let protos = repository.protos_at(commit)?;
    from_git(repository, origin, &protos)
}

fn origin_of(
    repository: &Repository,
    commit: CommitId,
    label: &str,
) -> Result<Origin, SourceError> {
    let info = repository.commit(commit)?;
    Ok(Origin {
        label: label.into(),
        commit: Some(info.short.into()),
        date: Some(info.date.into()),
    })
}

/// The protos of many commits, each with its label, in the same order; their trees are read in parallel.
pub fn revisions(
    repository: &Arc<Repository>,
    commits: &[(CommitId, Name)],
) -> Result<Vec<Snapshot>, SourceError> {
    let ids: Vec<CommitId> = commits.iter().map(|(id, _)| *id).collect();
    repository.proto_trees(&ids)?;
    commits
        .iter()
        .map(|(id, label)| revision(repository, *id, label))
        .collect()
}

/// The protos of the index: what is about to be committed.
pub fn staged(repository: &Arc<Repository>) -> Result<Snapshot, SourceError> {
    let origin = Origin {
        label: Name::new_static("index"),
        commit: None,
        date: None,
    };
    let protos = repository.index_protos()?;
    from_git(repository, origin, &protos)
}

/// The protos of a folder, whether or not git knows of it; hidden folders are left aside, links are not followed
/// out of it.
pub fn directory(folder: &Path) -> Result<Snapshot, SourceError> {
    let found = walk::everything(folder)?;
    let files = found
        .protos
        .par_iter()
        .map(|path| {
            let bytes = walk::read(folder, path)?;
            Ok(Entry {
                path: path.clone(),
                what: What::File(Content::Read(BlobId::of(&bytes), bytes)),
                ignored: false,
            })
        })
        .collect::<Result<Vec<_>, SourceError>>()?;
    let mut buf_configs = Vec::new();
    for path in &found.buf_configs {
        buf_configs.push((path.clone(), walk::read(folder, path)?));
    }
    let origin = Origin {
        label: folder.display().to_string().into(),
        commit: None,
        date: None,
    };
    let entries = files.into_iter().chain(found.links()).collect();
    Ok(assemble(
        origin,
        entries,
        &buf_configs,
        found.unreadable,
        None,
    ))
}

fn from_git(
    repository: &Arc<Repository>,
    origin: Origin,
    protos: &Protos,
) -> Result<Snapshot, SourceError> {
    let links: Vec<&TreeFile> = protos
        .files
        .iter()
        .filter(|file| file.kind == FileKind::Symlink)
        .collect();
    let ids: Vec<BlobId> = links
        .iter()
        .chain(&protos.buf_configs.iter().collect::<Vec<_>>())
        .map(|file| file.blob)
        .collect();
    let mut texts = if ids.is_empty() {
        Vec::new()
    } else {
        repository.read_blobs(&ids)?
    };
    let configs = texts.split_off(links.len());
    let mut targets: FxHashMap<&str, String> = links
        .iter()
        .zip(texts)
        .map(|(file, text)| (file.path.as_str(), String::from_utf8_lossy(&text).into()))
        .collect();
    let entries = protos
        .files
        .iter()
        .map(|file| Entry {
            path: file.path.clone(),
            what: match targets.remove(file.path.as_str()) {
                Some(target) => What::Link(target),
                None => What::File(Content::InGit(file.blob)),
            },
            ignored: false,
        })
        .collect();
    let configs: Vec<(String, Arc<[u8]>)> = protos
        .buf_configs
        .iter()
        .zip(configs)
        .map(|(file, text)| (file.path.clone(), text))
        .collect();
    Ok(assemble(
        origin,
        entries,
        &configs,
        protos.unreadable.clone(),
        Some(Arc::clone(repository)),
    ))
}

/// What any source finds at a path, before links are understood.
struct Entry {
    path: String,
    what: What,
    ignored: bool,
}

enum What {
    File(Content),
    /// The text of a symbolic link.
    Link(String),
}

/// One order, one treatment of links, roots and odd names for all sources.
fn assemble(
    origin: Origin,
    mut entries: Vec<Entry>,
    buf_configs: &[(String, Arc<[u8]>)],
    mut unreadable: Vec<String>,
    repository: Option<Arc<Repository>>,
) -> Snapshot {
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    entries.dedup_by(|a, b| a.path == b.path);
    let mut notes = Vec::new();
    for entry in &entries {
        let What::Link(target) = &entry.what else {
            continue;
        };
        // a link to a proto of this tree is that proto: reading it twice would declare everything twice
        let leads_to = place::follow(&entry.path, target);
        let known = leads_to.is_some_and(|to| {
            entries
                .binary_search_by(|other| other.path.as_str().cmp(&to))
                .is_ok()
        });
        if !known {
            notes.push(format!(
                "{} is a link to {target}, which is no proto of this tree: left out",
                entry.path
            ));
        }
    }
    unreadable.sort();
    for path in unreadable {
        notes.push(format!(
            "{path} is left out: its name is not UTF-8, and protobuf has no way to import it"
        ));
    }
    let (roots, complaints) = roots::declared(buf_configs);
    notes.extend(complaints);
    let files = entries
        .into_iter()
        .filter_map(|entry| match entry.what {
            What::File(content) => Some(SnapshotFile {
                path: entry.path.into(),
                content,
                ignored: entry.ignored,
                imported: false,
            }),
            What::Link(_) => None,
        })
        .collect();
    Snapshot {
        origin: Arc::new(origin),
        files,
        roots,
        notes,
        looked_at: None,
        repository,
    }
}
