//! The fingerprint of a change: a hash over the set of semantic statements that went and that came.
//!
//! A schema says a set of statements, one for each element, each a line of text of its own: what the element is called, its number,
//! type, presence and so on, as resolved. Comments, line breaks, the order of declarations, the file that holds an element, and the syntax
//! that a meaning is written in are no part of it. A change is what the newer set lacks of the older one (`-`) and has beyond it (`+`);
//! its fingerprint is the start of the SHA-256 of those lines, sorted. So it is the same on every machine, after a rebase, in one commit
//! or in many, and another one as soon as anything of meaning is edited. `docs/reviews.md` tells its users so.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use protoskew_compare::Indexed;
use protoskew_schema::{
    Cardinality, Enum, Field, FieldType, Message, NumberRange, OptionData, OptionTree, Presence,
    ReservedName, Service,
};
use sha2::{Digest, Sha256};

/// Which way of stating this is: another one would give every change another fingerprint.
const SCHEME: &str = "1:";

/// Hexadecimal digits of a fingerprint behind its scheme.
const DIGITS: usize = 24;

/// How many digits must be written for a fingerprint to be meant, where a person abbreviates it.
pub const FEWEST_DIGITS: usize = 12;

/// One thing that a schema says of an element.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Statement {
    /// Full name of the element.
    pub element: String,
    /// What is said of it.
    pub text: String,
}

/// What changed in meaning between two schemas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// What the older one said and the newer one does not, in order.
    pub went: Vec<Statement>,
    /// What the newer one says and the older one did not.
    pub came: Vec<Statement>,
}

impl Difference {
    /// Between two schemas, judged files alone.
    pub fn between(old: &Indexed, new: &Indexed) -> Self {
        let (old, new) = (statements(old), statements(new));
        Self {
            went: old.difference(&new).cloned().collect(),
            came: new.difference(&old).cloned().collect(),
        }
    }

    /// Whether nothing of meaning changed.
    pub fn is_empty(&self) -> bool {
        self.went.is_empty() && self.came.is_empty()
    }

    /// The fingerprint: `1:` and 24 hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        let mut hasher = Sha256::new();
        for (sign, statements) in [('-', &self.went), ('+', &self.came)] {
            for statement in statements {
                hasher.update(format!(
                    "{sign}{} = {}\n",
                    statement.element, statement.text
                ));
            }
        }
        let mut text = SCHEME.to_owned();
        for byte in hasher.finalize().iter().take(DIGITS / 2) {
            let _ = write!(text, "{byte:02x}");
        }
        text
    }
}

/// Whether a text names a fingerprint, whole or by its first digits.
pub fn names(text: &str, fingerprint: &str) -> bool {
    let digits = fingerprint.strip_prefix(SCHEME).unwrap_or(fingerprint);
    let words = text.split(|letter: char| !letter.is_ascii_hexdigit());
    words
        .filter(|word| word.len() >= FEWEST_DIGITS.min(digits.len()))
        .any(|word| digits.starts_with(&word.to_ascii_lowercase()))
}

fn statements(indexed: &Indexed) -> BTreeSet<Statement> {
    let schema = indexed.schema();
    let mut said = Said(BTreeSet::new());
    for message in schema
        .messages
        .iter()
        .filter(|each| indexed.judged(each.file))
    {
        said.message(message);
    }
    for each in schema.enums.iter().filter(|each| indexed.judged(each.file)) {
        said.enumeration(each);
    }
    for service in schema
        .services
        .iter()
        .filter(|each| indexed.judged(each.file))
    {
        said.service(service);
    }
    for extension in schema
        .extensions
        .iter()
        .filter(|each| indexed.judged(each.file))
    {
        let text = format!(
            "extends {} {}",
            type_text(&extension.extendee),
            field_text(None, &extension.field)
        );
        said.say(extension.name.as_str(), text);
    }
    said.0
}

struct Said(BTreeSet<Statement>);

impl Said {
    fn say(&mut self, element: impl Into<String>, text: impl Into<String>) {
        self.0.insert(Statement {
            element: element.into(),
            text: text.into(),
        });
    }

    fn message(&mut self, message: &Message) {
        let name = message.name.as_str();
        let options = message.options.tree();
        let kind = if options.is_true("message_set_wire_format") {
            "message set"
        } else {
            "message"
        };
        self.say(name, flagged(kind.to_owned(), message.deprecated, options));
        for field in &message.fields {
            let element = format!("{name}.{}", field.name);
            self.say(element, field_text(Some(message), field));
        }
        self.fences(name, &message.reserved, &message.reserved_names);
        for (start, end) in joined(&message.extension_ranges) {
            self.say(name, format!("extensions {start} to {end}"));
        }
    }

