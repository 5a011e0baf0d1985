//! Questions to the ledger: what happened to an element, and which numbers nothing ever had.

use std::collections::BTreeSet;

use protoskew_schema::Name;
use protoskew_schema::outline::{DeclaredKind, Member};

use super::Past;
use super::ledger::{Owner, OwnerId, Spot, Turn};
use super::timeline::{Moment, Timeline};
use crate::breach::{Fenced, When};
use crate::error::Error;

/// What became of an element, in order.
#[derive(Clone, Debug)]
pub struct History {
    /// The element, as it was asked for.
    pub element: Name,
    /// What happened, oldest first.
    pub events: Vec<Event>,
    /// Whether it is there now.
    pub present: bool,
    /// Its members now, or the member itself.
    pub now: Vec<Member>,
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// The commit.
    pub when: When,
    /// What it did.
    pub what: Happened,
    /// Full name of what it did it to.
    pub element: Name,
    /// The file.
    pub path: Name,
    /// The first release that carried what began; of what ended, nothing.
    pub released: Option<Name>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happened {
    /// A member began.
    Began(Member),
    /// A member ended.
    Ended(Member),
    /// Numbers, a name or a range of extensions were fenced.
    Raised(Fenced),
    /// They are not any more.
    Dropped(Fenced),
    /// The element came; `true`: it had been there with another shape.
    Came(bool),
    /// The element went.
    Went,
    /// The element goes by another name.
    Renamed(Name),
}

/// Numbers that nothing ever had.
#[derive(Clone, Debug)]
pub struct Next {
    /// The message or enum.
    pub element: Name,
    /// The numbers, the lowest first.
    pub free: Vec<i32>,
    /// Numbers that are in use.
    pub used: Vec<i32>,
    /// Numbers that once were, each with its last name, and are not fenced.
    pub spent: Vec<(i32, Name)>,
    /// Numbers that are reserved.
    pub reserved: Vec<(i32, i32)>,
}

/// Numbers that the language keeps for itself.
const KEPT: std::ops::RangeInclusive<i32> = 19_000..=19_999;
/// The largest number of a field.
const LAST_FIELD_NUMBER: i32 = 536_870_911;

impl Past {
    /// What happened to a message, an enum, a service, or one of their members (by name, or by number: `pkg.Message.4`).
    pub fn history(&self, element: &str) -> Result<History, Error> {
        let (owners, member) = self.find(element)?;
        let mut rows: Vec<(Moment, usize, Event)> = Vec::new();
        let mut now = Vec::new();
        let mut present = false;
        for &id in &owners {
            let owner = &self.ledger.owners[id as usize];
            let numbers = owner.numbers(member);
            let meant = |m: &Member| match member {
                None => true,
                Some(name) => m.name == name || numbers.contains(&m.number),
            };
            let mut push =
                |at: Moment, rank: usize, what: Happened, element: Name, spot: Spot, released| {
                    let when = self.when(at)?;
                    rows.push((
                        at,
                        rank,
                        Event {
                            when,
                            what,
                            element,
                            path: self.commits.path(spot.declaration.path).into(),
                            released,
                        },
                    ));
                    Ok::<(), Error>(())
                };
            for meaning in owner.meanings.iter().filter(|m| meant(&m.member)) {
                let element = owner.element(&meaning.member.name);
                for (nth, &at) in meaning.began.iter().enumerate() {
                    let until = meaning.ended.iter().copied().find(|&ended| ended > at);
                    let released = self.released(at, until).filter(|_| nth == 0).cloned();
                    let what = Happened::Began(meaning.member.clone());
                    push(at, 2, what, element.clone(), meaning.spot, released)?;
                }
                for &at in &meaning.ended {
                    let what = Happened::Ended(meaning.member.clone());
                    let spot = meaning.last.unwrap_or(meaning.spot);
                    push(at, 1, what, element.clone(), spot, None)?;
                }
            }
            for fence in &owner.fences {
                let about = match &fence.about {
                    Fenced::Numbers(a, b) => numbers.iter().any(|n| (a..=b).contains(&n)),
                    Fenced::Name(name) => member.is_some_and(|member| name == member),
                    Fenced::Extensions(..) => false,
                };
                if member.is_none() || about {
                    let what = if fence.raised {
                        Happened::Raised(fence.about.clone())
                    } else {
                        Happened::Dropped(fence.about.clone())
                    };
                    push(fence.at, 3, what, owner.name().clone(), fence.spot, None)?;
                }
            }
            for life in owner.lives.iter().filter(|_| member.is_none()) {
                let (rank, what) = match &life.what {
                    Turn::Began(clash) => (0, Happened::Came(clash.is_some())),
                    Turn::Ended => (4, Happened::Went),
                    Turn::Renamed(name) => (0, Happened::Renamed(name.clone())),
                };
                push(life.at, rank, what, owner.name().clone(), life.spot, None)?;
            }
            now.extend(self.members(id).into_iter().filter(|m| meant(m)));
            present |=
                member.is_none() && self.ledger.present.iter().any(|(owner, _)| *owner == id);
        }
        let number = |what: &Happened| match what {
            Happened::Began(member) | Happened::Ended(member) => member.number,
            _ => 0,
        };
        rows.sort_by(|(a, rank_a, one), (b, rank_b, two)| {
            let one = (a, rank_a, number(&one.what), &one.element, &one.path);
            one.cmp(&(b, rank_b, number(&two.what), &two.element, &two.path))
        });
        Ok(History {
            element: element.into(),
            events: rows.into_iter().map(|(_, _, event)| event).collect(),
            present: present || !now.is_empty(),
            now,
        })
    }

