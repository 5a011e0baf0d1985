//! Options as protoc resolves them: which field or extension each name means, and the typed value.

mod find;
mod nearer;
mod scalar;
mod shapes;
mod text;
mod wire;

use find::Finder;
use shapes::{Slot, SlotType};

pub(crate) use shapes::{Extensions, Shape};
pub(crate) use wire::OptionReader;

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Diagnostics;
use super::names::outer;
use super::reach::Reach;
use crate::limits::DEEPEST_VALUE;
use crate::{Field, FileId, Name, OptionTree, OptionValue, Options, Schema, Span, builtin};

type Result<T> = std::result::Result<T, Problem>;

/// Why an option could not be resolved.
enum Problem {
    /// What it needs is in a file that is not here.
    Missing,
    Wrong(Wrong),
}

/// An error in the words of a diagnostic.
struct Wrong {
    span: Span,
    message: String,
    help: Option<String>,
}

impl Wrong {
    fn help(span: Span, message: String, help: Option<String>) -> Problem {
        Problem::Wrong(Self {
            span,
            message,
            help,
        })
    }

    fn at(span: Span, message: impl Into<String>) -> Problem {
        Self::help(span, message.into(), None)
    }
}

/// Where options stand, in a schema.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Site {
    File(FileId),
    Message(u32),
    Range(u32, u32),
    Field(u32, u32),
    Oneof(u32, u32),
    Enum(u32),
    Value(u32, u32),
    Service(u32),
    Method(u32, u32),
    Extension(u32),
}

/// How many files' options are resolved before they are put into the schema.
const TOGETHER: FileId = 256;

/// Resolves every option of the files that were given.
pub(crate) fn interpret(schema: &mut Schema, reach: &Reach, diagnostics: &mut Diagnostics) {
    let mut first = First::default();
    let mut results = Vec::new();
    let given = reach.given as FileId;
    // what is resolved cannot be put in while the schema is read: some files at a time, so that little waits
    for from in (0..given).step_by(TOGETHER as usize) {
        let extensions = Extensions::new(schema);
        let mut shapes = FxHashMap::default();
        let mut alone = FxHashMap::default();
        for file in from..given.min(from + TOGETHER) {
            let mut pass = Interpret {
                finder: None,
                extensions: &extensions,
                reach,
                file,
                diagnostics,
                shapes: &mut shapes,
                alone: &mut alone,
                results: &mut results,
            };
            pass.file(&mut first);
        }
        for (site, tree, unresolved) in results.drain(..) {
            let options = options_at(schema, site);
            if let Some(tree) = tree {
                options.resolve(tree);
            }
            for index in unresolved {
                options.mark_unresolved(index);
            }
        }
    }
}

pub(crate) fn options_at(schema: &mut Schema, site: Site) -> &mut Options {
    match site {
        Site::File(id) => &mut schema.files[id as usize].options,
        Site::Message(id) => &mut schema.messages[id as usize].options,
        Site::Range(id, at) => {
            &mut schema.messages[id as usize].extension_options[at as usize].options
        }
        Site::Field(id, at) => &mut schema.messages[id as usize].fields[at as usize].options,
        Site::Oneof(id, at) => &mut schema.messages[id as usize].oneofs[at as usize].options,
        Site::Enum(id) => &mut schema.enums[id as usize].options,
        Site::Value(id, at) => &mut schema.enums[id as usize].values[at as usize].options,
        Site::Service(id) => &mut schema.services[id as usize].options,
        Site::Method(id, at) => &mut schema.services[id as usize].methods[at as usize].options,
        Site::Extension(id) => &mut schema.extensions[id as usize].field.options,
    }
}

/// The first elements that no file walked so far has: a schema lists them file by file.
#[derive(Default)]
struct First {
    message: usize,
    item: usize,
    service: usize,
    extension: usize,
}

struct Interpret<'s, 'i> {
    /// Made when the first name needs it.
    finder: Option<Finder<'s, 'i>>,
    extensions: &'i Extensions<'s>,
    reach: &'i Reach,
    file: FileId,
    diagnostics: &'i mut Diagnostics,
    /// The options messages, by their short names.
    shapes: &'i mut FxHashMap<&'static str, Option<Shape<'s>>>,
    /// What an option is that stands alone, by its declaration and its text: most say what many others say.
    alone: &'i mut FxHashMap<(*const Field, &'s [u8]), Arc<OptionTree>>,
    results: &'i mut Vec<Resolved>,
}

/// The options of one element: where they stand, what they mean, and which of them could not be resolved.
type Resolved = (Site, Option<Arc<OptionTree>>, Vec<usize>);

