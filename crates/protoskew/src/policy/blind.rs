//! How those who meet across one change behave, healthy or not: by who meets whom, direction, and what the reader is built with.

use std::sync::Arc;

use protoskew_compare::{
    ByRuntime, Change, ChangeKind, Indexed, Outcome, Runtime, drops_unknown_fields,
};
use protoskew_schema::Name;

use super::effects::{Across, Effect, Reached};
use super::felt::matters;
use super::judge::{Role, Subject, ranges};
use super::meetings::LinkPolicy;
use crate::verdict::WorstOutcome;

/// What becomes of one value or call where releases meet that are alike in this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Behaviour {
    /// The client with its releases, or the writer of a store.
    pub client: String,
    /// The server with its releases, or the reader of a store.
    pub server: String,
    /// `request`, `response`, `call` or `stored`.
    pub direction: &'static str,
    /// Whether the message is written as JSON.
    pub json: bool,
    /// Whether what is analysed writes the message or makes the call.
    pub subject_acts: bool,
    /// Who reads, or answers the call.
    pub reader: Name,
    /// What the reader is built with, where that is known.
    pub runtime: Option<Runtime>,
    /// What becomes of it, the best first; more than one where the reader's runtime is not known and decides.
    pub shades: Vec<Shade>,
    /// The runtimes in which the reader loses the value when it writes the message anew.
    pub forgets: Vec<Runtime>,
    /// The releases of the other side, oldest first.
    pub releases: Vec<Name>,
    subject_is_client: bool,
    link: usize,
}

/// One outcome, and those who suffer it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shade {
    /// What becomes of the value or call.
    pub outcome: WorstOutcome,
    /// In these runtimes; empty where it is the same in all that may be.
    pub runtimes: Vec<Runtime>,
}

impl Behaviour {
    /// Whether the client writes the message or makes the call; of what no service reaches either may be the writer.
    pub fn client_acts(&self) -> bool {
        self.subject_acts == self.subject_is_client
    }

    /// Whether a meeting is broken, in some runtime at the least.
    pub fn breaks(&self) -> bool {
        self.shades.iter().any(|shade| shade.outcome.breaks())
    }
}

/// Those who may meet what is analysed, by the schema that they have.
pub struct Readers<'a> {
    links: &'a [LinkPolicy],
    subject: &'a Subject,
    /// Every release's name, oldest first.
    order: &'a [Name],
    new: Reached,
    olds: Vec<(Reached, &'a [Role])>,
}

