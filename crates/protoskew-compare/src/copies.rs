//! Copies of one file within a schema, and what they disagree about.

use std::collections::BTreeMap;

use protoskew_schema::{FileId, Name, Span};
use rustc_hash::FxHashMap;

use crate::change::{Change, ChangeKind, Impact, Place};
use crate::indexed::{Indexed, values_shape};

/// Full name → shape and place of the name, of everything that a file declares.
type Declared = BTreeMap<Name, (u64, Span)>;

/// One change for each copy of a file that disagrees with the first of its copies, in the order of their paths. Both places are in
/// this one schema: the first copy's stands for the older one.
///
/// Files are copies where package and file name are the same and most of what the smaller one declares is in the other. Two files may share
/// a name or two by chance, as the examples of a repository do.
pub fn drifted_copies(side: &Indexed) -> Vec<Change> {
    let mut groups: BTreeMap<(&str, &str), Vec<FileId>> = BTreeMap::new();
    for (id, file) in (0..).zip(&side.schema().files) {
        if side.judged(id) {
            let name = file.path.rsplit('/').next().unwrap_or(&file.path);
            groups.entry((&file.package, name)).or_default().push(id);
        }
    }
    groups.retain(|_, files| files.len() > 1);
    if groups.is_empty() {
        return Vec::new();
    }
    let declared = declared(side);
    let none = Declared::new();
    let of = |file: FileId| declared.get(&file).unwrap_or(&none);
    let mut changes = Vec::new();
    for mut files in groups.into_values() {
        files.sort_by(|a, b| side.file(*a).path.cmp(&side.file(*b).path));
        // the first of each set of copies; files that only share a name are no copies of each other
        let mut firsts: Vec<FileId> = Vec::new();
        for file in files {
            let first = firsts
                .iter()
                .find(|first| are_copies(of(**first), of(file)));
            match first {
                None => firsts.push(file),
                Some(&first) => changes.extend(drift(side, (first, of(first)), (file, of(file)))),
            }
        }
    }
    changes.sort_by(|a, b| a.element.cmp(&b.element));
    changes
}

fn declared(side: &Indexed) -> FxHashMap<FileId, Declared> {
    let schema = side.schema();
    let mut all: FxHashMap<FileId, Declared> = FxHashMap::default();
    let mut put = |file: FileId, name: &Name, shape: u64, span: Span| {
        all.entry(file)
            .or_default()
            .insert(name.clone(), (shape, span));
    };
    for (id, each) in (0..).zip(&schema.messages) {
        put(
            each.file,
            &each.name,
            side.message_shape(id),
            each.name_span,
        );
    }
    for each in &schema.enums {
        put(each.file, &each.name, values_shape(each), each.name_span);
    }
    for (id, each) in (0..).zip(&schema.services) {
        put(
            each.file,
            &each.name,
            side.service_shape(id),
            each.name_span,
        );
    }
    all
}

fn are_copies(one: &Declared, other: &Declared) -> bool {
    let shared = one.keys().filter(|name| other.contains_key(*name)).count();
    shared > 0 && shared * 2 >= one.len().min(other.len())
}

fn drift(
    side: &Indexed,
    (first, mine): (FileId, &Declared),
    (copy, theirs): (FileId, &Declared),
) -> Option<Change> {
    let differs = |name: &&Name| {
        let shape = |declared: &Declared| declared.get(*name).map(|(shape, _)| *shape);
        shape(mine) != shape(theirs)
    };
    let only_theirs = theirs.keys().filter(|name| !mine.contains_key(*name));
    let mut names: Vec<&Name> = mine.keys().chain(only_theirs).filter(differs).collect();
    names.sort_unstable();
    let about = (*names.first()?).clone();
    let place = |file: FileId, declared: &Declared| {
        let span = declared
            .get(&about)
            .map_or_else(|| side.file(file).package_span, |(_, span)| *span);
        Some(Place { file, span })
    };
    Some(Change {
        kind: ChangeKind::CopyDrifted {
            first: side.file(first).path.clone(),
            more: names.len() - 1,
            about: about.clone(),
        },
        element: side.file(copy).path.clone(),
        old: place(first, mine),
        new: place(copy, theirs),
        impact: Impact::None,
        json: None,
    })
}
