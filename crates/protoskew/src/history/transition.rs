//! From one state to the next: which declaration is which, and what each began and ended.

use std::collections::BTreeMap;

use protoskew_schema::Name;
use protoskew_schema::outline::DeclaredKind;
use rustc_hash::FxHashMap;

use super::facts::{Key, Part};
use super::ledger::{Declaration, OwnerId, Spot};
use super::reader::{Event, Reader, What, place_of};
use super::timeline::{FileChange, PathId, Timeline};

/// Declarations of one name, on each side of a transition.
#[derive(Debug, Default)]
struct Sides {
    old: Vec<Declaration>,
    new: Vec<Declaration>,
}

/// What became of the declarations that differ.
#[derive(Debug, Default)]
pub(super) struct Sorted {
    pub(super) pairs: Vec<(Declaration, Declaration)>,
    pub(super) gone: Vec<Declaration>,
    /// Came, and nothing of that name was there.
    pub(super) fresh: Vec<Declaration>,
    /// Came beside others of that name.
    beside: Vec<Declaration>,
    extended: BTreeMap<Name, Sides>,
}

impl<T: Timeline + ?Sized> Reader<'_, T> {
    /// What happened between two states; `self.state` is the newer one.
    pub(super) fn transition(&mut self, changes: &[FileChange]) -> Vec<Event> {
        if changes.is_empty() {
            return Vec::new();
        }
        let mut sorted = self.sort(changes);
        let renames = self.renames(&mut sorted);
        let mut events = Vec::new();
        for &(old, new) in &sorted.pairs {
            let owner = self.owner_of(old);
            let key = self.item(new).key();
            let before = self.item(old).key();
            let known = self.ledger.by_place.contains_key(&(key.clone(), new.path));
            if !known || before != key {
                self.ledger.place(key.clone(), new.path, owner);
            }
            if before != key {
                let at = spot(new, Part::Name);
                events.push(plain(owner, What::Renamed(key.1), at));
            }
            if self.item(old).digest != self.item(new).digest {
                self.compare(owner, (&[old], &[new]), &renames, &mut events);
            }
        }
        for &old in &sorted.gone {
            let owner = self.owner_of(old);
            let at = spot(old, Part::Name);
            let mut went = plain(owner, What::Went, at);
            went.declaration = Some(old);
            self.compare(owner, (&[old], &[]), &renames, &mut events);
            events.push(went);
        }
        for &new in &sorted.fresh {
            let owner = self.former(new);
            self.came(owner, new, &renames, &mut events);
        }
        for &new in &sorted.beside {
            if let Some(owner) = self.beside(new) {
                self.came(owner, new, &renames, &mut events);
            }
        }
        for (name, sides) in &sorted.extended {
            let owner = self
                .ledger
                .owner(&(DeclaredKind::Extendee, name.clone()), PathId::MAX);
            self.compare(owner, (&sides.old, &sides.new), &renames, &mut events);
        }
        events
    }

    fn came(
        &mut self,
        owner: OwnerId,
        new: Declaration,
        renames: &[(Name, Name)],
        events: &mut Vec<Event>,
    ) {
        let at = spot(new, Part::Name);
        let mut came = plain(owner, What::Came, at);
        came.declaration = Some(new);
        events.push(came);
        self.compare(owner, (&[], &[new]), renames, events);
    }

    fn sort(&self, changes: &[FileChange]) -> Sorted {
        let mut sorted = Sorted::default();
        let mut left: BTreeMap<Key, Sides> = BTreeMap::new();
        for change in changes {
            let items = |facts: Option<u32>| {
                let count = facts.map_or(0, |facts| self.timeline.facts(facts).items.len());
                (0..count as u32).map(move |item| Declaration {
                    path: change.path,
                    facts: facts.unwrap_or_default(),
                    item,
                })
            };
            let mut news: FxHashMap<(DeclaredKind, &str), Declaration> = FxHashMap::default();
            for new in items(change.new) {
                let declared = self.declared(new);
                if declared.kind == DeclaredKind::Extendee {
                    let sides = sorted.extended.entry(declared.name.clone()).or_default();
                    sides.new.push(new);
                } else {
                    news.insert((declared.kind, &declared.name), new);
                }
            }
            for old in items(change.old) {
                let declared = self.declared(old);
                if declared.kind == DeclaredKind::Extendee {
                    let sides = sorted.extended.entry(declared.name.clone()).or_default();
                    sides.old.push(old);
                } else if let Some(new) = news.remove(&(declared.kind, declared.name.as_str())) {
                    if self.item(old).digest != self.item(new).digest {
                        sorted.pairs.push((old, new));
                    }
                } else {
                    left.entry(self.item(old).key()).or_default().old.push(old);
                }
            }
            for new in news.into_values() {
                left.entry(self.item(new).key()).or_default().new.push(new);
            }
        }
        for (key, mut sides) in left {
            sides
                .old
                .sort_unstable_by_key(|d| self.timeline.path(d.path));
            sides
                .new
                .sort_unstable_by_key(|d| self.timeline.path(d.path));
            let came = sides.new.len();
            let mut moved = sides.old.len().min(came);
            let rest = sides.new.split_off(moved);
            // what moved goes to what says the same, then to what is left, in order
            let mut olds = sides.old;
            for new in sides.new.iter().copied() {
                let same = |old: &Declaration| self.item(*old).digest == self.item(new).digest;
                let found = olds.iter().position(same).unwrap_or(0);
                sorted.pairs.push((olds.remove(found), new));
            }
            let elsewhere = self.state.declaring(&key).len() > came;
            if !elsewhere && came == 0 {
                sorted.gone.append(&mut olds);
            }
            moved += usize::from(elsewhere);
            for new in rest {
                // of several copies that come at once the first is the one, the others stand beside it
                if moved == 0 {
                    sorted.fresh.push(new);
                    moved = 1;
                } else {
                    sorted.beside.push(new);
                }
            }
        }
        sorted
    }

    /// The owner of something that was there in the older state.
    fn owner_of(&mut self, old: Declaration) -> OwnerId {
        let key = self.item(old).key();
        let path = place_of(&key, old.path);
        self.ledger.owner(&key, path)
    }

    /// The owner of something that comes: who it was when it was there before, unless that goes by another name now.
    fn former(&mut self, new: Declaration) -> OwnerId {
        let key = self.item(new).key();
        let goes_by = |owner: OwnerId| *self.ledger.owners[owner as usize].name() == key.1;
        let here = self.ledger.by_place.get(&(key.clone(), new.path));
        let named = self.ledger.by_name.get(&key).into_iter().flatten().rev();
        let known = here.into_iter().chain(named).copied();
        let found = known.into_iter().find(|&owner| goes_by(owner));
        let owner = match found {
            Some(owner) => owner,
            None => self.ledger.add(&key),
        };
        self.ledger.place(key, new.path, owner);
        owner
    }

    /// What comes beside others of its name: a copy of one of them (nothing happens), or something of its own.
    fn beside(&mut self, new: Declaration) -> Option<OwnerId> {
        let key = self.item(new).key();
        if self.ledger.by_place.contains_key(&(key.clone(), new.path)) {
            return None;
        }
        let digest = self.item(new).digest;
        let others = self.state.declaring(&key).to_vec();
        for path in others {
            let Some(facts) = self.state.file(path) else {
                continue;
            };
            let same = self.timeline.facts(facts).items.iter().any(|item| {
                item.declared.kind == key.0 && item.declared.name == key.1 && item.digest == digest
            });
            if path != new.path
                && same
                && let Some(&owner) = self.ledger.by_place.get(&(key.clone(), path))
            {
                self.ledger.place(key, new.path, owner);
                if !self.ledger.copies.contains(&(new.path, path)) {
                    self.ledger.copies.push((new.path, path));
                }
                return None;
            }
        }
        Some(self.ledger.owner(&key, new.path))
    }
}

/// Where a part of a declaration stands.
pub(super) fn spot(declaration: Declaration, part: Part) -> Spot {
    Spot { declaration, part }
}

pub(super) fn plain(owner: OwnerId, what: What, spot: Spot) -> Event {
    Event {
        owner,
        what,
        spot,
        same_as: None,
        declaration: None,
    }
}
