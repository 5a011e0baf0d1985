//! Numbers and names that must not meet: ranges, reservations, duplicates.

use rustc_hash::{FxHashMap, FxHashSet};

use super::lower::LAST_FIELD_NUMBER;
use super::validate::Check;
use crate::{Message, NumberRange, ReservedName, Span};

impl Check<'_> {
    /// Pairs of indices whose numbers are equal: each number's first index, and each later one.
    pub(super) fn twice(&mut self, numbers: impl Iterator<Item = i64>) -> Vec<(usize, usize)> {
        self.numbers.clear();
        self.numbers
            .extend(numbers.enumerate().map(|(index, number)| (number, index)));
        self.numbers.sort_unstable();
        let mut pairs = Vec::new();
        let mut first = 0;
        for at in 1..self.numbers.len() {
            if self.numbers[at].0 == self.numbers[first].0 {
                pairs.push((self.numbers[first].1, self.numbers[at].1));
            } else {
                first = at;
            }
        }
        pairs
    }

    pub(super) fn ranges(&mut self, ranges: &[NumberRange], least: i32, most: i32) {
        for range in ranges {
            if range.start < least {
                self.error(
                    range.span,
                    format!("the numbers of a range start at {least}"),
                    None,
                );
            } else if range.end < range.start {
                let text = format!("the range {} ends before it starts", range_text(range));
                self.error(range.span, text, None);
            } else if range.end > most {
                self.error(
                    range.span,
                    format!("the range ends behind the last number, {most}"),
                    None,
                );
            }
        }
        let sorted = sorted(ranges);
        for pair in sorted.windows(2) {
            if pair[1].start <= pair[0].end {
                self.overlap(pair[0], pair[1]);
            }
        }
    }

    pub(super) fn overlaps(&mut self, some: &[NumberRange], others: &[NumberRange]) {
        let sorted = sorted(some);
        for other in others {
            let behind = sorted.partition_point(|r| r.start <= other.end);
            if let Some(found) = sorted[..behind].last().filter(|r| other.start <= r.end) {
                self.overlap(found, other);
            }
        }
    }

    pub(super) fn overlap(&mut self, a: &NumberRange, b: &NumberRange) {
        let (first, second) = if a.span <= b.span { (a, b) } else { (b, a) };
        let text = format!(
            "the range {} overlaps {}",
            range_text(second),
            range_text(first)
        );
        self.error(second.span, text, None);
    }

    pub(super) fn reserved_names(&mut self, reserved: &[ReservedName]) {
        let mut seen = FxHashSet::default();
        for name in reserved {
            if !seen.insert(name.name.as_str()) {
                let text = format!("the name `{}` is reserved twice", name.name);
                self.error(name.span, text, None);
            }
        }
    }
}

pub(super) fn range_text(range: &NumberRange) -> String {
    if range.start == range.end {
        range.start.to_string()
    } else {
        format!("{} to {}", range.start, range.end)
    }
}

pub(super) fn sorted(ranges: &[NumberRange]) -> Vec<&NumberRange> {
    let mut sorted: Vec<&NumberRange> = ranges.iter().filter(|r| r.start <= r.end).collect();
    sorted.sort_unstable_by_key(|r| (r.start, r.span));
    sorted
}

pub(super) fn containing<'r>(sorted: &[&'r NumberRange], number: i32) -> Option<&'r NumberRange> {
    let behind = sorted.partition_point(|r| r.start <= number);
    // ranges that overlap are an error of their own: looking at the nearest one is enough
    sorted[..behind].last().filter(|r| number <= r.end).copied()
}

pub(super) fn names(reserved: &[ReservedName]) -> FxHashMap<&str, Span> {
    reserved.iter().map(|r| (r.name.as_str(), r.span)).collect()
}

/// Names the first number above all that the message uses or reserves, or below where that is the end.
pub(super) fn next_free_text(message: &Message) -> String {
    let mut taken: Vec<(i64, i64)> = message
        .fields
        .iter()
        .map(|f| (f.number.into(), f.number.into()))
        .collect();
    let ranges = message.reserved.iter().chain(&message.extension_ranges);
    taken.extend(ranges.map(|r| (r.start.into(), r.end.into())));
    taken.push((19_000, 19_999));
    taken.sort_unstable();
    let mut next = message
        .fields
        .iter()
        .map(|f| i64::from(f.number))
        .max()
        .unwrap_or(0)
        + 1;
    if next > i64::from(LAST_FIELD_NUMBER) {
        next = 1;
    }
    for (start, end) in taken {
        if (start..=end).contains(&next) {
            next = end + 1;
        }
    }
    format!("the next free number is {next}")
}
