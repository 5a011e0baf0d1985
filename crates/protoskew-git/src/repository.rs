//! One repository, opened: where it is, what it is, and what its names mean.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use gix::bstr::ByteSlice;

use crate::cat_file::CatFile;
use crate::graph::Commits;
use crate::trees::TreeMemo;
use crate::{BlobId, CommitId, ErrorKind, GitError, Result};

/// An opened repository; may be shared between threads.
pub struct Repository {
    shared: gix::ThreadSafeRepository,
    /// For single questions, so that its caches serve the next one; long work takes a handle of its own.
    local: Mutex<gix::Repository>,
    pub(crate) commits: Mutex<Commits>,
    pub(crate) trees: Mutex<TreeMemo>,
    pub(crate) cat_file: Mutex<CatFile>,
    shallow: bool,
    /// Where a partial clone fetches from.
    pub(crate) promisor: Option<String>,
}

impl std::fmt::Debug for Repository {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Repository").field(&self.git_dir()).finish()
    }
}

/// What a commit says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitInfo {
    /// Its id.
    pub id: CommitId,
    /// Its id as git abbreviates it: seven digits, or more where that would be ambiguous.
    pub short: String,
    /// The day on which it was committed, where the committer was: `2018-03-14`.
    pub date: String,
    /// Who wrote it.
    pub author: String,
    /// The first line of its message.
    pub subject: String,
    /// Its parents; none at the boundary of a shallow clone.
    pub parents: Vec<CommitId>,
}

/// Who wrote a commit, and its whole message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Name of the author.
    pub author: String,
    /// Address of the author.
    pub email: String,
    /// The message, subject and trailers included.
    pub message: String,
    /// How many parents it has.
    pub parents: usize,
}

impl Repository {
    /// Opens the repository that holds the folder: its own, or that of a folder above.
    ///
    /// `GIT_DIR` is asked only where none is found, so that a second repository can be opened from within a hook.
    /// A repository that belongs to another user is opened too: git refuses because it might run what that user
    /// configured; nothing is run here.
    pub fn discover(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = folder.as_ref();
        let found = gix::ThreadSafeRepository::discover_opts(folder, Default::default(), trust())
            .or_else(|error| {
                if std::env::var_os("GIT_DIR").is_some() && error.is_not_found() {
                    return gix::ThreadSafeRepository::open_with_environment_overrides(
                        folder,
                        trust(),
                    );
                }
                Err(error)
            });
        let shared = found.map_err(|error| open_error(folder, error))?;
        let mut local = shared.to_thread_local();
        local.object_cache_size(0);
        let shallow = local
            .shallow_commits()
            .map_err(|error| unreadable("the list of shallow commits", error))?;
        supported(&local)?;
        let promisor = promisor(&local);
        let commits = Commits::new(&local, shallow.as_deref().map(|s| s.iter().copied()));
        let cat_file = CatFile::new(local.git_dir().to_owned());
        Ok(Self {
            shared,
            local: Mutex::new(local),
            commits: Mutex::new(commits),
            trees: Mutex::default(),
            cat_file: Mutex::new(cat_file),
            shallow: shallow.is_some(),
            promisor,
        })
    }

    /// Whether it has no worktree.
    pub fn is_bare(&self) -> bool {
        self.local().workdir().is_none()
    }

    /// Whether its history is cut off somewhere (`git clone --depth`).
    pub fn is_shallow(&self) -> bool {
        self.shallow
    }

    /// Whether it fetches objects only when they are asked for (`git clone --filter`).
    pub fn is_partial(&self) -> bool {
        self.promisor.is_some()
    }

    /// The root of its worktree.
    pub fn workdir(&self) -> Option<PathBuf> {
        self.local().workdir().map(Path::to_owned)
    }

    /// Who works here, as git would sign a commit: `Name <name@example.org>`; `None` where it is not configured.
    pub fn user(&self) -> Option<String> {
        let repo = self.local();
        let config = repo.config_snapshot();
        let said = |key| Some(config.string(key)?.to_str_lossy().into_owned());
        let name = said("user.name")?;
        Some(match said("user.email") {
            Some(email) => format!("{name} <{email}>"),
            None => name,
        })
    }

    /// Its own folder: `.git`, or `.git/worktrees/name` for a linked worktree.
    pub fn git_dir(&self) -> PathBuf {
        self.local().git_dir().to_owned()
    }

    /// The folder that all its worktrees share: `.git`, or a bare repository itself.
    pub fn common_dir(&self) -> PathBuf {
        self.local().common_dir().to_owned()
    }

