//! What a person must know next about what breaks: who is upgraded first.

use super::order::{Broken, When};
use crate::verdict::{Judged, Level};

/// The advice that a check ends with: one order for all that breaks, or that none helps; and what becomes of what is at rest.
pub fn advice(findings: &[Judged]) -> Vec<String> {
    let denied = findings
        .iter()
        .filter(|judged| judged.is_new() && judged.level == Level::Deny);
    let (mut calls, mut at_rest) = (When::default(), When::default());
    let mut one_breaks_always = false;
    for broken in denied.map(Broken::of) {
        calls = calls.or(broken.calls);
        one_breaks_always |= broken.calls.always();
        if broken.calls.order().is_none() {
            at_rest = at_rest.or(broken.at_rest);
        }
    }
    let order = if calls.always() && !one_breaks_always {
        Some(
            "no order of upgrades helps against all of it: some breaks when the client is newer, some when the server is",
        )
    } else {
        calls.order()
    };
    let said = order.into_iter().chain(at_rest.at_rest());
    said.map(|said| format!("{}.", capitalised(said))).collect()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}
