//! Reads a timeline into a ledger: what each state began and ended, merges element by element.

use protoskew_schema::outline::{Declared, DeclaredKind, Member};
use protoskew_schema::{Name, Span};
use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{Item, Key};
use super::ledger::{Clash, Declaration, Fence, Ledger, Life, OwnerId, Spot, Turn};
use super::state::State;
use super::timeline::{FactsId, FileChange, Moment, PathId, Timeline, reaches};
use crate::breach::Fenced;

/// What happened to an owner from one state to the next.
#[derive(Clone, Debug)]
pub(super) struct Event {
    pub(super) owner: OwnerId,
    pub(super) what: What,
    pub(super) spot: Spot,
    /// Of a member that began: the one that it was before, where it is the same under another name or type.
    pub(super) same_as: Option<Member>,
    /// Of an owner that came or went: what it says, or said.
    pub(super) declaration: Option<Declaration>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum What {
    Began(i32, Name, Name),
    Ended(i32, Name, Name),
    Raised(Fenced),
    Dropped(Fenced),
    Came,
    Went,
    Renamed(Name),
}

impl What {
    fn ends(&self) -> bool {
        matches!(self, What::Ended(..) | What::Dropped(_) | What::Went)
    }
}

/// Reads every state, and leaves the ledger at the judged one.
pub fn read<T: Timeline + ?Sized>(
    timeline: &T,
    declared: &[(Name, Name)],
    judged: Moment,
) -> Ledger {
    let mut reader = Reader {
        timeline,
        declared,
        state: State::default(),
        ledger: Ledger::default(),
        carried: FxHashMap::default(),
    };
    let mut at = None;
    for moment in 0..timeline.len() as Moment {
        reader.moment(at, moment);
        at = Some(moment);
    }
    if at.is_some() {
        reader.finish(at, judged);
    }
    reader.ledger
}

pub(super) struct Reader<'a, T: Timeline + ?Sized> {
    pub(super) timeline: &'a T,
    pub(super) declared: &'a [(Name, Name)],
    pub(super) state: State,
    pub(super) ledger: Ledger,
    /// What counts for a file that cannot be read: its last good state.
    carried: FxHashMap<(PathId, FactsId), FactsId>,
}

