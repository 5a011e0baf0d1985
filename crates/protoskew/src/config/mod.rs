//! `protoskew.toml`: what a team says about its components, links, rules and files. Nothing in it is needed to start.

mod components;
mod features;
mod links;
mod read;
mod review;
mod rules;
mod stores;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write as _;

use protoskew_compare::{JsonParser, Runtime};
use protoskew_schema::Name;

use crate::releases::tag::{Line, Version};
use crate::review::Person;
use crate::verdict::Level;

pub(crate) use read::Reader;
pub use read::{ConfigError, nearest, nearest_name, read, read_bytes};

/// The name of the file, at the root of the repository.
pub const FILE_NAME: &str = "protoskew.toml";

/// The whole configuration; the default is what holds without a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// `[proto]`.
    pub proto: Proto,
    /// `[components.NAME]`, by name.
    pub components: BTreeMap<Name, Component>,
    /// `[[links]]`, in order. Empty: one link in which every pair meets.
    pub links: Vec<Link>,
    /// `[[stores]]`, in order.
    pub stores: Vec<Store>,
    /// `[[features]]`, in order.
    pub features: Vec<Feature>,
    /// `[history] baseline`: a commit before which nothing is new.
    pub baseline: Option<String>,
    /// `[history] default-branch`.
    pub default_branch: Option<String>,
    /// `[history] branches`: further branches that count as history.
    pub branches: Vec<String>,
    /// `[history] spent`: when a number is spent for ever.
    pub spent: Spent,
    /// `[rules]`: levels by rule id.
    pub levels: BTreeMap<Name, Level>,
    /// `[rules] preset`.
    pub preset: Preset,
    /// `[rules] unstable`: the loudest that anything is in a package that says alpha, beta or test, where no rule is named.
    pub unstable: Level,
    /// `[[rules.for]]`, in order.
    pub exceptions: Vec<RulesFor>,
    /// `[contract] options`: full names of options that are part of what is promised.
    pub contract: Vec<Name>,
    /// `[review]`: what is asked of a change beside the rules.
    pub review: Review,
    /// `[rules] require-features`: a new element that a client may send must belong to a feature.
    pub require_features: bool,
    /// `[renames]`: older full name → newer.
    pub renames: BTreeMap<Name, Name>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            proto: Proto::default(),
            components: BTreeMap::new(),
            links: Vec::new(),
            stores: Vec::new(),
            baseline: None,
            features: Vec::new(),
            require_features: false,
            default_branch: None,
            branches: Vec::new(),
            spent: Spent::default(),
            levels: BTreeMap::new(),
            preset: Preset::default(),
            unstable: Level::Warn,
            exceptions: Vec::new(),
            contract: Vec::new(),
            review: Review::default(),
            renames: BTreeMap::new(),
        }
    }
}

/// `[review]`: what a team asks of a change beside the rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// A record of its analysis.
    pub require_analysis: bool,
    /// That many acknowledgements.
    pub require_acks: u32,
    /// Whose acknowledgement counts.
    pub reviewers: Vec<Person>,
    /// And that of those whom `CODEOWNERS` names for the files that changed.
    pub codeowners: bool,
    /// The file that CI writes from what its forge knows of reviews, from the root of the repository.
    pub reviews: Option<String>,
}

/// `[proto]`: which files there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proto {
    /// Import roots; empty: inferred.
    pub roots: Vec<String>,
    /// Globs of the files to judge; empty: all that are not known to be someone else's.
    pub include: Vec<String>,
    /// Globs of files that are resolved against and not judged.
    pub vendored: Vec<String>,
    /// A descriptor set to read instead of `.proto` files, from the root of the repository.
    pub image: Option<String>,
}

