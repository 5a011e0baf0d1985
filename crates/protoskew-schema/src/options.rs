//! Options of one element: as written, and as protoc resolves them.
//!
//! The resolved form is a tree of typed values, made so that options which mean the same are *equal*, whether they were read from
//! source or from the bytes of a descriptor set: fields in the order of their numbers, parts of one message merged, zeros that are
//! not sent left out, maps sorted by key, an `Any` unpacked where its type is known.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::parse::literal;
use crate::{Name, Span};

/// The options of one element. Reads like the slice of the options as written, which is empty where nothing tells how they were:
/// in a descriptor without source info.
#[derive(Clone, Debug, Default)]
pub struct Options(Option<Box<Set>>);

#[derive(Clone, Debug, Default)]
struct Set {
    written: Box<[OptionValue]>,
    /// Shared by elements that say the same; `None` where nothing is set.
    resolved: Option<Arc<OptionTree>>,
}

static EMPTY: OptionTree = OptionTree { fields: Vec::new() };

impl Options {
    /// Options as written, not resolved yet.
    pub fn written(written: Vec<OptionValue>) -> Self {
        if written.is_empty() {
            return Self(None);
        }
        Self(Some(Box::new(Set {
            written: written.into(),
            resolved: None,
        })))
    }

    /// Options that were read from a descriptor: `written` where source info tells how they were.
    pub(crate) fn described(written: Vec<OptionValue>, resolved: OptionTree) -> Self {
        let mut options = Self::written(written);
        options.resolve(Arc::new(resolved));
        options
    }

    /// What they mean. What could not be resolved is not in it: those stand in the slice with [`OptionValue::resolved`] false.
    pub fn tree(&self) -> &OptionTree {
        let set = self.0.as_ref();
        let resolved = set.and_then(|set| set.resolved.as_deref());
        resolved.unwrap_or(&EMPTY)
    }

    pub(crate) fn resolve(&mut self, resolved: Arc<OptionTree>) {
        if !resolved.is_empty() {
            self.0.get_or_insert_default().resolved = Some(resolved);
        }
    }

    pub(crate) fn mark_unresolved(&mut self, index: usize) {
        if let Some(set) = &mut self.0 {
            set.written[index].resolved = false;
        }
    }

    /// Forgets how they were written.
    pub(crate) fn forget_source(&mut self) {
        if let Some(set) = &mut self.0 {
            set.written = Box::default();
        }
    }
}

impl Deref for Options {
    type Target = [OptionValue];

    fn deref(&self) -> &[OptionValue] {
        self.0.as_ref().map_or(&[], |set| &set.written)
    }
}

/// An option as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionValue {
    /// Name as written, spaces removed: `deprecated`, `(google.api.http).get`, `features.enum_type`. From a descriptor: the full name.
    pub name: Name,
    /// Span from the name to the end of the value; empty from a descriptor.
    pub span: Span,
    /// Span of the value; empty from a descriptor.
    pub value_span: Span,
    /// Span of the whole statement; in brackets, of name and value.
    pub statement: Span,
    /// Whether it is in the tree. Where false, a file that it needs is missing, or a diagnostic tells what is wrong with it.
    pub resolved: bool,
}

impl OptionValue {
    /// The value as normalised text: tokens joined by single spaces (a sign attached to its number), strings side by side made
    /// one, in double quotes, escapes canonical. `text` is that of the file.
    pub fn value(&self, text: &[u8]) -> Name {
        literal::normal_value(text, self.value_span)
    }
}

/// A message of option values: each field once, in the order of their numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OptionTree {
    /// The fields that are set.
    pub fields: Vec<OptionField>,
}

/// A field that is set, and to what.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OptionField {
    /// Its number.
    pub number: u32,
    /// Its name: `deprecated`; of an extension the full name in parentheses, `(google.api.http)`. Empty where the number is not known.
    pub name: Name,
    /// The value.
    pub value: OptionData,
}

