//! The checks that need the resolved model. Like protoc's, but in our own words.

use rustc_hash::FxHashMap;

use super::Diagnostics;
use super::lower::{LAST_FIELD_NUMBER, is_true};
use crate::{
    Cardinality, Edition, Enum, Extension, Field, FieldType, FileId, Message, Method, NumberRange,
    Presence, ReservedName, Schema, Service, Span, Visibility,
};

pub(crate) fn validate(schema: &Schema, diagnostics: &mut Diagnostics) {
    let mut check = Check {
        schema,
        diagnostics,
        file: 0,
        numbers: Vec::new(),
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

struct Check<'a> {
    schema: &'a Schema,
    diagnostics: &'a mut Diagnostics,
    file: FileId,
    /// Number and index, for finding the ones that are used twice; kept to be used again.
    numbers: Vec<(i64, usize)>,
}

impl Check<'_> {
    fn error(&mut self, span: Span, message: impl Into<String>, help: Option<String>) {
        self.diagnostics
            .error(self.file as usize, span, message, help);
    }

    fn edition(&self) -> Edition {
        self.schema.file(self.file).edition
    }

    // ---- messages

    fn message(&mut self, message: &Message) {
        let message_set = is_true(&message.options, "message_set_wire_format");
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
        for (first, second) in self.twice(message.fields.iter().map(|f| i64::from(f.number))) {
            let (first, second) = (&message.fields[first], &message.fields[second]);
            let text = format!(
                "number {} of `{}` is already that of `{}`",
                second.number, second.name, first.name
            );
            let help = format!("the next free number is {}", next_free(message));
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
                let help = format!("the next free number is {}", next_free(message));
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

    fn extension(&mut self, extension: &Extension) {
        let field = &extension.field;
        self.field(field);
        let last = match &extension.extendee {
            FieldType::Message(extendee) => {
                let message = &self.schema.messages[extendee.id as usize];
                let declared = message
                    .extension_ranges
                    .iter()
                    .any(|r| (r.start..=r.end).contains(&(field.number as i32)));
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
                if is_true(&message.options, "message_set_wire_format") {
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
        for method in &service.methods {
            self.method(service, method, &method.request, method.request_span);
            self.method(service, method, &method.response, method.response_span);
        }
    }

    fn method(&mut self, service: &Service, method: &Method, ty: &FieldType, span: Span) {
        self.visible(ty, span);
        if let FieldType::Enum(item) = ty {
            let text = format!("`{}` is an enum: methods take and give messages", item.name);
            self.error(span, text, None);
        }
        // A name that is a method's too means the method, for the scope of the service is searched first.
        let written = self
            .schema
            .file(self.file)
            .text
            .get(span.start as usize..span.end as usize);
        if let Some(namesake) = service
            .methods
            .iter()
            .find(|m| written == Some(m.name.as_bytes()))
        {
            let text = format!(
                "`{}` means the method of that name here, not a message",
                namesake.name
            );
            let help = format!(
                "write its full name in `{}`, with a leading dot",
                method.name
            );
            self.error(span, text, Some(help));
        }
    }

    // ---- numbers and names

    /// Pairs of indices whose numbers are equal: each number's first index, and each later one.
    fn twice(&mut self, numbers: impl Iterator<Item = i64>) -> Vec<(usize, usize)> {
        self.numbers.clear();
        self.numbers
            .extend(numbers.enumerate().map(|(index, number)| (number, index)));
        self.numbers.sort_unstable();
        let mut pairs = Vec::new();
        let mut first = 0;
        for at in 1..self.numbers.len() {
            if self.numbers[at].0 == self.numbers[first].0 {
                // a number that could not be read is told already
                if self.numbers[at].0 != 0 || self.numbers.iter().all(|n| n.0 >= 0) {
                    pairs.push((self.numbers[first].1, self.numbers[at].1));
                }
            } else {
                first = at;
            }
        }
        pairs
    }

    fn ranges(&mut self, ranges: &[NumberRange], least: i32, most: i32) {
        for range in ranges {
            if range.start < least {
                self.error(
                    range.span,
                    format!("the numbers of a range start at {least}"),
                    None,
                );
            } else if range.end < range.start {
                let text = format!("the range {} ends before it starts", range_text(range));
                self.error(range.span, text, None);
            } else if range.end > most {
                self.error(
                    range.span,
                    format!("the range ends behind the last number, {most}"),
                    None,
                );
            }
        }
        let sorted = sorted(ranges);
        for pair in sorted.windows(2) {
            if pair[1].start <= pair[0].end {
                self.overlap(pair[0], pair[1]);
            }
        }
    }

    fn overlaps(&mut self, some: &[NumberRange], others: &[NumberRange]) {
        let sorted = sorted(some);
        for other in others {
            if let Some(found) = sorted
                .iter()
                .find(|r| r.start <= other.end && other.start <= r.end)
            {
                self.overlap(found, other);
            }
        }
    }

    fn overlap(&mut self, a: &NumberRange, b: &NumberRange) {
        let (first, second) = if a.span <= b.span { (a, b) } else { (b, a) };
        let text = format!(
            "the range {} overlaps {}",
            range_text(second),
            range_text(first)
        );
        self.error(second.span, text, None);
    }

    fn reserved_names(&mut self, reserved: &[ReservedName]) {
        let mut seen = rustc_hash::FxHashSet::default();
        for name in reserved {
            if !seen.insert(name.name.as_str()) {
                let text = format!("the name `{}` is reserved twice", name.name);
                self.error(name.span, text, None);
            }
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

fn range_text(range: &NumberRange) -> String {
    if range.start == range.end {
        range.start.to_string()
    } else {
        format!("{} to {}", range.start, range.end)
    }
}

fn sorted(ranges: &[NumberRange]) -> Vec<&NumberRange> {
    let mut sorted: Vec<&NumberRange> = ranges.iter().filter(|r| r.start <= r.end).collect();
    sorted.sort_unstable_by_key(|r| (r.start, r.span));
    sorted
}

fn containing<'r>(sorted: &[&'r NumberRange], number: i32) -> Option<&'r NumberRange> {
    let behind = sorted.partition_point(|r| r.start <= number);
    // ranges that overlap are an error of their own: looking at the nearest one is enough
    sorted[..behind].last().filter(|r| number <= r.end).copied()
}

fn names(reserved: &[ReservedName]) -> FxHashMap<&str, Span> {
    reserved.iter().map(|r| (r.name.as_str(), r.span)).collect()
}

/// The first number above all that the message uses or reserves, or below where that is the end.
fn next_free(message: &Message) -> i64 {
    let mut taken: Vec<(i64, i64)> = message
        .fields
        .iter()
        .map(|f| (f.number.into(), f.number.into()))
        .collect();
    let ranges = message.reserved.iter().chain(&message.extension_ranges);
    taken.extend(ranges.map(|r| (r.start.into(), r.end.into())));
    taken.push((19_000, 19_999));
    taken.sort_unstable();
    let mut next = message
        .fields
        .iter()
        .map(|f| i64::from(f.number))
        .max()
        .unwrap_or(0)
        + 1;
    if next > i64::from(LAST_FIELD_NUMBER) {
        next = 1;
    }
    for (start, end) in taken {
        if (start..=end).contains(&next) {
            next = end + 1;
        }
    }
    next
}
