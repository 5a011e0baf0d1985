//! Which declarations went under one name and came under another: renames that are plain to see.

use std::collections::BTreeMap;

use protoskew_schema::Name;
use protoskew_schema::outline::{Declared, DeclaredKind};
use protoskew_schema::package::are_versions_of_one;
use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{last, pieces, same_type};
use super::ledger::Declaration;
use super::reader::Reader;
use super::timeline::Timeline;
use super::transition::Sorted;

/// What went and what came, by index, and which of them may be one.
///
/// A repository that renames its package renames a thousand types at once: nothing here asks each about each.
struct Search<'a, T: Timeline + ?Sized> {
    reader: &'a Reader<'a, T>,
    gone: Vec<Side<'a>>,
    fresh: Vec<Side<'a>>,
    gone_by_last: FxHashMap<&'a str, Vec<usize>>,
    fresh_by_last: FxHashMap<&'a str, Vec<usize>>,
    fresh_by_name: FxHashMap<(DeclaredKind, &'a str), Vec<usize>>,
    /// For each that went: what it may have become, and why.
    candidates: Vec<BTreeMap<usize, Why>>,
    /// The names before and after that are known so far.
    renames: Vec<(Name, Name)>,
    /// Types that one member had before and has after, as written there.
    references: FxHashSet<(&'a str, &'a str)>,
}

/// A declaration on one side.
struct Side<'a> {
    declaration: Declaration,
    declared: &'a Declared,
    package: &'a str,
    /// Whether it is still to be paired.
    open: bool,
}

/// Why one that went may be one that came.
#[derive(Clone, Copy, Debug, Default)]
struct Why {
    /// `[renames]` say so, or it stands in something that was renamed.
    told: bool,
    /// The same name in another package.
    elsewhere: bool,
    /// A member that had the one for its type has the other.
    referred: bool,
    /// How many members they share.
    common: usize,
    /// Asked, and found to be one whose new name is taken: not to be asked again.
    done: bool,
}

impl<T: Timeline + ?Sized> Reader<'_, T> {
    /// Pairs what changed its name and nothing else; gives the names of types before and after.
    pub(super) fn renames(&self, sorted: &mut Sorted) -> Vec<(Name, Name)> {
        if sorted.gone.is_empty() || sorted.fresh.is_empty() {
            return self.declared.to_vec();
        }
        let mut search = Search::new(self, sorted);
        while let Some((a, b)) = search.best() {
            search.pair(a, b, &mut sorted.pairs);
        }
        let left = |sides: &[Side<'_>]| -> Vec<Declaration> {
            let open = sides.iter().filter(|side| side.open);
            open.map(|side| side.declaration).collect()
        };
        (sorted.gone, sorted.fresh) = (left(&search.gone), left(&search.fresh));
        search.renames
    }
}

