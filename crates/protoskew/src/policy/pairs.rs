//! Pairs of releases without a verdict: the matrix of all that may meet, and one meeting call by call.

use std::cell::RefCell;
use std::sync::Arc;

use protoskew_compare::{
    CallOutcome, Carrier, Change, ChangeKind, Comparer, Comparison, Impact, Indexed, Outcome,
    Runtime, closure,
};
use protoskew_schema::{Method, Name, Service};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::effects::{ANY, Across, Effect, Reached};
use super::meetings::{Age, Lines, LinkPolicy, Numbered};
use crate::matrix::{Cell, Group, Matrix};
use crate::meeting::{CallReport, Detail, Meeting};
use crate::rules::{self, Check, Scope};
use crate::verdict::WorstOutcome;
use crate::witness::{Compared, Shown, Told, Witness, shown_call};

/// A release as one side of a pair.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its name, as a person names it.
    pub name: Name,
    /// Its number.
    pub number: Numbered,
    /// Its schema.
    pub indexed: Arc<Indexed>,
    /// What it reads with, where that is known.
    pub runtime: Option<Runtime>,
    /// How old the protos are that it speaks.
    pub age: Age,
    /// True for what is being worked on, rather than released.
    pub current: bool,
}

/// Everything that pairs have in common.
#[derive(Clone, Copy, Debug)]
pub struct Pairs<'a> {
    /// The links; one is shown at a time.
    pub links: &'a [LinkPolicy],
    /// Index of the link that is shown.
    pub link: usize,
    /// The release lines that distance is counted in.
    pub lines: &'a Lines,
    /// Compares, and remembers.
    pub comparer: &'a Comparer,
}

/// Neighbouring peers that every cell treats alike.
struct Alike<'a> {
    peers: Vec<&'a Peer>,
}

impl<'a> Alike<'a> {
    fn first(&self) -> &'a Peer {
        self.peers[0]
    }
}

