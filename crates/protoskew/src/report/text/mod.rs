//! The verdict for a person at a terminal: findings with code frames, loudest first, then whether it may ship.

mod frames;
mod summary;

#[cfg(test)]
mod tests;

use std::io;

use annotate_snippets::{Level as Tone, Renderer};
use rustc_hash::FxHashMap;

use super::cluster::{Cluster, clusters};
use super::lines::Files;
use super::screen::{DIM, Screen, columns, printable, wrap};
use super::words::grouped;
use super::{chosen, details};
use crate::finding::Finding;
use crate::verdict::{Judged, Level, Verdict};

/// What to show, and for which terminal.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// The terminal.
    pub screen: Screen,
    /// Every finding, also where a rule has many.
    pub all: bool,
    /// Also what was true at the baseline already.
    pub known: bool,
    /// Also what is waived.
    pub waived: bool,
}

/// Writes the verdict.
pub fn write(out: &mut dyn io::Write, verdict: &Verdict, options: &Options) -> io::Result<()> {
    let mut wanted: Vec<&Judged> = chosen::shown(verdict, options.known).collect();
    if options.waived {
        wanted.extend(chosen::waived(verdict));
    }
    let chosen = chosen::choose(wanted, options.all);

    let mut files = Files::default();
    for cluster in clusters(&chosen.shown, &mut files) {
        write_cluster(out, &cluster, &mut files, options.screen)?;
        for rule in cluster.rules() {
            if let Some(hidden) = chosen.hidden_behind(cluster.last_of(rule)) {
                let more = format!("… and {} more {rule} (--all shows them)", grouped(hidden));
                writeln!(out, "{}\n", options.screen.paint(DIM, more))?;
            }
        }
    }
    summary::write(out, verdict, &chosen, options)
}

const fn tone(level: Level) -> Tone<'static> {
    match level {
        Level::Deny => Tone::ERROR,
        Level::Warn => Tone::WARNING,
        Level::Note | Level::Off => Tone::NOTE,
    }
}

fn renderer(screen: Screen) -> Renderer {
    let renderer = if screen.color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    // Narrower than this nothing can be read, and the renderer's arithmetic gets tight.
    renderer.term_width(screen.width.max(40))
}

/// The facts, one a line; the frames, once; the notes.
fn write_cluster(
    out: &mut dyn io::Write,
    cluster: &Cluster<'_>,
    files: &mut Files,
    screen: Screen,
) -> io::Result<()> {
    let renderer = renderer(screen);
    for judged in &cluster.findings {
        let standing = match (judged.known, &judged.waived) {
            (true, _) => " (known)",
            (false, Some(_)) => " (waived)",
            (false, None) => "",
        };
        let fact = format!("{}{standing}", printable(&judged.finding.fact));
        let title = tone(judged.level)
            .primary_title(fact)
            .id(judged.finding.rule);
        writeln!(
            out,
            "{}",
            renderer.render(&[annotate_snippets::Group::with_title(title)])
        )?;
    }
    let frames = frames::frames(cluster, files);
    let notes = notes(cluster, screen, frames::gutter(&frames));
    let body = frames::render(&renderer, tone(cluster.level()), &frames, &notes);
    if !body.is_empty() {
        writeln!(out, "{body}")?;
    }
    writeln!(out)
}

/// A line under the frames: `= lossy: client 1.0.0 → server worktree, request`.
struct Note {
    label: String,
    lines: Vec<String>,
}

fn notes(cluster: &Cluster<'_>, screen: Screen, gutter: usize) -> Vec<Note> {
    let mut notes = Notes {
        cluster,
        notes: Vec::new(),
    };
    for of in details::ALL {
        notes.add(of);
    }
    let mut notes = notes.notes;
    for (label, lines) in &mut notes {
        // ` = label: `, behind the gutter.
        let taken = gutter + 3 + columns(label) + 2;
        let width = screen.width.saturating_sub(taken).max(30);
        *lines = lines.iter().flat_map(|line| wrap(line, width)).collect();
    }
    let ids = cluster.findings.iter().map(|judged| {
        // Not wrapped and not cropped: it is there to be copied.
        let id: String = judged
            .finding
            .id()
            .chars()
            .map(super::screen::visible)
            .collect();
        screen.paint(DIM, id).to_string()
    });
    notes.push(("id".to_owned(), ids.collect()));
    notes
        .into_iter()
        .map(|(label, lines)| Note { label, lines })
        .collect()
}

/// Notes of a cluster: what all its findings say is said once, what only some say names their rule.
struct Notes<'a> {
    cluster: &'a Cluster<'a>,
    notes: Vec<(String, Vec<String>)>,
}

impl Notes<'_> {
    fn add(&mut self, of: impl Fn(&Judged) -> Vec<(String, String)>) {
        let said: Vec<Vec<(String, String)>> = self
            .cluster
            .findings
            .iter()
            .map(|judged| of(judged))
            .collect();
        // each note once, with the findings that say it
        let mut at: FxHashMap<&(String, String), usize> = FxHashMap::default();
        let mut seen: Vec<(&(String, String), Vec<&Finding>)> = Vec::new();
        for (judged, notes) in self.cluster.findings.iter().zip(&said) {
            for note in notes {
                let at = *at.entry(note).or_insert_with(|| {
                    seen.push((note, Vec::new()));
                    seen.len() - 1
                });
                let speakers = &mut seen[at].1;
                let last = speakers.last();
                if !last.is_some_and(|last| std::ptr::eq(*last, judged.finding.as_ref())) {
                    speakers.push(&judged.finding);
                }
            }
        }
        let all = said.iter().filter(|said| !said.is_empty()).count();
        for ((label, text), speakers) in seen {
            // Help says what to do and needs no author; an outcome must not be taken for another finding's.
            let everyone = label == "help" || speakers.len() == all;
            let text = if everyone {
                text.clone()
            } else {
                let rules: Vec<&str> = speakers.iter().map(|finding| finding.rule).collect();
                format!("{text} ({})", rules.join(", "))
            };
            match self.notes.last_mut() {
                Some((last, lines)) if last == label => lines.push(text),
                _ => self.notes.push((label.clone(), vec![text])),
            }
        }
    }
}
