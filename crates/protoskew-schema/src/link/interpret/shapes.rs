//! What may be set in a message of options, and how a value is put into the tree so that equal options become equal trees.

use rustc_hash::FxHashMap;

use crate::link::wide;
use crate::{
    Cardinality, Enum, Extension, Field, FieldType, FileId, Message, Name, OptionData, OptionField,
    OptionTree, Presence, Real, Scalar, Schema,
};

/// A message's type; the entries of a map are messages too, though no schema lists them.
#[derive(Clone, Copy)]
pub(crate) struct Shape<'s> {
    pub(crate) schema: &'s Schema,
    kind: Kind<'s>,
}

#[derive(Clone, Copy)]
enum Kind<'s> {
    Message(&'s Message),
    /// The entries of this map.
    Entry(&'s Field),
}

/// One field of a shape, or an extension of it.
#[derive(Clone)]
pub(crate) struct Slot<'s> {
    pub(crate) number: u32,
    /// What declares it; a map's key has no declaration of its own.
    pub(crate) declared: Option<&'s Field>,
    /// As it stands in the tree.
    pub(crate) name: Name,
    pub(crate) ty: SlotType<'s>,
    pub(crate) many: bool,
    pub(crate) map: bool,
    pub(crate) delimited: bool,
    /// Zero is not sent.
    implicit: bool,
    pub(crate) oneof: Option<u32>,
}