impl<'a, T: Timeline + ?Sized> Search<'a, T> {
    fn new(reader: &'a Reader<'a, T>, sorted: &Sorted) -> Self {
        let sides = |declarations: &[Declaration]| -> Vec<Side<'a>> {
            let sides = declarations.iter().map(|&declaration| Side {
                declaration,
                declared: reader.declared(declaration),
                package: &reader.timeline.facts(declaration.facts).package,
                open: true,
            });
            sides.collect()
        };
        let (gone, fresh) = (sides(&sorted.gone), sides(&sorted.fresh));
        let mut search = Self {
            reader,
            gone_by_last: by(&gone, |side| last(&side.declared.name)),
            fresh_by_last: by(&fresh, |side| last(&side.declared.name)),
            fresh_by_name: by(&fresh, |side| {
                (side.declared.kind, side.declared.name.as_str())
            }),
            candidates: vec![BTreeMap::new(); gone.len()],
            renames: Vec::new(),
            references: FxHashSet::default(),
            gone,
            fresh,
        };
        search.look_elsewhere();
        for (old, new) in reader.declared {
            search.renamed(old.clone(), new.clone());
        }
        for &pair in &sorted.pairs {
            search.refer(pair);
        }
        search
    }

    /// The same name in another package.
    fn look_elsewhere(&mut self) {
        let fresh = by(&self.fresh, |side| (side.declared.kind, side.relative()));
        for a in 0..self.gone.len() {
            let old = &self.gone[a];
            let key = (old.declared.kind, old.relative());
            for &b in fresh.get(&key).into_iter().flatten() {
                if self.gone[a].package != self.fresh[b].package {
                    self.candidate(a, b, |why| why.elsewhere = true);
                }
            }
        }
    }

    /// A name before and after; what stands in it is renamed with it.
    fn renamed(&mut self, before: Name, after: Name) {
        for a in 0..self.gone.len() {
            let old = self.gone[a].declared;
            let Some(rest) = old.name.strip_prefix(before.as_str()) else {
                continue;
            };
            if !rest.is_empty() && !rest.starts_with('.') {
                continue;
            }
            let now = format!("{after}{rest}");
            let found = self.fresh_by_name.get(&(old.kind, now.as_str()));
            for b in found.cloned().into_iter().flatten() {
                self.candidate(a, b, |why| why.told = true);
            }
        }
        self.renames.push((before, after));
    }

    /// Types that one number (or one method) has on either side, where they differ.
    fn refer(&mut self, (old, new): (Declaration, Declaration)) {
        let (old, new) = (self.reader.declared(old), self.reader.declared(new));
        let mut news = FxHashMap::default();
        for after in &new.members {
            let name = (after.number == 0).then_some(&after.name);
            news.entry((after.number, name)).or_insert(after);
        }
        for before in &old.members {
            let name = (before.number == 0).then_some(&before.name);
            let Some(after) = news.get(&(before.number, name)) else {
                continue;
            };
            let words = |text: &'a str| text.split([' ', '<', '>', ',']);
            if words(&before.ty).count() != words(&after.ty).count() {
                continue;
            }
            for (was, is) in words(&before.ty).zip(words(&after.ty)) {
                if was != is && self.references.insert((was, is)) {
                    self.referred(was, is);
                }
            }
        }
    }

    fn referred(&mut self, was: &str, is: &str) {
        let olds: Vec<usize> = called(&self.gone_by_last, &self.gone, was).collect();
        if olds.is_empty() {
            return;
        }
        let news: Vec<usize> = called(&self.fresh_by_last, &self.fresh, is).collect();
        for a in olds {
            for &b in &news {
                if self.gone[a].declared.kind == self.fresh[b].declared.kind {
                    self.candidate(a, b, |why| why.referred = true);
                }
            }
        }
    }

    fn candidate(&mut self, a: usize, b: usize, because: impl FnOnce(&mut Why)) {
        let (old, new) = (self.gone[a].declared, self.fresh[b].declared);
        if matches!(old.kind, DeclaredKind::Message | DeclaredKind::Enum) {
            let why = self.candidates[a].entry(b).or_insert_with(|| Why {
                common: common(old, new),
                ..Why::default()
            });
            because(why);
        }
    }

    /// What went and came under another name: the pair that is told to be one, or has most in common.
    fn best(&self) -> Option<(usize, usize)> {
        let mut best = None;
        for (a, candidates) in self.candidates.iter().enumerate() {
            if !self.gone[a].open {
                continue;
            }
            for (&b, why) in candidates {
                if why.done || !self.fresh[b].open {
                    continue;
                }
                if why.told {
                    return Some((a, b));
                }
                if best.is_none_or(|(most, _)| why.common > most) && self.is_one(a, b, *why) {
                    let (old, new) = (self.gone[a].declared, self.fresh[b].declared);
                    if why.common == old.members.len() && why.common == new.members.len() {
                        return Some((a, b));
                    }
                    best = Some((why.common, (a, b)));
                }
            }
        }
        best.map(|(_, pair)| pair)
    }

    fn is_one(&self, a: usize, b: usize, why: Why) -> bool {
        let (old, new) = (&self.gone[a], &self.fresh[b]);
        let held = old.declared.members.len();
        // another version of an API may say what it likes
        let version = why.elsewhere && are_versions_of_one(old.package, new.package);
        let moved = why.elsewhere && !version && (why.common * 2 > held || held == 0);
        moved && !self.is_taken(old, new)
            || (why.referred || version)
                && self.same_structure((old.declared, new.declared), &mut self.renames.clone())
    }

    /// Takes two for one.
    fn pair(&mut self, a: usize, b: usize, pairs: &mut Vec<(Declaration, Declaration)>) {
        let (old, new) = (&self.gone[a], &self.fresh[b]);
        let pair = (old.declaration, new.declaration);
        let names = (old.declared.name.clone(), new.declared.name.clone());
        let taken = self.is_taken(old, new) && !self.reader.declared.contains(&names);
        self.renamed(names.0, names.1);
        // what it refers to may have been renamed with it
        self.refer(pair);
        if taken {
            if let Some(why) = self.candidates[a].get_mut(&b) {
                why.done = true;
            }
        } else {
            (self.gone[a].open, self.fresh[b].open) = (false, false);
            pairs.push(pair);
        }
    }

    /// Whether the new name meant something else before: then the bytes may be the same, and the message is another one.
    fn is_taken(&self, old: &Side<'_>, new: &Side<'_>) -> bool {
        let ledger = &self.reader.ledger;
        let key = |side: &Side<'_>| self.reader.item(side.declaration).key();
        let owner = ledger.by_place.get(&(key(old), old.declaration.path));
        let named = ledger.by_name.get(&key(new));
        named.is_some_and(|named| !owner.is_some_and(|owner| named.contains(owner)))
    }

    /// Whether two declarations have the same members, of the same types under the same or another name.
    ///
    /// `pairs`: the names before and after that are taken for granted; a type that went for one that came is looked into.
    fn same_structure(
        &self,
        (before, after): (&Declared, &Declared),
        pairs: &mut Vec<(Name, Name)>,
    ) -> bool {
        pairs.push((before.name.clone(), after.name.clone()));
        before.members.len() == after.members.len()
            && before.members.iter().zip(&after.members).all(|(a, b)| {
                a.number == b.number
                    && a.name == b.name
                    && pieces(&a.ty).count() == pieces(&b.ty).count()
                    && pieces(&a.ty).zip(pieces(&b.ty)).all(|(was, is)| {
                        same_type(was, is)
                            || (pairs.iter())
                                .any(|(old, new)| same_type(was, old) && same_type(is, new))
                            || self.same_types((was, is), pairs)
                    })
            })
    }

    fn same_types(&self, (was, is): (&str, &str), pairs: &mut Vec<(Name, Name)>) -> bool {
        let olds = called(&self.gone_by_last, &self.gone, was).map(|at| &self.gone[at]);
        let news = called(&self.fresh_by_last, &self.fresh, is).map(|at| &self.fresh[at]);
        let before = olds
            .filter(|side| side.open)
            .map(|side| side.declared)
            .next();
        let after = news
            .filter(|side| side.open)
            .map(|side| side.declared)
            .next();
        match (before, after) {
            (Some(before), Some(after)) if before.kind == after.kind => {
                self.same_structure((before, after), pairs)
            }
            _ => false,
        }
    }
}

