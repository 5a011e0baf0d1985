//! Names: tags and what they point to, the default branch, and names that look like another.

use gix::ObjectId;
use gix::bstr::ByteSlice;

use crate::repository::unreadable;
use crate::{CommitId, ErrorKind, GitError, Repository, Result};

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tag {
    /// Its name without `refs/tags/`, shown as well as possible where it is not UTF-8.
    pub name: String,
    /// The commit that it leads to; `None` where it leads to a tree or blob, or to nothing in this clone.
    pub commit: Option<CommitId>,
}

/// A branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its name as one would type it: `main`, `origin/main`.
    pub name: String,
    /// Its newest commit.
    pub commit: CommitId,
}

impl Repository {
    /// All tags by name.
    pub fn tags(&self) -> Result<Vec<Tag>> {
        let repo = self.local();
        let listing = |error| unreadable("the list of tags", error);
        let refs = repo.references().map_err(listing)?;
        let mut tags = Vec::new();
        // a reference that cannot be read is one that git warns about and ignores
        for tag in refs.tags().map_err(listing)?.filter_map(|tag| tag.ok()) {
            let name = tag.inner.name.as_bstr();
            let name = name.strip_prefix(b"refs/tags/").unwrap_or(name);
            let name = name.to_str_lossy().into_owned();
            // packed refs say what an annotated tag leads to
            let target = match tag.inner.peeled {
                Some(peeled) => Some(peeled),
                None => tag.inner.target.try_id().map(ToOwned::to_owned),
            };
            let commit = target
                .or_else(|| {
                    tag.clone()
                        .into_fully_peeled_id()
                        .ok()
                        .map(|id| id.detach())
                })
                .and_then(|id| peel(&repo, id));
            tags.push(Tag { name, commit });
        }
        tags.sort_unstable();
        Ok(tags)
    }

    /// All branches, of this clone and of its remotes, by name; a remote's HEAD is one of them and not listed.
    pub fn branches(&self) -> Result<Vec<Branch>> {
        let repo = self.local();
        let listing = |error| unreadable("the list of branches", error);
        let refs = repo.references().map_err(listing)?;
        let all = refs
            .local_branches()
            .map_err(listing)?
            .chain(refs.remote_branches().map_err(listing)?);
        let mut branches = Vec::new();
        // a reference that cannot be read is one that git warns about and ignores
        for found in all.filter_map(|found| found.ok()) {
            if found.target().try_name().is_some() {
                continue;
            }
            let name = found.name().shorten().to_str_lossy().into_owned();
            if let Ok(id) = found.into_fully_peeled_id()
                && let Some(commit) = peel(&repo, id.detach())
            {
                branches.push(Branch { name, commit });
            }
        }
        branches.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        Ok(branches)
    }

    /// The branch that everything is merged into: the configured one, else what `origin/HEAD` points to, else `main`
    /// or `master`, here or at `origin`; `None` where there is none of these.
    pub fn default_branch(&self, configured: Option<&str>) -> Result<Option<Branch>> {
        if let Some(name) = configured {
            let found = self
                .branch(&format!("refs/heads/{name}"))
                .or_else(|| self.branch(&format!("refs/remotes/origin/{name}")))
                .or_else(|| self.branch(&format!("refs/remotes/{name}")));
            return match found {
                Some(branch) => Ok(Some(branch)),
                None => {
                    let near = self.names_like(name);
                    let error = GitError::new(
                        ErrorKind::BadRevision,
                        format!("the default branch `{name}` does not exist here"),
                    );
                    Err(if near.is_empty() {
                        error.hint(format!("`git fetch origin {name}:{name}` gets it"))
                    } else {
                        error.hint(format!("did you mean {}?", near.join(" or ")))
                    })
                }
            };
        }
        Ok([
            "refs/remotes/origin/HEAD",
            "refs/heads/main",
            "refs/heads/master",
            "refs/remotes/origin/main",
            "refs/remotes/origin/master",
        ]
        .iter()
        .find_map(|name| self.branch(name)))
    }

    /// The url of the remote `origin`, as configured.
    pub fn origin_url(&self) -> Option<String> {
        let repo = self.local();
        let url = repo.config_snapshot().string("remote.origin.url")?;
        Some(url.to_str_lossy().into_owned())
    }

    fn branch(&self, name: &str) -> Option<Branch> {
        let repo = self.local();
        let mut found = repo.try_find_reference(name).ok()??;
        if let Some(next) = found.target().try_name() {
            // shown by the name that a person knows: `origin/main`, not `origin/HEAD`
            let next = next.to_owned();
            found = repo.try_find_reference(next.as_ref()).ok()??;
        }
        let short = found.name().shorten().to_str_lossy().into_owned();
        let id = found.into_fully_peeled_id().ok()?.detach();
        Some(Branch {
            name: short,
            commit: CommitId(peel(&repo, id)?.0),
        })
    }

    /// Up to three names of tags and branches that a mistyped name may have meant, nearest first, in backticks.
    pub(crate) fn names_like(&self, typed: &str) -> Vec<String> {
        let repo = self.local();
        let Ok(refs) = repo.references() else {
            return Vec::new();
        };
        let typed_bare = bare(typed);
        let mut near: Vec<(usize, String)> = Vec::new();
        for found in refs.all().into_iter().flatten().filter_map(|r| r.ok()) {
            let full = found.inner.name.as_bstr().to_str_lossy();
            if !["refs/tags/", "refs/heads/", "refs/remotes/"]
                .iter()
                .any(|kind| full.starts_with(kind))
            {
                continue;
            }
            let name = found.inner.name.shorten().to_str_lossy().into_owned();
            let distance = edits(&typed_bare, &bare(&name));
            if distance <= typed_bare.len() / 3 {
                near.push((distance, name));
            }
        }
        near.sort();
        near.dedup();
        near.truncate(3);
        near.into_iter()
            .map(|(_, name)| format!("`{name}`"))
            .collect()
    }
}

/// What people leave out or add when they type a release or a branch.
fn bare(name: &str) -> String {
    let name = name.strip_prefix("origin/").unwrap_or(name);
    let after_v = name.strip_prefix('v').unwrap_or(name);
    if after_v.starts_with(|c: char| c.is_ascii_digit()) {
        after_v.to_owned()
    } else {
        name.to_owned()
    }
}

fn peel(repo: &gix::Repository, mut id: ObjectId) -> Option<CommitId> {
    // a header says what a commit is without inflating it; only tags of tags and loose tags need more
    for _ in 0..16 {
        match repo.try_find_header(id).ok()??.kind() {
            gix::object::Kind::Commit => return Some(CommitId(id)),
            gix::object::Kind::Tag => {
                let tag = repo.find_tag(id).ok()?;
                id = tag.target_id().ok()?.detach();
            }
            gix::object::Kind::Tree | gix::object::Kind::Blob => return None,
        }
    }
    None
}

/// How many letters must be put in, taken out or replaced to make one name of the other.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(row[j + 1] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::edits;

    #[test]
    fn edits_are_counted() {
        assert_eq!(edits("1.3.2", "1.3.2"), 0);
        assert_eq!(edits("mian", "main"), 2);
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(edits("kitten", "sitting"), 3);
    }
}
