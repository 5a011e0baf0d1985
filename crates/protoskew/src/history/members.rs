//! What one owner's members and fences began and ended, from one state to the next.

use protoskew_schema::former::is_former;
use protoskew_schema::outline::{Declared, DeclaredKind, Member};
use protoskew_schema::{Name, NumberRange};
use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{Part, same_group, same_member, same_type};
use super::ledger::{Declaration, OwnerId, Spot};
use super::reader::{Event, Reader, What};
use super::timeline::{PathId, Timeline};
use super::transition::{plain, spot};
use crate::breach::Fenced;

/// Members of one side, each with where it stands.
type Placed<'m> = [(&'m Member, Spot)];

impl<T: Timeline + ?Sized> Reader<'_, T> {
    /// What one owner's members and fences began and ended. Several declarations are those of an extended message.
    pub(super) fn compare(
        &self,
        owner: OwnerId,
        (old, new): (&[Declaration], &[Declaration]),
        renames: &[(Name, Name)],
        events: &mut Vec<Event>,
    ) {
        let members = |declarations: &[Declaration]| -> Vec<(&Member, Spot)> {
            let all = declarations.iter().flat_map(|&declaration| {
                let members = self.declared(declaration).members.iter().zip(0..);
                members.map(move |(member, at)| (member, spot(declaration, Part::Member(at))))
            });
            all.collect()
        };
        let (mut olds, mut news) = (members(old), members(new));
        let same = same_member;
        let scope = self.ledger.owners[owner as usize].name().clone();
        if self.ledger.owners[owner as usize].kind == DeclaredKind::Extendee {
            let unchanged = self.unchanged(&scope, old, new);
            for side in [&mut olds, &mut news] {
                side.retain(|(member, _)| !unchanged.iter().any(|known| same(known, member)));
            }
        }
        let by_number = |members: &[(&Member, Spot)]| -> FxHashMap<i32, Vec<usize>> {
            let mut found: FxHashMap<i32, Vec<usize>> = FxHashMap::default();
            for (at, (member, _)) in members.iter().enumerate() {
                found.entry(member.number).or_default().push(at);
            }
            found
        };
        let (old_numbers, new_numbers) = (by_number(&olds), by_number(&news));
        let old_names: FxHashSet<&str> = olds
            .iter()
            .map(|(member, _)| member.name.as_str())
            .collect();
        let new_names: FxHashSet<&str> = news
            .iter()
            .map(|(member, _)| member.name.as_str())
            .collect();
        let at_number = |numbers: &FxHashMap<i32, Vec<usize>>, number| -> Vec<usize> {
            numbers.get(&number).cloned().unwrap_or_default()
        };
        for &(before, spot) in &olds {
            let stays = at_number(&new_numbers, before.number)
                .into_iter()
                .any(|at| same(before, news[at].0));
            if !stays {
                let what = What::Ended(before.number, before.name.clone(), before.ty.clone());
                events.push(plain(owner, what, spot));
            }
        }
        for &(after, spot) in &news {
            let here: Vec<&Member> = at_number(&old_numbers, after.number)
                .into_iter()
                .map(|at| olds[at].0)
                .filter(|before| {
                    after.number != 0 || before.name == after.name || after.ty.is_empty()
                })
                .collect();
            if here.iter().any(|before| same(before, after)) {
                continue;
            }
            let stays = |before: &Member| {
                at_number(&new_numbers, before.number)
                    .into_iter()
                    .any(|at| news[at].0.name == before.name)
            };
            let same_as = here.iter().find(|before| {
                if before.name == after.name {
                    return true;
                }
                // another name of a value that keeps the one it had
                let alias = after.ty.is_empty() && stays(before);
                let shuffled = new_names.contains(before.name.as_str())
                    || old_names.contains(after.name.as_str());
                let is_enum = |text: &str| self.state.is_enum(text, &scope);
                let renamed = |was: &str, is: &str| {
                    renames
                        .iter()
                        .any(|(old, new)| same_type(was, old) && same_type(is, new))
                };
                alias
                    || !shuffled && same_group(&before.ty, &after.ty, is_enum, renamed)
                    || self.set_aside(before, after, (&olds, &news))
            });
            let what = What::Began(after.number, after.name.clone(), after.ty.clone());
            let mut began = plain(owner, what, spot);
            began.same_as = same_as.map(|&before| before.clone());
            events.push(began);
        }
        if self.ledger.owners[owner as usize].kind != DeclaredKind::Extendee {
            self.fences(owner, (old.first(), new.first()), events);
        }
    }

    /// Whether a field was set aside, under a name that says so, for a new one that has its name; or came back from there.
    fn set_aside(
        &self,
        before: &Member,
        after: &Member,
        (olds, news): (&Placed<'_>, &Placed<'_>),
    ) -> bool {
        // what bears the plain name on one side has a number that the other one does not know
        let apart = |plain: &str, here: &Placed<'_>, there: &Placed<'_>| {
            let named = here.iter().find(|(member, _)| member.name == plain);
            named.is_some_and(|(named, _)| {
                let mut others = there.iter();
                !others.any(|(member, _)| member.number == named.number)
            })
        };
        let called =
            |name: &str, side: &Placed<'_>| side.iter().any(|(member, _)| member.name == name);
        let forth = is_former(&after.name, &before.name)
            && !called(&after.name, olds)
            && apart(&before.name, news, olds);
        let back = is_former(&before.name, &after.name)
            && !called(&before.name, news)
            && apart(&after.name, olds, news);
        (forth || back) && same_type(&before.ty, &after.ty)
    }

    /// Extensions of a message that stand in files which did not change.
    fn unchanged(&self, extendee: &Name, old: &[Declaration], new: &[Declaration]) -> Vec<Member> {
        let key = (DeclaredKind::Extendee, extendee.clone());
        let changed: FxHashSet<PathId> = old.iter().chain(new).map(|d| d.path).collect();
        let paths = self.state.declaring(&key).iter();
        paths
            .filter(|path| !changed.contains(path))
            .filter_map(|&path| self.state.file(path))
            .flat_map(|facts| &self.timeline.facts(facts).items)
            .map(|item| &item.declared)
            .filter(|declared| declared.kind == key.0 && declared.name == key.1)
            .flat_map(|declared| declared.members.iter().cloned())
            .collect()
    }

    fn fences(
        &self,
        owner: OwnerId,
        (old, new): (Option<&Declaration>, Option<&Declaration>),
        events: &mut Vec<Event>,
    ) {
        const NONE: &[NumberRange] = &[];
        let declared = |d: Option<&Declaration>| d.map(|&d| self.declared(d));
        let (before, after) = (declared(old), declared(new));
        type Ranges = fn(&Declared) -> &[NumberRange];
        type About = fn(i32, i32) -> Fenced;
        type PartOf = fn(u32) -> Part;
        let kinds: [(Ranges, About, PartOf); 2] = [
            (|d| &d.reserved, Fenced::Numbers, Part::Reserved),
            (
                |d| &d.extension_ranges,
                Fenced::Extensions,
                Part::Extensions,
            ),
        ];
        for (ranges, fenced, part) in kinds {
            let (olds, news) = (before.map_or(NONE, ranges), after.map_or(NONE, ranges));
            for (from, without, at, raised) in [(olds, news, old, false), (news, olds, new, true)] {
                for (range, start, end) in difference(from, without) {
                    let Some(&at) = at else { continue };
                    let about = fenced(start, end);
                    let what = if raised {
                        What::Raised(about)
                    } else {
                        What::Dropped(about)
                    };
                    events.push(plain(owner, what, spot(at, part(range))));
                }
            }
        }
        for (from, without, at, raised) in [(before, after, old, false), (after, before, new, true)]
        {
            for (name, place) in from.iter().flat_map(|d| d.reserved_names.iter().zip(0..)) {
                let there = without
                    .is_some_and(|d| d.reserved_names.iter().any(|known| known.name == name.name));
                let (false, Some(&at)) = (there, at) else {
                    continue;
                };
                let about = Fenced::Name(name.name.clone());
                let what = if raised {
                    What::Raised(about)
                } else {
                    What::Dropped(about)
                };
                events.push(plain(owner, what, spot(at, Part::ReservedName(place))));
            }
        }
    }
}

/// The parts of some ranges that others do not cover, each with the index of the range that it is part of.
pub(super) fn difference(from: &[NumberRange], without: &[NumberRange]) -> Vec<(u32, i32, i32)> {
    let mut walls: Vec<(i64, i64)> = without
        .iter()
        .map(|range| (range.start.into(), range.end.into()))
        .collect();
    walls.sort_unstable();
    let mut parts = Vec::new();
    for (range, at) in from.iter().zip(0..) {
        let (mut start, end) = (i64::from(range.start), i64::from(range.end));
        for &(wall_start, wall_end) in &walls {
            if wall_end < start {
                continue;
            }
            if wall_start > end {
                break;
            }
            if wall_start > start {
                parts.push((at, start as i32, (wall_start - 1) as i32));
            }
            start = start.max(wall_end + 1);
        }
        if start <= end {
            parts.push((at, start as i32, end as i32));
        }
    }
    parts
}
