//! What the judged state does against the ledger: numbers, names and paths that it uses again or leaves free.

use std::collections::BTreeMap;

use protoskew_schema::former::is_former;
use protoskew_schema::outline::{Declared, DeclaredKind, Member};
use protoskew_schema::{Name, NumberRange, Span};

use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{Part, same_member};
use super::ledger::{Clash, Declaration, Fence, Ledger, Meaning, Owner, OwnerId, Spot, Turn};
use super::members::difference;
use super::timeline::{Moment, Timeline, ancestors, reaches};
use crate::breach::{BreachKind, Fenced};

/// One thing that the judged state does against the ledger.
#[derive(Clone, Debug)]
pub struct Breach {
    /// What it does.
    pub kind: BreachKind,
    /// What it does it to: a message, an enum, a service or the extensions of a message.
    pub owner: DeclaredKind,
    /// Full name of the element.
    pub element: Name,
    /// The state that did it first.
    pub at: Moment,
    /// The states that did it on other lines, or again.
    pub again: Vec<Moment>,
    /// When the earlier meaning began.
    pub since: Moment,
    /// When it ended, where it did.
    pub until: Option<Moment>,
    /// Where it stands now.
    pub new: Spot,
    /// Where the earlier meaning stood.
    pub old: Spot,
    /// What the new meaning was called at first, where that is not its name now.
    pub first_called: Option<Name>,
}

/// Judges everything that the ledger says is there now. The order is that of the owners' first appearance.
pub fn judge<T: Timeline + ?Sized>(timeline: &T, ledger: &Ledger, judged: Moment) -> Vec<Breach> {
    let mut present: BTreeMap<OwnerId, Vec<Declaration>> = BTreeMap::new();
    for &(owner, declaration) in &ledger.present {
        present.entry(owner).or_default().push(declaration);
    }
    let contained = ancestors(timeline, judged);
    let mut breaches = Vec::new();
    for (owner, declarations) in present {
        let item = |d: &Declaration| &timeline.facts(d.facts).items[d.item as usize];
        let declared = |d: &Declaration| &item(d).declared;
        let mut now = Vec::new();
        for declaration in &declarations {
            let spot = |at: u32| Spot {
                declaration: *declaration,
                part: Part::Member(at),
            };
            now.extend(
                declared(declaration)
                    .members
                    .iter()
                    .zip(0..)
                    .map(|(member, at)| (member, spot(at))),
            );
        }
        let first = declarations[0];
        let judge = One {
            timeline,
            contained: &contained,
            owner: &ledger.owners[owner as usize],
            declared: declared(&first),
            index: Index::new(&ledger.owners[owner as usize], &now),
            now,
            here: Spot {
                declaration: first,
                part: Part::Name,
            },
        };
        judge.judge(&mut breaches);
    }
    breaches
}

struct One<'a, T: Timeline + ?Sized> {
    timeline: &'a T,
    contained: &'a [bool],
    owner: &'a Owner,
    declared: &'a Declared,
    now: Vec<(&'a Member, Spot)>,
    here: Spot,
    index: Index<'a>,
}

/// What is there now, and what ever was, by number and by name: a message may have twenty thousand fields.
struct Index<'a> {
    now_at: FxHashMap<i32, Vec<&'a Member>>,
    now_called: FxHashSet<&'a str>,
    ever_at: FxHashMap<i32, Vec<&'a Meaning>>,
    ever_called: FxHashMap<&'a str, Vec<&'a Meaning>>,
}

impl<'a> Index<'a> {
    fn new(owner: &'a Owner, now: &[(&'a Member, Spot)]) -> Self {
        let mut index = Self {
            now_at: FxHashMap::default(),
            now_called: FxHashSet::default(),
            ever_at: FxHashMap::default(),
            ever_called: FxHashMap::default(),
        };
        for &(member, _) in now {
            index.now_at.entry(member.number).or_default().push(member);
            index.now_called.insert(&member.name);
        }
        for meaning in &owner.meanings {
            let member = &meaning.member;
            index
                .ever_at
                .entry(member.number)
                .or_default()
                .push(meaning);
            index
                .ever_called
                .entry(&member.name)
                .or_default()
                .push(meaning);
        }
        index
    }

    fn ever_at(&self, number: i32) -> impl Iterator<Item = &'a Meaning> {
        self.ever_at.get(&number).into_iter().flatten().copied()
    }

    fn ever_called(&self, name: &str) -> impl Iterator<Item = &'a Meaning> {
        self.ever_called.get(name).into_iter().flatten().copied()
    }
}

