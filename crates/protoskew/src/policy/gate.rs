//! The gate: which meetings that the policy promises break now, and did not at the baseline.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use protoskew_compare::{Change, Indexed, Outcome};
use protoskew_schema::Name;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::effects::{Across, Effect, Reached};
use super::pairs::{Pairs, Peer, by_age, fact, reader};
use super::proofs::{Differences, Meets, Shows, Worst};
use crate::matrix::{Break, BrokenMeetings, Gate};
use crate::rules;
use crate::verdict::WorstOutcome;
use crate::waivers::{Waiver, Waivers};

/// What makes a break the same one at the baseline: element, what the change is about, direction, whether it is JSON.
type Key = (Name, String, &'static str, bool);

/// What becomes of one meeting.
enum Held {
    Holds,
    /// It breaks as it did at the baseline.
    Known,
    /// What breaks newly is waived, by those of these places among all waivers.
    Waived(BTreeSet<usize>),
    Newly(Vec<Break>, BTreeSet<usize>),
}

/// What breaks, with the changes that do it.
type Found<'c> = BTreeMap<Key, (Break, Vec<&'c Change>)>;

impl Pairs<'_> {
    /// The meetings of what is current with every release that it may meet, against those with `before` in its place; without
    /// a baseline whatever breaks is new. What is waived closes nothing.
    pub fn gate(
        &self,
        clients: &[Peer],
        servers: &[Peer],
        before: Option<&Arc<Indexed>>,
        waivers: &Waivers,
    ) -> Gate {
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
            let of = || Reached::new(self.links, before);
            reached.entry(before.digest()).or_insert_with(of);
        }
        let held: Vec<Held> = pairs
            .par_iter()
            .map(|(client, server)| self.held((client, server), before, &reached, waivers))
            .collect();
        let mut gate = Gate {
            client_name: link.client.clone(),
            server_name: link.server.clone(),
            roles: link.roles(),
            meetings: pairs.len(),
            ..Gate::default()
        };
        let mut used = BTreeSet::new();
        for ((client, server), held) in pairs.into_iter().zip(held) {
            match held {
                Held::Holds => {}
                Held::Known => gate.known += 1,
                Held::Waived(by) => {
                    gate.waived += 1;
                    used.extend(by);
                }
                Held::Newly(breaks, by) => {
                    add(&mut gate.broken, (client, server), breaks);
                    used.extend(by);
                }
            }
        }
        gate.broken.par_iter_mut().for_each(|group| {
            let named = |peers: &'_ [Peer], names: &[Name]| {
                let first = names.first();
                peers.iter().position(|peer| Some(&peer.name) == first)
            };
            let meeting = named(clients, &group.clients).zip(named(servers, &group.servers));
            if let Some((client, server)) = meeting {
                self.show([&clients[client], &servers[server]], &reached, group);
            }
        });
        let places = waivers.iter().enumerate();
        gate.waivers = places
            .filter(|(at, _)| used.contains(at))
            .map(|(_, waiver)| waiver.place())
            .collect();
        gate
    }

    fn held(
        &self,
        (client, server): (&Peer, &Peer),
        before: Option<&Arc<Indexed>>,
        reached: &FxHashMap<u64, Reached>,
        waivers: &Waivers,
    ) -> Held {
        let across = self.across(client, server, reached);
        let [old, new] = by_age([client, server], across.newer_is_client);
        let comparison = self.comparer.compare(&old.indexed, &new.indexed);
        let mut breaks = self.breaks((client, server), &comparison.changes, across);
        if breaks.is_empty() {
            return Held::Holds;
        }
        if let Some(before) = before {
            // the same number and age, so that who is older stays who it is
            let then = |peer: &Peer| Peer {
                indexed: Arc::clone(if peer.current { before } else { &peer.indexed }),
                ..peer.clone()
            };
            let (client, server) = (then(client), then(server));
            let across = self.across(&client, &server, reached);
            let [old, new] = by_age([&client, &server], across.newer_is_client);
            let comparison = self.comparer.compare(&old.indexed, &new.indexed);
            let known = self.breaks((&client, &server), &comparison.changes, across);
            breaks.retain(|key, _| !known.contains_key(key));
        }
        if breaks.is_empty() {
            return Held::Known;
        }
        let link = &self.links[self.link];
        let (component, peer) = if client.current {
            (&link.server, server)
        } else {
            (&link.client, client)
        };
        let mut used = BTreeSet::new();
        let mut left = Vec::new();
        for (each, changes) in breaks.into_values() {
            let mut by = BTreeSet::new();
            let waived = changes.iter().all(|change| {
                waived_by(change, waivers, |waiver| {
                    waiver.covers(link, component, &peer.name)
                })
                .is_some_and(|places| {
                    by.extend(places);
                    true
                })
            });
            if waived {
                used.append(&mut by);
            } else {
                left.push(each);
            }
        }
        if left.is_empty() {
            Held::Waived(used)
        } else {
            Held::Newly(left, used)
        }
    }

    /// Adds what shows each break in the first of some meetings.
    fn show(
        &self,
        peers: [&Peer; 2],
        reached: &FxHashMap<u64, Reached>,
        group: &mut BrokenMeetings,
    ) {
        let across = self.across(peers[0], peers[1], reached);
        let [old, new] = by_age(peers, across.newer_is_client);
        let comparison = self.comparer.compare(&old.indexed, &new.indexed);
        let mut differences = Differences::new(&self.links[self.link]);
        let meets = Meets::new(peers);
        let mut numbers = Vec::with_capacity(group.breaks.len());
        for each in &group.breaks {
            let changes = comparison.changes.iter().enumerate();
            let mut changes = changes
                .filter(|(_, change)| change.element == each.element && fact(change) == each.fact);
            numbers.push(changes.find_map(|(at, change)| {
                let shows = match each.outcome {
                    WorstOutcome::Call(outcome) => Shows::Call(outcome),
                    WorstOutcome::Value(_) => {
                        let counts =
                            |it: &Worst| (it.direction, it.json) == (each.direction, each.json);
                        Shows::Value(Worst::of(peers, &across, change, counts)?)
                    }
                };
                let candidate = meets.candidate(&comparison, at, shows)?;
                Some(differences.number((0, 0), meets, &comparison, candidate))
            }));
        }
        let (shown, places) = differences.prove();
        for (each, number) in group.breaks.iter_mut().zip(numbers) {
            let place = number.and_then(|number| places[number]);
            each.witness = place.map(|place| shown[place].witness.clone());
        }
    }

    /// Everything that breaks between two by these changes.
    fn breaks<'c>(
        &self,
        (client, server): (&Peer, &Peer),
        changes: &'c [Change],
        across: Across<'_>,
    ) -> Found<'c> {
        let mut breaks: Found<'c> = BTreeMap::new();
        for change in changes {
            for effect in across.effects(&change.impact, change.json.as_deref()) {
                let (direction, json, outcome) = match effect {
                    Effect::Call(outcome) => ("call", false, WorstOutcome::Call(outcome)),
                    Effect::Value {
                        direction,
                        newer_writes,
                        json,
                        outcome,
                    } => {
                        let reader = reader([client, server], across.newer_is_client, newer_writes);
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
                    witness: None,
                };
                match breaks.get_mut(&key) {
                    Some((worst, by)) => {
                        by.push(change);
                        if worst.outcome.rank() < outcome.rank() {
                            *worst = found;
                        }
                    }
                    None => {
                        breaks.insert(key, (found, vec![change]));
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

/// The waivers that let a change through: one for each rule that tells what it does to those who meet; `None` where one is missing.
fn waived_by(
    change: &Change,
    waivers: &Waivers,
    covers: impl Fn(&Waiver) -> bool,
) -> Option<Vec<usize>> {
    let about = change.kind.about();
    let mut used = Vec::new();
    for rule in rules::that_tell(change).filter(|rule| rule.scope.has_outcome()) {
        let mut meant = waivers.meant(rule.id, &change.element, &about);
        let (at, ..) = meant.find(|(_, waiver, holds)| *holds && covers(waiver))?;
        used.push(at);
    }
    (!used.is_empty()).then_some(used)
}

/// Peers for which the same breaks are told together.
fn add(broken: &mut Vec<BrokenMeetings>, (client, server): (&Peer, &Peer), breaks: Vec<Break>) {
    let same = broken.iter_mut().find(|group| {
        let alike = |(one, other): (&Break, &Break)| one.is_the_same(other);
        let same = group.breaks.len() == breaks.len();
        same && group.breaks.iter().zip(&breaks).all(alike)
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
