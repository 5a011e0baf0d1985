//! Moments and hazards in words.

use super::seen::{Known, Passage};
use crate::policy::schedule::{Earliest, Hazard, Moment, Timeline, Way};
use crate::releases::tag::Version;

/// `1.4`, `the line after 1.4`, `3 lines after 1.4`.
pub(super) fn moment(timeline: &Timeline, moment: Moment) -> String {
    if let Some(release) = timeline.release(moment) {
        return release.name.to_string();
    }
    let newest = timeline.releases().next_back();
    let newest = newest.map_or("now", |release| release.name.as_str());
    match moment {
        Moment::LinesAfter(1) | Moment::Release(_) => format!("the line after {newest}"),
        Moment::LinesAfter(lines) => format!("{lines} lines after {newest}"),
    }
}

/// When a step is safe, in words; `None`: never.
pub(super) fn earliest(timeline: &Timeline, earliest: Earliest) -> Option<String> {
    earliest.at.map(|at| moment(timeline, at))
}

/// Why a release is too early, as a sentence goes on: `agent 1.2.0 lacks it and may be met`.
pub(super) fn hazard(passage: &Passage<'_>, hazard: Option<Hazard>) -> String {
    let traffic = passage.traffic();
    match hazard {
        None => "nothing stands in the way".to_owned(),
        Some(Hazard::RollBack(at)) if passage.way == Way::Stored => format!(
            "{} {} lacks it and may read what is stored",
            passage.reader().0,
            moment(traffic.readers(), at)
        ),
        Some(Hazard::RollBack(at)) => format!(
            "{} {} lacks it and may be rolled back to",
            passage.seen.link.client,
            moment(&passage.clients, at)
        ),
        Some(Hazard::Meets(at)) => format!(
            "{} {} lacks it and may be met",
            passage.reader().0,
            moment(traffic.readers(), at)
        ),
        Some(Hazard::Unwritten(at)) => format!(
            "{} {} writes the old form alone and may be met",
            passage.writer().0,
            moment(traffic.writers(), at)
        ),
        Some(Hazard::Lacks) => "it does not have the new form itself".to_owned(),
    }
}

/// Which way, in words: `runtime → agent, request`; `runtime, at rest`.
pub(super) fn way(passage: &Passage<'_>) -> String {
    let link = &passage.seen.link;
    match passage.way {
        Way::Request => format!("{} → {}, request", link.client, link.server),
        Way::Response => format!("{} → {}, response", link.server, link.client),
        Way::Stored => format!("{}, at rest", link.client),
    }
}

/// `1.4` of the first release of a line, else the whole number.
pub(super) fn version(version: Version) -> String {
    match version.patch {
        0 => version.line().to_string(),
        _ => version.to_string(),
    }
}

/// What is judged, among the releases of a side.
pub(super) fn current(side: &[Known]) -> Option<usize> {
    side.iter().position(|known| known.current)
}
