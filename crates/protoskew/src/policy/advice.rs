//! What a person must know next about what breaks: who is upgraded first.

use crate::verdict::{Judged, Level};

/// The advice that a check ends with: one order for all that breaks, or that none helps.
pub fn advice(findings: &[Judged]) -> Vec<String> {
    order(findings).into_iter().collect()
}

/// One order for all that breaks, or that none helps.
fn order(findings: &[Judged]) -> Option<String> {
    let orders: Vec<&str> = findings
        .iter()
        .filter(|judged| judged.is_new() && judged.level == Level::Deny && !judged.order.is_empty())
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

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}
