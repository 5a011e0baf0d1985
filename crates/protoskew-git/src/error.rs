//! What can go wrong with a repository, said so that a person knows what to do next.

use std::fmt;

/// Why a question to a repository has no answer: what, where, and what to do next.
#[derive(Debug)]
pub struct GitError {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

/// The kinds of [`GitError`] that a caller may want to tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// The folder is in no repository.
    NotARepository,
    /// The repository is there and cannot be opened.
    Unreadable,
    /// A name or id that means no commit here.
    BadRevision,
    /// An object that should be there and is not.
    MissingObject,
    /// An object whose bytes are damaged.
    CorruptObject,
    /// An object too large to be a `.proto` file.
    TooLarge,
    /// The index holds unmerged paths.
    Conflict,
    /// The index is damaged.
    CorruptIndex,
}

impl GitError {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
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

    #[must_use]
    pub(crate) fn caused_by(
        mut self,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What went wrong, as a kind.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What went wrong, in one sentence without a full stop.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do next, where something helps.
    pub fn what_to_do(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Whether the folder is simply in no repository.
    pub fn is_not_a_repository(&self) -> bool {
        self.kind == ErrorKind::NotARepository
    }

    /// Whether a name was asked for that means nothing here.
    pub fn is_bad_revision(&self) -> bool {
        self.kind == ErrorKind::BadRevision
    }
}

/// The message alone: cause and hint are for the caller to lay out.
impl fmt::Display for GitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for GitError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