    /// The commit that HEAD stands on; `None` before the first commit.
    pub fn head(&self) -> Result<Option<CommitId>> {
        let repo = self.local();
        let mut head = repo.head().map_err(|error| unreadable("HEAD", error))?;
        let id = head
            .try_peel_to_id()
            .map_err(|error| unreadable("HEAD", error))?;
        Ok(id.map(|id| CommitId(id.detach())))
    }

    /// The branch that HEAD is on, by its short name, born or not; `None` where HEAD is detached.
    pub fn head_name(&self) -> Result<Option<String>> {
        let repo = self.local();
        let name = repo
            .head_name()
            .map_err(|error| unreadable("HEAD", error))?;
        Ok(name.map(|name| name.shorten().to_str_lossy().into_owned()))
    }

    /// The commit that a name means: a branch, a tag, an id in full or in short, `HEAD~1`, `origin/main`.
    pub fn resolve(&self, name: &str) -> Result<CommitId> {
        let found = {
            let repo = self.local();
            let parsed = if name.is_empty() {
                None
            } else {
                repo.rev_parse_single(name.as_bytes().as_bstr()).ok()
            };
            parsed.map(|id| match id.object() {
                Ok(object) => object
                    .peel_to_commit()
                    .map(|commit| CommitId(commit.id))
                    .map_err(|_| {
                        GitError::new(
                            ErrorKind::BadRevision,
                            format!("`{name}` is not a commit, nor a tag of one"),
                        )
                    }),
                Err(error) => Err(object_error(id.detach(), "object", error)),
            })
        };
        found.unwrap_or_else(|| Err(self.unknown_name(name)))
    }

    fn unknown_name(&self, name: &str) -> GitError {
        let error = GitError::new(
            ErrorKind::BadRevision,
            format!("`{name}` names no commit, branch or tag of this repository"),
        );
        if self.shallow {
            return error.hint(
                "this clone is shallow: run `git fetch --unshallow --tags` if the name lies beyond its history",
            );
        }
        if name.starts_with("HEAD") && matches!(self.head(), Ok(None)) {
            return error.hint("this branch has no commit yet: commit first, or judge what is there without naming a revision");
        }
        let near = self.names_like(name);
        if near.is_empty() {
            error.hint("`git tag` and `git branch --all` list the names; `git fetch --tags` gets those of the remote")
        } else {
            error.hint(format!("did you mean {}?", near.join(" or ")))
        }
    }

    /// What the commit says of itself.
    pub fn commit(&self, id: CommitId) -> Result<CommitInfo> {
        let parents = self.parents(id)?;
        let repo = self.local();
        let object = repo
            .find_object(id.0)
            .map_err(|error| object_error(id.0, "commit", error))?;
        let damaged = |error: gix::Error| object_error(id.0, "commit", error);
        let commit = object.try_to_commit_ref().map_err(damaged)?;
        let author = commit.author().map_err(damaged)?;
        let committed = commit
            .committer()
            .map_err(damaged)?
            .time()
            .unwrap_or_default();
        let subject = commit.message().summary();
        Ok(CommitInfo {
            id,
            short: gix::prelude::ObjectIdExt::attach(id.0, &repo)
                .shorten_or_id()
                .to_string(),
            date: committed.format_or_unix(gix::date::time::format::SHORT),
            author: author.name.to_str_lossy().into_owned(),
            subject: subject.to_str_lossy().into_owned(),
            parents,
        })
    }

    /// Who wrote the commit, and what its message says.
    pub fn signed(&self, id: CommitId) -> Result<Signed> {
        let parents = self.parents(id)?.len();
        let repo = self.local();
        let object = repo
            .find_object(id.0)
            .map_err(|error| object_error(id.0, "commit", error))?;
        let damaged = |error: gix::Error| object_error(id.0, "commit", error);
        let commit = object.try_to_commit_ref().map_err(damaged)?;
        let author = commit.author().map_err(damaged)?;
        Ok(Signed {
            author: author.name.to_str_lossy().into_owned(),
            email: author.email.to_str_lossy().into_owned(),
            message: commit.message.to_str_lossy().into_owned(),
            parents,
        })
    }

    /// The id that this repository gives to the content, whether it holds it or not.
    pub fn blob_id(&self, content: &[u8]) -> BlobId {
        BlobId::with_hash(content, self.local().object_hash())
    }

    pub(crate) fn local(&self) -> MutexGuard<'_, gix::Repository> {
        // nothing that a panic could leave half done: its state is caches
        self.local.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A handle for one thread's own use.
    pub(crate) fn handle(&self) -> gix::Repository {
        self.shared.to_thread_local()
    }
}