/// The options of one element, as far as they are resolved.
#[derive(Default)]
struct Gathered {
    tree: OptionTree,
    /// The paths of what is set.
    set: FxHashSet<Vec<u32>>,
    /// Whether there is only one.
    alone: bool,
    /// The whole tree, where another element has it too.
    shared: Option<Arc<OptionTree>>,
}

/// A longer value is seldom said twice.
const SHORT: usize = 64;

impl<'s, 'i> Interpret<'s, 'i> {
    fn file(&mut self, first: &mut First) {
        let schema = self.extensions.schema;
        let file = schema.file(self.file);
        let id = self.file;
        self.options(Site::File(id), "FileOptions", &file.package, &file.options);
        while let Some(message) = schema.messages.get(first.message).filter(|m| m.file == id) {
            let at = first.message as u32;
            first.message += 1;
            let (name, scope) = (message.name.as_str(), outer(&message.name));
            self.options(Site::Message(at), "MessageOptions", scope, &message.options);
            for (index, range) in message.extension_options.iter().enumerate() {
                let site = Site::Range(at, index as u32);
                self.options(site, "ExtensionRangeOptions", scope, &range.options);
            }
            for (index, field) in message.fields.iter().enumerate() {
                let site = Site::Field(at, index as u32);
                self.options(site, "FieldOptions", name, &field.options);
            }
            for (index, oneof) in message.oneofs.iter().enumerate() {
                let site = Site::Oneof(at, index as u32);
                self.options(site, "OneofOptions", name, &oneof.options);
            }
        }
        while let Some(item) = schema.enums.get(first.item).filter(|e| e.file == id) {
            let at = first.item as u32;
            first.item += 1;
            let scope = outer(&item.name);
            self.options(Site::Enum(at), "EnumOptions", scope, &item.options);
            for (index, value) in item.values.iter().enumerate() {
                let site = Site::Value(at, index as u32);
                self.options(site, "EnumValueOptions", scope, &value.options);
            }
        }
        while let Some(service) = schema.services.get(first.service).filter(|s| s.file == id) {
            let at = first.service as u32;
            first.service += 1;
            let (name, scope) = (service.name.as_str(), outer(&service.name));
            self.options(Site::Service(at), "ServiceOptions", scope, &service.options);
            let methods = service.methods.iter().map(|m| m.name.as_str()).collect();
            for (index, method) in service.methods.iter().enumerate() {
                let site = Site::Method(at, index as u32);
                self.options(site, "MethodOptions", name, &method.options);
                let types = [
                    (&method.request, method.request_span),
                    (&method.response, method.response_span),
                ];
                for (ty, span) in types {
                    self.nothing_nearer((name, Some(&methods)), ty, span);
                }
            }
        }
        let mut extensions = schema.extensions[first.extension..].iter();
        while let Some(extension) = extensions.next().filter(|e| e.file == id) {
            let at = first.extension as u32;
            first.extension += 1;
            let scope = outer(&extension.name);
            let options = &extension.field.options;
            self.options(Site::Extension(at), "FieldOptions", scope, options);
            self.nothing_nearer((scope, None), &extension.extendee, extension.extendee_span);
        }
    }

    /// The options of one element. `scope` is what is around the element, where names begin to be looked up.
    fn options(
        &mut self,
        site: Site,
        kind: &'static str,
        scope: &'s str,
        written: &'s [OptionValue],
    ) {
        if written.is_empty() {
            return;
        }
        let schema = self.extensions.schema;
        let mut gathered = Gathered {
            alone: written.len() == 1,
            ..Gathered::default()
        };
        let mut unresolved = Vec::new();
        let shape = *(self.shapes.entry(kind))
            .or_insert_with(|| options_shape(schema, &format!("google.protobuf.{kind}")));
        // as in protoc: plain names first, wherever they stand; one in parentheses may set once more what a plain name set
        let by_extension = |option: &OptionValue| option.name.starts_with('(');
        let plain = written.iter().enumerate().filter(|it| !by_extension(it.1));
        let extensions = written.iter().enumerate().filter(|it| by_extension(it.1));
        let mut was_by_extension = false;
        // the plain features, beside which those in parentheses are read and left out
        let mut features = None;
        for (index, option) in plain.chain(extensions) {
            if by_extension(option) && !was_by_extension {
                was_by_extension = true;
                gathered.set.clear();
                features = gathered.tree.take("features");
            }
            let result = match shape {
                Some(shape) => self.option(shape, scope, option, &mut gathered),
                None => Err(Problem::Missing),
            };
            match result {
                Ok(()) => {}
                Err(Problem::Missing) => unresolved.push(index),
                Err(Problem::Wrong(wrong)) => {
                    unresolved.push(index);
                    self.tell(wrong);
                }
            }
        }
        if let Some(finder) = &mut self.finder {
            for wrong in std::mem::take(&mut finder.told) {
                self.tell(wrong);
            }
        }
        let Gathered {
            mut tree, shared, ..
        } = gathered;
        if let Some(features) = features {
            tree.take("features");
            let at = tree
                .fields
                .partition_point(|it| it.number < features.number);
            tree.fields.insert(at, features);
        }
        let tree = shared.or_else(|| (!tree.is_empty()).then(|| Arc::new(tree)));
        self.results.push((site, tree, unresolved));
    }

