//! Reads what `protoskew --format json` prints, as far as facts speak of it: one JSON object a line, as `docs/json.md` says.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use serde::de::DeserializeOwned;
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
    /// Whether it was true before.
    #[serde(default)]
    pub(crate) known: bool,
}

/// Whether a client release meets a server release, for all releases of a matrix.
pub(crate) type Cells = BTreeMap<(String, String), bool>;

/// The line that opens a matrix: all its releases, in groups.
#[derive(Deserialize)]
struct Opening {
    clients: Vec<Group>,
    servers: Vec<Group>,
}

#[derive(Deserialize)]
struct Group {
    releases: Vec<String>,
}

/// A line of a matrix: these may meet. Those that never meet have no line.
#[derive(Deserialize)]
struct Cell {
    clients: Vec<String>,
    servers: Vec<String>,
}

/// The features of a plan, as they are.
pub(crate) fn features(printed: &str) -> Result<Vec<Value>> {
    let lines = lines_of(printed, "plan")?;
    of_type(&lines, "feature")
}

/// The findings of a check.
pub(crate) fn findings(printed: &str) -> Result<Vec<Finding>> {
    let lines = lines_of(printed, "check")?;
    ensure!(
        lines.last().is_some_and(|last| last["type"] == "summary"),
        "the answer is cut off: it has no summary"
    );
    of_type(&lines, "finding")
}

/// The cells of a matrix.
pub(crate) fn cells(printed: &str) -> Result<Cells> {
    let lines = lines_of(printed, "matrix")?;
    let mut cells = Cells::new();
    for opening in of_type::<Opening>(&lines, "matrix")? {
        for client in opening.clients.iter().flat_map(|group| &group.releases) {
            for server in opening.servers.iter().flat_map(|group| &group.releases) {
                cells.insert((client.clone(), server.clone()), false);
            }
        }
    }
    for cell in of_type::<Cell>(&lines, "cell")? {
        for client in &cell.clients {
            for server in &cell.servers {
                cells.insert((client.clone(), server.clone()), true);
            }
        }
    }
    Ok(cells)
}

fn lines_of(printed: &str, opening: &str) -> Result<Vec<Value>> {
    let lines: Vec<Value> = printed
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_str(line).with_context(|| format!("not JSON: {line}")))
        .collect::<Result<_>>()?;
    let first = lines.first().context("nothing was printed")?;
    ensure!(
        first["type"] == opening && first["format"] == FORMAT,
        "the first line is not that of a {opening} in {FORMAT}: {first}"
    );
    Ok(lines)
}

fn of_type<T: DeserializeOwned>(lines: &[Value], kind: &str) -> Result<Vec<T>> {
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
    fn releases_meet_where_their_groups_have_a_cell() {
        let cells = cells(concat!(
            r#"{"type":"matrix","format":"protoskew/1","clients":[{"releases":["1.0","1.1"]}],"#,
            r#""servers":[{"releases":["1.0"]},{"releases":["1.2"]}]}"#,
            "\n",
            r#"{"type":"cell","clients":["1.0","1.1"],"servers":["1.0"],"breaks":true}"#,
        ))
        .unwrap();
        let meets = |client: &str, server: &str| cells.get(&(client.to_owned(), server.to_owned()));
        assert_eq!(meets("1.1", "1.0"), Some(&true));
        assert_eq!(meets("1.1", "1.2"), Some(&false));
        assert_eq!(meets("1.1", "1.3"), None);
    }
}
