//! Missing `reserved` statements, written where a person would write them. Text and schema in, insertions out: nothing is ever removed.

mod layout;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use protoskew_compare::Indexed;
use protoskew_schema::outline::{Declared, Member};
use protoskew_schema::{
    Edition, Enum, FileId, Message, Name, NumberRange, Places, ReservedName, Schema, Span, parse,
};
use rustc_hash::FxHashMap;

use crate::breach::Fenced;
use crate::finding::Finding;
use layout::Layout;

/// Text to insert in a judged file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Insertion {
    /// The file.
    pub path: Name,
    /// Offset of the byte before which it goes.
    pub at: usize,
    /// The line of that byte, from 1.
    pub line: usize,
    /// What is inserted: whole lines, or statements where what holds them stands on one line. Shared by all findings that it is for.
    pub text: Name,
}

impl Insertion {
    /// The statements, one each.
    pub fn statements(&self) -> impl Iterator<Item = &str> {
        self.text
            .split_inclusive(';')
            .map(str::trim)
            .filter(|each| !each.is_empty())
    }
}

/// The largest number of a field, for which `max` stands.
const LAST_FIELD_NUMBER: i32 = 536_870_911;

/// What is to be reserved in one message or enum.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Missing {
    numbers: Vec<(i32, i32)>,
    names: Vec<Name>,
}

/// A message or an enum: where it is declared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Message(u32),
    Enum(u32),
}

/// A judged schema, ready to be asked where reservations go.
#[derive(Debug)]
pub struct Fixer<'s> {
    schema: &'s Schema,
    files: FxHashMap<&'s str, FileId>,
    /// The messages and enums of each file.
    owners: Vec<Vec<Owner>>,
}

impl<'s> Fixer<'s> {
    /// Makes a schema ready.
    pub fn new(judged: &'s Indexed) -> Self {
        let schema = judged.schema();
        let mut owners: Vec<Vec<Owner>> = vec![Vec::new(); schema.files.len()];
        for (id, message) in (0u32..).zip(&schema.messages) {
            owners[message.file as usize].push(Owner::Message(id));
        }
        for (id, each) in (0u32..).zip(&schema.enums) {
            owners[each.file as usize].push(Owner::Enum(id));
        }
        let files = (0u32..).zip(&schema.files);
        Self {
            schema,
            files: files.map(|(id, file)| (file.path.as_str(), id)).collect(),
            owners,
        }
    }

    /// The text of a file, as it was judged.
    pub fn text(&self, path: &str) -> Option<&'s Arc<[u8]>> {
        let file = self.files.get(path)?;
        Some(&self.schema.file(*file).text)
    }

    /// What findings say is not reserved, as insertions: one for each message or enum, in the order of files and places.
    pub fn insertions<'f>(
        &self,
        findings: impl IntoIterator<Item = &'f Finding>,
    ) -> Vec<Insertion> {
        let mut missing: BTreeMap<Owner, Missing> = BTreeMap::new();
        for finding in findings {
            let what = finding.reserve.as_ref();
            let Some((what, owner)) = what.and_then(|what| Some((what, self.owner(finding)?)))
            else {
                continue;
            };
            let missing = missing.entry(owner).or_default();
            match what {
                Fenced::Numbers(start, end) => missing.numbers.push((*start, *end)),
                Fenced::Name(name) => missing.names.push(name.clone()),
                Fenced::Extensions(..) => {}
            }
        }
        let missing = missing.into_iter();
        let mut insertions: Vec<Insertion> = missing
            .filter_map(|(owner, missing)| self.holder(owner).insertion(self, missing))
            .collect();
        insertions.sort_by(|a, b| (&a.path, a.at).cmp(&(&b.path, b.at)));
        insertions
    }

    /// The message or enum at which a finding says that something is to be reserved.
    fn owner(&self, finding: &Finding) -> Option<Owner> {
        let site = finding.new.as_ref()?;
        let file = *self.files.get(site.path.as_str())?;
        let head = self.schema.file(file);
        // offsets of another text would lead anywhere
        let same = || Arc::ptr_eq(&head.text, &site.text) || *head.text == *site.text;
        if head.places != Places::Text || !same() {
            return None;
        }
        let spans = |owner: &&Owner| {
            let span = self.holder(**owner).span;
            span.start <= site.span.start && site.span.end <= span.end
        };
        let around = self.owners[file as usize].iter().filter(spans);
        around
            .copied()
            .max_by_key(|owner| self.holder(*owner).span.start)
    }

    /// Spans of a file's messages and enums, with those of their names.
    fn owners_of(&self, file: FileId) -> Vec<(Span, Span)> {
        let owners = self.owners[file as usize].iter();
        let holders = owners.map(|owner| self.holder(*owner));
        holders
            .map(|holder| (holder.span, holder.name_span))
            .collect()
    }

    /// The spans of everything that a file reserves.
    fn reserved_in(&self, file: FileId) -> Vec<Span> {
        let owners = self.owners[file as usize].iter();
        let spans = owners.flat_map(|owner| {
            let holder = self.holder(*owner);
            let numbers = holder.reserved.iter().map(|each| each.span);
            numbers.chain(holder.reserved_names.iter().map(|each| each.span))
        });
        spans.collect()
    }

    fn holder(&self, owner: Owner) -> Holder<'s> {
        match owner {
            Owner::Message(id) => {
                let message = &self.schema.messages[id as usize];
                Holder {
                    owner: Ok(message),
                    file: message.file,
                    span: message.span,
                    name_span: message.name_span,
                    reserved: &message.reserved,
                    reserved_names: &message.reserved_names,
                    last: LAST_FIELD_NUMBER,
                }
            }
            Owner::Enum(id) => {
                let of = &self.schema.enums[id as usize];
                Holder {
                    owner: Err(of),
                    file: of.file,
                    span: of.span,
                    name_span: of.name_span,
                    reserved: &of.reserved,
                    reserved_names: &of.reserved_names,
                    last: i32::MAX,
                }
            }
        }
    }
}

