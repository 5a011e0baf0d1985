//! Compares files as those see them who build against the source: where declarations stand, what an import brings, what is generated.

use std::cell::OnceCell;

use protoskew_schema::{Edition, File, FileId, ImportKind, Name, OptionValue, Schema, Span};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::change::{Change, ChangeKind, Impact, Place};
use crate::generated;
use crate::indexed::Indexed;
use crate::members::Members;
use crate::pairing::Pairing;

/// Compares the judged files of two schemas.
pub(crate) fn compare(old: &Indexed, new: &Indexed, pairing: &Pairing, changes: &mut Vec<Change>) {
    let sides = Sides::new(old, new, pairing);
    let mut same: Vec<(FileId, FileId)> = Vec::new();
    for (id, before) in (0..).zip(&old.schema().files) {
        if !old.judged(id) {
            continue;
        }
        if let Some(&at) = sides.new_paths.get(&before.path) {
            if new.judged(at) {
                same.push((id, at));
            }
            continue;
        }
        let home = sides.gone(id, changes);
        same.extend(home.filter(|&at| new.judged(at)).map(|at| (id, at)));
    }
    let syntaxes = Syntaxes::new(old, new, pairing, &same);
    for &(a, b) in &same {
        // another package says all of its own: names in every language follow it
        if old.file(a).package == new.file(b).package {
            options((old, a), (new, b), changes);
        }
        syntaxes.compare((a, b), changes);
        sides.public_imports(a, b, changes);
    }
}

fn change(
    kind: ChangeKind,
    element: &Name,
    old: Option<(FileId, Span)>,
    new: Option<(FileId, Span)>,
) -> Change {
    let place = |(file, span)| Place { file, span };
    Change {
        kind,
        element: element.clone(),
        old: old.map(place),
        new: new.map(place),
        impact: Impact::None,
        json: None,
    }
}

/// Where a file begins to say something of itself: its package.
fn head(file: &File) -> Span {
    if file.package_span.is_empty() {
        file.syntax_span
    } else {
        file.package_span
    }
}

/// Two schemas, with what is asked of them file by file.
struct Sides<'a> {
    old: &'a Indexed,
    new: &'a Indexed,
    pairing: &'a Pairing,
    new_paths: FxHashMap<&'a Name, FileId>,
    /// What each file of the older side declares; only asked for where something is gone.
    declared: OnceCell<Vec<Vec<Name>>>,
    imported: OnceCell<Imported>,
    /// Where the newer side's extensions stand, by their full names.
    extensions: OnceCell<FxHashMap<&'a Name, FileId>>,
}

impl<'a> Sides<'a> {
    fn new(old: &'a Indexed, new: &'a Indexed, pairing: &'a Pairing) -> Self {
        let files = new.schema().files.iter();
        Self {
            old,
            new,
            pairing,
            new_paths: files.zip(0..).map(|(file, id)| (&file.path, id)).collect(),
            declared: OnceCell::new(),
            imported: OnceCell::new(),
            extensions: OnceCell::new(),
        }
    }

    fn declared(&self, file: FileId) -> &[Name] {
        let all = self
            .declared
            .get_or_init(|| declarations(self.old.schema()));
        &all[file as usize]
    }

    /// A path of the older side that the newer one does not have: the file moved, or it is gone. Gives the one file that all of
    /// its declarations are in now, where there is one.
    fn gone(&self, id: FileId, changes: &mut Vec<Change>) -> Option<FileId> {
        let file = self.old.file(id);
        let declared = self.declared(id);
        let homes: Vec<Option<FileId>> = declared.iter().map(|name| self.home(name)).collect();
        let mut files: Vec<FileId> = homes.iter().flatten().copied().collect();
        let found = files.len();
        files.sort_unstable();
        files.dedup();
        let at = |id: FileId| Some((id, head(self.old.file(id))));
        let there = |id: FileId| Some((id, head(self.new.file(id))));
        if found * 2 <= declared.len() {
            let kind = ChangeKind::FileRemoved {
                declared: declared.len(),
                gone: declared.len() - found,
            };
            changes.push(change(kind, &file.path, at(id), None));
            return None;
        }
        let first = *files.first()?;
        let one = (files.len() == 1).then_some(first);
        let imported = self
            .imported
            .get_or_init(|| Imported::new(self.old.schema()));
        let written = imported.paths(id, &file.path);
        let still_found = one.is_some_and(|one| {
            let path = &self.new.file(one).path;
            written.iter().all(|import| is_imported_as(path, import))
        });
        // a package that moved says so once, and its files moved with it
        let package_moved = files.iter().all(|&to| {
            let (from, to) = (&file.package, &self.new.file(to).package);
            self.pairing.renames.package(from) == Some(to)
        });
        if !still_found && !package_moved {
            let names: Vec<&str> = files
                .iter()
                .map(|&id| self.new.file(id).path.as_str())
                .collect();
            let kind = ChangeKind::FileMoved {
                new: names.join(", ").into(),
            };
            changes.push(change(kind, &file.path, at(id), there(first)));
        }
        one
    }

