//! Every finding on the pages that breaks something is shown by a witness, or stands in a list with the reason why not.

use std::fs;

use super::page::{Example, Page};
use super::{ALL, page_path};

/// Outcomes that must be shown.
const BREAKS: [&str; 6] = [
    "withdrawn",
    "lossy",
    "reject",
    "misread",
    "call-removed",
    "call-changed",
];
/// What a finding says of meetings, before what shows it.
const OUTCOMES: [&str; 10] = [
    "same",
    "compatible",
    "absent",
    "blind",
    "withdrawn",
    "lossy",
    "reject",
    "misread",
    "call-removed",
    "call-changed",
];

/// Findings that break something and have no witness: the rule, the element, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[];

/// The findings of an example that break something: rule, element, and whether something shows it.
fn breaking<'a>(example: &Example<'a>) -> Vec<(&'a str, &'a str, bool)> {
    let mut found: Vec<(&str, &str, bool)> = Vec::new();
    let lines: Vec<&str> = example.findings.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let mut parts = line.splitn(3, "  ");
        let (Some(rule), Some(element), Some(rest)) = (parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let Some((said, _)) = rest.split_once(" — ") else {
            continue;
        };
        if rule.is_empty() {
            continue;
        }
        let mut segments = said.split("; ");
        let first = segments.next().unwrap_or_default();
        let words = |text: &str| {
            text.split([' ', '/', '…', ':'])
                .any(|word| BREAKS.contains(&word))
        };
        let meeting = |text: &&str| {
            let outcome = text.split_once(": ").map_or("", |(outcome, _)| outcome);
            OUTCOMES.contains(&outcome)
        };
        let (meetings, shown): (Vec<&str>, Vec<&str>) = segments.partition(meeting);
        let of_meetings = |text: &&str| words(text.split_once(": ").map_or("", |(it, _)| it));
        if !words(first) && !meetings.iter().any(of_meetings) {
            continue;
        }
        let below = lines
            .get(at + 1)
            .is_some_and(|next| next.starts_with("    "));
        found.push((rule, element, below || !shown.is_empty()));
    }
    found
}

#[test]
fn what_breaks_is_shown() {
    let (mut shown, mut wrong) = (0, String::new());
    let mut excepted = vec![false; EXCEPTIONS.len()];
    for rule in ALL {
        let text = fs::read_to_string(page_path(rule)).expect("a rule's page can be read");
        let page = Page::new(&text);
        let examples = page.sections.iter().flat_map(|section| &section.examples);
        for (id, element, has_witness) in examples.flat_map(breaking) {
            let exception = EXCEPTIONS
                .iter()
                .position(|(rule, named, _)| *rule == id && *named == element);
            match (has_witness, exception) {
                (true, _) => shown += 1,
                (false, Some(at)) => excepted[at] = true,
                (false, None) => {
                    wrong += &format!("the page of {}: {id} {element} has no witness\n", rule.id);
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(shown >= 60, "only {shown} witnesses are on the pages");
    for ((rule, element, reason), needed) in EXCEPTIONS.iter().zip(excepted) {
        assert!(
            needed,
            "{rule} {element} is no exception any more: {reason}"
        );
    }
}

#[test]
fn what_has_no_witness_is_noticed() {
    let check = |findings: &str, expected: &[(&str, &str, bool)]| {
        let example = Example {
            findings,
            ..Example::default()
        };
        assert_eq!(breaking(&example), expected, "{findings}");
    };
    check("a-rule  a.B  absent / blind — a fact; reject: no\n", &[]);
    check("a-rule  a.B  no outcome — a fact\n", &[]);
    check(
        "a-rule  a.B  blind…lossy / compatible — a fact\n    08 01 from before → after loses it\n",
        &[("a-rule", "a.B", true)],
    );
    check(
        "a-rule  a.B  same / misread — a fact\n",
        &[("a-rule", "a.B", false)],
    );
    check(
        "a-rule  a.B  deny; reject: a → b, request — a fact\n",
        &[("a-rule", "a.B", false)],
    );
    check(
        "a-rule  a.B  deny; reject: a → b, request; 08 01 from a → b refuses it — a fact\n",
        &[("a-rule", "a.B", true)],
    );
    check("a-rule  a.B  warn; blind: a → b, request — a fact\n", &[]);
}
