//! What a terminal can show: colour where it is wanted, a width, and text that cannot play tricks on it.

use std::fmt;

use anstyle::{AnsiColor, Effects, Style};
use unicode_width::UnicodeWidthStr;

/// Whether to colour, as the person asked for it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Color {
    /// As the stream and the environment allow.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl Color {
    /// The decision for one stream. `Auto` asks the stream and the environment (`NO_COLOR`, `CLICOLOR_FORCE`, `TERM`): for the program's edge.
    pub fn decide(self, stream: &impl anstream::stream::RawStream) -> bool {
        match self {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => anstream::AutoStream::choice(stream) != anstream::ColorChoice::Never,
        }
    }
}

/// The terminal to write for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Colours are wanted.
    pub color: bool,
    /// Columns. Tables and notes are fitted into them; facts and paths are never cut.
    pub width: usize,
}

impl Screen {
    /// For a pipe or a file: no colours, and a width that tables may use.
    pub const PLAIN: Screen = Screen {
        color: false,
        width: 120,
    };

    /// The text in a style, or as it is where colours are off.
    pub(super) fn paint<T: fmt::Display>(self, style: Style, text: T) -> Painted<T> {
        let style = if self.color { style } else { Style::new() };
        Painted { style, text }
    }
}

/// Text in a style.
pub(super) struct Painted<T> {
    style: Style,
    text: T,
}

impl<T: fmt::Display> fmt::Display for Painted<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { style, text } = self;
        write!(f, "{style}{text}{style:#}")
    }
}

pub(super) const BOLD: Style = Style::new().effects(Effects::BOLD);
pub(super) const DIM: Style = Style::new().effects(Effects::DIMMED);
pub(super) const RED: Style = AnsiColor::BrightRed.on_default().effects(Effects::BOLD);
pub(super) const YELLOW: Style = AnsiColor::Yellow.on_default().effects(Effects::BOLD);
pub(super) const CYAN: Style = AnsiColor::Cyan.on_default();
pub(super) const GREEN: Style = AnsiColor::BrightGreen.on_default().effects(Effects::BOLD);

/// Longer texts are cropped: an identifier of a megabyte is legal and must not fill the screen.
const LONGEST: usize = 1000;

/// One line that is safe to show: control characters become pictures, and what is endless ends.
pub(super) fn printable(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST).map(visible).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// The character itself, or what stands for it if a terminal would obey it instead of showing it.
pub(super) fn visible(c: char) -> char {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        // C1 controls, and the marks that reorder what is read.
        '\u{80}'..='\u{9f}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        // Line ends to some, nothing to others.
        '\u{2028}' | '\u{2029}' | '\u{feff}' => '\u{fffd}',
        _ => c,
    }
}

/// Columns that a printable text takes.
pub(super) fn columns(text: &str) -> usize {
    text.width()
}

/// Pads on the right to a number of columns.
pub(super) fn pad(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(columns(text));
    format!("{text}{}", " ".repeat(missing))
}

/// Breaks at spaces. A word longer than the width keeps its line for itself: half an identifier cannot be copied.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.len() - 1;
        let line = &mut lines[last];
        if line.is_empty() {
            line.push_str(word);
        } else if columns(line) + 1 + columns(word) <= width {
            line.push(' ');
            line.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_reaches_the_terminal_that_it_would_obey() {
        assert_eq!(
            printable("a\x1b[31mb\u{9b}c\rd\u{202e}e\0"),
            "a␛[31mb\u{fffd}c␍d\u{fffd}e␀"
        );
        assert_eq!(printable(&"x".repeat(2000)).chars().count(), LONGEST + 1);
    }

    #[test]
    fn wrapping_keeps_words_whole() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(
            wrap("grpc.AgentService is gone", 8),
            ["grpc.AgentService", "is gone"]
        );
        assert_eq!(wrap("", 8), [""]);
    }

    #[test]
    fn widths_count_columns_and_not_characters() {
        assert_eq!(columns("日本"), 4);
        assert_eq!(pad("日本", 6), "日本  ");
    }

    #[test]
    fn color_is_decided_by_the_person_first() {
        let stream: Vec<u8> = Vec::new();
        assert!(Color::Always.decide(&stream));
        assert!(!Color::Never.decide(&stream));
    }
}