#[derive(Clone, Copy)]
pub(crate) enum SlotType<'s> {
    Scalar(Scalar),
    Message(Shape<'s>),
    Enum(&'s Enum),
    /// Its declaration is missing.
    Unknown,
}

impl<'s> Shape<'s> {
    pub(crate) fn of(schema: &'s Schema, message: &'s Message) -> Self {
        let kind = Kind::Message(message);
        Self { schema, kind }
    }

    /// The first message of that name.
    pub(crate) fn named(schema: &'s Schema, name: &str) -> Option<Self> {
        let id = schema.index.messages(name).next()?;
        Some(Self::of(schema, &schema.messages[id as usize]))
    }

    pub(crate) fn name(&self) -> &'s str {
        match self.kind {
            Kind::Message(message) => &message.name,
            Kind::Entry(field) => &field.name,
        }
    }

    pub(crate) fn message(&self) -> Option<&'s Message> {
        match self.kind {
            Kind::Message(message) => Some(message),
            Kind::Entry(_) => None,
        }
    }

    pub(crate) fn is_message_set(&self) -> bool {
        let option = |m: &Message| {
            // options of this schema may be on their way to be resolved only now
            let text = &self.schema.file(m.file).text;
            m.options.tree().is_true("message_set_wire_format")
                || crate::link::options::is_true(text, &m.options, "message_set_wire_format")
        };
        self.message().is_some_and(option)
    }

    pub(crate) fn field(&self, name: &str) -> Option<Slot<'s>> {
        match self.kind {
            Kind::Message(message) => {
                let field = wide::named(self.schema, message, name)?;
                Some(Slot::new(self.schema, field, field.name.clone()))
            }
            Kind::Entry(field) => match name {
                "key" => Some(Slot::key(field)),
                "value" => Some(Slot::value(self.schema, field)),
                _ => None,
            },
        }
    }

    pub(crate) fn numbered(&self, number: u32) -> Option<Slot<'s>> {
        match self.kind {
            Kind::Message(message) => {
                let field = wide::numbered(self.schema, message, number)?;
                Some(Slot::new(self.schema, field, field.name.clone()))
            }
            Kind::Entry(field) => match number {
                1 => Some(Slot::key(field)),
                2 => Some(Slot::value(self.schema, field)),
                _ => None,
            },
        }
    }

    /// The names of its fields.
    pub(crate) fn names(&self) -> Vec<&'s str> {
        match self.kind {
            Kind::Message(message) => message.fields.iter().map(|f| f.name.as_str()).collect(),
            Kind::Entry(_) => vec!["key", "value"],
        }
    }

    /// Puts a value that is no message where it belongs.
    pub(crate) fn put(&self, slot: &Slot<'s>, tree: &mut OptionTree, value: OptionData) {
        if slot.many {
            match entry(tree, slot, || OptionData::List(Vec::new())) {
                OptionData::List(list) => {
                    if list.is_empty() {
                        list.reserve_exact(1);
                    }
                    list.push(value);
                }
                other => *other = OptionData::List(vec![value]),
            }
            return;
        }
        self.leave_oneof(slot, tree);
        if slot.implicit && is_zero(&value) {
            tree.fields.retain(|f| f.number != slot.number);
            return;
        }
        let there = entry(tree, slot, || OptionData::Bool(false));
        *there = value;
    }

    /// The tree that a part of a message goes to: of a repeated field a new one, else the one that is there.
    pub(crate) fn open<'t>(
        &self,
        slot: &Slot<'s>,
        tree: &'t mut OptionTree,
    ) -> Option<&'t mut OptionTree> {
        if slot.many {
            self.put(slot, tree, OptionData::Message(OptionTree::default()));
        } else {
            self.leave_oneof(slot, tree);
        }
        let there = entry(tree, slot, || OptionData::Message(OptionTree::default()));
        let there = match there {
            OptionData::List(list) => list.last_mut()?,
            one => one,
        };
        match there {
            OptionData::Message(tree) => Some(tree),
            _ => None,
        }
    }

    /// Puts an entry into a map: the last of one key wins.
    pub(crate) fn put_entry(&self, slot: &Slot<'s>, tree: &mut OptionTree, mut map: OptionTree) {
        if let SlotType::Message(shape) = slot.ty {
            for number in [1, 2] {
                if map.number(number).is_none()
                    && let Some(part) = shape.numbered(number)
                    && let Some(zero) = part.zero()
                {
                    entry(&mut map, &part, || zero);
                }
            }
        }
        let list = entry(tree, slot, || OptionData::List(Vec::new()));
        let OptionData::List(list) = list else { return };
        let key = |data: &OptionData| match data {
            OptionData::Message(map) => map.number(1).cloned(),
            _ => None,
        };
        let new = OptionData::Message(map);
        match list.binary_search_by_key(&key(&new), key) {
            Ok(at) => list[at] = new,
            Err(at) => list.insert(at, new),
        }
    }

    /// Of the members of a oneof only the last one stays.
    fn leave_oneof(&self, slot: &Slot<'s>, tree: &mut OptionTree) {
        let (Some(_), Kind::Message(message)) = (slot.oneof, self.kind) else {
            return;
        };
        tree.fields.retain(|set| {
            set.number == slot.number
                || !message
                    .fields
                    .iter()
                    .any(|f| f.number == set.number && f.oneof == slot.oneof)
        });
    }
}

impl<'s> Slot<'s> {
    pub(crate) fn new(schema: &'s Schema, field: &'s Field, name: Name) -> Self {
        let map = matches!(field.cardinality, Cardinality::Map(_));
        Self {
            number: field.number,
            declared: Some(field),
            name,
            ty: if map {
                let kind = Kind::Entry(field);
                SlotType::Message(Shape { schema, kind })
            } else {
                SlotType::new(schema, &field.ty)
            },
            many: field.cardinality != Cardinality::Singular,
            map,
            delimited: field.delimited,
            implicit: field.presence == Presence::Implicit,
            oneof: field.oneof,
        }
    }

    fn key(field: &Field) -> Self {
        let scalar = match field.cardinality {
            Cardinality::Map(key) => key,
            _ => Scalar::String,
        };
        Self::part(1, "key", SlotType::Scalar(scalar))
    }

    fn value(schema: &'s Schema, field: &'s Field) -> Self {
        Self::part(2, "value", SlotType::new(schema, &field.ty))
    }

