//! A schema's messages as the wire's table of shapes: two sides at once, as far as a question about them goes.

use protoskew_schema::{self as schema, Edition, Field, FieldType, Presence};
use protoskew_wire::shape::{
    Cardinality, EnumShape, FieldShape, Kind, MessageShape, Presence as WirePresence, Scalar,
    Shapes,
};
use protoskew_wire::value::{self as wire, FloatBits, Value};
use rustc_hash::FxHashMap;

use crate::fields::Found;
use crate::indexed::Indexed;

/// The same table for both sides; the older one's first.
#[derive(Debug)]
pub(crate) struct Sliced {
    pub(crate) shapes: [Shapes; 2],
    /// The index of the message that was asked about, on each side.
    pub(crate) roots: [usize; 2],
}

impl Sliced {
    /// Leaves of a side's enums these numbers, and of a closed one the first value, which is what absence means.
    pub(crate) fn send_only(&mut self, side: usize, numbers: &[i32]) {
        for each in &mut self.shapes[side].enums {
            let first = each.values.first().filter(|_| each.closed);
            let first = first.map(|(number, _)| *number);
            each.values
                .retain(|(number, _)| numbers.contains(number) || Some(*number) == first);
        }
    }

    /// The table of one side, and its root.
    pub(crate) fn side(&self, side: usize) -> (&Shapes, usize) {
        (&self.shapes[side], self.roots[side])
    }
}

/// Which parts of two messages are put into the tables.
pub(crate) trait Cut {
    /// The fields of a root that are of interest; `None` where all are.
    fn kept(&self) -> Option<Kept>;

    /// Whether two message types are one to the question, which then does not look into them.
    fn is_settled(&self, old: &str, new: &str) -> bool;

    /// Whether two enum types are: the newer one is then taken for the older one.
    fn is_settled_enum(&self, old: &str, new: &str) -> bool;
}

/// Everything, at any depth.
pub(crate) struct Whole;

/// Fields by their numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Kept {
    /// All up to this number.
    pub(crate) up_to: u32,
    /// And these beyond it, each once and in order.
    pub(crate) others: Vec<u32>,
}

impl Kept {
    pub(crate) fn new(up_to: u32, others: impl IntoIterator<Item = u32>) -> Self {
        let beyond = others.into_iter().filter(|number| *number > up_to);
        let mut others: Vec<u32> = beyond.collect();
        others.sort_unstable();
        others.dedup();
        Self { up_to, others }
    }
}

/// Everything that a message may have to do with, at any depth: its own fields, what is required, and the fields of small numbers.
pub(crate) struct Around(pub(crate) Kept);

/// Bytes that are read askew look like fields of small numbers, if of any: greater ones take more bytes.
const SMALL_NUMBER: u32 = 255;

impl Around {
    pub(crate) fn new(sides: [&Indexed; 2], roots: [u32; 2], message: &wire::Message) -> Self {
        let required = (0..2).flat_map(|side| sides[side].required_of(roots[side]));
        let set = message.fields.keys();
        Self(Kept::new(SMALL_NUMBER, set.chain(required).copied()))
    }
}

impl Cut for Around {
    fn kept(&self) -> Option<Kept> {
        Some(self.0.clone())
    }

    fn is_settled(&self, _: &str, _: &str) -> bool {
        false
    }

    fn is_settled_enum(&self, _: &str, _: &str) -> bool {
        false
    }
}

impl Cut for Whole {
    fn kept(&self) -> Option<Kept> {
        None
    }

    fn is_settled(&self, _: &str, _: &str) -> bool {
        false
    }

    fn is_settled_enum(&self, _: &str, _: &str) -> bool {
        false
    }
}

/// Builds the tables of two messages.
pub(crate) fn slice(sides: [&Indexed; 2], roots: [u32; 2], cut: &dyn Cut) -> Sliced {
    let mut builder = Builder {
        sides,
        cut,
        shapes: [Shapes::default(), Shapes::default()],
        messages: FxHashMap::default(),
        enums: FxHashMap::default(),
        open: Vec::new(),
    };
    let roots = builder.pair([Some(roots[0]), Some(roots[1])]);
    let mut is_root = true;
    while let Some((ids, places)) = builder.open.pop() {
        builder.fill(ids, places, is_root);
        is_root = false;
    }
    Sliced {
        shapes: builder.shapes,
        roots,
    }
}

/// The origin of an enum that stands in for the one of its own side.
pub(crate) const SETTLED: u32 = u32::MAX;

