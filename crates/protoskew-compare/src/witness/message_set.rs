//! A message that is a message set on one side: what that side writes of its extensions, the other does not know.

use protoskew_schema::FieldType;
use protoskew_wire::value::{Content, Message, Value};
use protoskew_wire::{Outcome, Runtime, write_varint};

use super::shapes::{self, Whole};
use super::{Proof, Side, messages_named};
use crate::change::{Change, ChangeKind};
use crate::indexed::Indexed;

/// An empty message under the first extension that both sides have.
pub(super) fn proof(
    sides: [&Indexed; 2],
    change: &Change,
    older_writes: bool,
    runtime: Runtime,
) -> Option<Proof> {
    let ChangeKind::MessageSetChanged { new: newer_is_set } = change.kind else {
        return None;
    };
    if newer_is_set == older_writes {
        // a set reads the fields of other messages too, in the runtimes that have sets
        return None;
    }
    let ids = messages_named(sides, &change.element)?;
    let (writer, reader) = if older_writes { (0, 1) } else { (1, 0) };
    let mut extensions = sides[writer].extensions_of(ids[writer]);
    let number = extensions.find_map(|extension| {
        let number = extension.field.number;
        let there = sides[reader].field_numbered(ids[reader], number);
        let is_message = matches!(extension.field.ty, FieldType::Message(_));
        (is_message && there.is_some()).then_some(number)
    })?;
    let sliced = shapes::slice(sides, ids, &Whole);
    let empty = Content::One(Value::Message(Message::default()));
    let sent = Message::default().with(number, empty);
    let bytes = item(number);
    let held = Message {
        unknown: bytes.clone(),
        ..Message::default()
    };
    Some(Proof {
        outcome: Outcome::Lossy,
        older_writes,
        runtime,
        alike: Runtime::ALL.to_vec(),
        sent: Side::of(sliced.side(writer), &sent, &[number]),
        read: Side::of(sliced.side(reader), &held, &[number]),
        bytes,
    })
}

/// An extension as an item of a set: a group of number 1 with the extension's number under 2 and its message, here an empty one,
/// under 3.
fn item(number: u32) -> Vec<u8> {
    let mut bytes = vec![0x0b, 0x10];
    write_varint(number.into(), &mut bytes);
    bytes.extend([0x1a, 0x00, 0x0c]);
    bytes
}