impl<'a> Readers<'a> {
    /// Prepares to ask; `order` holds every release's name, oldest first.
    pub fn new(
        links: &'a [LinkPolicy],
        subject: &'a Subject,
        order: &'a [Name],
        olds: impl IntoIterator<Item = (Arc<Indexed>, &'a [Role])>,
    ) -> Self {
        let olds = olds.into_iter();
        Self {
            links,
            subject,
            order,
            new: Reached::new(links, &subject.indexed),
            olds: olds
                .map(|(indexed, roles)| (Reached::new(links, &indexed), roles))
                .collect(),
        }
    }

    /// What the change does in each meeting; `changes` holds it as it is seen from each of the older schemas, in their order.
    pub fn behaviours(&self, changes: &[Option<&Change>]) -> Vec<Behaviour> {
        let mut found: Vec<Behaviour> = Vec::new();
        for ((old, roles), change) in self.olds.iter().zip(changes) {
            let Some(change) = change else { continue };
            for role in *roles {
                let across = Across {
                    link: &self.links[role.link],
                    link_index: role.link,
                    old,
                    new: &self.new,
                    newer_is_client: role.subject_is_client,
                };
                for effect in across.effects(&change.impact, change.json.as_deref()) {
                    self.add(&mut found, role, effect);
                }
            }
        }
        // a value that an enum does not list is a number to its field, and stays one
        let is_value = |change: &&Change| matches!(change.kind, ChangeKind::EnumValueAdded { .. });
        let kept = changes.iter().flatten().any(is_value);
        for each in &mut found {
            if kept {
                each.forgets.clear();
            }
            self.name(each);
        }
        // what breaks first, then links in their order, then requests before responses
        found.sort_by_key(|each| (!each.breaks(), each.link, !each.subject_acts));
        found
    }

    fn add(&self, found: &mut Vec<Behaviour>, role: &Role, effect: Effect) {
        let link = &self.links[role.link];
        let (direction, newer_writes, json, shades, runtime, forgets) = match effect {
            Effect::Call(outcome) => {
                let shade = Shade {
                    outcome: WorstOutcome::Call(outcome),
                    runtimes: Vec::new(),
                };
                (
                    "call",
                    role.subject_is_client,
                    false,
                    vec![shade],
                    None,
                    Vec::new(),
                )
            }
            Effect::Value {
                direction,
                newer_writes,
                json,
                outcome,
            } => {
                let runtime = if newer_writes {
                    role.peer_runtime
                } else {
                    role.subject_runtime
                };
                let shades = shades(outcome, runtime);
                let is_blind = |shade: &Shade| shade.outcome == WorstOutcome::Value(Outcome::Blind);
                let forgets = if newer_writes && !json && shades.iter().any(is_blind) {
                    let all = Runtime::ALL.into_iter();
                    all.filter(|each| runtime.is_none_or(|known| known == *each))
                        .filter(|each| drops_unknown_fields(*each))
                        .collect()
                } else {
                    Vec::new()
                };
                (direction, newer_writes, json, shades, runtime, forgets)
            }
        };
        if !shades.iter().any(|shade| matters(shade.outcome)) {
            return;
        }
        let reader = if newer_writes == role.subject_is_client {
            &link.server
        } else {
            &link.client
        };
        let fresh = Behaviour {
            client: link.client.to_string(),
            server: link.server.to_string(),
            direction,
            json,
            subject_acts: newer_writes,
            reader: reader.clone(),
            runtime,
            shades,
            forgets,
            releases: vec![role.peer.clone()],
            subject_is_client: role.subject_is_client,
            link: role.link,
        };
        let alike = |each: &&mut Behaviour| {
            let releases = each.releases.clone();
            **each
                == Behaviour {
                    releases,
                    ..fresh.clone()
                }
        };
        match found.iter_mut().find(alike) {
            Some(each) if each.releases.contains(&role.peer) => {}
            Some(each) => each.releases.push(role.peer.clone()),
            None => found.push(fresh),
        }
    }

    /// Puts the releases in order and into the names of the two.
    fn name(&self, each: &mut Behaviour) {
        let place = |name: &Name| {
            let found = self.order.iter().position(|release| release == name);
            found.unwrap_or(usize::MAX)
        };
        each.releases.sort_by_key(place);
        let (peer, subject) = if each.subject_is_client {
            (&mut each.server, &mut each.client)
        } else {
            (&mut each.client, &mut each.server)
        };
        *peer = format!("{peer} {}", ranges(&each.releases, place));
        *subject = format!("{subject} {}", self.subject.label);
    }

    /// The names of releases in order, neighbours joined: `1.0.0–1.2.1, 1.3.0`.
    pub fn ranges(&self, releases: &mut Vec<Name>) -> String {
        let place = |name: &Name| {
            let found = self.order.iter().position(|release| release == name);
            found.unwrap_or(usize::MAX)
        };
        releases.sort_by_key(place);
        releases.dedup();
        ranges(releases, place)
    }
}

fn shades(outcome: ByRuntime, runtime: Option<Runtime>) -> Vec<Shade> {
    let shade = |outcome, runtimes| Shade {
        outcome: WorstOutcome::Value(outcome),
        runtimes,
    };
    if let Some(runtime) = runtime {
        return vec![shade(outcome.get(runtime), Vec::new())];
    }
    let mut kinds: Vec<Outcome> = Runtime::ALL.map(|runtime| outcome.get(runtime)).to_vec();
    kinds.sort_unstable();
    kinds.dedup();
    if let [one] = kinds.as_slice() {
        return vec![shade(*one, Vec::new())];
    }
    kinds
        .into_iter()
        .map(|kind| shade(kind, outcome.runtimes_where(|each| each == kind)))
        .collect()
}
