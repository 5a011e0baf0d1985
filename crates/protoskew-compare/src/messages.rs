//! Compares two messages field by field: a field is itself by its number.

use protoskew_schema::{
    Cardinality, Field, FieldType, Message, Name, NumberRange, Presence, Scalar, Span,
};
use rustc_hash::FxHashSet;

use crate::change::{ChangeKind, TypeReading};
use crate::indexed::Indexed;
use crate::outcome::{ByRuntime, Directed, Outcome};
use crate::pairing::Renames;
use crate::values::{self, Value};

/// A change inside a message, before it is tied to a place: spans are looked up when a pair of messages is reported,
/// so that one comparison serves every pair of the same two shapes.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    pub(crate) kind: ChangeKind,
    pub(crate) old: At,
    pub(crate) new: At,
    pub(crate) outcomes: Directed,
}

/// A part of a message or enum, by index.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At {
    /// Nothing on that side: the element itself is the place to show.
    Element,
    /// The member's name.
    Name(u32),
    /// The member's number.
    Number(u32),
    /// The member's type.
    Type(u32),
    /// The whole member.
    Whole(u32),
    /// A reserved range.
    Reserved(u32),
    /// A reserved name.
    ReservedName(u32),
}

/// Compares two messages. The second value is true where the answer depends on the two shapes alone, so that it may be remembered.
pub(crate) fn compare(
    old_side: &Indexed,
    old_id: u32,
    new_side: &Indexed,
    new_id: u32,
    renames: &Renames,
) -> (Vec<Local>, bool) {
    let mut comparer = Comparer {
        sides: (old_side, new_side),
        renames,
        visited: FxHashSet::default(),
        shapes_alone: true,
    };
    comparer.visited.insert((old_id, new_id));
    let changes = comparer.message(old_side.message(old_id), new_side.message(new_id));
    (changes, comparer.shapes_alone)
}

/// True where the two messages have one structure: every number with the same name, type and meaning, nested types included.
pub(crate) fn same_shape(
    old_side: &Indexed,
    old_id: u32,
    new_side: &Indexed,
    new_id: u32,
    renames: &Renames,
) -> bool {
    let mut comparer = Comparer {
        sides: (old_side, new_side),
        renames,
        visited: FxHashSet::default(),
        shapes_alone: true,
    };
    comparer.visited.insert((old_id, new_id));
    comparer
        .message(old_side.message(old_id), new_side.message(new_id))
        .is_empty()
}

struct Comparer<'a> {
    sides: (&'a Indexed, &'a Indexed),
    renames: &'a Renames,
    /// Pairs of messages under way or done: a recursive type is the same as long as nothing says otherwise.
    visited: FxHashSet<(u32, u32)>,
    shapes_alone: bool,
}

/// What a change of type does, in both directions.
struct TypeChange {
    outcomes: Directed,
    why: TypeReading,
}

