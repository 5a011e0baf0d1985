//! The table of types: what a value written in one form becomes where another form is read.

use protoskew_schema::Scalar;

use super::differ::{Differ, TakenBySome};
use super::enums::nameless;
use super::forms::{Form, Rules, Special as SpecialText};
use super::nested::Walk;
use super::{ByParser, JsonReading, UNKNOWN_NAME, Way};
use crate::outcome::Outcome;

/// What becomes of one value. `names` counts only where the forms are those of plain structs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) strict: Outcome,
    pub(super) lenient: Outcome,
    pub(super) names: Outcome,
    /// The value that shows it; empty: any.
    pub(super) value: String,
    pub(super) why: &'static str,
    pub(super) differ: Differ,
}

impl Read {
    pub(super) fn new(outcome: Outcome, why: &'static str) -> Self {
        Self {
            strict: outcome,
            lenient: outcome,
            names: outcome,
            value: String::new(),
            why,
            differ: Differ::default(),
        }
    }

    pub(super) fn same() -> Self {
        Self::new(Outcome::Same, "")
    }

    pub(super) fn compatible() -> Self {
        Self::new(Outcome::Compatible, "")
    }

    pub(super) fn refused(why: &'static str) -> Self {
        Self::new(Outcome::Reject, why)
    }

    /// The name of an enum's value that the reader does not know: a lenient parser ignores it, plain structs do not.
    pub(super) fn unknown_name(lenient: Outcome) -> Self {
        Self {
            lenient,
            differ: Differ {
                unknown_name: true,
                taken: None,
            },
            ..Self::refused("no value has this name")
        }
    }

    /// The name of a field that the reader does not know.
    pub(super) fn unknown_field(lenient: Outcome) -> Self {
        Self {
            lenient,
            names: lenient,
            ..Self::refused(UNKNOWN_NAME)
        }
    }

    pub(super) fn showing(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    fn taken_by_some(mut self, what: TakenBySome) -> Self {
        self.differ = Differ::taken(what);
        self
    }

    pub(super) fn outcome(&self) -> ByParser {
        ByParser::of(self.strict, self.lenient, self.names)
    }

    /// The worse of the two, parser by parser; what is worse is what is shown.
    pub(super) fn max(self, other: Self) -> Self {
        let differ = self
            .differ
            .max(self.outcome(), other.differ, other.outcome());
        let rank = |read: &Self| read.strict.max(read.lenient).max(read.names);
        let (mut shown, rest) = if rank(&other) > rank(&self) {
            (other, self)
        } else {
            (self, other)
        };
        shown.differ = differ;
        shown.strict = shown.strict.max(rest.strict);
        shown.lenient = shown.lenient.max(rest.lenient);
        shown.names = shown.names.max(rest.names);
        shown
    }

    fn shown_in(mut self, around: impl Fn(&str) -> String) -> Self {
        if !self.value.is_empty() {
            self.value = around(&self.value);
        }
        self
    }
}

impl Way<'_> {
    /// What becomes of a field's value, by both sets of rules. `name` is what the writer calls it.
    pub(super) fn reading(self, name: &str, forms: impl Fn(Rules) -> [Form; 2]) -> JsonReading {
        let read = |rules| {
            let [writer, reader] = forms(rules);
            let mut walk = Walk::default();
            let read = self
                .read_form(&writer, &reader, &mut walk)
                .max(self.finish(walk, rules));
            let value = if read.value.is_empty() {
                writer.sample(self.writer)
            } else {
                read.value.clone()
            };
            (read, value)
        };
        let (proto, value) = read(Rules::ProtoJson);
        let (structs, other_value) = read(Rules::Structs);
        let outcome = ByParser::of(proto.strict, proto.lenient, structs.names);
        let broken = proto.strict.max(proto.lenient) > Outcome::Compatible;
        let (value, why) = if broken {
            (value, proto.why)
        } else {
            (other_value, structs.why)
        };
        let written = if name.is_empty() {
            value
        } else {
            format!("{{\"{name}\":{value}}}")
        };
        let mut reading = JsonReading::new(outcome, written, why);
        reading.differ = proto.differ;
        reading
    }

