//! A call as it travels: gRPC's frames of HTTP/2, from the path to the status.

use protoskew_compare::{Indexed, smallest};
use protoskew_schema::Method;

/// One frame of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Whether the client sends it.
    pub from_client: bool,
    /// What it carries.
    pub carries: Carries,
    /// Whether it is the last that its side sends.
    pub ends: bool,
}

impl Frame {
    /// Who sends it, in a word.
    pub fn sender(&self) -> &'static str {
        if self.from_client { "client" } else { "server" }
    }
}

/// What a frame carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carries {
    /// Names and values, in their order.
    Headers(Vec<(&'static str, String)>),
    /// A message behind its prefix: a zero, for it is not compressed, and its length in four bytes.
    Message(Vec<u8>),
}

/// What is sent that one side does not expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// A call that the server does not know.
    Unknown,
    /// More requests than the server takes.
    TwoRequests,
    /// More responses than the client takes.
    TwoResponses,
}

/// The frames of a call of the client's, as far as all implementations send the same.
pub(super) fn frames(client: &Indexed, path: &str, method: &Method, sent: Sent) -> Vec<Frame> {
    let frame = |from_client, carries, ends| Frame {
        from_client,
        carries,
        ends,
    };
    let headers = |all: &[(&'static str, &str)]| {
        let all = all.iter().map(|&(name, value)| (name, value.to_owned()));
        Carries::Headers(all.collect())
    };
    let request = || Carries::Message(prefixed(&smallest(client, &method.request)));
    let response = || Carries::Message(prefixed(&smallest(client, &method.response)));
    let asked = headers(&[
        (":method", "POST"),
        (":scheme", "http"),
        (":path", path),
        ("te", "trailers"),
        ("content-type", "application/grpc"),
    ]);
    let answered = [(":status", "200"), ("content-type", "application/grpc")];
    let mut all = vec![frame(true, asked, false)];
    if sent == Sent::TwoRequests {
        all.push(frame(true, request(), false));
    }
    all.push(frame(true, request(), true));
    match sent {
        // who takes one of two says so in his own way, or not at all
        Sent::TwoRequests => {}
        Sent::Unknown => {
            let [status, kind] = answered;
            let refused = headers(&[status, kind, ("grpc-status", "12")]);
            all.push(frame(false, refused, true));
        }
        Sent::TwoResponses => {
            all.push(frame(false, headers(&answered), false));
            all.push(frame(false, response(), false));
            all.push(frame(false, response(), false));
            all.push(frame(false, headers(&[("grpc-status", "0")]), true));
        }
    }
    all
}

/// What the client's frames carry of messages, as one body.
pub(super) fn body(frames: &[Frame]) -> Vec<u8> {
    let mut body = Vec::new();
    for frame in frames.iter().filter(|frame| frame.from_client) {
        if let Carries::Message(bytes) = &frame.carries {
            body.extend_from_slice(bytes);
        }
    }
    body
}

fn prefixed(message: &[u8]) -> Vec<u8> {
    let length = message.len() as u32;
    let mut bytes = vec![0];
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(message);
    bytes
}
