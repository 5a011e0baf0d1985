//! A schema made ready for comparison, once: names, shape digests, and where each type travels.

use std::collections::hash_map::Entry;
use std::hash::{BuildHasher, Hash, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use protoskew_schema::{
    Cardinality, Edition, Enum, Extension, Field, FieldType, File, FileId, ImportKind, Message,
    Name, Presence, Role, Schema, Service, Visibility,
};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::contract::{self, Contract};
use crate::fields::InOrder;
use crate::values::EnumUses;
use crate::{generated, visible};

/// The next [`Indexed::serial`].
static SERIAL: AtomicU64 = AtomicU64::new(0);

/// A schema with what every comparison asks of it.
#[derive(Debug)]
pub struct Indexed {
    schema: Arc<Schema>,
    messages: ByName,
    enums: ByName,
    services: ByName,
    message_shapes: Vec<u64>,
    enum_shapes: Vec<u64>,
    service_shapes: Vec<u64>,
    enum_uses: Vec<EnumUses>,
    digest: u64,
    serial: u64,
    held_messages: OnceLock<FxHashSet<u32>>,
    extensions: OnceLock<FxHashMap<u32, Vec<u32>>>,
    enum_holders: OnceLock<FxHashMap<u32, Vec<Holder>>>,
    in_order: InOrder,
    reach: OnceLock<Arc<Reach>>,
    contract: Box<Contract>,
}

/// A field that holds an enum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Holder {
    /// The message that has the field.
    pub(crate) message: u32,
    /// Its place among [`Indexed::fields_of`] that message.
    pub(crate) field: u32,
}

impl Indexed {
    /// Indexes the schema.
    pub fn new(schema: Arc<Schema>) -> Self {
        Self::with_contract(schema, &[])
    }

    /// Indexes the schema; options of these full names (`google.api.http`) are looked at where it is compared.
    pub fn with_contract(schema: Arc<Schema>, contract: &[Name]) -> Self {
        let names = || {
            (
                by_name(schema.messages.iter().map(|message| &message.name)),
                by_name(schema.enums.iter().map(|each| &each.name)),
                by_name(schema.services.iter().map(|service| &service.name)),
                enum_uses(&schema, |_| true),
            )
        };
        let shapes = || {
            let messages: Vec<u64> = schema.messages.par_iter().map(message_shape).collect();
            let enums = schema.enums.par_iter();
            let enums: Vec<u64> = enums
                .map(|each| enum_shape(each, &schema.files[each.file as usize]))
                .collect();
            let services: Vec<u64> = schema.services.iter().map(service_shape).collect();
            (messages, enums, services)
        };
        let beside = || beside_shapes(&schema, contract);
        let (names, (shapes, beside)) = rayon::join(names, || rayon::join(shapes, beside));
        let (messages, enums, services, enum_uses) = names;
        let (message_shapes, enum_shapes, service_shapes) = shapes;
        let mut hasher = hasher();
        beside.hash(&mut hasher);
        let judged = |file: FileId| schema.files[file as usize].role == Role::Judged;
        for (message, shape) in schema.messages.iter().zip(&message_shapes) {
            (
                judged(message.file),
                &message.name,
                &schema.files[message.file as usize].path,
                shape,
            )
                .hash(&mut hasher);
        }
        for (each, shape) in schema.enums.iter().zip(&enum_shapes) {
            (
                judged(each.file),
                &each.name,
                &schema.files[each.file as usize].path,
                shape,
            )
                .hash(&mut hasher);
        }
        for (service, shape) in schema.services.iter().zip(&service_shapes) {
            (
                judged(service.file),
                &service.name,
                &schema.files[service.file as usize].path,
                shape,
            )
                .hash(&mut hasher);
        }
        let digest = hasher.finish();
        Self {
            messages,
            enums,
            services,
            message_shapes,
            enum_shapes,
            service_shapes,
            enum_uses,
            digest,
            serial: SERIAL.fetch_add(1, Ordering::Relaxed),
            held_messages: OnceLock::new(),
            extensions: OnceLock::new(),
            enum_holders: OnceLock::new(),
            in_order: OnceLock::new(),
            reach: OnceLock::new(),
            contract: contract.into(),
            schema,
        }
    }

    /// The schema itself.
    pub fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    /// A digest of everything that a comparison looks at: equal digests compare as equal.
    pub fn digest(&self) -> u64 {
        self.digest
    }

