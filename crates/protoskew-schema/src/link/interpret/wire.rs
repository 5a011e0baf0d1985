//! Options from the bytes of an options message, as descriptor sets hold them.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashSet;

use super::shapes::{Extensions, Seen, Shape, Slot, SlotType, enum_data, is_signed};
use crate::descriptor::wire::{Field, Reader, Value as Raw};
use crate::limits::DEEPEST_VALUE;
use crate::link::reach::seen_by_options;
use crate::{FileId, Name, OptionData, OptionField, OptionTree, Real, Scalar, Schema};

/// Reads options messages against a schema that has their types and extensions.
pub(crate) struct OptionReader<'s> {
    extensions: Extensions<'s>,
    /// What each file sees, found out when it matters.
    views: Vec<OnceLock<FxHashSet<FileId>>>,
}

impl<'s> OptionReader<'s> {
    /// Worth keeping where several messages are read.
    pub(crate) fn new(schema: &'s Schema) -> Self {
        Self {
            extensions: Extensions::new(schema),
            views: schema.files.iter().map(|_| OnceLock::new()).collect(),
        }
    }

    /// Reads a `google.protobuf.FieldOptions` (or another message of that full name) of an element in `file`. `None` where the bytes are
    /// no encoding of it.
    ///
    /// A number means the extension that the file sees: its own or an imported one. Where it sees none, the only one in the schema is
    /// meant. Numbers that no field and no such extension has are kept as [`OptionData::Unknown`].
    pub(crate) fn read(&self, file: FileId, message: &str, bytes: &[u8]) -> Option<OptionTree> {
        let schema = self.extensions.schema;
        let shape = super::options_shape(schema, message)?;
        let view = &self.views[file as usize];
        let sees = |other| {
            let view = view.get_or_init(|| seen_by_options(schema, file));
            view.contains(&other)
        };
        let extensions = Seen {
            extensions: &self.extensions,
            sees: &sees,
        };
        let mut tree = OptionTree::default();
        self::message(extensions, shape, bytes, &mut tree, DEEPEST_VALUE)?;
        Some(tree)
    }
}

/// What `Any` holds, where its type is known: so it is the same however it was written.
pub(crate) fn unpack_any(
    extensions: Seen<'_, '_>,
    shape: Shape<'_>,
    tree: &mut OptionTree,
    depth: u32,
) {
    if shape.name() != "google.protobuf.Any" {
        return;
    }
    let Some(OptionData::String(url)) = tree.number(1) else {
        return;
    };
    let name = url.rsplit_once('/').map_or(url.as_str(), |(_, name)| name);
    let Some(inner) = Shape::named(extensions.extensions.schema, name) else {
        return;
    };
    let Some(value) = tree.fields.iter_mut().find(|f| f.number == 2) else {
        return;
    };
    let OptionData::Bytes(bytes) = &value.value else {
        return;
    };
    let mut unpacked = OptionTree::default();
    let bytes = bytes.clone();
    if message(extensions, inner, &bytes, &mut unpacked, depth).is_some() {
        value.value = OptionData::Message(unpacked);
    }
}

/// Merges the fields in `bytes` into a tree.
fn message<'s>(
    extensions: Seen<'_, '_>,
    shape: Shape<'s>,
    bytes: &[u8],
    tree: &mut OptionTree,
    depth: u32,
) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    let mut reader = Reader::new(bytes);
    let is_set = shape.is_message_set();
    loop {
        let start = reader.rest();
        let Some(Field { number, value: raw }) = reader.next().ok()? else {
            break;
        };
        let here = &start[..start.len() - reader.rest().len()];
        if is_set
            && number == 1
            && let Raw::Group(item) = raw
        {
            let (number, bytes) = set_item(item)?;
            match extensions.numbered(shape.name(), number) {
                Some(slot) => value(
                    extensions,
                    shape,
                    &slot,
                    Raw::Bytes(bytes),
                    here,
                    tree,
                    depth,
                )?,
                None => unknown(tree, number, here),
            }
            continue;
        }
        if let Some(slot) = shape.numbered(number) {
            value(extensions, shape, &slot, raw, here, tree, depth)?;
        } else if let Some(slot) = extensions.numbered(shape.name(), number) {
            value(extensions, shape, &slot, raw, here, tree, depth)?;
        } else {
            unknown(tree, number, here);
        }
    }
    unpack_any(extensions, shape, tree, depth);
    Some(())
}

/// `type_id` and `message` of an item of a message set.
fn set_item(item: &[u8]) -> Option<(u32, &[u8])> {
    let (mut id, mut message) = (None, &[][..]);
    let mut reader = Reader::new(item);
    while let Some(field) = reader.next().ok()? {
        match (field.number, field.value) {
            (2, Raw::Varint(value)) => id = u32::try_from(value).ok(),
            (3, Raw::Bytes(bytes)) => message = bytes,
            _ => {}
        }
    }
    Some((id?, message))
}

