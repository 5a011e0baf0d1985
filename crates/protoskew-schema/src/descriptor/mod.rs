//! Descriptor sets: what compilers write instead of text, one file at a time, total over any bytes.
//!
//! A file of a set becomes a [`ParsedFile`] as a file of text does, and is linked like one: references, features, missing imports and
//! everything else that can be wrong have one treatment. What differs is where things stand: see [`crate::Places`].

mod lower;
mod options;
mod outline;
mod proto;
mod source_info;
pub(crate) mod wire;
mod write;

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

pub(crate) use lower::{declare, lower};
pub(crate) use options::{Described, resolve_options};
pub(crate) use outline::outline;
pub(crate) use proto::FileProto;
use source_info::Layout;
use wire::{Broken, Reader, Value, Why};
pub use write::{DescriptorSet, write};

use crate::limits::{DEEPEST_NESTING, LONGEST_SET};
use crate::parse::errors::SyntaxErrors;
use crate::parse::syntax::ImportStatement;
use crate::{Edition, ImportKind, Name, ParsedFile, Places, Span};

/// One file of a descriptor set.
#[derive(Clone, Debug)]
pub struct DescriptorFile {
    /// The path that other files import it by.
    pub path: Name,
    /// It is in the set only because others import it (buf's images say so): resolved against, never judged.
    pub is_import: bool,
    /// Where its `FileDescriptorProto` stands in the bytes that were read.
    pub bytes: Range<usize>,
    /// What it says.
    pub parsed: Arc<ParsedFile>,
}

/// The bytes are no descriptor set, or hold nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DescriptorError {
    /// There are no bytes, or no file in them.
    Empty,
    /// JSON, such as `buf build -o image.json` writes.
    Json,
    /// Text: source, or an image in another form.
    Text,
    /// Something else: another message, an archive.
    NotASet,
    /// It begins like a descriptor set and ends too early, at this offset.
    Truncated(usize),
    /// It begins like a descriptor set, and at this offset stands what no compiler writes.
    Malformed(usize),
    /// At this offset a message stands deeper than [`crate::limits::DEEPEST_NESTING`] levels.
    TooDeep(usize),
    /// 4 GiB or more.
    TooLarge,
}

impl fmt::Display for DescriptorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the descriptor set is empty"),
            Self::Json => f.write_str("this is JSON, and a descriptor set is read in binary"),
            Self::Text => f.write_str("this is text, and a descriptor set is read in binary"),
            Self::NotASet => f.write_str("this is no descriptor set"),
            Self::Truncated(at) => write!(
                f,
                "the descriptor set is cut off: it ends within what begins at byte {at}"
            ),
            Self::Malformed(at) => write!(f, "the descriptor set is damaged at byte {at}"),
            Self::TooDeep(at) => write!(
                f,
                "at byte {at} messages are nested deeper than {DEEPEST_NESTING} levels"
            ),
            Self::TooLarge => {
                f.write_str("the descriptor set is too large: 4 GiB and more are not read")
            }
        }
    }
}

impl std::error::Error for DescriptorError {}

/// Reads a `google.protobuf.FileDescriptorSet` or a buf image, not compressed.
///
/// Of two files of one path the first is kept; where they differ, that is an error of the file. Link the files with no import root but
/// `""`: their imports are their paths.
pub fn read(bytes: &[u8]) -> Result<Vec<DescriptorFile>, DescriptorError> {
    files(bytes).map_err(|error| match error {
        DescriptorError::NotASet if is_text(bytes) => DescriptorError::Text,
        error => error,
    })
}

/// Whether a person could read it.
fn is_text(bytes: &[u8]) -> bool {
    let shown = |letter: char| !letter.is_control() || letter.is_ascii_whitespace();
    std::str::from_utf8(bytes).is_ok_and(|text| text.chars().all(shown))
}

fn files(bytes: &[u8]) -> Result<Vec<DescriptorFile>, DescriptorError> {
    if bytes.len() as u64 > LONGEST_SET {
        return Err(DescriptorError::TooLarge);
    }
    let start = bytes.trim_ascii_start();
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    if start.is_empty() {
        return Err(DescriptorError::Empty);
    }
    // a set begins with what is a line end in a text, and its first length may be a brace
    if matches!(start.first(), Some(b'{' | b'[')) && !begins_like_a_set(bytes) {
        return Err(DescriptorError::Json);
    }
    // a file that is one, to tell damage from what never was a set
    let mut looks_right = false;
    let mut files: Vec<(DescriptorFile, &[u8])> = Vec::new();
    let mut by_path = rustc_hash::FxHashMap::default();
    let mut reader = Reader::new(bytes);
    loop {
        let field = match reader.next() {
            Ok(Some(field)) => field,
            Ok(None) => break,
            Err(broken) => {
                let begun = looks_right || begins_like_a_set(bytes);
                return Err(damaged(begun, broken, bytes));
            }
        };
        let (1, Value::Bytes(body)) = (field.number, field.value) else {
            continue;
        };
        let mut file = file(body).map_err(|broken| {
            let begun = looks_right || begins_like_a_set(bytes);
            damaged(begun, broken, bytes)
        })?;
        if file.path.is_empty() {
            return Err(DescriptorError::NotASet);
        }
        looks_right = true;
        let start = body.as_ptr().addr() - bytes.as_ptr().addr();
        file.bytes = start..start + body.len();
        match by_path.entry(file.path.clone()) {
            std::collections::hash_map::Entry::Vacant(slot) => {
                slot.insert(files.len());
                files.push((file, body));
            }
            std::collections::hash_map::Entry::Occupied(slot) => {
                let (first, first_body) = &mut files[*slot.get()];
                if *first_body != body
                    && let Some(parsed) = Arc::get_mut(&mut first.parsed)
                {
                    parsed.twice_in_its_set();
                }
            }
        }
    }
    if files.is_empty() {
        return Err(DescriptorError::NotASet);
    }
    Ok(files.into_iter().map(|(file, _)| file).collect())
}