    /// What becomes of a value of one form, read as another.
    pub(super) fn read_form(self, writer: &Form, reader: &Form, walk: &mut Walk) -> Read {
        use Form::*;
        match (writer, reader) {
            (Unknown(_), Unknown(_) | Object(_) | Enum(_)) | (Object(_) | Enum(_), Unknown(_)) => {
                Read::compatible()
            }
            (Unknown(_), _) | (_, Unknown(_)) => {
                Read::new(Outcome::Lossy, "one of the types is not known")
            }
            (Anything, Anything) | (Any, Any) | (Null, Null) => Read::same(),
            // anything may hold whatever there is; 64-bit integers and enums arrive as strings
            (_, Anything) => Read::compatible(),
            (Anything, _) => Read::refused("any value may stand here"),
            // null is absence
            (Null, List(_) | Map(..) | Object(_)) => Read::compatible(),
            (Null, _) => Read::compatible(),

            (List(a), List(b)) => self
                .read_form(a, b, walk)
                .shown_in(|value| format!("[{value}]")),
            (List(_), _) => Read::refused("a list, where one value is read"),
            (_, List(_)) => Read::refused("one value, where a list is read")
                .taken_by_some(TakenBySome::OneForList),

            (Map(key, a), Map(other, b)) => {
                let keys = self.keys(*key, *other);
                let key = key_sample(*key);
                keys.max(
                    self.read_form(a, b, walk)
                        .shown_in(|value| format!("{{\"{key}\":{value}}}")),
                )
            }
            (Map(..), Object(_)) => Read::unknown_field(Outcome::Lossy),
            (Object(id), Map(Scalar::String, value)) => {
                let fields = &self.writer.message(*id).fields;
                fields.iter().fold(Read::compatible(), |worst, field| {
                    let form = Form::of(field, self.writer, Rules::ProtoJson);
                    let name = &field.json_name;
                    worst.max(
                        self.read_form(&form, value, walk)
                            .shown_in(|value| format!("{{\"{name}\":{value}}}")),
                    )
                })
            }
            (Any, Map(Scalar::String, _)) => Read::refused("its fields are of any type"),
            (Any, Object(_)) => Read::unknown_field(Outcome::Lossy),
            (Object(a), Object(b)) => {
                walk.open(*a, *b);
                Read::same()
            }
            (Object(_) | Map(..) | Any, _) => {
                Read::refused("an object, where a plain value is read")
            }
            (_, Object(_) | Map(..) | Any) => {
                Read::refused("a plain value, where an object is read")
            }

            (Enum(a), Enum(b)) => self.enums(*a, *b),
            (_, Null) => Read::refused("not null"),
            (Special(a), Special(b)) if a == b => Read::same(),
            (Special(_), Text) => Read::compatible(),
            // some parsers skip what is no base64, so that even a time is read
            (Special(_), Bytes) => Read::new(Outcome::Misread, "read as base64"),
            (Special(_), Enum(_)) => Read::unknown_name(Outcome::Lossy),
            (Special(_), _) => Read::refused("a text of its own kind"),
            (Bytes, Special(SpecialText::FieldMask)) => {
                Read::new(Outcome::Misread, "base64 read as a field mask").showing("\"abcd\"")
            }
            (Text, Special(_)) => Read::refused("not every text is of that kind"),
            (_, Special(_)) => Read::refused("no text of that kind"),

            (Bool, Bool) | (Text, Text) | (Bytes, Bytes) => Read::same(),
            (Bool, _) => Read::refused("true or false, where something else is read"),
            (_, Bool) => Read::refused("neither true nor false"),

            (Integer { .. }, Integer { .. }) => integers(writer, reader),
            (Integer { least, most, .. }, Real { double }) => {
                // the widest integer that every number of the kind can hold
                let exact: i128 = if *double { 1 << 53 } else { 1 << 24 };
                if -exact <= *least && *most <= exact {
                    Read::compatible()
                } else {
                    Read::new(Outcome::Lossy, "rounded").showing(quoted(writer, exact + 1))
                }
            }
            (Integer { text: true, .. }, Text) => Read::compatible(),
            (Integer { text: true, .. }, Bytes) => {
                Read::new(Outcome::Misread, "digits read as base64").showing("\"1234\"")
            }
            (Integer { text: true, .. }, Enum(_)) => Read::unknown_name(Outcome::Lossy),
            (Integer { most, .. }, Enum(_)) if *most > i32::MAX.into() => {
                Read::refused("out of range").showing(quoted(writer, *most))
            }
            (Integer { .. }, Enum(id)) => {
                let number = "a number that has no name there";
                let reader = self.reader.enumeration(*id);
                if reader.closed {
                    Read::refused(number).taken_by_some(TakenBySome::ClosedNumber)
                } else {
                    Read::new(Outcome::Blind, number)
                }
                .showing(nameless(&reader.values))
            }
            (Integer { .. }, Text) => Read::refused("a number, where a text is read")
                .taken_by_some(TakenBySome::NumberForText),
            (Integer { .. }, _) => Read::refused("a number, where a text is read"),

            (Real { double: a }, Real { double: b }) if a == b => Read::same(),
            (Real { double: false }, Real { .. }) => Read::compatible(),
            (Real { .. }, Real { .. }) => Read::refused("out of range").showing("1e300"),
            (Real { .. }, Integer { .. }) => Read::refused("not an integer").showing("1.5"),
            (Real { .. }, Bytes) => {
                Read::new(Outcome::Misread, "read as base64").showing("\"Infinity\"")
            }
            (Real { .. }, Enum(_)) => Read::refused("not an integer").showing("1.5"),
            (Real { .. }, Text) => Read::refused("a number, where a text is read")
                .taken_by_some(TakenBySome::NumberForText),

            (Text, Bytes) => Read::new(Outcome::Misread, "read as base64").showing("\"abcd\""),
            (Text, Integer { .. } | Real { .. }) => Read::refused("not every text is a number"),
            (Text | Bytes, Enum(_)) => Read::unknown_name(Outcome::Lossy),
            (Bytes, Text) => Read::new(Outcome::Misread, "base64 read as a text"),
            (Bytes, Integer { .. } | Real { .. }) => {
                Read::new(Outcome::Misread, "base64 read as a number").showing("\"1234\"")
            }

            // a closed enum's values have names; what an open one holds may have none, and is written as a number
            (Enum(id), Text) => {
                let writer = self.writer.enumeration(*id);
                if writer.closed {
                    return Read::compatible();
                }
                Read::refused("a number that has no name, where a text is read")
                    .showing(nameless(&writer.values))
                    .taken_by_some(TakenBySome::NumberForText)
            }
            (Enum(_), Bytes) => {
                Read::new(Outcome::Misread, "a name read as base64").showing("\"NAME\"")
            }
            (Enum(_), _) => Read::refused("a name, where a number is read"),
        }
    }

