//! What one tag's name says: of which series it is, which version, and whether it is a release.

use std::fmt;

use crate::source::{SourceError, SourceErrorKind};

/// A version: major, minor, patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The first number.
    pub major: u64,
    /// The second number.
    pub minor: u64,
    /// The third number; 0 where the tag has two.
    pub patch: u64,
}

impl Version {
    /// A version as a person types it: `1.2` (which is 1.2.0), `1.2.3`, with or without a `v`.
    pub fn typed(text: &str) -> Option<Self> {
        let numbers: Option<Vec<u64>> = text
            .strip_prefix('v')
            .unwrap_or(text)
            .split('.')
            .map(|part| part.parse().ok())
            .collect();
        let (major, minor, patch) = match *numbers?.as_slice() {
            [major, minor] => (major, minor, 0),
            [major, minor, patch] => (major, minor, patch),
            _ => return None,
        };
        Some(Self {
            major,
            minor,
            patch,
        })
    }

    /// The release line that the version is on.
    pub fn line(self) -> Line {
        Line {
            major: self.major,
            minor: self.minor,
        }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// A release line: the unit in which windows count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Line {
    /// The first number.
    pub major: u64,
    /// The second number.
    pub minor: u64,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A tag that names a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Named<'t> {
    /// What stands before the version, without its `v`; empty for tags that are a version and nothing else.
    pub(crate) series: &'t str,
    /// The version as written, without `v`.
    pub(crate) name: &'t str,
    pub(crate) version: Version,
    /// What stands behind the version: `-rc1`, `.Final`.
    pub(crate) after: &'t str,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Release,
    /// A version and a word without a count (`1.2.3-beta`): a pre-release, unless the series has hardly any other releases.
    Labelled,
    PreRelease,
}

/// Words that mean a release wherever they stand behind a version.
const RELEASED: [&str; 6] = ["final", "release", "ga", "stable", "lts", "incubating"];

/// Words that never mean one.
const UNRELEASED: [&str; 6] = ["rc", "dev", "snapshot", "nightly", "pre", "test"];

/// Stands for the series that a pattern names; no tag can begin so.
pub(crate) const NAMED: &str = "\0";

/// How the series is shown and how a pattern for it begins.
pub(crate) fn shown(series: &str) -> String {
    if series == NAMED {
        String::new()
    } else {
        series.to_owned()
    }
}

/// Words before a version that say no more than that one follows.
const MEANS_NOTHING: [&str; 4] = ["release", "releases", "rel", "version"];

/// Reads `v1.2.3`, `1.2`, `name-1.2.3`, `name/v1.2.3-rc1`; `None` for what is no version.
pub(crate) fn read(tag: &str) -> Option<Named<'_>> {
    // the version begins after the last separator that leaves one: `a-1.0/b-1.2.3-rc.1` is 1.2.3 of `a-1.0/b-`
    let starts = tag
        .char_indices()
        .filter(|(_, c)| matches!(c, '/' | '-' | '_' | '@'))
        .map(|(at, _)| at + 1);
    let slash = tag.rfind('/').map_or(0, |at| at + 1);
    let (start, (name, version, after, kind)) = std::iter::once(0)
        .chain(starts)
        .filter(|&start| start >= slash)
        .find_map(|start| Some((start, version(&tag[start..])?)))?;
    let series = &tag[..start];
    let word = series.trim_end_matches(['/', '-', '_', '@']);
    let series = if MEANS_NOTHING.contains(&word.to_ascii_lowercase().as_str()) {
        ""
    } else {
        series
    };
    Some(Named {
        series,
        name,
        version,
        after,
        kind,
    })
}

/// Reads what follows a series' prefix.
fn version(text: &str) -> Option<(&str, Version, &str, Kind)> {
    let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let mut numbers = [0_u64; 3];
    let mut count = 0;
    let mut rest = text;
    loop {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 {
            break;
        }
        if count == 3 {
            // 1.2.3.4 is no version that windows can count
            return None;
        }
        numbers[count] = rest[..digits].parse().ok()?;
        count += 1;
        rest = &rest[digits..];
        match rest.strip_prefix('.') {
            Some(next) if next.starts_with(|c: char| c.is_ascii_digit()) => rest = next,
            _ => break,
        }
    }
    if count < 2 {
        return None;
    }
    let [major, minor, patch] = numbers;
    let version = Version {
        major,
        minor,
        patch,
    };
    let name = &text[..text.len() - rest.len()];
    let kind = match rest.chars().next() {
        None => Kind::Release,
        // build metadata (SemVer): the same version, built otherwise
        Some('+') => Kind::Release,
        Some('.' | '-' | '_' | '~') => {
            let word = rest[1..].to_ascii_lowercase();
            let word = word.as_str();
            let letters = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
            if RELEASED.contains(&word) {
                Kind::Release
            } else if letters && !UNRELEASED.contains(&word) {
                Kind::Labelled
            } else {
                Kind::PreRelease
            }
        }
        Some(c) if c.is_ascii_alphabetic() => Kind::PreRelease,
        Some(_) => return None,
    };
    Some((name, version, rest, kind))
}

