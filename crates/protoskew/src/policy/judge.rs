//! Turns findings into a verdict's: the meetings concerned, the level, what is known, who must be upgraded first.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use protoskew_compare::{Comparison, Indexed, Runtime};
use protoskew_schema::{Name, Schema};
use rustc_hash::FxHashMap;

use super::effects::{Across, Reached};
use super::felt::{Felt, matters, of_all};
use super::levels::{Levels, Whereabouts};
use super::meetings::LinkPolicy;
use super::order::order;
use crate::config::{Config, Preset};
use crate::finding::Finding;
use crate::rules::{self, DefaultLevel, Rule, Scope};
use crate::verdict::{Judged, Level, MeetingGroup, WorstOutcome};
use crate::waivers::{Waiver, Waivers};

/// One older schema, with the findings between it and the subject.
#[derive(Debug)]
pub struct Base {
    /// The schema.
    pub indexed: Arc<Indexed>,
    /// What differs between it and the subject, where the findings come from that.
    pub comparison: Option<Arc<Comparison>>,
    /// What the rules found between it and the subject.
    pub findings: Vec<Arc<Finding>>,
    /// Ids of what was true at the baseline already.
    pub known: HashSet<String>,
    /// Who has this schema and may meet the subject, in release order.
    pub roles: Vec<Role>,
    /// True where no release has this schema although the repository has releases: the baseline's, when it was not released.
    pub unreleased: bool,
}

/// A peer that may meet the subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Index of the link.
    pub link: usize,
    /// True where the subject is the client and the peer the server.
    pub subject_is_client: bool,
    /// The peer's name.
    pub peer: Name,
    /// What the peer reads with, where that is known.
    pub peer_runtime: Option<Runtime>,
    /// What the subject reads with in this role, where that is known.
    pub subject_runtime: Option<Runtime>,
}

/// What is judged.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Its name: `worktree`.
    pub label: Name,
    /// Its schema.
    pub indexed: Arc<Indexed>,
}

/// Judges findings under a policy.
#[derive(Debug)]
pub struct Judge<'a> {
    levels: Levels<'a>,
    pub(super) links: &'a [LinkPolicy],
    /// The links' names.
    names: Vec<String>,
    pub(super) subject: &'a Subject,
    waivers: &'a Waivers,
    /// The waivers that let something through, by their place among all.
    used: RefCell<BTreeSet<usize>>,
    /// Every release's name, oldest first: what `1.0.0–1.3.2` stands for.
    releases: &'a [Name],
    /// Where the subject's types travel.
    reached: Reached,
    /// The package of each of the subject's files.
    packages: Packages,
}

/// The package of each file, by its path.
type Packages = FxHashMap<Name, Name>;

fn packages(schema: &Schema) -> Packages {
    let files = schema.files.iter();
    files
        .map(|file| (file.path.clone(), file.package.clone()))
        .collect()
}

/// An older schema, made ready.
struct Older {
    reached: Reached,
    packages: Packages,
}

impl<'a> Judge<'a> {
    /// Prepares to judge what concerns a subject.
    pub fn new(
        config: &'a Config,
        links: &'a [LinkPolicy],
        subject: &'a Subject,
        releases: &'a [Name],
        waivers: &'a Waivers,
    ) -> Self {
        Self {
            levels: Levels::new(config),
            links,
            names: links.iter().map(LinkPolicy::name).collect(),
            subject,
            waivers,
            used: RefCell::default(),
            releases,
            reached: Reached::new(links, &subject.indexed),
            packages: packages(subject.indexed.schema()),
        }
    }

