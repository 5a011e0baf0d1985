//! Which client release meets which server release, counted in release lines.

use protoskew_compare::JsonParser;
use protoskew_schema::Name;

use crate::config::{Bound, Config};
use crate::releases::tag::{Line, Version};

/// The release lines (`major.minor`) that have releases, in order; distance is counted in them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines(Vec<Line>);

impl Lines {
    /// The lines of these releases.
    pub fn new(releases: impl IntoIterator<Item = Version>) -> Self {
        let mut lines: Vec<Line> = releases.into_iter().map(Version::line).collect();
        lines.sort_unstable();
        lines.dedup();
        Self(lines)
    }

    /// How many lines the second is after the first; 0 where it is before.
    pub fn between(&self, from: Version, to: Version) -> usize {
        self.place(to).saturating_sub(self.place(from))
    }

    /// The place of a release's line; a line without releases stands where it would.
    pub fn place(&self, version: Version) -> usize {
        self.0.partition_point(|line| *line < version.line())
    }
}

/// A release's number, and the one that distance counts it under: the same, unless its component numbers releases otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbered {
    /// Its own number.
    pub own: Version,
    /// The number that it counts as.
    pub counted: Version,
}

impl From<Version> for Numbered {
    fn from(version: Version) -> Self {
        Self {
            own: version,
            counted: version,
        }
    }
}

/// Where a release stands among those that it may meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Spot {
    /// The place of its line in the one order of lines.
    pub(super) place: usize,
    /// Its number; `None` for a release of the future, which is newer than all that have one.
    pub(super) number: Option<Numbered>,
}

/// How old the protos are that somebody speaks, among those of the same owner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Age {
    /// The component that owns them.
    pub owner: Name,
    /// The owner's release that they are of, where they are of one.
    pub version: Option<Version>,
    /// When they were committed; for the worktree, which is newer than all, the end of time.
    pub time: i64,
}

/// One link, with its policy; or a store, whose writer stands as the client and whose reader as the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPolicy {
    /// The client component's name, `client` without configuration.
    pub client: Name,
    /// The server component's name, `server` without configuration.
    pub server: Name,
    /// Full names of its services; empty: all.
    pub services: Vec<Name>,
    /// How many lines the client may be newer.
    pub ahead: Bound,
    /// How many lines the client may be older.
    pub behind: Bound,
    /// The oldest server line that is supported.
    pub oldest: Option<Line>,
    /// Only equal releases meet.
    pub bundled: bool,
    /// Full names of the messages at rest, where this is a store.
    pub stored: Option<Vec<Name>>,
    /// How JSON is parsed, where it is spoken beside the wire format.
    pub json: Option<JsonParser>,
    /// Whether the team wrote it down; without, nothing is known of roles.
    pub configured: bool,
}

impl LinkPolicy {
    /// Whether the two may meet.
    pub fn meets(
        &self,
        lines: &Lines,
        client: impl Into<Numbered>,
        server: impl Into<Numbered>,
    ) -> bool {
        let spot = |number: Numbered| Spot {
            place: lines.place(number.counted),
            number: Some(number),
        };
        self.meets_at(spot(client.into()), spot(server.into()))
    }

    /// The same of places, some of which may be in the future.
    pub(super) fn meets_at(&self, client: Spot, server: Spot) -> bool {
        let longer_lived = if self.is_store() { client } else { server };
        if let (Some(oldest), Some(number)) = (self.oldest, longer_lived.number)
            && number.own.line() < oldest
        {
            return false;
        }
        let counted = |spot: Spot| spot.number.map(|number| number.counted);
        if self.bundled {
            return client.place == server.place && counted(client) == counted(server);
        }
        let (client, server) = (client.place, server.place);
        if client >= server {
            self.ahead.allows(client - server)
        } else {
            self.behind.allows(server - client)
        }
    }

    /// Whether this is a store: nobody calls, and only the named messages are written and read.
    pub fn is_store(&self) -> bool {
        self.stored.is_some()
    }

    /// The name by which it is picked: `runtime:agent`, or `store:runtime`.
    pub fn name(&self) -> String {
        if self.is_store() {
            format!("store:{}", self.client)
        } else {
            format!("{}:{}", self.client, self.server)
        }
    }

    /// What each side does: `client` and `server`, or `writer` and `reader`.
    pub fn roles(&self) -> [&'static str; 2] {
        if self.is_store() {
            ["writer", "reader"]
        } else {
            ["client", "server"]
        }
    }

    /// Whether the link speaks that service.
    pub fn serves(&self, service: &str) -> bool {
        !self.is_store() && self.speaks(service)
    }

