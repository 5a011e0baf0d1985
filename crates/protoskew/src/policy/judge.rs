//! Turns findings into a verdict's: the meetings concerned, the level, what is known, who must be upgraded first.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use protoskew_compare::{
    ByRuntime, CallOutcome, Carrier, Directed, Impact, Indexed, Outcome, Reach, Runtime, Travels,
};
use protoskew_schema::Name;

use super::meetings::LinkPolicy;
use crate::config::{Config, Preset};
use crate::finding::Finding;
use crate::rules::{DefaultLevel, Lens, Rule, Scope};
use crate::verdict::{Judged, Level, MeetingGroup, WorstOutcome};

/// One older schema, with the findings between it and the subject.
#[derive(Debug)]
pub struct Base {
    /// The schema.
    pub indexed: Arc<Indexed>,
    /// What the rules found between it and the subject.
    pub findings: Vec<Finding>,
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
    config: &'a Config,
    links: &'a [LinkPolicy],
    subject: &'a Subject,
    /// Where the subject's types travel: in each link, and at all.
    reach: Vec<Reach>,
    reach_all: Reach,
}

/// One outcome in one role.
#[derive(Clone, Debug)]
struct Effect {
    role: usize,
    direction: &'static str,
    /// Whether the newer side writes (or calls).
    subject_acts: bool,
    /// At the least, whatever the reader's runtime is.
    least: WorstOutcome,
    /// At the worst, and in which runtimes it is worse than the least.
    worst: WorstOutcome,
    worse_in: Vec<Runtime>,
}

impl<'a> Judge<'a> {
    /// Prepares to judge what concerns a subject.
    pub fn new(config: &'a Config, links: &'a [LinkPolicy], subject: &'a Subject) -> Self {
        let schema = subject.indexed.schema();
        Self {
            config,
            links,
            subject,
            reach: reaches(links, schema),
            reach_all: Reach::new(schema, |_| true),
        }
    }

    /// Judges everything found between the bases and the subject. The same finding against several bases is one, with all their meetings.
    pub fn judge(&self, bases: &[Base]) -> Vec<Judged> {
        let mut merged: BTreeMap<Key, Judged> = BTreeMap::new();
        for base in bases {
            let schema = base.indexed.schema();
            let sides = Sides {
                old: reaches(self.links, schema),
                old_all: Reach::new(schema, |_| true),
            };
            for finding in &base.findings {
                let Some(judged) = self.one(base, &sides, finding) else {
                    continue;
                };
                let key = (
                    finding.rule.id,
                    finding.element.clone(),
                    finding.about.clone(),
                );
                match merged.get_mut(&key) {
                    None => {
                        merged.insert(key, judged);
                    }
                    Some(first) => merge(first, judged),
                }
            }
        }
        let mut all: Vec<Judged> = merged
            .into_values()
            .filter(|judged| judged.level != Level::Off)
            .collect();
        for judged in &mut all {
            judged.order = order(judged);
        }
        // the map is in the order of rule, element and about already
        all.sort_by(|a, b| a.known.cmp(&b.known).then_with(|| b.level.cmp(&a.level)));
        all
    }

    fn one(&self, base: &Base, sides: &Sides, finding: &Finding) -> Option<Judged> {
        let rule = finding.rule;
        let effects = self.effects(base, sides, finding);
        let meets = matches!(rule.scope, Scope::Spent | Scope::Meeting);
        let worst = effects
            .iter()
            .map(|effect| effect.worst)
            .max_by_key(|outcome| outcome.rank());
        let least = effects
            .iter()
            .map(|effect| effect.least)
            .max_by_key(|outcome| outcome.rank());
        if rule.scope == Scope::Meeting && !base.unreleased && !worst.is_some_and(matters) {
            return None;
        }
        let configured = base
            .roles
            .iter()
            .any(|role| self.links[role.link].configured);
        let level = self.level(rule, finding, least, worst, configured, base.unreleased);
        let broken_for_some =
            worst.is_some_and(WorstOutcome::breaks) && !least.is_some_and(WorstOutcome::breaks);
        let mut only_in: Vec<Runtime> = Vec::new();
        if broken_for_some {
            for effect in &effects {
                only_in.extend(&effect.worse_in);
            }
            only_in.sort_unstable();
            only_in.dedup();
        }
        Some(Judged {
            level,
            known: base.known.contains(&finding.id()),
            outcome: if broken_for_some { worst } else { least },
            only_in,
            meetings: if meets {
                self.groups(base, &effects, broken_for_some)
            } else {
                Vec::new()
            },
            order: String::new(),
            finding: finding.clone(),
        })
    }

