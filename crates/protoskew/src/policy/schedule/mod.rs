//! The schedule: from which release on something new may be sent, and something old may go, by who meets whom.
//!
//! A release is safe for a step where nobody whom the policy lets meet, after any upgrades and roll-backs that it allows, comes upon
//! what it does not understand; the earliest is the first from which on all are. The future is one release of each side a line, each of
//! which has all that the newest has. Two things outlive a roll-back: a server (or another peer) in which something was turned
//! on, and what was stored. Whoever turned it on may be rolled back as many lines as the window is wide, and in any case, window or
//! not, to the release just before (R2); only what ships together has nobody left to meet.

#[cfg(test)]
mod simulation;
#[cfg(test)]
mod table;
mod timeline;

use super::meetings::{LinkPolicy, Spot};
use crate::config::Bound;
use crate::releases::tag::Line;

pub use timeline::{Holding, Moment, Timeline};

/// A window of so many lines or more is as good as none: nobody has as many.
const UNBOUNDED: u32 = 1000;

/// Which way a message travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// The client writes, the server reads; also the call itself.
    Request,
    /// The server writes, the client reads.
    Response,
    /// One release of a component writes it to rest, another reads it.
    Stored,
}

/// Who may meet whom about something new, one way over one link or store.
#[derive(Clone, Copy, Debug)]
pub struct Traffic<'a> {
    /// The link; of a store the writer stands as the client, the reader as the server.
    pub link: &'a LinkPolicy,
    /// Which way it travels.
    pub way: Way,
    /// The releases of the client, and whether each has what is new.
    pub clients: &'a Timeline,
    /// The releases of the server.
    pub servers: &'a Timeline,
}

/// The first release from which on a step is safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earliest {
    /// The release, by the timeline of whoever takes the step; `None`: none ever, under this policy.
    pub at: Option<Moment>,
    /// What happens to the release before it.
    pub because: Option<Hazard>,
}

/// Why a release is too early for a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hazard {
    /// It may be rolled back to this release of the client (of a store: of the component), which then meets what it left.
    RollBack(Moment),
    /// It may meet this release of the other side, which does not understand it.
    Meets(Moment),
    /// It may meet this release of the other side, which writes the old form alone.
    Unwritten(Moment),
    /// It does not itself have what is new.
    Lacks,
}

impl Traffic<'_> {
    /// The timeline of the side that writes.
    pub fn writers(&self) -> &Timeline {
        match self.way {
            Way::Request | Way::Stored => self.clients,
            Way::Response => self.servers,
        }
    }

    /// The timeline of the side that reads.
    pub fn readers(&self) -> &Timeline {
        match self.way {
            Way::Request | Way::Stored => self.servers,
            Way::Response => self.clients,
        }
    }

    /// From which release on the writer may send it to a reader that has it.
    pub fn enable(&self) -> Earliest {
        self.earliest(self.writers(), 0, |world, writer| world.left_behind(writer))
    }

    /// From which release on the writer may send it to anybody, asking nobody.
    pub fn default(&self) -> Earliest {
        self.earliest(self.writers(), 0, |world, writer| world.unasked(writer))
    }

    /// From which release on the writer may leave out the old form, where it writes the new one from `from` on.
    pub fn stop_writing(&self, from: Moment) -> Earliest {
        let from = self.writers().index(from);
        self.earliest(self.writers(), from, |world, writer| {
            if writer < from || !world.traffic.writers().has(writer) {
                return Some(Hazard::Lacks);
            }
            world.unasked(writer)
        })
    }

    /// From which release on the reader may ignore the old form, where the writer writes the new one from `from` on.
    pub fn stop_reading(&self, from: Moment) -> Earliest {
        let from = self.writers().index(from);
        self.earliest(self.readers(), from, |world, reader| {
            if !world.traffic.readers().has(reader) {
                return Some(Hazard::Lacks);
            }
            world.unwritten(reader, from)
        })
    }

    /// The oldest supported line from which on a step that is never safe would be, with when it would: what `oldest` may say.
    pub fn with_oldest(&self, step: impl Fn(&Traffic<'_>) -> Earliest) -> Option<(Line, Earliest)> {
        let long_lived = match self.way {
            Way::Stored => self.clients,
            Way::Request | Way::Response => self.servers,
        };
        let mut lines: Vec<Line> = long_lived
            .releases()
            .map(|release| release.number.own.line())
            .collect();
        lines.dedup();
        lines.into_iter().find_map(|line| {
            let link = LinkPolicy {
                oldest: Some(line.max(self.link.oldest.unwrap_or(line))),
                ..self.link.clone()
            };
            let supported = step(&Traffic {
                link: &link,
                ..*self
            });
            supported.at.is_some().then_some((line, supported))
        })
    }

    /// Walks back from a future that no window reaches, to the newest release that a hazard does.
    fn earliest(
        &self,
        steps: &Timeline,
        from: usize,
        hazard: impl Fn(&World<'_, '_>, usize) -> Option<Hazard>,
    ) -> Earliest {
        let windows = [self.link.ahead, self.link.behind].map(finite);
        let widest = windows.into_iter().flatten().max().unwrap_or(0);
        let newest = [
            self.clients.newest_place(),
            self.servers.newest_place(),
            self.writers().spot(from).place,
        ];
        let horizon = newest.into_iter().max().unwrap_or(0) + 2 * (widest + 2);
        let world = World {
            traffic: self,
            clients: self.clients.until(horizon),
            servers: self.servers.until(horizon),
        };
        let end = steps.until(horizon);
        let blocked = (0..end)
            .rev()
            .find_map(|at| hazard(&world, at).map(|hazard| (at, hazard)));
        let safe = blocked.map_or(0, |(at, _)| at + 1);
        // what lacks it can do nothing wrong with it, and nothing right
        let first = (safe..end).find(|at| steps.has(*at)).unwrap_or(end);
        Earliest {
            at: (first < end).then(|| steps.moment(first)),
            because: blocked.map(|(_, hazard)| hazard),
        }
    }
}