    /// Judges everything found between the bases and the subject. The same finding against several bases is one, with all their meetings.
    pub fn judge(&self, bases: &[Base]) -> Vec<Judged> {
        // a finding judged is large, and there may be thousands: none is moved before they are in order
        let mut all: Vec<Judged> = Vec::new();
        let mut places: FxHashMap<Key, usize> = FxHashMap::default();
        for base in bases {
            let old = Older {
                reached: Reached::new(self.links, &base.indexed),
                packages: packages(base.indexed.schema()),
            };
            for finding in &base.findings {
                let Some(judged) = self.one(base, &old, finding) else {
                    continue;
                };
                let about = rules::whatever_it_said(finding).to_owned();
                match places.entry((finding.rule, finding.element.clone(), about)) {
                    Entry::Vacant(place) => {
                        place.insert(all.len());
                        all.push(judged);
                    }
                    Entry::Occupied(place) => {
                        merge(&mut all[*place.get()], judged, base.unreleased);
                    }
                }
            }
        }
        drop(places);
        all.retain(|judged| judged.level != Level::Off);
        super::fold::fold(&mut all);
        for judged in &mut all {
            if judged.known {
                (judged.waived, judged.expired) = (None, None);
            }
            judged.order = order(judged);
            judged.witnesses.settle();
            for group in &mut judged.meetings {
                self.name_releases(group);
            }
        }
        all.sort_by_cached_key(|judged| {
            let place = (judged.known, judged.waived.is_some());
            (place, Reverse(judged.level), key(&judged.finding))
        });
        all
    }

    /// What is judged.
    pub fn judged(&self) -> &Schema {
        self.subject.indexed.schema()
    }

