//! `FileDescriptorProto` and what is in it, decoded: as it stands, nothing resolved.

use std::ops::Range;

use super::wire::{Broken, Reader, Value, Why, varints};
use crate::limits::DEEPEST_NESTING;
use crate::{Name, Span};

/// One file of a set. Field names are those of `descriptor.proto`.
#[derive(Debug, Default)]
pub(crate) struct FileProto {
    pub(crate) name: Name,
    pub(crate) package: Name,
    pub(crate) dependency: Vec<Name>,
    pub(crate) public_dependency: Vec<i32>,
    pub(crate) weak_dependency: Vec<i32>,
    pub(crate) option_dependency: Vec<Name>,
    pub(crate) message_type: Vec<MessageProto>,
    pub(crate) enum_type: Vec<EnumProto>,
    pub(crate) service: Vec<ServiceProto>,
    pub(crate) extension: Vec<FieldProto>,
    pub(crate) options: OptionsProto,
    pub(crate) syntax: Name,
    pub(crate) edition: i32,
    /// Where `source_code_info` stands in the bytes.
    pub(crate) source_code_info: Option<Range<usize>>,
    /// buf's mark of a file that is there only because others import it.
    pub(crate) is_import: bool,
}

/// A message; its `deprecated`, `map_entry` and the like are in the options.
#[derive(Debug, Default)]
pub(crate) struct MessageProto {
    pub(crate) name: Name,
    pub(crate) field: Vec<FieldProto>,
    pub(crate) extension: Vec<FieldProto>,
    pub(crate) nested_type: Vec<MessageProto>,
    pub(crate) enum_type: Vec<EnumProto>,
    pub(crate) extension_range: Vec<RangeProto>,
    pub(crate) oneof_decl: Vec<OneofProto>,
    pub(crate) options: OptionsProto,
    pub(crate) reserved_range: Vec<RangeProto>,
    pub(crate) reserved_name: Vec<(Name, Span)>,
    pub(crate) visibility: i32,
    pub(crate) place: Placed,
}

/// A field or an extension.
#[derive(Debug, Default)]
pub(crate) struct FieldProto {
    pub(crate) name: Name,
    pub(crate) extendee: Name,
    pub(crate) number: i32,
    pub(crate) label: i32,
    pub(crate) ty: i32,
    pub(crate) type_name: Name,
    pub(crate) default_value: Option<Vec<u8>>,
    pub(crate) oneof_index: Option<i32>,
    pub(crate) json_name: Option<Name>,
    pub(crate) options: OptionsProto,
    pub(crate) proto3_optional: bool,
    pub(crate) place: Placed,
    pub(crate) number_span: Span,
    pub(crate) type_span: Span,
    pub(crate) extendee_span: Span,
    pub(crate) json_name_span: Span,
    pub(crate) label_span: Span,
    pub(crate) default_span: Span,
}

#[derive(Debug, Default)]
pub(crate) struct OneofProto {
    pub(crate) name: Name,
    pub(crate) options: OptionsProto,
    pub(crate) place: Placed,
}

/// A range of numbers, as written: of a message its end is excluded, of an enum included.
#[derive(Debug, Default)]
pub(crate) struct RangeProto {
    pub(crate) start: i32,
    pub(crate) end: i32,
    pub(crate) options: OptionsProto,
    pub(crate) span: Span,
}

#[derive(Debug, Default)]
pub(crate) struct EnumProto {
    pub(crate) name: Name,
    pub(crate) value: Vec<ValueProto>,
    pub(crate) options: OptionsProto,
    pub(crate) reserved_range: Vec<RangeProto>,
    pub(crate) reserved_name: Vec<(Name, Span)>,
    pub(crate) visibility: i32,
    pub(crate) place: Placed,
}

#[derive(Debug, Default)]
pub(crate) struct ValueProto {
    pub(crate) name: Name,
    pub(crate) number: i32,
    pub(crate) options: OptionsProto,
    pub(crate) place: Placed,
    pub(crate) number_span: Span,
}

#[derive(Debug, Default)]
pub(crate) struct ServiceProto {
    pub(crate) name: Name,
    pub(crate) method: Vec<MethodProto>,
    pub(crate) options: OptionsProto,
    pub(crate) place: Placed,
}

#[derive(Debug, Default)]
pub(crate) struct MethodProto {
    pub(crate) name: Name,
    pub(crate) input_type: Name,
    pub(crate) output_type: Name,
    pub(crate) options: OptionsProto,
    pub(crate) client_streaming: bool,
    pub(crate) server_streaming: bool,
    pub(crate) place: Placed,
    pub(crate) input_span: Span,
    pub(crate) output_span: Span,
}

