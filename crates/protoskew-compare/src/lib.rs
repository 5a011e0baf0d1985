//! Compares two schemas: typed changes, and what becomes of values and calls in each direction.
//!
//! Pure: two [`protoskew_schema::Schema`] in, a [`Comparison`] out. Nothing is read, printed or judged here.

mod calls;
pub mod change;
mod contract;
mod copies;
mod defaults;
mod enums;
mod extensions;
mod fates;
mod fields;
mod files;
mod generated;
mod growth;
mod indexed;
pub mod json;
mod members;
mod messages;
mod oneofs;
pub mod outcome;
mod pairing;
mod reading;
mod reserved;
mod types;
mod values;
mod visible;
mod witness;

use std::sync::{Arc, Mutex};

use protoskew_schema::{FileId, Message, Name, Span};
use rustc_hash::FxHashMap;

pub use change::{Carrier, Change, ChangeKind, Impact, MovedTo, Place, TypeReading};
pub use copies::drifted_copies;
pub use fates::{Fate, Fates};
pub use growth::{grown, next_at_end};
pub use indexed::{Indexed, Reach, Travels, closure};
pub use json::{JsonImpact, JsonParser, UNKNOWN_NAME};
pub use outcome::{ByRuntime, CallOutcome, Directed, Outcome, Runtime, drops_unknown_fields};
pub use protoskew_wire::print::{Seen, hex};
pub use witness::{Focus, Proof, Reused, Side, smallest};

use members::Members;
use messages::Local;
use pairing::Pairing;

/// Everything that differs between an older and a newer schema.
#[derive(Debug, Default)]
pub struct Comparison {
    /// The changes, by element, then by kind, then by what each is about.
    pub changes: Vec<Change>,
    /// Types that changed their name and nothing else.
    renames: pairing::Renames,
    /// What witnesses of its changes have in common.
    shared: witness::Shared,
}

/// Compares schemas, and remembers: each distinct pair of message or enum shapes is compared once, however many releases share it.
#[derive(Debug, Default)]
pub struct Comparer {
    declared: FxHashMap<Name, Name>,
    json: bool,
    messages: Mutex<Remembered>,
    /// By the two schemas themselves, not by their digests: places differ where only comments do.
    pairs: Mutex<FxHashMap<(u64, u64), Arc<Comparison>>>,
}

/// Changes by the pair of shapes that have them.
type Remembered = FxHashMap<(u64, u64), Arc<Vec<Local>>>;

impl Comparer {
    /// A comparer that knows the renames a team declared (older full name → newer).
    pub fn new(declared: impl IntoIterator<Item = (Name, Name)>) -> Self {
        Self {
            declared: declared.into_iter().collect(),
            json: false,
            messages: Mutex::default(),
            pairs: Mutex::default(),
        }
    }

    /// Whether to look through the lens of JSON too.
    #[must_use]
    pub fn with_json(mut self, json: bool) -> Self {
        self.json = json;
        self
    }

    /// Compares two schemas, once; only what is judged on either side is looked at.
    pub fn compare(&self, old: &Indexed, new: &Indexed) -> Arc<Comparison> {
        let key = (old.serial(), new.serial());
        let remembered = self
            .pairs
            .lock()
            .ok()
            .and_then(|pairs| pairs.get(&key).cloned());
        remembered.unwrap_or_else(|| {
            let comparison = self.compare_once(old, new);
            if let Ok(mut pairs) = self.pairs.lock() {
                pairs.insert(key, Arc::clone(&comparison));
            }
            comparison
        })
    }

    /// Compares two schemas and forgets it: for thousands of pairs that are each looked at once.
    pub fn compare_once(&self, old: &Indexed, new: &Indexed) -> Arc<Comparison> {
        Arc::new(self.compare_anew(old, new))
    }

