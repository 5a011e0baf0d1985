//! The arithmetic as a table that a person can check by hand.

use super::{Earliest, Hazard, Holding, Moment, Timeline, Traffic, Way};
use crate::config::{Bound, Config};
use crate::policy::meetings::{Lines, LinkPolicy, Numbered, links};
use crate::releases::tag::Version;

/// `1.3*` has what is new, `1.2` lacks it; `2.0=1.4` counts as 1.4. The last one is what is being worked on.
fn releases(text: &str) -> Vec<Holding> {
    let version = |text: &str| Version::typed(text).expect("a version");
    let holding = |word: &str| {
        let number = word.trim_end_matches('*');
        let (own, counted) = number.split_once('=').unwrap_or((number, number));
        Holding {
            name: own.into(),
            number: Numbered {
                own: version(own),
                counted: version(counted),
            },
            has: word.ends_with('*'),
        }
    };
    text.split_whitespace().map(holding).collect()
}

/// `any/1`: newer by any number of lines, older by one; `any/1 from 1.2` with an oldest; `bundled`.
fn link(policy: &str) -> LinkPolicy {
    let bound = |text: &str| match text {
        "any" => Bound::Any,
        lines => Bound::Lines(lines.parse().expect("a number of lines")),
    };
    let (window, oldest) = policy.split_once(" from ").unwrap_or((policy, ""));
    let (ahead, behind) = window.split_once('/').unwrap_or(("any", "any"));
    LinkPolicy {
        ahead: bound(ahead),
        behind: bound(behind),
        bundled: window == "bundled",
        oldest: Version::typed(oldest).map(Version::line),
        configured: true,
        ..links(&Config::default()).remove(0)
    }
}

fn told(timeline: &Timeline, earliest: Earliest) -> String {
    match earliest.at {
        None => "never".to_owned(),
        Some(Moment::LinesAfter(lines)) => format!("+{lines}"),
        Some(at) => timeline
            .release(at)
            .map_or_else(String::new, |release| release.name.to_string()),
    }
}

/// Enabled; default; the old form no longer written; no longer read.
fn steps(traffic: &Traffic<'_>) -> [String; 4] {
    let enabled = traffic.enable();
    let old = |step: &dyn Fn(Moment) -> Earliest, timeline: &Timeline| match enabled.at {
        Some(from) => told(timeline, step(from)),
        None => "never".to_owned(),
    };
    [
        told(traffic.writers(), enabled),
        told(traffic.writers(), traffic.default()),
        old(&|from| traffic.stop_writing(from), traffic.writers()),
        old(&|from| traffic.stop_reading(from), traffic.readers()),
    ]
}

#[track_caller]
fn check(way: Way, rows: &[(&str, &str, [&str; 4])]) {
    for (policy, series, expected) in rows {
        let (clients, servers) = series.split_once('|').unwrap_or((series, series));
        let (clients, servers) = (releases(clients), releases(servers));
        let both = clients.iter().chain(&servers);
        let lines = Lines::new(both.map(|release| release.number.counted));
        let traffic = Traffic {
            link: &LinkPolicy {
                stored: (way == Way::Stored).then(Vec::new),
                ..link(policy)
            },
            way,
            clients: &Timeline::new(&lines, clients),
            servers: &Timeline::new(&lines, servers),
        };
        assert_eq!(steps(&traffic), *expected, "{policy}: {series}");
    }
}

