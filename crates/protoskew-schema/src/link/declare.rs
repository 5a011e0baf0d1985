//! First pass over the trees: gives every message, enum and service its id and its full name.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Diagnostics;
use super::names::{NameIndex, Symbol};
use super::reach::Reach;
use crate::parse::syntax::{Children, Kind, ParsedFile, flag};
use crate::{EnumId, FileId, MessageId, Name, Span, descriptor};

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
        match &parsed.descriptor {
            Some(descriptor) => descriptor::declare(&mut pass, descriptor),
            None => pass.scope(&parsed, parsed.roots()),
        }
    }
    let index = pass.index;
    report_clashes(reach, &index, diagnostics);
    index
}

/// The pass, standing in one file and one scope.
pub(crate) struct Declare<'a> {
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
                    let symbol = Symbol::Message(self.next_message());
                    self.inside(&name(parsed, node.name), node.name, symbol, |pass| {
                        pass.scope(parsed, parsed.children(at));
                    });
                }
                Kind::Field if node.flags & flag::GROUP != 0 => {
                    let symbol = Symbol::Message(self.next_message());
                    self.inside(&name(parsed, node.name), node.name, symbol, |pass| {
                        pass.scope(parsed, parsed.children(at));
                    });
                }
                Kind::Enum => {
                    let symbol = Symbol::Enum(self.next_enum());
                    self.inside(&name(parsed, node.name), node.name, symbol, |_| {});
                }
                Kind::Service => {
                    let symbol = Symbol::Service(self.next_service());
                    self.inside(&name(parsed, node.name), node.name, symbol, |_| {});
                }
                // these open no scope: a group in them belongs to the message around
                Kind::Oneof | Kind::Extend => self.scope(parsed, parsed.children(at)),
                _ => {}
            }
        }
    }

    pub(crate) fn next_message(&mut self) -> MessageId {
        self.messages += 1;
        self.messages - 1
    }

    pub(crate) fn next_enum(&mut self) -> EnumId {
        self.enums += 1;
        self.enums - 1
    }

    pub(crate) fn next_service(&mut self) -> u32 {
        self.services += 1;
        self.services - 1
    }

    /// Declares a name, and makes it the scope of what `walk` declares.
    pub(crate) fn inside(
        &mut self,
        name: &str,
        span: Span,
        symbol: Symbol,
        walk: impl FnOnce(&mut Self),
    ) {
        let outer = self.scope.len();
        if outer > 0 {
            self.scope.push('.');
        }
        self.scope.push_str(name);
        if !self.index.add(Name::new(&self.scope), self.file, symbol) {
            let message = format!("`{}` is declared twice in this file", self.scope);
            self.diagnostics
                .error(self.file as usize, span, message, None);
        }
        walk(self);
        self.scope.truncate(outer);
    }
}

/// A name is one identifier, so it is ASCII.
fn name(parsed: &ParsedFile, span: Span) -> Cow<'_, str> {
    String::from_utf8_lossy(parsed.slice(span))
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
