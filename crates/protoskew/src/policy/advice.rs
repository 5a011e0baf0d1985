//! What a person must know next: who is upgraded first, and which release may first send what is new.

use protoskew_compare::Carrier;
use protoskew_compare::{Change, ChangeKind, Comparison, Impact, Reach, Travels};

use super::judge::Subject;
use super::meetings::LinkPolicy;
use crate::config::Bound;
use crate::verdict::{Judged, Level};

/// How many new elements are named before the rest is counted.
const NAMED: usize = 3;

/// The advice that ends a check: `since_baseline` holds what is new, `line` is the subject's release line as a person names it.
pub fn advice(
    findings: &[Judged],
    since_baseline: &Comparison,
    links: &[LinkPolicy],
    subject: &Subject,
    line: Option<&str>,
) -> Vec<String> {
    let mut advice = Vec::new();
    advice.extend(order(findings));
    advice.extend(first_senders(since_baseline, links, subject, line));
    advice
}

/// One order for all that breaks, or that none helps.
fn order(findings: &[Judged]) -> Option<String> {
    let orders: Vec<&str> = findings
        .iter()
        .filter(|judged| !judged.known && judged.level == Level::Deny && !judged.order.is_empty())
        .map(|judged| judged.order.as_str())
        .collect();
    let first = orders.first()?;
    let all_one = orders.iter().all(|order| order == first);
    Some(if all_one {
        format!("{}.", capitalised(first))
    } else if let Some(none) = orders.iter().find(|order| order.starts_with("no order")) {
        format!("{}.", capitalised(none))
    } else {
        "No order of upgrades helps against all of it: some breaks when the client is newer, some when the server is."
            .to_owned()
    })
}

/// Which release may first send each new field, method and enum value.
pub fn first_senders(
    since_baseline: &Comparison,
    links: &[LinkPolicy],
    subject: &Subject,
    line: Option<&str>,
) -> Vec<String> {
    let fresh: Vec<&Change> = since_baseline
        .changes
        .iter()
        .filter(|change| {
            matches!(
                change.kind,
                ChangeKind::FieldAdded { .. }
                    | ChangeKind::EnumValueAdded { .. }
                    | ChangeKind::MethodAdded
            )
        })
        .collect();
    if fresh.is_empty() {
        return Vec::new();
    }
    let introduced = line.map_or("this release".to_owned(), |line| line.to_owned());
    if links.iter().all(|link| !link.configured) {
        let (are, them) = if fresh.len() == 1 {
            ("is", "it")
        } else {
            ("are", "them")
        };
        return vec![format!(
            "{} {are} new: without a policy every older release may still be met, so nothing may rely on {them} yet; \
             [[links]] in protoskew.toml says who meets whom.",
            listed(&fresh),
        )];
    }
    let mut advice = Vec::new();
    for link in links.iter().filter(|link| link.configured) {
        let schema = subject.indexed.schema();
        let reach = match &link.stored {
            Some(messages) => Reach::default().and_from(schema, messages),
            None => Reach::new(schema, |service| link.serves(service)),
        };
        let sent_by = |change: &Change| -> Travels {
            match &change.impact {
                Impact::Call { service, .. } => Travels {
                    request: link.serves(service),
                    response: false,
                },
                Impact::Values {
                    carrier:
                        Carrier::Element {
                            new: Some(name), ..
                        },
                    ..
                } => reach.of(name),
                _ => Travels::default(),
            }
        };
        let by_client: Vec<&Change> = fresh
            .iter()
            .copied()
            .filter(|change| sent_by(change).request)
            .collect();
        let by_server: Vec<&Change> = fresh
            .iter()
            .copied()
            .filter(|change| sent_by(change).response)
            .collect();
        if link.is_store() {
            if !by_client.is_empty() {
                let when = match link.ahead {
                    Bound::Any => "only once no release without it reads the store: with downgrade = \"any\" one may always be rolled back".to_owned(),
                    Bound::Lines(0) => format!("from {introduced} on"),
                    Bound::Lines(lines) => after(lines, &introduced),
                };
                advice.push(format!(
                    "{}: {} may store {when}.",
                    listed(&by_client),
                    link.client
                ));
            }
            continue;
        }
        if !by_client.is_empty() {
            let when = match link.ahead {
                Bound::Any => format!(
                    "only to a {} that has it: with client-ahead = \"any\" an older one may always be met",
                    link.server
                ),
                Bound::Lines(lines) => after(lines, &introduced),
            };
            advice.push(format!(
                "{}: {} may send {when}.",
                listed(&by_client),
                link.client
            ));
        }
        if !by_server.is_empty() {
            let when = match link.behind {
                Bound::Any => format!(
                    "only to a {} that has it: with client-behind = \"any\" an older one may always be met",
                    link.client
                ),
                Bound::Lines(lines) => after(lines, &introduced),
            };
            advice.push(format!(
                "{}: {} may send {when}.",
                listed(&by_server),
                link.server
            ));
        }
    }
    advice
}

/// The first line that may send what `introduced` brings: never the one that introduces it (R2).
fn after(window: u32, introduced: &str) -> String {
    match window.max(1) {
        1 => format!("from the release line after {introduced} on"),
        lines => format!("from {lines} release lines after {introduced} on"),
    }
}

fn listed(changes: &[&Change]) -> String {
    let mut names: Vec<String> = changes
        .iter()
        .take(NAMED)
        .map(|change| format!("`{}`", change.element))
        .collect();
    if changes.len() > NAMED {
        names.push(format!("{} more", changes.len() - NAMED));
    }
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}
