//! Compares two enums: a value is itself by its number, and may have several names.

use protoskew_schema::{Enum, Name, Span};
use rustc_hash::FxHashMap;

use crate::change::ChangeKind;
use crate::fates::Fates;
use crate::members::Members;
use crate::messages::{At, Local};
use crate::outcome::{ByRuntime, Directed, Outcome};
use crate::reserved::{Reserved, reservations, reserved_names};
use crate::values::{EnumUses, unknown_in};

/// Compares two enums; `uses` tells where each side's schema keeps it.
pub(crate) fn compare(
    old: &Enum,
    new: &Enum,
    (old_uses, new_uses): (EnumUses, EnumUses),
) -> Vec<Local> {
    let mut changes = Vec::new();
    let unknown_to_new = || unknown_in(new.closed, &new_uses);
    let unknown_to_old = || unknown_in(old.closed, &old_uses);
    let (olds, news) = (Members::of_enum(old), Members::of_enum(new));
    let reserved = Reserved::new(&new.reserved, &new.reserved_names);
    // where a number kept a name, in the newer enum
    let mut kept: FxHashMap<i32, u32> = FxHashMap::default();
    for (at, after) in new.values.iter().enumerate() {
        let before = olds.named(&after.name);
        if before.is_some_and(|(_, before)| before.number == after.number) {
            kept.entry(after.number).or_insert(at as u32);
        }
    }
    for (index, before) in old.values.iter().enumerate() {
        let index = index as u32;
        if let Some((at, after)) = news.named(&before.name) {
            if after.number != before.number {
                // a number that the reader knows is another value to it; one that it does not know is lost, though both know the value
                let read = |known: bool, unknown: ByRuntime| {
                    if known {
                        ByRuntime::all(Outcome::Misread)
                    } else {
                        ByRuntime::all(Outcome::Lossy).max(unknown)
                    }
                };
                changes.push(Local {
                    kind: ChangeKind::EnumValueRenumbered {
                        old: before.number,
                        new: after.number,
                        old_number_free: news.numbered(before.number).is_none()
                            && !reserved.has_number(before.number),
                    },
                    old: At::Number(index),
                    new: At::Number(at),
                    outcomes: Directed {
                        old_to_new: read(news.numbered(before.number).is_some(), unknown_to_new()),
                        // the newer side may send another value under the old number, too
                        new_to_old: read(
                            olds.numbered(after.number).is_some()
                                || news.numbered(before.number).is_some(),
                            unknown_to_old(),
                        ),
                    },
                });
            }
            continue;
        }
        // the name is gone; what became of its number?
        let renamed = |at: u32| Local {
            kind: ChangeKind::EnumValueRenamed {
                number: before.number,
                old: before.name.clone(),
            },
            old: At::Name(index),
            new: At::Name(at),
            outcomes: Directed::all(Outcome::Same),
        };
        if let Some(&at) = kept.get(&before.number) {
            changes.push(renamed(at));
            continue;
        }
        let first_of_number = olds
            .numbered(before.number)
            .is_some_and(|(first, _)| first == index);
        if !first_of_number {
            continue;
        }
        match news.numbered(before.number) {
            // a name that came from another number is reported there, as renumbered
            Some((_, after)) if olds.named(&after.name).is_some() => {
                let taken = Directed::all(Outcome::Misread);
                changes.push(gone((new, &reserved, true), index, before, taken));
            }
            Some((at, _)) => changes.push(renamed(at)),
            None => {
                let outcomes = Directed {
                    old_to_new: unknown_to_new(),
                    new_to_old: ByRuntime::all(Outcome::Withdrawn),
                };
                changes.push(gone((new, &reserved, false), index, before, outcomes));
            }
        }
    }
    for (at, after) in new.values.iter().enumerate() {
        let at = at as u32;
        let known = olds.numbered(after.number).is_some() || olds.named(&after.name).is_some();
        let first = news
            .numbered(after.number)
            .is_some_and(|(first, _)| first == at);
        if !known && first {
            changes.push(Local {
                kind: ChangeKind::EnumValueAdded {
                    number: after.number,
                    closed: old.closed,
                    read: Fates::new(old.closed, &old_uses),
                },
                old: At::Element,
                new: At::Whole(at),
                outcomes: Directed {
                    old_to_new: ByRuntime::all(Outcome::Compatible),
                    new_to_old: unknown_to_old(),
                },
            });
        }
    }
    let reads_zero = old_uses.reads_zero() || new_uses.reads_zero();
    zero(old, new, reads_zero, &mut changes);
    if old.closed != new.closed {
        changes.push(Local {
            kind: ChangeKind::EnumOpennessChanged { closed: new.closed },
            old: At::Element,
            new: At::Element,
            // a closed enum's writer sends what it lists, an open one's any number: nameless to both where it is held
            outcomes: if new.closed {
                Directed {
                    old_to_new: nameless(unknown_to_new()),
                    new_to_old: ByRuntime::all(Outcome::Compatible),
                }
            } else {
                Directed {
                    old_to_new: ByRuntime::all(Outcome::Compatible),
                    new_to_old: nameless(unknown_to_old()),
                }
            },
        });
    }
    reservations((&old.reserved, &new.reserved), &mut changes);
    reserved_names(&old.reserved_names, &new.reserved_names, &mut changes);
    changes
}

