//! Reads what `protoskew --format json` prints: one JSON object a line, the first names the format, the last is the summary.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

/// The format that is understood here.
const FORMAT: &str = "protoskew/1";

/// One finding, as far as facts speak of it.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Finding {
    /// The rule's id.
    pub(crate) rule: String,
    /// The element's full name.
    pub(crate) element: String,
    /// What becomes of values or calls, where the rule says so.
    #[serde(default)]
    pub(crate) outcome: Option<String>,
    /// How loud it is.
    #[serde(default)]
    pub(crate) level: String,
}

/// Whether a client release meets a server release.
pub(crate) type Cells = BTreeMap<(String, String), bool>;

#[derive(Deserialize)]
struct Cell {
    client: String,
    server: String,
    /// A cell that says nothing else is one where they meet.
    #[serde(default = "yes")]
    meets: bool,
}

fn yes() -> bool {
    true
}

/// The findings of a check.
pub(crate) fn findings(printed: &str) -> Result<Vec<Finding>> {
    lines_of(printed, "check", "finding")
}

/// The cells of a matrix.
pub(crate) fn cells(printed: &str) -> Result<Cells> {
    let cells: Vec<Cell> = lines_of(printed, "matrix", "cell")?;
    Ok(cells
        .into_iter()
        .map(|cell| ((cell.client, cell.server), cell.meets))
        .collect())
}

fn lines_of<T: serde::de::DeserializeOwned>(
    printed: &str,
    opening: &str,
    kind: &str,
) -> Result<Vec<T>> {
    let lines: Vec<Value> = printed
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_str(line).with_context(|| format!("not JSON: {line}")))
        .collect::<Result<_>>()?;
    let (Some(first), Some(last)) = (lines.first(), lines.last()) else {
        bail!("nothing was printed");
    };
    ensure!(
        first["type"] == opening && first["format"] == FORMAT,
        "the first line is not that of a {opening} in {FORMAT}: {first}"
    );
    ensure!(
        last["type"] == "summary",
        "the answer is cut off: its last line is no summary but {last}"
    );
    lines
        .iter()
        .filter(|line| line["type"] == kind)
        .map(|line| T::deserialize(line).with_context(|| format!("not a {kind}: {line}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{cells, findings};

    #[test]
    fn findings_are_read_and_other_lines_are_passed_over() {
        let found = findings(concat!(
            r#"{"type":"check","format":"protoskew/1","subject":"worktree"}"#,
            "\n",
            r#"{"type":"finding","rule":"field-renumbered","element":"a.B.c","outcome":"lossy","level":"deny","known":false}"#,
            "\n",
            r#"{"type":"finding","rule":"file-moved","element":"a.proto","outcome":null,"level":"warn"}"#,
            "\n",
            r#"{"type":"note","text":"left out"}"#,
            "\n",
            r#"{"type":"summary"}"#,
            "\n",
        ))
        .unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].outcome.as_deref(), Some("lossy"));
        assert_eq!(found[1].outcome, None);
    }

    #[track_caller]
    fn refused(printed: &str, expected: &str) {
        let error = format!("{:#}", findings(printed).unwrap_err());
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn an_answer_that_is_not_whole_is_refused() {
        refused("", "nothing was printed");
        refused("error: no repository", "not JSON");
        refused(
            r#"{"type":"check","format":"protoskew/2"}"#,
            "not that of a check in protoskew/1",
        );
        refused(r#"{"type":"check","format":"protoskew/1"}"#, "cut off");
    }

    #[test]
    fn cells_meet_unless_they_say_otherwise() {
        let cells = cells(concat!(
            r#"{"type":"matrix","format":"protoskew/1"}"#,
            "\n",
            r#"{"type":"cell","client":"1.0.0","server":"1.1.0","outcome":"absent"}"#,
            "\n",
            r#"{"type":"cell","client":"1.0.0","server":"1.2.0","meets":false}"#,
            "\n",
            r#"{"type":"summary"}"#,
        ))
        .unwrap();
        assert!(cells[&("1.0.0".to_owned(), "1.1.0".to_owned())]);
        assert!(!cells[&("1.0.0".to_owned(), "1.2.0".to_owned())]);
    }
}
