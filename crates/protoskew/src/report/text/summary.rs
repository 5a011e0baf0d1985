//! The end of the report: may it ship, what was judged, and what to do next.

use std::io;

use anstyle::Style;

use super::super::screen::{BOLD, DIM, GREEN, RED, Screen, YELLOW, columns, pad, printable, wrap};
use super::super::words::{count, grouped, list, meaning};
use super::cluster::Chosen;
use super::{Options, tone_word};
use crate::verdict::{Level, Verdict, WorstOutcome};

/// Writes the answer in one line, then rows of what belongs to it.
pub(super) fn write(
    out: &mut dyn io::Write,
    verdict: &Verdict,
    chosen: &Chosen<'_>,
    options: &Options,
) -> io::Result<()> {
    let screen = options.screen;
    let (style, answer) = answer(verdict);
    let subject = match verdict.subject.as_str() {
        "" => String::new(),
        subject => format!("{} ", screen.paint(BOLD, printable(subject))),
    };
    let (verb, why) = answer;
    writeln!(out, "{subject}{}: {why}", screen.paint(style, verb))?;

    write_rows(out, screen, &rows(verdict, chosen, options.known))
}

/// What belongs to the answer, each under its key; what to do next comes last, where the eye is.
fn rows(verdict: &Verdict, chosen: &Chosen<'_>, known: bool) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        ("judged", judged(verdict)),
        ("against", verdict.bases.clone()),
        ("baseline", baseline(verdict, known)),
    ];
    let broken = broken_outcomes(chosen).into_iter();
    rows.extend(broken.map(|outcome| (outcome.word(), meaning(outcome).to_owned())));
    rows.extend(verdict.notes.iter().map(|note| ("note", note.clone())));
    rows.extend(
        verdict
            .incomplete
            .iter()
            .map(|missing| ("missing", missing.clone())),
    );
    rows.extend(verdict.advice.iter().map(|advice| ("next", advice.clone())));
    let first = chosen.shown.first();
    rows.extend(first.map(|judged| {
        (
            "explain",
            format!("protoskew explain {}", judged.finding.rule),
        )
    }));
    rows.retain(|(_, text)| !text.is_empty());
    rows
}

/// `must not ship: 2 errors`, in its colour.
fn answer(verdict: &Verdict) -> (Style, (&'static str, String)) {
    let levels = [Level::Deny, Level::Warn, Level::Note];
    let counted: Vec<String> = levels
        .into_iter()
        .map(|level| (verdict.count(level), level))
        .filter(|(number, _)| *number > 0)
        .map(|(number, level)| count(number, tone_word(level)))
        .collect();
    let found = list(&counted, "and");
    if verdict.denies() {
        (RED, ("must not ship", found))
    } else if !verdict.incomplete.is_empty() {
        let found = if found.is_empty() {
            "nothing breaks so far".to_owned()
        } else {
            found
        };
        (
            YELLOW,
            (
                "cannot be cleared to ship",
                format!("the answer is incomplete; {found}"),
            ),
        )
    } else if verdict.count(Level::Warn) > 0 {
        (YELLOW, ("may ship", found))
    } else if !found.is_empty() {
        (GREEN, ("may ship", found))
    } else if verdict.known() > 0 {
        (GREEN, ("may ship", "nothing new breaks".to_owned()))
    } else {
        (GREEN, ("may ship", "nothing breaks".to_owned()))
    }
}

fn judged(verdict: &Verdict) -> String {
    let counts = &verdict.counts;
    let things = [
        (counts.files, "file"),
        (counts.messages, "message"),
        (counts.enums, "enum"),
        (counts.services, "service"),
    ];
    // The files always, even if there are none: that is worth knowing.
    let named = things
        .iter()
        .filter(|(number, thing)| *number > 0 || *thing == "file");
    named
        .map(|(number, thing)| count(*number, thing))
        .collect::<Vec<_>>()
        .join(", ")
}

fn baseline(verdict: &Verdict, shown: bool) -> String {
    let known = verdict.known();
    match (known, shown) {
        (0, _) => verdict.baseline.clone(),
        (_, true) => format!("{}; {} known there", verdict.baseline, grouped(known)),
        (_, false) => format!(
            "{}; {} known there (--known shows {})",
            verdict.baseline,
            count(known, "finding"),
            if known == 1 { "it" } else { "them" }
        ),
    }
}

/// The outcomes that break something in what is shown, worst first: their words deserve a sentence.
fn broken_outcomes(chosen: &Chosen<'_>) -> Vec<WorstOutcome> {
    let named = chosen.shown.iter().flat_map(|judged| {
        let meetings = judged.meetings.iter().map(|group| group.outcome);
        meetings.chain(judged.outcome)
    });
    let mut broken: Vec<WorstOutcome> = named.filter(|outcome| outcome.breaks()).collect();
    broken.sort_by_key(|outcome| std::cmp::Reverse(outcome.rank()));
    broken.dedup();
    broken
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