impl Comparer<'_> {
    fn message(&mut self, old: &Message, new: &Message) -> Vec<Local> {
        let mut changes = Vec::new();
        for (index, before) in old.fields.iter().enumerate() {
            let index = index as u32;
            match find(&new.fields, |field| field.number == before.number) {
                Some((at, after)) if before.name == after.name => {
                    self.field(old, new, (index, before), (at, after), None, &mut changes);
                }
                Some((at, after)) => {
                    self.other_name(old, new, (index, before), (at, after), &mut changes);
                }
                None => removed(old, new, (index, before), None, &mut changes),
            }
        }
        for (index, after) in new.fields.iter().enumerate() {
            let known = old
                .fields
                .iter()
                .any(|f| f.number == after.number || f.name == after.name);
            if !known {
                added(old, new, (index as u32, after), &mut changes);
            }
        }
        reservations((&old.reserved, &new.reserved), &mut changes);
        let names = |m: &Message| -> Vec<Name> {
            m.reserved_names
                .iter()
                .map(|reserved| reserved.name.clone())
                .collect()
        };
        reserved_names(&names(old), &names(new), &mut changes);
        changes
    }

    /// The same number under another name: a rename, a re-use, or a shuffle.
    fn other_name(
        &mut self,
        old: &Message,
        new: &Message,
        (index, before): (u32, &Field),
        (at, after): (u32, &Field),
        changes: &mut Vec<Local>,
    ) {
        let moved_away = new.fields.iter().any(|field| field.name == before.name);
        let came_from = old.fields.iter().any(|field| field.name == after.name);
        if moved_away || came_from {
            removed(old, new, (index, before), Some(after), changes);
            return;
        }
        let same_group = self
            .field_values(before, after)
            .is_none_or(|change| !breaks(&change.outcomes));
        if same_group {
            changes.push(Local {
                kind: ChangeKind::FieldRenamed {
                    number: before.number,
                    old: before.name.clone(),
                    new: after.name.clone(),
                },
                old: At::Name(index),
                new: At::Name(at),
                outcomes: Directed::all(Outcome::Same),
            });
            self.field(old, new, (index, before), (at, after), None, changes);
        } else {
            self.field(
                old,
                new,
                (index, before),
                (at, after),
                Some(&before.name),
                changes,
            );
        }
    }

    /// Everything about a field that is the same one on both sides. `reused`: its old name, where the number means another field now.
    fn field(
        &mut self,
        old: &Message,
        new: &Message,
        (index, before): (u32, &Field),
        (at, after): (u32, &Field),
        reused: Option<&Name>,
        changes: &mut Vec<Local>,
    ) {
        let mut push = |kind, old, new, outcomes| {
            changes.push(Local {
                kind,
                old,
                new,
                outcomes,
            });
        };
        let mut type_changed = false;
        if let Some(change) = self.field_values(before, after) {
            type_changed = true;
            let (old_text, new_text) = (type_text(before), type_text(after));
            let element_types_differ = self.element_change(before, after).is_some();
            let kind = if !element_types_differ && before.cardinality != after.cardinality {
                ChangeKind::FieldCardinalityChanged {
                    old: old_text,
                    new: new_text,
                }
            } else {
                ChangeKind::FieldTypeChanged {
                    number: before.number,
                    old: old_text,
                    new: new_text,
                    reused: reused.cloned(),
                    reading: change.why,
                }
            };
            let outcomes = if reused.is_some() {
                change.outcomes.max(Directed::all(Outcome::Lossy))
            } else {
                change.outcomes
            };
            push(kind, At::Type(index), At::Type(at), outcomes);
        }
        if before.delimited != after.delimited && !type_changed {
            push(
                ChangeKind::FieldEncodingChanged {
                    what: "message encoding",
                    old: if before.delimited {
                        "delimited"
                    } else {
                        "length-prefixed"
                    },
                    new: if after.delimited {
                        "delimited"
                    } else {
                        "length-prefixed"
                    },
                },
                At::Whole(index),
                At::Whole(at),
                Directed {
                    old_to_new: values::wire_types_differ().outcome,
                    new_to_old: values::wire_types_differ().outcome,
                },
            );
        }
        if before.packed != after.packed
            && before.cardinality == Cardinality::Repeated
            && after.cardinality == Cardinality::Repeated
            && !type_changed
        {
            push(
                ChangeKind::FieldEncodingChanged {
                    what: "list encoding",
                    old: if before.packed { "packed" } else { "expanded" },
                    new: if after.packed { "packed" } else { "expanded" },
                },
                At::Whole(index),
                At::Whole(at),
                Directed::all(Outcome::Compatible),
            );
        }
        let text = |field: &Field| field.ty == FieldType::Scalar(Scalar::String);
        if before.utf8 != after.utf8 && text(before) && text(after) {
            push(
                ChangeKind::FieldEncodingChanged {
                    what: "UTF-8 validation",
                    old: if before.utf8 {
                        "verified"
                    } else {
                        "not verified"
                    },
                    new: if after.utf8 {
                        "verified"
                    } else {
                        "not verified"
                    },
                },
                At::Whole(index),
                At::Whole(at),
                Directed {
                    old_to_new: if after.utf8 {
                        values::bytes_as_string(true)
                    } else {
                        ByRuntime::all(Outcome::Compatible)
                    },
                    new_to_old: if before.utf8 {
                        values::bytes_as_string(true)
                    } else {
                        ByRuntime::all(Outcome::Compatible)
                    },
                },
            );
        }
        let singular = before.cardinality == Cardinality::Singular
            && after.cardinality == Cardinality::Singular;
        if singular && !type_changed {
            presence(before, after, index, at, &mut push);
        }
        if before.json_name != after.json_name && before.name == after.name {
            push(
                ChangeKind::JsonNameChanged {
                    old: before.json_name.clone(),
                    new: after.json_name.clone(),
                },
                At::Whole(index),
                At::Whole(at),
                Directed::all(Outcome::Same),
            );
        }
        if let Some((kind, outcomes)) = oneof_change(old, new, before, after) {
            push(kind, At::Name(index), At::Name(at), outcomes);
        }
    }

    /// What a field's type and cardinality do to its values; `None` where both are the same.
    fn field_values(&mut self, before: &Field, after: &Field) -> Option<TypeChange> {
        let element = self.element_change(before, after);
        let map_side = |field: &Field| matches!(field.cardinality, Cardinality::Map(_));
        if map_side(before) != map_side(after) {
            return Some(self.map_change(before, after));
        }
        if let (Cardinality::Map(a), Cardinality::Map(b)) = (before.cardinality, after.cardinality)
        {
            let keys = (a != b).then(|| directed(Value::Scalar(a), Value::Scalar(b), (true, true)));
            return worse(element, keys);
        }
        let lists = |field: &Field| field.cardinality == Cardinality::Repeated;
        let cardinality = match (lists(before), lists(after)) {
            (false, false) => None,
            _ => {
                let o2n = list(before, after, self.value(before), self.value(after));
                let n2o = list(after, before, self.value(after), self.value(before));
                (o2n.worst() != Outcome::Same || n2o.worst() != Outcome::Same).then_some(
                    TypeChange {
                        outcomes: Directed {
                            old_to_new: o2n,
                            new_to_old: n2o,
                        },
                        why: TypeReading::Safe,
                    },
                )
            }
        };
        worse(element, cardinality)
    }

    /// A map on one side only: on the wire it is a repeated message of its entries.
    fn map_change(&mut self, before: &Field, after: &Field) -> TypeChange {
        let (map, other, map_is_old) = match before.cardinality {
            Cardinality::Map(_) => (before, after, true),
            _ => (after, before, false),
        };
        let Cardinality::Map(key) = map.cardinality else {
            return TypeChange {
                outcomes: Directed::all(Outcome::Same),
                why: TypeReading::Safe,
            };
        };
        let entry_side = if map_is_old {
            self.sides.1
        } else {
            self.sides.0
        };
        let is_entry = match (&other.ty, other.cardinality, other.delimited) {
            (FieldType::Message(target), Cardinality::Repeated, false) => {
                let entry = entry_side.message(target.id);
                let has = |number: u32, ty: &FieldType| {
                    entry
                        .fields
                        .iter()
                        .any(|field| field.number == number && same_name(&field.ty, ty))
                };
                entry.fields.len() == 2 && has(1, &FieldType::Scalar(key)) && has(2, &map.ty)
            }
            _ => false,
        };
        let (from_map, to_map, why) = if is_entry {
            // order, duplicates and unknown fields of an entry are lost in the map
            (
                ByRuntime::all(Outcome::Compatible),
                ByRuntime::all(Outcome::Lossy),
                TypeReading::Safe,
            )
        } else {
            let entry = Value::Message { delimited: false };
            let value = self.value(other);
            let both_messages = matches!(value, Value::Message { .. });
            let read = |writer, reader| {
                if both_messages && !other.delimited {
                    ByRuntime::all(Outcome::Lossy)
                } else {
                    values::read(writer, reader, other.utf8).outcome
                }
            };
            (
                read(entry, value),
                read(value, entry),
                TypeReading::OtherType,
            )
        };
        TypeChange {
            outcomes: if map_is_old {
                Directed {
                    old_to_new: from_map,
                    new_to_old: to_map,
                }
            } else {
                Directed {
                    old_to_new: to_map,
                    new_to_old: from_map,
                }
            },
            why,
        }
    }

    /// What the type of one value does; `None` where it is the same type.
    fn element_change(&mut self, before: &Field, after: &Field) -> Option<TypeChange> {
        self.type_change(
            (&before.ty, before.delimited, before.utf8),
            (&after.ty, after.delimited, after.utf8),
        )
    }

    /// What another type does; `None` where it is the same type, under the same name or a renamed one.
    fn type_change(
        &mut self,
        (before, old_delimited, old_utf8): (&FieldType, bool, bool),
        (after, new_delimited, new_utf8): (&FieldType, bool, bool),
    ) -> Option<TypeChange> {
        if same_name(before, after) {
            return None;
        }
        if let (Some(a), Some(b)) = (type_name(before), type_name(after)) {
            if self.renames.types.get(a) == Some(b) {
                self.shapes_alone = false;
                return None;
            }
            let unresolved = |ty: &FieldType| matches!(ty, FieldType::Unresolved(_));
            if unresolved(before) || unresolved(after) {
                if same_suffix(a, b) {
                    return None;
                }
                return Some(TypeChange {
                    outcomes: Directed::all(Outcome::Compatible),
                    why: TypeReading::Unknown,
                });
            }
        } else if matches!(before, FieldType::Unresolved(_))
            || matches!(after, FieldType::Unresolved(_))
        {
            // a message or an enum on one side, a scalar on the other: never every value
            return Some(TypeChange {
                outcomes: Directed::all(Outcome::Lossy),
                why: TypeReading::Unknown,
            });
        }
        match (before, after) {
            (FieldType::Message(a), FieldType::Message(b)) if old_delimited == new_delimited => {
                self.shapes_alone = false;
                let outcomes = self.nested(a.id, b.id);
                Some(TypeChange {
                    outcomes: outcomes.max(Directed::all(Outcome::Compatible)),
                    why: if breaks(&outcomes) {
                        TypeReading::OtherType
                    } else {
                        TypeReading::Safe
                    },
                })
            }
            (FieldType::Enum(a), FieldType::Enum(b)) => {
                self.shapes_alone = false;
                Some(self.other_enum(a.id, b.id))
            }
            _ => Some(directed(
                value_of(before, old_delimited, self.sides.0),
                value_of(after, new_delimited, self.sides.1),
                (old_utf8, new_utf8),
            )),
        }
        .map(|change| {
            // whether an enum is closed stands outside the two messages
            if matches!(before, FieldType::Enum(_)) || matches!(after, FieldType::Enum(_)) {
                self.shapes_alone = false;
            }
            change
        })
    }

    /// The worst that happens between two messages of other names; what keeps its name is reported where it stands.
    fn nested(&mut self, old_id: u32, new_id: u32) -> Directed {
        if !self.visited.insert((old_id, new_id)) {
            return Directed::all(Outcome::Same);
        }
        let (old_side, new_side) = self.sides;
        self.message(old_side.message(old_id), new_side.message(new_id))
            .iter()
            .fold(Directed::all(Outcome::Same), |worst, change| {
                worst.max(change.outcomes)
            })
    }

    /// Another enum altogether: numbers that both know must mean the same, the others are unknown to the reader.
    fn other_enum(&self, old_id: u32, new_id: u32) -> TypeChange {
        let (before, after) = (
            self.sides.0.enumeration(old_id),
            self.sides.1.enumeration(new_id),
        );
        let both_live_on = !self.sides.1.enums_named(&before.name).is_empty()
            && !self.sides.0.enums_named(&after.name).is_empty();
        let unknown = |writer: &protoskew_schema::Enum, reader: &protoskew_schema::Enum| {
            let known = |number| reader.values.iter().any(|value| value.number == number);
            if writer.values.iter().all(|value| known(value.number)) {
                ByRuntime::all(Outcome::Compatible)
            } else {
                values::enum_unknown(reader.closed)
            }
        };
        let other_meaning = both_live_on
            && before.values.iter().any(|value| {
                let mut others = after
                    .values
                    .iter()
                    .filter(|other| other.number == value.number)
                    .peekable();
                others.peek().is_some() && others.all(|other| other.name != value.name)
            });
        let floor = if other_meaning {
            Outcome::Misread
        } else {
            Outcome::Compatible
        };
        TypeChange {
            outcomes: Directed {
                old_to_new: unknown(before, after),
                new_to_old: unknown(after, before),
            }
            .max(Directed::all(floor)),
            why: if other_meaning {
                TypeReading::OtherType
            } else {
                TypeReading::Safe
            },
        }
    }

    fn value(&self, field: &Field) -> Value {
        // an enum's openness does not matter to cardinality
        value_of(&field.ty, field.delimited, self.sides.0)
    }
}

