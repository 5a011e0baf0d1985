//! Writes messages as a descriptor set: as much of a schema as `protoc --decode` needs to know them.
//!
//! Only what messages are on the wire, in JSON and in text is written: no services, comments or custom options. What a file leaves
//! to its syntax or edition is left to it here too; in editions each element says its own features.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Cardinality, Edition, Enum, EnumId, Extension, Field, FieldType, FileId, Message, MessageId,
    Name, Presence, Scalar, Schema,
};
use crate::parse::literal::unescape;

/// A descriptor set that was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescriptorSet {
    /// A `google.protobuf.FileDescriptorSet`.
    pub bytes: Vec<u8>,
    /// The paths of the files in it that protoc is to be told of: those of the messages that were asked for, and of extensions.
    pub files: Vec<Name>,
}

/// Writes a `FileDescriptorSet` of these messages, of all that they hold, and of the extensions that are known of any of them. A field
/// whose type is not known is left out.
pub fn write(schema: &Schema, messages: &[MessageId]) -> DescriptorSet {
    let kept = Kept::of(schema, messages);
    let mut set = Out::default();
    // each behind those that it imports; files that import each other, which protoc refuses, in their order
    let mut open: Vec<FileId> = kept.files.keys().copied().collect();
    while !open.is_empty() {
        let waits = |file: &FileId| kept.files[file].iter().any(|import| open.contains(import));
        let next = open.iter().position(|file| !waits(file)).unwrap_or(0);
        set.message(1, &kept.file(open[next]));
        open.remove(next);
    }
    let asked = messages
        .iter()
        .filter_map(|&id| schema.messages.get(id as usize));
    let mut files: Vec<Name> = Vec::new();
    for file in asked
        .map(|message| message.file)
        .chain(kept.extensions.iter().map(|extension| extension.file))
    {
        let path = &schema.file(file).path;
        if !files.contains(path) {
            files.push(path.clone());
        }
    }
    DescriptorSet {
        bytes: set.0,
        files,
    }
}

/// What is written of a schema.
struct Kept<'s> {
    schema: &'s Schema,
    /// Messages with their fields.
    whole: BTreeSet<MessageId>,
    /// Messages in which others are nested; those that are not whole as well are written without fields.
    nests: BTreeSet<MessageId>,
    enums: BTreeSet<EnumId>,
    extensions: Vec<&'s Extension>,
    /// Files, each with those that its types are of.
    files: BTreeMap<FileId, BTreeSet<FileId>>,
}

impl<'s> Kept<'s> {
    fn of(schema: &'s Schema, messages: &[MessageId]) -> Self {
        let mut kept = Self {
            schema,
            whole: BTreeSet::new(),
            nests: BTreeSet::new(),
            enums: BTreeSet::new(),
            extensions: Vec::new(),
            files: BTreeMap::new(),
        };
        let mut open = messages.to_vec();
        while let Some(id) = open.pop() {
            let Some(message) = schema.messages.get(id as usize) else {
                continue;
            };
            if !kept.whole.insert(id) {
                continue;
            }
            kept.outer(message.file, message.parent);
            for field in &message.fields {
                open.extend(kept.uses(message.file, &field.ty));
            }
            let extends = |extension: &&Extension| matches!(&extension.extendee, FieldType::Message(to) if to.id == id);
            for extension in schema.extensions.iter().filter(extends) {
                kept.extensions.push(extension);
                kept.uses(extension.file, &extension.extendee);
                open.extend(kept.uses(extension.file, &extension.field.ty));
                let scope = kept.scope(extension);
                kept.outer(extension.file, scope);
            }
        }
        kept
    }

