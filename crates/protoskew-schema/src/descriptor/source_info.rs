//! `SourceCodeInfo`: gives each declaration of a file its spans and its comment.

use std::ops::Range;

use super::proto::{
    EnumProto, FieldProto, FileProto, MessageProto, OneofProto, OptionsProto, Placed, RangeProto,
    ServiceProto,
};
use super::wire::{Broken, Reader, Value, varints};
use crate::{Name, Places, Span};

/// What is known of a file's layout beside the declarations themselves.
#[derive(Debug, Default)]
pub(super) struct Layout {
    pub(super) places: Places,
    /// The comments above messages, enums and fields, one after the other.
    pub(super) comments: Vec<u8>,
    pub(super) syntax: Span,
    pub(super) package: Span,
    /// By index of the dependency.
    pub(super) imports: Vec<Span>,
    pub(super) option_imports: Vec<Span>,
}

/// Puts the spans into the declarations. Positions that cannot be are left out.
pub(super) fn place(file: &mut FileProto, info: &[u8]) -> Result<Layout, Broken> {
    let locations = Locations::read(info)?;
    let mut pass = Pass {
        places: Places::Grid {
            columns: locations.columns(),
        },
        comments: Vec::new(),
        path: Vec::new(),
        locations,
    };
    pass.file(file);
    let span = |path: &[i32]| pass.span_at(path);
    let spans = |field: i32, count: usize| (0..count as i32).map(move |at| span(&[field, at]));
    Ok(Layout {
        places: pass.places,
        // an edition's statement is filed under the edition
        syntax: [12, 14]
            .into_iter()
            .map(|field| span(&[field]))
            .find(|span| *span != Span::default())
            .unwrap_or_default(),
        package: span(&[2]),
        imports: spans(3, file.dependency.len()).collect(),
        option_imports: spans(15, file.option_dependency.len()).collect(),
        comments: pass.comments,
    })
}

/// The locations of one file, sorted by path.
struct Locations<'b> {
    /// All paths, one after the other.
    paths: Vec<i32>,
    list: Vec<Location<'b>>,
}

struct Location<'b> {
    path: Range<usize>,
    /// First line, first column, last line, column behind the last; from 0.
    from: (u32, u32),
    to: (u32, u32),
    comment: &'b [u8],
}

impl<'b> Locations<'b> {
    fn read(info: &'b [u8]) -> Result<Self, Broken> {
        let mut found = Self {
            paths: Vec::new(),
            list: Vec::new(),
        };
        let mut reader = Reader::new(info);
        while let Some(field) = reader.next()? {
            if let (1, Value::Bytes(location)) = (field.number, field.value) {
                found.location(location)?;
            }
        }
        let paths = &found.paths;
        // stable: of two locations of one path the first counts
        found
            .list
            .sort_by(|a, b| paths[a.path.clone()].cmp(&paths[b.path.clone()]));
        Ok(found)
    }

    fn location(&mut self, bytes: &'b [u8]) -> Result<(), Broken> {
        let start = self.paths.len();
        let mut span: Vec<u32> = Vec::with_capacity(4);
        let mut comment = &b""[..];
        let mut reader = Reader::new(bytes);
        while let Some(field) = reader.next()? {
            match (field.number, field.value) {
                (1, value) => self.paths.extend(varints(value).map(|v| v as i32)),
                (2, value) => span.extend(varints(value).map(|v| v.try_into().unwrap_or(u32::MAX))),
                (3, Value::Bytes(text)) => comment = text,
                _ => {}
            }
        }
        let (from, to) = match span[..] {
            [line, column, end] => ((line, column), (line, end)),
            [line, column, last, end] => ((line, column), (last, end)),
            _ => return Ok(()),
        };
        if from <= to {
            self.list.push(Location {
                path: start..self.paths.len(),
                from,
                to,
                comment,
            });
        }
        Ok(())
    }

    /// How wide a line must be for every position to have an offset of its own; 0 where 32 bits do not hold them.
    fn columns(&self) -> u32 {
        let ends = || self.list.iter().flat_map(|l| [l.from, l.to]);
        let lines = ends().map(|(line, _)| line).max().unwrap_or(0);
        let columns = ends().map(|(_, column)| column).max().unwrap_or(0);
        let columns = columns.saturating_add(1);
        let last = u64::from(lines) * u64::from(columns) + u64::from(columns);
        if u32::try_from(last).is_ok() {
            columns
        } else {
            0
        }
    }

    fn at(&self, path: &[i32]) -> Option<&Location<'b>> {
        let index = self.first_from(path);
        let found = self.list.get(index)?;
        (self.paths[found.path.clone()] == *path).then_some(found)
    }

    /// The locations whose path begins so, in the order of their paths.
    fn below(&self, path: &[i32]) -> impl Iterator<Item = (&[i32], &Location<'b>)> {
        let from = self.list[self.first_from(path)..].iter();
        let paths = from.map(|l| (&self.paths[l.path.clone()], l));
        let length = path.len();
        let path = path.to_vec();
        paths
            .take_while(move |(found, _)| found.starts_with(&path))
            .map(move |(found, location)| (&found[length..], location))
    }

    fn first_from(&self, path: &[i32]) -> usize {
        self.list
            .partition_point(|l| self.paths[l.path.clone()] < *path)
    }
}

