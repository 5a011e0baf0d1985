//! Finds an element in a schema by its full name, with what a life asks of it; and the same one in other releases, renamed or not.

use std::collections::BTreeMap;
use std::mem::discriminant;

use protoskew_compare::{Indexed, Place};
use protoskew_schema::{
    Cardinality, Field, FieldType, Message, Name, Presence, Schema, Span, WithOptions,
};

/// An element of a schema.
#[derive(Clone, Debug)]
pub struct Element {
    /// Its full name there.
    pub name: Name,
    /// Its number, where it is a field, an extension or an enum value: another number is another element.
    pub number: Option<i64>,
    /// What carries it over the wire: the message or the enum, by full name; of a method nothing does.
    pub carrier: Option<Name>,
    /// The service, where it is a method or a service itself.
    pub service: Option<Name>,
    /// Where it stands.
    pub place: Place,
    /// Whether it is deprecated.
    pub deprecated: bool,
}

/// How many names one element may have had: renames that lead in circles have an end.
const NAMES: usize = 16;

/// What a team says was renamed (`[renames]`), older full name to newer; what is inside was renamed with it.
#[derive(Clone, Debug, Default)]
pub struct Renames(Vec<(Name, Name)>);

impl Renames {
    /// Those of a configuration.
    pub fn new(declared: &BTreeMap<Name, Name>) -> Self {
        let pairs = declared.iter();
        Self(pairs.map(|(old, new)| (old.clone(), new.clone())).collect())
    }

    /// Older full name, newer full name.
    pub fn pairs(&self) -> impl Iterator<Item = (Name, Name)> {
        self.0.iter().cloned()
    }

    /// The element of that full name, or of one that it had or has elsewhere: a field, an oneof, an enum value (`pkg.Enum.VALUE`), a method,
    /// an extension, a message, an enum or a service.
    pub fn find(&self, indexed: &Indexed, name: &str) -> Option<Element> {
        if let Some(found) = find(indexed, name) {
            return Some(found);
        }
        let names = self.names(name);
        names.iter().skip(1).find_map(|name| find(indexed, name))
    }

    /// An element that `newer` has, in another release: under its name and number, or as a field or value of another name under the same
    /// number, where that name is gone.
    pub fn same(&self, element: &Element, newer: &Indexed, indexed: &Indexed) -> Option<Element> {
        let found = self.find(indexed, &element.name);
        if found.is_none() {
            return self.renumbered(element, newer, indexed);
        }
        found.filter(|found| found.number == element.number)
    }

    /// The member of another name that has the element's number.
    fn renumbered(&self, element: &Element, newer: &Indexed, indexed: &Indexed) -> Option<Element> {
        let number = element.number?;
        let (owner, short) = element.name.rsplit_once('.')?;
        let owners = self.names(owner);
        let schema = indexed.schema();
        let gone = |name: &Name| {
            let moved = find(newer, &format!("{owner}.{name}"));
            moved.is_none()
        };
        let field = || {
            let id = *newer.messages_named(owner).first()?;
            let mut now = newer.schema().messages[id as usize].fields.iter();
            let now = now.find(|field| field.name == short)?;
            let ids = owners.iter().flat_map(|name| indexed.messages_named(name));
            ids.copied().find_map(|id| {
                let message = &schema.messages[id as usize];
                let mut fields = message.fields.iter();
                let then = fields.find(|field| i64::from(field.number) == number)?;
                let alike = like(&then.ty, &now.ty)
                    && (then.cardinality == Cardinality::Singular)
                        == (now.cardinality == Cardinality::Singular);
                (alike && gone(&then.name)).then(|| {
                    of_field(
                        message,
                        &then.name,
                        then.number,
                        then.name_span,
                        then.deprecated,
                    )
                })
            })
        };
        let value = || {
            newer.enums_named(owner).first()?;
            let ids = owners.iter().flat_map(|name| indexed.enums_named(name));
            ids.copied().find_map(|id| {
                let each = &schema.enums[id as usize];
                let mut values = each.values.iter();
                let then = values.find(|value| i64::from(value.number) == number)?;
                let element = || find(indexed, &format!("{}.{}", each.name, then.name));
                gone(&then.name).then(element).flatten()
            })
        };
        field().or_else(value)
    }

    /// The names that an element of this one may have had or have, itself first.
    fn names(&self, name: &str) -> Vec<String> {
        let mut names = vec![name.to_owned()];
        let mut at = 0;
        while at < names.len() && names.len() < NAMES {
            for (old, new) in &self.0 {
                for (from, to) in [(old, new), (new, old)] {
                    let Some(rest) = names[at].strip_prefix(from.as_str()) else {
                        continue;
                    };
                    let other = format!("{to}{rest}");
                    if (rest.is_empty() || rest.starts_with('.')) && !names.contains(&other) {
                        names.push(other);
                    }
                }
            }
            at += 1;
        }
        names
    }
}

/// Whether two types may be those of one field.
fn like(then: &FieldType, now: &FieldType) -> bool {
    match (then, now) {
        (FieldType::Scalar(then), FieldType::Scalar(now)) => then == now,
        (then, now) => discriminant(then) == discriminant(now),
    }
}

fn find(indexed: &Indexed, name: &str) -> Option<Element> {
    let schema = indexed.schema();
    member(indexed, schema, name)
        .or_else(|| whole(indexed, schema, name))
        .or_else(|| extension(schema, name))
}

