//! The property: what the comparison says of a change is what the worst message shows, in every runtime and direction.

use std::sync::Arc;

use protoskew_compare::{Change, Comparer, Focus, Impact, Indexed, Outcome, Runtime};
use protoskew_schema::{Cardinality, FieldType, Input, Role, Severity, link, parse};
use protoskew_wire::Witness;
use protoskew_wire::runtime::{EntryWireType, Extensions, WireTypeDiffers};

use super::evolve::step;
use super::hits::Hits;
use super::model::Model;
use super::random::Random;

/// A pair for which the property does not hold.
#[derive(Debug)]
pub(super) struct Broken {
    /// Who reads; `None` where the schemas themselves are wrong.
    reader: Option<Runtime>,
    older_writes: bool,
    told: Outcome,
    shown: Outcome,
    /// A whole message, all its fields at once.
    whole: bool,
    /// The changes, and the message that shows it.
    detail: String,
}

impl Broken {
    /// Whether it fails in the same way as another one.
    pub(super) fn fails_as(&self, other: &Self) -> bool {
        if self.reader.is_none() || other.reader.is_none() {
            return self.reader == other.reader && self.detail == other.detail;
        }
        let way = |it: &Self| (it.told, it.shown, it.whole);
        way(self) == way(other)
    }

    /// How it fails, in one line.
    pub(super) fn what(&self) -> String {
        let Some(reader) = self.reader else {
            return self.detail.clone();
        };
        let direction = if self.older_writes {
            "old to new"
        } else {
            "new to old"
        };
        let whole = if self.whole {
            ", all fields at once"
        } else {
            ""
        };
        format!(
            "{direction}, {reader}{whole}: told {}, shown {}",
            self.told, self.shown
        )
    }

    /// The changes, and the message with its bytes.
    pub(super) fn detail(&self) -> &str {
        &self.detail
    }
}

/// Two releases of one schema.
#[derive(Clone, PartialEq)]
pub(in crate::conformance) struct Pair {
    pub(in crate::conformance) old: Model,
    pub(in crate::conformance) new: Model,
}

