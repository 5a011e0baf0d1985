//! Witnesses: for a change, a message that shows what it does, its bytes, and what the reader makes of them.

mod any;
mod focus;
mod meaning;
mod message_set;
mod reuse;
mod shapes;

use std::sync::{Arc, Mutex};

use protoskew_schema::{FieldType, Name};
use protoskew_wire::judge::{Meanings, Passage};
use protoskew_wire::print::{self, Seen};
use protoskew_wire::value::{Content, Message, Value};
use protoskew_wire::witness::{self, Witness, minimal};
use protoskew_wire::{Outcome, Runtime, Shapes, decode_with_groups, encode};
use rustc_hash::FxHashMap;

use crate::change::{Carrier, Change, ChangeKind, Impact};
use crate::indexed::Indexed;
use crate::pairing::Renames;
use crate::{Comparer, Comparison};
pub use focus::Focus;
use meaning::{Names, Renamed};
pub use reuse::Reused;
use shapes::{Around, Cut, Kept, Sliced, Whole};

/// A message that shows what becomes of values, ready to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// What becomes of it.
    pub outcome: Outcome,
    /// The older side writes.
    pub older_writes: bool,
    /// What the reader is built with.
    pub runtime: Runtime,
    /// All runtimes that make the same of these bytes, that one among them.
    pub alike: Vec<Runtime>,
    /// As the writer means it.
    pub sent: Side,
    /// As the reader holds it.
    pub read: Side,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// One side's view of a message.
#[derive(Clone, Debug)]
pub struct Side {
    /// Full name of the message here.
    pub message: Name,
    /// Its id in the schema of this side.
    pub id: u32,
    /// The field in which it shows; `None` where this side has no such field, or the message as a whole is concerned.
    pub seen: Option<Seen>,
    /// In text format; empty where the bytes are refused.
    pub text: String,
    /// As ProtoJSON; empty where the bytes are refused.
    pub json: String,
    /// Why the bytes are refused, on the reader's side.
    pub refused: Option<String>,
}

impl Side {
    /// What one side holds, as it sees it, and of it what stands at the path.
    fn of((shapes, root): (&Shapes, usize), held: &Message, path: &[u32]) -> Self {
        let (message, id) = named((shapes, root));
        Self {
            message,
            id,
            seen: print::at_path(shapes, root, held, path),
            text: print::text(shapes, root, held),
            json: print::json(shapes, root, held),
            refused: None,
        }
    }

    /// A side that holds nothing, and why.
    fn refusing(message: Name, id: u32, why: String) -> Self {
        Self {
            message,
            id,
            seen: None,
            text: String::new(),
            json: String::new(),
            refused: Some(why),
        }
    }
}

/// The full name of a root of a table, and its id in the schema.
fn named((shapes, root): (&Shapes, usize)) -> (Name, u32) {
    let shape = shapes.messages.get(root);
    (
        shape.map_or("", |shape| &shape.name).into(),
        shape.map_or(u32::MAX, |shape| shape.origin),
    )
}

/// The messages of that name, the first of each side.
fn messages_named(sides: [&Indexed; 2], name: &str) -> Option<[u32; 2]> {
    let first = |side: &Indexed| side.messages_named(name).first().copied();
    Some([first(sides[0])?, first(sides[1])?])
}

impl PartialEq for Side {
    /// Whether they say the same, whatever schema the id is of.
    fn eq(&self, other: &Self) -> bool {
        (
            &self.message,
            &self.seen,
            &self.text,
            &self.json,
            &self.refused,
        ) == (
            &other.message,
            &other.seen,
            &other.text,
            &other.json,
            &other.refused,
        )
    }
}

impl Eq for Side {}

impl Comparison {
    /// A digest of what a change of this comparison is, as far as the fields go in which it shows: between other releases that
    /// have the same of these fields it is the same. `None` where it shows in none.
    pub fn difference(&self, sides: [&Indexed; 2], change: &Change) -> Option<u64> {
        if is_apart(change) {
            return Some(0);
        }
        let places = self.places(sides, change);
        (!places.is_empty()).then(|| focus::digest(sides, &places))
    }

    fn places(&self, sides: [&Indexed; 2], change: &Change) -> Vec<Focus> {
        focus::of(sides, &self.renames, change)
    }

    /// The smallest message that shows the worst that a change of this comparison does in one direction and runtime; the sides
    /// are those that were compared, the older one first. `None` where it does not touch values, or where no field carries them
    /// on both sides.
    pub fn witness(
        &self,
        sides: [&Indexed; 2],
        change: &Change,
        older_writes: bool,
        runtime: Runtime,
    ) -> Option<Proof> {
        if is_apart(change) {
            let any = any::proof(sides, change, older_writes, runtime);
            return any.or_else(|| message_set::proof(sides, change, older_writes, runtime));
        }
        let names = Names::new(sides, self, older_writes);
        self.shown(sides, self.places(sides, change), &names, runtime)
    }

