//! Compares two messages field by field: a field is itself by its number.

use protoskew_schema::former::is_former;
use protoskew_schema::{
    Cardinality, Field, FieldType, FileId, Message, Name, Presence, Scalar, Span,
};
use rustc_hash::FxHashMap;

use crate::change::ChangeKind;
use crate::defaults::{self, is_enum};
use crate::indexed::Indexed;
use crate::members::Members;
use crate::oneofs::{Rivals, oneof_change, oneofs, rivals};
use crate::outcome::{ByRuntime, Directed, Outcome};
use crate::pairing::Renames;
use crate::reading;
use crate::reserved::{Reserved, extension_ranges, reservations, reserved_names};
use crate::types::{TypeChange, Walk, type_text};
use crate::values;

/// A change inside a message, before it is tied to a place: spans are looked up when a pair of messages is reported,
/// so that one comparison serves every pair of the same two shapes.
#[derive(Clone, Debug)]
pub(crate) struct Local {
    pub(crate) kind: ChangeKind,
    pub(crate) old: At,
    pub(crate) new: At,
    pub(crate) outcomes: Directed,
}

/// A part of a message or enum, by index.
#[derive(Clone, Copy, Debug)]
pub(crate) enum At {
    /// Nothing on that side: the element itself is the place to show.
    Element,
    /// The member's name.
    Name(u32),
    /// The member's number.
    Number(u32),
    /// The member's type.
    Type(u32),
    /// The whole member.
    Whole(u32),
    /// A reserved range.
    Reserved(u32),
    /// A reserved name.
    ReservedName(u32),
    /// A range for extensions.
    ExtensionRange(u32),
    /// A oneof's name.
    Oneof(u32),
}

impl At {
    /// The index of the member.
    pub(crate) fn index(self) -> Option<usize> {
        match self {
            Self::Name(index) | Self::Number(index) | Self::Type(index) | Self::Whole(index) => {
                Some(index as usize)
            }
            Self::Element
            | Self::Reserved(_)
            | Self::ReservedName(_)
            | Self::ExtensionRange(_)
            | Self::Oneof(_) => None,
        }
    }
}

/// Compares two messages. The second value is true where the answer depends on the two shapes alone, so that it may be remembered.
pub(crate) fn compare(
    old_side: &Indexed,
    old_id: u32,
    new_side: &Indexed,
    new_id: u32,
    renames: &Renames,
) -> (Vec<Local>, bool) {
    let mut comparer = Comparer::new((old_side, new_side), renames);
    let changes = comparer.message(old_side.message(old_id), new_side.message(new_id));
    (changes, comparer.shapes_alone)
}

/// True where the two messages have one structure: every number with the same name, type and meaning, nested types included.
pub(crate) fn same_shape(
    old_side: &Indexed,
    old_id: u32,
    new_side: &Indexed,
    new_id: u32,
    renames: &Renames,
) -> bool {
    Comparer::new((old_side, new_side), renames).same_structure(old_id, new_id)
}

/// Two messages, with what finds their fields.
pub(crate) struct Pair<'a> {
    pub(crate) old: &'a Message,
    pub(crate) new: &'a Message,
    pub(crate) olds: Members<'a, Field>,
    pub(crate) news: Members<'a, Field>,
    /// What the newer side reserves.
    pub(crate) reserved: Reserved<'a>,
    /// Members of the newer side's oneofs that an older writer may set together.
    pub(crate) lost_by_new: Rivals,
    /// The same the other way.
    pub(crate) lost_by_old: Rivals,
}

impl<'a> Pair<'a> {
    fn new(old: &'a Message, new: &'a Message) -> Self {
        let (olds, news) = (Members::of(old), Members::of(new));
        Self {
            lost_by_new: rivals(new, &olds),
            lost_by_old: rivals(old, &news),
            reserved: Reserved::new(&new.reserved, &new.reserved_names),
            old,
            new,
            olds,
            news,
        }
    }
}

/// Compares messages of one pair of schemas.
pub(crate) struct Comparer<'a> {
    pub(crate) sides: (&'a Indexed, &'a Indexed),
    pub(crate) renames: &'a Renames,
    /// Messages of other names that are yet to be compared.
    pub(crate) walk: Option<Walk>,
    /// What was found of messages of other names.
    pub(crate) nested: FxHashMap<(u32, u32), Directed>,
    /// Whether the answer so far depends on the two shapes alone.
    pub(crate) shapes_alone: bool,
    /// The files of extensions that are compared as fields of a message, by number, on each side.
    pub(crate) extension_files: [FxHashMap<u32, FileId>; 2],
}

