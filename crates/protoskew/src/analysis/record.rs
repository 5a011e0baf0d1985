//! The record of an analysis: a Markdown file with the change's fingerprint in its front matter, the tool's facts, and headings that a
//! person fills. The tool never writes that something was considered.

use std::fmt::Write as _;

/// Where records are kept, from the root of the repository.
pub const FOLDER: &str = "protoskew/analyses";

/// The headings that only a person can fill, each with what is asked.
pub const HEADINGS: [(&str, &str); 3] = [
    (
        "What future releases do where it is absent",
        "For each change: what does a release that knows it do with a peer that does not send it? Is that right?",
    ),
    (
        "What past releases do, blind to it",
        "For each release above that ignores, loses or refuses it: what does that do to the user? What keeps it from mattering?",
    ),
    (
        "What else was weighed",
        "Other types, an existing field, no change at all; what was tried; what happens on a rollback while it is on.",
    ),
];

/// What a record says, as far as a rule asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The fingerprint of the change that it is about, where its front matter names one.
    pub fingerprint: Option<String>,
    /// The headings that nobody filled.
    pub empty: Vec<&'static str>,
}

/// Reads a record.
pub fn read(text: &str) -> Record {
    let text = text
        .strip_prefix('\u{feff}')
        .unwrap_or(text)
        .replace("\r\n", "\n");
    let mut lines = text.lines();
    let mut fingerprint = None;
    if lines.next().is_some_and(|line| line.trim_end() == "---") {
        for line in lines.take_while(|line| line.trim_end() != "---") {
            if let Some(("fingerprint", value)) = line.split_once(':') {
                let value = value.trim().trim_matches(['"', '\'']);
                fingerprint = Some(value.to_owned());
            }
        }
    }
    let empty = HEADINGS.iter().map(|(heading, _)| *heading);
    Record {
        fingerprint,
        empty: empty
            .filter(|heading| section(&text, heading).is_none_or(|said| !says_something(said)))
            .collect(),
    }
}

/// What stands below a heading of the second level, up to the next one.
fn section<'t>(text: &'t str, heading: &str) -> Option<&'t str> {
    let mut found: Option<usize> = None;
    let (mut at, mut in_comment, mut fence) = (0, false, false);
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let plain = line.trim_end();
        if !in_comment && plain.trim_start().starts_with("```") {
            fence = !fence;
        }
        if !fence && !in_comment && (plain.starts_with("## ") || plain.starts_with("# ")) {
            if let Some(from) = found {
                return Some(&text[from..start]);
            }
            if plain.strip_prefix("## ").map(str::trim) == Some(heading) {
                found = Some(at);
            }
        }
        in_comment = !fence && commented(plain, in_comment);
    }
    found.map(|from| &text[from..])
}

/// Whether a comment is open behind this line.
fn commented(line: &str, mut open: bool) -> bool {
    let mut rest = line;
    while let Some(at) = rest.find(if open { "-->" } else { "<!--" }) {
        rest = &rest[at + if open { 3 } else { 4 }..];
        open = !open;
    }
    open
}

/// Whether a person wrote anything there: comments, subheadings and placeholders are nothing.
fn says_something(section: &str) -> bool {
    let mut plain = String::new();
    let mut rest = section;
    while let Some((before, comment)) = rest.split_once("<!--") {
        plain += before;
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    plain += rest;
    plain.lines().any(|line| {
        let line = line.trim();
        let word = line
            .trim_matches(|c: char| !c.is_alphanumeric())
            .to_lowercase();
        let placeholder = matches!(word.as_str(), "" | "todo" | "tbd" | "tba" | "fixme" | "xxx");
        !line.starts_with('#') && !placeholder
    })
}

/// What the tool puts into a record.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The fingerprint of the change.
    pub fingerprint: &'a str,
    /// The day: `2024-01-05`.
    pub date: &'a str,
    /// What it was compared with.
    pub against: &'a str,
    /// The elements that changed.
    pub elements: &'a [String],
    /// The facts, in Markdown, with headings from the third level on.
    pub markdown: &'a str,
}

/// Writes a record with empty headings. What people wrote in `earlier`, the record of the change as it was, stands below each heading as a
/// comment: whoever still means it takes it out.
pub fn write(facts: &Facts<'_>, earlier: Option<&str>) -> String {
    let mut text = format!(
        "---\nprotoskew-analysis: 1\nfingerprint: \"{}\"\ndate: {}\nagainst: {:?}\nelements:\n",
        facts.fingerprint, facts.date, facts.against
    );
    for element in facts.elements {
        let _ = writeln!(text, "  - {element}");
    }
    let _ = write!(
        text,
        "---\n\n# Analysis {}\n\nThe facts are protoskew's; what stands below the headings behind them is not. A later edit of the change makes \
         another fingerprint, and `protoskew analyze --record` says then what to read again.\n\n## Facts\n\n{}\n",
        facts.fingerprint,
        facts.markdown.trim_end()
    );
    let was = earlier.map(|earlier| (earlier, read(earlier).fingerprint.unwrap_or_default()));
    for (heading, asks) in HEADINGS {
        let _ = write!(text, "\n## {heading}\n\n<!-- {asks} -->\n");
        if let Some((earlier, fingerprint)) = &was
            && let Some(said) = section(earlier, heading).filter(|said| says_something(said))
        {
            let said = without_comments(said);
            let _ = write!(
                text,
                "\n<!-- Written for {fingerprint}. Take it out of this comment if it still holds:\n\n{}\n-->\n",
                said.trim()
            );
        }
    }
    text
}

