//! What two sides mean by their numbers, told from their schemas: names, and the renames that the comparison found.

use std::sync::{Arc, Mutex};

use protoskew_schema::{Enum, Name};
use protoskew_wire::judge::{Meanings, NumberMeaning};
use protoskew_wire::shape::{EnumShape, FieldShape, MessageShape};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::Comparison;
use crate::change::ChangeKind;
use crate::indexed::Indexed;
use crate::messages;
use crate::pairing::Renames;
use crate::types::bare_name;
use crate::witness::reuse::Reused;
use crate::witness::shapes::SETTLED;

/// The meanings of one pair of schemas, in one direction.
pub(crate) struct Names<'a> {
    sides: [&'a Indexed; 2],
    pub(crate) renames: &'a Renames,
    renamed: &'a Renamed,
    /// The older side writes.
    pub(crate) older_writes: bool,
    /// A number that has two meanings, whatever the names say.
    reused: Option<&'a Reused>,
}

/// Numbers whose fields were renamed, by pair of messages.
pub(crate) type Renamed = Mutex<FxHashMap<(u32, u32), Arc<FxHashSet<u32>>>>;

impl<'a> Names<'a> {
    pub(crate) fn new(
        sides: [&'a Indexed; 2],
        comparison: &'a Comparison,
        older_writes: bool,
    ) -> Self {
        Self {
            sides,
            renames: &comparison.renames,
            renamed: &comparison.shared.renamed,
            older_writes,
            reused: None,
        }
    }

    /// Where a number is known to have been used again.
    pub(crate) fn with_reused(self, reused: &'a Reused) -> Self {
        Self {
            reused: Some(reused),
            ..self
        }
    }

    fn is_reused(&self, owners: [&String; 2], number: i64) -> bool {
        self.reused.is_some_and(|reused| {
            i64::from(reused.number) == number
                && owners.iter().all(|owner| **owner == *reused.owner)
        })
    }

    /// The older one of a writer's and a reader's, and the newer one.
    fn in_time<T>(&self, [writer, reader]: [T; 2]) -> [T; 2] {
        if self.older_writes {
            [writer, reader]
        } else {
            [reader, writer]
        }
    }

    fn is_renamed(&self, messages: [&MessageShape; 2], number: u32) -> bool {
        let [old, new] = self.in_time(messages.map(|message| message.origin));
        let [old_side, new_side] = self.sides;
        let known = |side: &Indexed, id: u32| (id as usize) < side.schema().messages.len();
        if !known(old_side, old) || !known(new_side, new) {
            return false;
        }
        let known = self.renamed.lock().ok();
        let known = known.and_then(|known| known.get(&(old, new)).cloned());
        let numbers = known.unwrap_or_else(|| {
            let (locals, _) = messages::compare(old_side, old, new_side, new, self.renames);
            let renames = locals.into_iter().filter_map(|local| match local.kind {
                ChangeKind::FieldRenamed { number, .. } => Some(number),
                _ => None,
            });
            let mut numbers: FxHashSet<u32> = renames.collect();
            let extensions = self.renames.extensions.iter();
            let name = &old_side.message(old).name;
            numbers.extend(
                extensions
                    .filter(|(extendee, _)| extendee == name)
                    .map(|(_, number)| number),
            );
            let numbers = Arc::new(numbers);
            if let Ok(mut known) = self.renamed.lock() {
                known.insert((old, new), Arc::clone(&numbers));
            }
            numbers
        });
        numbers.contains(&number)
    }

    fn enumeration(&self, is_writer: bool, each: &EnumShape) -> &'a Enum {
        let side = if is_writer == self.older_writes { 0 } else { 1 };
        self.sides[side].enumeration(each.origin)
    }
}

impl Meanings for Names<'_> {
    fn same_field(&self, messages: [&MessageShape; 2], fields: [&FieldShape; 2]) -> bool {
        // the entry of a map is no message with names of its own
        if messages.iter().any(|message| message.origin == u32::MAX) {
            return true;
        }
        if self.is_reused(
            messages.map(|message| &message.name),
            fields[0].number.into(),
        ) {
            return false;
        }
        // an extension has a full name, and the field that it was or will be a short one
        let both = fields.iter().all(|field| field.extension);
        let [one, other] = fields.map(|field| match field.name.rsplit_once('.') {
            Some((_, short)) if !both => short,
            _ => &field.name,
        });
        one == other || self.is_renamed(messages, fields[0].number)
    }

    fn is_elsewhere(
        &self,
        messages: [&MessageShape; 2],
        field: &FieldShape,
        of_writer: bool,
    ) -> bool {
        // the tables may hold only a part of the message
        let side = self.sides[usize::from(of_writer == self.older_writes)];
        let id = messages[usize::from(of_writer)].origin;
        if id as usize >= side.schema().messages.len() {
            return false;
        }
        let number = if field.extension {
            let mut all = side.extensions_of(id);
            all.find(|it| it.name == field.name)
                .map(|it| it.field.number)
        } else {
            side.field_named(id, &field.name).map(|it| it.number)
        };
        number.is_some_and(|number| number != field.number)
    }

    fn number(&self, [writer, reader]: [&EnumShape; 2], number: i32) -> NumberMeaning {
        if [writer.origin, reader.origin].contains(&SETTLED) {
            return NumberMeaning::Same;
        }
        if self.is_reused([&writer.name, &reader.name], number.into()) {
            return NumberMeaning::Other;
        }
        let (mine, theirs) = (
            self.enumeration(true, writer),
            self.enumeration(false, reader),
        );
        let [old, new] = self.in_time([mine, theirs]);
        let is_one = old.name == new.name || self.renames.types.get(&old.name) == Some(&new.name);
        let listed = reader.lists(number);
        if !is_one {
            let both_live_on = !self.sides[1].enums_named(&old.name).is_empty()
                && !self.sides[0].enums_named(&new.name).is_empty();
            if !listed {
                // a number without a name is that to both
                return if writer.lists(number) {
                    NumberMeaning::Unlisted
                } else {
                    NumberMeaning::Same
                };
            }
            let bare = |each: &Enum| -> Vec<String> {
                let values = each.values.iter().filter(|value| value.number == number);
                values.map(|value| bare_name(each, value)).collect()
            };
            let (meant, read) = (bare(mine), bare(theirs));
            let same = meant.is_empty() || meant.iter().any(|name| read.contains(name));
            return if same || !both_live_on {
                NumberMeaning::Same
            } else {
                NumberMeaning::Other
            };
        }
        let names = |each: &'_ Enum| -> Vec<Name> {
            let values = each.values.iter().filter(|value| value.number == number);
            values.map(|value| value.name.clone()).collect()
        };
        let elsewhere = |names: &[Name], each: &Enum| {
            let mut values = each.values.iter();
            values.any(|value| value.number != number && names.contains(&value.name))
        };
        let (meant, read) = (names(mine), names(theirs));
        if meant.is_empty() {
            // a number without a name has no meaning to lose
            return NumberMeaning::Same;
        }
        if elsewhere(&meant, theirs) {
            return if listed {
                NumberMeaning::Other
            } else {
                NumberMeaning::Elsewhere
            };
        }
        if !listed {
            NumberMeaning::Unlisted
        } else if meant.iter().any(|name| read.contains(name)) || !elsewhere(&read, mine) {
            NumberMeaning::Same
        } else {
            NumberMeaning::Other
        }
    }
}
