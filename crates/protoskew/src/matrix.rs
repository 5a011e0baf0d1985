//! The matrix: every client release against every server release, the worst of each pair. What its reports render.

use protoskew_compare::{CallOutcome, Outcome};
use protoskew_schema::Name;

use crate::verdict::WorstOutcome;
use crate::witness::Witness;

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
    /// What shows the worst of the cells, each distinct difference once, in the order of the first cells that have them; empty
    /// where that was not asked for.
    pub witnesses: Vec<Difference>,
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// The worst of the values, both directions.
    pub value: Outcome,
    /// How many elements have that outcome.
    pub value_count: usize,
    /// The worst of the calls.
    pub call: CallOutcome,
    /// How many calls have that outcome.
    pub call_count: usize,
    /// What shows the worst of the values where that breaks: places among [`Matrix::witnesses`], in order.
    pub value_witnesses: Vec<usize>,
    /// What shows the worst of the calls.
    pub call_witnesses: Vec<usize>,
}

/// One difference between a client and a server, with what shows it in the first cell that has it.
#[derive(Clone, Debug)]
pub struct Difference {
    /// Full name of the element.
    pub element: Name,
    /// The fact in one sentence, without a full stop.
    pub fact: String,
    /// What shows it.
    pub witness: Witness,
}

impl Difference {
    /// Whether both show one thing, whoever they show it of.
    pub fn shows_the_same(&self, other: &Self) -> bool {
        let what = |it: &Self| (it.witness.direction, it.witness.outcome);
        what(self) == what(other)
            && (&self.element, &self.fact) == (&other.element, &other.fact)
            && self.witness.shown == other.witness.shown
    }
}

impl Cell {
    /// A cell of which nothing is shown yet.
    pub const fn new(
        (value, value_count): (Outcome, usize),
        (call, call_count): (CallOutcome, usize),
    ) -> Self {
        Self {
            value,
            value_count,
            call,
            call_count,
            value_witnesses: Vec::new(),
            call_witnesses: Vec::new(),
        }
    }

    /// True where a value or a call breaks.
    pub const fn breaks(&self) -> bool {
        self.value.breaks() || self.call.breaks()
    }
}

/// The meetings of what is judged, against the same meetings at the baseline.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    /// The client's component (`runtime`), or `client`.
    pub client_name: Name,
    /// The server's component (`agent`), or `server`.
    pub server_name: Name,
    /// What the two do, as in [`Matrix`].
    pub roles: [&'static str; 2],
    /// Where "new" starts, in one phrase.
    pub baseline: String,
    /// How many meetings of what is judged the policy promises.
    pub meetings: usize,
    /// How many of them break as they did at the baseline, and no more than that.
    pub known: usize,
    /// How many of them newly break by nothing but what is waived.
    pub waived: usize,
    /// The waivers that let something through here, where they stand (`protoskew.waivers.toml:3`), in order.
    pub waivers: Vec<String>,
    /// Those in which something breaks that did not at the baseline and is not waived; with nothing else that breaks there.
    pub broken: Vec<BrokenMeetings>,
}

impl Gate {
    /// How many meetings are newly broken.
    pub fn newly_broken(&self) -> usize {
        let each = self.broken.iter();
        each.map(|group| group.clients.len() * group.servers.len())
            .sum()
    }
}

/// Meetings in which the same things break.
#[derive(Clone, Debug)]
pub struct BrokenMeetings {
    /// The clients, oldest first.
    pub clients: Vec<Name>,
    /// The servers, oldest first.
    pub servers: Vec<Name>,
    /// What breaks, in the order of the elements' names.
    pub breaks: Vec<Break>,
}

/// One thing that breaks where two meet.
#[derive(Clone, Debug)]
pub struct Break {
    /// Full name of the element.
    pub element: Name,
    /// Which message direction is hurt: `request`, `response`, `call`, or `stored`.
    pub direction: &'static str,
    /// Whether the message is written as JSON.
    pub json: bool,
    /// What becomes of the value or the call.
    pub outcome: WorstOutcome,
    /// The fact in one sentence, without a full stop.
    pub fact: String,
    /// What shows it in the first of the meetings, where a message or call does.
    pub witness: Option<Witness>,
}

impl Break {
    /// Whether both are one thing, whatever shows them.
    pub fn is_the_same(&self, other: &Self) -> bool {
        let what = |it: &Self| (it.direction, it.json, it.outcome);
        what(self) == what(other) && self.element == other.element && self.fact == other.fact
    }
}
