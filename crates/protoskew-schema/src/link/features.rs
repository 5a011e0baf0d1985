//! What an element's features are: the edition's defaults, overlaid by file, message, oneof, enum and field.

use crate::parse::errors::SyntaxErrors;
use crate::parse::lexer::{Lexer, TokenKind};
use crate::{Edition, Presence, Span};

/// The features that matter here; others (`features.(pb.go).…`) are options like any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Features {
    pub(crate) presence: Presence,
    pub(crate) closed_enum: bool,
    pub(crate) packed: bool,
    pub(crate) utf8: bool,
    pub(crate) delimited: bool,
    /// JSON names that clash are errors.
    pub(crate) strict_json: bool,
    pub(crate) visibility: DefaultVisibility,
}

/// Who may use a type that says neither `export` nor `local`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DefaultVisibility {
    ExportAll,
    ExportTopLevel,
    LocalAll,
}

impl Features {
    pub(crate) fn of_edition(edition: Edition) -> Self {
        let proto2 = edition == Edition::Proto2;
        Self {
            presence: if edition == Edition::Proto3 {
                Presence::Implicit
            } else {
                Presence::Explicit
            },
            closed_enum: proto2,
            packed: !proto2,
            utf8: !proto2,
            delimited: false,
            strict_json: !proto2,
            visibility: if edition >= Edition::E2024 {
                DefaultVisibility::ExportTopLevel
            } else {
                DefaultVisibility::ExportAll
            },
        }
    }

    /// Overlays one feature, whose value is written by name or by number; false if there is none of that name or it has no such value.
    pub(crate) fn set(&mut self, feature: &[u8], value: &[u8]) -> bool {
        match (feature, value) {
            (b"field_presence", b"EXPLICIT" | b"1") => self.presence = Presence::Explicit,
            (b"field_presence", b"IMPLICIT" | b"2") => self.presence = Presence::Implicit,
            (b"field_presence", b"LEGACY_REQUIRED" | b"3") => self.presence = Presence::Required,
            (b"enum_type", b"OPEN" | b"1") => self.closed_enum = false,
            (b"enum_type", b"CLOSED" | b"2") => self.closed_enum = true,
            (b"repeated_field_encoding", b"PACKED" | b"1") => self.packed = true,
            (b"repeated_field_encoding", b"EXPANDED" | b"2") => self.packed = false,
            (b"utf8_validation", b"VERIFY" | b"2") => self.utf8 = true,
            (b"utf8_validation", b"NONE" | b"3") => self.utf8 = false,
            (b"message_encoding", b"LENGTH_PREFIXED" | b"1") => self.delimited = false,
            (b"message_encoding", b"DELIMITED" | b"2") => self.delimited = true,
            (b"json_format", b"ALLOW" | b"1") => self.strict_json = true,
            (b"json_format", b"LEGACY_BEST_EFFORT" | b"2") => self.strict_json = false,
            (b"default_symbol_visibility", value) => {
                self.visibility = match value {
                    b"EXPORT_ALL" | b"1" => DefaultVisibility::ExportAll,
                    b"EXPORT_TOP_LEVEL" | b"2" => DefaultVisibility::ExportTopLevel,
                    b"LOCAL_ALL" | b"STRICT" | b"3" | b"4" => DefaultVisibility::LocalAll,
                    _ => return false,
                }
            }
            // says how names are written, not what they mean
            (b"enforce_naming_style", value) => return !value.ends_with(b"_UNKNOWN"),
            _ => return false,
        }
        true
    }
}

/// The `name: VALUE` pairs at the top of an aggregate (`features = { enum_type: OPEN }`), in order; what is deeper is passed over.
pub(crate) fn aggregate_pairs(text: &[u8], value: Span) -> Vec<(Span, Span)> {
    let mut lexer = Lexer::over(text, value);
    let mut errors = SyntaxErrors::default();
    let mut pairs = Vec::new();
    let mut depth = 0_u32;
    let mut name = None;
    loop {
        let token = lexer.next(&mut errors);
        match (token.kind(), lexer.text_of(token)) {
            (TokenKind::End, _) => return pairs,
            (TokenKind::Symbol, b"{" | b"[" | b"<") => {
                depth += 1;
                name = None;
            }
            (TokenKind::Symbol, b"}" | b"]" | b">") => depth = depth.saturating_sub(1),
            (TokenKind::Symbol, b":") => {}
            (TokenKind::Int, _) if depth == 1 => {
                pairs.extend(name.take().map(|name| (name, token.span())));
            }
            (TokenKind::Ident, _) if depth == 1 => match name.take() {
                Some(name) => pairs.push((name, token.span())),
                None => name = Some(token.span()),
            },
            _ => name = None,
        }
    }
}
