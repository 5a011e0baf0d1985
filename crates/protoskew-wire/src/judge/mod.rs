//! What became of a message: what the writer meant against what the reader holds.
//!
//! A value that both types can express and that arrives as another one is misread; one that only the writer's type can express,
//! or that does not arrive at all, is lost.

mod arrival;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::decode::Refusal;
use crate::outcome::Outcome;
use crate::runtime::{Extensions, Runtime, WireTypeDiffers};
use crate::shape::{Cardinality, EnumShape, FieldShape, Kind, MessageShape, Presence, Shapes};
use crate::value::{Content, Key, Message, Value};

/// What the two sides mean by their numbers; the first of each pair is the writer's.
pub trait Meanings {
    /// Whether the two fields of one number are one field.
    fn same_field(&self, messages: [&MessageShape; 2], fields: [&FieldShape; 2]) -> bool;

    /// Whether the other side has the field of the writer (`true`) or of the reader under another number.
    fn is_elsewhere(
        &self,
        messages: [&MessageShape; 2],
        field: &FieldShape,
        of_writer: bool,
    ) -> bool;

    /// What a number of the writer's enum is to the reader's.
    fn number(&self, enums: [&EnumShape; 2], number: i32) -> NumberMeaning;
}

/// What a number of the writer's enum is to the reader's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberMeaning {
    /// The same value.
    Same,
    /// Another value.
    Other,
    /// Not listed; the value that it is to the writer has another number.
    Elsewhere,
    /// Not listed.
    Unlisted,
}

/// Meanings by name alone: what is called the same is the same.
#[derive(Clone, Copy, Debug)]
pub struct ByName;

impl Meanings for ByName {
    fn same_field(&self, _: [&MessageShape; 2], fields: [&FieldShape; 2]) -> bool {
        fields[0].name == fields[1].name
    }

    fn is_elsewhere(
        &self,
        messages: [&MessageShape; 2],
        field: &FieldShape,
        of_writer: bool,
    ) -> bool {
        let mut others = messages[usize::from(of_writer)].fields.iter();
        others.any(|other| other.name == field.name && other.number != field.number)
    }

    fn number(&self, [writer, reader]: [&EnumShape; 2], number: i32) -> NumberMeaning {
        let names = |each: &'_ EnumShape| -> Vec<String> {
            let all = each.values.iter().filter(|(listed, _)| *listed == number);
            all.map(|(_, name)| name.clone()).collect()
        };
        let (meant, read) = (names(writer), names(reader));
        if meant.iter().any(|name| read.contains(name)) || (meant.is_empty() && read.is_empty()) {
            NumberMeaning::Same
        } else if !read.is_empty() {
            NumberMeaning::Other
        } else if reader.values.iter().any(|(_, name)| meant.contains(name)) {
            NumberMeaning::Elsewhere
        } else {
            NumberMeaning::Unlisted
        }
    }
}

/// One message on its way: who writes it, who reads it, and what each calls things.
#[derive(Clone, Copy)]
pub struct Passage<'a> {
    /// The writer's shapes, and the index of the message.
    pub writer: (&'a Shapes, usize),
    /// The reader's.
    pub reader: (&'a Shapes, usize),
    /// What the reader is built with.
    pub runtime: Runtime,
    /// The writer is the older side: what only the reader has is absent, not withdrawn.
    pub older_writes: bool,
    /// What the two sides mean by their numbers.
    pub meanings: &'a dyn Meanings,
}

/// The worst that became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// What became of it.
    pub outcome: Outcome,
    /// The fields that lead to it, by number; empty where the whole message was refused, and where nothing happened.
    pub path: Vec<u32>,
}

/// What a judgement asks of a runtime beside what it holds: runtimes that answer alike, and hold the same, are judged alike.
pub(crate) type Asked = (Extensions, WireTypeDiffers);

pub(crate) fn asked(runtime: Runtime) -> Asked {
    let answers = runtime.answers();
    (answers.extensions.is, answers.wire_type.is)
}