/// What messages and enums have in common here.
struct Holder<'s> {
    owner: Result<&'s Message, &'s Enum>,
    file: FileId,
    span: Span,
    name_span: Span,
    reserved: &'s [NumberRange],
    reserved_names: &'s [ReservedName],
    last: i32,
}

/// Ranges in order, those that touch made one.
fn joined(ranges: Vec<(i32, i32)>) -> Vec<(i64, i64)> {
    let wide = |(start, end): (i32, i32)| (i64::from(start), i64::from(end));
    let mut ranges: Vec<(i64, i64)> = ranges.into_iter().map(wide).collect();
    ranges.sort_unstable();
    let mut joined: Vec<(i64, i64)> = Vec::new();
    for (start, end) in ranges {
        match joined.last_mut() {
            Some(last) if start <= last.1 + 1 => last.1 = last.1.max(end),
            _ => joined.push((start, end)),
        }
    }
    joined
}

impl Holder<'_> {
    /// Numbers that cannot be reserved: they are in use, or kept for extensions, or reserved already.
    fn taken(&self) -> Vec<(i32, i32)> {
        let range = |range: &NumberRange| (range.start, range.end);
        let mut taken: Vec<(i32, i32)> = self.reserved.iter().map(range).collect();
        match self.owner {
            Ok(message) => {
                let fields = message.fields.iter();
                let used = fields.filter_map(|field| i32::try_from(field.number).ok());
                taken.extend(used.map(|number| (number, number)));
                taken.extend(message.extension_ranges.iter().map(range));
                taken.push((i32::MIN, 0));
            }
            Err(of) => {
                taken.extend(of.values.iter().map(|value| (value.number, value.number)));
            }
        }
        taken
    }

    /// Names that cannot be reserved: they are in use, or reserved already.
    fn names_taken(&self) -> BTreeSet<&Name> {
        let reserved = self.reserved_names.iter().map(|each| &each.name);
        match self.owner {
            Ok(message) => reserved
                .chain(message.fields.iter().map(|field| &field.name))
                .collect(),
            Err(of) => reserved
                .chain(of.values.iter().map(|value| &value.name))
                .collect(),
        }
    }

    fn insertion(&self, fixer: &Fixer<'_>, missing: Missing) -> Option<Insertion> {
        let file = fixer.schema.file(self.file);
        let mut names = missing.names;
        let mut seen = BTreeSet::new();
        let taken = self.names_taken();
        names.retain(|name| !taken.contains(name) && seen.insert(name.clone()));
        let first = self.reserved_names.first();
        let quote = first.and_then(|each| file.text.get(each.span.start as usize));
        let names = names.iter().map(|name| match quote {
            _ if file.edition >= Edition::E2023 => name.to_string(),
            Some(b'\'') => format!("'{name}'"),
            _ => format!("\"{name}\""),
        });
        let names: Vec<String> = names.collect();
        let numbers = self.free(missing.numbers).into_iter();
        let numbers: Vec<String> = numbers.flat_map(|range| self.written(range)).collect();

        let owners = fixer.owners_of(self.file);
        let reserved = fixer.reserved_in(self.file);
        let layout = Layout::read(&file.text, (self.span, self.name_span), &owners, &reserved)?;
        let numbers_apart = layout.one_each(self.reserved.iter().map(|each| each.span));
        let names_apart = layout.one_each(self.reserved_names.iter().map(|each| each.span));
        let mut statements = layout.statements(&numbers, numbers_apart);
        statements.extend(layout.statements(&names, names_apart));
        if statements.is_empty() {
            return None;
        }
        let (at, text) = layout.place(&statements);
        let before = &file.text[..at];
        Some(Insertion {
            path: file.path.clone(),
            at,
            line: 1 + before.iter().filter(|&&byte| byte == b'\n').count(),
            text: text.into(),
        })
    }

    /// The ranges without what is taken, in order, neighbours joined.
    fn free(&self, wanted: Vec<(i32, i32)>) -> Vec<(i32, i32)> {
        let taken = joined(self.taken());
        let mut free = Vec::new();
        let mut next = 0;
        for (mut start, end) in joined(wanted) {
            next += taken[next..].partition_point(|range| range.1 < start);
            for &(from, to) in &taken[next..] {
                if from > end {
                    break;
                }
                if from > start {
                    free.push((start, from - 1));
                }
                start = start.max(to + 1);
            }
            if start <= end {
                free.push((start, end));
            }
        }
        let narrow = |(start, end)| Some((i32::try_from(start).ok()?, i32::try_from(end).ok()?));
        free.into_iter().filter_map(narrow).collect()
    }

    /// A range as a person writes it: two neighbours one by one, more from one to the other.
    fn written(&self, (start, end): (i32, i32)) -> Vec<String> {
        match i64::from(end) - i64::from(start) {
            0 => vec![start.to_string()],
            _ if end >= self.last => vec![format!("{start} to max")],
            1 => vec![start.to_string(), end.to_string()],
            _ => vec![format!("{start} to {end}")],
        }
    }
}

