//! Compares extensions: one is itself by the message that it extends and its number, whichever file declares it.
//!
//! A message and what extends it share their numbers, so they are compared as one message: what is said of a field's type, cardinality,
//! presence and default is said of an extension's, and a number may go from the one to the other.

use std::collections::VecDeque;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use protoskew_schema::{
    Extension, Field, FieldType, FileId, Message, Name, Options, Span, TypeRef, Visibility,
};
use protoskew_wire::runtime::Extensions;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::change::{Carrier, Change, ChangeKind, Impact, MovedTo, Place};
use crate::indexed::Indexed;
use crate::json::{self, Lens};
use crate::messages::{self, At, Comparer, Local};
use crate::outcome::{ByRuntime, Directed, Outcome, Runtime};

/// The extensions of both sides, by what they extend.
pub(crate) struct Extended<'a> {
    lens: Lens<'a>,
    json: bool,
    /// By the full name of the extended message on each side.
    sides: [FxHashMap<Name, Vec<&'a Extension>>; 2],
    /// What was found of extensions.
    found: Vec<Change>,
    /// Numbers that were renamed or moved, by the older name of the message.
    renamed: Vec<(Name, u32)>,
}

impl<'a> Extended<'a> {
    pub(crate) fn new(lens: Lens<'a>, json: bool) -> Self {
        Self {
            lens,
            json,
            sides: [lens.old, lens.new].map(by_extendee),
            found: Vec::new(),
            renamed: Vec::new(),
        }
    }

    /// Compares two messages with their extensions; `false` where they have none.
    pub(crate) fn messages(
        &mut self,
        old: &'a Message,
        new: &'a Message,
        changes: &mut Vec<Change>,
    ) -> bool {
        let names = [&old.name, &new.name];
        if !(0..2).any(|side| self.sides[side].contains_key(names[side])) {
            return false;
        }
        let found = self.pair([names[0].clone(), names[1].clone()], [Some(old), Some(new)]);
        changes.extend(found);
        true
    }

    /// What extends messages that are not compared themselves; answers with the numbers that took another name.
    pub(crate) fn rest(mut self, changes: &mut Vec<Change>) -> Vec<(Name, u32)> {
        let mut names: Vec<[Name; 2]> = Vec::new();
        for name in self.sides[0].keys() {
            let newer = self.lens.renames.types.get(name).unwrap_or(name);
            names.push([name.clone(), newer.clone()]);
        }
        let known: FxHashSet<Name> = names.iter().map(|[_, newer]| newer.clone()).collect();
        let fresh = self.sides[1].keys().filter(|name| !known.contains(*name));
        names.extend(fresh.map(|name| [name.clone(), name.clone()]));
        names.sort();
        for names in names {
            let found = self.pair(names, [None; 2]);
            changes.extend(found);
        }
        other_extendee(&mut self.found);
        changes.append(&mut self.found);
        self.renamed
    }

