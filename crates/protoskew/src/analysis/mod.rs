//! The analysis of a change (HL): for each thing that changed, how future releases cope where it is absent, how past releases behave, being
//! blind to it, what JSON and source have to do with it, and what must wait. Facts alone: what was considered, people write.

pub mod changed;
mod features;
pub mod fingerprint;
pub mod growth;
pub mod kept;
mod questions;
pub mod record;

use std::collections::BTreeMap;
use std::mem::{Discriminant, discriminant};
use std::sync::Arc;

use protoskew_compare::{Change, ChangeKind, Comparer, Comparison, Indexed, Place};
use protoskew_schema::{LineIndex, Name};
use rustc_hash::FxHashMap;

use crate::check;
use crate::check::lives;
use crate::check::met::Met;
use crate::error::Error;
use crate::life::first_senders;
use crate::policy::{Behaviour, Readers, Role, Subject};
use crate::project::Project;
use changed::Changed;

/// What happened to a message that was not there before; nothing more is asked of it.
pub const NEW_MESSAGE: &str = "new message";

/// What happened to an enum that has a value more.
pub const NEW_VALUE: &str = "new value";

/// The analysis of one change.
#[derive(Clone, Debug, Default)]
pub struct Analysis {
    /// What was analysed: `worktree`.
    pub subject: String,
    /// What it was compared with: `the merge base with main (abc1234)`.
    pub against: String,
    /// The releases that may be met: `12 releases, 1.0.0 to 1.3.2`.
    pub met: String,
    /// The fingerprint of the change.
    pub fingerprint: String,
    /// What changed, in the order of the files; what is alike in everything is one entry.
    pub entries: Vec<Entry>,
    /// What else means something else than before and touches no value and no call: reservations, marks, options. One statement each.
    pub others: Vec<String>,
    /// What a person should know about the answer itself, one sentence each.
    pub notes: Vec<String>,
}

impl Analysis {
    /// The names of all that changed, in the order of the entries.
    pub fn elements(&self) -> Vec<String> {
        let elements = self.entries.iter().flat_map(|entry| &entry.elements);
        let mut names: Vec<String> = elements.map(|element| element.name.to_string()).collect();
        if names.is_empty() {
            let others = self.others.iter().filter_map(|other| {
                let said = other.trim_start_matches(['+', '-', ' ']);
                said.split_once(" = ")
                    .map(|(element, _)| element.to_owned())
            });
            names.extend(others);
            names.dedup();
        }
        names
    }
}

/// One thing that changed, or several that are alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// What they are.
    pub elements: Vec<Element>,
    /// What happened, in two words: `new field`.
    pub kind: &'static str,
    /// What readers see where it is absent, whether they can tell, and what to do.
    pub absence: String,
    /// What becomes of it in each meeting.
    pub behaviours: Vec<Behaviour>,
    /// The releases that it does not concern, and why.
    pub unconcerned: Vec<Unconcerned>,
    /// What becomes of it in JSON, by reader and kind of parser; empty: nothing changes there.
    pub json: Vec<String>,
    /// What becomes of programs that are built anew.
    pub source: &'static str,
    /// What must wait, for whom and until when.
    pub waits: Vec<String>,
    /// What another type would cost and save.
    pub instead: Vec<String>,
}

/// An element that changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    /// Its full name.
    pub name: Name,
    /// What is said of it: `field 5, int32`.
    pub what: String,
    /// Where it stands, or stood: path and line.
    pub place: Option<(Name, u32)>,
}

/// Releases that a change does not concern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unconcerned {
    /// The releases: `1.0.0–1.2.1`.
    pub releases: String,
    /// Why: `do not know pkg.Message`.
    pub why: String,
}

/// What identifies one change between one pair of schemas and another.
type Key<'c> = (&'c Name, Discriminant<ChangeKind>, String);

