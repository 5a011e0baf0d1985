//! The resolved schema: what one release says, with a span for everything.
//!
//! Plain data. Names are full names without a leading dot (`grpc.Storage.driver`). Synthetic things (map entry
//! messages, the oneof of a proto3 `optional`) do not appear: a map is a [`Cardinality::Map`], an optional
//! field has [`Presence::Explicit`].

use std::ops::Range;
use std::sync::Arc;

pub use crate::link::features::{DefaultVisibility, Features, NamingStyle};
pub use crate::link::names::NameIndex;
pub use crate::options::{OptionData, OptionField, OptionTree, OptionValue, Options, Real};

/// A name or other short text: inline when short, shared when long, cheap to clone.
pub type Name = smol_str::SmolStr;

/// A range of bytes in one file's text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// Offset of the first byte.
    pub start: u32,
    /// Offset behind the last byte.
    pub end: u32,
}

/// What the spans of a file are offsets of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Places {
    /// Of bytes in the file's text.
    #[default]
    Text,
    /// Of places in a text that is not here, of which a descriptor tells lines and columns only: line × `columns` + column, from 0.
    ///
    /// An empty span at 0 is a place that is not known; all of them are where there is no source info (`columns` is 0 then). Columns are
    /// counted as the compiler did that wrote the descriptor: protoc counts bytes, and a tab up to the next multiple of 8.
    Grid {
        /// More than the longest line has.
        columns: u32,
    },
}

impl Places {
    /// The offset of a line and a column, from 0, in a grid that is wide enough.
    pub(crate) fn offset(self, (line, column): (u32, u32)) -> u32 {
        match self {
            Self::Text => 0,
            Self::Grid { columns } => line
                .saturating_mul(columns)
                .saturating_add(column.min(columns)),
        }
    }

    /// Line and column, from 0, of an offset of a grid; `None` in a text, where the text itself is to be asked.
    pub fn in_grid(self, offset: u32) -> Option<(u32, u32)> {
        match self {
            Self::Text => None,
            Self::Grid { columns } => Some((
                offset.checked_div(columns).unwrap_or(0),
                offset.checked_rem(columns).unwrap_or(0),
            )),
        }
    }

    /// Whether such a span is a place at all.
    pub fn is_known(self, span: Span) -> bool {
        self == Self::Text || span != Span::default()
    }
}

impl Span {
    /// Whether nothing is in it.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// Index of a file in [`Schema::files`].
pub type FileId = u32;
/// Index of a message in [`Schema::messages`].
pub type MessageId = u32;
/// Index of an enum in [`Schema::enums`].
pub type EnumId = u32;

/// All files of one release, resolved.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    /// The files, in the order given to the linker; the built-in well-known files come last.
    pub files: Vec<File>,
    /// Every message of every file, nested ones included, in file and declaration order (a parent before its children).
    pub messages: Vec<Message>,
    /// Every enum, nested ones included, in file and declaration order.
    pub enums: Vec<Enum>,
    /// Every service, in file and declaration order.
    pub services: Vec<Service>,
    /// Every extension field, in file and declaration order.
    pub extensions: Vec<Extension>,
    /// What was wrong, over all files, in file and source order.
    pub diagnostics: Vec<Diagnostic>,
    /// Finds declarations by full name.
    pub index: NameIndex,
}

/// Why a file is in the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Compared and judged.
    Judged,
    /// Resolved against, never judged (vendored, third-party, test, git-ignored, built in); the text is the reason.
    ResolvedOnly(Name),
}

