//! Where parsers of ProtoJSON differ, the reader's implementation decides.

use protoskew_wire::runtime::{JsonAnswers, Taken, UnknownName, UnknownNumber};

use super::{ByParser, JsonParser};
use crate::outcome::{ByRuntime, Outcome};

/// The questions that decide about a reading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Differ {
    /// Some refuse the name of an enum's value that they do not know even where they ignore what is unknown.
    pub(super) unknown_name: bool,
    /// Some take what others refuse.
    pub(super) taken: Option<TakenBySome>,
}

/// What some parsers take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TakenBySome {
    /// One value for a list.
    OneForList,
    /// A number for a text.
    NumberForText,
    /// A number that a closed enum does not list.
    ClosedNumber,
}

impl Differ {
    pub(super) const fn taken(what: TakenBySome) -> Self {
        Self {
            unknown_name: false,
            taken: Some(what),
        }
    }

    /// The questions about two readings of which the worse counts: what another reading refuses anyway is taken by none.
    pub(super) fn max(self, mine: ByParser, other: Self, theirs: ByParser) -> Self {
        let taken = match (self.taken, other.taken) {
            (one, two) if one == two => one,
            (one, None) if theirs.strict < Outcome::Reject => one,
            (None, two) if mine.strict < Outcome::Reject => two,
            _ => None,
        };
        Self {
            unknown_name: self.unknown_name || other.unknown_name,
            taken,
        }
    }

    /// The outcome by the reader's runtime; `usual` is what most give, and what is said of those that have no parser or were not asked.
    pub(super) fn outcomes(self, usual: Outcome, parser: JsonParser) -> ByRuntime {
        if parser == JsonParser::Names {
            return ByRuntime::all(usual);
        }
        ByRuntime::each(|runtime| match runtime.json() {
            Some(answers) => self.outcome(answers, usual, parser),
            None => usual,
        })
    }

    fn outcome(self, answers: &JsonAnswers, usual: Outcome, parser: JsonParser) -> Outcome {
        let taken = |taken: Taken| match taken {
            Taken::Yes => Outcome::Compatible,
            Taken::Refuse => usual,
        };
        let outcome = match self.taken {
            None => usual,
            Some(TakenBySome::OneForList) => taken(answers.one_for_list.is),
            Some(TakenBySome::NumberForText) => taken(answers.number_for_text.is),
            Some(TakenBySome::ClosedNumber) => {
                let answer = if parser == JsonParser::Lenient {
                    answers.closed_number_lenient
                } else {
                    answers.closed_number
                };
                match answer.is {
                    UnknownNumber::Held => Outcome::Blind,
                    UnknownNumber::Unset => Outcome::Lossy,
                    UnknownNumber::Refuse => Outcome::Reject,
                }
            }
        };
        if self.unknown_name && answers.unknown_name.is == UnknownName::Refuse {
            outcome.max(Outcome::Reject)
        } else {
            outcome
        }
    }
}
