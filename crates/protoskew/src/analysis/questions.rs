//! What is asked of each change, and what its kind answers: absence, JSON, source, and what another type would cost and save.

use protoskew_compare::{
    Change, ChangeKind, Comparison, Impact, Indexed, JsonParser, Outcome, Place,
};
use protoskew_schema::{Cardinality, Enum, Field, FieldType, Message, Name, Presence, Scalar};

use super::{Between, Element};
use crate::life::{declaration, type_name};
use crate::policy::{self, Behaviour};

/// What a change's kind answers.
pub(super) struct Questions {
    pub(super) kind: &'static str,
    pub(super) what: String,
    pub(super) absence: String,
    pub(super) source: &'static str,
    pub(super) instead: Vec<String>,
}

const COMPILES: &str = "Nothing stops compiling.";
const NEW_FIELD: &str = "Nothing stops compiling, but Rust programs that write the message as a literal without `..Default::default()`.";
const NEW_MEMBER: &str = "Programs that match on every member of the oneof stop compiling where the compiler insists on all of them (Rust, Kotlin, TypeScript).";
const NEW_VALUE: &str = "Programs that match on every value stop compiling where the compiler insists on all of them (Rust, Kotlin, TypeScript, Java's `switch` expressions).";
const NEW_METHOD: &str = "Servers that implement the service stop compiling until they implement the method (Rust, TypeScript; Go where the type does not embed the generated `Unimplemented…Server`); clients and tests with fakes of it, likewise.";
const GONE: &str = "Programs that name it stop compiling with their next build.";
const RENAMED: &str = "Programs that use the older name stop compiling with their next build.";
const OTHER_TYPE: &str = "Programs that set or read it stop compiling, or convert silently, where the language's type for it is another one.";

