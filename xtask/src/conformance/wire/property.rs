//! The property: what the comparison says of a change is what the worst message shows, in every runtime and direction.

use std::collections::BTreeMap;
use std::sync::Arc;

use protoskew_compare::{Change, ChangeKind, Comparer, Focus, Impact, Indexed, Outcome, Runtime};
use protoskew_schema::{Input, Role, Severity, link, parse};
use protoskew_wire::Witness;
use protoskew_wire::runtime::{EntryWireType, WireTypeDiffers};

use super::evolve::step;
use super::model::Model;
use super::random::Random;

/// How often each was seen: construct, runtime, outcome.
pub(super) type Hits = BTreeMap<(String, &'static str, &'static str), u64>;

/// A pair for which the property does not hold.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) seed: u64,
    pub(super) old: String,
    pub(super) new: String,
    pub(super) what: String,
}

/// Two releases of one schema.
pub(super) struct Pair {
    pub(super) old: Model,
    pub(super) new: Model,
}

impl Pair {
    /// The pair of that seed.
    pub(super) fn of(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let old = Model::random(&mut random);
        let mut new = old.clone();
        let steps = if random.once_in(3) { 2 } else { 1 };
        let mut done = 0;
        // what left the text as it was is no step
        for _ in 0..20 {
            let next = step(&new, &mut random);
            if next.files() != new.files() {
                new = next;
                done += 1;
            }
            if done == steps {
                break;
            }
        }
        Self { old, new }
    }
}

/// Checks the pair of one seed.
pub(super) fn check(seed: u64, hits: &mut Hits) -> Result<(), Box<Broken>> {
    let pair = Pair::of(seed);
    check_pair(&pair, hits).map_err(|what| {
        let text = |model: &Model| {
            let files = model.files();
            let texts: Vec<String> = files.into_iter().map(|(_, text)| text).collect();
            texts.join("")
        };
        Box::new(Broken {
            seed,
            old: text(&pair.old),
            new: text(&pair.new),
            what,
        })
    })
}

pub(super) fn indexed(files: &[(String, String)]) -> Indexed {
    let inputs = files.iter().map(|(path, text)| Input {
        path: path.as_str().into(),
        role: Role::Judged,
        parsed: Arc::new(parse(text.as_bytes().into())),
    });
    Indexed::new(Arc::new(link(inputs.collect(), &[])))
}

/// Changes that a witness cannot tell apart, and the places where they show.
struct Group<'a> {
    changes: Vec<&'a Change>,
    places: Vec<Focus>,
}

fn groups<'a>(changes: &[(&'a Change, Vec<Focus>)]) -> Vec<Group<'a>> {
    let mut groups: Vec<Group<'a>> = Vec::new();
    for (change, places) in changes {
        let mut group = Group {
            changes: vec![*change],
            places: places.clone(),
        };
        // a group that touches the same field is one with this
        let mut at = 0;
        while at < groups.len() {
            if touches(&groups[at].places, &group.places) {
                let other = groups.remove(at);
                group.changes.extend(other.changes);
                group.places = merged(&other.places, &group.places);
                at = 0;
            } else {
                at += 1;
            }
        }
        groups.push(group);
    }
    groups
}

fn touches(some: &[Focus], others: &[Focus]) -> bool {
    some.iter().any(|a| {
        others.iter().any(|b| {
            a.messages == b.messages
                && a.about_enum == b.about_enum
                && match (&a.numbers, &b.numbers) {
                    (Some(a), Some(b)) => a.iter().any(|number| b.contains(number)),
                    _ => true,
                }
        })
    })
}

fn merged(some: &[Focus], others: &[Focus]) -> Vec<Focus> {
    let mut all = some.to_vec();
    for other in others {
        let same = all
            .iter_mut()
            .find(|it| it.messages == other.messages && it.about_enum == other.about_enum);
        match same {
            Some(it) => {
                it.beside.extend(&other.beside);
                if let (Some(mine), Some(theirs)) = (&mut it.numbers, &other.numbers) {
                    for number in theirs {
                        if !mine.contains(number) {
                            mine.push(*number);
                        }
                    }
                }
            }
            None => all.push(other.clone()),
        }
    }
    all
}

/// Below `lossy` everything arrives that can.
fn told(outcome: Outcome) -> Outcome {
    if outcome == Outcome::Same {
        Outcome::Compatible
    } else {
        outcome
    }
}