    /// The smallest message that shows the worst in any of these places.
    fn shown(
        &self,
        sides: [&Indexed; 2],
        places: Vec<Focus>,
        names: &Names<'_>,
        runtime: Runtime,
    ) -> Option<Proof> {
        let mut best: Option<(Focus, Witness)> = None;
        for focus in places {
            let mut found = each_found(sides, names, &focus, &[runtime]);
            let Some(found) = found.pop().flatten() else {
                continue;
            };
            if best
                .as_ref()
                .is_none_or(|(_, best)| found.rank() > best.rank())
            {
                best = Some((focus, found));
            }
        }
        let (focus, found) = best?;
        let around = Around::new(sides, focus.messages, &found.meant);
        let whole = self.shared.around(sides, focus.messages, around);
        let passage = passage(&whole, runtime, names.older_writes, names);
        let whole = complete(&passage, &found);
        Some(proof(&passage, whole.as_ref().unwrap_or(&found)))
    }
}

/// Whether no field of a message shows it: the name in an `Any`, and how a message set is written.
fn is_apart(change: &Change) -> bool {
    let in_any = matches!(
        change.impact,
        Impact::Values {
            carrier: Carrier::Any,
            ..
        }
    );
    in_any || matches!(change.kind, ChangeKind::MessageSetChanged { .. })
}

/// What the witnesses of one comparison have in common, made once.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    renamed: Renamed,
    /// Two messages with all that they may have to do with, where no field of a great number is among that.
    around: Mutex<FxHashMap<[u32; 2], Arc<Sliced>>>,
}

impl Shared {
    fn around(&self, sides: [&Indexed; 2], messages: [u32; 2], around: Around) -> Arc<Sliced> {
        let is_common = around.0.others.is_empty();
        let known = self.around.lock().ok().filter(|_| is_common);
        if let Some(known) = known.and_then(|known| known.get(&messages).cloned()) {
            return known;
        }
        let made = Arc::new(shapes::slice(sides, messages, &around));
        if is_common && let Ok(mut known) = self.around.lock() {
            known.insert(messages, Arc::clone(&made));
        }
        made
    }
}

/// The smallest message that shows the worst in one place, for each runtime.
fn each_found(
    sides: [&Indexed; 2],
    names: &Names<'_>,
    focus: &Focus,
    runtimes: &[Runtime],
) -> Vec<Option<Witness>> {
    let renames = names.renames;
    let mut sliced = shapes::slice(sides, focus.messages, &Part { focus, renames });
    if let Some(values) = &focus.values {
        sliced.send_only(usize::from(!names.older_writes), values);
    }
    let any = Runtime::Cpp;
    witness::search_each(&passage(&sliced, any, names.older_writes, names), runtimes)
}

/// The bytes of the smallest message of a type: what is required, and nothing else.
pub fn smallest(side: &Indexed, ty: &FieldType) -> Vec<u8> {
    let FieldType::Message(target) = ty else {
        return Vec::new();
    };
    let sides = [side, side];
    let roots = [target.id, target.id];
    let around = Around(Kept::new(0, side.required_of(target.id).iter().copied()));
    let sliced = shapes::slice(sides, roots, &around);
    let (shapes, root) = sliced.side(0);
    encode(shapes, root, &filled(shapes, root, minimal(shapes, root)))
}

impl Comparer {
    /// The places where the change can show, each worth a [`Comparer::search`].
    pub fn places(&self, old: &Indexed, new: &Indexed, change: &Change) -> Vec<Focus> {
        self.compare(old, new).places([old, new], change)
    }

    /// The smallest message that shows the worst that can become of values in one place, for each of these runtimes in their order.
    pub fn search(
        &self,
        old: &Indexed,
        new: &Indexed,
        focus: &Focus,
        older_writes: bool,
        runtimes: &[Runtime],
    ) -> Vec<Option<Witness>> {
        let comparison = self.compare(old, new);
        let names = Names::new([old, new], &comparison, older_writes);
        each_found([old, new], &names, focus, runtimes)
    }

    /// The worst that whole messages of two types show, whatever changed in them, for each runtime in the order of [`Runtime::ALL`].
    pub fn send(
        &self,
        old: &Indexed,
        new: &Indexed,
        messages: [u32; 2],
        older_writes: bool,
    ) -> Vec<Option<Witness>> {
        let comparison = self.compare(old, new);
        let sides = [old, new];
        let names = Names::new(sides, &comparison, older_writes);
        let whole = shapes::slice(sides, messages, &Whole);
        let any = Runtime::Cpp;
        witness::search_each(&passage(&whole, any, older_writes, &names), &Runtime::ALL)
    }
}

