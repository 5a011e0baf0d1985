//! Who has what: the releases of both sides of each link with their schemas, what is judged among them.

use std::sync::Arc;

use protoskew_compare::{Indexed, Reach};
use protoskew_schema::Name;
use rustc_hash::FxHashMap;

use super::element::{Element, Renames};
use crate::config::Bound;
use crate::finding::Origin;
use crate::policy::schedule::{Holding, Moment, Timeline, Traffic, Way};
use crate::policy::{Lines, LinkPolicy, Numbered};
use crate::releases::tag::Version;

/// A release with its schema; or what is judged, as the release that it will be.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its name: `1.3.2`; of what is judged its line, `1.4`.
    pub name: Name,
    /// Its number.
    pub number: Numbered,
    /// Its schema.
    pub indexed: Arc<Indexed>,
    /// Where that came from.
    pub origin: Arc<Origin>,
    /// Whether it is what is judged.
    pub current: bool,
}

/// One link or store, with everybody who speaks over it.
#[derive(Debug)]
pub struct Seen {
    /// Its policy. Where none is configured, that of R2 alone: one release back, whatever the windows.
    pub link: LinkPolicy,
    /// The lines that distance is counted in.
    pub lines: Lines,
    /// The client's releases (of a store, the component's), oldest first.
    pub clients: Vec<Known>,
    /// The server's.
    pub servers: Vec<Known>,
    renames: Arc<Renames>,
    reaches: FxHashMap<u64, Arc<Reach>>,
}

/// One way over one link, with who has something new on each side.
#[derive(Clone, Debug)]
pub struct Passage<'a> {
    /// Over which link.
    pub seen: &'a Seen,
    /// Which way.
    pub way: Way,
    /// The client's releases.
    pub clients: Timeline,
    /// The server's.
    pub servers: Timeline,
}

impl Seen {
    /// A link with those who speak over it (clients, servers), in the order of their numbers; and what was renamed in their protos.
    pub fn new(
        link: &LinkPolicy,
        [mut clients, mut servers]: [Vec<Known>; 2],
        renames: &Arc<Renames>,
    ) -> Self {
        for side in [&mut clients, &mut servers] {
            side.sort_by_key(|known| (known.number.counted, known.number.own, known.current));
        }
        let numbers = clients
            .iter()
            .chain(&servers)
            .map(|known| known.number.counted);
        let lines = Lines::new(numbers);
        let mut link = link.clone();
        if !link.configured {
            link.behind = Bound::Lines(0);
        }
        let mut reaches = FxHashMap::default();
        for known in clients.iter().chain(&servers) {
            let schema = known.indexed.schema();
            reaches
                .entry(known.indexed.digest())
                .or_insert_with(|| match &link.stored {
                    Some(messages) => Arc::new(Reach::default().and_from(schema, messages)),
                    None if link.services.is_empty() => Arc::clone(known.indexed.reach()),
                    None => Arc::new(Reach::new(schema, |service| link.serves(service))),
                });
        }
        Self {
            link,
            lines,
            clients,
            servers,
            renames: Arc::clone(renames),
            reaches,
        }
    }

    /// Everybody on either side.
    pub fn everybody(&self) -> impl DoubleEndedIterator<Item = &Known> {
        self.clients.iter().chain(&self.servers)
    }

    /// The ways in which an element of a schema that somebody here speaks travels over the link.
    pub fn ways(&self, indexed: &Indexed, element: &Element) -> Vec<Way> {
        if let Some(service) = &element.service {
            let served = self.link.serves(service);
            return served.then_some(Way::Request).into_iter().collect();
        }
        let (Some(carrier), Some(reach)) = (&element.carrier, self.reaches.get(&indexed.digest()))
        else {
            return Vec::new();
        };
        let travels = reach.of(carrier);
        let asked = if self.link.is_store() {
            Way::Stored
        } else {
            Way::Request
        };
        let ways = [(travels.request, asked), (travels.response, Way::Response)];
        ways.into_iter()
            .filter(|(travels, _)| *travels)
            .map(|(_, way)| way)
            .collect()
    }