impl Pair {
    /// The pair of that seed.
    pub(in crate::conformance) fn of(seed: u64) -> Self {
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
pub(super) fn check(seed: u64, hits: &mut Hits) -> Result<(), Broken> {
    let pair = Pair::of(seed);
    check_files(&pair.old.files(), &pair.new.files(), hits)
}

/// Checks a pair by itself.
pub(super) fn check_pair(pair: &Pair) -> Result<(), Broken> {
    check_files(&pair.old.files(), &pair.new.files(), &mut Hits::default())
}

/// The files of a text in which each but the first begins with a line `// file: NAME`.
#[cfg(test)]
pub(super) fn files(text: &str) -> Vec<(String, String)> {
    let mut files = vec![("t.proto".to_owned(), String::new())];
    for line in text.lines() {
        match line.trim().strip_prefix("// file: ") {
            Some(name) => files.push((name.to_owned(), String::new())),
            None => {
                if let Some((_, text)) = files.last_mut() {
                    text.push_str(line);
                    text.push('\n');
                }
            }
        }
    }
    files
}

/// The same as one text.
pub(super) fn text(model: &Model) -> String {
    let files = model.files();
    let texts = files.iter().enumerate().map(|(at, (path, text))| match at {
        0 => text.clone(),
        _ => format!("// file: {path}\n{text}"),
    });
    texts.collect()
}

pub(in crate::conformance) fn indexed(files: &[(String, String)]) -> Indexed {
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
                it.values = (it.values.take().zip(other.values.as_ref()))
                    .map(|(mine, theirs)| mine.into_iter().chain(theirs.iter().copied()).collect());
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

/// Checks two schemas of package `t`.
pub(super) fn check_files(
    old: &[(String, String)],
    new: &[(String, String)],
    hits: &mut Hits,
) -> Result<(), Broken> {
    let (old, new) = (indexed(old), indexed(new));
    for side in [&old, &new] {
        for diagnostic in &side.schema().diagnostics {
            if diagnostic.severity == Severity::Error {
                return Err(Broken {
                    reader: None,
                    older_writes: true,
                    told: Outcome::Same,
                    shown: Outcome::Same,
                    whole: false,
                    detail: format!("the generator wrote: {}", diagnostic.message),
                });
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
                hits.count(&group.changes, runtime, shown);
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
                    && group
                        .places
                        .iter()
                        .any(|place| is_uneven([&old, &new], place, older_writes));
                if !refused && !uneven && !agree(claim, shown, runtime) {
                    let changes: Vec<String> = group
                        .changes
                        .iter()
                        .map(|change| format!("{} {:?}", change.element, change.kind))
                        .collect();
                    return Err(Broken {
                        reader: Some(runtime),
                        older_writes,
                        told: claim,
                        shown,
                        whole: false,
                        detail: format!("{}\n{}", changes.join("\n"), message(found)),
                    });
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

/// Whether a place has a message, or the entry of a map, that the reader takes for a packed list of numbers of one width: misread when its
/// bytes come out even, and refused when they do not. Some messages never come out even, so that refusing is all that is seen.
fn is_uneven(sides: [&Indexed; 2], place: &Focus, older_writes: bool) -> bool {
    let [writer, reader] = if older_writes { [0, 1] } else { [1, 0] };
    let field = |side: usize, number: u32| {
        let mut fields = sides[side].fields_of(place.messages[side]);
        fields.find(|field| field.number == number)
    };
    let numbers = place.numbers.iter().flatten();
    numbers.copied().any(|number| {
        let (Some(sent), Some(read)) = (field(writer, number), field(reader, number)) else {
            return false;
        };
        let is_message = matches!(sent.cardinality, Cardinality::Map(_))
            || matches!(sent.ty, FieldType::Message(_));
        let keyword = match &read.ty {
            FieldType::Scalar(scalar) => scalar.keyword(),
            _ => "",
        };
        let wide = keyword.contains("fixed") || ["float", "double"].contains(&keyword);
        is_message && wide && read.cardinality == Cardinality::Repeated
    })
}

/// A message that shows something, on one line each: as it is meant, its bytes, and what is read.
fn message(found: Option<&Witness>) -> String {
    let Some(found) = found else {
        return "no message was sent".to_owned();
    };
    let bytes: Vec<String> = found
        .bytes
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let held = match &found.held {
        Ok(held) => format!("{held:?}"),
        Err(refusal) => format!("refused: {refusal}"),
    };
    format!(
        "meant {:?}\nbytes {}\nread  {held}",
        found.meant,
        bytes.join(" ")
    )
}

/// Whole messages, all fields at once: none shows worse than the changes say.
fn whole(
    comparer: &Comparer,
    old: &Indexed,
    new: &Indexed,
    worst: &[[Outcome; Runtime::ALL.len()]; 2],
) -> Result<(), Broken> {
    let root = |side: &Indexed| side.messages_named("t.M").first().copied();
    let (Some(a), Some(b)) = (root(old), root(new)) else {
        return Ok(());
    };
    for older_writes in [true, false] {
        for (runtime, found) in
            Runtime::ALL
                .into_iter()
                .zip(comparer.send(old, new, [a, b], older_writes))
        {
            let Some(found) = found else { continue };
            let claim = worst[usize::from(older_writes)][runtime as usize];
            let excused = claim >= Outcome::Reject && falls_out_of_step(runtime);
            // to who reads no extensions, one that nobody changed is what it always was
            let never = runtime.answers().extensions.is == Extensions::Never;
            let most = if never {
                claim.max(Outcome::Blind)
            } else {
                claim
            };
            if found.judgement.outcome > most && !excused {
                return Err(Broken {
                    reader: Some(runtime),
                    older_writes,
                    told: claim,
                    shown: found.judgement.outcome,
                    whole: true,
                    detail: message(Some(&found)),
                });
            }
        }
    }
    Ok(())
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
