//! What shows the breaks of meetings: each distinct difference is searched for once, however many calls and cells it is in.

use std::cell::RefCell;
use std::mem::Discriminant;
use std::sync::Arc;

use protoskew_compare::{ByRuntime, CallOutcome, Change, ChangeKind, Comparison, Outcome, Runtime};
use protoskew_schema::Name;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::effects::{Across, Effect};
use super::meetings::LinkPolicy;
use super::pairs::{Peer, by_age, fact, newer_is_client, reader};
use crate::matrix::Difference;
use crate::verdict::WorstOutcome;
use crate::witness::{Call, Compared, Shown, Told, Witness};

/// The worst that a change does to values in one meeting.
#[derive(Clone, Copy)]
pub(super) struct Worst {
    pub(super) direction: &'static str,
    pub(super) outcome: Outcome,
    pub(super) json: bool,
    newer_writes: bool,
    client_writes: bool,
    /// What the reader is built with, where that is known.
    reader: Option<Runtime>,
    by_runtime: ByRuntime,
}

impl Worst {
    /// Of what is felt of it, which `counts`.
    pub(super) fn of(
        peers: [&Peer; 2],
        across: &Across<'_>,
        change: &Change,
        counts: impl Fn(&Self) -> bool,
    ) -> Option<Self> {
        let mut worst: Option<Self> = None;
        for effect in across.effects(&change.impact, change.json.as_deref()) {
            let Effect::Value {
                direction,
                newer_writes,
                json,
                outcome: by_runtime,
            } = effect
            else {
                continue;
            };
            let reader = reader(peers, across.newer_is_client, newer_writes);
            let felt = Self {
                direction,
                outcome: reader.map_or(by_runtime.least(), |runtime| by_runtime.get(runtime)),
                json,
                newer_writes,
                client_writes: newer_writes == across.newer_is_client,
                reader,
                by_runtime,
            };
            // of equals the wire speaks first
            if counts(&felt) && worst.is_none_or(|worst| felt.outcome > worst.outcome) {
                worst = Some(felt);
            }
        }
        worst
    }

    /// What the reader is built with; where that is not known, the first of those that do this.
    fn runtime(&self) -> Option<Runtime> {
        let first = || {
            let same = self.by_runtime.runtimes_where(|each| each == self.outcome);
            same.first().copied()
        };
        self.reader.or_else(first)
    }

    /// Who writes and who reads, of a client and a server.
    fn in_order(&self, [client, server]: [String; 2]) -> [String; 2] {
        if self.client_writes {
            [client, server]
        } else {
            [server, client]
        }
    }
}

fn in_bytes(compared: Compared<'_>, change: &Change, worst: Worst) -> Option<Shown> {
    let told = Told {
        outcome: worst.outcome,
        older_writes: !worst.newer_writes,
        runtime: worst.runtime()?,
        rewritten: false,
    };
    compared.shown_in_bytes(change, told)
}

fn in_json(change: &Change, worst: Worst) -> Option<Shown> {
    let reading = change.json.as_deref()?.reading(worst.newer_writes);
    (!reading.written.is_empty()).then(|| Shown::Json {
        written: reading.written.clone(),
        read: reading.read(worst.outcome),
    })
}

/// What shows the changes of one meeting: each is searched for once, however many calls carry it.
pub(super) struct Proofs<'a> {
    compared: Compared<'a>,
    /// The client and the server.
    peers: [String; 2],
    known: RefCell<FxHashMap<InDirection, Option<Arc<Witness>>>>,
}