    fn tell(&mut self, wrong: Wrong) {
        self.diagnostics
            .error(self.file as usize, wrong.span, wrong.message, wrong.help);
    }

    fn finder(&mut self) -> &mut Finder<'s, 'i> {
        let (extensions, reach, file) = (self.extensions, self.reach, self.file);
        self.finder
            .get_or_insert_with(|| Finder::new(extensions, reach, file))
    }

    fn option(
        &mut self,
        outermost: Shape<'s>,
        scope: &'s str,
        option: &'s OptionValue,
        gathered: &mut Gathered,
    ) -> Result<()> {
        let schema = self.extensions.schema;
        let text = &schema.file(self.file).text;
        let name_span = Span {
            start: option.span.start,
            end: option.span.start + name_length(&option.name, option.span),
        };
        let mut shape = outermost;
        let mut tree = &mut gathered.tree;
        let mut path = Vec::new();
        let mut parts = name_parts(&option.name).peekable();
        loop {
            let Some(part) = parts.next() else {
                return Err(Wrong::at(name_span, "this option has no name"));
            };
            let slot = match part {
                Part::Extension(name) => self.finder().extension(shape, scope, name, name_span)?,
                Part::Field(name) => {
                    if path.is_empty() && name == "uninterpreted_option" {
                        let text = "`uninterpreted_option` is for compilers, not for files";
                        return Err(Wrong::at(name_span, text));
                    }
                    match field_of(shape, name) {
                        Some(slot) => slot,
                        None => return Err(unknown_field(shape, name, name_span)),
                    }
                }
            };
            let is_feature = option.name.starts_with("features.");
            if is_feature && self.finder().is_own(&slot) {
                let text = format!(
                    "the feature `{}` cannot be used in the file that declares it",
                    slot.name
                );
                return Err(Wrong::at(name_span, text));
            }
            if path.len() as u32 == DEEPEST_VALUE {
                let text = format!("the option's name has more than {DEEPEST_VALUE} parts");
                return Err(Wrong::at(name_span, text));
            }
            let last = parts.peek().is_none();
            if last
                && gathered.alone
                && path.is_empty()
                && let Some(declared) = slot.declared
                && matches!(slot.ty, SlotType::Scalar(_) | SlotType::Enum(_))
            {
                gathered.shared = Some(self.alone(text, shape, &slot, declared, option)?);
                return Ok(());
            }
            path.push(slot.number);
            if last {
                let set = &mut gathered.set;
                let again = path.len() == 1
                    && option.name.starts_with('(')
                    && outermost.numbered(slot.number).is_some();
                let is_set = || !again && tree.number(slot.number).is_some();
                if !slot.many && (set.contains(&path) || is_set()) {
                    let text = format!("the option `{}` is set twice", option.name);
                    return Err(Wrong::at(option.span, text));
                }
                return self.leaf(text, shape, &slot, option, tree, path, set);
            }
            let SlotType::Message(inner) = slot.ty else {
                if let SlotType::Unknown = slot.ty {
                    return Err(Problem::Missing);
                }
                let text = format!("`{}` is no message: it has no parts", slot.name);
                return Err(Wrong::at(name_span, text));
            };
            if slot.many {
                let text = format!(
                    "`{}` is repeated, so its parts cannot be set by name",
                    slot.name
                );
                let help = format!("write `{} = {{ … }}`, once for each", slot.name);
                return Err(Wrong::help(name_span, text, Some(help)));
            }
            let Some(part) = shape.open(&slot, tree) else {
                return Err(Problem::Missing);
            };
            tree = part;
            shape = inner;
        }
    }

