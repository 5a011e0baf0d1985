//! What literals mean: numbers, strings, names with spaces in them.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use super::errors::SyntaxErrors;
use super::lexer::{Lexer, TokenKind};
use crate::{Name, Span};

/// The value of a number token: decimal, `0x` hex or `0` octal; `None` if it does not fit or is malformed.
pub(crate) fn unsigned(token: &[u8]) -> Option<u64> {
    let (digits, radix) = match token {
        [b'0', b'x' | b'X', rest @ ..] => (rest, 16),
        [b'0', rest @ ..] if !rest.is_empty() => (rest, 8),
        _ => (token, 10),
    };
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |value, &byte| {
        let digit = char::from(byte).to_digit(radix)?;
        value
            .checked_mul(u64::from(radix))?
            .checked_add(u64::from(digit))
    })
}

/// A sign and a number, perhaps with space between, that fits into 32 bits.
pub(crate) fn signed(text: &[u8], span: Span) -> Option<i32> {
    let (negative, token) = signed_token(text, span)?;
    let value = i64::try_from(unsigned(token)?).ok()?;
    i32::try_from(if negative { -value } else { value }).ok()
}

/// Splits `- 5` into whether there is a sign, and the number's token.
pub(crate) fn signed_token(text: &[u8], span: Span) -> Option<(bool, &[u8])> {
    let plain = &text[span.start as usize..span.end as usize];
    if plain.first() != Some(&b'-') {
        return Some((false, plain));
    }
    let mut lexer = Lexer::over(text, span);
    let mut errors = SyntaxErrors::default();
    lexer.next(&mut errors);
    let token = lexer.next(&mut errors);
    (token.kind() != TokenKind::End).then(|| (true, lexer.text_of(token)))
}

/// The text that string literals stand for; what is not UTF-8 in it is replaced.
pub(crate) fn string_text(text: &[u8], span: Span) -> Cow<'_, str> {
    match strings(text, span) {
        Cow::Borrowed(bytes) => readable(bytes),
        Cow::Owned(bytes) => Cow::Owned(readable(&bytes).into_owned()),
    }
}

/// Bytes as text; what is not UTF-8 in them is replaced.
pub(crate) fn readable(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// The bytes that one or more adjacent string literals stand for.
pub(crate) fn strings(text: &[u8], span: Span) -> Cow<'_, [u8]> {
    // most are one literal without an escape, and stand for what is between the quotes
    if let [quote @ (b'"' | b'\''), inside @ .., last] =
        &text[span.start as usize..span.end as usize]
        && quote == last
        && memchr2(*quote, b'\\', inside).is_none()
    {
        return Cow::Borrowed(inside);
    }
    let mut lexer = Lexer::over(text, span);
    let mut errors = SyntaxErrors::default();
    let mut bytes = Vec::new();
    loop {
        let token = lexer.next(&mut errors);
        if token.kind() != TokenKind::Str {
            return Cow::Owned(bytes);
        }
        unquote(lexer.text_of(token), &mut bytes);
    }
}

/// Appends what one literal stands for; its quotes are part of `literal`.
fn unquote(literal: &[u8], bytes: &mut Vec<u8>) {
    let quote = literal[0];
    let inside = &literal[1..];
    unescape(inside.strip_suffix(&[quote]).unwrap_or(inside), bytes);
}

