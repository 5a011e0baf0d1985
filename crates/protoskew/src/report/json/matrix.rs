//! The lines of a matrix: `matrix`, `cell`.

use std::io;

use protoskew_schema::Name;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Header, Line, values, write_line};
use crate::matrix as contract;

/// Writes a matrix: `matrix`, then a `cell` for all groups that meet, row by row.
pub fn write(out: &mut dyn io::Write, matrix: &contract::Matrix) -> io::Result<()> {
    write_line(out, &Line::Matrix(Matrix::of(matrix)))?;
    for (client, row) in matrix.clients.iter().zip(&matrix.cells) {
        for (server, cell) in matrix.servers.iter().zip(row) {
            if let Some(cell) = cell {
                write_line(out, &Line::Cell(Cell::of(client, server, *cell)))?;
            }
        }
    }
    Ok(())
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
    /// The worst outcome of a call.
    #[schemars(extend("enum" = values::call_outcomes()))]
    call: &'static str,
    /// How many calls have that outcome.
    call_count: usize,
}

impl<'a> Cell<'a> {
    fn of(client: &'a contract::Group, server: &'a contract::Group, cell: contract::Cell) -> Self {
        Self {
            clients: names(&client.releases),
            servers: names(&server.releases),
            breaks: cell.breaks(),
            value: cell.value.word(),
            value_count: cell.value_count,
            call: cell.call.word(),
            call_count: cell.call_count,
        }
    }
}