/// `[components.NAME]`: a program that speaks the protocol.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Component {
    /// Its release tags, `{version}` standing for the version; none: those of the component whose protos it speaks where that
    /// lives in the same repository, else the repository's unprefixed tags.
    pub tags: Option<String>,
    /// The folder of the repository that its releases come from; none: this one.
    pub repository: Option<String>,
    /// The component whose protos it speaks; none: its own.
    pub protocol: Option<Name>,
    /// What says which protos of the protocol's repository a release was built with; none: the release's own commit.
    pub pin: Option<Pin>,
    /// How its release lines are counted among those of its peers; none: the numbers mean the same.
    pub lines: Option<Numbering>,
    /// The protobuf implementation it is built with, oldest first: each until (and without) a release.
    pub protobuf: Vec<BuiltWith>,
}

impl Component {
    /// The implementation that a release of this component reads with, where it is known.
    pub fn runtime(&self, release: Version) -> Option<Runtime> {
        self.protobuf
            .iter()
            .find(|built| built.until.is_none_or(|until| release < until))
            .map(|built| built.is)
    }
}

/// `pin = "Gopkg.lock"`: where a release says which protos of another repository it was built with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Pin {
    /// A lock file that names a revision of that repository.
    LockFile {
        /// The file, from the root of the component's repository.
        path: String,
        /// How it is written.
        format: LockFile,
    },
    /// Generated Go code, which holds the descriptors themselves: a glob of `.pb.go` files, from the root of the component's
    /// repository.
    GeneratedGo(String),
}

/// A lock file's format, which its name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LockFile {
    /// `Gopkg.lock`, of Go's dep.
    Gopkg,
    /// `go.mod`, of Go's modules.
    GoMod,
    /// `Cargo.lock`.
    Cargo,
}

impl LockFile {
    /// All of them.
    pub const ALL: [LockFile; 3] = [LockFile::Gopkg, LockFile::GoMod, LockFile::Cargo];

    /// The name of such files.
    pub const fn file_name(self) -> &'static str {
        match self {
            LockFile::Gopkg => "Gopkg.lock",
            LockFile::GoMod => "go.mod",
            LockFile::Cargo => "Cargo.lock",
        }
    }
}

/// `lines = …`: how a component that numbers its releases otherwise is counted among its peers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Numbering {
    /// A release counts as of the newest line of its peers that was begun on its day.
    Date,
    /// A line counts as the one given here for it or, where none is given, for the nearest older one; by its own line, ascending.
    Table(Vec<(Line, Line)>),
}

/// One entry of `protobuf = [{ until = "3.2", is = "gogo" }, { is = "go" }]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltWith {
    /// The first release that it does not hold for.
    pub until: Option<Version>,
    /// The implementation.
    pub is: Runtime,
}

/// `[[links]]`: one conversation between a client and a server component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The client component.
    pub client: Name,
    /// The server component.
    pub server: Name,
    /// Full names of the services; empty: all.
    pub services: Vec<Name>,
    /// How many lines the client may be newer.
    pub client_ahead: Bound,
    /// How many lines the client may be older.
    pub client_behind: Bound,
    /// The oldest server line that is supported.
    pub oldest: Option<Line>,
    /// Only equal releases meet.
    pub bundled: bool,
    /// How JSON is parsed, where the two speak it beside the wire format.
    pub json: Option<JsonParser>,
}

/// `[[stores]]`: messages at rest, written by one release of a component and read by another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store {
    /// The component.
    pub component: Name,
    /// Full names of the messages that are stored, with all that they hold; never empty.
    pub messages: Vec<Name>,
    /// How many lines the reader may be newer.
    pub upgrade: Bound,
    /// How many lines the reader may be older.
    pub downgrade: Bound,
    /// The oldest line whose messages may still be at rest.
    pub oldest: Option<Line>,
    /// How JSON is parsed, where the messages are stored as JSON.
    pub json: Option<JsonParser>,
}

/// A distance in release lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// No bound.
    Any,
    /// That many lines.
    Lines(u32),
}

impl Bound {
    /// Whether a distance is within the bound.
    pub fn allows(self, distance: usize) -> bool {
        match self {
            Bound::Any => true,
            Bound::Lines(lines) => distance <= lines as usize,
        }
    }
}

/// When a number is spent for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Spent {
    /// As soon as it is checked in.
    #[default]
    Ever,
    /// When a release has carried it.
    Released,
}

