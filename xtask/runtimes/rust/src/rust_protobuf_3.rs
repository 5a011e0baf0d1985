//! rust-protobuf 3: generated structs and dynamic messages, both written down by one reflection.

use std::panic::{AssertUnwindSafe, catch_unwind};

use protobuf3::descriptor::FileDescriptorSet;
use protobuf3::reflect::{FileDescriptor, ReflectFieldRef, ReflectValueRef};
use protobuf3::{Message as _, MessageDyn, MessageFull};
use protobuf_json_mapping::{ParseOptions, parse_dyn_from_str_with_options, print_to_string};
use serde_json::Value;

use crate::answer::{Answer, Dump as _, Fields, Getters, panic_words};

/// Reads the bytes as one generated type.
pub fn read<M: MessageFull + Getters>(bytes: &[u8]) -> Answer {
    match M::parse_from_bytes(bytes) {
        Err(error) => Answer::Refused(error.to_string()),
        Ok(message) => {
            let mut getters = Fields::default();
            message.getters(&mut getters);
            answer(&message, getters.into_value())
        }
    }
}

/// Reads without generated code.
pub struct Dynamic(Vec<FileDescriptor>);

impl Dynamic {
    /// Takes a descriptor set, imports first.
    pub fn new(set: &[u8]) -> Result<Self, String> {
        let set = FileDescriptorSet::parse_from_bytes(set).map_err(|error| error.to_string())?;
        let files = FileDescriptor::new_dynamic_fds(set.file, &[]);
        Ok(Self(files.map_err(|error| error.to_string())?))
    }

    fn descriptor(&self, name: &str) -> Option<protobuf3::reflect::MessageDescriptor> {
        self.0.iter().find_map(|file| file.message_by_full_name(&format!(".{name}")))
    }

    /// Reads bytes.
    pub fn read(&self, name: &str, bytes: &[u8]) -> Option<Answer> {
        Some(match self.descriptor(name)?.parse_from_bytes(bytes) {
            Err(error) => Answer::Refused(error.to_string()),
            Ok(message) => answer(&*message, Fields::default().into_value()),
        })
    }

    /// Reads ProtoJSON.
    pub fn json(&self, name: &str, text: &str, lenient: bool) -> Option<Answer> {
        let options = ParseOptions { ignore_unknown_fields: lenient, ..ParseOptions::default() };
        Some(match parse_dyn_from_str_with_options(&self.descriptor(name)?, text, &options) {
            Err(error) => Answer::Refused(error.to_string()),
            Ok(message) => answer(&*message, Fields::default().into_value()),
        })
    }
}

fn answer(message: &dyn MessageDyn, getters: Value) -> Answer {
    // its printer panics at an enum's unknown number
    let printed = catch_unwind(AssertUnwindSafe(|| print_to_string(message)));
    let json = match printed {
        Ok(printed) => printed.map_err(|error| error.to_string()),
        Err(words) => Err(format!("panicked: {}", panic_words(&*words))),
    };
    Answer::Read {
        message: dump(message),
        getters,
        binary: message.write_to_bytes_dyn().unwrap_or_default(),
        json: Some(json),
    }
}

fn dump(message: &dyn MessageDyn) -> Value {
    let mut fields = Fields::default();
    for field in message.descriptor_dyn().fields() {
        let number = field.number() as u32;
        match field.get_reflect(message) {
            ReflectFieldRef::Optional(held) => {
                if let Some(held) = held.value() {
                    // a field without presence is always held
                    if field.has_field(message) {
                        fields.put(number, value(&held));
                    }
                }
            }
            ReflectFieldRef::Repeated(list) => {
                if !list.is_empty() {
                    fields.put(number, list.into_iter().map(|held| value(&held)).collect());
                }
            }
            ReflectFieldRef::Map(map) => {
                fields.pairs(number, map.into_iter().map(|(key, held)| (value(&key), value(&held))).collect());
            }
        }
    }
    fields.into_value()
}

fn value(value: &ReflectValueRef<'_>) -> Value {
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
        ReflectValueRef::Enum(_, number) => number.dump(),
        ReflectValueRef::Message(value) => dump(&**value),
    }
}
