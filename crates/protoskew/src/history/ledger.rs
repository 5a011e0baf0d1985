//! The ledger: every meaning that a number, a name or a path ever had, with the moments that began and ended it.

use protoskew_schema::Name;
use protoskew_schema::outline::{DeclaredKind, Member};
use rustc_hash::FxHashMap;

use super::facts::{Key, Part, same_member};
use super::timeline::{FactsId, Moment, PathId};
use crate::breach::Fenced;

/// From how many meanings on an owner keeps an index of them.
const MANY: usize = 32;

/// Index of an owner in [`Ledger::owners`].
pub type OwnerId = u32;

/// Everything that was ever declared.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Messages, enums, services and extended messages, in the order in which they first appeared.
    pub owners: Vec<Owner>,
    pub(crate) by_place: FxHashMap<(Key, PathId), OwnerId>,
    pub(crate) by_name: FxHashMap<Key, Vec<OwnerId>>,
    /// Files that could not be read at some moment: where, when, and the first thing wrong with them.
    pub unread: Vec<(PathId, Moment, String)>,
    /// Files that declare what another one declares already, with that other one.
    pub copies: Vec<(PathId, PathId)>,
    /// What the judged moment declares: its owner and where, by path.
    pub present: Vec<(OwnerId, Declaration)>,
}

/// A declaration in one state of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Declaration {
    /// The file.
    pub path: PathId,
    /// What it said.
    pub facts: FactsId,
    /// Index among its items.
    pub item: u32,
}

/// A place in one state of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// The declaration.
    pub declaration: Declaration,
    /// What of it.
    pub part: Part,
}

/// A message, an enum, a service or an extended message, under all names that it ever had.
#[derive(Debug)]
pub struct Owner {
    /// Which of them.
    pub kind: DeclaredKind,
    /// Its full names, oldest first.
    pub names: Vec<Name>,
    /// What its numbers and names meant, in the order in which they first did.
    pub meanings: Vec<Meaning>,
    /// Fences that were raised and dropped, in order.
    pub fences: Vec<Fence>,
    /// When it came and went, in order.
    pub lives: Vec<Life>,
    identities: u32,
    /// Indices of meanings by number, once there are many: a message of twenty thousand fields is read in a moment.
    by_number: FxHashMap<i32, Vec<u32>>,
}

/// One meaning of one number (of a method: of its path).
#[derive(Debug)]
pub struct Meaning {
    /// The number, the name and the type.
    pub member: Member,
    /// Meanings of one number that are one field under several names or types have one identity.
    pub identity: u32,
    /// The moments that brought it.
    pub began: Vec<Moment>,
    /// The moments that took it away.
    pub ended: Vec<Moment>,
    /// Where it first stood.
    pub spot: Spot,
    /// Where it stood before it was first taken away.
    pub last: Option<Spot>,
}

/// What happened to a reservation or a range of extensions.
#[derive(Clone, Debug)]
pub struct Fence {
    /// What it is about.
    pub about: Fenced,
    /// Whether it was raised, or dropped.
    pub raised: bool,
    /// When.
    pub at: Moment,
    /// Where it stood.
    pub spot: Spot,
}

/// An owner came or went.
#[derive(Clone, Debug)]
pub struct Life {
    /// When.
    pub at: Moment,
    /// What happened.
    pub what: Turn,
    /// Where it stands, or stood.
    pub spot: Spot,
}

/// What happened to an owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It came; where it had been there before with another shape: the moment it had gone, and the first member that differs.
    Began(Option<Clash>),
    /// It went, with all that it holds.
    Ended,
    /// It goes by another name from now on.
    Renamed(Name),
}

/// How a declaration that came back differs from the one that went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// When the earlier one had gone.
    pub gone: Moment,
    /// What it held.
    pub was: Member,
    /// What stands there now, under the same number or name; `None` where nothing is left of it.
    pub now: Option<Member>,
    /// When it first held that.
    pub since: Moment,
    /// Where that stood then.
    pub spot: Spot,
}

impl Owner {
    /// The name that it goes by.
    pub fn name(&self) -> &Name {
        self.names.last().expect("an owner has a name")
    }

    /// The meaning that is this member's, if it ever was there.
    pub fn meaning(&self, member: &Member) -> Option<usize> {
        let same = |at: &usize| same_member(&self.meanings[*at].member, member);
        if self.by_number.is_empty() {
            return (0..self.meanings.len()).find(same);
        }
        let known = self.by_number.get(&member.number)?;
        known.iter().map(|&at| at as usize).find(same)
    }

    pub(crate) fn begin(
        &mut self,
        member: &Member,
        spot: Spot,
        at: Moment,
        same_as: Option<&Member>,
    ) {
        let linked = same_as
            .and_then(|before| self.meaning(before))
            .map(|before| self.meanings[before].identity);
        if let Some(known) = self.meaning(member) {
            let known = &mut self.meanings[known];
            if known.began.last() != Some(&at) {
                known.began.push(at);
            }
            let alone = known.identity;
            if let Some(linked) = linked.filter(|linked| *linked != alone) {
                // another branch has had it all along as what the older one becomes here
                for meaning in &mut self.meanings {
                    if meaning.identity == alone {
                        meaning.identity = linked;
                    }
                }
            }
            return;
        }
        let identity = linked.unwrap_or_else(|| {
            self.identities += 1;
            self.identities
        });
        self.meanings.push(Meaning {
            member: member.clone(),
            identity,
            began: vec![at],
            ended: Vec::new(),
            spot,
            last: None,
        });
        let indexed = if self.by_number.is_empty() {
            0
        } else {
            self.meanings.len() - 1
        };
        if self.meanings.len() > MANY {
            for (at, meaning) in self.meanings.iter().enumerate().skip(indexed) {
                let named = self.by_number.entry(meaning.member.number).or_default();
                named.push(at as u32);
            }
        }
    }

    pub(crate) fn end(&mut self, member: &Member, spot: Spot, at: Moment) {
        if let Some(known) = self.meaning(member) {
            let meaning = &mut self.meanings[known];
            if meaning.ended.last() != Some(&at) {
                meaning.ended.push(at);
                meaning.last = Some(spot);
            }
        }
    }
}

impl Ledger {
    pub(crate) fn owner(&mut self, key: &Key, path: PathId) -> OwnerId {
        if let Some(&known) = self.by_place.get(&(key.clone(), path)) {
            return known;
        }
        let id = self.add(key);
        self.place(key.clone(), path, id);
        id
    }

    pub(crate) fn add(&mut self, key: &Key) -> OwnerId {
        let id = self.owners.len() as OwnerId;
        self.owners.push(Owner {
            kind: key.0,
            names: vec![key.1.clone()],
            meanings: Vec::new(),
            fences: Vec::new(),
            lives: Vec::new(),
            identities: 0,
            by_number: FxHashMap::default(),
        });
        id
    }

    /// Says that what stands at this place is this owner.
    pub(crate) fn place(&mut self, key: Key, path: PathId, owner: OwnerId) {
        let named = self.by_name.entry(key.clone()).or_default();
        if !named.contains(&owner) {
            named.push(owner);
        }
        self.by_place.insert((key, path), owner);
    }
}
