//! Tags as releases: which series of tags counts, in which order, and what was left aside.

pub mod baseline;
pub mod tag;
pub mod worktree_line;

use std::collections::BTreeMap;

use protoskew_git::{CommitId, Repository, Tag};
use protoskew_schema::Name;
use rustc_hash::FxHashMap;

use crate::source::{SourceError, SourceErrorKind};
use tag::{Kind, Line, Pattern, Version};

/// The releases of one component, and the tags that are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Releases {
    /// The releases, oldest version first.
    pub series: Vec<Release>,
    /// The tags that are none of them.
    pub ignored: Ignored,
}

/// One release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Release {
    /// Its version as the tag writes it, without prefix: `1.3.2`.
    pub name: Name,
    /// Its version.
    pub version: Version,
    /// Its release line.
    pub line: Line,
    /// The commit.
    pub commit: CommitId,
    /// The whole tag: `v1.3.2`, `api/v1.3.2`.
    pub tag: String,
}

/// The tags that are no releases of the series, by reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ignored {
    /// How many are pre-releases of the series (`v1.2.0-rc1`).
    pub pre_releases: usize,
    /// Other series: what stands before the version, and how many releases.
    pub other_series: BTreeMap<String, usize>,
    /// Tags that name no version.
    pub odd: Vec<String>,
    /// Tags of the series that lead to no commit.
    pub no_commit: Vec<String>,
    /// Tags that repeat a version (`1.2.0` beside `v1.2.0`).
    pub repeated: Vec<String>,
}

impl Ignored {
    /// One line for the report, or `None` where nothing was left aside:
    /// `tags left aside: 12 pre-releases, 8 of other series (api/v, client/v), 1 that is no version (nightly)`.
    pub fn line(&self) -> Option<String> {
        let mut parts = Vec::new();
        match self.pre_releases {
            0 => {}
            1 => parts.push("1 pre-release".to_owned()),
            n => parts.push(format!("{n} pre-releases")),
        }
        let others: usize = self.other_series.values().sum();
        if others > 0 {
            let names = self
                .other_series
                .keys()
                .map(|prefix| match prefix.as_str() {
                    "" => "without prefix",
                    prefix => prefix,
                });
            parts.push(format!("{others} of other series ({})", some(names)));
        }
        let lists = [
            (&self.odd, "that is no version", "that are no versions"),
            (
                &self.no_commit,
                "that leads to no commit",
                "that lead to no commit",
            ),
            (
                &self.repeated,
                "that repeats a version",
                "that repeat a version",
            ),
        ];
        for (list, one, many) in lists {
            if !list.is_empty() {
                let words = if list.len() == 1 { one } else { many };
                let names = some(list.iter().map(String::as_str));
                parts.push(format!("{} {words} ({names})", list.len()));
            }
        }
        (!parts.is_empty()).then(|| format!("tags left aside: {}", parts.join(", ")))
    }
}

/// The first few names of a list.
fn some<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.take(5).collect();
    if names.len() == 5 {
        names[4] = "…";
    }
    names.join(", ")
}

impl Releases {
    /// The lines that have releases, oldest first.
    pub fn lines(&self) -> Vec<Line> {
        let mut lines: Vec<Line> = self.series.iter().map(|release| release.line).collect();
        lines.dedup();
        lines
    }

    /// The release of this tag or version name.
    pub fn named(&self, name: &str) -> Option<&Release> {
        let bare = name.strip_prefix('v').unwrap_or(name);
        self.series
            .iter()
            .find(|release| release.tag == name || release.name == bare)
    }

    /// The newest release that the commit contains.
    pub fn newest_reachable(
        &self,
        repository: &Repository,
        from: CommitId,
    ) -> Result<Option<&Release>, SourceError> {
        let mut ancestry = repository.ancestry(from)?;
        for release in self.series.iter().rev() {
            if ancestry.contains(release.commit)? {
                return Ok(Some(release));
            }
        }
        Ok(None)
    }
}

/// A series of release tags, as it looks from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// What stands before the version and its `v`; empty for tags that are a version and nothing else.
    pub prefix: String,
    /// The pattern that names it: `api/v{version}`.
    pub pattern: String,
    /// How many releases it has.
    pub count: usize,
    /// The oldest and the newest version.
    pub range: (Version, Version),
}

impl Series {
    /// Whether its prefix is that name.
    pub fn is_called(&self, name: &str) -> bool {
        let prefix = self.prefix.trim_end_matches(['/', '-', '_', '@']);
        prefix.rsplit('/').next() == Some(name)
    }

