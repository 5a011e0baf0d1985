//! Cuts a file's bytes into tokens, on demand, and never stops at a bad one.

use memchr::{memchr, memchr2};

use super::errors::SyntaxErrors;
use crate::Span;
use crate::limits::LONGEST_TEXT;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum TokenKind {
    /// A name or a keyword: which of them depends on where it stands.
    Ident = 1,
    /// A whole number: decimal, hex or octal, without a sign.
    Int,
    /// A number with a fraction or an exponent, without a sign.
    Float,
    /// One string literal, quotes included.
    Str,
    /// One byte of punctuation, or bytes that have no place outside strings and comments.
    Symbol,
    /// The end of the text.
    End,
}

/// A span in one word of the machine. What was written as two halves and is read as a whole has to wait until it has
/// reached the cache, and so the parser, which writes and reads a place with every token, would wait all the time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Packed(u64);

impl Packed {
    pub(crate) fn new(start: u32, end: u32) -> Self {
        Self(u64::from(start) | u64::from(end) << 32)
    }

    pub(crate) fn start(self) -> u32 {
        self.0 as u32
    }

    pub(crate) fn end(self) -> u32 {
        (self.0 >> 32) as u32
    }

    pub(crate) fn span(self) -> Span {
        Span {
            start: self.start(),
            end: self.end(),
        }
    }
}

/// A token, without its text: the place says where that is. Two plain words, so that it never passes through memory.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token {
    pub(crate) place: Packed,
    /// Of a symbol its first byte, of other tokens the number of their kind, which no symbol's byte is.
    code: u8,
}

impl Token {
    fn new(kind: TokenKind, place: Packed) -> Self {
        let code = kind as u8;
        Self { place, code }
    }

    pub(crate) fn kind(self) -> TokenKind {
        const IDENT: u8 = TokenKind::Ident as u8;
        const INT: u8 = TokenKind::Int as u8;
        const FLOAT: u8 = TokenKind::Float as u8;
        const STR: u8 = TokenKind::Str as u8;
        const END: u8 = TokenKind::End as u8;
        match self.code {
            IDENT => TokenKind::Ident,
            INT => TokenKind::Int,
            FLOAT => TokenKind::Float,
            STR => TokenKind::Str,
            END => TokenKind::End,
            _ => TokenKind::Symbol,
        }
    }

    /// Whether it is the symbol of that byte.
    pub(crate) fn is(self, symbol: u8) -> bool {
        self.code == symbol
    }

    pub(crate) fn span(self) -> Span {
        self.place.span()
    }
}

/// The tokens of a text, without spaces, comments and [`TokenKind::End`]; total over any bytes. A text beyond [`LONGEST_TEXT`] has none.
pub fn tokens(text: &[u8]) -> impl Iterator<Item = (TokenKind, Span)> {
    let readable = text.len() as u64 <= LONGEST_TEXT;
    let mut lexer = Lexer::new(if readable { text } else { b"" });
    let mut errors = SyntaxErrors::default();
    std::iter::from_fn(move || {
        let token = lexer.next(&mut errors);
        (token.kind() != TokenKind::End).then(|| (token.kind(), token.span()))
    })
}

/// The lexer, standing behind the last token that it gave.
#[derive(Debug)]
pub(crate) struct Lexer<'t> {
    pub(crate) text: &'t [u8],
    at: usize,
    first: usize,
    /// The comment directly above the last token (no blank line between), or an empty span.
    pub(crate) comment: Span,
}

const SPACE: u8 = 1;
const LETTER: u8 = 4;
const DIGIT: u8 = 8;
const CONTROL: u8 = 16;
/// Punctuation that is a token by itself, whatever follows.
const SYMBOL: u8 = 32;
const QUOTE: u8 = 64;

const CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = match byte as u8 {
            b' ' | b'\n' | b'\t' | b'\r' | 0x0b | 0x0c => SPACE,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => LETTER,
            b'0'..=b'9' => DIGIT,
            b'=' | b';' | b'{' | b'}' | b'(' | b')' | b'[' | b']' | b'<' | b'>' | b',' | b':' => {
                SYMBOL
            }
            b'"' | b'\'' => QUOTE,
            0..=0x1f | 0x7f => CONTROL,
            _ => 0,
        };
        byte += 1;
    }
    class
};

fn class(byte: u8) -> u8 {
    CLASS[byte as usize]
}