/// Compares the types that a method names; `None` where they are one, by name, by rename or by structure.
pub(crate) fn method_type(
    sides: (&Indexed, &Indexed),
    renames: &Renames,
    before: &FieldType,
    after: &FieldType,
) -> Option<Directed> {
    let mut comparer = Comparer {
        sides,
        renames,
        visited: FxHashSet::default(),
        shapes_alone: true,
    };
    comparer
        .type_change((before, false, true), (after, false, true))
        .map(|change| change.outcomes)
}

fn find(fields: &[Field], wanted: impl Fn(&Field) -> bool) -> Option<(u32, &Field)> {
    fields
        .iter()
        .position(wanted)
        .map(|index| (index as u32, &fields[index]))
}

/// True where a direction breaks in every runtime.
fn breaks(outcomes: &Directed) -> bool {
    outcomes.old_to_new.least().breaks() || outcomes.new_to_old.least().breaks()
}

fn worse(a: Option<TypeChange>, b: Option<TypeChange>) -> Option<TypeChange> {
    match (a, b) {
        (Some(a), Some(b)) => Some(TypeChange {
            outcomes: a.outcomes.max(b.outcomes),
            why: a.why.max(b.why),
        }),
        (a, b) => a.or(b),
    }
}

/// A field is gone; where its name lives on at another number, it was renumbered.
fn removed(
    old: &Message,
    new: &Message,
    (index, before): (u32, &Field),
    taken_by: Option<&Field>,
    changes: &mut Vec<Local>,
) {
    let number_reserved = in_ranges(&new.reserved, before.number as i32);
    if let Some((at, after)) = find(&new.fields, |field| field.name == before.name) {
        let was = old.fields.iter().find(|field| field.number == after.number);
        let outcome = if taken_by.is_some() || was.is_some() {
            Outcome::Misread
        } else {
            Outcome::Lossy
        };
        changes.push(Local {
            kind: ChangeKind::FieldRenumbered {
                old: before.number,
                new: after.number,
                old_number_now: taken_by.map(|field| field.name.clone()),
                new_number_was: was.map(|field| field.name.clone()),
                old_number_reserved: number_reserved,
            },
            old: At::Number(index),
            new: At::Number(at),
            outcomes: Directed::all(outcome),
        });
        return;
    }
    let required = before.presence == Presence::Required;
    let outcomes = if taken_by.is_some() {
        Directed::all(Outcome::Misread)
    } else {
        Directed {
            old_to_new: ByRuntime::all(Outcome::Blind),
            new_to_old: if required {
                ByRuntime::all(Outcome::Withdrawn).max(values::required_missing())
            } else {
                ByRuntime::all(Outcome::Withdrawn)
            },
        }
    };
    changes.push(Local {
        kind: ChangeKind::FieldRemoved {
            number: before.number,
            number_reserved,
            name_reserved: new
                .reserved_names
                .iter()
                .any(|reserved| reserved.name == before.name),
            required,
            taken_by: taken_by.map(|field| field.name.clone()),
        },
        old: At::Whole(index),
        new: taken_by
            .and_then(|field| {
                new.fields
                    .iter()
                    .position(|each| each.number == field.number)
            })
            .map_or(At::Element, |at| At::Whole(at as u32)),
        outcomes,
    });
}