/// The change's address, and the direction.
type InDirection = (usize, &'static str);

impl<'a> Proofs<'a> {
    pub(super) fn new(compared: Compared<'a>, peers: [String; 2]) -> Self {
        Self {
            compared,
            peers,
            known: RefCell::default(),
        }
    }

    pub(super) fn of(&self, change: &Change, worst: Worst) -> Option<Arc<Witness>> {
        if !worst.outcome.breaks() {
            return None;
        }
        let key = (std::ptr::from_ref(change) as usize, worst.direction);
        let mut known = self.known.borrow_mut();
        let made = known
            .entry(key)
            .or_insert_with(|| self.shown(change, worst).map(Arc::new));
        made.clone()
    }

    fn shown(&self, change: &Change, worst: Worst) -> Option<Witness> {
        let shown = if worst.json {
            in_json(change, worst)?
        } else {
            in_bytes(self.compared, change, worst)?
        };
        let [writer, reader] = worst.in_order(self.peers.clone());
        Some(Witness {
            writer,
            reader,
            direction: worst.direction,
            outcome: WorstOutcome::Value(worst.outcome),
            schemas: None,
            shown,
        })
    }
}

/// Two that meet, the client first.
#[derive(Clone, Copy)]
pub(super) struct Meets<'a> {
    peers: [&'a Peer; 2],
    newer_is_client: bool,
}

impl<'a> Meets<'a> {
    pub(super) fn new(peers: [&'a Peer; 2]) -> Self {
        let newer_is_client = newer_is_client(peers[0], peers[1]);
        Self {
            peers,
            newer_is_client,
        }
    }

    fn compared<'c>(self, comparison: &'c Comparison) -> Compared<'c>
    where
        'a: 'c,
    {
        let [old, new] = by_age(self.peers, self.newer_is_client);
        Compared {
            sides: [&old.indexed, &new.indexed],
            comparison,
        }
    }

    /// What would show a change, the one at this place; `None` where it is known that nothing does.
    pub(super) fn candidate(
        self,
        comparison: &Comparison,
        change: usize,
        shows: Shows,
    ) -> Option<Candidate> {
        let at = change;
        let change = comparison.changes.get(at)?;
        let (mut bytes, mut fields, mut shown) = (None, 0, None);
        let (about, direction, outcome) = match shows {
            Shows::Call(outcome) => {
                let older_calls = !self.newer_is_client;
                let client = &self.peers[0].indexed;
                let call = Call::of(client, change, outcome, older_calls)?;
                (call.about(), "call", (1, outcome as u8))
            }
            Shows::Value(worst) => {
                let about = if worst.json {
                    let json = in_json(change, worst)?;
                    let Shown::Json { written, read } = &json else {
                        return None;
                    };
                    let about = format!("{written}{read}");
                    shown = Some(json);
                    about
                } else {
                    bytes = Some((worst.newer_writes, worst.runtime()));
                    let Compared { sides, comparison } = self.compared(comparison);
                    fields = comparison.difference(sides, change)?;
                    change.kind.about()
                };
                (about, worst.direction, (0, worst.outcome as u8))
            }
        };
        Some(Candidate {
            change: at,
            shows,
            key: Key {
                element: change.element.clone(),
                kind: std::mem::discriminant(&change.kind),
                about,
                direction,
                outcome,
                bytes,
                fields,
            },
            shown,
        })
    }
}

/// What of a change is to be shown.
#[derive(Clone, Copy)]
pub(super) enum Shows {
    /// What becomes of values.
    Value(Worst),
    /// What becomes of a call.
    Call(CallOutcome),
}

/// What makes two breaks of two meetings one difference.
#[derive(PartialEq, Eq, Hash)]
struct Key {
    element: Name,
    kind: Discriminant<ChangeKind>,
    /// What the change is about, or what is shown where that needs no search.
    about: String,
    direction: &'static str,
    outcome: (u8, u8),
    /// Of bytes: whether the newer side writes, and what the reader is built with.
    bytes: Option<(bool, Option<Runtime>)>,
    /// Of bytes: what there is on both sides of the fields in which it shows.
    fields: u64,
}

/// A change of one meeting that may be a difference of its own.
pub(super) struct Candidate {
    /// Its place among the changes.
    change: usize,
    pub(super) shows: Shows,
    key: Key,
    /// What needs no search.
    shown: Option<Shown>,
}

/// A difference in the first meeting that has it.
struct Found<'a> {
    /// Where that is: the meeting's place, then the change's.
    at: ((usize, usize), usize),
    meets: Meets<'a>,
    comparison: Arc<Comparison>,
    shows: Shows,
    /// What needs no search.
    shown: Option<Shown>,
}