/// A file with insertions made.
pub fn applied<'i>(text: &[u8], insertions: impl IntoIterator<Item = &'i Insertion>) -> Vec<u8> {
    let mut fixed = Vec::with_capacity(text.len());
    let mut from = 0;
    for insertion in insertions {
        fixed.extend(&text[from..insertion.at]);
        fixed.extend(insertion.text.bytes());
        from = insertion.at;
    }
    fixed.extend(&text[from..]);
    fixed
}

/// Whether a fixed file says all that it said, and nothing but reservations more; never, where it could not be read before.
pub fn is_sound(before: &Arc<[u8]>, after: &Arc<[u8]>) -> bool {
    let (before, after) = (parse(Arc::clone(before)), parse(Arc::clone(after)));
    if before.has_syntax_errors() || after.has_syntax_errors() {
        return false;
    }
    let (old, new) = (before.outline(), after.outline());
    let kept = |(old, new): (&Declared, &Declared)| {
        let member = |each: &Member| (each.number, each.name.clone(), each.ty.clone());
        let range = |range: &NumberRange| (range.start, range.end);
        let ranges: Vec<(i32, i32)> = new.reserved.iter().map(range).collect();
        let names: Vec<&Name> = new.reserved_names.iter().map(|each| &each.name).collect();
        old.name == new.name
            && old
                .members
                .iter()
                .map(member)
                .eq(new.members.iter().map(member))
            && old
                .reserved
                .iter()
                .all(|each| ranges.contains(&range(each)))
            && old
                .reserved_names
                .iter()
                .all(|each| names.contains(&&each.name))
    };
    old.package == new.package
        && old.items.len() == new.items.len()
        && old.items.iter().zip(&new.items).all(kept)
}