    /// The lowest numbers that nothing in the history of a message or an enum ever had.
    pub fn next(&self, element: &str, count: usize) -> Result<Next, Error> {
        let (owners, member) = self.find(element)?;
        let numbered = owners.iter().copied().filter(|&id| {
            matches!(
                self.ledger.owners[id as usize].kind,
                DeclaredKind::Message | DeclaredKind::Enum
            )
        });
        let numbered: Vec<OwnerId> = numbered.collect();
        let (Some(&first), None) = (numbered.first(), member) else {
            return Err(
                Error::usage(format!("`{element}` is no message and no enum"))
                    .hint("only fields and enum values have numbers of their own"),
            );
        };
        let mut ever: BTreeSet<i32> = BTreeSet::new();
        let mut walls: Vec<(i32, i32)> = Vec::new();
        let mut next = Next {
            element: element.into(),
            free: Vec::new(),
            used: Vec::new(),
            spent: Vec::new(),
            reserved: Vec::new(),
        };
        for &id in &numbered {
            let owner = &self.ledger.owners[id as usize];
            ever.extend(owner.meanings.iter().map(|meaning| meaning.member.number));
            for fence in &owner.fences {
                match fence.about {
                    Fenced::Numbers(start, end) => walls.push((start, end)),
                    Fenced::Extensions(start, end) if fence.raised => walls.push((start, end)),
                    _ => {}
                }
            }
            next.used
                .extend(self.members(id).iter().map(|member| member.number));
            for &(_, declaration) in self.ledger.present.iter().filter(|(owner, _)| *owner == id) {
                let items = &self.commits.facts(declaration.facts).items;
                let declared = &items[declaration.item as usize].declared;
                next.reserved.extend(
                    declared
                        .reserved
                        .iter()
                        .map(|range| (range.start, range.end)),
                );
            }
        }
        next.used.sort_unstable();
        next.used.dedup();
        next.reserved.sort_unstable();
        let owner = &self.ledger.owners[first as usize];
        let is_message = owner.kind == DeclaredKind::Message;
        if is_message {
            walls.push((*KEPT.start(), *KEPT.end()));
        }
        for &number in &ever {
            let fenced = next
                .reserved
                .iter()
                .any(|&(a, b)| (a..=b).contains(&number));
            if !fenced && !next.used.contains(&number) {
                let last = owner
                    .meanings
                    .iter()
                    .rev()
                    .find(|m| m.member.number == number);
                let name = last.map(|meaning| meaning.member.name.clone());
                next.spent.push((number, name.unwrap_or_default()));
            }
        }
        let last = if is_message {
            LAST_FIELD_NUMBER
        } else {
            i32::MAX
        };
        let mut number = i32::from(is_message);
        while next.free.len() < count {
            if let Some(&(_, end)) = walls.iter().find(|&&(a, b)| (a..=b).contains(&number)) {
                if end >= last {
                    break;
                }
                number = end + 1;
                continue;
            }
            if !ever.contains(&number) {
                next.free.push(number);
            }
            if number >= last {
                break;
            }
            number += 1;
        }
        Ok(next)
    }