/// What became of the message `meant`, of which the reader holds `held`.
pub fn judge(
    passage: &Passage<'_>,
    meant: &Message,
    held: Result<&Message, &Refusal>,
) -> Judgement {
    let mut judge = Judge {
        passage,
        path: Vec::new(),
        worst: Judgement {
            outcome: Outcome::Compatible,
            path: Vec::new(),
        },
    };
    let (writer, reader) = (passage.writer, passage.reader);
    match held {
        Err(_) => judge.note(Outcome::Reject),
        Ok(held) => {
            let shapes = (
                writer.0.messages.get(writer.1),
                reader.0.messages.get(reader.1),
            );
            if let (Some(writer), Some(reader)) = shapes {
                judge.message([writer, reader], [meant, held]);
            }
        }
    }
    judge.worst
}

struct Judge<'a> {
    passage: &'a Passage<'a>,
    path: Vec<u32>,
    worst: Judgement,
}

impl Judge<'_> {
    fn note(&mut self, outcome: Outcome) {
        if outcome > self.worst.outcome {
            self.worst = Judgement {
                outcome,
                path: self.path.clone(),
            };
        }
    }

    fn message(&mut self, shapes: [&MessageShape; 2], messages: [&Message; 2]) {
        let [writer, reader] = shapes;
        let [meant, held] = messages;
        let registered = asked(self.passage.runtime).0 == Extensions::Registered;
        let meanings = self.passage.meanings;
        for field in &writer.fields {
            self.path.push(field.number);
            let sent = meant.fields.get(&field.number);
            let sent = sent.filter(|content| is_sent(field, content));
            let theirs = reader.field(field.number);
            match theirs.filter(|theirs| registered || !theirs.extension) {
                None if sent.is_none() => {}
                // an extension has no place with a reader that reads none
                None if (registered || !field.extension)
                    && meanings.is_elsewhere(shapes, field, true) =>
                {
                    self.note(Outcome::Lossy);
                }
                None => self.note(Outcome::Blind),
                Some(theirs) => {
                    let there = held.fields.get(&field.number);
                    if meanings.same_field(shapes, [field, theirs]) {
                        self.contents([field, theirs], [sent, there]);
                    } else if there.is_some_and(|content| !is_empty(content)) {
                        self.note(Outcome::Misread);
                    } else if sent.is_some() {
                        self.note(Outcome::Lossy);
                    }
                }
            }
            self.path.pop();
        }
        for field in &reader.fields {
            if writer.field(field.number).is_some() || (field.extension && !registered) {
                continue;
            }
            self.path.push(field.number);
            let there = held.fields.get(&field.number);
            if there.is_some_and(|content| !is_empty(content)) {
                self.note(Outcome::Misread);
            } else if self.passage.older_writes {
                self.note(Outcome::Absent);
            } else if !meanings.is_elsewhere(shapes, field, false) {
                self.note(Outcome::Withdrawn);
            }
            self.path.pop();
        }
    }

    /// One field that is the same to both.
    fn contents(&mut self, fields: [&FieldShape; 2], [sent, there]: [Option<&Content>; 2]) {
        let [field, theirs] = fields;
        let maps = fields.map(|field| matches!(field.cardinality, Cardinality::Map(_)));
        let singular = fields.map(|field| field.cardinality == Cardinality::Singular);
        // whoever reads a oneof asks first what is set; who had a default of the field's own read that
        let asked_first = match fields.map(|field| field.oneof.is_some()) {
            [true, true] => true,
            [false, false] => false,
            _ => fields.iter().all(|field| field.default.is_none()),
        };
        let alone = singular == [true; 2] && !asked_first;
        let zero = |field: &FieldShape| Value::absent(field, self.passage.reader.0);
        let Some(sent) = sent else {
            match there {
                // an entry of a map holds both its parts, sent or not
                Some(Content::One(value)) if *value == zero(theirs) => {}
                // bytes of another field were read as this one's
                Some(content) if !is_empty(content) => self.note(Outcome::Misread),
                _ if alone => {
                    let zeros = [
                        Value::absent(field, self.passage.writer.0),
                        Value::absent(theirs, self.passage.reader.0),
                    ];
                    // one number may be two values of an enum
                    let enums = fields.map(|field| matches!(field.kind, Kind::Enum(_)));
                    let differ = zeros[0] != zeros[1] || enums == [true; 2];
                    if !matches!(field.kind, Kind::Message(_)) && differ {
                        self.absent(fields, &zeros);
                    }
                }
                _ => {}
            }
            return;
        };
        match (sent, there) {
            (Content::Map(meant), Some(Content::Map(held))) => self.maps(fields, meant, held),
            (Content::Map(_), None) => self.note(Outcome::Lossy),
            (Content::Map(meant), Some(there)) => {
                let entries: Vec<Value> = meant.iter().map(entry).collect();
                self.list(fields, maps, &entries, there);
            }
            // a part of an entry that was skipped reads as its default
            (Content::One(_), Some(Content::One(read)))
                if self.skips()
                    && field.wire_type() != theirs.wire_type()
                    && *read == zero(theirs) =>
            {
                self.note(Outcome::Lossy);
            }
            (Content::One(value), there) => match there {
                None if singular[1] => {
                    // a zero that is not there is read as one all the same
                    let read = Value::absent(theirs, self.passage.reader.0);
                    let arrives = !matches!(value, Value::Message(_))
                        && comparable(fields)
                        && self.value(fields, maps, value, &read, true) <= Outcome::Compatible;
                    if !arrives {
                        self.note(Outcome::Lossy);
                    }
                }
                None => self.note(Outcome::Lossy),
                Some(there) => self.list(fields, maps, std::slice::from_ref(value), there),
            },
            (Content::Many(_), None) => self.note(Outcome::Lossy),
            (Content::Many(values), Some(there)) => self.list(fields, maps, values, there),
        }
    }

    /// Whether the runtime skips what has a wire type that it does not expect.
    fn skips(&self) -> bool {
        asked(self.passage.runtime).1 == WireTypeDiffers::Skip
    }

    /// Both sides read something of an absent field, and it is not the same.
    fn absent(&mut self, fields: [&FieldShape; 2], zeros: &[Value; 2]) {
        if !comparable(fields) {
            return;
        }
        let outcome = self.value(fields, [false; 2], &zeros[0], &zeros[1], true);
        if outcome > Outcome::Compatible {
            self.note(Outcome::Misread);
        }
    }

    /// Values that were sent, against all that is there.
    fn list(&mut self, fields: [&FieldShape; 2], maps: [bool; 2], sent: &[Value], there: &Content) {
        let held: Vec<Value> = match there {
            Content::One(value) => vec![value.clone()],
            Content::Many(values) => values.clone(),
            Content::Map(entries) => {
                let mut entries: Vec<Value> = entries.iter().map(entry).collect();
                let mut found: Vec<Value> = Vec::new();
                for value in sent {
                    // the entry with the same key, wherever it stands; else one whose key went wrong
                    let same = entries.iter().position(|it| key_of(it) == key_of(value));
                    if !entries.is_empty() {
                        found.push(entries.remove(same.unwrap_or(0)));
                    }
                }
                found
            }
        };
        if held.len() < sent.len() && !held.is_empty() {
            // what is there must at least be some of what was sent
            let strange = |read: &Value| match (read, sent.first()) {
                (Value::Message(_), Some(Value::Message(_))) => false,
                _ => !sent.contains(read),
            };
            let messages = matches!(sent.first(), Some(Value::Message(_)));
            let lists = matches!(there, Content::Many(_)) || !messages;
            self.note(if lists && held.iter().any(strange) {
                Outcome::Misread
            } else {
                Outcome::Lossy
            });
        }
        if let Content::Map(entries) = there
            && entries.len() < sent.len()
        {
            self.note(Outcome::Lossy);
        }
        if held.is_empty() {
            self.note(Outcome::Lossy);
        }
        if held.len() > sent.len() {
            self.note(Outcome::Misread);
        }
        // of several values a singular field keeps the last
        let skipped = match there {
            Content::One(_) => sent.len().saturating_sub(1),
            _ => 0,
        };
        for (value, read) in sent.iter().skip(skipped).zip(&held) {
            if held.len() < sent.len() - skipped && value != read {
                continue;
            }
            let outcome = self.value(fields, maps, value, read, false);
            self.note(outcome);
        }
    }

    fn maps(
        &mut self,
        fields: [&FieldShape; 2],
        meant: &BTreeMap<Key, Value>,
        held: &BTreeMap<Key, Value>,
    ) {
        let keys = fields.map(|field| match field.cardinality {
            Cardinality::Map(key) => field.entry_key(key),
            _ => field.entry_value(),
        });
        let keys = [&keys[0], &keys[1]];
        // a key that was skipped reads as the default, and so does a value
        let zero = |field: &FieldShape| Value::absent(field, self.passage.reader.0);
        let (no_key, no_value) = (zero(keys[1]), zero(&fields[1].entry_value()));
        let skipped_key = keys[0].wire_type() != keys[1].wire_type();
        let values = fields.map(FieldShape::entry_value);
        let values = [&values[0], &values[1]];
        let skipped_value = values[0].wire_type() != values[1].wire_type();
        let strangers = held.keys().any(|key| {
            let default = skipped_key && no_key == key.clone().into();
            !default && !meant.contains_key(key)
        });
        for (key, value) in meant {
            match held.get(key) {
                Some(read) if skipped_value && *read == no_value => self.note(Outcome::Lossy),
                Some(read) => {
                    let outcome = self.value(values, [false; 2], value, read, false);
                    self.note(outcome);
                }
                // an ordinary key went to another one
                None if strangers && arrival::expresses(keys[1], &key.clone().into(), self) => {
                    self.note(Outcome::Misread);
                }
                None => self.note(Outcome::Lossy),
            }
        }
    }

    /// One value; `absent` where the reader only reads a default.
    fn value(
        &mut self,
        fields: [&FieldShape; 2],
        maps: [bool; 2],
        meant: &Value,
        held: &Value,
        absent: bool,
    ) -> Outcome {
        let (Value::Message(sent), Value::Message(read)) = (meant, held) else {
            return arrival::of(self, fields, meant, held, absent);
        };
        let passage = self.passage;
        let shape = |side: usize| -> Option<Cow<'_, MessageShape>> {
            let table = [passage.writer.0, passage.reader.0][side];
            match fields[side].kind {
                _ if maps[side] => Some(Cow::Owned(entry_shape(fields[side]))),
                Kind::Message(id) => table.messages.get(id).map(Cow::Borrowed),
                _ => None,
            }
        };
        if let (Some(writer), Some(reader)) = (shape(0), shape(1)) {
            self.message([&*writer, &*reader], [sent, read]);
        }
        Outcome::Same
    }
}

