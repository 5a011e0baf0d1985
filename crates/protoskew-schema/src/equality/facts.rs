//! All that one file of a schema says, each property by the element that it is of.

use std::collections::BTreeMap;

use super::places::Counter;
use super::{Depth, comments};
use crate::{
    Cardinality, Enum, Extension, Features, Field, FieldType, FileId, Message, NumberRange,
    Options, ReservedName, Schema, Service, Span,
};

/// An element, and one of its properties.
pub(super) type Key = (String, &'static str);

pub(super) fn of_file(schema: &Schema, id: FileId, depth: Depth) -> BTreeMap<Key, String> {
    let file = schema.file(id);
    let mut facts = Facts {
        counter: Counter::new(file),
        depth,
        all: BTreeMap::new(),
    };
    let element = "file";
    facts.say(element, "edition", format!("{:?}", file.edition));
    facts.say(element, "package", &file.package);
    facts.place(element, "place of the syntax", file.syntax_span);
    facts.place(element, "place of the package", file.package_span);
    facts.options(element, &file.options);
    facts.features(element, file.features);
    // protoc keeps the imports of options in a list of their own
    let (options, plain): (Vec<_>, Vec<_>) = file
        .imports
        .iter()
        .partition(|i| i.kind == crate::ImportKind::Option);
    for (at, import) in plain.into_iter().chain(options).enumerate() {
        let element = format!("import {at}");
        facts.say(&element, "path", &import.path);
        facts.say(&element, "kind", format!("{:?}", import.kind));
        facts.place(&element, "place", import.span);
    }
    let here = |file: FileId| file == id;
    let mut order = Order::new(depth);
    for message in schema.messages.iter().filter(|m| here(m.file)) {
        facts.order(&mut order, "message", &message.name);
        facts.message(schema, message);
    }
    for item in schema.enums.iter().filter(|e| here(e.file)) {
        facts.order(&mut order, "enum", &item.name);
        facts.enumeration(item);
    }
    for extension in schema.extensions.iter().filter(|e| here(e.file)) {
        facts.order(&mut order, "extension", &extension.name);
        facts.extension(extension);
    }
    for service in schema.services.iter().filter(|s| here(s.file)) {
        facts.order(&mut order, "service", &service.name);
        facts.service(service);
    }
    facts.all
}

/// Counts declarations: in the whole file where places are known, else, as a descriptor tells no more, in each scope.
struct Order<'s> {
    whole_file: bool,
    counts: BTreeMap<(&'static str, &'s str), usize>,
}

impl<'s> Order<'s> {
    fn new(depth: Depth) -> Self {
        Self {
            whole_file: depth.places,
            counts: BTreeMap::new(),
        }
    }

    fn next(&mut self, kind: &'static str, name: &'s str) -> usize {
        let scope = match name.rsplit_once('.') {
            Some((scope, _)) if !self.whole_file => scope,
            _ => "",
        };
        let count = self.counts.entry((kind, scope)).or_default();
        *count += 1;
        *count
    }
}

struct Facts<'s> {
    counter: Counter<'s>,
    depth: Depth,
    all: BTreeMap<Key, String>,
}