    /// Notes what a type in a file refers to; the message that it is, if it is one.
    fn uses(&mut self, file: FileId, ty: &FieldType) -> Option<MessageId> {
        let (of, message) = match ty {
            FieldType::Message(target) => {
                let message = self.schema.messages.get(target.id as usize)?;
                (message.file, Some(target.id))
            }
            FieldType::Enum(target) => {
                let each = self.schema.enums.get(target.id as usize)?;
                if self.enums.insert(target.id) {
                    self.outer(each.file, each.parent);
                }
                (each.file, None)
            }
            FieldType::Scalar(_) | FieldType::Unresolved(_) => return None,
        };
        let imports = self.files.entry(file).or_default();
        if of != file {
            imports.insert(of);
        }
        message
    }

    /// Notes the messages around something, and its file.
    fn outer(&mut self, file: FileId, mut parent: Option<MessageId>) {
        self.files.entry(file).or_default();
        while let Some(id) = parent {
            self.nests.insert(id);
            parent = self
                .schema
                .messages
                .get(id as usize)
                .and_then(|it| it.parent);
        }
    }

    /// The message in which an extension is declared.
    fn scope(&self, extension: &Extension) -> Option<MessageId> {
        let (scope, _) = extension.name.rsplit_once('.')?;
        let here = |message: &Message| message.file == extension.file && message.name == scope;
        let at = self.schema.messages.iter().position(here)?;
        Some(at as MessageId)
    }

    fn file(&self, id: FileId) -> Out {
        let imports = self.files.get(&id).into_iter().flatten();
        let file = self.schema.file(id);
        let mut out = Out::default();
        out.text(1, &file.path);
        if !file.package.is_empty() {
            out.text(2, &file.package);
        }
        for &import in imports {
            out.text(3, &self.schema.file(import).path);
        }
        let prefix = match file.package.as_str() {
            "" => String::new(),
            package => format!("{package}."),
        };
        self.nested(
            Place {
                file: id,
                parent: None,
                prefix: &prefix,
            },
            [4, 5, 7],
            &mut out,
        );
        match file.edition {
            Edition::Proto2 => {}
            Edition::Proto3 => out.text(12, "proto3"),
            Edition::E2023 | Edition::E2024 => {
                out.text(12, "editions");
                out.number(
                    14,
                    if file.edition == Edition::E2023 {
                        1000
                    } else {
                        1001
                    },
                );
            }
        }
        out
    }

    /// Messages, enums and extensions of a file or message, as fields of these numbers.
    fn nested(&self, at: Place<'_>, numbers: [u32; 3], out: &mut Out) {
        let short = |name: &Name| name.strip_prefix(at.prefix).unwrap_or(name).to_owned();
        for &id in self.whole.union(&self.nests) {
            let message = &self.schema.messages[id as usize];
            if (message.file, message.parent) == (at.file, at.parent) {
                out.message(numbers[0], &self.message(id, &short(&message.name)));
            }
        }
        for &id in &self.enums {
            let each = &self.schema.enums[id as usize];
            if (each.file, each.parent) == (at.file, at.parent) {
                out.message(numbers[1], &self.enumeration(each, &short(&each.name)));
            }
        }
        for extension in &self.extensions {
            if extension.file == at.file && self.scope(extension) == at.parent {
                let mut field = self.field(&extension.field, extension.file, None);
                if let FieldType::Message(target) = &extension.extendee {
                    field.text(2, &format!(".{}", target.name));
                }
                out.message(numbers[2], &field);
            }
        }
    }