/// Where a declaration and its name stand, and the comment above; empty without source info.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Placed {
    pub(crate) span: Span,
    pub(crate) name: Span,
    /// Into the text that the comments were gathered in.
    pub(crate) comment: Span,
}

/// An options message: its bytes, and where each of its settings was written.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct OptionsProto {
    /// Still encoded, because their extensions are known only when the whole set is; a message given in several pieces is their concatenation.
    pub(crate) bytes: Vec<u8>,
    /// The path below the options message that each statement sets, in source order; none without source info.
    pub(crate) settings: Vec<(Box<[i32]>, Span)>,
}

type Read = Result<(), Broken>;

impl FileProto {
    /// Decodes a file. What is of another wire type than declared is skipped, as protobuf's own parsers do.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Broken> {
        let mut file = Self::default();
        each(bytes, |number, value| {
            match (number, value) {
                (1, Value::Bytes(b)) => file.name = text(b),
                (2, Value::Bytes(b)) => file.package = text(b),
                (3, Value::Bytes(b)) => file.dependency.push(text(b)),
                (4, Value::Bytes(b)) => file.message_type.push(MessageProto::decode(b, 1)?),
                (5, Value::Bytes(b)) => file.enum_type.push(EnumProto::decode(b)?),
                (6, Value::Bytes(b)) => file.service.push(ServiceProto::decode(b)?),
                (7, Value::Bytes(b)) => file.extension.push(FieldProto::decode(b)?),
                (8, Value::Bytes(b)) => file.options.bytes.extend_from_slice(b),
                (9, Value::Bytes(b)) => {
                    let start = b.as_ptr().addr() - bytes.as_ptr().addr();
                    file.source_code_info = Some(start..start + b.len());
                }
                (10, value) => file.public_dependency.extend(numbers(value)),
                (11, value) => file.weak_dependency.extend(numbers(value)),
                (12, Value::Bytes(b)) => file.syntax = text(b),
                (14, Value::Varint(v)) => file.edition = v as i32,
                (15, Value::Bytes(b)) => file.option_dependency.push(text(b)),
                (IMAGE_FILE, Value::Bytes(b)) => each(b, |number, value| {
                    if let (1, Value::Varint(v)) = (number, value) {
                        file.is_import = v != 0;
                    }
                    Ok(())
                })?,
                _ => {}
            }
            Ok(())
        })?;
        Ok(file)
    }
}

/// The field with which buf's images extend a file's descriptor.
const IMAGE_FILE: u32 = 8042;

impl MessageProto {
    fn decode(bytes: &[u8], depth: u32) -> Result<Self, Broken> {
        if depth > DEEPEST_NESTING + 1 {
            // a map's entry may stand one level below the deepest message
            return Err(Broken::new(bytes, Why::TooDeep));
        }
        let mut message = Self::default();
        each(bytes, |number, value| {
            match (number, value) {
                (1, Value::Bytes(b)) => message.name = text(b),
                (2, Value::Bytes(b)) => message.field.push(FieldProto::decode(b)?),
                (3, Value::Bytes(b)) => message.nested_type.push(Self::decode(b, depth + 1)?),
                (4, Value::Bytes(b)) => message.enum_type.push(EnumProto::decode(b)?),
                (5, Value::Bytes(b)) => message.extension_range.push(RangeProto::decode(b)?),
                (6, Value::Bytes(b)) => message.extension.push(FieldProto::decode(b)?),
                (7, Value::Bytes(b)) => message.options.bytes.extend_from_slice(b),
                (8, Value::Bytes(b)) => message.oneof_decl.push(OneofProto::decode(b)?),
                (9, Value::Bytes(b)) => message.reserved_range.push(RangeProto::decode(b)?),
                (10, Value::Bytes(b)) => message.reserved_name.push((text(b), Span::default())),
                (11, Value::Varint(v)) => message.visibility = v as i32,
                _ => {}
            }
            Ok(())
        })?;
        Ok(message)
    }

    /// Whether it stands for the entries of a map field.
    pub(crate) fn is_map_entry(&self) -> bool {
        let mut options = Reader::new(&self.options.bytes);
        let mut found = false;
        while let Ok(Some(field)) = options.next() {
            if let (7, Value::Varint(v)) = (field.number, field.value) {
                found = v != 0;
            }
        }
        found
    }
}

