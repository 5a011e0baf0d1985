//! The words of the format and their sets: levels, outcomes, directions.

use protoskew_compare::{CallOutcome, Outcome, Runtime};

use crate::verdict::Level;

pub(super) fn levels() -> Vec<&'static str> {
    [Level::Deny, Level::Warn, Level::Note]
        .map(Level::word)
        .to_vec()
}

pub(super) fn levels_and_off() -> Vec<&'static str> {
    [Level::Deny, Level::Warn, Level::Note, Level::Off]
        .map(Level::word)
        .to_vec()
}

pub(super) fn value_outcomes() -> Vec<&'static str> {
    Outcome::ALL.map(Outcome::word).to_vec()
}

pub(super) fn call_outcomes() -> Vec<&'static str> {
    use CallOutcome::{CallChanged, CallRemoved, NewCall, Served};
    [Served, NewCall, CallRemoved, CallChanged]
        .map(CallOutcome::word)
        .to_vec()
}

pub(super) fn outcomes() -> Vec<&'static str> {
    [value_outcomes(), call_outcomes()].concat()
}

/// For a field that may be null, which JSON Schema wants among the values.
pub(super) fn outcomes_or_null() -> Vec<Option<&'static str>> {
    outcomes().into_iter().map(Some).chain([None]).collect()
}

pub(super) fn runtimes() -> Vec<&'static str> {
    Runtime::ALL.map(Runtime::word).to_vec()
}

/// For a field that may be null.
pub(super) fn runtimes_or_null() -> Vec<Option<&'static str>> {
    runtimes().into_iter().map(Some).chain([None]).collect()
}

/// Nothing said is null, not an empty string.
pub(super) fn said(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}