/// One `.proto` file.
#[derive(Clone, Debug)]
pub struct File {
    /// Path from the root of the source (with `/`), or the import path for a built-in file.
    pub path: Name,
    /// Why it is here.
    pub role: Role,
    /// The text that all spans of this file point into; empty for a built-in file. Of a file that was read from a descriptor: the comments
    /// that it holds, into which only the spans of comments point.
    pub text: Arc<[u8]>,
    /// What the spans of this file are offsets of; those of comments are always of bytes in the text.
    pub places: Places,
    /// `package`, or empty.
    pub package: Name,
    /// Span of the `syntax` or `edition` statement, where there is one.
    pub syntax_span: Span,
    /// Span of the `package` statement, where there is one.
    pub package_span: Span,
    /// Which dialect the file is written in.
    pub edition: Edition,
    /// Its import statements in source order.
    pub imports: Vec<Import>,
    /// Resolved features.
    pub features: Features,
    /// The file's own options.
    pub options: Options,
}

/// The dialect of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Edition {
    /// `syntax = "proto2"`, or none given.
    Proto2,
    /// `syntax = "proto3"`.
    Proto3,
    /// `edition = "2023"`.
    E2023,
    /// `edition = "2024"`.
    E2024,
}

/// An `import` statement.
#[derive(Clone, Debug)]
pub struct Import {
    /// The path as written.
    pub path: Name,
    /// Plain, `public`, `weak` or `option`.
    pub kind: ImportKind,
    /// The file that it resolves to; `None` where it cannot be found.
    pub file: Option<FileId>,
    /// Span of the statement.
    pub span: Span,
}

/// How a file is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImportKind {
    /// `import "x.proto";`
    Plain,
    /// `import public "x.proto";`
    Public,
    /// `import weak "x.proto";`
    Weak,
    /// `import option "x.proto";` (edition 2024)
    Option,
}

/// Who may use a type (edition 2024's `export` and `local`, resolved).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visibility {
    /// Any importer.
    Export,
    /// The same file only.
    Local,
}

/// A message.
#[derive(Clone, Debug)]
pub struct Message {
    /// Full name.
    pub name: Name,
    /// The file that declares it.
    pub file: FileId,
    /// The message that it is nested in.
    pub parent: Option<MessageId>,
    /// Fields (group and map fields too, extension fields not), in declaration order.
    pub fields: Vec<Field>,
    /// Real oneofs, in declaration order.
    pub oneofs: Vec<Oneof>,
    /// `reserved 2, 9 to 11, 40 to max;` in source order.
    pub reserved: Vec<NumberRange>,
    /// `reserved "foo";` or, in editions, `reserved foo;`
    pub reserved_names: Vec<ReservedName>,
    /// `extensions 100 to 199;`
    pub extension_ranges: Vec<NumberRange>,
    /// Options of extension ranges, one entry for each statement that has some.
    pub extension_options: Vec<RangeOptions>,
    /// Resolved features.
    pub features: Features,
    /// Options set on the message.
    pub options: Options,
    /// `deprecated = true`.
    pub deprecated: bool,
    /// Who may use it.
    pub visibility: Visibility,
    /// The comment above it, as written (markers kept), or an empty span.
    pub comment: Span,
    /// Span of the name.
    pub name_span: Span,
    /// Span of the whole declaration.
    pub span: Span,
}

