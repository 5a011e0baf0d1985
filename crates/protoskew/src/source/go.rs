//! Generated Go code: where its text holds the descriptor of the file that it was made of.
//!
//! Three forms are in use, each the value of one variable or constant at the top of the file:
//!
//! - `var fileDescriptor_c1460208 = []byte{0x1f, 0x8b, …}`: gzipped, of gogo/protobuf and golang/protobuf before 1.4;
//! - `var file_a_proto_rawDesc = []byte{0x0a, …}`, later within `string(…)`: of google.golang.org/protobuf from 1.20;
//! - `const file_a_proto_rawDesc = "" + "\n" + "\aa.proto"`: of google.golang.org/protobuf from 1.36.

/// The values of all variables and constants that hold a descriptor, as the Go compiler reads them; an error where such a value
/// begins and cannot be read to its end, with the line (from 1) where that shows.
pub(super) fn descriptors(source: &[u8]) -> Vec<Result<Vec<u8>, Unread>> {
    let mut scanner = Scanner { source, at: 0 };
    let mut found = Vec::new();
    while let Some(token) = scanner.token() {
        if let Token::Word(name) = token
            && holds_descriptor(name)
            && let Some(value) = scanner.value()
        {
            found.push(value.ok_or(Unread {
                line: 1 + source[..scanner.at].iter().filter(|&&b| b == b'\n').count(),
            }));
        }
    }
    found
}

/// The value of a descriptor cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unread {
    /// The line up to which it was read, from 1.
    pub(super) line: usize,
}

/// Whether generators give that name to a descriptor.
fn holds_descriptor(name: &[u8]) -> bool {
    name.starts_with(b"fileDescriptor") || name.starts_with(b"file_") && name.ends_with(b"_rawDesc")
}

enum Token<'s> {
    /// A name, a keyword or a number.
    Word(&'s [u8]),
    /// What a string literal stands for; `None` where it does not end or an escape means nothing.
    Text(Option<Vec<u8>>),
    Sign(u8),
}

/// Go's tokens, as far as finding a literal needs them.
#[derive(Clone, Copy)]
struct Scanner<'s> {
    source: &'s [u8],
    at: usize,
}

impl<'s> Scanner<'s> {
    fn rest(&self) -> &'s [u8] {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = self.source.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    /// Goes on behind the next `end`, or to the end of the text.
    fn skip_behind(&mut self, end: &[u8]) {
        let rest = self.rest();
        let found = rest.windows(end.len()).position(|window| window == end);
        self.at += found.map_or(rest.len(), |at| at + end.len());
    }

    fn token(&mut self) -> Option<Token<'s>> {
        loop {
            let rest = self.rest();
            if rest.starts_with(b"//") {
                self.skip_behind(b"\n");
            } else if rest.starts_with(b"/*") {
                self.at += 2;
                self.skip_behind(b"*/");
            } else if rest.first()?.is_ascii_whitespace() {
                self.at += 1;
            } else {
                break;
            }
        }
        let of_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
        let rest = self.rest();
        let length = rest.iter().take_while(|byte| of_word(byte)).count();
        if length > 0 {
            self.at += length;
            return Some(Token::Word(&rest[..length]));
        }
        Some(match self.byte()? {
            b'`' => Token::Text(self.raw_text()),
            quote @ (b'"' | b'\'') => Token::Text(self.text(quote)),
            sign => Token::Sign(sign),
        })
    }

    /// What stands between backquotes, of which the first is read.
    fn raw_text(&mut self) -> Option<Vec<u8>> {
        let rest = self.rest();
        let Some(length) = rest.iter().position(|&byte| byte == b'`') else {
            self.at = self.source.len();
            return None;
        };
        self.at += length + 1;
        let text = &rest[..length];
        Some(text.iter().copied().filter(|&b| b != b'\r').collect())
    }

    /// What a literal stands for whose first quote is read.
    fn text(&mut self, quote: u8) -> Option<Vec<u8>> {
        let mut text = Vec::new();
        let mut sound = true;
        loop {
            match self.byte()? {
                b'\n' => return None,
                b'\\' => sound &= self.escape(&mut text).is_some(),
                byte if byte == quote => return sound.then_some(text),
                byte => text.push(byte),
            }
        }
    }

    /// What stands behind a backslash.
    fn escape(&mut self, text: &mut Vec<u8>) -> Option<()> {
        let byte = match self.byte()? {
            b'a' => 0x07,
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 0x0b,
            same @ (b'\\' | b'\'' | b'"') => same,
            b'x' => u8::try_from(self.digits(2, 16)?).ok()?,
            b'0'..=b'7' => {
                self.at -= 1;
                u8::try_from(self.digits(3, 8)?).ok()?
            }
            letter @ (b'u' | b'U') => {
                let code = self.digits(if letter == b'u' { 4 } else { 8 }, 16)?;
                let char = char::from_u32(code)?;
                text.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes());
                return Some(());
            }
            _ => return None,
        };
        text.push(byte);
        Some(())
    }

    fn digits(&mut self, count: usize, radix: u32) -> Option<u32> {
        let digits = self.rest().get(..count)?;
        let all = digits.iter().all(|&byte| char::from(byte).is_digit(radix));
        let number = u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok();
        self.at += if all { count } else { 0 };
        number.filter(|_| all)
    }

    /// The value behind a name: `None` where nothing is assigned that could hold a descriptor, and then nothing is read.
    fn value(&mut self) -> Option<Option<Vec<u8>>> {
        let mut ahead = *self;
        let Some(Token::Sign(b'=')) = ahead.token() else {
            return None;
        };
        let mut next = ahead.token()?;
        if matches!(next, Token::Word(b"string")) {
            let Some(Token::Sign(b'(')) = ahead.token() else {
                return None;
            };
            next = ahead.token()?;
        }
        let value = match next {
            Token::Text(first) => ahead.texts(first),
            Token::Sign(b'[') => {
                let Some(Token::Sign(b']')) = ahead.token() else {
                    return None;
                };
                match (ahead.token(), ahead.token()) {
                    (Some(Token::Word(b"byte" | b"uint8")), Some(Token::Sign(b'{'))) => {
                        ahead.bytes()
                    }
                    _ => return None,
                }
            }
            _ => return None,
        };
        *self = ahead;
        Some(value)
    }

    /// The numbers up to a closing brace.
    fn bytes(&mut self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        loop {
            match self.token()? {
                Token::Sign(b'}') => return Some(bytes),
                Token::Sign(b',') => {}
                Token::Word(word) => bytes.push(number(word)?),
                _ => return None,
            }
        }
    }

    /// Literals joined with `+`, of which the first is read.
    fn texts(&mut self, first: Option<Vec<u8>>) -> Option<Vec<u8>> {
        let mut text = first?;
        loop {
            let before = *self;
            let Some(Token::Sign(b'+')) = self.token() else {
                *self = before;
                return Some(text);
            };
            match self.token()? {
                Token::Text(more) => text.extend(more?),
                _ => return None,
            }
        }
    }
}

