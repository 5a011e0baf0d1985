//! The past as text: what happened to an element, commit by commit, and which numbers are free.

use std::io;

use protoskew_schema::outline::Member;

use super::screen::printable;
use crate::breach::Fenced;
use crate::history::query::{Event, Happened, History, Next};

/// Writes what happened to an element, one paragraph a commit.
pub fn write_history(out: &mut dyn io::Write, history: &History) -> io::Result<()> {
    writeln!(out, "{}", printable(&history.element))?;
    let mut last = None;
    for event in &history.events {
        if last != Some(&event.when) {
            let when = &event.when;
            let part = |text: &Option<protoskew_schema::Name>| {
                text.as_deref().map(printable).unwrap_or_default()
            };
            writeln!(out)?;
            match when.commit {
                Some(_) => writeln!(
                    out,
                    "{} {} {}: {}",
                    part(&when.commit),
                    part(&when.date),
                    part(&when.author),
                    part(&when.subject)
                )?,
                None => writeln!(out, "not committed")?,
            }
            last = Some(&event.when);
        }
        writeln!(out, "    {}", line(event))?;
    }
    writeln!(out)?;
    if !history.present {
        writeln!(out, "now: gone")
    } else if history.now.is_empty() {
        writeln!(out, "now: empty")
    } else {
        let members: Vec<String> = history.now.iter().map(member).collect();
        writeln!(out, "now: {}", members.join("; "))
    }
}

fn line(event: &Event) -> String {
    let path = printable(&event.path);
    let text = match &event.what {
        Happened::Began(begun) => format!("+ {}", member(begun)),
        Happened::Ended(ended) => format!("- {}", member(ended)),
        Happened::Raised(fenced) => format!("+ {}", fence(fenced)),
        Happened::Dropped(fenced) => format!("- {}", fence(fenced)),
        Happened::Came(false) => format!("came ({path})"),
        Happened::Came(true) => format!("came back with another shape ({path})"),
        Happened::Went => format!("went ({path})"),
        Happened::Renamed(name) => format!("is called {} now", printable(name)),
    };
    match &event.released {
        Some(release) => format!("{text}  [released in {}]", printable(release)),
        None => text,
    }
}

fn member(member: &Member) -> String {
    let (name, ty) = (printable(&member.name), printable(&member.ty));
    match (ty.as_str(), member.number) {
        ("", number) => format!("{name} = {number}"),
        (_, 0) => format!("rpc {name}: {ty}"),
        (_, number) => format!("{ty} {name} = {number}"),
    }
}

fn fence(fenced: &Fenced) -> String {
    match fenced {
        Fenced::Numbers(start, end) => format!("reserved {}", range(*start, *end)),
        Fenced::Name(name) => format!("reserved \"{}\"", printable(name)),
        Fenced::Extensions(start, end) => format!("extensions {}", range(*start, *end)),
    }
}

fn range(start: i32, end: i32) -> String {
    if start == end {
        start.to_string()
    } else if matches!(end, 536_870_911 | i32::MAX) {
        format!("{start} to max")
    } else {
        format!("{start} to {end}")
    }
}

/// Writes the numbers that nothing ever had, and what the others are.
pub fn write_next(out: &mut dyn io::Write, next: &Next) -> io::Result<()> {
    let list = |numbers: &[i32]| -> String {
        let texts: Vec<String> = numbers.iter().map(i32::to_string).collect();
        texts.join(", ")
    };
    if next.free.is_empty() {
        writeln!(out, "no number is free: every one was used or is reserved")?;
    } else {
        writeln!(out, "{}", list(&next.free))?;
    }
    if !next.spent.is_empty() {
        let spent = next
            .spent
            .iter()
            .map(|(number, name)| format!("{number} ({})", printable(name)));
        let spent: Vec<String> = spent.collect();
        writeln!(out, "  spent, unfenced  {}", spent.join(", "))?;
    }
    if !next.reserved.is_empty() {
        let ranges: Vec<String> = next.reserved.iter().map(|&(a, b)| range(a, b)).collect();
        writeln!(out, "  reserved         {}", ranges.join(", "))?;
    }
    if !next.used.is_empty() {
        writeln!(out, "  in use           {}", list(&next.used))?;
    }
    Ok(())
}