impl<'a> Comparer<'a> {
    pub(crate) fn new(sides: (&'a Indexed, &'a Indexed), renames: &'a Renames) -> Self {
        Self {
            sides,
            renames,
            walk: None,
            nested: FxHashMap::default(),
            shapes_alone: true,
            extension_files: Default::default(),
        }
    }

    pub(crate) fn message(&mut self, old: &Message, new: &Message) -> Vec<Local> {
        let mut changes = Vec::new();
        let pair = Pair::new(old, new);
        for (index, before) in old.fields.iter().enumerate() {
            let index = index as u32;
            match pair.news.numbered(before.number) {
                Some((at, after)) if before.name == after.name => {
                    let change = self.field_values((old, before), (new, after));
                    let members = ((index, before), (at, after));
                    self.field(&pair, members.0, members.1, (change, None), &mut changes);
                }
                Some((at, after)) => {
                    self.other_name(&pair, (index, before), (at, after), &mut changes);
                }
                None => self.removed(&pair, (index, before), None, &mut changes),
            }
        }
        for (index, after) in new.fields.iter().enumerate() {
            let known = pair.olds.numbered(after.number).is_some()
                || (pair.olds.named(&after.name))
                    .is_some_and(|(_, before)| !self.was_set_aside(&pair, before));
            if !known {
                added(&pair, (index as u32, after), &mut changes);
            }
        }
        reservations((&old.reserved, &new.reserved), &mut changes);
        reserved_names(&old.reserved_names, &new.reserved_names, &mut changes);
        extension_ranges(old, new, &mut changes);
        oneofs(&pair, &mut changes);
        changes
    }

    /// The same number under another name: a rename, a re-use, or a shuffle.
    fn other_name(
        &mut self,
        pair: &Pair<'_>,
        (index, before): (u32, &Field),
        (at, after): (u32, &Field),
        changes: &mut Vec<Local>,
    ) {
        let namesake = self.set_aside(pair, before, after);
        let moved_away = pair.news.named(&before.name).is_some();
        let came_from = pair.olds.named(&after.name).is_some();
        if (moved_away || came_from) && namesake.is_none() {
            self.removed(pair, (index, before), Some((at, after)), changes);
            return;
        }
        let change = self.field_values((pair.old, before), (pair.new, after));
        let alike =
            |change: &TypeChange| change.same_group() && before.cardinality == after.cardinality;
        if change.as_ref().is_none_or(alike) {
            changes.push(Local {
                kind: ChangeKind::FieldRenamed {
                    number: before.number,
                    old: before.name.clone(),
                    new: after.name.clone(),
                    json_name_kept: before.json_name == after.json_name,
                    namesake,
                },
                old: At::Name(index),
                new: At::Name(at),
                outcomes: Directed::all(Outcome::Same),
            });
            self.field(pair, (index, before), (at, after), (change, None), changes);
        } else {
            self.field(
                pair,
                (index, before),
                (at, after),
                (change, Some(&before.name)),
                changes,
            );
        }
    }

    /// Where a field was set aside for its successor, the number of that one: the field has its number and type, and a name that says so
    /// (`deprecated_priority`), and what bears the plain name is a field that one side alone has. The same the other way, for who
    /// goes back. It is no re-use then: no number that both sides know means something else to them.
    fn set_aside(&mut self, pair: &Pair<'_>, before: &Field, after: &Field) -> Option<u32> {
        let successor = if is_former(&after.name, &before.name) {
            let (_, successor) = pair.news.named(&before.name)?;
            let fresh = pair.olds.numbered(successor.number).is_none();
            (fresh && pair.olds.named(&after.name).is_none()).then_some(successor)
        } else if is_former(&before.name, &after.name) {
            let (_, successor) = pair.olds.named(&after.name)?;
            let fresh = pair.news.numbered(successor.number).is_none();
            (fresh && pair.news.named(&before.name).is_none()).then_some(successor)
        } else {
            None
        }?;
        let same_type = self
            .field_values((pair.old, before), (pair.new, after))
            .is_none();
        (same_type && before.cardinality == after.cardinality).then_some(successor.number)
    }

