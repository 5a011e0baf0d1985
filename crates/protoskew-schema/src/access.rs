//! Ways into a schema: by name, by id, from an offset to a line.

use crate::link::reach;
use crate::{
    Enum, EnumId, File, FileId, Message, MessageId, Name, Options, Scalar, Schema, Service, Span,
};

impl Schema {
    /// The messages of that full name, one for each file that declares it, in file order.
    pub fn messages_named<'s>(
        &'s self,
        name: &str,
    ) -> impl Iterator<Item = (MessageId, &'s Message)> + use<'s> {
        let ids = self.index.messages(name);
        ids.map(|id| (id, &self.messages[id as usize]))
    }

    /// The enums of that full name, one for each file that declares it, in file order.
    pub fn enums_named<'s>(
        &'s self,
        name: &str,
    ) -> impl Iterator<Item = (EnumId, &'s Enum)> + use<'s> {
        let ids = self.index.enums(name);
        ids.map(|id| (id, &self.enums[id as usize]))
    }

    /// The services of that full name, one for each file that declares it, in file order.
    pub fn services_named<'s>(
        &'s self,
        name: &str,
    ) -> impl Iterator<Item = (u32, &'s Service)> + use<'s> {
        let ids = self.index.services(name);
        ids.map(|id| (id, &self.services[id as usize]))
    }

    /// The files whose declarations are seen by whoever imports this one: itself, and what it imports publicly. In file order.
    pub fn seen_by_importers(&self, file: FileId) -> Vec<FileId> {
        let mut seen: Vec<FileId> = reach::seen_by_importers(self, file).into_iter().collect();
        seen.sort_unstable();
        seen
    }

    /// Everything that has options: files, then [`Schema::elements`], then the ranges that messages open to extensions.
    pub fn with_options(&self) -> impl Iterator<Item = WithOptions<'_>> {
        let files = (0..).zip(&self.files).map(|(id, file)| WithOptions {
            owner: &file.path,
            member: None,
            range: None,
            file: id,
            options: &file.options,
            span: file.package_span,
        });
        let ranges = self.messages.iter().flat_map(|message| {
            let statements = message.extension_options.iter();
            statements.flat_map(move |said| {
                let indices = said.ranges.start as usize..said.ranges.end as usize;
                let ranges = indices.filter_map(|index| message.extension_ranges.get(index));
                ranges.map(move |range| WithOptions {
                    owner: &message.name,
                    member: None,
                    range: Some((range.start, range.end)),
                    file: message.file,
                    options: &said.options,
                    span: range.span,
                })
            })
        });
        files.chain(self.elements()).chain(ranges)
    }

    /// Every element that has options: messages with their fields and oneofs, enums with their values, services with their methods, and
    /// extensions.
    pub fn elements(&self) -> impl Iterator<Item = WithOptions<'_>> {
        let messages = self.messages.iter().flat_map(|message| {
            let at = WithOptions {
                owner: &message.name,
                member: None,
                range: None,
                file: message.file,
                options: &message.options,
                span: message.name_span,
            };
            let fields = message.fields.iter();
            let fields = fields.map(move |it| at.member(&it.name, &it.options, it.span));
            let oneofs = message.oneofs.iter();
            let oneofs = oneofs.map(move |it| at.member(&it.name, &it.options, it.name_span));
            std::iter::once(at).chain(fields).chain(oneofs)
        });
        let enums = self.enums.iter().flat_map(|each| {
            let at = WithOptions {
                owner: &each.name,
                member: None,
                range: None,
                file: each.file,
                options: &each.options,
                span: each.name_span,
            };
            let values = each.values.iter();
            let values = values.map(move |it| at.member(&it.name, &it.options, it.span));
            std::iter::once(at).chain(values)
        });
        let services = self.services.iter().flat_map(|service| {
            let at = WithOptions {
                owner: &service.name,
                member: None,
                range: None,
                file: service.file,
                options: &service.options,
                span: service.name_span,
            };
            let methods = service.methods.iter();
            let methods = methods.map(move |it| at.member(&it.name, &it.options, it.name_span));
            std::iter::once(at).chain(methods)
        });
        let extensions = self.extensions.iter().map(|extension| WithOptions {
            owner: &extension.name,
            member: None,
            range: None,
            file: extension.file,
            options: &extension.field.options,
            span: extension.field.span,
        });
        messages.chain(enums).chain(services).chain(extensions)
    }

    /// A file by its id.
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id as usize]
    }
}

