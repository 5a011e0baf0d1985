//! Fields: type, presence, encoding, default, as the features decide.

use rustc_hash::FxHashMap;

use super::features::Features;
use super::lower::Lower;
use super::names::Wanted;
use super::options::{is_true, value_of};
use super::values;
use crate::parse::literal;
use crate::parse::syntax::{Kind, Node, flag};
use crate::{
    Cardinality, Edition, Field, FieldDefault, FieldType, MessageId, Name, OptionValue, Options,
    Presence, Scalar, Span,
};

/// Where a field stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Message,
    /// The index of the oneof.
    Oneof(u32),
    /// The message that the `extend` stands in.
    Extension(Option<MessageId>),
}

impl<'a> Lower<'_, 'a> {
    pub(super) fn field(
        &mut self,
        at: u32,
        node: &'a Node,
        message: MessageId,
        mut features: Features,
        place: Place,
    ) -> Field {
        let edition = self.parsed.edition;
        let outer_features = features;
        let mut options = self.options(self.parsed.children(at), Kind::InlineOption, &mut features);
        if edition < Edition::E2023 {
            legacy_features(&self.parsed.text, node, &options, edition, &mut features);
        }
        let group = node.flags & flag::GROUP != 0;
        let (ty, key) = if group {
            let parent = match place {
                Place::Extension(parent) => parent,
                _ => Some(message),
            };
            let group = self.message(at, node, parent, outer_features);
            (FieldType::Message(group), None)
        } else {
            self.field_type(at, node)
        };
        let cardinality = match key {
            Some(key) => Cardinality::Map(key),
            None if node.flags & flag::REPEATED != 0 => Cardinality::Repeated,
            None => Cardinality::Singular,
        };
        // a type that is missing is taken for a message, which most types are
        let is_message = matches!(ty, FieldType::Message(_) | FieldType::Unresolved(_));
        // `optional` is no feature: protobuf leaves the features of such a field as they are
        let optional = node.flags & flag::OPTIONAL != 0;
        let presence = presence(cardinality, place, is_message || optional, features);
        let packable = match &ty {
            FieldType::Scalar(scalar) => scalar.is_packable(),
            FieldType::Enum(_) => true,
            FieldType::Message(_) | FieldType::Unresolved(_) => false,
        };
        let packed = cardinality == Cardinality::Repeated && packable && features.packed;
        let is_string = ty == FieldType::Scalar(Scalar::String) || key == Some(Scalar::String);
        self.check_options(node, &options, &ty, cardinality, presence, place);

        let mut name = self.text(node.name);
        if group {
            name = name.to_ascii_lowercase().into();
        }
        self.declare(&name, node.name, false);
        if key.is_some() {
            self.declare(&entry_name(&name), node.name, false);
        }
        let default_node = self.inline(at, "default");
        let default = default_node.map(|node| {
            Box::new(FieldDefault {
                text: self.default(node, &ty),
                span: node.value,
            })
        });
        let json_name_node = self.inline(at, "json_name");
        let given = json_name_node.and_then(|node| self.given_json_name(node));
        let json_name_given = given.is_some();
        let derived = derived_json_name(&name);
        if matches!(place, Place::Extension(_))
            && let Some(given) = given.as_ref().filter(|given| **given != derived)
        {
            let text = format!("an extension has no `json_name`, and `{given}` is not the default");
            self.error(node.name, text, None);
        }
        let json_name = given.unwrap_or(derived);
        options.retain(|o| o.name != "default" && o.name != "json_name");
        let number = literal::unsigned(self.parsed.slice(node.value))
            .and_then(|n| i32::try_from(n).ok())
            .unwrap_or_else(|| {
                self.out_of_range(node.value);
                0
            });
        Field {
            name,
            json_name,
            json_name_given,
            number: number as u32,
            cardinality,
            presence,
            oneof: match place {
                Place::Oneof(index) => Some(index),
                _ => None,
            },
            proto3_optional: optional && edition == Edition::Proto3,
            default,
            packed,
            delimited: is_message && key.is_none() && features.delimited,
            utf8: is_string && features.utf8,
            deprecated: is_true(&self.parsed.text, &options, "deprecated"),
            features,
            options: Options::written(options),
            // of a group, the comment above is that of its message
            comment: if group { Span::default() } else { node.comment },
            name_span: node.name,
            number_span: node.value,
            type_span: node.ty,
            label_span: label_span(node),
            json_name_span: json_name_node.map_or_else(Span::default, Node::span_of_option),
            span: node.span,
            ty,
        }
    }

    /// The type as written, and a map's key.
    fn field_type(&mut self, at: u32, node: &'a Node) -> (FieldType, Option<Scalar>) {
        if node.flags & flag::MAP == 0 {
            return (self.type_at(node.ty), None);
        }
        let mut types = self
            .parsed
            .children(at)
            .filter(|(_, n)| n.kind == Kind::Type)
            .map(|(_, n)| n.ty);
        let key = types.next().unwrap_or_default();
        let value = types.next().unwrap_or_default();
        // a key that cannot be one is reported by the parser
        let key = Scalar::from_keyword(self.parsed.slice(key)).unwrap_or(Scalar::String);
        (self.type_at(value), Some(key))
    }

    fn type_at(&mut self, span: Span) -> FieldType {
        match Scalar::from_keyword(self.parsed.slice(span)) {
            Some(scalar) => FieldType::Scalar(scalar),
            None => self.reference(span, Wanted::Types),
        }
    }

    fn inline(&self, at: u32, name: &str) -> Option<&'a Node> {
        let parsed = self.parsed;
        let mut options = parsed
            .children(at)
            .filter(|(_, n)| n.kind == Kind::InlineOption);
        options
            .find(|(_, n)| parsed.slice(n.name) == name.as_bytes())
            .map(|(_, n)| n)
    }

    fn given_json_name(&mut self, node: &Node) -> Option<Name> {
        if !matches!(self.parsed.slice(node.value).first(), Some(b'"' | b'\'')) {
            self.error(node.value, "a `json_name` is a string in quotes", None);
            return None;
        }
        let bytes = literal::strings(&self.parsed.text, node.value);
        if bytes.contains(&0) {
            self.error(node.value, "a `json_name` has no NUL in it", None);
        }
        if bytes.starts_with(b"[") && bytes.ends_with(b"]") {
            let text = "a `json_name` in brackets would read as an extension";
            self.error(node.value, text, Some("choose another one"));
        }
        Some(String::from_utf8_lossy(&bytes).into())
    }

    fn default(&mut self, node: &Node, ty: &FieldType) -> Name {
        values::default(&self.parsed.text, node.value, ty).unwrap_or_else(|message| {
            self.error(node.value, message, None);
            literal::normal_value(&self.parsed.text, node.value)
        })
    }

    #[allow(clippy::too_many_arguments)] // everything that is known of the field before it is one
    fn check_options(
        &mut self,
        node: &Node,
        options: &[OptionValue],
        ty: &FieldType,
        cardinality: Cardinality,
        presence: Presence,
        place: Place,
    ) {
        let edition = self.parsed.edition;
        let has = |name| options.iter().find(|o| o.name == name).map(|o| o.span);
        let extension = matches!(place, Place::Extension(_));
        if let Some(span) = has("default") {
            if edition == Edition::Proto3 {
                self.error(span, "proto3 has no defaults of one's own", None);
            } else if cardinality != Cardinality::Singular {
                self.error(span, "a repeated field has no default", None);
            } else if matches!(ty, FieldType::Message(_)) {
                self.error(span, "a message has no default", None);
            } else if presence == Presence::Implicit {
                self.error(span, "a field without presence has no default", None);
            }
        }
        if extension && presence == Presence::Required {
            self.error(node.span, "an extension cannot be required", None);
        }
    }

    /// Two fields of one JSON name: an error where JSON is part of the contract.
    pub(crate) fn check_json_names(&mut self, fields: &[Field], features: Features) {
        let mut by_name: FxHashMap<Name, usize> = FxHashMap::default();
        // The derived names alone first: a `json_name` does not excuse a clash of those.
        for given in [false, true] {
            by_name.clear();
            for (index, field) in fields.iter().enumerate() {
                let derived = if field.json_name_given {
                    derived_json_name(&field.name)
                } else {
                    field.json_name.clone()
                };
                let custom = given && field.json_name != derived;
                let name = if custom {
                    field.json_name.clone()
                } else {
                    derived
                };
                let Some(&other) = by_name.get(&name) else {
                    by_name.insert(name, index);
                    continue;
                };
                let other = &fields[other];
                let other_custom = given && other.json_name != derived_json_name(&other.name);
                let told_before = given && !custom && !other_custom;
                let involves_derived = !custom || !other_custom;
                if told_before
                    || (involves_derived && !features.strict_json)
                    || field.name == other.name
                {
                    continue;
                }
                let message = format!(
                    "`{}` and `{}` have the same name in JSON: `{name}`",
                    other.name, field.name
                );
                self.error(
                    field.name_span,
                    message,
                    Some("set another `json_name`, or rename one of them"),
                );
            }
            if fields.iter().all(|f| !f.json_name_given) {
                return;
            }
        }
    }
}