    /// Whether what has this field's number on the other side is the same field, set aside for another that has its name.
    fn was_set_aside(&mut self, pair: &Pair<'_>, before: &Field) -> bool {
        pair.news.numbered(before.number).is_some_and(|(_, after)| {
            after.name != before.name && self.set_aside(pair, before, after).is_some()
        })
    }

    /// Everything about a field that is the same one on both sides. `type_change`: what its types do; `reused`: its old name, where the number
    /// means another field now.
    fn field(
        &mut self,
        pair: &Pair<'_>,
        (index, before): (u32, &Field),
        (at, after): (u32, &Field),
        (type_change, reused): (Option<TypeChange>, Option<&Name>),
        changes: &mut Vec<Local>,
    ) {
        let mut push = |kind, old, new, outcomes| {
            changes.push(Local {
                kind,
                old,
                new,
                outcomes,
            });
        };
        let type_changed = type_change.is_some();
        let same_group = type_change.as_ref().is_none_or(TypeChange::same_group);
        let has_default = type_change
            .as_ref()
            .is_none_or(|change| change.why.compares_defaults());
        if let Some(change) = type_change {
            let (old_text, new_text) = (type_text(before), type_text(after));
            let outcomes = match reused {
                None => change.outcomes,
                Some(_) => self.other_meaning((pair.old, before), (pair.new, after)),
            };
            let kind = if change.only_cardinality && reused.is_none() {
                ChangeKind::FieldCardinalityChanged {
                    old: old_text,
                    new: new_text,
                }
            } else {
                ChangeKind::FieldTypeChanged {
                    number: before.number,
                    old: old_text,
                    new: new_text,
                    reused: reused.cloned(),
                    reading: change.why,
                }
            };
            push(kind, At::Type(index), At::Type(at), outcomes);
        }
        for (kind, outcomes) in encodings(before, after, type_changed) {
            push(kind, At::Whole(index), At::Whole(at), outcomes);
        }
        if let Some((kind, outcomes)) = presence(before, after, same_group) {
            push(kind, At::Whole(index), At::Whole(at), outcomes);
        }
        if reused.is_some() {
            return;
        }
        let enums = is_enum(before) || is_enum(after);
        if has_default && enums && defaults::are_compared(before, after) {
            self.shapes_alone = false;
        }
        if has_default && let Some(kind) = defaults::change(self.sides, before, after) {
            // what is required is always sent, and what is refused when absent reads as nothing
            let read = |writer: &Field, reader: &Field| {
                if writer.presence == Presence::Required {
                    ByRuntime::all(Outcome::Compatible)
                } else if reader.presence == Presence::Required {
                    ByRuntime::each(|runtime| match reading::missing().get(runtime) {
                        Outcome::Reject => Outcome::Reject,
                        _ => Outcome::Misread,
                    })
                } else {
                    ByRuntime::all(Outcome::Misread)
                }
            };
            let outcomes = Directed {
                old_to_new: read(before, after),
                new_to_old: read(after, before),
            };
            push(kind, At::Whole(index), At::Whole(at), outcomes);
        }
        if before.json_name != after.json_name && before.name == after.name {
            push(
                ChangeKind::JsonNameChanged {
                    old: before.json_name.clone(),
                    new: after.json_name.clone(),
                },
                At::Whole(index),
                At::Whole(at),
                Directed::all(Outcome::Same),
            );
        }
        if let Some((kind, outcomes)) = oneof_change(pair, before, after) {
            push(kind, At::Name(index), At::Name(at), outcomes);
        }
    }

