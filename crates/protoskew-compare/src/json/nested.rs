//! Messages and enums of other names, compared as JSON: fields by their names, at any depth.

use protoskew_schema::{Field, FieldType, Message, Presence};
use rustc_hash::{FxHashMap, FxHashSet};

use super::forms::{Form, Rules};
use super::table::Read;
use super::{JsonReading, Way};
use crate::members::Members;
use crate::outcome::Outcome;

/// Pairs of messages that are yet to be compared, instead of a recursion: types may refer to each other in circles.
#[derive(Debug, Default)]
pub(super) struct Walk {
    open: Vec<(u32, u32)>,
}

impl Walk {
    pub(super) fn open(&mut self, written: u32, read: u32) {
        self.open.push((written, read));
    }
}

impl Way<'_> {
    /// What becomes of a whole message.
    pub(super) fn root(self, written: &FieldType, read: &FieldType) -> JsonReading {
        self.reading("", |rules| {
            [
                Form::of_type(written, self.writer, rules),
                Form::of_type(read, self.reader, rules),
            ]
        })
    }

    /// The worst that happens below what was found so far. Types that are one report their changes themselves.
    pub(super) fn finish(self, mut walk: Walk, rules: Rules) -> Read {
        let mut worst = Read::same();
        let mut seen: FxHashSet<(u32, u32)> = FxHashSet::default();
        while let Some(pair) = walk.open.pop() {
            let (written, read) = (self.writer.message(pair.0), self.reader.message(pair.1));
            if !self.one_type(&written.name, &read.name) && seen.insert(pair) {
                worst = worst.max(self.messages(written, read, rules, &mut walk));
            }
        }
        worst
    }

    fn messages(self, written: &Message, read: &Message, rules: Rules, walk: &mut Walk) -> Read {
        let read = Fields::of(read);
        written
            .fields
            .iter()
            .map(|field| {
                let name = name(field, rules);
                let Some(reader) = read.accepting(name, rules) else {
                    return read.unknown(field).showing(format!(
                        "{{\"{name}\":{}}}",
                        Form::of(field, self.writer, rules).sample(self.writer)
                    ));
                };
                let forms = (
                    Form::of(field, self.writer, rules),
                    Form::of(reader, self.reader, rules),
                );
                self.read_form(&forms.0, &forms.1, walk)
            })
            .fold(Read::compatible(), Read::max)
    }

    /// Two enums of other names: values by their names.
    pub(super) fn enums(self, written: u32, read: u32) -> Read {
        let (written, read) = (
            self.writer.enumeration(written),
            self.reader.enumeration(read),
        );
        if self.one_type(&written.name, &read.name) {
            return Read::same();
        }
        let (sent, known) = (Members::of_enum(written), Members::of_enum(read));
        let unknown = sent.all.iter().filter(|value| {
            let first = sent.numbered(value.number);
            let written = first.is_some_and(|(_, first)| first.name == value.name);
            written && known.named(&value.name).is_none()
        });
        unknown.fold(Read::compatible(), |worst, value| {
            let number_known = known.numbered(value.number).is_some();
            let lenient = if number_known {
                Outcome::Lossy
            } else {
                Outcome::Blind
            };
            worst.max(Read::unknown_name(lenient).showing(format!("\"{}\"", value.name)))
        })
    }
}

/// The name under which a field is written.
pub(super) fn name(field: &Field, rules: Rules) -> &str {
    match rules {
        Rules::ProtoJson => &field.json_name,
        Rules::Structs => &field.name,
    }
}

/// A message's fields as a parser of JSON finds them.
pub(crate) struct Fields<'m> {
    members: Members<'m, Field>,
    by_json_name: FxHashMap<&'m str, &'m Field>,
}

impl<'m> Fields<'m> {
    pub(crate) fn of(message: &'m Message) -> Self {
        let mut by_json_name: FxHashMap<&str, &Field> = FxHashMap::default();
        for field in &message.fields {
            by_json_name.entry(&field.json_name).or_insert(field);
        }
        Self {
            members: Members::of(message),
            by_json_name,
        }
    }

    /// The field of that index.
    pub(super) fn at(&self, index: usize) -> Option<&'m Field> {
        self.members.all.get(index)
    }

    /// The field of that number.
    pub(super) fn numbered(&self, number: u32) -> Option<&'m Field> {
        self.members.numbered(number).map(|(_, field)| field)
    }

    /// The field that a name is read as: ProtoJSON's parsers take the JSON name and the original one.
    pub(super) fn accepting(&self, name: &str, rules: Rules) -> Option<&'m Field> {
        let original = || self.members.named(name).map(|(_, field)| field);
        match rules {
            Rules::ProtoJson => self.by_json_name.get(name).copied().or_else(original),
            Rules::Structs => original(),
        }
    }

    /// Whether what is read as a field that must be there may not be: nothing that always is there is written under its name.
    pub(super) fn may_leave_out(&self, reader: &Field) -> bool {
        let required = |field: &Field| field.presence == Presence::Required;
        let by_name = |name: &str| self.by_json_name.get(name).is_some_and(|it| required(it));
        required(reader) && !by_name(&reader.json_name) && !by_name(&reader.name)
    }

    /// A field whose name the reader does not know: lost where the reader knows its number, so that both mean one field.
    fn unknown(&self, field: &Field) -> Read {
        let known = self.members.numbered(field.number).is_some();
        Read::unknown_field(if known {
            Outcome::Lossy
        } else {
            Outcome::Blind
        })
    }
}