fn check_pair(pair: &Pair, hits: &mut Hits) -> Result<(), String> {
    let (old, new) = (indexed(&pair.old.files()), indexed(&pair.new.files()));
    for side in [&old, &new] {
        for diagnostic in &side.schema().diagnostics {
            if diagnostic.severity == Severity::Error {
                return Err(format!("the generator wrote: {}", diagnostic.message));
            }
        }
    }
    let comparer = Comparer::new([]);
    let comparison = comparer.compare(&old, &new);
    let with_values: Vec<(&Change, Vec<Focus>)> = comparison
        .changes
        .iter()
        .filter(|change| matches!(change.impact, Impact::Values { .. }))
        .map(|change| (change, comparer.places(&old, &new, change)))
        .collect();
    let mut worst = [[Outcome::Compatible; Runtime::ALL.len()]; 2];
    for group in groups(&with_values) {
        for older_writes in [true, false] {
            let found: Vec<Vec<Option<Witness>>> = group
                .places
                .iter()
                .map(|focus| comparer.search(&old, &new, focus, older_writes, &Runtime::ALL))
                .collect();
            for runtime in Runtime::ALL {
                let claims = group
                    .changes
                    .iter()
                    .map(|change| claim(change, older_writes, runtime));
                let claim = told(claims.max().unwrap_or(Outcome::Same));
                let slot = &mut worst[usize::from(older_writes)][runtime as usize];
                *slot = claim.max(*slot);
                let found = found.iter();
                let found = found.filter_map(|found| found[runtime as usize].as_ref());
                let found = found.max_by_key(|witness| witness.rank());
                let shown = found.map_or(Outcome::Compatible, |it| it.judgement.outcome);
                let shown = told(shown);
                for change in &group.changes {
                    let kind = construct(change);
                    *hits
                        .entry((kind, runtime.word(), shown.word()))
                        .or_default() += 1;
                }
                if group.places.is_empty() && !claim.breaks() {
                    continue;
                }
                // a field that is refused in every message hides what else the message would show
                let refused = claim == Outcome::Misread
                    && shown == Outcome::Reject
                    && group.changes.iter().any(|change| {
                        self::claim(change, older_writes, runtime) == Outcome::Reject
                    });
                let uneven = claim == Outcome::Misread
                    && shown == Outcome::Reject
                    && group.changes.iter().any(|change| is_uneven(change));
                if !refused && !uneven && !agree(claim, shown, runtime) {
                    let direction = if older_writes {
                        "old to new"
                    } else {
                        "new to old"
                    };
                    let changes: Vec<String> = group
                        .changes
                        .iter()
                        .map(|change| format!("{} {:?}", change.element, change.kind))
                        .collect();
                    return Err(format!(
                        "{direction}, {runtime}: told {claim}, shown {shown}\n  {}\n  places {:?}\n  witness {found:?}",
                        changes.join("\n  "),
                        group.places,
                    ));
                }
            }
        }
    }
    whole(&comparer, &old, &new, &worst)
}

/// Whether what is told is what is shown. A value of an enum that the writer gave up leaves no trace in the bytes. A runtime that reads on
/// after a wrong wire type does so into whatever stands behind the field: at the worst that makes sense, often it does not.
fn agree(told: Outcome, shown: Outcome, runtime: Runtime) -> bool {
    told == shown
        || (told == Outcome::Withdrawn && shown < told)
        || (told >= Outcome::Reject && shown.breaks() && falls_out_of_step(runtime))
}

/// Whether it reads on after what it did not expect, or takes a whole entry of a map away for it.
fn falls_out_of_step(runtime: Runtime) -> bool {
    let answers = runtime.answers();
    answers.wire_type.is == WireTypeDiffers::ReadAnyway
        || matches!(
            answers.entry_wire_type.is,
            EntryWireType::ReadAnyway | EntryWireType::NoEntry
        )
}

/// A message read as a packed list of numbers of one width: misread when its bytes come out even, and refused when they do not.
/// Some messages never come out even.
fn is_uneven(change: &Change) -> bool {
    let ChangeKind::FieldTypeChanged { old, new, .. } = &change.kind else {
        return false;
    };
    let widths = ["fixed32", "fixed64", "float", "double"];
    let is_list = |text: &str| {
        text.starts_with("repeated") && widths.iter().any(|width| text.ends_with(width))
    };
    let is_message = |text: &str| text.starts_with("map<") || text.contains("t.");
    (is_list(old) && is_message(new)) || (is_list(new) && is_message(old))
}

/// Whole messages, all fields at once: none shows worse than the changes say.
fn whole(
    comparer: &Comparer,
    old: &Indexed,
    new: &Indexed,
    worst: &[[Outcome; Runtime::ALL.len()]; 2],
) -> Result<(), String> {
    let root = |side: &Indexed| side.messages_named("t.M").first().copied();
    let (Some(a), Some(b)) = (root(old), root(new)) else {
        return Ok(());
    };
    let mut broken = None;
    for older_writes in [true, false] {
        for (runtime, found) in
            Runtime::ALL
                .into_iter()
                .zip(comparer.send(old, new, [a, b], older_writes))
        {
            let claim = worst[usize::from(older_writes)][runtime as usize];
            let excused = claim >= Outcome::Reject && falls_out_of_step(runtime);
            let worse = |found: &Witness| found.judgement.outcome > claim && !excused;
            if let Some(found) = found.filter(worse) {
                broken = broken.or(Some(format!(
                    "whole message, {runtime}, older writes: {older_writes}: told {claim} at the worst, shown {found:?}",
                )));
            }
        }
    }
    broken.map_or(Ok(()), Err)
}

fn claim(change: &Change, older_writes: bool, runtime: Runtime) -> Outcome {
    match &change.impact {
        Impact::Values { outcomes, .. } => {
            let outcomes = if older_writes {
                outcomes.old_to_new
            } else {
                outcomes.new_to_old
            };
            outcomes.get(runtime)
        }
        _ => Outcome::Same,
    }
}

/// The kind of change, by name.
fn construct(change: &Change) -> String {
    let kind = format!("{:?}", change.kind);
    kind.split([' ', '{']).next().unwrap_or_default().to_owned()
}