impl Facts<'_> {
    fn say(&mut self, element: &str, property: &'static str, value: impl AsRef<str>) {
        self.all
            .insert((element.to_owned(), property), value.as_ref().to_owned());
    }

    fn flag(&mut self, element: &str, property: &'static str, value: bool) {
        self.say(element, property, if value { "yes" } else { "no" });
    }

    fn order<'s>(&mut self, order: &mut Order<'s>, kind: &'static str, name: &'s str) {
        let at = order.next(kind, name);
        self.say(&format!("{kind} {name}"), "order", at.to_string());
    }

    fn features(&mut self, element: &str, features: Features) {
        let named = features
            .named()
            .map(|(name, value)| format!("{name} {value}"));
        self.say(element, "features", named.join(", "));
    }

    fn place(&mut self, element: &str, property: &'static str, span: Span) {
        if self.depth.places {
            let place = self.counter.place(span);
            self.say(element, property, place);
        }
    }

    fn comment(&mut self, element: &str, span: Span) {
        if self.depth.places {
            let content = comments::content(self.counter.file, span);
            self.say(element, "comment above", content);
        }
    }

    /// What the options mean, one property for each that is set, and where each was written.
    fn options(&mut self, element: &str, options: &Options) {
        for field in &options.tree().fields {
            let element = format!("{element}, option {}", field.name);
            self.say(&element, "value", format!("{:?}", field.value));
        }
        if self.depth.places {
            let mut places: Vec<Span> = options.iter().map(|o| o.statement).collect();
            places.sort_unstable();
            let places: Vec<String> = places.into_iter().map(|s| self.counter.place(s)).collect();
            if !places.is_empty() {
                self.say(element, "places of the options", places.join(", "));
            }
        }
    }

    fn message(&mut self, schema: &Schema, message: &Message) {
        let element = format!("message {}", message.name);
        let parent = message.parent.map(|id| &schema.messages[id as usize].name);
        self.say(&element, "parent", parent.map_or("", |name| name.as_str()));
        self.flag(&element, "deprecated", message.deprecated);
        self.say(&element, "visibility", format!("{:?}", message.visibility));
        self.comment(&element, message.comment);
        self.place(&element, "place", message.span);
        self.place(&element, "place of the name", message.name_span);
        self.options(&element, &message.options);
        self.features(&element, message.features);
        for statement in &message.extension_options {
            for at in statement.ranges.clone() {
                let element = format!("extension range of {element}, {at}");
                self.options(&element, &statement.options);
                self.features(&element, statement.features);
            }
        }
        for (at, oneof) in message.oneofs.iter().enumerate() {
            let element = format!("oneof {}.{}", message.name, oneof.name);
            self.say(&element, "index", at.to_string());
            self.options(&element, &oneof.options);
            self.features(&element, oneof.features);
            self.place(&element, "place", oneof.span);
            self.place(&element, "place of the name", oneof.name_span);
        }
        for (at, field) in message.fields.iter().enumerate() {
            let element = format!("field {}.{}", message.name, field.name);
            self.say(&element, "index", at.to_string());
            let oneof = field.oneof.and_then(|i| message.oneofs.get(i as usize));
            self.say(&element, "oneof", oneof.map_or("", |o| o.name.as_str()));
            self.field(&element, field);
        }
        self.ranges(&format!("reserved of {element}"), &message.reserved);
        self.ranges(
            &format!("extension range of {element}"),
            &message.extension_ranges,
        );
        self.reserved_names(&element, &message.reserved_names);
    }

    fn field(&mut self, element: &str, field: &Field) {
        self.say(element, "JSON name", &field.json_name);
        self.say(element, "number", field.number.to_string());
        self.say(element, "type", type_text(&field.ty));
        let cardinality = match field.cardinality {
            Cardinality::Singular => "singular".to_owned(),
            Cardinality::Repeated => "repeated".to_owned(),
            Cardinality::Map(key) => format!("map of {}", key.keyword()),
        };
        self.say(element, "cardinality", cardinality);
        self.say(element, "presence", format!("{:?}", field.presence));
        self.flag(element, "proto3 optional", field.proto3_optional);
        let default = field
            .default_text()
            .map_or("none".to_owned(), |value| format!("`{value}`"));
        self.say(element, "default", default);
        self.flag(element, "packed", field.packed);
        self.flag(element, "delimited", field.delimited);
        self.flag(element, "UTF-8 verified", field.utf8);
        self.flag(element, "deprecated", field.deprecated);
        if self.depth.places {
            // without source info it is not told where it is what it would be anyway
            self.flag(element, "JSON name given", field.json_name_given);
        }
        self.options(element, &field.options);
        self.features(element, field.features);
        self.comment(element, field.comment);
        self.place(element, "place", field.span);
        self.place(element, "place of the name", field.name_span);
        self.place(element, "place of the number", field.number_span);
        self.place(element, "place of the type", field.type_span);
        self.place(element, "place of the label", field.label_span);
        let default = field.default.as_ref();
        let span = default.map_or_else(Span::default, |default| default.span);
        self.place(element, "place of the default", span);
        self.place(element, "place of the JSON name", field.json_name_span);
    }

    fn ranges(&mut self, what: &str, ranges: &[NumberRange]) {
        for (at, range) in ranges.iter().enumerate() {
            let element = format!("{what}, {at}");
            self.say(
                &element,
                "numbers",
                format!("{} to {}", range.start, range.end),
            );
            self.place(&element, "place", range.span);
        }
    }

    fn reserved_names(&mut self, of: &str, names: &[ReservedName]) {
        for (at, name) in names.iter().enumerate() {
            let element = format!("reserved name of {of}, {at}");
            self.say(&element, "name", &name.name);
            self.place(&element, "place", name.span);
        }
    }

    fn enumeration(&mut self, item: &Enum) {
        let element = format!("enum {}", item.name);
        self.flag(&element, "closed", item.closed);
        self.flag(&element, "allow_alias", item.allow_alias);
        self.flag(&element, "deprecated", item.deprecated);
        self.say(&element, "visibility", format!("{:?}", item.visibility));
        self.options(&element, &item.options);
        self.features(&element, item.features);
        self.comment(&element, item.comment);
        self.place(&element, "place", item.span);
        self.place(&element, "place of the name", item.name_span);
        for (at, value) in item.values.iter().enumerate() {
            let element = format!("value {}.{}", item.name, value.name);
            self.say(&element, "index", at.to_string());
            self.say(&element, "number", value.number.to_string());
            self.flag(&element, "deprecated", value.deprecated);
            self.options(&element, &value.options);
            self.features(&element, value.features);
            self.place(&element, "place", value.span);
            self.place(&element, "place of the name", value.name_span);
            self.place(&element, "place of the number", value.number_span);
        }
        self.ranges(&format!("reserved of {element}"), &item.reserved);
        self.reserved_names(&element, &item.reserved_names);
    }

    fn extension(&mut self, extension: &Extension) {
        let element = format!("extension {}", extension.name);
        self.say(&element, "extendee", type_text(&extension.extendee));
        self.place(&element, "place of the extendee", extension.extendee_span);
        self.field(&element, &extension.field);
    }

    fn service(&mut self, service: &Service) {
        let element = format!("service {}", service.name);
        self.flag(&element, "deprecated", service.deprecated);
        self.options(&element, &service.options);
        self.features(&element, service.features);
        self.place(&element, "place", service.span);
        self.place(&element, "place of the name", service.name_span);
        for (at, method) in service.methods.iter().enumerate() {
            let element = format!("method {}.{}", service.name, method.name);
            self.say(&element, "index", at.to_string());
            self.say(&element, "request", type_text(&method.request));
            self.say(&element, "response", type_text(&method.response));
            self.flag(&element, "client streams", method.client_streaming);
            self.flag(&element, "server streams", method.server_streaming);
            let idempotency = method.idempotency.as_deref().unwrap_or("none");
            self.say(&element, "idempotency", idempotency);
            self.flag(&element, "deprecated", method.deprecated);
            self.options(&element, &method.options);
            self.features(&element, method.features);
            self.place(&element, "place", method.span);
            self.place(&element, "place of the name", method.name_span);
            self.place(&element, "place of the request", method.request_span);
            self.place(&element, "place of the response", method.response_span);
        }
    }
}

fn type_text(ty: &FieldType) -> String {
    match ty {
        FieldType::Scalar(scalar) => scalar.keyword().to_owned(),
        FieldType::Message(target) => format!("message {}", target.name),
        FieldType::Enum(target) => format!("enum {}", target.name),
        FieldType::Unresolved(name) => format!("unresolved {name}"),
    }
}
