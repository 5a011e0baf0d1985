//! What a finding does in one meeting.

use protoskew_compare::{ByRuntime, CallOutcome, Outcome, Runtime, drops_unknown_fields};

use super::effects::Effect;
use super::judge::Role;
use crate::verdict::WorstOutcome;

/// One effect on one role, as far as the reader's runtime is known.
#[derive(Clone, Debug)]
pub(super) struct Felt {
    pub(super) role: usize,
    pub(super) direction: &'static str,
    /// Whether it is a message of a store.
    pub(super) at_rest: bool,
    /// Whether the newer side writes (or calls).
    pub(super) subject_acts: bool,
    /// At the least, whatever the reader's runtime is.
    pub(super) least: WorstOutcome,
    /// At the worst.
    pub(super) worst: WorstOutcome,
    /// Of a value: by the reader's runtime.
    pub(super) by_runtime: Option<ByRuntime>,
    /// The reader's runtime, where it is known.
    pub(super) reader: Option<Runtime>,
    /// Where the reader's runtime is not known: those in which it breaks.
    pub(super) breaks_in: Vec<Runtime>,
    /// Where an older reader may write anew what it read from a store: the runtimes it may be built with that lose what they do
    /// not know.
    pub(super) dropped_by: Vec<Runtime>,
    /// Whether the reader's runtime is known.
    pub(super) reader_known: bool,
    /// Whether the value is written as JSON.
    pub(super) json: bool,
}

impl Felt {
    /// The runtimes that lose what they do not know, where the reader's is not known.
    pub(super) fn unknown_reader_among(&self) -> impl Iterator<Item = Runtime> {
        let among = if self.reader_known {
            &[][..]
        } else {
            &self.dropped_by
        };
        among.iter().copied()
    }

    pub(super) fn new(index: usize, role: &Role, is_store: bool, effect: Effect) -> Self {
        match effect {
            Effect::Call(outcome) => Self {
                role: index,
                direction: "call",
                at_rest: is_store,
                subject_acts: role.subject_is_client,
                least: WorstOutcome::Call(outcome),
                worst: WorstOutcome::Call(outcome),
                by_runtime: None,
                reader: None,
                breaks_in: Vec::new(),
                dropped_by: Vec::new(),
                reader_known: true,
                json: false,
            },
            Effect::Value {
                direction,
                newer_writes,
                json,
                outcome,
            } => {
                let reader = if newer_writes {
                    role.peer_runtime
                } else {
                    role.subject_runtime
                };
                let (least, worst) = match reader {
                    Some(runtime) => (outcome.get(runtime), outcome.get(runtime)),
                    None => (outcome.least(), outcome.worst()),
                };
                Self {
                    role: index,
                    direction,
                    at_rest: is_store,
                    subject_acts: newer_writes,
                    least: WorstOutcome::Value(least),
                    worst: WorstOutcome::Value(worst),
                    by_runtime: Some(outcome),
                    reader,
                    breaks_in: match reader {
                        Some(_) => Vec::new(),
                        None => outcome.runtimes_where(Outcome::breaks),
                    },
                    dropped_by: if is_store && newer_writes && !least.breaks() {
                        let readers = Runtime::ALL.into_iter();
                        readers
                            .filter(|each| reader.is_none_or(|reader| reader == *each))
                            // no parser keeps what it does not know of JSON
                            .filter(|each| json || drops_unknown_fields(*each))
                            .collect()
                    } else {
                        Vec::new()
                    },
                    reader_known: reader.is_some() || json,
                    json,
                }
            }
        }
    }
}

/// The worst of something over all effects.
pub(super) fn of_all(effects: &[Felt], of: impl Fn(&Felt) -> WorstOutcome) -> Option<WorstOutcome> {
    let outcomes = effects.iter().map(of);
    outcomes.max_by_key(|outcome| outcome.rank())
}

/// Whether an outcome is worth a meeting's mention.
pub(super) fn matters(outcome: WorstOutcome) -> bool {
    match outcome {
        WorstOutcome::Value(outcome) => outcome > Outcome::Compatible,
        WorstOutcome::Call(outcome) => outcome != CallOutcome::Served,
    }
}
