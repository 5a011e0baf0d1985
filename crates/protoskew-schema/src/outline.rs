//! What one file declares, by number and name: all that a history of numbers needs, without linking.
//!
//! Types are known by their name as written (`Foo`, `pkg.Foo`), because the files that they stand in are not asked; in a descriptor by
//! their full names.

use std::fmt::Write as _;

use crate::parse::literal;
use crate::parse::syntax::{Children, Kind, Node, flag};
use crate::{Name, NumberRange, ParsedFile, ReservedName, Span, descriptor};

/// The largest number of a field.
const LAST_FIELD_NUMBER: i32 = 536_870_911;

/// What one file declares.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// `package`, or empty.
    pub package: Name,
    /// Everything with numbers or paths, in source order, nested declarations behind what they are nested in.
    pub items: Vec<Declared>,
}

/// What kind of thing holds numbers or paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DeclaredKind {
    /// Its members are fields.
    Message,
    /// Its members are values.
    Enum,
    /// Its members are methods; their number is 0.
    Service,
    /// A message that is extended here; its members are extensions by their full names.
    Extendee,
}

/// A message, an enum, a service, or one `extend` block.
#[derive(Clone, Debug)]
pub struct Declared {
    /// Which of them.
    pub kind: DeclaredKind,
    /// Its full name.
    pub name: Name,
    /// Span of its name.
    pub span: Span,
    /// What it holds, in source order.
    pub members: Vec<Member>,
    /// Reserved numbers.
    pub reserved: Vec<NumberRange>,
    /// Reserved names.
    pub reserved_names: Vec<ReservedName>,
    /// `extensions 100 to 199;`
    pub extension_ranges: Vec<NumberRange>,
}

/// A field, an enum value, a method or an extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its number; 0 for a method.
    pub number: i32,
    /// Its short name; the full one for an extension.
    pub name: Name,
    /// As a person would write it: `repeated string`, `map<string, Foo>`, `Request -> stream Response`; empty for an
    /// enum value.
    pub ty: Name,
    /// Span of the whole declaration.
    pub span: Span,
}

/// A top-level declaration: the piece of a file that most often stays as it is when the file changes.
#[derive(Clone, Copy)]
pub struct Piece<'a> {
    parsed: &'a ParsedFile,
    at: u32,
}

impl<'a> Piece<'a> {
    /// Its text.
    pub fn text(&self) -> &'a [u8] {
        self.parsed.slice(self.node().span)
    }

    /// Where its text begins in the file.
    pub fn start(&self) -> u32 {
        self.node().span.start
    }

    /// What it declares; for a file in which nothing extends a message this, piece by piece, is all that it declares.
    ///
    /// The answer depends on the text, the file's package and its dialect alone.
    pub fn items(&self) -> Vec<Declared> {
        outlined(self.parsed, self.parsed.just(self.at))
    }

    fn node(&self) -> &'a Node {
        &self.parsed.nodes[self.at as usize]
    }
}

fn outlined(parsed: &ParsedFile, children: Children<'_>) -> Vec<Declared> {
    let mut outliner = Outliner {
        parsed,
        items: Vec::new(),
        scope: parsed.package().to_owned(),
    };
    outliner.scope(children, None);
    outliner.items
}

impl Declared {
    /// What says nothing yet.
    pub(crate) fn empty(kind: DeclaredKind, name: Name, span: Span) -> Self {
        Self {
            kind,
            name,
            span,
            members: Vec::new(),
            reserved: Vec::new(),
            reserved_names: Vec::new(),
            extension_ranges: Vec::new(),
        }
    }
}