/// What the kind of a change answers; `None` for what is about no value and no call (a reservation that fell, a file option).
pub(super) fn of(change: &Change, between: Between<'_>) -> Option<Questions> {
    let new_field = || field_of(between.new, &change.element);
    let told = |kind, absence: &str, source| {
        Some(Questions {
            kind,
            what: policy::fact(change),
            absence: absence.to_owned(),
            source,
            instead: Vec::new(),
        })
    };
    const NEVER_ABSENT: &str = "It is there before and after: what counts is how one side reads what the other writes, below.";
    match &change.kind {
        ChangeKind::FieldAdded {
            number,
            joined_oneof,
            ..
        } => {
            let (message, field) = new_field()?;
            Some(Questions {
                kind: "new field",
                what: format!("field {number}, `{}`", declaration(field)),
                absence: field_absence(between.new, message, field),
                source: if joined_oneof.is_some() {
                    NEW_MEMBER
                } else {
                    NEW_FIELD
                },
                instead: Vec::new(),
            })
        }
        ChangeKind::FieldRemoved { .. } => {
            let (message, field) = field_of(between.old, &change.element)?;
            let seen = field_zero(between.old, message, field);
            told(
                "field gone",
                &format!(
                    "From now on it always is: every release that still reads it sees {seen} where a value used to be. Whether that is right for \
                     each of them is the question."
                ),
                GONE,
            )
        }
        ChangeKind::EnumAdded { .. } => {
            let each = enum_of(between.new, &change.element)?;
            let (zero, numbered) = enum_zero(each);
            Some(Questions {
                kind: "new enum",
                what: format!("enum with {} values", each.values.len()),
                absence: format!(
                    "A field of it that is absent reads as `{zero}` ({numbered}): make that value mean \"not said\", and nothing else."
                ),
                source: COMPILES,
                instead: instead_of_enum(each),
            })
        }
        ChangeKind::EnumValueAdded { number, closed, .. } => {
            let owner = change
                .element
                .rsplit_once('.')
                .map_or("", |(owner, _)| owner);
            // a value's full name is its enum's sibling or, as here, its child
            let each = enum_of(between.new, owner)?;
            let (zero, _) = enum_zero(each);
            let openness = if *closed { "closed" } else { "open" };
            let value = change.element.rsplit('.').next().unwrap_or_default();
            Some(Questions {
                kind: super::NEW_VALUE,
                what: format!("value {number} of an {openness} enum")
                    .replace("an closed", "a closed"),
                absence: format!(
                    "Nobody sends it who does not know it: readers go on seeing the other values, and `{zero}` where the field is absent. \
                     Code for `{value}` is never reached with such a peer."
                ),
                source: NEW_VALUE,
                instead: instead_of_value(change, value),
            })
        }
        ChangeKind::MethodAdded => told(
            "new call",
            "A server without it answers UNIMPLEMENTED, and nothing was done: the client must have another way, or say that it has none. \
             It can tell, by that answer or by the server's schema.",
            NEW_METHOD,
        ),
        ChangeKind::MethodRemoved | ChangeKind::ServiceRemoved { .. } => told(
            "call gone",
            "Every client that still calls it gets UNIMPLEMENTED from now on.",
            GONE,
        ),
        ChangeKind::MessageRemoved | ChangeKind::EnumRemoved => told(
            "type gone",
            "Nothing by itself: the fields and calls that held it are told of where they changed.",
            GONE,
        ),
        ChangeKind::EnumValueRemoved { .. } => told(
            "value gone",
            "Releases that know it may still send it: the newer side reads a number without a name.",
            GONE,
        ),
        ChangeKind::FieldDefaultChanged { .. } | ChangeKind::EnumZeroChanged { .. } => told(
            "absence changed",
            "Absence itself means something else than before: the same message without the field reads differently on the two sides.",
            COMPILES,
        ),
        ChangeKind::FieldPresenceChanged { .. } => told(
            "presence changed",
            "Whether absence can be told from the zero value is no longer the same on both sides.",
            OTHER_TYPE,
        ),
        ChangeKind::FieldTypeChanged { .. } | ChangeKind::FieldCardinalityChanged { .. } => {
            told("type changed", NEVER_ABSENT, OTHER_TYPE)
        }
        ChangeKind::FieldRenamed { .. }
        | ChangeKind::MessageRenamed { .. }
        | ChangeKind::EnumRenamed { .. }
        | ChangeKind::EnumValueRenamed { .. }
        | ChangeKind::EnumValueAliased { .. }
        | ChangeKind::ServiceRenamed { .. }
        | ChangeKind::PackageRenamed { .. } => told("renamed", NEVER_ABSENT, RENAMED),
        ChangeKind::FieldRenumbered { .. } | ChangeKind::EnumValueRenumbered { .. } => told(
            "renumbered",
            "For each side the other's number is absent: readers see the default where a value was sent.",
            COMPILES,
        ),
        ChangeKind::FieldOneofChanged { .. } => told(
            "oneof changed",
            "Whether it can be set beside its siblings is no longer the same on both sides.",
            OTHER_TYPE,
        ),
        ChangeKind::MethodRequestChanged { .. }
        | ChangeKind::MethodResponseChanged { .. }
        | ChangeKind::MethodStreamingChanged { .. } => {
            told("call changed", NEVER_ABSENT, OTHER_TYPE)
        }
        ChangeKind::FieldEncodingChanged { .. }
        | ChangeKind::EnumOpennessChanged { .. }
        | ChangeKind::JsonNameChanged { .. }
        | ChangeKind::IdempotencyChanged { .. } => told("meaning changed", NEVER_ABSENT, COMPILES),
        ChangeKind::ExtensionAdded { .. } => told(
            "new extension",
            "A reader sees its default, or nothing set, and can tell that it was not sent. A program that does not register the extension keeps it among the fields \
             that it does not know, or drops it, whatever its release.",
            COMPILES,
        ),
        ChangeKind::ExtensionRemoved { .. } => told(
            "extension gone",
            "From now on it always is, for every release that still reads it.",
            GONE,
        ),
        ChangeKind::ExtensionMoved { .. } => told("extension moved", NEVER_ABSENT, OTHER_TYPE),
        ChangeKind::OneofRenamed { .. } => told("renamed", NEVER_ABSENT, RENAMED),
        ChangeKind::OneofRemoved => told("oneof gone", NEVER_ABSENT, GONE),
        ChangeKind::MessageSetChanged { .. } => told("meaning changed", NEVER_ABSENT, OTHER_TYPE),
        // fences are told of beside the changes, and what only importers and generators see by `protoskew check`
        ChangeKind::ReservedNumbersDropped { .. }
        | ChangeKind::ExtensionNumbersDropped { .. }
        | ChangeKind::ReservedNameDropped { .. }
        | ChangeKind::VisibilityNarrowed
        | ChangeKind::GeneratedCodeChanged { .. }
        | ChangeKind::JsonFormatChanged { .. }
        | ChangeKind::FileRemoved { .. }
        | ChangeKind::FileMoved { .. }
        | ChangeKind::FileOptionChanged { .. }
        | ChangeKind::SyntaxChanged { .. }
        | ChangeKind::ImportPublicRemoved { .. }
        | ChangeKind::OptionChanged { .. }
        | ChangeKind::CopyDrifted { .. } => None,
    }
}