fn finite(bound: Bound) -> Option<usize> {
    match bound {
        Bound::Lines(lines) if lines < UNBOUNDED => Some(lines as usize),
        Bound::Lines(_) | Bound::Any => None,
    }
}

/// Everybody up to a horizon.
struct World<'t, 'a> {
    traffic: &'t Traffic<'a>,
    /// How many releases of the client there are.
    clients: usize,
    servers: usize,
}

impl World<'_, '_> {
    fn client(&self, index: usize) -> Spot {
        self.traffic.clients.spot(index)
    }

    fn server(&self, index: usize) -> Spot {
        self.traffic.servers.spot(index)
    }

    fn meets(&self, client: usize, server: usize) -> bool {
        self.traffic
            .link
            .meets_at(self.client(client), self.server(server))
    }

    /// The clients that lack it, newest first.
    fn lacking_clients(&self) -> impl Iterator<Item = usize> {
        let clients = self.traffic.clients;
        (0..self.clients.min(clients.len()))
            .rev()
            .filter(|client| !clients.has(*client))
    }

    /// Whether a client that turned it on may have become the other one: by any upgrade, or a roll-back within the window.
    fn becomes(&self, turned_on_by: Spot, other: Spot) -> bool {
        finite(self.traffic.link.behind)
            .is_none_or(|lines| turned_on_by.place <= other.place + lines)
    }

    /// Whether the client meets a server that has it and is this one or a newer one, which it was upgraded to while it was on.
    fn meets_from(&self, client: usize, server: usize) -> bool {
        let servers = self.traffic.servers;
        (server..self.servers).any(|server| servers.has(server) && self.meets(client, server))
    }

    /// The newest client that is as old as the server.
    fn contemporary(&self, server: usize) -> Option<usize> {
        let key = |spot: Spot| {
            let counted = spot.number.map(|number| number.counted);
            (spot.place, counted.is_none(), counted)
        };
        let server = key(self.server(server));
        (0..self.clients)
            .rev()
            .find(|client| key(self.client(*client)) <= server)
    }

    /// Where `writer` may send it to a reader that has it: a release that lacks it and meets what is left behind.
    fn left_behind(&self, writer: usize) -> Option<Hazard> {
        if !self.traffic.writers().has(writer) || self.traffic.link.bundled {
            return None;
        }
        match self.traffic.way {
            Way::Request => self.left_in_servers(writer),
            Way::Response => self.asked_by_clients(writer),
            Way::Stored => self.left_at_rest(writer),
        }
    }