/// A set of levels to start from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preset {
    /// The rules' own defaults.
    #[default]
    Proposal,
    /// Only what breaks the wire denies, the rest is off.
    Wire,
    /// Nothing denies.
    Advice,
}

impl Preset {
    /// All of them.
    pub const ALL: [Preset; 3] = [Preset::Proposal, Preset::Wire, Preset::Advice];

    /// The word used in configuration.
    pub const fn word(self) -> &'static str {
        match self {
            Preset::Proposal => "proposal",
            Preset::Wire => "wire",
            Preset::Advice => "advice",
        }
    }
}

/// `[[rules.for]]`: how loud rules are in some places. Of what selects (paths, packages, links) all that is given must hold, and of
/// each list any entry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RulesFor {
    /// Line and column of the entry.
    pub place: (usize, usize),
    /// Globs of files; empty: all.
    pub paths: Vec<String>,
    /// Packages, or globs of them with a `.` for a `/`; empty: all.
    pub packages: Vec<String>,
    /// Links and stores by their names (`runtime:agent`, `store:runtime`); empty: all, and what concerns no meeting.
    pub links: Vec<Name>,
    /// The preset to start from.
    pub preset: Option<Preset>,
    /// As [`Config::unstable`].
    pub unstable: Option<Level>,
    /// Levels by rule id.
    pub levels: BTreeMap<Name, Level>,
}

/// A basic string of TOML.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// `[[features]]`: a named set of elements with a life, which the same options in a `.proto` file may declare instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feature {
    /// Its name.
    pub name: Name,
    /// What it adds: fields, enum values, methods, messages, enums, services.
    pub elements: Vec<Named>,
    /// From which release on it is sent to those who have it.
    pub enabled: Option<Since>,
    /// From which release on it is sent to anybody who is not known to lack it.
    pub default: Option<Since>,
    /// The older form of the same fact, which goes one day.
    pub replaces: Option<Named>,
    /// What a sender does where its peer lacks it; without, it asks nobody.
    pub on_unsupported: Option<OnUnsupported>,
    /// Where it is declared.
    pub declared: Declared,
}

/// An element by its full name, and where it is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its full name.
    pub name: Name,
    /// Where.
    pub declared: Declared,
}

/// A place in a file that a person wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// The file.
    pub path: Name,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
}

impl fmt::Display for Declared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}

/// From which release on: one number for all, or one for each component that sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Since {
    /// `"1.4"`.
    Release(Version),
    /// `{ runtime = "1.4", agent = "1.5" }`.
    ByComponent(BTreeMap<Name, Version>),
}

impl Since {
    /// The release of a component, where one is given for it.
    pub fn of(&self, component: &str) -> Option<Version> {
        match self {
            Since::Release(version) => Some(*version),
            Since::ByComponent(releases) => releases.get(component).copied(),
        }
    }
}

/// What a sender does where its peer lacks a feature: it adapts to each peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUnsupported {
    /// It leaves it out.
    Drop,
    /// It fails, and says why.
    Refuse,
    /// It uses the older form.
    Fallback,
}

impl OnUnsupported {
    /// All of them.
    pub const ALL: [OnUnsupported; 3] = [
        OnUnsupported::Drop,
        OnUnsupported::Refuse,
        OnUnsupported::Fallback,
    ];

    /// The word used for it everywhere.
    pub const fn word(self) -> &'static str {
        match self {
            OnUnsupported::Drop => "drop",
            OnUnsupported::Refuse => "refuse",
            OnUnsupported::Fallback => "fallback",
        }
    }

    /// What the word stands for.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|each| each.word() == word)
    }
}

impl Config {
    /// Whether a new element that a client may send must belong to a feature.
    pub fn requires_features(&self) -> bool {
        let named = |levels: &BTreeMap<Name, Level>| {
            levels
                .get("feature-undeclared")
                .is_some_and(|level| *level > Level::Off)
        };
        self.require_features
            || named(&self.levels)
            || self.exceptions.iter().any(|each| named(&each.levels))
    }
}
