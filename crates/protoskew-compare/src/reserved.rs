//! Fences that went: reserved ranges of numbers, reserved names, and ranges for extensions.

use std::cell::OnceCell;

use protoskew_schema::{Message, Name, NumberRange, ReservedName};
use rustc_hash::FxHashSet;

use crate::change::ChangeKind;
use crate::messages::{At, Local};
use crate::outcome::{Directed, Outcome};

/// Numbers that were reserved and are not any more, as ranges.
pub(crate) fn reservations((old, new): (&[NumberRange], &[NumberRange]), changes: &mut Vec<Local>) {
    for (index, start, end) in dropped(old, new.iter()) {
        changes.push(Local {
            kind: ChangeKind::ReservedNumbersDropped { start, end },
            old: At::Reserved(index),
            new: At::Element,
            outcomes: Directed::all(Outcome::Same),
        });
    }
}

/// Numbers that were open to extensions, and are neither that nor reserved any more.
pub(crate) fn extension_ranges(old: &Message, new: &Message, changes: &mut Vec<Local>) {
    let fences = new.extension_ranges.iter().chain(&new.reserved);
    for (index, start, end) in dropped(&old.extension_ranges, fences) {
        changes.push(Local {
            kind: ChangeKind::ExtensionNumbersDropped { start, end },
            old: At::ExtensionRange(index),
            new: At::Element,
            outcomes: Directed::all(Outcome::Same),
        });
    }
}

/// The parts of ranges that no fence covers: index of the range, first and last number.
fn dropped<'a>(
    old: &[NumberRange],
    fences: impl Iterator<Item = &'a NumberRange>,
) -> Vec<(u32, i32, i32)> {
    let mut fences: Vec<(i64, i64)> = fences
        .map(|range| (i64::from(range.start), i64::from(range.end)))
        .collect();
    fences.sort_unstable();
    let mut dropped = Vec::new();
    for (index, range) in (0..).zip(old) {
        let mut start = i64::from(range.start);
        let end = i64::from(range.end);
        let mut free = Vec::new();
        // fences of one element do not overlap, so they are in the order of their ends too
        let first = fences.partition_point(|&(_, fence_end)| fence_end < start);
        for &(fence_start, fence_end) in &fences[first..] {
            if fence_start > end {
                break;
            }
            if fence_start > start {
                free.push((start, fence_start - 1));
            }
            start = start.max(fence_end + 1);
        }
        if start <= end {
            free.push((start, end));
        }
        let parts = free.into_iter();
        dropped.extend(parts.map(|(start, end)| (index, start as i32, end as i32)));
    }
    dropped
}

/// Names that were reserved and are not any more.
pub(crate) fn reserved_names(old: &[ReservedName], new: &[ReservedName], changes: &mut Vec<Local>) {
    let fenced: FxHashSet<&Name> = new.iter().map(|reserved| &reserved.name).collect();
    for (index, reserved) in old.iter().enumerate() {
        if !fenced.contains(&reserved.name) {
            changes.push(Local {
                kind: ChangeKind::ReservedNameDropped {
                    name: reserved.name.clone(),
                },
                old: At::ReservedName(index as u32),
                new: At::Element,
                outcomes: Directed::all(Outcome::Same),
            });
        }
    }
}

/// Ranges by their ends, and names.
type Found<'a> = (Vec<(i64, i64)>, FxHashSet<&'a Name>);

/// What one message or enum reserves, to be asked of many members.
pub(crate) struct Reserved<'a> {
    ranges: &'a [NumberRange],
    names: &'a [ReservedName],
    /// Made when first asked for: most messages lose nothing.
    found: OnceCell<Found<'a>>,
}

impl<'a> Reserved<'a> {
    pub(crate) fn new(ranges: &'a [NumberRange], names: &'a [ReservedName]) -> Self {
        Self {
            ranges,
            names,
            found: OnceCell::new(),
        }
    }

    pub(crate) fn has_number(&self, number: i32) -> bool {
        let number = i64::from(number);
        let ranges = &self.found().0;
        let at = ranges.partition_point(|&(_, end)| end < number);
        ranges.get(at).is_some_and(|&(start, _)| start <= number)
    }

    pub(crate) fn has_name(&self, name: &Name) -> bool {
        self.found().1.contains(name)
    }

    /// The ranges in order, those that overlap made one; and the names.
    fn found(&self) -> &Found<'a> {
        self.found.get_or_init(|| {
            let ranges = self.ranges.iter();
            let ranges = ranges.map(|range| (i64::from(range.start), i64::from(range.end)));
            let mut ranges: Vec<(i64, i64)> = ranges.filter(|(from, to)| from <= to).collect();
            ranges.sort_unstable();
            ranges.dedup_by(|next, last| {
                let overlap = next.0 <= last.1;
                if overlap {
                    last.1 = last.1.max(next.1);
                }
                overlap
            });
            (ranges, self.names.iter().map(|it| &it.name).collect())
        })
    }
}