    /// A number that no other indexed schema of this process has.
    pub(crate) fn serial(&self) -> u64 {
        self.serial
    }

    pub(crate) fn contract(&self) -> &Contract {
        &self.contract
    }

    /// Whether the file's elements are judged.
    pub fn judged(&self, file: FileId) -> bool {
        self.file(file).role == Role::Judged
    }

    /// The file of that id.
    pub fn file(&self, id: FileId) -> &File {
        &self.schema.files[id as usize]
    }

    pub(crate) fn message(&self, id: u32) -> &Message {
        &self.schema.messages[id as usize]
    }

    pub(crate) fn enumeration(&self, id: u32) -> &Enum {
        &self.schema.enums[id as usize]
    }

    pub(crate) fn service(&self, id: u32) -> &Service {
        &self.schema.services[id as usize]
    }

    /// Every message of that full name, in file order.
    pub fn messages_named(&self, name: &str) -> &[u32] {
        named(&self.messages, name)
    }

    /// Every enum of that full name, in file order.
    pub fn enums_named(&self, name: &str) -> &[u32] {
        named(&self.enums, name)
    }

    /// Every service of that full name, in file order.
    pub fn services_named(&self, name: &str) -> &[u32] {
        named(&self.services, name)
    }

    /// Whether a field, an extension or a method holds the message.
    pub(crate) fn holds_message(&self, id: u32) -> bool {
        let held = self.held_messages.get_or_init(|| {
            let schema = &self.schema;
            let fields = schema.messages.iter().flat_map(|message| &message.fields);
            let extensions = schema.extensions.iter().map(|extension| &extension.field);
            let methods = schema.services.iter().flat_map(|service| &service.methods);
            let held = fields.chain(extensions).map(|field| &field.ty);
            held.chain(methods.flat_map(|method| [&method.request, &method.response]))
                .filter_map(|ty| match ty {
                    FieldType::Message(target) => Some(target.id),
                    _ => None,
                })
                .collect()
        });
        held.contains(&id)
    }

    /// The extensions of a message, in schema order.
    pub(crate) fn extensions_of(&self, id: u32) -> impl Iterator<Item = &Extension> {
        extensions_in(&self.schema, id, self.by_extendee())
    }

    /// The extension of a message at that place among all of its.
    pub(crate) fn extension_of(&self, id: u32, place: usize) -> Option<&Extension> {
        let at = *self.by_extendee().get(&id)?.get(place)?;
        self.schema.extensions.get(at as usize)
    }

    fn by_extendee(&self) -> &FxHashMap<u32, Vec<u32>> {
        self.extensions.get_or_init(|| by_extendee(&self.schema))
    }

    /// The fields and extensions that hold an enum, in schema order.
    pub(crate) fn holders_of_enum(&self, id: u32) -> &[Holder] {
        let all = self.enum_holders.get_or_init(|| {
            let mut found: FxHashMap<u32, Vec<Holder>> = FxHashMap::default();
            for message in 0..self.schema.messages.len() as u32 {
                for (each, field) in self.fields_of(message).zip(0..) {
                    if let FieldType::Enum(target) = &each.ty {
                        let holders = found.entry(target.id).or_default();
                        holders.push(Holder { message, field });
                    }
                }
            }
            found
        });
        all.get(&id).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn in_order(&self) -> &InOrder {
        &self.in_order
    }

    /// Where each type travels, whatever the service.
    pub fn reach(&self) -> &Arc<Reach> {
        self.reach
            .get_or_init(|| Arc::new(Reach::new(&self.schema, |_| true)))
    }

    /// The fields of a message, and those that extensions add.
    pub fn fields_of(&self, id: u32) -> impl Iterator<Item = &Field> {
        fields_in(&self.schema, id, self.by_extendee())
    }

    pub(crate) fn message_shape(&self, id: u32) -> u64 {
        self.message_shapes[id as usize]
    }

    pub(crate) fn enum_shape(&self, id: u32) -> u64 {
        self.enum_shapes[id as usize]
    }

    pub(crate) fn service_shape(&self, id: u32) -> u64 {
        self.service_shapes[id as usize]
    }

    pub(crate) fn enum_uses(&self, id: u32) -> EnumUses {
        self.enum_uses[id as usize]
    }

    /// Where the messages keep it that `within` accepts by full name.
    pub(crate) fn enum_uses_within(&self, id: u32, within: impl Fn(&str) -> bool) -> EnumUses {
        enum_uses(&self.schema, within)[id as usize]
    }
}

/// In which roles a message or enum travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Travels {
    /// In a request: the client writes, the server reads.
    pub request: bool,
    /// In a response: the server writes, the client reads.
    pub response: bool,
}

