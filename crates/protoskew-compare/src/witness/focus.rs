//! Which messages and fields a change is about: where a witness for it is to be looked for.

use std::hash::{Hash, Hasher};

use protoskew_schema::{Cardinality, Field, FieldType, Name, Presence};

use crate::change::{Carrier, Change, ChangeKind, Impact};
use crate::fields::Found;
use crate::indexed::{Indexed, field_shape, hasher};
use crate::oneofs::is_taken;
use crate::pairing::Renames;
use crate::types::same_name;

/// How many fields beside it show what a reader does that reads on after a wrong wire type.
const NEIGHBOURS: usize = 2;
/// How many of the fields behind it are asked whether they are the same on both sides.
const MOST_TRIED: usize = 32;

/// Two messages, and the fields in them that matter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Focus {
    /// The message on the older and on the newer side, by id.
    pub messages: [u32; 2],
    /// Numbers of fields; `None` stands for all of them.
    pub numbers: Option<Vec<u32>>,
    /// Fields that are the same on both sides, for a reader that reads on into what stands behind.
    pub beside: Vec<u32>,
    /// The question is what happened to an enum; else enums that are paired count as one.
    pub about_enum: bool,
    /// Of that enum the numbers that the question is about; `None` stands for all of them.
    pub values: Option<Vec<i32>>,
}

/// The places where the change can show, each worth a search.
pub(crate) fn of(sides: [&Indexed; 2], renames: &Renames, change: &Change) -> Vec<Focus> {
    let Impact::Values { carrier, .. } = &change.impact else {
        return Vec::new();
    };
    match carrier {
        Carrier::Element {
            old: Some(old),
            new: Some(new),
        } => {
            let place = |side: usize| match side {
                0 => change.old.map(|place| place.file),
                _ => change.new.map(|place| place.file),
            };
            let one_of = |ids: &[u32], side: usize, file: &dyn Fn(u32) -> u32| -> Option<u32> {
                let there = ids.iter().find(|id| place(side) == Some(file(**id)));
                there.or(ids.first()).copied()
            };
            let message = |side: usize, name: &Name| {
                let ids = sides[side].messages_named(name);
                one_of(ids, side, &|id| sides[side].message(id).file)
            };
            if let (Some(a), Some(b)) = (message(0, old), message(1, new)) {
                let numbers = numbers(sides, [a, b], change);
                let beside = |number: Option<&u32>| {
                    let number = number.copied().unwrap_or(0);
                    neighbours(sides, [a, b], number)
                };
                return numbers
                    .map(|numbers| Focus {
                        messages: [a, b],
                        beside: beside(numbers.iter().max()),
                        numbers: Some(numbers),
                        about_enum: false,
                        values: None,
                    })
                    .into_iter()
                    .collect();
            }
            let enumeration = |side: usize, name: &Name| {
                let ids = sides[side].enums_named(name);
                one_of(ids, side, &|id| sides[side].enumeration(id).file)
            };
            match (enumeration(0, old), enumeration(1, new)) {
                (Some(a), Some(b)) => uses(sides, renames, [a, b], values(&change.kind)),
                _ => Vec::new(),
            }
        }
        Carrier::Element { .. } | Carrier::Any => Vec::new(),
        Carrier::Request(_) | Carrier::Response(_) => method(sides, change),
    }
}

/// A digest of what is there on both sides: of the messages their names and those of their fields that matter.
pub(crate) fn digest(sides: [&Indexed; 2], places: &[Focus]) -> u64 {
    let mut hasher = hasher();
    for place in places {
        for (side, id) in sides.into_iter().zip(place.messages) {
            side.message(id).name.hash(&mut hasher);
            let Some(numbers) = &place.numbers else {
                side.message_shape(id).hash(&mut hasher);
                continue;
            };
            for &number in numbers {
                let found = side.field_numbered(id, number);
                found.is_some().hash(&mut hasher);
                if let Some(found) = found {
                    field_shape(found.field, &mut hasher);
                }
            }
        }
    }
    hasher.finish()
}

/// The fields that a change of a message is about.
fn numbers(sides: [&Indexed; 2], ids: [u32; 2], change: &Change) -> Option<Vec<u32>> {
    // the element is on the newer side, where it is an extension by its full name
    let number = || {
        let mut extensions = sides[1].extensions_of(ids[1]);
        if let Some(extension) = extensions.find(|it| it.name == change.element) {
            return Some(extension.field.number);
        }
        let short = change.element.rsplit('.').next()?;
        Some(sides[1].field_named(ids[1], short)?.number)
    };
    let numbers = match &change.kind {
        ChangeKind::FieldAdded { number, .. }
        | ChangeKind::FieldRemoved { number, .. }
        | ChangeKind::FieldTypeChanged { number, .. }
        | ChangeKind::ExtensionAdded { number, .. }
        | ChangeKind::ExtensionRemoved { number, .. }
        | ChangeKind::ExtensionMoved { number, .. } => vec![*number],
        ChangeKind::FieldRenumbered { old, new, .. } => vec![*old, *new],
        ChangeKind::FieldOneofChanged { .. } => {
            let number = number()?;
            let mut numbers = vec![number];
            for side in 0..2 {
                let mine = sides[side].field_numbered(ids[side], number);
                let Some(oneof) = mine.and_then(|found| found.field.oneof) else {
                    continue;
                };
                numbers.extend(members(sides, ids, side, (oneof, number)));
            }
            numbers
        }
        ChangeKind::FieldCardinalityChanged { .. }
        | ChangeKind::FieldDefaultChanged { .. }
        | ChangeKind::FieldEncodingChanged { .. }
        | ChangeKind::FieldPresenceChanged { .. } => vec![number()?],
        _ => return None,
    };
    Some(numbers)
}

