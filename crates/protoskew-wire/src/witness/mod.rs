//! The search for a witness: the smallest message that shows the worst of what can become of a value.

mod boundary;

use std::cmp::Reverse;

use crate::decode::{Refusal, decode_with_groups};
use crate::encode::encode;
use crate::judge::{Asked, Judgement, Passage, asked, judge};
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
    pub held: Held,
    /// What became of it.
    pub judgement: Judgement,
}

impl Witness {
    /// Sends one message.
    pub fn of(passage: &Passage<'_>, meant: Message) -> Self {
        let bytes = encode(passage.writer.0, passage.writer.1, &meant);
        let held = decode_with_groups(passage.reader.0, passage.reader.1, passage.runtime, &bytes);
        let judgement = judge(passage, &meant, held.as_ref());
        Self {
            meant,
            bytes,
            held,
            judgement,
        }
    }

    /// What makes one witness better than another: a worse outcome, then that it says more than zeros, which a person would
    /// take for nothing, then fewer bytes.
    pub fn rank(&self) -> Rank {
        (
            self.judgement.outcome,
            says_more_than_zeros(&self.meant),
            Reverse(self.bytes.len()),
        )
    }
}

/// What makes one witness better than another: the greater, the better.
pub type Rank = (Outcome, bool, Reverse<usize>);

fn says_more_than_zeros(message: &Message) -> bool {
    !message.fields.is_empty() && !is_trivial(message)
}

/// What a reader holds, or why it refuses.
type Held = Result<Message, Refusal>;

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
    let mut best: Vec<Option<(Rank, Witness)>> = vec![None; runtimes.len()];
    for meant in messages(passage.writer, passage.reader) {
        let bytes = encode(shapes, id, &meant);
        let rank = |outcome| (outcome, says_more_than_zeros(&meant), Reverse(bytes.len()));
        let at_most = rank(Outcome::Misread);
        // most runtimes hold the same, and a judgement asks no more of them than this
        let mut judged: Vec<(Asked, Held, Judgement)> = Vec::new();
        for (best, &runtime) in best.iter_mut().zip(runtimes) {
            if best.as_ref().is_some_and(|(best, _)| at_most <= *best) {
                continue;
            }
            let held = decode_with_groups(passage.reader.0, passage.reader.1, runtime, &bytes);
            let asked = asked(runtime);
            let known = judged
                .iter()
                .find(|(others, shown, _)| *others == asked && *shown == held);
            let judgement = match known {
                Some((.., judgement)) => judgement.clone(),
                None => {
                    let passage = Passage {
                        runtime,
                        ..*passage
                    };
                    let judgement = judge(&passage, &meant, held.as_ref());
                    judged.push((asked, held.clone(), judgement.clone()));
                    judgement
                }
            };
            let rank = rank(judgement.outcome);
            if best.as_ref().is_none_or(|(best, _)| rank > *best) {
                let found = Witness {
                    meant: meant.clone(),
                    bytes: bytes.clone(),
                    held,
                    judgement,
                };
                *best = Some((rank, found));
            }
        }
    }
    best.into_iter()
        .map(|best| best.map(|(_, found)| found))
        .collect()
}
