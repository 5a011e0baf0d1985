//! Compares two schemas: typed changes, and what becomes of values and calls in each direction.
//!
//! Pure: two [`protoskew_schema::Schema`] in, a [`Comparison`] out. Nothing is read, printed or judged here.

mod calls;
pub mod change;
mod enums;
mod indexed;
mod members;
mod messages;
pub mod outcome;
mod pairing;
mod reserved;
mod types;
mod values;

use std::sync::{Arc, Mutex};

use protoskew_schema::{FileId, Name, Span};
use rustc_hash::FxHashMap;

pub use change::{Carrier, Change, ChangeKind, Impact, Place, TypeReading};
pub use indexed::{Indexed, Reach, Travels, closure};
pub use outcome::{ByRuntime, CallOutcome, Directed, Outcome, Runtime};

use messages::Local;

/// Everything that differs between an older and a newer schema.
#[derive(Debug, Default)]
pub struct Comparison {
    /// The changes, by element, then by kind, then by what each is about.
    pub changes: Vec<Change>,
}

/// Compares schemas, and remembers: each distinct pair of message or enum shapes is compared once, however many releases share it.
#[derive(Debug, Default)]
pub struct Comparer {
    declared: FxHashMap<Name, Name>,
    messages: Mutex<Remembered>,
}

/// Changes by the pair of shapes that have them.
type Remembered = FxHashMap<(u64, u64), Arc<Vec<Local>>>;

impl Comparer {
    /// A comparer that knows the renames a team declared (older full name → newer).
    pub fn new(declared: impl IntoIterator<Item = (Name, Name)>) -> Self {
        Self {
            declared: declared.into_iter().collect(),
            messages: Mutex::default(),
        }
    }

    /// Compares two schemas; only what is judged on either side is looked at.
    pub fn compare(&self, old: &Indexed, new: &Indexed) -> Comparison {
        let mut changes = Vec::new();
        if old.digest() == new.digest() {
            return Comparison { changes };
        }
        let pairing = pairing::pair(old, new, &self.declared);
        let renames = &pairing.renames;

        for &(a, b) in &pairing.messages.both {
            if old.message_shape(a) != new.message_shape(b) {
                self.message(old, a, new, b, renames, &mut changes);
            }
            let (before, after) = (old.message(a), new.message(b));
            let moved_with_package = moved(&before.name, old, before.file, renames);
            let with_parent = before
                .parent
                .is_some_and(|parent| renames.types.contains_key(&old.message(parent).name));
            if before.name != after.name && !moved_with_package && !with_parent {
                changes.push(Change {
                    kind: ChangeKind::MessageRenamed {
                        old: before.name.clone(),
                    },
                    element: after.name.clone(),
                    old: Some(place(before.file, before.name_span)),
                    new: Some(place(after.file, after.name_span)),
                    impact: Impact::None,
                });
            }
        }
        for &id in &pairing.messages.gone {
            let message = old.message(id);
            let parent_gone = message
                .parent
                .is_some_and(|parent| pairing.messages.gone.contains(&parent));
            if !parent_gone {
                changes.push(Change {
                    kind: ChangeKind::MessageRemoved,
                    element: message.name.clone(),
                    old: Some(place(message.file, message.name_span)),
                    new: None,
                    impact: Impact::None,
                });
            }
        }
        for &(a, b) in &pairing.enums.both {
            if old.enum_shape(a) != new.enum_shape(b) || old.enum_uses(a) != new.enum_uses(b) {
                enumeration(old, a, new, b, &mut changes);
            }
        }
        for &id in &pairing.enums.gone {
            let each = old.enumeration(id);
            let parent_gone = each
                .parent
                .is_some_and(|parent| pairing.messages.gone.contains(&parent));
            if !parent_gone {
                changes.push(Change {
                    kind: ChangeKind::EnumRemoved,
                    element: each.name.clone(),
                    old: Some(place(each.file, each.name_span)),
                    new: None,
                    impact: Impact::None,
                });
            }
        }
        for &id in &pairing.enums.fresh {
            let each = new.enumeration(id);
            let comment = &new.file(each.file).text;
            let comment = comment.get(each.comment.start as usize..each.comment.end as usize);
            changes.push(Change {
                kind: ChangeKind::EnumAdded {
                    reason: comment.and_then(enum_reason),
                },
                element: each.name.clone(),
                old: None,
                new: Some(place(each.file, each.name_span)),
                impact: Impact::None,
            });
        }
        self.services(old, new, &pairing, &mut changes);
        changes.sort_by_cached_key(|change| {
            (
                change.element.clone(),
                rank(&change.kind),
                change.kind.about(),
            )
        });
        Comparison { changes }
    }