/// Members of one side's oneof that the other side sends, beside the one of that number: those of one name on both sides, where there
/// are such. What a number that means another field does is another change's affair.
fn members(
    sides: [&Indexed; 2],
    ids: [u32; 2],
    side: usize,
    (oneof, number): (u32, u32),
) -> Vec<u32> {
    let other = |field: &Field| {
        let found = sides[1 - side].field_numbered(ids[1 - side], field.number);
        found.map(|found| found.field)
    };
    let fields = sides[side].message(ids[side]).fields.iter();
    let members = fields.filter(|it| it.oneof == Some(oneof));
    let members: Vec<(&Field, &Field)> = members
        .filter_map(|field| Some((field, other(field).filter(|sent| is_taken(sent, field))?)))
        .collect();
    let same = |(mine, theirs): &&(&Field, &Field)| mine.name == theirs.name;
    let some_same = members
        .iter()
        .filter(same)
        .any(|(mine, _)| mine.number != number);
    members
        .iter()
        .filter(|it| !some_same || same(it))
        .map(|(mine, _)| mine.number)
        .take(MOST_TRIED)
        .collect()
}

/// Fields behind it that are the same on both sides.
fn neighbours(sides: [&Indexed; 2], ids: [u32; 2], number: u32) -> Vec<u32> {
    let [old, new] = sides;
    let behind = old.fields_from(ids[0], number.saturating_add(1));
    behind
        .filter(|found| found.extension.is_none())
        .map(|found| found.field)
        .filter(|field| field.oneof.is_none() && field.cardinality == Cardinality::Singular)
        .filter(|field| matches!(field.ty, FieldType::Scalar(_)))
        .filter(|field| field.presence != Presence::Required)
        .take(MOST_TRIED)
        .filter(|field| {
            let other = new.field_numbered(ids[1], field.number);
            let own = other.filter(|other| other.extension.is_none());
            own.is_some_and(|Found { field: other, .. }| {
                other.name == field.name
                    && same_name(&other.ty, &field.ty)
                    && (other.cardinality, other.presence, other.oneof, other.utf8)
                        == (field.cardinality, field.presence, None, field.utf8)
                    && other.default_text() == field.default_text()
            })
        })
        .map(|field| field.number)
        .take(NEIGHBOURS)
        .collect()
}

/// The numbers of an enum that a change is about.
fn values(kind: &ChangeKind) -> Option<Vec<i32>> {
    match kind {
        ChangeKind::EnumValueAdded { number, .. } | ChangeKind::EnumValueRemoved { number, .. } => {
            Some(vec![*number])
        }
        ChangeKind::EnumValueRenumbered { old, new, .. } => Some(vec![*old, *new]),
        _ => None,
    }
}

/// Fields that hold the enum on both sides: of each way to hold it the first. `values`: its numbers that the question is about.
pub(crate) fn uses(
    sides: [&Indexed; 2],
    renames: &Renames,
    [a, b]: [u32; 2],
    values: Option<Vec<i32>>,
) -> Vec<Focus> {
    let mut found: Vec<Focus> = Vec::new();
    let mut ways = Vec::new();
    for holder in sides[0].holders_of_enum(a) {
        let message = sides[0].message(holder.message);
        let mut fields = sides[0].fields_of(holder.message);
        let Some(field) = fields.nth(holder.field as usize) else {
            continue;
        };
        let name = renames.types.get(&message.name).unwrap_or(&message.name);
        for &other in sides[1].messages_named(name) {
            let same = sides[1].field_numbered(other, field.number);
            let Some(Found { field: theirs, .. }) = same else {
                continue;
            };
            let is_same = matches!(&theirs.ty, FieldType::Enum(target) if target.id == b);
            let way = |field: &Field| {
                let (list, oneof) = (field.cardinality, field.oneof.is_some());
                (list, field.presence, oneof, field.default_text().cloned())
            };
            // what else became of the field is another change's affair
            let way = (way(field) == way(theirs)).then(|| way(field));
            if is_same && way.is_some() && !ways.contains(&way) {
                ways.push(way);
                found.push(Focus {
                    messages: [holder.message, other],
                    numbers: Some(vec![field.number]),
                    beside: Vec::new(),
                    about_enum: true,
                    values: values.clone(),
                });
            }
        }
    }
    found
}

/// The two messages of a method whose request or response is another one.
fn method(sides: [&Indexed; 2], change: &Change) -> Vec<Focus> {
    let (ChangeKind::MethodRequestChanged { old, new, .. }
    | ChangeKind::MethodResponseChanged { old, new, .. }) = &change.kind
    else {
        return Vec::new();
    };
    let ids = [(0, old), (1, new)]
        .map(|(side, name): (usize, &Name)| sides[side].messages_named(name).first().copied());
    match ids {
        [Some(a), Some(b)] => vec![Focus {
            messages: [a, b],
            numbers: None,
            beside: Vec::new(),
            about_enum: false,
            values: None,
        }],
        _ => Vec::new(),
    }
}