#[test]
fn requests() {
    check(
        Way::Request,
        &[
            // GL1's policy: introduced in 1.2, enabled a line later; old agents stay for ever, and nobody may ask nobody
            ("any/1", "1.0 1.1 1.2*", ["+1", "never", "never", "+2"]),
            (
                "any/1",
                "1.0 1.1 1.2* 1.3*",
                ["1.3", "never", "never", "+1"],
            ),
            (
                "any/1",
                "1.0 1.1 1.2* 1.3* 1.4* 1.5*",
                ["1.3", "never", "never", "1.4"],
            ),
            // agents older than 1.2 are out of support: the default may come with the enabling
            (
                "any/1 from 1.2",
                "1.0 1.1 1.2* 1.3*",
                ["1.3", "1.3", "1.3", "+1"],
            ),
            (
                "any/1 from 1.1",
                "1.0 1.1 1.2* 1.3*",
                ["1.3", "never", "never", "+1"],
            ),
            // a client may be two lines newer: 1.3 still meets 1.1, the line after it does not
            ("2/1", "1.0 1.1 1.2* 1.3*", ["1.3", "+1", "+1", "+1"]),
            ("2/1", "1.0 1.1 1.2*", ["+1", "+2", "+2", "+2"]),
            // a window of two lines back
            ("any/2", "1.0 1.1 1.2* 1.3*", ["+1", "never", "never", "+3"]),
            // whoever may be rolled back for ever may never enable it
            (
                "any/any",
                "1.0 1.1 1.2*",
                ["never", "never", "never", "never"],
            ),
            // no window at all: one release back is always possible (R2)
            ("0/0", "1.0 1.1 1.2*", ["+1", "+1", "+1", "+2"]),
            ("0/0", "1.1 1.2* 1.2.1*", ["1.2.1", "1.2.1", "1.2.1", "+1"]),
            // what ships together meets nobody else
            ("bundled", "1.0 1.1 1.2*", ["1.2", "1.2", "1.2", "1.2"]),
            // nobody lacks it
            ("any/1", "1.0* 1.1*", ["1.0", "1.0", "1.0", "1.0"]),
        ],
    );
}

#[test]
fn patches_and_skipped_lines() {
    check(
        Way::Request,
        &[
            // introduced in a patch: 1.2.0 is still on the line that 1.3 may be rolled back to
            (
                "any/1",
                "1.1 1.2 1.2.1* 1.3*",
                ["+1", "never", "never", "+2"],
            ),
            ("1/1", "1.1 1.2 1.2.1* 1.3*", ["+1", "+1", "+1", "+2"]),
            // without a window the line itself counts, and the release just before
            ("0/0", "1.2 1.2.1* 1.2.2*", ["+1", "+1", "+1", "+2"]),
            // 1.3, 1.4 and 1.6 were never released: 1.5 is the line after 1.2
            (
                "any/1",
                "1.1 1.2* 1.5* 2.0*",
                ["1.5", "never", "never", "2.0"],
            ),
            // a backport: 1.2.1 has it, 1.3.0, which is newer, has not
            (
                "any/1",
                "1.2 1.2.1* 1.3 1.3.1* 1.4*",
                ["+1", "never", "never", "+2"],
            ),
            (
                "1/1",
                "1.2 1.2.1* 1.3 1.3.1* 1.4*",
                ["+1", "+1", "+1", "+2"],
            ),
            // what is worked on is a patch of its line
            ("any/1", "1.1 1.2 1.2.1*", ["+2", "never", "never", "+3"]),
        ],
    );
}

#[test]
fn components_with_their_own_tags() {
    check(
        Way::Request,
        &[
            // the runtime has it since 1.3, its agents since 1.2: what counts is that runtimes can be rolled back
            (
                "any/1",
                "1.1 1.2 1.3* 1.4* | 1.1 1.2* 1.3* 1.4*",
                ["1.4", "never", "never", "+1"],
            ),
            (
                "1/1",
                "1.1 1.2 1.3* 1.4* | 1.1 1.2* 1.3* 1.4*",
                ["1.4", "1.4", "1.4", "+1"],
            ),
            // the other way round: agents lack it that the runtime still meets
            (
                "1/1",
                "1.1 1.2* 1.3* 1.4* | 1.1 1.2 1.3* 1.4*",
                ["1.3", "1.4", "1.4", "1.4"],
            ),
            // the agent calls its releases 2.0 and 2.1
            (
                "1/1",
                "1.1 1.2 1.3* | 2.0=1.1 2.1=1.2 2.2=1.3*",
                ["+1", "+1", "+1", "+2"],
            ),
            // nobody supports an agent before 2.1, by its own number
            (
                "any/1 from 2.1",
                "1.1* 1.2* 1.3* | 2.0=1.1 2.1=1.2* 2.2=1.3*",
                ["1.1", "1.1", "1.1", "2.1"],
            ),
        ],
    );
}

