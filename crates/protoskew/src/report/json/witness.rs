//! A witness whole: who sends what, its bytes, and what is made of it.

use std::io;

use protoskew_compare::{Proof, Runtime, hex};
use schemars::JsonSchema;
use serde::Serialize;

use super::{Header, Line, values, write_line};
use crate::verdict::Judged;
use crate::witness::{self, Carries, Shown};

/// Writes what shows one finding, with the folders that its files are in.
pub fn write(
    out: &mut dyn io::Write,
    judged: &Judged,
    shown: &[(&witness::Witness, String)],
) -> io::Result<()> {
    let line = Witnesses {
        header: Header::new(),
        id: judged.finding.id(),
        fact: &judged.finding.fact,
        witnesses: shown.iter().map(Written::of).collect(),
    };
    write_line(out, &Line::Witnesses(line))
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Witnesses<'a> {
    #[serde(flatten)]
    header: Header,
    /// The finding's stable id.
    id: String,
    /// Its fact in one sentence, without a full stop.
    fact: &'a str,
    /// What shows it, the worst first.
    witnesses: Vec<Written<'a>>,
}

/// A witness that was written as files.
#[derive(Serialize, JsonSchema)]
struct Written<'a> {
    /// What shows it.
    witness: Witness<'a>,
    /// The folder of its files; null where it has none.
    folder: Option<&'a str>,
    /// The names of its files.
    files: Vec<&'static str>,
    /// Commands that show both sides of it without us.
    commands: Vec<String>,
}

impl<'a> Written<'a> {
    fn of((witness, folder): &'a (&'a witness::Witness, String)) -> Self {
        let files: Vec<&'static str> = witness.files().iter().map(|file| file.name).collect();
        Self {
            witness: Witness::of(witness),
            folder: (!files.is_empty()).then_some(folder),
            files,
            commands: witness.commands(folder),
        }
    }
}

/// What shows a finding in one meeting.
#[derive(Serialize, JsonSchema)]
pub(super) struct Witness<'a> {
    /// It on one line, as text output shows it.
    short: String,
    /// Who writes or calls.
    writer: &'a str,
    /// Who reads or answers.
    reader: &'a str,
    /// Where it travels: `stored` is a message at rest.
    #[schemars(extend("enum" = ["request", "response", "call", "stored"]))]
    direction: &'static str,
    /// What becomes of it.
    #[schemars(extend("enum" = values::outcomes()))]
    outcome: &'static str,
    /// A message in bytes, where that is what shows it.
    message: Option<Message<'a>>,
    /// A message in JSON, where that is what shows it.
    json: Option<JsonShown<'a>>,
    /// A call, where that is what shows it.
    call: Option<CallShown<'a>>,
}

impl<'a> Witness<'a> {
    pub(super) fn of(witness: &'a witness::Witness) -> Self {
        let (message, call) = match &witness.shown {
            Shown::Bytes {
                proof,
                runtime,
                rewritten,
            } => (Some(Message::of(proof, *runtime, *rewritten)), None),
            Shown::Json { .. } => (None, None),
            Shown::Call(call) => (None, Some(CallShown::of(call))),
        };
        Self {
            short: witness.short(),
            writer: &witness.writer,
            reader: &witness.reader,
            direction: witness.direction,
            outcome: witness.outcome.word(),
            message,
            json: JsonShown::of(witness),
            call,
        }
    }
}

/// A message in bytes, as both sides see it.
#[derive(Serialize, JsonSchema)]
struct Message<'a> {
    /// The bytes in hexadecimal, without spaces.
    bytes: String,
    /// The runtime that the reader is built with, where not every runtime makes the same of these bytes; where it is not known, one of those that do.
    #[schemars(extend("enum" = values::runtimes_or_null()))]
    runtime: Option<&'static str>,
    /// Every runtime that makes this of these bytes.
    #[schemars(extend("items" = serde_json::json!({"type": "string", "enum": values::runtimes()})))]
    runtimes: Vec<&'static str>,
    /// The reader does not know it, and loses it when it writes the message back to the store.
    rewritten: bool,
    /// As the writer means it.
    sent: Side<'a>,
    /// As the reader holds it.
    read: Side<'a>,
}