    /// The file of the newer side that declares what the older one calls `name`.
    fn home(&self, name: &Name) -> Option<FileId> {
        let name = self.pairing.renames.types.get(name).unwrap_or(name);
        let schema = self.new.schema();
        let messages = self.new.messages_named(name).first();
        let messages = messages.map(|&id| self.new.message(id).file);
        messages
            .or_else(|| {
                let id = *self.new.enums_named(name).first()?;
                Some(self.new.enumeration(id).file)
            })
            .or_else(|| {
                let id = *self.new.services_named(name).first()?;
                Some(self.new.service(id).file)
            })
            .or_else(|| {
                let extensions = self.extensions.get_or_init(|| {
                    // of several the first
                    let all = schema.extensions.iter().rev();
                    all.map(|each| (&each.name, each.file)).collect()
                });
                extensions.get(name).copied()
            })
    }

    /// What an importer saw through the file's public imports, and sees no more.
    fn public_imports(&self, a: FileId, b: FileId, changes: &mut Vec<Change>) {
        let (old, new) = (self.old.schema(), self.new.schema());
        let public = |file: &File| {
            let imports = file.imports.iter();
            let public = imports.filter(|import| import.kind == ImportKind::Public);
            public.cloned().collect::<Vec<_>>()
        };
        let (before, after) = (public(old.file(a)), public(new.file(b)));
        let kept: FxHashSet<&Name> = after.iter().map(|import| &import.path).collect();
        let gone = before.iter().filter(|import| !kept.contains(&import.path));
        let gone: Vec<_> = gone.collect();
        if gone.is_empty() {
            return;
        }
        let seen: FxHashSet<FileId> = new.seen_by_importers(b).into_iter().collect();
        for import in gone {
            let lost = match import.file {
                // what it brought is not known, so that it is gone is all there is to say
                None => Some(0),
                Some(brought) => {
                    let brought_files = old.seen_by_importers(brought);
                    let names = brought_files.iter().flat_map(|&file| self.declared(file));
                    let hidden = |name: &Name| match self.home(name) {
                        Some(home) => !seen.contains(&home),
                        // what is gone from a judged file is reported there
                        None => !self.old.judged(brought),
                    };
                    let lost = names.filter(|name| hidden(name)).count();
                    (lost > 0).then_some(lost)
                }
            };
            if let Some(names) = lost {
                let kind = ChangeKind::ImportPublicRemoved {
                    import: import.path.clone(),
                    names,
                };
                let there = Some((b, head(new.file(b))));
                changes.push(change(
                    kind,
                    &new.file(b).path,
                    Some((a, import.span)),
                    there,
                ));
            }
        }
    }
}

/// Full names of everything that stands at the top of each file.
fn declarations(schema: &Schema) -> Vec<Vec<Name>> {
    let mut all: Vec<Vec<Name>> = vec![Vec::new(); schema.files.len()];
    let mut push = |file: FileId, name: &Name| all[file as usize].push(name.clone());
    for each in schema.messages.iter().filter(|each| each.parent.is_none()) {
        push(each.file, &each.name);
    }
    for each in schema.enums.iter().filter(|each| each.parent.is_none()) {
        push(each.file, &each.name);
    }
    for each in &schema.services {
        push(each.file, &each.name);
    }
    for each in &schema.extensions {
        push(each.file, &each.name);
    }
    all
}

/// How files are imported.
struct Imported {
    /// As which paths, by the file; of those that some file imports.
    written: FxHashMap<FileId, Vec<Name>>,
    /// Folders that imports start from, the deepest first.
    roots: Vec<Name>,
}