fn added(old: &Message, new: &Message, (index, after): (u32, &Field), changes: &mut Vec<Local>) {
    let joined_oneof = after.oneof.and_then(|oneof| {
        let had_members = new.fields.iter().any(|field| {
            field.oneof == Some(oneof)
                && old
                    .fields
                    .iter()
                    .any(|before| before.number == field.number && before.oneof.is_some())
        });
        had_members.then(|| new.oneofs[oneof as usize].name.clone())
    });
    let required = after.presence == Presence::Required;
    changes.push(Local {
        kind: ChangeKind::FieldAdded {
            number: after.number,
            presence: after.presence,
            joined_oneof,
        },
        old: At::Element,
        new: At::Whole(index),
        outcomes: Directed {
            old_to_new: if required {
                ByRuntime::all(Outcome::Absent).max(values::required_missing())
            } else {
                ByRuntime::all(Outcome::Absent)
            },
            new_to_old: ByRuntime::all(Outcome::Blind),
        },
    });
}

fn presence(
    before: &Field,
    after: &Field,
    index: u32,
    at: u32,
    push: &mut impl FnMut(ChangeKind, At, At, Directed),
) {
    let missing = |writer: &Field, reader: &Field| {
        if reader.presence == Presence::Required && writer.presence != Presence::Required {
            values::required_missing()
        } else {
            ByRuntime::all(Outcome::Compatible)
        }
    };
    if before.presence != after.presence {
        push(
            ChangeKind::FieldPresenceChanged {
                old: before.presence,
                new: after.presence,
            },
            At::Whole(index),
            At::Whole(at),
            Directed {
                old_to_new: missing(before, after),
                new_to_old: missing(after, before),
            },
        );
    }
    if before.default != after.default && before.oneof.is_none() && after.oneof.is_none() {
        // an implicit zero is not sent, so even a value that was set is read as the other side's default
        let implicit =
            before.presence == Presence::Implicit || after.presence == Presence::Implicit;
        push(
            ChangeKind::FieldDefaultChanged {
                old: before.default.clone(),
                new: after.default.clone(),
                implicit,
            },
            At::Whole(index),
            At::Whole(at),
            Directed::all(Outcome::Misread),
        );
    }
}

