//! What becomes of a value that one side writes and the other reads, by the reader's runtime.

use std::fmt;

use crate::runtime::Runtime;

/// What becomes of a value, from best to worst. `Absent` and `Blind` are duals of equal rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The message has the same shape on both sides.
    Same,
    /// Shapes differ, every value arrives.
    Compatible,
    /// The reader has a field that this writer never had: it sees the default.
    Absent,
    /// The writer may send what this reader never had.
    Blind,
    /// The reader still has a field that the writer's component no longer sends.
    Withdrawn,
    /// Decodes, but values vanish or change outside a range that both sides share.
    Lossy,
    /// Decoding fails loudly.
    Reject,
    /// An ordinary value arrives as another one, silently.
    Misread,
}

impl Outcome {
    /// Every outcome, best first.
    pub const ALL: [Outcome; 8] = [
        Outcome::Same,
        Outcome::Compatible,
        Outcome::Absent,
        Outcome::Blind,
        Outcome::Withdrawn,
        Outcome::Lossy,
        Outcome::Reject,
        Outcome::Misread,
    ];

    /// The word used for it everywhere.
    pub const fn word(self) -> &'static str {
        match self {
            Outcome::Same => "same",
            Outcome::Compatible => "compatible",
            Outcome::Absent => "absent",
            Outcome::Blind => "blind",
            Outcome::Withdrawn => "withdrawn",
            Outcome::Lossy => "lossy",
            Outcome::Reject => "reject",
            Outcome::Misread => "misread",
        }
    }

    /// True from `lossy` on: a meeting with such an outcome is broken.
    pub const fn breaks(self) -> bool {
        matches!(self, Outcome::Lossy | Outcome::Reject | Outcome::Misread)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The outcome in each runtime that the reader may be built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ByRuntime([Outcome; Runtime::ALL.len()]);

impl ByRuntime {
    /// The same outcome in every runtime.
    pub const fn all(outcome: Outcome) -> Self {
        Self([outcome; Runtime::ALL.len()])
    }

    /// The outcome that each runtime has by itself.
    pub fn each(outcome: impl Fn(Runtime) -> Outcome) -> Self {
        Self(Runtime::ALL.map(outcome))
    }

    /// With another outcome in some runtimes.
    #[must_use]
    pub fn with(mut self, runtimes: &[Runtime], outcome: Outcome) -> Self {
        for &runtime in runtimes {
            self.0[runtime as usize] = outcome;
        }
        self
    }

    /// The outcome in one runtime.
    pub fn get(&self, runtime: Runtime) -> Outcome {
        self.0[runtime as usize]
    }

    /// What every runtime suffers at the least: the answer while the reader's runtime is unknown.
    pub fn least(&self) -> Outcome {
        self.0.into_iter().min().unwrap_or(Outcome::Same)
    }

    /// What the unluckiest runtime suffers.
    pub fn worst(&self) -> Outcome {
        self.0.into_iter().max().unwrap_or(Outcome::Same)
    }

    /// The worse of the two, runtime by runtime.
    #[must_use]
    pub fn max(mut self, other: Self) -> Self {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine = (*mine).max(theirs);
        }
        self
    }

    /// Refused where every message is, whatever else might have become of one.
    #[must_use]
    pub fn or_refused(self, refused: Self) -> Self {
        Self::each(|runtime| match refused.get(runtime) {
            Outcome::Reject => Outcome::Reject,
            _ => self.get(runtime),
        })
    }

    /// The runtimes whose outcome satisfies the predicate, in order.
    pub fn runtimes_where(&self, predicate: impl Fn(Outcome) -> bool) -> Vec<Runtime> {
        Runtime::ALL
            .into_iter()
            .filter(|&runtime| predicate(self.get(runtime)))
            .collect()
    }
}