    /// Its extent, in a few words.
    pub fn shown(&self) -> String {
        match (self.count, self.range) {
            (1, (only, _)) => format!("1 release, {only}"),
            (count, (first, last)) => format!("{count} releases, {first} to {last}"),
        }
    }
}

/// All series of release tags, the unprefixed one first, then by prefix.
pub fn all_series(repository: &Repository) -> Result<Vec<Series>, SourceError> {
    let mut all: BTreeMap<String, Series> = BTreeMap::new();
    for tag in repository.tags()? {
        let Some(found) = tag::read(&tag.name).filter(|found| found.kind == Kind::Release) else {
            continue;
        };
        let before = tag
            .name
            .split_once(found.name)
            .map_or("", |(before, _)| before);
        let after = tag
            .name
            .get(before.len() + found.name.len()..)
            .unwrap_or("");
        let version = found.version;
        let series = all
            .entry(found.series.to_owned())
            .or_insert_with(|| Series {
                prefix: found.series.to_owned(),
                pattern: format!("{before}{{version}}{after}"),
                count: 0,
                range: (version, version),
            });
        series.count += 1;
        series.range = (series.range.0.min(version), series.range.1.max(version));
    }
    Ok(all.into_values().collect())
}

/// The releases of a repository.
///
/// With a pattern (`api/v{version}`), the tags that match it. Without, those that are a version and nothing else
/// (`v1.2.3` and `1.2.3` are one series); where there is no such release but exactly one series with a prefix, that one.
/// `1.2` is the release 1.2.0; `v1` is none (such tags are moved).
pub fn releases(repository: &Repository, pattern: Option<&str>) -> Result<Releases, SourceError> {
    let pattern = pattern.map(Pattern::new).transpose()?;
    let tags = repository.tags()?;
    let releases = sort_out(&tags, pattern.as_ref());
    if let Some(pattern) = &pattern
        && releases.series.is_empty()
    {
        let error = SourceError::new(
            SourceErrorKind::BadPattern,
            format!("no tag of this repository matches `{pattern}`"),
        );
        let others = &releases.ignored.other_series;
        return Err(if others.is_empty() {
            error.hint("`git fetch --tags` gets the tags of the remote")
        } else {
            let known = others.keys().map(|prefix| format!("`{prefix}{{version}}`"));
            error.hint(format!(
                "its series are {}",
                known.collect::<Vec<_>>().join(", ")
            ))
        });
    }
    Ok(releases)
}

fn sort_out(tags: &[Tag], pattern: Option<&Pattern>) -> Releases {
    // what stands before the version → its releases
    let mut series: BTreeMap<&str, Vec<(&Tag, Version, &str)>> = BTreeMap::new();
    let mut pre_releases: FxHashMap<&str, usize> = FxHashMap::default();
    let mut ignored = Ignored::default();
    for tag in tags {
        let read = match pattern {
            Some(pattern) => pattern.read(&tag.name).or_else(|| tag::read(&tag.name)),
            None => tag::read(&tag.name),
        };
        match read {
            Some(found) => match found.kind {
                Kind::Release => {
                    series
                        .entry(found.series)
                        .or_default()
                        .push((tag, found.version, found.name))
                }
                Kind::PreRelease => *pre_releases.entry(found.series).or_default() += 1,
            },
            None => ignored.odd.push(tag.name.clone()),
        }
    }
    let chosen = match pattern {
        Some(_) => tag::NAMED,
        None if series.contains_key("") => "",
        None if series.len() == 1 => series.keys().next().copied().unwrap_or_default(),
        None => "",
    };
    ignored.pre_releases = pre_releases.get(chosen).copied().unwrap_or_default();
    let mut found = series.remove(chosen).unwrap_or_default();
    ignored.other_series = series
        .into_iter()
        .map(|(prefix, releases)| (tag::shown(prefix), releases.len()))
        .collect();
    // of two tags for one version, the one that leads somewhere, then the more usual form
    found.sort_by_key(|(tag, version, name)| {
        let parts = std::cmp::Reverse(name.split('.').count());
        (
            *version,
            tag.commit.is_none(),
            parts,
            !tag.name.contains('v'),
            &tag.name,
        )
    });
    let mut releases = Releases {
        series: Vec::new(),
        ignored,
    };
    for (tag, version, name) in found {
        let Some(commit) = tag.commit else {
            releases.ignored.no_commit.push(tag.name.clone());
            continue;
        };
        if releases
            .series
            .last()
            .is_some_and(|last| last.version == version)
        {
            releases.ignored.repeated.push(tag.name.clone());
            continue;
        }
        releases.series.push(Release {
            name: name.into(),
            version,
            line: version.line(),
            commit,
            tag: tag.name.clone(),
        });
    }
    releases
}
