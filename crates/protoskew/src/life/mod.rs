//! The life of a feature: introduced, enabled, default, retired. What the releases tell of it, and what policy allows.
//!
//! When a feature was introduced and removed is read from the releases, never typed; when it is enabled and becomes the default, a
//! team declares, in `protoskew.toml` or in the `.proto` itself. What is allowed is reckoned in [`crate::policy::schedule`].

mod advice;
pub mod declared;
mod deprecated;
mod element;
mod judge;
pub mod migrate;
pub mod plan;
mod seen;
mod words;

pub use advice::first_senders;
pub use element::{Element, Renames, names};
pub(crate) use element::{declaration, oneof_of, type_name};
pub use judge::{Judged, judge};
pub use seen::{Known, Passage, Seen};

use protoskew_schema::Name;

use crate::finding::Site;

/// Something that is wrong with, or to be known of, the life of a feature, as values that a rule can speak of.
#[derive(Clone, Debug)]
pub struct Lived {
    /// What.
    pub kind: LivedKind,
    /// The feature, where there is one.
    pub feature: Name,
    /// The element that it is about: of a feature the first.
    pub element: Name,
    /// Where that stands in what is judged.
    pub new: Option<Site>,
    /// Where it stood in an older release, where it is gone.
    pub old: Option<Site>,
    /// Whether it was done by a release that is out: nothing can be changed about that.
    pub released: bool,
}

/// What is wrong with, or to be known of, a feature's life. Components and releases are as a person names them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // the variants' doc comments say what the equally named fields hold
pub enum LivedKind {
    /// Enabled before everybody understands it whom its sender may be rolled back to. `introduced`: the sender's first release that
    /// has it, where it is enabled on that line.
    EnabledEarly {
        by: Name,
        since: String,
        introduced: Option<Name>,
        earliest: Option<String>,
        why: String,
    },
    /// The default while somebody may be met who lacks it. `oldest`: the line that, as `oldest`, would allow it, and when.
    DefaultEarly {
        by: Name,
        since: String,
        earliest: Option<String>,
        why: String,
        oldest: Option<(String, String)>,
    },
    /// The declared life contradicts itself or the releases; `key` is what is declared.
    Contradicted {
        key: &'static str,
        what: String,
        help: String,
    },
    /// A new element that a client may send, of no feature.
    Undeclared,
    /// The old form went while it is needed: `by` may not stop to `verb` it yet.
    OldGoneEarly {
        by: Name,
        verb: &'static str,
        earliest: Option<String>,
        why: String,
        oldest: Option<(String, String)>,
    },
    /// Removed before it was deprecated for the window of so many lines; `since`: the first release that deprecated it.
    Undeprecated { since: Option<Name>, window: usize },
    /// Deprecated since that release, and nobody who needs it can be met.
    PastWindow { since: Name },
}

impl LivedKind {
    /// What it is about, beside rule and element: stable for ever.
    pub fn about(&self, feature: &str) -> String {
        match self {
            Self::EnabledEarly { by, since, .. } => format!("{feature}: {by} enabled {since}"),
            Self::DefaultEarly { by, since, .. } => format!("{feature}: {by} default {since}"),
            Self::Contradicted { key, .. } => format!("{feature}: {key}"),
            Self::OldGoneEarly { by, verb, .. } => format!("{feature}: {by} {verb}"),
            Self::Undeclared | Self::Undeprecated { .. } | Self::PastWindow { .. } => String::new(),
        }
    }
}