/// A field that moved into, out of or between oneofs. A oneof that only changed its name is not such a move.
fn oneof_change(
    old: &Message,
    new: &Message,
    before: &Field,
    after: &Field,
) -> Option<(ChangeKind, Directed)> {
    // a sibling in the reader's oneof that the writer may set beside this field
    let beside =
        |writer: &Message, mine: &Field, reader: &Message, theirs: &Field| -> Option<Name> {
            let oneof = theirs.oneof?;
            reader
                .fields
                .iter()
                .filter(|field| field.oneof == Some(oneof) && field.number != theirs.number)
                .find(|field| {
                    writer.fields.iter().any(|sent| {
                        sent.number == field.number
                            && (sent.oneof.is_none() || sent.oneof != mine.oneof)
                    })
                })
                .map(|field| field.name.clone())
        };
    let lost_by_new = beside(old, before, new, after);
    let lost_by_old = beside(new, after, old, before);
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
    if !moved && name(old, before) == name(new, after) {
        return None;
    }
    Some((
        ChangeKind::FieldOneofChanged {
            old: name(old, before),
            new: name(new, after),
            sibling: lost_by_new.clone().or_else(|| lost_by_old.clone()),
        },
        Directed::of(outcome(&lost_by_new), outcome(&lost_by_old)),
    ))
}

