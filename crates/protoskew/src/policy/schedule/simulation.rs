//! The arithmetic held to brute force: in random worlds every sequence of upgrades, roll-backs and new peers is played through.
//!
//! What the schedule calls safe, no sequence may break; one release earlier, some sequence must.
//! `PROTOSKEW_WORLDS=100000` plays more worlds than the default.

use super::{Earliest, Holding, Moment, Timeline, Traffic, Way};
use crate::config::{Bound, Config};
use crate::policy::meetings::{Lines, LinkPolicy, Numbered, links};
use crate::releases::tag::{Line, Version};

/// How many worlds are played by default, for each way.
const WORLDS: u64 = 300;

/// SplitMix64: the same seed gives the same world.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn one_in(&mut self, several: u64) -> bool {
        self.below(several) == 0
    }
}

/// One side's releases up to what is worked on; the line's minor number is its place, unless a line is skipped.
fn side(random: &mut Random, lines: u64) -> Vec<Holding> {
    let introduced = random.below(lines + 1);
    let mut releases = Vec::new();
    for minor in 0..lines {
        if minor + 1 < lines && random.one_in(5) {
            continue;
        }
        for patch in 0..=random.below(5).saturating_sub(2) {
            let odd = random.one_in(10);
            releases.push(Holding {
                name: format!("1.{minor}.{patch}").into(),
                number: Version {
                    major: 1,
                    minor,
                    patch,
                }
                .into(),
                has: (minor >= introduced) != odd,
            });
        }
    }
    if let Some(current) = releases.last_mut() {
        current.has = true;
    }
    releases
}

fn policy(random: &mut Random, lines: u64, stored: bool) -> LinkPolicy {
    let mut bound = |any: u64| match random.below(any) {
        lines @ 0..=3 => Bound::Lines(lines as u32),
        _ => Bound::Any,
    };
    let (mut ahead, mut behind) = (bound(7), bound(5));
    if stored {
        std::mem::swap(&mut ahead, &mut behind);
    }
    LinkPolicy {
        ahead,
        behind,
        oldest: random.one_in(3).then(|| Line {
            major: 1,
            minor: random.below(lines),
        }),
        bundled: !stored && random.one_in(10),
        stored: stored.then(Vec::new),
        configured: true,
        ..links(&Config::default()).remove(0)
    }
}

/// The releases of a side with those of its future, all with numbers of their own.
fn with_future(
    releases: &[Holding],
    lines: &mut Vec<Line>,
    future: usize,
) -> Vec<(Numbered, bool)> {
    let newest = releases.last().map_or(0, |release| {
        lines.partition_point(|line| *line < release.number.counted.line())
    });
    let mut all: Vec<(Numbered, bool)> = releases
        .iter()
        .map(|release| (release.number, release.has))
        .collect();
    for after in 1..=future {
        let place = newest + after;
        while lines.len() <= place {
            let minor = lines.len() as u64;
            lines.push(Line { major: 9, minor });
        }
        let counted = Version {
            major: lines[place].major,
            minor: lines[place].minor,
            patch: 99,
        };
        let own = Version {
            major: 9,
            minor: after as u64,
            patch: 0,
        };
        all.push((Numbered { own, counted }, true));
    }
    all
}

/// From which release on each step is taken, as an index; `usize::MAX`: never.
#[derive(Clone, Copy, Debug)]
struct Life {
    enabled: usize,
    default: usize,
    old_unwritten: usize,
    old_unread: usize,
}

const NEVER: usize = usize::MAX;

const NOTHING: Life = Life {
    enabled: NEVER,
    default: NEVER,
    old_unwritten: NEVER,
    old_unread: NEVER,
};

struct World<'a> {
    link: &'a LinkPolicy,
    way: Way,
    clients: Vec<(Numbered, bool)>,
    servers: Vec<(Numbered, bool)>,
    client_places: Vec<usize>,
    meets: Vec<Vec<bool>>,
}