/// Whether the first file starts with a path, as every compiler writes it.
fn begins_like_a_set(bytes: &[u8]) -> bool {
    let Some(rest) = bytes.strip_prefix(b"\x0a") else {
        return false;
    };
    let length = rest.iter().take(5).position(|&byte| byte < 0x80);
    length.is_some_and(|at| rest.get(at + 1) == Some(&0x0a))
}

fn damaged(begun: bool, broken: Broken, bytes: &[u8]) -> DescriptorError {
    let at = broken.offset_in(bytes);
    match broken.why {
        _ if !begun => DescriptorError::NotASet,
        Why::Truncated => DescriptorError::Truncated(at),
        Why::Malformed => DescriptorError::Malformed(at),
        Why::TooDeep => DescriptorError::TooDeep(at),
    }
}

/// Reads one `google.protobuf.FileDescriptorProto`, such as generated code carries.
pub fn read_file(bytes: &[u8]) -> Result<DescriptorFile, DescriptorError> {
    if bytes.len() as u64 > LONGEST_SET {
        return Err(DescriptorError::TooLarge);
    }
    if bytes.is_empty() {
        return Err(DescriptorError::Empty);
    }
    let begun = bytes.starts_with(b"\x0a");
    let read = file(bytes).map_err(|broken| damaged(begun, broken, bytes))?;
    if read.path.is_empty() {
        return Err(DescriptorError::NotASet);
    }
    Ok(read)
}

fn file(bytes: &[u8]) -> Result<DescriptorFile, Broken> {
    let mut proto = FileProto::decode(bytes)?;
    let layout = match proto.source_code_info.clone() {
        Some(info) => source_info::place(&mut proto, &bytes[info])?,
        None => Layout {
            places: Places::Grid { columns: 0 },
            ..Layout::default()
        },
    };
    let mut errors = SyntaxErrors::default();
    let edition = edition(&proto);
    if edition.is_none() {
        let name = if proto.syntax == "editions" {
            format!("edition {}", proto.edition)
        } else {
            format!("syntax {}", proto.syntax)
        };
        errors.push_with_help(
            Span::default(),
            format!("{name} is not supported, so nothing of this file is read"),
            Some(crate::parse::SUPPORTED),
        );
    }
    Ok(DescriptorFile {
        path: proto.name.clone(),
        is_import: proto.is_import,
        bytes: 0..bytes.len(),
        parsed: Arc::new(ParsedFile {
            text: layout.comments.into(),
            places: layout.places,
            nodes: Box::default(),
            imports: imports(&proto, &layout.imports, &layout.option_imports),
            errors: errors.list.into(),
            edition: edition.unwrap_or(Edition::Proto2),
            syntax_span: edition.map_or(Span::default(), |_| layout.syntax),
            package_span: edition.map_or(Span::default(), |_| layout.package),
            package: edition.map_or(Name::default(), |_| proto.package.clone()),
            refused: edition.is_none(),
            descriptor: edition.is_some().then(|| Box::new(proto)),
        }),
    })
}

fn edition(proto: &FileProto) -> Option<Edition> {
    match (proto.syntax.as_str(), proto.edition) {
        ("" | "proto2", _) => Some(Edition::Proto2),
        ("proto3", _) => Some(Edition::Proto3),
        ("editions", 998) => Some(Edition::Proto2),
        ("editions", 999) => Some(Edition::Proto3),
        ("editions", 1000) => Some(Edition::E2023),
        ("editions", 1001) => Some(Edition::E2024),
        _ => None,
    }
}

fn imports(proto: &FileProto, spans: &[Span], option_spans: &[Span]) -> Box<[ImportStatement]> {
    let plain = proto
        .dependency
        .iter()
        .zip(spans_or_none(spans))
        .enumerate();
    let plain = plain.map(|(at, (path, span))| {
        let at = at as i32;
        let kind = if proto.public_dependency.contains(&at) {
            ImportKind::Public
        } else if proto.weak_dependency.contains(&at) {
            ImportKind::Weak
        } else {
            ImportKind::Plain
        };
        (path, kind, span)
    });
    let option = proto
        .option_dependency
        .iter()
        .zip(spans_or_none(option_spans));
    let option = option.map(|(path, span)| (path, ImportKind::Option, span));
    plain
        .chain(option)
        .map(|(path, kind, span)| ImportStatement {
            path: path.clone(),
            kind,
            span,
        })
        .collect()
}

/// The spans, and empty ones behind them.
fn spans_or_none(spans: &[Span]) -> impl Iterator<Item = Span> {
    spans
        .iter()
        .copied()
        .chain(std::iter::repeat(Span::default()))
}