/// Which tags are releases, by configuration: `api/v{version}`.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    before: String,
    after: String,
}

impl Pattern {
    pub(crate) fn new(text: &str) -> Result<Self, SourceError> {
        match text.split_once("{version}") {
            Some((before, after)) if !after.contains("{version}") => Ok(Self {
                before: before.to_owned(),
                after: after.to_owned(),
            }),
            _ => Err(SourceError::new(
                SourceErrorKind::BadPattern,
                format!("the tag pattern `{text}` must hold `{{version}}` once"),
            )
            .hint("`v{version}` matches v1.2.3, `api/v{version}` matches api/v1.2.3")),
        }
    }

    pub(crate) fn read<'t>(&self, tag: &'t str) -> Option<Named<'t>> {
        let text = tag
            .strip_prefix(self.before.as_str())?
            .strip_suffix(self.after.as_str())?;
        let (name, version, after, kind) = version(text)?;
        Some(Named {
            series: NAMED,
            name,
            version,
            after,
            kind,
        })
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{{version}}{}", self.before, self.after)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tag: &str, expected: &str) {
        let found = read(tag).map_or("none".to_owned(), |found| {
            let pre = match found.kind {
                Kind::Release => "",
                Kind::Labelled => " labelled",
                Kind::PreRelease => " pre",
            };
            format!("{}|{}|{}{pre}", found.series, found.name, found.version)
        });
        assert_eq!(found, expected, "{tag}");
    }

    #[test]
    fn versions() {
        check("v1.2.3", "|1.2.3|1.2.3");
        check("1.2.3", "|1.2.3|1.2.3");
        check("1.2", "|1.2|1.2.0");
        check("V10.20.30", "|10.20.30|10.20.30");
        check("release-1.2.3", "|1.2.3|1.2.3");
        check("v1.2.3+build.5", "|1.2.3|1.2.3");
        check("4.1.0.Final", "|4.1.0|4.1.0");
        check("0.10.0-incubating", "|0.10.0|0.10.0");
        check("2024.01.02", "|2024.01.02|2024.1.2");
    }

    #[test]
    fn labels() {
        check("v0.18.5-beta", "|0.18.5|0.18.5 labelled");
        check("lib/1.2-alpha", "lib/|1.2|1.2.0 labelled");
        check("v0.18.5-beta.rc1", "|0.18.5|0.18.5 pre");
        check("v1.2.3-rc", "|1.2.3|1.2.3 pre");
        check("v1.2.3-", "|1.2.3|1.2.3 pre");
    }

    #[test]
    fn pre_releases() {
        for tag in [
            "v1.2.3-rc1",
            "1.2.3-alpha.0",
            "v1.2.3rc1",
            "v1.2.3.beta1",
            "v1.2-rc1",
            "v1.2.3-1-gabcdef0",
        ] {
            assert_eq!(read(tag).map(|t| t.kind), Some(Kind::PreRelease), "{tag}");
        }
    }

    #[test]
    fn other_series() {
        check("api/v1.2.3", "api/|1.2.3|1.2.3");
        check("rthooks/v0.3", "rthooks/|0.3|0.3.0");
        check("kata-agent-1.2.3-rc.1", "kata-agent-|1.2.3|1.2.3 pre");
        check("a/v1.0/b/v2.0.1", "a/v1.0/b/|2.0.1|2.0.1");
        check("pkg@1.2.3", "pkg@|1.2.3|1.2.3");
    }

    #[test]
    fn what_is_no_version() {
        for tag in [
            "nightly",
            "v1",
            "1",
            "v1.2.3.4",
            "api/v1",
            "v99999999999999999999.1",
            "",
            "v.1",
            "x1.2.3",
        ] {
            check(tag, "none");
        }
    }

    #[test]
    fn patterns() {
        let pattern = Pattern::new("api/v{version}").unwrap();
        assert_eq!(pattern.read("api/v1.2.3").map(|t| t.name), Some("1.2.3"));
        assert_eq!(pattern.read("v1.2.3"), None);
        assert_eq!(pattern.read("client/api/v1.2.3"), None);
        assert!(Pattern::new("v1").is_err());
        assert!(Pattern::new("{version}{version}").is_err());
    }
}
