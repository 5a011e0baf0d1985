//! Why there is nothing to judge: a bad environment, said so that a person knows what to do next.

use std::fmt;
use std::path::Path;

use protoskew_git::{GitError, Repository};

use crate::releases::Releases;

/// A source that cannot be read, or that holds nothing: what, where, and what to do next.
#[derive(Debug)]
pub struct SourceError {
    kind: SourceErrorKind,
    message: String,
    hint: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The kinds of [`SourceError`] that a caller may want to tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SourceErrorKind {
    /// Neither in a git repository nor given folders to compare.
    NotARepository,
    /// A name that means nothing in the repository.
    BadRevision,
    /// Anything else about git.
    Git,
    /// A file or folder that cannot be read.
    Unreadable,
    /// No `.proto` file anywhere.
    NoProtos,
    /// A history that is cut off, so that an answer would be incomplete.
    Shallow,
    /// A pattern that cannot be understood.
    BadPattern,
    /// A file that is no descriptor set, or one that is too large.
    BadImage,
}

impl SourceError {
    pub(crate) fn new(kind: SourceErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            hint: None,
            source: None,
        }
    }

    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same error, said of something that a person knows by name.
    #[must_use]
    pub(crate) fn about(mut self, what: &str) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    #[must_use]
    pub(crate) fn caused_by(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What went wrong, as a kind.
    pub fn kind(&self) -> SourceErrorKind {
        self.kind
    }

    /// What to do next, where something helps.
    pub fn what_to_do(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    pub(crate) fn unreadable(path: &Path, error: std::io::Error) -> Self {
        Self::new(
            SourceErrorKind::Unreadable,
            format!("{} cannot be read", path.display()),
        )
        .hint("what cannot be read cannot be judged: make it readable, or leave it out by configuration")
        .caused_by(error)
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for SourceError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl From<GitError> for SourceError {
    fn from(error: GitError) -> Self {
        let kind = if error.is_not_a_repository() {
            SourceErrorKind::NotARepository
        } else if error.is_bad_revision() {
            SourceErrorKind::BadRevision
        } else {
            SourceErrorKind::Git
        };
        Self {
            kind,
            message: error.message().to_owned(),
            hint: error.what_to_do().map(str::to_owned),
            source: std::error::Error::source(&error).map(|cause| cause.to_string().into()),
        }
    }
}

/// Refuses a history that is cut off, unless an incomplete answer is accepted.
pub fn complete(repository: &Repository, allow_incomplete: bool) -> Result<(), SourceError> {
    if allow_incomplete || !repository.is_shallow() {
        return Ok(());
    }
    Err(SourceError::new(
        SourceErrorKind::Shallow,
        "this clone is shallow: releases and history beyond its boundary are unknown",
    )
    .hint(
        "run `git fetch --unshallow --tags` (in GitHub Actions: `fetch-depth: 0`), or accept an incomplete answer with --allow-incomplete",
    ))
}

/// The error for a source without protos: what was looked for, and the newest release that had some.
pub fn no_protos(
    at: &str,
    looked_at: Option<usize>,
    repository: Option<&Repository>,
    releases: Option<&Releases>,
) -> SourceError {
    let among = match looked_at {
        Some(1) => " (1 tracked file)".to_owned(),
        Some(files) => format!(" ({files} tracked files)"),
        None => String::new(),
    };
    let error = SourceError::new(
        SourceErrorKind::NoProtos,
        format!("no `.proto` file in {at}{among}; folders that git ignores were not searched"),
    );
    let last = repository.zip(releases).and_then(|(repository, releases)| {
        releases.series.iter().rev().find(|release| {
            repository
                .proto_tree(release.commit)
                .is_ok_and(|protos| protos.is_some())
        })
    });
    match last {
        Some(release) => error.hint(format!(
            "release {} had protos: `protoskew check --against {}` names another place, `git log --diff-filter=D -- '*.proto'` says where they went",
            release.name, release.tag
        )),
        None => error.hint("run where the protos are, or name their folder: `protoskew check path/to/protos`"),
    }
}