/// A number that has no name on either side arrives where it is held at all.
fn nameless(unknown: ByRuntime) -> ByRuntime {
    ByRuntime::each(|runtime| match unknown.get(runtime) {
        Outcome::Blind => Outcome::Compatible,
        worse => worse,
    })
}

fn gone(
    (new, reserved, taken): (&Enum, &Reserved<'_>, bool),
    index: u32,
    before: &protoskew_schema::EnumValue,
    outcomes: Directed,
) -> Local {
    Local {
        kind: ChangeKind::EnumValueRemoved {
            number: before.number,
            number_reserved: reserved.has_number(before.number),
            name_reserved: reserved.has_name(&before.name),
            taken,
            closed: new.closed,
        },
        old: At::Whole(index),
        new: At::Element,
        outcomes,
    }
}

/// What absence means: number 0 of an open enum, the first listed value of a closed one.
///
/// A mere rename of that value is a rename; absence means something else only where the number changed, or where the two names trade places
/// with other numbers.
fn zero(old: &Enum, new: &Enum, reads_zero: bool, changes: &mut Vec<Local>) {
    fn default(each: &Enum) -> Option<(u32, &protoskew_schema::EnumValue)> {
        let index = if each.closed {
            0
        } else {
            each.values.iter().position(|value| value.number == 0)?
        };
        Some((index as u32, each.values.get(index)?))
    }
    let (Some((index, before)), Some((at, after))) = (default(old), default(new)) else {
        return;
    };
    let changed = if before.number != after.number {
        true
    } else {
        let same_name = before.name == after.name || has_pair(new, &before.name, before.number);
        let lives_elsewhere = new
            .values
            .iter()
            .any(|value| value.name == before.name && value.number != before.number);
        let came_from_elsewhere = old
            .values
            .iter()
            .any(|value| value.name == after.name && value.number != after.number);
        !same_name && (lives_elsewhere || came_from_elsewhere)
    };
    if changed {
        changes.push(Local {
            kind: ChangeKind::EnumZeroChanged {
                old: before.name.clone(),
                new: after.name.clone(),
                closed: new.closed,
            },
            old: At::Whole(index),
            new: At::Whole(at),
            // where no field is ever absent, absence means nothing
            outcomes: Directed::all(if reads_zero {
                Outcome::Misread
            } else {
                Outcome::Compatible
            }),
        });
    }
}

fn has_pair(each: &Enum, name: &Name, number: i32) -> bool {
    each.values
        .iter()
        .any(|value| value.name == *name && value.number == number)
}

/// The span of a part of an enum.
pub(crate) fn span_in(each: &Enum, at: At) -> Span {
    let value = |index: u32| each.values.get(index as usize);
    match at {
        At::Element | At::Type(_) | At::ExtensionRange(_) | At::Oneof(_) => each.name_span,
        At::Name(index) => value(index).map_or(each.name_span, |v| v.name_span),
        At::Number(index) => value(index).map_or(each.name_span, |v| v.number_span),
        At::Whole(index) => value(index).map_or(each.name_span, |v| v.span),
        At::Reserved(index) => each
            .reserved
            .get(index as usize)
            .map_or(each.name_span, |r| r.span),
        At::ReservedName(index) => each
            .reserved_names
            .get(index as usize)
            .map_or(each.name_span, |r| r.span),
    }
}