    fn message(&self, id: MessageId, short: &str) -> Out {
        let message = &self.schema.messages[id as usize];
        let mut out = Out::default();
        out.text(1, short);
        let prefix = format!("{}.", message.name);
        let place = Place {
            file: message.file,
            parent: Some(id),
            prefix: &prefix,
        };
        if !self.whole.contains(&id) {
            self.nested(place, [3, 4, 6], &mut out);
            return out;
        }
        let proto3 = self.schema.file(message.file).edition == Edition::Proto3;
        let known = |field: &&Field| !matches!(field.ty, FieldType::Unresolved(_));
        let mut synthetic = Vec::new();
        for field in message.fields.iter().filter(known) {
            let scalar = !matches!(field.ty, FieldType::Message(_));
            let optional = proto3
                && scalar
                && field.oneof.is_none()
                && field.presence == Presence::Explicit
                && field.cardinality == Cardinality::Singular;
            let mut written = self.field(field, message.file, Some(&message.name));
            if optional {
                let index = message.oneofs.len() + synthetic.len();
                written.number(9, index as u64);
                written.number(17, 1);
                synthetic.push(format!("_{}", field.name));
            }
            out.message(2, &written);
            if let Cardinality::Map(key) = field.cardinality {
                out.message(3, &self.entry(field, key, message.file));
            }
        }
        self.nested(place, [3, 4, 6], &mut out);
        for range in &message.extension_ranges {
            let mut each = Out::default();
            each.int(1, range.start);
            each.int(2, range.end.saturating_add(1));
            out.message(5, &each);
        }
        let oneofs = message.oneofs.iter().map(|oneof| oneof.name.as_str());
        for oneof in oneofs.chain(synthetic.iter().map(String::as_str)) {
            let mut each = Out::default();
            each.text(1, oneof);
            out.message(8, &each);
        }
        out
    }

    /// A field; where it is a map, `inside` is the message that holds the entry.
    fn field(&self, field: &Field, file: FileId, inside: Option<&Name>) -> Out {
        let edition = self.schema.file(file).edition;
        let editions = edition >= Edition::E2023;
        let mut out = Out::default();
        out.text(1, &field.name);
        out.number(3, field.number.into());
        let singular = field.cardinality == Cardinality::Singular;
        out.number(
            4,
            match field.presence {
                _ if !singular => 3,
                Presence::Required if !editions => 2,
                _ => 1,
            },
        );
        match (field.cardinality, inside) {
            (Cardinality::Map(_), Some(inside)) => {
                out.number(5, 11);
                out.text(6, &format!(".{inside}.{}", entry_name(&field.name)));
            }
            _ => self.ty(&field.ty, field.delimited && !editions, &mut out),
        }
        if let Some(default) = field.default_text() {
            let is_text = field.ty == FieldType::Scalar(Scalar::String);
            let mut text = Vec::new();
            if is_text {
                unescape(default.as_bytes(), &mut text);
            } else {
                text.extend_from_slice(default.as_bytes());
            }
            out.bytes(7, &text);
        }
        let packable = field.cardinality == Cardinality::Repeated
            && match &field.ty {
                FieldType::Scalar(scalar) => scalar.is_packable(),
                FieldType::Enum(_) => true,
                _ => false,
            };
        let mut options = Out::default();
        if packable && !editions {
            options.number(2, field.packed.into());
        }
        if editions {
            let mut features = Out::default();
            if singular && field.oneof.is_none() && inside.is_some() {
                features.number(
                    1,
                    match field.presence {
                        Presence::Explicit => 1,
                        Presence::Implicit => 2,
                        Presence::Required => 3,
                    },
                );
            }
            if packable {
                features.number(3, if field.packed { 1 } else { 2 });
            }
            self.utf8(field, &mut features);
            let is_map = matches!(field.cardinality, Cardinality::Map(_));
            if !is_map && matches!(field.ty, FieldType::Message(_)) {
                features.number(5, if field.delimited { 2 } else { 1 });
            }
            options.message(21, &features);
        }
        if !options.0.is_empty() {
            out.message(8, &options);
        }
        if let Some(oneof) = field.oneof {
            out.number(9, oneof.into());
        }
        out.text(10, &field.json_name);
        out
    }

    fn utf8(&self, field: &Field, features: &mut Out) {
        let holds_text = field.ty == FieldType::Scalar(Scalar::String)
            || field.cardinality == Cardinality::Map(Scalar::String);
        if holds_text {
            features.number(4, if field.utf8 { 2 } else { 3 });
        }
    }

