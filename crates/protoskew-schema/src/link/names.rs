//! Who declares which full name, and which of them a reference means.

use rustc_hash::{FxHashMap, FxHashSet};

use super::wide::WideMessages;
use crate::{EnumId, FileId, MessageId, Name};

/// What a full name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Symbol {
    Message(MessageId),
    Enum(EnumId),
    Service(u32),
    /// A package or the beginning of one's name.
    Package(u32),
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Entry {
    pub(crate) symbol: Symbol,
    pub(crate) file: FileId,
    /// The entry of the same name before this one, from an earlier file.
    next: Option<u32>,
}

/// Finds messages, enums and services by full name. A name may be declared in several files.
#[derive(Clone, Debug, Default)]
pub struct NameIndex {
    last: FxHashMap<Name, u32>,
    entries: Vec<Entry>,
    pub(super) wide: WideMessages,
}

impl NameIndex {
    /// Adds a name of `file`; files are added one after the other. False if this file declares the name already.
    pub(crate) fn add(&mut self, name: Name, file: FileId, symbol: Symbol) -> bool {
        let here = self.entries.len() as u32;
        match self.last.entry(name) {
            std::collections::hash_map::Entry::Vacant(slot) => {
                slot.insert(here);
                self.entries.push(Entry {
                    symbol,
                    file,
                    next: None,
                });
            }
            std::collections::hash_map::Entry::Occupied(mut slot) => {
                let before = &self.entries[*slot.get() as usize];
                // a package that the same file opened is no clash
                if before.file == file && !matches!(before.symbol, Symbol::Package(_)) {
                    return false;
                }
                let next = Some(slot.insert(here));
                self.entries.push(Entry { symbol, file, next });
            }
        }
        true
    }

    /// The entries of a name, the last file's first.
    pub(crate) fn entries(&self, name: &str) -> Chain<'_> {
        Chain {
            entries: &self.entries,
            at: self.last.get(name).copied(),
        }
    }

    /// A name that is here, to be shared.
    pub(crate) fn shared(&self, name: &str) -> Option<Name> {
        self.last.get_key_value(name).map(|(name, _)| name.clone())
    }

    /// Every name, in no order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.last.keys().map(Name::as_str)
    }

    /// Every name that more than one entry stands for.
    pub(crate) fn shared_names(&self) -> impl Iterator<Item = (&Name, Chain<'_>)> {
        self.last.iter().filter_map(|(name, &last)| {
            self.entries[last as usize].next?;
            let chain = Chain {
                entries: &self.entries,
                at: Some(last),
            };
            Some((name, chain))
        })
    }

    fn ids(&self, name: &str, want: impl Fn(Symbol) -> Option<u32>) -> std::vec::IntoIter<u32> {
        let mut ids: Vec<u32> = self.entries(name).filter_map(|e| want(e.symbol)).collect();
        ids.reverse();
        ids.into_iter()
    }

    /// The messages of that full name, in file order.
    pub fn messages(&self, name: &str) -> std::vec::IntoIter<MessageId> {
        self.ids(name, |symbol| match symbol {
            Symbol::Message(id) => Some(id),
            _ => None,
        })
    }

    /// The enums of that full name, in file order.
    pub fn enums(&self, name: &str) -> std::vec::IntoIter<EnumId> {
        self.ids(name, |symbol| match symbol {
            Symbol::Enum(id) => Some(id),
            _ => None,
        })
    }

    /// The services of that full name (indices of [`crate::Schema::services`]), in file order.
    pub fn services(&self, name: &str) -> std::vec::IntoIter<u32> {
        self.ids(name, |symbol| match symbol {
            Symbol::Service(id) => Some(id),
            _ => None,
        })
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Chain<'a> {
    entries: &'a [Entry],
    at: Option<u32>,
}

impl Iterator for Chain<'_> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        let entry = self.entries[self.at? as usize];
        self.at = entry.next;
        Some(entry)
    }
}

/// What one file sees: itself, what it imports, and what those import publicly.
#[derive(Debug, Default)]
pub(crate) struct View {
    pub(crate) files: FxHashSet<FileId>,
    /// The packages of those files, and the beginnings of their names.
    pub(crate) packages: FxHashSet<u32>,
}

/// How much a name may be that a reference finds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Messages and enums: what else has the name is passed over (a field's type).
    Types,
    /// Whatever has the name (a method's types, what is extended).
    Anything,
}

/// Resolves a reference by protobuf's scoping: the innermost scope in which the *first component* of the name is found decides.
///
/// `view` limits it to what the file sees; `None` lets it see everything. `pick` chooses between several entries.
pub(crate) fn resolve(
    index: &NameIndex,
    view: Option<&View>,
    scope: &str,
    name: &str,
    wanted: Wanted,
    pick: &dyn Fn(Entry, Entry) -> Entry,
) -> Option<(Name, Entry)> {
    let find = |full: &str| {
        let seen = |entry: &Entry| match (view, entry.symbol) {
            (None, _) => true,
            (Some(view), Symbol::Package(id)) => view.packages.contains(&id),
            (Some(view), _) => view.files.contains(&entry.file),
        };
        let (name, &last) = index.last.get_key_value(full)?;
        let chain = Chain {
            entries: &index.entries,
            at: Some(last),
        };
        let found = chain.filter(seen).reduce(pick)?;
        Some((name.clone(), found))
    };
    if let Some(absolute) = name.strip_prefix('.') {
        return find(absolute);
    }
    let first = name.split_once('.').map_or(name, |(first, _)| first);
    let compound = first.len() < name.len();
    let mut full = String::with_capacity(scope.len() + 1 + name.len());
    let mut scope = scope;
    loop {
        full.clear();
        full.push_str(scope);
        if !scope.is_empty() {
            full.push('.');
        }
        let prefix = full.len();
        full.push_str(first);
        if scope.is_empty() && compound {
            // nothing is left to fall back on
            full.truncate(prefix);
            full.push_str(name);
            return find(&full);
        }
        if let Some(found) = find(&full) {
            if compound {
                // all that the index holds can have something inside
                full.push_str(&name[first.len()..]);
                return find(&full);
            }
            let is_type = matches!(found.1.symbol, Symbol::Message(_) | Symbol::Enum(_));
            if is_type || wanted == Wanted::Anything || scope.is_empty() {
                return Some(found);
            }
        }
        if scope.is_empty() {
            return None;
        }
        scope = outer(scope);
    }
}

/// The scope around a full name: `a.b` of `a.b.C`, and nothing of `C`.
pub(crate) fn outer(full: &str) -> &str {
    full.rsplit_once('.').map_or("", |(outer, _)| outer)
}

/// The last part of a full name: `C` of `a.b.C`.
pub(crate) fn short(full: &str) -> &str {
    full.rsplit_once('.').map_or(full, |(_, short)| short)
}
