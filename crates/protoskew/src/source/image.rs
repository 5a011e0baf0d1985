//! Descriptor sets as a source: what protoc's `--descriptor_set_out` and `buf build` write, plain or compressed.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use protoskew_git::{BlobId, CommitId, Repository};
use protoskew_schema::descriptor::{self, DescriptorError};
use protoskew_schema::{Name, limits};

use super::error::{SourceError, SourceErrorKind};
use super::{Content, Snapshot, SnapshotFile, origin_of, walk};
use crate::finding::Origin;

/// The largest set that is read, in bytes, compressed or not: a few bytes can be made to unpack into any number of them.
pub const LARGEST_IMAGE: u64 = 1 << 30;

/// Stands for standard input where a file is named.
pub const STANDARD_INPUT: &str = "-";

/// The protos of a descriptor set in a file, or on standard input.
pub fn image(file: &Path) -> Result<Snapshot, SourceError> {
    let shown = file.display().to_string();
    let read = if shown == STANDARD_INPUT {
        limited(io::stdin().lock())
    } else {
        File::open(file).and_then(limited)
    };
    let bytes = read.map_err(|error| SourceError::unreadable(file, error))?;
    let label = if shown == STANDARD_INPUT {
        "standard input".to_owned()
    } else {
        shown
    };
    snapshot(&bytes, unversioned(label.into()), None)
}

/// The protos of a descriptor set that lies in the worktree.
pub fn image_in_worktree(
    repository: &Arc<Repository>,
    path: &str,
) -> Result<Snapshot, SourceError> {
    let root = repository.workdir().unwrap_or_else(|| repository.git_dir());
    let at = walk::absolute(&root, path);
    let origin = unversioned(Name::new_static("worktree"));
    match File::open(&at).and_then(limited) {
        Ok(bytes) => snapshot(&bytes, origin, Some(repository)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            Ok(absent(path, origin, repository))
        }
        Err(error) => Err(SourceError::unreadable(&at, error)),
    }
}

/// The protos of a descriptor set as a commit holds it; none where the commit has no such file.
pub fn image_at(
    repository: &Arc<Repository>,
    commit: CommitId,
    label: &str,
    path: &str,
) -> Result<Snapshot, SourceError> {
    let origin = origin_of(repository, commit, label)?;
    match repository.file_at(commit, path)? {
        Some(bytes) => snapshot(&bytes, origin, Some(repository)),
        None => Ok(absent(path, origin, repository)),
    }
}

fn unversioned(label: Name) -> Origin {
    Origin {
        label,
        commit: None,
        date: None,
    }
}

fn absent(path: &str, origin: Origin, repository: &Arc<Repository>) -> Snapshot {
    Snapshot {
        notes: vec![format!("{} has no {path}", origin.label)],
        origin: Arc::new(origin),
        files: Vec::new(),
        roots: own_paths(),
        looked_at: None,
        repository: Some(Arc::clone(repository)),
    }
}

/// In a set every file is imported by its path.
pub(super) fn own_paths() -> Vec<String> {
    vec![String::new()]
}

fn snapshot(
    bytes: &[u8],
    origin: Origin,
    repository: Option<&Arc<Repository>>,
) -> Result<Snapshot, SourceError> {
    let unpacked = unpacked(bytes).map_err(|problem| problem.of(&origin.label))?;
    let bytes = unpacked.as_deref().unwrap_or(bytes);
    let set = descriptor::read(bytes).map_err(|error| refused(&origin.label, error))?;
    let mut files: Vec<SnapshotFile> = set
        .into_iter()
        .map(|file| SnapshotFile {
            path: file.path,
            content: Content::Described(BlobId::of(&bytes[file.bytes]), file.parsed),
            ignored: false,
            imported: file.is_import,
        })
        .collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Snapshot {
        origin: Arc::new(origin),
        files,
        roots: own_paths(),
        notes: Vec::new(),
        looked_at: None,
        repository: repository.cloned(),
    })
}