/// A value of an option, or of a part of one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum OptionData {
    /// `bool`
    Bool(bool),
    /// Any signed integer type.
    Int(i64),
    /// Any unsigned integer type.
    Uint(u64),
    /// `float`
    Float(Real),
    /// `double`
    Double(Real),
    /// `string`; bytes that are not UTF-8 are replaced.
    String(Name),
    /// `bytes`
    Bytes(Arc<[u8]>),
    /// A value of an enum: its number, and the first name that the number has, if it has one.
    Enum(i32, Option<Name>),
    /// A message or a group.
    Message(OptionTree),
    /// A repeated field; of a map one message for each key, with `key` (1) and `value` (2), in the order of the keys.
    List(Vec<OptionData>),
    /// What the type of the message does not tell: the number's values as they stand in the bytes, tags included.
    Unknown(Arc<[u8]>),
}

/// A floating point number that can be compared: by its bits, with one NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Real(u64);

impl Real {
    /// Takes a number.
    pub fn new(value: f64) -> Self {
        let value = if value.is_nan() { f64::NAN } else { value };
        Self(value.to_bits())
    }

    /// The number.
    pub fn get(self) -> f64 {
        f64::from_bits(self.0)
    }
}

impl OptionTree {
    /// The value of the field of that name (`deprecated`, `(google.api.http)`), if it is set.
    pub fn get(&self, name: &str) -> Option<&OptionData> {
        let found = self.fields.iter().find(|f| f.name == name);
        found.map(|f| &f.value)
    }

    /// The value of the field of that number, if it is set.
    pub fn number(&self, number: u32) -> Option<&OptionData> {
        let at = self.fields.binary_search_by_key(&number, |f| f.number);
        at.ok().map(|at| &self.fields[at].value)
    }

    /// Whether that option is set to true.
    pub fn is_true(&self, name: &str) -> bool {
        self.get(name) == Some(&OptionData::Bool(true))
    }

    /// Takes the field of that name out, if it is set.
    pub(crate) fn take(&mut self, name: &str) -> Option<OptionField> {
        let at = self.fields.iter().position(|f| f.name == name)?;
        Some(self.fields.remove(at))
    }

    /// Whether nothing is set.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

/// As protoc's text format writes it, on one line: messages in braces, lists in brackets.
impl fmt::Display for OptionData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Uint(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{}", value.get() as f32),
            Self::Double(value) => write!(f, "{}", value.get()),
            Self::String(value) => write!(f, "\"{}\"", literal::escape(value.as_bytes(), true)),
            Self::Bytes(value) => write!(f, "\"{}\"", literal::escape(value, false)),
            Self::Enum(_, Some(name)) => f.write_str(name),
            Self::Enum(number, None) => write!(f, "{number}"),
            Self::Message(tree) => write!(f, "{{{tree}}}"),
            Self::List(list) => {
                f.write_str("[")?;
                for (at, value) in list.iter().enumerate() {
                    let comma = if at == 0 { "" } else { ", " };
                    write!(f, "{comma}{value}")?;
                }
                f.write_str("]")
            }
            Self::Unknown(bytes) => write!(f, "\"{}\"", literal::escape(bytes, false)),
        }
    }
}

/// Its fields as in [`OptionData`]'s text, without braces.
impl fmt::Display for OptionTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, field) in self.fields.iter().enumerate() {
            let space = if at == 0 { "" } else { ", " };
            match (field.name.as_str(), field.number) {
                ("", number) => write!(f, "{space}{number}: {}", field.value)?,
                (name, _) => write!(f, "{space}{name}: {}", field.value)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_text_format() {
        let field = |number, name: &str, value| OptionField {
            number,
            name: Name::from(name),
            value,
        };
        let list = OptionData::List(vec![OptionData::Int(-1), OptionData::Uint(2)]);
        let tree = OptionTree {
            fields: vec![
                field(1, "get", OptionData::String("/v1/\"a\"\n".into())),
                field(2, "", OptionData::Bytes(Arc::from(&b"\xff"[..]))),
                field(3, "(x.y)", list),
                field(4, "level", OptionData::Enum(3, Some("HIGH".into()))),
                field(5, "other", OptionData::Enum(7, None)),
                field(6, "rate", OptionData::Float(Real::new(f64::from(0.1_f32)))),
                field(7, "on", OptionData::Bool(true)),
            ],
        };
        assert_eq!(
            OptionData::Message(tree).to_string(),
            r#"{get: "/v1/\"a\"\n", 2: "\377", (x.y): [-1, 2], level: HIGH, other: 7, rate: 0.1, on: true}"#
        );
        assert_eq!(OptionTree::default().to_string(), "");
    }
}