/// The label that a field begins with: all three are as long.
fn label_span(node: &Node) -> Span {
    if node.flags & (flag::OPTIONAL | flag::REQUIRED | flag::REPEATED) == 0 {
        return Span::default();
    }
    Span {
        start: node.span.start,
        end: node.span.start + "optional".len() as u32,
    }
}

/// What proto2 and proto3 say by labels and options, editions say by features.
fn legacy_features(
    text: &[u8],
    node: &Node,
    options: &[OptionValue],
    edition: Edition,
    features: &mut Features,
) {
    if node.flags & flag::REQUIRED != 0 {
        features.presence = Presence::Required;
    }
    if node.flags & flag::GROUP != 0 {
        features.delimited = true;
    }
    match value_of(text, options, "packed") {
        Some(b"true") => features.packed = true,
        Some(b"false") if edition == Edition::Proto3 => features.packed = false,
        _ => {}
    }
}

/// `always`: a message, or what says `optional`.
pub(crate) fn presence(
    cardinality: Cardinality,
    place: Place,
    always: bool,
    features: Features,
) -> Presence {
    if cardinality != Cardinality::Singular {
        return Presence::Implicit;
    }
    let always = always || place != Place::Message;
    match features.presence {
        Presence::Required if matches!(place, Place::Oneof(_)) => Presence::Explicit,
        Presence::Implicit if always => Presence::Explicit,
        presence => presence,
    }
}

/// The name of the message that the entries of a map are.
fn entry_name(field: &str) -> Name {
    let mut name = String::with_capacity(field.len() + 5);
    let mut capital = true;
    for char in field.chars() {
        match char {
            '_' => {}
            _ if capital => name.push(char.to_ascii_uppercase()),
            _ => name.push(char),
        }
        capital = char == '_';
    }
    name.push_str("Entry");
    name.into()
}

/// protoc's rule: underscores go, and what follows one is capitalised.
pub(crate) fn derived_json_name(name: &str) -> Name {
    if !name.contains('_') {
        return Name::new(name);
    }
    let mut json = String::with_capacity(name.len());
    let mut capital = false;
    for char in name.chars() {
        if char == '_' {
            capital = true;
        } else {
            json.push(if capital {
                char.to_ascii_uppercase()
            } else {
                char
            });
            capital = false;
        }
    }
    json.into()
}