/// A field of a message, or the field that an extension adds.
#[derive(Clone, Debug)]
pub struct Field {
    /// Short name (`driver`). For an extension too.
    pub name: Name,
    /// The name in ProtoJSON, given or derived.
    pub json_name: Name,
    /// True if `json_name` was written out.
    pub json_name_given: bool,
    /// Field number as written (0 where it could not be read).
    pub number: u32,
    /// Type of the value (for a map: of the map's value).
    pub ty: FieldType,
    /// One, many, or a map.
    pub cardinality: Cardinality,
    /// Whether absence can be told from the default. `Implicit` for repeated fields and maps. A type that could not be resolved is
    /// taken for a message, which most types are.
    pub presence: Presence,
    /// Index into [`Message::oneofs`]; never a synthetic oneof.
    pub oneof: Option<u32>,
    /// Says `optional` in proto3: what a descriptor marks as `proto3_optional`, and puts into a synthetic oneof where it is no extension.
    pub proto3_optional: bool,
    /// The default, where one is given.
    pub default: Option<Box<FieldDefault>>,
    /// A repeated scalar written packed (resolved).
    pub packed: bool,
    /// A message written as a group: start and end tags instead of a length (resolved).
    pub delimited: bool,
    /// A string whose UTF-8 is verified by the standard runtimes (resolved). Of a map: its keys or values are such strings.
    pub utf8: bool,
    /// `deprecated = true`.
    pub deprecated: bool,
    /// Resolved features.
    pub features: Features,
    /// Options set on the field, besides `default` and `json_name`.
    pub options: Options,
    /// The comment above it, or an empty span.
    pub comment: Span,
    /// Span of the name.
    pub name_span: Span,
    /// Span of the number.
    pub number_span: Span,
    /// Span of the type as written (`map<string, Foo>` whole).
    pub type_span: Span,
    /// Span of `optional`, `required` or `repeated`, where it is written.
    pub label_span: Span,
    /// Span of `json_name = "name"`, where it is written.
    pub json_name_span: Span,
    /// Span of the whole declaration, `;` included.
    pub span: Span,
}

impl Field {
    /// The default as normalised text, where one is given.
    pub fn default_text(&self) -> Option<&Name> {
        self.default.as_ref().map(|default| &default.text)
    }
}

/// What a field that is not set reads as; few fields have one of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldDefault {
    /// As written and normalised: numbers in shortest decimal, strings unescaped then escaped canonically, enum values by name.
    pub text: Name,
    /// Span of the value, where one is written.
    pub span: Span,
}

/// The type of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A scalar.
    Scalar(Scalar),
    /// A message (also a group's).
    Message(TypeRef<MessageId>),
    /// An enum.
    Enum(TypeRef<EnumId>),
    /// A type that could not be resolved (its import is missing, say): known by its name as written, without a leading dot.
    Unresolved(Name),
}

/// A reference to a resolved type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeRef<Id> {
    /// Full name.
    pub name: Name,
    /// Where it is.
    pub id: Id,
}

/// The scalar types.
#[allow(missing_docs)] // the names are the protobuf language's own
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scalar {
    Double,
    Float,
    Int32,
    Int64,
    Uint32,
    Uint64,
    Sint32,
    Sint64,
    Fixed32,
    Fixed64,
    Sfixed32,
    Sfixed64,
    Bool,
    String,
    Bytes,
}

/// One, many, or a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cardinality {
    /// At most one value.
    Singular,
    /// `repeated`.
    Repeated,
    /// `map<key, _>`.
    Map(Scalar),
}

/// What absence means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Presence {
    /// Zero is not sent; absent and zero are one.
    Implicit,
    /// Absent and zero differ.
    Explicit,
    /// Must be sent (proto2 `required`, `LEGACY_REQUIRED`).
    Required,
}

/// A real oneof.
#[derive(Clone, Debug)]
pub struct Oneof {
    /// Short name.
    pub name: Name,
    /// Resolved features.
    pub features: Features,
    /// Options set on the oneof.
    pub options: Options,
    /// Span of the name.
    pub name_span: Span,
    /// Span of the whole declaration.
    pub span: Span,
}

/// A range of numbers, both ends included. `to max` is the largest number the element allows. Never expanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberRange {
    /// First number.
    pub start: i32,
    /// Last number, included.
    pub end: i32,
    /// Span of this range alone (`9 to 11`).
    pub span: Span,
}

/// Options of extension ranges: each of the ranges has all of them.
#[derive(Clone, Debug)]
pub struct RangeOptions {
    /// Which of [`Message::extension_ranges`]: those of one statement.
    pub ranges: Range<u32>,
    /// Resolved features.
    pub features: Features,
    /// The options.
    pub options: Options,
}

/// A reserved name.
#[derive(Clone, Debug)]
pub struct ReservedName {
    /// The name.
    pub name: Name,
    /// Span of this name alone, quotes included.
    pub span: Span,
}

