//! Messages and enums of other names, compared as JSON: fields by their names, at any depth.

use protoskew_schema::{Field, FieldType, Message};
use rustc_hash::FxHashSet;

use super::forms::{Form, Rules};
use super::table::Read;
use super::{JsonReading, Way};
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
        written
            .fields
            .iter()
            .map(|field| {
                let name = name(field, rules);
                let Some(reader) = accepting(read, name, rules) else {
                    return unknown(field, read).showing(format!(
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
        let unknown = written.values.iter().filter(|value| {
            let first = written
                .values
                .iter()
                .find(|each| each.number == value.number);
            let known = read.values.iter().any(|each| each.name == value.name);
            !known && first.is_some_and(|first| first.name == value.name)
        });
        unknown.fold(Read::compatible(), |worst, value| {
            let number_known = read.values.iter().any(|each| each.number == value.number);
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

/// The field that a name is read as: ProtoJSON's parsers take the JSON name and the original one.
pub(super) fn accepting<'m>(message: &'m Message, name: &str, rules: Rules) -> Option<&'m Field> {
    let fields = &message.fields;
    let json = || fields.iter().find(|field| field.json_name == name);
    let original = || fields.iter().find(|field| field.name == name);
    match rules {
        Rules::ProtoJson => json().or_else(original),
        Rules::Structs => original(),
    }
}

/// A field whose name the reader does not know: lost where the reader knows its number, so that both mean one field.
pub(super) fn unknown(field: &Field, reader: &Message) -> Read {
    let known = reader.fields.iter().any(|each| each.number == field.number);
    Read::unknown_field(if known {
        Outcome::Lossy
    } else {
        Outcome::Blind
    })
}