    /// Compares what two names mean; what is not about extensions is the answer.
    fn pair(&mut self, names: [Name; 2], messages: [Option<&'a Message>; 2]) -> Vec<Change> {
        let sides = [0, 1].map(|side| {
            let extensions = self.sides[side].remove(&names[side]).unwrap_or_default();
            Members::new(self.lens, side, &names[side], messages[side], extensions)
        });
        let mut pair = Pair {
            lens: self.lens,
            json: self.json,
            sides,
            found: Vec::new(),
        };
        pair.compare();
        let mut others = Vec::new();
        for (change, of_extension) in pair.found {
            if let ChangeKind::FieldRenamed { number, .. }
            | ChangeKind::ExtensionMoved { number, .. } = change.kind
            {
                self.renamed.push((names[0].clone(), number));
            }
            if of_extension {
                self.found.push(change);
            } else {
                others.push(change);
            }
        }
        others
    }
}

/// The extensions of one side by the full name of what they extend; of copies the first judged one.
fn by_extendee(side: &Indexed) -> FxHashMap<Name, Vec<&Extension>> {
    let mut found: FxHashMap<Name, Vec<&Extension>> = FxHashMap::default();
    let mut places: FxHashMap<(&Name, &Name, u32), usize> = FxHashMap::default();
    for extension in &side.schema().extensions {
        let (FieldType::Message(TypeRef { name, .. }) | FieldType::Unresolved(name)) =
            &extension.extendee
        else {
            continue;
        };
        let all = found.entry(name.clone()).or_default();
        match places.entry((name, &extension.name, extension.field.number)) {
            Entry::Occupied(place) => {
                let it = &mut all[*place.get()];
                if !side.judged(it.file) && side.judged(extension.file) {
                    *it = extension;
                }
            }
            Entry::Vacant(place) => {
                place.insert(all.len());
                all.push(extension);
            }
        }
    }
    found
}

/// An extension that went from one message and came to another is one that moved.
fn other_extendee(found: &mut Vec<Change>) {
    let mut added: FxHashMap<Name, VecDeque<usize>> = FxHashMap::default();
    for (at, change) in found.iter().enumerate() {
        if matches!(change.kind, ChangeKind::ExtensionAdded { .. }) {
            added
                .entry(change.element.clone())
                .or_default()
                .push_back(at);
        }
    }
    let mut told = vec![false; found.len()];
    for at in 0..found.len() {
        let ChangeKind::ExtensionRemoved { number, extendee } = &found[at].kind else {
            continue;
        };
        let came = added.get_mut(&found[at].element);
        let Some(came) = came.and_then(VecDeque::pop_front) else {
            continue;
        };
        let ChangeKind::ExtensionAdded { extendee: to, .. } = &found[came].kind else {
            continue;
        };
        found[at].kind = ChangeKind::ExtensionMoved {
            number: *number,
            old: extendee.clone(),
            new: to.clone(),
            to: MovedTo::Message,
        };
        found[at].new = found[came].new;
        told[came] = true;
    }
    let mut told = told.into_iter();
    found.retain(|_| !told.next().unwrap_or_default());
}

/// A field or an extension, as a field of the message that it is compared in.
#[derive(Clone, Copy)]
struct Standing<'a> {
    field: &'a Field,
    file: FileId,
    /// The extension's full name.
    extension: Option<&'a Name>,
    judged: bool,
}

impl Standing<'_> {
    /// An extension is called by its full name, in JSON in brackets.
    fn as_field(&self) -> Field {
        let mut field = self.field.clone();
        if let Some(name) = self.extension {
            field.name = name.clone();
            field.json_name = format!("[{name}]").into();
        }
        field
    }

    fn full_name(&self, extendee: &Name) -> Name {
        match self.extension {
            Some(name) => name.clone(),
            None => format!("{extendee}.{}", self.field.name).into(),
        }
    }
}

/// The fields of one side's message and what extends it; of a message that is not compared itself the extensions alone.
struct Members<'a> {
    name: Name,
    /// The message, where it is known.
    message: Option<&'a Message>,
    /// It is compared with what extends it.
    is_compared: bool,
    members: Vec<Standing<'a>>,
}

impl<'a> Members<'a> {
    fn new(
        lens: Lens<'a>,
        side: usize,
        name: &Name,
        message: Option<&'a Message>,
        extensions: Vec<&'a Extension>,
    ) -> Self {
        let side = [lens.old, lens.new][side];
        let mut members: Vec<Standing<'a>> = Vec::new();
        if let Some(message) = message {
            members.extend(message.fields.iter().map(|field| Standing {
                field,
                file: message.file,
                extension: None,
                judged: true,
            }));
        }
        members.extend(extensions.into_iter().map(|extension| Standing {
            field: &extension.field,
            file: extension.file,
            extension: Some(&extension.name),
            judged: side.judged(extension.file),
        }));
        let known = side.messages_named(name).first();
        Self {
            name: name.clone(),
            message: message.or(known.map(|id| side.message(*id))),
            is_compared: message.is_some(),
            members,
        }
    }
}

/// Members by their numbers.
struct Numbered<'m, 'a> {
    members: &'m [Standing<'a>],
    /// Places in the order of the numbers, those of one number as they stand.
    places: Vec<u32>,
}