    fn part(number: u32, name: &'static str, ty: SlotType<'s>) -> Self {
        Self {
            number,
            declared: None,
            name: Name::new_static(name),
            ty,
            many: false,
            map: false,
            delimited: false,
            implicit: false,
            oneof: None,
        }
    }

    /// What absence of a part of a map's entry means.
    fn zero(&self) -> Option<OptionData> {
        Some(match self.ty {
            SlotType::Scalar(scalar) => match scalar {
                Scalar::Bool => OptionData::Bool(false),
                Scalar::Float => OptionData::Float(Real::new(0.0)),
                Scalar::Double => OptionData::Double(Real::new(0.0)),
                Scalar::String => OptionData::String(Name::default()),
                Scalar::Bytes => OptionData::Bytes(std::sync::Arc::default()),
                _ if is_signed(scalar) => OptionData::Int(0),
                _ => OptionData::Uint(0),
            },
            SlotType::Message(_) => OptionData::Message(OptionTree::default()),
            SlotType::Enum(item) => {
                let first = item.values.first()?;
                OptionData::Enum(first.number, Some(first.name.clone()))
            }
            SlotType::Unknown => return None,
        })
    }
}

impl<'s> SlotType<'s> {
    fn new(schema: &'s Schema, ty: &FieldType) -> Self {
        match ty {
            FieldType::Scalar(scalar) => Self::Scalar(*scalar),
            FieldType::Message(ty) => {
                Self::Message(Shape::of(schema, &schema.messages[ty.id as usize]))
            }
            FieldType::Enum(ty) => Self::Enum(&schema.enums[ty.id as usize]),
            FieldType::Unresolved(_) => Self::Unknown,
        }
    }
}

/// A value of an enum by its number.
pub(crate) fn enum_data(item: &Enum, number: i32) -> OptionData {
    let named = item.values.iter().find(|v| v.number == number);
    OptionData::Enum(number, named.map(|v| v.name.clone()))
}

pub(crate) fn is_signed(scalar: Scalar) -> bool {
    matches!(
        scalar,
        Scalar::Int32
            | Scalar::Int64
            | Scalar::Sint32
            | Scalar::Sint64
            | Scalar::Sfixed32
            | Scalar::Sfixed64
    )
}

/// The value at a slot's number, made where there is none.
fn entry<'t>(
    tree: &'t mut OptionTree,
    slot: &Slot,
    new: impl FnOnce() -> OptionData,
) -> &'t mut OptionData {
    let at = match tree.fields.binary_search_by_key(&slot.number, |f| f.number) {
        Ok(at) => at,
        Err(at) => {
            let (number, name) = (slot.number, slot.name.clone());
            let value = new();
            let field = OptionField {
                number,
                name,
                value,
            };
            // most elements set one option: there is no room for others that never come
            if tree.fields.is_empty() {
                tree.fields.reserve_exact(1);
            }
            tree.fields.insert(at, field);
            at
        }
    };
    &mut tree.fields[at].value
}

fn is_zero(value: &OptionData) -> bool {
    match value {
        OptionData::Bool(value) => !value,
        OptionData::Int(value) => *value == 0,
        OptionData::Uint(value) => *value == 0,
        // a negative zero is sent
        OptionData::Float(value) | OptionData::Double(value) => *value == Real::new(0.0),
        OptionData::String(value) => value.is_empty(),
        OptionData::Bytes(value) => value.is_empty(),
        OptionData::Enum(number, _) => *number == 0,
        _ => false,
    }
}

/// Finds extensions by name and by number.
pub(crate) struct Extensions<'s> {
    pub(crate) schema: &'s Schema,
    named: FxHashMap<&'s str, Vec<u32>>,
    numbered: FxHashMap<(&'s str, u32), Vec<u32>>,
    /// `(full.name)` of each.
    shown: Vec<Name>,
}