impl ParsedFile {
    /// The top-level declarations, in source order; `None` where one of them extends a message (which one that is, only the whole file can
    /// tell), and of a descriptor, which has no text to tell pieces by.
    pub fn pieces(&self) -> Option<Vec<Piece<'_>>> {
        if self.descriptor.is_some() || self.nodes.iter().any(|node| node.kind == Kind::Extend) {
            return None;
        }
        let declares =
            |node: &Node| matches!(node.kind, Kind::Message | Kind::Enum | Kind::Service);
        let roots = self.roots().filter(|(_, node)| declares(node));
        Some(roots.map(|(at, _)| Piece { parsed: self, at }).collect())
    }

    /// What the file declares.
    pub fn outline(&self) -> Outline {
        if let Some(file) = &self.descriptor {
            return Outline {
                package: self.package.clone(),
                items: descriptor::outline(file),
            };
        }
        let mut items = outlined(self, self.roots());
        for at in 0..items.len() {
            if items[at].kind == DeclaredKind::Extendee {
                let full = self.extendee(&items[at].name, &items);
                items[at].name = full;
            }
        }
        Outline {
            package: self.package.clone(),
            items,
        }
    }

    /// The full name of an extended message, as well as one file alone can tell.
    fn extendee(&self, written: &str, items: &[Declared]) -> Name {
        if let Some(full) = written.strip_prefix('.') {
            return full.into();
        }
        let mut scope = self.package();
        loop {
            let full = joined(scope, written);
            let here = |item: &Declared| item.kind == DeclaredKind::Message && item.name == full;
            if items.iter().any(here) {
                return full;
            }
            match scope.rsplit_once('.') {
                Some((above, _)) => scope = above,
                None if scope.is_empty() => break,
                None => scope = "",
            }
        }
        if written.contains('.') {
            written.into()
        } else {
            joined(self.package(), written)
        }
    }
}

pub(crate) fn joined(scope: &str, name: &str) -> Name {
    if scope.is_empty() {
        name.into()
    } else {
        format!("{scope}.{name}").into()
    }
}

struct Outliner<'a> {
    parsed: &'a ParsedFile,
    items: Vec<Declared>,
    scope: String,
}

impl<'a> Outliner<'a> {
    /// Reads what stands in a scope; `into`: the message (or `extend`) that fields belong to.
    fn scope(&mut self, children: Children<'a>, into: Option<usize>) {
        for (at, node) in children {
            match node.kind {
                Kind::Message => self.message(at, node),
                Kind::Enum => self.enumeration(at, node),
                Kind::Service => self.service(at, node),
                Kind::Oneof => self.scope(self.parsed.children(at), into),
                Kind::Extend => {
                    let extendee = self.open(DeclaredKind::Extendee, node.ty, node.ty);
                    self.scope(self.parsed.children(at), Some(extendee));
                }
                Kind::Field => self.field(at, node, into),
                Kind::Reserved => {
                    if let Some(into) = into {
                        self.reserved(at, into, LAST_FIELD_NUMBER);
                    }
                }
                Kind::Extensions => {
                    if let Some(into) = into {
                        let ranges = self.ranges(at, LAST_FIELD_NUMBER);
                        self.items[into].extension_ranges.extend(ranges);
                    }
                }
                _ => {}
            }
        }
    }

    fn message(&mut self, at: u32, node: &Node) {
        let outer = self.enter(node.name);
        let message = self.open(DeclaredKind::Message, node.name, Span::default());
        self.scope(self.parsed.children(at), Some(message));
        self.scope.truncate(outer);
    }

    fn enumeration(&mut self, at: u32, node: &Node) {
        let outer = self.enter(node.name);
        let item = self.open(DeclaredKind::Enum, node.name, Span::default());
        self.scope.truncate(outer);
        for (at, node) in self.parsed.children(at) {
            match node.kind {
                Kind::EnumValue => {
                    if let Some(number) = literal::signed(&self.parsed.text, node.value) {
                        let name = self.text(node.name);
                        self.items[item].members.push(Member {
                            number,
                            name,
                            ty: Name::default(),
                            span: node.span,
                        });
                    }
                }
                Kind::Reserved => self.reserved(at, item, i32::MAX),
                _ => {}
            }
        }
    }

