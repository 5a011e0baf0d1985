//! Fills the model from a file's descriptor, in the place of [`crate::link::lower`]'s walk over a syntax tree.

use rustc_hash::FxHashMap;

use super::options::{Described, Flags, features};
use super::proto::{
    EnumProto, FieldProto, FileProto, MessageProto, OneofProto, OptionsProto, RangeProto,
    ServiceProto,
};
use crate::link::declare::Declare;
use crate::link::features::Features;
use crate::link::fields::{Place, derived_json_name, presence};
use crate::link::interpret::Site;
use crate::link::lower::Lower;
use crate::link::names::{Symbol, Wanted};
use crate::link::values;
use crate::{
    Cardinality, Edition, Enum, EnumId, EnumValue, Field, FieldDefault, FieldType, Message,
    MessageId, Method, Name, NumberRange, Oneof, Options, Presence, RangeOptions, ReservedName,
    Scalar, Service, Span,
};

// ---- first pass: names

/// Declares what the file declares, in the order in which [`lower`] walks it.
pub(crate) fn declare(pass: &mut Declare<'_>, file: &FileProto) {
    declare_all(pass, in_order(&file.message_type, &file.enum_type, &[]));
    for service in &file.service {
        let id = pass.next_service();
        pass.inside(
            &service.name,
            service.place.name,
            Symbol::Service(id),
            |_| {},
        );
    }
}

fn declare_all(pass: &mut Declare<'_>, declarations: Vec<Declaration<'_>>) {
    for declaration in declarations {
        match declaration {
            Declaration::Message(message) => {
                let id = pass.next_message();
                let (name, place) = (&message.name, message.place.name);
                pass.inside(name, place, Symbol::Message(id), |pass| {
                    let inside = in_order(&message.nested_type, &message.enum_type, &[]);
                    declare_all(pass, inside);
                });
            }
            Declaration::Enum(item) => {
                let id = pass.next_enum();
                pass.inside(&item.name, item.place.name, Symbol::Enum(id), |_| {});
            }
            Declaration::Extension(_) => {}
        }
    }
}

/// What a descriptor keeps in a list for each kind, and a text in any order.
pub(super) enum Declaration<'d> {
    Message(&'d MessageProto),
    Enum(&'d EnumProto),
    Extension(&'d FieldProto),
}

/// What stands in a scope, in the order of the text where source info tells it; else kind by kind. The entries of maps are left out.
pub(super) fn in_order<'d>(
    messages: &'d [MessageProto],
    enums: &'d [EnumProto],
    extensions: &'d [FieldProto],
) -> Vec<Declaration<'d>> {
    let messages = messages.iter().filter(|message| !message.is_map_entry());
    let mut all: Vec<Declaration<'d>> = messages
        .map(Declaration::Message)
        .chain(enums.iter().map(Declaration::Enum))
        // an extension that is a group begins where the message of the group does, which comes first
        .chain(extensions.iter().map(Declaration::Extension))
        .collect();
    all.sort_by_key(|declaration| match declaration {
        Declaration::Message(message) => message.place.span.start,
        Declaration::Enum(item) => item.place.span.start,
        Declaration::Extension(field) => field.place.span.start,
    });
    all
}

// ---- second pass: the model

/// Fills the schema with what the file declares.
pub(crate) fn lower<'d>(pass: &mut Lower<'_, 'd>, file: &'d FileProto) {
    let mut features = Features::of_edition(pass.parsed.edition);
    overlay(&mut features, &file.options.bytes, Flags::FILE);
    pass.options_of(Site::File(pass.id), "FileOptions", &file.options);
    pass.schema.files[pass.id as usize].features = features;
    let package = &pass.parsed.package;
    if !package.is_empty() && !package.split('.').all(is_name) {
        let message = format!("`{package}` is no package's name");
        pass.error(pass.parsed.package_span, message, None);
    }
    let declarations = in_order(&file.message_type, &file.enum_type, &file.extension);
    pass.declarations_of(declarations, None, features);
    for service in &file.service {
        pass.service_of(service, features);
    }
    pass.close_names(0);
}

/// Whether protoc takes this for a name in a descriptor: a digit may be its first letter there.
fn is_name(text: &str) -> bool {
    let within = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'_';
    !text.is_empty() && text.bytes().all(within)
}

/// What `descriptor.proto` calls the labels and types that matter here.
const LABEL_REQUIRED: i32 = 2;
pub(super) const LABEL_REPEATED: i32 = 3;
const TYPE_GROUP: i32 = 10;
const TYPE_ENUM: i32 = 14;