    /// What the finding does in each meeting.
    fn effects(&self, base: &Base, sides: &Sides, finding: &Finding) -> Vec<Effect> {
        let unreleased = [
            Role {
                link: 0,
                subject_is_client: true,
                peer: Name::default(),
                peer_runtime: None,
                subject_runtime: None,
            },
            Role {
                link: 0,
                subject_is_client: false,
                peer: Name::default(),
                peer_runtime: None,
                subject_runtime: None,
            },
        ];
        let roles: &[Role] = if base.unreleased {
            &unreleased
        } else {
            &base.roles
        };
        let mut effects = Vec::new();
        for (index, role) in roles.iter().enumerate() {
            match &finding.impact {
                Impact::None => {}
                Impact::Call {
                    old_client,
                    new_client,
                    service,
                } => {
                    if !self.links[role.link].serves(service) {
                        continue;
                    }
                    let outcome = if role.subject_is_client {
                        *new_client
                    } else {
                        *old_client
                    };
                    effects.push(Effect {
                        role: index,
                        direction: "call",
                        subject_acts: role.subject_is_client,
                        least: WorstOutcome::Call(outcome),
                        worst: WorstOutcome::Call(outcome),
                        worse_in: Vec::new(),
                    });
                }
                Impact::Values { outcomes, carrier } => {
                    self.value_effects(index, role, sides, outcomes, carrier, &mut effects);
                }
            }
        }
        effects
    }

    fn value_effects(
        &self,
        index: usize,
        role: &Role,
        sides: &Sides,
        outcomes: &Directed,
        carrier: &Carrier,
        effects: &mut Vec<Effect>,
    ) {
        let link = &self.links[role.link];
        let (request, response, unreached) = match carrier {
            Carrier::Request(service) => (link.serves(service), false, false),
            Carrier::Response(service) => (false, link.serves(service), false),
            Carrier::Element { old, new } => {
                let of =
                    |reach: &Reach, name: &Option<Name>| name.as_ref().map(|name| reach.of(name));
                let travels = together(
                    of(&sides.old[role.link], old),
                    of(&self.reach[role.link], new),
                );
                let anywhere = together(of(&sides.old_all, old), of(&self.reach_all, new));
                (travels.request, travels.response, anywhere.unreached())
            }
        };
        let mut push = |direction: &'static str, subject_writes: bool| {
            let by_runtime: &ByRuntime = if subject_writes {
                &outcomes.new_to_old
            } else {
                &outcomes.old_to_new
            };
            let reader = if subject_writes {
                role.peer_runtime
            } else {
                role.subject_runtime
            };
            let (least, worst) = match reader {
                Some(runtime) => (by_runtime.get(runtime), by_runtime.get(runtime)),
                None => (by_runtime.least(), by_runtime.worst()),
            };
            effects.push(Effect {
                role: index,
                direction,
                subject_acts: subject_writes,
                least: WorstOutcome::Value(least),
                worst: WorstOutcome::Value(worst),
                worse_in: if reader.is_none() {
                    by_runtime.runtimes_where(Outcome::breaks)
                } else {
                    Vec::new()
                },
            });
        };
        if request {
            push("request", role.subject_is_client);
        }
        if response {
            push("response", !role.subject_is_client);
        }
        if unreached {
            // no service says who writes it: either side may
            push("stored", true);
            push("stored", false);
        }
    }

    fn level(
        &self,
        rule: &Rule,
        finding: &Finding,
        least: Option<WorstOutcome>,
        worst: Option<WorstOutcome>,
        configured: bool,
        unreleased: bool,
    ) -> Level {
        let breaks = |outcome: Option<WorstOutcome>| outcome.is_some_and(WorstOutcome::breaks);
        let mut level = if finding.exception && !breaks(least) {
            Level::Note
        } else {
            match rule.level {
                DefaultLevel::Fixed(level) => level,
                DefaultLevel::ByOutcome(_) if breaks(least) => Level::Deny,
                DefaultLevel::ByOutcome(level) if breaks(worst) => level.max(Level::Warn),
                DefaultLevel::ByOutcome(level) => level,
                DefaultLevel::WarnUntilConfigured => {
                    if configured && !unreleased {
                        Level::Deny
                    } else {
                        Level::Warn
                    }
                }
            }
        };
        if unreleased && rule.scope == Scope::Meeting {
            // nobody can meet what was never released (GL2)
            level = level.min(Level::Warn);
        }
        level = match self.config.preset {
            Preset::Proposal => level,
            Preset::Wire if rule.lens == Lens::Wire && level == Level::Deny => level,
            Preset::Wire => Level::Off,
            Preset::Advice => level.min(Level::Warn),
        };
        self.config.levels.get(rule.id).copied().unwrap_or(level)
    }

    /// Meetings with the same roles, direction and outcome, the worst first.
    fn groups(&self, base: &Base, effects: &[Effect], at_worst: bool) -> Vec<MeetingGroup> {
        let mut groups: BTreeMap<(usize, bool, &'static str, bool, u8), MeetingGroup> =
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
                    outcome,
                    releases: Vec::new(),
                }
            });
            if group.releases.last() != Some(&role.peer) {
                group.releases.push(role.peer.clone());
            }
        }
        let mut groups: Vec<MeetingGroup> = groups.into_values().collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.outcome.rank()));
        groups
    }
}

