//! The end of the report: may it ship, what was judged, and what to do next.

use std::io;

use super::super::chosen::Chosen;
use super::super::screen::{BOLD, DIM, GREEN, RED, Screen, YELLOW, columns, pad, printable, wrap};
use super::super::summary::{Mood, answer, rows};
use super::Options;
use crate::verdict::Verdict;

/// Writes the answer in one line, then rows of what belongs to it.
pub(super) fn write(
    out: &mut dyn io::Write,
    verdict: &Verdict,
    chosen: &Chosen<'_>,
    options: &Options,
) -> io::Result<()> {
    let screen = options.screen;
    let answer = answer(verdict);
    let style = match answer.mood {
        Mood::Good => GREEN,
        Mood::Doubtful => YELLOW,
        Mood::Bad => RED,
    };
    let subject = match verdict.subject.as_str() {
        "" => String::new(),
        subject => format!("{} ", screen.paint(BOLD, printable(subject))),
    };
    let (verb, why) = (screen.paint(style, answer.verb), &answer.why);
    writeln!(out, "{subject}{verb}: {why}")?;

    write_rows(out, screen, &rows(verdict, chosen, options.known))
}

fn write_rows(out: &mut dyn io::Write, screen: Screen, rows: &[(&str, String)]) -> io::Result<()> {
    let widest = rows
        .iter()
        .map(|(key, _)| columns(key))
        .max()
        .unwrap_or_default();
    let width = screen.width.saturating_sub(widest + 4).max(30);
    for (key, text) in rows {
        let style = if *key == "next" { BOLD } else { DIM };
        for (at, line) in wrap(&printable(text), width).iter().enumerate() {
            let key = pad(if at == 0 { key } else { "" }, widest);
            writeln!(out, "  {}  {line}", screen.paint(style, key))?;
        }
    }
    Ok(())
}