impl Pairs<'_> {
    /// Every client against every server.
    pub fn matrix(&self, clients: &[Peer], servers: &[Peer]) -> Matrix {
        let link = &self.links[self.link];
        let rows = self.alike(clients);
        let columns = self.alike(servers);
        let reached = self.reached(clients.iter().chain(servers));
        // each distinct pair of schemas once, older first
        let mut wanted: Vec<(u64, u64)> = Vec::new();
        let mut schemas: FxHashMap<u64, &Arc<Indexed>> = FxHashMap::default();
        let ordered = |client: &Peer, server: &Peer| {
            let (c, s) = (client.indexed.digest(), server.indexed.digest());
            if newer_is_client(client, server) {
                (s, c)
            } else {
                (c, s)
            }
        };
        for peer in clients.iter().chain(servers) {
            schemas.insert(peer.indexed.digest(), &peer.indexed);
        }
        for row in &rows {
            for column in &columns {
                wanted.push(ordered(row.first(), column.first()));
            }
        }
        wanted.sort_unstable();
        wanted.dedup();
        let compared: FxHashMap<(u64, u64), Arc<Comparison>> = wanted
            .into_par_iter()
            .map(|(old, new)| {
                (
                    (old, new),
                    self.comparer.compare(schemas[&old], schemas[&new]),
                )
            })
            .collect();
        let cells = rows
            .par_iter()
            .map(|row| {
                let cell = |column: &Alike<'_>| {
                    let (client, server) = (row.first(), column.first());
                    let meets = link.meets(self.lines, client.number, server.number);
                    meets.then(|| {
                        self.cell(
                            client,
                            server,
                            &compared[&ordered(client, server)],
                            &reached,
                        )
                    })
                };
                columns.iter().map(cell).collect()
            })
            .collect();
        let groups = |alike: &[Alike<'_>]| {
            let group = |alike: &Alike<'_>| Group {
                releases: alike.peers.iter().map(|peer| peer.name.clone()).collect(),
                current: alike.peers.iter().any(|peer| peer.current),
            };
            alike.iter().map(group).collect()
        };
        Matrix {
            client_name: link.client.clone(),
            server_name: link.server.clone(),
            roles: link.roles(),
            clients: groups(&rows),
            servers: groups(&columns),
            cells,
        }
    }

    /// Groups neighbours with one schema; where the policy tells lines (or releases) apart, so do the groups.
    fn alike<'p>(&self, peers: &'p [Peer]) -> Vec<Alike<'p>> {
        let link = &self.links[self.link];
        let key = |peer: &Peer| {
            let line = link.configured.then(|| peer.number.own.line());
            let version = link.bundled.then_some(peer.number.own);
            (peer.indexed.digest(), peer.runtime, line, version)
        };
        let mut groups: Vec<Alike<'p>> = Vec::new();
        for peer in peers {
            match groups.last_mut() {
                Some(group) if key(group.first()) == key(peer) => group.peers.push(peer),
                _ => groups.push(Alike { peers: vec![peer] }),
            }
        }
        groups
    }

    pub(super) fn reached<'p>(
        &self,
        peers: impl Iterator<Item = &'p Peer>,
    ) -> FxHashMap<u64, Reached> {
        let mut reached = FxHashMap::default();
        for peer in peers {
            reached
                .entry(peer.indexed.digest())
                .or_insert_with(|| Reached::new(self.links, &peer.indexed));
        }
        reached
    }

    pub(super) fn across<'p>(
        &'p self,
        client: &Peer,
        server: &Peer,
        reached: &'p FxHashMap<u64, Reached>,
    ) -> Across<'p> {
        let newer_is_client = newer_is_client(client, server);
        let (old, new) = if newer_is_client {
            (server, client)
        } else {
            (client, server)
        };
        Across {
            link: &self.links[self.link],
            link_index: self.link,
            old: &reached[&old.indexed.digest()],
            new: &reached[&new.indexed.digest()],
            newer_is_client,
        }
    }

    fn cell(
        &self,
        client: &Peer,
        server: &Peer,
        comparison: &Comparison,
        reached: &FxHashMap<u64, Reached>,
    ) -> Cell {
        let across = self.across(client, server, reached);
        let mut cell = Cell {
            value: Outcome::Same,
            value_count: 0,
            call: CallOutcome::Served,
            call_count: 0,
        };
        for change in &comparison.changes {
            let mut worst = Outcome::Same;
            for effect in across.effects(&change.impact, change.json.as_deref()) {
                match effect {
                    Effect::Value {
                        newer_writes,
                        outcome,
                        ..
                    } => {
                        let reader = reader(client, server, across.newer_is_client, newer_writes);
                        worst = worst
                            .max(reader.map_or(outcome.least(), |runtime| outcome.get(runtime)));
                    }
                    Effect::Call(outcome) if outcome > cell.call => {
                        cell.call = outcome;
                        cell.call_count = 1;
                    }
                    Effect::Call(outcome) => {
                        cell.call_count +=
                            usize::from(outcome == cell.call && outcome != CallOutcome::Served);
                    }
                }
            }
            if worst > cell.value {
                cell.value = worst;
                cell.value_count = 1;
            } else if worst == cell.value && worst != Outcome::Same {
                cell.value_count += 1;
            }
        }
        cell
    }

    /// One meeting, call by call.
    pub fn meet(&self, client: &Peer, server: &Peer) -> Meeting {
        let newer_is_client = newer_is_client(client, server);
        let (old, new) = if newer_is_client {
            (server, client)
        } else {
            (client, server)
        };
        let comparison = self.comparer.compare(&old.indexed, &new.indexed);
        let reached = self.reached([client, server].into_iter());
        let across = self.across(client, server, &reached);
        let proofs = Proofs {
            compared: Compared {
                sides: [&old.indexed, &new.indexed],
                comparison: &comparison,
            },
            peers: [client, server],
            known: RefCell::default(),
        };
        let detail = |change: &Change, direction: &'static str| -> Option<Detail> {
            let mut worst: Option<Worst> = None;
            for effect in across.effects(&change.impact, change.json.as_deref()) {
                if let Effect::Value {
                    direction: found,
                    newer_writes,
                    json,
                    outcome,
                } = effect
                    && found == direction
                {
                    let reader = reader(client, server, newer_is_client, newer_writes);
                    let told = reader.map_or(outcome.least(), |runtime| outcome.get(runtime));
                    // of equals the wire speaks first
                    if worst.is_none_or(|worst| told > worst.outcome) {
                        let same = outcome.runtimes_where(|each| each == told);
                        worst = Some(Worst {
                            outcome: told,
                            json,
                            newer_writes,
                            runtime: reader.or(same.first().copied()),
                        });
                    }
                }
            }
            let worst = worst.filter(|worst| worst.outcome > Outcome::Compatible)?;
            Some(Detail {
                direction,
                json: worst.json,
                element: change.element.clone(),
                outcome: worst.outcome,
                fact: fact(change),
                witness: proofs.of(change, direction, worst),
            })
        };
        let mut calls = Vec::new();
        for (service, method) in methods(&client.indexed) {
            if !self.links[self.link].serves(&service.name) {
                continue;
            }
            let path = format!("/{}/{}", service.name, method.name);
            let answered = find(&server.indexed, &service.name, &method.name);
            let Some(answered) = answered else {
                calls.push(CallReport {
                    path,
                    call: if newer_is_client {
                        CallOutcome::NewCall
                    } else {
                        CallOutcome::CallRemoved
                    },
                    changed: None,
                    request: Outcome::Same,
                    response: Outcome::Same,
                    details: Vec::new(),
                });
                continue;
            };
            let element = format!("{}.{}", service.name, method.name);
            let mut details = Vec::new();
            let mut call = CallOutcome::Served;
            let mut changed = None;
            for (direction, types) in [
                ("request", (&method.request, &answered.request)),
                ("response", (&method.response, &answered.response)),
            ] {
                let held = (
                    closure(client.indexed.schema(), types.0),
                    closure(server.indexed.schema(), types.1),
                );
                let held = if newer_is_client {
                    (&held.1, &held.0)
                } else {
                    (&held.0, &held.1)
                };
                for change in &comparison.changes {
                    if carries(change, &element, direction, held) {
                        details.extend(detail(change, direction));
                    }
                }
            }
            for change in comparison
                .changes
                .iter()
                .filter(|change| *change.element == *element)
            {
                if let Impact::Call { .. } = change.impact {
                    call = call.max(match across.effects(&change.impact, None).first() {
                        Some(Effect::Call(outcome)) => *outcome,
                        _ => CallOutcome::Served,
                    });
                    if call == CallOutcome::CallChanged {
                        changed = shown_call(&client.indexed, change, call, !newer_is_client);
                    }
                }
            }
            let worst = |direction: &str| {
                let of = details
                    .iter()
                    .filter(|detail| detail.direction == direction);
                of.map(|detail| detail.outcome)
                    .max()
                    .unwrap_or(Outcome::Same)
            };
            calls.push(CallReport {
                path,
                call,
                changed,
                request: worst("request"),
                response: worst("response"),
                details,
            });
        }
        calls.sort_by(|a, b| a.path.cmp(&b.path));
        Meeting {
            client: client.name.to_string(),
            server: server.name.to_string(),
            at_rest: self.links[self.link].is_store(),
            calls,
            other: comparison
                .changes
                .iter()
                .filter_map(|change| detail(change, "stored"))
                .collect(),
        }
    }
}

