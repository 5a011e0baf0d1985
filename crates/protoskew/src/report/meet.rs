//! One meeting, call by call: what is broken first, what is fine only counted.

use std::io;

use anstyle::Style;
use protoskew_compare::{CallOutcome, Outcome};

use super::screen::{BOLD, CYAN, DIM, GREEN, RED, Screen, YELLOW, pad, printable, wrap};
use super::words::{call_meaning, count, grouped, value_meaning};
use crate::meeting::{CallReport, Detail, Meeting};

/// Columns of a direction: `response` is the longest.
const DIRECTION: usize = 8;
/// Columns of an outcome: `call-removed` is the longest.
const OUTCOME: usize = 12;

/// Writes the answer in one line, then every call that is not fine, then how many are.
pub fn write(out: &mut dyn io::Write, meeting: &Meeting, screen: Screen) -> io::Result<()> {
    let sides = format!(
        "{} → {}",
        printable(&meeting.client),
        printable(&meeting.server)
    );
    writeln!(
        out,
        "{}: {}",
        screen.paint(BOLD, sides),
        answer(meeting, screen)
    )?;

    let (broken, rest): (Vec<_>, Vec<_>) = meeting.calls.iter().partition(|call| call.breaks());
    let (fine, differing): (Vec<_>, Vec<_>) = rest.into_iter().partition(|call| call.fine());
    for alike in alike(&broken).into_iter().chain(alike(&differing)) {
        write_calls(out, &alike, screen)?;
    }
    if !meeting.other.is_empty() {
        let what = if meeting.at_rest {
            "in what the first wrote and the second reads"
        } else {
            "in messages that no service reaches"
        };
        writeln!(out, "\n{}", screen.paint(BOLD, what))?;
        write_details(out, &meeting.other, screen)?;
    }
    if !fine.is_empty() && fine.len() < meeting.calls.len() {
        let number = count(fine.len(), "call");
        let others = match fine.len() {
            1 => format!("{number} is fine"),
            _ => format!("{number} are fine"),
        };
        writeln!(out, "\n{}", screen.paint(GREEN, others))?;
    }
    Ok(())
}

fn answer(meeting: &Meeting, screen: Screen) -> String {
    if meeting.at_rest {
        let breaks = meeting.other.iter().any(|detail| detail.outcome.breaks());
        let (style, text) = match (meeting.other.as_slice(), breaks) {
            ([], _) => (GREEN, "what is stored is read as it was written"),
            (_, false) => (GREEN, "what is stored differs, but does not break"),
            (_, true) => (RED, "what is stored breaks"),
        };
        return screen.paint(style, text).to_string();
    }
    let calls = meeting.calls.len();
    let broken = meeting.calls.iter().filter(|call| call.breaks()).count();
    let differing = meeting.calls.iter().filter(|call| !call.fine()).count() - broken;
    let also = if meeting.other.iter().any(|detail| detail.outcome.breaks()) {
        "; a message that no service reaches breaks"
    } else {
        ""
    };
    let (style, text) = match (calls, broken, differing) {
        (0, ..) => (DIM, "no calls".to_owned()),
        (1, 0, 0) => (GREEN, "the only call is fine".to_owned()),
        (_, 0, 0) => (GREEN, format!("all {} calls are fine", grouped(calls))),
        (1, 0, _) => (
            GREEN,
            "the only call differs, but does not break".to_owned(),
        ),
        (_, 0, 1) => (
            GREEN,
            format!("none of {} calls breaks, 1 differs", grouped(calls)),
        ),
        (_, 0, _) => (
            GREEN,
            format!(
                "none of {} calls breaks, {} differ",
                grouped(calls),
                grouped(differing)
            ),
        ),
        (1, ..) => (RED, "the only call breaks".to_owned()),
        (_, 1, _) => (RED, format!("1 of {} calls breaks", grouped(calls))),
        _ => (
            RED,
            format!("{} of {} calls break", grouped(broken), grouped(calls)),
        ),
    };
    format!("{}{also}", screen.paint(style, text))
}

/// Calls that suffer the same for the same reasons are listed together, where the first of them stands.
fn alike<'a>(calls: &[&'a CallReport]) -> Vec<Vec<&'a CallReport>> {
    let mut groups: Vec<Vec<&CallReport>> = Vec::new();
    for call in calls {
        let same = |other: &&CallReport| {
            (call.call, call.request, call.response, &call.details)
                == (other.call, other.request, other.response, &other.details)
        };
        match groups
            .iter_mut()
            .find(|group| group.first().is_some_and(same))
        {
            Some(group) => group.push(call),
            None => groups.push(vec![call]),
        }
    }
    groups
}