/// The message and its field of that full name.
fn field_of<'s>(indexed: &'s Indexed, element: &str) -> Option<(&'s Message, &'s Field)> {
    let (owner, name) = element.rsplit_once('.')?;
    let schema = indexed.schema();
    indexed.messages_named(owner).iter().find_map(|&id| {
        let message = &schema.messages[id as usize];
        let field = message.fields.iter().find(|field| field.name == name)?;
        Some((message, field))
    })
}

fn enum_of<'s>(indexed: &'s Indexed, name: &str) -> Option<&'s Enum> {
    let id = indexed.enums_named(name).first()?;
    indexed.schema().enums.get(*id as usize)
}

/// The value of an enum that absence means, and its number.
fn enum_zero(each: &Enum) -> (&str, i32) {
    let zero = each.values.iter().find(|value| value.number == 0);
    let first = each.values.first();
    let value = if each.closed { first } else { zero.or(first) };
    value.map_or(("0", 0), |value| (value.name.as_str(), value.number))
}

/// What a reader sees where the field is absent.
fn field_zero(indexed: &Indexed, message: &Message, field: &Field) -> String {
    match field.cardinality {
        Cardinality::Map(_) => return "an empty map".to_owned(),
        Cardinality::Repeated => return "an empty list".to_owned(),
        Cardinality::Singular => {}
    }
    let oneof = field
        .oneof
        .and_then(|oneof| message.oneofs.get(oneof as usize));
    if let Some(oneof) = oneof {
        return format!("no member of `{}` set", oneof.name);
    }
    if let Some(default) = field.default_text() {
        return format!("`{default}`");
    }
    match &field.ty {
        FieldType::Message(_) | FieldType::Unresolved(_) => "no message".to_owned(),
        FieldType::Enum(target) => {
            let each = &indexed.schema().enums[target.id as usize];
            let (name, number) = enum_zero(each);
            format!("`{name}` ({number})")
        }
        FieldType::Scalar(Scalar::Bool) => "`false`".to_owned(),
        FieldType::Scalar(Scalar::String) => "the empty string".to_owned(),
        FieldType::Scalar(Scalar::Bytes) => "no bytes".to_owned(),
        FieldType::Scalar(_) => "`0`".to_owned(),
    }
}

fn field_absence(indexed: &Indexed, message: &Message, field: &Field) -> String {
    let seen = field_zero(indexed, message, field);
    if field.cardinality != Cardinality::Singular {
        return format!(
            "A reader sees {seen}, and cannot tell it from an empty one that was sent. Let empty mean what it meant before the field was there; \
             where \"empty\" and \"not said\" must differ, put the list into a message of its own."
        );
    }
    if field.oneof.is_some() {
        return format!(
            "A reader sees {seen}, or another member. It can tell, but not apart from \"a member that I do not know\": treat nothing set as \
             \"not said\", never as an error that it cannot be."
        );
    }
    match field.presence {
        Presence::Required => "A reader refuses the whole message in the runtimes that check `required`, and every older writer leaves it out: \
             make it `optional`."
            .to_owned(),
        Presence::Explicit => format!(
            "A reader sees {seen}, and can tell that it was not sent (it has presence): decide what \"not said by an older writer\" does, and do \
             it where presence is asked, not where the value is."
        ),
        Presence::Implicit => format!(
            "A reader sees {seen}, and cannot tell an older writer from one that sent just that (it has no presence). Either let {seen} mean \
             what happened before the field was there, or declare it `optional {}`.",
            type_name(&field.ty)
        ),
    }
}