    /// What an owner holds now.
    fn members(&self, id: OwnerId) -> Vec<Member> {
        let present = self.ledger.present.iter().filter(|(owner, _)| *owner == id);
        present
            .flat_map(|(_, declaration)| {
                let items = &self.commits.facts(declaration.facts).items;
                items[declaration.item as usize].declared.members.clone()
            })
            .collect()
    }

    /// The owners of that name, or of that member.
    fn find<'e>(&self, element: &'e str) -> Result<(Vec<OwnerId>, Option<&'e str>), Error> {
        let element = element.trim_start_matches('.');
        let named = |name: &str| -> Vec<OwnerId> {
            let owners = self.ledger.owners.iter().enumerate();
            let found = owners.filter(|(_, owner)| owner.names.iter().any(|known| known == name));
            found.map(|(id, _)| id as OwnerId).collect()
        };
        let whole = named(element);
        if !whole.is_empty() {
            return Ok((whole, None));
        }
        let extending: Vec<OwnerId> = self
            .ledger
            .owners
            .iter()
            .enumerate()
            .filter(|(_, owner)| {
                owner.kind == DeclaredKind::Extendee && !owner.numbers(Some(element)).is_empty()
            })
            .map(|(id, _)| id as OwnerId)
            .collect();
        if !extending.is_empty() {
            return Ok((extending, Some(element)));
        }
        if let Some((owner, member)) = element.rsplit_once('.') {
            let mut owners = named(owner);
            owners.retain(|&id| self.ledger.owners[id as usize].has(member));
            if !owners.is_empty() {
                return Ok((owners, Some(member)));
            }
        }
        let mut names: BTreeSet<Name> = BTreeSet::new();
        for owner in &self.ledger.owners {
            names.extend(owner.names.iter().cloned());
            names.extend(owner.meanings.iter().map(|m| owner.element(&m.member.name)));
        }
        let names: Vec<&str> = names.iter().map(Name::as_str).collect();
        let error = Error::usage(format!("nothing was ever called `{element}`"));
        Err(match crate::config::nearest(element, &names) {
            Some(hint) => error.hint(hint),
            None => error.hint(
                "name it with its package: `pkg.Message`, `pkg.Message.field`, `pkg.Message.4`",
            ),
        })
    }
}

impl Owner {
    /// The full name of a member.
    pub fn element(&self, member: &Name) -> Name {
        if self.kind == DeclaredKind::Extendee {
            member.clone()
        } else {
            format!("{}.{member}", self.name()).into()
        }
    }

    /// Whether a member was ever called so, or had that number.
    fn has(&self, member: &str) -> bool {
        let number = member
            .parse::<i32>()
            .ok()
            .filter(|_| self.kind != DeclaredKind::Service);
        self.meanings
            .iter()
            .any(|m| m.member.name == member || Some(m.member.number) == number)
    }

    /// The numbers that a member of that name ever had; a method has none.
    fn numbers(&self, member: Option<&str>) -> Vec<i32> {
        let Some(member) = member.filter(|_| self.kind != DeclaredKind::Service) else {
            return Vec::new();
        };
        let mut numbers: Vec<i32> = self
            .meanings
            .iter()
            .filter(|m| m.member.name == member)
            .map(|m| m.member.number)
            .chain(member.parse::<i32>())
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }
}