fn write_calls(out: &mut dyn io::Write, calls: &[&CallReport], screen: Screen) -> io::Result<()> {
    writeln!(out)?;
    for call in calls {
        writeln!(out, "{}", screen.paint(BOLD, printable(&call.path)))?;
    }
    let Some(call) = calls.first() else {
        return Ok(());
    };
    if call.call != CallOutcome::Served {
        let style = if call.call.breaks() { RED } else { CYAN };
        let said = (call.call.word(), style);
        write_line(out, "call", said, call_meaning(call.call), screen)?;
        if let Some(changed) = &call.changed {
            let text = format!("{}: the server {}", changed.sent, changed.comes);
            write_witness(out, &text, screen)?;
        }
    }
    write_details(out, &call.details, screen)?;
    // Where nothing was said about a direction, its outcome must still be.
    for (direction, outcome) in [("request", call.request), ("response", call.response)] {
        let told = call
            .details
            .iter()
            .any(|detail| detail.direction == direction);
        if !told && outcome > Outcome::Compatible {
            write_line(
                out,
                direction,
                (outcome.word(), style(outcome)),
                value_meaning(outcome),
                screen,
            )?;
        }
    }
    Ok(())
}

/// The worst first; else in the order given.
fn write_details(out: &mut dyn io::Write, details: &[Detail], screen: Screen) -> io::Result<()> {
    let mut sorted: Vec<&Detail> = details.iter().collect();
    sorted.sort_by_key(|detail| std::cmp::Reverse(detail.outcome));
    for detail in sorted {
        let said = (detail.outcome.word(), style(detail.outcome));
        // Facts name the element most of the time.
        let fact = if detail.fact.contains(detail.element.as_str()) {
            printable(&detail.fact)
        } else {
            printable(&format!("{}: {}", detail.element, detail.fact))
        };
        let fact = if detail.json {
            format!("as JSON: {fact}")
        } else {
            fact
        };
        write_line(out, detail.direction, said, &fact, screen)?;
        if let Some(witness) = &detail.witness {
            write_witness(out, &printable(&witness.short()), screen)?;
        }
    }
    Ok(())
}

/// What shows the line above.
fn write_witness(out: &mut dyn io::Write, text: &str, screen: Screen) -> io::Result<()> {
    let before = 2 + DIRECTION + 2 + OUTCOME + 2;
    for line in wrap(text, screen.width.saturating_sub(before).max(30)) {
        writeln!(out, "{}{}", " ".repeat(before), screen.paint(DIM, line))?;
    }
    Ok(())
}

fn write_line(
    out: &mut dyn io::Write,
    direction: &str,
    (outcome, style): (&str, Style),
    text: &str,
    screen: Screen,
) -> io::Result<()> {
    let before = 2 + DIRECTION + 2 + OUTCOME + 2;
    let mut lines = wrap(text, screen.width.saturating_sub(before).max(30)).into_iter();
    let first = lines.next().unwrap_or_default();
    let outcome = screen.paint(style, pad(outcome, OUTCOME));
    writeln!(out, "  {}  {outcome}  {first}", pad(direction, DIRECTION))?;
    for more in lines {
        writeln!(out, "{}{more}", " ".repeat(before))?;
    }
    Ok(())
}

