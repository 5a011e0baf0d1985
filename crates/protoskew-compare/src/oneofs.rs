//! Compares the oneofs of two messages: who is in which, and what may be set beside whom.

use protoskew_schema::{Cardinality, Field, FieldType, Message, Name};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::change::ChangeKind;
use crate::members::Members;
use crate::messages::{At, Local, Pair};
use crate::outcome::{Directed, Outcome};
use crate::values::{Value, WireType};

/// Members of each of the reader's oneofs that the writer has too, each with the oneof that it stands in there: as many as it
/// takes to find one that the writer may set beside any other.
pub(crate) type Rivals = Vec<Vec<(u32, Option<u32>)>>;

pub(crate) fn rivals(reader: &Message, writer: &Members<'_, Field>) -> Rivals {
    let mut rivals: Rivals = vec![Vec::new(); reader.oneofs.len()];
    for (at, field) in reader.fields.iter().enumerate() {
        let list = field.oneof.and_then(|oneof| rivals.get_mut(oneof as usize));
        let (Some(list), Some((_, sent))) = (list, writer.numbered(field.number)) else {
            continue;
        };
        if !is_taken(sent, field) {
            continue;
        }
        // two that stand alone, in case one is the field asked about; one of each of two oneofs, in case it stands in one of them
        let alike = list
            .iter()
            .filter(|(_, oneof)| *oneof == sent.oneof)
            .count();
        let wanted = if sent.oneof.is_some() { 1 } else { 2 };
        if alike < wanted && list.len() < 4 {
            list.push((at as u32, sent.oneof));
        }
    }
    rivals
}

/// Whether the bytes of what one side sends are those of what the other has at its number: what is left aside clears no oneof.
pub(crate) fn is_taken(sent: &Field, read: &Field) -> bool {
    let of_value = |field: &Field| match &field.ty {
        FieldType::Scalar(scalar) => Value::Scalar(*scalar).wire_type(),
        FieldType::Enum(_) => WireType::Varint,
        FieldType::Message(_) | FieldType::Unresolved(_) => Value::Message {
            delimited: field.delimited,
        }
        .wire_type(),
    };
    let sent = match sent.cardinality {
        Cardinality::Map(_) => WireType::Len,
        Cardinality::Repeated if sent.packed => WireType::Len,
        _ => of_value(sent),
    };
    sent == of_value(read)
}

/// The member of the reader's oneof that the writer may set beside the field, `mine` to the writer and `theirs` to the reader.
fn sibling(rivals: &Rivals, reader: &Message, mine: &Field, theirs: &Field) -> Option<Name> {
    let list = rivals.get(theirs.oneof? as usize)?;
    if !is_taken(mine, theirs) {
        return None;
    }
    list.iter()
        .filter(|(_, sent)| sent.is_none() || *sent != mine.oneof)
        .map(|(at, _)| &reader.fields[*at as usize])
        .find(|field| field.number != theirs.number)
        .map(|field| field.name.clone())
}

/// A field that moved into, out of or between oneofs. A oneof that only changed its name is not such a move.
pub(crate) fn oneof_change(
    pair: &Pair<'_>,
    before: &Field,
    after: &Field,
) -> Option<(ChangeKind, Directed)> {
    let lost_by_new = sibling(&pair.lost_by_new, pair.new, before, after);
    let lost_by_old = sibling(&pair.lost_by_old, pair.old, after, before);
    let moved = before.oneof.is_some() != after.oneof.is_some();
    if !moved && lost_by_new.is_none() && lost_by_old.is_none() {
        return None;
    }
    let outcome = |sibling: &Option<Name>| {
        if sibling.is_some() {
            Outcome::Lossy
        } else {
            Outcome::Compatible
        }
    };
    let name = |message: &Message, field: &Field| {
        field
            .oneof
            .and_then(|oneof| Some(message.oneofs.get(oneof as usize)?.name.clone()))
    };
    // where both are in a oneof and only one of the pair moved, the mover is the one whose oneof changed its name
    if !moved && name(pair.old, before) == name(pair.new, after) {
        return None;
    }
    Some((
        ChangeKind::FieldOneofChanged {
            old: name(pair.old, before),
            new: name(pair.new, after),
            sibling: lost_by_new.clone().or_else(|| lost_by_old.clone()),
        },
        Directed::of(outcome(&lost_by_new), outcome(&lost_by_old)),
    ))
}

/// Oneofs whose name is gone: the same members under another name, or some of them left without it. Where all its members went, they
/// say so themselves.
pub(crate) fn oneofs(pair: &Pair<'_>, changes: &mut Vec<Local>) {
    if pair.old.oneofs.is_empty() {
        return;
    }
    let names = [pair.old, pair.new].map(|side| -> FxHashSet<&Name> {
        let oneofs = side.oneofs.iter();
        oneofs.map(|it| &it.name).collect()
    });
    let mut members: Vec<Vec<u32>> = vec![Vec::new(); pair.old.oneofs.len()];
    for field in &pair.old.fields {
        let of = field.oneof.and_then(|of| members.get_mut(of as usize));
        if let Some(of) = of {
            of.push(field.number);
        }
    }
    for ((index, oneof), members) in (0..).zip(&pair.old.oneofs).zip(members) {
        if names[1].contains(&oneof.name) {
            continue;
        }
        let members = members.into_iter();
        let left: Vec<Option<u32>> = members
            .filter_map(|number| Some(pair.news.numbered(number)?.1.oneof))
            .collect();
        let mut moved: FxHashMap<u32, usize> = FxHashMap::default();
        for heir in left.iter().flatten() {
            *moved.entry(*heir).or_default() += 1;
        }
        // more than half of them: there is one such oneof at the most
        let heir = moved.into_iter().find_map(|(heir, members)| {
            let fresh = pair.new.oneofs.get(heir as usize);
            let is_fresh = fresh.is_some_and(|it| !names[0].contains(&it.name));
            (members * 2 > left.len() && is_fresh).then_some(heir)
        });
        let (kind, new) = match heir {
            Some(heir) => {
                let old = oneof.name.clone();
                (ChangeKind::OneofRenamed { old }, At::Oneof(heir))
            }
            None if left.is_empty() => continue,
            None => (ChangeKind::OneofRemoved, At::Element),
        };
        changes.push(Local {
            kind,
            old: At::Oneof(index),
            new,
            outcomes: Directed::all(Outcome::Same),
        });
    }
}
