//! prost: generated structs, no reflection, no dynamic messages, no JSON.

use crate::answer::{Answer, Fielded, Fields, Getters};

/// Reads the bytes as one generated type.
pub fn read<M: prost::Message + Default + Fielded + Getters>(bytes: &[u8]) -> Answer {
    match M::decode(bytes) {
        Err(error) => Answer::Refused(error.to_string()),
        Ok(message) => {
            let mut getters = Fields::default();
            message.getters(&mut getters);
            Answer::Read {
                message: Fields::of(&message),
                getters: getters.into_value(),
                binary: message.encode_to_vec(),
                json: None,
            }
        }
    }
}
