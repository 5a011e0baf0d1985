//! The reviews file: what CI asked its forge about the reviews of a change, in one form for all forges.

use serde::Deserialize;

use super::Person;
use crate::error::Error;

/// What the file says that it is.
const FORMAT: &str = "protoskew-reviews/1";

/// The reviews of one change.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Reviews {
    /// Always `protoskew-reviews/1`.
    format: String,
    /// Who asks for the review.
    #[serde(default)]
    author: Option<Account>,
    /// The reviews, oldest first.
    reviews: Vec<Given>,
}

/// Somebody at the forge.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    #[serde(default)]
    login: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    teams: Vec<String>,
}

/// One review.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    reviewer: Account,
    /// `approved`, `changes_requested`, `dismissed`, or anything else, which is a remark.
    state: String,
    #[serde(default)]
    body: Option<String>,
    #[serde(default)]
    commit: Option<String>,
}

/// A review by somebody who approves, with what it says and the commit that it is about.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Approval {
    pub(super) by: Person,
    pub(super) body: String,
    pub(super) commit: Option<String>,
}

impl Account {
    fn person(&self) -> Person {
        let lower = |text: &Option<String>| {
            let text = text
                .as_ref()
                .map(|text| text.trim_start_matches('@').to_lowercase());
            text.filter(|text| !text.is_empty())
        };
        Person {
            name: self.name.clone().unwrap_or_default(),
            email: self
                .email
                .as_ref()
                .map(|email| email.to_lowercase())
                .filter(|email| !email.is_empty()),
            login: lower(&self.login),
            teams: self
                .teams
                .iter()
                .map(|team| team.trim_start_matches('@').to_lowercase())
                .collect(),
        }
    }
}

impl Reviews {
    /// Reads the file; `path` is for the message where it is not one.
    pub(super) fn read(bytes: &[u8], path: &str) -> Result<Self, Error> {
        let wrong = |why: String| {
            Error::environment(format!("{path} is no file of reviews: {why}"))
                .hint("docs/reviews.md shows its form, and how GitHub and GitLab are asked for it")
        };
        let reviews: Self =
            serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
        if reviews.format != FORMAT {
            return Err(wrong(format!(
                "its format is `{}`, and `{FORMAT}` is read",
                reviews.format
            )));
        }
        Ok(reviews)
    }

    /// Who asks for the review.
    pub(super) fn author(&self) -> Option<Person> {
        self.author.as_ref().map(Account::person)
    }

    /// The approvals of those whose last word is one.
    pub(super) fn approvals(&self) -> Vec<Approval> {
        let decides = |state: &str| matches!(state, "approved" | "changes_requested" | "dismissed");
        let state = |given: &Given| given.state.to_lowercase();
        let stands = |given: &&Given| {
            let person = given.reviewer.person();
            let own = self
                .reviews
                .iter()
                .filter(|other| other.reviewer.person().is(&person));
            own.map(state)
                .rfind(|state| decides(state))
                .is_some_and(|last| last == "approved")
        };
        self.reviews
            .iter()
            .filter(|given| state(given) == "approved")
            .filter(stands)
            .map(|given| Approval {
                by: given.reviewer.person(),
                body: given.body.clone().unwrap_or_default(),
                commit: given.commit.clone(),
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_word_counts() {
        let text = r#"{"format": "protoskew-reviews/1", "author": {"login": "Ada"}, "reviews": [
            {"reviewer": {"login": "bo"}, "state": "APPROVED", "body": "1:abc", "commit": "abc"},
            {"reviewer": {"login": "bo"}, "state": "COMMENTED", "body": "nice"},
            {"reviewer": {"login": "cy"}, "state": "APPROVED", "body": "1:abc"},
            {"reviewer": {"login": "Cy"}, "state": "CHANGES_REQUESTED"},
            {"reviewer": {"login": "di", "teams": ["@org/API"]}, "state": "approved", "body": null}
        ]}"#;
        let reviews = Reviews::read(text.as_bytes(), "reviews.json").expect("reviews");
        let found: Vec<String> = reviews
            .approvals()
            .iter()
            .map(|each| format!("{} {}", each.by, each.body))
            .collect();
        assert_eq!(found, ["@bo 1:abc", "@di "]);
        assert_eq!(reviews.approvals()[1].by.teams, ["org/api"]);
        assert_eq!(
            reviews.author().and_then(|author| author.login).as_deref(),
            Some("ada")
        );
    }

    #[test]
    fn another_file_is_refused_with_its_name() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"format": "protoskew-reviews/2", "reviews": []}"#,
            r#"{"format": "protoskew-reviews/1", "reviews": [{}]}"#,
        ] {
            let error = Reviews::read(text.as_bytes(), "reviews.json").expect_err(text);
            assert!(
                error
                    .message()
                    .contains("reviews.json is no file of reviews"),
                "{error}"
            );
        }
    }
}
