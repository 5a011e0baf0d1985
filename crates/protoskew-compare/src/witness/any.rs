//! An `Any` whose message has another name on the other side: who reads it knows no message of the name that it gives.

use protoskew_schema::Name;
use protoskew_wire::value::{Content, Message, Value};
use protoskew_wire::{Outcome, Runtime, encode};

use super::shapes::{self, Whole};
use super::{Proof, Side, messages_named};
use crate::change::{Change, ChangeKind};
use crate::indexed::Indexed;

const ANY: &str = "google.protobuf.Any";
/// Number and beginning of what says which message it holds.
const TYPE_URL: (u32, &str) = (1, "type.googleapis.com/");

/// An `Any` of the renamed message, empty, as the writer calls it.
pub(super) fn proof(
    sides: [&Indexed; 2],
    change: &Change,
    older_writes: bool,
    runtime: Runtime,
) -> Option<Proof> {
    let ChangeKind::MessageRenamed { old } = &change.kind else {
        return None;
    };
    let names: [&Name; 2] = [old, &change.element];
    let (writer, reader) = if older_writes { (0, 1) } else { (1, 0) };
    let ids = messages_named(sides, ANY)?;
    let renamed = *sides[reader].messages_named(names[reader]).first()?;
    let sliced = shapes::slice(sides, ids, &Whole);
    let (shapes, root) = sliced.side(writer);
    let (number, host) = TYPE_URL;
    let url = format!("{host}{}", names[writer]);
    let json = format!("{{\"@type\":\"{url}\"}}");
    let url = Value::Text(url.into_bytes());
    let message = Message::default().with(number, Content::One(url));
    Some(Proof {
        outcome: Outcome::Reject,
        older_writes,
        runtime,
        alike: Runtime::ALL.to_vec(),
        bytes: encode(shapes, root, &message),
        sent: Side {
            json,
            ..Side::of((shapes, root), &message, &[number])
        },
        read: Side::refusing(
            names[writer].clone(),
            renamed,
            format!("it knows no message `{}`", names[writer]),
        ),
    })
}
