//! Waivers: reviewed exceptions, each for one rule and one element, with a reason and an end.
//!
//! They stand in `protoskew.waivers.toml`, or in a comment beside the element.

mod inline;
mod read;
mod write;

#[cfg(test)]
mod tests;

use globset::{GlobBuilder, GlobMatcher};
use jiff::civil::Date;
use protoskew_schema::Name;
use rustc_hash::FxHashMap;

use crate::finding::Finding;
use crate::policy::LinkPolicy;
use crate::releases::tag::Version;

pub use inline::inline;
pub use read::{read, until};
pub use write::{Written, written};

/// The name of the file, at the root of the repository.
pub const FILE_NAME: &str = "protoskew.waivers.toml";

/// An exception for one finding, or for what one rule finds of one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// The rule.
    pub rule: &'static str,
    /// Full name of the element, or a glob of such names.
    pub element: Name,
    /// What the finding is about; `None`: whatever the rule finds of the element.
    pub about: Option<String>,
    /// The meetings that it holds for; empty: all.
    pub meetings: Vec<Meetings>,
    /// Why.
    pub reason: String,
    /// Who approved it; who wrote a comment is known to git.
    pub approver: Option<String>,
    /// When it ends.
    pub until: Option<Until>,
    /// Where it stands: the file.
    pub file: Name,
    /// Where it stands: the line, from 1.
    pub line: usize,
}

/// Meetings that a waiver holds for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meetings {
    /// All of a link, by its name.
    Link(Name),
    /// Those with some releases of a component.
    Releases {
        /// The component.
        component: Name,
        /// A release (`1.1.0`), or a line with all of its releases (`1.1`).
        release: String,
    },
}

/// The end of a waiver.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// The last day on which it holds.
    Date(Date),
    /// The first release for which it does not hold.
    Release(Version),
}

/// What the end of a waiver is compared with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Now {
    /// Today; `None`: days are no end.
    pub today: Option<Date>,
    /// The release that is judged, where it is known.
    pub release: Option<Version>,
}

impl std::fmt::Display for Until {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Until::Date(date) => date.fmt(f),
            Until::Release(version) if version.patch == 0 => version.line().fmt(f),
            Until::Release(version) => version.fmt(f),
        }
    }
}

impl Until {
    /// Whether it has not come yet.
    pub fn is_ahead(self, now: Now) -> bool {
        match self {
            Until::Date(date) => now.today.is_none_or(|today| today <= date),
            Until::Release(version) => now.release.is_none_or(|release| release < version),
        }
    }
}

impl Waiver {
    /// Whether it names elements by a pattern.
    pub fn is_glob(&self) -> bool {
        self.element.contains(['*', '?', '[', '{'])
    }

    /// Whether it still holds.
    pub fn holds(&self, now: Now) -> bool {
        self.until.is_none_or(|until| until.is_ahead(now))
    }

    /// `protoskew.waivers.toml:3`
    pub fn place(&self) -> String {
        format!("{}:{}", self.file, self.line)
    }

    /// Whether a meeting over that link, with that release of that component, is among its own.
    pub fn covers(&self, link: &LinkPolicy, component: &Name, peer: &str) -> bool {
        self.meetings.is_empty()
            || self.meetings.iter().any(|meetings| match meetings {
                Meetings::Link(name) => *name == link.name(),
                Meetings::Releases {
                    component: of,
                    release,
                } => {
                    let rest = peer.strip_prefix(release.as_str());
                    of == component
                        && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
                }
            })
    }
}

/// All waivers, ready to be asked.
#[derive(Debug, Default)]
pub struct Waivers {
    all: Vec<Waiver>,
    /// Places of those that name one element, by rule and element.
    named: FxHashMap<(&'static str, Name), Vec<usize>>,
    /// Places of those that name elements by a pattern.
    globs: Vec<(usize, GlobMatcher)>,
    now: Now,
}

impl Waivers {
    /// Makes them ready.
    pub fn new(all: Vec<Waiver>, now: Now) -> Self {
        let mut waivers = Self {
            all: Vec::new(),
            now,
            ..Self::default()
        };
        for (at, waiver) in all.into_iter().enumerate() {
            let glob = waiver.is_glob().then(|| glob(&waiver.element));
            match glob.and_then(Result::ok) {
                Some(glob) => waivers.globs.push((at, glob)),
                None => {
                    let name = (waiver.rule, waiver.element.clone());
                    waivers.named.entry(name).or_default().push(at);
                }
            }
            waivers.all.push(waiver);
        }
        waivers
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Waiver> {
        self.all.iter()
    }

    /// Those that a finding is meant by, each with its place among all and whether it still holds.
    pub fn of<'w>(&'w self, finding: &Finding) -> impl Iterator<Item = (usize, &'w Waiver, bool)> {
        self.meant(finding.rule, &finding.element, &finding.about)
    }

    /// The same for what a rule finds of an element.
    pub fn meant<'w>(
        &'w self,
        rule: &'static str,
        element: &Name,
        about: &str,
    ) -> impl Iterator<Item = (usize, &'w Waiver, bool)> {
        let named = self.named.get(&(rule, element.clone()));
        let mut meant: Vec<usize> = named.into_iter().flatten().copied().collect();
        let globs = self
            .globs
            .iter()
            .filter(|(at, glob)| self.all[*at].rule == rule && glob.is_match(as_path(element)));
        meant.extend(globs.map(|(at, _)| *at));
        meant.sort_unstable();
        meant.retain(|&at| {
            let said = self.all[at].about.as_ref();
            said.is_none_or(|said| said == about)
        });
        let meant = meant.into_iter();
        meant.map(|at| (at, &self.all[at], self.all[at].holds(self.now)))
    }
}

/// A pattern of full names: `*` ends at a `.`, `**` does not.
fn glob(pattern: &str) -> Result<GlobMatcher, globset::Error> {
    let path = as_path(pattern);
    let glob = GlobBuilder::new(&path).literal_separator(true).build()?;
    Ok(glob.compile_matcher())
}

fn as_path(name: &str) -> String {
    name.replace('.', "/")
}