impl<'d> Lower<'_, 'd> {
    /// Declares a name, which source would not have let be anything.
    fn declare_described(&mut self, name: &Name, span: Span, indexed: bool) {
        if !is_name(name) {
            let message = if name.is_empty() {
                "a name is missing".to_owned()
            } else {
                format!("`{name}` is no name: it may hold letters, digits and `_`")
            };
            self.error(span, message, None);
        }
        self.declare(name, span, indexed);
    }

    fn declarations_of(
        &mut self,
        declarations: Vec<Declaration<'d>>,
        parent: Option<MessageId>,
        features: Features,
    ) {
        for declaration in declarations {
            match declaration {
                Declaration::Message(message) => self.message_of(message, parent, features),
                Declaration::Enum(item) => self.enum_of(item, parent, features),
                Declaration::Extension(field) => self.extension_of(field, parent, features),
            }
        }
    }

    fn message_of(
        &mut self,
        proto: &'d MessageProto,
        parent: Option<MessageId>,
        mut features: Features,
    ) {
        let id = self.schema.messages.len() as MessageId;
        let outer = self.enter(&proto.name);
        self.declare_described(&proto.name, proto.place.name, true);
        let visibility = visibility(self, proto.visibility, parent, features);
        overlay(&mut features, &proto.options.bytes, Flags::MESSAGE);
        let flags = Flags::of(&proto.options.bytes, Flags::MESSAGE);
        self.schema.messages.push(Message {
            name: Name::new(&self.scope),
            file: self.id,
            parent,
            fields: Vec::new(),
            oneofs: Vec::new(),
            reserved: Vec::new(),
            reserved_names: reserved_names(&proto.reserved_name),
            extension_ranges: Vec::new(),
            deprecated: flags.deprecated,
            visibility,
            comment: proto.place.comment,
            name_span: proto.place.name,
            span: proto.place.span,
            features,
            options: Options::default(),
            extension_options: Vec::new(),
        });
        self.options_of(Site::Message(id), "MessageOptions", &proto.options);
        // the end of a message's range is not in it
        let ranges = |ranges: &[RangeProto]| ranges.iter().map(|r| range(r, -1)).collect();
        let reserved = ranges(&proto.reserved_range);
        let extension_ranges = ranges(&proto.extension_range);

        let names = self.names_so_far();
        let extension_options = self.range_options(id, &proto.extension_range, features);
        let (oneofs, real) = self.oneofs(id, &proto.oneof_decl, &proto.field, features);
        let entries = MapEntries::of(&proto.nested_type);
        let mut fields = Vec::with_capacity(proto.field.len());
        for field in &proto.field {
            let oneof = field.oneof_index.and_then(|index| {
                let index = usize::try_from(index).ok()?;
                let position = *real.get(index)?;
                Some((position?, &proto.oneof_decl[index]))
            });
            let mut features = features;
            let mut place = Place::Message;
            if let Some((position, oneof)) = oneof {
                overlay(&mut features, &oneof.options.bytes, Flags::ONEOF);
                place = Place::Oneof(position);
            }
            let site = Site::Field(id, fields.len() as u32);
            let field = self.field_of(field, &entries, features, place, site);
            fields.push(field);
        }
        if !flags.json_conflicts_allowed {
            self.check_json_names(&fields, features);
        }
        let declarations = in_order(&proto.nested_type, &proto.enum_type, &proto.extension);
        self.declarations_of(declarations, Some(id), features);
        self.close_names(names);
        self.scope.truncate(outer);
        let message = &mut self.schema.messages[id as usize];
        message.fields = fields;
        message.oneofs = oneofs;
        message.reserved = reserved;
        message.extension_ranges = extension_ranges;
        message.extension_options = extension_options;
    }

    /// Options are of a statement, and a descriptor repeats them for each range of it: neighbours with equal ones are taken for one.
    fn range_options(
        &mut self,
        message: MessageId,
        ranges: &'d [RangeProto],
        outer: Features,
    ) -> Vec<RangeOptions> {
        let mut statements: Vec<RangeOptions> = Vec::new();
        let mut before: Option<&OptionsProto> = None;
        for (at, range) in ranges.iter().enumerate() {
            let at = at as u32;
            match statements.last_mut() {
                Some(last) if before == Some(&range.options) => last.ranges.end = at + 1,
                _ if range.options.bytes.is_empty() => {}
                _ => {
                    let site = Site::Range(message, statements.len() as u32);
                    self.options_of(site, "ExtensionRangeOptions", &range.options);
                    let mut features = outer;
                    overlay(&mut features, &range.options.bytes, Flags::RANGE);
                    statements.push(RangeOptions {
                        ranges: at..at + 1,
                        features,
                        options: Options::default(),
                    });
                }
            }
            before = (!range.options.bytes.is_empty()).then_some(&range.options);
        }
        statements
    }

    /// Remembers options to be resolved when all extensions are known.
    fn options_of(&mut self, site: Site, kind: &'static str, options: &'d OptionsProto) {
        if !options.bytes.is_empty() {
            self.described.push(Described {
                file: self.id,
                site,
                kind,
                options,
            });
        }
    }

    /// The oneofs that somebody wrote, and for each that is declared its index among them.
    fn oneofs(
        &mut self,
        message: MessageId,
        declared: &'d [OneofProto],
        fields: &[FieldProto],
        outer: Features,
    ) -> (Vec<Oneof>, Vec<Option<u32>>) {
        let mut synthetic = vec![false; declared.len()];
        for field in fields.iter().filter(|f| f.proto3_optional) {
            let index = field.oneof_index.and_then(|i| usize::try_from(i).ok());
            if let Some(mark) = index.and_then(|i| synthetic.get_mut(i)) {
                *mark = true;
            }
        }
        let mut oneofs = Vec::new();
        let mut real = Vec::with_capacity(declared.len());
        for (oneof, synthetic) in declared.iter().zip(synthetic) {
            if synthetic {
                real.push(None);
                continue;
            }
            self.declare_described(&oneof.name, oneof.place.name, false);
            let index = oneofs.len() as u32;
            real.push(Some(index));
            self.options_of(Site::Oneof(message, index), "OneofOptions", &oneof.options);
            let mut features = outer;
            overlay(&mut features, &oneof.options.bytes, Flags::ONEOF);
            oneofs.push(Oneof {
                name: oneof.name.clone(),
                features,
                options: Options::default(),
                name_span: oneof.place.name,
                span: oneof.place.span,
            });
        }
        (oneofs, real)
    }

    fn field_of(
        &mut self,
        proto: &'d FieldProto,
        entries: &MapEntries<'_>,
        mut features: Features,
        place: Place,
        site: Site,
    ) -> Field {
        self.options_of(site, "FieldOptions", &proto.options);
        let edition = self.parsed.edition;
        let flags = Flags::of(&proto.options.bytes, Flags::FIELD);
        overlay(&mut features, &proto.options.bytes, Flags::FIELD);
        if edition < Edition::E2023 {
            legacy_features(proto, flags.packed, edition, &mut features);
        }
        let entry = entries.of_field(&self.scope, proto);
        let (ty, cardinality, is_enum) = match entry {
            Some(entry) => {
                let part = |number| entry.field.iter().find(|f| f.number == number);
                let key = part(1).and_then(|key| scalar(key.ty));
                let value = part(2);
                let ty = value.map_or(FieldType::Unresolved(Name::default()), |value| {
                    self.type_of(value)
                });
                let cardinality = Cardinality::Map(key.unwrap_or(Scalar::String));
                (ty, cardinality, value.is_some_and(|v| v.ty == TYPE_ENUM))
            }
            None if proto.label == LABEL_REPEATED => {
                let ty = self.type_of(proto);
                (ty, Cardinality::Repeated, proto.ty == TYPE_ENUM)
            }
            None => {
                let ty = self.type_of(proto);
                (ty, Cardinality::Singular, proto.ty == TYPE_ENUM)
            }
        };
        let is_message = match ty {
            FieldType::Message(_) => true,
            FieldType::Unresolved(_) => !is_enum,
            FieldType::Scalar(_) | FieldType::Enum(_) => false,
        };
        let packable = match &ty {
            FieldType::Scalar(scalar) => scalar.is_packable(),
            FieldType::Enum(_) => true,
            FieldType::Message(_) | FieldType::Unresolved(_) => is_enum,
        };
        let is_string = ty == FieldType::Scalar(Scalar::String)
            || cardinality == Cardinality::Map(Scalar::String);
        self.declare_described(&proto.name, proto.place.name, false);
        let derived = derived_json_name(&proto.name);
        let json_name = proto.json_name.clone().unwrap_or_else(|| derived.clone());
        let default = proto.default_value.as_deref().map(|value| {
            values::described(value, &ty).unwrap_or_else(|message| {
                self.error(proto.place.span, message, None);
                String::from_utf8_lossy(value).into()
            })
        });
        Field {
            name: proto.name.clone(),
            // without source info a name that is written out as it would be anyway cannot be told
            json_name_given: json_name != derived || !proto.json_name_span.is_empty(),
            json_name,
            number: proto.number.max(0) as u32,
            cardinality,
            presence: presence(
                cardinality,
                place,
                is_message || proto.proto3_optional,
                features,
            ),
            oneof: match place {
                Place::Oneof(index) => Some(index),
                _ => None,
            },
            proto3_optional: proto.proto3_optional,
            default: default.map(|text| {
                Box::new(FieldDefault {
                    text,
                    span: proto.default_span,
                })
            }),
            packed: cardinality == Cardinality::Repeated && packable && features.packed,
            delimited: is_message && entry.is_none() && features.delimited,
            utf8: is_string && features.utf8,
            deprecated: flags.deprecated,
            features,
            options: Options::default(),
            comment: proto.place.comment,
            name_span: proto.place.name,
            number_span: proto.number_span,
            type_span: proto.type_span,
            label_span: proto.label_span,
            json_name_span: proto.json_name_span,
            span: proto.place.span,
            ty,
        }
    }

    fn type_of(&mut self, proto: &FieldProto) -> FieldType {
        match scalar(proto.ty) {
            Some(scalar) => FieldType::Scalar(scalar),
            None => self.reference_to(&proto.type_name, proto.type_span, Wanted::Types),
        }
    }

    fn extension_of(
        &mut self,
        proto: &'d FieldProto,
        parent: Option<MessageId>,
        features: Features,
    ) {
        let extendee = self.reference_to(&proto.extendee, proto.extendee_span, Wanted::Anything);
        let site = Site::Extension(self.schema.extensions.len() as u32);
        let field = self.field_of(
            proto,
            &MapEntries::of(&[]),
            features,
            Place::Extension(parent),
            site,
        );
        self.add_extension(extendee, proto.extendee_span, field);
    }

    fn enum_of(&mut self, proto: &'d EnumProto, parent: Option<MessageId>, mut features: Features) {
        let visibility = visibility(self, proto.visibility, parent, features);
        overlay(&mut features, &proto.options.bytes, Flags::ENUM);
        let flags = Flags::of(&proto.options.bytes, Flags::ENUM);
        self.declare_described(&proto.name, proto.place.name, true);
        let id = self.schema.enums.len() as EnumId;
        self.options_of(Site::Enum(id), "EnumOptions", &proto.options);
        let mut values = Vec::with_capacity(proto.value.len());
        for value in &proto.value {
            self.declare_described(&value.name, value.place.name, false);
            let site = Site::Value(id, values.len() as u32);
            self.options_of(site, "EnumValueOptions", &value.options);
            let mut features = features;
            overlay(&mut features, &value.options.bytes, Flags::ENUM_VALUE);
            values.push(EnumValue {
                name: value.name.clone(),
                number: value.number,
                deprecated: Flags::of(&value.options.bytes, Flags::ENUM_VALUE).deprecated,
                features,
                options: Options::default(),
                name_span: value.place.name,
                number_span: value.number_span,
                span: value.place.span,
            });
        }
        let outer = self.enter(&proto.name);
        self.schema.enums.push(Enum {
            name: Name::new(&self.scope),
            file: self.id,
            parent,
            values,
            closed: features.closed_enum,
            allow_alias: flags.allow_alias,
            // the end of an enum's range is in it
            reserved: proto.reserved_range.iter().map(|r| range(r, 0)).collect(),
            reserved_names: reserved_names(&proto.reserved_name),
            deprecated: flags.deprecated,
            features,
            options: Options::default(),
            visibility,
            comment: proto.place.comment,
            name_span: proto.place.name,
            span: proto.place.span,
        });
        self.scope.truncate(outer);
    }

    fn service_of(&mut self, proto: &'d ServiceProto, mut features: Features) {
        overlay(&mut features, &proto.options.bytes, Flags::SERVICE);
        self.declare_described(&proto.name, proto.place.name, true);
        let outer = self.enter(&proto.name);
        let names = self.names_so_far();
        let id = self.schema.services.len() as u32;
        self.options_of(Site::Service(id), "ServiceOptions", &proto.options);
        let mut methods = Vec::with_capacity(proto.method.len());
        for method in &proto.method {
            self.declare_described(&method.name, method.place.name, false);
            let site = Site::Method(id, methods.len() as u32);
            self.options_of(site, "MethodOptions", &method.options);
            let flags = Flags::of(&method.options.bytes, Flags::METHOD);
            let request =
                self.reference_to(&method.input_type, method.input_span, Wanted::Anything);
            let response =
                self.reference_to(&method.output_type, method.output_span, Wanted::Anything);
            let mut features = features;
            overlay(&mut features, &method.options.bytes, Flags::METHOD);
            methods.push(Method {
                name: method.name.clone(),
                request,
                response,
                client_streaming: method.client_streaming,
                server_streaming: method.server_streaming,
                idempotency: flags.idempotency,
                deprecated: flags.deprecated,
                features,
                options: Options::default(),
                name_span: method.place.name,
                request_span: method.input_span,
                response_span: method.output_span,
                span: method.place.span,
            });
        }
        self.close_names(names);
        self.schema.services.push(Service {
            name: Name::new(&self.scope),
            file: self.id,
            methods,
            deprecated: Flags::of(&proto.options.bytes, Flags::SERVICE).deprecated,
            features,
            options: Options::default(),
            name_span: proto.place.name,
            span: proto.place.span,
        });
        self.scope.truncate(outer);
    }
}

