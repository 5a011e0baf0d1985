//! Starts the two parsers, Python's and protobuf-es, and reads what they saw.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::rows::{Row, file};

/// What became of a value, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Seen {
    Arrives,
    Vanishes,
    /// A number as near as another width has it.
    Rounded,
    Refused,
    Another,
}

/// What became of one value.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    /// As each parser's own writer wrote it.
    pub(crate) written: Vec<String>,
    /// By parser.
    pub(crate) seen: BTreeMap<String, Found>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Found {
    strict: Seen,
    lenient: Seen,
}

impl Found {
    pub(crate) fn get(self, how: &str) -> Seen {
        if how == "strict" {
            self.strict
        } else {
            self.lenient
        }
    }
}

/// What both parsers make of every row's values; `None`, with a message, where one of them is not here.
pub(crate) fn ask(rows: &[&Row]) -> Option<Vec<Vec<Answer>>> {
    let required = std::env::var_os("PROTOSKEW_REQUIRE_ORACLES").is_some();
    let variable = |name: &str| {
        let value = std::env::var_os(name);
        assert!(
            value.is_some() || !required,
            "{name} is required and not set"
        );
        value
    };
    let (python, es) = (
        variable("PROTOSKEW_PROTOC_PYTHON")?,
        variable("PROTOSKEW_PROTOBUF_ES")?,
    );
    let questions: Vec<_> = rows
        .iter()
        .map(|row| {
            serde_json::json!({
                "writer": file(row.writer),
                "reader": file(row.reader),
                "message": "p.M",
                "values": row.values,
            })
        })
        .collect();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/json/parsers.py");
    let mut child = Command::new(python)
        .arg(script)
        .arg(es)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let text = serde_json::to_string(&questions).expect("JSON");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(text.as_bytes()).expect("Python reads");
    drop(input);
    let output = child.wait_with_output().expect("Python ends");
    assert!(
        output.status.success(),
        "the parsers failed; what they said stands above"
    );
    let answers: Vec<Vec<Answer>> = serde_json::from_slice(&output.stdout).expect("answers");
    assert_eq!(answers.len(), rows.len(), "a row has no answer");
    Some(answers)
}