impl<T: Timeline + ?Sized> Reader<'_, T> {
    fn moment(&mut self, from: Option<Moment>, to: Moment) {
        let timeline = self.timeline;
        let parents = timeline.parents(to);
        let sources: Vec<Option<Moment>> = if parents.is_empty() {
            vec![None]
        } else {
            parents.iter().copied().map(Some).collect()
        };
        let raw: Vec<Vec<FileChange>> = sources
            .iter()
            .map(|&source| timeline.changes(source, to))
            .collect();
        for change in raw.iter().flatten() {
            self.carry(change, to);
        }
        let go = self.good(timeline.changes(from, to));
        self.state.go(timeline, &go);
        let mut found: Vec<Vec<Event>> = raw
            .into_iter()
            .map(|changes| {
                let changes = self.good(changes);
                self.transition(&changes)
            })
            .collect();
        let events = if found.len() == 1 {
            found.remove(0)
        } else {
            self.merged(parents, to, found)
        };
        for event in events {
            self.record(event, to);
        }
    }

    /// A file that cannot be read says what it last said.
    fn carry(&mut self, change: &FileChange, at: Moment) {
        let Some(new) = change.new else { return };
        let Some(message) = &self.timeline.facts(new).broken else {
            return;
        };
        let key = (change.path, new);
        if !self.carried.contains_key(&key) {
            let good = change
                .old
                .map_or(new, |old| self.effective(change.path, old));
            self.carried.insert(key, good);
            self.ledger.unread.push((change.path, at, message.clone()));
        }
    }

    fn effective(&self, path: PathId, facts: FactsId) -> FactsId {
        self.carried.get(&(path, facts)).copied().unwrap_or(facts)
    }

    fn good(&self, mut changes: Vec<FileChange>) -> Vec<FileChange> {
        for change in &mut changes {
            change.old = change.old.map(|facts| self.effective(change.path, facts));
            change.new = change.new.map(|facts| self.effective(change.path, facts));
        }
        changes.retain(|change| change.old != change.new);
        changes
    }

    /// Of a merge, what is in no parent: what began in it, and what ended in it although only one side had it.
    fn merged(&mut self, parents: &[Moment], to: Moment, found: Vec<Vec<Event>>) -> Vec<Event> {
        let sets: Vec<FxHashSet<(OwnerId, What)>> = found
            .iter()
            .map(|events| {
                let keys = events.iter().map(|event| (event.owner, event.what.clone()));
                keys.collect()
            })
            .collect();
        let mut bases: FxHashMap<(usize, usize), FxHashSet<(OwnerId, What)>> = FxHashMap::default();
        let mut kept = Vec::new();
        let mut told: FxHashSet<(OwnerId, What)> = FxHashSet::default();
        for (mine, events) in found.into_iter().enumerate() {
            for event in events {
                let key = (event.owner, event.what.clone());
                let lacking: Vec<usize> = (0..sets.len())
                    .filter(|&other| other != mine && !sets[other].contains(&key))
                    .collect();
                let kept_here = if lacking.is_empty() {
                    true
                } else if !event.what.ends() {
                    false
                } else {
                    lacking.iter().all(|&other| {
                        let pair = (mine.min(other), mine.max(other));
                        let base = bases.entry(pair).or_insert_with(|| {
                            let base = self.timeline.common(parents[pair.0], parents[pair.1]);
                            let changes = self.good(self.timeline.changes(base, to));
                            let events = self.transition(&changes);
                            events.into_iter().map(|e| (e.owner, e.what)).collect()
                        });
                        !base.contains(&key)
                    })
                };
                if kept_here && told.insert(key) {
                    kept.push(event);
                }
            }
        }
        kept
    }

    fn record(&mut self, event: Event, at: Moment) {
        let Event {
            owner: id,
            what,
            spot,
            same_as,
            declaration,
        } = event;
        let clash = match (&what, declaration) {
            (What::Came, Some(declaration)) => self.clash(id, declaration, at),
            _ => None,
        };
        let owner = &mut self.ledger.owners[id as usize];
        let member = |number, name, ty| Member {
            number,
            name,
            ty,
            span: Span::default(),
        };
        match what {
            What::Began(number, name, ty) => {
                owner.begin(&member(number, name, ty), spot, at, same_as.as_ref());
            }
            What::Ended(number, name, ty) => owner.end(&member(number, name, ty), spot, at),
            What::Raised(about) | What::Dropped(about)
                if owner
                    .fences
                    .last()
                    .is_some_and(|last| last.at == at && last.about == about) => {}
            What::Raised(about) => owner.fences.push(Fence {
                about,
                raised: true,
                at,
                spot,
            }),
            What::Dropped(about) => owner.fences.push(Fence {
                about,
                raised: false,
                at,
                spot,
            }),
            What::Came | What::Went | What::Renamed(_) => {
                let what = match what {
                    What::Came => Turn::Began(clash),
                    What::Renamed(name) => Turn::Renamed(name),
                    _ => Turn::Ended,
                };
                let same = owner.lives.last().is_some_and(|last| {
                    last.at == at
                        && std::mem::discriminant(&last.what) == std::mem::discriminant(&what)
                });
                if let Turn::Renamed(name) = &what
                    && owner.name() != name
                {
                    owner.names.push(name.clone());
                }
                if !same {
                    owner.lives.push(Life { at, what, spot });
                }
            }
        }
    }

    /// How a message that comes back differs from what it was when it went.
    fn clash(&self, id: OwnerId, now: Declaration, at: Moment) -> Option<Clash> {
        let owner = &self.ledger.owners[id as usize];
        if owner.kind != DeclaredKind::Message {
            return None;
        }
        let gone = owner
            .lives
            .iter()
            .rev()
            .find(|life| life.what == Turn::Ended && reaches(self.timeline, life.at, at))?;
        let new = &self.declared(now).members;
        let mut before = owner
            .meanings
            .iter()
            .filter(|meaning| meaning.ended.contains(&gone.at))
            .peekable();
        before.peek()?;
        let mut kept = 0;
        let mut first = None;
        for was in before {
            let same_number = new.iter().find(|m| m.number == was.member.number);
            let same_name = new.iter().find(|m| m.name == was.member.name);
            match same_number.or(same_name) {
                Some(now) if super::facts::same_member(now, &was.member) => {
                    kept += 1;
                }
                now => {
                    let clash = Clash {
                        gone: gone.at,
                        was: was.member.clone(),
                        now: now.cloned(),
                        since: was.began[0],
                        spot: was.spot,
                    };
                    match &first {
                        None => first = Some(clash),
                        Some(Clash { now: None, .. }) if clash.now.is_some() => {
                            first = Some(clash);
                        }
                        Some(_) => {}
                    }
                }
            }
        }
        // what is missing is no other shape, as long as something is left
        first.filter(|clash| clash.now.is_some() || kept == 0 && !new.is_empty())
    }

    fn finish(&mut self, from: Option<Moment>, judged: Moment) {
        let go = self.good(self.timeline.changes(from, judged));
        self.state.go(self.timeline, &go);
        let mut seen = FxHashSet::default();
        for declaration in self.state.declarations(self.timeline) {
            let key = self.item(declaration).key();
            let path = place_of(&key, declaration.path);
            let Some(&owner) = self.ledger.by_place.get(&(key, path)) else {
                continue;
            };
            let extension = self.ledger.owners[owner as usize].kind == DeclaredKind::Extendee;
            if extension || seen.insert(owner) {
                self.ledger.present.push((owner, declaration));
            }
        }
    }

    pub(super) fn declared(&self, declaration: Declaration) -> &Declared {
        &self.item(declaration).declared
    }

    pub(super) fn item(&self, declaration: Declaration) -> &Item {
        &self.timeline.facts(declaration.facts).items[declaration.item as usize]
    }
}

/// Extensions of one message stand in many files and belong to none of them.
pub(super) fn place_of(key: &Key, path: PathId) -> PathId {
    if key.0 == DeclaredKind::Extendee {
        PathId::MAX
    } else {
        path
    }
}
