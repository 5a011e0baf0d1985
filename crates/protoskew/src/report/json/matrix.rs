//! The lines of a matrix: `matrix`, `cell`.

use std::io;

use protoskew_schema::Name;
use schemars::JsonSchema;
use serde::Serialize;

use super::witness::Witness;
use super::{Header, Line, values, write_line};
use crate::matrix as contract;

/// Writes a matrix: `matrix`, a `cell-witness` for each difference that the cells refer to, then a `cell` for all groups that
/// meet, row by row.
pub fn write(out: &mut dyn io::Write, matrix: &contract::Matrix) -> io::Result<()> {
    write_line(out, &Line::Matrix(Matrix::of(matrix)))?;
    for (number, difference) in matrix.witnesses.iter().enumerate() {
        write_line(
            out,
            &Line::CellWitness(Box::new(CellWitness::of(number, difference))),
        )?;
    }
    for (client, row) in matrix.clients.iter().zip(&matrix.cells) {
        for (server, cell) in matrix.servers.iter().zip(row) {
            if let Some(cell) = cell {
                write_line(out, &Line::Cell(Cell::of(client, server, cell)))?;
            }
        }
    }
    Ok(())
}

/// Writes a gate: `broken-meetings` for each group, then `gate`.
pub fn write_gate(out: &mut dyn io::Write, gate: &contract::Gate) -> io::Result<()> {
    for meetings in &gate.broken {
        write_line(out, &Line::BrokenMeetings(BrokenMeetings::of(meetings)))?;
    }
    write_line(out, &Line::Gate(Gate::of(gate)))
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Matrix<'a> {
    #[serde(flatten)]
    header: Header,
    /// What rows and columns do: `client` and `server`, or `writer` and `reader` of a store.
    #[schemars(extend("items" = {"enum": ["client", "server", "writer", "reader"]}))]
    roles: [&'static str; 2],
    /// The client's component.
    client: &'a str,
    /// The server's component.
    server: &'a str,
    /// The client's releases, oldest first.
    clients: Vec<Group<'a>>,
    /// The server's releases, oldest first.
    servers: Vec<Group<'a>>,
}

impl<'a> Matrix<'a> {
    fn of(matrix: &'a contract::Matrix) -> Self {
        Self {
            header: Header::new(),
            roles: matrix.roles,
            client: &matrix.client_name,
            server: &matrix.server_name,
            clients: matrix.clients.iter().map(Group::of).collect(),
            servers: matrix.servers.iter().map(Group::of).collect(),
        }
    }
}

/// Neighbouring releases with the same schema.
#[derive(Serialize, JsonSchema)]
struct Group<'a> {
    /// The releases, oldest first.
    #[schemars(with = "Vec<String>")]
    releases: Vec<&'a str>,
    /// It holds what is being judged.
    current: bool,
}

impl<'a> Group<'a> {
    fn of(group: &'a contract::Group) -> Self {
        Self {
            releases: names(&group.releases),
            current: group.current,
        }
    }
}

fn names(names: &[Name]) -> Vec<&str> {
    names.iter().map(Name::as_str).collect()
}

#[derive(Serialize, JsonSchema)]
pub(super) struct CellWitness<'a> {
    /// The number by which cells refer to it, from 0.
    number: usize,
    /// Full name of the element that differs.
    element: &'a str,
    /// The fact in one sentence, without a full stop.
    fact: &'a str,
    /// What shows it; writer and reader are those of the first cell that refers to it.
    witness: Witness<'a>,
}

