//! The declared features that a change touches: what each waits for, and until which release.

use protoskew_compare::Change;
use protoskew_schema::Name;

use super::Between;
use crate::config::Feature;
use crate::life::Seen;
use crate::life::plan::{self, Planned, Step, StepKind};

/// One sentence for each way in which a feature that the changed element is of, or that replaces it, may take its steps.
pub(super) fn of(
    change: &Change,
    features: &[Feature],
    seen: &[Seen],
    between: Between<'_>,
) -> Vec<String> {
    let mut said = Vec::new();
    for feature in features {
        let elements = feature.elements.iter().map(|element| &element.name);
        let is_part = elements
            .into_iter()
            .any(|name| holds(name, change, between));
        let replaces = feature.replaces.as_ref();
        let is_replaced = replaces.is_some_and(|old| holds(&old.name, change, between));
        if !is_part && !is_replaced {
            continue;
        }
        let planned = plan::plan(seen, std::slice::from_ref(feature));
        for planned in &planned {
            said.extend(sentences(planned, is_part));
        }
    }
    said
}

/// Whether the element that a feature names is the changed one, or holds it.
fn holds(name: &Name, change: &Change, between: Between<'_>) -> bool {
    let inside = change.element.strip_prefix(name.as_str());
    let inside = inside.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    let in_oneof = || {
        [between.new, between.old]
            .into_iter()
            .filter_map(|side| crate::life::oneof_of(side, &change.element))
            .any(|oneof| oneof == *name)
    };
    inside || in_oneof()
}

fn sentences(planned: &Planned, is_part: bool) -> Vec<String> {
    let declared = match &planned.declared {
        Some(declared) => format!(" ({declared})"),
        None => String::new(),
    };
    let name = &planned.name;
    if planned.ways.is_empty() {
        return vec![format!(
            "Of the feature `{name}`{declared}, which no link and no store carries."
        )];
    }
    let of_the_new = |step: &&Step| matches!(step.kind, StepKind::Enable | StepKind::Default);
    let sentence = |steps: &[Step]| {
        let steps = steps.iter().filter(|step| of_the_new(step) == is_part);
        let steps: Vec<String> = steps.map(step).collect();
        let head = if is_part {
            format!("Of the feature `{name}`{declared}")
        } else {
            format!("The feature `{name}`{declared} replaces it")
        };
        format!("{head}: {}.", steps.join("; "))
    };
    let mut said: Vec<String> = planned
        .ways
        .iter()
        .map(|way| sentence(&way.steps))
        .collect();
    said.dedup();
    said
}

/// `runtime may send it to those who have it from 1.4 on (declared: 1.3)`; or that it may never, and why.
fn step(step: &Step) -> String {
    let declared = match &step.declared {
        Some(declared) => format!(" (declared: {declared})"),
        None => String::new(),
    };
    let (by, phrase) = (&step.by, step.phrase);
    match &step.earliest {
        Some(earliest) => format!("{by} {phrase} from {earliest} on{declared}"),
        None => {
            let never = phrase.replacen("may ", "may never ", 1);
            let why = step.why.as_deref().unwrap_or("nobody has it");
            format!("{by} {never}{declared}: {why}")
        }
    }
}
