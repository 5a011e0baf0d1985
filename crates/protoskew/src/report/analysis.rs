//! An analysis as Markdown: for a pull request, and for the record of it.

use std::fmt::Write as _;
use std::io;

use protoskew_compare::Outcome;

use super::words::{count, meaning};
use crate::analysis::{Analysis, Element, Entry, NEW_MESSAGE, NEW_VALUE};
use crate::policy::{Behaviour, Shade};
use crate::verdict::WorstOutcome;

/// How many elements of one entry, and how many other statements, are listed before the rest is counted.
const LISTED: usize = 20;

/// Writes the analysis for a pull request.
pub fn write(out: &mut dyn io::Write, analysis: &Analysis) -> io::Result<()> {
    writeln!(out, "# What this change does to others\n")?;
    write!(out, "{}", facts(analysis))?;
    if analysis.elements().is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\nThe facts are protoskew's. What they mean is for people to write down: `protoskew analyze --record`."
    )
}

/// The facts alone, with headings from the third level on.
pub fn facts(analysis: &Analysis) -> String {
    let mut text = format!("{} against {}", analysis.subject, analysis.against);
    if analysis.elements().is_empty() {
        text += ": nothing that a message or a call means has changed.\n";
        notes(&mut text, analysis);
        return text;
    }
    let elements: usize = analysis
        .entries
        .iter()
        .map(|entry| entry.elements.len())
        .sum();
    let _ = writeln!(
        text,
        ": {}, fingerprint `{}`. Past releases: {}.",
        count(elements, "change"),
        analysis.fingerprint,
        analysis.met
    );
    notes(&mut text, analysis);
    for entry in &analysis.entries {
        entry_text(&mut text, entry);
    }
    if !analysis.others.is_empty() {
        text += "\n### Beside that\n\nWhat touches no value and no call by itself, and is part of the fingerprint:\n\n```diff\n";
        for other in analysis.others.iter().take(LISTED) {
            let _ = writeln!(text, "{other}");
        }
        let more = analysis.others.len().saturating_sub(LISTED);
        text += "```\n";
        if more > 0 {
            let _ = writeln!(text, "\nand {more} more.");
        }
    }
    text
}

fn notes(text: &mut String, analysis: &Analysis) {
    if !analysis.notes.is_empty() {
        text.push('\n');
    }
    for note in &analysis.notes {
        let _ = writeln!(text, "> {note}");
    }
}

fn entry_text(text: &mut String, entry: &Entry) {
    match entry.elements.as_slice() {
        [one] => {
            let _ = writeln!(
                text,
                "\n### `{}`: {}\n\n{}.",
                one.name,
                entry.kind,
                capital(&described(one))
            );
        }
        several => {
            let first = several.first().map_or("", |element| element.name.as_str());
            let owner = first.rsplit_once('.').map_or(first, |(owner, _)| owner);
            let _ = writeln!(
                text,
                "\n### `{owner}`: {}\n",
                count(several.len(), entry.kind)
            );
            for element in several.iter().take(LISTED) {
                let _ = writeln!(text, "- `{}`: {}", element.name, described(element));
            }
            let more = several.len().saturating_sub(LISTED);
            if more > 0 {
                let _ = writeln!(text, "- and {more} more");
            }
        }
    }
    let _ = writeln!(text, "\n**Where it is absent.** {}", entry.absence);
    if entry.kind == NEW_MESSAGE {
        return;
    }
    past(text, entry);
    match entry.json.as_slice() {
        [] => text.push_str("\n**JSON.** Nothing changes.\n"),
        [one] => {
            let _ = writeln!(text, "\n**JSON.** {}.", capital(one));
        }
        several => {
            text.push_str("\n**JSON.**\n\n");
            for each in several {
                let _ = writeln!(text, "- {each}");
            }
        }
    }
    let _ = writeln!(text, "\n**Source.** {}", entry.source);
    listed(text, "When", &entry.waits);
    listed(text, "Another type", &entry.instead);
}

fn listed(text: &mut String, head: &str, said: &[String]) {
    match said {
        [] => {}
        [one] => {
            let _ = writeln!(text, "\n**{head}.** {one}");
        }
        several => {
            let _ = writeln!(text, "\n**{head}.**\n");
            for each in several {
                let _ = writeln!(text, "- {each}");
            }
        }
    }
}

fn described(element: &Element) -> String {
    match &element.place {
        Some((path, line)) => format!("{} ({path}:{line})", element.what),
        None => element.what.clone(),
    }
}

fn past(text: &mut String, entry: &Entry) {
    if entry.behaviours.is_empty() && entry.unconcerned.is_empty() {
        text.push_str("\n**Past releases.** Nothing that they read, write or call is touched.\n");
        return;
    }
    text.push_str("\n**Past releases.**\n\n");
    if !entry.behaviours.is_empty() {
        text.push_str("| who meets | what passes | read by | outcome |\n|---|---|---|---|\n");
    }
    for each in &entry.behaviours {
        let arrow = if each.client_acts() { "→" } else { "←" };
        let json = if each.json { " as JSON" } else { "" };
        let built = each
            .runtime
            .map_or(String::new(), |runtime| format!(" ({runtime})"));
        let _ = writeln!(
            text,
            "| {} {arrow} {} | {}{json} | {}{built} | {} |",
            each.client,
            each.server,
            each.direction,
            each.reader,
            outcome(each, entry.kind)
        );
    }
    if !entry.behaviours.is_empty() && !entry.unconcerned.is_empty() {
        text.push('\n');
    }
    for each in &entry.unconcerned {
        let _ = writeln!(text, "- {} {}.", each.releases, each.why);
    }
}

/// So many runtimes that suffer the same are named; of more, those are that do not.
const NAMED: usize = 4;

fn outcome(behaviour: &Behaviour, kind: &str) -> String {
    let shades = &behaviour.shades;
    let most = shades.iter().map(|shade| shade.runtimes.len()).max();
    let most = most.filter(|most| shades.len() > 1 && *most > NAMED);
    let (few, many): (Vec<&Shade>, Vec<&Shade>) = shades
        .iter()
        .partition(|shade| Some(shade.runtimes.len()) != most);
    let few = few.iter().map(|each| shade(each, kind, false));
    let many = many.iter().map(|each| shade(each, kind, shades.len() > 1));
    let mut text = few.chain(many).collect::<Vec<_>>().join("; ");
    if !behaviour.forgets.is_empty() {
        let words: Vec<&str> = behaviour
            .forgets
            .iter()
            .map(|runtime| runtime.word())
            .collect();
        text += "; and lost where the reader passes the message on";
        if behaviour.runtime.is_none() {
            let _ = write!(text, ", built with {}", words.join(", "));
        }
    }
    text
}

fn shade(shade: &Shade, kind: &str, is_rest: bool) -> String {
    let word = shade.outcome.word();
    let word = if shade.outcome.breaks() {
        format!("**{word}**")
    } else {
        format!("`{word}`")
    };
    let runtimes: Vec<&str> = shade
        .runtimes
        .iter()
        .map(|runtime| runtime.word())
        .collect();
    let among = match runtimes.as_slice() {
        [] => String::new(),
        [_, ..] if is_rest => " with all others".to_owned(),
        some => format!(" with {}", some.join(", ")),
    };
    let meaning = match shade.outcome {
        WorstOutcome::Value(Outcome::Blind) if kind == NEW_VALUE => {
            "arrives as a number without a name"
        }
        outcome => meaning(outcome),
    };
    format!("{word}{among}: {meaning}")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>());
    first.unwrap_or_default() + letters.as_str()
}
