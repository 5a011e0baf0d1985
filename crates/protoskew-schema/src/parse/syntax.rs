//! The syntax tree of one file: a flat list of nodes in source order that point into the text.

use std::sync::Arc;

use super::errors::SyntaxError;
use crate::descriptor::FileProto;
use crate::{Edition, ImportKind, Name, Places, Span};

/// A parsed file: its text and what stands where in it.
///
/// Knows nothing of its path or of other files, never changes, and is meant to be shared in an [`Arc`].
#[derive(Debug)]
pub struct ParsedFile {
    /// Of a descriptor: the comments that it holds.
    pub(crate) text: Arc<[u8]>,
    pub(crate) places: Places,
    /// What stands where in the text; none of a descriptor.
    pub(crate) nodes: Box<[Node]>,
    pub(crate) imports: Box<[ImportStatement]>,
    pub(crate) errors: Box<[SyntaxError]>,
    pub(crate) edition: Edition,
    /// Span of the `syntax` or `edition` statement, or empty.
    pub(crate) syntax_span: Span,
    /// Span of the `package` statement, or empty.
    pub(crate) package_span: Span,
    pub(crate) package: Name,
    /// Nothing was read: the edition is unknown or the text too long.
    pub(crate) refused: bool,
    /// The file as a compiler described it, in place of a text.
    pub(crate) descriptor: Option<Box<FileProto>>,
}

#[derive(Debug)]
pub(crate) struct ImportStatement {
    pub(crate) path: Name,
    pub(crate) kind: ImportKind,
    pub(crate) span: Span,
}

impl ParsedFile {
    /// The text that all spans point into.
    pub fn text(&self) -> &Arc<[u8]> {
        &self.text
    }

    /// The paths that the file imports, in source order, escapes undone.
    pub fn imports(&self) -> impl Iterator<Item = (&str, ImportKind)> {
        self.imports.iter().map(|i| (i.path.as_str(), i.kind))
    }

    /// The package, or an empty string.
    pub fn package(&self) -> &str {
        &self.package
    }

    /// The dialect that the file is written in.
    pub fn edition(&self) -> Edition {
        self.edition
    }

    /// Whether anything in the text is not as the language wants it.
    pub fn has_syntax_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// What is wrong with the text, in source order; at most a hundred.
    pub fn syntax_errors(&self) -> &[SyntaxError] {
        &self.errors
    }

    /// Whether nothing was read at all, because the edition is not supported or the text is too long.
    pub fn is_refused(&self) -> bool {
        self.refused
    }

    /// Every span that the tree holds, syntax errors aside, in the order of the statements; empty ones where a statement lacks a part.
    pub fn spans(&self) -> impl Iterator<Item = Span> {
        let nodes = self.nodes.iter();
        let parts = nodes.flat_map(|n| [n.span, n.name, n.ty, n.value, n.comment]);
        let imports = self.imports.iter().map(|import| import.span);
        [self.syntax_span, self.package_span]
            .into_iter()
            .chain(imports)
            .chain(parts)
    }

    /// What the spans of this file are.
    pub fn places(&self) -> Places {
        self.places
    }

    /// Adds the error of a descriptor whose set holds another file of the same path.
    pub(crate) fn twice_in_its_set(&mut self) {
        let message = "the descriptor set holds another file of this path; the first one is read";
        self.errors = [SyntaxError {
            span: Span::default(),
            message: message.into(),
            help: Some("build the set anew: two different sets were joined"),
        }]
        .into();
    }

    /// Indices of the top-level statements.
    pub(crate) fn roots(&self) -> Children<'_> {
        Children {
            nodes: &self.nodes,
            at: 0,
            end: self.nodes.len() as u32,
        }
    }

    /// Indices of the nodes directly inside of one.
    pub(crate) fn children(&self, node: u32) -> Children<'_> {
        Children {
            nodes: &self.nodes,
            at: node + 1,
            end: self.nodes[node as usize].end,
        }
    }

    /// One node alone.
    pub(crate) fn just(&self, node: u32) -> Children<'_> {
        Children {
            nodes: &self.nodes,
            at: node,
            end: self.nodes[node as usize].end,
        }
    }

    pub(crate) fn slice(&self, span: Span) -> &[u8] {
        &self.text[span.start as usize..span.end as usize]
    }
}

/// A statement, or a part of one that there may be several of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) flags: u8,
    /// Index behind the last node inside of this one.
    pub(crate) end: u32,
    /// The whole declaration.
    pub(crate) span: Span,
    /// Its name; of an option too.
    pub(crate) name: Span,
    /// A type; of an `extend` the extended one.
    pub(crate) ty: Span,
    /// A number, or an option's value; of a range the last number.
    pub(crate) value: Span,
    /// The comment above.
    pub(crate) comment: Span,
}

impl Node {
    /// An option from its name to the end of its value, without the keyword before.
    pub(crate) fn span_of_option(&self) -> Span {
        Span {
            start: self.name.start,
            end: self.value.end,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `option x = y;`
    Option,
    /// `[x = y]`
    InlineOption,
    Message,
    /// Fields, groups and maps. A group holds first its inline options, then its body.
    Field,
    Oneof,
    Enum,
    EnumValue,
    Extend,
    Service,
    Method,
    /// Inside of a method: first the request, then the response. Inside of a map: first the key, then the value.
    Type,
    Reserved,
    Extensions,
    /// Inside of `Reserved` and `Extensions`: first number in `name`, last one in `value` (empty if there is one only).
    Range,
    /// Inside of `Reserved`.
    ReservedName,
}

/// Bits of [`Node::flags`]; what a bit means depends on the kind.
pub(crate) mod flag {
    pub(crate) const OPTIONAL: u8 = 1;
    pub(crate) const REQUIRED: u8 = 2;
    pub(crate) const REPEATED: u8 = 4;
    pub(crate) const GROUP: u8 = 8;
    pub(crate) const MAP: u8 = 16;
    pub(crate) const EXPORT: u8 = 1;
    pub(crate) const LOCAL: u8 = 2;
    pub(crate) const STREAM: u8 = 1;
    /// A range that ends in `max`.
    pub(crate) const TO_MAX: u8 = 1;
}

/// Walks over the direct children of a node.
#[derive(Clone, Debug)]
pub(crate) struct Children<'a> {
    nodes: &'a [Node],
    at: u32,
    end: u32,
}

impl<'a> Iterator for Children<'a> {
    type Item = (u32, &'a Node);

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.end {
            return None;
        }
        let at = self.at;
        let node = &self.nodes[at as usize];
        self.at = node.end;
        Some((at, node))
    }
}