impl World<'_> {
    fn breaks(&self, life: Life) -> bool {
        let (writers, readers) = match self.way {
            Way::Response => (&self.servers, &self.clients),
            Way::Request | Way::Stored => (&self.clients, &self.servers),
        };
        // who leaves out the old form must have the new one
        let mute = |(at, (_, has)): (usize, &(Numbered, bool))| {
            at >= life.old_unwritten && !(*has && at >= life.enabled)
        };
        let deaf = |(at, (_, has)): (usize, &(Numbered, bool))| at >= life.old_unread && !has;
        if writers.iter().enumerate().any(mute) || readers.iter().enumerate().any(deaf) {
            return true;
        }
        match self.way {
            Way::Stored => self.breaks_at_rest(life),
            Way::Request | Way::Response => self.breaks_in_a_call(life),
        }
    }

    /// Plays every sequence: who is the client, who the server, and which client turned it on in that server.
    fn breaks_in_a_call(&self, life: Life) -> bool {
        type State = (usize, usize, Option<usize>);
        let mut open: Vec<State> = Vec::new();
        for client in 0..self.clients.len() {
            open.extend((0..self.servers.len()).map(|server| (client, server, None)));
        }
        let place = |(client, server, on): State| {
            let ons = self.clients.len() + 1;
            (client * self.servers.len() + server) * ons + on.map_or(0, |on| on + 1)
        };
        let mut seen =
            vec![false; self.clients.len() * self.servers.len() * (self.clients.len() + 1)];
        while let Some((client, server, on)) = open.pop() {
            let mut next: Vec<State> = Vec::new();
            if self.meets[client][server] {
                match self.talk(life, client, server, on) {
                    None => return true,
                    Some(now_on) => next.push((client, server, now_on)),
                }
            }
            if self.falls_short(life, client, server, on) {
                return true;
            }
            // the client is upgraded, or rolled back no further than the window below whoever turned it on
            if client + 1 < self.clients.len() {
                next.push((client + 1, server, on));
            }
            if let Some(back) = client.checked_sub(1) {
                let within = on.is_none_or(|on| {
                    let places = &self.client_places;
                    places[on] <= places[back] || self.link.behind.allows(places[on] - places[back])
                });
                if within {
                    next.push((back, server, on));
                }
            }
            // the server is upgraded and keeps what was turned on, where it can; what ships together starts afresh
            for newer in server + 1..self.servers.len() {
                let kept = on.filter(|_| self.servers[newer].1 && !self.link.bundled);
                next.push((client, newer, kept));
            }
            next.retain(|state| !std::mem::replace(&mut seen[place(*state)], true));
            open.extend(next);
        }
        false
    }

    /// Whether the release just before this client, which it may be rolled back to window or not, misses something: what the
    /// client turned on, or the old form in a server that was released with it.
    fn falls_short(&self, life: Life, client: usize, server: usize, on: Option<usize>) -> bool {
        let Some(before) = client.checked_sub(1).filter(|_| !self.link.bundled) else {
            return false;
        };
        let as_old =
            |client: usize| self.clients[client].0.counted <= self.servers[server].0.counted;
        let together = as_old(client) && (client + 1 == self.clients.len() || !as_old(client + 1));
        let left_on = on == Some(client) && !self.clients[before].1;
        match self.way {
            Way::Request => {
                let writes = before >= life.enabled && self.clients[before].1;
                left_on || together && server >= life.old_unread && !writes
            }
            // a pair that never meets is none that a roll-back could bring back
            Way::Response | Way::Stored => left_on && together && self.meets[client][server],
        }
    }

    /// What comes of one call: who has turned it on now, or `None` where somebody is not understood.
    fn talk(
        &self,
        life: Life,
        client: usize,
        server: usize,
        on: Option<usize>,
    ) -> Option<Option<usize>> {
        let (client_has, server_has) = (self.clients[client].1, self.servers[server].1);
        if on.is_some() && !client_has {
            return None;
        }
        let (writer, writer_has, reader, reader_has) = match self.way {
            Way::Request => (client, client_has, server, server_has),
            _ => (server, server_has, client, client_has),
        };
        let able = writer >= life.enabled && writer_has;
        let unasked = able && writer >= life.default;
        if unasked && !reader_has {
            return None;
        }
        let new_written = able && (reader_has || writer >= life.old_unwritten);
        let old_written = writer < life.old_unwritten;
        let understood = new_written && reader_has || old_written && reader < life.old_unread;
        if !understood {
            return None;
        }
        Some(if new_written && reader_has {
            on.max(Some(client))
        } else {
            on
        })
    }

    fn breaks_at_rest(&self, life: Life) -> bool {
        let (writers, readers) = (&self.clients, &self.servers);
        for (writer, (_, writer_has)) in writers.iter().enumerate() {
            for (reader, (_, reader_has)) in readers.iter().enumerate() {
                if !(self.meets[writer][reader] || reader + 1 == writer && writer >= life.enabled) {
                    continue;
                }
                let new_written = writer >= life.enabled && *writer_has;
                let old_written = writer < life.old_unwritten;
                if new_written && !reader_has {
                    return true;
                }
                let read = new_written || old_written && reader < life.old_unread;
                if !read && self.meets[writer][reader] {
                    return true;
                }
            }
        }
        false
    }
}

/// Holds one answer to the world: nothing breaks from then on, and something did before.
fn hold(
    world: &World<'_>,
    (timeline, steps): (&Timeline, &[(Numbered, bool)]),
    earliest: Earliest,
    life: impl Fn(usize) -> Life,
    what: &str,
) -> usize {
    let told = match earliest.at {
        None => NEVER,
        Some(at) => timeline.index(at),
    };
    let last = steps.len() - 2;
    assert!(
        told == NEVER || told < last,
        "{what}: {told} is beyond what is played"
    );
    if told != NEVER {
        assert!(!world.breaks(life(told)), "{what}: {told} is too early");
    }
    // a release that does not have it cannot take a step
    let able = |at: &usize| steps[*at].1;
    if let Some(before) = (0..told.min(last + 1)).rev().find(able) {
        assert!(
            world.breaks(life(before)),
            "{what}: {before} would do, told is {told}"
        );
    }
    told
}