/// The messages that stand for the entries of maps, of those that are nested in a message.
pub(super) struct MapEntries<'p>(FxHashMap<&'p str, &'p MessageProto>);

impl<'p> MapEntries<'p> {
    pub(super) fn of(nested: &'p [MessageProto]) -> Self {
        let entries = nested.iter().filter(|message| message.is_map_entry());
        Self(entries.map(|entry| (entry.name.as_str(), entry)).collect())
    }

    /// The entry of a field, if it is a map; `message` is the full name of the one that the field is in.
    pub(super) fn of_field(&self, message: &str, field: &FieldProto) -> Option<&'p MessageProto> {
        let name = field.type_name.strip_prefix('.')?;
        let name = name.strip_prefix(message)?.strip_prefix('.')?;
        let found = *self.0.get(name)?;
        (field.label == LABEL_REPEATED).then_some(found)
    }
}

/// Overlays the features that the options set.
fn overlay(onto: &mut Features, options: &[u8], kind: super::options::Kind) {
    for (name, value) in features(options, kind) {
        onto.set(name, value);
    }
}

fn visibility(
    pass: &Lower<'_, '_>,
    written: i32,
    parent: Option<MessageId>,
    features: Features,
) -> crate::Visibility {
    const LOCAL: i32 = 1;
    const EXPORT: i32 = 2;
    pass.visibility(written == EXPORT, written == LOCAL, parent, features)
}

