//! Code frames: the new line and the old line, each under the place that it comes from.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level as Tone, Renderer, Snippet};
use protoskew_schema::{Name, Places, Span};

use super::super::cluster::Cluster;
use super::super::lines::{Files, Place};
use super::super::screen::printable;
use super::super::words::origin;
use super::Note;
use crate::finding::Site;

/// Stands for `:line:column` in a path until the frames are drawn. The renderer counts lines and columns in the
/// excerpt that it is given, we know them in the file; no other text that reaches it holds a control character.
const HERE: char = '\u{1}';

/// One line of source, with everything that is pointed at.
pub(super) struct Frame {
    path: String,
    line: usize,
    /// `:12:3 (worktree)`.
    place: String,
    /// `None` where there is no text to show.
    code: Option<Code>,
}

struct Code {
    text: String,
    marks: Vec<(Range<usize>, String)>,
}

/// The frames of a cluster: new sides first. Sites on the same line share one.
pub(super) fn frames(cluster: &Cluster<'_>, files: &mut Files) -> Vec<Frame> {
    let findings = || cluster.findings.iter().map(|judged| &judged.finding);
    let new = findings().filter_map(|finding| finding.new.as_ref().zip(Some(&finding.element)));
    let old = findings().filter_map(|finding| finding.old.as_ref().zip(Some(&finding.element)));
    let mut shared: Vec<Vec<(&Site, &Name)>> = Vec::new();
    for site in new.chain(old) {
        match shared
            .iter_mut()
            .find(|sites| share_line(sites[0], site, files))
        {
            Some(sites) => sites.push(site),
            None => shared.push(vec![site]),
        }
    }
    shared.iter().map(|sites| frame(sites, files)).collect()
}

fn share_line((a, name): (&Site, &Name), (b, other): (&Site, &Name), files: &mut Files) -> bool {
    let same_file = a.origin == b.origin && a.path == b.path && a.text.len() == b.text.len();
    same_file
        && if a.places == Places::Text {
            files.lines(&a.text).together(a.span, b.span)
        } else {
            let line = |place: Place| place.line;
            name == other && files.place(a).map(line) == files.place(b).map(line)
        }
}

fn frame(sites: &[(&Site, &Name)], files: &mut Files) -> Frame {
    let (first, element) = sites[0];
    let mut pointed: Vec<(Span, String)> = Vec::new();
    for (site, _) in sites {
        let label = printable(&site.label);
        match pointed.iter_mut().find(|(span, _)| *span == site.span) {
            Some((_, labels)) if *labels == label || label.is_empty() => {}
            Some((_, labels)) if labels.is_empty() => *labels = label,
            Some((_, labels)) => *labels = format!("{labels}; {label}"),
            None => pointed.push((site.span, label)),
        }
    }
    let spans: Vec<Span> = pointed.iter().map(|(span, _)| *span).collect();
    let labels = pointed.into_iter().map(|(_, label)| label);
    let mut place = match files.place(first) {
        Some(Place { line, column, .. }) => format!(":{line}:{column}"),
        None => format!(": {}", printable(element)),
    };
    place.push_str(&format!(" ({})", origin(&first.origin)));
    let code = if first.places == Places::Text {
        let excerpt = files.lines(&first.text).excerpt(&spans);
        Some(Code {
            text: excerpt.text,
            marks: excerpt.marks.into_iter().zip(labels).collect(),
        })
    } else {
        // what would stand under the code
        let labels: Vec<String> = labels.filter(|label| !label.is_empty()).collect();
        if !labels.is_empty() {
            place.push_str(&format!(": {}", labels.join("; ")));
        }
        None
    };
    Frame {
        path: printable(&first.path),
        line: code
            .as_ref()
            .and(files.place(first))
            .map_or(0, |at| at.line),
        place,
        code,
    }
}

/// Columns that line numbers take in front of the frames.
pub(super) fn gutter(frames: &[Frame]) -> usize {
    let longest = frames.iter().map(|frame| frame.line).max();
    longest.map_or(0, |line| line.to_string().len())
}

/// Draws frames and notes.
pub(super) fn render(
    renderer: &Renderer,
    tone: Tone<'static>,
    frames: &[Frame],
    notes: &[Note],
) -> String {
    let mut group = Group::with_level(tone);
    for (at, frame) in frames.iter().enumerate() {
        let kind = if at == 0 {
            AnnotationKind::Primary
        } else {
            AnnotationKind::Context
        };
        let path = format!("{}{HERE}", frame.path);
        let Some(code) = &frame.code else {
            group = group.element(annotate_snippets::Origin::path(path));
            continue;
        };
        let annotations = code.marks.iter().map(|(range, label)| {
            let label = (!label.is_empty()).then_some(label.as_str());
            kind.span(range.clone()).label(label)
        });
        let snippet = Snippet::source(code.text.as_str())
            .path(path)
            .line_start(frame.line)
            .annotations(annotations);
        group = group.element(snippet);
    }
    for note in notes {
        let tone = Tone::NOTE.with_name(note.label.as_str());
        group = group.element(tone.message(note.lines.join("\n")));
    }
    with_places(&renderer.render(&[group]), frames)
}

/// Puts each frame's own place where the renderer wrote the one that it counted.
fn with_places(drawn: &str, frames: &[Frame]) -> String {
    let mut parts = drawn.split(HERE);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (part, frame) in parts.zip(frames) {
        text.push_str(&frame.place);
        text.push_str(part.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit()));
    }
    text
}
