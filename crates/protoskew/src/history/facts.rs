//! What one file said at one time: its declarations with digests, so that two states of it are compared at a glance.

use std::hash::{Hash, Hasher};

use protoskew_schema::outline::{Declared, DeclaredKind};
use protoskew_schema::{Name, ParsedFile};
use rustc_hash::FxHasher;

/// What one file declares.
#[derive(Debug, Default)]
pub struct Facts {
    /// `package`, or empty.
    pub package: Name,
    /// The first thing in it that is not as the language wants it.
    pub broken: Option<String>,
    /// Its declarations; those of one name and kind (several `extend` blocks) are one.
    pub items: Vec<Item>,
}

/// One declaration.
#[derive(Debug)]
pub struct Item {
    /// What it says.
    pub declared: Declared,
    /// Of everything but places: equal digests say the same.
    pub digest: u64,
}

/// What two declarations have in common when they are of one element.
pub(crate) type Key = (DeclaredKind, Name);

impl Item {
    pub(crate) fn new(declared: Declared) -> Self {
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

impl Facts {
    /// The facts of a file; the text is not kept.
    pub fn of(parsed: &ParsedFile) -> Self {
        let outline = parsed.outline();
        let mut declared: Vec<Declared> = Vec::with_capacity(outline.items.len());
        for item in outline.items {
            let first = (item.kind == DeclaredKind::Extendee)
                .then(|| {
                    declared.iter_mut().find(|known| {
                        known.kind == DeclaredKind::Extendee && known.name == item.name
                    })
                })
                .flatten();
            match first {
                Some(known) => known.members.extend(item.members),
                None => declared.push(item),
            }
        }
        Self {
            package: outline.package,
            broken: parsed
                .syntax_errors()
                .first()
                .map(|error| error.message.clone().into_owned()),
            items: declared.into_iter().map(Item::new).collect(),
        }
    }
}

/// Whether two names of types, each as written where it stands, may mean one type: `Foo` and `pkg.Foo` do.
pub(crate) fn same_type(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let (a, b) = (pieces(a), pieces(b));
    a.len() == b.len() && a.iter().zip(&b).all(|(a, b)| same_word(a, b))
}

/// A type's text in words: `map<string, Foo>` → `map`, `string`, `Foo`.
fn pieces(text: &str) -> Vec<&str> {
    text.split([' ', '<', '>', ','])
        .filter(|piece| !piece.is_empty())
        .collect()
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
    if same_type(a, b) {
        return true;
    }
    // how many there are is another question
    let single = |text: &'_ str| -> String { text.trim_start_matches("repeated ").to_owned() };
    let (a, b) = (single(a), single(b));
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
        (None, None) => same_type(&a, &b) || renamed(&a, &b),
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
        let same = |a, b| same_group(a, b, |name| name == "E", |a, b| (a, b) == ("Old", "New"));
        assert!(same("int32", "bool"));
        assert!(same("E", "int32"));
        assert!(same("string", "bytes"));
        assert!(same("Old", "New"));
        assert!(!same("New", "Old"));
        assert!(!same("Foo", "int32"));
        assert!(!same("int32", "sint32"));
    }
}
