//! The words that several formats share: counts in English, and what each outcome means in a few words.

use protoskew_compare::{CallOutcome, Outcome};

use super::screen::printable;
use crate::finding::Origin;
use crate::verdict::{Level, MeetingGroup, WorstOutcome};

/// The name under which a level is shown: the compilers' words, which editors and people recognise.
pub(super) const fn level_word(level: Level) -> &'static str {
    match level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Note | Level::Off => "note",
    }
}

/// `1 file`, `2 files`.
pub(super) fn count(number: usize, thing: &str) -> String {
    let plural = match (number, thing.strip_suffix('y')) {
        (1, _) => thing.to_owned(),
        (_, Some(stem)) => format!("{stem}ies"),
        _ if thing.ends_with('s') => format!("{thing}es"),
        _ => format!("{thing}s"),
    };
    format!("{} {plural}", grouped(number))
}

/// `20,211`: long numbers are read in threes.
pub(super) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `client 1.0.0 → server worktree, request`: the arrow is the way of the message.
pub(crate) fn meeting(group: &MeetingGroup) -> String {
    let arrow = if group.client_acts() { "→" } else { "←" };
    let MeetingGroup { client, server, .. } = group;
    let what = match group.direction {
        // The outcome's own name says that it is about the call.
        "call" => String::new(),
        direction if group.json => format!(", {direction} as JSON"),
        direction => format!(", {direction}"),
    };
    format!("{client} {arrow} {server}{what}")
}

/// `release 1.1.0, abc1234, 2018-03-14`.
pub(super) fn origin(origin: &Origin) -> String {
    let label = printable(&origin.label);
    // A tag that is a version names a release; `worktree`, `HEAD~1` and folders say themselves what they are.
    let version = label.strip_prefix('v').unwrap_or(&label);
    let release = origin.commit.is_some()
        && version.contains('.')
        && version
            .split('.')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let mut text = if release {
        format!("release {label}")
    } else {
        label
    };
    // a commit that was named by its id says it already
    let commit = origin
        .commit
        .as_ref()
        .filter(|commit| !commit.starts_with(origin.label.as_str()));
    for part in [commit, origin.date.as_ref()].into_iter().flatten() {
        text.push_str(", ");
        text.push_str(&printable(part));
    }
    text
}

/// `a, b and c`, or with another word before the last.
pub(super) fn list(items: &[String], word: &str) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [init @ .., last] => format!("{} {word} {last}", init.join(", ")),
    }
}

/// What an outcome means, for a reader who meets the word for the first time.
pub(super) const fn meaning(outcome: WorstOutcome) -> &'static str {
    match outcome {
        WorstOutcome::Value(outcome) => value_meaning(outcome),
        WorstOutcome::Call(outcome) => call_meaning(outcome),
    }
}

/// What becomes of a value.
pub(super) const fn value_meaning(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Same => "both sides have the same shape",
        Outcome::Compatible => "shapes differ, every value arrives",
        Outcome::Absent => "the writer does not know the field, the reader sees its default",
        Outcome::Blind => "the reader does not know it and ignores it",
        Outcome::Withdrawn => "the writer no longer sends what the reader still reads",
        Outcome::Lossy => "decodes, but values vanish or change",
        Outcome::Reject => "decoding fails",
        Outcome::Misread => "a value arrives as another one, silently",
    }
}

/// What becomes of a call.
pub(super) const fn call_meaning(outcome: CallOutcome) -> &'static str {
    match outcome {
        CallOutcome::Served => "both sides know the call",
        CallOutcome::NewCall => "the server is too old to know the call (UNIMPLEMENTED)",
        CallOutcome::CallRemoved => "the server no longer knows the call (UNIMPLEMENTED)",
        CallOutcome::CallChanged => "the two sides differ on the call's streaming or types",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_read_as_english() {
        assert_eq!(count(1, "file"), "1 file");
        assert_eq!(count(0, "service"), "0 services");
        assert_eq!(count(20211, "commit"), "20,211 commits");
        assert_eq!(count(2, "policy"), "2 policies");
        assert_eq!(
            list(&["a".into(), "b".into(), "c".into()], "and"),
            "a, b and c"
        );
    }
}
