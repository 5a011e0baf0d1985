//! Pairs of releases without a verdict: what all of them have in common, and one meeting call by call. The matrix is in `cells`.

use std::sync::Arc;

use protoskew_compare::{
    CallOutcome, Carrier, Change, ChangeKind, Comparer, Impact, Indexed, Outcome, Runtime, closure,
};
use protoskew_schema::{Method, Name, Service};
use rustc_hash::{FxHashMap, FxHashSet};

use super::effects::{ANY, Across, Effect, Reached};
use super::meetings::{Age, Lines, LinkPolicy, Numbered};
use super::proofs::{Proofs, Worst};
use crate::meeting::{CallReport, Detail, Meeting};
use crate::rules::{self, Check, Scope};
use crate::witness::{Call, Compared};

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

impl Pairs<'_> {
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
        let [old, new] = by_age([client, server], newer_is_client);
        Across {
            link: &self.links[self.link],
            link_index: self.link,
            old: &reached[&old.indexed.digest()],
            new: &reached[&new.indexed.digest()],
            newer_is_client,
        }
    }

    /// One meeting, call by call.
    pub fn meet(&self, client: &Peer, server: &Peer) -> Meeting {
        let newer_is_client = newer_is_client(client, server);
        let [old, new] = by_age([client, server], newer_is_client);
        let comparison = self.comparer.compare(&old.indexed, &new.indexed);
        let reached = self.reached([client, server].into_iter());
        let across = self.across(client, server, &reached);
        let proofs = Proofs::new(
            Compared {
                sides: [&old.indexed, &new.indexed],
                comparison: &comparison,
            },
            [client, server].map(|peer| peer.name.to_string()),
        );
        let detail = |change: &Change, direction: &'static str| -> Option<Detail> {
            let felt = |effect: &Worst| effect.direction == direction;
            let worst = Worst::of([client, server], &across, change, felt);
            let worst = worst.filter(|worst| worst.outcome > Outcome::Compatible)?;
            Some(Detail {
                direction,
                json: worst.json,
                element: change.element.clone(),
                outcome: worst.outcome,
                fact: fact(change),
                witness: proofs.of(change, worst),
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
                        let lost = Call::of(&client.indexed, change, call, !newer_is_client);
                        changed = lost.map(Call::shown);
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

/// A client and a server, the older one first.
pub(super) fn by_age([client, server]: [&Peer; 2], newer_is_client: bool) -> [&Peer; 2] {
    if newer_is_client {
        [server, client]
    } else {
        [client, server]
    }
}

/// Of protos with one owner the owner's releases tell, else the day; of different ones, the numbers.
pub(super) fn newer_is_client(client: &Peer, server: &Peer) -> bool {
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
    [client, server]: [&Peer; 2],
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