impl Imported {
    fn new(schema: &Schema) -> Self {
        let mut written: FxHashMap<FileId, Vec<Name>> = FxHashMap::default();
        let mut roots: FxHashSet<&str> = FxHashSet::default();
        for import in schema.files.iter().flat_map(|file| &file.imports) {
            let Some(target) = import.file else { continue };
            let paths = written.entry(target).or_default();
            if paths.contains(&import.path) {
                continue;
            }
            paths.push(import.path.clone());
            let path = &schema.file(target).path;
            let root = path.strip_suffix(import.path.as_str());
            roots.extend(root.filter(|root| root.ends_with('/')));
        }
        let mut roots: Vec<Name> = roots.into_iter().map(Name::from).collect();
        roots.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        Self { written, roots }
    }

    /// How others import a file: as they write it, or, where none does, as they would from the deepest root that any import shows.
    fn paths(&self, file: FileId, path: &Name) -> Vec<Name> {
        if let Some(written) = self.written.get(&file) {
            return written.clone();
        }
        let mut roots = self.roots.iter();
        let below = roots.find_map(|root| path.strip_prefix(root.as_str()));
        vec![below.map_or_else(|| path.clone(), Name::from)]
    }
}

fn is_imported_as(path: &str, import: &str) -> bool {
    let root = path.strip_suffix(import.trim_start_matches("./"));
    root.is_some_and(|root| root.is_empty() || root.ends_with('/'))
}

/// Options that change what is generated from the file.
fn options((old, a): (&Indexed, FileId), (new, b): (&Indexed, FileId), changes: &mut Vec<Change>) {
    let (before, after) = (old.file(a), new.file(b));
    if !generated::may_differ(&before.options, &after.options) && before.package == after.package {
        return;
    }
    let pair = (generated::of_file(before), generated::of_file(after));
    for (option, old, new) in generated::differences(&pair.0, &pair.1) {
        let span = |file: &File| {
            let mut written = file.options.iter();
            let found = written.find(|each: &&OptionValue| each.name == option);
            found.map_or(head(file), |found| found.span)
        };
        let places = (Some((a, span(before))), Some((b, span(after))));
        let kind = ChangeKind::FileOptionChanged { option, old, new };
        changes.push(change(kind, &after.path, places.0, places.1));
    }
}

/// Files whose dialect changed, and what that changed in them.
struct Syntaxes<'a> {
    old: &'a Indexed,
    new: &'a Indexed,
    /// Files of the newer side in which something means another thing than before.
    differ: FxHashSet<FileId>,
}

impl<'a> Syntaxes<'a> {
    fn new(
        old: &'a Indexed,
        new: &'a Indexed,
        pairing: &Pairing,
        files: &[(FileId, FileId)],
    ) -> Self {
        let changed: FxHashSet<FileId> = files
            .iter()
            .filter(|&&(a, b)| old.file(a).edition != new.file(b).edition)
            .map(|&(_, b)| b)
            .collect();
        let mut differ = FxHashSet::default();
        if !changed.is_empty() {
            let messages = pairing.messages.both.iter();
            for (before, after) in messages.map(|&(a, b)| (old.message(a), new.message(b))) {
                let fields = Members::of(before);
                let alike = after.fields.iter().all(|field| {
                    let Some((_, was)) = fields.numbered(field.number) else {
                        return true;
                    };
                    (was.presence, was.packed, was.utf8, was.delimited)
                        == (field.presence, field.packed, field.utf8, field.delimited)
                });
                if !alike {
                    differ.insert(after.file);
                }
            }
            let enums = pairing.enums.both.iter();
            for (before, after) in enums.map(|&(a, b)| (old.enumeration(a), new.enumeration(b))) {
                if before.closed != after.closed {
                    differ.insert(after.file);
                }
            }
        }
        Self { old, new, differ }
    }

    fn compare(&self, (a, b): (FileId, FileId), changes: &mut Vec<Change>) {
        let (before, after) = (self.old.file(a), self.new.file(b));
        let (old, new) = (before.edition, after.edition);
        if old == new {
            return;
        }
        // the first edition says in features what proto2 and proto3 said by themselves: where it says the same, nothing changed
        let first_editions = [old, new].iter().all(|each| *each <= Edition::E2023);
        if first_editions && old.max(new) == Edition::E2023 && !self.differ.contains(&b) {
            return;
        }
        let kind = ChangeKind::SyntaxChanged {
            old: dialect(old),
            new: dialect(new),
        };
        let places = (Some((a, before.syntax_span)), Some((b, after.syntax_span)));
        changes.push(change(kind, &after.path, places.0, places.1));
    }
}

const fn dialect(edition: Edition) -> &'static str {
    match edition {
        Edition::Proto2 => "proto2",
        Edition::Proto3 => "proto3",
        Edition::E2023 => "edition 2023",
        Edition::E2024 => "edition 2024",
    }
}