impl Travels {
    /// Reached by no service: either side may write it.
    pub fn unreached(self) -> bool {
        !self.request && !self.response
    }
}

/// Where each message and enum of a schema travels, by reachability from (some of) its services.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    by_name: FxHashMap<Name, Travels>,
}

impl Reach {
    /// Walks the schema from the methods of the services that `serves` accepts by full name.
    pub fn new(schema: &Schema, serves: impl Fn(&str) -> bool) -> Self {
        let mut reach = Self::default();
        for is_request in [true, false] {
            let mut roots: Vec<u32> = Vec::new();
            for service in schema
                .services
                .iter()
                .filter(|service| serves(&service.name))
            {
                for method in &service.methods {
                    let root = if is_request {
                        &method.request
                    } else {
                        &method.response
                    };
                    if let FieldType::Message(target) = root {
                        roots.push(target.id);
                    }
                }
            }
            reach.walk(schema, roots, is_request);
        }
        reach
    }

    /// The same, and from these messages, as if each were a request: one side writes it, the other reads it.
    #[must_use]
    pub fn and_from(mut self, schema: &Schema, messages: &[Name]) -> Self {
        let named = schema.messages.iter().zip(0..);
        let roots = named
            .filter(|(message, _)| messages.contains(&message.name))
            .map(|(_, id)| id)
            .collect();
        self.walk(schema, roots, true);
        self
    }

    fn walk(&mut self, schema: &Schema, mut open: Vec<u32>, is_request: bool) {
        let mut seen = vec![false; schema.messages.len()];
        let mut holds = vec![false; schema.enums.len()];
        for &root in &open {
            seen[root as usize] = true;
        }
        let extensions = by_extendee(schema);
        while let Some(id) = open.pop() {
            for field in fields_in(schema, id, &extensions) {
                match &field.ty {
                    FieldType::Message(target) => {
                        if !std::mem::replace(&mut seen[target.id as usize], true) {
                            open.push(target.id);
                        }
                    }
                    FieldType::Enum(target) => holds[target.id as usize] = true,
                    FieldType::Scalar(_) | FieldType::Unresolved(_) => {}
                }
            }
        }
        // what is called is nearly all of a schema: once for each name, into a map that does not grow
        let reached = |marks: &[bool]| marks.iter().filter(|&&mark| mark).count();
        if self.by_name.is_empty() {
            self.by_name.reserve(reached(&seen) + reached(&holds));
        }
        let messages = schema
            .messages
            .iter()
            .map(|message| &message.name)
            .zip(seen);
        let enums = schema.enums.iter().map(|each| &each.name).zip(holds);
        for (name, _) in messages.chain(enums).filter(|(_, reached)| *reached) {
            let travels = match self.by_name.get_mut(name) {
                Some(known) => known,
                None => self.by_name.entry(name.clone()).or_default(),
            };
            if is_request {
                travels.request = true;
            } else {
                travels.response = true;
            }
        }
    }

    /// Where the message or enum of that name travels.
    pub fn of(&self, name: &str) -> Travels {
        self.by_name.get(name).copied().unwrap_or_default()
    }
}

/// The full names of every message and enum that a value of this type may hold, itself included.
pub fn closure(schema: &Schema, root: &FieldType) -> FxHashSet<Name> {
    let mut names = FxHashSet::default();
    let mut open: Vec<u32> = Vec::new();
    let mut visit = |ty: &FieldType, open: &mut Vec<u32>| match ty {
        FieldType::Message(target) => {
            if names.insert(target.name.clone()) {
                open.push(target.id);
            }
        }
        FieldType::Enum(target) => {
            names.insert(target.name.clone());
        }
        FieldType::Scalar(_) | FieldType::Unresolved(_) => {}
    };
    visit(root, &mut open);
    let extensions = by_extendee(schema);
    while let Some(id) = open.pop() {
        for field in fields_in(schema, id, &extensions) {
            visit(&field.ty, &mut open);
        }
    }
    names
}

