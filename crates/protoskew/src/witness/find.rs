//! Finds the finding that a person names, and says why one has no witness.

use protoskew_compare::{CallOutcome, Impact, Outcome};

use crate::config::nearest_name;
use crate::error::Error;
use crate::rules::{self, Check, Scope};
use crate::verdict::{Judged, Level, Verdict, WorstOutcome};

/// How many findings are named where several are meant.
const NAMED: usize = 5;

/// The finding of that id, or the only one whose id begins so, or that is about that element.
pub fn find<'v>(verdict: &'v Verdict, name: &str) -> Result<&'v Judged, Error> {
    let shown = verdict.findings.iter();
    let shown = shown.filter(|judged| judged.level > Level::Off);
    let all: Vec<(String, &Judged)> = shown.map(|judged| (judged.finding.id(), judged)).collect();
    if let Some((_, judged)) = all.iter().find(|(id, _)| id == name) {
        return Ok(judged);
    }
    let begins = all.iter().filter(|(id, _)| id.starts_with(name));
    let mut meant: Vec<&(String, &Judged)> = begins.collect();
    if meant.is_empty() {
        let about = all.iter();
        meant = about
            .filter(|(_, judged)| judged.finding.element == name)
            .collect();
    }
    match meant.as_slice() {
        [(_, judged)] => Ok(judged),
        [] if all.is_empty() => Err(Error::usage(format!(
            "there is no finding `{name}`: nothing was found at all"
        ))),
        [] => {
            let ids: Vec<&str> = all.iter().map(|(id, _)| id.as_str()).collect();
            let hint = match nearest_name(name, &ids) {
                Some(near) => format!("did you mean {near}?"),
                None => "protoskew check --known --all shows every finding with its id".to_owned(),
            };
            Err(Error::usage(format!("there is no finding `{name}`")).hint(hint))
        }
        several => {
            let mut ids: Vec<&str> = several.iter().map(|(id, _)| id.as_str()).collect();
            let count = ids.len();
            ids.truncate(NAMED);
            let more = if count > NAMED { ", …" } else { "" };
            Err(
                Error::usage(format!("{count} findings are called `{name}`"))
                    .hint(format!("name one of them: {}{more}", ids.join(", "))),
            )
        }
    }
}

/// Why a finding has no witness, in one sentence without a full stop.
pub fn why_none(judged: &Judged) -> &'static str {
    let rule = rules::find(judged.finding.rule);
    match (&judged.finding.impact, judged.outcome) {
        _ if rule.is_some_and(|rule| matches!(rule.check, Check::Diagnostics)) => {
            "it is about the file itself: no message is sent"
        }
        (Impact::None, _) if rule.is_some_and(|rule| rule.scope == Scope::Source) => {
            "it breaks source code that is built against the files, and no message"
        }
        (Impact::None, _) if rule.is_some_and(|rule| rule.scope == Scope::Fence) => {
            "it is about what may be sent once the number or name is used again, and nobody does yet"
        }
        (Impact::None, _) => {
            "it is about the history: no release that may be met has the former meaning, so no two schemas are at odds"
        }
        (_, Some(WorstOutcome::Value(Outcome::Withdrawn | Outcome::Absent))) => {
            "what is missing is never sent: the reader finds its default, and there are no bytes to show"
        }
        (_, Some(WorstOutcome::Value(Outcome::Same | Outcome::Compatible)) | None) => {
            "every value arrives in every meeting"
        }
        (_, Some(WorstOutcome::Call(CallOutcome::NewCall | CallOutcome::Served))) => {
            "nobody is hurt: only a newer client knows the call"
        }
        _ => "no message was found that shows it in the worst of its meetings",
    }
}