/// A comment cannot hold another one.
fn without_comments(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("<!--") {
        plain += before;
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    plain += rest;
    plain.replace("-->", "-- >")
}

/// The name of a record's file: the day, and what it is about in a few words.
pub fn file_name(date: &str, elements: &[String]) -> String {
    const LONGEST: usize = 60;
    let mut slug = String::new();
    let first = elements.first().map_or("", String::as_str);
    let parts: Vec<&str> = first.rsplit('.').take(2).collect();
    let mut before = '-';
    for letter in parts
        .into_iter()
        .rev()
        .collect::<Vec<_>>()
        .join("-")
        .chars()
    {
        let letter = if letter.is_ascii_alphanumeric() {
            letter
        } else {
            '-'
        };
        if letter.is_ascii_uppercase() && !before.is_ascii_uppercase() && before != '-' {
            slug.push('-');
        }
        if letter != '-' || before != '-' {
            slug.push(letter.to_ascii_lowercase());
        }
        before = letter;
    }
    slug.truncate(LONGEST);
    let slug = slug.trim_matches('-');
    match elements.len() {
        0 | 1 => format!("{date}-{slug}.md"),
        several => format!("{date}-{slug}-and-{}-more.md", several - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts<'a>(fingerprint: &'a str, elements: &'a [String]) -> Facts<'a> {
        Facts {
            fingerprint,
            date: "2024-01-05",
            against: "main (abc1234)",
            elements,
            markdown: "### `p.M.b`\n\nnew\n",
        }
    }

    #[test]
    fn a_fresh_record_says_nothing_that_was_considered() {
        let elements = ["p.M.b".to_owned()];
        let record = read(&write(&facts("1:abc", &elements), None));
        assert_eq!(record.fingerprint.as_deref(), Some("1:abc"));
        assert_eq!(record.empty, HEADINGS.map(|(heading, _)| heading));
    }

    #[test]
    fn what_a_person_writes_counts_and_placeholders_do_not() {
        let elements = ["p.M.b".to_owned()];
        let fresh = write(&facts("1:abc", &elements), None);
        let filled = |with: &str| {
            let mut text = fresh.clone();
            for (heading, _) in HEADINGS {
                text = text.replace(
                    &format!("## {heading}\n"),
                    &format!("## {heading}\n{with}\n"),
                );
            }
            read(&text.replace('\n', "\r\n")).empty.len()
        };
        assert_eq!(filled("The agent keeps its default."), 0);
        assert_eq!(filled("```\n## not a heading\nlog: kept\n```\n"), 0);
        for nothing in [
            "",
            "TODO",
            "- tbd.",
            "<!-- not\nyet -->",
            "### A subheading",
            "…",
        ] {
            assert_eq!(filled(nothing), 3, "{nothing:?}");
        }
        assert_eq!(read("").empty.len(), 3);
        assert_eq!(
            read("---\nfingerprint: \"1:a").fingerprint.as_deref(),
            Some("1:a")
        );
    }

    #[test]
    fn what_was_written_of_an_earlier_edit_must_be_taken_up_again() {
        let elements = ["p.M.b".to_owned()];
        let earlier = write(&facts("1:abc", &elements), None).replace(
            "## What else was weighed\n",
            "## What else was weighed\n\nA map, <!-- no --> which old agents ignore --> too.\n",
        );
        let again = write(&facts("1:def", &elements), Some(&earlier));
        let record = read(&again);
        assert_eq!(record.fingerprint.as_deref(), Some("1:def"));
        assert_eq!(record.empty.len(), 3);
        assert!(again.contains("Written for 1:abc"), "{again}");
        assert!(
            again.contains("A map,  which old agents ignore -- > too."),
            "{again}"
        );
    }

    #[test]
    fn files_are_named_by_day_and_element() {
        let name = |elements: &[&str]| {
            let elements: Vec<String> = elements.iter().map(|each| (*each).to_owned()).collect();
            file_name("2024-01-05", &elements)
        };
        assert_eq!(
            name(&["grpc.CreateContainerRequest.shared_mounts"]),
            "2024-01-05-create-container-request-shared-mounts.md"
        );
        assert_eq!(name(&["a.B", "a.C", "a.D"]), "2024-01-05-a-b-and-2-more.md");
        assert_eq!(name(&["x.HTTPRoute.a_b"]), "2024-01-05-httproute-a-b.md");
    }
}
