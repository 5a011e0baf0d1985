//! What a change of an enum does to JSON, in which values are written by their names.

use protoskew_schema::{Enum, EnumValue};

use super::differ::{Differ, TakenBySome};
use super::{ByParser, JsonImpact, JsonReading, as_on_the_wire, index};
use crate::change::{Carrier, ChangeKind};
use crate::messages::{At, Local};
use crate::outcome::{Directed, Outcome};

const UNKNOWN: &str = "no value has this name";

/// What one change between two enums does; `None` where no parser notices.
pub(crate) fn change(
    (old, new): (&Enum, &Enum),
    local: &Local,
    carrier: &Carrier,
) -> Option<JsonImpact> {
    let compatible = || JsonReading::plain(Outcome::Compatible);
    let before = index(local.old).and_then(|at| old.values.get(at));
    let after = index(local.new).and_then(|at| new.values.get(at));
    let readings = match (&local.kind, before, after) {
        (ChangeKind::EnumValueAdded { .. }, _, Some(after)) => [
            compatible(),
            written(new, after.number, old, Outcome::Blind),
        ],
        (ChangeKind::EnumValueRemoved { .. }, Some(before), _) => [
            written(old, before.number, new, Outcome::Blind),
            JsonReading::plain(Outcome::Withdrawn),
        ],
        (
            ChangeKind::EnumValueRenamed { number, .. }
            | ChangeKind::EnumValueAliased { number, .. },
            ..,
        ) => [
            written(old, *number, new, Outcome::Lossy),
            written(new, *number, old, Outcome::Lossy),
        ],
        (ChangeKind::EnumZeroChanged { .. }, ..) => as_on_the_wire(local),
        (ChangeKind::EnumOpennessChanged { .. }, ..) => {
            // an open enum's writer may hold a number that has no name, and writes it as a number
            let read = |closed: bool| {
                if closed {
                    let outcome = ByParser::all(Outcome::Reject);
                    let mut reading =
                        JsonReading::new(outcome, "99", "a number that has no name there");
                    reading.differ = Differ::taken(TakenBySome::ClosedNumber);
                    reading
                } else {
                    compatible()
                }
            };
            [read(new.closed), read(old.closed)]
        }
        _ => return None,
    };
    JsonImpact::new(readings, carrier)
}

/// Numbers that both sides know and one writes under a name that the other does not know, although no name is gone: an alias was listed
/// before the name that was there.
pub(crate) fn aliased(old: &Enum, new: &Enum) -> Vec<Local> {
    let mut found: Vec<Local> = Vec::new();
    for (at, after) in new.values.iter().enumerate() {
        let first = first(new, after.number).is_some_and(|first| first.name == after.name);
        let Some(before) = first.then(|| self::first(old, after.number)).flatten() else {
            continue;
        };
        let index = old
            .values
            .iter()
            .position(|value| value.name == before.name);
        let both_live = knows(new, before) && !knows(old, after);
        if let (true, Some(index)) = (both_live, index) {
            found.push(Local {
                kind: ChangeKind::EnumValueAliased {
                    number: after.number,
                    old: before.name.clone(),
                    new: after.name.clone(),
                },
                old: At::Name(index as u32),
                new: At::Name(at as u32),
                outcomes: Directed::all(Outcome::Same),
            });
        }
    }
    found
}

/// What becomes of a number that the writer knows: its first name is what is written.
fn written(writer: &Enum, number: i32, reader: &Enum, lenient: Outcome) -> JsonReading {
    match first(writer, number) {
        Some(value) if !knows(reader, value) => {
            let outcome = ByParser::of(Outcome::Reject, lenient, Outcome::Reject);
            let mut reading = JsonReading::new(outcome, format!("\"{}\"", value.name), UNKNOWN);
            reading.differ.unknown_name = true;
            reading
        }
        _ => JsonReading::plain(Outcome::Compatible),
    }
}

fn first(each: &Enum, number: i32) -> Option<&EnumValue> {
    each.values.iter().find(|value| value.number == number)
}

fn knows(each: &Enum, value: &EnumValue) -> bool {
    each.values.iter().any(|known| known.name == value.name)
}