    fn message(
        &self,
        old: &Indexed,
        a: u32,
        new: &Indexed,
        b: u32,
        renames: &pairing::Renames,
        changes: &mut Vec<Change>,
    ) {
        let key = (old.message_shape(a), new.message_shape(b));
        let remembered = self
            .messages
            .lock()
            .ok()
            .and_then(|memory| memory.get(&key).cloned());
        let locals = remembered.unwrap_or_else(|| {
            let (locals, shapes_alone) = messages::compare(old, a, new, b, renames);
            let locals = Arc::new(locals);
            if shapes_alone && let Ok(mut memory) = self.messages.lock() {
                memory.insert(key, Arc::clone(&locals));
            }
            locals
        });
        let (before, after) = (old.message(a), new.message(b));
        let carrier = Carrier::Element {
            old: Some(before.name.clone()),
            new: Some(after.name.clone()),
        };
        for local in locals.iter() {
            let element = match &local.kind {
                ChangeKind::ReservedNumbersDropped { .. }
                | ChangeKind::ReservedNameDropped { .. } => after.name.clone(),
                _ => member(
                    (&before.name, |index| {
                        before.fields.get(index as usize).map(|field| &field.name)
                    }),
                    (&after.name, |index| {
                        after.fields.get(index as usize).map(|field| &field.name)
                    }),
                    local,
                ),
            };
            changes.push(Change {
                kind: local.kind.clone(),
                element,
                old: Some(place(before.file, messages::span_in(before, local.old))),
                new: Some(place(after.file, messages::span_in(after, local.new))),
                impact: impact(local, &carrier),
            });
        }
    }

    fn services(
        &self,
        old: &Indexed,
        new: &Indexed,
        pairing: &pairing::Pairing,
        changes: &mut Vec<Change>,
    ) {
        let renames = &pairing.renames;
        for &(a, b) in &pairing.services.both {
            let (before, after) = (old.service(a), new.service(b));
            if renames.services.contains_key(&before.name) {
                changes.push(Change {
                    kind: ChangeKind::ServiceRenamed {
                        old: before.name.clone(),
                    },
                    element: after.name.clone(),
                    old: Some(place(before.file, before.name_span)),
                    new: Some(place(after.file, after.name_span)),
                    impact: calls::call(before, CallOutcome::CallRemoved, CallOutcome::NewCall),
                });
            }
            // equal shapes may still name types that changed their own name, and those are compared by structure
            if old.service_shape(a) != new.service_shape(b) {
                calls::compare((old, new), (before, after), renames, changes);
            }
        }
        for &id in &pairing.services.gone {
            let service = old.service(id);
            changes.push(Change {
                kind: ChangeKind::ServiceRemoved {
                    methods: service.methods.len(),
                },
                element: service.name.clone(),
                old: Some(place(service.file, service.name_span)),
                new: None,
                impact: calls::call(service, CallOutcome::CallRemoved, CallOutcome::Served),
            });
        }
        for &id in &pairing.services.fresh {
            let service = new.service(id);
            changes.extend(
                service
                    .methods
                    .iter()
                    .map(|method| calls::added(service, method)),
            );
        }
        for (from, to) in &renames.packages {
            let moved: Vec<(u32, u32)> = pairing
                .services
                .both
                .iter()
                .copied()
                .filter(|&(a, _)| old.file(old.service(a).file).package == *from)
                .collect();
            let Some(&(a, b)) = moved.first() else {
                continue;
            };
            let (before, after) = (old.service(a), new.service(b));
            let package = |side: &Indexed, file: FileId| place(file, side.file(file).package_span);
            changes.push(Change {
                kind: ChangeKind::PackageRenamed {
                    old: from.clone(),
                    new: to.clone(),
                    services: moved.len(),
                },
                element: to.clone(),
                old: Some(package(old, before.file)),
                new: Some(package(new, after.file)),
                impact: calls::call(before, CallOutcome::CallRemoved, CallOutcome::NewCall),
            });
        }
    }
}

fn enumeration(old: &Indexed, a: u32, new: &Indexed, b: u32, changes: &mut Vec<Change>) {
    let (before, after) = (old.enumeration(a), new.enumeration(b));
    let carrier = Carrier::Element {
        old: Some(before.name.clone()),
        new: Some(after.name.clone()),
    };
    for local in enums::compare(before, after, (old.enum_uses(a), new.enum_uses(b))) {
        let element = match &local.kind {
            ChangeKind::ReservedNumbersDropped { .. }
            | ChangeKind::ReservedNameDropped { .. }
            | ChangeKind::EnumZeroChanged { .. }
            | ChangeKind::EnumOpennessChanged { .. } => after.name.clone(),
            _ => member(
                (&before.name, |index| {
                    before.values.get(index as usize).map(|value| &value.name)
                }),
                (&after.name, |index| {
                    after.values.get(index as usize).map(|value| &value.name)
                }),
                &local,
            ),
        };
        changes.push(Change {
            element,
            old: Some(place(before.file, enums::span_in(before, local.old))),
            new: Some(place(after.file, enums::span_in(after, local.new))),
            impact: impact(&local, &carrier),
            kind: local.kind,
        });
    }
}