    fn service(&mut self, at: u32, node: &Node) {
        let outer = self.enter(node.name);
        let item = self.open(DeclaredKind::Service, node.name, Span::default());
        self.scope.truncate(outer);
        for (at, node) in self.parsed.children(at) {
            if node.kind != Kind::Method {
                continue;
            }
            let mut types = self
                .parsed
                .children(at)
                .filter(|(_, node)| node.kind == Kind::Type)
                .map(|(_, node)| {
                    let stream = if node.flags & flag::STREAM != 0 {
                        "stream "
                    } else {
                        ""
                    };
                    format!("{stream}{}", self.type_text(node.ty))
                });
            let request = types.next().unwrap_or_default();
            let response = types.next().unwrap_or_default();
            drop(types);
            let name = self.text(node.name);
            self.items[item].members.push(Member {
                number: 0,
                name,
                ty: format!("{request} -> {response}").into(),
                span: node.span,
            });
        }
    }

    fn field(&mut self, at: u32, node: &Node, into: Option<usize>) {
        let group = node.flags & flag::GROUP != 0;
        if group {
            // a group is a message too
            self.message(at, node);
        }
        let Some(into) = into else { return };
        let number = literal::unsigned(self.parsed.slice(node.value));
        let Some(number) = number.and_then(|number| i32::try_from(number).ok()) else {
            return;
        };
        let mut ty = String::new();
        if node.flags & flag::MAP != 0 {
            let mut types = self
                .parsed
                .children(at)
                .filter(|(_, node)| node.kind == Kind::Type)
                .map(|(_, node)| self.type_text(node.ty));
            let key = types.next().unwrap_or_default();
            let value = types.next().unwrap_or_default();
            let _ = write!(ty, "map<{key}, {value}>");
        } else {
            if node.flags & flag::REPEATED != 0 {
                ty.push_str("repeated ");
            }
            ty.push_str(&if group {
                joined(&self.scope, &self.text(node.name))
            } else {
                self.type_of(node)
            });
        }
        let mut name = self.text(node.name);
        if group {
            name = name.to_ascii_lowercase().into();
        }
        if self.items[into].kind == DeclaredKind::Extendee {
            name = joined(&self.scope, &name);
        }
        self.items[into].members.push(Member {
            number,
            name,
            ty: ty.into(),
            span: node.span,
        });
    }

    /// The type of a field without its label: its span begins where the type does.
    fn type_of(&self, node: &Node) -> Name {
        self.type_text(node.ty)
    }

    /// A type's name without a leading dot, spaces and comments.
    fn type_text(&self, span: Span) -> Name {
        let bytes = self.parsed.slice(span);
        let plain = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.');
        let text: Name = if bytes.iter().all(plain) {
            String::from_utf8_lossy(bytes).into()
        } else {
            literal::dotted(&self.parsed.text, span)
        };
        match text.strip_prefix('.') {
            Some(rest) => rest.into(),
            None => text,
        }
    }

    fn reserved(&mut self, at: u32, into: usize, most: i32) {
        let ranges = self.ranges(at, most);
        self.items[into].reserved.extend(ranges);
        for (_, node) in self.parsed.children(at) {
            if node.kind == Kind::ReservedName {
                let bytes = self.parsed.slice(node.name);
                let name = if bytes.first().is_some_and(|b| matches!(b, b'"' | b'\'')) {
                    literal::string_text(&self.parsed.text, node.name).into()
                } else {
                    self.text(node.name)
                };
                self.items[into].reserved_names.push(ReservedName {
                    name,
                    span: node.name,
                });
            }
        }
    }

    fn ranges(&self, at: u32, most: i32) -> Vec<NumberRange> {
        let text = &self.parsed.text;
        self.parsed
            .children(at)
            .filter(|(_, node)| node.kind == Kind::Range)
            .filter_map(|(_, node)| {
                let start = literal::signed(text, node.name)?;
                let end = if node.flags & flag::TO_MAX != 0 {
                    most
                } else if node.value == Span::default() {
                    start
                } else {
                    literal::signed(text, node.value)?
                };
                (start <= end).then_some(NumberRange {
                    start,
                    end,
                    span: node.span,
                })
            })
            .collect()
    }