    fn enumeration(&mut self, each: &Enum) {
        let name = each.name.as_str();
        let kind = if each.closed { "closed enum" } else { "enum" };
        self.say(
            name,
            flagged(kind.to_owned(), each.deprecated, each.options.tree()),
        );
        // absence means the first listed value of a closed enum
        if let Some(first) = each.values.first().filter(|_| each.closed) {
            self.say(name, format!("absent is {}", first.name));
        }
        for value in &each.values {
            let text = format!("value {}", value.number);
            let text = flagged(text, value.deprecated, value.options.tree());
            self.say(format!("{name}.{}", value.name), text);
        }
        self.fences(name, &each.reserved, &each.reserved_names);
    }

    fn service(&mut self, service: &Service) {
        let name = service.name.as_str();
        self.say(
            name,
            flagged(
                "service".to_owned(),
                service.deprecated,
                service.options.tree(),
            ),
        );
        for method in &service.methods {
            let stream = |streams: bool| if streams { "stream " } else { "" };
            let mut text = format!(
                "call {}{} -> {}{}",
                stream(method.client_streaming),
                type_text(&method.request),
                stream(method.server_streaming),
                type_text(&method.response)
            );
            if let Some(level) = &method.idempotency {
                let _ = write!(text, " {level}");
            }
            let text = flagged(text, method.deprecated, method.options.tree());
            self.say(format!("{name}.{}", method.name), text);
        }
    }

    fn fences(&mut self, element: &str, ranges: &[NumberRange], names: &[ReservedName]) {
        for (start, end) in joined(ranges) {
            self.say(element, format!("reserved {start} to {end}"));
        }
        for each in names {
            self.say(element, format!("reserved {:?}", each.name.as_str()));
        }
    }
}