    /// The options of an element that sets no other, and this one to a plain value.
    fn alone(
        &mut self,
        text: &'s [u8],
        shape: Shape<'s>,
        slot: &Slot<'s>,
        declared: &'s Field,
        option: &OptionValue,
    ) -> Result<Arc<OptionTree>> {
        let span = option.value_span;
        let key = (
            std::ptr::from_ref(declared),
            &text[span.start as usize..span.end as usize],
        );
        if let Some(known) = self.alone.get(&key) {
            return Ok(Arc::clone(known));
        }
        let mut tree = OptionTree::default();
        shape.put(slot, &mut tree, scalar::value(text, span, slot)?);
        let tree = Arc::new(tree);
        if key.1.len() <= SHORT {
            self.alone.insert(key, Arc::clone(&tree));
        }
        Ok(tree)
    }

    #[allow(clippy::too_many_arguments)] // the end of a walk, and all that was gathered on it
    fn leaf(
        &mut self,
        text: &[u8],
        shape: Shape<'s>,
        slot: &Slot<'s>,
        option: &OptionValue,
        tree: &mut OptionTree,
        path: Vec<u32>,
        set: &mut FxHashSet<Vec<u32>>,
    ) -> Result<()> {
        let span = option.value_span;
        let SlotType::Message(inner) = slot.ty else {
            if let SlotType::Unknown = slot.ty {
                return Err(Problem::Missing);
            }
            let value = scalar::value(text, span, slot)?;
            shape.put(slot, tree, value);
            set.insert(path);
            return Ok(());
        };
        if text.get(span.start as usize) != Some(&b'{') {
            let message = format!("the option `{}` is a message", option.name);
            let help = format!(
                "write `{name} = {{ … }}`, or set a part of it: `{name}.part = …`",
                name = option.name
            );
            return Err(Wrong::help(span, message, Some(help)));
        }
        let mut value = OptionTree::default();
        text::aggregate(self.finder(), text, span, inner, &mut value)?;
        if slot.map {
            inner.put_entry(slot, tree, value);
        } else if let Some(part) = shape.open(slot, tree) {
            *part = value;
        }
        set.insert(path);
        Ok(())
    }
}

/// The options message of that full name: the schema's own, or the built-in one.
pub(crate) fn options_shape<'s>(schema: &'s Schema, name: &str) -> Option<Shape<'s>> {
    Shape::named(schema, name).or_else(|| Shape::named(builtin::descriptor(), name))
}

/// A plain field; of an options message that is older than ours also what ours has.
fn field_of<'s>(shape: Shape<'s>, name: &str) -> Option<Slot<'s>> {
    shape.field(name).or_else(|| {
        shape.name().strip_prefix("google.protobuf.")?;
        Shape::named(builtin::descriptor(), shape.name())?.field(name)
    })
}

fn unknown_field(shape: Shape<'_>, name: &str, span: Span) -> Problem {
    let text = match shape.name().strip_prefix("google.protobuf.") {
        Some("FeatureSet") => format!("there is no feature `{name}`"),
        Some(kind) if kind.ends_with("Options") => {
            format!("there is no option `{name}` here")
        }
        _ => format!("`{}` has no field `{name}`", shape.name()),
    };
    let help = nearest(name, shape.names().into_iter()).or_else(|| {
        let own = shape.name().ends_with("Options");
        own.then(|| format!("options of one's own stand in parentheses: `({name})`"))
    });
    Wrong::help(span, text, help)
}

/// A part of an option's name.
enum Part<'n> {
    Field(&'n str),
    /// Without its parentheses.
    Extension(&'n str),
}

/// Splits `(a.b).c.(d)`.
fn name_parts(name: &str) -> impl Iterator<Item = Part<'_>> {
    let mut rest = name;
    std::iter::from_fn(move || {
        rest = rest.strip_prefix('.').unwrap_or(rest);
        if rest.is_empty() {
            return None;
        }
        if let Some(inside) = rest.strip_prefix('(') {
            let (name, after) = inside.split_once(')').unwrap_or((inside, ""));
            rest = after;
            return Some(Part::Extension(name));
        }
        let end = rest.find('.').unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        rest = after;
        Some(Part::Field(name))
    })
}

/// How long the name is in the text, where it was written without spaces.
fn name_length(name: &Name, span: Span) -> u32 {
    (name.len() as u32).min(span.end - span.start)
}

/// "did you mean …", where a name is near enough.
fn nearest<'n>(name: &str, candidates: impl Iterator<Item = &'n str>) -> Option<String> {
    let near = crate::link::nearest::nearest(name, candidates)?;
    Some(format!("did you mean `{near}`?"))
}
