//! Which extension a name in parentheses or brackets means, as seen from one file.

use rustc_hash::{FxHashMap, FxHashSet};

use super::shapes::{Extensions, Seen, Shape, Slot, extendee};
use super::wire::unpack_any;
use super::{Problem, Result, Wrong, nearest};
use crate::link::names::{NameIndex, Symbol, View, outer};
use crate::link::reach::Reach;
use crate::link::wide;
use crate::{Cardinality, FieldType, FileId, Name, OptionTree, Schema, Span};

/// Finds names for one file.
pub(super) struct Finder<'s, 'i> {
    pub(super) schema: &'s Schema,
    pub(super) extensions: &'i Extensions<'s>,
    reach: &'i Reach,
    file: FileId,
    view: View,
    /// What only options may use (edition 2024's `import option`).
    option_files: FxHashSet<FileId>,
    /// Something that this file should see is not here.
    pub(super) missing: bool,
    /// By scope and name.
    found: FxHashMap<(&'s str, &'s str), Found>,
    /// Full names of enum values, gathered when first asked for.
    values: Option<FxHashSet<Name>>,
    /// Errors that keep nothing from being understood.
    pub(super) told: Vec<Wrong>,
}

/// What a name means.
#[derive(Clone)]
pub(super) enum Found {
    Extension(u32),
    Message(u32),
    /// A field, a oneof, a method or an enum value, by its full name.
    Member(Name),
    /// Something else.
    Other,
    /// The first part is found in an inner scope, which lacks the rest: this full name.
    Within(Name),
    Nothing,
}

impl<'s, 'i> Finder<'s, 'i> {
    pub(super) fn new(extensions: &'i Extensions<'s>, reach: &'i Reach, file: FileId) -> Self {
        let mut missing = false;
        let view = reach.view(file, &mut missing);
        let option_files = reach.option_files(file, &mut missing);
        Self {
            schema: extensions.schema,
            extensions,
            reach,
            file,
            view,
            option_files,
            missing,
            found: FxHashMap::default(),
            values: None,
            told: Vec::new(),
        }
    }

    /// Whether an extension is declared in the file itself.
    pub(super) fn is_own(&self, slot: &Slot<'_>) -> bool {
        let full = slot.name.trim_matches(['(', ')']);
        let ids = self.extensions.named(full).iter();
        let mut files = ids.map(|&id| self.schema.extensions[id as usize].file);
        slot.name.starts_with('(') && files.any(|file| file == self.file)
    }

    /// What an `Any` holds, read as this file sees it.
    pub(super) fn unpack_any(&self, shape: Shape<'s>, tree: &mut OptionTree, depth: u32) {
        let extensions = Seen {
            extensions: self.extensions,
            sees: &|file| self.usable(file),
        };
        unpack_any(extensions, shape, tree, depth);
    }

