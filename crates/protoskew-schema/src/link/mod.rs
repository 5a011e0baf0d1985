//! Syntax trees to one resolved schema.

mod clashes;
mod declarations;
pub(crate) mod declare;
mod enums;
pub(crate) mod features;
pub(crate) mod fields;
pub(crate) mod interpret;
pub(crate) mod lower;
pub(crate) mod names;
mod nearest;
mod options;
mod ranges;
pub(crate) mod reach;
mod refer;
mod style;
mod suits;
mod validate;
pub(crate) mod values;
pub(crate) mod wide;

use std::sync::Arc;

use lower::Lowered;
use reach::Reach;

use crate::{Diagnostic, Name, ParsedFile, Role, Schema, Severity, Span, descriptor};

/// A file to link.
#[derive(Clone, Debug)]
pub struct Input {
    /// Path from the root of the source, with `/`.
    pub path: Name,
    /// Why it is here.
    pub role: Role,
    /// What it says.
    pub parsed: Arc<ParsedFile>,
}

/// Resolves a set of files into a schema. Never fails: what is wrong is in [`Schema::diagnostics`].
///
/// `roots` are the declared import roots; where they are none, or hold no such file, what an import means is inferred
/// ([`crate::imports`]). Well-known files (`google/protobuf/any.proto`, …) that are not among the inputs are built in.
pub fn link(files: Vec<Input>, roots: &[String]) -> Schema {
    link_with(files, roots, interpret::interpret)
}

/// The types of a built-in file, whose options have nothing to resolve.
pub(crate) fn link_built_in(file: Input) -> Schema {
    link_with(vec![file], &[], |_, _, _| {})
}

fn link_with(
    files: Vec<Input>,
    roots: &[String],
    interpret: impl Fn(&mut Schema, &Reach, &mut Diagnostics),
) -> Schema {
    let mut diagnostics = Diagnostics::default();
    for (file, input) in files.iter().enumerate() {
        for error in input.parsed.syntax_errors() {
            let help = error.help.map(str::to_owned);
            diagnostics.error(file, error.span, error.message.clone(), help);
        }
    }
    let mut reach = Reach::new(files, roots, &mut diagnostics);
    let (index, counted) = declare::declare(&mut reach, &mut diagnostics);
    let lower = |index, known| {
        let mut told = Diagnostics::default();
        let lowered = lower::lower(&reach, index, &counted, known, &mut told);
        (lowered, told)
    };
    let resolve = |lowered: Lowered<'_>, told: &mut Diagnostics| {
        let mut schema = lowered.schema;
        interpret(&mut schema, &reach, told);
        descriptor::resolve_options(&mut schema, lowered.described);
        schema
    };
    let (lowered, mut told) = lower(index, true);
    // as in protoc: what features in parentheses say is known only once all has been checked
    let before = lowered.in_parentheses.then(|| {
        let (before, of_it) = lower(lowered.schema.index.clone(), false);
        told = of_it;
        resolve(before, &mut Diagnostics::default())
    });
    diagnostics.list.append(&mut told.list);
    let mut schema = resolve(lowered, &mut diagnostics);
    let checked = before.as_ref().unwrap_or(&schema);
    clashes::report(checked, &reach, &mut diagnostics);
    validate::validate(checked, &mut diagnostics);
    forget_built_in_text(&mut schema, reach.given);
    let mut list = diagnostics.list;
    // built-in files are what they are
    list.retain(|d| (d.file as usize) < reach.given);
    list.sort_by(|a, b| (a.file, a.span, &a.message).cmp(&(b.file, b.span, &b.message)));
    schema.diagnostics = list;
    schema
}

/// The text of the built-in files is an accident of how they are made: no span may point into it.
fn forget_built_in_text(schema: &mut Schema, given: usize) {
    for file in &mut schema.files[given..] {
        file.text = Arc::default();
        file.syntax_span = Span::default();
        file.package_span = Span::default();
    }
    let built_in = |file: u32| file as usize >= given;
    for message in schema.messages.iter_mut().filter(|m| built_in(m.file)) {
        message.name_span = Span::default();
        message.span = Span::default();
        for range in message
            .reserved
            .iter_mut()
            .chain(&mut message.extension_ranges)
        {
            range.span = Span::default();
        }
        for name in &mut message.reserved_names {
            name.span = Span::default();
        }
        for field in &mut message.fields {
            field.name_span = Span::default();
            field.number_span = Span::default();
            field.type_span = Span::default();
            field.span = Span::default();
            field.options.forget_source();
        }
        for oneof in &mut message.oneofs {
            oneof.name_span = Span::default();
            oneof.span = Span::default();
        }
    }
    for item in schema.enums.iter_mut().filter(|e| built_in(e.file)) {
        item.name_span = Span::default();
        item.span = Span::default();
        for range in &mut item.reserved {
            range.span = Span::default();
        }
        for name in &mut item.reserved_names {
            name.span = Span::default();
        }
        for value in &mut item.values {
            value.name_span = Span::default();
            value.number_span = Span::default();
            value.span = Span::default();
        }
    }
}

/// Collects what is wrong.
#[derive(Debug, Default)]
pub(crate) struct Diagnostics {
    list: Vec<Diagnostic>,
}

impl Diagnostics {
    fn push(
        &mut self,
        file: usize,
        span: Span,
        severity: Severity,
        message: String,
        help: Option<String>,
    ) {
        self.list.push(Diagnostic {
            file: file as u32,
            span,
            severity,
            message,
            help,
        });
    }

    fn error(&mut self, file: usize, span: Span, message: impl Into<String>, help: Option<String>) {
        self.push(file, span, Severity::Error, message.into(), help);
    }
}
