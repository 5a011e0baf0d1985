//! Aggregate values of options: protobuf's text format, as it may stand in a `.proto` file.

use std::sync::Arc;

use super::find::Finder;
use super::shapes::{Shape, Slot, SlotType, enum_data, is_signed};
use super::{Problem, Result, Wrong, nearest};
use crate::limits::DEEPEST_VALUE;
use crate::parse::errors::SyntaxErrors;
use crate::parse::lexer::{Lexer, Token, TokenKind};
use crate::parse::literal;
use crate::{Name, OptionData, OptionTree, Real, Scalar, Span};

/// Reads `{ … }` into a tree; `value` spans the braces.
pub(super) fn aggregate<'s>(
    finder: &mut Finder<'s, '_>,
    text: &[u8],
    value: Span,
    shape: Shape<'s>,
    tree: &mut OptionTree,
) -> Result<()> {
    let mut lexer = Lexer::over(text, value);
    let mut errors = SyntaxErrors::default();
    let token = lexer.next(&mut errors);
    let mut reader = Reader {
        finder,
        lexer,
        errors,
        token,
        missing: false,
    };
    reader.bump();
    reader.body(shape, "}", tree, DEEPEST_VALUE)?;
    let missing = reader.missing;
    if !missing {
        required(finder, shape, tree, value)?;
    }
    if missing {
        return Err(Problem::Missing);
    }
    Ok(())
}

struct Reader<'s, 'f, 'i, 't> {
    finder: &'f mut Finder<'s, 'i>,
    lexer: Lexer<'t>,
    errors: SyntaxErrors,
    token: Token,
    /// Something was passed over because its declaration is not here.
    missing: bool,
}

impl<'s, 't> Reader<'s, '_, '_, 't> {
    fn bump(&mut self) {
        self.token = self.lexer.next(&mut self.errors);
        // behind a `#` the text format sees a comment, and all up to the last brace as one line
        if self.word() == b"#" {
            let end = self.lexer.text.len() as u32;
            let start = end - 1;
            self.lexer = Lexer::over(self.lexer.text, Span { start, end });
            self.token = self.lexer.next(&mut self.errors);
        }
    }

