//! Cuts a file's bytes into tokens, on demand, and never stops at a bad one.

use memchr::{memchr, memchr2};

use super::errors::SyntaxErrors;
use crate::Span;
use crate::limits::LONGEST_TEXT;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A name or a keyword: which of them depends on where it stands.
    Ident,
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

/// A token, without its text: the span says where that is.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

/// The tokens of a text, without spaces, comments and [`TokenKind::End`]; total over any bytes. A text beyond [`LONGEST_TEXT`] has none.
pub fn tokens(text: &[u8]) -> impl Iterator<Item = Token> {
    let readable = text.len() as u64 <= LONGEST_TEXT;
    let mut lexer = Lexer::new(if readable { text } else { b"" });
    let mut errors = SyntaxErrors::default();
    std::iter::from_fn(move || {
        let token = lexer.next(&mut errors);
        (token.kind != TokenKind::End).then_some(token)
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
const NEWLINE: u8 = 2;
const LETTER: u8 = 4;
const DIGIT: u8 = 8;
const CONTROL: u8 = 16;

const CLASS: [u8; 256] = {
    let mut class = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        class[byte] = match byte as u8 {
            b'\n' => SPACE | NEWLINE,
            b' ' | b'\t' | b'\r' | 0x0b | 0x0c => SPACE,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => LETTER,
            b'0'..=b'9' => DIGIT,
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

    fn skip_class(&mut self, mask: u8) {
        let rest = &self.text[self.at..];
        self.at += rest
            .iter()
            .position(|&b| class(b) & mask == 0)
            .unwrap_or(rest.len());
    }

    /// The next token; [`TokenKind::End`] for ever at the end.
    pub(crate) fn next(&mut self, errors: &mut SyntaxErrors) -> Token {
        self.skip_trivia(errors);
        let start = self.at;
        let Some(&first) = self.text.get(start) else {
            return Token {
                kind: TokenKind::End,
                span: self.span_from(start),
            };
        };
        let kind = match class(first) {
            LETTER => {
                self.at += 1;
                self.skip_class(LETTER | DIGIT);
                TokenKind::Ident
            }
            DIGIT => self.number(errors),
            _ => match first {
                b'"' | b'\'' => self.string(first, errors),
                b'.' if class(self.byte(1)) == DIGIT => {
                    if start > 0 && class(self.text[start - 1]) & (LETTER | DIGIT) != 0 {
                        errors.push(self.span_from(start), "a space is missing before the `.`");
                    }
                    self.number(errors)
                }
                _ => {
                    self.at += 1;
                    TokenKind::Symbol
                }
            },
        };
        let span = self.span_from(start);
        if first >= 0x80 {
            // one report for a run of them: a letter is several bytes
            while self.peek() >= 0x80 {
                self.at += 1;
            }
            let span = self.span_from(start);
            errors.push(
                span,
                "only ASCII is allowed outside of strings and comments",
            );
            return Token { kind, span };
        }
        Token { kind, span }
    }

    /// Skips spaces and comments, and remembers the comment that stands right above what follows.
    fn skip_trivia(&mut self, errors: &mut SyntaxErrors) {
        self.comment = Span::default();
        // a comment on the line of the token before belongs to that; at the start of the text there is none
        let mut newlines = u32::from(self.at == self.first);
        loop {
            let Some(&byte) = self.text.get(self.at) else {
                return;
            };
            let class = class(byte);
            if class & SPACE != 0 {
                newlines += u32::from(class & NEWLINE != 0);
                self.at += 1;
                continue;
            }
            if byte == b'/' && matches!(self.byte(1), b'/' | b'*') {
                let start = self.at;
                if self.byte(1) == b'/' {
                    self.line_comment(errors);
                } else {
                    self.block_comment(errors);
                }
                let trailing = newlines == 0 && self.comment == Span::default();
                if !trailing {
                    if newlines > 1 || self.comment == Span::default() {
                        self.comment.start = start as u32;
                    }
                    self.comment.end = self.at as u32;
                    newlines = 0;
                }
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
                Some(_) => self.at += 1,
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
        let in_range = byte != b'U' || rest.starts_with(b"000") || rest.starts_with(b"0010");
        if good {
            self.at += digits;
        }
        good && in_range
    }
}