/// Analyses a change.
pub fn analyse(project: &Project, changed: &Changed) -> Result<Analysis, Error> {
    let state = &changed.state;
    let subject = Subject {
        label: state.origin.label.clone(),
        indexed: Arc::clone(&state.indexed),
    };
    let mut analysis = Analysis {
        subject: subject.label.to_string(),
        against: changed.phrase.clone(),
        fingerprint: changed.difference.fingerprint(),
        ..Analysis::default()
    };
    let mut met = match &changed.standing {
        Some(standing) => Met::new(project, standing)?,
        None => Met::default(),
    };
    analysis.met = met.phrase();
    if met.schemas.is_empty() && !met.any_release() {
        // nobody was released: the change is between those who have it and those who have not yet
        let label = &changed.base.origin.label;
        let roles = check::peer_roles(project, label);
        met.schemas.push((changed.base.clone(), roles));
        analysis.met =
            format!("no release, so {label} stands for those who do not have the change yet");
    }
    analysis.notes.extend(met.notes.iter().cloned());
    // JSON is told of whether or not a link speaks it
    let comparer = Comparer::new(project.renames.pairs()).with_json(true);
    let since = comparer.compare(&changed.base.indexed, &state.indexed);
    let compared: Vec<Arc<Comparison>> = met
        .schemas
        .iter()
        .map(|(old, _)| comparer.compare(&old.indexed, &state.indexed))
        .collect();
    let by_key: Vec<FxHashMap<Key<'_>, &Change>> =
        compared.iter().map(|each| keyed(each)).collect();
    let readers = met_by(project, &subject, &met);
    let senders = match &changed.standing {
        Some(standing) => lives::seen(project, standing, state, &met.aside())?,
        None => lives::two(project, &changed.base, state),
    };
    let declared = lives::declared(project, state, &senders)?;
    let between = Between {
        old: &changed.base.indexed,
        new: &state.indexed,
    };
    for change in &since.changes {
        let Some(questions) = questions::of(change, between) else {
            continue;
        };
        let key = key(change);
        let seen: Vec<Option<&Change>> =
            by_key.iter().map(|each| each.get(&key).copied()).collect();
        let behaviours = readers.behaviours(&seen);
        let mut alone = Comparison::default();
        alone.changes.push(change.clone());
        let mut waits = features::of(change, &declared, &senders, between);
        if waits.is_empty() {
            let said = first_senders(&senders, &alone).into_iter();
            waits.extend(said.map(|said| questions::unnamed(&said, &change.element)));
        }
        waits.extend(questions::must_wait(change, &behaviours));
        add(
            &mut analysis.entries,
            Entry {
                elements: vec![element(between, change, questions.what)],
                kind: questions.kind,
                absence: questions.absence,
                unconcerned: unconcerned(&readers, change, &seen, &met.schemas),
                behaviours,
                json: questions::json(change),
                source: questions.source,
                waits,
                instead: questions.instead,
            },
        );
    }
    for element in questions::new_messages(between, &since) {
        add(
            &mut analysis.entries,
            Entry {
                elements: vec![element],
                kind: NEW_MESSAGE,
                absence: "Nothing by itself: it travels in the fields and calls that hold it, and with them it is absent.".to_owned(),
                behaviours: Vec::new(),
                unconcerned: Vec::new(),
                json: Vec::new(),
                source: "Nothing stops compiling.",
                waits: Vec::new(),
                instead: Vec::new(),
            },
        );
    }
    analysis.others = others(changed, &analysis);
    Ok(analysis)
}

/// The two sides of the change itself.
#[derive(Clone, Copy)]
struct Between<'a> {
    old: &'a Indexed,
    new: &'a Indexed,
}

/// Those who read what is judged, or are read by it, in all the releases that it may meet.
fn met_by<'a>(project: &'a Project, subject: &'a Subject, met: &'a Met) -> Readers<'a> {
    let olds = met.schemas.iter();
    Readers::new(
        &project.links,
        subject,
        &met.order,
        olds.map(|(old, roles)| (Arc::clone(&old.indexed), roles.as_slice())),
    )
}