/// How many bytes are looked at together: a compiler makes a few instructions of it, and no branch has to be guessed.
const TOGETHER: usize = 16;

/// Where the bytes from `at` on cease to be as wanted.
#[inline(always)]
fn end_of_run(text: &[u8], mut at: usize, wanted: impl Fn(u8) -> bool) -> usize {
    while let Some(bytes) = text.get(at..).and_then(<[u8]>::first_chunk::<TOGETHER>) {
        let mut other = [0xff; TOGETHER];
        // `map` would not be inlined
        for index in 0..TOGETHER {
            other[index] = if wanted(bytes[index]) { 0 } else { 0xff };
        }
        let other = u128::from_le_bytes(other);
        if other != 0 {
            return at + other.trailing_zeros() as usize / 8;
        }
        at += TOGETHER;
    }
    while text.get(at).is_some_and(|&byte| wanted(byte)) {
        at += 1;
    }
    at
}

/// The same as [`LETTER`] and [`DIGIT`], in arithmetic instead of a table.
fn is_of_name(byte: u8) -> bool {
    ((byte | 0x20).wrapping_sub(b'a') < 26) | (byte.wrapping_sub(b'0') < 10) | (byte == b'_')
}

fn end_of_indentation(text: &[u8], mut at: usize) -> usize {
    if let Some(bytes) = text.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let other = u64::from_le_bytes(*bytes) ^ u64::from_le_bytes([b' '; 8]);
        if other != 0 {
            return at + other.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    while text.get(at) == Some(&b' ') {
        at += 1;
    }
    at
}

impl<'t> Lexer<'t> {
    /// Starts at the first byte behind a byte order mark.
    pub(crate) fn new(text: &'t [u8]) -> Self {
        let at = if text.starts_with(b"\xef\xbb\xbf") {
            3
        } else {
            0
        };
        Self {
            text,
            at,
            first: at,
            comment: Span::default(),
        }
    }

    /// Starts in the middle: for reading a piece again.
    pub(crate) fn over(text: &'t [u8], span: Span) -> Self {
        let end = (span.end as usize).min(text.len());
        Self {
            text: &text[..end],
            at: (span.start as usize).min(end),
            first: (span.start as usize).min(end),
            comment: Span::default(),
        }
    }

    /// The text of a token.
    pub(crate) fn text_of(&self, token: Token) -> &'t [u8] {
        self.slice(token.span())
    }

    pub(crate) fn slice(&self, span: Span) -> &'t [u8] {
        &self.text[span.start as usize..span.end as usize]
    }

    fn peek(&self) -> u8 {
        self.byte(0)
    }

    /// The byte `ahead` of here, 0 behind the end (a NUL in the text has no meaning either).
    fn byte(&self, ahead: usize) -> u8 {
        self.text.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn span_from(&self, start: usize) -> Span {
        Span {
            start: start as u32,
            end: self.at as u32,
        }
    }

    fn place_from(&self, start: usize) -> Packed {
        Packed::new(start as u32, self.at as u32)
    }

    fn skip_class(&mut self, mask: u8) {
        while self
            .text
            .get(self.at)
            .is_some_and(|&b| class(b) & mask != 0)
        {
            self.at += 1;
        }
    }

    /// The next token; [`TokenKind::End`] for ever at the end.
    #[inline(always)]
    pub(crate) fn next(&mut self, errors: &mut SyntaxErrors) -> Token {
        self.comment = Span::default();
        let mut byte = self.peek();
        if byte == b' ' && self.at != self.first {
            // the most common trivia by far
            self.at += 1;
            byte = self.peek();
        }
        if class(byte) & (SPACE | CONTROL) != 0 || byte == b'/' {
            self.skip_trivia(errors);
            byte = self.peek();
        }
        let start = self.at;
        let class = class(byte);
        // one question after the other: a jump by a table would be guessed wrong more often
        if class & LETTER != 0 {
            self.at = end_of_run(self.text, start + 1, is_of_name);
            return Token::new(TokenKind::Ident, self.place_from(start));
        }
        if class & SYMBOL != 0 {
            self.at += 1;
            return Token {
                place: self.place_from(start),
                code: byte,
            };
        }
        let kind = if class & DIGIT != 0 {
            self.number(errors)
        } else if class & QUOTE != 0 {
            self.string(byte, errors)
        } else {
            return self.odd(byte, errors);
        };
        Token::new(kind, self.place_from(start))
    }

    /// The end, a dot, or a byte that few files have.
    fn odd(&mut self, byte: u8, errors: &mut SyntaxErrors) -> Token {
        let start = self.at;
        if start >= self.text.len() {
            return Token::new(TokenKind::End, self.place_from(start));
        }
        if byte == b'.' && class(self.byte(1)) == DIGIT {
            if start > 0 && class(self.text[start - 1]) & (LETTER | DIGIT) != 0 {
                errors.push(self.span_from(start), "a space is missing before the `.`");
            }
            let kind = self.number(errors);
            return Token::new(kind, self.place_from(start));
        }
        self.at += 1;
        if byte >= 0x80 {
            // one report for a run of them: a letter is several bytes
            while self.peek() >= 0x80 {
                self.at += 1;
            }
            errors.push(
                self.span_from(start),
                "only ASCII is allowed outside of strings and comments",
            );
        }
        Token {
            place: self.place_from(start),
            code: byte,
        }
    }

    /// Skips spaces and comments, and remembers the comment that stands right above what follows, as protoc finds it: the last block, or
    /// the last run of whole-line comments.
    fn skip_trivia(&mut self, errors: &mut SyntaxErrors) {
        // a comment on the line of the token before belongs to that; at the start of the text there is none
        let mut newlines = u32::from(self.at == self.first);
        let mut trailing = newlines == 0;
        let mut after_block = false;
        loop {
            let Some(&byte) = self.text.get(self.at) else {
                return;
            };
            if byte == b'\n' {
                newlines += 1;
                self.at = end_of_indentation(self.text, self.at + 1);
                continue;
            }
            let class = class(byte);
            if class & SPACE != 0 {
                self.at += 1;
                continue;
            }
            if byte == b'/' && matches!(self.byte(1), b'/' | b'*') {
                let start = self.at;
                let is_block = self.byte(1) == b'*';
                if is_block {
                    self.block_comment(errors);
                } else {
                    self.line_comment(errors);
                }
                if !trailing || newlines > 0 {
                    let none = self.comment == Span::default();
                    if is_block || after_block || newlines > 1 || none {
                        self.comment.start = start as u32;
                    }
                    self.comment.end = self.at as u32;
                    newlines = 0;
                }
                trailing = false;
                after_block = is_block;
                continue;
            }
            if class & CONTROL != 0 {
                let start = self.at;
                self.skip_class(CONTROL);
                errors.push(
                    self.span_from(start),
                    "control characters are not allowed here",
                );
                continue;
            }
            if newlines > 1 {
                self.comment = Span::default();
            }
            return;
        }
    }

    /// Leaves the line's end to be counted as a newline.
    fn line_comment(&mut self, errors: &mut SyntaxErrors) {
        let mut from = self.at;
        loop {
            match memchr2(b'\n', 0, &self.text[from..]) {
                Some(found) if self.text[from + found] == 0 => {
                    let at = (from + found) as u32;
                    let span = Span {
                        start: at,
                        end: at + 1,
                    };
                    errors.push(span, "a NUL byte is not allowed in a comment");
                    from += found + 1;
                    while self.text.get(from) == Some(&0) {
                        from += 1;
                    }
                }
                Some(found) => {
                    self.at = from + found;
                    break;
                }
                None => {
                    self.at = self.text.len();
                    break;
                }
            }
        }
        // the `\r` of a CRLF belongs to the line's end
        if self.text[self.at - 1] == b'\r' {
            self.at -= 1;
        }
    }

    fn block_comment(&mut self, errors: &mut SyntaxErrors) {
        let open = self.at;
        let mut from = open + 2;
        loop {
            let Some(found) = memchr(b'*', &self.text[from..]) else {
                self.at = self.text.len();
                let span = Span {
                    start: open as u32,
                    end: open as u32 + 2,
                };
                errors.push(span, "this comment is never closed");
                return;
            };
            let star = from + found;
            if star > open + 2 && self.text[star - 1] == b'/' {
                let span = Span {
                    start: star as u32 - 1,
                    end: star as u32 + 1,
                };
                errors.push(
                    span,
                    "a `/*` inside of a block comment: they cannot be nested",
                );
            }
            if self.text.get(star + 1) == Some(&b'/') {
                self.at = star + 2;
                break;
            }
            from = star + 1;
        }
        if let Some(nul) = memchr(0, &self.text[open..self.at]) {
            let at = (open + nul) as u32;
            let span = Span {
                start: at,
                end: at + 1,
            };
            errors.push(span, "a NUL byte is not allowed in a comment");
        }
    }

    fn number(&mut self, errors: &mut SyntaxErrors) -> TokenKind {
        let start = self.at;
        if self.peek() != b'0' {
            self.skip_class(DIGIT);
            let next = self.peek();
            if class(next) != LETTER && next != b'.' {
                return TokenKind::Int;
            }
            self.at = start;
        }
        self.long_number(errors)
    }

    /// A number that is more than decimal digits.
    fn long_number(&mut self, errors: &mut SyntaxErrors) -> TokenKind {
        let start = self.at;
        let mut kind = TokenKind::Int;
        if self.peek() == b'0' && matches!(self.byte(1), b'x' | b'X') {
            self.at += 2;
            let digits = self.at;
            while self.peek().is_ascii_hexdigit() {
                self.at += 1;
            }
            if self.at == digits {
                errors.push(self.span_from(start), "`0x` must be followed by hex digits");
            }
        } else if self.peek() == b'0' && class(self.byte(1)) == DIGIT {
            self.skip_class(DIGIT);
            if self.text[start..self.at]
                .iter()
                .any(|b| matches!(b, b'8' | b'9'))
            {
                errors.push(
                    self.span_from(start),
                    "a number that starts with zero is octal: the digits go up to 7",
                );
            }
        } else {
            self.skip_class(DIGIT);
            if self.peek() == b'.' {
                kind = TokenKind::Float;
                self.at += 1;
                self.skip_class(DIGIT);
            }
            if matches!(self.peek(), b'e' | b'E') {
                kind = TokenKind::Float;
                self.at += 1;
                if matches!(self.peek(), b'+' | b'-') {
                    self.at += 1;
                }
                if class(self.peek()) != DIGIT {
                    errors.push(self.span_from(start), "`e` must be followed by an exponent");
                }
                self.skip_class(DIGIT);
            }
        }
        if class(self.peek()) == LETTER {
            errors.push(
                self.span_from(start),
                "a space is missing between the number and the name",
            );
        } else if self.peek() == b'.' {
            errors.push(
                self.span_from(start),
                "a `.` has no place behind this number",
            );
        }
        kind
    }

    fn string(&mut self, quote: u8, errors: &mut SyntaxErrors) -> TokenKind {
        let start = self.at;
        self.at += 1;
        loop {
            self.at = end_of_run(self.text, self.at, |byte| {
                (byte != quote) & (byte != b'\\') & (byte != b'\n') & (byte != 0)
            });
            match self.text.get(self.at) {
                Some(&byte) if byte == quote => {
                    self.at += 1;
                    return TokenKind::Str;
                }
                None | Some(b'\n') => {
                    errors.push(self.span_from(start), "this string is never closed");
                    return TokenKind::Str;
                }
                Some(0) => {
                    errors.push(
                        self.span_from(start),
                        "a NUL byte is not allowed in a string",
                    );
                    self.at += 1;
                }
                Some(b'\\') => {
                    let escape = self.at;
                    self.at += 1;
                    if !self.escape() {
                        errors.push(self.span_from(escape), "this escape is not known");
                    }
                }
                Some(_) => {}
            }
        }
    }

    /// Steps over what follows a backslash; false if it is no escape.
    fn escape(&mut self) -> bool {
        let byte = self.peek();
        let digits = match byte {
            b'a'
            | b'b'
            | b'f'
            | b'n'
            | b'r'
            | b't'
            | b'v'
            | b'\\'
            | b'?'
            | b'\''
            | b'"'
            | b'0'..=b'7' => 0,
            // protoc takes one hex digit and lets the second be part of the string: the same bytes are read
            b'x' | b'X' => 1,
            b'u' => 4,
            b'U' => 8,
            _ => return false,
        };
        self.at += 1;
        let rest = &self.text[self.at..];
        let good = rest.len() >= digits && rest[..digits].iter().all(u8::is_ascii_hexdigit);
        // protoc looks at the first three digits only
        let in_range = byte != b'U' || rest.starts_with(b"000") || rest.starts_with(b"001");
        if good {
            self.at += digits;
        }
        good && in_range
    }
}