    /// Keys are strings that hold a value of their type.
    fn keys(self, writer: Scalar, reader: Scalar) -> Read {
        let form = |scalar| Form::key(scalar);
        let read = match (writer, reader) {
            (a, b) if a == b => Read::same(),
            (_, Scalar::String) => Read::compatible(),
            (Scalar::String, _) => Read::refused("not every key is of that type").showing("\"a\""),
            (Scalar::Bool, _) => Read::refused("a key that is no number").showing("\"true\""),
            (_, Scalar::Bool) => {
                Read::refused("a key that is neither true nor false").showing("\"1\"")
            }
            (a, b) => integers(&form(a), &form(b)),
        };
        read.shown_in(|key| format!("{{\"{}\":…}}", key.trim_matches('"')))
    }
}

impl Form {
    fn key(scalar: Scalar) -> Self {
        let narrow = matches!(
            scalar,
            Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 | Scalar::Uint32 | Scalar::Fixed32
        );
        let unsigned = matches!(
            scalar,
            Scalar::Uint32 | Scalar::Fixed32 | Scalar::Uint64 | Scalar::Fixed64
        );
        let (least, most) = match (narrow, unsigned) {
            (true, true) => (0, u32::MAX.into()),
            (true, false) => (i32::MIN.into(), i32::MAX.into()),
            (false, true) => (0, u64::MAX.into()),
            (false, false) => (i64::MIN.into(), i64::MAX.into()),
        };
        Form::Integer {
            least,
            most,
            text: true,
        }
    }
}

fn integers(writer: &Form, reader: &Form) -> Read {
    let (
        Form::Integer { least, most, text },
        Form::Integer {
            least: low,
            most: high,
            text: other,
        },
    ) = (writer, reader)
    else {
        return Read::same();
    };
    if most > high {
        Read::refused("out of range").showing(quoted(writer, *most))
    } else if least < low {
        Read::refused("out of range").showing(quoted(writer, -1))
    } else if (least, most, text) == (low, high, other) {
        Read::same()
    } else {
        Read::compatible()
    }
}

/// An integer as its form is written.
fn quoted(form: &Form, value: i128) -> String {
    if matches!(form, Form::Integer { text: true, .. }) {
        format!("\"{value}\"")
    } else {
        value.to_string()
    }
}

fn key_sample(key: Scalar) -> &'static str {
    match key {
        Scalar::Bool => "true",
        Scalar::String => "a",
        _ => "1",
    }
}
