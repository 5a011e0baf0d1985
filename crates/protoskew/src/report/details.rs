//! What is told of a finding beside its fact, in the order in which it is told: label and text, in words that every format shares.

use super::screen::printable;
use super::words::{list, meaning, meeting};
use crate::verdict::{Judged, MeetingGroup};

/// One kind of detail of a finding: lines of label and text, safe to show.
pub(super) type Of = fn(&Judged) -> Vec<(String, String)>;

/// Every kind, in the order in which they are told.
pub(super) const ALL: [Of; 5] = [outcomes, only_in, shown_as_json, order, help];

/// Every detail of a finding.
pub(super) fn all(judged: &Judged) -> Vec<(String, String)> {
    ALL.iter().flat_map(|of| of(judged)).collect()
}

fn order(judged: &Judged) -> Vec<(String, String)> {
    said("order", &judged.order)
}

fn help(judged: &Judged) -> Vec<(String, String)> {
    said("help", &judged.finding.help)
}

fn said(label: &str, text: &str) -> Vec<(String, String)> {
    match text {
        "" => Vec::new(),
        text => vec![(label.to_owned(), printable(text))],
    }
}

/// The meetings concerned by outcome, or the outcome alone where no meeting is named.
fn outcomes(judged: &Judged) -> Vec<(String, String)> {
    let mut meetings: Vec<&MeetingGroup> = judged.meetings.iter().collect();
    meetings.sort_by_key(|group| std::cmp::Reverse(group.outcome.rank()));
    let mut said: Vec<(String, String)> = meetings
        .into_iter()
        .map(|group| (group.outcome.word().to_owned(), printable(&meeting(group))))
        .collect();
    if let (true, Some(outcome)) = (said.is_empty(), judged.outcome) {
        said.push((outcome.word().to_owned(), meaning(outcome).to_owned()));
    }
    said
}

/// What shows it in JSON.
fn shown_as_json(judged: &Judged) -> Vec<(String, String)> {
    match &judged.json {
        Some(shown) => said("json", &format!("{} → {}", shown.written, shown.read)),
        None => Vec::new(),
    }
}

/// The runtimes that suffer it, where not every reader does.
fn only_in(judged: &Judged) -> Vec<(String, String)> {
    let names: Vec<String> = judged
        .only_in
        .iter()
        .map(|runtime| runtime.word().to_owned())
        .collect();
    match names.as_slice() {
        [] => Vec::new(),
        names => said(
            "only in",
            &format!("readers built with {}", list(names, "or")),
        ),
    }
}
