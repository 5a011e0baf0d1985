//! Which release line the worktree will be released on.

use protoskew_git::{Branch, CommitId, Repository};

use super::tag::Line;
use super::{Release, Releases};
use crate::source::SourceError;

/// The line of what is not released yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorktreeLine {
    /// The line.
    pub line: Line,
    /// The newest release that HEAD contains.
    pub after: Release,
    /// A patch on the line of that release, not a line of its own.
    pub patch: bool,
}

/// The line after the newest one that was begun in HEAD's history, or a patch on a release branch; `None` before the first
/// release.
///
/// A line is begun where its first release stands or, where releases are made on branches and their tags are never merged
/// back (etcd), where that branch left the default branch.
///
/// HEAD is on a release branch where it is not in the default branch, and either the newest release that it contains is
/// not there (so releases are made here), or the branch is called after that release's line (`release-1.3`). A topic branch
/// that was begun before the newest release is not one.
pub fn worktree_line(
    repository: &Repository,
    releases: &Releases,
    head: CommitId,
    default_branch: Option<&Branch>,
) -> Result<Option<WorktreeLine>, SourceError> {
    let contained = releases.newest_reachable(repository, head)?;
    if let Some(after) = contained
        && is_release_branch(repository, after, head, default_branch)?
    {
        return Ok(Some(WorktreeLine {
            line: after.line,
            after: after.clone(),
            patch: true,
        }));
    }
    let begun = newest_begun(repository, releases, head, default_branch, contained)?;
    Ok(begun.or(contained).map(|after| WorktreeLine {
        line: Line {
            minor: after.line.minor + 1,
            ..after.line
        },
        after: after.clone(),
        patch: false,
    }))
}

fn is_release_branch(
    repository: &Repository,
    after: &Release,
    head: CommitId,
    default_branch: Option<&Branch>,
) -> Result<bool, SourceError> {
    let called_after = is_called_after(repository.head_name()?.as_deref(), after.line);
    let Some(default) = default_branch else {
        return Ok(called_after);
    };
    let mut in_default = repository.ancestry(default.commit)?;
    Ok(!in_default.contains(head)? && (called_after || !in_default.contains(after.commit)?))
}

/// The newest release of the newest line whose branch left the default branch in HEAD's history, where that line is newer
/// than that of the release that HEAD contains.
fn newest_begun<'r>(
    repository: &Repository,
    releases: &'r Releases,
    head: CommitId,
    default_branch: Option<&Branch>,
    contained: Option<&Release>,
) -> Result<Option<&'r Release>, SourceError> {
    let Some(default) = default_branch else {
        return Ok(None);
    };
    let mut in_head = repository.ancestry(head)?;
    for line in releases.series.chunk_by(|a, b| a.line == b.line).rev() {
        if contained.is_some_and(|contained| line[0].line <= contained.line) {
            break;
        }
        let left = repository.merge_base(line[0].commit, default.commit)?;
        if let Some(left) = left
            && in_head.contains(left)?
        {
            return Ok(line.last());
        }
    }
    Ok(None)
}

/// Whether a branch bears the line's number: `release-1.3`, `stable/v1.3.x`.
fn is_called_after(branch: Option<&str>, line: Line) -> bool {
    let Some(branch) = branch else {
        return false;
    };
    let number = line.to_string();
    branch.match_indices(&number).any(|(at, _)| {
        let before = branch[..at].chars().next_back();
        let after = branch[at + number.len()..].chars().next();
        !before.is_some_and(|c| c.is_ascii_digit() || c == '.')
            && !after.is_some_and(|c| c.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_called_after_a_line() {
        let line = Line { major: 1, minor: 3 };
        for name in ["release-1.3", "stable/v1.3.x", "1.3"] {
            assert!(is_called_after(Some(name), line), "{name}");
        }
        for name in ["release-1.30", "release-11.3", "2.1.3", "fix-13", "main"] {
            assert!(!is_called_after(Some(name), line), "{name}");
        }
    }
}
