//! The schedule of features, as `protoskew plan` tells it: what was, what is declared, and the earliest of each step.

use protoskew_schema::Name;

use super::judge::written_from;
use super::seen::{Passage, Seen};
use super::words;
use crate::config::{Declared, Feature, Named, OnUnsupported};
use crate::policy::schedule::{Earliest, Moment, Timeline, Traffic};
use crate::releases::tag::Line;

/// The schedules of features.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What is being worked on: `worktree (1.4)`.
    pub subject: String,
    /// The features, in the order in which they are declared.
    pub features: Vec<Planned>,
    /// What a person should know about the answer itself.
    pub notes: Vec<String>,
}

/// The schedule of one feature.
#[derive(Clone, Debug)]
pub struct Planned {
    /// Its name; of an element that is of none, the element.
    pub name: Name,
    /// Its elements.
    pub elements: Vec<Name>,
    /// The older form that it replaces.
    pub replaces: Option<Name>,
    /// What a sender does where its peer lacks it.
    pub on_unsupported: Option<OnUnsupported>,
    /// Where it is declared, where it is.
    pub declared: Option<Declared>,
    /// The ways that it travels; empty: nobody can send it.
    pub ways: Vec<PlannedWay>,
}

/// The schedule of a feature on one way over one link.
#[derive(Clone, Debug)]
pub struct PlannedWay {
    /// Which way, in words: `runtime → agent, request`.
    pub way: String,
    /// The link, as it is picked: `runtime:agent`.
    pub link: String,
    /// Who writes.
    pub writer: Name,
    /// Who reads.
    pub reader: Name,
    /// The first release of each that has all of it.
    pub introduced: [Option<Name>; 2],
    /// The steps, in the order of a life.
    pub steps: Vec<Step>,
    /// Both sides line by line.
    pub timeline: Vec<Row>,
}

/// A step of a life.
#[derive(Clone, Debug)]
pub struct Step {
    /// Which.
    pub kind: StepKind,
    /// What it means, beside a release.
    pub phrase: &'static str,
    /// Who takes it.
    pub by: Name,
    /// The release that is declared for it.
    pub declared: Option<String>,
    /// The earliest release, in words; `None`: never under this policy.
    pub earliest: Option<String>,
    /// How many lines after the newest that is; 0 where the release is there already.
    pub lines_after: Option<usize>,
    /// What happens to a release before that.
    pub why: Option<String>,
    /// Where the answer is never: the line that, as `oldest`, would allow it, and from when on.
    pub oldest: Option<(String, String)>,
}

/// The steps of a life, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepKind {
    /// Sent to those who have it.
    Enable,
    /// Sent to anybody who does not have to be asked.
    Default,
    /// The old form no longer written.
    StopWriting,
    /// The old form no longer read.
    StopReading,
}

impl StepKind {
    /// The word used for it in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            StepKind::Enable => "enable",
            StepKind::Default => "default",
            StepKind::StopWriting => "stop-writing",
            StepKind::StopReading => "stop-reading",
        }
    }

    /// What it means, beside a release.
    const fn phrase(self) -> &'static str {
        match self {
            StepKind::Enable => "may send it to those who have it",
            StepKind::Default => "may send it by default, to anybody",
            StepKind::StopWriting => "may stop writing the old form",
            StepKind::StopReading => "may stop reading the old form",
        }
    }

    /// Its mark in a timeline.
    pub const fn mark(self) -> char {
        match self {
            StepKind::Enable => 'E',
            StepKind::Default => 'D',
            StepKind::StopWriting => 'W',
            StepKind::StopReading => 'R',
        }
    }
}

/// One side of a timeline.
#[derive(Clone, Debug)]
pub struct Row {
    /// The component.
    pub component: Name,
    /// Its lines, oldest first, those of the future last.
    pub lines: Vec<Cell>,
}

/// A line of one side.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Its name: `1.4`, or `+1` for the line after the newest.
    pub line: String,
    /// Where it stands in the one order of lines.
    pub place: usize,
    /// Whether all its releases have the feature.
    pub has: bool,
    /// Whether what is judged is on it.
    pub current: bool,
    /// The steps that may first be taken on it.
    pub steps: Vec<StepKind>,
}

/// The schedules of these features over all links.
pub fn plan(seen: &[Seen], features: &[Feature]) -> Vec<Planned> {
    let planned = |feature: &Feature| {
        let elements = || feature.elements.iter().map(|element| &element.name);
        let passages = seen.iter().flat_map(|seen| seen.passages(elements()));
        Planned {
            name: feature.name.clone(),
            elements: elements().cloned().collect(),
            replaces: feature.replaces.as_ref().map(|old| old.name.clone()),
            on_unsupported: feature.on_unsupported,
            declared: (feature.declared.line > 0).then(|| feature.declared.clone()),
            ways: passages.map(|passage| way(&passage, feature)).collect(),
        }
    };
    features.iter().map(planned).collect()
}

/// An element that is of no feature, as one of its own.
pub fn undeclared(element: &str) -> Feature {
    let declared = Declared {
        path: Name::default(),
        line: 0,
        column: 0,
    };
    Feature {
        name: element.into(),
        elements: vec![Named {
            name: element.into(),
            declared: declared.clone(),
        }],
        enabled: None,
        default: None,
        replaces: None,
        on_unsupported: None,
        declared,
    }
}