/// Places of the extensions of each message that has some, by its id.
fn by_extendee(schema: &Schema) -> FxHashMap<u32, Vec<u32>> {
    let mut found: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    for (extension, at) in schema.extensions.iter().zip(0..) {
        if let FieldType::Message(target) = &extension.extendee {
            found.entry(target.id).or_default().push(at);
        }
    }
    found
}

/// The extensions of a message, in schema order.
fn extensions_in<'a>(
    schema: &'a Schema,
    id: u32,
    by_extendee: &'a FxHashMap<u32, Vec<u32>>,
) -> impl Iterator<Item = &'a Extension> {
    let own = by_extendee.get(&id).into_iter().flatten();
    own.map(|&at| &schema.extensions[at as usize])
}

/// The fields of a message, and those that extensions add.
fn fields_in<'a>(
    schema: &'a Schema,
    id: u32,
    by_extendee: &'a FxHashMap<u32, Vec<u32>>,
) -> impl Iterator<Item = &'a Field> {
    let added = extensions_in(schema, id, by_extendee).map(|extension| &extension.field);
    schema.messages[id as usize].fields.iter().chain(added)
}

/// Where the messages keep each enum that `within` accepts by full name.
fn enum_uses(schema: &Schema, within: impl Fn(&str) -> bool) -> Vec<EnumUses> {
    let mut uses = vec![EnumUses::default(); schema.enums.len()];
    let messages = schema.messages.iter();
    let own = messages
        .filter(|message| within(&message.name))
        .flat_map(|message| {
            let fields = message.fields.iter();
            fields.map(move |field| (message.file, field))
        });
    let extensions = schema
        .extensions
        .iter()
        .filter(|each| match &each.extendee {
            FieldType::Message(target) => within(&schema.messages[target.id as usize].name),
            _ => true,
        });
    let extensions = extensions.map(|extension| (extension.file, &extension.field));
    for (file, field) in own.chain(extensions) {
        if let FieldType::Enum(target) = &field.ty
            && let Some(uses) = uses.get_mut(target.id as usize)
        {
            let uses = if schema.files[file as usize].edition == Edition::Proto2 {
                &mut uses.proto2
            } else {
                &mut uses.other
            };
            match (field.cardinality, field.presence) {
                (Cardinality::Repeated, _) => uses.repeated = true,
                (Cardinality::Map(_), _) => uses.map = true,
                (Cardinality::Singular, Presence::Required) => uses.required = true,
                (Cardinality::Singular, _) if field.oneof.is_some() => uses.oneof = true,
                (Cardinality::Singular, _) => {
                    uses.singular = true;
                    uses.absent |= field.default.is_none();
                }
            }
        }
    }
    uses
}

/// A digest of everything about a message that a comparison looks at, nested declarations aside.
fn message_shape(message: &Message) -> u64 {
    let mut hasher = hasher();
    for field in &message.fields {
        field_shape(field, &mut hasher);
    }
    for oneof in &message.oneofs {
        oneof.name.hash(&mut hasher);
    }
    for range in message.reserved.iter().chain(&message.extension_ranges) {
        (range.start, range.end).hash(&mut hasher);
    }
    message.reserved.len().hash(&mut hasher);
    for reserved in &message.reserved_names {
        reserved.name.hash(&mut hasher);
    }
    hasher.finish()
}

/// Of digests: fast, and with keys of each process's own, so that no file can be made to look like another one.
pub(crate) fn hasher() -> impl Hasher {
    static KEYS: OnceLock<foldhash::quality::RandomState> = OnceLock::new();
    KEYS.get_or_init(Default::default).build_hasher()
}

/// A digest of what a comparison looks at beside the shapes of messages, enums and services.
fn beside_shapes(schema: &Schema, contract: &[Name]) -> u64 {
    let mut hasher = hasher();
    let judged = |file: FileId| schema.files[file as usize].role == Role::Judged;
    for extension in &schema.extensions {
        (judged(extension.file), &extension.name).hash(&mut hasher);
        type_shape(&extension.extendee, &mut hasher);
        field_shape(&extension.field, &mut hasher);
    }
    for file in &schema.files {
        source_shape(file, &mut hasher);
    }
    for message in &schema.messages {
        generated_shape(message, &mut hasher);
    }
    for each in &schema.enums {
        (each.visibility == Visibility::Local).hash(&mut hasher);
        each.features.strict_json.hash(&mut hasher);
        generated::of_enum(each).hash(&mut hasher);
    }
    contract::shape(schema, contract, &mut hasher);
    hasher.finish()
}

