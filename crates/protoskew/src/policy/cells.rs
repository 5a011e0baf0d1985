//! The matrix: every client against every server. What differs between two schemas is looked at once, and forgotten but for what is shown.

use std::sync::Arc;

use protoskew_compare::{CallOutcome, Change, Comparison, Impact, Indexed, Outcome};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::effects::{Across, Effect};
use super::pairs::{Pairs, Peer, by_age, newer_is_client};
use super::proofs::{Candidate, Differences, Meets, Shows, Worst};
use crate::matrix::{Cell, Group, Matrix};

/// Neighbouring peers that every cell treats alike.
struct Alike<'a> {
    peers: Vec<&'a Peer>,
}

impl<'a> Alike<'a> {
    fn first(&self) -> &'a Peer {
        self.peers[0]
    }
}

/// A cell's row and column.
type At = (usize, usize);

/// Two schemas, the older one first, and the cells in which they meet.
struct Pair<'a> {
    sides: [&'a Indexed; 2],
    cells: Vec<At>,
}

/// A cell, and what would show its worst.
struct Seen<'a> {
    at: At,
    meets: Meets<'a>,
    cell: Cell,
    candidates: Vec<Candidate>,
}

/// How many pairs are compared before what was seen is put together: enough for all cores, and few enough to be held at once.
const TOGETHER: usize = 64;

impl Pairs<'_> {
    /// Every client against every server; with what shows the worst of each cell where that is `shown`.
    pub fn matrix(&self, clients: &[Peer], servers: &[Peer], shown: bool) -> Matrix {
        let link = &self.links[self.link];
        let rows = self.alike(clients);
        let columns = self.alike(servers);
        let reached = self.reached(clients.iter().chain(servers));
        let mut cells: Vec<Vec<Option<Cell>>> = vec![vec![None; columns.len()]; rows.len()];
        let mut differences = Differences::new(link);
        for pairs in self.met(&rows, &columns).chunks(TOGETHER) {
            let see = |pair: &Pair<'_>| {
                let [old, new] = pair.sides;
                let comparison = self.comparer.compare_once(old, new);
                let seen = pair.cells.iter().map(|&at| {
                    let peers = [rows[at.0].first(), columns[at.1].first()];
                    let across = self.across(peers[0], peers[1], &reached);
                    let (cell, worst) = cell(peers, &across, &comparison);
                    let meets = Meets::new(peers);
                    let worst = worst.into_iter().filter(|_| shown);
                    let candidates = worst
                        .filter_map(|(change, shows)| meets.candidate(&comparison, change, shows));
                    Seen {
                        at,
                        meets,
                        cell,
                        candidates: candidates.collect(),
                    }
                });
                let seen: Vec<Seen<'_>> = seen.collect();
                (comparison, seen)
            };
            let seen: Vec<(Arc<Comparison>, Vec<Seen<'_>>)> = pairs.par_iter().map(see).collect();
            for (comparison, seen) in seen {
                for mut each in seen {
                    let (row, column) = each.at;
                    for candidate in each.candidates {
                        let numbers = match candidate.shows {
                            Shows::Value(_) => &mut each.cell.value_witnesses,
                            Shows::Call(_) => &mut each.cell.call_witnesses,
                        };
                        numbers.push(differences.number(
                            each.at,
                            each.meets,
                            &comparison,
                            candidate,
                        ));
                    }
                    cells[row][column] = Some(each.cell);
                }
            }
        }
        let (witnesses, numbers) = differences.prove();
        for cell in cells.iter_mut().flatten().flatten() {
            for each in [&mut cell.value_witnesses, &mut cell.call_witnesses] {
                *each = each.iter().filter_map(|&number| numbers[number]).collect();
                each.sort_unstable();
                each.dedup();
            }
        }
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
            witnesses,
        }
    }

    /// Each distinct pair of schemas that meets, in the order of the first cells.
    fn met<'p>(&self, rows: &[Alike<'p>], columns: &[Alike<'p>]) -> Vec<Pair<'p>> {
        let link = &self.links[self.link];
        let mut pairs: Vec<Pair<'p>> = Vec::new();
        let mut places: FxHashMap<[u64; 2], usize> = FxHashMap::default();
        for (row, clients) in rows.iter().enumerate() {
            for (column, servers) in columns.iter().enumerate() {
                let (client, server) = (clients.first(), servers.first());
                if !link.meets(self.lines, client.number, server.number) {
                    continue;
                }
                let newer_is_client = newer_is_client(client, server);
                let sides = by_age([client, server], newer_is_client);
                let sides = sides.map(|peer| peer.indexed.as_ref());
                let digests = sides.map(Indexed::digest);
                let place = *places.entry(digests).or_insert(pairs.len());
                if place == pairs.len() {
                    let cells = Vec::new();
                    pairs.push(Pair { sides, cells });
                }
                pairs[place].cells.push((row, column));
            }
        }
        pairs
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
}

/// What happens where these two meet, and what its worst comes from: changes by their places.
fn cell(
    peers: [&Peer; 2],
    across: &Across<'_>,
    comparison: &Comparison,
) -> (Cell, Vec<(usize, Shows)>) {
    let mut cell = Cell::new((Outcome::Same, 0), (CallOutcome::Served, 0));
    let (mut lost, mut values) = (Vec::new(), Vec::new());
    for (at, change) in comparison.changes.iter().enumerate() {
        for call in calls(across, change) {
            if call > cell.call {
                cell.call = call;
                lost.clear();
            }
            if call == cell.call && call != CallOutcome::Served {
                lost.push((at, Shows::Call(call)));
            }
        }
        let Some(worst) = Worst::of(peers, across, change, |_| true) else {
            continue;
        };
        if worst.outcome > cell.value {
            cell.value = worst.outcome;
            values.clear();
        }
        if worst.outcome == cell.value && worst.outcome != Outcome::Same {
            values.push((at, Shows::Value(worst)));
        }
    }
    (cell.call_count, cell.value_count) = (lost.len(), values.len());
    if cell.value.breaks() {
        lost.append(&mut values);
    }
    (cell, lost)
}

/// What a change does to the call that it is about.
fn calls<'a>(across: &Across<'_>, change: &'a Change) -> impl Iterator<Item = CallOutcome> + 'a {
    let is_call = matches!(change.impact, Impact::Call { .. });
    let effects = is_call.then(|| across.effects(&change.impact, None));
    effects
        .into_iter()
        .flatten()
        .filter_map(|effect| match effect {
            Effect::Call(outcome) => Some(outcome),
            Effect::Value { .. } => None,
        })
}
