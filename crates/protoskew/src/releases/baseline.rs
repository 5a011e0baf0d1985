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

/// What is judged, as far as history is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    /// The commit that it stands on.
    pub head: CommitId,
    /// Whether it differs from that commit: then the commit itself is what came before.
    pub edited: bool,
}

/// The baseline: the one asked for; else, where HEAD is not in the default branch, the merge base with it; else the newest
/// release that what came before contains, or the point where the branch of a newer line left it; else the commit before.
/// `None` where nothing came before: all is new.
///
/// The branch point matters where releases are made on branches and their tags are never merged back: there the
/// newest release that the default branch contains may be years old (etcd's main contains 2.3.0, of 2016).
pub fn baseline(
    repository: &Repository,
    asked: Option<&str>,
    tip: Tip,
    default_branch: Option<&Branch>,
    releases: &Releases,
) -> Result<Option<Baseline>, SourceError> {
    let head = tip.head;
    let at = |commit: CommitId, what: String, label: String| {
        Ok(Some(named(repository, commit, &what, label)?))
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
    let before = if tip.edited {
        Some(head)
    } else {
        repository.first_parent(head)?
    };
    let Some(before) = before else {
        return Ok(None);
    };
    match newest_begun(repository, releases, before, default_branch)? {
        Some((release, commit)) if release.commit == commit => at(
            commit,
            format!("release {}", release.name),
            release.name.to_string(),
        ),
        Some((release, commit)) => at(
            commit,
            format!("where {} branched off", release.line),
            format!("{} branch point", release.line),
        ),
        None if tip.edited => at(before, "HEAD".to_owned(), "HEAD".to_owned()),
        None => at(before, "the parent commit".to_owned(), "HEAD~1".to_owned()),
    }
}

/// A baseline, unless it is older than a commit that the configuration names and that what is judged contains: then that one.
///
/// Who begins with years of changes since the newest release says so once that only what comes now is new.
pub fn no_older_than(
    floor: &str,
    repository: &Repository,
    head: CommitId,
    found: Option<Baseline>,
) -> Result<Option<Baseline>, SourceError> {
    let commit = repository.resolve(floor)?;
    let older = match &found {
        Some(found) => found.commit != commit && repository.is_ancestor(found.commit, commit)?,
        None => true,
    };
    if older && (commit == head || repository.is_ancestor(commit, head)?) {
        let what = format!("`{floor}`, as configured");
        return Ok(Some(named(repository, commit, &what, floor.to_owned())?));
    }
    Ok(found)
}

fn named(
    repository: &Repository,
    commit: CommitId,
    what: &str,
    label: String,
) -> Result<Baseline, SourceError> {
    let short = repository.commit(commit)?.short;
    Ok(Baseline {
        commit,
        phrase: format!("{what} ({short})"),
        label,
    })
}