fn key(change: &Change) -> Key<'_> {
    (
        &change.element,
        discriminant(&change.kind),
        change.kind.about(),
    )
}

fn keyed(comparison: &Comparison) -> FxHashMap<Key<'_>, &Change> {
    comparison
        .changes
        .iter()
        .map(|change| (key(change), change))
        .collect()
}

/// Adds an entry, or its elements to one that says the same of its own.
fn add(entries: &mut Vec<Entry>, entry: Entry) {
    let owner = |entry: &Entry| -> String {
        let name = entry.elements.first().map(|element| element.name.as_str());
        let owner = name.and_then(|name| name.rsplit_once('.'));
        owner.map_or("", |(owner, _)| owner).to_owned()
    };
    let said = |entry: &Entry| Entry {
        elements: Vec::new(),
        // the message that shows it names the element
        json: entry.json.iter().map(|said| unshown(said)).collect(),
        ..entry.clone()
    };
    let alike = |each: &&mut Entry| {
        each.kind == entry.kind && owner(each) == owner(&entry) && said(each) == said(&entry)
    };
    match entries.iter_mut().find(alike) {
        Some(first) => first.elements.extend(entry.elements),
        None => entries.push(entry),
    }
}

fn element(between: Between<'_>, change: &Change, what: String) -> Element {
    let place = match (change.new, change.old) {
        (Some(place), _) => Some((between.new, place)),
        (None, Some(place)) => Some((between.old, place)),
        (None, None) => None,
    };
    let place = place.map(|(indexed, place)| line_of(indexed, place));
    Element {
        name: change.element.clone(),
        what,
        place,
    }
}

/// The file and the line of a place.
fn line_of(indexed: &Indexed, place: Place) -> (Name, u32) {
    let file = indexed.schema().file(place.file);
    let start = place.span.start;
    let line = match file.places.in_grid(start) {
        Some((line, _)) => line + 1,
        None => LineIndex::new(&file.text).position(&file.text, start).line,
    };
    (file.path.clone(), line)
}

/// What is said of JSON, without what is written.
fn unshown(said: &str) -> String {
    let quoted = said
        .split_once('`')
        .and_then(|(before, rest)| Some((before, rest.split_once('`')?.1)));
    match quoted {
        Some((before, after)) if before.ends_with("of ") => format!("{before}{after}"),
        _ => said.to_owned(),
    }
}

/// The releases that do not see the change, by why they do not.
fn unconcerned(
    readers: &Readers<'_>,
    change: &Change,
    seen: &[Option<&Change>],
    met: &[(crate::project::State, Vec<Role>)],
) -> Vec<Unconcerned> {
    let mut by_reason: BTreeMap<String, Vec<Name>> = BTreeMap::new();
    for (_, (old, roles)) in seen.iter().zip(met).filter(|(seen, _)| seen.is_none()) {
        let why = questions::why_unseen(change, &old.indexed);
        let releases = by_reason.entry(why).or_default();
        releases.extend(roles.iter().map(|role| role.peer.clone()));
    }
    by_reason
        .into_iter()
        .map(|(why, mut releases)| Unconcerned {
            releases: readers.ranges(&mut releases),
            why,
        })
        .collect()
}

/// The statements of the fingerprint that no entry is about.
fn others(changed: &Changed, analysis: &Analysis) -> Vec<String> {
    let told: Vec<&str> = analysis
        .entries
        .iter()
        .flat_map(|entry| &entry.elements)
        .map(|element| element.name.as_str())
        .collect();
    let within = |element: &str| {
        told.iter().any(|name| {
            let rest = element.strip_prefix(name);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let signed = |sign: char, statements: &[fingerprint::Statement]| -> Vec<String> {
        let untold = statements.iter().filter(|each| !within(&each.element));
        untold
            .map(|each| format!("{sign} {} = {}", each.element, each.text))
            .collect()
    };
    let mut others = signed('-', &changed.difference.went);
    others.extend(signed('+', &changed.difference.came));
    others
}
