//! What another type of a field does: scalars by the table, messages and enums by their structure, lists and maps by how they are written.

use protoskew_schema::{Cardinality, Enum, EnumValue, Field, FieldType, Name, Scalar};
use rustc_hash::FxHashSet;

use crate::change::TypeReading;
use crate::indexed::Indexed;
use crate::members::Members;
use crate::messages::{Comparer, Local};
use crate::outcome::{ByRuntime, Directed, Outcome};
use crate::pairing::{Renames, same_values};
use crate::values::{self, Value};

/// What a change of type does, in both directions.
pub(crate) struct TypeChange {
    pub(crate) outcomes: Directed,
    pub(crate) why: TypeReading,
    /// One value is what it was; how many there may be changed.
    pub(crate) only_cardinality: bool,
}

/// Messages of other names that are yet to be compared, instead of a recursion: types may refer to each other in circles.
#[derive(Debug)]
pub(crate) struct Walk {
    open: Vec<(u32, u32)>,
    /// Ask for one structure, not for what the differences do.
    strict: bool,
}

impl TypeChange {
    fn new(outcomes: Directed, why: TypeReading) -> Self {
        Self {
            outcomes,
            why,
            only_cardinality: false,
        }
    }

    /// True where the two types read each other's bytes as the same kind of value, if not as the same value: a number, a text.
    pub(crate) fn same_group(&self) -> bool {
        matches!(
            self.why,
            TypeReading::Safe
                | TypeReading::EnumToInteger
                | TypeReading::IntegerToEnum
                | TypeReading::Range
                | TypeReading::Utf8
                | TypeReading::Unknown
        )
    }
}

/// Compares the types that a method names; `None` where they are one, by name, by rename or by structure.
pub(crate) fn method_type(
    sides: (&Indexed, &Indexed),
    renames: &Renames,
    before: &FieldType,
    after: &FieldType,
) -> Option<Directed> {
    Comparer::new(sides, renames)
        .type_change((before, false, true), (after, false, true))
        .map(|change| change.outcomes)
}