fn number(word: &[u8]) -> Option<u8> {
    let word = std::str::from_utf8(word).ok()?;
    match word.strip_prefix("0x").or_else(|| word.strip_prefix("0X")) {
        Some(hex) => u8::from_str_radix(hex, 16).ok(),
        None => word.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: &[Result<&[u8], usize>]) {
        let found = descriptors(source.as_bytes());
        let found: Vec<Result<&[u8], usize>> = found
            .iter()
            .map(|value| value.as_deref().map_err(|unread| unread.line))
            .collect();
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn bytes_and_texts() {
        check(
            "var fileDescriptor_c14 = []byte{\n\t// 3 bytes of a gzipped FileDescriptorProto\n\t0x1f, 0x8b,\n\t0x08,\n}\n",
            &[Ok(&[0x1f, 0x8b, 8])],
        );
        check(
            "var fileDescriptor0 = []byte{1, 0XfF}\nvar file_b_proto_rawDesc = string([]byte{0x0a})",
            &[Ok(&[1, 255]), Ok(&[10])],
        );
        check(
            r#"const file_a_proto_rawDesc = "" +
	"\n" + // the first field
	"\aa.\"x\\\x00\377\u00e9é" + `\n`
var more = 1"#,
            &[Ok(b"\n\x07a.\"x\\\0\xff\xc3\xa9\xc3\xa9\\n")],
        );
    }

    #[test]
    fn what_only_names_or_quotes_one() {
        check(
            "// var fileDescriptor0 = []byte{1}\n/* fileDescriptor1 = \"\" */\nvar a = `fileDescriptor2 = \"\"`\nvar b = \"fileDescriptor3 = \\\"\\\"\"\nvar c = '\"'\nfile_a_rawDescData = file_a_rawDesc\nfile_a_rawDesc = nil\nreturn fileDescriptor4, []int{0}\nfile_a_rawDesc = []int{0}\nfileDescriptor == \"\"",
            &[],
        );
    }

    #[test]
    fn values_that_cannot_be_read() {
        check("var fileDescriptor0 = []byte{\n0x1f,\n", &[Err(3)]);
        check(
            "var fileDescriptor0 = []byte{256}\nvar fileDescriptor1 = []byte{2}",
            &[Err(1), Ok(&[2])],
        );
        check("const file_a_rawDesc = \"\" +\n\"\\q\"\n", &[Err(2)]);
        check("const file_a_rawDesc = \"a\n\"", &[Err(2)]);
        check("const file_a_rawDesc = \"\" + x", &[Err(1)]);
    }

    #[test]
    fn a_text_may_begin_and_end_anywhere() {
        let source = "/* é */ var fileDescriptor0 = []byte{0x1f, // x\n}\nconst file_a_rawDesc = \"\" + \"\\x0a\\012\\u00e9\\U0001F600\" + `é` + '\\''\n".as_bytes();
        for at in 0..=source.len() {
            // an answer of any kind, and never a panic
            let _ = (descriptors(&source[..at]), descriptors(&source[at..]));
        }
    }
}