    fn ty(&self, ty: &FieldType, group: bool, out: &mut Out) {
        match ty {
            FieldType::Scalar(scalar) => out.number(5, scalar_number(*scalar)),
            FieldType::Message(target) => {
                out.number(5, if group { 10 } else { 11 });
                out.text(6, &format!(".{}", target.name));
            }
            FieldType::Enum(target) => {
                out.number(5, 14);
                out.text(6, &format!(".{}", target.name));
            }
            FieldType::Unresolved(_) => {}
        }
    }

    /// The message that an entry of a map is.
    fn entry(&self, field: &Field, key: Scalar, file: FileId) -> Out {
        let mut out = Out::default();
        out.text(1, &entry_name(&field.name));
        for (number, name, ty) in [(1, "key", &FieldType::Scalar(key)), (2, "value", &field.ty)] {
            let mut part = Out::default();
            part.text(1, name);
            part.number(3, number);
            part.number(4, 1);
            self.ty(ty, false, &mut part);
            if self.schema.file(file).edition >= Edition::E2023
                && *ty == FieldType::Scalar(Scalar::String)
            {
                let (mut features, mut options) = (Out::default(), Out::default());
                self.utf8(field, &mut features);
                options.message(21, &features);
                part.message(8, &options);
            }
            part.text(10, name);
            out.message(2, &part);
        }
        let mut options = Out::default();
        options.number(7, 1);
        out.message(7, &options);
        out
    }

    fn enumeration(&self, each: &Enum, short: &str) -> Out {
        let mut out = Out::default();
        out.text(1, short);
        for value in &each.values {
            let mut one = Out::default();
            one.text(1, &value.name);
            one.int(2, value.number);
            out.message(2, &one);
        }
        let mut options = Out::default();
        if each.allow_alias {
            options.number(2, 1);
        }
        if self.schema.file(each.file).edition >= Edition::E2023 {
            let mut features = Out::default();
            features.number(2, if each.closed { 2 } else { 1 });
            options.message(7, &features);
        }
        if !options.0.is_empty() {
            out.message(3, &options);
        }
        out
    }
}

/// What is around a declaration.
#[derive(Clone, Copy)]
struct Place<'a> {
    file: FileId,
    parent: Option<MessageId>,
    /// Of full names here, with the dot.
    prefix: &'a str,
}

/// `FooBarEntry` of `foo_bar`, as protoc calls it.
fn entry_name(field: &str) -> String {
    let mut name = String::new();
    let mut upper = true;
    for letter in field.chars() {
        if letter == '_' {
            upper = true;
        } else {
            name.push(if upper {
                letter.to_ascii_uppercase()
            } else {
                letter
            });
            upper = false;
        }
    }
    name + "Entry"
}

const fn scalar_number(scalar: Scalar) -> u64 {
    match scalar {
        Scalar::Double => 1,
        Scalar::Float => 2,
        Scalar::Int64 => 3,
        Scalar::Uint64 => 4,
        Scalar::Int32 => 5,
        Scalar::Fixed64 => 6,
        Scalar::Fixed32 => 7,
        Scalar::Bool => 8,
        Scalar::String => 9,
        Scalar::Bytes => 12,
        Scalar::Uint32 => 13,
        Scalar::Sfixed32 => 15,
        Scalar::Sfixed64 => 16,
        Scalar::Sint32 => 17,
        Scalar::Sint64 => 18,
    }
}

/// An encoded message.
#[derive(Default)]
struct Out(Vec<u8>);

impl Out {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn number(&mut self, field: u32, value: u64) {
        self.varint(u64::from(field) << 3);
        self.varint(value);
    }

    fn int(&mut self, field: u32, value: i32) {
        self.number(field, i64::from(value) as u64);
    }

    fn bytes(&mut self, field: u32, bytes: &[u8]) {
        self.varint(u64::from(field) << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn text(&mut self, field: u32, text: &str) {
        self.bytes(field, text.as_bytes());
    }

    fn message(&mut self, field: u32, message: &Out) {
        self.bytes(field, &message.0);
    }
}