/// An enum.
#[derive(Clone, Debug)]
pub struct Enum {
    /// Full name.
    pub name: Name,
    /// The file that declares it.
    pub file: FileId,
    /// The message that it is nested in.
    pub parent: Option<MessageId>,
    /// Values in declaration order, aliases included.
    pub values: Vec<EnumValue>,
    /// A closed enum: unknown values are not kept in the field (resolved).
    pub closed: bool,
    /// `allow_alias = true`.
    pub allow_alias: bool,
    /// Reserved numbers (may be negative).
    pub reserved: Vec<NumberRange>,
    /// Reserved names.
    pub reserved_names: Vec<ReservedName>,
    /// Resolved features.
    pub features: Features,
    /// Options set on the enum.
    pub options: Options,
    /// `deprecated = true`.
    pub deprecated: bool,
    /// Who may use it.
    pub visibility: Visibility,
    /// The comment above it, or an empty span.
    pub comment: Span,
    /// Span of the name.
    pub name_span: Span,
    /// Span of the whole declaration.
    pub span: Span,
}

/// A value of an enum.
#[derive(Clone, Debug)]
pub struct EnumValue {
    /// Short name.
    pub name: Name,
    /// Number.
    pub number: i32,
    /// `deprecated = true`.
    pub deprecated: bool,
    /// Resolved features.
    pub features: Features,
    /// Options set on the value.
    pub options: Options,
    /// Span of the name.
    pub name_span: Span,
    /// Span of the number.
    pub number_span: Span,
    /// Span of the whole declaration.
    pub span: Span,
}

/// A service.
#[derive(Clone, Debug)]
pub struct Service {
    /// Full name.
    pub name: Name,
    /// The file that declares it.
    pub file: FileId,
    /// Methods in declaration order.
    pub methods: Vec<Method>,
    /// Resolved features.
    pub features: Features,
    /// Options set on the service.
    pub options: Options,
    /// `deprecated = true`.
    pub deprecated: bool,
    /// Span of the name.
    pub name_span: Span,
    /// Span of the whole declaration.
    pub span: Span,
}

/// A method of a service; its path on the wire is `/{service}/{method}`.
#[derive(Clone, Debug)]
pub struct Method {
    /// Short name.
    pub name: Name,
    /// What the client sends.
    pub request: FieldType,
    /// What the server sends.
    pub response: FieldType,
    /// The client sends a stream.
    pub client_streaming: bool,
    /// The server sends a stream.
    pub server_streaming: bool,
    /// `idempotency_level` as written, if it is.
    pub idempotency: Option<Name>,
    /// Resolved features.
    pub features: Features,
    /// Options set on the method.
    pub options: Options,
    /// `deprecated = true`.
    pub deprecated: bool,
    /// Span of the name.
    pub name_span: Span,
    /// Span of the request type.
    pub request_span: Span,
    /// Span of the response type.
    pub response_span: Span,
    /// Span of the whole declaration.
    pub span: Span,
}

/// An extension field.
#[derive(Clone, Debug)]
pub struct Extension {
    /// Full name of the extension (`scope.name`).
    pub name: Name,
    /// The file that declares it.
    pub file: FileId,
    /// The message that it extends.
    pub extendee: FieldType,
    /// Span of that message's name.
    pub extendee_span: Span,
    /// The field that it adds.
    pub field: Field,
}

/// Something wrong with the input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file.
    pub file: FileId,
    /// Where.
    pub span: Span,
    /// How bad.
    pub severity: Severity,
    /// What, in one sentence without a full stop; the text of the file's author is quoted with backticks.
    pub message: String,
    /// What to do next, where there is something to say.
    pub help: Option<String>,
}

/// How bad a diagnostic is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The schema is whole, but something is missing around it (an import that cannot be found).
    Note,
    /// protoc would reject the file.
    Error,
}