/// Something that has options, and where it stands.
#[derive(Clone, Copy, Debug)]
pub struct WithOptions<'s> {
    /// Full name of the message, enum, service or extension; path of the file.
    pub owner: &'s Name,
    /// Short name of the member that has them; `None`: the owner itself.
    pub member: Option<&'s Name>,
    /// The first and the last number, where it is a range that the owner opens to extensions.
    pub range: Option<(i32, i32)>,
    /// The file.
    pub file: FileId,
    /// The options.
    pub options: &'s Options,
    /// A place to show: the name or the whole of a member, of a file its package.
    pub span: Span,
}

impl<'s> WithOptions<'s> {
    /// Its full name (an enum's value is below its enum: `pkg.Enum.VALUE`); of a file its path.
    pub fn name(&self) -> Name {
        match self.member {
            Some(member) => format!("{}.{member}", self.owner).into(),
            None => self.owner.clone(),
        }
    }

    fn member(self, name: &'s Name, options: &'s Options, span: Span) -> Self {
        Self {
            member: Some(name),
            options,
            span,
            ..self
        }
    }
}

impl Scalar {
    /// The scalar of that keyword.
    pub fn from_keyword(word: &[u8]) -> Option<Self> {
        Some(match word {
            b"double" => Self::Double,
            b"float" => Self::Float,
            b"int32" => Self::Int32,
            b"int64" => Self::Int64,
            b"uint32" => Self::Uint32,
            b"uint64" => Self::Uint64,
            b"sint32" => Self::Sint32,
            b"sint64" => Self::Sint64,
            b"fixed32" => Self::Fixed32,
            b"fixed64" => Self::Fixed64,
            b"sfixed32" => Self::Sfixed32,
            b"sfixed64" => Self::Sfixed64,
            b"bool" => Self::Bool,
            b"string" => Self::String,
            b"bytes" => Self::Bytes,
            _ => return None,
        })
    }

    /// The keyword that it is written with.
    pub fn keyword(self) -> &'static str {
        match self {
            Self::Double => "double",
            Self::Float => "float",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
            Self::Sint32 => "sint32",
            Self::Sint64 => "sint64",
            Self::Fixed32 => "fixed32",
            Self::Fixed64 => "fixed64",
            Self::Sfixed32 => "sfixed32",
            Self::Sfixed64 => "sfixed64",
            Self::Bool => "bool",
            Self::String => "string",
            Self::Bytes => "bytes",
        }
    }

    /// Whether a repeated field of it can be packed.
    pub fn is_packable(self) -> bool {
        !matches!(self, Self::String | Self::Bytes)
    }
}

/// Turns offsets of one text into lines and columns.
#[derive(Clone, Debug)]
pub struct LineIndex {
    /// Where each line starts.
    starts: Vec<u32>,
}

/// A place in a text, as people count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column, from 1, in characters; a tab is one, a byte that is not UTF-8 too.
    pub column: u32,
}

impl LineIndex {
    /// Finds the lines of a text. Worth keeping where several offsets are asked for.
    pub fn new(text: &[u8]) -> Self {
        let ends = memchr::memchr_iter(b'\n', text);
        let starts = std::iter::once(0).chain(ends.map(|end| end as u32 + 1));
        Self {
            starts: starts.collect(),
        }
    }

    /// The place of an offset; `text` is the one given to [`LineIndex::new`]. An offset behind the end is the end.
    pub fn position(&self, text: &[u8], offset: u32) -> Position {
        let offset = offset.min(text.len() as u32);
        let (line, start) = self.line_of(offset);
        let start = start as usize;
        let mut before = &text[start..offset as usize];
        if start == 0 {
            // a byte order mark is not seen
            before = before.strip_prefix(b"\xef\xbb\xbf").unwrap_or(before);
        }
        let mut column = 1;
        for chunk in before.utf8_chunks() {
            column += chunk.valid().chars().count() + chunk.invalid().len();
        }
        Position {
            line,
            column: column as u32,
        }
    }

    /// The line (from 1) that holds an offset, and where it starts.
    pub fn line_of(&self, offset: u32) -> (u32, u32) {
        let line = self.starts.partition_point(|&start| start <= offset);
        (line as u32, self.starts[line - 1])
    }

    /// The bytes of a line (from 1), without its end; empty if there is no such line.
    pub fn line<'t>(&self, text: &'t [u8], line: u32) -> &'t [u8] {
        let Some(&start) = (line as usize)
            .checked_sub(1)
            .and_then(|i| self.starts.get(i))
        else {
            return b"";
        };
        let end = self
            .starts
            .get(line as usize)
            .map_or(text.len(), |&next| next as usize - 1);
        let line = &text[start as usize..end];
        line.strip_suffix(b"\r").unwrap_or(line)
    }
}
