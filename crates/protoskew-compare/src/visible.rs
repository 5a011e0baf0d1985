//! What generated source shows of messages and enums beside their bytes: who may use them, and as what they are generated.

use protoskew_schema::{Enum, Field, FileId, Message, Name, OptionData, Span, Visibility};

use crate::change::{Carrier, Change, ChangeKind, Impact, Place};
use crate::generated::{self, Set};
use crate::indexed::Indexed;
use crate::members::Members;
use crate::outcome::{ByRuntime, Directed, Outcome, Runtime};
use crate::pairing::Pairing;

/// Compares the paired messages and enums of two schemas.
pub(crate) fn compare(old: &Indexed, new: &Indexed, pairing: &Pairing, changes: &mut Vec<Change>) {
    // what is nested goes along with what holds it, and says nothing of its own
    let holders = |pair: (Option<u32>, Option<u32>), differ: fn(&Message, &Message) -> bool| {
        let both = pair.0.zip(pair.1);
        both.is_some_and(|(a, b)| differ(old.message(a), new.message(b)))
    };
    let narrowed = |a: &Message, b: &Message| is_narrowed(a.visibility, b.visibility);
    let reformatted = |a: &Message, b: &Message| a.features.strict_json != b.features.strict_json;
    for &(a, b) in &pairing.messages.both {
        let (before, after) = (old.message(a), new.message(b));
        let parents = (before.parent, after.parent);
        let places = (at(before), at(after));
        if narrowed(before, after) && !holders(parents, narrowed) {
            let kind = ChangeKind::VisibilityNarrowed;
            changes.push(change(kind, &after.name, places.0, places.1));
        }
        if reformatted(before, after) && !holders(parents, reformatted) {
            json_format(after.features.strict_json, &after.name, places, changes);
        }
        message_set(before, after, changes);
        if generated::may_differ(&before.options, &after.options) {
            let sets = (generated::of_message(before), generated::of_message(after));
            options(&after.name, sets, places, changes);
        }
        fields(before, after, changes);
    }
    for &(a, b) in &pairing.enums.both {
        let (before, after) = (old.enumeration(a), new.enumeration(b));
        let parents = (before.parent, after.parent);
        let places = (at_enum(before), at_enum(after));
        if is_narrowed(before.visibility, after.visibility) && !holders(parents, narrowed) {
            let kind = ChangeKind::VisibilityNarrowed;
            changes.push(change(kind, &after.name, places.0, places.1));
        }
        let format = after.features.strict_json;
        if before.features.strict_json != format && !holders(parents, reformatted) {
            json_format(format, &after.name, places, changes);
        }
        if generated::may_differ(&before.options, &after.options) {
            let sets = (generated::of_enum(before), generated::of_enum(after));
            options(&after.name, sets, places, changes);
        }
    }
}

fn is_narrowed(old: Visibility, new: Visibility) -> bool {
    (old, new) == (Visibility::Export, Visibility::Local)
}

fn at(message: &Message) -> (FileId, Span) {
    (message.file, message.name_span)
}

fn at_enum(each: &Enum) -> (FileId, Span) {
    (each.file, each.name_span)
}

fn change(kind: ChangeKind, element: &Name, old: (FileId, Span), new: (FileId, Span)) -> Change {
    let place = |(file, span)| Some(Place { file, span });
    Change {
        kind,
        element: element.clone(),
        old: place(old),
        new: place(new),
        impact: Impact::None,
        json: None,
    }
}

fn fields(before: &Message, after: &Message, changes: &mut Vec<Change>) {
    // most messages are what they were
    let is_alike = |(a, b): (&Field, &Field)| {
        a.number == b.number && !generated::may_differ(&a.options, &b.options)
    };
    let as_many = before.fields.len() == after.fields.len();
    if as_many && before.fields.iter().zip(&after.fields).all(is_alike) {
        return;
    }
    let has_options = |field: &Field| !field.options.tree().is_empty();
    if !before.fields.iter().chain(&after.fields).any(has_options) {
        return;
    }
    let olds = Members::of(before);
    for field in &after.fields {
        let Some((_, was)) = olds.numbered(field.number) else {
            continue;
        };
        // another field, or one of another type, says so itself
        if was.name != field.name || was.ty != field.ty {
            continue;
        }
        let sets = (generated::of_field(was), generated::of_field(field));
        if sets.0 == sets.1 {
            continue;
        }
        let element = format!("{}.{}", after.name, field.name).into();
        let places = ((before.file, was.span), (after.file, field.span));
        options(&element, sets, places, changes);
    }
}

fn options(
    element: &Name,
    sets: (Vec<Set>, Vec<Set>),
    places: ((FileId, Span), (FileId, Span)),
    changes: &mut Vec<Change>,
) {
    for (option, old, new) in generated::differences(&sets.0, &sets.1) {
        let kind = ChangeKind::GeneratedCodeChanged { option, old, new };
        changes.push(change(kind, element, places.0, places.1));
    }
}

fn json_format(
    allow: bool,
    element: &Name,
    places: ((FileId, Span), (FileId, Span)),
    changes: &mut Vec<Change>,
) {
    let kind = ChangeKind::JsonFormatChanged { allow };
    changes.push(change(kind, element, places.0, places.1));
}

/// A message set writes its extensions as items of a list, which other messages do not read. The other way round C++ and upb were seen
/// to read both forms (3.21 and grpcio-tools 1.85's, upb 7.36); most others have no message sets.
fn message_set(before: &Message, after: &Message, changes: &mut Vec<Change>) {
    let (old, new) = (is_message_set(before), is_message_set(after));
    if old == new {
        return;
    }
    let kind = ChangeKind::MessageSetChanged { new };
    let written = |as_set: bool| {
        let lossy = ByRuntime::all(Outcome::Lossy);
        if as_set {
            lossy
        } else {
            lossy.with(&[Runtime::Cpp, Runtime::Upb], Outcome::Compatible)
        }
    };
    changes.push(Change {
        impact: Impact::Values {
            outcomes: Directed {
                old_to_new: written(old),
                new_to_old: written(new),
            },
            carrier: Carrier::Element {
                old: Some(before.name.clone()),
                new: Some(after.name.clone()),
            },
        },
        ..change(kind, &after.name, at(before), at(after))
    });
}

pub(crate) fn is_message_set(message: &Message) -> bool {
    message.options.tree().get("message_set_wire_format") == Some(&OptionData::Bool(true))
}
