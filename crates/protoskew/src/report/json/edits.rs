//! The lines of what writes to files: `waiver` of `protoskew waive`, `fixes` and `fix` of `protoskew fix`.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Header, Line, write_line};
use crate::finding::Finding;
use crate::fix::Insertion;

/// A waiver that was written.
#[derive(Clone, Copy, Debug)]
pub struct WrittenWaiver<'a> {
    /// What it lets through.
    pub finding: &'a Finding,
    /// The meetings that it holds for; empty: all.
    pub meetings: &'a [String],
    /// Why.
    pub reason: &'a str,
    /// Who approved it.
    pub approver: &'a str,
    /// When it ends.
    pub until: &'a str,
    /// The file that holds it.
    pub path: &'a str,
    /// Its line there.
    pub line: usize,
}

/// Writes the answer of `protoskew waive`.
pub fn write_waiver(out: &mut dyn io::Write, waiver: &WrittenWaiver<'_>) -> io::Result<()> {
    let finding = waiver.finding;
    let line = Waiver {
        header: Header::new(),
        id: finding.id(),
        rule: finding.rule,
        element: &finding.element,
        about: &finding.about,
        meetings: waiver.meetings,
        reason: waiver.reason,
        approver: waiver.approver,
        until: waiver.until,
        path: waiver.path,
        line: waiver.line,
    };
    write_line(out, &Line::Waiver(line))
}

/// What is, or would be, inserted in one file.
#[derive(Clone, Copy, Debug)]
pub struct FixedFile<'a> {
    /// The file.
    pub path: &'a str,
    /// What goes into it, in the order of the places.
    pub insertions: &'a [Insertion],
}

/// Writes the answer of `protoskew fix`. `written`: the files hold it now.
pub fn write_fixes(
    out: &mut dyn io::Write,
    files: &[FixedFile<'_>],
    written: bool,
) -> io::Result<()> {
    let statements = |file: &FixedFile<'_>| -> usize {
        let each = file.insertions.iter();
        each.map(|insertion| insertion.statements().count()).sum()
    };
    let fixes = Fixes {
        header: Header::new(),
        written,
        files: files.len(),
        statements: files.iter().map(statements).sum(),
    };
    write_line(out, &Line::Fixes(fixes))?;
    for file in files {
        for insertion in file.insertions {
            let fix = Fix {
                path: file.path,
                line: insertion.line,
                offset: insertion.at,
                insert: &insertion.text,
                statements: insertion.statements().collect(),
            };
            write_line(out, &Line::Fix(fix))?;
        }
    }
    Ok(())
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Waiver<'a> {
    #[serde(flatten)]
    header: Header,
    /// The finding's id.
    id: String,
    /// The rule that is waived.
    rule: &'a str,
    /// Full name of the element.
    element: &'a str,
    /// What the finding is about, beside rule and element.
    about: &'a str,
    /// The meetings that it holds for (`runtime:agent`, `agent@1.2`); empty: all.
    meetings: &'a [String],
    /// Why.
    reason: &'a str,
    /// Who approved it.
    approver: &'a str,
    /// Its end: the last day on which it holds (`2027-01-31`), or the first release for which it does not (`1.8`).
    until: &'a str,
    /// The file that it was written to.
    path: &'a str,
    /// Its line there.
    line: usize,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Fixes {
    #[serde(flatten)]
    header: Header,
    /// False where `--diff` only shows what would be written.
    written: bool,
    /// How many files there are to fix.
    files: usize,
    /// How many `reserved` statements they lack.
    statements: usize,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Fix<'a> {
    /// The file.
    path: &'a str,
    /// Line of the place, from 1, as it was before anything was written.
    line: usize,
    /// Offset of the byte before which it goes, as it was before anything was written.
    offset: usize,
    /// What is inserted.
    insert: &'a str,
    /// The statements in it.
    statements: Vec<&'a str>,
}
