//! Pins to a revision: the commit of one repository that a lock file in another one means.

use std::sync::Arc;

use protoskew_git::{CommitId, Repository};
use protoskew_schema::Name;

use super::lock::{self, Entry};
use crate::config::LockFile;
use crate::error::Error;
use crate::project::Project;

/// What must be known to follow a component's pins.
pub(super) struct Pinned {
    pub(super) path: String,
    pub(super) format: LockFile,
    /// The repository of the protos; none: this one.
    pub(super) owner: Option<Arc<Project>>,
    pub(super) owner_name: Name,
    /// What lock files call that repository.
    pub(super) names: Names,
}

impl Pinned {
    /// The commit of `owner` that the lock file names at a commit of `home`, or why there is none.
    pub(super) fn commit(
        &self,
        home: &Repository,
        owner: &Repository,
        at: CommitId,
    ) -> Result<Result<CommitId, String>, Error> {
        let path = &self.path;
        let Some(bytes) = home.file_at(at, path)? else {
            return Ok(Err(format!("it has no {path}")));
        };
        let text = String::from_utf8_lossy(&bytes);
        let entries = match self.format {
            LockFile::GoMod => Some(lock::go_mod(&text)),
            LockFile::Gopkg => lock::gopkg(&text),
            LockFile::Cargo => lock::cargo(&text),
        };
        let Some(entries) = entries else {
            return Ok(Err(format!("its {path} cannot be read")));
        };
        let Some((entry, below)) = self.names.choose(&entries) else {
            return Ok(Err(format!(
                "its {path} names nothing of {} ({})",
                self.owner_name,
                self.names.shown()
            )));
        };
        Ok(follow(entry, below, owner, at).map_err(|wanted| {
            format!(
                "its {path} asks for {wanted}, which the repository of {} does not hold",
                self.owner_name
            )
        }))
    }
}

/// The commit that an entry means, or what was looked for in vain.
fn follow(
    entry: &Entry,
    below: &str,
    owner: &Repository,
    at: CommitId,
) -> Result<CommitId, String> {
    if let Some(revision) = &entry.revision {
        let hex = revision.len() >= 7 && revision.bytes().all(|b| b.is_ascii_hexdigit());
        let found = hex.then(|| owner.resolve(revision).ok()).flatten();
        return found.ok_or_else(|| format!("revision {revision}"));
    }
    if let Some(version) = &entry.version {
        let bare = version.trim_start_matches('v');
        let name = &entry.name;
        let mut tags = vec![
            format!("v{bare}"),
            bare.to_owned(),
            format!("{name}-v{bare}"),
            format!("{name}-{bare}"),
            format!("{name}/v{bare}"),
        ];
        if !below.is_empty() {
            // Go's modules in folders have tags of their own
            tags = vec![format!("{below}/{version}")];
        }
        let found = tags
            .iter()
            .find_map(|tag| owner.resolve(&format!("refs/tags/{tag}")).ok());
        // a crate of the same workspace has a version and no source: it is the commit itself
        let beside = entry.source.is_none() && owner.commit(at).is_ok() && below.is_empty();
        let found = found.or_else(|| beside.then_some(at));
        return found.ok_or_else(|| format!("version {version}"));
    }
    Err(format!(
        "the folder {}",
        entry.source.as_deref().unwrap_or(&entry.name)
    ))
}

/// What lock files may call a repository.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// Where it was cloned from and its Go module, without scheme and `.git`: `github.com/o/r`.
    places: Vec<String>,
    /// The crate at its root.
    package: Option<String>,
}

