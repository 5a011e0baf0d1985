//! `CODEOWNERS`: whom a repository names for its files, as GitHub and GitLab read it.

use ignore::gitignore::GitignoreBuilder;

use super::Person;

/// Where the file may stand; the first one found counts.
pub(super) const PLACES: [&str; 4] = [
    ".github/CODEOWNERS",
    "CODEOWNERS",
    "docs/CODEOWNERS",
    ".gitlab/CODEOWNERS",
];

/// The owners of any of the files. Of the lines that match a file the last one counts.
pub(super) fn owners(text: &str, files: &[String]) -> Vec<Person> {
    let mut owners: Vec<Person> = Vec::new();
    for file in files {
        let line = text.lines().rev().find_map(|line| {
            let line = line.split(" #").next().unwrap_or_default().trim();
            let mut words = line.split_whitespace();
            let pattern = words
                .next()
                .filter(|word| !word.starts_with(['#', '[', '^', '!']))?;
            covers(pattern, file).then(|| words.filter_map(Person::read).collect::<Vec<_>>())
        });
        for owner in line.into_iter().flatten() {
            if !owners.contains(&owner) {
                owners.push(owner);
            }
        }
    }
    owners
}

/// Whether a pattern, which is read like one of `.gitignore`, is about the file.
fn covers(pattern: &str, file: &str) -> bool {
    let mut builder = GitignoreBuilder::new("");
    if builder.add_line(None, pattern).is_err() {
        return false;
    }
    let Ok(patterns) = builder.build() else {
        return false;
    };
    patterns
        .matched_path_or_any_parents(file, false)
        .is_ignore()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_that_matches_counts() {
        let text = "# who owns what\n* @org/all\n[API]\n/api/ @org/api bo@example.org # ours\n*.md @writer\n/api/internal/ \n";
        let owners = |file: &str| {
            let owners = owners(text, &[file.to_owned()]);
            owners.iter().map(Person::to_string).collect::<Vec<_>>()
        };
        assert_eq!(owners("src/main.rs"), ["@org/all"]);
        assert_eq!(owners("api/v1/a.proto"), ["@org/api", "bo@example.org"]);
        assert_eq!(owners("api/README.md"), ["@writer"]);
        assert_eq!(owners("api/internal/a.proto"), [""; 0], "nobody owns it");
    }
}
