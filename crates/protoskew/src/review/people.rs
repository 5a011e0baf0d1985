//! People, as commits, forges and lists of reviewers name them.

use std::fmt;

/// Somebody, by an address, a login, or both.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// As a person is called, where that is known.
    pub name: String,
    /// The address, in lower case.
    pub email: Option<String>,
    /// The login at the forge, or the team (`org/team`), in lower case and without `@`.
    pub login: Option<String>,
    /// The teams that a forge says somebody is in (`org/team`), in lower case.
    pub teams: Vec<String>,
}

impl Person {
    /// `Name <name@example.org> @login`, or any part of it that tells one from another.
    pub fn read(text: &str) -> Option<Self> {
        let mut person = Person::default();
        let mut rest = text.trim().to_owned();
        if let Some((before, after)) = text.split_once('<') {
            let (email, after) = after.split_once('>')?;
            person.email = Some(email.trim().to_lowercase()).filter(|email| is_address(email));
            rest = format!("{before} {after}");
        }
        let mut name = Vec::new();
        for word in rest.split_whitespace() {
            match word.strip_prefix('@') {
                Some(login) if !login.is_empty() => person.login = Some(login.to_lowercase()),
                _ if is_address(word) && person.email.is_none() => {
                    person.email = Some(word.to_lowercase());
                }
                _ => name.push(word),
            }
        }
        person.name = name.join(" ");
        (person.email.is_some() || person.login.is_some()).then_some(person)
    }

    /// Whether the two are one.
    pub fn is(&self, other: &Person) -> bool {
        let same = |a: &Option<String>, b: &Option<String>| a.is_some() && a == b;
        same(&self.email, &other.email) || same(&self.login, &other.login)
    }

    /// Whether this is a team that the other is in.
    pub fn is_team_of(&self, other: &Person) -> bool {
        let team = self.login.as_ref().filter(|login| login.contains('/'));
        team.is_some_and(|team| other.teams.contains(team))
    }
}

fn is_address(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(who, host)| !who.is_empty() && !host.is_empty())
}

impl fmt::Display for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.login, &self.email) {
            _ if !self.name.is_empty() => f.write_str(&self.name),
            (Some(login), _) => write!(f, "@{login}"),
            (None, Some(email)) => f.write_str(email),
            (None, None) => f.write_str("somebody"),
        }
    }
}

/// Who acknowledged by a trailer of a commit message, and who is named beside its author.
pub fn trailers(message: &str) -> (Vec<Person>, Vec<Person>) {
    let (mut acks, mut authors) = (Vec::new(), Vec::new());
    for line in message.lines() {
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let into = match key.trim_end().to_ascii_lowercase().as_str() {
            "acked-by" | "reviewed-by" => &mut acks,
            "co-authored-by" | "co-developed-by" => &mut authors,
            _ => continue,
        };
        // what stands behind the address is about the acknowledgement
        let value = value
            .split_once('>')
            .map_or(value.to_owned(), |(who, _)| format!("{who}>"));
        into.extend(Person::read(&value));
    }
    (acks, authors)
}

/// `.mailmap`: the addresses that people are known by.
#[derive(Clone, Debug, Default)]
pub struct Mailmap {
    /// Name in the commit (none: any) and address in the commit, to the proper address.
    known: Vec<(Option<String>, String, String)>,
}

impl Mailmap {
    /// Reads the file; lines that say nothing of addresses are passed over.
    pub fn read(text: &str) -> Self {
        let mut known = Vec::new();
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default();
            let mut parts = line.split(['<', '>']);
            let (Some(_), Some(proper), Some(name), Some(commit)) =
                (parts.next(), parts.next(), parts.next(), parts.next())
            else {
                continue;
            };
            let name = Some(name.trim().to_lowercase()).filter(|name| !name.is_empty());
            known.push((
                name,
                commit.trim().to_lowercase(),
                proper.trim().to_lowercase(),
            ));
        }
        Self { known }
    }

    /// The person under the proper address.
    #[must_use]
    pub fn proper(&self, mut person: Person) -> Person {
        let name = person.name.to_lowercase();
        let found = self.known.iter().rev().find(|(called, email, _)| {
            person.email.as_ref() == Some(email)
                && called.as_ref().is_none_or(|called| *called == name)
        });
        if let Some((_, _, proper)) = found {
            person.email = Some(proper.clone());
        }
        person
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_read_in_any_form() {
        let read = |text: &str| {
            Person::read(text).map(|person| {
                (
                    person.name,
                    person.email.unwrap_or_default(),
                    person.login.unwrap_or_default(),
                )
            })
        };
        let person = |name: &str, email: &str, login: &str| {
            Some((name.to_owned(), email.to_owned(), login.to_owned()))
        };
        assert_eq!(
            read("Bo Li <Bo@Example.org> @BoLi"),
            person("Bo Li", "bo@example.org", "boli")
        );
        assert_eq!(read("bo@example.org"), person("", "bo@example.org", ""));
        assert_eq!(read("@org/api"), person("", "", "org/api"));
        for nobody in ["", "Bo", "Bo <>", "Bo <bo", "@"] {
            assert_eq!(read(nobody), None, "{nobody:?}");
        }
    }

    #[test]
    fn trailers_are_read_wherever_they_stand() {
        let message = "agent: add a mount\n\nReviewed-by: nobody\nacked-by: Bo <bo@example.org> # 1:abc\nCo-authored-by: Cy <cy@example.org>\n\nReviewed-By: Di <di@example.org>\nNot-acked-by: Ed <ed@example.org>\n";
        let (acks, authors) = trailers(message);
        let names = |people: Vec<Person>| people.iter().map(Person::to_string).collect::<Vec<_>>();
        assert_eq!(names(acks), ["Bo", "Di"]);
        assert_eq!(names(authors), ["Cy"]);
    }

    #[test]
    fn a_mailmap_joins_addresses() {
        let map = Mailmap::read(
            "# people\nBo <bo@example.org> <bo@old.example.org>\n<cy@example.org> Cy <shared@example.org>\nDi <di@example.org>\n<di@example.org",
        );
        let proper = |text: &str| {
            map.proper(Person::read(text).expect("a person"))
                .email
                .expect("an address")
        };
        assert_eq!(proper("B <BO@old.example.org>"), "bo@example.org");
        assert_eq!(proper("Cy <shared@example.org>"), "cy@example.org");
        assert_eq!(proper("Ed <shared@example.org>"), "shared@example.org");
        assert_eq!(proper("Ed <ed@example.org>"), "ed@example.org");
    }
}
