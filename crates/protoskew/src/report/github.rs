//! GitHub's workflow commands: an annotation for each finding, at its line, and the answer for whoever reads the log.

use std::fmt::Write as _;
use std::io;

use super::lines::Files;
use super::screen::printable;
use super::{chosen, details, places, summary};
use crate::verdict::{Judged, Level, Verdict};

/// What to show.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Every finding, also where a rule has many.
    pub all: bool,
    /// Also what was true at the baseline already.
    pub known: bool,
}

/// Writes the annotations, the loudest first (GitHub shows the first ten of each level of a step), then the answer.
pub fn write(out: &mut dyn io::Write, verdict: &Verdict, options: Options) -> io::Result<()> {
    let wanted = chosen::shown(verdict, options.known).collect();
    let chosen = chosen::choose(wanted, options.all);
    let mut files = Files::default();
    for judged in &chosen.shown {
        writeln!(out, "{}", annotation(verdict, judged, &mut files))?;
        if let Some(hidden) = chosen.hidden_behind(judged) {
            let rule = judged.finding.rule;
            writeln!(out, "… and {hidden} more {rule} (--all shows them)")?;
        }
    }
    // one line each: the runner obeys a line that begins with `::`, and none of these can
    let answer = summary::answer(verdict);
    let subject = printable(&verdict.subject);
    writeln!(out, "protoskew: {subject} {}: {}", answer.verb, answer.why)?;
    for (key, text) in summary::rows(verdict, &chosen, options.known) {
        writeln!(out, "{key}: {}", printable(&text))?;
    }
    Ok(())
}

/// `::error file=a.proto,line=3,…,title=field-renumbered::the fact, and what is told of it`.
fn annotation(verdict: &Verdict, judged: &Judged, files: &mut Files) -> String {
    let finding = &judged.finding;
    let command = match judged.level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Note | Level::Off => "notice",
    };
    let mut properties = Vec::new();
    if let Some(site) = &finding.new {
        properties.push(("file", places::path(verdict, site)));
        if let Some(place) = files.place(site) {
            properties.push(("line", place.line.to_string()));
            properties.push(("endLine", place.end_line.to_string()));
            // GitHub refuses columns of what spans several lines
            if place.line == place.end_line {
                properties.push(("col", place.column.to_string()));
                // the last character, where ours is the one behind it
                let end = place.end_column.saturating_sub(1).max(place.column);
                properties.push(("endColumn", end.to_string()));
            }
        }
    }
    properties.push(("title", finding.rule.to_owned()));
    let mut text = format!("::{command} ");
    for (at, (name, value)) in properties.iter().enumerate() {
        let comma = if at > 0 { "," } else { "" };
        let _ = write!(text, "{comma}{name}={}", property(value));
    }
    let mut message = printable(&finding.fact);
    if judged.known {
        message.push_str(" (known)");
    }
    if let Some(site) = &finding.old {
        let path = printable(&site.path);
        let line = files
            .place(site)
            .map_or(String::new(), |place| format!(":{}", place.line));
        let _ = write!(message, "\nbefore: {path}{line} ({})", places::before(site));
    }
    for (label, told) in details::all(judged) {
        let _ = write!(message, "\n{label}: {told}");
    }
    let _ = write!(message, "\nid: {}", printable(&finding.id()));
    text.push_str("::");
    text.push_str(&data(&message));
    text
}

/// The text of a command, in one line.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// The value of a property: what ends one is escaped too.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use expect_test::expect_file;

    use super::super::sample::{judged, storage, verdict, weird};
    use super::*;

    fn shown(verdict: &Verdict, options: Options) -> String {
        let mut out = Vec::new();
        write(&mut out, verdict, options).unwrap();
        String::from_utf8(out).unwrap()
    }

    const NEW: Options = Options {
        all: false,
        known: false,
    };

    #[test]
    fn something_of_everything() {
        expect_file!["tests/storage.github.txt"].assert_eq(&shown(&storage(), NEW));
    }

    #[test]
    fn nothing_that_a_path_or_a_text_holds_is_a_command_of_its_own() {
        let text = shown(&weird(), NEW);
        expect_file!["tests/weird.github.txt"].assert_eq(&text);
        let commands = text
            .lines()
            .filter(|line| line.trim_start().starts_with("::"));
        assert_eq!(commands.count(), weird().findings.len());
    }

    #[test]
    fn an_empty_answer_has_no_annotation() {
        let text = shown(&verdict(Vec::new()), NEW);
        assert!(!text.contains("::"), "{text}");
        assert!(
            text.starts_with("protoskew: worktree (1.4, after 1.3.2) may ship: nothing breaks\n")
        );
    }

    #[test]
    fn of_many_a_few_and_known_ones_when_asked() {
        let many =
            (0..30).map(|at| judged(Level::Warn, "field-renamed", &format!("a.M.f{at}"), "f"));
        let mut many: Vec<_> = many.collect();
        many.push(judged(Level::Deny, "enum-added", "a.E", "e").known());
        let many = verdict(many);
        let count = |options| shown(&many, options).matches("::warning ").count();
        assert_eq!(count(NEW), chosen::FEW);
        assert_eq!(count(Options { all: true, ..NEW }), 30);
        assert!(!shown(&many, NEW).contains("::error"));
        assert!(shown(&many, Options { known: true, ..NEW }).contains("e (known)%0A"));
    }
}
