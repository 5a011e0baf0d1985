//! The lines about the past: `history`, `event`, `next`.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Header, Line, write_line};
use crate::breach::Fenced;
use crate::history::query::{self, Happened};

/// Writes what happened to an element: `history`, then an `event` for each.
pub fn write_history(out: &mut dyn io::Write, history: &query::History) -> io::Result<()> {
    let opening = History {
        header: Header::new(),
        element: &history.element,
        events: history.events.len(),
        present: history.present,
    };
    write_line(out, &Line::History(opening))?;
    for event in &history.events {
        write_line(out, &Line::Event(Event::of(event)))?;
    }
    Ok(())
}

/// Writes the numbers that nothing ever had: one `next`.
pub fn write_next(out: &mut dyn io::Write, next: &query::Next) -> io::Result<()> {
    let line = Next {
        header: Header::new(),
        element: &next.element,
        free: &next.free,
        used: &next.used,
        spent: next.spent.iter().map(|(number, _)| *number).collect(),
        reserved: next
            .reserved
            .iter()
            .map(|&(start, end)| [start, end])
            .collect(),
    };
    write_line(out, &Line::Next(line))
}

#[derive(Serialize, JsonSchema)]
pub(super) struct History<'a> {
    #[serde(flatten)]
    header: Header,
    /// The element, as it was asked for.
    element: &'a str,
    /// How many events follow.
    events: usize,
    /// Whether it is there now.
    present: bool,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Event<'a> {
    /// What happened.
    #[schemars(extend("enum" = ["began", "ended", "fenced", "unfenced", "came", "came-back-changed", "went", "renamed"]))]
    what: &'static str,
    /// Full name of the element that it happened to.
    element: &'a str,
    /// The member's number; null for a method and for what has none.
    number: Option<i32>,
    /// The member's type, a method's types, or the new name of what was renamed; null where there is none.
    text: Option<&'a str>,
    /// The fenced numbers, first and last; null where none are meant.
    range: Option<[i32; 2]>,
    /// The commit, abbreviated; null for what is not committed.
    commit: Option<&'a str>,
    /// The commit's day.
    date: Option<&'a str>,
    /// Who wrote the commit.
    author: Option<&'a str>,
    /// The first line of the commit's message.
    subject: Option<&'a str>,
    /// The file.
    path: &'a str,
    /// The first release that carried what began; null where none did.
    released: Option<&'a str>,
}

impl<'a> Event<'a> {
    fn of(event: &'a query::Event) -> Self {
        let (what, number, text, range): (_, Option<i32>, Option<&str>, Option<[i32; 2]>) =
            match &event.what {
                Happened::Began(m) => ("began", Some(m.number), Some(&m.ty), None),
                Happened::Ended(m) => ("ended", Some(m.number), Some(&m.ty), None),
                Happened::Raised(fenced) => ("fenced", None, name(fenced), numbers(fenced)),
                Happened::Dropped(fenced) => ("unfenced", None, name(fenced), numbers(fenced)),
                Happened::Came(false) => ("came", None, None, None),
                Happened::Came(true) => ("came-back-changed", None, None, None),
                Happened::Went => ("went", None, None, None),
                Happened::Renamed(name) => ("renamed", None, Some(name), None),
            };
        let when = &event.when;
        let method = text.is_some_and(|text| text.contains(" -> "));
        Self {
            what,
            element: &event.element,
            number: number.filter(|_| !method),
            text: text.filter(|text| !text.is_empty()),
            range,
            commit: when.commit.as_deref(),
            date: when.date.as_deref(),
            author: when.author.as_deref(),
            subject: when.subject.as_deref(),
            path: &event.path,
            released: event.released.as_deref(),
        }
    }
}

fn name(fenced: &Fenced) -> Option<&str> {
    match fenced {
        Fenced::Name(name) => Some(name),
        _ => None,
    }
}

fn numbers(fenced: &Fenced) -> Option<[i32; 2]> {
    match *fenced {
        Fenced::Numbers(start, end) | Fenced::Extensions(start, end) => Some([start, end]),
        Fenced::Name(_) => None,
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Next<'a> {
    #[serde(flatten)]
    header: Header,
    /// The message or enum.
    element: &'a str,
    /// Numbers that nothing ever had, the lowest first.
    free: &'a [i32],
    /// Numbers that are in use.
    used: &'a [i32],
    /// Numbers that were in use once and are neither in use nor reserved.
    spent: Vec<i32>,
    /// Numbers that are reserved: first and last of each range.
    reserved: Vec<[i32; 2]>,
}
