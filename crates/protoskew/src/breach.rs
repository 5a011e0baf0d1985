//! A breach: what the judged state does against everything ever checked in, as values that a rule can speak of.

use protoskew_schema::Name;
use protoskew_schema::outline::{DeclaredKind, Member};

use crate::finding::Site;

/// A breach, with all that a rule says of it.
#[derive(Clone, Debug)]
pub struct Told {
    /// What the judged state does.
    pub kind: BreachKind,
    /// What it does it to: a message, an enum, a service or the extensions of a message.
    pub owner: DeclaredKind,
    /// Full name of the element.
    pub element: Name,
    /// The commit that did it.
    pub at: When,
    /// The commit that began the earlier meaning.
    pub since: When,
    /// The commit that ended it.
    pub until: Option<When>,
    /// The first release that carried the earlier meaning.
    pub released: Option<Name>,
    /// What the new meaning was called at first, where that is not its name now.
    pub first_called: Option<Name>,
    /// Where it stands now.
    pub new: Site,
    /// Where the earlier meaning stood.
    pub old: Site,
}

/// What the judged state does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the variants' doc comments say what the equally named fields hold
pub enum BreachKind {
    /// A number means something else than it once did.
    NumberReused {
        number: i32,
        was: Member,
        now: Member,
    },
    /// A number was used and is neither in use nor reserved.
    NumberUnreserved { number: i32, moved: bool },
    /// A name was used and is neither in use nor reserved; `number` is the one that it had.
    NameUnreserved { name: Name, number: i32 },
    /// A name has another number than it once had.
    Renumbered { name: Name, old: i32, new: i32 },
    /// A reservation, or a range of extensions, is gone.
    FenceDropped(Fenced),
    /// A method went and came back with other types or streaming.
    PathReused { was: Name, now: Name },
    /// A message went and came back with another shape.
    MessageReused { was: Member, now: Option<Member> },
}

/// What a fence is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Fenced {
    /// `reserved 4 to 6;`
    Numbers(i32, i32),
    /// `reserved "name";`
    Name(Name),
    /// `extensions 100 to 199;`
    Extensions(i32, i32),
}

/// A commit, as a person would name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// Its abbreviated id; what is not committed has none.
    pub commit: Option<Name>,
    /// Its day: `2018-03-14`.
    pub date: Option<Name>,
    /// Who wrote it.
    pub author: Option<Name>,
    /// The first line of its message.
    pub subject: Option<Name>,
}

impl When {
    /// `abc1234 (2018-03-14, Ada Author)`.
    pub fn phrase(&self) -> String {
        let commit = self
            .commit
            .as_deref()
            .unwrap_or("what is not committed yet");
        let about: Vec<&str> = [&self.date, &self.author]
            .into_iter()
            .flatten()
            .map(|part| part.as_str())
            .collect();
        if about.is_empty() {
            commit.to_owned()
        } else {
            format!("{commit} ({})", about.join(", "))
        }
    }
}

impl BreachKind {
    /// What it is about, beside its rule and element: stable for ever, as for a change between two schemas.
    pub fn about(&self) -> String {
        match self {
            Self::NumberReused { number, was, now } => {
                if was.ty.is_empty() || was.ty == now.ty {
                    format!("{number}: {}", was.name)
                } else {
                    format!("{number}: {} -> {}", was.ty, now.ty)
                }
            }
            Self::NumberUnreserved { number, .. } => number.to_string(),
            Self::NameUnreserved { number, .. } => number.to_string(),
            Self::Renumbered { old, new, .. } => format!("{old} -> {new}"),
            Self::FenceDropped(Fenced::Numbers(start, end) | Fenced::Extensions(start, end)) => {
                format!("{start} to {end}")
            }
            Self::FenceDropped(Fenced::Name(name)) => format!("{name:?}"),
            Self::PathReused { was, now } => format!("{was} => {now}"),
            Self::MessageReused { was, .. } => format!("{}: {}", was.number, was.name),
        }
    }
}

/// The full name of what an element stands in.
pub fn within(element: &str) -> &str {
    element.rsplit_once('.').map_or("", |(owner, _)| owner)
}

impl Told {
    /// The full name of what the element stands in.
    pub fn within(&self) -> &str {
        within(&self.element)
    }

    /// When the earlier meaning held, as a sentence goes on: `until abc1234 (2018-03-14, Ada Author); release 1.1.0 carried it`.
    pub fn story(&self) -> String {
        let mut story = match &self.until {
            Some(until) if *until == self.at => "until then".to_owned(),
            Some(until) => format!("until {}", until.phrase()),
            None => format!("from {} on", self.since.phrase()),
        };
        if let Some(release) = &self.released {
            story += &format!("; release {release} carried it");
        }
        story
    }

    /// Since which commit, as a sentence goes on: ` since abc1234 (2018-03-14, Ada Author)`; ` now` where it is not committed.
    pub fn onwards(&self) -> String {
        let since = match self.at.commit {
            Some(_) => format!(" since {}", self.at.phrase()),
            None => " now".to_owned(),
        };
        match &self.first_called {
            Some(name) => format!("{since}, called `{name}` then,"),
            None => since,
        }
    }

    /// The commit that did it, as a sentence goes on: ` in abc1234 (2018-03-14, Ada Author)`; nothing where it is not committed.
    pub fn event(&self) -> String {
        match self.at.commit {
            Some(_) => format!(" in {}", self.at.phrase()),
            None => String::new(),
        }
    }
}
