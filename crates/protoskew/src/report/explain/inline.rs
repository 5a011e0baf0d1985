//! Marks within a line of Markdown: code, bold, emphasis, links.

use anstyle::{Effects, Style};
use unicode_width::UnicodeWidthChar;

use super::super::screen::{CYAN, Screen, visible};

/// Characters, each with its style.
pub(super) type Styled = Vec<(char, Style)>;

/// A blank that must not become a line's end; shown as a blank.
const KEPT: char = '\u{a0}';

/// Reads the marks. Where colours are off, code keeps its ticks: they are how it is told from words.
pub(super) fn inline(text: &str, screen: Screen) -> Styled {
    let mut styled = Styled::new();
    push(&mut styled, text, Style::new(), screen);
    styled
}

/// The words alone.
pub(super) fn plain(text: &str) -> String {
    let styled = inline(text, Screen::PLAIN);
    styled
        .into_iter()
        .map(|(c, _)| if c == KEPT { ' ' } else { c })
        .collect()
}

/// Columns that it takes.
pub(super) fn columns_of(styled: &Styled) -> usize {
    styled.iter().map(|(c, _)| c.width().unwrap_or(0)).sum()
}

fn push(styled: &mut Styled, text: &str, style: Style, screen: Screen) {
    let mut rest = text;
    let mut before = ' ';
    while let Some(c) = rest.chars().next() {
        let mark = mark(rest, before);
        let taken = match mark {
            Some(Mark::Code { text, len }) => {
                let (style, text) = if screen.color {
                    (style.fg_color(CYAN.get_fg_color()), text.to_owned())
                } else {
                    (style, format!("`{text}`"))
                };
                styled.extend(
                    text.chars()
                        .map(|c| (if c == ' ' { KEPT } else { visible(c) }, style)),
                );
                len
            }
            Some(Mark::Bold { text, len }) => {
                push(styled, text, style | Effects::BOLD, screen);
                len
            }
            Some(Mark::Emphasis { text, len }) => {
                push(styled, text, style | Effects::ITALIC, screen);
                len
            }
            Some(Mark::Link { text, to, len }) => {
                push(styled, text, style, screen);
                // A path within the repository leads nowhere from a terminal.
                if to.contains("://") && to != text {
                    let to = format!(" ({to})");
                    styled.extend(to.chars().map(|c| (visible(c), style)));
                }
                len
            }
            Some(Mark::Escaped { c, len }) => {
                styled.push((c, style));
                len
            }
            None => {
                styled.push((visible(c), style));
                c.len_utf8()
            }
        };
        before = rest[..taken].chars().next_back().unwrap_or(' ');
        rest = &rest[taken..];
    }
}

/// A mark at the beginning of the rest; `len` bytes are its own.
enum Mark<'a> {
    Code {
        text: &'a str,
        len: usize,
    },
    Bold {
        text: &'a str,
        len: usize,
    },
    Emphasis {
        text: &'a str,
        len: usize,
    },
    Link {
        text: &'a str,
        to: &'a str,
        len: usize,
    },
    Escaped {
        c: char,
        len: usize,
    },
}

fn mark(rest: &str, before: char) -> Option<Mark<'_>> {
    let word = before.is_alphanumeric();
    match rest.as_bytes().first()? {
        b'`' => {
            let ticks = rest.bytes().take_while(|byte| *byte == b'`').count();
            let inside = between(rest, &rest[..ticks])?;
            Some(Mark::Code {
                text: inside.trim(),
                len: inside.len() + 2 * ticks,
            })
        }
        b'*' if rest.starts_with("**") => {
            let text = between(rest, "**")?;
            Some(Mark::Bold {
                text,
                len: text.len() + 4,
            })
        }
        b'*' => {
            let text = between(rest, "*").filter(|text| !text.starts_with(' '))?;
            Some(Mark::Emphasis {
                text,
                len: text.len() + 2,
            })
        }
        // Within a word it is a name's: `snake_case`.
        b'_' if !word => {
            let text = between(rest, "_").filter(|text| !text.starts_with(' '))?;
            let after = rest[text.len() + 2..].chars().next();
            let ends = !after.is_some_and(char::is_alphanumeric);
            ends.then_some(Mark::Emphasis {
                text,
                len: text.len() + 2,
            })
        }
        b'[' => {
            let (text, after) = rest[1..].split_once("](")?;
            let (to, _) = after.split_once(')')?;
            Some(Mark::Link {
                text,
                to,
                len: text.len() + to.len() + 4,
            })
        }
        b'<' => {
            let (to, _) = rest[1..].split_once('>')?;
            let link = to.contains("://") && !to.contains(' ');
            link.then_some(Mark::Link {
                text: to,
                to,
                len: to.len() + 2,
            })
        }
        b'\\' => {
            let c = rest[1..]
                .chars()
                .next()
                .filter(char::is_ascii_punctuation)?;
            Some(Mark::Escaped { c, len: 2 })
        }
        _ => None,
    }
}

/// What stands between a mark at the beginning and its next occurrence; never nothing.
fn between<'a>(rest: &'a str, mark: &str) -> Option<&'a str> {
    let inside = &rest[mark.len()..];
    let end = inside.find(mark)?;
    (end > 0).then(|| &inside[..end])
}

/// Breaks at blanks, not within code.
pub(super) fn wrap(styled: &Styled, width: usize) -> Vec<Styled> {
    let mut lines = vec![Styled::new()];
    let mut used = 0;
    for word in styled
        .split(|(c, _)| *c == ' ')
        .filter(|word| !word.is_empty())
    {
        let columns = columns_of(&word.to_vec());
        if used > 0 && used + 1 + columns > width {
            lines.push(Styled::new());
            used = 0;
        }
        let Some(line) = lines.last_mut() else { break };
        if used > 0 {
            line.push((' ', Style::new()));
            used += 1;
        }
        line.extend_from_slice(word);
        used += columns;
    }
    lines
}

/// The characters, with a change of style where it changes.
pub(super) fn paint(styled: &Styled, screen: Screen) -> String {
    let runs = styled.chunk_by(|a, b| a.1 == b.1);
    runs.map(|run| {
        let text: String = run
            .iter()
            .map(|(c, _)| if *c == KEPT { ' ' } else { *c })
            .collect();
        screen.paint(run[0].1, text).to_string()
    })
    .collect()
}
