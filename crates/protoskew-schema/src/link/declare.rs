//! First pass over the trees: gives every message, enum and service its id and its full name.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Diagnostics;
use super::names::{NameIndex, Symbol};
use super::reach::Reach;
use crate::parse::syntax::{Children, Kind, ParsedFile, flag};
use crate::{FileId, Name, Span};

/// Fills the index. Ids count up in the order in which [`super::lower`] walks the same trees.
pub(crate) fn declare(reach: &mut Reach, diagnostics: &mut Diagnostics) -> NameIndex {
    let mut pass = Declare {
        index: NameIndex::default(),
        diagnostics,
        package_ids: FxHashMap::default(),
        messages: 0,
        enums: 0,
        services: 0,
        file: 0,
        scope: String::new(),
    };
    for file in 0..reach.inputs.len() {
        let parsed = reach.inputs[file].parsed.clone();
        pass.file = file as FileId;
        reach.packages[file] = pass.package(parsed.package());
        pass.scope.clear();
        pass.scope.push_str(parsed.package());
        pass.scope(&parsed, parsed.roots());
    }
    let index = pass.index;
    report_clashes(reach, &index, diagnostics);
    index
}

struct Declare<'a> {
    index: NameIndex,
    diagnostics: &'a mut Diagnostics,
    package_ids: FxHashMap<Name, u32>,
    messages: u32,
    enums: u32,
    services: u32,
    file: FileId,
    /// The full name of what is being walked.
    scope: String,
}

impl Declare<'_> {
    /// Declares a package and the beginnings of its name.
    fn package(&mut self, package: &str) -> Vec<u32> {
        let mut ids = Vec::new();
        let ends = package.match_indices('.').map(|(at, _)| at);
        for end in ends.chain((!package.is_empty()).then_some(package.len())) {
            let name = Name::new(&package[..end]);
            let next = self.package_ids.len() as u32;
            let id = *self.package_ids.entry(name.clone()).or_insert(next);
            if id == next {
                self.index.add(name, self.file, Symbol::Package(id));
            }
            ids.push(id);
        }
        ids
    }

    fn scope(&mut self, parsed: &ParsedFile, children: Children<'_>) {
        for (at, node) in children {
            match node.kind {
                Kind::Message => {
                    let id = self.messages;
                    self.messages += 1;
                    let outer = self.enter(parsed, node.name, Symbol::Message(id));
                    self.scope(parsed, parsed.children(at));
                    self.scope.truncate(outer);
                }
                Kind::Field if node.flags & flag::GROUP != 0 => {
                    let id = self.messages;
                    self.messages += 1;
                    let outer = self.enter(parsed, node.name, Symbol::Message(id));
                    self.scope(parsed, parsed.children(at));
                    self.scope.truncate(outer);
                }
                Kind::Enum => {
                    let id = self.enums;
                    self.enums += 1;
                    let outer = self.enter(parsed, node.name, Symbol::Enum(id));
                    self.scope.truncate(outer);
                }
                Kind::Service => {
                    let id = self.services;
                    self.services += 1;
                    let outer = self.enter(parsed, node.name, Symbol::Service(id));
                    self.scope.truncate(outer);
                }
                // these open no scope: a group in them belongs to the message around
                Kind::Oneof | Kind::Extend => self.scope(parsed, parsed.children(at)),
                _ => {}
            }
        }
    }

    /// Declares a name and makes it the scope; returns what to truncate the scope to afterwards.
    fn enter(&mut self, parsed: &ParsedFile, name: Span, symbol: Symbol) -> usize {
        let outer = self.scope.len();
        if outer > 0 {
            self.scope.push('.');
        }
        // a name is one identifier, so it is ASCII
        self.scope
            .push_str(&String::from_utf8_lossy(parsed.slice(name)));
        if !self.index.add(Name::new(&self.scope), self.file, symbol) {
            let message = format!("`{}` is declared twice in this file", self.scope);
            self.diagnostics
                .error(self.file as usize, name, message, None);
        }
        outer
    }
}

/// The same name in two files is an error only where one of them imports the other: a repository may hold copies of a file,
/// or programs that never meet.
fn report_clashes(reach: &Reach, index: &NameIndex, diagnostics: &mut Diagnostics) {
    let mut imported: FxHashMap<FileId, FxHashSet<FileId>> = FxHashMap::default();
    let mut told: FxHashMap<(FileId, FileId), Name> = FxHashMap::default();
    for (name, chain) in index.shared_names() {
        let declared: FxHashSet<FileId> = chain
            .filter(|e| !matches!(e.symbol, Symbol::Package(_)))
            .map(|e| e.file)
            .collect();
        if declared.len() < 2 {
            continue;
        }
        for &file in &declared {
            if reach.imports[file as usize].is_empty() {
                continue;
            }
            let imported = imported
                .entry(file)
                .or_insert_with(|| reach.imported_by(file));
            for &other in imported
                .iter()
                .filter(|&f| *f != file && declared.contains(f))
            {
                // of several names the first in the alphabet is told, so that the choice does not hang on hashing
                let first = told.entry((file, other)).or_insert_with(|| name.clone());
                if name < first {
                    *first = name.clone();
                }
            }
        }
    }
    for ((file, other), name) in told {
        let other = &reach.inputs[other as usize].path;
        let message =
            format!("`{name}` is declared here and in `{other}`, which this file imports");
        let help = "keep one of the two".to_owned();
        let span = reach.parsed(file).package_span;
        diagnostics.error(file as usize, span, message, Some(help));
    }
}
