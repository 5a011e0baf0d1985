//! Whether an enum that only grows at its end is free of problems: for each who may read it, by direction and runtime.

use std::sync::Arc;

use protoskew_compare::{Change, ChangeKind, Fate, Place, Runtime, Travels, grown, next_at_end};
use protoskew_schema::Name;

use super::{Unconcerned, line_of, met_by, unconcerned};
use crate::check::met::Met;
use crate::check::{Options, peer_roles, stand};
use crate::config::nearest;
use crate::error::Error;
use crate::policy::{Behaviour, Subject};
use crate::project::Project;

/// What becomes of the next value of an enum.
#[derive(Clone, Debug)]
pub struct Growth {
    /// The enum, by its full name.
    pub element: Name,
    /// Where it stands: path and line.
    pub place: (Name, u32),
    /// Whether it is closed where it is declared.
    pub closed: bool,
    /// How many numbers it has.
    pub values: usize,
    /// The number at its end that the next value would have; `None`: nothing is left behind the last one.
    pub next: Option<i32>,
    /// The releases that may be met: `12 releases, 1.0.0 to 1.3.2`.
    pub met: String,
    /// Each who may read it without knowing it.
    pub readers: Vec<Read>,
    /// The releases that it does not concern, and why.
    pub unconcerned: Vec<Unconcerned>,
    /// What a person should know about the answer itself, one sentence each.
    pub notes: Vec<String>,
}

/// What readers that are alike make of it.
#[derive(Clone, Debug)]
pub struct Read {
    /// Who meets whom, in which direction, with what outcome.
    pub behaviour: Behaviour,
    /// In binary: what the reader holds, by runtime where that is not known and decides. The first of each is the mildest.
    pub fates: Vec<(Vec<Fate>, Vec<Runtime>)>,
}

impl Growth {
    /// Whether no reader, in any runtime that it may be built with, loses the value.
    pub fn is_free_of_problems(&self) -> bool {
        self.next.is_some() && !self.readers.iter().any(|read| read.behaviour.breaks())
    }
}

/// Asks of every release that may be met what it makes of the next value; `name`: the enum's full name.
pub fn growth(project: &Project, options: &Options, name: &str) -> Result<Growth, Error> {
    let standing = stand(project, options)?;
    let state = &standing.state;
    let indexed = &state.indexed;
    let schema = indexed.schema();
    let judged = indexed.enums_named(name).iter().copied();
    let Some(id) = judged.clone().next() else {
        let known: Vec<&str> = schema.enums.iter().map(|each| each.name.as_str()).collect();
        let error = Error::usage(format!("there is no rule and no enum `{name}`"));
        return Err(error.hint(nearest(name, &known).unwrap_or_else(|| {
            "protoskew rules lists the rules; an enum is named in full, with its package".to_owned()
        })));
    };
    let each = &schema.enums[id as usize];
    let mut numbers: Vec<i32> = each.values.iter().map(|value| value.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut met = Met::new(project, &standing)?;
    let mut found = Growth {
        element: each.name.clone(),
        place: line_of(
            indexed,
            Place {
                file: each.file,
                span: each.name_span,
            },
        ),
        closed: each.closed,
        values: numbers.len(),
        next: next_at_end(each),
        met: met.phrase(),
        readers: Vec::new(),
        unconcerned: Vec::new(),
        notes: met.notes.clone(),
    };
    if met.schemas.is_empty() && !met.any_release() {
        let label = &state.origin.label;
        let roles = peer_roles(project, label);
        met.schemas.push((state.clone(), roles));
        found.met =
            format!("no release, so {label} stands for those who do not have the value yet");
    }
    let Some(next) = found.next else {
        return Ok(found);
    };
    let subject = Subject {
        label: state.origin.label.clone(),
        indexed: Arc::clone(indexed),
    };
    let readers = met_by(project, &subject, &met);
    // a reader meets it where it keeps it in what passes in that direction
    let felt = |within: &dyn Fn(Travels) -> bool| -> Vec<Option<Change>> {
        let olds = met.schemas.iter();
        olds.map(|(old, _)| {
            grown((&old.indexed, indexed), name, next, |message| {
                within(old.indexed.reach().of(message))
            })
        })
        .collect()
    };
    let anywhere = felt(&|_| true);
    for (direction, changes) in [
        ("request", &felt(&|travels| travels.request)),
        ("response", &felt(&|travels| travels.response)),
        ("stored", &anywhere),
    ] {
        let seen: Vec<Option<&Change>> = changes.iter().map(Option::as_ref).collect();
        // who has the newer schema knows the value
        let behaviours = readers.behaviours(&seen).into_iter();
        for behaviour in behaviours.filter(|it| it.subject_acts && it.direction == direction) {
            let fates = fates(&behaviour, &seen, &met);
            found.readers.push(Read { behaviour, fates });
        }
    }
    let seen: Vec<Option<&Change>> = anywhere.iter().map(Option::as_ref).collect();
    if let Some(change) = seen.iter().flatten().next() {
        found.unconcerned = unconcerned(&readers, change, &seen, &met.schemas);
    }
    Ok(found)
}

/// What the readers of one kind hold, over all the schemas that they have.
fn fates(
    behaviour: &Behaviour,
    seen: &[Option<&Change>],
    met: &Met,
) -> Vec<(Vec<Fate>, Vec<Runtime>)> {
    if behaviour.json {
        return Vec::new();
    }
    let among = |runtime: &Runtime| behaviour.runtime.is_none_or(|known| known == *runtime);
    let mut groups: Vec<(Vec<Fate>, Vec<Runtime>)> = Vec::new();
    for runtime in Runtime::ALL.into_iter().filter(among) {
        let mut held: Vec<Fate> = Vec::new();
        for (change, (_, roles)) in seen.iter().zip(&met.schemas) {
            let concerned = roles
                .iter()
                .any(|role| behaviour.releases.contains(&role.peer));
            if concerned
                && let Some(change) = change
                && let ChangeKind::EnumValueAdded { read, .. } = &change.kind
            {
                held.extend(read.of(runtime));
            }
        }
        held.sort_unstable();
        held.dedup();
        match groups.iter_mut().find(|(fates, _)| *fates == held) {
            Some((_, runtimes)) => runtimes.push(runtime),
            None => groups.push((held, vec![runtime])),
        }
    }
    groups
}