type Ids = [Option<u32>; 2];

struct Builder<'a> {
    sides: [&'a Indexed; 2],
    cut: &'a dyn Cut,
    shapes: [Shapes; 2],
    /// Places in both tables; where a side has no such message its place is not used.
    messages: FxHashMap<Ids, [usize; 2]>,
    enums: FxHashMap<(usize, usize, u32), usize>,
    open: Vec<(Ids, [usize; 2])>,
}

impl Builder<'_> {
    fn pair(&mut self, ids: Ids) -> [usize; 2] {
        if let Some(known) = self.messages.get(&ids) {
            return *known;
        }
        let places = [0, 1].map(|side| self.empty(side, ids[side]));
        self.messages.insert(ids, places);
        self.open.push((ids, places));
        places
    }

    /// A message whose fields are not looked at, or not yet.
    fn empty(&mut self, side: usize, id: Option<u32>) -> usize {
        let Some(id) = id else {
            return usize::MAX;
        };
        let table = &mut self.shapes[side].messages;
        table.push(MessageShape {
            name: self.sides[side].message(id).name.to_string(),
            fields: Vec::new(),
            origin: id,
        });
        table.len() - 1
    }

    fn fill(&mut self, ids: Ids, places: [usize; 2], is_root: bool) {
        let cut = self.cut;
        let [old, new] = self.sides;
        let sides = self.sides;
        let fields = |side: usize| -> Vec<Source<'_>> {
            let Some(id) = ids[side] else {
                return Vec::new();
            };
            let kept = if is_root { cut.kept() } else { None };
            sources(sides[side], id, kept.as_ref())
        };
        let (olds, news) = (fields(0), fields(1));
        let is_map = |field: &Field| matches!(field.cardinality, schema::Cardinality::Map(_));
        let at = |all: &'_ [Source<'_>], field: &Field| -> Option<usize> {
            all.binary_search_by_key(&field.number, |source| source.field.number)
                .ok()
        };
        let other = |all: &[Source<'_>], field: &Field| -> Option<u32> {
            let theirs = all.get(at(all, field)?)?.field;
            // what a map holds is not what stands beside it, but a part of that
            if is_map(theirs) != is_map(field) {
                return None;
            }
            match &theirs.ty {
                FieldType::Message(target) => Some(target.id),
                _ => None,
            }
        };
        for (side, mine, theirs) in [(0, &olds, &news), (1, &news, &olds)] {
            for source in mine {
                let field = source.field;
                let kind = match &field.ty {
                    FieldType::Scalar(scalar) => Kind::Scalar(scalar_of(*scalar)),
                    FieldType::Enum(target) => {
                        let older = at(theirs, field)
                            .and_then(|at| match &theirs[at].field.ty {
                                FieldType::Enum(older) if side == 1 => Some(older),
                                _ => None,
                            })
                            .filter(|older| cut.is_settled_enum(&older.name, &target.name));
                        Kind::Enum(match older {
                            Some(older) => self.enumeration(side, (0, older.id)),
                            None => self.enumeration(side, (side, target.id)),
                        })
                    }
                    // nothing is known of it: a message, which most types are
                    FieldType::Unresolved(_) => {
                        let table = &mut self.shapes[side].messages;
                        table.push(MessageShape::default());
                        Kind::Message(table.len() - 1)
                    }
                    FieldType::Message(target) => {
                        let pair = match (side, other(theirs, field)) {
                            (0, other) => [Some(target.id), other],
                            (_, other) => [other, Some(target.id)],
                        };
                        // who takes a group's tag for a length reads on in what it holds
                        let alike = at(theirs, field)
                            .is_some_and(|at| theirs[at].field.delimited == field.delimited);
                        let settled = match pair {
                            [Some(a), Some(b)] if alike => {
                                cut.is_settled(&old.message(a).name, &new.message(b).name)
                            }
                            _ => false,
                        };
                        Kind::Message(if settled {
                            self.empty(side, Some(target.id))
                        } else {
                            self.pair(pair)[side]
                        })
                    }
                };
                let shape = shape_of(self.sides[side], source, kind);
                if let Some(message) = self.shapes[side].messages.get_mut(places[side]) {
                    message.fields.push(shape);
                }
            }
        }
    }

    /// The enum of a side, or the older side's in its place.
    fn enumeration(&mut self, side: usize, (from, id): (usize, u32)) -> usize {
        let key = (side, from, id);
        if let Some(known) = self.enums.get(&key) {
            return *known;
        }
        let each = self.sides[from].enumeration(id);
        let table = &mut self.shapes[side].enums;
        table.push(EnumShape {
            name: each.name.to_string(),
            values: each
                .values
                .iter()
                .map(|value| (value.number, value.name.to_string()))
                .collect(),
            closed: each.closed,
            origin: if from == side { id } else { SETTLED },
        });
        self.enums.insert(key, table.len() - 1);
        table.len() - 1
    }
}

