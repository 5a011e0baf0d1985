//! rust-protobuf 2: generated structs, written down by their reflection.

use protobuf2::Message;
use protobuf2::reflect::{ProtobufValue, ReflectFieldRef, ReflectValueRef};
use serde_json::Value;

use crate::answer::{Answer, Dump as _, Fields, Getters};

/// Reads the bytes as one generated type.
pub fn read<M: Message + Getters>(bytes: &[u8]) -> Answer {
    match M::parse_from_bytes(bytes) {
        Err(error) => Answer::Refused(error.to_string()),
        Ok(message) => {
            let mut getters = Fields::default();
            message.getters(&mut getters);
            Answer::Read {
                message: dump(&message),
                getters: getters.into_value(),
                binary: message.write_to_bytes().unwrap_or_default(),
                json: None,
            }
        }
    }
}

/// The number of an enum's value.
pub fn number<E: protobuf2::ProtobufEnum>(value: E) -> i32 {
    value.value()
}

fn dump(message: &dyn Message) -> Value {
    let mut fields = Fields::default();
    for field in message.descriptor().fields() {
        let number = field.proto().get_number() as u32;
        match field.get_reflect(message) {
            ReflectFieldRef::Optional(None) => {}
            ReflectFieldRef::Optional(Some(held)) => fields.put(number, value(held)),
            ReflectFieldRef::Repeated(list) => {
                if list.len() > 0 {
                    fields.put(number, list.reflect_iter().map(of).collect());
                }
            }
            ReflectFieldRef::Map(map) => {
                fields.pairs(number, map.reflect_iter().map(|(key, held)| (of(key), of(held))).collect());
            }
        }
    }
    fields.into_value()
}

fn of(held: &dyn ProtobufValue) -> Value {
    value(held.as_ref())
}

fn value(value: ReflectValueRef<'_>) -> Value {
    match value {
        ReflectValueRef::U32(value) => value.dump(),
        ReflectValueRef::U64(value) => value.dump(),
        ReflectValueRef::I32(value) => value.dump(),
        ReflectValueRef::I64(value) => value.dump(),
        ReflectValueRef::F32(value) => value.dump(),
        ReflectValueRef::F64(value) => value.dump(),
        ReflectValueRef::Bool(value) => value.dump(),
        ReflectValueRef::String(value) => value.dump(),
        ReflectValueRef::Bytes(value) => value.dump(),
        ReflectValueRef::Enum(value) => value.value().dump(),
        ReflectValueRef::Message(value) => dump(value),
    }
}
