//! Dresses a `.proto` text in what means nothing to protobuf, and takes it off again.

use crate::tokens::{Dice, Kind, tokens};

/// What a text is dressed in; each is put on at places that the seed chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Dressing {
    pub(crate) seed: u64,
    /// Spaces, tabs, vertical tabs and form feeds.
    pub(crate) spaces: bool,
    /// `\n` and `\r\n`, mixed.
    pub(crate) line_ends: bool,
    /// Comments of both kinds, with several bytes to a character, and with what looks like code.
    pub(crate) comments: bool,
    /// A byte order mark at the start.
    pub(crate) mark: bool,
    /// `;` between top-level statements.
    pub(crate) empty_statements: bool,
    /// Numbers of fields and values in hex and octal.
    pub(crate) bases: bool,
    /// Strings cut into pieces side by side.
    pub(crate) pieces: bool,
}

impl Dressing {
    const NONE: Self = Self {
        seed: 1,
        spaces: false,
        line_ends: false,
        comments: false,
        mark: false,
        empty_statements: false,
        bases: false,
        pieces: false,
    };
    pub(crate) const ALL: Self = Self {
        seed: 1,
        spaces: true,
        line_ends: true,
        comments: true,
        mark: true,
        empty_statements: true,
        bases: true,
        pieces: true,
    };
    pub(crate) const EACH: &'static [Self] = &[
        Self::NONE,
        Self {
            spaces: true,
            ..Self::NONE
        },
        Self {
            line_ends: true,
            ..Self::NONE
        },
        Self {
            comments: true,
            ..Self::NONE
        },
        Self {
            mark: true,
            ..Self::NONE
        },
        Self {
            empty_statements: true,
            ..Self::NONE
        },
        Self {
            bases: true,
            ..Self::NONE
        },
        Self {
            pieces: true,
            ..Self::NONE
        },
    ];
}

/// The tokens alone: strings side by side made one, numbers by their value, `;` behind one another once.
pub(crate) fn bare(text: &str) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut last = Kind::Between;
    for (kind, token) in tokens(text) {
        match kind {
            Kind::Between => continue,
            Kind::Text => {
                let inside = &token[1..token.len() - 1];
                match out.last_mut() {
                    Some(before) if last == Kind::Text => before.push_str(inside),
                    _ => out.push(inside.to_owned()),
                }
            }
            Kind::Number => out.push(value(token)),
            Kind::Word | Kind::Symbol => out.push(token.to_owned()),
        }
        last = kind;
    }
    out.join(" ")
}

/// A whole number in decimal; others as they are.
fn value(token: &str) -> String {
    let parsed = match token.as_bytes() {
        [b'0', b'x' | b'X', ..] => u64::from_str_radix(&token[2..], 16),
        [b'0', _, ..] => u64::from_str_radix(token, 8),
        _ => token.parse(),
    };
    parsed.map_or_else(|_| token.to_owned(), |value| value.to_string())
}

const COMMENTS: &[&str] = &[
    "/**/",
    "/* a; message B { } */",
    "/* über\tdie 日本 🦀 */",
    "/* over\r\n\ttwo lines */",
    "/* // */",
    "// behind\n",
    "// ünï \" ' /* \r\n",
    "//\n",
];

/// Puts a dressing on.
pub(crate) fn dress(text: &str, dressing: Dressing) -> String {
    let mut dice = Dice::new(dressing.seed);
    let list = tokens(text);
    let mut out = String::new();
    if dressing.mark {
        out.push('\u{feff}');
    }
    let mut statement: Vec<&str> = Vec::new();
    let mut depth = 0_u32;
    let real = |at: usize| list[at..].iter().find(|t| t.0 != Kind::Between);
    for (at, &(kind, token)) in list.iter().enumerate() {
        match kind {
            Kind::Between => {
                if dressing.line_ends {
                    for line in token.split_inclusive('\n') {
                        match line.strip_suffix('\n') {
                            Some(line) if dice.roll(2) == 0 => {
                                out.push_str(line);
                                out.push_str("\r\n");
                            }
                            _ => out.push_str(line),
                        }
                    }
                } else {
                    out.push_str(token);
                }
                continue;
            }
            Kind::Number if dressing.bases && dice.roll(2) == 0 => {
                let next = real(at + 1).map_or("", |t| t.1);
                let is_own =
                    statement.first() != Some(&"option") && matches!(next, ";" | "[" | "{");
                match token.parse::<u64>() {
                    Ok(value)
                        if is_own && !token.starts_with('0') && statement.last() == Some(&"=") =>
                    {
                        let other = match dice.roll(3) {
                            0 => format!("0{value:o}"),
                            1 => format!("0x{value:X}"),
                            _ => format!("0X{value:02x}"),
                        };
                        out.push_str(&other);
                    }
                    _ => out.push_str(token),
                }
            }
            Kind::Text if dressing.pieces && token.len() > 3 && dice.roll(2) == 0 => {
                let plain = !token.contains('\\') && token.is_ascii();
                let cut = 1 + dice.roll(token.len() as u64 - 2) as usize;
                if plain {
                    let quote = &token[..1];
                    let (first, second) = token.split_at(cut);
                    out.push_str(&format!("{first}{quote} {quote}{second}"));
                } else {
                    out.push_str(token);
                }
            }
            _ => out.push_str(token),
        }
        match token {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        let ends = matches!(token, ";" | "{" | "}") && kind == Kind::Symbol;
        if ends {
            statement.clear();
        } else {
            statement.push(token);
        }
        // behind a `}` may follow more of an option's value
        let top = depth == 0 && ends && real(at + 1).is_none_or(|t| t.1 != ";");
        if dressing.empty_statements && top && dice.roll(2) == 0 {
            out.push_str(" ; ;");
        }
        if dressing.spaces && dice.roll(3) == 0 {
            out.push_str([" ", "\t", "  \t ", "\u{b}", "\u{c}", "\t\t"][dice.roll(6) as usize]);
        }
        if dressing.comments && dice.roll(4) == 0 {
            // a slash before a comment would make another token of it
            out.push(' ');
            out.push_str(COMMENTS[dice.roll(COMMENTS.len() as u64) as usize]);
        }
    }
    out
}