/// Puts one field's value into the tree.
fn value<'s>(
    extensions: Seen<'_, '_>,
    shape: Shape<'_>,
    slot: &Slot<'s>,
    raw: Raw<'_>,
    here: &[u8],
    tree: &mut OptionTree,
    depth: u32,
) -> Option<()> {
    match (slot.ty, raw) {
        (SlotType::Message(inner), Raw::Bytes(bytes) | Raw::Group(bytes)) => {
            if slot.map {
                let mut entry = OptionTree::default();
                message(extensions, inner, bytes, &mut entry, depth)?;
                put_entry(slot, tree, entry);
            } else {
                let part = open(slot, shape, tree)?;
                message(extensions, inner, bytes, part, depth)?;
            }
        }
        (SlotType::Unknown | SlotType::Message(_), _) => unknown(tree, slot.number, here),
        (SlotType::Scalar(Scalar::String), Raw::Bytes(bytes)) => {
            let text = String::from_utf8_lossy(bytes);
            put(slot, shape, tree, OptionData::String(Name::new(&text)));
        }
        (SlotType::Scalar(Scalar::Bytes), Raw::Bytes(bytes)) => {
            put(slot, shape, tree, OptionData::Bytes(Arc::from(bytes)));
        }
        // packed
        (SlotType::Scalar(_) | SlotType::Enum(_), Raw::Bytes(bytes)) if slot.many => {
            let mut packed = Reader::new(bytes);
            while !packed.rest().is_empty() {
                let one = packed.value(wire_type(slot)).ok()?;
                put(slot, shape, tree, scalar(slot, one)?);
            }
        }
        (_, raw) => match scalar(slot, raw) {
            Some(data) => put(slot, shape, tree, data),
            None => unknown(tree, slot.number, here),
        },
    }
    Some(())
}

fn put(slot: &Slot<'_>, shape: Shape<'_>, tree: &mut OptionTree, data: OptionData) {
    shape.put(slot, tree, data);
}

fn put_entry(slot: &Slot<'_>, tree: &mut OptionTree, entry: OptionTree) {
    if let SlotType::Message(inner) = slot.ty {
        inner.put_entry(slot, tree, entry);
    }
}

fn open<'t>(
    slot: &Slot<'_>,
    shape: Shape<'_>,
    tree: &'t mut OptionTree,
) -> Option<&'t mut OptionTree> {
    shape.open(slot, tree)
}

/// Keeps a field as it stands in the bytes.
fn unknown(tree: &mut OptionTree, number: u32, bytes: &[u8]) {
    match tree.fields.binary_search_by_key(&number, |f| f.number) {
        Ok(at) => {
            if let OptionData::Unknown(before) = &mut tree.fields[at].value {
                *before = [&before[..], bytes].concat().into();
            }
        }
        Err(at) => {
            let field = OptionField {
                number,
                name: Name::default(),
                value: OptionData::Unknown(Arc::from(bytes)),
            };
            tree.fields.insert(at, field);
        }
    }
}

fn wire_type(slot: &Slot<'_>) -> u8 {
    match slot.ty {
        SlotType::Scalar(Scalar::Double | Scalar::Fixed64 | Scalar::Sfixed64) => 1,
        SlotType::Scalar(Scalar::Float | Scalar::Fixed32 | Scalar::Sfixed32) => 5,
        _ => 0,
    }
}

/// One number, bool or enum value; `None` if the wire type is another.
fn scalar(slot: &Slot<'_>, raw: Raw<'_>) -> Option<OptionData> {
    let scalar = match slot.ty {
        SlotType::Scalar(scalar) => scalar,
        SlotType::Enum(item) => {
            return match raw {
                Raw::Varint(bits) => Some(enum_data(item, bits as i32)),
                _ => None,
            };
        }
        SlotType::Message(_) | SlotType::Unknown => return None,
    };
    Some(match (scalar, raw) {
        (Scalar::Bool, Raw::Varint(bits)) => OptionData::Bool(bits != 0),
        (Scalar::Int32, Raw::Varint(bits)) => OptionData::Int(i64::from(bits as i32)),
        (Scalar::Int64, Raw::Varint(bits)) => OptionData::Int(bits as i64),
        (Scalar::Uint32, Raw::Varint(bits)) => OptionData::Uint(u64::from(bits as u32)),
        (Scalar::Uint64, Raw::Varint(bits)) => OptionData::Uint(bits),
        (Scalar::Sint32, Raw::Varint(bits)) => {
            let bits = bits as u32;
            OptionData::Int(i64::from((bits >> 1) as i32 ^ -((bits & 1) as i32)))
        }
        (Scalar::Sint64, Raw::Varint(bits)) => {
            OptionData::Int((bits >> 1) as i64 ^ -((bits & 1) as i64))
        }
        (Scalar::Float, Raw::Fixed32(bits)) => {
            OptionData::Float(Real::new(f64::from(f32::from_bits(bits))))
        }
        (Scalar::Double, Raw::Fixed64(bits)) => OptionData::Double(Real::new(f64::from_bits(bits))),
        (scalar, Raw::Fixed32(bits)) if wire_type(slot) == 5 => {
            if is_signed(scalar) {
                OptionData::Int(i64::from(bits as i32))
            } else {
                OptionData::Uint(u64::from(bits))
            }
        }
        (scalar, Raw::Fixed64(bits)) if wire_type(slot) == 1 => {
            if is_signed(scalar) {
                OptionData::Int(bits as i64)
            } else {
                OptionData::Uint(bits)
            }
        }
        _ => return None,
    })
}
