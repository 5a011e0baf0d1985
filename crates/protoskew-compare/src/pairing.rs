//! Which element of the older schema is which of the newer one: by full name, and by renames that are plain to see.

use std::collections::{BTreeSet, VecDeque};

use protoskew_schema::package::are_versions_of_one;
use protoskew_schema::{FieldType, File, FileId, Message, Name};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::indexed::Indexed;
use crate::members::{Members, Methods};
use crate::messages::same_shape;

/// The pairs that exist on both sides, and what exists on one side only. Ids of judged elements, in schema order.
#[derive(Debug, Default)]
pub(crate) struct Pairing {
    pub(crate) messages: Sides,
    pub(crate) enums: Sides,
    pub(crate) services: Sides,
    pub(crate) renames: Renames,
}

/// One kind of element.
#[derive(Debug, Default)]
pub(crate) struct Sides {
    /// (older, newer).
    pub(crate) both: Vec<(u32, u32)>,
    /// On the older side only.
    pub(crate) gone: Vec<u32>,
    /// On the newer side only.
    pub(crate) fresh: Vec<u32>,
}

/// Types, services and packages that changed their name and nothing else.
#[derive(Debug, Default)]
pub(crate) struct Renames {
    /// Older full name → newer full name, of messages and enums.
    pub(crate) types: FxHashMap<Name, Name>,
    /// Older package → newer package, in order.
    pub(crate) packages: Vec<(Name, Name)>,
    /// Older service → newer service, in the same package.
    pub(crate) services: FxHashMap<Name, Name>,
    /// Numbers of messages (by older full name) at which an extension was renamed, or is on one side only what a field is on the other.
    pub(crate) extensions: FxHashSet<(Name, u32)>,
}

impl Renames {
    /// The newer name of a package that moved.
    pub(crate) fn package(&self, older: &Name) -> Option<&Name> {
        let at = self.packages.binary_search_by(|(from, _)| from.cmp(older));
        Some(&self.packages[at.ok()?].1)
    }
}

/// What pairing asks of one kind of element.
struct Kind<'a> {
    count: [usize; 2],
    name: &'a dyn Fn(usize, u32) -> &'a Name,
    file: &'a dyn Fn(usize, u32) -> FileId,
    named: &'a dyn Fn(usize, &str) -> &'a [u32],
}

/// Pairs two schemas. `declared` are renames that the team wrote down (older full name → newer).
pub(crate) fn pair(old: &Indexed, new: &Indexed, declared: &FxHashMap<Name, Name>) -> Pairing {
    let sides = [old, new];
    let mut pairing = Pairing {
        messages: by_name(
            sides,
            &Kind {
                count: [old.schema().messages.len(), new.schema().messages.len()],
                name: &|side, id| &sides[side].message(id).name,
                file: &|side, id| sides[side].message(id).file,
                named: &|side, name| sides[side].messages_named(name),
            },
        ),
        enums: by_name(
            sides,
            &Kind {
                count: [old.schema().enums.len(), new.schema().enums.len()],
                name: &|side, id| &sides[side].enumeration(id).name,
                file: &|side, id| sides[side].enumeration(id).file,
                named: &|side, name| sides[side].enums_named(name),
            },
        ),
        services: by_name(
            sides,
            &Kind {
                count: [old.schema().services.len(), new.schema().services.len()],
                name: &|side, id| &sides[side].service(id).name,
                file: &|side, id| sides[side].service(id).file,
                named: &|side, name| sides[side].services_named(name),
            },
        ),
        renames: Renames {
            types: declared.clone(),
            ..Renames::default()
        },
    };
    find_packages(old, new, declared, &mut pairing);
    find_services(old, new, &mut pairing);
    find_types(old, new, &mut pairing);
    pairing
}