impl Names {
    pub(super) fn of(repository: &Repository) -> Result<Self, Error> {
        let mut names = Self::default();
        names
            .places
            .extend(repository.origin_url().map(|url| place(&url)));
        if let Some(head) = repository.head()? {
            let file = |path: &str| -> Result<Option<String>, Error> {
                let bytes = repository.file_at(head, path)?;
                Ok(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()))
            };
            let module = file("go.mod")?;
            let module = module.iter().flat_map(|text| text.lines());
            let module = module.filter_map(|line| line.strip_prefix("module "));
            names
                .places
                .extend(module.map(|name| unversioned(name.trim().trim_matches('"')).to_owned()));
            let package = file("Cargo.toml")?;
            let mut lines = package.iter().flat_map(|text| text.lines());
            let name = lines
                .by_ref()
                .skip_while(|line| line.trim() != "[package]")
                .find_map(|line| line.trim().strip_prefix("name"));
            names.package = name
                .and_then(|rest| rest.trim_start().strip_prefix('='))
                .map(|name| name.trim().trim_matches('"').to_owned());
        }
        names.places.dedup();
        Ok(names)
    }

    fn shown(&self) -> String {
        let names: Vec<&str> = self
            .places
            .iter()
            .chain(&self.package)
            .map(String::as_str)
            .collect();
        if names.is_empty() {
            return "whose repository has neither an origin nor a go.mod to tell its name by"
                .to_owned();
        }
        names.join(", ")
    }

    /// The entry that means the repository, and the folder of it that a Go module stands for.
    ///
    /// Where none bears its name, an entry whose last part is the same is meant: a fork is called otherwise than what
    /// others depend on.
    fn choose<'e>(&self, entries: &'e [Entry]) -> Option<(&'e Entry, &'e str)> {
        let mut found: Vec<(&Entry, &str)> = Vec::new();
        for entry in entries {
            let source = entry.source.as_deref().map(place);
            if self.package.as_deref() == Some(&entry.name)
                || source.is_some_and(|source| self.places.contains(&source))
            {
                found.push((entry, ""));
                continue;
            }
            let below = self.places.iter().find_map(|place| {
                let rest = unversioned(&entry.name).strip_prefix(place.as_str())?;
                if rest.is_empty() {
                    Some(rest)
                } else {
                    rest.strip_prefix('/')
                }
            });
            found.extend(below.map(|below| (entry, below)));
        }
        if let Some(first) = found
            .iter()
            .min_by_key(|(entry, below)| (below.len(), entry.revision.is_none()))
        {
            return Some(*first);
        }
        let last = |name: &str| unversioned(name).rsplit('/').next().map(str::to_owned);
        let mine: Vec<String> = self.places.iter().filter_map(|place| last(place)).collect();
        let mut alike = entries.iter().filter(|entry| {
            let source = entry.source.as_deref().filter(|_| entry.revision.is_some());
            let name = source.map_or_else(|| entry.name.clone(), place);
            name.contains('/') && last(&name).is_some_and(|last| mine.contains(&last))
        });
        match (alike.next(), alike.next()) {
            (Some(one), None) => Some((one, "")),
            _ => None,
        }
    }
}

/// `https://github.com/o/r.git` and `git@github.com:o/r` as `github.com/o/r`.
fn place(url: &str) -> String {
    let url = url.split_once("://").map_or(url, |(_, rest)| rest);
    let url = url.rsplit_once('@').map_or(url, |(_, rest)| rest);
    let url = url.trim_end_matches('/').trim_end_matches(".git");
    url.replace(':', "/")
}

/// A Go module's path without the major version at its end.
fn unversioned(module: &str) -> &str {
    match module.rsplit_once("/v") {
        Some((path, major)) if !major.is_empty() && major.bytes().all(|b| b.is_ascii_digit()) => {
            path
        }
        _ => module,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(place: &str, entries: &[&str], expected: Option<(&str, &str)>) {
        let names = Names {
            places: vec![place.to_owned()],
            package: None,
        };
        let entries: Vec<Entry> = entries
            .iter()
            .map(|name| Entry {
                name: (*name).to_owned(),
                version: Some("v1.0.0".to_owned()),
                ..Entry::default()
            })
            .collect();
        let found = names
            .choose(&entries)
            .map(|(entry, below)| (entry.name.as_str(), below));
        assert_eq!(found, expected);
    }

    #[test]
    fn the_entry_that_means_the_repository() {
        let agent = "github.com/o/agent";
        check(agent, &["x/y", agent], Some((agent, "")));
        check(
            agent,
            &["github.com/o/agent/v2"],
            Some(("github.com/o/agent/v2", "")),
        );
        check(
            agent,
            &["github.com/o/agent/api/v2"],
            Some(("github.com/o/agent/api/v2", "api")),
        );
        check(agent, &["github.com/o/agent/api", agent], Some((agent, "")));
        check(agent, &["github.com/o/agents"], None);
    }

    #[test]
    fn a_fork_is_known_by_the_last_part_of_its_name() {
        check(
            "github.com/me/agent",
            &["x/y", "github.com/o/agent"],
            Some(("github.com/o/agent", "")),
        );
        check(
            "github.com/me/agent",
            &["github.com/o/agent", "github.com/p/agent"],
            None,
        );
    }

    #[test]
    fn urls_are_places() {
        for url in [
            "https://github.com/o/r.git",
            "git@github.com:o/r",
            "ssh://git@github.com/o/r/",
            "github.com/o/r",
        ] {
            assert_eq!(place(url), "github.com/o/r", "{url}");
        }
    }
}