    fn compare_anew(&self, old: &Indexed, new: &Indexed) -> Comparison {
        if old.digest() == new.digest() {
            return Comparison::default();
        }
        let mut pairing = pairing::pair(old, new, &self.declared);
        let beside = || {
            let mut changes = Vec::new();
            visible::compare(old, new, &pairing, &mut changes);
            contract::compare(old, new, &pairing, &mut changes);
            changes
        };
        let declared = || self.declarations(old, new, &pairing);
        let ((mut changes, renamed), mut beside) = rayon::join(declared, beside);
        changes.append(&mut beside);
        changes.sort_by_cached_key(|change| {
            (
                change.element.clone(),
                rank(&change.kind),
                change.kind.about(),
            )
        });
        changes.dedup_by(|later, first| same_in_a_copy(first, later));
        pairing.renames.extensions.extend(renamed);
        Comparison {
            changes,
            renames: pairing.renames,
            shared: witness::Shared::default(),
        }
    }

    /// What is declared differently; and the numbers of messages at which an extension was renamed or moved.
    fn declarations(
        &self,
        old: &Indexed,
        new: &Indexed,
        pairing: &Pairing,
    ) -> (Vec<Change>, Vec<(Name, u32)>) {
        let mut changes = Vec::new();
        let renames = &pairing.renames;
        let lens = json::Lens { old, new, renames };
        let mut extended = extensions::Extended::new(lens, self.json);
        for &(a, b) in &pairing.messages.both {
            let with_extensions = extended.messages(old.message(a), new.message(b), &mut changes);
            if !with_extensions && old.message_shape(a) != new.message_shape(b) {
                self.message(old, a, new, b, renames, &mut changes);
            }
            let (before, after) = (old.message(a), new.message(b));
            let sides = (
                (old, before.file, &before.name),
                (new, after.file, &after.name),
            );
            if renamed_alone(sides.0, sides.1, before.parent, renames) {
                let (impact, json) = if old.holds_message(a) {
                    (Impact::None, None)
                } else {
                    in_any(self.json, [before, after])
                };
                changes.push(Change {
                    json,
                    kind: ChangeKind::MessageRenamed {
                        old: before.name.clone(),
                    },
                    element: after.name.clone(),
                    old: Some(place(before.file, before.name_span)),
                    new: Some(place(after.file, after.name_span)),
                    impact,
                });
            }
        }
        for &id in &pairing.messages.gone {
            let message = old.message(id);
            let parent_gone = message
                .parent
                .is_some_and(|parent| pairing.messages.gone.binary_search(&parent).is_ok());
            if !parent_gone {
                changes.push(Change {
                    json: None,
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
                enumeration((old, a), (new, b), self.json, &mut changes);
            }
            let (before, after) = (old.enumeration(a), new.enumeration(b));
            let sides = (
                (old, before.file, &before.name),
                (new, after.file, &after.name),
            );
            if renamed_alone(sides.0, sides.1, before.parent, renames) {
                changes.push(Change {
                    json: None,
                    kind: ChangeKind::EnumRenamed {
                        old: before.name.clone(),
                    },
                    element: after.name.clone(),
                    old: Some(place(before.file, before.name_span)),
                    new: Some(place(after.file, after.name_span)),
                    impact: Impact::None,
                });
            }
        }
        for &id in &pairing.enums.gone {
            let each = old.enumeration(id);
            let parent_gone = each
                .parent
                .is_some_and(|parent| pairing.messages.gone.binary_search(&parent).is_ok());
            if !parent_gone {
                changes.push(Change {
                    json: None,
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
                json: None,
                kind: ChangeKind::EnumAdded {
                    reason: comment.and_then(enum_reason),
                },
                element: each.name.clone(),
                old: None,
                new: Some(place(each.file, each.name_span)),
                impact: Impact::None,
            });
        }
        let renamed = extended.rest(&mut changes);
        self.services(old, new, pairing, &mut changes);
        packages(old, new, pairing, &mut changes);
        files::compare(old, new, pairing, &mut changes);
        (changes, renamed)
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
        let fields = self
            .json
            .then(|| (json::Fields::of(before), json::Fields::of(after)));
        for local in locals.iter() {
            let element = match (&local.kind, local.old, local.new) {
                (ChangeKind::ReservedNumbersDropped { .. }, ..)
                | (ChangeKind::ReservedNameDropped { .. }, ..)
                | (ChangeKind::ExtensionNumbersDropped { .. }, ..) => after.name.clone(),
                (ChangeKind::OneofRemoved, messages::At::Oneof(index), _) => {
                    oneof_name(before, index)
                }
                (ChangeKind::OneofRenamed { .. }, _, messages::At::Oneof(index)) => {
                    oneof_name(after, index)
                }
                _ => member(
                    (&before.name, |index| {
                        before.fields.get(index).map(|field| &field.name)
                    }),
                    (&after.name, |index| {
                        after.fields.get(index).map(|field| &field.name)
                    }),
                    local,
                ),
            };
            let seen = fields.as_ref().and_then(|fields| {
                json::field_change(json::Lens { old, new, renames }, fields, local, &carrier)
            });
            changes.push(Change {
                json: seen.map(Arc::new),
                kind: local.kind.clone(),
                element,
                old: Some(place(before.file, messages::span_in(before, local.old))),
                new: Some(place(after.file, messages::span_in(after, local.new))),
                impact: impact(local, &carrier),
            });
        }
    }

    fn services(&self, old: &Indexed, new: &Indexed, pairing: &Pairing, changes: &mut Vec<Change>) {
        let renames = &pairing.renames;
        for &(a, b) in &pairing.services.both {
            let (before, after) = (old.service(a), new.service(b));
            if renames.services.contains_key(&before.name) {
                changes.push(Change {
                    json: None,
                    kind: ChangeKind::ServiceRenamed {
                        old: before.name.clone(),
                    },
                    element: after.name.clone(),
                    old: Some(place(before.file, before.name_span)),
                    new: Some(place(after.file, after.name_span)),
                    impact: calls::call(before, CallOutcome::CallRemoved, CallOutcome::NewCall),
                });
            }
            // equal shapes may still name types that changed their own name, and those are compared by structure;
            // under another path nothing of a call is left to compare
            if before.name == after.name && old.service_shape(a) != new.service_shape(b) {
                let lens = json::Lens { old, new, renames };
                calls::compare(lens, (before, after), self.json, changes);
            }
        }
        for &id in &pairing.services.gone {
            let service = old.service(id);
            changes.push(Change {
                json: None,
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
    }
}

/// What another name does to a message that nothing holds but an `Any`: whoever reads it knows no message of the name that it gives.
fn in_any(json: bool, sides: [&Message; 2]) -> (Impact, Option<Arc<JsonImpact>>) {
    let impact = Impact::Values {
        outcomes: Directed::all(Outcome::Reject),
        carrier: Carrier::Any,
    };
    let seen = json.then(|| json::in_any(sides.map(|message| &message.name), &Carrier::Any));
    (impact, seen.flatten().map(Arc::new))
}

/// One change for each package that moved, whatever it holds.
fn packages(old: &Indexed, new: &Indexed, pairing: &Pairing, changes: &mut Vec<Change>) {
    if pairing.renames.packages.is_empty() {
        return;
    }
    let package = |side: &Indexed, file: FileId| place(file, side.file(file).package_span);
    let mut services_of: FxHashMap<&Name, Vec<(FileId, FileId, u32)>> = FxHashMap::default();
    for &(a, b) in &pairing.services.both {
        let files = (old.service(a).file, new.service(b).file);
        let services = services_of.entry(&old.file(files.0).package).or_default();
        services.push((files.0, files.1, a));
    }
    let messages = pairing.messages.both.iter();
    let messages = messages.map(|&(a, b)| (old.message(a).file, new.message(b).file));
    let enums = pairing.enums.both.iter();
    let enums = enums.map(|&(a, b)| (old.enumeration(a).file, new.enumeration(b).file));
    let mut files_of: FxHashMap<&Name, (FileId, FileId)> = FxHashMap::default();
    for files in messages.chain(enums) {
        files_of.entry(&old.file(files.0).package).or_insert(files);
    }
    for (from, to) in &pairing.renames.packages {
        let services = services_of.get(from).map_or(&[][..], Vec::as_slice);
        let files = services.first().map(|&(before, after, _)| (before, after));
        let Some((before, after)) = files.or_else(|| files_of.get(from).copied()) else {
            continue;
        };
        changes.push(Change {
            json: None,
            kind: ChangeKind::PackageRenamed {
                old: from.clone(),
                new: to.clone(),
                services: services.len(),
            },
            element: to.clone(),
            old: Some(package(old, before)),
            new: Some(package(new, after)),
            impact: match services.first() {
                Some(&(_, _, service)) => calls::call(
                    old.service(service),
                    CallOutcome::CallRemoved,
                    CallOutcome::NewCall,
                ),
                None => Impact::None,
            },
        });
    }
}

/// True where the second change is the first one again, in a copy of the file; the first then speaks for both.
fn same_in_a_copy(first: &mut Change, later: &Change) -> bool {
    if first.element != later.element {
        return false;
    }
    match (&mut first.kind, &later.kind) {
        // copies may keep the enum in other places
        (
            ChangeKind::EnumValueAdded {
                number,
                closed,
                read,
            },
            ChangeKind::EnumValueAdded {
                number: other,
                closed: other_closed,
                read: more,
            },
        ) if number == other && closed == other_closed => *read = read.or(*more),
        (mine, theirs) if mine == theirs => {}
        _ => return false,
    }
    if let (Impact::Values { outcomes, .. }, Impact::Values { outcomes: more, .. }) =
        (&mut first.impact, &later.impact)
    {
        *outcomes = outcomes.max(*more);
    }
    first.json = match (first.json.take(), later.json.clone()) {
        (Some(one), Some(other)) => Some(Arc::new(one.max(&other))),
        (one, other) => one.or(other),
    };
    true
}

fn enumeration(
    (old, a): (&Indexed, u32),
    (new, b): (&Indexed, u32),
    json: bool,
    changes: &mut Vec<Change>,
) {
    let (before, after) = (old.enumeration(a), new.enumeration(b));
    let carrier = Carrier::Element {
        old: Some(before.name.clone()),
        new: Some(after.name.clone()),
    };
    let uses = (old.enum_uses(a), new.enum_uses(b));
    let mut locals = enums::compare(before, after, uses);
    let values = json.then(|| (Members::of_enum(before), Members::of_enum(after)));
    locals.extend(values.iter().flat_map(json::aliased));
    for local in locals {
        let element = match &local.kind {
            ChangeKind::ReservedNumbersDropped { .. }
            | ChangeKind::ReservedNameDropped { .. }
            | ChangeKind::EnumZeroChanged { .. }
            | ChangeKind::EnumOpennessChanged { .. } => after.name.clone(),
            _ => member(
                (&before.name, |index| {
                    before.values.get(index).map(|value| &value.name)
                }),
                (&after.name, |index| {
                    after.values.get(index).map(|value| &value.name)
                }),
                &local,
            ),
        };
        let seen = values
            .as_ref()
            .map(|values| json::enum_change(values, uses, &local, &carrier));
        changes.push(Change {
            json: seen.flatten().map(Arc::new),
            element,
            old: Some(place(before.file, enums::span_in(before, local.old))),
            new: Some(place(after.file, enums::span_in(after, local.new))),
            impact: impact(&local, &carrier),
            kind: local.kind,
        });
    }
}

fn oneof_name(message: &Message, index: u32) -> Name {
    let oneof = message.oneofs.get(index as usize);
    oneof.map_or_else(
        || message.name.clone(),
        |oneof| format!("{}.{}", message.name, oneof.name).into(),
    )
}

/// Full name of the member that a change is about: the newer side's, or the older one's where it is gone.
fn member<'a>(
    (old_name, old_member): (&Name, impl Fn(usize) -> Option<&'a Name>),
    (new_name, new_member): (&Name, impl Fn(usize) -> Option<&'a Name>),
    local: &Local,
) -> Name {
    let gone = matches!(
        local.kind,
        ChangeKind::FieldRemoved { .. } | ChangeKind::EnumValueRemoved { .. }
    );
    let new = local.new.index().and_then(new_member).filter(|_| !gone);
    let old = local.old.index().and_then(old_member);
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

/// True where a type's own name changed, and not merely that of the message or package around it.
fn renamed_alone(
    (old, old_file, before): (&Indexed, FileId, &Name),
    (new, new_file, after): (&Indexed, FileId, &Name),
    parent: Option<u32>,
    renames: &pairing::Renames,
) -> bool {
    if before == after {
        return false;
    }
    let with_parent =
        parent.is_some_and(|parent| renames.types.contains_key(&old.message(parent).name));
    let within = |side: &Indexed, file: FileId, name: &Name| {
        let package = &side.file(file).package;
        let rest = name.strip_prefix(package.as_str()).unwrap_or(name);
        (package.clone(), Name::from(rest.trim_start_matches('.')))
    };
    let (from, old_rest) = within(old, old_file, before);
    let (to, new_rest) = within(new, new_file, after);
    let with_package = old_rest == new_rest && renames.package(&from) == Some(&to);
    !with_parent && !with_package
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
        ChangeKind::EnumRenamed { .. } => 17,
        ChangeKind::EnumValueAdded { .. } => 18,
        ChangeKind::EnumValueRemoved { .. } => 19,
        ChangeKind::EnumValueRenamed { .. } => 20,
        ChangeKind::EnumValueRenumbered { .. } => 21,
        ChangeKind::EnumZeroChanged { .. } => 22,
        ChangeKind::EnumOpennessChanged { .. } => 23,
        ChangeKind::ServiceRemoved { .. } => 24,
        ChangeKind::ServiceRenamed { .. } => 25,
        ChangeKind::PackageRenamed { .. } => 26,
        ChangeKind::MethodAdded => 27,
        ChangeKind::MethodRemoved => 28,
        ChangeKind::MethodRequestChanged { .. } => 29,
        ChangeKind::MethodResponseChanged { .. } => 30,
        ChangeKind::MethodStreamingChanged { .. } => 31,
        ChangeKind::IdempotencyChanged { .. } => 32,
        ChangeKind::EnumValueAliased { .. } => 33,
        ChangeKind::OneofRemoved => 34,
        ChangeKind::OneofRenamed { .. } => 35,
        ChangeKind::MessageSetChanged { .. } => 36,
        ChangeKind::VisibilityNarrowed => 37,
        ChangeKind::GeneratedCodeChanged { .. } => 38,
        ChangeKind::JsonFormatChanged { .. } => 50,
        ChangeKind::FileRemoved { .. } => 39,
        ChangeKind::FileMoved { .. } => 40,
        ChangeKind::FileOptionChanged { .. } => 41,
        ChangeKind::SyntaxChanged { .. } => 42,
        ChangeKind::ImportPublicRemoved { .. } => 43,
        ChangeKind::OptionChanged { .. } => 44,
        ChangeKind::CopyDrifted { .. } => 45,
        ChangeKind::ExtensionNumbersDropped { .. } => 46,
        ChangeKind::ExtensionAdded { .. } => 47,
        ChangeKind::ExtensionRemoved { .. } => 48,
        ChangeKind::ExtensionMoved { .. } => 49,
    }
}