/// Pairs by full name; where a name stands in several files of one side, the same path first.
fn by_name(sides: [&Indexed; 2], kind: &Kind<'_>) -> Sides {
    let path = |side: usize, id: u32| &sides[side].file((kind.file)(side, id)).path;
    let judged = |side: usize, id: u32| sides[side].judged((kind.file)(side, id));
    let mut result = Sides::default();
    for old_id in 0..kind.count[0] as u32 {
        if !judged(0, old_id) {
            continue;
        }
        let name = (kind.name)(0, old_id);
        let olds = (kind.named)(0, name);
        let all_new = (kind.named)(1, name);
        if let ([_], [new]) = (olds, all_new) {
            // nearly all: nothing else has the name
            if judged(1, *new) {
                result.both.push((old_id, *new));
            }
            continue;
        }
        let mut olds = olds.iter().copied().filter(|&id| judged(0, id));
        if olds.next() != Some(old_id) {
            // the first of a name is paired with all others of it
            continue;
        }
        let news = all_new.iter().copied().filter(|&id| judged(1, id));
        let mut news: Vec<u32> = news.collect();
        let mut left = Vec::new();
        for old in std::iter::once(old_id).chain(olds) {
            match news.iter().position(|&new| path(1, new) == path(0, old)) {
                Some(found) => result.both.push((old, news.remove(found))),
                None => left.push(old),
            }
        }
        for old in left {
            if !news.is_empty() {
                // the file moved
                result.both.push((old, news.remove(0)));
            } else if all_new.is_empty() {
                result.gone.push(old);
            }
            // otherwise it is still there, as a copy or as a vendored file
        }
    }
    result.both.sort_unstable();
    result.gone.sort_unstable();
    for new_id in 0..kind.count[1] as u32 {
        if judged(1, new_id) && (kind.named)(0, (kind.name)(1, new_id)).is_empty() {
            result.fresh.push(new_id);
        }
    }
    result
}

/// The packages of all files.
fn packages(side: &Indexed) -> FxHashSet<&Name> {
    let files = side.schema().files.iter();
    files.map(|file| &file.package).collect()
}

/// What is gone from each package.
type ByPackage<'a> = FxHashMap<&'a Name, Gone>;

/// What is gone from one package.
#[derive(Default)]
struct Gone {
    messages: Vec<u32>,
    enums: Vec<u32>,
    has_services: bool,
}

