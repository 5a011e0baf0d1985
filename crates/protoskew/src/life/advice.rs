//! Which release may first send what is new: what a person must know at the end of a check.

use protoskew_compare::{Change, ChangeKind, Comparison, Impact};
use protoskew_schema::Name;

use super::seen::Seen;
use super::words;
use crate::policy::schedule::Way;

/// How many new elements are named before the rest is counted.
const NAMED: usize = 3;

/// From which release on each new field, method and enum value may be sent: one sentence for those of which the same holds.
pub fn first_senders(seen: &[Seen], since_baseline: &Comparison) -> Vec<String> {
    let fresh: Vec<&Change> = since_baseline
        .changes
        .iter()
        .filter(|change| match change.kind {
            ChangeKind::FieldAdded { .. }
            | ChangeKind::EnumValueAdded { .. }
            | ChangeKind::MethodAdded => true,
            // an option is sent to nobody
            ChangeKind::ExtensionAdded { .. } => !matches!(change.impact, Impact::None),
            _ => false,
        })
        .collect();
    if fresh.is_empty() {
        return Vec::new();
    }
    if seen.iter().all(|seen| !seen.link.configured) {
        let (are, them) = if fresh.len() == 1 {
            ("is", "it")
        } else {
            ("are", "them")
        };
        let names: Vec<&Name> = fresh.iter().map(|change| &change.element).collect();
        return vec![format!(
            "{} {are} new. Without a policy every older release may still be met, so nothing may rely on {them} yet; \
             [[links]] in protoskew.toml says who meets whom.",
            listed(&names),
        )];
    }
    let mut advice: Vec<(Vec<&Name>, String)> = Vec::new();
    for seen in seen.iter().filter(|seen| seen.link.configured) {
        let mut here: Vec<(Way, Vec<&Name>, String)> = Vec::new();
        for change in &fresh {
            let verb = match change.kind {
                ChangeKind::MethodAdded => "call",
                _ => "send",
            };
            for passage in seen.passages(std::iter::once(&change.element)) {
                let said = sentence(&passage, verb);
                let same = here
                    .iter_mut()
                    .find(|(way, _, known)| *way == passage.way && *known == said);
                match same {
                    Some((_, names, _)) => names.push(&change.element),
                    None => here.push((passage.way, vec![&change.element], said)),
                }
            }
        }
        here.sort_by_key(|(way, ..)| *way);
        advice.extend(here.into_iter().map(|(_, names, said)| (names, said)));
    }
    advice
        .into_iter()
        .map(|(names, said)| format!("{}: {said}.", listed(&names)))
        .collect()
}

/// `runtime may send it from the line after 1.4 on to any agent that has it, and unasked never: agent 1.3.0 lacks it and may be met`.
fn sentence(passage: &super::Passage<'_>, verb: &str) -> String {
    let traffic = passage.traffic();
    let (writer, reader) = (passage.writer().0, passage.reader().0);
    let verb = if passage.way == Way::Stored {
        "store"
    } else {
        verb
    };
    let enable = traffic.enable();
    let Some(from) = words::earliest(traffic.writers(), enable) else {
        let why = words::hazard(passage, enable.because);
        return format!("{writer} may never {verb} it: {why}");
    };
    let default = traffic.default();
    if default.at == enable.at {
        return format!("{writer} may {verb} it from {from} on");
    }
    let asked = format!("{writer} may {verb} it from {from} on to any {reader} that has it");
    match words::earliest(traffic.writers(), default) {
        Some(unasked) => format!("{asked}, and unasked from {unasked} on"),
        None => format!(
            "{asked}, and unasked never: {}",
            words::hazard(passage, default.because)
        ),
    }
}

fn listed(elements: &[&Name]) -> String {
    let mut names: Vec<String> = elements
        .iter()
        .take(NAMED)
        .map(|element| format!("`{element}`"))
        .collect();
    if elements.len() > NAMED {
        names.push(format!("{} more", elements.len() - NAMED));
    }
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}
