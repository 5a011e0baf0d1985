//! What `protoskew fix` would write, as SARIF's readers apply it: the same edit, to the byte.

use protoskew_schema::Span;
use serde::Serialize;

use super::{ArtifactLocation, Message, ROOT, Region, uri};
use crate::report::lines::{Files, Unit};
use crate::report::places;
use crate::verdict::{Judged, Verdict};

/// One edit of one file.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fix {
    description: Message,
    artifact_changes: [Change; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    artifact_location: ArtifactLocation,
    replacements: [Replacement; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    /// Of no length: nothing is removed.
    deleted_region: Region,
    inserted_content: Message,
}

/// The edit that repairs a finding, where there is one.
pub(super) fn of(verdict: &Verdict, judged: &Judged, files: &mut Files) -> Option<Fix> {
    let insertion = judged.fix.as_ref()?;
    let site = judged.finding.new.as_ref()?;
    if site.path != insertion.path {
        return None;
    }
    let at = u32::try_from(insertion.at).ok()?;
    let mut here = site.clone();
    here.span = Span { start: at, end: at };
    let place = files.place_in(&here, Unit::Utf16)?;
    let statements: Vec<&str> = insertion.statements().collect();
    Some(Fix {
        description: Message::text(format!("write {}", statements.join(" "))),
        artifact_changes: [Change {
            artifact_location: ArtifactLocation {
                uri: uri(&places::path(verdict, site)),
                uri_base_id: ROOT,
            },
            replacements: [Replacement {
                deleted_region: Region {
                    start_line: place.line,
                    start_column: Some(place.column),
                    end_line: Some(place.line),
                    end_column: Some(place.column),
                    snippet: None,
                },
                inserted_content: Message::text(insertion.text.as_str()),
            }],
        }],
    })
}
