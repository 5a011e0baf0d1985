//! `[review]`: what a team asks of a change beside the rules: an analysis, and acknowledgements.

use toml_spanner::Item;

use super::Review;
use super::read::Reader;
use crate::review::Person;

impl Reader<'_> {
    pub(super) fn review(&mut self, item: &Item<'_>) -> Review {
        let mut review = Review::default();
        let keys = &[
            "require-analysis",
            "require-acks",
            "reviewers",
            "codeowners",
            "reviews",
        ];
        self.each(item, keys, |reader, key, item| match key {
            "require-analysis" => review.require_analysis = reader.flag(item),
            "codeowners" => review.codeowners = reader.flag(item),
            "require-acks" => match item.as_u64().and_then(|number| u32::try_from(number).ok()) {
                Some(number) => review.require_acks = number,
                None => reader.expected(item, "a number of people"),
            },
            "reviews" => review.reviews = reader.path_within(item),
            _ => review.reviewers = reader.people(item),
        });
        if review.require_acks > 0 && review.reviewers.is_empty() && !review.codeowners {
            self.error(
                item.span(),
                format!("{} acknowledgements are asked for, and nobody is named who may give one", review.require_acks),
                Some("name them: reviewers = [\"Name <name@example.org> @login\"], or codeowners = true".to_owned()),
            );
        } else if !review.codeowners
            && review
                .reviewers
                .iter()
                .all(|each| !each.login.as_ref().is_some_and(|login| login.contains('/')))
            && (review.require_acks as usize) > review.reviewers.len()
        {
            self.error(
                item.span(),
                format!(
                    "{} acknowledgements are asked for, and {} may give one",
                    review.require_acks,
                    review.reviewers.len()
                ),
                Some("name more reviewers, or ask for fewer".to_owned()),
            );
        }
        review
    }

    fn people(&mut self, item: &Item<'_>) -> Vec<Person> {
        let Some(array) = item.as_array() else {
            self.expected(item, "an array of people");
            return Vec::new();
        };
        let mut people = Vec::new();
        for item in array.iter() {
            let Some(text) = self.string(item) else {
                continue;
            };
            match Person::read(&text) {
                Some(person) => people.push(person),
                None => self.error(
                    item.span(),
                    format!("`{text}` names nobody: it has neither an address nor a login"),
                    Some("write \"Name <name@example.org>\", \"@login\", \"@org/team\", or \"Name <name@example.org> @login\"".to_owned()),
                ),
            }
        }
        people
    }
}
