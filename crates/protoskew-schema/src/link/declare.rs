//! First pass over the trees: gives every message, enum and service its id and its full name.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use super::Diagnostics;
use super::names::{NameIndex, Symbol};
use super::reach::Reach;
use crate::parse::literal;
use crate::parse::syntax::{Children, Kind, ParsedFile, flag};
use crate::{EnumId, FileId, MessageId, Name, Span, descriptor};

/// How many there are of what has an id.
pub(crate) struct Counted {
    pub(crate) messages: u32,
    pub(crate) enums: u32,
    pub(crate) services: u32,
}

/// Fills the index. Ids count up in the order in which [`super::lower`] walks the same trees.
pub(crate) fn declare(reach: &mut Reach, diagnostics: &mut Diagnostics) -> (NameIndex, Counted) {
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
    let counted = Counted {
        messages: pass.messages,
        enums: pass.enums,
        services: pass.services,
    };
    (pass.index, counted)
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
    literal::readable(parsed.slice(span))
}