/// A passage through two tables.
fn passage<'a>(
    sliced: &'a Sliced,
    runtime: Runtime,
    older_writes: bool,
    meanings: &'a dyn Meanings,
) -> Passage<'a> {
    let side = |side: usize| (&sliced.shapes[side], sliced.roots[side]);
    let (writer, reader) = if older_writes {
        (side(0), side(1))
    } else {
        (side(1), side(0))
    };
    Passage {
        writer,
        reader,
        runtime,
        older_writes,
        meanings,
    }
}

/// The same message with all that the whole schema requires, where it still shows the same.
fn complete(passage: &Passage<'_>, found: &Witness) -> Option<Witness> {
    let (shapes, id) = passage.writer;
    let mut meant = minimal(shapes, id);
    for (number, content) in &found.meant.fields {
        meant.fields.insert(*number, content.clone());
    }
    let mut whole = Witness::of(passage, filled(shapes, id, meant));
    let shown = whole.judgement.outcome == found.judgement.outcome
        && whole.held.is_err() == found.held.is_err();
    whole.judgement.path = found.judgement.path.clone();
    shown.then_some(whole)
}

/// Adds what nested messages require.
fn filled(shapes: &protoskew_wire::Shapes, id: usize, mut message: Message) -> Message {
    let Some(shape) = shapes.messages.get(id) else {
        return message;
    };
    for field in &shape.fields {
        let protoskew_wire::shape::Kind::Message(inner) = field.kind else {
            continue;
        };
        let fill = |value: &mut Value| {
            if let Value::Message(nested) = value {
                let mut all = minimal(shapes, inner);
                all.fields.append(&mut nested.fields.clone());
                *nested = filled(shapes, inner, all);
            }
        };
        match message.fields.get_mut(&field.number) {
            Some(Content::One(value)) => fill(value),
            Some(Content::Many(values)) => values.iter_mut().for_each(fill),
            Some(Content::Map(entries)) => entries.values_mut().for_each(fill),
            None => {}
        }
    }
    message
}

fn proof(passage: &Passage<'_>, witness: &Witness) -> Proof {
    let judgement = &witness.judgement;
    let sent = Side::of(passage.writer, &witness.meant, &judgement.path);
    let read = match &witness.held {
        Ok(held) => Side::of(passage.reader, held, &judgement.path),
        Err(refusal) => {
            let (message, id) = named(passage.reader);
            Side::refusing(message, id, refusal.to_string())
        }
    };
    let (shapes, id) = passage.reader;
    let reads_alike = |runtime: &Runtime| {
        let held = decode_with_groups(shapes, id, *runtime, &witness.bytes);
        let alike = match (held, &witness.held) {
            (Ok(held), Ok(shown)) => known(held) == known(shown.clone()),
            (held, shown) => held.is_err() == shown.is_err(),
        };
        alike || *runtime == passage.runtime
    };
    Proof {
        outcome: judgement.outcome,
        older_writes: passage.older_writes,
        runtime: passage.runtime,
        alike: Runtime::ALL.into_iter().filter(reads_alike).collect(),
        sent,
        read,
        bytes: witness.bytes.clone(),
    }
}

/// The message without what its schema does not have, and what its oneofs say is not set: whether that is kept makes no other
/// reading.
fn known(mut message: Message) -> Message {
    let strip = |value: &mut Value| {
        if let Value::Message(nested) = value {
            *nested = known(std::mem::take(nested));
        }
    };
    message.unknown.clear();
    message.beside.clear();
    for content in message.fields.values_mut() {
        match content {
            Content::One(value) => strip(value),
            Content::Many(values) => values.iter_mut().for_each(strip),
            Content::Map(entries) => entries.values_mut().for_each(strip),
        }
    }
    message
}

/// The fields of one change, and of other messages below them only what is not reported by itself.
struct Part<'a> {
    focus: &'a Focus,
    renames: &'a Renames,
}

impl Cut for Part<'_> {
    fn kept(&self) -> Option<Kept> {
        let numbers = self.focus.numbers.as_ref()?;
        Some(Kept::new(
            0,
            numbers.iter().chain(&self.focus.beside).copied(),
        ))
    }

    fn is_settled(&self, old: &str, new: &str) -> bool {
        old == new || self.renames.types.get(old).is_some_and(|to| to == new)
    }

    fn is_settled_enum(&self, old: &str, new: &str) -> bool {
        !self.focus.about_enum && self.is_settled(old, new)
    }
}