impl Comparer<'_> {
    /// What a field's type and cardinality do to its values; `None` where both are the same.
    pub(crate) fn field_values(&mut self, before: &Field, after: &Field) -> Option<TypeChange> {
        let map_side = |field: &Field| matches!(field.cardinality, Cardinality::Map(_));
        if map_side(before) != map_side(after) {
            return Some(self.map_change(before, after));
        }
        let element = self.element_change(before, after);
        if let (Cardinality::Map(a), Cardinality::Map(b)) = (before.cardinality, after.cardinality)
        {
            let keys = (a != b).then(|| directed(Value::Scalar(a), Value::Scalar(b), (true, true)));
            return worse(element, keys);
        }
        let outcomes = Directed {
            old_to_new: list(before, after),
            new_to_old: list(after, before),
        };
        let differs = outcomes.old_to_new.worst().max(outcomes.new_to_old.worst()) != Outcome::Same;
        let cardinality = differs.then(|| TypeChange {
            only_cardinality: element.is_none(),
            ..TypeChange::new(outcomes, TypeReading::Safe)
        });
        worse(element, cardinality)
    }

    /// A map on one side only: on the wire it is a repeated message of its entries.
    fn map_change(&mut self, before: &Field, after: &Field) -> TypeChange {
        let (map, other, map_is_old) = match before.cardinality {
            Cardinality::Map(_) => (before, after, true),
            _ => (after, before, false),
        };
        let Cardinality::Map(key) = map.cardinality else {
            return TypeChange::new(Directed::all(Outcome::Same), TypeReading::Safe);
        };
        // the entry stands outside the two messages
        self.shapes_alone = false;
        let entry_side = if map_is_old {
            self.sides.1
        } else {
            self.sides.0
        };
        let is_entry = match (&other.ty, other.cardinality, other.delimited) {
            (FieldType::Message(target), Cardinality::Repeated, false) => {
                let entry = entry_side.message(target.id);
                let has = |number: u32, ty: &FieldType| {
                    entry.fields.iter().any(|field| {
                        field.number == number
                            && field.cardinality == Cardinality::Singular
                            && same_name(&field.ty, ty)
                    })
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
            let value = value_of(&other.ty, other.delimited, entry_side);
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
        let (old_to_new, new_to_old) = if map_is_old {
            (from_map, to_map)
        } else {
            (to_map, from_map)
        };
        let outcomes = Directed {
            old_to_new,
            new_to_old,
        };
        TypeChange {
            only_cardinality: is_entry,
            ..TypeChange::new(outcomes, why)
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
                return Some(TypeChange::new(
                    Directed::all(Outcome::Compatible),
                    TypeReading::Unknown,
                ));
            }
        } else if matches!(before, FieldType::Unresolved(_))
            || matches!(after, FieldType::Unresolved(_))
        {
            // a message or an enum on one side, a scalar on the other: never every value
            return Some(TypeChange::new(
                Directed::all(Outcome::Lossy),
                TypeReading::Unknown,
            ));
        }
        // whether an enum is closed stands outside the two messages
        if matches!(before, FieldType::Enum(_)) || matches!(after, FieldType::Enum(_)) {
            self.shapes_alone = false;
        }
        match (before, after) {
            (FieldType::Message(a), FieldType::Message(b)) if old_delimited == new_delimited => {
                self.shapes_alone = false;
                let outcomes = match &mut self.walk {
                    Some(walk) => {
                        walk.open.push((a.id, b.id));
                        if walk.strict {
                            return None;
                        }
                        Directed::all(Outcome::Same)
                    }
                    None => self.nested(a.id, b.id),
                };
                let why = if breaks(&outcomes) {
                    TypeReading::OtherType
                } else {
                    TypeReading::Safe
                };
                let floor = Directed::all(Outcome::Compatible);
                Some(TypeChange::new(outcomes.max(floor), why))
            }
            (FieldType::Enum(a), FieldType::Enum(b)) => {
                let strict = self.walk.as_ref().is_some_and(|walk| walk.strict);
                if strict && same_values(self.sides.0, a.id, self.sides.1, b.id) {
                    return None;
                }
                Some(self.other_enum(a.id, b.id))
            }
            _ => Some(directed(
                value_of(before, old_delimited, self.sides.0),
                value_of(after, new_delimited, self.sides.1),
                (old_utf8, new_utf8),
            )),
        }
    }

    /// The worst that happens between two messages of other names, at any depth; what keeps its name is reported where it stands.
    fn nested(&mut self, old_id: u32, new_id: u32) -> Directed {
        if let Some(known) = self.nested.get(&(old_id, new_id)) {
            return *known;
        }
        let mut worst = Directed::all(Outcome::Same);
        self.walk((old_id, new_id), false, |changes| {
            worst = changes
                .iter()
                .fold(worst, |worst, change| worst.max(change.outcomes));
            true
        });
        self.nested.insert((old_id, new_id), worst);
        worst
    }

    /// True where the two messages have one structure: every number with the same name, type and meaning, at any depth.
    pub(crate) fn same_structure(&mut self, old_id: u32, new_id: u32) -> bool {
        let mut same = true;
        self.walk((old_id, new_id), true, |changes| {
            same = changes.is_empty();
            same
        });
        same
    }

    /// Compares two messages, and each pair of differently named ones that stand at the same place below them, once;
    /// until `go_on` says no.
    fn walk(&mut self, root: (u32, u32), strict: bool, mut go_on: impl FnMut(&[Local]) -> bool) {
        let (old_side, new_side) = self.sides;
        let outer = self.walk.replace(Walk {
            open: vec![root],
            strict,
        });
        let mut seen: FxHashSet<(u32, u32)> = FxHashSet::default();
        while let Some(pair) = self.walk.as_mut().and_then(|walk| walk.open.pop()) {
            if seen.insert(pair) {
                let changes = self.message(old_side.message(pair.0), new_side.message(pair.1));
                if !go_on(&changes) {
                    break;
                }
            }
        }
        self.walk = outer;
    }

    /// Another enum altogether: numbers that both know must mean the same, the others are unknown to the reader.
    fn other_enum(&self, old_id: u32, new_id: u32) -> TypeChange {
        let (before, after) = (
            self.sides.0.enumeration(old_id),
            self.sides.1.enumeration(new_id),
        );
        let (olds, news) = (Members::of_enum(before), Members::of_enum(after));
        let unknown = |writer: &Members<'_, EnumValue>, reader: &Members<'_, EnumValue>, closed| {
            let known = |value: &EnumValue| reader.numbered(value.number).is_some();
            if writer.all.iter().all(known) {
                ByRuntime::all(Outcome::Compatible)
            } else {
                values::enum_unknown(closed)
            }
        };
        let both_live_on = !self.sides.1.enums_named(&before.name).is_empty()
            && !self.sides.0.enums_named(&after.name).is_empty();
        let other_meaning = both_live_on
            && before.values.iter().any(|value| {
                let name = bare_name(before, value);
                let mut others = after
                    .values
                    .iter()
                    .filter(|other| other.number == value.number)
                    .peekable();
                others.peek().is_some() && others.all(|other| bare_name(after, other) != name)
            });
        let (floor, why) = if other_meaning {
            (Outcome::Misread, TypeReading::OtherType)
        } else {
            (Outcome::Compatible, TypeReading::Safe)
        };
        let outcomes = Directed {
            old_to_new: unknown(&olds, &news, after.closed),
            new_to_old: unknown(&news, &olds, before.closed),
        };
        TypeChange::new(outcomes.max(Directed::all(floor)), why)
    }
}

/// The value's name without its enum's, by which values of several enums are told apart: `RED` for `COLOR_RED`.
fn bare_name(each: &Enum, value: &EnumValue) -> String {
    let plain = |text: &str| text.replace('_', "").to_ascii_uppercase();
    let short = each.name.rsplit('.').next().unwrap_or(&each.name);
    let name = plain(&value.name);
    match name.strip_prefix(&plain(short)) {
        Some(bare) if !bare.is_empty() => bare.to_owned(),
        _ => name,
    }
}

/// True where a direction breaks in every runtime.
pub(crate) fn breaks(outcomes: &Directed) -> bool {
    outcomes.old_to_new.least().breaks() || outcomes.new_to_old.least().breaks()
}

fn worse(a: Option<TypeChange>, b: Option<TypeChange>) -> Option<TypeChange> {
    match (a, b) {
        (Some(a), Some(b)) => Some(TypeChange::new(
            a.outcomes.max(b.outcomes),
            a.why.max(b.why),
        )),
        (a, b) => a.or(b),
    }
}

/// What a list does where the two sides disagree on being one, or on how it is packed. Types are the caller's.
fn list(writer: &Field, reader: &Field) -> ByRuntime {
    // an enum is a number here, open or closed
    let value = |field: &Field| match &field.ty {
        FieldType::Scalar(scalar) => Value::Scalar(*scalar),
        FieldType::Enum(_) => Value::Scalar(Scalar::Int32),
        FieldType::Message(_) | FieldType::Unresolved(_) => Value::Message {
            delimited: field.delimited,
        },
    };
    let (sent, read) = (value(writer), value(reader));
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
    let why = match (before, after) {
        (Value::Enum { .. }, Value::Scalar(Scalar::Int32 | Scalar::Int64)) => {
            TypeReading::EnumToInteger
        }
        (Value::Scalar(Scalar::Int32 | Scalar::Int64), Value::Enum { .. }) => {
            TypeReading::IntegerToEnum
        }
        _ if n2o.outcome.worst() > o2n.outcome.worst() => n2o.why,
        _ => o2n.why,
    };
    let outcomes = Directed {
        old_to_new: o2n.outcome,
        new_to_old: n2o.outcome,
    };
    TypeChange::new(outcomes, why)
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
        Cardinality::Map(key) => format!("map<{}, {ty}>", key.keyword()).into(),
    }
}

/// The type of one value as a person writes it.
pub(crate) fn type_word(ty: &FieldType) -> Name {
    match ty {
        FieldType::Scalar(scalar) => Name::new_static(scalar.keyword()),
        FieldType::Message(target) => target.name.clone(),
        FieldType::Enum(target) => target.name.clone(),
        FieldType::Unresolved(name) => name.clone(),
    }
}