struct Pass<'b> {
    locations: Locations<'b>,
    places: Places,
    comments: Vec<u8>,
    /// The path of what is being walked.
    path: Vec<i32>,
}

impl Pass<'_> {
    fn file(&mut self, file: &mut FileProto) {
        self.options(8, &mut file.options);
        self.list(4, &mut file.message_type, Self::message);
        self.list(5, &mut file.enum_type, Self::enumeration);
        self.list(6, &mut file.service, Self::service);
        self.list(7, &mut file.extension, Self::field);
    }

    fn message(&mut self, message: &mut MessageProto) {
        message.place = self.placed();
        self.options(7, &mut message.options);
        self.list(2, &mut message.field, Self::field);
        self.list(3, &mut message.nested_type, Self::message);
        self.list(4, &mut message.enum_type, Self::enumeration);
        self.list(5, &mut message.extension_range, Self::range);
        self.list(6, &mut message.extension, Self::field);
        self.list(8, &mut message.oneof_decl, Self::oneof);
        self.list(9, &mut message.reserved_range, Self::range);
        self.list(10, &mut message.reserved_name, Self::reserved_name);
    }

    fn field(&mut self, field: &mut FieldProto) {
        field.place = self.placed();
        field.extendee_span = self.span(2);
        field.number_span = self.span(3);
        // a group has both: the keyword, and its name as that of a type
        field.type_span = self.span(5);
        if field.type_span == Span::default() {
            field.type_span = self.span(6);
        }
        field.json_name_span = self.span(10);
        field.label_span = self.span(4);
        field.default_span = self.span(7);
        self.options(8, &mut field.options);
    }

    fn oneof(&mut self, oneof: &mut OneofProto) {
        oneof.place = self.placed();
        self.options(2, &mut oneof.options);
    }

    fn range(&mut self, range: &mut RangeProto) {
        range.span = self.span_at(&self.path);
        self.options(3, &mut range.options);
    }

    fn reserved_name(&mut self, name: &mut (Name, Span)) {
        name.1 = self.span_at(&self.path);
    }

    fn enumeration(&mut self, item: &mut EnumProto) {
        item.place = self.placed();
        self.options(3, &mut item.options);
        self.list(4, &mut item.reserved_range, Self::range);
        self.list(5, &mut item.reserved_name, Self::reserved_name);
        self.list(2, &mut item.value, |pass, value| {
            value.place = pass.placed();
            value.number_span = pass.span(2);
            pass.options(3, &mut value.options);
        });
    }

    fn service(&mut self, service: &mut ServiceProto) {
        service.place = self.placed();
        self.options(3, &mut service.options);
        self.list(2, &mut service.method, |pass, method| {
            method.place = pass.placed();
            method.input_span = pass.span(2);
            method.output_span = pass.span(3);
            pass.options(4, &mut method.options);
        });
    }

    // ---- parts

    /// Walks what a repeated field holds.
    fn list<T>(&mut self, field: i32, items: &mut [T], mut each: impl FnMut(&mut Self, &mut T)) {
        self.path.push(field);
        for (at, item) in items.iter_mut().enumerate() {
            self.path.push(at as i32);
            each(self, item);
            self.path.pop();
        }
        self.path.pop();
    }

    /// What every declaration has; its name is always field 1.
    fn placed(&mut self) -> Placed {
        let comment = self
            .locations
            .at(&self.path)
            .map_or(&b""[..], |l| l.comment);
        let start = self.comments.len() as u32;
        self.comments.extend_from_slice(comment);
        Placed {
            span: self.span_at(&self.path),
            name: self.span(1),
            comment: if comment.is_empty() {
                Span::default()
            } else {
                Span {
                    start,
                    end: self.comments.len() as u32,
                }
            },
        }
    }

    fn options(&mut self, field: i32, options: &mut OptionsProto) {
        if options.bytes.is_empty() {
            return;
        }
        self.path.push(field);
        let below = self.locations.below(&self.path);
        let mut settings: Vec<(Box<[i32]>, Span)> = below
            .filter(|(path, _)| !path.is_empty())
            .map(|(path, location)| (path.into(), self.offsets(location)))
            .collect();
        settings.sort_by_key(|(_, span)| *span);
        options.settings = settings;
        self.path.pop();
    }

    /// The span of a field of what is being walked.
    fn span(&mut self, field: i32) -> Span {
        self.path.push(field);
        let span = self.span_at(&self.path);
        self.path.pop();
        span
    }

    fn span_at(&self, path: &[i32]) -> Span {
        self.locations
            .at(path)
            .map_or_else(Span::default, |l| self.offsets(l))
    }

    fn offsets(&self, location: &Location<'_>) -> Span {
        Span {
            start: self.places.offset(location.from),
            end: self.places.offset(location.to),
        }
    }
}
