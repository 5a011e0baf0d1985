//! Names that two files declare, of which one imports the other.
//!
//! Elsewhere the same name in two files is no error: a repository may hold copies of a file, or programs that never meet.

use std::hash::Hasher as _;

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::Diagnostics;
use super::names::{Symbol, outer, short};
use super::reach::Reach;
use crate::limits::MOST_CLASHES;
use crate::{FileId, Name, Schema, Span};

pub(crate) fn report(schema: &Schema, reach: &Reach, diagnostics: &mut Diagnostics) {
    let mut clashes = Clashes {
        reach,
        imported: FxHashMap::default(),
        told: FxHashMap::default(),
    };
    for (name, chain) in schema.index.shared_names() {
        let mut files = FxHashSet::default();
        let mut packages = Vec::new();
        for entry in chain {
            match entry.symbol {
                Symbol::Package(id) => packages.push(id),
                _ => {
                    files.insert(entry.file);
                }
            }
        }
        clashes.name(name, &files, &packages);
    }
    for (name, mut files) in members_that_may_clash(schema, reach) {
        let mut packages = Vec::new();
        for entry in schema.index.entries(&name) {
            match entry.symbol {
                Symbol::Package(id) => packages.push(id),
                _ => {
                    files.insert(entry.file);
                }
            }
        }
        clashes.name(&name, &files, &packages);
    }
    let mut told: Vec<_> = clashes.told.into_iter().collect();
    told.sort_unstable_by_key(|(files, _)| *files);
    let of_one_file = told.chunk_by(|((a, _), _), ((b, _), _)| a == b);
    for &((file, other), ref name) in of_one_file.flat_map(|told| told.iter().take(MOST_CLASHES)) {
        let path = &reach.inputs[other as usize].path;
        let message = if file == other {
            format!("`{name}` is declared here, and is a package too")
        } else {
            format!("`{name}` is declared here and in `{path}`, which this file imports")
        };
        let help = "keep one of the two".to_owned();
        let span = place(schema, file, name);
        let span = span.unwrap_or_else(|| reach.parsed(file).package_span);
        diagnostics.error(file as usize, span, message, Some(help));
    }
}

struct Clashes<'a> {
    reach: &'a Reach,
    imported: FxHashMap<FileId, FxHashSet<FileId>>,
    /// Of several names of two files the first in the alphabet, so that the choice does not hang on hashing.
    told: FxHashMap<(FileId, FileId), Name>,
}

impl Clashes<'_> {
    /// A name, the files that declare it, and the packages of that name.
    fn name(&mut self, name: &Name, files: &FxHashSet<FileId>, packages: &[u32]) {
        if files.is_empty() || (files.len() < 2 && packages.is_empty()) {
            return;
        }
        let reach = self.reach;
        let in_package = |file: FileId| {
            let own = &reach.packages[file as usize];
            packages.iter().any(|id| own.contains(id))
        };
        for &file in files {
            if in_package(file) {
                self.tell(file, file, name);
            }
            for other in self.imports(file) {
                if other != file && (files.contains(&other) || in_package(other)) {
                    self.tell(file, other, name);
                }
            }
        }
        if packages.is_empty() {
            return;
        }
        for file in 0..reach.inputs.len() as FileId {
            if !files.contains(&file) && in_package(file) {
                for other in self.imports(file) {
                    if files.contains(&other) {
                        self.tell(file, other, name);
                    }
                }
            }
        }
    }

    fn imports(&mut self, file: FileId) -> Vec<FileId> {
        if self.reach.imports[file as usize].is_empty() {
            return Vec::new();
        }
        let reach = self.reach;
        let imported = self.imported.entry(file);
        let imported = imported.or_insert_with(|| reach.imported_by(file));
        imported.iter().copied().collect()
    }

    fn tell(&mut self, file: FileId, other: FileId, name: &Name) {
        let first = self
            .told
            .entry((file, other))
            .or_insert_with(|| name.clone());
        if name < first {
            *first = name.clone();
        }
    }
}

/// Enum values and extensions stand in a package beside its messages. Those whose full names somebody else has too, most likely.
fn members_that_may_clash(schema: &Schema, reach: &Reach) -> FxHashMap<Name, FxHashSet<FileId>> {
    let package = |file: FileId| schema.file(file).package.as_str();
    let values = schema.enums.iter().filter(|e| e.parent.is_none());
    let values = values.flat_map(|e| e.values.iter().map(|v| (e.file, &v.name)));
    let extensions = schema.extensions.iter();
    let extensions = extensions
        .filter(|e| outer(&e.name) == package(e.file))
        .map(|e| (e.file, &e.field.name));
    let members = || values.clone().chain(extensions.clone());
    // names are compared by their hashes first: nearly all are alone
    let mut seen: FxHashMap<u64, FileId> = FxHashMap::default();
    let mut suspects: FxHashSet<u64> = FxHashSet::default();
    let mut meet = |hash: u64, file: FileId, suspects: &mut FxHashSet<u64>| {
        if *seen.entry(hash).or_insert(file) != file {
            suspects.insert(hash);
        }
    };
    for (file, name) in members() {
        meet(hash(package(file), name), file, &mut suspects);
    }
    let messages = schema.messages.iter().filter(|m| m.parent.is_none());
    let enums = schema.enums.iter().filter(|e| e.parent.is_none());
    let types = messages.map(|m| (m.file, &m.name));
    let types = types.chain(enums.map(|e| (e.file, &e.name)));
    let types = types.chain(schema.services.iter().map(|s| (s.file, &s.name)));
    for (file, name) in types {
        let hash = hash(outer(name), short(name));
        if seen.get(&hash).is_some_and(|&other| other != file) {
            suspects.insert(hash);
        }
    }
    for input in &reach.inputs {
        let mut name = input.parsed.package();
        while !name.is_empty() {
            let hash = hash(outer(name), short(name));
            if seen.contains_key(&hash) {
                suspects.insert(hash);
            }
            name = outer(name);
        }
    }
    let mut found: FxHashMap<Name, FxHashSet<FileId>> = FxHashMap::default();
    if suspects.is_empty() {
        return found;
    }
    for (file, name) in members() {
        if suspects.contains(&hash(package(file), name)) {
            let full = match package(file) {
                "" => name.clone(),
                package => format!("{package}.{name}").into(),
            };
            found.entry(full).or_default().insert(file);
        }
    }
    found
}

fn hash(scope: &str, name: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(scope.as_bytes());
    hasher.write_u8(b'.');
    hasher.write(name.as_bytes());
    hasher.finish()
}

/// Where a file declares a full name, if it does.
fn place(schema: &Schema, file: FileId, name: &str) -> Option<Span> {
    let message = schema.messages_named(name).find(|(_, m)| m.file == file);
    if let Some((_, message)) = message {
        return Some(message.name_span);
    }
    if let Some((_, item)) = schema.enums_named(name).find(|(_, e)| e.file == file) {
        return Some(item.name_span);
    }
    if let Some((_, service)) = schema.services_named(name).find(|(_, s)| s.file == file) {
        return Some(service.name_span);
    }
    let mut extensions = schema.extensions.iter();
    if let Some(found) = extensions.find(|e| e.file == file && e.name == name) {
        return Some(found.field.name_span);
    }
    let own = schema
        .enums
        .iter()
        .filter(|e| e.file == file && outer(&e.name) == outer(name));
    let mut values = own.flat_map(|e| &e.values);
    values
        .find(|v| v.name == short(name))
        .map(|value| value.name_span)
}
