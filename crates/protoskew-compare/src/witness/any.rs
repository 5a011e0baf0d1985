//! An `Any` whose message has another name on the other side: who reads it knows no message of the name that it gives.

use protoskew_schema::Name;
use protoskew_wire::print;
use protoskew_wire::value::{Content, Message, Value};
use protoskew_wire::{Outcome, Runtime, encode};

use super::shapes::{self, Whole};
use super::{Proof, Side};
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
    let mut ids = [0, 0];
    for (side, id) in sides.into_iter().zip(&mut ids) {
        *id = *side.messages_named(ANY).first()?;
    }
    let renamed = *sides[reader].messages_named(names[reader]).first()?;
    let sliced = shapes::slice(sides, ids, &Whole);
    let (shapes, root) = (&sliced.shapes[writer], sliced.roots[writer]);
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
            message: ANY.into(),
            id: ids[writer],
            seen: print::at_path(shapes, root, &message, &[number]),
            text: print::text(shapes, root, &message),
            json,
            refused: None,
        },
        read: Side {
            message: names[writer].clone(),
            id: renamed,
            seen: None,
            text: String::new(),
            json: String::new(),
            refused: Some(format!("it knows no message `{}`", names[writer])),
        },
    })
}
