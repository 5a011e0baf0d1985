//! Messages and what stands in them.

use super::lexer::TokenKind;
use super::syntax::{Kind, flag};
use super::{Parser, Read};
use crate::limits::DEEPEST_NESTING;
use crate::{Edition, Scalar, Span};

/// Where a field stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Message,
    Oneof,
    Extend,
}

impl Parser<'_> {
    pub(super) fn message(&mut self, visibility: u8) -> Read {
        let node = self.open(Kind::Message);
        self.nodes[node].flags = visibility;
        self.bump();
        self.nodes[node].name = self.ident("the message's name")?.span();
        self.message_body()?;
        self.close(node);
        Ok(())
    }

    fn message_body(&mut self) -> Read {
        if self.depth == DEEPEST_NESTING {
            self.errors.push_with_help(
                self.token.span(),
                format!(
                    "messages are nested deeper than {DEEPEST_NESTING} levels; the rest is skipped"
                ),
                Some("protoc has the same limit: move the inner messages out"),
            );
            if self.at_symbol(b'{') {
                self.skip_braces();
            }
            return Ok(());
        }
        let open = self.token.span();
        self.expect_symbol(b'{')?;
        self.depth += 1;
        self.block(open, Self::message_statement);
        self.depth -= 1;
        Ok(())
    }

    fn message_statement(&mut self) -> Read {
        let visibility = self.visibility()?;
        if self.take_symbol(b';') {
            return Ok(());
        }
        match self.word() {
            b"message" => self.message(visibility),
            b"enum" => self.enumeration(visibility),
            b"extensions" => self.extensions(),
            b"reserved" => self.reserved(false),
            b"extend" => self.extend(),
            b"option" => self.option_statement(),
            b"oneof" => self.oneof(),
            _ => self.field(Place::Message),
        }
    }

    fn oneof(&mut self) -> Read {
        let node = self.open(Kind::Oneof);
        self.bump();
        let name = self.ident("the oneof's name")?.span();
        self.nodes[node].name = name;
        let open = self.token.span();
        self.expect_symbol(b'{')?;
        let told = self.errors.list.len();
        self.block(open, |parser| match parser.word() {
            b"option" => parser.option_statement(),
            _ => parser.field(Place::Oneof),
        });
        // a field that could not be read is told already
        if told == self.errors.list.len()
            && self.nodes[node..].iter().all(|n| n.kind != Kind::Field)
        {
            self.errors.push(name, "a oneof needs at least one field");
        }
        self.close(node);
        Ok(())
    }

    pub(super) fn extend(&mut self) -> Read {
        let node = self.open(Kind::Extend);
        self.bump();
        self.nodes[node].ty = self.message_type()?.span();
        let open = self.token.span();
        self.expect_symbol(b'{')?;
        if self.at_symbol(b'}') {
            self.errors
                .push(open, "an `extend` needs at least one field");
        }
        self.block(open, |parser| parser.field(Place::Extend));
        self.close(node);
        Ok(())
    }

    fn field(&mut self, place: Place) -> Read {
        let node = self.open(Kind::Field);
        let mut flags = self.label(place);
        let labelled = flags != 0;
        let start = self.token.place.start();
        if self.at("map") {
            let map = self.token.span();
            self.bump();
            if self.at_symbol(b'<') {
                flags |= flag::MAP;
                self.map_types(place, labelled)?;
            } else {
                // a message of that name
                self.nodes[node].ty = map;
            }
        } else if self.at("group") {
            flags |= flag::GROUP;
            if self.edition != Edition::Proto2 {
                self.errors.push_with_help(
                    self.token.span(),
                    "groups exist in proto2 only",
                    (self.edition >= Edition::E2023).then_some(
                        "use a message field with `features.message_encoding = DELIMITED`",
                    ),
                );
            }
            self.bump();
        } else {
            self.nodes[node].ty = self.field_type()?.span();
        }
        if !labelled
            && flags & flag::MAP == 0
            && place != Place::Oneof
            && self.edition == Edition::Proto2
        {
            let span = Span {
                start,
                end: self.last_end,
            };
            self.errors.push_with_help(
                span,
                "a label is missing: `optional`, `required` or `repeated`",
                Some("proto2 wants a label on every field; `syntax = \"proto3\";` as first statement would lift that"),
            );
        }
        let ty = &mut self.nodes[node].ty;
        ty.start = start;
        ty.end = self.last_end;
        self.nodes[node].flags = flags;

        let name = self.ident("the field's name")?.span();
        self.nodes[node].name = name;
        self.expect_symbol(b'=')?;
        self.nodes[node].value = self.number("the field's number")?.span();
        self.inline_options()?;
        if flags & flag::GROUP == 0 {
            self.semicolon()?;
        } else {
            if !self.lexer.slice(name)[0].is_ascii_uppercase() {
                self.errors
                    .push(name, "a group's name must start with a capital letter");
            }
            self.message_body()?;
        }
        self.close(node);
        Ok(())
    }

    /// Consumes `optional`, `required` or `repeated`; the flag, or 0.
    fn label(&mut self, place: Place) -> u8 {
        let flag = match self.word() {
            b"optional" => flag::OPTIONAL,
            b"required" => flag::REQUIRED,
            b"repeated" => flag::REPEATED,
            _ => return 0,
        };
        let mut flag_kept = flag;
        if place == Place::Oneof {
            self.error_here("fields of a oneof have no label");
            flag_kept = 0;
        } else if self.edition >= Edition::E2023 && flag != flag::REPEATED {
            let help = if flag == flag::OPTIONAL {
                "drop it: a field has presence unless `features.field_presence` says otherwise"
            } else {
                "use `features.field_presence = LEGACY_REQUIRED`"
            };
            let message = "editions have no label but `repeated`";
            self.errors
                .push_with_help(self.token.span(), message, Some(help));
        } else if self.edition == Edition::Proto3 && flag == flag::REQUIRED {
            self.error_here("proto3 has no `required`");
        }
        self.bump();
        flag_kept
    }

    /// `<key, value>` behind `map`.
    fn map_types(&mut self, place: Place, labelled: bool) -> Read {
        if place == Place::Oneof {
            self.error_here("a map cannot stand in a oneof");
        } else if place == Place::Extend {
            self.error_here("a map cannot be an extension");
        } else if labelled {
            self.error_here("a map has no label: it is repeated by nature");
        }
        if self.depth == DEEPEST_NESTING {
            self.error_here("a map is nested too deep: its entries are messages too");
        }
        self.bump();
        let key = self.open(Kind::Type);
        if (self.token.kind() == TokenKind::Ident || self.at_symbol(b'.')) && !is_key(self.word()) {
            self.errors.push_with_help(
                self.token.span(),
                "this type cannot be the key of a map",
                Some("a key is an integer, a bool or a string"),
            );
        }
        self.nodes[key].ty = self.field_type()?.span();
        self.close(key);
        self.expect_symbol(b',')?;
        let value = self.open(Kind::Type);
        if self.at("group") {
            self.error_here("a group cannot be the value of a map");
        }
        self.nodes[value].ty = self.field_type()?.span();
        self.close(value);
        self.expect_symbol(b'>')
    }
}

fn is_key(word: &[u8]) -> bool {
    Scalar::from_keyword(word)
        .is_some_and(|s| !matches!(s, Scalar::Float | Scalar::Double | Scalar::Bytes))
}
