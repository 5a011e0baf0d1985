//! `change-unacknowledged`: fewer acknowledgements of a change than the team asks for.

use crate::review::{Person, Review};
use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "change-unacknowledged",
    summary: "fewer acknowledgements of a change than the team asks for",
    guideline: "HL",
    lens: Lens::Advice,
    level: DefaultLevel::WhereAsked(Level::Deny),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Review(check),
};

fn check(review: &Review) -> Option<Fact> {
    let counted = review.counted();
    let wanted = review.wants_acks as usize;
    if counted.len() >= wanted {
        return None;
    }
    let mut fact = format!("{} of {wanted} acknowledgements", counted.len());
    if !counted.is_empty() {
        let names: Vec<String> = counted.iter().map(|person| person.to_string()).collect();
        fact += &format!(" ({})", names.join(", "));
    }
    let uncounted: Vec<String> = review
        .acks
        .iter()
        .filter(|ack| !counted.iter().any(|person| person.is(&ack.by)))
        .filter_map(|ack| {
            Some(format!(
                "{} of {} {}",
                ack.by,
                ack.found_in,
                review.objection(ack)?
            ))
        })
        .collect();
    if !uncounted.is_empty() {
        fact += &format!("; not counted: {}", uncounted.join(", "));
    }
    let names: Vec<String> = review.reviewers.iter().map(Person::to_string).collect();
    let who = if names.is_empty() {
        "name `reviewers` under [review]; one of them".to_owned()
    } else {
        names.join(" or ")
    };
    let help = format!(
        "{who} reads the analysis and says so with its fingerprint, {}: in a commit message, above `Acked-by: Name <address>`, or in an approving review",
        review.fingerprint
    );
    Some(Fact::new(fact, help).labels("", "changes here"))
}
