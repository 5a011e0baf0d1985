//! Witnesses: what shows a finding in one meeting, made when somebody first asks for it.

mod case;
mod files;
mod find;
mod frames;
mod words;

use std::sync::{Arc, OnceLock};

use protoskew_compare::{Indexed, Proof, Runtime};

use crate::verdict::WorstOutcome;
pub(crate) use case::{Call, Compared, Told, worth_showing};
pub use case::{Case, Medium};
pub use files::{WitnessFile, protoc_differs};
pub use find::{find, why_none};
pub use frames::{Carries, Frame};

/// What shows a finding: the worst meeting of each kind that it has (bytes, JSON, a call; at rest, each of time's arrows).
#[derive(Clone, Debug, Default)]
pub struct Witnesses {
    cases: Vec<Case>,
    made: OnceLock<Vec<Witness>>,
}

impl Witnesses {
    /// Of the meetings that are to be shown, the worst first.
    pub(crate) fn of(cases: Vec<Case>) -> Self {
        Self {
            cases,
            made: OnceLock::new(),
        }
    }

    /// As if they had been made.
    #[cfg(test)]
    pub(crate) fn made(witnesses: Vec<Witness>) -> Self {
        Self {
            cases: Vec::new(),
            made: OnceLock::from(witnesses),
        }
    }

    /// The meetings that are to be shown.
    pub fn cases(&self) -> &[Case] {
        &self.cases
    }

    /// The witnesses, the worst first; searched for when they are asked for, and once. Fewer than there are meetings where one
    /// cannot be shown.
    pub fn all(&self) -> &[Witness] {
        self.made
            .get_or_init(|| self.cases.iter().filter_map(Case::prove).collect())
    }

    /// The worst one.
    pub fn first(&self) -> Option<&Witness> {
        self.all().first()
    }

    /// Adds those of the same finding against another base: of each kind the worst is kept, of equals the later one where
    /// `later_shown`.
    pub(crate) fn merge(&mut self, other: Self, later_shown: bool) {
        for case in other.cases {
            match self
                .cases
                .iter_mut()
                .find(|mine| mine.kind() == case.kind())
            {
                None => self.cases.push(case),
                Some(mine) => {
                    let (before, now) = (mine.outcome.rank(), case.outcome.rank());
                    if now > before || now == before && later_shown {
                        *mine = case;
                    }
                }
            }
        }
        self.made = OnceLock::new();
    }

    /// Keeps what breaks; where nothing does, what is there.
    pub(crate) fn settle(&mut self) {
        if self.cases.iter().any(|case| case.outcome.breaks()) {
            self.cases.retain(|case| case.outcome.breaks());
        }
        self.cases
            .sort_by_key(|case| std::cmp::Reverse(case.outcome.rank()));
    }
}

/// What shows a finding in one meeting.
#[derive(Clone, Debug)]
pub struct Witness {
    /// Who writes or calls: `runtime 1.3.0`.
    pub writer: String,
    /// Who reads or answers: `agent worktree`.
    pub reader: String,
    /// `request`, `response`, `stored` or `call`.
    pub direction: &'static str,
    /// What becomes of it.
    pub outcome: WorstOutcome,
    /// What the writer and the reader know of messages, where it is a message.
    pub schemas: Option<[Arc<Indexed>; 2]>,
    /// What is sent, and what is made of it.
    pub shown: Shown,
}

impl PartialEq for Witness {
    /// Whether they show the same of the same two.
    fn eq(&self, other: &Self) -> bool {
        let what = |it: &Self| (it.direction, it.outcome);
        what(self) == what(other)
            && (&self.writer, &self.reader, &self.shown)
                == (&other.writer, &other.reader, &other.shown)
    }
}

/// What is sent, and what is made of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// A message in bytes.
    Bytes {
        /// The message on both sides.
        proof: Box<Proof>,
        /// What the reader is built with, where not every runtime makes the same of it.
        runtime: Option<Runtime>,
        /// The reader does not know it, and loses it when it writes the message back to the store.
        rewritten: bool,
    },
    /// A message in JSON, and what the reader's parser makes of it.
    Json {
        /// As it is written: `{"mountPoint":"a"}`.
        written: String,
        /// What becomes of it, in a few words: `refused: no field has this name`.
        read: String,
    },
    /// A call.
    Call(CallShown),
}

/// A call, and how it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallShown {
    /// The path that is called: `/grpc.AgentService/AddInterface`.
    pub path: String,
    /// Full name of the request as the client knows it.
    pub request: String,
    /// Full name of the response as the client knows it.
    pub response: String,
    /// What is sent, beside the path; empty where the path is all that matters.
    pub sent: &'static str,
    /// What comes of it: `answers UNIMPLEMENTED`.
    pub comes: &'static str,
    /// How it travels, as far as all implementations send the same.
    pub frames: Vec<Frame>,
}