impl<'a> Side<'a> {
    /// Its name without its package.
    fn relative(&self) -> &'a str {
        let name = &self.declared.name;
        name.strip_prefix(self.package).unwrap_or(name)
    }
}

/// The declarations that a name may mean as it is written, by their indexes.
fn called<'s>(
    by_last: &'s FxHashMap<&str, Vec<usize>>,
    sides: &'s [Side<'_>],
    name: &'s str,
) -> impl Iterator<Item = usize> + 's {
    let same_last = by_last.get(last(name)).into_iter().flatten().copied();
    same_last.filter(move |&at| same_type(name, &sides[at].declared.name))
}

/// The indexes of declarations by what they have in common.
fn by<'a, K: Eq + std::hash::Hash>(
    sides: &[Side<'a>],
    key: impl Fn(&Side<'a>) -> K,
) -> FxHashMap<K, Vec<usize>> {
    let mut found: FxHashMap<K, Vec<usize>> = FxHashMap::default();
    for (at, side) in sides.iter().enumerate() {
        found.entry(key(side)).or_default().push(at);
    }
    found
}

/// How many members of one are in the other, under the same number and name.
fn common(before: &Declared, after: &Declared) -> usize {
    let others = after.members.iter().map(|it| (it.number, &it.name));
    let others: FxHashSet<_> = others.collect();
    let members = before.members.iter();
    members
        .filter(|it| others.contains(&(it.number, &it.name)))
        .count()
}
