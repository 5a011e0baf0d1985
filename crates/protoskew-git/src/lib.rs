//! Reads git repositories in process: refs, ancestry, and the `.proto` files of any commit.
//!
//! The one place that knows `gix`; none of its types appear outside. Nothing here writes to a repository, and nothing
//! that a repository configures (hooks, filters, monitors) is ever run. The one program started is `git cat-file`, and
//! only to fetch what a partial clone lacks.

mod blobs;
mod cat_file;
mod error;
mod graph;
mod id;
mod index;
mod refs;
mod repository;
mod trees;
mod walked;

pub use error::{ErrorKind, GitError};
pub use graph::Ancestry;
pub use id::{BlobId, CommitId};
pub use index::{Index, IndexEntry, Stat};
pub use refs::{Branch, Tag};
pub use repository::{CommitInfo, Repository, Signed};
pub use trees::{FileKind, ProtoTree, Protos, TreeChange, TreeFile};
pub use walked::Walked;

/// What every call here returns.
pub type Result<T, E = GitError> = std::result::Result<T, E>;
