//! Where "new" starts.

use protoskew_git::{Branch, CommitId, Repository};

use super::Releases;
use super::worktree_line::newest_begun;
use crate::source::SourceError;

/// The state before which nothing is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// The commit.
    pub commit: CommitId,
    /// What it is, for the report: `release 1.3.2 (abc1234)`, `merge base with origin/main (abc1234)`.
    pub phrase: String,
    /// What it is called as a state of the API: `1.3.2`, `main`, `HEAD~1`.
    pub label: String,
}

/// The baseline: the one asked for; else, where HEAD is not in the default branch, the merge base with it; else the newest
/// release reachable from HEAD's first parent; else that parent. `None` where HEAD has no parent: all is new.
pub fn baseline(
    repository: &Repository,
    asked: Option<&str>,
    head: CommitId,
    default_branch: Option<&Branch>,
    releases: &Releases,
) -> Result<Option<Baseline>, SourceError> {
    let at = |commit: CommitId, what: String, label: String| -> Result<_, SourceError> {
        let short = repository.commit(commit)?.short;
        Ok(Some(Baseline {
            commit,
            phrase: format!("{what} ({short})"),
            label,
        }))
    };
    if let Some(name) = asked {
        let commit = match releases.named(name) {
            Some(release) => release.commit,
            None => repository.resolve(name)?,
        };
        let what = match releases.series.iter().find(|r| r.commit == commit) {
            Some(release) => format!("release {}", release.name),
            None => format!("`{name}`"),
        };
        return at(commit, what, name.to_owned());
    }
    if let Some(default) = default_branch
        && default.commit != head
        && !repository.is_ancestor(head, default.commit)?
        && let Some(base) = repository.merge_base(head, default.commit)?
    {
        let what = format!("merge base with {}", default.name);
        return at(base, what, default.name.clone());
    }
    let Some(parent) = repository.first_parent(head)? else {
        return Ok(None);
    };
    match releases.newest_reachable(repository, parent)? {
        Some(release) => at(
            release.commit,
            format!("release {}", release.name),
            release.name.to_string(),
        ),
        None => at(parent, "the parent commit".to_owned(), "HEAD~1".to_owned()),
    }
}

/// Where the newest release line began in the history of HEAD's first parent: its newest release there, or the commit at
/// which its branch left the default branch.
///
/// An alternative to [`baseline`] for repositories whose releases are made on branches and never merged back: there the
/// newest release that the default branch contains may be years old (etcd's main contains 2.3.0, of 2016).
pub fn where_the_newest_line_began(
    repository: &Repository,
    head: CommitId,
    default_branch: Option<&Branch>,
    releases: &Releases,
) -> Result<Option<Baseline>, SourceError> {
    let Some(parent) = repository.first_parent(head)? else {
        return Ok(None);
    };
    let Some((release, commit)) = newest_begun(repository, releases, parent, default_branch)?
    else {
        return Ok(None);
    };
    let short = repository.commit(commit)?.short;
    Ok(Some(if release.commit == commit {
        Baseline {
            commit,
            phrase: format!("release {} ({short})", release.name),
            label: release.name.to_string(),
        }
    } else {
        Baseline {
            commit,
            phrase: format!("where {} branched off ({short})", release.line),
            label: format!("{} branch point", release.line),
        }
    }))
}
