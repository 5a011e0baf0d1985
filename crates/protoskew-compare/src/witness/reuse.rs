//! A number that the history knows to have been used again: on both sides it has a meaning, and the two are not one.

use protoskew_schema::Name;
use protoskew_wire::{ByRuntime, Outcome, Runtime};

use super::focus::{self, Focus};
use super::meaning::Names;
use super::{Proof, each_found, messages_named};
use crate::Comparison;
use crate::indexed::Indexed;
use crate::outcome::Directed;

/// A number of a message's field, of an extension of it or of an enum's value, that means something else now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reused {
    /// Full name of the message or enum on both sides.
    pub owner: Name,
    /// The number.
    pub number: i32,
}

impl Reused {
    /// Whether the number has that name here, which of an extension is the full one.
    pub fn is_called(&self, side: &Indexed, name: &str) -> bool {
        let of_message = |&id: &u32| {
            let own = side.message(id).fields.iter();
            let own = own.map(|field| (field.number, &field.name));
            let extensions = side.extensions_of(id);
            own.chain(extensions.map(|each| (each.field.number, &each.name)))
                .any(|(number, called)| {
                    i64::from(number) == i64::from(self.number) && called == name
                })
        };
        let of_enum = |&id: &u32| {
            let mut values = side.enumeration(id).values.iter();
            values.any(|value| value.number == self.number && value.name == name)
        };
        side.messages_named(&self.owner).iter().any(of_message)
            || side.enums_named(&self.owner).iter().any(of_enum)
    }
}

impl Comparison {
    /// What becomes of values at a number that was used again, in each direction; the sides are those that were compared, the
    /// older one first. `None` where no field carries them on both sides.
    pub fn reuse(&self, sides: [&Indexed; 2], reused: &Reused) -> Option<Directed> {
        let places = self.places_of(sides, reused);
        let toward = |older_writes| {
            let names = Names::new(sides, self, older_writes).with_reused(reused);
            let mut worst: Option<ByRuntime> = None;
            for place in &places {
                let found = each_found(sides, &names, place, &Runtime::ALL);
                let outcome = |runtime: Runtime| match found.get(runtime as usize) {
                    Some(Some(witness)) => witness.judgement.outcome,
                    _ => Outcome::Compatible,
                };
                let here = ByRuntime::each(outcome);
                worst = Some(worst.map_or(here, |worst| worst.max(here)));
            }
            worst
        };
        Some(Directed {
            old_to_new: toward(true)?,
            new_to_old: toward(false)?,
        })
    }

    /// The smallest message that shows it in one direction and runtime.
    pub fn witness_of_reuse(
        &self,
        sides: [&Indexed; 2],
        reused: &Reused,
        older_writes: bool,
        runtime: Runtime,
    ) -> Option<Proof> {
        let names = Names::new(sides, self, older_writes).with_reused(reused);
        self.shown(sides, self.places_of(sides, reused), &names, runtime)
    }

    /// The fields at that number, or those that hold the enum.
    fn places_of(&self, sides: [&Indexed; 2], reused: &Reused) -> Vec<Focus> {
        if let Some(messages) = messages_named(sides, &reused.owner) {
            let number = reused.number as u32;
            let is_there = |side: usize| {
                let found = sides[side].field_numbered(messages[side], number);
                found.is_some()
            };
            let place = Focus {
                messages,
                numbers: Some(vec![number]),
                beside: Vec::new(),
                about_enum: false,
                values: None,
            };
            return (is_there(0) && is_there(1))
                .then_some(place)
                .into_iter()
                .collect();
        }
        let enums = sides.map(|side| side.enums_named(&reused.owner).first());
        match enums {
            [Some(&old), Some(&new)] => {
                focus::uses(sides, &self.renames, [old, new], Some(vec![reused.number]))
            }
            _ => Vec::new(),
        }
    }
}
