//! The fields of a message by number and by name, extensions among them: put in order once, when the message is first asked about.

use std::sync::OnceLock;

use protoskew_schema::{Extension, Field, Presence};

use crate::indexed::Indexed;

/// The fields of every message in two orders.
pub(crate) type InOrder = OnceLock<Vec<OnceLock<Ordered>>>;

/// The fields of one message in two orders.
#[derive(Debug)]
pub(crate) struct Ordered {
    /// Number, and place among the fields and the extensions behind them; of several the first.
    by_number: Vec<(u32, u32)>,
    /// Places of the fields proper by their names.
    by_name: Vec<u32>,
    required: Vec<u32>,
}

/// A field, or an extension that stands for one.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found<'a> {
    pub(crate) field: &'a Field,
    /// Where it is one.
    pub(crate) extension: Option<&'a Extension>,
}

impl Indexed {
    /// The field of that number; of several the first.
    pub(crate) fn field_numbered(&self, message: u32, number: u32) -> Option<Found<'_>> {
        let mut from = self.fields_from(message, number);
        from.next().filter(|found| found.field.number == number)
    }

    /// The fields from that number on, by number.
    pub(crate) fn fields_from(&self, message: u32, number: u32) -> impl Iterator<Item = Found<'_>> {
        let by_number = &self.ordered(message).by_number;
        let first = by_number.partition_point(|(each, _)| *each < number);
        let own = &self.message(message).fields;
        by_number[first..].iter().filter_map(move |&(_, place)| {
            let place = place as usize;
            if let Some(field) = own.get(place) {
                return Some(Found {
                    field,
                    extension: None,
                });
            }
            let extension = self.extension_of(message, place - own.len())?;
            Some(Found {
                field: &extension.field,
                extension: Some(extension),
            })
        })
    }

    /// The field of that name, extensions aside; of several the first.
    pub(crate) fn field_named(&self, message: u32, name: &str) -> Option<&Field> {
        let fields = &self.message(message).fields;
        let by_name = &self.ordered(message).by_name;
        let at = by_name.partition_point(|&at| fields[at as usize].name.as_str() < name);
        let field = &fields[*by_name.get(at)? as usize];
        (field.name == name).then_some(field)
    }

    /// Numbers of the fields that must be sent.
    pub(crate) fn required_of(&self, message: u32) -> &[u32] {
        &self.ordered(message).required
    }

    fn ordered(&self, message: u32) -> &Ordered {
        let all = self.in_order().get_or_init(|| {
            let empty = self.schema().messages.iter().map(|_| OnceLock::new());
            empty.collect()
        });
        all[message as usize].get_or_init(|| {
            let numbers = self.fields_of(message).map(|field| field.number);
            let mut by_number: Vec<(u32, u32)> = numbers.zip(0..).collect();
            by_number.sort_unstable();
            by_number.dedup_by_key(|(number, _)| *number);
            let own = &self.message(message).fields;
            let mut by_name: Vec<u32> = (0..own.len() as u32).collect();
            by_name.sort_by_key(|&at| &own[at as usize].name);
            let required = self.fields_of(message);
            let required = required.filter(|field| field.presence == Presence::Required);
            Ordered {
                by_number,
                by_name,
                required: required.map(|field| field.number).collect(),
            }
        })
    }
}
