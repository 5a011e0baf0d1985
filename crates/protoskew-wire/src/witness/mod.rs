//! The search for a witness: the smallest message that shows the worst of what can become of a value.

mod boundary;

use std::cmp::Reverse;

use crate::decode::{Refusal, decode};
use crate::encode::encode;
use crate::judge::{Judgement, Passage, judge};
use crate::outcome::Outcome;
use crate::runtime::Runtime;
use crate::value::{Content, Message, Value};

pub use boundary::{messages, minimal};

/// A message as the writer means it, its bytes, and what the reader makes of them.
#[derive(Clone, Debug)]
pub struct Witness {
    /// As the writer means it.
    pub meant: Message,
    /// As it travels.
    pub bytes: Vec<u8>,
    /// As the reader holds it, or why it refuses.
    pub held: Result<Message, Refusal>,
    /// What became of it.
    pub judgement: Judgement,
}

impl Witness {
    /// Sends one message.
    pub fn of(passage: &Passage<'_>, meant: Message) -> Self {
        let bytes = encode(passage.writer.0, passage.writer.1, &meant);
        Self::read(passage, &meant, bytes)
    }

    fn read(passage: &Passage<'_>, meant: &Message, bytes: Vec<u8>) -> Self {
        let held = decode(passage.reader.0, passage.reader.1, passage.runtime, &bytes);
        let judgement = judge(passage, meant, held.as_ref());
        Self {
            meant: meant.clone(),
            bytes,
            held,
            judgement,
        }
    }

    /// What makes one witness better than another: a worse outcome, then that it says more than zeros, which a person would
    /// take for nothing, then fewer bytes.
    pub fn rank(&self) -> (Outcome, bool, Reverse<usize>) {
        (
            self.judgement.outcome,
            !self.meant.fields.is_empty() && !is_trivial(&self.meant),
            Reverse(self.bytes.len()),
        )
    }
}

/// Whether all that is set is zero or empty.
fn is_trivial(message: &Message) -> bool {
    let trivial = |value: &Value| match value {
        Value::Message(nested) => is_trivial(nested),
        value => value.is_zero(),
    };
    message.fields.values().all(|content| match content {
        Content::One(value) => trivial(value),
        Content::Many(values) => values.iter().all(trivial),
        Content::Map(entries) => entries.values().all(trivial),
    })
}

/// Sends messages of boundary values, and keeps the worst; of equals the shortest, of equally short ones the first.
pub fn search(passage: &Passage<'_>) -> Option<Witness> {
    search_each(passage, &[passage.runtime])
        .into_iter()
        .flatten()
        .next()
}

/// The same for several runtimes of the reader, in their order.
pub fn search_each(passage: &Passage<'_>, runtimes: &[Runtime]) -> Vec<Option<Witness>> {
    let (shapes, id) = passage.writer;
    let mut best: Vec<Option<Witness>> = vec![None; runtimes.len()];
    for meant in messages(passage.writer, passage.reader) {
        let bytes = encode(shapes, id, &meant);
        for (best, &runtime) in best.iter_mut().zip(runtimes) {
            let passage = Passage {
                runtime,
                ..*passage
            };
            let found = Witness::read(&passage, &meant, bytes.clone());
            if best.as_ref().is_none_or(|best| found.rank() > best.rank()) {
                *best = Some(found);
            }
        }
    }
    best
}
