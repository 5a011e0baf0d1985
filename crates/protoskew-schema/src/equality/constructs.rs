//! How often each construct of the language occurs: an equality over nothing proves nothing.

use std::collections::BTreeMap;

use crate::{
    Cardinality, Edition, Enum, Field, FieldType, FileId, ImportKind, Message, OptionData, Options,
    Presence, Scalar, Schema, Visibility,
};

/// Occurrences by construct; every construct is there, also where it occurs never.
#[derive(Clone, Debug)]
pub struct Constructs(BTreeMap<&'static str, usize>);

impl Default for Constructs {
    fn default() -> Self {
        Self(ALL.iter().map(|&name| (name, 0)).collect())
    }
}

impl Constructs {
    /// Each construct with how often it occurred, in alphabetic order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, usize)> {
        self.0.iter().map(|(&name, &count)| (name, count))
    }

    /// Adds what was counted elsewhere.
    pub fn add_all(&mut self, other: &Self) {
        for (name, count) in other.iter() {
            self.add(name, count);
        }
    }

    fn add(&mut self, name: &'static str, count: usize) {
        debug_assert!(self.0.contains_key(name), "{name} is not in the list");
        *self.0.entry(name).or_default() += count;
    }

    fn hit(&mut self, name: &'static str, occurs: bool) {
        self.add(name, usize::from(occurs));
    }
}

/// Adds what one file holds.
pub fn count(schema: &Schema, id: FileId, constructs: &mut Constructs) {
    let file = schema.file(id);
    constructs.add(
        match file.edition {
            Edition::Proto2 => "proto2",
            Edition::Proto3 => "proto3",
            Edition::E2023 => "edition 2023",
            Edition::E2024 => "edition 2024",
        },
        1,
    );
    constructs.options("option of a file", &file.options);
    for import in &file.imports {
        constructs.add(
            match import.kind {
                ImportKind::Plain => "import",
                ImportKind::Public => "import public",
                ImportKind::Weak => "import weak",
                ImportKind::Option => "import option",
            },
            1,
        );
    }
    for message in schema.messages.iter().filter(|m| m.file == id) {
        constructs.message(message);
    }
    for item in schema.enums.iter().filter(|e| e.file == id) {
        constructs.enumeration(item);
    }
    for extension in schema.extensions.iter().filter(|e| e.file == id) {
        constructs.add("extension", 1);
        constructs.options("option of an extension", &extension.field.options);
        constructs.field(&extension.field);
    }
    let of_file = |file: FileId| file == id;
    let enums = schema.enums.iter().filter(|e| of_file(e.file));
    let deeper = before_a_deeper_one(enums.map(|e| e.name.as_str()));
    constructs.add("enum before a deeper one", deeper);
    let extensions = schema.extensions.iter().filter(|e| of_file(e.file));
    let deeper = before_a_deeper_one(extensions.map(|e| e.name.as_str()));
    constructs.add("extension before a deeper one", deeper);
    for service in schema.services.iter().filter(|s| s.file == id) {
        constructs.add("service", 1);
        constructs.options("option of a service", &service.options);
        for method in &service.methods {
            let name = match (method.client_streaming, method.server_streaming) {
                (false, false) => "unary method",
                (true, false) => "client stream",
                (false, true) => "server stream",
                (true, true) => "stream in both directions",
            };
            constructs.add(name, 1);
            constructs.hit("idempotency", method.idempotency.is_some());
            constructs.options("option of a method", &method.options);
        }
    }
}

/// How many are followed by one of a scope inside of theirs: a descriptor lists those first.
fn before_a_deeper_one<'s>(names: impl Iterator<Item = &'s str>) -> usize {
    let scopes = names.map(|name| name.rsplit_once('.').map_or("", |(scope, _)| scope));
    let scopes: Vec<&str> = scopes.collect();
    let inside = |outer: &str, scope: &str| {
        let rest = scope.strip_prefix(outer);
        rest.is_some_and(|rest| rest.starts_with('.') || (outer.is_empty() && !rest.is_empty()))
    };
    let pairs = scopes.windows(2);
    pairs.filter(|pair| inside(pair[0], pair[1])).count()
}

impl Constructs {
    fn message(&mut self, message: &Message) {
        self.add("message", 1);
        self.options("option of a message", &message.options);
        let is_set = message.options.tree().is_true("message_set_wire_format");
        self.hit("message set", is_set);
        for statement in &message.extension_options {
            self.options("option of an extension range", &statement.options);
            let tree = statement.options.tree();
            self.hit(
                "declaration of extensions",
                tree.get("declaration").is_some(),
            );
        }
        for oneof in &message.oneofs {
            self.options("option of a oneof", &oneof.options);
        }
        self.hit("nested message", message.parent.is_some());
        self.hit(
            "message that is local",
            message.visibility == Visibility::Local,
        );
        self.add("oneof", message.oneofs.len());
        self.add("reserved range of a message", message.reserved.len());
        let to_max = |end: i32| end == 536_870_911 || end == i32::MAX - 1;
        self.add(
            "range to max",
            message.reserved.iter().filter(|r| to_max(r.end)).count(),
        );
        self.add("reserved name of a message", message.reserved_names.len());
        self.add("extension range", message.extension_ranges.len());
        for field in &message.fields {
            self.field(field);
            self.options("option of a field", &field.options);
            self.hit("member of a oneof", field.oneof.is_some());
        }
    }

