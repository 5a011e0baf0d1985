//! The gate's answer for a person: which meetings are newly broken, and by what.

use std::io;

use protoskew_schema::Name;

use super::screen::{BOLD, DIM, GREEN, RED, Screen, columns, pad, printable, wrap};
use super::words::{count, grouped};
use crate::matrix::{Break, Gate};
use crate::witness::Witness;

/// Writes the answer in one line, then the meetings with what breaks in each.
pub fn write(out: &mut dyn io::Write, gate: &Gate, screen: Screen) -> io::Result<()> {
    writeln!(out, "\n{}", headline(gate, screen))?;
    for meetings in &gate.broken {
        let sides = format!(
            "{} {} with {} {}",
            printable(&gate.client_name),
            names(&meetings.clients),
            printable(&gate.server_name),
            names(&meetings.servers)
        );
        writeln!(out, "\n{}", screen.paint(BOLD, sides))?;
        let widest = |of: fn(&Break) -> String| {
            let each = meetings.breaks.iter().map(of);
            each.map(|text| columns(&text)).max().unwrap_or_default()
        };
        let outcome = widest(|each| each.outcome.word().to_owned());
        let direction = widest(direction_of);
        let width = screen.width.saturating_sub(outcome + direction + 6).max(30);
        for each in &meetings.breaks {
            let mut fact = wrap(&printable(&each.fact), width).into_iter();
            writeln!(
                out,
                "  {}  {}  {}",
                screen.paint(RED, pad(each.outcome.word(), outcome)),
                screen.paint(DIM, pad(&direction_of(each), direction)),
                fact.next().unwrap_or_default()
            )?;
            let indent = " ".repeat(outcome + direction + 6);
            for more in fact {
                writeln!(out, "{indent}{more}")?;
            }
            let shown = each.witness.iter().map(Witness::short);
            for line in shown.flat_map(|shown| wrap(&printable(&shown), width)) {
                writeln!(out, "{indent}{}", screen.paint(DIM, line))?;
            }
        }
    }
    Ok(())
}

fn headline(gate: &Gate, screen: Screen) -> String {
    let mut known = match gate.known {
        0 => String::new(),
        1 => "; 1 more broke there already".to_owned(),
        known => format!("; {} more broke there already", grouped(known)),
    };
    if !gate.waivers.is_empty() {
        let by = printable(&gate.waivers.join(", "));
        known += &match gate.waived {
            0 => format!("; {by} waives more of what breaks"),
            waived => format!("; {} break by what {by} waives alone", grouped(waived)),
        };
    }
    let since = printable(&gate.baseline);
    let newly = gate.newly_broken();
    let (style, answer) = match (gate.meetings, newly) {
        (0, _) => (GREEN, "gate: open: no release is to be met yet".to_owned()),
        (meetings, 0) => (
            GREEN,
            format!(
                "gate: open: of {} none is newly broken since {since}{known}",
                count(meetings, "meeting")
            ),
        ),
        (meetings, newly) => (
            RED,
            format!(
                "gate: closed: {} of {} newly broken since {since}{known}",
                grouped(newly),
                count(meetings, "meeting")
            ),
        ),
    };
    screen.paint(style, answer).to_string()
}

/// `request`, `response as JSON`, `call`.
fn direction_of(each: &Break) -> String {
    if each.json {
        format!("{} as JSON", each.direction)
    } else {
        each.direction.to_owned()
    }
}

/// A few by name, many by their ends.
fn names(names: &[Name]) -> String {
    match names {
        [first, .., last] if names.len() > 4 => {
            format!(
                "{} to {} ({} releases)",
                printable(first),
                printable(last),
                grouped(names.len())
            )
        }
        few => few
            .iter()
            .map(|name| printable(name))
            .collect::<Vec<_>>()
            .join(", "),
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};
    use protoskew_compare::{CallOutcome, Outcome};

    use super::*;
    use crate::matrix::BrokenMeetings;
    use crate::verdict::WorstOutcome;

    fn gate() -> Gate {
        let each = |element: &str, direction, json, outcome, fact: &str| Break {
            element: element.into(),
            direction,
            json,
            outcome,
            fact: fact.to_owned(),
            witness: None,
        };
        let misread = WorstOutcome::Value(Outcome::Misread);
        let removed = WorstOutcome::Call(CallOutcome::CallRemoved);
        let names = |all: &str| all.split(' ').map(Into::into).collect();
        Gate {
            client_name: "runtime".into(),
            server_name: "agent".into(),
            roles: ["client", "server"],
            baseline: "release 1.3.0 (4d73c44)".to_owned(),
            meetings: 12,
            known: 1,
            waived: 0,
            waivers: Vec::new(),
            broken: vec![
                BrokenMeetings {
                    clients: names("1.0.0 1.1.0 1.1.1 1.2.0 1.3.0"),
                    servers: names("worktree"),
                    breaks: vec![
                        each(
                            "a.M.f",
                            "request",
                            false,
                            misread,
                            "`a.M.f` moved from number 3 to 4",
                        ),
                        each(
                            "a.S.Get",
                            "call",
                            false,
                            removed,
                            "`/a.S/Get` is gone\u{1b}[2J",
                        ),
                    ],
                },
                BrokenMeetings {
                    clients: names("worktree"),
                    servers: names("1.2.0 1.3.0"),
                    breaks: vec![each(
                        "a.M.f",
                        "response",
                        true,
                        misread,
                        "`a.M.f` was renamed",
                    )],
                },
            ],
        }
    }

    #[track_caller]
    fn check(gate: &Gate, expected: &Expect) {
        let mut out = Vec::new();
        write(&mut out, gate, Screen::PLAIN).unwrap();
        expected.assert_eq(&String::from_utf8(out).unwrap());
    }

    #[test]
    fn which_meetings_and_why() {
        check(
            &gate(),
            &expect![[r#"

            gate: closed: 7 of 12 meetings newly broken since release 1.3.0 (4d73c44); 1 more broke there already

            runtime 1.0.0 to 1.3.0 (5 releases) with agent worktree
              misread       request  `a.M.f` moved from number 3 to 4
              call-removed  call     `/a.S/Get` is gone␛[2J

            runtime worktree with agent 1.2.0, 1.3.0
              misread  response as JSON  `a.M.f` was renamed
        "#]],
        );
    }

    #[test]
    fn an_open_gate_says_what_it_looked_at() {
        let open = Gate {
            broken: Vec::new(),
            ..gate()
        };
        check(
            &open,
            &expect![[r#"

            gate: open: of 12 meetings none is newly broken since release 1.3.0 (4d73c44); 1 more broke there already
        "#]],
        );
        check(
            &Gate {
                waived: 2,
                waivers: vec!["protoskew.waivers.toml:3".to_owned()],
                ..open.clone()
            },
            &expect![[r#"

                gate: open: of 12 meetings none is newly broken since release 1.3.0 (4d73c44); 1 more broke there already; 2 break by what protoskew.waivers.toml:3 waives alone
            "#]],
        );
        check(
            &Gate {
                meetings: 0,
                known: 0,
                ..open
            },
            &expect![[r#"

                gate: open: no release is to be met yet
            "#]],
        );
    }
}