/// What int32 or text would cost and save in place of a new enum.
fn instead_of_enum(each: &Enum) -> Vec<String> {
    let longest = each.values.iter().max_by_key(|value| value.name.len());
    let Some(longest) = longest else {
        return Vec::new();
    };
    let bytes = longest.name.len() + length_of_varint(longest.name.len());
    let largest = each
        .values
        .iter()
        .map(|value| value.number)
        .max()
        .unwrap_or(0);
    let varint = match u64::try_from(largest) {
        Ok(number) => length_of_varint(usize::try_from(number).unwrap_or(usize::MAX)),
        Err(_) => 10,
    };
    let loses = if each.closed {
        "each value added later is lost in older readers of the runtimes that keep enums closed (C++, Java, Python), with the entry or element that holds it"
    } else {
        "each value added later arrives in older readers as a number without a name, and is lost in those that treat every enum as closed (rust-protobuf 2)"
    };
    vec![
        format!(
            "`int32` costs the names in the `.proto` and in JSON (constants beside the field, checked by the program) and not a byte: the same {varint} on the \
             wire. It saves what this enum will cost: {loses}. It can still become one: enum → `int32` reads alike while only the first values are used."
        ),
        format!(
            "`string` costs bytes (`{}` takes {bytes} instead of {varint}) and the compiler's check of spelling. It saves the numbers: every older reader keeps, \
             shows and passes on a word that it does not know, in every runtime and in JSON.",
            longest.name
        ),
        "Where nothing but an enum serves, say why above it: `// protoskew: enum-ok <why>`."
            .to_owned(),
    ]
}

/// What int32 or text would cost and save for a value that is added.
fn instead_of_value(change: &Change, value: &str) -> Vec<String> {
    let Impact::Values { outcomes, .. } = &change.impact else {
        return Vec::new();
    };
    let loses = outcomes.new_to_old.runtimes_where(Outcome::breaks);
    let lost = match loses.as_slice() {
        [] => "arrives in every runtime, as a number without a name".to_owned(),
        some => {
            let words: Vec<&str> = some.iter().map(|runtime| runtime.word()).collect();
            format!(
                "is lost or refused by older readers built with {}",
                words.join(", ")
            )
        }
    };
    let bytes = value.len() + length_of_varint(value.len());
    vec![format!(
        "As it is, `{value}` {lost}. In an `int32` field it would arrive in all of them as the same bytes, and cost its name in code and in JSON; in a \
             `string` field it would arrive as a word that can be shown ({bytes} bytes). A field of the new type beside this one, both written while the \
             migration lasts, is the way there (R4, GL3)."
    )]
}

fn length_of_varint(number: usize) -> usize {
    let bits = usize::BITS - number.leading_zeros();
    (bits.max(1) as usize).div_ceil(7)
}

/// What becomes of a change in JSON, one sentence for each side that notices.
pub(super) fn json(change: &Change) -> Vec<String> {
    let Some(json) = &change.json else {
        return Vec::new();
    };
    let mut said = Vec::new();
    for (newer_writes, readers) in [(true, "older readers"), (false, "newer readers")] {
        let reading = json.reading(newer_writes);
        let mut by_outcome: Vec<(Outcome, Vec<&str>)> = Vec::new();
        for parser in JsonParser::ALL {
            let outcome = reading.outcomes(parser).worst();
            match by_outcome.iter_mut().find(|(each, _)| *each == outcome) {
                Some((_, parsers)) => parsers.push(parser.word()),
                None => by_outcome.push((outcome, vec![parser.word()])),
            }
        }
        // that what nobody sent is absent goes without saying
        by_outcome
            .retain(|(outcome, _)| *outcome > Outcome::Compatible && *outcome != Outcome::Absent);
        if by_outcome.is_empty() {
            continue;
        }
        let verdicts: Vec<String> = by_outcome
            .iter()
            .map(|(outcome, parsers)| {
                let read = reading.read(*outcome);
                let read = if read.is_empty() {
                    String::new()
                } else {
                    format!(" ({read})")
                };
                format!("`{outcome}` in {} parsers{read}", listed(parsers))
            })
            .collect();
        let written = if reading.written.is_empty() {
            String::new()
        } else {
            format!(" of `{}`", reading.written)
        };
        said.push(format!("{readers}{written}: {}", verdicts.join("; ")));
    }
    said
}