    /// A field is gone; where its name lives on at another number, it was renumbered.
    fn removed(
        &mut self,
        pair: &Pair<'_>,
        (index, before): (u32, &Field),
        taken_by: Option<(u32, &Field)>,
        changes: &mut Vec<Local>,
    ) {
        let number_reserved = pair.reserved.has_number(before.number as i32);
        let namesake = pair.news.named(&before.name).filter(|(_, after)| {
            let was = pair.olds.numbered(after.number);
            !was.is_some_and(|(_, was)| self.was_set_aside(pair, was))
        });
        if let Some((at, after)) = namesake {
            let was = pair.olds.numbered(after.number);
            // what the old number is to newer readers, and the new one to older readers
            let lost = |it: &Self, side: usize, number: u32| {
                let blind = ByRuntime::all(Outcome::Blind);
                it.read_by(side, number, ByRuntime::all(Outcome::Lossy), blind)
            };
            let lost = [lost(self, 0, before.number), lost(self, 1, after.number)];
            let mine = (pair.old, before);
            let at_old = taken_by.map(|(_, other)| self.other_meaning(mine, (pair.new, other)));
            let at_new =
                was.map(|(_, other)| self.other_meaning((pair.old, other), (pair.new, after)));
            let old_to_new = at_old.map_or(lost[1], |it| {
                self.read_by(1, before.number, it.old_to_new, lost[1])
            });
            // the newer side sends another field under the old number, too
            let new_to_old = at_new.map_or(lost[0], |it| {
                self.read_by(0, after.number, it.new_to_old, lost[0])
            });
            let new_to_old = at_old.map_or(new_to_old, |it| it.new_to_old.max(new_to_old));
            // what the newer side always sends and the older one always refuses leaves nothing to be read
            let sent = [
                (taken_by.map(|(_, field)| field), at_old),
                (Some(after), at_new),
            ];
            let new_to_old = sent.into_iter().fold(new_to_old, |outcome, (field, read)| {
                let always = field.is_some_and(|field| field.presence == Presence::Required);
                let Some(read) = read.filter(|_| always) else {
                    return outcome;
                };
                ByRuntime::each(|runtime| match read.new_to_old.get(runtime) {
                    Outcome::Reject => Outcome::Reject,
                    _ => outcome.get(runtime),
                })
            });
            // a number that the writer does not have is always missing, and one that it has may be
            let missing = |reader: &Field,
                           sent: Option<(u32, &Field)>,
                           read: Option<ByRuntime>,
                           outcome: ByRuntime| {
                let always = |(_, field): (u32, &Field)| field.presence == Presence::Required;
                if reader.presence != Presence::Required || sent.is_some_and(always) {
                    return outcome;
                }
                let missing = reading::missing();
                ByRuntime::each(|runtime| {
                    match (missing.get(runtime), read.map(|it| it.get(runtime))) {
                        // refused without it and with it: nobody sees what else is read
                        (Outcome::Reject, None | Some(Outcome::Reject)) => Outcome::Reject,
                        (missing, Some(_)) => missing.max(outcome.get(runtime)),
                        _ => outcome.get(runtime),
                    }
                })
            };
            let outcomes = Directed {
                old_to_new: missing(after, was, at_new.map(|it| it.old_to_new), old_to_new),
                new_to_old: missing(before, taken_by, at_old.map(|it| it.new_to_old), new_to_old),
            };
            changes.push(Local {
                kind: ChangeKind::FieldRenumbered {
                    old: before.number,
                    new: after.number,
                    old_number_now: taken_by.map(|(_, field)| field.name.clone()),
                    new_number_was: was.map(|(_, field)| field.name.clone()),
                    old_number_reserved: number_reserved,
                },
                old: At::Number(index),
                new: At::Number(at),
                outcomes,
            });
            return;
        }
        let required = before.presence == Presence::Required;
        let outcomes = if let Some((_, other)) = taken_by {
            self.other_meaning((pair.old, before), (pair.new, other))
        } else {
            Directed {
                old_to_new: ByRuntime::all(Outcome::Blind),
                new_to_old: if required {
                    ByRuntime::all(Outcome::Withdrawn).max(reading::missing())
                } else {
                    ByRuntime::all(Outcome::Withdrawn)
                },
            }
        };
        changes.push(Local {
            kind: ChangeKind::FieldRemoved {
                number: before.number,
                number_reserved,
                name_reserved: pair.reserved.has_name(&before.name),
                required,
                taken_by: taken_by.map(|(_, field)| field.name.clone()),
            },
            old: At::Whole(index),
            new: taken_by.map_or(At::Element, |(at, _)| At::Whole(at)),
            outcomes,
        });
    }
}

