//! The checks that need the resolved model. Like protoc's, but in our own words.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Diagnostics;
use super::lower::LAST_FIELD_NUMBER;
use super::ranges::{containing, names, next_free_text, range_text, sorted};
use crate::{
    Cardinality, Edition, Enum, Extension, Field, FieldType, FileId, Message, MessageId,
    NumberRange, Presence, Schema, Service, Span, Visibility,
};

pub(crate) fn validate(schema: &Schema, diagnostics: &mut Diagnostics) {
    let mut check = Check {
        schema,
        diagnostics,
        file: 0,
        numbers: Vec::new(),
        declared: FxHashMap::default(),
    };
    for message in &schema.messages {
        check.file = message.file;
        check.message(message);
    }
    for item in &schema.enums {
        check.file = item.file;
        check.enumeration(item);
    }
    for extension in &schema.extensions {
        check.file = extension.file;
        check.extension(extension);
    }
    check.extension_numbers();
    for service in &schema.services {
        check.file = service.file;
        check.service(service);
    }
}

pub(super) struct Check<'a> {
    schema: &'a Schema,
    diagnostics: &'a mut Diagnostics,
    file: FileId,
    /// Number and index, for finding the ones that are used twice; kept to be used again.
    pub(super) numbers: Vec<(i64, usize)>,
    /// The extension ranges of messages that are extended, sorted.
    declared: FxHashMap<MessageId, Vec<&'a NumberRange>>,
}

impl<'a> Check<'a> {
    pub(super) fn error(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        self.diagnostics
            .error(self.file as usize, span, message, help);
    }

    fn edition(&self) -> Edition {
        self.schema.file(self.file).edition
    }

    // ---- messages

    fn message(&mut self, message: &Message) {
        let mut next_free = None;
        let message_set = message.options.tree().is_true("message_set_wire_format");
        if message_set && !message.fields.is_empty() {
            let span = message.fields[0].name_span;
            self.error(span, "a message set has extensions only, no fields", None);
        }
        if let Some(option) = message.options.iter().find(|o| o.name == "map_entry") {
            let help = "write `map<Key, Value>`".to_owned();
            self.error(
                option.span,
                "`map_entry` is not for hand-written messages",
                Some(help),
            );
        }
        if self.edition() == Edition::Proto3
            && let Some(range) = message.extension_ranges.first()
        {
            self.error(range.span, "proto3 has no extension ranges", None);
        }
        for field in &message.fields {
            self.number(field, LAST_FIELD_NUMBER);
            self.field(field);
        }
        // a number that could not be read is told already
        let numbers = message.fields.iter().map(|f| i64::from(f.number));
        let numbers: Vec<i64> = numbers
            .enumerate()
            .map(|(i, n)| if n == 0 { -1 - i as i64 } else { n })
            .collect();
        for (first, second) in self.twice(numbers.into_iter()) {
            let (first, second) = (&message.fields[first], &message.fields[second]);
            let text = format!(
                "number {} of `{}` is already that of `{}`",
                second.number, second.name, first.name
            );
            let help = next_free
                .get_or_insert_with(|| next_free_text(message))
                .clone();
            self.error(second.number_span, text, Some(help));
        }
        let last = if message_set {
            i32::MAX - 1
        } else {
            LAST_FIELD_NUMBER
        };
        self.ranges(&message.reserved, 1, last);
        self.ranges(&message.extension_ranges, 1, last);
        self.overlaps(&message.reserved, &message.extension_ranges);
        self.reserved_names(&message.reserved_names);
        let reserved = sorted(&message.reserved);
        let extensions = sorted(&message.extension_ranges);
        let names = names(&message.reserved_names);
        for field in &message.fields {
            let number = field.number as i32;
            if containing(&reserved, number).is_some() {
                let text = format!("`{}` uses the reserved number {number}", field.name);
                let help = next_free
                    .get_or_insert_with(|| next_free_text(message))
                    .clone();
                self.error(field.number_span, text, Some(help));
            }
            if containing(&extensions, number).is_some() {
                let text = format!(
                    "`{}` has number {number}, which is kept for extensions",
                    field.name
                );
                self.error(field.number_span, text, None);
            }
            if names.contains_key(field.name.as_str()) {
                let text = format!("the name `{}` is reserved", field.name);
                self.error(
                    field.name_span,
                    text,
                    Some("choose another name".to_owned()),
                );
            }
        }
    }