// ---- bytes

/// Why bytes could not be unpacked.
enum Problem {
    TooLarge,
    Damaged(&'static str, io::Error),
}

impl Problem {
    fn of(self, label: &str) -> SourceError {
        match self {
            Self::TooLarge => too_large(label),
            Self::Damaged(how, error) => {
                let damaged = SourceError::new(
                    SourceErrorKind::BadImage,
                    format!("{label} is compressed with {how} and cannot be unpacked"),
                )
                .hint("the file is damaged or cut off: write it anew");
                damaged.caused_by(if ends_early(&error) {
                    io::Error::new(io::ErrorKind::UnexpectedEof, "it ends too early")
                } else {
                    error
                })
            }
        }
    }
}

/// Whether the bytes were good as far as they went; unpackers say so in words of their own.
fn ends_early(error: &io::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(next) = cause {
        let read = next.downcast_ref::<io::Error>();
        if read.is_some_and(|read| read.kind() == io::ErrorKind::UnexpectedEof) {
            return true;
        }
        cause = match read.and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => next.source(),
        };
    }
    false
}

fn too_large(label: &str) -> SourceError {
    let gib = LARGEST_IMAGE >> 30;
    SourceError::new(
        SourceErrorKind::BadImage,
        format!("{label} holds more than {gib} GiB, and no larger descriptor set is read"),
    )
    .hint("build it of the protos alone that are to be judged")
}

/// Reads to the end, and one byte beyond the limit, so that it shows.
fn limited(from: impl io::Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(LARGEST_IMAGE + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The bytes unpacked, where they are compressed; what they are is told by how they begin, not by a name.
fn unpacked(bytes: &[u8]) -> Result<Option<Vec<u8>>, Problem> {
    let unpacked = if bytes.starts_with(b"\x1f\x8b") {
        let unpacker = flate2::read::MultiGzDecoder::new(bytes);
        Some(limited(unpacker).map_err(|error| Problem::Damaged("gzip", error))?)
    } else if bytes.starts_with(b"\x28\xb5\x2f\xfd") {
        let damaged = |error: io::Error| Problem::Damaged("zstd", error);
        let unpacker = ruzstd::decoding::StreamingDecoder::new(bytes);
        let unpacker = unpacker.map_err(|error| damaged(io::Error::other(error)))?;
        Some(limited(unpacker).map_err(damaged)?)
    } else {
        None
    };
    let length = unpacked.as_ref().map_or(bytes.len(), Vec::len) as u64;
    if length > LARGEST_IMAGE {
        return Err(Problem::TooLarge);
    }
    Ok(unpacked)
}

/// What to do about bytes that are no descriptor set.
fn refused(label: &str, error: DescriptorError) -> SourceError {
    const BUILD: &str = "write one with `buf build -o image.binpb` or with `protoc --include_imports --include_source_info --retain_options --descriptor_set_out=image.binpb …`";
    let hint = match &error {
        DescriptorError::Json => {
            "convert it: `buf build image.json -o image.binpb`, or build the binary form in the first place".to_owned()
        }
        DescriptorError::Text => {
            "convert an image in text form (`buf build image.txtpb -o image.binpb`); of `.proto` files name the folder".to_owned()
        }
        DescriptorError::Truncated(_) | DescriptorError::Malformed(_) => {
            "the file is damaged or cut off: write it anew".to_owned()
        }
        DescriptorError::TooDeep(_) => format!(
            "protoc has the same limit of {} levels: move the inner messages out",
            limits::DEEPEST_NESTING
        ),
        DescriptorError::TooLarge => {
            "build it of the protos alone that are to be judged".to_owned()
        }
        DescriptorError::Empty | DescriptorError::NotASet => BUILD.to_owned(),
    };
    SourceError::new(SourceErrorKind::BadImage, format!("{label}: {error}")).hint(hint)
}