#[test]
fn responses() {
    check(
        Way::Response,
        &[
            // the reader is the client that is a line older
            ("any/1", "1.0 1.1 1.2*", ["+1", "+1", "+1", "never"]),
            (
                "any/1",
                "1.0 1.1 1.2* 1.3* 1.4*",
                ["1.3", "1.3", "1.3", "never"],
            ),
            // servers from 1.3 on write the new form; where older ones are out of support nobody asks what they did
            (
                "any/1 from 1.2",
                "1.0 1.1 1.2* 1.3* 1.4*",
                ["1.3", "1.3", "1.3", "never"],
            ),
            (
                "any/1 from 1.3",
                "1.0 1.1 1.2* 1.3* 1.4*",
                ["1.2", "1.2", "1.2", "1.2"],
            ),
            ("2/1", "1.0 1.1 1.2* 1.3* 1.4*", ["1.3", "1.3", "1.3", "+1"]),
            (
                "any/2",
                "1.0 1.1 1.2* 1.3* 1.4*",
                ["1.4", "1.4", "1.4", "never"],
            ),
            (
                "any/any",
                "1.0 1.1 1.2*",
                ["never", "never", "never", "never"],
            ),
            // one release back is always possible (R2)
            ("any/0", "1.0 1.1 1.2*", ["+1", "+1", "+1", "never"]),
            ("bundled", "1.0 1.1 1.2*", ["1.2", "1.2", "1.2", "1.2"]),
            // the agent's 1.0.1, a backport, sends it to whoever asks; no runtime as old as an agent that has it may meet that one
            (
                "any/0",
                "1.0 1.1 1.2* 1.4* | 1.0 1.0.1* 1.1 1.3* 1.4*",
                ["1.0.1", "1.3", "1.3", "never"],
            ),
        ],
    );
}

#[test]
fn stores() {
    // of a store the writer is the one that may be newer: downgrade/upgrade
    check(
        Way::Stored,
        &[
            ("1/any", "1.0 1.1 1.2*", ["+1", "+1", "+1", "never"]),
            (
                "1/any",
                "1.0 1.1 1.2* 1.3* 1.4*",
                ["1.3", "1.3", "1.3", "never"],
            ),
            // what was written before 1.3 is no longer at rest
            (
                "1/any from 1.3",
                "1.0 1.1 1.2* 1.3* 1.4*",
                ["1.3", "1.3", "1.3", "1.2"],
            ),
            ("1/2", "1.0 1.1 1.2* 1.3* 1.4*", ["1.3", "1.3", "1.3", "+1"]),
            ("0/any", "1.0 1.1 1.2*", ["+1", "+1", "+1", "never"]),
            (
                "any/any",
                "1.0 1.1 1.2*",
                ["never", "never", "never", "never"],
            ),
        ],
    );
}

#[test]
fn what_stands_in_the_way_and_what_would_clear_it() {
    let series = releases("1.0 1.1 1.2* 1.3*");
    let lines = Lines::new(series.iter().map(|release| release.number.counted));
    let timeline = Timeline::new(&lines, series);
    let traffic = Traffic {
        link: &link("any/1"),
        way: Way::Request,
        clients: &timeline,
        servers: &timeline,
    };
    let newest_without = Moment::Release(1);
    assert_eq!(
        traffic.enable().because,
        Some(Hazard::RollBack(newest_without))
    );
    assert_eq!(
        traffic.default().because,
        Some(Hazard::Meets(newest_without))
    );
    let (oldest, allowed) = traffic
        .with_oldest(|traffic| traffic.default())
        .expect("1.2 has it");
    assert_eq!(oldest.to_string(), "1.2");
    assert_eq!(told(&timeline, allowed), "1.3");
}
