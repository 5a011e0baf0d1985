//! What another type of a field does: scalars by the table, messages and enums by their structure, lists and maps by how they are written.

use protoskew_schema::{
    Cardinality, Edition, Enum, EnumValue, Field, FieldType, FileId, Message, Name, Presence,
    Scalar,
};
use protoskew_wire::runtime::{Extensions, WireTypeDiffers};
use rustc_hash::FxHashSet;

use crate::change::TypeReading;
use crate::indexed::Indexed;
use crate::members::Members;
use crate::messages::{Comparer, Local};
use crate::outcome::{ByRuntime, Directed, Outcome};
use crate::pairing::{Renames, same_values};
use crate::reading::{self, Many, Side};
use crate::values::{self, Numbers, Place, Value};

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

/// The entry of a map on one side, read as a message on the other.
struct MapEntry {
    outcomes: Directed,
    /// Where every entry is refused by the message's reader: an entry always has both its parts, and never a third.
    refused: ByRuntime,
    /// The message is such an entry.
    is_such: bool,
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
        self.why.same_group()
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
    /// What a field's type, cardinality and encoding do to its values; `None` where all are the same.
    pub(crate) fn field_values(
        &mut self,
        (old, before): (&Message, &Field),
        (new, after): (&Message, &Field),
    ) -> Option<TypeChange> {
        let element = self.element_change(before, after);
        if element.is_none() && before.cardinality == after.cardinality {
            return None;
        }
        let sides = [
            self.side(0, old.file, before),
            self.side(1, new.file, after),
        ];
        let unresolved = |field: &Field| matches!(field.ty, FieldType::Unresolved(_));
        if unresolved(before) || unresolved(after) {
            return element.or(Some(TypeChange::new(
                Directed::all(Outcome::Lossy),
                TypeReading::Unknown,
            )));
        }
        let mut nested = match &element {
            // enums under other names are compared by their numbers
            Some(change) => change.outcomes,
            None => Directed::all(Outcome::Same),
        };
        let mut entry = None;
        if let (Many::Map(_), Many::One | Many::List) | (Many::One | Many::List, Many::Map(_)) =
            (sides[0].many, sides[1].many)
        {
            let found = self.entry((old, before), (new, after));
            nested = found.as_ref().map_or(nested, |found| found.outcomes);
            entry = found;
        }
        let mut enums = false;
        if let (FieldType::Enum(a), FieldType::Enum(b), Some(_)) = (&before.ty, &after.ty, &element)
        {
            enums = true;
            let place = |side: Side| match side.value {
                Value::Enum(numbers) => (side.place(), numbers.proto2),
                _ => (side.place(), false),
            };
            nested = self.other_enum([a.id, b.id], sides.map(place)).outcomes;
        }
        let read = |writer, reader, nested: ByRuntime| {
            let mut reading = reading::same(writer, reader, nested);
            if enums && reading.why != TypeReading::WireType {
                reading.outcome = reading.outcome.max(nested);
            }
            reading
        };
        let (o2n, n2o) = (
            read(sides[0], sides[1], nested.old_to_new),
            read(sides[1], sides[0], nested.new_to_old),
        );
        let outcomes = Directed {
            old_to_new: o2n.outcome,
            new_to_old: n2o.outcome,
        };
        let is_entry = entry.is_some_and(|entry| entry.is_such);
        let why = match (&element, n2o.outcome.worst() > o2n.outcome.worst()) {
            (Some(change), _) if sides[0].many == sides[1].many => match change.why {
                TypeReading::Safe if n2o.outcome.worst() > o2n.outcome.worst() => n2o.why,
                TypeReading::Safe => o2n.why,
                why => why,
            },
            _ if is_entry => TypeReading::Safe,
            (_, true) => n2o.why,
            (_, false) => o2n.why,
        };
        let maps = sides
            .iter()
            .filter(|side| matches!(side.many, Many::Map(_)));
        Some(TypeChange {
            only_cardinality: if maps.count() == 1 {
                is_entry
            } else {
                let kinds = sides.map(|side| std::mem::discriminant(&side.many));
                element.is_none() && kinds[0] != kinds[1]
            },
            ..TypeChange::new(outcomes, why)
        })
    }

