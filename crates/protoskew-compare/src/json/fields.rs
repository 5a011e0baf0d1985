//! What a change of a field does to JSON.

use protoskew_schema::{Field, FieldType, Presence, Scalar};

use super::forms::{Form, Rules};
use super::nested::{Fields, name};
use super::table::Read;
use super::{ByParser, JsonImpact, JsonReading, Lens, UNKNOWN_NAME, Way, as_on_the_wire, unseen};
use crate::change::{Carrier, ChangeKind};
use crate::defaults::{self, is_enum};
use crate::messages::Local;
use crate::outcome::Outcome;

/// What one change between two messages does; `None` where no parser notices.
pub(crate) fn change(
    lens: Lens<'_>,
    (old, new): &(Fields<'_>, Fields<'_>),
    local: &Local,
    carrier: &Carrier,
) -> Option<JsonImpact> {
    if unseen(&local.kind) {
        return None;
    }
    let before = local.old.index().and_then(|at| old.at(at));
    let after = local.new.index().and_then(|at| new.at(at));
    let [forth, back] = lens.ways();
    let mut readings = match (&local.kind, before, after) {
        (ChangeKind::FieldAdded { .. } | ChangeKind::ExtensionAdded { .. }, _, Some(after)) => [
            JsonReading::plain(Outcome::Absent),
            back.sent(after, old, Meaning::Another),
        ],
        (
            ChangeKind::FieldRemoved { .. } | ChangeKind::ExtensionRemoved { .. },
            Some(before),
            _,
        ) => [
            forth.sent(before, new, Meaning::Another),
            JsonReading::plain(Outcome::Withdrawn),
        ],
        // by its name it is another one's
        (
            ChangeKind::FieldRenamed {
                namesake: Some(_), ..
            },
            Some(before),
            Some(after),
        ) => [
            forth.sent(before, new, Meaning::TheSame),
            back.sent(after, old, Meaning::TheSame),
        ],
        (
            ChangeKind::FieldRenamed { .. }
            | ChangeKind::JsonNameChanged { .. }
            | ChangeKind::ExtensionMoved { .. },
            Some(before),
            Some(after),
        ) => [
            forth.called(before, new, Meaning::TheSame),
            back.called(after, old, Meaning::TheSame),
        ],
        (
            ChangeKind::FieldTypeChanged {
                reused: Some(_), ..
            },
            Some(before),
            Some(after),
        ) => [
            forth.sent(before, new, Meaning::Another),
            back.sent(after, old, Meaning::Another),
        ],
        (ChangeKind::FieldRenumbered { old: number, .. }, Some(before), Some(after)) => {
            let typed = back.typed(after, old);
            // of a new field that took the number over nothing else tells
            let taker = new.numbered(*number);
            let taker = taker.filter(|taker| old.accepting(&taker.name, Rules::Structs).is_none());
            let back = match taker {
                Some(taker) => typed.or_worse(back.sent(taker, old, Meaning::Another)),
                None => typed,
            };
            let forth = forth.typed(before, new);
            let forth = forth.with_required_missing(taker.is_some_and(|it| old.may_leave_out(it)));
            [forth, back]
        }
        (
            ChangeKind::FieldTypeChanged { .. } | ChangeKind::FieldCardinalityChanged { .. },
            Some(before),
            Some(after),
        ) => [forth.typed(before, new), back.typed(after, old)],
        // what is not set is asked of both below
        (ChangeKind::FieldPresenceChanged { .. } | ChangeKind::FieldDefaultChanged { .. }, ..) => [
            JsonReading::plain(Outcome::Compatible),
            JsonReading::plain(Outcome::Compatible),
        ],
        (ChangeKind::FieldOneofChanged { .. }, Some(before), Some(after)) => {
            let [forth, back] = as_on_the_wire(local);
            let known = |field: &Field, reader: &Fields<'_>| {
                reader
                    .accepting(&field.json_name, Rules::ProtoJson)
                    .is_some()
            };
            [
                oneof(&forth, before, known(before, new)),
                oneof(&back, after, known(after, old)),
            ]
        }
        _ => return None,
    };
    let sides = [(old, after), (new, before)];
    for (reading, (writer, reader)) in readings.iter_mut().zip(sides) {
        reading.required_missing |=
            reader.is_some_and(|field| writer.may_leave_out(field)) && !presence_apart(&local.kind);
    }
    if asks_absence(&local.kind)
        && let (Some(before), Some(after)) = (before, after)
    {
        let [forth, back] = &mut readings;
        [forth.absent, back.absent] = lens.absent(before, after);
    }
    JsonImpact::new(readings, carrier)
}

/// True for changes of a field beside which a changed presence is a change of its own.
const fn presence_apart(kind: &ChangeKind) -> bool {
    matches!(
        kind,
        ChangeKind::FieldTypeChanged { reused: None, .. }
            | ChangeKind::FieldCardinalityChanged { .. }
            | ChangeKind::FieldOneofChanged { .. }
    )
}

