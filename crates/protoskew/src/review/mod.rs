//! Whether a change carries its analysis and its acknowledgements: values that rules look at, gathered at one edge.

mod codeowners;
mod forge;
pub mod gather;
mod people;

use protoskew_compare::Place;
use protoskew_schema::Name;

pub use people::{Mailmap, Person, trailers};

/// A change, with all that was found of its analysis and its acknowledgements.
#[derive(Clone, Debug)]
pub struct Review {
    /// Whether the team asks for an analysis.
    pub wants_analysis: bool,
    /// How many acknowledgements it asks for.
    pub wants_acks: u32,
    /// The first element that changed, and where it stands.
    pub element: Name,
    /// Where that stands on the newer side.
    pub place: Place,
    /// How many elements changed.
    pub changes: usize,
    /// The fingerprint of the change as it is now.
    pub fingerprint: String,
    /// The records that came with the change, and those that are about it.
    pub records: Vec<Recorded>,
    /// Whose acknowledgement counts.
    pub reviewers: Vec<Person>,
    /// Who made the change.
    pub authors: Vec<Person>,
    /// Every acknowledgement that was found.
    pub acks: Vec<Ack>,
}

/// A record of an analysis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// Its path from the root of the repository.
    pub path: String,
    /// The fingerprint that it names.
    pub fingerprint: String,
    /// Whether that is the fingerprint of the change as it is now.
    pub fits: bool,
    /// The headings that nobody filled.
    pub empty: Vec<&'static str>,
}

/// An acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ack {
    /// Whose.
    pub by: Person,
    /// Where it was found, in a few words: `commit abc1234`.
    pub found_in: String,
    /// Whether it names the fingerprint, or the path of a record that had it.
    pub carries: bool,
}

impl Review {
    /// Those whose acknowledgement counts, each once, in the order in which they were found.
    pub fn counted(&self) -> Vec<&Person> {
        let mut counted: Vec<(Option<usize>, &Person)> = Vec::new();
        for ack in self.acks.iter().filter(|ack| self.objection(ack).is_none()) {
            // one person may be known by an address and by a login: the list of reviewers joins the two
            let listed = self.reviewers.iter().position(|each| each.is(&ack.by));
            let known = counted
                .iter()
                .any(|(at, person)| listed.is_some() && *at == listed || person.is(&ack.by));
            if !known {
                counted.push((listed, &ack.by));
            }
        }
        counted.into_iter().map(|(_, person)| person).collect()
    }

    /// Why an acknowledgement does not count, if it does not.
    pub fn objection(&self, ack: &Ack) -> Option<&'static str> {
        let listed = self
            .reviewers
            .iter()
            .any(|each| each.is(&ack.by) || each.is_team_of(&ack.by));
        // an author who signs by a login is one whose entry in the list names both
        let entries = self.reviewers.iter().filter(|each| each.is(&ack.by));
        let mut known_as = entries.chain([&ack.by]);
        if known_as.any(|each| self.authors.iter().any(|author| author.is(each))) {
            Some("made the change")
        } else if !listed {
            Some("is no listed reviewer")
        } else if !ack.carries {
            Some("does not name the analysis")
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn review(acks: &[(&str, bool)]) -> Review {
        let person = |text: &&str| Person::read(text).expect("a person");
        Review {
            wants_analysis: false,
            wants_acks: 2,
            element: "p.M.a".into(),
            place: Place {
                file: 0,
                span: protoskew_schema::Span::default(),
            },
            changes: 1,
            fingerprint: "1:abc".to_owned(),
            records: Vec::new(),
            reviewers: [
                "Bo <bo@example.org> @bo",
                "Cy <cy@example.org>",
                "@org/api",
                "Ada <ada@example.org> @ada",
            ]
            .iter()
            .map(person)
            .collect(),
            authors: vec![person(&"Ada <ada@example.org>")],
            acks: acks
                .iter()
                .map(|(text, carries)| Ack {
                    by: person(text),
                    found_in: "commit abc1234".to_owned(),
                    carries: *carries,
                })
                .collect(),
        }
    }

    #[track_caller]
    fn check(acks: &[(&str, bool)], counted: usize, objections: &[&str]) {
        let review = review(acks);
        assert_eq!(review.counted().len(), counted, "{acks:?}");
        let said: Vec<&str> = review
            .acks
            .iter()
            .filter_map(|ack| review.objection(ack))
            .collect();
        assert_eq!(said, objections, "{acks:?}");
    }

    #[test]
    fn reviewers_count_once_by_whatever_name() {
        check(
            &[("Bo <BO@example.org>", true), ("Cy <cy@example.org>", true)],
            2,
            &[],
        );
        check(&[("Bo <bo@example.org>", true), ("@Bo", true)], 1, &[]);
        check(
            &[("Bo <bo@example.org>", false), ("@bo", true)],
            1,
            &["does not name the analysis"],
        );
    }

    #[test]
    fn authors_and_strangers_do_not_count() {
        check(&[("Ada <ada@example.org>", true)], 0, &["made the change"]);
        check(&[("@ada", true)], 0, &["made the change"]);
        check(
            &[("Di <di@example.org>", true)],
            0,
            &["is no listed reviewer"],
        );
    }

    #[test]
    fn a_team_counts_by_its_members() {
        let mut review = review(&[("@di", true), ("@ed", true)]);
        for ack in &mut review.acks {
            ack.by.teams = vec!["org/api".to_owned()];
        }
        assert_eq!(review.counted().len(), 2);
    }
}