/// The distinct differences of many meetings.
pub(super) struct Differences<'a> {
    link: &'a LinkPolicy,
    numbers: FxHashMap<Key, usize>,
    found: Vec<Found<'a>>,
}

impl<'a> Differences<'a> {
    pub(super) fn new(link: &'a LinkPolicy) -> Self {
        Self {
            link,
            numbers: FxHashMap::default(),
            found: Vec::new(),
        }
    }

    /// The number of the difference that a change is in the meeting at this place.
    pub(super) fn number(
        &mut self,
        at: (usize, usize),
        meets: Meets<'a>,
        comparison: &Arc<Comparison>,
        candidate: Candidate,
    ) -> usize {
        let found = Found {
            at: (at, candidate.change),
            meets,
            comparison: Arc::clone(comparison),
            shows: candidate.shows,
            shown: candidate.shown,
        };
        let number = *self
            .numbers
            .entry(candidate.key)
            .or_insert(self.found.len());
        match self.found.get_mut(number) {
            None => self.found.push(found),
            Some(first) if found.at < first.at => *first = found,
            Some(_) => {}
        }
        number
    }

    /// What shows them, and for each number that was given the place of what shows it among these.
    pub(super) fn prove(self) -> (Vec<Difference>, Vec<Option<usize>>) {
        let link = self.link;
        let mut found: Vec<(usize, Found<'a>)> = self.found.into_iter().enumerate().collect();
        found.sort_by_key(|(_, found)| found.at);
        let proved: Vec<(usize, Option<Difference>)> = found
            .into_par_iter()
            .map(|(number, each)| (number, each.prove(link)))
            .collect();
        let mut all: Vec<Difference> = Vec::new();
        let mut of_element: FxHashMap<Name, Vec<usize>> = FxHashMap::default();
        let mut places = vec![None; proved.len()];
        for (number, difference) in proved {
            places[number] = difference.map(|difference| {
                // what else changed in the messages may show nothing of itself
                let same = |&at: &usize| all[at].shows_the_same(&difference);
                let of_element = of_element.entry(difference.element.clone()).or_default();
                of_element.iter().copied().find(same).unwrap_or_else(|| {
                    of_element.push(all.len());
                    all.push(difference);
                    all.len() - 1
                })
            });
        }
        (all, places)
    }
}

impl Found<'_> {
    fn prove(self, link: &LinkPolicy) -> Option<Difference> {
        let comparison = &*self.comparison;
        let change = comparison.changes.get(self.at.1)?;
        let (shown, outcome, direction) = match self.shows {
            Shows::Call(outcome) => {
                let older_calls = !self.meets.newer_is_client;
                let client = &self.meets.peers[0].indexed;
                let call = Call::of(client, change, outcome, older_calls)?.shown();
                (Shown::Call(call), WorstOutcome::Call(outcome), "call")
            }
            Shows::Value(worst) => {
                let bytes = || in_bytes(self.meets.compared(comparison), change, worst);
                let shown = self.shown.or_else(bytes)?;
                (shown, WorstOutcome::Value(worst.outcome), worst.direction)
            }
        };
        let [client, server] = self.meets.peers;
        let names = [
            format!("{} {}", link.client, client.name),
            format!("{} {}", link.server, server.name),
        ];
        let [writer, reader] = match self.shows {
            Shows::Call(_) => names,
            Shows::Value(worst) => worst.in_order(names),
        };
        Some(Difference {
            element: change.element.clone(),
            fact: fact(change),
            witness: Witness {
                writer,
                reader,
                direction,
                outcome,
                schemas: None,
                shown,
            },
        })
    }
}
