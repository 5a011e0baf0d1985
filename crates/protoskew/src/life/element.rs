//! Finds an element in a schema by its full name, with what a life asks of it.

use protoskew_compare::{Indexed, Place};
use protoskew_schema::{Name, Schema, WithOptions};

/// An element of a schema.
#[derive(Clone, Debug)]
pub struct Element {
    /// Its number, where it is a field or an enum value: another number is another element.
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

/// The element of that full name: a field, an enum value (`pkg.Enum.VALUE`), a method, a message, an enum or a service.
pub fn find(indexed: &Indexed, name: &str) -> Option<Element> {
    let schema = indexed.schema();
    member(indexed, schema, name).or_else(|| whole(indexed, schema, name))
}

fn member(indexed: &Indexed, schema: &Schema, name: &str) -> Option<Element> {
    let (owner, short) = name.rsplit_once('.')?;
    let field = indexed.messages_named(owner).iter().find_map(|&id| {
        let message = &schema.messages[id as usize];
        let field = message.fields.iter().find(|field| field.name == short)?;
        Some(Element {
            number: Some(i64::from(field.number)),
            carrier: Some(message.name.clone()),
            service: None,
            place: Place {
                file: message.file,
                span: field.name_span,
            },
            deprecated: field.deprecated,
        })
    });
    let value = || {
        indexed.enums_named(owner).iter().find_map(|&id| {
            let each = &schema.enums[id as usize];
            let value = each.values.iter().find(|value| value.name == short)?;
            Some(Element {
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
    field.or_else(value).or_else(method)
}

fn whole(indexed: &Indexed, schema: &Schema, name: &str) -> Option<Element> {
    let carried = |file, span, deprecated| Element {
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

/// The full names of all elements of the judged files.
pub fn names(indexed: &Indexed) -> impl Iterator<Item = Name> {
    all(indexed).map(|each| each.name())
}

/// Every element of the judged files that may declare a feature or be deprecated, in the order of the schema.
pub(super) fn all(indexed: &Indexed) -> impl Iterator<Item = WithOptions<'_>> {
    let elements = indexed.schema().elements();
    elements.filter(|each| indexed.judged(each.file))
}
