//! The tokens of a text that is well formed, and dice to choose among them.
#![allow(dead_code)] // each test takes what it needs

/// A token, or what stands between tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Word,
    Number,
    Text,
    Symbol,
    Between,
}

/// Cuts a text that is well formed; its own lexer, so that it shares no mistakes with the one that is tested.
pub(crate) fn tokens(text: &str) -> Vec<(Kind, &str)> {
    let mut list = Vec::new();
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text);
    while let Some(first) = rest.chars().next() {
        let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let until = |stop: &dyn Fn(char) -> bool| rest.find(stop).unwrap_or(rest.len());
        let second = rest[first.len_utf8()..].chars().next();
        let (kind, length) = match first {
            '/' if second == Some('/') => (Kind::Between, until(&|c| c == '\n')),
            '/' if second == Some('*') => (Kind::Between, rest.find("*/").expect("an end") + 2),
            _ if first.is_whitespace() => (Kind::Between, until(&|c| !c.is_whitespace())),
            '"' | '\'' => (Kind::Text, quoted(rest, first)),
            '0'..='9' => (Kind::Number, number(rest)),
            '.' if second.is_some_and(|c| c.is_ascii_digit()) => (Kind::Number, number(rest)),
            _ if word(first) => (Kind::Word, until(&|c| !word(c))),
            _ => (Kind::Symbol, first.len_utf8()),
        };
        let (token, after) = rest.split_at(length);
        list.push((kind, token));
        rest = after;
    }
    list
}

fn quoted(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, char) in rest.char_indices().skip(1) {
        match char {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if char == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

fn number(rest: &str) -> usize {
    let mut before = ' ';
    for (at, char) in rest.char_indices() {
        let sign =
            matches!(char, '+' | '-') && matches!(before, 'e' | 'E') && !rest.starts_with("0x");
        if !(char.is_ascii_alphanumeric() || char == '.' || sign) {
            return at;
        }
        before = char;
    }
    rest.len()
}

/// A small generator: the same seed gives the same rolls.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}
