//! What is told of a finding beside its fact, in the order in which it is told: label and text, in words that every format shares.

use super::screen::printable;
use super::words::{list, meaning, meeting};
use crate::verdict::{Judged, MeetingGroup};
use crate::waivers::Waiver;
use crate::witness::Shown;

/// One kind of detail of a finding: lines of label and text, safe to show.
pub(super) type Of = fn(&Judged) -> Vec<(String, String)>;

/// Every kind, in the order in which they are told.
pub(super) const ALL: [Of; 7] = [outcomes, only_in, witnesses, order, help, fix, waiver];

/// Every detail of a finding.
pub(super) fn all(judged: &Judged) -> Vec<(String, String)> {
    ALL.iter().flat_map(|of| of(judged)).collect()
}

fn order(judged: &Judged) -> Vec<(String, String)> {
    said("order", &judged.order)
}

/// What to do instead; where it can be written, that is told as it would be.
fn help(judged: &Judged) -> Vec<(String, String)> {
    match judged.fix {
        Some(_) => Vec::new(),
        None => said("help", &judged.finding.help),
    }
}

/// What `protoskew fix` would write, and where.
fn fix(judged: &Judged) -> Vec<(String, String)> {
    let Some(insertion) = &judged.fix else {
        return Vec::new();
    };
    let place = format!(
        "protoskew fix writes at {}:{}",
        insertion.path, insertion.line
    );
    let statements = insertion.statements();
    let lines = statements.map(|statement| ("fix".to_owned(), printable(statement)));
    let mut told = said("fix", &place);
    told.extend(lines);
    told
}

/// The waiver that lets it through, or that did until it ended.
fn waiver(judged: &Judged) -> Vec<(String, String)> {
    let told = |waiver: &Waiver| {
        let by = waiver.approver.as_ref().map(|who| format!("{who}, "));
        let by = by.unwrap_or_default();
        format!("{} ({by}{})", waiver.reason, waiver.place())
    };
    let until = |waiver: &Waiver| waiver.until.map(|until| until.to_string());
    match (&judged.waived, &judged.expired) {
        (Some(waiver), _) => {
            let until = until(waiver).map(|until| format!("until {until}: "));
            said("waived", &(until.unwrap_or_default() + &told(waiver)))
        }
        (None, Some(waiver)) => {
            let until = until(waiver).unwrap_or_default();
            said("waiver", &format!("over since {until}: {}", told(waiver)))
        }
        (None, None) => Vec::new(),
    }
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

/// What shows it: one line for each kind of meeting.
fn witnesses(judged: &Judged) -> Vec<(String, String)> {
    let all = judged.witnesses.all().iter();
    all.map(|witness| {
        let label = match witness.shown {
            Shown::Json { .. } => "json",
            Shown::Bytes { .. } | Shown::Call(_) => "witness",
        };
        (label.to_owned(), printable(&witness.short()))
    })
    .collect()
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