/// A field, or an extension that stands for one.
struct Source<'a> {
    field: &'a Field,
    /// The extension's full name.
    extension: Option<&'a str>,
    proto2: bool,
}

/// The fields of a message by number: all, or those that are kept.
fn sources<'a>(side: &'a Indexed, id: u32, kept: Option<&Kept>) -> Vec<Source<'a>> {
    let source = |found: Found<'a>| {
        let file = match found.extension {
            Some(extension) => extension.file,
            None => side.message(id).file,
        };
        Source {
            field: found.field,
            extension: found.extension.map(|it| it.name.as_str()),
            proto2: side.file(file).edition == Edition::Proto2,
        }
    };
    let by_number = side.fields_from(id, 0);
    let Some(kept) = kept else {
        return by_number.map(source).collect();
    };
    let small = by_number.take_while(|found| found.field.number <= kept.up_to);
    let others = kept.others.iter();
    let others = others.filter_map(|&number| side.field_numbered(id, number));
    small.chain(others).map(source).collect()
}

fn shape_of(side: &Indexed, source: &Source<'_>, kind: Kind) -> FieldShape {
    let field = source.field;
    let is_extension = source.extension.is_some();
    FieldShape {
        number: field.number,
        name: source.extension.unwrap_or(&field.name).to_owned(),
        json_name: field.json_name.to_string(),
        kind,
        cardinality: match field.cardinality {
            schema::Cardinality::Singular => Cardinality::Singular,
            schema::Cardinality::Repeated => Cardinality::Repeated,
            schema::Cardinality::Map(key) => Cardinality::Map(scalar_of(key)),
        },
        presence: match field.presence {
            // an extension has presence whatever its file says
            Presence::Implicit if !is_extension => WirePresence::Implicit,
            Presence::Required => WirePresence::Required,
            _ => WirePresence::Explicit,
        },
        oneof: field.oneof,
        default: field
            .default_text()
            .and_then(|text| default_of(side, &field.ty, text)),
        packed: field.packed,
        delimited: field.delimited,
        utf8: field.utf8,
        proto2: source.proto2,
        extension: is_extension,
    }
}

/// The value that a default's normalised text stands for.
fn default_of(side: &Indexed, ty: &FieldType, text: &str) -> Option<Value> {
    match ty {
        FieldType::Scalar(scalar) => match scalar {
            schema::Scalar::String | schema::Scalar::Bytes => Some(Value::Text(unescaped(text))),
            schema::Scalar::Bool => Some(Value::Integer((text == "true").into())),
            schema::Scalar::Double => {
                let number: f64 = text.parse().ok()?;
                Some(Value::Float(FloatBits::Double(number.to_bits())))
            }
            schema::Scalar::Float => {
                let number: f32 = text.parse().ok()?;
                Some(Value::Float(FloatBits::Single(number.to_bits())))
            }
            _ => text.parse().ok().map(Value::Integer),
        },
        FieldType::Enum(target) => {
            let values = &side.enumeration(target.id).values;
            let value = values.iter().find(|value| value.name == text)?;
            Some(Value::Integer(value.number.into()))
        }
        FieldType::Message(_) | FieldType::Unresolved(_) => None,
    }
}

/// The bytes of a text with C's escapes.
fn unescaped(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes().peekable();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        match bytes.next() {
            Some(b'n') => out.push(b'\n'),
            Some(b'r') => out.push(b'\r'),
            Some(b't') => out.push(b'\t'),
            Some(first @ b'0'..=b'7') => {
                let mut value = u32::from(first - b'0');
                for _ in 0..2 {
                    if let Some(digit @ b'0'..=b'7') = bytes.peek().copied() {
                        value = value * 8 + u32::from(digit - b'0');
                        bytes.next();
                    }
                }
                out.push(value as u8);
            }
            Some(other) => out.push(other),
            None => {}
        }
    }
    out
}

/// The wire's name for it, which is the language's: there is one for each.
fn scalar_of(scalar: schema::Scalar) -> Scalar {
    Scalar::named(scalar.keyword()).unwrap_or(Scalar::Bytes)
}
