//! JSON lines: one object a line, each with its `type`; the first of a stream names the format.
//!
//! The structs here are the schema: `docs/protoskew.schema.json` and the tables of `docs/json.md` are generated
//! from them, doc comments included, and a test holds both fresh. Within `protoskew/1` fields are only added.

mod analysis;
mod check;
#[cfg(test)]
mod docs;
mod edits;
mod growth;
mod matrix;
mod meet;
mod past;
mod plan;
mod rules;
#[cfg(test)]
mod tests;
mod values;
mod witness;

use std::io;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;

pub use analysis::write as write_analysis;
pub use check::write as write_check;
pub use edits::{FixedFile, WrittenWaiver, write_fixes, write_waiver};
pub use growth::write as write_growth;
pub use matrix::{write as write_matrix, write_gate};
pub use meet::write as write_meeting;
pub use past::{write_history, write_next};
pub use plan::{write_migration, write_plan};
pub use rules::write as write_rules;
pub use witness::write as write_witnesses;

/// Name and version of the format.
pub const FORMAT: &str = "protoskew/1";

/// One line of `protoskew`'s JSON output.
#[derive(Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "kebab-case")]
#[schemars(title = "protoskew/1")]
enum Line<'a> {
    /// Opens the answer of `protoskew check`: what was judged against what.
    Check(check::Check<'a>),
    /// One fact about one element. New findings come first, then the loudest.
    Finding(Box<check::Finding<'a>>),
    /// Closes the answer of `protoskew check`: may it ship, and what to do next.
    Summary(check::Summary<'a>),
    /// Opens the answer of `protoskew matrix`: the releases on both sides.
    Matrix(matrix::Matrix<'a>),
    /// What happens where a group of client releases meets a group of server releases. Groups that never meet have no line.
    Cell(matrix::Cell<'a>),
    /// What shows one difference, for all cells of the matrix that refer to it by its number.
    CellWitness(Box<matrix::CellWitness<'a>>),
    /// Meetings of `protoskew matrix --gate` in which something breaks that did not at the baseline.
    BrokenMeetings(matrix::BrokenMeetings<'a>),
    /// Closes the answer of `protoskew matrix --gate` about one link.
    Gate(matrix::Gate<'a>),
    /// Opens the answer of `protoskew meet`: who meets whom.
    Meet(meet::Meet<'a>),
    /// What happens to one call in that meeting.
    Call(meet::Call<'a>),
    /// The answer of `protoskew witness`: what shows one finding, and where its files are.
    Witnesses(witness::Witnesses<'a>),
    /// Opens the answer of `protoskew history`.
    History(past::History<'a>),
    /// One thing that happened to the element, oldest first.
    Event(past::Event<'a>),
    /// The answer of `protoskew next`.
    Next(past::Next<'a>),
    /// Opens the answer of `protoskew analyze`: what changed, against what.
    Analysis(analysis::Analysis<'a>),
    /// One thing that changed, with what it does to others.
    Change(analysis::Change<'a>),
    /// Opens the answer of `protoskew plan`.
    Plan(plan::Plan<'a>),
    /// The schedule of one feature.
    Feature(Box<plan::Feature<'a>>),
    /// The answer of `protoskew plan --migrate`.
    Migration(plan::Migration<'a>),
    /// The answer of `protoskew waive`: what was written.
    Waiver(edits::Waiver<'a>),
    /// Opens the answer of `protoskew fix`.
    Fixes(edits::Fixes),
    /// What is, or would be, inserted at one place.
    Fix(edits::Fix<'a>),
    /// Opens the answer of `protoskew explain ENUM`: whether the enum may grow at its end.
    Growth(growth::Growth<'a>),
    /// What one kind of reader makes of the next value.
    GrowthReader(Box<growth::Reader<'a>>),
    /// Opens the answer of `protoskew rules`.
    Rules(rules::Rules),
    /// One rule.
    Rule(rules::Rule<'a>),
}

/// The JSON Schema of a line.
pub fn schema() -> serde_json::Value {
    let generator = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    generator.into_root_schema_for::<Line<'_>>().to_value()
}

/// What the first line of every stream says beside its own: which format, made by which protoskew.
#[derive(Serialize, JsonSchema)]
struct Header {
    /// Name and version of the format; readers should refuse another number.
    #[schemars(extend("const" = FORMAT))]
    format: &'static str,
    /// The version of protoskew that wrote it.
    protoskew: &'static str,
}

impl Header {
    const fn new() -> Self {
        Self {
            format: FORMAT,
            protoskew: env!("CARGO_PKG_VERSION"),
        }
    }
}

fn write_line(out: &mut dyn io::Write, line: &Line<'_>) -> io::Result<()> {
    serde_json::to_writer(&mut *out, line)?;
    out.write_all(b"\n")
}