    fn word(&self) -> &'t [u8] {
        match self.token.kind() {
            TokenKind::Str => b"",
            _ => self.lexer.text_of(self.token),
        }
    }

    fn at(&self, word: &str) -> bool {
        self.word() == word.as_bytes()
    }

    fn take(&mut self, word: &str) -> bool {
        let there = self.at(word);
        if there {
            self.bump();
        }
        there
    }

    fn expected<T>(&self, what: &str) -> Result<T> {
        let found = self.lexer.text_of(self.token);
        let message = if self.token.kind() == TokenKind::End {
            format!("expected {what}, but the option's value ends here")
        } else {
            let found = String::from_utf8_lossy(&found[..found.len().min(40)]);
            format!("expected {what}, found `{found}`")
        };
        Err(Wrong::at(self.token.span(), message))
    }

    fn expect(&mut self, word: &str) -> Result<()> {
        if self.take(word) {
            return Ok(());
        }
        self.expected(&format!("`{word}`"))
    }

    /// Fields up to the closing bracket, which is consumed.
    fn body(
        &mut self,
        shape: Shape<'s>,
        close: &str,
        tree: &mut OptionTree,
        depth: u32,
    ) -> Result<()> {
        let depth = self.deeper(depth)?;
        while !self.at(">") && !self.at("}") {
            self.field(shape, tree, depth)?;
        }
        // the outermost `}` ends the value itself
        self.expect(close)?;
        self.finder.unpack_any(shape, tree, depth);
        Ok(())
    }

    fn field(&mut self, shape: Shape<'s>, tree: &mut OptionTree, depth: u32) -> Result<()> {
        let start = self.token.span();
        if self.take("[") {
            let name = self.bracketed()?;
            let span = Span {
                start: start.start,
                end: self.token.place.end(),
            };
            self.expect("]")?;
            if shape.name() == "google.protobuf.Any" {
                self.any(&name, span, shape, tree, depth)?;
            } else {
                let slot = self.finder.bracketed(shape, &name, span)?;
                self.value(shape, slot, span, tree, depth)?;
            }
        } else {
            if self.token.kind() != TokenKind::Ident {
                return self.expected("a field's name");
            }
            let name = self.lexer.slice(start);
            let name = std::str::from_utf8(name).unwrap_or_default();
            self.bump();
            match named(shape, name) {
                Some(slot) => self.value(shape, slot, start, tree, depth)?,
                None if is_reserved(shape, name) => self.skip_value(depth)?,
                None => {
                    let text = format!("`{}` has no field `{name}`", shape.name());
                    let help = nearest(name, shape.names().into_iter());
                    return Err(Wrong::help(start, text, help));
                }
            }
        }
        // fields may be separated, and need not be
        if !self.take(";") {
            self.take(",");
        }
        Ok(())
    }

    /// What stands between `[` and `]`: a name with dots, or a type's URL.
    fn bracketed(&mut self) -> Result<String> {
        let mut span = self.token.span();
        let mut name = String::new();
        while !self.at("]") {
            if self.token.kind() == TokenKind::End || self.token.kind() == TokenKind::Str {
                return self.expected("`]`");
            }
            name.push_str(&String::from_utf8_lossy(self.word()));
            span.end = self.token.place.end();
            self.bump();
        }
        if !is_type_url(&name) {
            return Err(Wrong::at(span, format!("`[{name}]` holds no full name")));
        }
        Ok(name)
    }

    /// `[type.googleapis.com/full.Name] { … }` inside of an `Any`.
    fn any(
        &mut self,
        url: &str,
        span: Span,
        shape: Shape<'s>,
        tree: &mut OptionTree,
        depth: u32,
    ) -> Result<()> {
        let Some((prefix, name)) = url.rsplit_once('/') else {
            let text = format!("`[{url}]` has no prefix");
            let help = format!("write `[type.googleapis.com/{url}]`");
            return Err(Wrong::help(span, text, Some(help)));
        };
        if !matches!(prefix, "type.googleapis.com" | "type.googleprod.com") {
            let text = format!("the prefix `{prefix}` is not known here");
            let help = format!("write `[type.googleapis.com/{name}]`");
            return Err(Wrong::help(span, text, Some(help)));
        }
        if tree.number(1).is_some() || tree.number(2).is_some() {
            return Err(Wrong::at(span, "this `Any` is set twice"));
        }
        let inner = self.finder.message_named(name, span)?;
        self.take(":");
        let mut value = OptionTree::default();
        self.message(inner, &mut value, depth)?;
        required(self.finder, inner, &value, span)?;
        if let (Some(first), Some(second)) = (shape.numbered(1), shape.numbered(2)) {
            shape.put(&first, tree, OptionData::String(Name::new(url)));
            if !value.is_empty()
                && let Some(part) = shape.open(&second, tree)
            {
                *part = value;
            }
        }
        Ok(())
    }

    /// A message in `{}` or `<>`.
    fn message(&mut self, shape: Shape<'s>, tree: &mut OptionTree, depth: u32) -> Result<()> {
        let close = self.open_message()?;
        self.body(shape, close, tree, depth)
    }

    /// What a message ends with that begins here.
    fn open_message(&mut self) -> Result<&'static str> {
        if self.take("<") {
            return Ok(">");
        }
        self.expect("{")?;
        Ok("}")
    }

    /// How much deeper values may be inside of one.
    fn deeper(&self, depth: u32) -> Result<u32> {
        depth.checked_sub(1).ok_or_else(|| {
            let text = format!("the value is nested deeper than {DEEPEST_VALUE} levels");
            Wrong::at(self.token.span(), text)
        })
    }

    /// A field's value, from behind its name.
    fn value(
        &mut self,
        shape: Shape<'s>,
        slot: Slot<'s>,
        name: Span,
        tree: &mut OptionTree,
        depth: u32,
    ) -> Result<()> {
        if let SlotType::Unknown = slot.ty {
            self.missing = true;
            return self.skip_value(depth);
        }
        if !slot.many {
            if tree.number(slot.number).is_some() {
                let text = format!("`{}` is set twice", slot.name);
                return Err(Wrong::at(name, text));
            }
            if let Some(sibling) = sibling(shape, &slot, tree) {
                let text = format!(
                    "`{}` and `{sibling}` are of one oneof: only one of them can be set",
                    slot.name
                );
                return Err(Wrong::at(name, text));
            }
        }
        if matches!(slot.ty, SlotType::Message(_)) {
            self.take(":");
        } else {
            self.expect(":")?;
        }
        if slot.many && self.take("[") {
            if self.take("]") {
                return Ok(());
            }
            loop {
                self.one(shape, &slot, tree, depth)?;
                if self.take("]") {
                    return Ok(());
                }
                if !self.take(",") {
                    return self.expected("`,` or `]`");
                }
            }
        }
        self.one(shape, &slot, tree, depth)
    }

    fn one(
        &mut self,
        shape: Shape<'s>,
        slot: &Slot<'s>,
        tree: &mut OptionTree,
        depth: u32,
    ) -> Result<()> {
        match slot.ty {
            SlotType::Message(inner) if slot.map => {
                let mut entry = OptionTree::default();
                self.message(inner, &mut entry, depth)?;
                inner.put_entry(slot, tree, entry);
            }
            SlotType::Message(inner) => {
                let mut nowhere = OptionTree::default();
                let part = shape.open(slot, tree).unwrap_or(&mut nowhere);
                self.message(inner, part, depth)?;
            }
            _ => {
                let data = self.scalar(slot)?;
                shape.put(slot, tree, data);
            }
        }
        Ok(())
    }

    fn scalar(&mut self, slot: &Slot<'s>) -> Result<OptionData> {
        let start = self.token.span();
        let wrong = |what: &str, found: &[u8]| {
            let found = String::from_utf8_lossy(&found[..found.len().min(40)]);
            Err(Wrong::at(
                start,
                format!("`{}` wants {what}, found `{found}`", slot.name),
            ))
        };
        if let SlotType::Scalar(scalar @ (Scalar::String | Scalar::Bytes)) = slot.ty {
            if self.token.kind() != TokenKind::Str {
                return wrong("a string in quotes", self.lexer.slice(start));
            }
            let mut end = start.end;
            while self.token.kind() == TokenKind::Str {
                end = self.token.place.end();
                self.bump();
            }
            let span = Span {
                start: start.start,
                end,
            };
            let bytes = literal::strings(self.lexer.text, span);
            return Ok(text_data(scalar, &bytes));
        }
        let negative = self.take("-");
        let (kind, word) = (self.token.kind(), self.lexer.text_of(self.token));
        let integer = || match kind {
            TokenKind::Int => literal::unsigned(word).map(i128::from),
            _ => None,
        };
        let integer = integer().map(|v| if negative { -v } else { v });
        let data = match slot.ty {
            SlotType::Enum(item) => match integer {
                Some(number) => {
                    let number = i32::try_from(number).ok();
                    let known = number.filter(|&number| {
                        !item.closed || item.values.iter().any(|v| v.number == number)
                    });
                    let Some(number) = known else {
                        return wrong(&format!("a number of `{}`", item.name), word);
                    };
                    enum_data(item, number)
                }
                None if negative || kind != TokenKind::Ident => {
                    return wrong(&format!("a value of `{}`", item.name), word);
                }
                None => super::scalar::enum_value(item, word, self.token.span())?,
            },
            SlotType::Scalar(Scalar::Bool) => match (integer, word) {
                _ if negative => return wrong("`true` or `false`", word),
                (Some(0), _) | (_, b"false" | b"False" | b"f") => OptionData::Bool(false),
                (Some(1), _) | (_, b"true" | b"True" | b"t") => OptionData::Bool(true),
                _ => return wrong("`true` or `false`", word),
            },
            SlotType::Scalar(scalar @ (Scalar::Float | Scalar::Double)) => {
                let Some(value) = decimal(kind, word) else {
                    return wrong("a decimal number, `inf` or `nan`", word);
                };
                // the text format rounds what is exactly between the largest float and the next power down
                const BETWEEN: f64 = 3.402_823_567_797_336_6e38;
                let value = if scalar == Scalar::Float && value == BETWEEN {
                    f64::from(f32::MAX)
                } else {
                    value
                };
                real_data(scalar, if negative { -value } else { value })
            }
            SlotType::Scalar(scalar) => {
                let Some(value) = integer else {
                    return wrong("an integer", word);
                };
                if negative && !is_signed(scalar) {
                    return wrong("an integer that is not negative", word);
                }
                match integer_data(scalar, value) {
                    Some(data) => data,
                    None => {
                        return wrong(&format!("a number that fits `{}`", scalar.keyword()), word);
                    }
                }
            }
            SlotType::Message(_) | SlotType::Unknown => return wrong("a message", word),
        };
        self.bump();
        Ok(data)
    }

    /// Passes over a field, as one of a message whose type is not known.
    fn skip_field(&mut self, depth: u32) -> Result<()> {
        if self.take("[") {
            self.bracketed()?;
            self.expect("]")?;
        } else if self.token.kind() == TokenKind::Ident {
            self.bump();
        } else {
            return self.expected("a field's name");
        }
        self.skip_value(depth)?;
        if !self.take(";") {
            self.take(",");
        }
        Ok(())
    }

    /// Passes over what stands behind the name of a field whose type is not known: without a colon it must be a message.
    fn skip_value(&mut self, depth: u32) -> Result<()> {
        if self.take(":") {
            self.skip_one(depth)
        } else {
            self.skip_message(depth)
        }
    }

    fn skip_one(&mut self, depth: u32) -> Result<()> {
        if self.at("{") || self.at("<") {
            return self.skip_message(depth);
        }
        let depth = self.deeper(depth)?;
        if self.token.kind() == TokenKind::Str {
            while self.token.kind() == TokenKind::Str {
                self.bump();
            }
            return Ok(());
        }
        if self.take("[") {
            if self.take("]") {
                return Ok(());
            }
            loop {
                self.skip_one(depth)?;
                if self.take("]") {
                    return Ok(());
                }
                if !self.take(",") {
                    return self.expected("`,` or `]`");
                }
            }
        }
        let negative = self.take("-");
        let word = self.word().to_ascii_lowercase();
        match self.token.kind() {
            TokenKind::Int | TokenKind::Float => {}
            TokenKind::Ident if !negative => {}
            TokenKind::Ident if matches!(&word[..], b"inf" | b"infinity" | b"nan") => {}
            _ => return self.expected("a value"),
        }
        self.bump();
        Ok(())
    }

    fn skip_message(&mut self, depth: u32) -> Result<()> {
        let depth = self.deeper(depth)?;
        let close = self.open_message()?;
        while !self.at(">") && !self.at("}") {
            self.skip_field(depth)?;
        }
        self.expect(close)
    }
}