/// A finding's identity: rule, element, about.
type Key = (&'static str, Name, String);

/// Where the older side's types travel: in each link, and at all.
struct Sides {
    old: Vec<Reach>,
    old_all: Reach,
}

fn reaches(links: &[LinkPolicy], schema: &protoskew_schema::Schema) -> Vec<Reach> {
    links
        .iter()
        .map(|link| Reach::new(schema, |service| link.serves(service)))
        .collect()
}

/// What travels through methods that both sides have; where the roles of the two sides share nothing, any of them.
fn together(old: Option<Travels>, new: Option<Travels>) -> Travels {
    let (Some(a), Some(b)) = (old, new) else {
        return old.or(new).unwrap_or_default();
    };
    let both = Travels {
        request: a.request && b.request,
        response: a.response && b.response,
    };
    if both.unreached() {
        Travels {
            request: a.request || b.request,
            response: a.response || b.response,
        }
    } else {
        both
    }
}

/// Whether an outcome is worth a meeting's mention.
fn matters(outcome: WorstOutcome) -> bool {
    match outcome {
        WorstOutcome::Value(outcome) => outcome > Outcome::Compatible,
        WorstOutcome::Call(outcome) => outcome != CallOutcome::Served,
    }
}

/// Who must be upgraded first so that the broken meetings never happen.
fn order(judged: &Judged) -> String {
    let broken: Vec<&MeetingGroup> = judged
        .meetings
        .iter()
        .filter(|group| group.outcome.breaks())
        .collect();
    if broken.is_empty() {
        return String::new();
    }
    let as_client = broken.iter().any(|group| group.subject_is_client);
    let as_server = broken.iter().any(|group| !group.subject_is_client);
    match (as_client, as_server) {
        (true, true) => "no order of upgrades helps: it breaks whichever side is newer".to_owned(),
        (true, false) => "upgrade every server before the first client".to_owned(),
        (false, _) => "upgrade every client before the first server".to_owned(),
    }
}

/// The same finding against another base: new if it is new against any, as loud as against the loudest.
fn merge(first: &mut Judged, other: Judged) {
    let louder = (!other.known, other.level) > (!first.known, first.level);
    first.known &= other.known;
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
        .sort_by_key(|group| std::cmp::Reverse(group.outcome.rank()));
    if louder || other.finding.new.is_some() && first.finding.new.is_none() {
        first.finding = other.finding;
    }
}