fn way(passage: &Passage<'_>, feature: &Feature) -> PlannedWay {
    let traffic = passage.traffic();
    let (writer, reader) = (passage.writer().0, passage.reader().0);
    let first = |timeline: &Timeline| {
        let found = timeline.releases().find(|release| release.has);
        found.map(|release| release.name.clone())
    };
    let declared = |since: &Option<crate::config::Since>| {
        let version = since.as_ref().and_then(|since| since.of(writer))?;
        Some(words::version(version))
    };
    let enable = traffic.enable();
    let mut found: Vec<(StepKind, Earliest)> = vec![(StepKind::Enable, enable)];
    found.push((StepKind::Default, traffic.default()));
    let mut steps = vec![
        step(
            passage,
            StepKind::Enable,
            enable,
            None,
            declared(&feature.enabled),
        ),
        step(
            passage,
            StepKind::Default,
            traffic.default(),
            Some(&|traffic| traffic.default()),
            declared(&feature.default),
        ),
    ];
    if feature.on_unsupported.is_some() {
        // who adapts to each peer asks it first: nobody is met who lacks it
        steps[1] = Step {
            phrase: "may send it by default, to those who have it",
            ..step(
                passage,
                StepKind::Default,
                enable,
                None,
                declared(&feature.default),
            )
        };
        found[1].1 = enable;
    }
    if feature.replaces.is_some() {
        let from = written_from(feature, passage);
        let never = Earliest {
            at: None,
            because: enable.because,
        };
        for kind in [StepKind::StopWriting, StepKind::StopReading] {
            let ask = |traffic: &Traffic<'_>| match (from, kind) {
                (None, _) => never,
                (Some(from), StepKind::StopWriting) => traffic.stop_writing(from),
                (Some(from), _) => traffic.stop_reading(from),
            };
            let earliest = ask(&traffic);
            found.push((kind, earliest));
            steps.push(step(passage, kind, earliest, Some(&ask), None));
        }
    }
    PlannedWay {
        way: words::way(passage),
        link: passage.seen.link.name(),
        writer: writer.clone(),
        reader: reader.clone(),
        introduced: [first(traffic.writers()), first(traffic.readers())],
        steps,
        timeline: rows(passage, &found),
    }
}

/// What a step asks of a policy.
type Ask<'a> = &'a dyn Fn(&Traffic<'_>) -> Earliest;

fn step(
    passage: &Passage<'_>,
    kind: StepKind,
    earliest: Earliest,
    ask: Option<Ask<'_>>,
    declared: Option<String>,
) -> Step {
    let traffic = passage.traffic();
    let (by, timeline) = match kind {
        StepKind::StopReading => (passage.reader().0, traffic.readers()),
        _ => (passage.writer().0, traffic.writers()),
    };
    let oldest = ask
        .filter(|_| earliest.at.is_none())
        .and_then(|ask| traffic.with_oldest(ask))
        .map(|(line, then): (Line, Earliest)| {
            let then = words::earliest(timeline, then);
            (line.to_string(), then.unwrap_or_default())
        });
    Step {
        kind,
        phrase: kind.phrase(),
        by: by.clone(),
        declared,
        earliest: words::earliest(timeline, earliest),
        lines_after: earliest.at.map(|at| match at {
            Moment::Release(_) => 0,
            Moment::LinesAfter(lines) => lines,
        }),
        why: earliest
            .because
            .map(|hazard| words::hazard(passage, Some(hazard))),
        oldest,
    }
}

/// Both sides, line by line, with the steps where they may first be taken. A component that talks to itself has one row.
fn rows(passage: &Passage<'_>, steps: &[(StepKind, Earliest)]) -> Vec<Row> {
    let traffic = passage.traffic();
    let furthest = steps.iter().filter_map(|(_, earliest)| match earliest.at {
        Some(Moment::LinesAfter(lines)) => Some(lines),
        _ => None,
    });
    let future = furthest.max().unwrap_or(1).min(8);
    let sides = [
        (passage.writer(), traffic.writers(), true),
        (passage.reader(), traffic.readers(), false),
    ];
    let mut rows: Vec<Row> = Vec::new();
    for ((component, releases), timeline, writes) in sides {
        let mut lines: Vec<Cell> = Vec::new();
        for (known, release) in releases.iter().zip(timeline.releases()) {
            let line = release.number.own.line().to_string();
            match lines.last_mut() {
                Some(last) if last.line == line => {
                    last.has &= release.has;
                    last.current |= known.current;
                }
                _ => lines.push(Cell {
                    line,
                    place: passage.seen.lines.place(release.number.counted),
                    has: release.has,
                    current: known.current,
                    steps: Vec::new(),
                }),
            }
        }
        let newest = lines.last().map_or(0, |last| last.place);
        lines.extend((1..=future).map(|after| Cell {
            line: format!("+{after}"),
            place: newest + after,
            has: true,
            current: false,
            steps: Vec::new(),
        }));
        for (kind, earliest) in steps {
            let mine = (*kind != StepKind::StopReading) == writes;
            let Some(at) = earliest.at.filter(|_| mine) else {
                continue;
            };
            let line = match at {
                Moment::LinesAfter(lines) => format!("+{lines}"),
                Moment::Release(_) => timeline
                    .release(at)
                    .map(|release| release.number.own.line().to_string())
                    .unwrap_or_default(),
            };
            if let Some(cell) = lines.iter_mut().find(|cell| cell.line == line) {
                cell.steps.push(*kind);
            }
        }
        match rows.iter_mut().find(|row| row.component == *component) {
            Some(row) => {
                for (mine, other) in row.lines.iter_mut().zip(lines) {
                    mine.steps.extend(other.steps);
                }
            }
            None => rows.push(Row {
                component: component.clone(),
                lines,
            }),
        }
    }
    rows
}