impl<'m, 'a> Numbered<'m, 'a> {
    fn new(members: &'m [Standing<'a>]) -> Self {
        let mut places: Vec<u32> = (0..members.len() as u32).collect();
        places.sort_by_key(|&at| members[at as usize].field.number);
        Self { members, places }
    }

    fn places(&self, number: u32) -> impl Iterator<Item = (usize, &'m Standing<'a>)> {
        let at = |place: &u32| (*place as usize, &self.members[*place as usize]);
        let from = self
            .places
            .partition_point(|place| at(place).1.field.number < number);
        let from = self.places[from..].iter().map(at);
        from.take_while(move |(_, it)| it.field.number == number)
    }

    fn first(&self, number: u32) -> Option<(usize, &'m Standing<'a>)> {
        self.places(number).next()
    }

    fn of(&self, number: u32) -> impl Iterator<Item = &'m Standing<'a>> {
        self.places(number).map(|(_, it)| it)
    }

    fn are_several(&self, number: u32) -> bool {
        self.places(number).nth(1).is_some()
    }
}

/// Members of both sides as what changes are told of.
struct Told<'t, 'a> {
    members: [&'t [Standing<'a>]; 2],
    messages: [&'t Message; 2],
    /// Where JSON is looked at.
    fields: Option<&'t (json::Fields<'t>, json::Fields<'t>)>,
}

/// A message and what extends it, on both sides.
struct Pair<'a> {
    lens: Lens<'a>,
    json: bool,
    sides: [Members<'a>; 2],
    /// Each with whether it is about an extension.
    found: Vec<(Change, bool)>,
}

