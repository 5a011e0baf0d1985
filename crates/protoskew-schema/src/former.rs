//! Names under which an old form is set aside while a new one takes over its name: `deprecated_priority` beside a new `priority`.

/// Words that say of a name that it is the former one.
const WORDS: [&str; 6] = [
    "deprecated",
    "former",
    "legacy",
    "obsolete",
    "old",
    "previous",
];

/// Whether `name` says that it is the former `of`: the same words, and one before or behind them that says so.
///
/// Nothing else in a file tells a field that was set aside for its successor from one that was pushed in before it.
pub fn is_former(name: &str, of: &str) -> bool {
    let (name, of) = (words(name), words(of));
    if of.is_empty() {
        return false;
    }
    let says = |word: &String| WORDS.contains(&word.as_str());
    match name.as_slice() {
        [first, rest @ ..] if says(first) && rest == of => true,
        [rest @ .., last] if says(last) && rest == of => true,
        _ => false,
    }
}

/// `last_seenAt` is `last`, `seen`, `at`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut lower = false;
    for part in name.split('_').filter(|part| !part.is_empty()) {
        let mut begins = true;
        for letter in part.chars() {
            if begins || lower && letter.is_ascii_uppercase() {
                words.push(String::new());
            }
            begins = false;
            lower = letter.is_ascii_lowercase() || letter.is_ascii_digit();
            if let Some(word) = words.last_mut() {
                word.push(letter.to_ascii_lowercase());
            }
        }
        lower = false;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::is_former;

    #[track_caller]
    fn check(name: &str, of: &str, expected: bool) {
        assert_eq!(is_former(name, of), expected, "{name} for {of}");
    }

    #[test]
    fn set_aside() {
        check("deprecated_priority", "priority", true);
        check("priority_old", "priority", true);
        check("legacyNodeId", "nodeId", true);
        check("DEPRECATED_UP", "UP", true);
        check("old_a", "a", true);
    }

    #[test]
    fn another_name() {
        check("high_priority", "priority", false);
        check("deprecated_weight", "priority", false);
        check("told", "t", false);
        check("old", "old", false);
        check("priority", "deprecated_priority", false);
        check("", "", false);
        check("deprecated", "", false);
    }
}