/// `strict, lenient and names`
fn listed(words: &[&str]) -> String {
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

/// A sentence of advice without the name that it begins with, which stands above it already.
pub(super) fn unnamed(said: &str, element: &str) -> String {
    let named = format!("`{element}`");
    let rest = said.strip_prefix(&named).unwrap_or(said);
    let rest = rest.strip_prefix(" is new").unwrap_or(rest);
    rest.trim_start_matches([':', '.', ' ']).to_owned()
}

/// What must wait beside what is new: what breaks, and what older peers still read.
pub(super) fn must_wait(change: &Change, behaviours: &[Behaviour]) -> Vec<String> {
    let mut waits = Vec::new();
    let always = |each: &&Behaviour| each.shades.iter().all(|shade| shade.outcome.breaks());
    if behaviours.iter().any(|each| always(&each)) {
        waits.push(
            "It breaks meetings that the policy allows, so it must not ship as it is: `protoskew check` says what to do instead."
                .to_owned(),
        );
    } else if behaviours.iter().any(Behaviour::breaks) {
        waits.push(
            "It breaks meetings where the reader is built with some runtimes: say what each component is built with (`protobuf = \"…\"` under \
             [components]), or wait until no release in the window is built with those."
                .to_owned(),
        );
    } else if matches!(change.kind, ChangeKind::FieldRemoved { .. }) && !behaviours.is_empty() {
        waits.push(
            "It must wait until none of the releases above reads or writes it any more: mark it `deprecated` now, and remove and reserve it when the last of \
             them has left the window (`protoskew plan` reckons from which release on)."
                .to_owned(),
        );
    }
    waits
}

/// Why a release does not see a change.
pub(super) fn why_unseen(change: &Change, old: &Indexed) -> String {
    let owner = change
        .element
        .rsplit_once('.')
        .map_or("", |(owner, _)| owner);
    let is_new = matches!(
        change.kind,
        ChangeKind::FieldAdded { .. }
            | ChangeKind::EnumAdded { .. }
            | ChangeKind::EnumValueAdded { .. }
            | ChangeKind::MethodAdded
    );
    let has = |name: &str| {
        !old.messages_named(name).is_empty()
            || !old.enums_named(name).is_empty()
            || !old.services_named(name).is_empty()
    };
    if is_new {
        let is_type = matches!(change.kind, ChangeKind::EnumAdded { .. });
        return if has(owner) || is_type {
            format!("have `{}` in the form that it has now", change.element)
        } else {
            format!("do not know `{owner}` at all")
        };
    }
    if !has(owner) && !has(&change.element) {
        return format!("do not know `{owner}` at all");
    }
    format!(
        "see `{}` no differently than before, or never had it",
        change.element
    )
}

/// The messages that are new, outermost ones alone.
pub(super) fn new_messages(between: Between<'_>, since: &Comparison) -> Vec<Element> {
    let renamed = |name: &Name| {
        since.changes.iter().any(|change| match &change.kind {
            ChangeKind::MessageRenamed { .. } => change.element == *name,
            ChangeKind::PackageRenamed { new, .. } => {
                let rest = name.strip_prefix(new.as_str());
                rest.is_some_and(|rest| rest.starts_with('.'))
            }
            _ => false,
        })
    };
    let schema = between.new.schema();
    let is_new = |message: &Message| {
        between.new.judged(message.file)
            && between.old.messages_named(&message.name).is_empty()
            && !renamed(&message.name)
    };
    let parent_is_new = |message: &Message| {
        let parent = message
            .parent
            .and_then(|parent| schema.messages.get(parent as usize));
        parent.is_some_and(is_new)
    };
    let fresh = schema.messages.iter();
    fresh
        .filter(|message| is_new(message) && !parent_is_new(message))
        .map(|message| {
            let what = match message.fields.len() {
                1 => "message with 1 field".to_owned(),
                many => format!("message with {many} fields"),
            };
            let place = Place {
                file: message.file,
                span: message.name_span,
            };
            Element {
                name: message.name.clone(),
                what,
                place: Some(super::line_of(between.new, place)),
            }
        })
        .collect()
}
