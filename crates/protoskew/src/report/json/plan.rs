//! The lines about schedules: `plan`, `feature`, `migration`.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Header, Line, write_line};
use crate::life::migrate;
use crate::life::plan;

/// Writes schedules: `plan`, then a `feature` for each.
pub fn write_plan(out: &mut dyn io::Write, plan: &plan::Plan) -> io::Result<()> {
    let opening = Plan {
        header: Header::new(),
        subject: &plan.subject,
        features: plan.features.len(),
        notes: &plan.notes,
    };
    write_line(out, &Line::Plan(opening))?;
    for feature in &plan.features {
        write_line(out, &Line::Feature(Box::new(Feature::of(feature))))?;
    }
    Ok(())
}

/// Writes a migration: one `migration`.
pub fn write_migration(out: &mut dyn io::Write, migration: &migrate::Migration) -> io::Result<()> {
    let line = Migration {
        header: Header::new(),
        field: &migration.field,
        old: &migration.old,
        new: &migration.new,
        reserved: &migration.reserved,
        stages: migration.stages.iter().map(Stage::of).collect(),
        notes: &migration.notes,
    };
    write_line(out, &Line::Migration(line))
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Plan<'a> {
    #[serde(flatten)]
    header: Header,
    /// What is being worked on, with its release line.
    subject: &'a str,
    /// How many features follow.
    features: usize,
    /// What to know about the answer itself, one sentence each.
    notes: &'a [String],
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Feature<'a> {
    /// Its name; of an element that is of no feature, the element's full name.
    name: &'a str,
    /// Full names of its elements.
    #[schemars(with = "Vec<String>")]
    elements: Vec<&'a str>,
    /// Full name of the older form that it replaces; null where there is none.
    replaces: Option<&'a str>,
    /// What a sender does where its peer lacks it; null where it does not ask.
    #[schemars(extend("enum" = ["drop", "refuse", "fallback", null]))]
    on_unsupported: Option<&'static str>,
    /// Where it is declared (`protoskew.toml:12:1`); null where it is not.
    declared: Option<String>,
    /// The ways that it travels; empty where no link and no store carries it.
    ways: Vec<Way<'a>>,
}

/// The schedule on one way over one link.
#[derive(Serialize, JsonSchema)]
struct Way<'a> {
    /// Which way, in words: `runtime → agent, request`.
    way: &'a str,
    /// The link: `runtime:agent`, or `store:runtime`.
    link: &'a str,
    /// The component that writes.
    writer: &'a str,
    /// The component that reads.
    reader: &'a str,
    /// The writer's first release that has all of it; null where there is none.
    introduced_by_writer: Option<&'a str>,
    /// The reader's first release that has all of it; null where there is none.
    introduced_by_reader: Option<&'a str>,
    /// The steps of its life, in order.
    steps: Vec<Step<'a>>,
}

/// A step of a life, and its earliest release.
#[derive(Serialize, JsonSchema)]
struct Step<'a> {
    /// Which step: sent to those who have it; sent to anybody; the old form no longer written; no longer read.
    #[schemars(extend("enum" = ["enable", "default", "stop-writing", "stop-reading"]))]
    step: &'static str,
    /// The component that takes it.
    by: &'a str,
    /// The release that is declared for it; null where none is.
    declared: Option<&'a str>,
    /// The earliest release that may take it, in words; null for never under this policy.
    earliest: Option<&'a str>,
    /// How many lines after the newest that is, 0 where it is a release or what is worked on; null for never.
    lines_after: Option<usize>,
    /// What stands in the way of a release before that; null where nothing does.
    why: Option<&'a str>,
    /// For a step that is never safe: the line that, as `oldest` of the link, would allow it; null where none would.
    oldest: Option<&'a str>,
    /// From which release on it would.
    with_oldest: Option<&'a str>,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Migration<'a> {
    #[serde(flatten)]
    header: Header,
    /// Full name of the field.
    field: &'a str,
    /// Its declaration.
    old: &'a str,
    /// The declaration of the field that takes its place, with a number that nothing ever had.
    new: &'a str,
    /// What is reserved in the end.
    reserved: &'a str,
    /// The stages, in order.
    stages: Vec<Stage<'a>>,
    /// What to know beside, one sentence each.
    notes: &'a [String],
}

/// A stage of a migration.
#[derive(Serialize, JsonSchema)]
struct Stage<'a> {
    /// What is done.
    what: &'a str,
    /// Who does it: a component, or `the .proto file`.
    by: &'a str,
    /// From which release on, in words; null for never under this policy.
    from: Option<&'a str>,
    /// What stands in the way of a release before that; null where nothing does.
    why: Option<&'a str>,
    /// For a stage that is never safe: the line that, as `oldest` of the link, would allow it; null where none would.
    oldest: Option<&'a str>,
    /// From which release on it would.
    with_oldest: Option<&'a str>,
}

impl<'a> Feature<'a> {
    fn of(feature: &'a plan::Planned) -> Self {
        Self {
            name: &feature.name,
            elements: feature.elements.iter().map(|each| each.as_str()).collect(),
            replaces: feature.replaces.as_deref(),
            on_unsupported: feature.on_unsupported.map(|does| does.word()),
            declared: feature.declared.as_ref().map(ToString::to_string),
            ways: feature.ways.iter().map(Way::of).collect(),
        }
    }
}

impl<'a> Way<'a> {
    fn of(way: &'a plan::PlannedWay) -> Self {
        let [writer, reader] = &way.introduced;
        Self {
            way: &way.way,
            link: &way.link,
            writer: &way.writer,
            reader: &way.reader,
            introduced_by_writer: writer.as_deref(),
            introduced_by_reader: reader.as_deref(),
            steps: way.steps.iter().map(Step::of).collect(),
        }
    }
}

impl<'a> Step<'a> {
    fn of(step: &'a plan::Step) -> Self {
        Self {
            step: step.kind.word(),
            by: &step.by,
            declared: step.declared.as_deref(),
            earliest: step.earliest.as_deref(),
            lines_after: step.lines_after,
            why: step.why.as_deref(),
            oldest: step.oldest.as_ref().map(|(line, _)| line.as_str()),
            with_oldest: step.oldest.as_ref().map(|(_, then)| then.as_str()),
        }
    }
}

impl<'a> Stage<'a> {
    fn of(stage: &'a migrate::Stage) -> Self {
        Self {
            what: &stage.what,
            by: &stage.by,
            from: stage.from.as_deref(),
            why: stage.why.as_deref(),
            oldest: stage.oldest.as_ref().map(|(line, _)| line.as_str()),
            with_oldest: stage.oldest.as_ref().map(|(_, then)| then.as_str()),
        }
    }
}