    /// Opens an item: named by the scope, or (an `extend`) by the type that `extended` points at.
    fn open(&mut self, kind: DeclaredKind, span: Span, extended: Span) -> usize {
        let name = if kind == DeclaredKind::Extendee {
            // the leading dot says that the name is whole
            String::from_utf8_lossy(self.parsed.slice(extended)).into()
        } else {
            Name::new(&self.scope)
        };
        self.items.push(Declared::empty(kind, name, span));
        self.items.len() - 1
    }

    fn enter(&mut self, name: Span) -> usize {
        let outer = self.scope.len();
        if outer > 0 {
            self.scope.push('.');
        }
        let name = String::from_utf8_lossy(self.parsed.slice(name));
        self.scope.push_str(&name);
        outer
    }

    fn text(&self, span: Span) -> Name {
        String::from_utf8_lossy(self.parsed.slice(span)).into()
    }
}

#[cfg(test)]
mod tests {
    use crate::parse;

    /// One line for each declaration, one for each member.
    fn lines(text: &str) -> String {
        let mut lines = String::new();
        for item in parse(text.as_bytes().into()).outline().items {
            lines += &format!("{:?} {}", item.kind, item.name);
            for range in item.reserved {
                lines += &format!(" -{}..{}", range.start, range.end);
            }
            for reserved in item.reserved_names {
                lines += &format!(" -{}", reserved.name);
            }
            for range in item.extension_ranges {
                lines += &format!(" +{}..{}", range.start, range.end);
            }
            for member in item.members {
                lines += &format!("; {} {} {}", member.number, member.name, member.ty);
            }
            lines += "\n";
        }
        lines
    }

    #[test]
    fn piece_by_piece_as_in_one_go() {
        let text = "package a; message M { message N { int32 x = 1; } reserved 2; N n = 3; }\n\
                    enum E { Z = 0; } option x = 1; service S { rpc Get(M) returns (E); }";
        let parsed = parse(text.as_bytes().into());
        let pieces = parsed.pieces().expect("nothing is extended");
        let texts = pieces.iter().map(|piece| piece.text()[0]);
        assert_eq!(texts.collect::<Vec<u8>>(), b"mes");
        let items = pieces.iter().flat_map(|piece| piece.items());
        assert_eq!(
            format!("{:?}", items.collect::<Vec<_>>()),
            format!("{:?}", parsed.outline().items)
        );
        assert!(
            parse(b"message M { extend M { int32 x = 1; } }"[..].into())
                .pieces()
                .is_none()
        );
    }

    #[test]
    fn everything_with_a_number() {
        let text = r#"
            package a.b;
            message M {
              optional .a.b. C c = 1;
              repeated group Inner = 2 { optional int32 x = 1; }
              map<string, C> m = 3;
              oneof o { string s = 0x10; }
              reserved 5, 7 to max; reserved "old";
              extensions 100 to 199;
              enum E { option allow_alias = true; A = 0; B = -1; reserved -5 to -3; }
              extend M { optional bool flag = 100; }
            }
            extend google.protobuf.FieldOptions { repeated string tags = 50000; }
            service S { rpc Get(C) returns (stream .a.b.C); }
        "#;
        assert_eq!(
            lines(text),
            "Message a.b.M -5..5 -7..536870911 -old +100..199; 1 c a.b.C; 2 inner repeated a.b.M.Inner; \
             3 m map<string, C>; 16 s string\n\
             Message a.b.M.Inner; 1 x int32\n\
             Enum a.b.M.E --5..-3; 0 A ; -1 B \n\
             Extendee a.b.M; 100 a.b.M.flag bool\n\
             Extendee google.protobuf.FieldOptions; 50000 a.b.tags repeated string\n\
             Service a.b.S; 0 Get C -> stream a.b.C\n"
        );
    }
}