/// Whether a text is a full name, perhaps behind a prefix that a URL may have.
fn is_type_url(text: &str) -> bool {
    let (prefix, name) = match text.rsplit_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, text),
    };
    let is_name = |part: &str| {
        !part.starts_with(|c: char| c.is_ascii_digit())
            && !part.is_empty()
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    let escaped = |rest: &str| {
        let digits = rest.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    let is_prefix = |prefix: &str| {
        !prefix.is_empty()
            && !prefix.starts_with('/')
            && prefix
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-.~_!$&()*+,;=/%".contains(&b))
            && prefix.split('%').skip(1).all(escaped)
    };
    name.split('.').all(is_name) && prefix.is_none_or(is_prefix)
}

/// A field by its name, or a group by its type's.
fn named<'s>(shape: Shape<'s>, name: &str) -> Option<Slot<'s>> {
    if let Some(slot) = shape.field(name) {
        return Some(slot);
    }
    let slot = shape.field(&name.to_ascii_lowercase())?;
    let SlotType::Message(inner) = slot.ty else {
        return None;
    };
    // a group is declared beside its field; what is merely encoded like one goes by its field's name alone
    let (scope, short) = inner.name().rsplit_once('.')?;
    (slot.delimited && short == name && scope == shape.name()).then_some(slot)
}