    /// What the number does when it means another field to each side.
    pub(crate) fn other_meaning(
        &mut self,
        (old, before): (&Message, &Field),
        (new, after): (&Message, &Field),
    ) -> Directed {
        let sides = [
            self.side(0, old.file, before),
            self.side(1, new.file, after),
        ];
        let one_map = sides.map(|side| matches!(side.many, Many::Map(_)));
        let entry = if one_map[0] == one_map[1] {
            None
        } else {
            self.entry((old, before), (new, after))
        };
        let read = |writer: Side, reader: Side| {
            let outcome = reading::other(writer, reader).outcome;
            let refused = entry.as_ref().map(|entry| entry.refused);
            match refused.filter(|_| matches!(writer.many, Many::Map(_))) {
                Some(refused) => outcome.or_refused(refused),
                None => outcome,
            }
        };
        let [old_to_new, new_to_old] = [read(sides[0], sides[1]), read(sides[1], sides[0])];
        let blind = ByRuntime::all(Outcome::Blind);
        Directed {
            old_to_new: self.read_by(1, after.number, old_to_new, blind),
            new_to_old: self.read_by(0, before.number, new_to_old, blind),
        }
    }

    /// What becomes of a value where the reader has the number: `unread` to a runtime that has no extensions, where it is one.
    pub(crate) fn read_by(
        &self,
        side: usize,
        number: u32,
        outcome: ByRuntime,
        unread: ByRuntime,
    ) -> ByRuntime {
        if !self.extension_files[side].contains_key(&number) {
            return outcome;
        }
        ByRuntime::each(|runtime| match runtime.answers().extensions.is {
            Extensions::Registered => outcome.get(runtime),
            Extensions::Never => unread.get(runtime),
        })
    }

    /// The field as far as its bytes go.
    fn side(&mut self, side: usize, file: FileId, field: &Field) -> Side {
        let indexed = if side == 0 {
            self.sides.0
        } else {
            self.sides.1
        };
        // below the message itself nothing is an extension
        let extensions = self.extension_files[side].get(&field.number);
        let file = *extensions.filter(|_| self.walk.is_none()).unwrap_or(&file);
        let proto2 = indexed.file(file).edition == Edition::Proto2;
        if matches!(field.ty, FieldType::Enum(_)) {
            // whether an enum is closed, and where, stands outside the two messages
            self.shapes_alone = false;
        }
        Side {
            value: value_of(&field.ty, field.delimited, indexed, proto2),
            many: match field.cardinality {
                Cardinality::Singular => Many::One,
                Cardinality::Repeated => Many::List,
                Cardinality::Map(key) => Many::Map(key),
            },
            packed: field.packed,
            utf8: field.utf8,
            required: field.presence == Presence::Required,
            oneof: field.oneof.is_some(),
        }
    }

