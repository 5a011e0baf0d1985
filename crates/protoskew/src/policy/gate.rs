//! The gate: which meetings that the policy promises break now, and did not at the baseline.

use std::collections::BTreeMap;
use std::sync::Arc;

use protoskew_compare::{Indexed, Outcome};
use protoskew_schema::Name;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::effects::{Effect, Reached};
use super::pairs::{Pairs, Peer, fact, reader};
use crate::matrix::{Break, BrokenMeetings, Gate};
use crate::verdict::WorstOutcome;

/// What makes a break the same one at the baseline: element, what the change is about, direction, whether it is JSON.
type Key = (Name, String, &'static str, bool);

/// What becomes of one meeting.
enum Held {
    Holds,
    /// It breaks as it did at the baseline.
    Known,
    Newly(Vec<Break>),
}

impl Pairs<'_> {
    /// The meetings of what is current with every release that it may meet, against those with `before` in its place; without
    /// a baseline whatever breaks is new.
    pub fn gate(&self, clients: &[Peer], servers: &[Peer], before: Option<&Arc<Indexed>>) -> Gate {
        let link = &self.links[self.link];
        let mut pairs: Vec<(&Peer, &Peer)> = Vec::new();
        for client in clients {
            for server in servers {
                // with itself it always gets along
                let one_is_current = client.current != server.current;
                if one_is_current && link.meets(self.lines, client.number, server.number) {
                    pairs.push((client, server));
                }
            }
        }
        let mut reached = self.reached(clients.iter().chain(servers));
        if let Some(before) = before {
            let of = || Reached::new(self.links, before.schema());
            reached.entry(before.digest()).or_insert_with(of);
        }
        let held: Vec<Held> = pairs
            .par_iter()
            .map(|(client, server)| self.held(client, server, before, &reached))
            .collect();
        let mut gate = Gate {
            client_name: link.client.clone(),
            server_name: link.server.clone(),
            roles: link.roles(),
            meetings: pairs.len(),
            ..Gate::default()
        };
        for ((client, server), held) in pairs.into_iter().zip(held) {
            match held {
                Held::Holds => {}
                Held::Known => gate.known += 1,
                Held::Newly(breaks) => add(&mut gate.broken, (client, server), breaks),
            }
        }
        gate
    }

    fn held(
        &self,
        client: &Peer,
        server: &Peer,
        before: Option<&Arc<Indexed>>,
        reached: &FxHashMap<u64, Reached>,
    ) -> Held {
        let mut breaks = self.breaks(client, server, reached);
        if breaks.is_empty() {
            return Held::Holds;
        }
        if let Some(before) = before {
            // the same number and age, so that who is older stays who it is
            let then = |peer: &Peer| Peer {
                indexed: Arc::clone(if peer.current { before } else { &peer.indexed }),
                ..peer.clone()
            };
            let known = self.breaks(&then(client), &then(server), reached);
            breaks.retain(|key, _| !known.contains_key(key));
        }
        if breaks.is_empty() {
            Held::Known
        } else {
            Held::Newly(breaks.into_values().collect())
        }
    }

    /// Everything that breaks between two.
    fn breaks(
        &self,
        client: &Peer,
        server: &Peer,
        reached: &FxHashMap<u64, Reached>,
    ) -> BTreeMap<Key, Break> {
        let across = self.across(client, server, reached);
        let (old, new) = if across.newer_is_client {
            (server, client)
        } else {
            (client, server)
        };
        let comparison = self.comparer.compare(&old.indexed, &new.indexed);
        let mut breaks: BTreeMap<Key, Break> = BTreeMap::new();
        for change in &comparison.changes {
            for effect in across.effects(&change.impact, change.json.as_deref()) {
                let (direction, json, outcome) = match effect {
                    Effect::Call(outcome) => ("call", false, WorstOutcome::Call(outcome)),
                    Effect::Value {
                        direction,
                        newer_writes,
                        json,
                        outcome,
                    } => {
                        let reader = reader(client, server, across.newer_is_client, newer_writes);
                        let outcome = reader.map_or(outcome.least(), |each| outcome.get(each));
                        (direction, json, WorstOutcome::Value(outcome))
                    }
                };
                if !self.is_broken(outcome) {
                    continue;
                }
                let key = (change.element.clone(), change.kind.about(), direction, json);
                let found = Break {
                    element: change.element.clone(),
                    direction,
                    json,
                    outcome,
                    fact: fact(change),
                };
                match breaks.get_mut(&key) {
                    Some(worst) if worst.outcome.rank() >= outcome.rank() => {}
                    _ => {
                        breaks.insert(key, found);
                    }
                }
            }
        }
        breaks
    }

    /// In a configured link somebody reads what is no longer sent.
    fn is_broken(&self, outcome: WorstOutcome) -> bool {
        let configured = self.links[self.link].configured;
        outcome.breaks() || configured && outcome == WorstOutcome::Value(Outcome::Withdrawn)
    }
}

/// Peers for which the same breaks are told together.
fn add(broken: &mut Vec<BrokenMeetings>, (client, server): (&Peer, &Peer), breaks: Vec<Break>) {
    let same = broken.iter_mut().find(|group| {
        group.breaks == breaks
            && if client.current {
                group.clients == [client.name.clone()]
            } else {
                group.servers == [server.name.clone()]
            }
    });
    match same {
        Some(group) if client.current => group.servers.push(server.name.clone()),
        Some(group) => group.clients.push(client.name.clone()),
        None => broken.push(BrokenMeetings {
            clients: vec![client.name.clone()],
            servers: vec![server.name.clone()],
            breaks,
        }),
    }
}
