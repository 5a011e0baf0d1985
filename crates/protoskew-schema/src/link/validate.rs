//! The checks that need the resolved model. Like protoc's, but in our own words.

use rustc_hash::FxHashMap;

use super::Diagnostics;
use super::interpret::Extensions;
use super::lower::LAST_FIELD_NUMBER;
use super::options::is_called;
use super::ranges::{containing, names, next_free_text, range_text, sorted};
use super::suits::Target;
use crate::{
    Cardinality, Edition, Extension, Field, FieldType, FileId, Message, MessageId, NumberRange,
    OptionData, Places, Presence, Schema, Service, Span, Visibility,
};

pub(crate) fn validate(schema: &Schema, diagnostics: &mut Diagnostics) {
    let mut check = Check {
        schema,
        diagnostics,
        file: 0,
        numbers: Vec::new(),
        declared: FxHashMap::default(),
        restricted: restrictions(schema),
    };
    for (id, file) in schema.files.iter().enumerate() {
        check.file_options(id as FileId, file);
    }
    check.names_of_files();
    for message in &schema.messages {
        check.file = message.file;
        check.message(message);
        check.names_of_message(message);
    }
    for item in &schema.enums {
        check.file = item.file;
        check.enumeration(item);
        check.names_of_enum(item);
    }
    for extension in &schema.extensions {
        check.file = extension.file;
        check.extension(extension);
    }
    check.extension_numbers();
    check.names_of_extensions();
    for service in &schema.services {
        check.file = service.file;
        check.service(service);
        check.names_of_service(service);
    }
}

/// The declarations of options, where some of them say on what they may stand.
fn restrictions(schema: &Schema) -> Option<Extensions<'_>> {
    let fields = schema.messages.iter().flat_map(|m| &m.fields);
    let extensions = schema.extensions.iter().map(|e| &e.field);
    let restricted = |field: &Field| {
        let tree = field.options.tree();
        tree.get("targets").is_some() || tree.get("feature_support").is_some()
    };
    let any = fields.chain(extensions).any(restricted);
    any.then(|| Extensions::new(schema))
}

pub(super) struct Check<'a> {
    pub(super) schema: &'a Schema,
    diagnostics: &'a mut Diagnostics,
    pub(super) file: FileId,
    /// Number and index, for finding the ones that are used twice; kept to be used again.
    pub(super) numbers: Vec<(i64, usize)>,
    /// The extension ranges of messages that are extended, sorted.
    declared: FxHashMap<MessageId, Vec<&'a NumberRange>>,
    /// How options are declared, where some of them may not stand everywhere.
    pub(super) restricted: Option<Extensions<'a>>,
}

impl<'a> Check<'a> {
    pub(super) fn error(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        self.diagnostics
            .error(self.file as usize, span, message, help);
    }

    /// What stands in the text; `None` where there is none, but a compiler's description.
    fn written(&self, span: Span) -> Option<&'a [u8]> {
        let file = self.schema.file(self.file);
        match file.places {
            Places::Text => file.text.get(span.start as usize..span.end as usize),
            Places::Grid { .. } => None,
        }
    }

    pub(super) fn edition(&self) -> Edition {
        self.schema.file(self.file).edition
    }

    // ---- names

    /// Full names are kept with 16 bits for their length.
    pub(super) fn name_length(&mut self, scope: usize, name: &str, span: Span) {
        // a field's name is kept in several cases where it is not all lower
        let copies = if name.bytes().any(|b| b.is_ascii_uppercase()) {
            4
        } else {
            1
        };
        if scope + copies * name.len() > usize::from(u16::MAX) {
            let text = format!("the name is too long: {} letters", name.len());
            self.error(span, text, None);
        }
    }

    /// Under strict visibility nothing nested is exported, but enums in a message that is there for nothing else.
    pub(super) fn strict(
        &mut self,
        parent: Option<MessageId>,
        visibility: Visibility,
        span: Span,
        is_enum: bool,
    ) {
        const STRICT: i32 = 4;
        let (Some(parent), Visibility::Export) = (parent, visibility) else {
            return;
        };
        let file = self.schema.file(self.file);
        let Some(OptionData::Message(features)) = file.options.tree().get("features") else {
            return;
        };
        if !matches!(
            features.get("default_symbol_visibility"),
            Some(OptionData::Enum(STRICT, _))
        ) {
            return;
        }
        let parent = &self.schema.messages[parent as usize];
        let only_reserved = matches!(parent.reserved[..], [range] if range.start == 1 && range.end == LAST_FIELD_NUMBER);
        if is_enum
            && parent.parent.is_none()
            && parent.visibility == Visibility::Local
            && only_reserved
        {
            return;
        }
        let text = "with `STRICT` visibility nothing nested can be exported";
        let help = if is_enum {
            "move it out, or into a `local message` that holds only enums and `reserved 1 to max;`"
        } else {
            "move it out of the message"
        };
        self.error(span, text, Some(help.to_owned()));
    }

    // ---- messages

    fn message(&mut self, message: &Message) {
        let mut next_free = None;
        let message_set = message.options.tree().is_true("message_set_wire_format");
        if message_set && !message.fields.is_empty() {
            let span = message.fields[0].name_span;
            self.error(span, "a message set has extensions only, no fields", None);
        }
        if let Some(option) = message.options.iter().find(|o| is_called(o, "map_entry")) {
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
        self.strict(message.parent, message.visibility, message.name_span, false);
        self.name_length(message.name.len(), "", message.name_span);
        self.suited(&message.options, Target::Message, message.name_span);
        self.message_options(message);
        self.declarations(message);
        for statement in &message.extension_options {
            let place = message.name_span;
            self.suited(&statement.options, Target::ExtensionRange, place);
        }
        for oneof in &message.oneofs {
            self.suited(&oneof.options, Target::Oneof, oneof.name_span);
        }
        for field in &message.fields {
            self.number(field, LAST_FIELD_NUMBER);
            self.name_length(message.name.len() + 1, &field.name, field.name_span);
            self.field(field);
            self.field_options(field, false);
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
        // protoc lets reservations go beyond what a field may have
        self.ranges(&message.reserved, 1, i32::MAX - 1);
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
            let written = self.written(field.number_span);
            if written.is_none_or(|number| number.starts_with(b"0")) {
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
        if let Some(default) = field.default_text()
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

    // ---- extensions

    fn declared_ranges(&mut self, message: MessageId) -> &[&'a NumberRange] {
        let schema = self.schema;
        let ranges = || sorted(&schema.messages[message as usize].extension_ranges);
        self.declared.entry(message).or_insert_with(ranges)
    }

    fn extension(&mut self, extension: &Extension) {
        let field = &extension.field;
        self.field(field);
        self.field_options(field, true);
        let last = match &extension.extendee {
            FieldType::Message(extendee) => {
                let message = &self.schema.messages[extendee.id as usize];
                self.extension_options(extension, message);
                let declared = self.declared_ranges(extendee.id);
                let declared = containing(declared, field.number as i32).is_some();
                if declared {
                    self.declared(extension, message);
                } else {
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
        self.suited(&service.options, Target::Service, service.name_span);
        self.service_options(service);
        for method in &service.methods {
            self.suited(&method.options, Target::Method, method.name_span);
            self.method_type(&method.request, method.request_span);
            self.method_type(&method.response, method.response_span);
        }
    }

    fn method_type(&mut self, ty: &FieldType, span: Span) {
        self.visible(ty, span);
        if let FieldType::Enum(item) = ty {
            let text = format!("`{}` is an enum: methods take and give messages", item.name);
            self.error(span, text, None);
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
