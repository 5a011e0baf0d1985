//! `version-on-the-wire`: messages carry a version of their own protocol.

mod explicit;
mod implicit;

use protoskew_compare::Indexed;

use crate::rules::{Check, DefaultLevel, Lens, Rule, Scope, Seen};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "version-on-the-wire",
    summary: "messages carry a version of their own protocol",
    guideline: "GL5",
    lens: Lens::Advice,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Whole(check),
};

fn check(indexed: &Indexed) -> Vec<Seen> {
    let mut seen = explicit::versions(indexed);
    seen.extend(implicit::versions(indexed));
    seen
}

/// Whether a name has these letters in it, in whatever case: most names have not, and need not be taken apart.
fn says(name: &str, letters: &[u8]) -> bool {
    let mut windows = name.as_bytes().windows(letters.len());
    windows.any(|window| window.eq_ignore_ascii_case(letters))
}

/// The words of a name, in lower case: `protocolVersion` and `protocol_version` are two words each.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = '_';
    for letter in name.chars() {
        if !letter.is_alphanumeric() {
            before = '_';
            continue;
        }
        let begins = before == '_' || letter.is_uppercase() && !before.is_uppercase();
        match words.last_mut() {
            Some(word) if !begins => word.extend(letter.to_lowercase()),
            _ => words.push(letter.to_lowercase().collect()),
        }
        before = letter;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn names_are_taken_apart_in_either_style() {
        assert_eq!(words("protocol_version"), ["protocol", "version"]);
        assert_eq!(words("protocolVersion"), ["protocol", "version"]);
        assert_eq!(
            words("APIVersion"),
            ["apiversion"],
            "capitals hold together"
        );
        assert_eq!(words("Api_Version2"), ["api", "version2"]);
        assert_eq!(words(""), [""; 0]);
    }
}
