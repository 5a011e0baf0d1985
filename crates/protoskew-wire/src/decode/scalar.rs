//! One value that is not a message: its bytes, cast or refused as the runtime does.

use super::{Decoder, Place, Refusal};
use crate::raw::Reader;
use crate::runtime::{BadText, BoolBits, OutOfRange, Overrun};
use crate::shape::{FieldShape, Kind, Scalar};
use crate::value::{FloatBits, Value};

impl Decoder<'_> {
    /// Reads a scalar or an enum; the inner `Err` holds an enum's number that goes to the unknown fields.
    pub(super) fn scalar(
        &self,
        field: &FieldShape,
        place: Place,
        reader: &mut Reader<'_>,
    ) -> Result<Result<Value, i32>, Refusal> {
        use Scalar::*;
        let scalar = match field.kind {
            Kind::Scalar(scalar) => scalar,
            Kind::Enum(id) => {
                let number = self.signed32(field, self.varint32(reader)?)?;
                return self.enumerated(field, id, place, number);
            }
            // a message is no scalar; nobody asks
            Kind::Message(_) => return Ok(Ok(Value::Integer(0))),
        };
        let integer = |number: i128| Ok(Ok(Value::Integer(number)));
        match scalar {
            Double => Ok(Ok(Value::Float(FloatBits::Double(reader.fixed64()?)))),
            Float => Ok(Ok(Value::Float(FloatBits::Single(reader.fixed32()?)))),
            Fixed32 => integer(reader.fixed32()?.into()),
            Fixed64 => integer(reader.fixed64()?.into()),
            Sfixed32 => integer((reader.fixed32()? as i32).into()),
            Sfixed64 => integer((reader.fixed64()? as i64).into()),
            Int32 => integer(self.signed32(field, self.varint32(reader)?)?.into()),
            Int64 => integer((reader.varint()? as i64).into()),
            Uint32 => integer(self.unsigned32(field, self.varint32(reader)?)?.into()),
            Uint64 => integer(reader.varint()?.into()),
            Sint32 => {
                let raw = self.unsigned32(field, self.varint32(reader)?)?;
                integer(((raw >> 1) as i32 ^ -((raw & 1) as i32)).into())
            }
            Sint64 => {
                let raw = reader.varint()?;
                integer(((raw >> 1) as i64 ^ -((raw & 1) as i64)).into())
            }
            Bool => {
                let answer = match place {
                    Place::Map => self.answers.boolean_in_map.is,
                    _ => self.answers.boolean.is,
                };
                let is_true = match answer {
                    BoolBits::All => reader.varint()? != 0,
                    BoolBits::Low32 => self.varint32(reader)? as u32 != 0,
                };
                integer(is_true.into())
            }
            String => Ok(Ok(self.text(field, place, self.prefixed(reader)?)?)),
            Bytes => Ok(Ok(Value::Text(self.prefixed(reader)?.to_vec()))),
        }
    }

    /// The bytes behind a length.
    fn prefixed<'b>(&self, reader: &mut Reader<'b>) -> Result<&'b [u8], Refusal> {
        if self.answers.overrun.is == Overrun::Messages {
            // such a runtime takes the low bits of a length, as of any integer
            let length = reader.varint()? as u32 as usize;
            return Ok(reader.take(length)?);
        }
        Ok(reader.len_prefixed()?)
    }

    /// The varint of a type with 32 bits.
    pub(super) fn varint32(&self, reader: &mut Reader<'_>) -> Result<u64, Refusal> {
        if self.answers.integer.is == OutOfRange::Misaligned {
            return Ok(reader.varint_of_five_or_ten()?);
        }
        Ok(reader.varint()?)
    }

    fn signed32(&self, field: &FieldShape, raw: u64) -> Result<i32, Refusal> {
        let in_range = i32::try_from(raw as i64).is_ok();
        self.in_range(field, in_range).map(|()| raw as i32)
    }

    fn unsigned32(&self, field: &FieldShape, raw: u64) -> Result<u32, Refusal> {
        let in_range = u32::try_from(raw).is_ok();
        self.in_range(field, in_range).map(|()| raw as u32)
    }

    fn in_range(&self, field: &FieldShape, in_range: bool) -> Result<(), Refusal> {
        if in_range || self.answers.integer.is != OutOfRange::Refuse {
            return Ok(());
        }
        Err(Refusal::Range {
            name: field.name.clone(),
        })
    }

    fn text(&self, field: &FieldShape, place: Place, bytes: &[u8]) -> Result<Value, Refusal> {
        let answer = match place {
            _ if field.utf8 => self.answers.verified_text.is,
            Place::Map => self.answers.other_text_in_map.is,
            _ => self.answers.other_text.is,
        };
        match (std::str::from_utf8(bytes), answer) {
            (Ok(_), _) | (Err(_), BadText::Raw) => Ok(Value::Text(bytes.to_vec())),
            (Err(_), BadText::Replace) => {
                let replaced = String::from_utf8_lossy(bytes);
                Ok(Value::Text(replaced.into_owned().into_bytes()))
            }
            (Err(_), BadText::Refuse) => Err(Refusal::Utf8 {
                name: field.name.clone(),
            }),
        }
    }
}
