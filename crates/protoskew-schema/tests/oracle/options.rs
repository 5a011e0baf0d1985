//! Options as we resolve them, beside those in protoc's bytes.

use std::collections::BTreeSet;

use protoskew_schema::{OptionReader, OptionTree, Options, Schema};

use super::Oracle;

/// Every element whose options differ, one a line, and how many elements with options were compared.
pub(crate) fn options_differences(
    schema: &Schema,
    oracle: &Oracle,
    paths: &[String],
) -> (Vec<String>, usize) {
    let reader = OptionReader::new(schema);
    let mut differences = Vec::new();
    let mut compared = 0;
    let paths: BTreeSet<&str> = paths.iter().map(String::as_str).collect();
    for (id, kind, element, options) in elements(schema) {
        let file = schema.file(id);
        if !paths.contains(file.path.as_str()) || !oracle.facts.contains_key(file.path.as_str()) {
            continue;
        }
        let key = format!("{kind}|{element}");
        let theirs = match oracle.options.get(&key) {
            Some(bytes) => {
                let read = reader.read(id, &format!("google.protobuf.{kind}"), bytes);
                read.expect("protoc's bytes can be read")
            }
            None => OptionTree::default(),
        };
        if *options.tree() != theirs {
            differences.push(format!(
                "{key}:\n  we:     {:?}\n  protoc: {theirs:?}",
                options.tree()
            ));
        }
        compared += usize::from(!theirs.is_empty());
    }
    (differences, compared)
}

fn elements(schema: &Schema) -> Vec<(u32, &'static str, String, &Options)> {
    let mut list = Vec::new();
    for (id, file) in schema.files.iter().enumerate() {
        let element = format!("{}|0", file.path);
        list.push((id as u32, "FileOptions", element, &file.options));
    }
    for message in &schema.messages {
        let name = &message.name;
        let file = message.file;
        list.push((
            file,
            "MessageOptions",
            format!("{name}|0"),
            &message.options,
        ));
        for statement in &message.extension_options {
            for range in statement.ranges.clone() {
                let element = format!("{name}|{range}");
                list.push((file, "ExtensionRangeOptions", element, &statement.options));
            }
        }
        for (at, field) in message.fields.iter().enumerate() {
            list.push((file, "FieldOptions", format!("{name}|{at}"), &field.options));
        }
        for (at, oneof) in message.oneofs.iter().enumerate() {
            list.push((file, "OneofOptions", format!("{name}|{at}"), &oneof.options));
        }
    }
    for item in &schema.enums {
        let name = &item.name;
        list.push((item.file, "EnumOptions", format!("{name}|0"), &item.options));
        for (at, value) in item.values.iter().enumerate() {
            let element = format!("{name}|{at}");
            list.push((item.file, "EnumValueOptions", element, &value.options));
        }
    }
    for service in &schema.services {
        let (name, file) = (&service.name, service.file);
        list.push((
            file,
            "ServiceOptions",
            format!("{name}|0"),
            &service.options,
        ));
        for (at, method) in service.methods.iter().enumerate() {
            list.push((
                file,
                "MethodOptions",
                format!("{name}|{at}"),
                &method.options,
            ));
        }
    }
    for extension in &schema.extensions {
        let element = format!("{}|extension", extension.name);
        let options = &extension.field.options;
        list.push((extension.file, "FieldOptions", element, options));
    }
    // built-in files come without their options
    list.retain(|(file, ..)| !schema.file(*file).text.is_empty());
    list
}
