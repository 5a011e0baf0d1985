//! What must hold for a schema, whatever it was linked from.

use protoskew_schema::{Field, FieldType, File, FileId, OptionValue, Places, Schema, Span};

/// Ids lead to what is there, spans into the text of their file, names to what they name.
pub(crate) fn check(schema: &Schema, given: usize) {
    assert!(schema.files.len() >= given);
    for (id, file) in schema.files.iter().enumerate() {
        spans(schema, id as FileId, &[file.package_span]);
        for import in &file.imports {
            assert!(
                import
                    .file
                    .is_none_or(|id| (id as usize) < schema.files.len())
            );
        }
        options(&file.options, length(file));
    }
    for (id, message) in schema.messages.iter().enumerate() {
        let text = spans(
            schema,
            message.file,
            &[message.span, message.name_span, message.comment],
        );
        assert!(
            message.parent.is_none_or(|parent| (parent as usize) < id),
            "a parent behind its child"
        );
        // a descriptor may lack any name, which is an error then
        let named = !message.name.is_empty() && !message.name.starts_with('.');
        assert!(
            named || !schema.diagnostics.is_empty(),
            "a message without a name"
        );
        // of two in one file the index knows the first, which may be of another kind
        let known = schema.messages_named(&message.name).count()
            + schema.enums_named(&message.name).count()
            + schema.services_named(&message.name).count();
        assert!(known > 0, "`{}` is not found", message.name);
        for each in &message.fields {
            assert!(
                each.oneof
                    .is_none_or(|oneof| (oneof as usize) < message.oneofs.len())
            );
            field(schema, message.file, each);
        }
        for range in message.reserved.iter().chain(&message.extension_ranges) {
            inside(range.span, text);
        }
        for name in &message.reserved_names {
            inside(name.span, text);
        }
        options(&message.options, text);
    }
    for item in &schema.enums {
        let text = spans(
            schema,
            item.file,
            &[item.span, item.name_span, item.comment],
        );
        assert!(
            item.parent
                .is_none_or(|parent| (parent as usize) < schema.messages.len())
        );
        for value in &item.values {
            spans(
                schema,
                item.file,
                &[value.span, value.name_span, value.number_span],
            );
            options(&value.options, text);
        }
        for range in &item.reserved {
            inside(range.span, text);
        }
    }
    for service in &schema.services {
        let text = spans(schema, service.file, &[service.span, service.name_span]);
        for method in &service.methods {
            spans(
                schema,
                service.file,
                &[
                    method.span,
                    method.name_span,
                    method.request_span,
                    method.response_span,
                ],
            );
            ty(schema, &method.request);
            ty(schema, &method.response);
            options(&method.options, text);
        }
    }
    for extension in &schema.extensions {
        ty(schema, &extension.extendee);
        field(schema, extension.file, &extension.field);
    }
    let mut last = None;
    for diagnostic in &schema.diagnostics {
        assert!((diagnostic.file as usize) < given);
        spans(schema, diagnostic.file, &[diagnostic.span]);
        assert!(!diagnostic.message.is_empty());
        let place = (diagnostic.file, diagnostic.span);
        assert!(last <= Some(place), "diagnostics out of order");
        last = Some(place);
    }
}

fn field(schema: &Schema, file: FileId, field: &Field) {
    let places = [
        field.span,
        field.name_span,
        field.number_span,
        field.type_span,
        field.comment,
    ];
    let text = spans(schema, file, &places);
    ty(schema, &field.ty);
    options(&field.options, text);
}

fn ty(schema: &Schema, ty: &FieldType) {
    match ty {
        FieldType::Scalar(_) => {}
        FieldType::Message(it) => assert_eq!(schema.messages[it.id as usize].name, it.name),
        FieldType::Enum(it) => assert_eq!(schema.enums[it.id as usize].name, it.name),
        FieldType::Unresolved(name) => assert!(!name.starts_with('.')),
    }
}

fn options(options: &[OptionValue], text: usize) {
    for option in options {
        // what is built in has no places
        if text > 0 {
            inside(option.span, text);
        }
    }
}

/// Behind the last offset that a span of the file may have.
fn length(file: &File) -> usize {
    match file.places {
        Places::Text => file.text.len(),
        Places::Grid { .. } => u32::MAX as usize,
    }
}

/// The length of the file's text, in which all of these must lie.
fn spans(schema: &Schema, file: FileId, spans: &[Span]) -> usize {
    let text = length(schema.file(file));
    for &span in spans {
        // what is built in has no text
        if text > 0 {
            inside(span, text);
        }
    }
    text
}

fn inside(span: Span, text: usize) {
    assert!(
        span.start <= span.end && span.end as usize <= text,
        "{span:?} in {text} bytes"
    );
}
