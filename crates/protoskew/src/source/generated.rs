//! Generated Go code as a source: the protos whose descriptors it carries.

use std::io::Read as _;
use std::sync::Arc;

use globset::{GlobBuilder, GlobMatcher};
use protoskew_git::{BlobId, CommitId, Repository};
use protoskew_schema::descriptor;

use super::error::{SourceError, SourceErrorKind};
use super::image::own_paths;
use super::{Content, Snapshot, SnapshotFile, go, origin_of};

/// The largest descriptor of one file that is read, in bytes, unpacked: the largest that are known have some hundred thousand.
const LARGEST_DESCRIPTOR: u64 = 64 << 20;

/// The protos whose descriptors the Go files of a commit carry that match a glob, or why there are none.
///
/// They stand at the paths that they were compiled under. A file of Go without a descriptor (of services, of fast codecs) is passed over; where a
/// descriptor cannot be read, or two of one path differ, the snapshot has a note.
pub fn generated(
    repository: &Arc<Repository>,
    commit: CommitId,
    label: &str,
    glob: &str,
) -> Result<Result<Snapshot, String>, SourceError> {
    let matcher = matcher(glob)?;
    let sources = repository.files_at(commit, folder_of(glob), |path| matcher.is_match(path))?;
    if sources.is_empty() {
        return Ok(Err(format!("it has no {glob}")));
    }
    let ids: Vec<BlobId> = sources.iter().map(|file| file.blob).collect();
    let mut files: Vec<SnapshotFile> = Vec::new();
    let mut notes = Vec::new();
    for (source, text) in sources.iter().zip(repository.read_blobs(&ids)?) {
        let path = &source.path;
        for value in go::descriptors(&text) {
            let read = value
                .map_err(|unread| format!("the Go text at line {} makes no sense", unread.line))
                .and_then(described);
            match read {
                Err(why) => notes.push(format!("the descriptor in {path} cannot be read: {why}")),
                Ok(file) => match files.iter().find(|known| known.path == file.path) {
                    None => files.push(file),
                    Some(known) if known.content.id() == file.content.id() => {}
                    Some(_) => notes.push(format!(
                        "{path} describes {} otherwise than a file before it, which is kept",
                        file.path
                    )),
                },
            }
        }
    }
    if files.is_empty() {
        let why = notes.into_iter().next();
        return Ok(Err(
            why.unwrap_or_else(|| format!("its {glob} holds no descriptor"))
        ));
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(Ok(Snapshot {
        origin: Arc::new(origin_of(repository, commit, label)?),
        files,
        roots: own_paths(),
        notes,
        looked_at: Some(sources.len()),
        repository: Some(Arc::clone(repository)),
    }))
}

/// What a descriptor in Go code, compressed or not, says.
fn described(bytes: Vec<u8>) -> Result<SnapshotFile, String> {
    let bytes = if bytes.starts_with(b"\x1f\x8b") {
        let mut unpacked = Vec::new();
        flate2::read::MultiGzDecoder::new(bytes.as_slice())
            .take(LARGEST_DESCRIPTOR + 1)
            .read_to_end(&mut unpacked)
            .map_err(|error| format!("it is compressed with gzip and damaged ({error})"))?;
        unpacked
    } else {
        bytes
    };
    if bytes.len() as u64 > LARGEST_DESCRIPTOR {
        let mib = LARGEST_DESCRIPTOR >> 20;
        return Err(format!(
            "it has more than {mib} MiB, and no larger one is read"
        ));
    }
    let file = descriptor::read_file(&bytes).map_err(|error| error.to_string())?;
    Ok(SnapshotFile {
        path: file.path,
        content: Content::Described(BlobId::of(&bytes), file.parsed),
        ignored: false,
        imported: false,
    })
}

fn matcher(glob: &str) -> Result<GlobMatcher, SourceError> {
    let built = GlobBuilder::new(glob).literal_separator(true).build();
    let built = built.map_err(|error| {
        SourceError::new(
            SourceErrorKind::BadPattern,
            format!("`{glob}` is no glob: {}", error.kind()),
        )
        .hint("`api/**/*.pb.go` matches at any depth, `*.pb.go` in one folder")
    })?;
    Ok(built.compile_matcher())
}

/// The folder that all matches of a glob lie in, as deep as the glob tells.
fn folder_of(glob: &str) -> &str {
    let plain = glob.find(['*', '?', '[', '{', '\\']).unwrap_or(glob.len());
    glob[..plain]
        .rsplit_once('/')
        .map_or("", |(folder, _)| folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_matches_lie() {
        for (glob, folder) in [
            ("a/b/c.pb.go", "a/b"),
            ("c.pb.go", ""),
            ("a/b*/c.pb.go", "a"),
            ("**/*.pb.go", ""),
            ("a/{b,c}/d.pb.go", "a"),
        ] {
            assert_eq!(folder_of(glob), folder, "{glob}");
        }
    }

    #[test]
    fn descriptors_that_cannot_be_read() {
        let told = |bytes: &[u8]| described(bytes.to_vec()).expect_err("unreadable");
        assert!(told(b"\x1f\x8b\x08\0").contains("compressed with gzip and damaged"));
        assert_eq!(told(b"text"), "this is no descriptor set");
        let mut bomb = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        let zeros = vec![0; 1 << 20];
        for _ in 0..65 {
            std::io::Write::write_all(&mut bomb, &zeros).expect("memory");
        }
        let bomb = bomb.finish().expect("memory");
        assert!(told(&bomb).contains("more than 64 MiB"));
    }
}