/// The ids of what has a name, in order.
type ByName = FxHashMap<Name, Ids>;

/// Nearly every name is one element's.
#[derive(Debug)]
enum Ids {
    One(u32),
    Many(Vec<u32>),
}

fn by_name<'s>(names: impl ExactSizeIterator<Item = &'s Name>) -> ByName {
    let mut found = FxHashMap::with_capacity_and_hasher(names.len(), Default::default());
    for (name, id) in names.zip(0..) {
        match found.entry(name.clone()) {
            Entry::Vacant(place) => {
                place.insert(Ids::One(id));
            }
            Entry::Occupied(mut ids) => match ids.get_mut() {
                Ids::One(first) => *ids.get_mut() = Ids::Many(vec![*first, id]),
                Ids::Many(ids) => ids.push(id),
            },
        }
    }
    found
}

fn named<'s>(all: &'s ByName, name: &str) -> &'s [u32] {
    match all.get(name) {
        None => &[],
        Some(Ids::One(id)) => std::slice::from_ref(id),
        Some(Ids::Many(ids)) => ids,
    }
}

/// What those see of a file who build against it.
fn source_shape(file: &File, hasher: &mut impl Hasher) {
    (file.role == Role::Judged, &file.path, file.edition).hash(hasher);
    for import in &file.imports {
        if import.kind == ImportKind::Public {
            (&import.path, import.file).hash(hasher);
        }
    }
    if file.role == Role::Judged {
        generated::of_file(file).hash(hasher);
    }
}

/// The same of a message.
fn generated_shape(message: &Message, hasher: &mut impl Hasher) {
    (message.visibility == Visibility::Local).hash(hasher);
    message.features.strict_json.hash(hasher);
    if !message.options.tree().is_empty() {
        visible::is_message_set(message).hash(hasher);
        generated::of_message(message).hash(hasher);
    }
    for field in &message.fields {
        if !field.options.tree().is_empty() {
            (field.number, generated::of_field(field)).hash(hasher);
        }
    }
}

pub(crate) fn field_shape(field: &Field, hasher: &mut impl Hasher) {
    (
        &field.name,
        &field.json_name,
        field.number,
        field.cardinality,
        field.presence,
        field.oneof,
        field.default_text(),
        field.packed,
        field.delimited,
        field.utf8,
        field.deprecated,
    )
        .hash(hasher);
    type_shape(&field.ty, hasher);
}

fn type_shape(ty: &FieldType, hasher: &mut impl Hasher) {
    std::mem::discriminant(ty).hash(hasher);
    match ty {
        FieldType::Scalar(scalar) => scalar.hash(hasher),
        FieldType::Message(target) => target.name.hash(hasher),
        FieldType::Enum(target) => target.name.hash(hasher),
        FieldType::Unresolved(name) => name.hash(hasher),
    }
}

fn enum_shape(each: &Enum, file: &File) -> u64 {
    let mut hasher = hasher();
    values_shape(each).hash(&mut hasher);
    // the reason for an enum stands in its comment
    let comment = each.comment;
    file.text
        .get(comment.start as usize..comment.end as usize)
        .hash(&mut hasher);
    hasher.finish()
}

/// The same without the comment, in which copies may differ.
pub(crate) fn values_shape(each: &Enum) -> u64 {
    let mut hasher = hasher();
    for value in &each.values {
        (&value.name, value.number).hash(&mut hasher);
    }
    (each.closed, each.allow_alias).hash(&mut hasher);
    for range in &each.reserved {
        (range.start, range.end).hash(&mut hasher);
    }
    for reserved in &each.reserved_names {
        reserved.name.hash(&mut hasher);
    }
    hasher.finish()
}

fn service_shape(service: &Service) -> u64 {
    let mut hasher = hasher();
    for method in &service.methods {
        (
            &method.name,
            method.client_streaming,
            method.server_streaming,
            &method.idempotency,
            method.deprecated,
        )
            .hash(&mut hasher);
        type_shape(&method.request, &mut hasher);
        type_shape(&method.response, &mut hasher);
    }
    hasher.finish()
}
