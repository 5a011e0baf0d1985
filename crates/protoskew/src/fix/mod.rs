//! Missing `reserved` statements, written where a person would write them. Text and schema in, insertions out: nothing is ever removed.

mod layout;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

use protoskew_compare::Indexed;
use protoskew_schema::outline::{Declared, Member};
use protoskew_schema::{
    Edition, Enum, File, FileId, Message, Name, NumberRange, Places, ReservedName, Schema, Span,
    parse,
};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::breach::Fenced;
use crate::finding::Finding;
use layout::{Layout, Page};

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
    /// The messages and enums of each file, in the order of their places.
    owners: Vec<Vec<Nested>>,
}

/// A message or an enum, and what it is nested in.
#[derive(Debug)]
struct Nested {
    owner: Owner,
    span: Span,
    /// Its place among those of the file.
    parent: Option<usize>,
}

impl<'s> Fixer<'s> {
    /// Makes a schema ready.
    pub fn new(judged: &'s Indexed) -> Self {
        let schema = judged.schema();
        let mut owners: Vec<Vec<Nested>> = Vec::new();
        owners.resize_with(schema.files.len(), Vec::new);
        let mut push = |file: FileId, owner: Owner, span: Span| {
            owners[file as usize].push(Nested {
                owner,
                span,
                parent: None,
            });
        };
        for (id, message) in (0u32..).zip(&schema.messages) {
            push(message.file, Owner::Message(id), message.span);
        }
        for (id, each) in (0u32..).zip(&schema.enums) {
            push(each.file, Owner::Enum(id), each.span);
        }
        for of_file in &mut owners {
            of_file.sort_by_key(|each| each.span.start);
            let mut around: Vec<usize> = Vec::new();
            for at in 0..of_file.len() {
                let start = of_file[at].span.start;
                while let Some(&outer) = around.last()
                    && of_file[outer].span.end <= start
                {
                    around.pop();
                }
                of_file[at].parent = around.last().copied();
                around.push(at);
            }
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
        let insertions = self.each(findings.into_iter().map(|finding| ((), finding)));
        insertions.into_iter().map(|((), each)| each).collect()
    }

    /// The same, one for each message or enum of those findings that have one key, as if they were all.
    pub fn each<'f, K: Ord>(
        &self,
        findings: impl IntoIterator<Item = (K, &'f Finding)>,
    ) -> Vec<(K, Insertion)> {
        let mut missing: BTreeMap<Owner, BTreeMap<K, Missing>> = BTreeMap::new();
        for (key, finding) in findings {
            let what = finding.reserve.as_ref();
            let Some((what, owner)) = what.and_then(|what| Some((what, self.owner(finding)?)))
            else {
                continue;
            };
            let missing = missing.entry(owner).or_default().entry(key).or_default();
            match what {
                Fenced::Numbers(start, end) => missing.numbers.push((*start, *end)),
                Fenced::Name(name) => missing.names.push(name.clone()),
                Fenced::Extensions(..) => {}
            }
        }
        let mut pages: FxHashMap<FileId, Page<'_>> = FxHashMap::default();
        let mut insertions = Vec::new();
        for (owner, missing) in missing {
            let holder = self.holder(owner);
            let page = pages
                .entry(holder.file)
                .or_insert_with(|| self.page(holder.file));
            let Some(body) = Body::read(&holder, self.schema.file(holder.file), page) else {
                continue;
            };
            let missing = missing.into_iter();
            insertions.extend(
                missing.filter_map(|(key, missing)| Some((key, body.insertion(page, missing)?))),
            );
        }
        insertions.sort_by(|(_, a), (_, b)| (&a.path, a.at).cmp(&(&b.path, b.at)));
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
        // the last that begins before it, or what that one is nested in
        let all = &self.owners[file as usize];
        let begun = all.partition_point(|each| each.span.start <= site.span.start);
        let mut next = begun.checked_sub(1);
        while let Some(at) = next {
            if site.span.end <= all[at].span.end {
                return Some(all[at].owner);
            }
            next = all[at].parent;
        }
        None
    }

    fn page(&self, file: FileId) -> Page<'s> {
        let holders = || {
            // as the schema has them: messages, then enums
            let mut owners: Vec<Owner> = Vec::new();
            owners.extend(self.owners[file as usize].iter().map(|each| each.owner));
            owners.sort_unstable();
            owners.into_iter().map(|owner| self.holder(owner))
        };
        let owners = holders().map(|holder| (holder.span, holder.name_span));
        let reserved = holders().flat_map(|holder| {
            let numbers = holder.reserved.iter().map(|each| each.span);
            numbers.chain(holder.reserved_names.iter().map(|each| each.span))
        });
        let text = &self.schema.file(file).text;
        Page::read(text, owners.collect(), reserved.collect())
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

impl<'s> Holder<'s> {
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
    fn names_taken(&self) -> FxHashSet<&'s Name> {
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
}

/// A message or an enum, ready to be written into.
struct Body<'s> {
    file: &'s File,
    layout: Layout<'s>,
    /// Numbers that cannot be reserved, in order.
    numbers_taken: Vec<(i64, i64)>,
    names_taken: FxHashSet<&'s Name>,
    /// Whether each number, and each name, is reserved in a statement of its own.
    apart: [bool; 2],
    /// With which names are quoted.
    quote: Option<u8>,
    last: i32,
}

impl<'s> Body<'s> {
    fn read(holder: &Holder<'s>, file: &'s File, page: &Page<'s>) -> Option<Self> {
        let layout = page.layout(holder.span, holder.name_span)?;
        let first = holder.reserved_names.first();
        Some(Self {
            file,
            numbers_taken: joined(holder.taken()),
            names_taken: holder.names_taken(),
            apart: [
                layout.one_each(holder.reserved.iter().map(|each| each.span)),
                layout.one_each(holder.reserved_names.iter().map(|each| each.span)),
            ],
            quote: first.and_then(|each| file.text.get(each.span.start as usize).copied()),
            layout,
            last: holder.last,
        })
    }

    fn insertion(&self, page: &Page<'_>, missing: Missing) -> Option<Insertion> {
        let mut names = missing.names;
        let mut seen = FxHashSet::default();
        names.retain(|name| !self.names_taken.contains(name) && seen.insert(name.clone()));
        let names = names.iter().map(|name| match self.quote {
            _ if self.file.edition >= Edition::E2023 => name.to_string(),
            Some(b'\'') => format!("'{name}'"),
            _ => format!("\"{name}\""),
        });
        let names: Vec<String> = names.collect();
        let numbers = self.free(missing.numbers).into_iter();
        let numbers: Vec<String> = numbers.flat_map(|range| self.written(range)).collect();
        let mut statements = self.layout.statements(&numbers, self.apart[0]);
        statements.extend(self.layout.statements(&names, self.apart[1]));
        if statements.is_empty() {
            return None;
        }
        let (at, text) = self.layout.place(&statements);
        Some(Insertion {
            path: self.file.path.clone(),
            at,
            line: page.line(at),
            text: text.into(),
        })
    }

    /// The ranges without what is taken, in order, neighbours joined.
    fn free(&self, wanted: Vec<(i32, i32)>) -> Vec<(i32, i32)> {
        let taken = &self.numbers_taken;
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
        let ranges: FxHashSet<(i32, i32)> = new.reserved.iter().map(range).collect();
        let names: FxHashSet<&Name> = new.reserved_names.iter().map(|each| &each.name).collect();
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
                .all(|each| names.contains(&each.name))
    };
    old.package == new.package
        && old.items.len() == new.items.len()
        && old.items.iter().zip(&new.items).all(kept)
}
