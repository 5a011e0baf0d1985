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

/// The line after the newest release reachable from HEAD, or a patch on a release branch; `None` before the first release.
///
/// HEAD is on a release branch where a newer line exists, HEAD is not in the default branch, and either that release is not
/// in the default branch (so releases are made here), or the branch is called after the line (`release-1.3`). A topic branch
/// that was begun before the newest release is not one.
pub fn worktree_line(
    repository: &Repository,
    releases: &Releases,
    head: CommitId,
    default_branch: Option<&Branch>,
) -> Result<Option<WorktreeLine>, SourceError> {
    let Some(after) = releases.newest_reachable(repository, head)? else {
        return Ok(None);
    };
    let newest = releases.series.last().map(|release| release.line);
    let patch = newest > Some(after.line)
        && match default_branch {
            Some(default) => {
                let mut in_default = repository.ancestry(default.commit)?;
                !in_default.contains(head)?
                    && (!in_default.contains(after.commit)?
                        || is_called_after(repository.head_name()?.as_deref(), after.line))
            }
            None => is_called_after(repository.head_name()?.as_deref(), after.line),
        };
    let line = if patch {
        after.line
    } else {
        Line {
            minor: after.line.minor + 1,
            ..after.line
        }
    };
    Ok(Some(WorktreeLine {
        line,
        after: after.clone(),
        patch,
    }))
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
