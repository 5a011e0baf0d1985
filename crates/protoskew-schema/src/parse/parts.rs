//! Parts that several statements share: names, types, options, ranges of numbers.

use super::lexer::{Packed, TokenKind};
use super::syntax::{Kind, flag};
use super::{Parser, Read, Skip};
use crate::{Edition, Scalar, Span};

impl Parser<'_> {
    /// `a.b.c`, without a leading dot.
    pub(super) fn dotted_name(&mut self, what: &str) -> Result<Packed, Skip> {
        let mut place = self.ident(what)?;
        while self.take_symbol(b'.') {
            let part = self.ident("a name behind the `.`")?;
            place = Packed::new(place.start(), part.end());
        }
        Ok(place)
    }

    /// The name of a message or an enum, perhaps with a leading dot.
    pub(super) fn type_name(&mut self) -> Result<Packed, Skip> {
        let start = self.token.place.start();
        self.take_symbol(b'.');
        let name = self.dotted_name("a type")?;
        Ok(Packed::new(start, name.end()))
    }

    /// A scalar's keyword or a type's name.
    pub(super) fn field_type(&mut self) -> Result<Packed, Skip> {
        if Scalar::from_keyword(self.word()).is_some() {
            let place = self.token.place;
            self.bump();
            return Ok(place);
        }
        self.type_name()
    }

    /// A name that must not be a scalar's.
    pub(super) fn message_type(&mut self) -> Result<Packed, Skip> {
        if Scalar::from_keyword(self.word()).is_some() || self.at("group") {
            let place = self.token.place;
            self.errors
                .push(place.span(), "a message is wanted here, not a scalar");
            self.bump();
            return Ok(place);
        }
        self.type_name()
    }

    /// One or more string literals side by side, which mean their concatenation.
    pub(super) fn strings(&mut self, what: &str) -> Result<Packed, Skip> {
        if self.token.kind() != TokenKind::Str {
            self.expected(what);
            return Err(Skip);
        }
        let start = self.token.place.start();
        while self.token.kind() == TokenKind::Str {
            self.bump();
        }
        Ok(Packed::new(start, self.last_end))
    }

    /// An unsigned number.
    pub(super) fn number(&mut self, what: &str) -> Result<Packed, Skip> {
        if self.token.kind() != TokenKind::Int {
            self.expected(what);
            return Err(Skip);
        }
        let place = self.token.place;
        self.bump();
        Ok(place)
    }

    /// A number with an optional minus sign.
    pub(super) fn signed_number(&mut self, what: &str) -> Result<Packed, Skip> {
        let start = self.token.place.start();
        self.take_symbol(b'-');
        let digits = self.number(what)?;
        Ok(Packed::new(start, digits.end()))
    }

    // ---- options

    /// `option x = y;`
    pub(super) fn option_statement(&mut self) -> Read {
        let node = self.open(Kind::Option);
        self.bump();
        self.option(node)?;
        self.semicolon()?;
        self.close(node);
        Ok(())
    }

    /// `[a = b, c = d]`, where there is one.
    pub(super) fn inline_options(&mut self) -> Read {
        if !self.take_symbol(b'[') {
            return Ok(());
        }
        loop {
            let node = self.open(Kind::InlineOption);
            self.option(node)?;
            self.close(node);
            if !self.take_symbol(b',') {
                return self.expect_symbol(b']');
            }
        }
    }

    fn option(&mut self, node: usize) -> Read {
        let start = self.token.place.start();
        self.option_name_part()?;
        while self.take_symbol(b'.') {
            self.option_name_part()?;
        }
        let end = self.last_end;
        self.nodes[node].name = Span { start, end };
        self.expect_symbol(b'=')?;
        self.nodes[node].value = self.option_value()?.span();
        Ok(())
    }

    fn option_name_part(&mut self) -> Read {
        if !self.take_symbol(b'(') {
            self.ident("an option's name")?;
            return Ok(());
        }
        self.type_name()?;
        self.expect_symbol(b')')
    }

    fn option_value(&mut self) -> Result<Packed, Skip> {
        let start = self.token.place.start();
        let minus = self.take_symbol(b'-');
        match self.token.kind() {
            TokenKind::Ident if minus && !self.at("inf") && !self.at("nan") => {
                self.expected("a number behind the `-`");
                return Err(Skip);
            }
            TokenKind::Ident | TokenKind::Int | TokenKind::Float => self.bump(),
            TokenKind::Str if !minus => {
                self.strings("a string")?;
            }
            TokenKind::Symbol if !minus && self.at_symbol(b'{') => {
                let open = self.token.span();
                // Braces are counted, as protoc does at this point; what stands between them is for the option's type
                // to judge. Nothing is nested in the tree, so that depth costs nothing.
                if !self.skip_braces() {
                    self.errors.push(open, "this `{` is never closed");
                    return Err(Skip);
                }
            }
            _ => {
                self.expected("an option's value");
                return Err(Skip);
            }
        }
        Ok(Packed::new(start, self.last_end))
    }

    // ---- ranges

    /// `extensions 4, 20 to 30 [options];`
    pub(super) fn extensions(&mut self) -> Read {
        let node = self.open(Kind::Extensions);
        self.bump();
        self.ranges(false)?;
        self.inline_options()?;
        self.semicolon()?;
        self.close(node);
        Ok(())
    }

    /// `reserved 4, 20 to max;` or `reserved "a", "b";`; in editions `reserved a, b;`
    pub(super) fn reserved(&mut self, signed: bool) -> Read {
        let node = self.open(Kind::Reserved);
        self.bump();
        match self.token.kind() {
            TokenKind::Str | TokenKind::Ident => self.reserved_names()?,
            _ => self.ranges(signed)?,
        }
        self.semicolon()?;
        self.close(node);
        Ok(())
    }

    fn reserved_names(&mut self) -> Read {
        let editions = self.edition >= Edition::E2023;
        loop {
            let node = self.open(Kind::ReservedName);
            let place = if self.token.kind() == TokenKind::Str {
                if editions {
                    self.error_here("editions reserve names without quotes");
                }
                self.strings("a name")?
            } else {
                if !editions {
                    self.error_here("proto2 and proto3 reserve names in quotes");
                }
                self.ident("a name")?
            };
            self.nodes[node].name = place.span();
            self.close(node);
            if !self.take_symbol(b',') {
                return Ok(());
            }
        }
    }

    fn ranges(&mut self, signed: bool) -> Read {
        loop {
            let node = self.open(Kind::Range);
            self.nodes[node].name = self.range_end(signed)?.span();
            if self.take("to") {
                if self.at("max") {
                    self.nodes[node].value = self.token.span();
                    self.nodes[node].flags = flag::TO_MAX;
                    self.bump();
                } else {
                    self.nodes[node].value = self.range_end(signed)?.span();
                }
            }
            self.close(node);
            if !self.take_symbol(b',') {
                return Ok(());
            }
        }
    }

    fn range_end(&mut self, signed: bool) -> Result<Packed, Skip> {
        if signed {
            self.signed_number("a number")
        } else {
            self.number("a number")
        }
    }
}