/// Numbers that were reserved and are not any more, as ranges.
pub(crate) fn reservations((old, new): (&[NumberRange], &[NumberRange]), changes: &mut Vec<Local>) {
    let mut fences: Vec<(i64, i64)> = new
        .iter()
        .map(|range| (i64::from(range.start), i64::from(range.end)))
        .collect();
    fences.sort_unstable();
    for (index, range) in old.iter().enumerate() {
        let mut start = i64::from(range.start);
        let end = i64::from(range.end);
        let mut free = Vec::new();
        for &(fence_start, fence_end) in &fences {
            if fence_end < start || fence_start > end {
                continue;
            }
            if fence_start > start {
                free.push((start, fence_start - 1));
            }
            start = start.max(fence_end + 1);
        }
        if start <= end {
            free.push((start, end));
        }
        for (start, end) in free {
            changes.push(Local {
                kind: ChangeKind::ReservedNumbersDropped {
                    start: start as i32,
                    end: end as i32,
                },
                old: At::Reserved(index as u32),
                new: At::Element,
                outcomes: Directed::all(Outcome::Same),
            });
        }
    }
}

/// Names that were reserved and are not any more.
pub(crate) fn reserved_names(old: &[Name], new: &[Name], changes: &mut Vec<Local>) {
    for (index, name) in old.iter().enumerate() {
        if !new.contains(name) {
            changes.push(Local {
                kind: ChangeKind::ReservedNameDropped { name: name.clone() },
                old: At::ReservedName(index as u32),
                new: At::Element,
                outcomes: Directed::all(Outcome::Same),
            });
        }
    }
}