/// A package moved where it is gone, a new one stands, and most of what the old one declared is there under the same relative names.
fn find_packages(
    old: &Indexed,
    new: &Indexed,
    declared: &FxHashMap<Name, Name>,
    pairing: &mut Pairing,
) {
    let (before, after) = (packages(old), packages(new));
    // of several versions that stand side by side, none is the other's successor: one was retired, another one begun
    let one_of_several = |from: &Name, to: &Name| {
        let versions = |side: &FxHashSet<&Name>, of: &Name| {
            let of_one = |each: &&&Name| **each == of || are_versions_of_one(each, of);
            side.iter().filter(of_one).count()
        };
        are_versions_of_one(from, to) && versions(&before, from).max(versions(&after, to)) > 1
    };
    let relative = |side: &Indexed, file: FileId, name: &Name| -> (Name, Name) {
        let package = side.file(file).package.clone();
        let rest = name.strip_prefix(package.as_str()).unwrap_or(name);
        let rest = Name::from(rest.trim_start_matches('.'));
        (package, rest)
    };
    let mut fresh: FxHashMap<Name, Vec<Name>> = FxHashMap::default();
    // nothing moves into a package that stood before
    let mut note_fresh = |file: FileId, name: &Name| {
        if !before.contains(&new.file(file).package) {
            let (package, rest) = relative(new, file, name);
            fresh.entry(rest).or_default().push(package);
        }
    };
    for &id in &pairing.messages.fresh {
        let message = new.message(id);
        note_fresh(message.file, &message.name);
    }
    for &id in &pairing.enums.fresh {
        let each = new.enumeration(id);
        note_fresh(each.file, &each.name);
    }
    for &id in &pairing.services.fresh {
        let service = new.service(id);
        note_fresh(service.file, &service.name);
    }
    // (older, newer) → how many elements went that way; and how many left each older package
    let mut moved: FxHashMap<(Name, Name), usize> = FxHashMap::default();
    let mut left: FxHashMap<Name, usize> = FxHashMap::default();
    let gone = pairing
        .messages
        .gone
        .iter()
        .map(|&id| (old.message(id).file, &old.message(id).name))
        .chain(
            pairing
                .enums
                .gone
                .iter()
                .map(|&id| (old.enumeration(id).file, &old.enumeration(id).name)),
        )
        .chain(
            pairing
                .services
                .gone
                .iter()
                .map(|&id| (old.service(id).file, &old.service(id).name)),
        );
    for (file, name) in gone {
        if after.contains(&old.file(file).package) {
            continue;
        }
        let (package, rest) = relative(old, file, name);
        *left.entry(package.clone()).or_default() += 1;
        for target in fresh.get(&rest).into_iter().flatten() {
            *moved.entry((package.clone(), target.clone())).or_default() += 1;
        }
    }
    let mut found: Vec<((Name, Name), usize)> = moved
        .into_iter()
        .filter(|((from, _), count)| count * 2 > left[from])
        .collect();
    found.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    let (mut gone, none) = (ByPackage::default(), Gone::default());
    if !found.is_empty() {
        let package = |file: FileId| &old.file(file).package;
        for &id in &pairing.messages.gone {
            let of = gone.entry(package(old.message(id).file)).or_default();
            of.messages.push(id);
        }
        for &id in &pairing.enums.gone {
            let of = gone.entry(package(old.enumeration(id).file)).or_default();
            of.enums.push(id);
        }
        for &id in &pairing.services.gone {
            let of = gone.entry(package(old.service(id).file)).or_default();
            of.has_services = true;
        }
    }
    let mut taken: FxHashSet<Name> = FxHashSet::default();
    for ((from, to), _) in found {
        if taken.contains(&from) || taken.contains(&to) || one_of_several(&from, &to) {
            continue;
        }
        taken.insert(from.clone());
        taken.insert(to.clone());
        let target = |name: &Name| -> Name {
            let rest = name.strip_prefix(from.as_str()).unwrap_or(name);
            let rest = rest.trim_start_matches('.');
            if to.is_empty() {
                rest.into()
            } else {
                format!("{to}.{rest}").into()
            }
        };
        let gone = gone.get(&&from).unwrap_or(&none);
        let mut messages = Vec::new();
        for &id in &gone.messages {
            let message = old.message(id);
            let renamed = target(&message.name);
            if !declared.contains_key(&message.name)
                && let Some(&moved) = new.messages_named(&renamed).first()
            {
                pairing.renames.types.insert(message.name.clone(), renamed);
                messages.push((id, moved));
            }
        }
        let another_version = are_versions_of_one(&from, &to);
        for &id in &gone.enums {
            let each = old.enumeration(id);
            let renamed = target(&each.name);
            if !declared.contains_key(&each.name)
                && let Some(&moved) = new.enums_named(&renamed).first()
                && (!another_version || same_values(old, id, new, moved))
            {
                pairing.renames.types.insert(each.name.clone(), renamed);
            }
        }
        if another_version
            && !keep_the_same(old, new, messages, &mut pairing.renames)
            && !gone.has_services
        {
            // no paths that moved, and not the same messages: one package went, another one came
            pairing.renames.types.retain(|name, _| {
                let rest = name.strip_prefix(from.as_str());
                declared.contains_key(name) || !rest.is_some_and(|rest| rest.starts_with('.'))
            });
            continue;
        }
        pairing.renames.packages.push((from, to));
    }
    pairing.renames.packages.sort();
    apply_renames(old, new, pairing);
}

/// Another version of an API may say what it likes: only messages that are as they were are the same ones.
/// Whether all of them are.
fn keep_the_same(
    old: &Indexed,
    new: &Indexed,
    mut pairs: Vec<(u32, u32)>,
    renames: &mut Renames,
) -> bool {
    let all = pairs.len();
    // what refers to a message that is not the same is not the same either
    loop {
        let (same, others): (Vec<_>, Vec<_>) = pairs
            .into_iter()
            .partition(|&(before, after)| same_shape(old, before, new, after, renames));
        if others.is_empty() {
            return same.len() == all;
        }
        for (before, _) in others {
            renames.types.remove(&old.message(before).name);
        }
        pairs = same;
    }
}