impl<'a> CellWitness<'a> {
    fn of(number: usize, difference: &'a contract::Difference) -> Self {
        Self {
            number,
            element: &difference.element,
            fact: &difference.fact,
            witness: Witness::of(&difference.witness),
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Cell<'a> {
    /// The client's releases.
    #[schemars(with = "Vec<String>")]
    clients: Vec<&'a str>,
    /// The server's releases.
    #[schemars(with = "Vec<String>")]
    servers: Vec<&'a str>,
    /// A value or a call breaks.
    breaks: bool,
    /// The worst outcome of a value, both directions.
    #[schemars(extend("enum" = values::value_outcomes()))]
    value: &'static str,
    /// How many elements have that outcome.
    value_count: usize,
    /// What shows it of these elements, where it breaks: numbers of `cell-witness` lines of this matrix.
    value_witnesses: &'a [usize],
    /// The worst outcome of a call.
    #[schemars(extend("enum" = values::call_outcomes()))]
    call: &'static str,
    /// How many calls have that outcome.
    call_count: usize,
    /// What shows it of these calls: numbers of `cell-witness` lines of this matrix.
    call_witnesses: &'a [usize],
}

impl<'a> Cell<'a> {
    fn of(
        client: &'a contract::Group,
        server: &'a contract::Group,
        cell: &'a contract::Cell,
    ) -> Self {
        Self {
            clients: names(&client.releases),
            servers: names(&server.releases),
            breaks: cell.breaks(),
            value: cell.value.word(),
            value_count: cell.value_count,
            value_witnesses: &cell.value_witnesses,
            call: cell.call.word(),
            call_count: cell.call_count,
            call_witnesses: &cell.call_witnesses,
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct BrokenMeetings<'a> {
    /// The client's releases, oldest first.
    #[schemars(with = "Vec<String>")]
    clients: Vec<&'a str>,
    /// The server's releases, oldest first.
    #[schemars(with = "Vec<String>")]
    servers: Vec<&'a str>,
    /// What breaks in each of these meetings, and did not at the baseline.
    breaks: Vec<Break<'a>>,
}

impl<'a> BrokenMeetings<'a> {
    fn of(meetings: &'a contract::BrokenMeetings) -> Self {
        Self {
            clients: names(&meetings.clients),
            servers: names(&meetings.servers),
            breaks: meetings.breaks.iter().map(Break::of).collect(),
        }
    }
}

/// One thing that breaks.
#[derive(Serialize, JsonSchema)]
struct Break<'a> {
    /// Full name of the element.
    element: &'a str,
    /// What is hurt: `stored` is a message at rest.
    #[schemars(extend("enum" = ["request", "response", "call", "stored"]))]
    direction: &'static str,
    /// The message is written as JSON, not in binary.
    json: bool,
    /// What becomes of it.
    #[schemars(extend("enum" = values::outcomes()))]
    outcome: &'static str,
    /// The fact in one sentence, without a full stop.
    fact: &'a str,
    /// What shows it in the first of these meetings; `null` where no message or call does.
    witness: Option<Witness<'a>>,
}

impl<'a> Break<'a> {
    fn of(each: &'a contract::Break) -> Self {
        Self {
            element: &each.element,
            direction: each.direction,
            json: each.json,
            outcome: each.outcome.word(),
            fact: &each.fact,
            witness: each.witness.as_ref().map(Witness::of),
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Gate<'a> {
    /// The client's component.
    client: &'a str,
    /// The server's component.
    server: &'a str,
    /// True if no meeting is newly broken.
    open: bool,
    /// Where "new" starts, in one phrase.
    baseline: &'a str,
    /// How many meetings of what is judged the policy promises.
    meetings: usize,
    /// In how many of them something breaks that did not at the baseline.
    newly_broken: usize,
    /// How many break as they did at the baseline, and no more than that.
    known: usize,
    /// How many newly break by nothing but what is waived.
    waived: usize,
    /// The waivers that let something through here: where each stands (`protoskew.waivers.toml:3`).
    waivers: &'a [String],
}

impl<'a> Gate<'a> {
    fn of(gate: &'a contract::Gate) -> Self {
        Self {
            client: &gate.client_name,
            server: &gate.server_name,
            open: gate.broken.is_empty(),
            baseline: &gate.baseline,
            meetings: gate.meetings,
            newly_broken: gate.newly_broken(),
            known: gate.known,
            waived: gate.waived,
            waivers: &gate.waivers,
        }
    }
}
