//! Facts about the life of a feature: which release introduced it and which may first send it, and since which release a program names it.

use anyhow::{Result, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::answer;
use super::facts::is_commit;

/// What `protoskew plan` says of an element or a feature, under a configuration.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Life {
    /// What is in the worktree.
    pub(crate) at: String,
    /// What happened, in words of our own.
    pub(crate) why: String,
    /// The `protoskew.toml` in it.
    pub(crate) config: String,
    /// What is planned: an element by its full name, or a feature of the configuration.
    pub(crate) plan: String,
    /// The first release of the writer, and of the reader, that has it.
    introduced: [String; 2],
    /// The earliest release that may send it to those who have it.
    enable: String,
    /// The earliest that may send it to anybody; `never` for none.
    default: String,
}

/// A word that stands in a program's text in one release and not in the one before.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Named {
    /// The release, as a commit.
    pub(crate) at: String,
    /// The release before, as a commit.
    pub(crate) before: String,
    /// What happened, in words of our own.
    pub(crate) why: String,
    /// The word.
    pub(crate) word: String,
    /// The file or folder that it stands in.
    pub(crate) under: String,
}

impl Life {
    pub(crate) fn is_sound(&self) -> Result<()> {
        is_commit(&self.at)?;
        ensure!(!self.why.is_empty(), "it does not say why");
        ensure!(!self.plan.is_empty(), "it does not say what is planned");
        Ok(())
    }

    /// The fact on one line.
    pub(crate) fn line(&self) -> String {
        let [writer, reader] = &self.introduced;
        format!(
            "{} {}: introduced {writer} and {reader}, enabled from {} on, by default {}",
            &self.at[..9],
            self.plan,
            self.enable,
            self.default
        )
    }

    /// Holds the fact against what `protoskew plan --format json` printed.
    pub(crate) fn prove(&self, printed: &str) -> Result<(), String> {
        let features = answer::features(printed).map_err(|error| format!("{error:#}"))?;
        let ways: Vec<&Value> = features
            .iter()
            .filter_map(|feature| feature["ways"].as_array())
            .flatten()
            .collect();
        let [way] = ways.as_slice() else {
            return Err(format!("it travels in {} ways instead of one", ways.len()));
        };
        let text = |value: &Value| value.as_str().unwrap_or("never").to_owned();
        let step = |at: usize| text(&way["steps"][at]["earliest"]);
        let found = [
            text(&way["introduced_by_writer"]),
            text(&way["introduced_by_reader"]),
            step(0),
            step(1),
        ];
        let [writer, reader] = &self.introduced;
        if found.each_ref() == [writer, reader, &self.enable, &self.default] {
            return Ok(());
        }
        let [writer, reader, enable, default] = found;
        Err(format!(
            "the plan says: introduced {writer} and {reader}, enabled from {enable} on, by default {default}"
        ))
    }
}

impl Named {
    pub(crate) fn is_sound(&self) -> Result<()> {
        is_commit(&self.at)?;
        is_commit(&self.before)?;
        ensure!(!self.why.is_empty(), "it does not say why");
        ensure!(
            !self.word.is_empty() && !self.under.is_empty(),
            "it names no word, or no place"
        );
        Ok(())
    }

    /// The fact on one line.
    pub(crate) fn line(&self) -> String {
        format!(
            "{}..{} {} is named in {}",
            &self.before[..9],
            &self.at[..9],
            self.word,
            self.under
        )
    }

    /// Holds the fact against whether each of the two releases holds the word.
    pub(crate) fn prove(&self, before: bool, at: bool) -> Result<(), String> {
        match (before, at) {
            (false, true) => Ok(()),
            (true, _) => Err("it is named in the release before already".to_owned()),
            (false, false) => Err("it is not named there".to_owned()),
        }
    }
}