    /// The element of that name in a release, whatever it is called there.
    pub fn find(&self, known: &Known, name: &str) -> Option<Element> {
        self.renames.find(&known.indexed, name)
    }

    /// The newest schema in which the element is, what is judged before all.
    pub fn newest_with(&self, name: &str) -> Option<(&Known, Element)> {
        let mut all: Vec<&Known> = self.everybody().collect();
        all.sort_by_key(|known| (known.current, known.number.counted));
        all.into_iter()
            .rev()
            .find_map(|known| Some((known, self.find(known, name)?)))
    }

    /// The ways in which these elements travel over the link, with who has all of them.
    pub fn passages<'e>(&self, elements: impl Iterator<Item = &'e Name>) -> Vec<Passage<'_>> {
        let mut wanted: Vec<(&Known, Element)> = Vec::new();
        let mut ways: Vec<Way> = Vec::new();
        for name in elements {
            let Some((known, element)) = self.newest_with(name) else {
                continue;
            };
            ways.extend(self.ways(&known.indexed, &element));
            wanted.push((known, element));
        }
        ways.sort_unstable();
        ways.dedup();
        if ways.is_empty() {
            return Vec::new();
        }
        let mut answers: FxHashMap<u64, bool> = FxHashMap::default();
        let mut timeline = |side: &[Known]| {
            let holding = |known: &Known| Holding {
                name: known.name.clone(),
                number: known.number,
                has: *answers.entry(known.indexed.digest()).or_insert_with(|| {
                    wanted.iter().all(|(newest, element)| {
                        let (newer, here) = (&newest.indexed, &known.indexed);
                        self.renames.same(element, newer, here).is_some()
                    })
                }),
            };
            let holdings: Vec<Holding> = side.iter().map(holding).collect();
            Timeline::new(&self.lines, holdings)
        };
        let (clients, servers) = (timeline(&self.clients), timeline(&self.servers));
        ways.into_iter()
            .map(|way| Passage {
                seen: self,
                way,
                clients: clients.clone(),
                servers: servers.clone(),
            })
            .collect()
    }
}

impl<'a> Passage<'a> {
    /// What the schedule is asked about.
    pub fn traffic(&self) -> Traffic<'_> {
        Traffic {
            link: &self.seen.link,
            way: self.way,
            clients: &self.clients,
            servers: &self.servers,
        }
    }

    /// The component that writes, with its releases.
    pub fn writer(&self) -> (&'a Name, &'a [Known]) {
        match self.way {
            Way::Request | Way::Stored => (&self.seen.link.client, &self.seen.clients),
            Way::Response => (&self.seen.link.server, &self.seen.servers),
        }
    }

    /// The component that reads, with its releases.
    pub fn reader(&self) -> (&'a Name, &'a [Known]) {
        match self.way {
            Way::Request | Way::Stored => (&self.seen.link.server, &self.seen.servers),
            Way::Response => (&self.seen.link.client, &self.seen.clients),
        }
    }

    /// The moment from which on the writer's releases have at least that number; lines of the future are guessed to be numbered one
    /// by one, where they have the same major number.
    pub fn since(&self, version: Version) -> Moment {
        let traffic = self.traffic();
        let releases = || traffic.writers().releases();
        if let Some(at) = releases().position(|release| release.number.own >= version) {
            return Moment::Release(at);
        }
        let newest = releases().next_back().map(|release| release.number.own);
        let lines = match newest {
            Some(newest) if newest.major == version.major => {
                version.minor.saturating_sub(newest.minor)
            }
            _ => 1,
        };
        Moment::LinesAfter(usize::try_from(lines).unwrap_or(usize::MAX).clamp(1, 1000))
    }
}