/// Another way to write the same type. Where the type changed too, that says it all but for the check of a text.
fn encodings(before: &Field, after: &Field, type_changed: bool) -> Vec<(ChangeKind, Directed)> {
    let mut found = Vec::new();
    let mut push = |what, [old, new]: [&'static str; 2], outcomes| {
        found.push((
            ChangeKind::FieldEncodingChanged { what, old, new },
            outcomes,
        ));
    };
    let both = [before, after];
    if before.delimited != after.delimited && !type_changed {
        let words = both.map(|field| {
            if field.delimited {
                "delimited"
            } else {
                "length-prefixed"
            }
        });
        let read_by = |reader: &Field| {
            values::wire_types_differ(reader.presence == Presence::Required).outcome
        };
        let outcomes = Directed {
            old_to_new: read_by(after),
            new_to_old: read_by(before),
        };
        push("message encoding", words, outcomes);
    }
    let lists = both
        .iter()
        .all(|field| field.cardinality == Cardinality::Repeated);
    if before.packed != after.packed && lists && !type_changed {
        let words = both.map(|field| if field.packed { "packed" } else { "expanded" });
        push("list encoding", words, Directed::all(Outcome::Compatible));
    }
    let texts = both
        .iter()
        .all(|field| field.ty == FieldType::Scalar(Scalar::String));
    if before.utf8 != after.utf8 && texts {
        let words = both.map(|field| {
            if field.utf8 {
                "verified"
            } else {
                "not verified"
            }
        });
        let read_by = |reader: &Field| {
            if reader.utf8 {
                values::bytes_as_string(true, false)
            } else {
                ByRuntime::all(Outcome::Compatible)
            }
        };
        let outcomes = Directed {
            old_to_new: read_by(after),
            new_to_old: read_by(before),
        };
        push("UTF-8 validation", words, outcomes);
    }
    found
}

fn added(pair: &Pair<'_>, (index, after): (u32, &Field), changes: &mut Vec<Local>) {
    let joined_oneof = after.oneof.and_then(|oneof| {
        let known = pair.lost_by_new.get(oneof as usize);
        let had_members = known.is_some_and(|known| known.iter().any(|(_, was)| was.is_some()));
        had_members.then(|| pair.new.oneofs[oneof as usize].name.clone())
    });
    let required = after.presence == Presence::Required;
    changes.push(Local {
        kind: ChangeKind::FieldAdded {
            number: after.number,
            presence: after.presence,
            joined_oneof,
            ambiguous: match &after.ty {
                FieldType::Scalar(scalar)
                    if after.presence == Presence::Implicit
                        && after.cardinality == Cardinality::Singular =>
                {
                    Some(*scalar)
                }
                _ => None,
            },
        },
        old: At::Element,
        new: At::Whole(index),
        outcomes: Directed {
            old_to_new: if required {
                ByRuntime::all(Outcome::Absent).max(reading::missing())
            } else {
                ByRuntime::all(Outcome::Absent)
            },
            new_to_old: ByRuntime::all(Outcome::Blind),
        },
    });
}

/// Whether absence can be told, or is refused. A type of another group, or a list, says nothing of a mere presence; `required` always counts.
fn presence(before: &Field, after: &Field, same_group: bool) -> Option<(ChangeKind, Directed)> {
    let required = |field: &Field| field.presence == Presence::Required;
    let single_value = |field: &Field| {
        field.cardinality == Cardinality::Singular
            && matches!(field.ty, FieldType::Scalar(_) | FieldType::Enum(_))
    };
    let comparable = same_group && single_value(before) && single_value(after);
    if before.presence == after.presence || !(comparable || required(before) || required(after)) {
        return None;
    }
    let missing = |writer: &Field, reader: &Field| {
        if required(reader) && !required(writer) {
            reading::missing()
        } else {
            ByRuntime::all(Outcome::Compatible)
        }
    };
    let kind = ChangeKind::FieldPresenceChanged {
        old: before.presence,
        new: after.presence,
    };
    let outcomes = Directed {
        old_to_new: missing(before, after),
        new_to_old: missing(after, before),
    };
    Some((kind, outcomes))
}

/// The span of a part of a message.
pub(crate) fn span_in(message: &Message, at: At) -> Span {
    let field = |index: u32| message.fields.get(index as usize);
    match at {
        At::Element => message.name_span,
        At::Name(index) => field(index).map_or(message.name_span, |f| f.name_span),
        At::Number(index) => field(index).map_or(message.name_span, |f| f.number_span),
        At::Type(index) => field(index).map_or(message.name_span, |f| f.type_span),
        At::Whole(index) => field(index).map_or(message.name_span, |f| f.span),
        At::Reserved(index) => message
            .reserved
            .get(index as usize)
            .map_or(message.name_span, |r| r.span),
        At::ReservedName(index) => message
            .reserved_names
            .get(index as usize)
            .map_or(message.name_span, |r| r.span),
        At::ExtensionRange(index) => message
            .extension_ranges
            .get(index as usize)
            .map_or(message.name_span, |range| range.span),
        At::Oneof(index) => message
            .oneofs
            .get(index as usize)
            .map_or(message.name_span, |oneof| oneof.name_span),
    }
}