/// Full name of the member that a change is about: the newer side's, or the older one's where it is gone.
fn member<'a>(
    (old_name, old_member): (&Name, impl Fn(u32) -> Option<&'a Name>),
    (new_name, new_member): (&Name, impl Fn(u32) -> Option<&'a Name>),
    local: &Local,
) -> Name {
    let gone = matches!(
        local.kind,
        ChangeKind::FieldRemoved { .. } | ChangeKind::EnumValueRemoved { .. }
    );
    let index = |at| match at {
        messages::At::Name(index)
        | messages::At::Number(index)
        | messages::At::Type(index)
        | messages::At::Whole(index) => Some(index),
        messages::At::Element | messages::At::Reserved(_) | messages::At::ReservedName(_) => None,
    };
    let new = index(local.new).and_then(new_member).filter(|_| !gone);
    let old = index(local.old).and_then(old_member);
    match (new, old) {
        (Some(name), _) => format!("{new_name}.{name}").into(),
        (None, Some(name)) => format!("{old_name}.{name}").into(),
        (None, None) => new_name.clone(),
    }
}

fn impact(local: &Local, carrier: &Carrier) -> Impact {
    let worst = local
        .outcomes
        .old_to_new
        .worst()
        .max(local.outcomes.new_to_old.worst());
    if worst == Outcome::Same {
        Impact::None
    } else {
        Impact::Values {
            outcomes: local.outcomes,
            carrier: carrier.clone(),
        }
    }
}

fn place(file: FileId, span: Span) -> Place {
    Place { file, span }
}

fn moved(name: &Name, side: &Indexed, file: FileId, renames: &pairing::Renames) -> bool {
    renames.types.contains_key(name)
        && renames
            .packages
            .iter()
            .any(|(from, _)| *from == side.file(file).package)
}

/// What stands behind `protoskew: enum-ok` in a comment.
fn enum_reason(comment: &[u8]) -> Option<Name> {
    let comment = String::from_utf8_lossy(comment);
    comment.lines().find_map(|line| {
        let (_, reason) = line.split_once("protoskew: enum-ok")?;
        let reason = reason.trim().trim_end_matches("*/").trim();
        (!reason.is_empty()).then(|| Name::from(reason))
    })
}

/// The order of the kinds of change about one element: the variants' own order.
fn rank(kind: &ChangeKind) -> u8 {
    match kind {
        ChangeKind::FieldAdded { .. } => 0,
        ChangeKind::FieldRemoved { .. } => 1,
        ChangeKind::FieldRenamed { .. } => 2,
        ChangeKind::FieldRenumbered { .. } => 3,
        ChangeKind::FieldTypeChanged { .. } => 4,
        ChangeKind::FieldCardinalityChanged { .. } => 5,
        ChangeKind::FieldPresenceChanged { .. } => 6,
        ChangeKind::FieldDefaultChanged { .. } => 7,
        ChangeKind::FieldOneofChanged { .. } => 8,
        ChangeKind::FieldEncodingChanged { .. } => 9,
        ChangeKind::JsonNameChanged { .. } => 10,
        ChangeKind::ReservedNumbersDropped { .. } => 11,
        ChangeKind::ReservedNameDropped { .. } => 12,
        ChangeKind::MessageRemoved => 13,
        ChangeKind::MessageRenamed { .. } => 14,
        ChangeKind::EnumAdded { .. } => 15,
        ChangeKind::EnumRemoved => 16,
        ChangeKind::EnumValueAdded { .. } => 17,
        ChangeKind::EnumValueRemoved { .. } => 18,
        ChangeKind::EnumValueRenamed { .. } => 19,
        ChangeKind::EnumValueRenumbered { .. } => 20,
        ChangeKind::EnumZeroChanged { .. } => 21,
        ChangeKind::EnumOpennessChanged { .. } => 22,
        ChangeKind::ServiceRemoved { .. } => 23,
        ChangeKind::ServiceRenamed { .. } => 24,
        ChangeKind::PackageRenamed { .. } => 25,
        ChangeKind::MethodAdded => 26,
        ChangeKind::MethodRemoved => 27,
        ChangeKind::MethodRequestChanged { .. } => 28,
        ChangeKind::MethodResponseChanged { .. } => 29,
        ChangeKind::MethodStreamingChanged { .. } => 30,
        ChangeKind::IdempotencyChanged { .. } => 31,
    }
}