/// Whether the writer puts it on the wire.
pub(crate) fn is_sent(field: &FieldShape, content: &Content) -> bool {
    let implicit = field.presence == Presence::Implicit && field.oneof.is_none();
    match content {
        Content::One(value) => !(implicit && value.is_zero()),
        Content::Many(values) => !values.is_empty(),
        Content::Map(entries) => !entries.is_empty(),
    }
}

fn is_empty(content: &Content) -> bool {
    match content {
        Content::One(_) => false,
        Content::Many(values) => values.is_empty(),
        Content::Map(entries) => entries.is_empty(),
    }
}

/// Values of one kind of bytes: what may be one value. That the kinds differ says more than any default.
fn comparable(fields: [&FieldShape; 2]) -> bool {
    let message = fields.map(|field| matches!(field.kind, Kind::Message(_)));
    message == [false; 2] && fields[0].wire_type() == fields[1].wire_type()
}

/// The entry of a map as the message that it is on the wire.
fn entry((key, value): (&Key, &Value)) -> Value {
    Value::Message(
        Message::default()
            .with(1, Content::One(key.clone().into()))
            .with(2, Content::One(value.clone())),
    )
}

fn key_of(entry: &Value) -> Option<&Value> {
    match entry {
        Value::Message(message) => match message.fields.get(&1) {
            Some(Content::One(value)) => Some(value),
            _ => None,
        },
        _ => None,
    }
}

fn entry_shape(field: &FieldShape) -> MessageShape {
    let mut fields = Vec::new();
    if let Cardinality::Map(key) = field.cardinality {
        fields.push(field.entry_key(key));
    }
    fields.push(field.entry_value());
    MessageShape {
        name: "entry".to_owned(),
        fields,
        origin: u32::MAX,
    }
}
