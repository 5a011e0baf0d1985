//! Reservations that went: ranges of numbers, and names.

use protoskew_schema::{Name, NumberRange, ReservedName};
use rustc_hash::FxHashSet;

use crate::change::ChangeKind;
use crate::messages::{At, Local};
use crate::outcome::{Directed, Outcome};

/// Numbers that were reserved and are not any more, as ranges.
pub(crate) fn reservations((old, new): (&[NumberRange], &[NumberRange]), changes: &mut Vec<Local>) {
    let mut fences: Vec<(i64, i64)> = new
        .iter()
        .map(|range| (i64::from(range.start), i64::from(range.end)))
        .collect();
    fences.sort_unstable();
    for (index, range) in old.iter().enumerate() {
        let mut start = i64::from(range.start);
        let end = i64::from(range.end);
        let mut free = Vec::new();
        // ranges of one element do not overlap, so they are in the order of their ends too
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
        for (start, end) in free {
            changes.push(Local {
                kind: ChangeKind::ReservedNumbersDropped {
                    start: start as i32,
                    end: end as i32,
                },
                old: At::Reserved(index as u32),
                new: At::Element,
                outcomes: Directed::all(Outcome::Same),
            });
        }
    }
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

pub(crate) fn in_ranges(ranges: &[NumberRange], number: i32) -> bool {
    ranges
        .iter()
        .any(|range| (range.start..=range.end).contains(&number))
}