/// What a message reserved is passed over, whatever it says.
fn is_reserved(shape: Shape<'_>, name: &str) -> bool {
    shape
        .message()
        .is_some_and(|m| m.reserved_names.iter().any(|r| r.name == name))
}

/// The name of another member of the slot's oneof that is set.
fn sibling(shape: Shape<'_>, slot: &Slot<'_>, tree: &OptionTree) -> Option<Name> {
    slot.oneof?;
    let set = tree.fields.iter().find(|set| {
        let other = shape.numbered(set.number);
        other.is_some_and(|other| other.oneof == slot.oneof && other.name == set.name)
    })?;
    Some(set.name.clone())
}

/// Whether all required fields of a value are set, at any depth.
fn required<'s>(
    finder: &Finder<'s, '_>,
    shape: Shape<'s>,
    tree: &OptionTree,
    span: Span,
) -> Result<()> {
    if let Some(message) = shape.message() {
        for field in &message.fields {
            if field.presence == crate::Presence::Required && tree.number(field.number).is_none() {
                let text = format!(
                    "the required field `{}` of `{}` is not set",
                    field.name, message.name
                );
                return Err(Wrong::at(span, text));
            }
        }
    }
    for set in &tree.fields {
        let inner = match set.name.starts_with('(') {
            true => finder.extensions.declaration(shape, set).and_then(|d| d.1),
            false => match shape.numbered(set.number).map(|slot| slot.ty) {
                Some(SlotType::Message(inner)) => Some(inner),
                _ => None,
            },
        };
        let Some(inner) = inner else {
            continue;
        };
        let one = std::slice::from_ref(&set.value);
        let parts = match &set.value {
            OptionData::List(list) => list,
            _ => one,
        };
        for part in parts {
            if let OptionData::Message(part) = part {
                required(finder, inner, part, span)?;
            }
        }
    }
    Ok(())
}

