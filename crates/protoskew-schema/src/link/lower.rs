//! Second pass over the trees: fills the model, resolving each reference on the way.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Diagnostics;
use super::declare::Counted;
use super::features::{DefaultVisibility, Features};
use super::names::{NameIndex, View, Wanted};
use super::options::{is_true, value_of};
use super::reach::Reach;
use crate::descriptor::Described;
use crate::parse::literal;
use crate::parse::syntax::{Children, Kind, Node, ParsedFile, flag};
use crate::{
    Enum, EnumValue, Extension, Field, FieldType, File, FileId, Message, MessageId, Method, Name,
    NumberRange, Oneof, Options, Presence, RangeOptions, ReservedName, Schema, Service, Span,
    TypeRef, Visibility, descriptor,
};

/// What a pass gives.
pub(crate) struct Lowered<'a> {
    pub(crate) schema: Schema,
    /// The options of descriptors, whose extensions can be looked up only now.
    pub(crate) described: Vec<Described<'a>>,
    /// Some feature is written in parentheses.
    pub(crate) in_parentheses: bool,
}

/// The schema; where they are not `known`, without the options that say features in parentheses.
pub(crate) fn lower<'a>(
    reach: &'a Reach,
    index: NameIndex,
    counted: &Counted,
    known: bool,
    diagnostics: &mut Diagnostics,
) -> Lowered<'a> {
    // a schema is kept for long, and is large: no list has room for more than what is in it, and none moves as it grows
    let mut schema = Schema {
        files: Vec::with_capacity(reach.inputs.len()),
        messages: Vec::with_capacity(counted.messages as usize),
        enums: Vec::with_capacity(counted.enums as usize),
        services: Vec::with_capacity(counted.services as usize),
        ..Schema::default()
    };
    let mut described = Vec::new();
    let mut option_names = FxHashMap::default();
    let mut in_parentheses = false;
    for (input, imports) in reach.inputs.iter().zip(&reach.imports) {
        let parsed = &input.parsed;
        schema.files.push(File {
            path: input.path.clone(),
            role: input.role.clone(),
            text: parsed.text.clone(),
            places: parsed.places,
            package: parsed.package.clone(),
            syntax_span: parsed.syntax_span,
            package_span: parsed.package_span,
            edition: parsed.edition,
            imports: imports.clone(),
            features: Features::of_edition(parsed.edition),
            options: Options::default(),
        });
    }
    for id in 0..reach.inputs.len() as FileId {
        let mut missing = false;
        let view = reach.view(id, &mut missing);
        let parsed = reach.parsed(id);
        let mut pass = Lower {
            reach,
            index: &index,
            schema: &mut schema,
            described: &mut described,
            diagnostics,
            id,
            parsed,
            view,
            missing,
            scope: parsed.package().to_owned(),
            names: Vec::new(),
            option_names: &mut option_names,
            known,
            in_parentheses: &mut in_parentheses,
            told: FxHashSet::default(),
        };
        match &parsed.descriptor {
            Some(descriptor) => descriptor::lower(&mut pass, descriptor),
            None => pass.file(),
        }
    }
    schema.index = index;
    Lowered {
        schema,
        described,
        in_parentheses,
    }
}

/// The pass, standing in one file and one scope.
pub(crate) struct Lower<'a, 'd> {
    pub(super) reach: &'d Reach,
    pub(super) index: &'a NameIndex,
    pub(crate) schema: &'a mut Schema,
    pub(crate) described: &'a mut Vec<Described<'d>>,
    pub(super) diagnostics: &'a mut Diagnostics,
    pub(crate) id: FileId,
    pub(crate) parsed: &'d ParsedFile,
    pub(super) view: View,
    /// Something that this file should see is not here, so what it does not see may well exist.
    pub(super) missing: bool,
    /// The full name of what is being walked.
    pub(crate) scope: String,
    /// The names of the scopes being walked, innermost last, to find clashes.
    names: Vec<Declared>,
    /// Long names of options, as they are written: most stand in many files.
    pub(super) option_names: &'a mut FxHashMap<&'d [u8], Name>,
    /// Whether what features in parentheses say is known.
    pub(super) known: bool,
    pub(super) in_parentheses: &'a mut bool,
    /// Names of types that are told to be nowhere, or not imported: once is enough.
    pub(super) told: FxHashSet<Name>,
}