pub(crate) fn in_ranges(ranges: &[NumberRange], number: i32) -> bool {
    ranges
        .iter()
        .any(|range| (range.start..=range.end).contains(&number))
}

/// What a list does where the two sides disagree on being one, or on how it is packed. Types are the caller's.
fn list(writer: &Field, reader: &Field, sent: Value, read: Value) -> ByRuntime {
    let list = |field: &Field| field.cardinality == Cardinality::Repeated;
    let outcome = match (list(writer), list(reader)) {
        (true, false) if writer.packed && read.packable() => values::packed_as_singular(),
        (true, false) => ByRuntime::all(Outcome::Lossy),
        (false, true) => ByRuntime::all(Outcome::Compatible),
        _ => ByRuntime::all(Outcome::Same),
    };
    // a packed list is length-prefixed: text reads it as text, and a list of numbers reads text as a packed list
    let mixed = (writer.packed && !read.packable())
        || (!sent.packable() && list(reader) && read.packable());
    if mixed {
        outcome.max(ByRuntime::all(Outcome::Misread))
    } else {
        outcome
    }
}

fn directed(before: Value, after: Value, (old_utf8, new_utf8): (bool, bool)) -> TypeChange {
    let o2n = values::read(before, after, new_utf8);
    let n2o = values::read(after, before, old_utf8);
    TypeChange {
        outcomes: Directed {
            old_to_new: o2n.outcome,
            new_to_old: n2o.outcome,
        },
        why: match (before, after) {
            (Value::Enum { .. }, Value::Scalar(Scalar::Int32 | Scalar::Int64)) => {
                TypeReading::EnumToInteger
            }
            _ if n2o.outcome.worst() > o2n.outcome.worst() => n2o.why,
            _ => o2n.why,
        },
    }
}