/// Appends what stands between quotes, with its escapes undone.
pub(crate) fn unescape(mut rest: &[u8], bytes: &mut Vec<u8>) {
    loop {
        let plain = memchr(b'\\', rest).unwrap_or(rest.len());
        bytes.extend_from_slice(&rest[..plain]);
        let Some((&escape, after)) = rest[plain..].get(1..).and_then(<[u8]>::split_first) else {
            return;
        };
        rest = after;
        match escape {
            b'a' => bytes.push(7),
            b'b' => bytes.push(8),
            b'f' => bytes.push(12),
            b'n' => bytes.push(b'\n'),
            b'r' => bytes.push(b'\r'),
            b't' => bytes.push(b'\t'),
            b'v' => bytes.push(11),
            b'0'..=b'7' => {
                let (value, after) = digits(rest, 8, 2, u32::from(escape - b'0'));
                rest = after;
                bytes.push(value as u8);
            }
            b'x' | b'X' => {
                let (value, after) = digits(rest, 16, 2, 0);
                rest = after;
                bytes.push(value as u8);
            }
            b'u' | b'U' => {
                let most = if escape == b'u' { 4 } else { 8 };
                let (mut value, mut after) = digits(rest, 16, most, 0);
                // two halves of a UTF-16 pair are one character
                if (0xd800..0xdc00).contains(&value)
                    && let Some(low) = after.strip_prefix(b"\\u")
                    && let (low, behind) = digits(low, 16, 4, 0)
                    && (0xdc00..0xe000).contains(&low)
                {
                    value = 0x10000 + ((value - 0xd800) << 10) + (low - 0xdc00);
                    after = behind;
                }
                rest = after;
                match (char::from_u32(value), value) {
                    (Some(char), _) => {
                        bytes.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                    // protoc writes half a pair as if it were a character, and keeps what is beyond all of them as it is written
                    (None, 0xd800..0xe000) => {
                        let low = |shift: u32| 0x80 | (value >> shift & 0x3f) as u8;
                        bytes.extend([0xe0 | (value >> 12) as u8, low(6), low(0)]);
                    }
                    (None, _) => bytes.extend(format!("\\U{value:08x}").bytes()),
                }
            }
            other => bytes.push(other),
        }
    }
}

/// Reads up to `most` further digits onto `value`.
fn digits(mut rest: &[u8], radix: u32, most: usize, mut value: u32) -> (u32, &[u8]) {
    for _ in 0..most {
        let Some((&byte, after)) = rest.split_first() else {
            break;
        };
        let Some(digit) = char::from(byte).to_digit(radix) else {
            break;
        };
        value = value.wrapping_mul(radix).wrapping_add(digit);
        rest = after;
    }
    (value, rest)
}

/// Writes bytes so that every text has one form: as they are where they are printable, escaped otherwise.
///
/// Valid UTF-8 beyond ASCII stays readable if `keep_unicode`; of `bytes` nobody knows that it is text.
pub(crate) fn escape(bytes: &[u8], keep_unicode: bool) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for char in chunk.valid().chars() {
            match char {
                '\n' => out.push_str("\\n"),
                '\r' => out.push_str("\\r"),
                '\t' => out.push_str("\\t"),
                '"' => out.push_str("\\\""),
                '\'' => out.push_str("\\'"),
                '\\' => out.push_str("\\\\"),
                ' '..='~' => out.push(char),
                _ if keep_unicode && !char.is_control() => out.push(char),
                _ => octal(char.encode_utf8(&mut [0; 4]).as_bytes(), &mut out),
            }
        }
        octal(chunk.invalid(), &mut out);
    }
    out
}

fn octal(bytes: &[u8], out: &mut String) {
    for byte in bytes {
        out.push_str(&format!("\\{byte:03o}"));
    }
}

/// A dotted name (of an option, with parentheses), with spaces and comments taken out.
pub(crate) fn dotted(text: &[u8], span: Span) -> Name {
    let plain = &text[span.start as usize..span.end as usize];
    if plain
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'(' | b')'))
        && let Ok(plain) = std::str::from_utf8(plain)
    {
        return Name::new(plain);
    }
    let mut lexer = Lexer::over(text, span);
    let mut errors = SyntaxErrors::default();
    let mut name = String::new();
    loop {
        let token = lexer.next(&mut errors);
        if token.kind() == TokenKind::End {
            return name.into();
        }
        name.push_str(&String::from_utf8_lossy(lexer.text_of(token)));
    }
}

/// A value in one form however it was laid out: tokens joined by single spaces, adjacent strings by nothing, quotes and
/// escapes canonical, a sign attached to its number.
pub(crate) fn normal_value(text: &[u8], span: Span) -> Name {
    let plain = &text[span.start as usize..span.end as usize];
    if plain
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_'))
        && let Ok(plain) = std::str::from_utf8(plain)
    {
        return Name::new(plain);
    }
    let mut lexer = Lexer::over(text, span);
    let mut errors = SyntaxErrors::default();
    let mut out = String::new();
    let mut token = lexer.next(&mut errors);
    while token.kind() != TokenKind::End {
        if !out.is_empty() && !out.ends_with('-') {
            out.push(' ');
        }
        if token.kind() == TokenKind::Str {
            let mut bytes = Vec::new();
            while token.kind() == TokenKind::Str {
                unquote(lexer.text_of(token), &mut bytes);
                token = lexer.next(&mut errors);
            }
            out.push('"');
            out.push_str(&escape(&bytes, true));
            out.push('"');
            continue;
        }
        out.push_str(&String::from_utf8_lossy(lexer.text_of(token)));
        token = lexer.next(&mut errors);
    }
    out.into()
}