/// A name of a scope.
struct Declared {
    name: Name,
    span: Span,
    /// A clash of two of these was found by the first pass.
    indexed: bool,
}

impl<'a> Lower<'_, 'a> {
    fn file(&mut self) {
        let roots = self.parsed.roots();
        let mut features = Features::of_edition(self.parsed.edition);
        let options = self.options(roots.clone(), Kind::Option, &mut features);
        if features.presence == Presence::Required
            && let Some(first) = options.iter().find(|o| o.name.starts_with("features"))
        {
            self.error(first.span, "fields cannot be required by default", None);
        }
        self.schema.files[self.id as usize].options = Options::written(options);
        self.schema.files[self.id as usize].features = features;
        self.declarations(roots, None, features);
        self.close_names(0);
    }

    /// What may stand in a file and in a message alike.
    fn declarations(
        &mut self,
        children: Children<'a>,
        parent: Option<MessageId>,
        features: Features,
    ) {
        for (at, node) in children {
            match node.kind {
                Kind::Message => {
                    self.message(at, node, parent, features);
                }
                Kind::Enum => self.enumeration(at, node, parent, features),
                Kind::Service => self.service(at, node, features),
                Kind::Extend => self.extend(at, node, parent, features),
                _ => {}
            }
        }
    }

    /// A message, or the message of a group.
    pub(super) fn message(
        &mut self,
        at: u32,
        node: &'a Node,
        parent: Option<MessageId>,
        mut features: Features,
    ) -> TypeRef<MessageId> {
        let id = self.schema.messages.len() as MessageId;
        let short = self.text(node.name);
        let outer = self.enter(&short);
        self.declare(&short, node.name, true);
        let name = self.full_name();
        let children = self.parsed.children(at);
        let visibility = self.visibility_of(node, parent, features);
        let options = self.options(children.clone(), Kind::Option, &mut features);
        self.schema.messages.push(Message {
            name: name.clone(),
            file: self.id,
            parent,
            fields: Vec::new(),
            oneofs: Vec::new(),
            reserved: Vec::new(),
            reserved_names: Vec::new(),
            extension_ranges: Vec::new(),
            extension_options: Vec::new(),
            deprecated: is_true(&self.parsed.text, &options, "deprecated"),
            visibility,
            comment: node.comment,
            name_span: node.name,
            span: node.span,
            features,
            options: Options::default(),
        });
        let last_number = if is_true(&self.parsed.text, &options, "message_set_wire_format") {
            i32::MAX - 1
        } else {
            LAST_FIELD_NUMBER
        };
        let names = self.names_so_far();
        let mut body = Body::default();
        body.fields
            .reserve_exact(self.count_fields(children.clone()));
        for (at, node) in children.clone() {
            match node.kind {
                Kind::Field => {
                    let field = self.field(at, node, id, features, super::fields::Place::Message);
                    body.fields.push(field);
                }
                Kind::Oneof => self.oneof(at, node, id, features, &mut body),
                Kind::Reserved => self.reserved(
                    at,
                    last_number,
                    &mut body.reserved,
                    &mut body.reserved_names,
                ),
                Kind::Extensions => self.extension_ranges(at, last_number, features, &mut body),
                _ => self.declarations(self.parsed.just(at), Some(id), features),
            }
        }
        if !is_true(
            &self.parsed.text,
            &options,
            "deprecated_legacy_json_field_conflicts",
        ) {
            self.check_json_names(&body.fields, features);
        }
        self.close_names(names);
        self.scope.truncate(outer);
        let message = &mut self.schema.messages[id as usize];
        message.fields = body.fields;
        message.oneofs = body.oneofs;
        message.reserved = body.reserved;
        message.reserved_names = body.reserved_names;
        message.extension_ranges = body.extension_ranges;
        message.extension_options = body.extension_options;
        message.options = Options::written(options);
        TypeRef { name, id }
    }

    fn oneof(
        &mut self,
        at: u32,
        node: &'a Node,
        message: MessageId,
        mut features: Features,
        body: &mut Body,
    ) {
        let name = self.text(node.name);
        self.declare(&name, node.name, false);
        let children = self.parsed.children(at);
        let options = self.options(children.clone(), Kind::Option, &mut features);
        let oneof = super::fields::Place::Oneof(body.oneofs.len() as u32);
        body.oneofs.push(Oneof {
            name,
            features,
            options: Options::written(options),
            name_span: node.name,
            span: node.span,
        });
        for (at, node) in children.filter(|(_, n)| n.kind == Kind::Field) {
            let field = self.field(at, node, message, features, oneof);
            body.fields.push(field);
        }
    }

    fn enumeration(
        &mut self,
        at: u32,
        node: &'a Node,
        parent: Option<MessageId>,
        mut features: Features,
    ) {
        let short = self.text(node.name);
        let children = self.parsed.children(at);
        let visibility = self.visibility_of(node, parent, features);
        let options = self.options(children.clone(), Kind::Option, &mut features);
        self.declare(&short, node.name, true);
        let is_value = |(_, node): &(u32, &Node)| node.kind == Kind::EnumValue;
        let mut values = Vec::with_capacity(children.clone().filter(is_value).count());
        let (mut reserved, mut reserved_names) = (Vec::new(), Vec::new());
        for (at, node) in children {
            match node.kind {
                Kind::EnumValue => {
                    let name = self.text(node.name);
                    // values are named beside their enum, not inside of it
                    self.declare(&name, node.name, false);
                    let mut features = features;
                    let options =
                        self.options(self.parsed.children(at), Kind::InlineOption, &mut features);
                    values.push(EnumValue {
                        name,
                        number: self.signed(node.value),
                        deprecated: is_true(&self.parsed.text, &options, "deprecated"),
                        features,
                        options: Options::written(options),
                        name_span: node.name,
                        number_span: node.value,
                        span: node.span,
                    });
                }
                Kind::Reserved => self.reserved(at, i32::MAX, &mut reserved, &mut reserved_names),
                _ => {}
            }
        }
        let outer = self.enter(&short);
        self.schema.enums.push(Enum {
            name: self.full_name(),
            file: self.id,
            parent,
            values,
            closed: features.closed_enum,
            allow_alias: is_true(&self.parsed.text, &options, "allow_alias"),
            reserved,
            reserved_names,
            deprecated: is_true(&self.parsed.text, &options, "deprecated"),
            features,
            options: Options::written(options),
            visibility,
            comment: node.comment,
            name_span: node.name,
            span: node.span,
        });
        self.scope.truncate(outer);
    }

    fn service(&mut self, at: u32, node: &'a Node, mut features: Features) {
        let short = self.text(node.name);
        self.declare(&short, node.name, true);
        let outer = self.enter(&short);
        let children = self.parsed.children(at);
        let options = self.options(children.clone(), Kind::Option, &mut features);
        let names = self.names_so_far();
        let children = children.filter(|(_, n)| n.kind == Kind::Method);
        let mut methods = Vec::with_capacity(children.clone().count());
        for (at, node) in children {
            let name = self.text(node.name);
            self.declare(&name, node.name, false);
            let inside = self.parsed.children(at);
            let mut features = features;
            let options = self.options(inside.clone(), Kind::Option, &mut features);
            let mut types = inside
                .filter(|(_, n)| n.kind == Kind::Type)
                .map(|(_, n)| *n);
            let (Some(request), Some(response)) = (types.next(), types.next()) else {
                continue;
            };
            methods.push(Method {
                name,
                request: self.reference(request.ty, Wanted::Anything),
                response: self.reference(response.ty, Wanted::Anything),
                client_streaming: request.flags & flag::STREAM != 0,
                server_streaming: response.flags & flag::STREAM != 0,
                idempotency: value_of(&self.parsed.text, &options, "idempotency_level")
                    .map(|level| String::from_utf8_lossy(level).into()),
                deprecated: is_true(&self.parsed.text, &options, "deprecated"),
                features,
                options: Options::written(options),
                name_span: node.name,
                request_span: request.ty,
                response_span: response.ty,
                span: node.span,
            });
        }
        self.close_names(names);
        self.schema.services.push(Service {
            name: self.full_name(),
            file: self.id,
            methods,
            deprecated: is_true(&self.parsed.text, &options, "deprecated"),
            features,
            options: Options::written(options),
            name_span: node.name,
            span: node.span,
        });
        self.scope.truncate(outer);
    }

    fn extend(&mut self, at: u32, node: &'a Node, parent: Option<MessageId>, features: Features) {
        let extendee = self.reference(node.ty, Wanted::Anything);
        let extendee_span = node.ty;
        for (at, node) in self.parsed.children(at) {
            let place = super::fields::Place::Extension(parent);
            let field = self.field(at, node, 0, features, place);
            self.add_extension(extendee.clone(), extendee_span, field);
        }
    }

    /// Adds an extension that is declared in this scope.
    pub(crate) fn add_extension(&mut self, extendee: FieldType, extendee_span: Span, field: Field) {
        let outer = self.enter(&field.name);
        let name = Name::new(&self.scope);
        self.scope.truncate(outer);
        self.schema.extensions.push(Extension {
            name,
            file: self.id,
            extendee,
            extendee_span,
            field,
        });
    }

    // ---- parts

    fn extension_ranges(&mut self, at: u32, last: i32, mut features: Features, body: &mut Body) {
        let first = body.extension_ranges.len() as u32;
        self.reserved(at, last, &mut body.extension_ranges, &mut Vec::new());
        let children = self.parsed.children(at);
        let options = self.options(children, Kind::InlineOption, &mut features);
        if !options.is_empty() {
            body.extension_options.push(RangeOptions {
                ranges: first..body.extension_ranges.len() as u32,
                features,
                options: Options::written(options),
            });
        }
    }

    /// Adds what a `reserved` or `extensions` statement says.
    fn reserved(
        &mut self,
        at: u32,
        last: i32,
        ranges: &mut Vec<NumberRange>,
        names: &mut Vec<ReservedName>,
    ) {
        for (_, node) in self.parsed.children(at) {
            match node.kind {
                Kind::Range => {
                    let start = self.signed(node.name);
                    let end = if node.flags & flag::TO_MAX != 0 {
                        last
                    } else if node.value == Span::default() {
                        start
                    } else {
                        self.signed(node.value)
                    };
                    ranges.push(NumberRange {
                        start,
                        end,
                        span: node.span,
                    });
                }
                Kind::ReservedName => {
                    let written = self.parsed.slice(node.name);
                    let name = if matches!(written.first(), Some(b'"' | b'\'')) {
                        literal::string_text(&self.parsed.text, node.name).into()
                    } else {
                        self.text(node.name)
                    };
                    names.push(ReservedName {
                        name,
                        span: node.name,
                    });
                }
                _ => {}
            }
        }
    }

    fn visibility_of(
        &self,
        node: &Node,
        parent: Option<MessageId>,
        features: Features,
    ) -> Visibility {
        let written = if node.kind == Kind::Field {
            0
        } else {
            node.flags
        };
        let (export, local) = (written & flag::EXPORT != 0, written & flag::LOCAL != 0);
        self.visibility(export, local, parent, features)
    }

    /// Who may use a type, by what is written before it and by the default of the file.
    pub(crate) fn visibility(
        &self,
        export: bool,
        local: bool,
        parent: Option<MessageId>,
        features: Features,
    ) -> Visibility {
        if export {
            return Visibility::Export;
        }
        let local = local
            || match features.visibility {
                DefaultVisibility::ExportAll => false,
                DefaultVisibility::ExportTopLevel => parent.is_some(),
                DefaultVisibility::LocalAll | DefaultVisibility::Strict => true,
            };
        if local {
            Visibility::Local
        } else {
            Visibility::Export
        }
    }

    // ---- names and numbers

    pub(super) fn text(&self, span: Span) -> Name {
        literal::dotted(&self.parsed.text, span)
    }

    /// The full name of what is being walked, shared with the index that has it.
    fn full_name(&self) -> Name {
        let shared = self.index.shared(&self.scope);
        shared.unwrap_or_else(|| Name::new(&self.scope))
    }

    /// How many fields a message has, those in oneofs too.
    fn count_fields(&self, children: Children<'a>) -> usize {
        let fields = children.map(|(at, node)| match node.kind {
            Kind::Field => 1,
            Kind::Oneof => self.count_fields(self.parsed.children(at)),
            _ => 0,
        });
        fields.sum()
    }

    fn signed(&mut self, span: Span) -> i32 {
        literal::signed(&self.parsed.text, span).unwrap_or_else(|| {
            self.out_of_range(span);
            0
        })
    }

    pub(super) fn out_of_range(&mut self, span: Span) {
        let message = format!(
            "`{}` is not a 32-bit number",
            String::from_utf8_lossy(self.parsed.slice(span))
        );
        self.diagnostics
            .error(self.id as usize, span, message, None);
    }

    /// Makes a name the scope; returns what to truncate the scope to afterwards.
    pub(crate) fn enter(&mut self, name: &str) -> usize {
        let outer = self.scope.len();
        if outer > 0 {
            self.scope.push('.');
        }
        self.scope.push_str(name);
        outer
    }

    pub(crate) fn error(&mut self, span: Span, message: impl Into<String>, help: Option<&str>) {
        let help = help.map(str::to_owned);
        self.diagnostics
            .error(self.id as usize, span, message, help);
    }

    pub(crate) fn declare(&mut self, name: &Name, span: Span, indexed: bool) {
        self.names.push(Declared {
            name: name.clone(),
            span,
            indexed,
        });
    }

    /// Where the names of a scope begin that opens now, for [`Self::close_names`].
    pub(crate) fn names_so_far(&self) -> usize {
        self.names.len()
    }

    /// Forgets the names of the innermost scope, which began at `from`, and reports those that it has twice.
    pub(crate) fn close_names(&mut self, from: usize) {
        let mut names = self.names.split_off(from);
        names.sort_unstable_by(|a, b| (&a.name, a.span).cmp(&(&b.name, b.span)));
        for pair in names.windows(2) {
            let [first, second] = pair else { continue };
            if first.name == second.name && !(first.indexed && second.indexed) {
                let message = format!("the name `{}` is given twice in this scope", second.name);
                let help =
                    "enum values count too: they are named beside their enum, not inside of it";
                self.error(second.span, message, Some(help));
            }
        }
    }
}

/// The largest number of a field.
pub(crate) const LAST_FIELD_NUMBER: i32 = 536_870_911;

/// What a message's body is gathered in.
#[derive(Default)]
struct Body {
    fields: Vec<Field>,
    oneofs: Vec<Oneof>,
    reserved: Vec<NumberRange>,
    reserved_names: Vec<ReservedName>,
    extension_ranges: Vec<NumberRange>,
    extension_options: Vec<RangeOptions>,
}
