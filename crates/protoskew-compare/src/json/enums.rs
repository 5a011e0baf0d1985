//! What a change of an enum does to JSON, in which values are written by their names.

use protoskew_schema::EnumValue;

use super::differ::{Differ, TakenBySome};
use super::{ByParser, JsonImpact, JsonReading, as_on_the_wire};
use crate::change::{Carrier, ChangeKind};
use crate::members::Members;
use crate::messages::{At, Local};
use crate::outcome::{Directed, Outcome};
use crate::values::EnumUses;

/// An enum's values, by number and by name.
pub(crate) type Values<'a> = Members<'a, EnumValue>;

const UNKNOWN: &str = "no value has this name";

/// What one change between two enums does, by where each side keeps the enum; `None` where no parser notices.
pub(crate) fn change(
    (old, new): &(Values<'_>, Values<'_>),
    uses: (EnumUses, EnumUses),
    local: &Local,
    carrier: &Carrier,
) -> Option<JsonImpact> {
    // a name that is ignored leaves unset what holds it
    let (old_reads, new_reads) = ((old, uses.0.required()), (new, uses.1.required()));
    let compatible = || JsonReading::plain(Outcome::Compatible);
    let before = local.old.index().and_then(|at| old.all.get(at));
    let after = local.new.index().and_then(|at| new.all.get(at));
    let readings = match (&local.kind, before, after) {
        (ChangeKind::EnumValueAdded { .. }, _, Some(after)) => [
            compatible(),
            written(new, after.number, old_reads, Outcome::Blind),
        ],
        (ChangeKind::EnumValueRemoved { .. }, Some(before), _) => [
            written(old, before.number, new_reads, Outcome::Blind),
            JsonReading::plain(Outcome::Withdrawn),
        ],
        (
            ChangeKind::EnumValueRenamed { number, .. }
            | ChangeKind::EnumValueAliased { number, .. },
            ..,
        ) => [
            written(old, *number, new_reads, Outcome::Lossy),
            written(new, *number, old_reads, Outcome::Lossy),
        ],
        (ChangeKind::EnumZeroChanged { .. }, ..) => as_on_the_wire(local),
        (ChangeKind::EnumOpennessChanged { closed }, ..) => {
            // an open enum's writer may hold a number that has no name, and writes it as a number
            let read = |closed: bool, reader: &Values<'_>| {
                if closed {
                    let outcome = ByParser::all(Outcome::Reject);
                    let number = nameless(reader.all);
                    let mut reading =
                        JsonReading::new(outcome, number, "a number that has no name there");
                    reading.differ = Differ::taken(TakenBySome::ClosedNumber);
                    reading
                } else {
                    compatible()
                }
            };
            [read(*closed, new), read(!closed, old)]
        }
        _ => return None,
    };
    JsonImpact::new(readings, carrier)
}

/// A number that no value has, as it is written.
pub(super) fn nameless(values: &[EnumValue]) -> String {
    let mut numbers: Vec<i32> = values.iter().map(|value| value.number).collect();
    numbers.sort_unstable();
    let free = (99..=i32::MAX).find(|number| numbers.binary_search(number).is_err());
    free.unwrap_or(i32::MAX).to_string()
}

/// Numbers that both sides know and one writes under a name that the other does not know, although no name is gone: an alias was listed
/// before the name that was there.
pub(crate) fn aliased((old, new): &(Values<'_>, Values<'_>)) -> Vec<Local> {
    let mut found: Vec<Local> = Vec::new();
    for (at, after) in new.all.iter().enumerate() {
        let first = new.numbered(after.number);
        if first.is_none_or(|(first, _)| first as usize != at) {
            continue;
        }
        let Some((index, before)) = old.numbered(after.number) else {
            continue;
        };
        if new.named(&before.name).is_some() && old.named(&after.name).is_none() {
            found.push(Local {
                kind: ChangeKind::EnumValueAliased {
                    number: after.number,
                    old: before.name.clone(),
                    new: after.name.clone(),
                },
                old: At::Name(index),
                new: At::Name(at as u32),
                outcomes: Directed::all(Outcome::Same),
            });
        }
    }
    found
}

/// What becomes of a number that the writer knows: its first name is what is written.
fn written(
    writer: &Values<'_>,
    number: i32,
    (reader, required): (&Values<'_>, bool),
    lenient: Outcome,
) -> JsonReading {
    match writer.numbered(number) {
        Some((_, value)) if reader.named(&value.name).is_none() => {
            let outcome = ByParser::of(Outcome::Reject, lenient, Outcome::Reject);
            let mut reading = JsonReading::new(outcome, format!("\"{}\"", value.name), UNKNOWN);
            reading.differ.unknown_name = true;
            reading.with_required_missing(required)
        }
        _ => JsonReading::plain(Outcome::Compatible),
    }
}