    fn number(&mut self, field: &Field, last: i32) {
        let number = field.number as i32;
        if number < 1 {
            // what could not be read at all is told already
            if self
                .schema
                .file(self.file)
                .text
                .get(field.number_span.start as usize)
                == Some(&b'0')
            {
                self.error(field.number_span, "field numbers start at 1", None);
            }
        } else if number > last {
            let text = format!("field number {number} is too large: the last one is {last}");
            self.error(field.number_span, text, None);
        } else if (19_000..=19_999).contains(&number) && last == LAST_FIELD_NUMBER {
            let text =
                format!("field number {number} belongs to protobuf itself: 19000 to 19999 do");
            self.error(field.number_span, text, None);
        }
    }

    /// What holds for fields of messages and for extensions.
    fn field(&mut self, field: &Field) {
        self.visible(&field.ty, field.type_span);
        let FieldType::Enum(item) = &field.ty else {
            return;
        };
        let item = &self.schema.enums[item.id as usize];
        let open_only = self.edition() == Edition::Proto3
            || (field.presence == Presence::Implicit && field.cardinality == Cardinality::Singular);
        if item.closed && open_only {
            let text = format!(
                "`{}` is a closed enum, and `{}` needs an open one",
                item.name, field.name
            );
            let help = "proto3 and fields without presence read absence as 0, which a closed enum may lack";
            self.error(field.type_span, text, Some(help.to_owned()));
        }
        if let Some(default) = &field.default
            && !item.values.iter().any(|v| v.name == *default)
        {
            let text = format!("`{}` has no value `{default}`", item.name);
            let span = field.name_span;
            self.error(span, text, None);
        }
        if matches!(field.cardinality, Cardinality::Map(_))
            && item.values.first().is_some_and(|v| v.number != 0)
        {
            let text = format!(
                "`{}` cannot be the value of a map: its first value is not 0",
                item.name
            );
            self.error(field.type_span, text, None);
        }
    }

    /// `local` types of another file.
    fn visible(&mut self, ty: &FieldType, span: Span) {
        let (name, file, visibility) = match ty {
            FieldType::Message(ty) => {
                let message = &self.schema.messages[ty.id as usize];
                (&ty.name, message.file, message.visibility)
            }
            FieldType::Enum(ty) => {
                let item = &self.schema.enums[ty.id as usize];
                (&ty.name, item.file, item.visibility)
            }
            FieldType::Scalar(_) | FieldType::Unresolved(_) => return,
        };
        if visibility == Visibility::Local && file != self.file {
            let text = format!("`{name}` is local to `{}`", self.schema.file(file).path);
            let help = format!("declare it `export` in `{}`", self.schema.file(file).path);
            self.error(span, text, Some(help));
        }
    }

    // ---- enums

    fn enumeration(&mut self, item: &Enum) {
        let Some(first) = item.values.first() else {
            self.error(item.name_span, "an enum needs at least one value", None);
            return;
        };
        if !item.closed && first.number != 0 {
            let text = format!(
                "the first value of an open enum must be 0, and `{}` is {}",
                first.name, first.number
            );
            let help = match item.values.iter().find(|v| v.number == 0) {
                Some(zero) => format!("move `{}` to the front", zero.name),
                None => "add a value for 0, which is what absence means".to_owned(),
            };
            self.error(first.number_span, text, Some(help));
        }
        let twice = self.twice(item.values.iter().map(|v| i64::from(v.number)));
        if let Some(option) = item.options.iter().find(|o| o.name == "allow_alias") {
            if !item.allow_alias {
                self.error(
                    option.span,
                    "`allow_alias = false` says nothing",
                    Some("remove it".to_owned()),
                );
            } else if twice.is_empty() {
                let text = "`allow_alias` is set, but no two values share a number";
                self.error(option.span, text, Some("remove it".to_owned()));
            }
        }
        if !item.allow_alias {
            for (first, second) in twice {
                let (first, second) = (&item.values[first], &item.values[second]);
                let text = format!(
                    "number {} of `{}` is already that of `{}`",
                    second.number, second.name, first.name
                );
                let help = "where that is meant, set `option allow_alias = true;`".to_owned();
                self.error(second.number_span, text, Some(help));
            }
        }
        self.ranges(&item.reserved, i32::MIN, i32::MAX);
        self.reserved_names(&item.reserved_names);
        let reserved = sorted(&item.reserved);
        let names = names(&item.reserved_names);
        for value in &item.values {
            if containing(&reserved, value.number).is_some() {
                let text = format!("`{}` uses the reserved number {}", value.name, value.number);
                self.error(value.number_span, text, None);
            }
            if names.contains_key(value.name.as_str()) {
                let text = format!("the name `{}` is reserved", value.name);
                self.error(value.name_span, text, None);
            }
        }
    }