/// Reads the repository's own configuration only, so that the answer depends on the repository and not on the user.
fn trust() -> gix::sec::trust::Mapping<gix::open::Options> {
    let options = || {
        let mut permissions = gix::open::Permissions::isolated();
        // hooks keep new objects in quarantine and say so here
        permissions.env.objects = gix::sec::Permission::Allow;
        gix::open::Options::default()
            .permissions(permissions)
            .bail_if_untrusted(false)
            // room for the trees of a large repository, which are each other's bases: listing the protos of
            // 151 releases took 76 ms with the default, and takes 54 ms with this
            .config_overrides(["core.deltaBaseCacheLimit=33554432"])
    };
    gix::sec::trust::Mapping {
        full: options().with(gix::sec::Trust::Full),
        reduced: options().with(gix::sec::Trust::Reduced),
    }
}

/// The remote that a partial clone fetches from.
fn promisor(repo: &gix::Repository) -> Option<String> {
    let config = repo.config_snapshot();
    if let Some(name) = config.string("extensions.partialClone") {
        return Some(name.to_str_lossy().into_owned());
    }
    let remotes = config.plumbing().sections_by_name("remote")?;
    for remote in remotes {
        let promises = remote.value("promisor").is_some_and(|v| v == "true");
        if promises && let Some(name) = remote.header().subsection_name() {
            return Some(name.to_str_lossy().into_owned());
        }
    }
    None
}

/// Refuses what git would write differently in a later format: to read it as before would be to misread it.
fn supported(repo: &gix::Repository) -> Result<()> {
    let config = repo.config_snapshot();
    if config.integer("core.repositoryFormatVersion").unwrap_or(0) < 1 {
        return Ok(());
    }
    for section in config
        .plumbing()
        .sections_by_name("extensions")
        .into_iter()
        .flatten()
    {
        for name in section.value_names() {
            let name = name.to_string().to_ascii_lowercase();
            let hint = match name.as_str() {
                "noop" | "preciousobjects" | "partialclone" | "worktreeconfig" | "objectformat"
                | "compatobjectformat" | "relativeworktrees" => continue,
                "refstorage" if section.value("refStorage").is_some_and(|v| v == "files") => {
                    continue;
                }
                "refstorage" => {
                    "`git refs migrate --ref-format=files` writes the references as files, or clone with `--ref-format=files`"
                }
                _ => "use a newer protoskew, or a clone without the extension",
            };
            return Err(GitError::new(
                ErrorKind::Unreadable,
                format!(
                    "this repository uses git's extension `{name}`, which protoskew does not know"
                ),
            )
            .hint(hint));
        }
    }
    Ok(())
}

fn open_error(folder: &Path, error: gix::Error) -> GitError {
    let shown = folder.display();
    if !folder.is_dir() {
        return GitError::new(
            ErrorKind::NotARepository,
            format!("there is no folder {shown}"),
        );
    }
    if error.is_not_found() {
        return GitError::new(
            ErrorKind::NotARepository,
            format!("{shown} is in no git repository"),
        )
        .hint("run in a clone, or compare two folders: `protoskew check NEW --against OLD`");
    }
    let hint = if error.is_permission_denied() {
        "the files of the repository must be readable by this user"
    } else {
        "`git status` there may say more"
    };
    GitError::new(
        ErrorKind::Unreadable,
        format!("the git repository of {shown} cannot be opened"),
    )
    .hint(hint)
    .caused_by(error)
}

pub(crate) fn unreadable(what: &str, error: gix::Error) -> GitError {
    GitError::new(ErrorKind::Unreadable, format!("{what} cannot be read"))
        .hint("`git fsck` checks the repository")
        .caused_by(error)
}

/// The error for an object that could not be had: not there, or damaged.
pub(crate) fn object_error(id: gix::ObjectId, what: &str, error: gix::Error) -> GitError {
    if error.is_not_found() {
        return missing(id, what);
    }
    GitError::new(ErrorKind::CorruptObject, format!("{what} {id} is damaged"))
        .hint("`git fsck --full` lists all damage; a fresh clone, or `git fetch` after deleting the object, mends it")
        .caused_by(error)
}

pub(crate) fn missing(id: gix::ObjectId, what: &str) -> GitError {
    GitError::new(
        ErrorKind::MissingObject,
        format!("{what} {id} is not in this clone"),
    )
    .hint("run `git fetch --refetch` to get everything again, or `git fsck` to see what is missing")
}
