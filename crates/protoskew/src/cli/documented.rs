//! Every `protoskew …` that the README and the pages under `docs` show is one that can be typed, and every configuration there can be read.

use std::path::Path;

use clap::Parser;
use clap::error::ErrorKind;

use super::args::Arguments;

const PAGES: [&str; 9] = [
    "README.md",
    "docs/ci.md",
    "docs/configuration.md",
    "docs/guide.md",
    "docs/json.md",
    "docs/migrating.md",
    "docs/peers.md",
    "docs/reviews.md",
    "docs/waivers.md",
];

fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(name);
    std::fs::read_to_string(path).expect("a page")
}

/// The fenced blocks of a page: language and text.
fn blocks(page: &str) -> Vec<(String, String)> {
    let mut blocks = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in page.lines() {
        match (line.trim_start().strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (Some(language), None) => open = Some((language.to_owned(), String::new())),
            (None, Some((_, text))) => *text += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    blocks
}

/// The command lines of a page: those of its blocks, and what stands in backticks within its lines.
fn commands(page: &str) -> Vec<String> {
    let mut lines = Vec::new();
    for (language, text) in blocks(page) {
        if matches!(language.as_str(), "sh" | "console" | "yaml" | "text") {
            lines.extend(
                text.replace("\\\n", " ")
                    .lines()
                    .map(|line| line.trim().to_owned()),
            );
        }
    }
    // a span may go on in the next line of its paragraph
    let mut paragraphs = vec![String::new()];
    let mut fenced = false;
    for line in page.lines() {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        if fence || line.is_empty() || line.starts_with('|') {
            paragraphs.push(String::new());
        }
        if !fence
            && !fenced
            && let Some(paragraph) = paragraphs.last_mut()
        {
            *paragraph += &format!("{} ", line.trim());
        }
    }
    for paragraph in paragraphs {
        let spans = paragraph.split('`').skip(1).step_by(2);
        lines.extend(spans.map(|span| span.replace("\\|", "|")));
    }
    let starts = ["", "$ ", "- ", "run: ", "- run: "];
    let mut commands = Vec::new();
    for line in lines {
        for part in line.split(" | ") {
            let begun = starts
                .iter()
                .filter_map(|start| part.strip_prefix(start))
                .find(|rest| *rest == "protoskew" || rest.starts_with("protoskew "));
            commands.extend(begun.map(str::to_owned));
        }
    }
    commands
}

/// Words as a shell makes them, up to a comment or where the output goes; what stands for something else is a word too.
fn words(command: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let (mut word, mut quote, mut begun) = (String::new(), None, false);
    for letter in command.chars().chain(" ".chars()) {
        match (letter, quote) {
            ('"' | '\'', None) => (quote, begun) = (Some(letter), true),
            (letter, Some(mark)) if letter == mark => quote = None,
            (' ', None) => {
                if begun || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                begun = false;
            }
            (letter, _) => word.push(letter),
        }
    }
    let end = words
        .iter()
        .position(|word| word.starts_with('#') || word.starts_with('>'));
    words.truncate(end.unwrap_or(words.len()));
    words
}

#[test]
fn every_command_that_is_shown_can_be_typed() {
    let mut shown = 0;
    let mut wrong = Vec::new();
    for name in PAGES {
        for command in commands(&page(name)) {
            shown += 1;
            let mut words = words(&command);
            // what stands for a word of a closed list, and an option that is only named
            for word in words.iter_mut().filter(|word| *word == "SHELL") {
                *word = "bash".to_owned();
            }
            let names_an_option = words.last().is_some_and(|word| word.starts_with("--"));
            let mut parsed = Arguments::try_parse_from(&words);
            if names_an_option && parsed.is_err() {
                words.push("VALUE".to_owned());
                parsed = Arguments::try_parse_from(&words);
            }
            if let Err(error) = parsed {
                // a command that is only named says nothing of its arguments
                let named = words.len() == 2 || names_an_option;
                if named && error.kind() == ErrorKind::MissingRequiredArgument {
                    continue;
                }
                let error = error.to_string();
                let said = error.lines().next().unwrap_or_default();
                wrong.push(format!("{name}: {command}: {said}"));
            }
        }
    }
    assert!(shown > 60, "only {shown} commands are shown");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Those of `docs/configuration.md` and `docs/waivers.md` have tests of their own.
#[test]
fn every_configuration_that_is_shown_can_be_read() {
    let mut shown = 0;
    for name in [
        "README.md",
        "docs/guide.md",
        "docs/reviews.md",
        "docs/ci.md",
        "docs/peers.md",
    ] {
        for (language, text) in blocks(&page(name)) {
            if language != "toml" {
                continue;
            }
            shown += 1;
            let missing = if text.contains("[components.") || !text.contains("[[links]]") {
                ""
            } else {
                "[components.runtime]\n[components.agent]\n"
            };
            if let Err(errors) = protoskew::config::read(&format!("{text}\n{missing}")) {
                let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
                panic!("{name}: {}\n{text}", errors.join("\n"));
            }
        }
    }
    assert!(shown >= 4, "only {shown} configurations are shown");
}