    // ---- extensions

    fn declared_ranges(&mut self, message: MessageId) -> &[&'a NumberRange] {
        let schema = self.schema;
        let ranges = || sorted(&schema.messages[message as usize].extension_ranges);
        self.declared.entry(message).or_insert_with(ranges)
    }

    fn extension(&mut self, extension: &Extension) {
        let field = &extension.field;
        self.field(field);
        let last = match &extension.extendee {
            FieldType::Message(extendee) => {
                let message = &self.schema.messages[extendee.id as usize];
                let declared = self.declared_ranges(extendee.id);
                let declared = containing(declared, field.number as i32).is_some();
                if !declared {
                    let text = format!(
                        "`{}` keeps no number {} for extensions",
                        extendee.name, field.number
                    );
                    let ranges: Vec<String> = message
                        .extension_ranges
                        .iter()
                        .take(5)
                        .map(range_text)
                        .collect();
                    let help =
                        (!ranges.is_empty()).then(|| format!("it keeps {}", ranges.join(", ")));
                    self.error(field.number_span, text, help);
                }
                if message.options.tree().is_true("message_set_wire_format") {
                    if field.cardinality != Cardinality::Singular
                        || matches!(field.ty, FieldType::Scalar(_) | FieldType::Enum(_))
                        || field.delimited
                    {
                        self.error(
                            field.type_span,
                            "a message set is extended by single messages only",
                            None,
                        );
                    }
                    i32::MAX - 1
                } else {
                    LAST_FIELD_NUMBER
                }
            }
            FieldType::Enum(item) => {
                let text = format!("`{}` is an enum: only messages can be extended", item.name);
                self.error(field.name_span, text, None);
                return;
            }
            FieldType::Scalar(_) | FieldType::Unresolved(_) => LAST_FIELD_NUMBER,
        };
        self.number(field, last);
        self.visible(&extension.extendee, field.name_span);
        if self.edition() == Edition::Proto3
            && let FieldType::Message(extendee) = &extension.extendee
            && !is_options_message(&extendee.name)
        {
            let text = format!(
                "proto3 extends option messages only, and `{}` is none",
                extendee.name
            );
            self.error(field.name_span, text, None);
        }
    }

    /// One number of one message, taken by two extensions of the same file.
    fn extension_numbers(&mut self) {
        let mut taken: FxHashMap<(FileId, &str, u32), &Extension> = FxHashMap::default();
        for extension in &self.schema.extensions {
            let FieldType::Message(extendee) = &extension.extendee else {
                continue;
            };
            let key = (
                extension.file,
                extendee.name.as_str(),
                extension.field.number,
            );
            if let Some(first) = taken.get(&key) {
                let text = format!(
                    "number {} of `{}` is already that of the extension `{}`",
                    extension.field.number, extendee.name, first.name
                );
                self.file = extension.file;
                self.error(extension.field.number_span, text, None);
            } else {
                taken.insert(key, extension);
            }
        }
    }

    // ---- services

    fn service(&mut self, service: &Service) {
        let methods = service.methods.iter().map(|m| m.name.as_bytes()).collect();
        for method in &service.methods {
            self.method_type(&method.request, method.request_span, &methods);
            self.method_type(&method.response, method.response_span, &methods);
        }
    }

    fn method_type(&mut self, ty: &FieldType, span: Span, methods: &FxHashSet<&[u8]>) {
        self.visible(ty, span);
        if let FieldType::Enum(item) = ty {
            let text = format!("`{}` is an enum: methods take and give messages", item.name);
            self.error(span, text, None);
        }
        // A name that is a method's too means the method, for the scope of the service is searched first.
        let text = &self.schema.file(self.file).text;
        let written = text.get(span.start as usize..span.end as usize);
        if written.is_some_and(|written| methods.contains(written)) {
            let text = format!(
                "`{}` means the method of that name here, not a message",
                String::from_utf8_lossy(written.unwrap_or_default())
            );
            let help = "write the message's full name, with a leading dot".to_owned();
            self.error(span, text, Some(help));
        }
    }
}

fn is_options_message(name: &str) -> bool {
    name.strip_prefix("google.protobuf.").is_some_and(|name| {
        matches!(
            name,
            "FileOptions"
                | "MessageOptions"
                | "FieldOptions"
                | "EnumOptions"
                | "EnumValueOptions"
                | "ServiceOptions"
                | "MethodOptions"
                | "OneofOptions"
                | "ExtensionRangeOptions"
                | "FeatureSet"
        )
    })
}
