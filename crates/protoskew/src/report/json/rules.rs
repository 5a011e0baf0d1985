//! The lines of the catalogue of rules: `rules`, `rule`.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::super::rules::RuleRow;
use super::values::{self, said};
use super::{Header, Line, write_line};

/// Writes the catalogue: `rules`, then a `rule` for each.
pub fn write(out: &mut dyn io::Write, rules: &[RuleRow]) -> io::Result<()> {
    let header = Header::new();
    write_line(
        out,
        &Line::Rules(Rules {
            header,
            rules: rules.len(),
        }),
    )?;
    for rule in rules {
        write_line(out, &Line::Rule(Rule::of(rule)))?;
    }
    Ok(())
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Rules {
    #[serde(flatten)]
    header: Header,
    /// How many there are.
    rules: usize,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Rule<'a> {
    /// Its id: what configuration, waivers and findings call it.
    id: &'a str,
    /// The fact that it reports, in one sentence.
    summary: &'a str,
    /// The guideline that it keeps (`R1`, `GL3`), where there is one.
    guideline: Option<&'a str>,
    /// What breaks: `wire`, `json`, `source`, or null for advice.
    lens: Option<&'a str>,
    /// Its level here.
    #[schemars(extend("enum" = values::levels_and_off()))]
    level: &'static str,
    /// Its level without configuration.
    #[schemars(extend("enum" = values::levels_and_off()))]
    default: &'static str,
}

impl<'a> Rule<'a> {
    fn of(row: &'a RuleRow) -> Self {
        Self {
            id: row.id,
            summary: row.summary,
            guideline: said(row.guideline),
            lens: said(row.lens),
            level: row.level.word(),
            default: row.default.word(),
        }
    }
}
