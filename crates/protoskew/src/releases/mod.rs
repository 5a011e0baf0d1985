//! Tags as releases: which series of tags counts, in which order, and what was left aside.

pub mod baseline;
pub mod tag;
pub mod worktree_line;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use protoskew_git::{CommitId, Repository, Tag};
use protoskew_schema::Name;
use rustc_hash::FxHashSet;

use crate::source::{SourceError, SourceErrorKind};
use tag::{Kind, Line, Named, Pattern, Version};

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
        self.series.iter().find(|release| {
            release.tag == name
                || release.name == bare
                || release.tag.strip_prefix('v') == Some(bare)
        })
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
    let tags = repository.tags()?;
    let (groups, _) = grouped(&tags, None);
    let all = groups.iter().filter_map(|(prefix, group)| {
        let (tag, first) = group.releases.first()?;
        let before = tag.name.split_once(first.name)?.0;
        let after = match first.kind {
            Kind::Labelled => "",
            _ => first.after,
        };
        let versions = || versions(&group.releases);
        Some(Series {
            prefix: (*prefix).to_owned(),
            pattern: format!("{before}{{version}}{after}"),
            count: group.releases.len(),
            range: (versions().min()?, versions().max()?),
        })
    });
    Ok(all.collect())
}

/// The tags of one series.
#[derive(Default)]
struct Group<'t> {
    releases: Vec<(&'t Tag, Named<'t>)>,
    labelled: Vec<(&'t Tag, Named<'t>)>,
    pre_releases: usize,
}

/// Fewer versions that have a label alone are no habit.
const HABIT: usize = 3;

impl Group<'_> {
    /// Decides what labels mean here: where most versions are tagged with a label alone (`0.18.5-beta`), that is how this project releases.
    fn settle(&mut self) {
        let released: FxHashSet<Version> = versions(&self.releases).collect();
        let labelled: FxHashSet<Version> = versions(&self.labelled).collect();
        let alone = labelled.difference(&released).count();
        if alone >= HABIT && alone > released.len() {
            self.releases.append(&mut self.labelled);
        } else {
            self.pre_releases += self.labelled.len();
            self.labelled.clear();
        }
    }
}

fn versions<'a>(tags: &'a [(&Tag, Named<'_>)]) -> impl Iterator<Item = Version> + 'a {
    tags.iter().map(|(_, found)| found.version)
}

/// The tags by what stands before their version, and those that name none.
fn grouped<'t>(
    tags: &'t [Tag],
    pattern: Option<&Pattern>,
) -> (BTreeMap<&'t str, Group<'t>>, Vec<&'t Tag>) {
    let mut groups: BTreeMap<&str, Group<'_>> = BTreeMap::new();
    let mut odd = Vec::new();
    for tag in tags {
        let named = pattern.and_then(|pattern| pattern.read(&tag.name));
        let Some(found) = named.or_else(|| tag::read(&tag.name)) else {
            odd.push(tag);
            continue;
        };
        let group = groups.entry(found.series).or_default();
        match found.kind {
            Kind::Release => group.releases.push((tag, found)),
            Kind::Labelled => group.labelled.push((tag, found)),
            Kind::PreRelease => group.pre_releases += 1,
        }
    }
    groups.values_mut().for_each(Group::settle);
    (groups, odd)
}

/// The releases of a repository.
///
/// With a pattern (`api/v{version}`), the tags that match it. Without, those that are a version and nothing else
/// (`v1.2.3` and `1.2.3` are one series); where there is no such release but exactly one series with a prefix, that one.
/// `1.2` is the release 1.2.0; `v1` is none (such tags are moved). `1.2.0-beta` is one where most versions have no other tag.
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
    let (mut groups, odd) = grouped(tags, pattern);
    let has_releases = |group: &Group<'_>| !group.releases.is_empty();
    let mut prefixes = groups.iter().filter(|(_, group)| has_releases(group));
    let chosen = match (pattern, groups.get("").is_some_and(has_releases)) {
        (Some(_), _) => tag::NAMED,
        (None, true) => "",
        (None, false) => match (prefixes.next(), prefixes.next()) {
            (Some((only, _)), None) => only,
            _ => "",
        },
    };
    let Group {
        releases: mut found,
        pre_releases,
        ..
    } = groups.remove(chosen).unwrap_or_default();
    let ignored = Ignored {
        pre_releases,
        other_series: groups
            .iter()
            .filter(|(_, group)| has_releases(group))
            .map(|(prefix, group)| (tag::shown(prefix), group.releases.len()))
            .collect(),
        odd: odd.iter().map(|tag| tag.name.clone()).collect(),
        ..Ignored::default()
    };
    // of two tags for one version, the one that leads somewhere, then the one without a label or with the later (beta, then alpha), then
    // the more usual form
    found.sort_by_key(|(tag, found)| {
        let parts = Reverse(found.name.split('.').count());
        let labelled = found.kind == Kind::Labelled;
        (
            found.version,
            tag.commit.is_none(),
            labelled,
            labelled.then_some(Reverse(found.after)),
            parts,
            !tag.name.contains('v'),
            &tag.name,
        )
    });
    let mut releases = Releases {
        series: Vec::new(),
        ignored,
    };
    for (tag, Named { version, name, .. }) in found {
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
