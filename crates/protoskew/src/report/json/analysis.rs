//! The lines of an analysis: `analysis`, `change`.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Header, Line, values, write_line};
use crate::analysis as contract;
use crate::policy;

/// Writes an analysis: `analysis`, then a `change` for each entry.
pub fn write(out: &mut dyn io::Write, analysis: &contract::Analysis) -> io::Result<()> {
    write_line(out, &Line::Analysis(Analysis::of(analysis)))?;
    for entry in &analysis.entries {
        write_line(out, &Line::Change(Change::of(entry)))?;
    }
    Ok(())
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Analysis<'a> {
    #[serde(flatten)]
    header: Header,
    /// What was analysed: `worktree`.
    subject: &'a str,
    /// What it was compared with.
    against: &'a str,
    /// The releases that may be met.
    releases: &'a str,
    /// The fingerprint of the change.
    fingerprint: &'a str,
    /// The names of all that changed.
    elements: Vec<String>,
    /// What else means something else than before and touches no value and no call, one statement each.
    others: &'a [String],
    /// What a person should know about the answer itself.
    notes: &'a [String],
}

impl<'a> Analysis<'a> {
    fn of(analysis: &'a contract::Analysis) -> Self {
        Self {
            header: Header::new(),
            subject: &analysis.subject,
            against: &analysis.against,
            releases: &analysis.met,
            fingerprint: &analysis.fingerprint,
            elements: analysis.elements(),
            others: &analysis.others,
            notes: &analysis.notes,
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Change<'a> {
    /// What happened, in two words: `new field`.
    what: &'static str,
    /// The elements that it happened to, and that are alike in all that follows.
    elements: Vec<Element<'a>>,
    /// What readers see where it is absent, whether they can tell, and what to do.
    absence: &'a str,
    /// What becomes of it in each meeting.
    behaviours: Vec<Behaviour<'a>>,
    /// Releases that it does not concern, and why.
    unconcerned: Vec<Unconcerned<'a>>,
    /// What becomes of it in JSON, by reader and kind of parser; empty: nothing changes there.
    json: &'a [String],
    /// What becomes of programs that are built anew.
    source: &'static str,
    /// What must wait, for whom and until when.
    waits: &'a [String],
    /// What another type would cost and save.
    instead: &'a [String],
}

impl<'a> Change<'a> {
    fn of(entry: &'a contract::Entry) -> Self {
        Self {
            what: entry.kind,
            elements: entry.elements.iter().map(Element::of).collect(),
            absence: &entry.absence,
            behaviours: entry.behaviours.iter().map(Behaviour::of).collect(),
            unconcerned: entry.unconcerned.iter().map(Unconcerned::of).collect(),
            json: &entry.json,
            source: entry.source,
            waits: &entry.waits,
            instead: &entry.instead,
        }
    }
}

/// An element that changed.
#[derive(Serialize, JsonSchema)]
struct Element<'a> {
    /// Its full name.
    name: &'a str,
    /// What is said of it.
    said: &'a str,
    /// The file that holds it, or held it.
    path: Option<&'a str>,
    /// The line, from 1.
    line: Option<u32>,
}

impl<'a> Element<'a> {
    fn of(element: &'a contract::Element) -> Self {
        let place = element.place.as_ref();
        Self {
            name: &element.name,
            said: &element.what,
            path: place.map(|(path, _)| path.as_str()),
            line: place.map(|(_, line)| *line),
        }
    }
}

/// What becomes of one value or call where releases meet that are alike in this.
#[derive(Serialize, JsonSchema)]
pub(super) struct Behaviour<'a> {
    /// The client, or the writer of a store, with its releases.
    client: &'a str,
    /// The server, or the reader of a store, with its releases.
    server: &'a str,
    /// What passes between them.
    #[schemars(extend("enum" = ["request", "response", "call", "stored"]))]
    direction: &'static str,
    /// It is written as JSON.
    json: bool,
    /// What is analysed writes the message, or makes the call.
    subject_acts: bool,
    /// The component that reads, or answers the call.
    reader: &'a str,
    /// What that is built with, where it is known.
    #[schemars(extend("enum" = values::runtimes_or_null()))]
    runtime: Option<&'static str>,
    /// What becomes of it; more than one where the reader's runtime is not known and decides.
    outcomes: Vec<Shade>,
    /// The runtimes in which the reader loses the value when it writes the message anew.
    #[schemars(extend("items" = {"enum": values::runtimes()}))]
    forgets: Vec<&'static str>,
    /// The releases of the other side, oldest first.
    #[schemars(with = "Vec<String>")]
    releases: Vec<&'a str>,
}

impl<'a> Behaviour<'a> {
    pub(super) fn of(each: &'a policy::Behaviour) -> Self {
        Self {
            client: &each.client,
            server: &each.server,
            direction: each.direction,
            json: each.json,
            subject_acts: each.subject_acts,
            reader: &each.reader,
            runtime: each.runtime.map(|runtime| runtime.word()),
            outcomes: each.shades.iter().map(Shade::of).collect(),
            forgets: each.forgets.iter().map(|runtime| runtime.word()).collect(),
            releases: each.releases.iter().map(|name| name.as_str()).collect(),
        }
    }
}

/// An outcome of an analysis, and those who suffer it.
#[derive(Serialize, JsonSchema)]
struct Shade {
    /// What becomes of the value or call.
    #[schemars(extend("enum" = values::outcomes()))]
    outcome: &'static str,
    /// The meeting is broken.
    breaks: bool,
    /// In these runtimes; empty where it is the same in all that may be.
    #[schemars(extend("items" = {"enum": values::runtimes()}))]
    runtimes: Vec<&'static str>,
}

impl Shade {
    fn of(shade: &policy::Shade) -> Self {
        Self {
            outcome: shade.outcome.word(),
            breaks: shade.outcome.breaks(),
            runtimes: shade
                .runtimes
                .iter()
                .map(|runtime| runtime.word())
                .collect(),
        }
    }
}

/// Releases that a change does not concern.
#[derive(Serialize, JsonSchema)]
pub(super) struct Unconcerned<'a> {
    /// The releases.
    releases: &'a str,
    /// Why.
    why: &'a str,
}

impl<'a> Unconcerned<'a> {
    pub(super) fn of(each: &'a contract::Unconcerned) -> Self {
        Self {
            releases: &each.releases,
            why: &each.why,
        }
    }
}
