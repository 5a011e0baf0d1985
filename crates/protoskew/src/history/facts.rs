//! What one file said at one time: its declarations with digests, so that two states of it are compared at a glance.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::{Arc, Mutex};

use protoskew_schema::outline::{Declared, DeclaredKind, Member, Piece};
use protoskew_schema::{Name, ParsedFile, Span, parse};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::ledger::Spot;
use crate::source::store::lock;

/// What one file declares.
#[derive(Debug, Default)]
pub struct Facts {
    /// `package`, or empty.
    pub package: Name,
    /// The first thing in it that is not as the language wants it.
    pub broken: Option<String>,
    /// Its declarations, in the order of [`declarations`]; shared by all files and states that say the same.
    pub items: Box<[Arc<Item>]>,
}

/// One declaration: what it says, wherever it stands.
#[derive(Debug)]
pub struct Item {
    /// What it says. Its spans are empty: a [`Part`] of it is looked up in the text when a person wants to see it.
    pub declared: Declared,
    /// Equal digests say the same.
    pub digest: u64,
}

/// A part of a declaration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its name.
    Name,
    /// A member, by index.
    Member(u32),
    /// A range of reserved numbers, by index.
    Reserved(u32),
    /// A reserved name, by index.
    ReservedName(u32),
    /// A range of extensions, by index.
    Extensions(u32),
}

/// What two declarations have in common when they are of one element.
pub(crate) type Key = (DeclaredKind, Name);

impl Item {
    pub(super) fn new(mut declared: Declared) -> Self {
        for span in spans(&mut declared) {
            *span = Span::default();
        }
        let mut hasher = FxHasher::default();
        for member in &declared.members {
            (member.number, &member.name, &member.ty).hash(&mut hasher);
        }
        for ranges in [&declared.reserved, &declared.extension_ranges] {
            ranges.len().hash(&mut hasher);
            for range in ranges {
                (range.start, range.end).hash(&mut hasher);
            }
        }
        for reserved in &declared.reserved_names {
            reserved.name.hash(&mut hasher);
        }
        Self {
            declared,
            digest: hasher.finish(),
        }
    }

    pub(crate) fn key(&self) -> Key {
        (self.declared.kind, self.declared.name.clone())
    }
}

impl PartialEq for Item {
    fn eq(&self, other: &Self) -> bool {
        let (one, two) = (&self.declared, &other.declared);
        self.digest == other.digest
            && (one.kind, &one.name, &one.members) == (two.kind, &two.name, &two.members)
            && (&one.reserved, &one.extension_ranges) == (&two.reserved, &two.extension_ranges)
            && (one.reserved_names.iter().map(|it| &it.name))
                .eq(two.reserved_names.iter().map(|it| &it.name))
    }
}

impl Eq for Item {}

impl Hash for Item {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.digest, self.declared.kind, &self.declared.name).hash(state);
    }
}

fn spans(declared: &mut Declared) -> impl Iterator<Item = &mut Span> {
    let members = declared.members.iter_mut().map(|member| &mut member.span);
    let names = declared
        .reserved_names
        .iter_mut()
        .map(|name| &mut name.span);
    let ranges = declared.reserved.iter_mut();
    let ranges = ranges.chain(&mut declared.extension_ranges);
    std::iter::once(&mut declared.span)
        .chain(members)
        .chain(names)
        .chain(ranges.map(|range| &mut range.span))
}

/// The text of a file, and what it declares where.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) text: Arc<[u8]>,
    declarations: Arc<[Declared]>,
}

impl Shown {
    pub(crate) fn of(text: Arc<[u8]>) -> Self {
        let declarations = declarations(&parse(Arc::clone(&text))).into();
        Self { text, declarations }
    }

    /// Where something stands in the text.
    pub(crate) fn span(&self, spot: Spot) -> Span {
        let declared = self.declarations.get(spot.declaration.item as usize);
        declared.map_or_else(Span::default, |declared| spot.part.span(declared))
    }
}

impl Part {
    fn span(self, declared: &Declared) -> Span {
        let at = |index: u32| index as usize;
        let found = match self {
            Self::Name => Some(declared.span),
            Self::Member(index) => declared.members.get(at(index)).map(|it| it.span),
            Self::Reserved(index) => declared.reserved.get(at(index)).map(|it| it.span),
            Self::ReservedName(index) => declared.reserved_names.get(at(index)).map(|it| it.span),
            Self::Extensions(index) => declared.extension_ranges.get(at(index)).map(|it| it.span),
        };
        found.unwrap_or(declared.span)
    }
}

impl Facts {
    /// The facts of a file; its text is not kept. What it has in common with those in `known` is shared with them.
    pub fn of(parsed: &ParsedFile, known: &Known) -> Self {
        let items = match parsed.pieces() {
            Some(pieces) => {
                let items = pieces.iter().map(|piece| known.piece(parsed, piece));
                items.flat_map(|items| items.to_vec()).collect()
            }
            None => declarations(parsed)
                .into_iter()
                .map(|it| known.item(it))
                .collect(),
        };
        Self {
            package: parsed.package().into(),
            broken: parsed
                .syntax_errors()
                .first()
                .map(|error| error.message.clone().into_owned()),
            items,
        }
    }
}

/// The declarations of a file, with their spans; all blocks that extend one message are one.
pub(crate) fn declarations(parsed: &ParsedFile) -> Vec<Declared> {
    let mut declared: Vec<Declared> = Vec::new();
    for item in parsed.outline().items {
        let same = (item.kind == DeclaredKind::Extendee)
            .then(|| {
                let mut others = declared.iter_mut();
                others.find(|known| known.kind == item.kind && known.name == item.name)
            })
            .flatten();
        match same {
            Some(known) => known.members.extend(item.members),
            None => declared.push(item),
        }
    }
    declared
}