impl<'a> Pair<'a> {
    fn compare(&mut self) {
        // strangers may share a number: each that keeps its name is itself, and compared by itself
        let [old, new] = &self.sides;
        let [olds, news] = [old, new].map(|side| Numbered::new(&side.members));
        let mut alone = Vec::new();
        let mut are_alone: FxHashSet<(&Name, u32)> = FxHashSet::default();
        for before in &old.members {
            let Some(name) = before.extension else {
                continue;
            };
            let number = before.field.number;
            let mut afters = news.of(number);
            if let Some(after) = afters.find(|after| after.extension == Some(name))
                && (olds.are_several(number) || news.are_several(number))
            {
                alone.push([*before, *after]);
                are_alone.insert((name, number));
            }
        }
        let [olds, news] = [old, new].map(|side| -> Vec<Standing<'a>> {
            let is_alone = |it: &Standing<'a>| {
                it.extension
                    .is_some_and(|name| are_alone.contains(&(name, it.field.number)))
            };
            let members = side.members.iter();
            members.filter(|it| !is_alone(it)).copied().collect()
        });
        let messages = [old, new].map(|side| side.message.filter(|_| side.is_compared));
        self.members([&olds, &news], messages);
        for [before, after] in alone {
            self.members([&[before], &[after]], [None; 2]);
        }
    }

    /// Compares members as messages of their own; those of `messages` with what else these declare.
    fn members(&mut self, members: [&[Standing<'a>]; 2], messages: [Option<&Message>; 2]) {
        let told = [0, 1]
            .map(|side: usize| as_message(&self.sides[side].name, members[side], messages[side]));
        let none = |other: &Message| Message {
            fields: Vec::new(),
            ..other.clone()
        };
        let told = match told {
            [Some(old), Some(new)] => [old, new],
            [Some(old), None] => [old.clone(), none(&old)],
            [None, Some(new)] => [none(&new), new],
            [None, None] => return,
        };
        let mut compared = told.clone();
        let numbered = members.map(Numbered::new);
        self.call_the_same(members, &numbered, &mut compared);
        let mut comparer = Comparer::new((self.lens.old, self.lens.new), self.lens.renames);
        comparer.extension_files = members.map(|members| {
            let extensions = members.iter().filter(|it| it.extension.is_some());
            extensions.map(|it| (it.field.number, it.file)).collect()
        });
        let locals = comparer.message(&compared[0], &compared[1]);
        let told = [&told[0], &told[1]];
        let fields = self
            .json
            .then(|| (json::Fields::of(told[0]), json::Fields::of(told[1])));
        let told = Told {
            members,
            messages: told,
            fields: fields.as_ref(),
        };
        let mut apart: FxHashSet<u32> = FxHashSet::default();
        for local in locals {
            let pair = [local.old, local.new].map(At::index);
            let pair = [0, 1].map(|side| pair[side].and_then(|at| members[side].get(at)));
            let standing = pair.map(|it| it.map(|it| it.extension.is_some()));
            let moves = matches!(standing, [Some(a), Some(b)] if a != b);
            match &local.kind {
                // told with the move
                ChangeKind::FieldRenamed { .. } | ChangeKind::JsonNameChanged { .. } if moves => {
                    continue;
                }
                ChangeKind::FieldTypeChanged {
                    number,
                    reused: Some(_),
                    ..
                }
                | ChangeKind::FieldRemoved { number, .. }
                | ChangeKind::FieldRenumbered { old: number, .. } => {
                    apart.insert(*number);
                }
                _ => {}
            }
            self.push(&told, local);
        }
        for (at, before) in members[0].iter().enumerate() {
            let number = before.field.number;
            let Some((to, after)) = numbered[1].first(number) else {
                continue;
            };
            if before.extension.is_some() == after.extension.is_some() || apart.contains(&number) {
                continue;
            }
            let local = Local {
                kind: ChangeKind::ExtensionMoved {
                    number,
                    old: before.full_name(&self.sides[0].name),
                    new: after.full_name(&self.sides[1].name),
                    to: match after.extension {
                        Some(_) => MovedTo::Extension,
                        None => MovedTo::Field,
                    },
                },
                old: At::Whole(at as u32),
                new: At::Whole(to as u32),
                outcomes: Directed::all(Outcome::Compatible),
            };
            self.push(&told, local);
        }
    }

    /// Gives members one name where they are one in spite of two: an extension whose package or message took another name, which says so
    /// itself, and one that is on the other side a field of the same short name.
    fn call_the_same(
        &self,
        members: [&[Standing<'a>]; 2],
        numbered: &[Numbered<'_, 'a>; 2],
        compared: &mut [Message; 2],
    ) {
        let fields = members.map(|side| -> FxHashSet<&Name> {
            let fields = side.iter().filter(|it| it.extension.is_none());
            fields.map(|it| &it.field.name).collect()
        });
        for side in [0, 1] {
            for (at, it) in members[side].iter().enumerate() {
                let Some(name) = it.extension else { continue };
                let short = &it.field.name;
                let mut others = numbered[1 - side].of(it.field.number);
                let one = others.find(|other| match other.extension {
                    Some(other) => side == 0 && *other == self.newer_name(name, it),
                    None => other.field.name == *short && !fields[side].contains(short),
                });
                if let Some(one) = one {
                    compared[side].fields[at].name = one.as_field().name;
                }
            }
        }
    }

    /// The name that an extension has on the newer side, where only what it is declared in took another one.
    fn newer_name(&self, name: &Name, it: &Standing<'a>) -> Name {
        let renames = self.lens.renames;
        let scope = name.rsplit_once('.').map_or("", |(scope, _)| scope);
        if let Some(scope) = renames.types.get(scope) {
            return format!("{scope}.{}", it.field.name).into();
        }
        let package = &self.lens.old.file(it.file).package;
        match renames.package(package) {
            Some(to) => {
                let rest = name.strip_prefix(package.as_str()).unwrap_or(name);
                format!("{to}{rest}").into()
            }
            None => name.clone(),
        }
    }

    /// Whether the extension went with what it is declared in, or with what it extends: a removal is told once.
    fn went_with_another(&self, extension: &Name) -> bool {
        let scope = extension.rsplit_once('.').map_or("", |(scope, _)| scope);
        let Lens { old, new, renames } = self.lens;
        // what is only imported is still there, whoever imports it
        let went = |name: &str| {
            let ids = old.messages_named(name);
            let was_here = ids.iter().any(|id| old.judged(old.message(*id).file));
            let renamed = renames.types.get(name);
            was_here && renamed.is_none() && new.messages_named(name).is_empty()
        };
        went(scope) || went(&self.sides[0].name)
    }

    /// Ties a change to its places, and to those runtimes that know extensions.
    fn push(&mut self, told: &Told<'_, 'a>, mut local: Local) {
        let (members, messages) = (told.members, told.messages);
        let [old, new] = &self.sides;
        let at = [local.old, local.new].map(At::index);
        let member = [0, 1].map(|side| at[side].and_then(|at| members[side].get(at)));
        let is_extension = |side: usize| member[side].is_some_and(|it| it.extension.is_some());
        let of_extension = is_extension(0) || is_extension(1);
        if member.iter().flatten().any(|it| !it.judged) {
            return;
        }
        let mut gone = false;
        // the message may be somebody else's, and a number there is no field's to reserve
        if let ChangeKind::FieldRenumbered {
            old_number_reserved,
            ..
        } = &mut local.kind
        {
            *old_number_reserved |= is_extension(0);
        }
        match (&local.kind, is_extension(0), is_extension(1)) {
            (ChangeKind::FieldAdded { number, .. }, _, true) => {
                local.kind = ChangeKind::ExtensionAdded {
                    number: *number,
                    extendee: new.name.clone(),
                };
            }
            (
                ChangeKind::FieldRemoved {
                    number,
                    taken_by: None,
                    ..
                },
                true,
                _,
            ) => {
                if member[0]
                    .and_then(|it| it.extension)
                    .is_some_and(|name| self.went_with_another(name))
                {
                    return;
                }
                local.kind = ChangeKind::ExtensionRemoved {
                    number: *number,
                    extendee: old.name.clone(),
                };
            }
            (ChangeKind::FieldRemoved { .. }, ..) => gone = true,
            _ => {}
        }
        // what a number does that means another field was asked of each reader already
        if !matches!(local.kind, ChangeKind::FieldRenumbered { .. }) {
            let [sent_by_old, sent_by_new] = member.map(|it| it.is_some());
            local.outcomes = Directed {
                old_to_new: registered(local.outcomes.old_to_new, is_extension(1), sent_by_old),
                new_to_old: registered(local.outcomes.new_to_old, is_extension(0), sent_by_new),
            };
        }
        let carrier = Carrier::Element {
            old: Some(old.name.clone()),
            new: Some(new.name.clone()),
        };
        let seen = told
            .fields
            .map(|fields| json::field_change(self.lens, fields, &local, &carrier));
        let place = |side: usize, at: At| {
            let file = member[side].map(|it| it.file);
            let file = file.or(self.sides[side].message.map(|message| message.file))?;
            let span = match (member[side], self.sides[side].message) {
                (None, Some(message)) => messages::span_in(message, at),
                _ => messages::span_in(messages[side], at),
            };
            Some(Place { file, span })
        };
        let element = match (member[1].filter(|_| !gone), member[0]) {
            (Some(it), _) => it.full_name(&new.name),
            (None, Some(it)) => it.full_name(&old.name),
            (None, None) => new.name.clone(),
        };
        let comes_or_goes = matches!(
            local.kind,
            ChangeKind::ExtensionAdded { .. } | ChangeKind::ExtensionRemoved { .. }
        );
        let impact = if comes_or_goes && is_option(&new.name) {
            Impact::None
        } else {
            crate::impact(&local, &carrier)
        };
        let change = Change {
            json: seen.flatten().map(Arc::new),
            element,
            old: place(0, local.old),
            new: place(1, local.new),
            impact,
            kind: local.kind,
        };
        self.found.push((change, of_extension));
    }
}

/// What becomes of a value where the reader's is an extension: a runtime that has none is blind to what is sent.
fn registered(outcome: ByRuntime, is_extension: bool, is_sent: bool) -> ByRuntime {
    // what changes nothing in the bytes changes nothing to those who never read them
    if !is_extension || outcome.worst() == Outcome::Same {
        return outcome;
    }
    ByRuntime::each(|runtime: Runtime| match runtime.answers().extensions.is {
        Extensions::Registered => outcome.get(runtime),
        Extensions::Never if is_sent => Outcome::Blind,
        Extensions::Never => Outcome::Same,
    })
}

/// Members as a message of their own, with what else the message declares; `None` where there is neither.
fn as_message(name: &Name, members: &[Standing<'_>], message: Option<&Message>) -> Option<Message> {
    let fields: Vec<Field> = members.iter().map(Standing::as_field).collect();
    if let Some(message) = message {
        return Some(Message {
            fields,
            ..message.clone()
        });
    }
    let first = members.first()?;
    Some(Message {
        name: name.clone(),
        file: first.file,
        parent: None,
        features: first.field.features,
        fields,
        oneofs: Vec::new(),
        reserved: Vec::new(),
        reserved_names: Vec::new(),
        extension_ranges: Vec::new(),
        extension_options: Vec::new(),
        options: Options::default(),
        deprecated: false,
        visibility: Visibility::Export,
        comment: Span::default(),
        name_span: Span::default(),
        span: Span::default(),
    })
}

/// Whether what extends the message is a custom option: of those who compile the files, and in no message between programs.
fn is_option(extendee: &Name) -> bool {
    let name = extendee.strip_prefix("google.protobuf.");
    name.is_some_and(|name| name.ends_with("Options") && !name.contains('.'))
}