/// The worst that a change does in one direction.
#[derive(Clone, Copy)]
struct Worst {
    outcome: Outcome,
    json: bool,
    newer_writes: bool,
    runtime: Option<Runtime>,
}

/// What shows the changes of one meeting: each is searched for once, however many calls carry it.
struct Proofs<'a> {
    compared: Compared<'a>,
    /// The client and the server.
    peers: [&'a Peer; 2],
    known: RefCell<FxHashMap<InDirection, Option<Arc<Witness>>>>,
}

/// The change's address, and the direction.
type InDirection = (usize, &'static str);

impl Proofs<'_> {
    fn of(&self, change: &Change, direction: &'static str, worst: Worst) -> Option<Arc<Witness>> {
        if !worst.outcome.breaks() {
            return None;
        }
        let key = (std::ptr::from_ref(change) as usize, direction);
        let mut known = self.known.borrow_mut();
        let made = known
            .entry(key)
            .or_insert_with(|| self.shown(change, direction, worst).map(Arc::new));
        made.clone()
    }

    fn shown(&self, change: &Change, direction: &'static str, worst: Worst) -> Option<Witness> {
        let shown = if worst.json {
            let reading = change.json.as_deref()?.reading(worst.newer_writes);
            if reading.written.is_empty() {
                return None;
            }
            Shown::Json {
                written: reading.written.clone(),
                read: reading.read(worst.outcome),
            }
        } else {
            let told = Told {
                outcome: worst.outcome,
                older_writes: !worst.newer_writes,
                runtime: worst.runtime?,
                rewritten: false,
            };
            self.compared.shown_in_bytes(change, told)?
        };
        let [client, server] = self.peers.map(|peer| peer.name.to_string());
        let (writer, reader) = match direction {
            "response" => (server, client),
            _ => (client, server),
        };
        Some(Witness {
            writer,
            reader,
            direction,
            outcome: WorstOutcome::Value(worst.outcome),
            schemas: None,
            shown,
        })
    }
}