impl FieldProto {
    fn decode(bytes: &[u8]) -> Result<Self, Broken> {
        let mut field = Self::default();
        each(bytes, |number, value| {
            match (number, value) {
                (1, Value::Bytes(b)) => field.name = text(b),
                (2, Value::Bytes(b)) => field.extendee = text(b),
                (3, Value::Varint(v)) => field.number = v as i32,
                (4, Value::Varint(v)) => field.label = v as i32,
                (5, Value::Varint(v)) => field.ty = v as i32,
                (6, Value::Bytes(b)) => field.type_name = text(b),
                (7, Value::Bytes(b)) => field.default_value = Some(b.to_vec()),
                (8, Value::Bytes(b)) => field.options.bytes.extend_from_slice(b),
                (9, Value::Varint(v)) => field.oneof_index = Some(v as i32),
                (10, Value::Bytes(b)) => field.json_name = Some(text(b)),
                (17, Value::Varint(v)) => field.proto3_optional = v != 0,
                _ => {}
            }
            Ok(())
        })?;
        Ok(field)
    }
}

impl OneofProto {
    fn decode(bytes: &[u8]) -> Result<Self, Broken> {
        let mut oneof = Self::default();
        each(bytes, |number, value| {
            match (number, value) {
                (1, Value::Bytes(b)) => oneof.name = text(b),
                (2, Value::Bytes(b)) => oneof.options.bytes.extend_from_slice(b),
                _ => {}
            }
            Ok(())
        })?;
        Ok(oneof)
    }
}

impl RangeProto {
    fn decode(bytes: &[u8]) -> Result<Self, Broken> {
        let mut range = Self::default();
        each(bytes, |number, value| {
            match (number, value) {
                (1, Value::Varint(v)) => range.start = v as i32,
                (2, Value::Varint(v)) => range.end = v as i32,
                (3, Value::Bytes(b)) => range.options.bytes.extend_from_slice(b),
                _ => {}
            }
            Ok(())
        })?;
        Ok(range)
    }
}

impl EnumProto {
    fn decode(bytes: &[u8]) -> Result<Self, Broken> {
        let mut item = Self::default();
        each(bytes, |number, value| {
            match (number, value) {
                (1, Value::Bytes(b)) => item.name = text(b),
                (2, Value::Bytes(b)) => item.value.push(ValueProto::decode(b)?),
                (3, Value::Bytes(b)) => item.options.bytes.extend_from_slice(b),
                (4, Value::Bytes(b)) => item.reserved_range.push(RangeProto::decode(b)?),
                (5, Value::Bytes(b)) => item.reserved_name.push((text(b), Span::default())),
                (6, Value::Varint(v)) => item.visibility = v as i32,
                _ => {}
            }
            Ok(())
        })?;
        Ok(item)
    }
}

impl ValueProto {
    fn decode(bytes: &[u8]) -> Result<Self, Broken> {
        let mut value_proto = Self::default();
        each(bytes, |number, value| {
            match (number, value) {
                (1, Value::Bytes(b)) => value_proto.name = text(b),
                (2, Value::Varint(v)) => value_proto.number = v as i32,
                (3, Value::Bytes(b)) => value_proto.options.bytes.extend_from_slice(b),
                _ => {}
            }
            Ok(())
        })?;
        Ok(value_proto)
    }
}

impl ServiceProto {
    fn decode(bytes: &[u8]) -> Result<Self, Broken> {
        let mut service = Self::default();
        each(bytes, |number, value| {
            match (number, value) {
                (1, Value::Bytes(b)) => service.name = text(b),
                (2, Value::Bytes(b)) => service.method.push(MethodProto::decode(b)?),
                (3, Value::Bytes(b)) => service.options.bytes.extend_from_slice(b),
                _ => {}
            }
            Ok(())
        })?;
        Ok(service)
    }
}

impl MethodProto {
    fn decode(bytes: &[u8]) -> Result<Self, Broken> {
        let mut method = Self::default();
        each(bytes, |number, value| {
            match (number, value) {
                (1, Value::Bytes(b)) => method.name = text(b),
                (2, Value::Bytes(b)) => method.input_type = text(b),
                (3, Value::Bytes(b)) => method.output_type = text(b),
                (4, Value::Bytes(b)) => method.options.bytes.extend_from_slice(b),
                (5, Value::Varint(v)) => method.client_streaming = v != 0,
                (6, Value::Varint(v)) => method.server_streaming = v != 0,
                _ => {}
            }
            Ok(())
        })?;
        Ok(method)
    }
}

/// Calls `read` with each field of a message.
fn each<'b>(bytes: &'b [u8], mut read: impl FnMut(u32, Value<'b>) -> Read) -> Read {
    let mut reader = Reader::new(bytes);
    while let Some(field) = reader.next()? {
        read(field.number, field.value)?;
    }
    Ok(())
}

fn text(bytes: &[u8]) -> Name {
    match std::str::from_utf8(bytes) {
        Ok(text) => Name::new(text),
        Err(_) => String::from_utf8_lossy(bytes).into(),
    }
}

fn numbers(value: Value<'_>) -> impl Iterator<Item = i32> {
    varints(value).map(|v| v as i32)
}