/// Plays worlds, and counts how often each step had a release, a future line, and no answer.
fn play(way: Way) {
    let worlds = std::env::var("PROTOSKEW_WORLDS")
        .ok()
        .and_then(|count| count.parse().ok());
    let mut seen = [[0_usize; 3]; 4];
    for seed in 0..worlds.unwrap_or(WORLDS) {
        let mut random = Random(seed.wrapping_mul(31).wrapping_add(way as u64));
        let lines = 2 + random.below(4);
        let clients = side(&mut random, lines);
        let one_series = way == Way::Stored || random.one_in(2);
        let servers = if one_series {
            clients.clone()
        } else {
            side(&mut random, lines)
        };
        let link = policy(&mut random, lines, way == Way::Stored);
        let known = Lines::new(
            clients
                .iter()
                .chain(&servers)
                .map(|each| each.number.counted),
        );
        let timelines =
            [&clients, &servers].map(|side| Timeline::new(&known, side.iter().cloned()));
        let traffic = Traffic {
            link: &link,
            way,
            clients: &timelines[0],
            servers: &timelines[1],
        };
        let widest = [link.ahead, link.behind].map(|bound| match bound {
            Bound::Any => 0,
            Bound::Lines(lines) => lines as usize,
        });
        let future = 2 * widest[0].max(widest[1]) + 5;
        let mut all_lines: Vec<Line> = clients
            .iter()
            .chain(&servers)
            .map(|each| each.number.counted.line())
            .collect();
        all_lines.sort_unstable();
        all_lines.dedup();
        let played = [&clients, &servers].map(|side| with_future(side, &mut all_lines, future));
        let at = |line: &Line| Version {
            major: line.major,
            minor: line.minor,
            patch: 0,
        };
        let lines = Lines::new(all_lines.iter().map(at));
        let [clients, servers] = played;
        let world = World {
            link: &link,
            way,
            client_places: clients
                .iter()
                .map(|(number, _)| lines.place(number.counted))
                .collect(),
            meets: clients
                .iter()
                .map(|(client, _)| {
                    let meets =
                        |(server, _): &(Numbered, bool)| link.meets(&lines, *client, *server);
                    servers.iter().map(meets).collect()
                })
                .collect(),
            clients,
            servers,
        };
        let (writers, readers) = match way {
            Way::Response => (&world.servers, &world.clients),
            Way::Request | Way::Stored => (&world.clients, &world.servers),
        };
        let sides = (
            (traffic.writers(), &writers[..]),
            (traffic.readers(), &readers[..]),
        );
        let what = |step: &str| {
            format!(
                "seed {seed}, {way:?}, {step}, {link:?}\n{:?}\n{:?}\n",
                world.clients, world.servers
            )
        };
        let mut note = |step: usize, told: usize, timeline: &Timeline| {
            let kind = match told {
                NEVER => 2,
                told => usize::from(matches!(timeline.moment(told), Moment::LinesAfter(_))),
            };
            seen[step][kind] += 1;
        };
        let enable = traffic.enable();
        let enabled = hold(
            &world,
            sides.0,
            enable,
            |enabled| Life { enabled, ..NOTHING },
            &what("enabled"),
        );
        note(0, enabled, traffic.writers());
        let default = hold(
            &world,
            sides.0,
            traffic.default(),
            |default| Life {
                enabled: default,
                default,
                ..NOTHING
            },
            &what("default"),
        );
        note(1, default, traffic.writers());
        let Some(from) = enable.at else {
            continue;
        };
        let unwritten = hold(
            &world,
            sides.0,
            traffic.stop_writing(from),
            |old_unwritten| Life {
                enabled,
                old_unwritten,
                ..NOTHING
            },
            &what("old no longer written"),
        );
        note(2, unwritten, traffic.writers());
        let unread = hold(
            &world,
            sides.1,
            traffic.stop_reading(from),
            |old_unread| Life {
                enabled,
                old_unread,
                ..NOTHING
            },
            &what("old no longer read"),
        );
        note(3, unread, traffic.readers());
        let whole = Life {
            enabled,
            default,
            old_unwritten: unwritten,
            old_unread: unread,
        };
        assert!(
            !world.breaks(whole),
            "{}: {whole:?}",
            what("the whole life")
        );
    }
    for (step, kinds) in seen.iter().enumerate() {
        // where it may be enabled some day, the window back has an end, and with it the wait for those behind it
        let behind = if way == Way::Request { 3 } else { 2 };
        let told = if step == behind {
            &kinds[..2]
        } else {
            &kinds[..]
        };
        assert!(
            told.iter().all(|count| *count > 0),
            "step {step} of {way:?} was told as {kinds:?}"
        );
    }
}

#[test]
fn requests() {
    play(Way::Request);
}

#[test]
fn responses() {
    play(Way::Response);
}

#[test]
fn stores() {
    play(Way::Stored);
}