    /// The waivers that nothing needed so far.
    pub fn unused_waivers(&self) -> impl Iterator<Item = &'a Waiver> {
        let used = self.used.borrow().clone();
        let all = self.waivers.iter().enumerate();
        all.filter(move |(at, _)| !used.contains(at))
            .map(|(_, waiver)| waiver)
    }

    fn one(&self, base: &Base, old: &Older, finding: &Arc<Finding>) -> Option<Judged> {
        let rule = rules::find(finding.rule)?;
        let at = self.whereabouts(old, finding);
        let mut effects = self.effects(base, old, (finding, at));
        if rule.scope == Scope::Rewrite {
            effects.retain(|effect| !effect.dropped_by.is_empty());
            if effects.is_empty() {
                return None;
            }
        }
        match rule.scope {
            Scope::Json => {
                effects.retain(|effect| effect.json && effect.worst.breaks());
                if effects.is_empty() {
                    return None;
                }
            }
            Scope::Source => effects.retain(|effect| matters(effect.worst)),
            _ => {}
        }
        let worst = of_all(&effects, |effect| effect.worst);
        // a documented exception is told where it is met, though every value arrives
        let told = |worst| matters(worst) || finding.exception;
        if rule.scope == Scope::Meeting && !base.unreleased && !worst.is_some_and(told) {
            return None;
        }
        let waiving = self.waiving(base, finding, &mut effects);
        let level = self.loudest(base, (rule, finding, at), &mut effects);
        if level > Level::Off {
            self.used.borrow_mut().extend(waiving.used);
        }
        let worst = of_all(&effects, |effect| effect.worst);
        let least = of_all(&effects, |effect| effect.least);
        let dropped_by = effects.iter().filter(|_| rule.scope == Scope::Rewrite);
        let dropped_by = dropped_by.flat_map(|effect| effect.unknown_reader_among());
        let broken_for_some =
            worst.is_some_and(WorstOutcome::breaks) && !least.is_some_and(WorstOutcome::breaks);
        let mut only_in: Vec<Runtime> = dropped_by.collect();
        if broken_for_some {
            for effect in &effects {
                only_in.extend(&effect.breaks_in);
            }
        }
        only_in.sort_unstable();
        only_in.dedup();
        Some(Judged {
            level,
            known: base.known.contains(&finding.id()),
            waived: waiving.waived.cloned().map(Box::new),
            expired: waiving.expired.cloned().map(Box::new),
            fix: None,
            outcome: if broken_for_some { worst } else { least },
            only_in,
            witnesses: self.witnesses(base, (finding, rule), &effects, broken_for_some),
            meetings: self.groups(base, &effects, broken_for_some),
            order: String::new(),
            finding: Arc::clone(finding),
        })
    }

    /// What waivers make of a finding: those for some meetings alone take these away, and let it through where nothing is left.
    fn waiving(&self, base: &Base, finding: &Finding, effects: &mut Vec<Felt>) -> Waiving<'a> {
        let mut waiving = Waiving::default();
        let mut left: Vec<Felt> = effects.clone();
        let mut of_meetings = None;
        for (at, waiver, holds) in self.waivers.of(finding) {
            let covers = |effect: &Felt| {
                let Some(role) = base.roles.get(effect.role) else {
                    return false;
                };
                let link = &self.links[role.link];
                let peer = if role.subject_is_client {
                    &link.server
                } else {
                    &link.client
                };
                waiver.covers(link, peer, &role.peer)
            };
            let whole = waiver.meetings.is_empty();
            if !whole && (base.unreleased || !effects.iter().any(covers)) {
                continue;
            }
            waiving.used.push(at);
            match (holds, whole) {
                (false, _) => waiving.expired = Some(waiver),
                (true, true) => waiving.waived = Some(waiver),
                (true, false) => {
                    left.retain(|effect| !covers(effect));
                    of_meetings = Some(waiver);
                }
            }
        }
        if waiving.waived.is_none() && of_meetings.is_some() {
            if left.iter().any(|effect| matters(effect.worst)) {
                *effects = left;
            } else {
                waiving.waived = of_meetings;
            }
        }
        waiving
    }

    /// Where a finding stands: on the newer side where it has a place there.
    fn whereabouts<'f>(&'f self, old: &'f Older, finding: &'f Finding) -> Whereabouts<'f> {
        let site = finding.new.as_ref().or(finding.old.as_ref());
        let path = site.map_or("", |site| site.path.as_str());
        let package = self.packages.get(path).or(old.packages.get(path));
        Whereabouts {
            path,
            package: package.map_or("", Name::as_str),
            link: None,
        }
    }

    /// The loudest that the finding is in any link; what is off in a link is left out of the effects.
    fn loudest(
        &self,
        base: &Base,
        about: (&Rule, &Finding, Whereabouts<'_>),
        effects: &mut Vec<Felt>,
    ) -> Level {
        let (rule, _, at) = about;
        if effects.is_empty() || base.unreleased {
            // without an effect that says where, any role counts
            let mut roles = base.roles.iter();
            let configured = roles.any(|role| self.links[role.link].configured);
            let level = self.level(about, effects.iter(), configured && !base.unreleased);
            let meeting = matches!(rule.scope, Scope::Meeting | Scope::Json | Scope::Source);
            // nobody can meet what was never released (GL2)
            let unmet = base.unreleased && meeting;
            let level = if unmet { level.min(Level::Warn) } else { level };
            return self.levels.of(rule, level, at);
        }
        let link_of = |effect: &Felt| base.roles[effect.role].link;
        let mut links: Vec<usize> = effects.iter().map(link_of).collect();
        links.sort_unstable();
        links.dedup();
        let mut loudest = Level::Off;
        for link in links {
            let felt = effects.iter().filter(|effect| link_of(effect) == link);
            let level = self.level(about, felt, self.links[link].configured);
            let here = Whereabouts {
                link: Some(&self.names[link]),
                ..at
            };
            let level = self.levels.of(rule, level, here);
            if level == Level::Off {
                effects.retain(|effect| link_of(effect) != link);
            }
            loudest = loudest.max(level);
        }
        loudest
    }

    /// What the finding does in each meeting.
    fn effects(
        &self,
        base: &Base,
        old: &Older,
        (finding, at): (&Finding, Whereabouts<'_>),
    ) -> Vec<Felt> {
        let nobody = |subject_is_client| Role {
            link: 0,
            subject_is_client,
            peer: Name::default(),
            peer_runtime: None,
            subject_runtime: None,
        };
        let unreleased = [nobody(true), nobody(false)];
        let roles: &[Role] = if base.unreleased {
            &unreleased
        } else {
            &base.roles
        };
        let mut felt = Vec::new();
        for (index, role) in roles.iter().enumerate() {
            let across = Across {
                link: &self.links[role.link],
                link_index: role.link,
                old: &old.reached,
                new: &self.reached,
                newer_is_client: role.subject_is_client,
            };
            // what breaks JSON alone is none of a preset's that is about the wire
            let link = Some(self.names[role.link].as_str());
            let preset = self.levels.preset(Whereabouts { link, ..at });
            let json = finding.json.as_deref();
            let json = json.filter(|_| preset != Preset::Wire);
            let effects = across.effects(&finding.impact, json).into_iter();
            let is_store = across.link.is_store();
            felt.extend(effects.map(|effect| Felt::new(index, role, is_store, effect)));
        }
        felt
    }

    /// How loud the rule is by itself, where it is felt so.
    fn level<'f>(
        &self,
        (rule, finding, _): (&Rule, &Finding, Whereabouts<'_>),
        felt: impl Iterator<Item = &'f Felt> + Clone,
        configured: bool,
    ) -> Level {
        let mut json = felt.clone().filter(|effect| effect.json);
        if json.any(|effect| effect.least.breaks()) {
            return Level::Deny;
        }
        let breaks_at_least = felt.clone().any(|effect| effect.least.breaks());
        if finding.exception && !breaks_at_least {
            return Level::Note;
        }
        let breaks_for_some = felt.clone().any(|effect| effect.worst.breaks());
        match rule.level {
            DefaultLevel::Fixed(level) => level,
            DefaultLevel::ByOutcome(_) if breaks_at_least => Level::Deny,
            DefaultLevel::ByOutcome(level) if breaks_for_some => level.max(Level::Warn),
            DefaultLevel::ByOutcome(level) => level,
            DefaultLevel::WhereAsked(level) => level,
            DefaultLevel::WhereJson(_) if self.links.iter().any(|link| link.json.is_some()) => {
                Level::Deny
            }
            DefaultLevel::WhereJson(level) => level,
            DefaultLevel::WarnUntilConfigured if configured => Level::Deny,
            DefaultLevel::WarnUntilConfigured => Level::Warn,
        }
    }

    /// Puts a group's releases in order and into its peer's name: `agent 1.0.0–1.3.2`.
    fn name_releases(&self, group: &mut MeetingGroup) {
        let place = |name: &Name| {
            self.releases
                .iter()
                .position(|release| release == name)
                .unwrap_or(usize::MAX)
        };
        group.releases.sort_by_key(place);
        group.releases.dedup();
        let peer = if group.subject_is_client {
            &mut group.server
        } else {
            &mut group.client
        };
        peer.push(' ');
        peer.push_str(&ranges(&group.releases, place));
    }

    /// Meetings with the same roles, direction and outcome, the worst first.
    fn groups(&self, base: &Base, effects: &[Felt], at_worst: bool) -> Vec<MeetingGroup> {
        let mut groups: BTreeMap<(usize, bool, &'static str, bool, bool, u8), MeetingGroup> =
            BTreeMap::new();
        if base.unreleased {
            return Vec::new();
        }
        for effect in effects {
            let outcome = if at_worst { effect.worst } else { effect.least };
            if !matters(outcome) {
                continue;
            }
            let role = &base.roles[effect.role];
            let link = &self.links[role.link];
            let key = (
                role.link,
                role.subject_is_client,
                effect.direction,
                effect.subject_acts,
                effect.json,
                outcome.rank().2,
            );
            let group = groups.entry(key).or_insert_with(|| {
                let subject = |component: &Name| format!("{component} {}", self.subject.label);
                MeetingGroup {
                    client: if role.subject_is_client {
                        subject(&link.client)
                    } else {
                        link.client.to_string()
                    },
                    server: if role.subject_is_client {
                        link.server.to_string()
                    } else {
                        subject(&link.server)
                    },
                    direction: effect.direction,
                    subject_is_client: role.subject_is_client,
                    subject_acts: effect.subject_acts,
                    at_rest: link.is_store(),
                    json: effect.json,
                    outcome,
                    releases: Vec::new(),
                }
            });
            if group.releases.last() != Some(&role.peer) {
                group.releases.push(role.peer.clone());
            }
        }
        let mut groups: Vec<MeetingGroup> = groups.into_values().collect();
        groups.sort_by_key(|group| Reverse(group.outcome.rank()));
        groups
    }
}

/// What waivers make of a finding.
#[derive(Default)]
struct Waiving<'a> {
    /// The one that lets it through.
    waived: Option<&'a Waiver>,
    /// One that did.
    expired: Option<&'a Waiver>,
    /// All that are meant for it, by their place among all.
    used: Vec<usize>,
}

/// A finding's identity: rule, element, about.
type Key = (&'static str, Name, String);

fn key(finding: &Finding) -> Key {
    (finding.rule, finding.element.clone(), finding.about.clone())
}

/// Names of releases in order, neighbours joined: `1.0.0–1.2.1, 1.3.0`.
pub(super) fn ranges(names: &[Name], place: impl Fn(&Name) -> usize) -> String {
    const SHOWN: usize = 3;
    let mut runs: Vec<(&Name, &Name)> = Vec::new();
    let mut last = None;
    for name in names {
        let at = place(name);
        match runs.last_mut() {
            Some(run) if last.is_some_and(|last: usize| last.checked_add(1) == Some(at)) => {
                run.1 = name;
            }
            _ => runs.push((name, name)),
        }
        last = Some(at);
    }
    let shown: Vec<String> = runs
        .iter()
        .take(SHOWN)
        .map(|(first, last)| {
            if first == last {
                first.to_string()
            } else {
                format!("{first}–{last}")
            }
        })
        .collect();
    let more: usize = runs.len().saturating_sub(SHOWN);
    let more = if more > 0 { ", …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

/// The same finding against another base: new if it is new against any, as loud as against the loudest.
fn merge(first: &mut Judged, mut other: Judged, unreleased: bool) {
    // of what an option said in several releases the last is told: those who build against the files have one change to make
    if first.finding.about != other.finding.about {
        *first = other;
        return;
    }
    // what is waived against one base alone is not waived: the other's is the finding
    if first.waived.is_some() != other.waived.is_some() {
        if first.waived.is_some() {
            std::mem::swap(first, &mut other);
        }
        return;
    }
    first.expired = first.expired.take().or(other.expired);
    // of equals the later base is shown: the release that is nearest to what is judged
    let shown = (!other.known, other.level) >= (!first.known, first.level);
    first.known &= other.known;
    // but nobody meets what was never released
    first.witnesses.merge(other.witnesses, shown && !unreleased);
    first.level = first.level.max(other.level);
    first.outcome = [first.outcome, other.outcome]
        .into_iter()
        .flatten()
        .max_by_key(|outcome| outcome.rank());
    for runtime in other.only_in {
        if !first.only_in.contains(&runtime) {
            first.only_in.push(runtime);
        }
    }
    for group in other.meetings {
        let same = first.meetings.iter_mut().find(|mine| {
            mine.client == group.client
                && mine.server == group.server
                && mine.direction == group.direction
                && mine.at_rest == group.at_rest
                && mine.json == group.json
                && mine.subject_is_client == group.subject_is_client
                && mine.subject_acts == group.subject_acts
                && mine.outcome == group.outcome
        });
        match same {
            Some(mine) => mine.releases.extend(group.releases),
            None => first.meetings.push(group),
        }
    }
    first
        .meetings
        .sort_by_key(|group| Reverse(group.outcome.rank()));
    if shown {
        first.finding = other.finding;
    }
}