    fn speaks(&self, service: &str) -> bool {
        self.services.is_empty() || self.services.iter().any(|name| name == service)
    }
}

/// The links of the configuration, or the one that holds without, in which every pair meets; then the stores.
pub fn links(config: &Config) -> Vec<LinkPolicy> {
    let mut links = calls(config);
    links.extend(config.stores.iter().map(|store| LinkPolicy {
        client: store.component.clone(),
        server: store.component.clone(),
        services: Vec::new(),
        ahead: store.downgrade,
        behind: store.upgrade,
        oldest: store.oldest,
        bundled: false,
        stored: Some(store.messages.clone()),
        json: store.json,
        configured: true,
    }));
    links
}

fn calls(config: &Config) -> Vec<LinkPolicy> {
    if config.links.is_empty() {
        return vec![LinkPolicy {
            client: Name::new_static("client"),
            server: Name::new_static("server"),
            services: Vec::new(),
            ahead: Bound::Any,
            behind: Bound::Any,
            oldest: None,
            bundled: false,
            stored: None,
            json: None,
            configured: false,
        }];
    }
    config
        .links
        .iter()
        .map(|link| LinkPolicy {
            client: link.client.clone(),
            server: link.server.clone(),
            services: link.services.clone(),
            ahead: link.client_ahead,
            behind: link.client_behind,
            oldest: link.oldest,
            bundled: link.bundled,
            stored: None,
            json: link.json,
            configured: true,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn v(major: u64, minor: u64, patch: u64) -> Version {
        Version {
            major,
            minor,
            patch,
        }
    }

    fn link(ahead: Bound, behind: Bound) -> LinkPolicy {
        LinkPolicy {
            ahead,
            behind,
            configured: true,
            ..links(&Config::default()).remove(0)
        }
    }

    /// Draws the cells that meet: a row per server, a column per client.
    #[track_caller]
    fn check(link: &LinkPolicy, releases: &[Version], expected: &[&str]) {
        let lines = Lines::new(releases.iter().copied());
        let drawn: Vec<String> = releases
            .iter()
            .map(|&server| {
                let cell = |&client: &Version| {
                    if link.meets(&lines, client, server) {
                        '✓'
                    } else {
                        '×'
                    }
                };
                releases.iter().map(cell).collect()
            })
            .collect();
        assert_eq!(drawn, expected);
    }

    const FOUR: &[Version] = &[v(1, 0, 0), v(2, 0, 0), v(3, 0, 0), v(4, 0, 0)];

    #[test]
    fn the_worked_example_of_the_default_policy() {
        check(
            &link(Bound::Any, Bound::Lines(1)),
            FOUR,
            &["✓✓✓✓", "✓✓✓✓", "×✓✓✓", "××✓✓"],
        );
    }

    #[test]
    fn without_configuration_every_pair_meets() {
        check(
            &links(&Config::default())[0],
            FOUR,
            &["✓✓✓✓", "✓✓✓✓", "✓✓✓✓", "✓✓✓✓"],
        );
    }

    #[test]
    fn distance_counts_the_lines_that_have_releases() {
        // 1.1 → 1.5 is one line apart: nothing was released between; patches share their line
        check(
            &link(Bound::Lines(1), Bound::Lines(0)),
            &[v(1, 1, 0), v(1, 1, 3), v(1, 5, 0), v(2, 0, 0)],
            &["✓✓✓×", "✓✓✓×", "××✓✓", "×××✓"],
        );
    }

    #[test]
    fn oldest_ends_support_below_a_server_line() {
        let supported = LinkPolicy {
            oldest: Some(v(3, 0, 0).line()),
            ..link(Bound::Any, Bound::Lines(1))
        };
        check(&supported, FOUR, &["××××", "××××", "×✓✓✓", "××✓✓"]);
    }

    #[test]
    fn a_store_is_upgraded_without_bound_and_rolled_back_one_line() {
        // a row per reader, a column per writer
        let store = LinkPolicy {
            stored: Some(vec![Name::new_static("persist.Sandbox")]),
            ..link(Bound::Lines(1), Bound::Any)
        };
        check(&store, FOUR, &["✓✓××", "✓✓✓×", "✓✓✓✓", "✓✓✓✓"]);
        let young = LinkPolicy {
            oldest: Some(v(3, 0, 0).line()),
            ..store
        };
        check(&young, FOUR, &["××××", "××✓×", "××✓✓", "××✓✓"]);
    }

    #[test]
    fn what_ships_together_meets_only_its_equal() {
        let bundled = LinkPolicy {
            bundled: true,
            ..link(Bound::Any, Bound::Any)
        };
        check(&bundled, &[v(1, 0, 0), v(1, 0, 1)], &["✓×", "×✓"]);
    }
}
