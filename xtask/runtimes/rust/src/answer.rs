//! What a reader holds after it has read some bytes, in the words that all runtimes share.

use std::collections::HashMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

/// The answer to one request.
pub enum Answer {
    /// The bytes were refused, with the runtime's own words.
    Refused(String),
    /// The bytes were read.
    Read {
        /// Fields by number, nested.
        message: Value,
        /// What typed getters give, where the runtime has any.
        getters: Value,
        /// The message, written again.
        binary: Vec<u8>,
        /// The message as ProtoJSON, or why not, where the runtime has it.
        json: Option<Result<String, String>>,
    },
}

impl Answer {
    /// The line that is printed.
    pub fn line(&self) -> String {
        match self {
            Answer::Refused(words) => json!({ "refused": words }),
            Answer::Read { message, getters, binary, json } => {
                let mut line = json!({ "message": message, "getters": getters, "binary": hex(binary) });
                match json {
                    Some(Ok(text)) => line["json"] = json!(text),
                    Some(Err(words)) => line["json_refused"] = json!(words),
                    None => {}
                }
                line
            }
        }
        .to_string()
    }
}

/// What a panic said.
pub fn panic_words(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let words = text.or_else(|| payload.downcast_ref::<&str>().copied());
    words.unwrap_or("without words").to_owned()
}

/// Bytes in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Hexadecimal digits as bytes.
pub fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    if !text.is_ascii() || digits.len() % 2 != 0 {
        return None;
    }
    let pair = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).ok();
    (0..digits.len()).step_by(2).map(pair).collect()
}

/// A value of a field, written down.
pub trait Dump {
    /// The shared words for it: numbers in decimal, floats by their bits, text and bytes in hexadecimal digits behind an `h`.
    fn dump(&self) -> Value;
    /// Whether a field without presence would count as absent.
    fn is_zero(&self) -> bool;
}

/// A message that can name its own fields.
pub trait Fielded {
    /// Adds the fields that are present.
    fn fields(&self, to: &mut Fields);
}

/// A message with typed getters.
pub trait Getters {
    /// Adds what each getter gives.
    fn getters(&self, to: &mut Fields);
}

macro_rules! numbers {
    ($($of:ty),*) => {$(
        impl Dump for $of {
            fn dump(&self) -> Value { json!(self.to_string()) }
            fn is_zero(&self) -> bool { *self == <$of>::default() }
        }
    )*};
}
numbers!(i32, i64, u32, u64, bool);

impl Dump for f32 {
    fn dump(&self) -> Value {
        json!(format!("0x{:08x}", self.to_bits()))
    }
    fn is_zero(&self) -> bool {
        self.to_bits() == 0
    }
}

impl Dump for f64 {
    fn dump(&self) -> Value {
        json!(format!("0x{:016x}", self.to_bits()))
    }
    fn is_zero(&self) -> bool {
        self.to_bits() == 0
    }
}

impl Dump for str {
    fn dump(&self) -> Value {
        self.as_bytes().dump()
    }
    fn is_zero(&self) -> bool {
        self.is_empty()
    }
}

impl Dump for [u8] {
    fn dump(&self) -> Value {
        json!(format!("h{}", hex(self)))
    }
    fn is_zero(&self) -> bool {
        self.is_empty()
    }
}

impl Dump for String {
    fn dump(&self) -> Value {
        self.as_str().dump()
    }
    fn is_zero(&self) -> bool {
        self.is_empty()
    }
}

impl Dump for Vec<u8> {
    fn dump(&self) -> Value {
        self.as_slice().dump()
    }
    fn is_zero(&self) -> bool {
        self.is_empty()
    }
}

impl<T: Dump + ?Sized> Dump for Box<T> {
    fn dump(&self) -> Value {
        (**self).dump()
    }
    fn is_zero(&self) -> bool {
        (**self).is_zero()
    }
}

impl<T: Dump + ?Sized> Dump for &T {
    fn dump(&self) -> Value {
        (**self).dump()
    }
    fn is_zero(&self) -> bool {
        (**self).is_zero()
    }
}

/// Fields by number.
#[derive(Default)]
pub struct Fields(Map<String, Value>);

impl Fields {
    /// A message's fields.
    pub fn of(message: &impl Fielded) -> Value {
        let mut fields = Fields::default();
        message.fields(&mut fields);
        fields.into_value()
    }

    /// All of them as one value.
    pub fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    /// A value that was written down already.
    pub fn put(&mut self, number: u32, value: Value) {
        self.0.insert(number.to_string(), value);
    }

    /// A field with presence.
    pub fn optional(&mut self, number: u32, value: Option<&(impl Dump + ?Sized)>) {
        if let Some(value) = value {
            self.put(number, value.dump());
        }
    }

    /// A field that the runtime always holds.
    pub fn required(&mut self, number: u32, value: &impl Dump) {
        self.put(number, value.dump());
    }

    /// A field without presence.
    pub fn implicit(&mut self, number: u32, value: &impl Dump) {
        if !value.is_zero() {
            self.put(number, value.dump());
        }
    }

    /// A list.
    pub fn list(&mut self, number: u32, values: &[impl Dump]) {
        if !values.is_empty() {
            self.put(number, values.iter().map(Dump::dump).collect());
        }
    }

    /// A map.
    pub fn map(&mut self, number: u32, values: &HashMap<impl Dump, impl Dump>) {
        let pairs = values.iter().map(|(key, value)| (key.dump(), value.dump()));
        self.pairs(number, pairs.collect());
    }

    /// A map, by its entries.
    pub fn pairs(&mut self, number: u32, mut pairs: Vec<(Value, Value)>) {
        if !pairs.is_empty() {
            pairs.sort_by_key(|(key, _)| key.to_string());
            let pairs: Value = pairs.into_iter().map(|(key, value)| json!([key, value])).collect();
            self.put(number, json!({ "map": pairs }));
        }
    }

    /// What a getter gives.
    pub fn getter(&mut self, number: u32, value: &(impl Dump + ?Sized)) {
        self.put(number, value.dump());
    }

    /// What a list's getter gives.
    pub fn getter_list(&mut self, number: u32, values: impl Iterator<Item = i32>) {
        self.put(number, values.map(|value| value.dump()).collect());
    }

    /// What a map's getter gives for each key.
    pub fn getter_map<'a, K: Dump + 'a>(&mut self, number: u32, pairs: impl Iterator<Item = (&'a K, Option<i32>)>) {
        let dump = |value: Option<i32>| value.map_or(Value::Null, |value| value.dump());
        let pairs = pairs.map(|(key, value)| (key.dump(), dump(value))).collect();
        self.pairs(number, pairs);
    }
}
