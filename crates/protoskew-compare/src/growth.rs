//! Whether an enum may grow: what becomes of a value that it does not have yet.

use std::sync::Arc;

use protoskew_schema::Enum;

use crate::change::{Carrier, Change, ChangeKind, Impact, Place};
use crate::enums;
use crate::indexed::Indexed;
use crate::json;
use crate::members::Members;

/// The number behind the last one that the enum has, past what it reserves there; `None` where nothing is left behind it.
pub fn next_at_end(each: &Enum) -> Option<i32> {
    let last = each.values.iter().map(|value| value.number).max()?;
    let mut next = last.checked_add(1)?;
    while let Some(range) = each
        .reserved
        .iter()
        .find(|range| (range.start..=range.end).contains(&next))
    {
        next = range.end.checked_add(1)?;
    }
    Some(next)
}

/// The change between the older side and the newer one with this number added to the enum of that name, as it is felt in the messages that
/// `within` accepts by full name; `None` where a side does not have the enum, or where the older one knows the number.
pub fn grown(
    (old, new): (&Indexed, &Indexed),
    name: &str,
    number: i32,
    within: impl Fn(&str) -> bool,
) -> Option<Change> {
    let [a, b] = [old, new].map(|side| side.enums_named(name).first().copied());
    let (a, b) = (a?, b?);
    let (before, after) = (old.enumeration(a), new.enumeration(b));
    let mut grown = after.clone();
    let mut value = after.values.last()?.clone();
    value.name = format!("{}_{number}", value.name).into();
    value.number = number;
    grown.values.push(value);
    let added = |kind: &ChangeKind| matches!(kind, ChangeKind::EnumValueAdded { number: each, .. } if *each == number);
    let uses = (old.enum_uses_within(a, within), new.enum_uses(b));
    let locals = enums::compare(before, &grown, uses);
    let local = locals.into_iter().find(|local| added(&local.kind))?;
    let carrier = Carrier::Element {
        old: Some(before.name.clone()),
        new: Some(after.name.clone()),
    };
    let values = (Members::of_enum(before), Members::of_enum(&grown));
    let place = |each: &Enum| Place {
        file: each.file,
        span: each.name_span,
    };
    Some(Change {
        json: json::enum_change(&values, uses, &local, &carrier).map(Arc::new),
        kind: local.kind,
        element: format!("{}.{}", after.name, number).into(),
        old: Some(place(before)),
        new: Some(place(after)),
        impact: Impact::Values {
            outcomes: local.outcomes,
            carrier,
        },
    })
}
