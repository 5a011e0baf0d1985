//! buffa: generated structs and dynamic messages, both written down by one reflection.

use std::sync::Arc;

use buffa_descriptor::reflect::{DynamicMessage, MapKeyRef, ReflectMessage, ValueRef};
use buffa_descriptor::{DescriptorPool, FieldKind, SingularKind};
use serde_json::Value;

use crate::answer::{Answer, Dump as _, Fields};

/// Reads the bytes as one generated type.
pub fn read<M: buffa::Message + Default + ReflectMessage>(bytes: &[u8]) -> Answer {
    match M::decode_from_slice(bytes) {
        Err(error) => Answer::Refused(error.to_string()),
        Ok(message) => answer(&message, message.encode_to_vec(), None),
    }
}

/// Reads without generated code.
pub struct Dynamic(Arc<DescriptorPool>);

impl Dynamic {
    /// Takes a descriptor set, imports first.
    pub fn new(set: &[u8]) -> Result<Self, String> {
        let pool = DescriptorPool::decode(set).map_err(|error| error.to_string())?;
        Ok(Self(Arc::new(pool)))
    }

    /// Reads bytes.
    pub fn read(&self, name: &str, bytes: &[u8]) -> Option<Answer> {
        let index = self.0.message_index(name)?;
        Some(match DynamicMessage::decode(Arc::clone(&self.0), index, bytes) {
            Err(error) => Answer::Refused(error.to_string()),
            Ok(message) => dynamic(&message),
        })
    }

    /// Reads ProtoJSON.
    pub fn json(&self, name: &str, text: &str, lenient: bool) -> Option<Answer> {
        let index = self.0.message_index(name)?;
        let parse = if lenient { DynamicMessage::from_json_ignoring_unknown } else { DynamicMessage::from_json };
        Some(match parse(Arc::clone(&self.0), index, text) {
            Err(error) => Answer::Refused(error.to_string()),
            Ok(message) => dynamic(&message),
        })
    }
}

fn dynamic(message: &DynamicMessage) -> Answer {
    let json = serde_json::to_string(message).map_err(|error| error.to_string());
    answer(message, message.encode_to_vec(), Some(json))
}

fn answer(message: &dyn ReflectMessage, binary: Vec<u8>, json: Option<Result<String, String>>) -> Answer {
    let mut getters = Fields::default();
    for field in message.message_descriptor().fields() {
        let of_message = matches!(field.kind(), FieldKind::Singular(SingularKind::Message(_)));
        let one = matches!(field.kind(), FieldKind::Singular(_));
        if one && !of_message && field.oneof_index().is_none() {
            getters.put(field.number(), value(message.get(field)));
        }
    }
    Answer::Read { message: dump(message), getters: getters.into_value(), binary, json }
}

fn dump(message: &dyn ReflectMessage) -> Value {
    let mut fields = Fields::default();
    message.for_each_set(&mut |field, held| match held {
        ValueRef::Map(map) => {
            let mut pairs = Vec::new();
            map.for_each(&mut |key, held| pairs.push((key_value(key), value(held))));
            fields.pairs(field.number(), pairs);
        }
        other => fields.put(field.number(), value(other)),
    });
    fields.into_value()
}

fn key_value(key: MapKeyRef<'_>) -> Value {
    match key {
        MapKeyRef::Bool(key) => key.dump(),
        MapKeyRef::I32(key) => key.dump(),
        MapKeyRef::I64(key) => key.dump(),
        MapKeyRef::U32(key) => key.dump(),
        MapKeyRef::U64(key) => key.dump(),
        MapKeyRef::String(key) => key.dump(),
    }
}

fn value(value_ref: ValueRef<'_>) -> Value {
    match value_ref {
        ValueRef::Bool(value) => value.dump(),
        ValueRef::I32(value) => value.dump(),
        ValueRef::I64(value) => value.dump(),
        ValueRef::U32(value) => value.dump(),
        ValueRef::U64(value) => value.dump(),
        ValueRef::F32(value) => value.dump(),
        ValueRef::F64(value) => value.dump(),
        ValueRef::String(value) => value.dump(),
        ValueRef::Bytes(value) => value.dump(),
        ValueRef::EnumNumber(value) => value.dump(),
        ValueRef::Message(message) => dump(&*message),
        ValueRef::List(list) => (0..list.len()).filter_map(|at| list.get(at)).map(value).collect(),
        ValueRef::Map(_) => Value::Null,
    }
}
