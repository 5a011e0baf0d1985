//! May it ship, what was judged, and what to do next: the words that every format for people has in common.

use super::chosen::Chosen;
use super::words::{count, grouped, level_word, list, meaning};
use crate::verdict::{Level, Verdict, WorstOutcome};

/// How good the answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mood {
    /// Nothing stands in the way.
    Good,
    /// It may ship with warnings, or nobody can tell.
    Doubtful,
    /// It must not ship.
    Bad,
}

/// `must not ship: 2 errors`, in pieces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) mood: Mood,
    /// `must not ship`
    pub(super) verb: &'static str,
    /// `2 errors`
    pub(super) why: String,
}

/// May it ship, and how much stands in the way.
pub(super) fn answer(verdict: &Verdict) -> Answer {
    let levels = [Level::Deny, Level::Warn, Level::Note];
    let counted: Vec<String> = levels
        .into_iter()
        .map(|level| (verdict.count(level), level))
        .filter(|(number, _)| *number > 0)
        .map(|(number, level)| count(number, level_word(level)))
        .collect();
    let found = list(&counted, "and");
    let (mood, verb, why) = if verdict.denies() {
        (Mood::Bad, "must not ship", found)
    } else if !verdict.incomplete.is_empty() {
        let found = if found.is_empty() {
            "nothing breaks so far".to_owned()
        } else {
            found
        };
        let why = format!("the answer is incomplete; {found}");
        (Mood::Doubtful, "cannot be cleared to ship", why)
    } else if verdict.count(Level::Warn) > 0 {
        (Mood::Doubtful, "may ship", found)
    } else if !found.is_empty() {
        (Mood::Good, "may ship", found)
    } else if verdict.known() > 0 {
        (Mood::Good, "may ship", "nothing new breaks".to_owned())
    } else {
        (Mood::Good, "may ship", "nothing breaks".to_owned())
    };
    Answer { mood, verb, why }
}

/// What belongs to the answer, each under its key; what to do next comes last, where the eye is.
pub(super) fn rows(
    verdict: &Verdict,
    chosen: &Chosen<'_>,
    known: bool,
) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        ("judged", judged(verdict)),
        ("against", verdict.bases.clone()),
        ("baseline", baseline(verdict, known)),
        ("waived", waived(verdict)),
    ];
    let broken = broken_outcomes(chosen).into_iter();
    rows.extend(broken.map(|outcome| (outcome.word(), meaning(outcome).to_owned())));
    rows.extend(verdict.notes.iter().map(|note| ("note", note.clone())));
    let remarks = verdict.waivers.iter();
    rows.extend(remarks.map(|remark| ("waiver", remark.clone())));
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

fn waived(verdict: &Verdict) -> String {
    match verdict.waived() {
        0 => String::new(),
        waived => format!(
            "{} (--waived shows {})",
            count(waived, "finding"),
            if waived == 1 { "it" } else { "them" }
        ),
    }
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