/// What proto2 and proto3 say by labels and options, editions say by features.
fn legacy_features(
    proto: &FieldProto,
    packed: Option<bool>,
    edition: Edition,
    features: &mut Features,
) {
    if proto.label == LABEL_REQUIRED {
        features.presence = Presence::Required;
    }
    if proto.ty == TYPE_GROUP {
        features.delimited = true;
    }
    match packed {
        Some(true) => features.packed = true,
        Some(false) if edition == Edition::Proto3 => features.packed = false,
        _ => {}
    }
}

/// A range with both ends in it; `behind` is what leads from the descriptor's end to the last number.
pub(super) fn range(proto: &RangeProto, behind: i32) -> NumberRange {
    NumberRange {
        start: proto.start,
        end: proto.end.saturating_add(behind),
        span: proto.span,
    }
}

pub(super) fn reserved_names(names: &[(Name, crate::Span)]) -> Vec<ReservedName> {
    let names = names.iter().map(|(name, span)| ReservedName {
        name: name.clone(),
        span: *span,
    });
    names.collect()
}

pub(super) fn scalar(ty: i32) -> Option<Scalar> {
    Some(match ty {
        1 => Scalar::Double,
        2 => Scalar::Float,
        3 => Scalar::Int64,
        4 => Scalar::Uint64,
        5 => Scalar::Int32,
        6 => Scalar::Fixed64,
        7 => Scalar::Fixed32,
        8 => Scalar::Bool,
        9 => Scalar::String,
        12 => Scalar::Bytes,
        13 => Scalar::Uint32,
        15 => Scalar::Sfixed32,
        16 => Scalar::Sfixed64,
        17 => Scalar::Sint32,
        18 => Scalar::Sint64,
        _ => return None,
    })
}