/// What was read so far, so that what the states of a file have in common is read and kept once.
#[derive(Debug, Default)]
pub struct Known {
    /// Several, so that threads seldom wait for each other.
    pieces: [Mutex<FxHashMap<PieceKey, Items>>; SHARDS],
    items: [Mutex<FxHashSet<Arc<Item>>>; SHARDS],
}

const SHARDS: usize = 16;

/// What one piece declares.
type Items = Arc<[Arc<Item>]>;

/// Two digests of a piece's text, package and dialect, made in different ways, and its length.
type PieceKey = (u64, u64, usize);

impl Known {
    /// Begins with what an earlier run has read.
    pub(super) fn with<'f>(facts: impl Iterator<Item = &'f Facts>) -> Self {
        let known = Self::default();
        for item in facts.flat_map(|facts| &facts.items) {
            let mut items = lock(&known.items[item.digest as usize % SHARDS]);
            if !items.contains(item) {
                items.insert(Arc::clone(item));
            }
        }
        known
    }

    /// What a piece of a file declares.
    fn piece(&self, parsed: &ParsedFile, piece: &Piece<'_>) -> Items {
        let text = piece.text();
        let mut one = FxHasher::default();
        (parsed.edition(), parsed.package(), text).hash(&mut one);
        let mut two = DefaultHasher::new();
        (text, parsed.package()).hash(&mut two);
        let key = (one.finish(), two.finish(), text.len());
        let pieces = &self.pieces[key.1 as usize % SHARDS];
        if let Some(known) = lock(pieces).get(&key) {
            return Arc::clone(known);
        }
        let items = piece.items().into_iter().map(|item| self.item(item));
        let items = items.collect();
        Arc::clone(lock(pieces).entry(key).or_insert(items))
    }

    /// A declaration, shared with all that say the same.
    fn item(&self, declared: Declared) -> Arc<Item> {
        let item = Item::new(declared);
        let mut items = lock(&self.items[item.digest as usize % SHARDS]);
        if let Some(known) = items.get(&item) {
            return Arc::clone(known);
        }
        let item = Arc::new(item);
        items.insert(Arc::clone(&item));
        item
    }
}

/// Whether two names of types, each as written where it stands, may mean one type: `Foo` and `pkg.Foo` do.
pub(crate) fn same_type(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (mut a, mut b) = (pieces(a), pieces(b));
    loop {
        match (a.next(), b.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if same_word(a, b) => {}
            _ => return false,
        }
    }
}

/// Whether two members are one, as far as one file alone can tell.
///
/// A field of the same number and name whose type went to another package is the same field. A method's types say more
/// than that: they are all that it has.
pub(crate) fn same_member(a: &Member, b: &Member) -> bool {
    let method = a.number == 0 && !a.ty.is_empty();
    a.number == b.number
        && a.name == b.name
        && if method {
            same_type(&a.ty, &b.ty)
        } else {
            pieces(&a.ty).map(last).eq(pieces(&b.ty).map(last))
        }
}

/// The last part of a name: what two ways to write one name have in common.
pub(crate) fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// A type's text in words: `map<string, Foo>` → `map`, `string`, `Foo`.
pub(crate) fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '<', '>', ','])
        .filter(|piece| !piece.is_empty())
}

fn same_word(a: &str, b: &str) -> bool {
    let ends = |long: &str, short: &str| {
        long.strip_suffix(short)
            .is_some_and(|rest| rest.ends_with('.'))
    };
    a == b || ends(a, b) || ends(b, a)
}

/// Types that read each other's bytes as the same kind of thing: what a field may change to and still be itself.
pub(crate) fn same_group(
    a: &str,
    b: &str,
    is_enum: impl Fn(&str) -> bool,
    renamed: impl Fn(&str, &str) -> bool,
) -> bool {
    // how many there are is another question
    let single = |text: &'_ str| -> String { text.trim_start_matches("repeated ").to_owned() };
    let (one, two) = (single(a), single(b));
    if same_type(a, b) || renamed(&one, &two) {
        return true;
    }
    let (a, b) = (one, two);
    let group = |text: &str| -> Option<u8> {
        Some(match text {
            "int32" | "int64" | "uint32" | "uint64" | "bool" => 1,
            "sint32" | "sint64" => 2,
            "fixed32" | "sfixed32" => 3,
            "fixed64" | "sfixed64" => 4,
            "string" | "bytes" => 5,
            "float" => 6,
            "double" => 7,
            _ if is_enum(text) => 1,
            _ => return None,
        })
    };
    match (group(&a), group(&b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => same_type(&a, &b),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{same_group, same_type};

    #[test]
    fn types_by_the_end_of_their_names() {
        assert!(same_type("Foo", "pkg.Foo"));
        assert!(same_type("map<string, Foo>", "map<string, a.b.Foo>"));
        assert!(!same_type("Foo", "pkgFoo"));
        assert!(!same_type("repeated Foo", "Foo"));
        assert!(!same_type("stream A -> B", "A -> stream B"));
    }

    #[test]
    fn groups() {
        let renamed = |a: &str, b: &str| matches!((a, b), ("Old", "New") | ("OldE", "E"));
        let same = |a, b| same_group(a, b, |name| name == "E", renamed);
        assert!(same("OldE", "E"), "an enum that goes by another name now");
        assert!(same("int32", "bool"));
        assert!(same("E", "int32"));
        assert!(same("string", "bytes"));
        assert!(same("Old", "New"));
        assert!(same("repeated Old", "repeated New"));
        assert!(!same("New", "Old"));
        assert!(!same("Foo", "int32"));
        assert!(!same("int32", "sint32"));
    }
}