    /// The extension of `shape` that `(name)` means in `scope`.
    pub(super) fn extension(
        &mut self,
        shape: Shape<'s>,
        scope: &'s str,
        name: &'s str,
        span: Span,
    ) -> Result<Slot<'s>> {
        let found = match self.found.get(&(scope, name)) {
            Some(found) => found.clone(),
            None => {
                let found = self.look(scope, name, true);
                self.found.insert((scope, name), found.clone());
                found
            }
        };
        let id = match found {
            Found::Extension(id) => id,
            Found::Member(full) if outer(&full) == shape.name() => {
                return shape
                    .field(&full[shape.name().len() + 1..])
                    .ok_or_else(|| Wrong::at(span, format!("`({name})` is no option")));
            }
            // what is not seen here may still be known
            _ => match self.look(scope, name, false) {
                Found::Extension(id) => {
                    self.tell_import(id, name, span);
                    id
                }
                elsewhere => return Err(self.no_extension(shape, name, span, &found, &elsewhere)),
            },
        };
        self.of_shape(shape, id, name, span)
    }

    /// The extension that `[name]` means inside of a value of type `shape`.
    pub(super) fn bracketed(
        &mut self,
        shape: Shape<'s>,
        name: &str,
        span: Span,
    ) -> Result<Slot<'s>> {
        if name.contains('/') {
            let text = format!("`[{name}]` names a type, which only an `Any` can hold");
            return Err(Wrong::at(span, text));
        }
        let scope = outer(shape.name());
        let found = self.look(scope, name, true);
        if let Found::Message(id) = found
            && shape.is_message_set()
            && let Some(slot) = self.set_item(shape, id)
        {
            return Ok(slot);
        }
        match found {
            Found::Extension(id) => self.of_shape(shape, id, name, span),
            found => match self.look(scope, name, false) {
                Found::Extension(id) => {
                    self.tell_import(id, name, span);
                    self.of_shape(shape, id, name, span)
                }
                elsewhere => Err(self.no_extension(shape, name, span, &found, &elsewhere)),
            },
        }
    }

    /// The message that an `Any` holds: by its full name, and seen from here.
    pub(super) fn message_named(&mut self, name: &str, span: Span) -> Result<Shape<'s>> {
        let ids = self.schema.index.messages(name);
        let ids: Vec<u32> = ids.collect();
        let seen = ids
            .iter()
            .find(|&&id| self.sees(self.schema.messages[id as usize].file));
        match (seen, ids.first()) {
            (Some(&id), _) => Ok(Shape::of(self.schema, &self.schema.messages[id as usize])),
            (None, Some(&id)) => {
                let message = &self.schema.messages[id as usize];
                if !self.missing {
                    let path = &self.reach.inputs[message.file as usize].path;
                    let text = format!(
                        "`{name}` is declared in `{path}`, which this file does not import"
                    );
                    let help = format!("add `import \"{path}\";`");
                    self.told.push(Wrong {
                        span,
                        message: text,
                        help: Some(help),
                    });
                }
                Ok(Shape::of(self.schema, message))
            }
            (None, None) if self.missing => Err(Problem::Missing),
            (None, None) => {
                let text = format!("`{name}` is not declared");
                let help = Some("declare it, or import the file that does".to_owned());
                Err(Wrong::help(span, text, help))
            }
        }
    }

    /// Items of a message set may go by the name of their type, where that declares the extension.
    fn set_item(&self, shape: Shape<'s>, message: u32) -> Option<Slot<'s>> {
        let item = &self.schema.messages[message as usize];
        let id = self.schema.extensions.iter().position(|e| {
            e.file == item.file
                && outer(&e.name) == item.name
                && extendee(e) == shape.name()
                && e.field.cardinality == Cardinality::Singular
                && matches!(&e.field.ty, FieldType::Message(ty) if ty.name == item.name)
        })?;
        Some(self.extensions.get(id as u32).1)
    }

    fn of_shape(&self, shape: Shape<'s>, id: u32, name: &str, span: Span) -> Result<Slot<'s>> {
        let (extension, slot) = self.extensions.get(id);
        let extendee = extendee(extension);
        if extendee != shape.name() {
            if matches!(extension.extendee, FieldType::Unresolved(_)) {
                return Err(Problem::Missing);
            }
            let text = format!(
                "`({name})` extends `{extendee}`, and here is a `{}`",
                shape.name()
            );
            return Err(Wrong::at(span, text));
        }
        Ok(slot)
    }

    fn tell_import(&mut self, id: u32, name: &str, span: Span) {
        if self.missing {
            return;
        }
        let (extension, _) = self.extensions.get(id);
        let path = &self.reach.inputs[extension.file as usize].path;
        let message = format!(
            "the option `({name})` is declared in `{path}`, which this file does not import"
        );
        let help = Some(format!("add `import \"{path}\";`"));
        self.told.push(Wrong {
            span,
            message,
            help,
        });
    }

    fn no_extension(
        &self,
        shape: Shape<'_>,
        name: &str,
        span: Span,
        found: &Found,
        elsewhere: &Found,
    ) -> Problem {
        if self.missing {
            return Problem::Missing;
        }
        let (text, help) = match (found, elsewhere) {
            (Found::Within(full), _) | (_, Found::Within(full)) => (
                format!("`({name})` means `{full}` here, and that is not declared"),
                Some(format!(
                    "the innermost scope that has the first part of a name decides: write `(.{name})` if the outermost is meant"
                )),
            ),
            (Found::Other | Found::Member(_) | Found::Message(_), _) => {
                (format!("`({name})` is no extension"), None)
            }
            _ => {
                let names = self.extensions.names().filter(|candidate| {
                    let ids = self.extensions.named(candidate);
                    ids.iter()
                        .any(|&id| extendee(self.extensions.get(id).0) == shape.name())
                });
                let help = nearest(name, names)
                    .or_else(|| Some("declare it, or import the file that does".to_owned()));
                (format!("the option `({name})` is not declared"), help)
            }
        };
        Wrong::help(span, text, help)
    }

    // ---- protoc's lookup

    fn index(&self) -> &'s NameIndex {
        &self.schema.index
    }

    fn sees(&self, file: FileId) -> bool {
        self.view.files.contains(&file)
    }

    /// Whether options may use the extensions of a file.
    fn usable(&self, file: FileId) -> bool {
        self.sees(file) || self.option_files.contains(&file)
    }

    /// The innermost scope in which the first part of the name is found decides.
    pub(super) fn look(&mut self, scope: &str, name: &str, only_seen: bool) -> Found {
        if let Some(absolute) = name.strip_prefix('.') {
            return self.exactly(absolute, only_seen);
        }
        let first = name.split_once('.').map_or(name, |(first, _)| first);
        let compound = first.len() < name.len();
        let mut scope = scope;
        let mut full = String::with_capacity(scope.len() + 1 + name.len());
        loop {
            if scope.is_empty() {
                return self.exactly(name, only_seen);
            }
            full.clear();
            full.extend([scope, ".", first]);
            if compound {
                if self.is_aggregate(&full, only_seen) {
                    full.push_str(&name[first.len()..]);
                    return match self.exactly(&full, only_seen) {
                        Found::Nothing => Found::Within(full.into()),
                        found => found,
                    };
                }
            } else {
                match self.exactly(&full, only_seen) {
                    Found::Nothing => {}
                    found => return found,
                }
            }
            scope = outer(scope);
        }
    }

    fn is_aggregate(&self, full: &str, only_seen: bool) -> bool {
        let mut entries = self.index().entries(full);
        entries.any(|entry| match entry.symbol {
            _ if !only_seen => true,
            Symbol::Package(id) => self.view.packages.contains(&id),
            _ => self.sees(entry.file),
        })
    }

    fn exactly(&mut self, full: &str, only_seen: bool) -> Found {
        let usable = |file: FileId| !only_seen || self.usable(file);
        let ids = self.extensions.named(full);
        let file_of = |id: u32| self.schema.extensions[id as usize].file;
        let own = ids.iter().find(|&&id| file_of(id) == self.file);
        if let Some(&id) = own.or_else(|| ids.iter().find(|&&id| usable(file_of(id)))) {
            return Found::Extension(id);
        }
        for entry in self.index().entries(full) {
            let seen = match entry.symbol {
                _ if !only_seen => true,
                Symbol::Package(id) => self.view.packages.contains(&id),
                _ => self.view.files.contains(&entry.file),
            };
            if seen {
                return match entry.symbol {
                    Symbol::Message(id) => Found::Message(id),
                    _ => Found::Other,
                };
            }
        }
        if self.member(full, only_seen).is_some() {
            return Found::Member(full.into());
        }
        Found::Nothing
    }

    /// Fields, oneofs, methods and enum values have full names too: which of them has this one.
    pub(super) fn member(&mut self, full: &str, only_seen: bool) -> Option<&'static str> {
        let (scope, short) = full.rsplit_once('.')?;
        let schema = self.schema;
        for id in schema.index.messages(scope) {
            let message = &schema.messages[id as usize];
            if only_seen && !self.sees(message.file) {
                continue;
            }
            if wide::named(schema, message, short).is_some() {
                return Some("field");
            }
            if wide::has_oneof(schema, message, short) {
                return Some("oneof");
            }
        }
        for id in schema.index.services(scope) {
            let service = &schema.services[id as usize];
            if (!only_seen || self.sees(service.file))
                && service.methods.iter().any(|m| m.name == short)
            {
                return Some("method");
            }
        }
        let view = &self.view;
        let values = self.values.get_or_insert_with(|| {
            let seen = schema.enums.iter().filter(|e| view.files.contains(&e.file));
            seen.flat_map(|item| {
                let scope = outer(&item.name);
                item.values.iter().map(move |value| match scope {
                    "" => value.name.clone(),
                    _ => format!("{scope}.{}", value.name).into(),
                })
            })
            .collect()
        });
        values.contains(full).then_some("enum value")
    }
}