impl<'a, T: Timeline + ?Sized> One<'a, T> {
    fn judge(&self, breaches: &mut Vec<Breach>) {
        let owner = self.owner;
        let clash = self.clash();
        if let Some((at, clash)) = &clash {
            breaches.push(Breach {
                kind: BreachKind::MessageReused {
                    was: clash.was.clone(),
                    now: clash.now.clone(),
                },
                owner: owner.kind,
                element: self.declared.name.clone(),
                at: *at,
                since: clash.since,
                until: Some(clash.gone),
                new: self.here,
                old: clash.spot,
                first_called: None,
                again: Vec::new(),
            });
        }
        // what a message was in an earlier life is told once, by the message
        let buried = |meaning: &Meaning| {
            clash
                .as_ref()
                .is_some_and(|(_, clash)| meaning.ended.contains(&clash.gone))
        };
        let mut reused = Vec::new();
        for &(member, spot) in &self.now {
            let Some(mine) = owner.meaning(member) else {
                continue;
            };
            let mine = &owner.meanings[mine];
            if let Some(was) = self.earlier(mine, &buried) {
                let at = self.first(mine);
                let element = self.element(&member.name);
                let kind = if owner.kind == DeclaredKind::Service {
                    BreachKind::PathReused {
                        was: was.member.ty.clone(),
                        now: member.ty.clone(),
                    }
                } else {
                    reused.push(member.number);
                    BreachKind::NumberReused {
                        number: member.number,
                        was: was.member.clone(),
                        now: member.clone(),
                    }
                };
                let name = self.oldest(mine).map(|oldest| &oldest.member.name);
                breaches.push(Breach {
                    first_called: name.filter(|name| **name != member.name).cloned(),
                    again: self.again(mine),
                    ..self.breach(kind, element, at, was, spot)
                });
            }
            if let Some(was) = self.renumbered(mine, &buried) {
                let kind = BreachKind::Renumbered {
                    name: member.name.clone(),
                    old: was.member.number,
                    new: member.number,
                };
                let element = self.element(&member.name);
                breaches.push(Breach {
                    again: self.again(mine),
                    ..self.breach(kind, element, self.first(mine), was, spot)
                });
            }
        }
        if matches!(owner.kind, DeclaredKind::Message | DeclaredKind::Enum) {
            let dropped = self.dropped(
                &reused,
                clash.as_ref().map(|(_, clash)| clash.gone),
                breaches,
            );
            self.unreserved(&dropped, &buried, breaches);
        }
    }

    /// The last time that the message came back as something else, if that still holds.
    fn clash(&self) -> Option<(Moment, &Clash)> {
        let mut found = None;
        for life in &self.owner.lives {
            if let Turn::Began(Some(clash)) = &life.what
                && self.contained[life.at as usize]
                && !self.has(&clash.was)
            {
                found = Some((life.at, clash));
            }
        }
        found
    }

    fn has(&self, member: &Member) -> bool {
        let here = self.index.now_at.get(&member.number);
        here.into_iter()
            .flatten()
            .any(|now| same_member(now, member))
    }