impl<'a> Message<'a> {
    fn of(proof: &'a Proof, runtime: Option<Runtime>, rewritten: bool) -> Self {
        Self {
            bytes: hex(&proof.bytes).replace(' ', ""),
            runtime: runtime.map(Runtime::word),
            runtimes: proof.alike.iter().map(|runtime| runtime.word()).collect(),
            rewritten,
            sent: Side::of(&proof.sent),
            read: Side::of(&proof.read),
        }
    }
}

/// One side's view of a message.
#[derive(Serialize, JsonSchema)]
struct Side<'a> {
    /// Full name of the message on this side.
    #[serde(rename = "type")]
    message: &'a str,
    /// The field in which it shows, by the names that lead to it; null where this side has no such field, or the message as a whole is concerned.
    field: Option<&'a str>,
    /// In protobuf's text format, as `protoc --decode` prints it; null where it is refused.
    text: Option<&'a str>,
    /// In ProtoJSON; null where it is refused.
    json: Option<&'a str>,
    /// Why it is refused; null where it is not.
    refused: Option<&'a str>,
}

impl<'a> Side<'a> {
    fn of(side: &'a protoskew_compare::Side) -> Self {
        let held = side.refused.is_none();
        Self {
            message: &side.message,
            field: side.seen.as_ref().map(|seen| seen.field.as_str()),
            text: held.then_some(&side.text),
            json: held.then_some(&side.json),
            refused: side.refused.as_deref(),
        }
    }
}

/// A message in JSON, and what the reader's parser makes of it.
#[derive(Serialize, JsonSchema)]
pub(super) struct JsonShown<'a> {
    /// As it is written.
    written: &'a str,
    /// What becomes of it, in a few words.
    read: &'a str,
}

impl<'a> JsonShown<'a> {
    pub(super) fn of(witness: &'a witness::Witness) -> Option<Self> {
        match &witness.shown {
            Shown::Json { written, read } => Some(Self { written, read }),
            Shown::Bytes { .. } | Shown::Call(_) => None,
        }
    }
}

/// A call, and how it ends.
#[derive(Serialize, JsonSchema)]
pub(super) struct CallShown<'a> {
    /// The path that is called.
    path: &'a str,
    /// Full name of the request as the client knows it.
    request: &'a str,
    /// Full name of the response as the client knows it.
    response: &'a str,
    /// What is sent, where that matters beside the path.
    sent: Option<&'a str>,
    /// What comes of it, in a few words.
    comes: &'a str,
    /// gRPC's frames of HTTP/2, in the order in which they are sent, as far as all implementations send the same.
    frames: Vec<Frame<'a>>,
}

impl<'a> CallShown<'a> {
    pub(super) fn of(call: &'a witness::CallShown) -> Self {
        Self {
            path: &call.path,
            request: &call.request,
            response: &call.response,
            sent: values::said(call.sent),
            comes: call.comes,
            frames: call.frames.iter().map(Frame::of).collect(),
        }
    }
}

/// One frame of a call.
#[derive(Serialize, JsonSchema)]
struct Frame<'a> {
    /// Who sends it.
    #[schemars(extend("enum" = ["client", "server"]))]
    from: &'static str,
    /// Headers, or trailers, each as name and value; null where it is a DATA frame.
    headers: Option<Vec<[&'a str; 2]>>,
    /// A message behind its prefix of five bytes, in hexadecimal without spaces; null where it is a HEADERS frame.
    data: Option<String>,
    /// It is the last that its side sends: END_STREAM.
    ends: bool,
}

impl<'a> Frame<'a> {
    fn of(frame: &'a witness::Frame) -> Self {
        let (headers, data) = match &frame.carries {
            Carries::Headers(all) => {
                let all = all.iter().map(|(name, value)| [*name, value.as_str()]);
                (Some(all.collect()), None)
            }
            Carries::Message(bytes) => (None, Some(hex(bytes).replace(' ', ""))),
        };
        Self {
            from: frame.sender(),
            headers,
            data,
            ends: frame.ends,
        }
    }
}
