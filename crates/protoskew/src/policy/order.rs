//! Who must be upgraded first so that what breaks is never met.

use crate::verdict::{Judged, MeetingGroup};

/// Who must be upgraded first so that the broken meetings never happen.
pub(super) fn order(judged: &Judged) -> String {
    let broken: Vec<&MeetingGroup> = judged
        .meetings
        .iter()
        .filter(|group| group.outcome.breaks())
        .collect();
    if broken.is_empty() {
        return String::new();
    }
    let (at_rest, calls): (Vec<&MeetingGroup>, Vec<&MeetingGroup>) =
        broken.into_iter().partition(|group| group.at_rest);
    let sides = |groups: &[&MeetingGroup]| {
        (
            groups.iter().any(|group| group.subject_is_client),
            groups.iter().any(|group| !group.subject_is_client),
        )
    };
    if calls.is_empty() {
        return match sides(&at_rest) {
            (true, true) => "neither way is open: a newer release cannot read what older ones wrote, nor one that was rolled back what a newer one wrote",
            (true, false) => "no way back: a release that was rolled back cannot read what a newer one wrote",
            (false, _) => "what older releases wrote must be converted before a newer one reads it",
        }
        .to_owned();
    }
    match sides(&calls) {
        (true, true) => "no order of upgrades helps: it breaks whichever side is newer".to_owned(),
        (true, false) => "upgrade every server before the first client".to_owned(),
        (false, _) => "upgrade every client before the first server".to_owned(),
    }
}
