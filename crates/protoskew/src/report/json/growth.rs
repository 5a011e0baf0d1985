//! The lines of `protoskew explain ENUM`: `growth`, `growth-reader`.

use std::io;

use protoskew_compare::{Fate, Runtime};
use schemars::JsonSchema;
use serde::Serialize;

use super::analysis::{Behaviour, Unconcerned};
use super::{Header, Line, values, write_line};
use crate::analysis::growth as contract;

/// Writes the answer: `growth`, then a `growth-reader` for each kind of reader.
pub fn write(out: &mut dyn io::Write, growth: &contract::Growth) -> io::Result<()> {
    write_line(out, &Line::Growth(Growth::of(growth)))?;
    for read in &growth.readers {
        write_line(out, &Line::GrowthReader(Box::new(Reader::of(read))))?;
    }
    Ok(())
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Growth<'a> {
    #[serde(flatten)]
    header: Header,
    /// Full name of the enum.
    element: &'a str,
    /// The file that holds it.
    path: &'a str,
    /// Its line, from 1.
    line: u32,
    /// It is closed where it is declared.
    closed: bool,
    /// How many numbers it has.
    values: usize,
    /// The number that the next value at its end would have; null: nothing is left behind the last one.
    next: Option<i32>,
    /// No reader, in any runtime that it may be built with, loses the value.
    free_of_problems: bool,
    /// The releases that may be met, in one phrase.
    met: &'a str,
    /// Releases that it does not concern, and why.
    unconcerned: Vec<Unconcerned<'a>>,
    /// What a person should know about the answer itself, one sentence each.
    notes: &'a [String],
}

impl<'a> Growth<'a> {
    fn of(growth: &'a contract::Growth) -> Self {
        Self {
            header: Header::new(),
            element: &growth.element,
            path: &growth.place.0,
            line: growth.place.1,
            closed: growth.closed,
            values: growth.values,
            next: growth.next,
            free_of_problems: growth.is_free_of_problems(),
            met: &growth.met,
            unconcerned: growth.unconcerned.iter().map(Unconcerned::of).collect(),
            notes: &growth.notes,
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Reader<'a> {
    /// Who meets whom, in which direction, and what becomes of the value.
    behaviour: Behaviour<'a>,
    /// In binary: what the reader holds, by runtime where that decides.
    holds: Vec<Held>,
}

impl<'a> Reader<'a> {
    fn of(read: &'a contract::Read) -> Self {
        Self {
            behaviour: Behaviour::of(&read.behaviour),
            holds: read.fates.iter().map(Held::of).collect(),
        }
    }
}

/// What a reader holds, and in which runtimes.
#[derive(Serialize, JsonSchema)]
struct Held {
    /// In words; several where the reader keeps the enum in several places.
    what: Vec<&'static str>,
    /// In these runtimes.
    #[schemars(extend("items" = {"enum": values::runtimes()}))]
    runtimes: Vec<&'static str>,
}

impl Held {
    fn of((fates, runtimes): &(Vec<Fate>, Vec<Runtime>)) -> Self {
        Self {
            what: fates.iter().map(|fate| fate.words()).collect(),
            runtimes: runtimes.iter().map(|runtime| runtime.word()).collect(),
        }
    }
}