    /// The youngest other meaning of the same number (of a method: of the same path) that was there before this one.
    fn earlier(&self, mine: &Meaning, buried: &dyn Fn(&Meaning) -> bool) -> Option<&'a Meaning> {
        let first = self.first(mine);
        let method = self.owner.kind == DeclaredKind::Service;
        let others = self.index.ever_at(mine.member.number).filter(|other| {
            other.identity != mine.identity
                && (!method || other.member.name == mine.member.name)
                && !self.has(&other.member)
                && !buried(other)
                && self.before(other, first)
                && !self.made_way(other, mine)
        });
        others.max_by_key(|other| other.began[0])
    }

    /// Where the old one only moved to another number in the same commit, it is told as renumbered, with who took its place.
    fn made_way(&self, other: &Meaning, mine: &Meaning) -> bool {
        let first = self.first(mine);
        let mut old = self.index.ever_at(other.member.number);
        old.any(|old| {
            old.identity == other.identity
                && old.ended.contains(&first)
                && self.index.now_called.contains(old.member.name.as_str())
        })
    }

    fn renumbered(&self, mine: &Meaning, buried: &dyn Fn(&Meaning) -> bool) -> Option<&'a Meaning> {
        if self.owner.kind == DeclaredKind::Service {
            return None;
        }
        let first = mine.began[0];
        let others = self.index.ever_called(&mine.member.name).filter(|other| {
            other.member.number != mine.member.number
                && !self.has(&other.member)
                && !self.set_aside(other)
                && !buried(other)
                && self.contained[other.began[0] as usize]
                && other.began[0] != first
                && reaches(self.timeline, other.began[0], first)
        });
        others.max_by_key(|other| other.began[0])
    }

    /// Whether a field lives on under its number, and a name that says that another one has taken its name over.
    fn set_aside(&self, meaning: &Meaning) -> bool {
        let mut here = self.index.ever_at(meaning.member.number);
        here.any(|other| {
            other.identity == meaning.identity
                && is_former(&other.member.name, &meaning.member.name)
                && self.has(&other.member)
        })
    }

    /// The state that first had this meaning, under whatever name.
    fn first(&self, mine: &Meaning) -> Moment {
        self.oldest(mine)
            .map_or(mine.began[0], |oldest| oldest.began[0])
    }

    /// Every state in which this meaning began, under whatever name: a line that was branched off has one of its own.
    fn again(&self, mine: &Meaning) -> Vec<Moment> {
        let here = self.index.ever_at(mine.member.number);
        let same = here.filter(|meaning| meaning.identity == mine.identity);
        same.flat_map(|meaning| meaning.began.iter().copied())
            .collect()
    }

    fn oldest(&self, mine: &Meaning) -> Option<&'a Meaning> {
        let here = self.index.ever_at(mine.member.number);
        let same = here.filter(|meaning| meaning.identity == mine.identity);
        same.min_by_key(|meaning| meaning.began[0])
    }

    /// Whether a meaning was there before a state: among those it came from, or earlier on a line that it did not.
    fn before(&self, other: &Meaning, first: Moment) -> bool {
        let began = other.began[0];
        if began == first {
            return false;
        }
        if self.contained[began as usize] {
            reaches(self.timeline, began, first)
        } else {
            began < first
        }
    }

    /// Fences that are down, as far as nothing else is told of the numbers behind them; gives those ranges.
    fn dropped(
        &self,
        reused: &[i32],
        gone: Option<Moment>,
        breaches: &mut Vec<Breach>,
    ) -> Vec<(i32, i32, Moment)> {
        let mut open: Vec<(i32, i32, Moment)> = Vec::new();
        let range = |number: i32, end: i32| NumberRange {
            start: number,
            end,
            span: Span::default(),
        };
        // the youngest first: a fence that fell twice is told once
        let fences: Vec<&Fence> = self
            .owner
            .fences
            .iter()
            .rev()
            .filter(|fence| {
                !fence.raised
                    && self.contained[fence.at as usize]
                    && gone.is_none_or(|gone| fence.at != gone)
            })
            .collect();
        let mut told: Vec<Fenced> = Vec::new();
        for fence in fences {
            let mut tell = |about: Fenced, breaches: &mut Vec<Breach>| {
                if told.contains(&about) {
                    return;
                }
                told.push(about.clone());
                let raised = self.raised(fence);
                breaches.push(Breach {
                    kind: BreachKind::FenceDropped(about),
                    owner: self.owner.kind,
                    element: self.declared.name.clone(),
                    at: fence.at,
                    since: raised.at,
                    until: Some(fence.at),
                    new: self.here,
                    old: raised.spot,
                    first_called: None,
                    again: Vec::new(),
                });
            };
            match &fence.about {
                Fenced::Name(name) => {
                    let mut names = self.declared.reserved_names.iter();
                    if !names.any(|reserved| reserved.name == *name) {
                        tell(fence.about.clone(), breaches);
                    }
                }
                Fenced::Numbers(start, end) => {
                    let mut walls = self.declared.reserved.clone();
                    walls.extend(reused.iter().map(|&number| range(number, number)));
                    walls.extend(open.iter().map(|&(start, end, _)| range(start, end)));
                    let whole = [range(*start, *end)];
                    for (_, start, end) in difference(&whole, &walls) {
                        open.push((start, end, fence.at));
                        tell(Fenced::Numbers(start, end), breaches);
                    }
                }
                Fenced::Extensions(start, end) => {
                    let mut walls = self.declared.extension_ranges.clone();
                    walls.extend(&self.declared.reserved);
                    let whole = [range(*start, *end)];
                    for (_, start, end) in difference(&whole, &walls) {
                        tell(Fenced::Extensions(start, end), breaches);
                    }
                }
            }
        }
        open
    }

    /// The fence when it was raised, perhaps as a part of a longer one: it stood at that place in that state.
    fn raised<'f>(&'f self, fence: &'f Fence) -> &'f Fence {
        let covers = |other: &Fenced| match (other, &fence.about) {
            (Fenced::Numbers(from, to), Fenced::Numbers(start, end))
            | (Fenced::Extensions(from, to), Fenced::Extensions(start, end)) => {
                from <= start && end <= to
            }
            (other, about) => other == about,
        };
        let mut fences = self.owner.fences.iter().rev();
        let raised =
            fences.find(|other| other.raised && other.at < fence.at && covers(&other.about));
        raised.unwrap_or(fence)
    }

    fn unreserved(
        &self,
        dropped: &[(i32, i32, Moment)],
        buried: &dyn Fn(&Meaning) -> bool,
        breaches: &mut Vec<Breach>,
    ) {
        let within = |ranges: &[NumberRange], number: i32| {
            ranges.iter().any(|r| (r.start..=r.end).contains(&number))
        };
        let mut numbers: BTreeMap<i32, (&Meaning, Moment)> = BTreeMap::new();
        let mut names: BTreeMap<&Name, (&Meaning, Moment)> = BTreeMap::new();
        for meaning in &self.owner.meanings {
            let number = meaning.member.number;
            let ended = meaning
                .ended
                .iter()
                .rev()
                .find(|&&at| self.contained[at as usize]);
            let Some(&ended) = ended else { continue };
            if buried(meaning) || self.has(&meaning.member) {
                continue;
            }
            let in_use = self.index.now_at.contains_key(&number);
            let fenced = within(&self.declared.reserved, number)
                || within(&self.declared.extension_ranges, number)
                || dropped
                    .iter()
                    .any(|&(start, end, at)| (start..=end).contains(&number) && at > ended);
            if !in_use && !fenced && numbers.get(&number).is_none_or(|&(_, at)| at <= ended) {
                numbers.insert(number, (meaning, ended));
            }
            let name = &meaning.member.name;
            let name_there = self.index.now_called.contains(name.as_str())
                || self
                    .declared
                    .reserved_names
                    .iter()
                    .any(|reserved| reserved.name == *name);
            if !name_there
                && !self.renamed(meaning)
                && names.get(name).is_none_or(|&(_, at)| at <= ended)
            {
                names.insert(name, (meaning, ended));
            }
        }
        for (number, (meaning, ended)) in numbers {
            let name = &meaning.member.name;
            let moved = self.index.now_called.contains(name.as_str());
            let kind = BreachKind::NumberUnreserved { number, moved };
            let element = self.element(name);
            breaches.push(Breach {
                again: meaning.ended.clone(),
                ..self.breach(kind, element, ended, meaning, self.here)
            });
        }
        for (name, (meaning, ended)) in names {
            let kind = BreachKind::NameUnreserved {
                name: name.clone(),
                number: meaning.member.number,
            };
            let element = self.element(name);
            breaches.push(Breach {
                again: meaning.ended.clone(),
                ..self.breach(kind, element, ended, meaning, self.here)
            });
        }
    }

    /// Whether the same field went on under another name.
    fn renamed(&self, meaning: &Meaning) -> bool {
        let same = |other: &Meaning| {
            other.identity == meaning.identity && other.member.name != meaning.member.name
        };
        let here = self.index.ever_at(meaning.member.number);
        let mut others = here.filter(|other| same(other));
        others.any(|other| other.began[0] > meaning.began[0] || self.has(&other.member))
    }

    fn breach(
        &self,
        kind: BreachKind,
        element: Name,
        at: Moment,
        was: &Meaning,
        new: Spot,
    ) -> Breach {
        Breach {
            kind,
            owner: self.owner.kind,
            element,
            at,
            again: Vec::new(),
            since: was.began[0],
            until: was.ended.first().copied(),
            new,
            old: was.spot,
            first_called: None,
        }
    }

    fn element(&self, name: &str) -> Name {
        if self.owner.kind == DeclaredKind::Extendee {
            // an extension has a full name of its own
            name.into()
        } else {
            format!("{}.{name}", self.declared.name).into()
        }
    }
}