fn value_of(ty: &FieldType, delimited: bool, side: &Indexed) -> Value {
    match ty {
        FieldType::Scalar(scalar) => Value::Scalar(*scalar),
        FieldType::Message(_) | FieldType::Unresolved(_) => Value::Message { delimited },
        FieldType::Enum(target) => Value::Enum {
            closed: side
                .schema()
                .enums
                .get(target.id as usize)
                .is_some_and(|each| each.closed),
        },
    }
}

fn type_name(ty: &FieldType) -> Option<&Name> {
    match ty {
        FieldType::Scalar(_) => None,
        FieldType::Message(target) => Some(&target.name),
        FieldType::Enum(target) => Some(&target.name),
        FieldType::Unresolved(name) => Some(name),
    }
}

/// The same scalar, or the same kind of type under the same full name, whatever its id is on each side.
fn same_name(a: &FieldType, b: &FieldType) -> bool {
    match (a, b) {
        (FieldType::Scalar(a), FieldType::Scalar(b)) => a == b,
        (FieldType::Message(a), FieldType::Message(b)) => a.name == b.name,
        (FieldType::Enum(a), FieldType::Enum(b)) => a.name == b.name,
        (FieldType::Unresolved(a), FieldType::Unresolved(b)) => a == b,
        _ => false,
    }
}

/// One name ends with the other, at a dot: what an unresolved name may mean.
fn same_suffix(a: &str, b: &str) -> bool {
    let ends = |long: &str, short: &str| {
        long.strip_suffix(short)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    ends(a, b) || ends(b, a)
}

/// The type as a person writes it: `repeated grpc.Storage`, `map<string, bytes>`.
pub(crate) fn type_text(field: &Field) -> Name {
    let ty = type_word(&field.ty);
    match field.cardinality {
        Cardinality::Singular => ty,
        Cardinality::Repeated => format!("repeated {ty}").into(),
        Cardinality::Map(key) => format!("map<{}, {ty}>", scalar_word(key)).into(),
    }
}

/// The type of one value as a person writes it.
pub(crate) fn type_word(ty: &FieldType) -> Name {
    match ty {
        FieldType::Scalar(scalar) => Name::new_static(scalar_word(*scalar)),
        FieldType::Message(target) => target.name.clone(),
        FieldType::Enum(target) => target.name.clone(),
        FieldType::Unresolved(name) => name.clone(),
    }
}

fn scalar_word(scalar: Scalar) -> &'static str {
    match scalar {
        Scalar::Double => "double",
        Scalar::Float => "float",
        Scalar::Int32 => "int32",
        Scalar::Int64 => "int64",
        Scalar::Uint32 => "uint32",
        Scalar::Uint64 => "uint64",
        Scalar::Sint32 => "sint32",
        Scalar::Sint64 => "sint64",
        Scalar::Fixed32 => "fixed32",
        Scalar::Fixed64 => "fixed64",
        Scalar::Sfixed32 => "sfixed32",
        Scalar::Sfixed64 => "sfixed64",
        Scalar::Bool => "bool",
        Scalar::String => "string",
        Scalar::Bytes => "bytes",
    }
}

/// The span of a part of a message.
pub(crate) fn span_in(message: &Message, at: At) -> Span {
    let field = |index: u32| message.fields.get(index as usize);
    match at {
        At::Element => message.name_span,
        At::Name(index) => field(index).map_or(message.name_span, |f| f.name_span),
        At::Number(index) => field(index).map_or(message.name_span, |f| f.number_span),
        At::Type(index) => field(index).map_or(message.name_span, |f| f.type_span),
        At::Whole(index) => field(index).map_or(message.name_span, |f| f.span),
        At::Reserved(index) => message
            .reserved
            .get(index as usize)
            .map_or(message.name_span, |r| r.span),
        At::ReservedName(index) => message
            .reserved_names
            .get(index as usize)
            .map_or(message.name_span, |r| r.span),
    }
}