    fn field(&mut self, field: &Field) {
        match field.cardinality {
            Cardinality::Singular => {}
            Cardinality::Repeated => self.add("repeated field", 1),
            Cardinality::Map(_) => self.add("map", 1),
        }
        match &field.ty {
            FieldType::Scalar(scalar) => self.add(
                match scalar {
                    Scalar::Double => "double",
                    Scalar::Float => "float",
                    Scalar::Int32 => "int32",
                    Scalar::Int64 => "int64",
                    Scalar::Uint32 => "uint32",
                    Scalar::Uint64 => "uint64",
                    Scalar::Sint32 => "sint32",
                    Scalar::Sint64 => "sint64",
                    Scalar::Fixed32 => "fixed32",
                    Scalar::Fixed64 => "fixed64",
                    Scalar::Sfixed32 => "sfixed32",
                    Scalar::Sfixed64 => "sfixed64",
                    Scalar::Bool => "bool",
                    Scalar::String => "string",
                    Scalar::Bytes => "bytes",
                },
                1,
            ),
            FieldType::Message(_) => self.add("field of a message type", 1),
            FieldType::Enum(_) => self.add("field of an enum type", 1),
            FieldType::Unresolved(_) => {}
        }
        if field.cardinality == Cardinality::Singular {
            self.add(
                match field.presence {
                    Presence::Implicit => "implicit presence",
                    Presence::Explicit => "explicit presence",
                    Presence::Required => "required",
                },
                1,
            );
        }
        self.hit("label", !field.label_span.is_empty());
        let default = field.default.as_ref();
        self.hit(
            "default",
            default.is_some_and(|default| !default.span.is_empty()),
        );
        self.hit("optional in proto3", field.proto3_optional);
        self.hit("packed", field.packed);
        self.hit("delimited", field.delimited);
        self.hit("json_name", !field.json_name_span.is_empty());
        self.hit("deprecated field", field.deprecated);
        let is_string = field.ty == FieldType::Scalar(Scalar::String);
        self.hit("string that is verified", is_string && field.utf8);
        self.hit("string that is not verified", is_string && !field.utf8);
    }

    /// The options that an element sets, and what is special among them.
    fn options(&mut self, name: &'static str, options: &Options) {
        let fields = &options.tree().fields;
        self.add(name, fields.len());
        let custom = fields.iter().filter(|f| f.name.starts_with('('));
        self.add("custom option", custom.clone().count());
        let messages = custom.filter(|f| match &f.value {
            OptionData::List(items) => matches!(items.first(), Some(OptionData::Message(_))),
            value => matches!(value, OptionData::Message(_)),
        });
        self.add("custom option that is a message", messages.count());
        let features = fields.iter().filter(|f| f.name == "features");
        self.add("features of one's own", features.count());
    }

    fn enumeration(&mut self, item: &Enum) {
        self.add("enum", 1);
        self.options("option of an enum", &item.options);
        for value in &item.values {
            self.options("option of an enum value", &value.options);
        }
        self.hit("nested enum", item.parent.is_some());
        self.hit("enum that is local", item.visibility == Visibility::Local);
        self.hit("closed enum", item.closed);
        self.hit("open enum", !item.closed);
        self.hit("allow_alias", item.allow_alias);
        self.add("enum value", item.values.len());
        let negative = item.values.iter().filter(|v| v.number < 0);
        self.add("negative enum value", negative.count());
        self.add("reserved range of an enum", item.reserved.len());
        self.add("reserved name of an enum", item.reserved_names.len());
    }
}

const ALL: &[&str] = &[
    "allow_alias",
    "bool",
    "bytes",
    "client stream",
    "closed enum",
    "custom option",
    "custom option that is a message",
    "declaration of extensions",
    "default",
    "delimited",
    "deprecated field",
    "double",
    "edition 2023",
    "edition 2024",
    "enum",
    "enum before a deeper one",
    "enum that is local",
    "enum value",
    "explicit presence",
    "extension",
    "extension before a deeper one",
    "extension range",
    "features of one's own",
    "field of a message type",
    "field of an enum type",
    "fixed32",
    "fixed64",
    "float",
    "idempotency",
    "implicit presence",
    "import",
    "import option",
    "import public",
    "import weak",
    "int32",
    "int64",
    "json_name",
    "label",
    "map",
    "member of a oneof",
    "message",
    "message set",
    "message that is local",
    "negative enum value",
    "nested enum",
    "nested message",
    "oneof",
    "open enum",
    "option of a field",
    "option of a file",
    "option of a message",
    "option of a method",
    "option of a oneof",
    "option of a service",
    "option of an enum",
    "option of an enum value",
    "option of an extension",
    "option of an extension range",
    "optional in proto3",
    "packed",
    "proto2",
    "proto3",
    "range to max",
    "repeated field",
    "required",
    "reserved name of a message",
    "reserved name of an enum",
    "reserved range of a message",
    "reserved range of an enum",
    "server stream",
    "service",
    "sfixed32",
    "sfixed64",
    "sint32",
    "sint64",
    "stream in both directions",
    "string",
    "string that is not verified",
    "string that is verified",
    "uint32",
    "uint64",
    "unary method",
];