/// True for changes that say what absence means, too: where the wire reads one type as the other, a changed default is a change of its own.
const fn asks_absence(kind: &ChangeKind) -> bool {
    match kind {
        ChangeKind::FieldRenumbered { .. } | ChangeKind::FieldDefaultChanged { .. } => true,
        ChangeKind::FieldTypeChanged {
            reused: None,
            reading,
            ..
        } => !reading.compares_defaults(),
        _ => false,
    }
}

impl Lens<'_> {
    /// What a field that is not set reads as, which has one name on both sides, whatever its numbers are.
    fn absent(self, before: &Field, after: &Field) -> [Outcome; 2] {
        let sides = (self.old, self.new);
        let differs = Kind::of(&before.ty) == Kind::of(&after.ty)
            && defaults::change(sides, before, after).is_some();
        [before, after].map(|writer| match writer.presence {
            Presence::Required => Outcome::Compatible,
            _ if differs => Outcome::Misread,
            _ => Outcome::Compatible,
        })
    }
}

/// Types whose defaults can be held against each other.
#[derive(PartialEq, Eq)]
enum Kind {
    Whole,
    Real,
    Bool,
    Text,
    Bytes,
    Message,
}

impl Kind {
    fn of(ty: &FieldType) -> Self {
        match ty {
            FieldType::Scalar(Scalar::Double | Scalar::Float) => Self::Real,
            FieldType::Scalar(Scalar::Bool) => Self::Bool,
            FieldType::Scalar(Scalar::String) => Self::Text,
            FieldType::Scalar(Scalar::Bytes) => Self::Bytes,
            FieldType::Scalar(_) | FieldType::Enum(_) => Self::Whole,
            FieldType::Message(_) | FieldType::Unresolved(_) => Self::Message,
        }
    }
}

/// Whether a number that both sides know means one field to them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    TheSame,
    Another,
}

impl Way<'_> {
    /// What becomes of a field that the reader may know under its name.
    fn sent(self, field: &Field, reader: &Fields<'_>, meaning: Meaning) -> JsonReading {
        let called = self.called(field, reader, meaning);
        called.or_worse(self.typed(field, reader))
    }

    /// Whether the name that is written means a field to the reader.
    fn called(self, field: &Field, reader: &Fields<'_>, meaning: Meaning) -> JsonReading {
        let lost = match meaning {
            Meaning::TheSame => Outcome::Lossy,
            Meaning::Another => Outcome::Blind,
        };
        let read = |rules| match reader.accepting(name(field, rules), rules) {
            Some(_) => Read::compatible(),
            None => Read::unknown_field(lost),
        };
        let (proto, structs) = (read(Rules::ProtoJson), read(Rules::Structs));
        let rules = if proto.strict > Outcome::Compatible {
            Rules::ProtoJson
        } else {
            Rules::Structs
        };
        let value = Form::of(field, self.writer, rules).sample(self.writer);
        JsonReading::new(
            ByParser::of(proto.strict, proto.lenient, structs.names),
            format!("{{\"{}\":{value}}}", name(field, rules)),
            UNKNOWN_NAME,
        )
    }

    /// What becomes of a value that is read under its name; nothing where no field has the name, which is another finding's affair.
    fn typed(self, field: &Field, reader: &Fields<'_>) -> JsonReading {
        let reading = self.reading(&field.json_name, |rules| {
            let form = Form::of(field, self.writer, rules);
            let read_as = reader.accepting(name(field, rules), rules);
            let other = match (read_as, &form) {
                (Some(read_as), _) => Form::of(read_as, self.reader, rules),
                // ids of the writer's schema mean nothing in the reader's
                (None, Form::Unknown(name)) => Form::Unknown(name.clone()),
                (None, _) => Form::Anything,
            };
            [form, other]
        });
        // an enum's name that is ignored leaves out what must be there
        let read_as = reader.accepting(&field.json_name, Rules::ProtoJson);
        let ignored = reading.differ.unknown_name
            && read_as.is_some_and(|it| is_enum(it) && it.presence == Presence::Required);
        reading.with_required_missing(ignored)
    }
}

/// Two members of what the reader knows as one oneof: refused. In plain structs a member stands in its oneof, so that any move is lost.
fn oneof(wire: &JsonReading, field: &Field, known: bool) -> JsonReading {
    let twice = known && wire.outcome.strict.breaks();
    let proto = if twice {
        Outcome::Reject
    } else {
        Outcome::Compatible
    };
    let written = if twice {
        format!("{{\"{}\":…,…}}", field.json_name)
    } else {
        format!("{{\"{}\":…}}", field.name)
    };
    let why = if twice {
        "two members of one oneof"
    } else {
        "a member stands in its oneof"
    };
    JsonReading::new(ByParser::of(proto, proto, Outcome::Lossy), written, why)
}
