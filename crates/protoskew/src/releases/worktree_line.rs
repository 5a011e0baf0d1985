//! Which release line the worktree will be released on.

use protoskew_git::{Branch, CommitId, Repository};

use super::tag::{Line, Version};
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

impl WorktreeLine {
    /// The number that the release would have.
    pub fn version(&self) -> Version {
        Version {
            major: self.line.major,
            minor: self.line.minor,
            patch: if self.patch {
                self.after.version.patch.saturating_add(1)
            } else {
                0
            },
        }
    }
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
    let on_default = match default_branch {
        Some(default) => repository.is_ancestor(head, default.commit)?,
        None => false,
    };
    // where tags are never merged back, the newest release that HEAD contains may be as old as the repository
    let contained = if on_default {
        None
    } else {
        releases.newest_reachable(repository, head)?
    };
    if let Some(after) = contained {
        let called_after = is_called_after(repository.head_name()?.as_deref(), after.line);
        let made_here = match default_branch {
            Some(default) => !repository.is_ancestor(after.commit, default.commit)?,
            None => false,
        };
        if called_after || made_here {
            return Ok(Some(WorktreeLine {
                line: after.line,
                after: after.clone(),
                patch: true,
            }));
        }
    }
    let begun = newest_begun(repository, releases, head, default_branch)?;
    Ok(begun.map(|(after, _)| WorktreeLine {
        line: Line {
            minor: after.line.minor.saturating_add(1),
            ..after.line
        },
        after: after.clone(),
        patch: false,
    }))
}

/// The newest release of the newest line that was begun in the commit's history, and where it was: at the line's first
/// release, or where the branch of that release left the default branch.
pub(crate) fn newest_begun<'r>(
    repository: &Repository,
    releases: &'r Releases,
    commit: CommitId,
    default_branch: Option<&Branch>,
) -> Result<Option<(&'r Release, CommitId)>, SourceError> {
    let mut ancestry = repository.ancestry(commit)?;
    for line in releases.series.chunk_by(|a, b| a.line == b.line).rev() {
        let (first, last) = (&line[0], &line[line.len() - 1]);
        if ancestry.contains(first.commit)? {
            // the newest that is contained, where some patches are and some are not
            let mut newest = first;
            for release in line.iter().rev() {
                if ancestry.contains(release.commit)? {
                    newest = release;
                    break;
                }
            }
            return Ok(Some((newest, newest.commit)));
        }
        let left = match default_branch {
            Some(default) => repository.merge_base(first.commit, default.commit)?,
            None => None,
        };
        if let Some(left) = left
            && ancestry.contains(left)?
        {
            return Ok(Some((last, left)));
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