fn style(outcome: Outcome) -> Style {
    match outcome {
        _ if outcome.breaks() => RED,
        Outcome::Withdrawn => YELLOW,
        Outcome::Same | Outcome::Compatible => DIM,
        _ => CYAN,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn detail(direction: &'static str, element: &str, outcome: Outcome, fact: &str) -> Detail {
        Detail {
            json: false,
            direction,
            element: element.into(),
            outcome,
            fact: fact.to_owned(),
            witness: None,
        }
    }

    fn call(path: &str, call: CallOutcome, details: &[Detail]) -> CallReport {
        let worst = |direction| {
            let outcomes = details
                .iter()
                .filter(|detail| detail.direction == direction);
            outcomes
                .map(|detail| detail.outcome)
                .max()
                .unwrap_or(Outcome::Same)
        };
        CallReport {
            path: format!("/grpc.AgentService/{path}"),
            call,
            changed: None,
            request: worst("request"),
            response: worst("response"),
            details: details.to_vec(),
        }
    }

    fn meeting(calls: Vec<CallReport>, other: Vec<Detail>) -> Meeting {
        Meeting {
            at_rest: false,
            client: "runtime 1.1.0".to_owned(),
            server: "agent worktree".to_owned(),
            calls,
            other,
        }
    }

    #[track_caller]
    fn check(meeting: &Meeting, expected: &Expect) {
        let mut out = Vec::new();
        write(
            &mut out,
            meeting,
            Screen {
                width: 80,
                ..Screen::PLAIN
            },
        )
        .unwrap();
        expected.assert_eq(&String::from_utf8(out).unwrap());
    }

    #[test]
    fn broken_calls_come_first_and_fine_ones_are_counted() {
        let storage = [
            detail(
                "request",
                "grpc.Storage.driver_options",
                Outcome::Absent,
                "`grpc.Storage.driver_options` is new",
            ),
            detail(
                "request",
                "grpc.Storage.source",
                Outcome::Misread,
                "number 2 was `source` and is `driver_options`",
            ),
        ];
        let cpu = detail(
            "response",
            "grpc.GuestDetails.cpus",
            Outcome::Blind,
            "`grpc.GuestDetails.cpus` is new",
        );
        let calls = vec![
            call("Check", CallOutcome::Served, &[]),
            call("GuestDetails", CallOutcome::Served, &[cpu]),
            call("CreateSandbox", CallOutcome::Served, &storage),
            call("AddInterface", CallOutcome::CallRemoved, &[]),
            call("CreateContainer", CallOutcome::Served, &storage),
            call("Version", CallOutcome::Served, &[]),
            call("AddARPNeighbors", CallOutcome::NewCall, &[]),
        ];
        let other = vec![detail(
            "stored",
            "grpc.State.id",
            Outcome::Lossy,
            "`grpc.State.id` was `int64` and is `int32`",
        )];
        check(
            &meeting(calls, other),
            &expect![[r#"
                runtime 1.1.0 → agent worktree: 3 of 7 calls break; a message that no service reaches breaks

                /grpc.AgentService/CreateSandbox
                /grpc.AgentService/CreateContainer
                  request   misread       grpc.Storage.source: number 2 was `source` and is
                                          `driver_options`
                  request   absent        `grpc.Storage.driver_options` is new

                /grpc.AgentService/AddInterface
                  call      call-removed  the server no longer knows the call (UNIMPLEMENTED)

                /grpc.AgentService/GuestDetails
                  response  blind         `grpc.GuestDetails.cpus` is new

                /grpc.AgentService/AddARPNeighbors
                  call      new-call      the server is too old to know the call (UNIMPLEMENTED)

                in messages that no service reaches
                  stored    lossy         `grpc.State.id` was `int64` and is `int32`

                2 calls are fine
            "#]],
        );
    }

    #[test]
    fn a_healthy_meeting_is_one_line() {
        let fine = |path| call(path, CallOutcome::Served, &[]);
        check(
            &meeting(vec![fine("Check"), fine("Version")], Vec::new()),
            &expect![[r#"
                runtime 1.1.0 → agent worktree: all 2 calls are fine
            "#]],
        );
        check(
            &meeting(vec![fine("Check")], Vec::new()),
            &expect![[r#"
                runtime 1.1.0 → agent worktree: the only call is fine
            "#]],
        );
        check(
            &meeting(Vec::new(), Vec::new()),
            &expect![[r#"
            runtime 1.1.0 → agent worktree: no calls
        "#]],
        );
    }

    #[test]
    fn an_outcome_without_details_is_said_all_the_same() {
        let mut silent = call("Check", CallOutcome::Served, &[]);
        silent.response = Outcome::Reject;
        check(
            &meeting(vec![silent], Vec::new()),
            &expect![[r#"
                runtime 1.1.0 → agent worktree: the only call breaks

                /grpc.AgentService/Check
                  response  reject        decoding fails
            "#]],
        );
    }

    #[test]
    fn additions_alone_break_nothing() {
        let new = call("AddARPNeighbors", CallOutcome::NewCall, &[]);
        check(
            &meeting(
                vec![call("Check", CallOutcome::Served, &[]), new],
                Vec::new(),
            ),
            &expect![[r#"
                runtime 1.1.0 → agent worktree: none of 2 calls breaks, 1 differs

                /grpc.AgentService/AddARPNeighbors
                  call      new-call      the server is too old to know the call (UNIMPLEMENTED)

                1 call is fine
            "#]],
        );
    }
}