    /// A map on one side, and messages on the other: what the entries do.
    fn entry(
        &mut self,
        (old, before): (&Message, &Field),
        (new, after): (&Message, &Field),
    ) -> Option<MapEntry> {
        // the entry stands outside the two messages
        self.shapes_alone = false;
        let ((map, file, key), target, map_is_old) =
            match (before.cardinality, after.cardinality, &before.ty, &after.ty) {
                (Cardinality::Map(key), _, _, FieldType::Message(target)) => {
                    ((before, old.file, key), target, true)
                }
                (_, Cardinality::Map(key), FieldType::Message(target), _) => {
                    ((after, new.file, key), target, false)
                }
                _ => return None,
            };
        let other_side = if map_is_old {
            self.sides.1
        } else {
            self.sides.0
        };
        let message = other_side.message(target.id);
        let mut parts = [map.clone(), map.clone()];
        for (part, number) in parts.iter_mut().zip([1, 2]) {
            part.number = number;
            part.cardinality = Cardinality::Singular;
            part.presence = Presence::Explicit;
            part.delimited = false;
        }
        parts[0].ty = FieldType::Scalar(key);
        let mut worst = Directed::all(Outcome::Same);
        let mut refused = ByRuntime::all(Outcome::Same);
        let mut found = 0;
        let entry_message = Message {
            file,
            ..message.clone()
        };
        for part in &parts {
            let Some(field) = message.fields.iter().find(|it| it.number == part.number) else {
                // the entry's key or value is unknown to the message
                let lost = Directed::of(Outcome::Blind, Outcome::Withdrawn);
                worst = worst.max(in_time(lost, map_is_old));
                continue;
            };
            found += 1;
            let mine = (&entry_message, part);
            let change = if map_is_old {
                self.field_values(mine, (message, field))
            } else {
                self.field_values((message, field), mine)
            };
            if let Some(change) = change {
                found += 10;
                worst = worst.max(change.outcomes);
                if change.why == TypeReading::WireType {
                    let from_map = if map_is_old {
                        change.outcomes.old_to_new
                    } else {
                        change.outcomes.new_to_old
                    };
                    refused = refused.max(ByRuntime::each(|runtime| {
                        match runtime.answers().wire_type.is {
                            WireTypeDiffers::Refuse => from_map.get(runtime),
                            _ => Outcome::Same,
                        }
                    }));
                }
            }
        }
        for field in message
            .fields
            .iter()
            .filter(|it| !(1..=2).contains(&it.number))
        {
            found += 10;
            let more = Directed {
                old_to_new: if field.presence == Presence::Required {
                    refused = refused.max(reading::missing());
                    ByRuntime::all(Outcome::Absent).max(reading::missing())
                } else {
                    ByRuntime::all(Outcome::Absent)
                },
                new_to_old: ByRuntime::all(Outcome::Blind),
            };
            worst = worst.max(in_time(more, map_is_old));
        }
        let from_map = if map_is_old {
            &mut worst.old_to_new
        } else {
            &mut worst.new_to_old
        };
        *from_map = from_map.or_refused(refused);
        Some(MapEntry {
            outcomes: worst,
            refused,
            is_such: found == 2,
        })
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
                // where they stand is the field's affair
                let place = (Place::SINGULAR, false);
                Some(self.other_enum([a.id, b.id], [place; 2]))
            }
            _ => Some(directed(
                value_of(before, old_delimited, self.sides.0, false),
                value_of(after, new_delimited, self.sides.1, false),
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
    fn other_enum(&self, [old_id, new_id]: [u32; 2], places: [(Place, bool); 2]) -> TypeChange {
        let (before, after) = (
            self.sides.0.enumeration(old_id),
            self.sides.1.enumeration(new_id),
        );
        let (olds, news) = (Members::of_enum(before), Members::of_enum(after));
        let unknown = |writer: &Members<'_, EnumValue>,
                       reader: &Members<'_, EnumValue>,
                       closed,
                       (place, proto2)| {
            let known = |value: &EnumValue| reader.numbered(value.number).is_some();
            if writer.all.iter().all(known) {
                ByRuntime::all(Outcome::Compatible)
            } else {
                values::unlisted(closed, proto2, place)
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
            old_to_new: unknown(&olds, &news, after.closed, places[1]),
            new_to_old: unknown(&news, &olds, before.closed, places[0]),
        };
        TypeChange::new(outcomes.max(Directed::all(floor)), why)
    }
}

/// The value's name without its enum's, by which values of several enums are told apart: `RED` for `COLOR_RED`.
pub(crate) fn bare_name(each: &Enum, value: &EnumValue) -> String {
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

/// An outcome that was told as if the older side wrote the map, by who does.
fn in_time(outcomes: Directed, map_is_old: bool) -> Directed {
    if map_is_old {
        outcomes
    } else {
        // what is absent to a newer reader was withdrawn from an older one
        let turned = |outcome: ByRuntime| {
            ByRuntime::each(|runtime| match outcome.get(runtime) {
                Outcome::Absent => Outcome::Withdrawn,
                Outcome::Withdrawn => Outcome::Absent,
                other => other,
            })
        };
        Directed {
            old_to_new: turned(outcomes.new_to_old),
            new_to_old: turned(outcomes.old_to_new),
        }
    }
}

fn directed(before: Value, after: Value, (old_utf8, new_utf8): (bool, bool)) -> TypeChange {
    let place = |utf8| Place {
        utf8,
        ..Place::SINGULAR
    };
    let o2n = values::read(before, after, place(new_utf8));
    let n2o = values::read(after, before, place(old_utf8));
    let why = match (before, after) {
        (Value::Enum(_), Value::Scalar(Scalar::Int32 | Scalar::Int64)) => {
            TypeReading::EnumToInteger
        }
        (Value::Scalar(Scalar::Int32 | Scalar::Int64), Value::Enum(_)) => {
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

fn value_of(ty: &FieldType, delimited: bool, side: &Indexed, proto2: bool) -> Value {
    match ty {
        FieldType::Scalar(scalar) => Value::Scalar(*scalar),
        FieldType::Message(_) | FieldType::Unresolved(_) => Value::Message { delimited },
        FieldType::Enum(target) => {
            let each = side.enumeration(target.id);
            let numbers = || each.values.iter().map(|value| value.number);
            Value::Enum(Numbers {
                closed: each.closed,
                proto2,
                least: numbers().min().unwrap_or(0),
                greatest: numbers().max().unwrap_or(0),
                has_bools: [0, 1]
                    .iter()
                    .all(|bit| numbers().any(|number| number == *bit)),
            })
        }
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
pub(crate) fn same_name(a: &FieldType, b: &FieldType) -> bool {
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
