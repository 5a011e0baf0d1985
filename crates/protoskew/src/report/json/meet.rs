//! The lines of one meeting: `meet`, `call`.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::witness::{CallShown, Witness};
use super::{Header, Line, values, write_line};
use crate::meeting::{self, CallReport, Meeting};

/// Writes a meeting: `meet`, then a `call` for each, in the meeting's order, fine or not.
pub fn write(out: &mut dyn io::Write, meeting: &Meeting) -> io::Result<()> {
    write_line(out, &Line::Meet(Meet::of(meeting)))?;
    for call in &meeting.calls {
        write_line(out, &Line::Call(Call::of(call)))?;
    }
    Ok(())
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Meet<'a> {
    #[serde(flatten)]
    header: Header,
    /// This is a store: the client wrote the messages, the server reads them, and nobody calls.
    at_rest: bool,
    /// The client, as a person names it.
    client: &'a str,
    /// The server, as a person names it.
    server: &'a str,
    /// How many calls either side knows.
    calls: usize,
    /// How many of them break.
    broken: usize,
    /// What differs in messages that no service reaches, or in those of the store.
    unreached: Vec<Detail<'a>>,
}

impl<'a> Meet<'a> {
    fn of(meeting: &'a Meeting) -> Self {
        Self {
            header: Header::new(),
            at_rest: meeting.at_rest,
            client: &meeting.client,
            server: &meeting.server,
            calls: meeting.calls.len(),
            broken: meeting.calls.iter().filter(|call| call.breaks()).count(),
            unreached: meeting.other.iter().map(Detail::of).collect(),
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Call<'a> {
    /// The call's path on the wire.
    path: &'a str,
    /// The call or a value in it breaks.
    breaks: bool,
    /// What becomes of the call itself.
    #[schemars(extend("enum" = values::call_outcomes()))]
    call: &'static str,
    /// What does not pass, where the two sides differ on the call's streaming.
    changed: Option<CallShown<'a>>,
    /// The worst of the values that the client sends.
    #[schemars(extend("enum" = values::value_outcomes()))]
    request: &'static str,
    /// The worst of the values that the server sends.
    #[schemars(extend("enum" = values::value_outcomes()))]
    response: &'static str,
    /// Why, element by element.
    details: Vec<Detail<'a>>,
}

impl<'a> Call<'a> {
    fn of(call: &'a CallReport) -> Self {
        Self {
            path: &call.path,
            breaks: call.breaks(),
            call: call.call.word(),
            changed: call.changed.as_ref().map(CallShown::of),
            request: call.request.word(),
            response: call.response.word(),
            details: call.details.iter().map(Detail::of).collect(),
        }
    }
}

/// One element that the two sides see differently.
#[derive(Serialize, JsonSchema)]
struct Detail<'a> {
    /// In which message it travels; `stored` where no service says who reads.
    #[schemars(extend("enum" = ["request", "response", "stored"]))]
    direction: &'static str,
    /// That is what happens in JSON; binary fares better.
    json: bool,
    /// Full name of the element.
    element: &'a str,
    /// What becomes of its value.
    #[schemars(extend("enum" = values::value_outcomes()))]
    outcome: &'static str,
    /// The fact in one sentence, without a full stop.
    fact: &'a str,
    /// What shows it, where it breaks.
    witness: Option<Witness<'a>>,
}

impl<'a> Detail<'a> {
    fn of(detail: &'a meeting::Detail) -> Self {
        Self {
            direction: detail.direction,
            json: detail.json,
            element: &detail.element,
            outcome: detail.outcome.word(),
            fact: &detail.fact,
            witness: detail.witness.as_deref().map(Witness::of),
        }
    }
}
