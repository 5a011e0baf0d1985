//! What an element's features are: the edition's defaults, overlaid by file, message, oneof, enum and field.

use crate::parse::errors::SyntaxErrors;
use crate::parse::lexer::{Lexer, TokenKind};
use crate::{Edition, Presence, Span};

/// The features of an element, resolved: what its file's edition says, overlaid by everything around the element and by itself.
///
/// proto2 and proto3 have those of the editions that they stand for, overlaid by labels and options. Features of a language
/// (`features.(pb.go).…`) are options like any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Features {
    /// `field_presence`
    pub presence: Presence,
    /// `enum_type = CLOSED`
    pub closed_enum: bool,
    /// `repeated_field_encoding = PACKED`
    pub packed: bool,
    /// `utf8_validation = VERIFY`
    pub utf8: bool,
    /// `message_encoding = DELIMITED`
    pub delimited: bool,
    /// `json_format = ALLOW`: JSON names that clash are errors.
    pub strict_json: bool,
    /// `enforce_naming_style`
    pub naming: NamingStyle,
    /// `default_symbol_visibility`
    pub visibility: DefaultVisibility,
}

/// How names must be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NamingStyle {
    /// In any way: `STYLE_LEGACY`.
    Legacy,
    /// `STYLE2024`
    Style2024,
    /// `STYLE2026`
    Style2026,
}

/// Who may use a type that says neither `export` nor `local`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DefaultVisibility {
    /// `EXPORT_ALL`: any importer.
    ExportAll,
    /// `EXPORT_TOP_LEVEL`: any importer, but of what is nested only the file itself.
    ExportTopLevel,
    /// `LOCAL_ALL`: the file itself.
    LocalAll,
    /// `STRICT`: the file itself, and nothing nested may be exported.
    Strict,
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
            naming: if edition >= Edition::E2024 {
                NamingStyle::Style2024
            } else {
                NamingStyle::Legacy
            },
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
                    b"LOCAL_ALL" | b"3" => DefaultVisibility::LocalAll,
                    b"STRICT" | b"4" => DefaultVisibility::Strict,
                    _ => return false,
                }
            }
            (b"enforce_naming_style", b"STYLE2024" | b"1") => self.naming = NamingStyle::Style2024,
            (b"enforce_naming_style", b"STYLE_LEGACY" | b"2") => self.naming = NamingStyle::Legacy,
            (b"enforce_naming_style", b"STYLE2026" | b"3") => self.naming = NamingStyle::Style2026,
            _ => return false,
        }
        true
    }
}

impl Features {
    /// Every feature by its name and value in `google.protobuf.FeatureSet`, in the order of their numbers.
    pub fn named(&self) -> [(&'static str, &'static str); 8] {
        let either = |is: bool, yes, no| if is { yes } else { no };
        let presence = match self.presence {
            Presence::Explicit => "EXPLICIT",
            Presence::Implicit => "IMPLICIT",
            Presence::Required => "LEGACY_REQUIRED",
        };
        let naming = match self.naming {
            NamingStyle::Legacy => "STYLE_LEGACY",
            NamingStyle::Style2024 => "STYLE2024",
            NamingStyle::Style2026 => "STYLE2026",
        };
        let visibility = match self.visibility {
            DefaultVisibility::ExportAll => "EXPORT_ALL",
            DefaultVisibility::ExportTopLevel => "EXPORT_TOP_LEVEL",
            DefaultVisibility::LocalAll => "LOCAL_ALL",
            DefaultVisibility::Strict => "STRICT",
        };
        [
            ("field_presence", presence),
            ("enum_type", either(self.closed_enum, "CLOSED", "OPEN")),
            (
                "repeated_field_encoding",
                either(self.packed, "PACKED", "EXPANDED"),
            ),
            ("utf8_validation", either(self.utf8, "VERIFY", "NONE")),
            (
                "message_encoding",
                either(self.delimited, "DELIMITED", "LENGTH_PREFIXED"),
            ),
            (
                "json_format",
                either(self.strict_json, "ALLOW", "LEGACY_BEST_EFFORT"),
            ),
            ("enforce_naming_style", naming),
            ("default_symbol_visibility", visibility),
        ]
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
            // behind a `#` the text format sees a comment up to the end
            (TokenKind::End, _) | (TokenKind::Symbol, b"#") => return pairs,
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
