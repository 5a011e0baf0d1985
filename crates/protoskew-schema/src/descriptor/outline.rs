//! What one file of a descriptor set declares, by number and name, as [`crate::ParsedFile::outline`] tells it of a text.

use super::lower::{
    Declaration, LABEL_REPEATED, MapEntries, in_order, range, reserved_names, scalar,
};
use super::proto::{EnumProto, FieldProto, FileProto, MessageProto, RangeProto, ServiceProto};
use crate::outline::{Declared, DeclaredKind, Member, joined};
use crate::{Name, NumberRange};

/// Everything with numbers or paths, in the order of the text where source info tells it. Types go by their full names.
pub(crate) fn outline(file: &FileProto) -> Vec<Declared> {
    let mut items = Vec::new();
    let declarations = in_order(&file.message_type, &file.enum_type, &file.extension);
    scope(&file.package, declarations, &mut items);
    for service in &file.service {
        items.push(of_service(&file.package, service));
    }
    // a text may have services between other things
    items.sort_by_key(|(start, _)| *start);
    items.into_iter().map(|(_, item)| item).collect()
}

/// An item, and where the top-level declaration begins that it is in.
type Placed = (u32, Declared);

fn scope(scope: &str, declarations: Vec<Declaration<'_>>, items: &mut Vec<Placed>) {
    let mut extended: Option<&Name> = None;
    for declaration in declarations {
        let from = items.len();
        let start = match declaration {
            Declaration::Message(message) => {
                extended = None;
                of_message(scope, message, items);
                message.place.span.start
            }
            Declaration::Enum(item) => {
                extended = None;
                items.push((0, of_enum(scope, item)));
                item.place.span.start
            }
            Declaration::Extension(field) => {
                let member = member(field, joined(scope, &field.name), None);
                if extended == Some(&field.extendee)
                    && let Some((_, block)) = items.last_mut()
                {
                    block.members.push(member);
                    continue;
                }
                extended = Some(&field.extendee);
                let mut block = Declared::empty(
                    DeclaredKind::Extendee,
                    without_dot(&field.extendee),
                    field.extendee_span,
                );
                block.members.push(member);
                items.push((0, block));
                field.place.span.start
            }
        };
        for (at, _) in &mut items[from..] {
            *at = start;
        }
    }
}

fn of_message(outer: &str, message: &MessageProto, items: &mut Vec<Placed>) {
    let name = joined(outer, &message.name);
    let mut item = Declared::empty(DeclaredKind::Message, name.clone(), message.place.name);
    let entries = MapEntries::of(&message.nested_type);
    let fields = message.field.iter();
    item.members = fields
        .map(|field| member(field, field.name.clone(), entries.of_field(&name, field)))
        .collect();
    item.reserved = ranges(&message.reserved_range, -1);
    item.reserved_names = reserved_names(&message.reserved_name);
    item.extension_ranges = ranges(&message.extension_range, -1);
    items.push((0, item));
    let inside = in_order(&message.nested_type, &message.enum_type, &message.extension);
    scope(&name, inside, items);
}

fn of_enum(outer: &str, proto: &EnumProto) -> Declared {
    let name = joined(outer, &proto.name);
    let mut item = Declared::empty(DeclaredKind::Enum, name, proto.place.name);
    let values = proto.value.iter().map(|value| Member {
        number: value.number,
        name: value.name.clone(),
        ty: Name::default(),
        span: value.place.span,
    });
    item.members = values.collect();
    item.reserved = ranges(&proto.reserved_range, 0);
    item.reserved_names = reserved_names(&proto.reserved_name);
    item
}

fn of_service(package: &str, proto: &ServiceProto) -> Placed {
    let name = joined(package, &proto.name);
    let mut item = Declared::empty(DeclaredKind::Service, name, proto.place.name);
    let stream = |is: bool| if is { "stream " } else { "" };
    let methods = proto.method.iter().map(|method| {
        let (request, response) = (
            without_dot(&method.input_type),
            without_dot(&method.output_type),
        );
        let (client, server) = (
            stream(method.client_streaming),
            stream(method.server_streaming),
        );
        Member {
            number: 0,
            name: method.name.clone(),
            ty: format!("{client}{request} -> {server}{response}").into(),
            span: method.place.span,
        }
    });
    item.members = methods.collect();
    (proto.place.span.start, item)
}

/// A field as a person would write it; `entry` is that of a map.
fn member(field: &FieldProto, name: Name, entry: Option<&MessageProto>) -> Member {
    let ty = match entry {
        Some(entry) => {
            let part = |number| {
                let part = entry.field.iter().find(|f| f.number == number);
                part.map_or_else(Name::default, type_of)
            };
            format!("map<{}, {}>", part(1), part(2)).into()
        }
        None if field.label == LABEL_REPEATED => format!("repeated {}", type_of(field)).into(),
        None => type_of(field),
    };
    Member {
        number: field.number,
        name,
        ty,
        span: field.place.span,
    }
}

fn type_of(field: &FieldProto) -> Name {
    match scalar(field.ty) {
        Some(scalar) => scalar.keyword().into(),
        None => without_dot(&field.type_name),
    }
}

fn without_dot(name: &Name) -> Name {
    name.strip_prefix('.')
        .map_or_else(|| name.clone(), Name::new)
}

fn ranges(ranges: &[RangeProto], behind: i32) -> Vec<NumberRange> {
    ranges.iter().map(|each| range(each, behind)).collect()
}