fn of_field(message: &Message, name: &str, number: u32, span: Span, deprecated: bool) -> Element {
    Element {
        name: format!("{}.{name}", message.name).into(),
        number: Some(i64::from(number)),
        carrier: Some(message.name.clone()),
        service: None,
        place: Place {
            file: message.file,
            span,
        },
        deprecated,
    }
}

fn member(indexed: &Indexed, schema: &Schema, name: &str) -> Option<Element> {
    let (owner, short) = name.rsplit_once('.')?;
    let messages = indexed.messages_named(owner).iter();
    let mut messages = messages.map(|&id| &schema.messages[id as usize]);
    let in_message = |message: &Message| {
        let field = message.fields.iter().find(|field| field.name == short);
        if let Some(field) = field {
            let (number, span) = (field.number, field.name_span);
            return Some(of_field(message, short, number, span, field.deprecated));
        }
        let oneof = message.oneofs.iter().find(|oneof| oneof.name == short)?;
        Some(Element {
            number: None,
            ..of_field(message, short, 0, oneof.name_span, false)
        })
    };
    let value = || {
        indexed.enums_named(owner).iter().find_map(|&id| {
            let each = &schema.enums[id as usize];
            let value = each.values.iter().find(|value| value.name == short)?;
            Some(Element {
                name: name.into(),
                number: Some(i64::from(value.number)),
                carrier: Some(each.name.clone()),
                service: None,
                place: Place {
                    file: each.file,
                    span: value.name_span,
                },
                deprecated: value.deprecated,
            })
        })
    };
    let method = || {
        indexed.services_named(owner).iter().find_map(|&id| {
            let service = &schema.services[id as usize];
            let method = service.methods.iter().find(|each| each.name == short)?;
            Some(Element {
                name: name.into(),
                number: None,
                carrier: None,
                service: Some(service.name.clone()),
                place: Place {
                    file: service.file,
                    span: method.name_span,
                },
                deprecated: method.deprecated,
            })
        })
    };
    messages.find_map(in_message).or_else(value).or_else(method)
}

fn whole(indexed: &Indexed, schema: &Schema, name: &str) -> Option<Element> {
    let carried = |file, span, deprecated| Element {
        name: name.into(),
        number: None,
        carrier: Some(name.into()),
        service: None,
        place: Place { file, span },
        deprecated,
    };
    if let Some(&id) = indexed.messages_named(name).first() {
        let message = &schema.messages[id as usize];
        return Some(carried(message.file, message.name_span, message.deprecated));
    }
    if let Some(&id) = indexed.enums_named(name).first() {
        let each = &schema.enums[id as usize];
        return Some(carried(each.file, each.name_span, each.deprecated));
    }
    let &id = indexed.services_named(name).first()?;
    let service = &schema.services[id as usize];
    Some(Element {
        carrier: None,
        service: Some(service.name.clone()),
        ..carried(service.file, service.name_span, service.deprecated)
    })
}

/// An extension travels in the message that it extends.
fn extension(schema: &Schema, name: &str) -> Option<Element> {
    let found = schema.extensions.iter().find(|each| each.name == name)?;
    let carrier = match &found.extendee {
        FieldType::Message(target) => Some(target.name.clone()),
        _ => None,
    };
    Some(Element {
        name: name.into(),
        number: Some(i64::from(found.field.number)),
        carrier,
        service: None,
        place: Place {
            file: found.file,
            span: found.field.name_span,
        },
        deprecated: found.field.deprecated,
    })
}

/// The name of a field's type.
pub(crate) fn type_name(ty: &FieldType) -> &str {
    match ty {
        FieldType::Scalar(scalar) => scalar.keyword(),
        FieldType::Message(target) => &target.name,
        FieldType::Enum(target) => &target.name,
        FieldType::Unresolved(name) => name,
    }
}

/// As it would be declared: `optional int32`, `repeated pkg.Message`.
pub(crate) fn declaration(field: &Field) -> String {
    let ty = type_name(&field.ty);
    match (field.cardinality, field.presence) {
        (Cardinality::Map(key), _) => format!("map<{}, {ty}>", key.keyword()),
        (Cardinality::Repeated, _) => format!("repeated {ty}"),
        (_, Presence::Required) => format!("required {ty}"),
        (_, Presence::Explicit)
            if field.oneof.is_none() && !matches!(field.ty, FieldType::Message(_)) =>
        {
            format!("optional {ty}")
        }
        _ => ty.to_owned(),
    }
}

/// The full name of the oneof that a field is in.
pub(crate) fn oneof_of(indexed: &Indexed, name: &str) -> Option<Name> {
    let (owner, short) = name.rsplit_once('.')?;
    indexed.messages_named(owner).iter().find_map(|&id| {
        let message = &indexed.schema().messages[id as usize];
        let field = message.fields.iter().find(|field| field.name == short)?;
        let oneof = message.oneofs.get(field.oneof? as usize)?;
        Some(format!("{owner}.{}", oneof.name).into())
    })
}

/// The full names of all elements of the judged files.
pub fn names(indexed: &Indexed) -> impl Iterator<Item = Name> {
    all(indexed).map(|each| each.name())
}

/// Every element of the judged files that may declare a feature or be deprecated, in the order of the schema.
pub(super) fn all(indexed: &Indexed) -> impl Iterator<Item = WithOptions<'_>> {
    let elements = indexed.schema().elements();
    elements.filter(|each| indexed.judged(each.file))
}