/// Ranges in order, those that touch made one.
fn joined(ranges: &[NumberRange]) -> Vec<(i32, i32)> {
    let mut sorted: Vec<(i32, i32)> = ranges.iter().map(|each| (each.start, each.end)).collect();
    sorted.sort_unstable();
    let mut joined: Vec<(i32, i32)> = Vec::new();
    for (start, end) in sorted {
        match joined.last_mut() {
            Some(last) if start <= last.1.saturating_add(1) => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    joined
}

fn field_text(message: Option<&Message>, field: &Field) -> String {
    let mut text = format!("field {} ", field.number);
    let ty = type_text(&field.ty);
    match field.cardinality {
        Cardinality::Map(key) => {
            let _ = write!(text, "map<{}, {ty}>", key.keyword());
        }
        Cardinality::Repeated => text += &format!("repeated {ty}"),
        Cardinality::Singular => {
            let presence = match field.presence {
                Presence::Implicit => "implicit",
                Presence::Explicit => "explicit",
                Presence::Required => "required",
            };
            text += &format!("{presence} {ty}");
        }
    }
    let oneof = message.zip(field.oneof);
    if let Some(oneof) = oneof.and_then(|(message, oneof)| message.oneofs.get(oneof as usize)) {
        let _ = write!(text, " in {}", oneof.name);
    }
    if let Some(default) = field.default_text() {
        let _ = write!(text, " default {default}");
    }
    for (holds, word) in [
        (field.packed, " packed"),
        (field.delimited, " delimited"),
        (field.utf8, " utf8"),
    ] {
        if holds {
            text += word;
        }
    }
    let _ = write!(text, " json {:?}", field.json_name.as_str());
    flagged(text, field.deprecated, field.options.tree())
}

fn type_text(ty: &FieldType) -> String {
    match ty {
        FieldType::Scalar(scalar) => scalar.keyword().to_owned(),
        FieldType::Message(target) => format!(".{}", target.name),
        FieldType::Enum(target) => format!(".{}", target.name),
        FieldType::Unresolved(name) => format!(".{name}"),
    }
}

/// With `deprecated`, and the options of the team's own: plain ones are told by what they resolve to, if they mean anything.
fn flagged(mut text: String, deprecated: bool, options: &OptionTree) -> String {
    if deprecated {
        text += " deprecated";
    }
    for option in options
        .fields
        .iter()
        .filter(|each| each.name.starts_with('('))
    {
        let _ = write!(text, " {} = ", option.name);
        value_text(&mut text, &option.value);
    }
    text
}

fn value_text(text: &mut String, value: &OptionData) {
    let _ = match value {
        OptionData::Bool(value) => write!(text, "{value}"),
        OptionData::Int(value) => write!(text, "{value}"),
        OptionData::Uint(value) => write!(text, "{value}"),
        OptionData::Float(value) | OptionData::Double(value) => write!(text, "{:?}", value.get()),
        OptionData::String(value) => write!(text, "{:?}", value.as_str()),
        OptionData::Bytes(bytes) | OptionData::Unknown(bytes) => write!(text, "{:?}", &bytes[..]),
        OptionData::Enum(number, name) => match name {
            Some(name) => write!(text, "{name}"),
            None => write!(text, "{number}"),
        },
        OptionData::Message(tree) => {
            text.push('{');
            for field in &tree.fields {
                let _ = write!(
                    text,
                    " {}:",
                    if field.name.is_empty() {
                        "?"
                    } else {
                        &field.name
                    }
                );
                value_text(text, &field.value);
            }
            text.push_str(" }");
            Ok(())
        }
        OptionData::List(values) => {
            text.push('[');
            for value in values {
                text.push(' ');
                value_text(text, value);
            }
            text.push_str(" ]");
            Ok(())
        }
    };
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use protoskew_schema::{Input, Role, link, parse};

    use super::*;

    fn indexed(files: &[(&str, &str)]) -> Indexed {
        let inputs = files.iter().map(|(path, text)| Input {
            path: (*path).into(),
            role: Role::Judged,
            parsed: Arc::new(parse(text.as_bytes().into())),
        });
        Indexed::new(Arc::new(link(inputs.collect(), &[])))
    }

    const BEFORE: &str =
        r#"syntax = "proto3"; package p; message M { int32 a = 1; } enum E { ZERO = 0; }"#;
    const AFTER: &str = r#"syntax = "proto3"; package p; message M { int32 a = 1; string b = 2; reserved 4, 5; } enum E { ZERO = 0; }"#;

    fn fingerprint(before: &str, after: &[(&str, &str)]) -> String {
        Difference::between(&indexed(&[("m.proto", before)]), &indexed(after)).fingerprint()
    }

    #[test]
    fn a_fingerprint_is_the_same_for_ever() {
        let difference = Difference::between(
            &indexed(&[("m.proto", BEFORE)]),
            &indexed(&[("m.proto", AFTER)]),
        );
        let said = |statements: &[Statement]| -> Vec<String> {
            statements
                .iter()
                .map(|each| format!("{} = {}", each.element, each.text))
                .collect()
        };
        assert_eq!(said(&difference.went), [""; 0]);
        assert_eq!(
            said(&difference.came),
            [
                "p.M = reserved 4 to 5",
                "p.M.b = field 2 implicit string utf8 json \"b\""
            ]
        );
        assert_eq!(difference.fingerprint(), "1:9c57433cebce49c02f483ddf");
    }

    #[test]
    fn what_means_the_same_has_one_fingerprint() {
        let plain = fingerprint(BEFORE, &[("m.proto", AFTER)]);
        let dressed = r#"// a comment
            edition = "2023"; package p; option features.field_presence = IMPLICIT; option java_package = "x"; option go_package = "y";
            enum E { ZERO = 0; }
            // of M
            message M { reserved 5; reserved 4; string b = 2; /* of a */ int32 a = 1; }"#;
        assert_eq!(
            fingerprint(BEFORE, &[("elsewhere/n.proto", dressed)]),
            plain
        );
        let (messages, enums) = AFTER.split_once(" enum").expect("an enum");
        let enums = format!("syntax = \"proto3\"; package p; enum{enums}");
        assert_eq!(
            fingerprint(BEFORE, &[("m.proto", messages), ("e.proto", &enums)]),
            plain
        );
    }

    #[test]
    fn whatever_means_something_else_has_another() {
        let plain = fingerprint(BEFORE, &[("m.proto", AFTER)]);
        for (from, to) in [
            ("string b = 2", "string b = 3"),
            ("string b = 2", "string c = 2"),
            ("string b = 2", "bytes b = 2"),
            ("string b = 2", "repeated string b = 2"),
            ("string b = 2", "optional string b = 2"),
            ("string b = 2", "oneof o { string b = 2; }"),
            ("string b = 2", "string b = 2 [json_name = \"B\"]"),
            ("string b = 2", "string b = 2 [deprecated = true]"),
            ("reserved 4, 5;", "reserved 4, 5, 6;"),
            ("reserved 4, 5;", "reserved 4, 5; reserved \"x\";"),
            ("ZERO = 0;", "ZERO = 0; ONE = 1;"),
            ("package p;", "package p; message N {}"),
            (
                "package p;",
                "package p; service S { rpc C(M) returns (M); }",
            ),
        ] {
            let edited = AFTER.replacen(from, to, 1);
            assert_ne!(edited, AFTER, "{from}");
            assert_ne!(fingerprint(BEFORE, &[("m.proto", &edited)]), plain, "{to}");
        }
        // and the way back is another change
        assert_ne!(fingerprint(AFTER, &[("m.proto", BEFORE)]), plain);
    }

    #[test]
    fn a_fingerprint_may_be_abbreviated() {
        let whole = "1:0123456789abcdef01234567";
        for text in [
            "Analysis: 1:0123456789abcdef01234567",
            "see 0123456789AB.",
            "(1:0123456789abcdef)",
        ] {
            assert!(names(text, whole), "{text}");
        }
        for text in [
            "",
            "0123456789a",
            "1:0123456789ac",
            "x0123456789abcdef012345678",
            "commit fedcba9876543210",
        ] {
            assert!(!names(text, whole), "{text}");
        }
    }
}