    /// A client turned it on in a server, and was upgraded or rolled back.
    fn left_in_servers(&self, client: usize) -> Option<Hazard> {
        let Traffic {
            clients, servers, ..
        } = *self.traffic;
        let server =
            (0..self.servers).find(|server| servers.has(*server) && self.meets(client, *server))?;
        if let Some(before) = client.checked_sub(1).filter(|before| !clients.has(*before)) {
            return Some(Hazard::RollBack(clients.moment(before)));
        }
        let spot = self.client(client);
        self.lacking_clients()
            .find(|other| {
                self.becomes(spot, self.client(*other)) && self.meets_from(*other, server)
            })
            .map(|other| Hazard::RollBack(clients.moment(other)))
    }

    /// A server sends it since a client asked for it, and the client was upgraded or rolled back.
    fn asked_by_clients(&self, server: usize) -> Option<Hazard> {
        let clients = self.traffic.clients;
        let asks = |client: &usize| clients.has(*client) && self.meets(*client, server);
        // whoever is asked by the oldest is left behind by it for the oldest
        let oldest = self.client((0..self.clients).find(asks)?);
        if let Some(contemporary) = self.contemporary(server).filter(asks)
            && let Some(before) = contemporary.checked_sub(1)
            && !clients.has(before)
        {
            return Some(Hazard::RollBack(clients.moment(before)));
        }
        self.lacking_clients()
            .find(|other| {
                self.becomes(oldest, self.client(*other)) && self.meets_from(*other, server)
            })
            .map(|other| Hazard::RollBack(clients.moment(other)))
    }

    /// It was stored, and is read by an older or a newer release.
    fn left_at_rest(&self, writer: usize) -> Option<Hazard> {
        let readers = self.traffic.servers;
        let lacks = |reader: &usize| !readers.has(*reader);
        let before = writer.checked_sub(1).filter(lacks);
        let met = || {
            let readers = (0..self.servers.min(readers.len())).rev();
            readers
                .filter(lacks)
                .find(|reader| self.meets(writer, *reader))
        };
        before
            .or_else(met)
            .map(|reader| Hazard::RollBack(readers.moment(reader)))
    }

    /// Where `writer` sends it to anybody: the same, or a reader that lacks it.
    fn unasked(&self, writer: usize) -> Option<Hazard> {
        if !self.traffic.writers().has(writer) {
            return None;
        }
        let readers = self.traffic.readers();
        let met = match self.traffic.way {
            Way::Request => (0..self.servers.min(readers.len()))
                .rev()
                .find(|server| !readers.has(*server) && self.meets(writer, *server)),
            Way::Response => self
                .lacking_clients()
                .find(|client| self.meets(*client, writer)),
            // nobody is ever asked before something is stored
            Way::Stored => None,
        };
        let met = met.map(|reader| Hazard::Meets(readers.moment(reader)));
        met.or_else(|| self.left_behind(writer))
    }

    /// Where `reader` reads the new form alone: a writer that does not write it, writing it from `from` on.
    fn unwritten(&self, reader: usize, from: usize) -> Option<Hazard> {
        let writers = self.traffic.writers();
        let unwritten = |writer: &usize| *writer < from || !writers.has(*writer);
        let all = match self.traffic.way {
            Way::Response => self.servers,
            Way::Request | Way::Stored => self.clients,
        };
        let meets = |writer: &usize| match self.traffic.way {
            Way::Response => self.meets(reader, *writer),
            Way::Request | Way::Stored => self.meets(*writer, reader),
        };
        let met = (0..all)
            .rev()
            .find(|writer| unwritten(writer) && meets(writer));
        let rolled_back = || {
            let may_be = self.traffic.way == Way::Request && !self.traffic.link.bundled;
            let contemporary = self.contemporary(reader).filter(|_| may_be)?;
            contemporary.checked_sub(1).filter(unwritten)
        };
        met.or_else(rolled_back)
            .map(|writer| Hazard::Unwritten(writers.moment(writer)))
    }
}
