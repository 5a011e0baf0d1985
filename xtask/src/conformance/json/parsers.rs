//! Starts the two parsers of ProtoJSON, Python's and protobuf-es, and reads what they saw.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use protoskew_compare::Runtime;
use serde::Deserialize;

use crate::workspace;

/// The parsers by the name in the answers, and the runtime that each is of.
pub(super) const PARSERS: [(&str, Runtime); 2] =
    [("upb", Runtime::Upb), ("protobuf-es", Runtime::ProtobufEs)];

/// What became of a value, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Seen {
    Arrives,
    Vanishes,
    /// A number as near as another width has it.
    Rounded,
    Refused,
    Another,
}

/// What became of one message.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    /// As each parser's own writer wrote it.
    pub(super) written: Vec<String>,
    seen: BTreeMap<String, BTreeMap<String, Seen>>,
}

impl Answer {
    pub(super) fn of(&self, parser: &str, how: &str) -> Option<Seen> {
        self.seen.get(parser)?.get(how).copied()
    }
}

/// What both parsers make of every row's messages.
pub(super) fn ask(
    questions: &[serde_json::Value],
    python: &Path,
    es: &Path,
) -> Result<Vec<Vec<Answer>>> {
    let script = workspace::root().join("crates/protoskew-compare/tests/json/parsers.py");
    let mut child = Command::new(python)
        .arg(script)
        .arg(es)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("Python does not start")?;
    let input = child.stdin.take().context("no pipe")?;
    serde_json::to_writer(input, questions)?;
    let output = child.wait_with_output()?;
    ensure!(
        output.status.success(),
        "the parsers failed; what they said stands above"
    );
    let answers: Vec<Vec<Answer>> = serde_json::from_slice(&output.stdout)?;
    ensure!(answers.len() == questions.len(), "a row has no answer");
    Ok(answers)
}