/// A number in the text format: decimal only, words in any case.
fn decimal(kind: TokenKind, word: &[u8]) -> Option<f64> {
    let text = std::str::from_utf8(word).ok()?;
    match kind {
        TokenKind::Int if word.len() > 1 && word[0] == b'0' => None,
        TokenKind::Int | TokenKind::Float => text.parse().ok(),
        TokenKind::Ident => match text.to_ascii_lowercase().as_str() {
            "inf" | "infinity" => Some(f64::INFINITY),
            "nan" => Some(f64::NAN),
            _ => None,
        },
        TokenKind::Str | TokenKind::Symbol | TokenKind::End => None,
    }
}

/// A string or bytes.
pub(super) fn text_data(scalar: Scalar, bytes: &[u8]) -> OptionData {
    if scalar == Scalar::String {
        OptionData::String(Name::new(String::from_utf8_lossy(bytes)))
    } else {
        OptionData::Bytes(Arc::from(bytes))
    }
}

/// A float or a double.
pub(super) fn real_data(scalar: Scalar, value: f64) -> OptionData {
    if scalar == Scalar::Float {
        OptionData::Float(Real::new(f64::from(value as f32)))
    } else {
        OptionData::Double(Real::new(value))
    }
}

/// An integer, if the type can hold it.
pub(super) fn integer_data(scalar: Scalar, value: i128) -> Option<OptionData> {
    let (least, most) = crate::link::values::bounds(scalar);
    if !(least..=most).contains(&value) {
        return None;
    }
    Some(if is_signed(scalar) {
        OptionData::Int(value as i64)
    } else {
        OptionData::Uint(value as u64)
    })
}