impl<'s> Extensions<'s> {
    pub(crate) fn new(schema: &'s Schema) -> Self {
        let mut named: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
        let mut numbered: FxHashMap<(&str, u32), Vec<u32>> = FxHashMap::default();
        for (id, extension) in schema.extensions.iter().enumerate() {
            named.entry(&extension.name).or_default().push(id as u32);
            numbered
                .entry((extendee(extension), extension.field.number))
                .or_default()
                .push(id as u32);
        }
        Self {
            schema,
            named,
            numbered,
            shown: (schema.extensions.iter())
                .map(|e| format!("({})", e.name).into())
                .collect(),
        }
    }

    /// The extensions of that full name, one for each file that declares it.
    pub(crate) fn named(&self, name: &str) -> &[u32] {
        self.named.get(name).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &'s str> {
        self.named.keys().copied()
    }

    pub(crate) fn get(&self, id: u32) -> (&'s Extension, Slot<'s>) {
        let extension = &self.schema.extensions[id as usize];
        let name = self.shown[id as usize].clone();
        (extension, Slot::new(self.schema, &extension.field, name))
    }

    /// The declaration of a field that is set, and its type where that is a message.
    pub(crate) fn declaration(
        &self,
        shape: Shape<'s>,
        set: &OptionField,
    ) -> Option<(&'s Field, Option<Shape<'s>>)> {
        let field = match set.name.strip_prefix('(') {
            // by its name: files that never meet may give one number to two extensions
            Some(name) => {
                let ids = self.named(name.trim_end_matches(')')).iter();
                let mut all = ids.map(|&id| &self.schema.extensions[id as usize]);
                &all.find(|e| extendee(e) == shape.name())?.field
            }
            None => wide::numbered(shape.schema, shape.message()?, set.number)?,
        };
        let inner = match Slot::new(shape.schema, field, Name::default()).ty {
            SlotType::Message(inner) => Some(inner),
            _ => None,
        };
        Some((field, inner))
    }

    /// The extension of that number which a file means, as it sees other files.
    ///
    /// Files that never meet may give one number to two extensions: the one that is seen is meant. Where none is seen, imports are missing
    /// or were stripped from the set; a compiler would keep the bytes as unknown, but a name and a type can be judged, and bytes cannot. So
    /// an extension that alone has the number is taken from anywhere, and between several nothing is guessed.
    fn numbered(
        &self,
        extendee: &str,
        number: u32,
        sees: &dyn Fn(FileId) -> bool,
    ) -> Option<Slot<'s>> {
        let ids = self.numbered.get(&(extendee, number))?;
        let id = match ids.as_slice() {
            [only] => *only,
            several => {
                let extension = |id: u32| &self.schema.extensions[id as usize];
                let seen = several.iter().find(|&&id| sees(extension(id).file));
                let copies = || {
                    let first = *several.first()?;
                    let name = &extension(first).name;
                    let same = several.iter().all(|&id| extension(id).name == *name);
                    same.then_some(first)
                };
                seen.copied().or_else(copies)?
            }
        };
        Some(self.get(id).1)
    }
}

/// The extensions as one file sees them.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'e, 's> {
    pub(crate) extensions: &'e Extensions<'s>,
    /// Whether the file's options may use what another file declares.
    pub(crate) sees: &'e dyn Fn(FileId) -> bool,
}

impl<'s> Seen<'_, 's> {
    pub(crate) fn numbered(&self, extendee: &str, number: u32) -> Option<Slot<'s>> {
        self.extensions.numbered(extendee, number, self.sees)
    }
}

/// The full name of what an extension extends.
pub(crate) fn extendee(extension: &Extension) -> &str {
    match &extension.extendee {
        FieldType::Message(ty) => &ty.name,
        FieldType::Enum(ty) => &ty.name,
        FieldType::Unresolved(name) => name,
        FieldType::Scalar(_) => "",
    }
}