/// A type was renamed where its old name is gone, a new one is referenced at the same number, and the two have one shape.
fn find_types(old: &Indexed, new: &Indexed, pairing: &mut Pairing) {
    if pairing.messages.gone.is_empty() && pairing.enums.gone.is_empty() {
        return;
    }
    let gone: FxHashSet<Name> = pairing
        .messages
        .gone
        .iter()
        .map(|&id| old.message(id).name.clone())
        .chain(
            pairing
                .enums
                .gone
                .iter()
                .map(|&id| old.enumeration(id).name.clone()),
        )
        .collect();
    let fresh: FxHashSet<Name> = pairing
        .messages
        .fresh
        .iter()
        .map(|&id| new.message(id).name.clone())
        .chain(
            pairing
                .enums
                .fresh
                .iter()
                .map(|&id| new.enumeration(id).name.clone()),
        )
        .collect();
    let mut candidates: Vec<(FieldType, FieldType)> = Vec::new();
    for &(a, b) in &pairing.messages.both {
        if old.message_shape(a) != new.message_shape(b) {
            references(old.message(a), new.message(b), &mut candidates);
        }
    }
    for &(a, b) in &pairing.services.both {
        let news = Methods::of(new.service(b));
        for before in &old.service(a).methods {
            if let Some(after) = news.named(&before.name) {
                candidates.push((before.request.clone(), after.request.clone()));
                candidates.push((before.response.clone(), after.response.clone()));
            }
        }
    }
    // a renamed message may refer to further renamed ones: the list grows while it is read
    let mut tried: FxHashSet<(u32, u32)> = FxHashSet::default();
    let mut next = 0;
    while next < candidates.len() {
        let (before, after) = candidates[next].clone();
        next += 1;
        match (before, after) {
            (FieldType::Message(a), FieldType::Message(b))
                if gone.contains(&a.name)
                    && fresh.contains(&b.name)
                    && !pairing.renames.types.contains_key(&a.name)
                    && tried.insert((a.id, b.id))
                    && same_shape(old, a.id, new, b.id, &pairing.renames) =>
            {
                references(old.message(a.id), new.message(b.id), &mut candidates);
                pairing.renames.types.insert(a.name, b.name);
            }
            (FieldType::Enum(a), FieldType::Enum(b))
                if gone.contains(&a.name)
                    && fresh.contains(&b.name)
                    && same_values(old, a.id, new, b.id) =>
            {
                pairing.renames.types.insert(a.name, b.name);
            }
            _ => {}
        }
    }
    // what is nested in a renamed message went with it
    for &id in &pairing.messages.gone {
        let message = old.message(id);
        if let Some(renamed) = nested_rename(old, message.parent, &message.name, &pairing.renames)
            && new
                .messages_named(&renamed)
                .iter()
                .any(|&to| same_shape(old, id, new, to, &pairing.renames))
        {
            pairing.renames.types.insert(message.name.clone(), renamed);
        }
    }
    for &id in &pairing.enums.gone {
        let each = old.enumeration(id);
        if let Some(renamed) = nested_rename(old, each.parent, &each.name, &pairing.renames)
            && let Some(&to) = new.enums_named(&renamed).first()
            && (!between_versions(old.file(each.file), new.file(new.enumeration(to).file))
                || same_values(old, id, new, to))
        {
            pairing.renames.types.insert(each.name.clone(), renamed);
        }
    }
    apply_renames(old, new, pairing);
}

/// Whether two files declare two versions of one API.
fn between_versions(old: &File, new: &File) -> bool {
    are_versions_of_one(&old.package, &new.package)
}

fn nested_rename(
    old: &Indexed,
    parent: Option<u32>,
    name: &Name,
    renames: &Renames,
) -> Option<Name> {
    if renames.types.contains_key(name) {
        return None;
    }
    let parent = &old.message(parent?).name;
    let to = renames.types.get(parent)?;
    let rest = name.strip_prefix(parent.as_str())?;
    Some(format!("{to}{rest}").into())
}

/// The types that two messages name at the same numbers.
fn references(old: &Message, new: &Message, into: &mut Vec<(FieldType, FieldType)>) {
    let news = Members::of(new);
    for before in &old.fields {
        if let Some((_, after)) = news.numbered(before.number)
            && before.ty != after.ty
        {
            into.push((before.ty.clone(), after.ty.clone()));
        }
    }
}

