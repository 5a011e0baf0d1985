//! The matrix: every client release against every server release, the worst of each pair. What its reports render.

use protoskew_compare::{CallOutcome, Outcome};
use protoskew_schema::Name;

/// Client releases × server releases.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    /// The client's component (`runtime`), or `client`.
    pub client_name: Name,
    /// The server's component (`agent`), or `server`.
    pub server_name: Name,
    /// What the two do: `client` and `server`, or `writer` and `reader` of a store.
    pub roles: [&'static str; 2],
    /// The rows, oldest first.
    pub clients: Vec<Group>,
    /// The columns, oldest first.
    pub servers: Vec<Group>,
    /// One row per client group, in it one cell per server group; `None` where the two never meet.
    pub cells: Vec<Vec<Option<Cell>>>,
}

/// Neighbouring releases with the same schema.
#[derive(Clone, Debug, Default)]
pub struct Group {
    /// The releases, oldest first; never empty.
    pub releases: Vec<Name>,
    /// It holds what is being judged (the worktree, say).
    pub current: bool,
}

/// What happens where one client meets one server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The worst of the values, both directions.
    pub value: Outcome,
    /// How many elements have that outcome.
    pub value_count: usize,
    /// The worst of the calls.
    pub call: CallOutcome,
    /// How many calls have that outcome.
    pub call_count: usize,
}

impl Cell {
    /// True where a value or a call breaks.
    pub const fn breaks(&self) -> bool {
        self.value.breaks() || self.call.breaks()
    }
}
