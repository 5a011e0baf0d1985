//! One meeting, call by call: what happens when this client talks to that server. What its reports render.

use std::sync::Arc;

use protoskew_compare::{CallOutcome, Outcome};
use protoskew_schema::Name;

use crate::witness::{CallShown, Witness};

/// A client release, a server release, and what happens between them.
#[derive(Clone, Debug, Default)]
pub struct Meeting {
    /// The client, as a person names it: `runtime 1.1.0`.
    pub client: String,
    /// The server: `agent worktree`.
    pub server: String,
    /// Whether this is a store: the client wrote the messages, the server reads them, and there are no calls.
    pub at_rest: bool,
    /// Every call that either side knows.
    pub calls: Vec<CallReport>,
    /// What differs in messages that no service reaches, or in those of the store.
    pub other: Vec<Detail>,
}

/// What happens to one call.
#[derive(Clone, Debug)]
pub struct CallReport {
    /// Its path on the wire: `/grpc.AgentService/CreateContainer`.
    pub path: String,
    /// The call itself.
    pub call: CallOutcome,
    /// What does not pass, where the two sides differ on the call's streaming.
    pub changed: Option<CallShown>,
    /// The worst of the values that the client sends.
    pub request: Outcome,
    /// The worst of the values that the server sends.
    pub response: Outcome,
    /// Why, element by element.
    pub details: Vec<Detail>,
}

impl CallReport {
    /// True where the call or a value in it breaks.
    pub const fn breaks(&self) -> bool {
        self.call.breaks() || self.request.breaks() || self.response.breaks()
    }

    /// True where both sides know the call and every value arrives.
    pub fn fine(&self) -> bool {
        self.call == CallOutcome::Served
            && self.request <= Outcome::Compatible
            && self.response <= Outcome::Compatible
    }
}

/// One element that the two sides see differently.
#[derive(Clone, Debug, PartialEq)]
pub struct Detail {
    /// `request`, `response`, or `stored` where no service says who reads.
    pub direction: &'static str,
    /// Whether that is what happens in JSON, and binary fares better.
    pub json: bool,
    /// Full name of the element.
    pub element: Name,
    /// What becomes of its value.
    pub outcome: Outcome,
    /// The fact in one sentence, without a full stop.
    pub fact: String,
    /// What shows it, where it breaks.
    pub witness: Option<Arc<Witness>>,
}