/// Whether a change is about what this call carries in this direction.
fn carries(
    change: &Change,
    method: &str,
    direction: &str,
    (old, new): (&FxHashSet<Name>, &FxHashSet<Name>),
) -> bool {
    let carrier = match (&change.impact, &change.json) {
        (Impact::Values { carrier, .. }, _) => carrier,
        (_, Some(json)) => &json.carrier,
        _ => return false,
    };
    match carrier {
        Carrier::Request(_) => direction == "request" && change.element == method,
        Carrier::Response(_) => direction == "response" && change.element == method,
        Carrier::Any => old.contains(ANY) && new.contains(ANY),
        Carrier::Element {
            old: before,
            new: after,
        } => {
            before.as_ref().is_none_or(|name| old.contains(name))
                && after.as_ref().is_none_or(|name| new.contains(name))
        }
    }
}

/// Of protos with one owner the owner's releases tell, else the day; of different ones, the numbers.
fn newer_is_client(client: &Peer, server: &Peer) -> bool {
    let (a, b) = (&client.age, &server.age);
    if a.owner != b.owner {
        return (client.number.counted, a.time) > (server.number.counted, b.time);
    }
    match (a.version, b.version) {
        (Some(one), Some(other)) => (one, a.time) > (other, b.time),
        _ => a.time > b.time,
    }
}

/// The runtime of whoever reads.
pub(super) fn reader(
    client: &Peer,
    server: &Peer,
    newer_is_client: bool,
    newer_writes: bool,
) -> Option<Runtime> {
    if newer_is_client == newer_writes {
        server.runtime
    } else {
        client.runtime
    }
}

fn methods(indexed: &Indexed) -> impl Iterator<Item = (&Service, &Method)> {
    indexed
        .schema()
        .services
        .iter()
        .filter(|service| indexed.judged(service.file))
        .flat_map(|service| service.methods.iter().map(move |method| (service, method)))
}

fn find<'a>(indexed: &'a Indexed, service: &str, method: &str) -> Option<&'a Method> {
    indexed.services_named(service).iter().find_map(|&id| {
        indexed.schema().services[id as usize]
            .methods
            .iter()
            .find(|each| each.name == method)
    })
}

/// The fact that the first rule states, or that the change states of itself.
pub(crate) fn fact(change: &Change) -> String {
    if let ChangeKind::FieldAdded { number, .. } | ChangeKind::ExtensionAdded { number, .. } =
        change.kind
    {
        return format!("number {number} is known to the newer side only");
    }
    // a missing reservation is not what happens between two that meet
    let stated = rules::ALL
        .iter()
        .filter(|rule| rule.scope != Scope::Fence)
        .find_map(|rule| match rule.check {
            Check::Change(check) | Check::ChangeOrPast(check, _) => check(change),
            Check::Past(_)
            | Check::Life(_)
            | Check::Diagnostics
            | Check::Whole(_)
            | Check::Review(_) => None,
        });
    stated.map_or_else(|| change.kind.about(), |fact| fact.fact)
}
