//! What a reference means, and what is said where it means nothing.

use std::cmp::Reverse;

use super::lower::Lower;
use super::names::{Entry, Symbol, Wanted, resolve, short};
use super::nearest::nearest;
use super::reach::Reach;
use crate::parse::literal;
use crate::{FieldType, FileId, Name, Role, Span, TypeRef};

impl Lower<'_, '_> {
    /// What a type's name means here.
    pub(super) fn reference(&mut self, span: Span, wanted: Wanted) -> FieldType {
        let written = literal::dotted(&self.parsed.text, span);
        self.reference_to(&written, span, wanted)
    }

    /// What a name of a type means here, as it is written at `span`; with a leading dot it is a full name.
    pub(crate) fn reference_to(&mut self, written: &str, span: Span, wanted: Wanted) -> FieldType {
        let unresolved = || FieldType::Unresolved(Name::new(written.trim_start_matches('.')));
        let (reach, here) = (self.reach, self.id);
        let pick = |a: Entry, b: Entry| {
            if rank(reach, here, a) >= rank(reach, here, b) {
                a
            } else {
                b
            }
        };
        let find = |view| resolve(self.index, view, &self.scope, written, wanted, &pick);
        let seen = find(Some(&self.view));
        let (name, entry, visible) = match seen {
            Some((name, entry)) => (name, entry, true),
            None => match find(None) {
                Some((name, entry)) => (name, entry, false),
                None => {
                    if !self.missing && self.told.insert(written.into()) {
                        let message = format!("`{written}` is not declared");
                        let help = self.meant(written);
                        self.diagnostics
                            .error(self.id as usize, span, message, Some(help));
                    }
                    return unresolved();
                }
            },
        };
        let what = match entry.symbol {
            Symbol::Message(id) => Ok(FieldType::Message(TypeRef { name, id })),
            Symbol::Enum(id) => Ok(FieldType::Enum(TypeRef { name, id })),
            Symbol::Service(_) => Err("a service"),
            Symbol::Package(_) => Err("a package"),
        };
        match what {
            Ok(ty) => {
                if !visible && !self.missing && self.told.insert(written.into()) {
                    let path = &self.reach.inputs[entry.file as usize].path;
                    let message = format!(
                        "`{written}` is declared in `{path}`, which this file does not import"
                    );
                    let help = format!("add `import \"{path}\";`");
                    self.diagnostics
                        .error(self.id as usize, span, message, Some(help));
                }
                ty
            }
            Err(kind) => {
                if visible || !self.missing {
                    let message = format!("`{written}` is {kind}, not a type");
                    self.diagnostics
                        .error(self.id as usize, span, message, None);
                }
                unresolved()
            }
        }
    }
}

impl Lower<'_, '_> {
    /// What may have been meant by the name of a type that nobody declares where it is looked for.
    fn meant(&self, written: &str) -> String {
        let nothing = "declare it, or import the file that does".to_owned();
        // all names are looked through for each: a file of another kind must not cost more than it is worth
        if self.told.len() > 20 {
            return nothing;
        }
        let ending = written.trim_start_matches('.');
        let is_type = |entry: &Entry| matches!(entry.symbol, Symbol::Message(_) | Symbol::Enum(_));
        let elsewhere = self.index.names().filter(|full| {
            let scope = full.strip_suffix(ending);
            scope.is_some_and(|scope| scope.is_empty() || scope.ends_with('.'))
        });
        let elsewhere = elsewhere.filter_map(|full| {
            let mut entries = self.index.entries(full).filter(is_type);
            let first = entries.next()?;
            let best = entries.fold(first, |a, b| {
                if rank(self.reach, self.id, a) >= rank(self.reach, self.id, b) {
                    a
                } else {
                    b
                }
            });
            Some((rank(self.reach, self.id, best), Reverse(full), best))
        });
        if let Some((_, Reverse(full), entry)) = elsewhere.max_by_key(|found| (found.0, found.1)) {
            let path = &self.reach.inputs[entry.file as usize].path;
            return if self.view.files.contains(&entry.file) {
                format!("`{path}` has a `{full}`: write `{full}`, or `.{full}`")
            } else {
                format!("`{path}` has a `{full}`: add `import \"{path}\";` and write `{full}`")
            };
        }
        let seen = self.index.names().filter(|full| {
            let mut entries = self.index.entries(full).filter(is_type);
            entries.any(|entry| self.view.files.contains(&entry.file))
        });
        let candidates = seen.map(short);
        let candidates = candidates.chain(SCALARS.iter().copied());
        match nearest(short(ending), candidates) {
            Some(near) => format!("did you mean `{near}`?"),
            None => nothing,
        }
    }
}

/// What a field's type may also be.
const SCALARS: &[&str] = &[
    "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32",
    "fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes",
];

/// Between several declarations of one name: this file's, then the nearest, then a judged one, then the first.
fn rank(reach: &Reach, here: FileId, entry: Entry) -> (bool, bool, usize, bool, Reverse<FileId>) {
    let path = |file: FileId| reach.inputs[file as usize].path.as_str();
    let folders = |file: FileId| {
        path(file)
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder)
            .split('/')
    };
    let shared = folders(here)
        .zip(folders(entry.file))
        .take_while(|(a, b)| a == b)
        .count();
    (
        entry.file == here,
        !matches!(entry.symbol, Symbol::Package(_)),
        shared,
        reach.inputs[entry.file as usize].role == Role::Judged,
        Reverse(entry.file),
    )
}