/// Two enums that give the same numbers; names may carry another prefix.
pub(crate) fn same_values(old: &Indexed, a: u32, new: &Indexed, b: u32) -> bool {
    let (before, after) = (old.enumeration(a), new.enumeration(b));
    let numbers = |values: &[protoskew_schema::EnumValue]| {
        let mut numbers: Vec<i32> = values.iter().map(|value| value.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    };
    before.closed == after.closed
        && numbers(&before.values) == numbers(&after.values)
        && before.values.first().map(|value| value.number)
            == after.values.first().map(|value| value.number)
}

/// Turns the gone and the fresh side of each rename into a pair.
fn apply_renames(old: &Indexed, new: &Indexed, pairing: &mut Pairing) {
    let types = &pairing.renames.types;
    pairing.messages.join(
        |id| types.get(&old.message(id).name).cloned(),
        |id| &new.message(id).name,
    );
    pairing.enums.join(
        |id| types.get(&old.enumeration(id).name).cloned(),
        |id| &new.enumeration(id).name,
    );
    let renames = &pairing.renames;
    pairing.services.join(
        |id| {
            let service = old.service(id);
            let package = &old.file(service.file).package;
            let to = renames.package(package)?;
            let rest = service
                .name
                .strip_prefix(package.as_str())?
                .trim_start_matches('.');
            Some(format!("{to}.{rest}").trim_start_matches('.').into())
        },
        |id| &new.service(id).name,
    );
}

impl Sides {
    fn join<'n>(
        &mut self,
        target: impl Fn(u32) -> Option<Name>,
        fresh_name: impl Fn(u32) -> &'n Name,
    ) {
        let gone = self.gone.iter().map(|&id| (id, target(id)));
        let wanted: Vec<(u32, Name)> = gone.filter_map(|(id, name)| Some((id, name?))).collect();
        if wanted.is_empty() {
            return;
        }
        let mut targets: FxHashMap<&Name, Vec<u32>> = FxHashMap::default();
        // several of one name (copies of a file) are taken in order
        for &id in self.fresh.iter().rev() {
            targets.entry(fresh_name(id)).or_default().push(id);
        }
        let mut paired: FxHashSet<u32> = FxHashSet::default();
        let mut taken: FxHashSet<u32> = FxHashSet::default();
        for (id, name) in wanted {
            if let Some(found) = targets.get_mut(&name).and_then(Vec::pop) {
                paired.insert(id);
                taken.insert(found);
                self.both.push((id, found));
            }
        }
        if !taken.is_empty() {
            self.gone.retain(|id| !paired.contains(id));
            self.fresh.retain(|id| !taken.contains(id));
            self.both.sort_unstable();
        }
    }
}

/// A service was renamed where the old name is gone, a new one stands in the same package, and they have the same methods.
fn find_services(old: &Indexed, new: &Indexed, pairing: &mut Pairing) {
    fn told_by(side: &Indexed, id: u32) -> (&Name, BTreeSet<&Name>) {
        let service = side.service(id);
        let methods = service.methods.iter().map(|method| &method.name);
        (&side.file(service.file).package, methods.collect())
    }
    if pairing.services.gone.is_empty() {
        return;
    }
    let mut fresh: FxHashMap<_, VecDeque<u32>> = FxHashMap::default();
    for &b in &pairing.services.fresh {
        fresh.entry(told_by(new, b)).or_default().push_back(b);
    }
    let mut renamed = Vec::new();
    for &a in &pairing.services.gone {
        let told = told_by(old, a);
        if told.1.is_empty() {
            continue;
        }
        if let Some(b) = fresh.get_mut(&told).and_then(VecDeque::pop_front) {
            renamed.push((a, b));
        }
    }
    for (a, b) in renamed {
        pairing
            .renames
            .services
            .insert(old.service(a).name.clone(), new.service(b).name.clone());
    }
    let services = &pairing.renames.services;
    pairing.services.join(
        |id| services.get(&old.service(id).name).cloned(),
        |id| &new.service(id).name,
    );
}
