//! Whether an enum may grow, for a person: the answer first, then each who may read it.

use std::io;

use anstyle::Style;
use protoskew_compare::{Fate, Runtime};

use super::screen::{BOLD, DIM, GREEN, RED, Screen, YELLOW, printable};
use super::words::{count, meaning};
use crate::analysis::growth::{Growth, Read};
use crate::policy::Shade;

/// Writes the enum, the answer, and the readers.
pub fn write(out: &mut dyn io::Write, growth: &Growth, screen: Screen) -> io::Result<()> {
    let (path, line) = &growth.place;
    let kind = if growth.closed { "closed" } else { "open" };
    writeln!(
        out,
        "{}: {kind} enum of {}, {}",
        screen.paint(BOLD, printable(&growth.element)),
        count(growth.values, "value"),
        screen.paint(DIM, format!("{}:{line}", printable(path)))
    )?;
    writeln!(out, "against {}", growth.met)?;
    let Some(next) = growth.next else {
        return writeln!(
            out,
            "\nIt cannot grow at its end: every number behind the last one is reserved."
        );
    };
    let (style, answer) = answer(growth);
    writeln!(
        out,
        "\nMay it grow at its end, by {next}? {}",
        screen.paint(style, answer)
    )?;
    for read in &growth.readers {
        reader(out, read, screen)?;
    }
    for each in &growth.unconcerned {
        writeln!(out, "\n{} {}", printable(&each.releases), each.why)?;
    }
    writeln!(
        out,
        "\nWhat decodes is not understood yet: programs built before it need an answer to a number that no name stands for. Send it only to readers\n\
         that have it (R2).  protoskew explain enum-value-added; protoskew analyze says from which release on a new value may be sent."
    )?;
    for note in &growth.notes {
        writeln!(out, "note: {}", printable(note))?;
    }
    Ok(())
}

/// The answer in one line: a loss in runtimes that a reader only may be built with is no certain one.
fn answer(growth: &Growth) -> (Style, String) {
    let kinds = |number: usize| format!("{} of readers", count(number, "kind"));
    let all = growth.readers.len();
    if all == 0 {
        let nobody = "yes: nobody who may be met reads it without knowing it";
        return (GREEN, nobody.to_owned());
    }
    let breaks = |shade: &Shade| shade.outcome.breaks();
    let losing = |read: &&Read| read.behaviour.shades.iter().all(breaks);
    let certain = growth.readers.iter().filter(losing).count();
    if certain > 0 {
        return (RED, format!("no: lost in {certain} of {}", kinds(all)));
    }
    let shades = growth.readers.iter().flat_map(|it| &it.behaviour.shades);
    let runtimes = shades
        .filter(|shade| breaks(shade))
        .flat_map(|it| &it.runtimes);
    let mut runtimes: Vec<Runtime> = runtimes.copied().collect();
    runtimes.sort_unstable();
    runtimes.dedup();
    if runtimes.is_empty() {
        return (GREEN, format!("yes: it decodes in {}", kinds(all)));
    }
    let unless = words(&runtimes);
    (
        YELLOW,
        format!(
            "yes, unless a reader is built with {unless} (`protobuf = …` under [components.NAME] says what it is built with)"
        ),
    )
}

fn reader(out: &mut dyn io::Write, read: &Read, screen: Screen) -> io::Result<()> {
    let behaviour = &read.behaviour;
    let arrow = if behaviour.client_acts() {
        "→"
    } else {
        "←"
    };
    let json = if behaviour.json { " as JSON" } else { "" };
    let built = match behaviour.runtime {
        Some(runtime) => format!("built with {runtime}"),
        None => "whatever it is built with".to_owned(),
    };
    writeln!(
        out,
        "\n  {} {arrow} {}, {}{json}: {} reads it, {built}",
        printable(&behaviour.client),
        printable(&behaviour.server),
        behaviour.direction,
        printable(&behaviour.reader)
    )?;
    for shade in &behaviour.shades {
        let (style, word) = if shade.outcome.breaks() {
            (RED, "no ")
        } else {
            (GREEN, "yes")
        };
        let among = match shade.runtimes.as_slice() {
            [] => String::new(),
            some => format!(" in {}", words(some)),
        };
        writeln!(
            out,
            "    {} {}{among}: {}",
            screen.paint(style, word),
            shade.outcome.word(),
            held(read, shade)
        )?;
    }
    Ok(())
}

/// What the readers hold that have this outcome, or what the outcome means where it is JSON.
fn held(read: &Read, shade: &Shade) -> String {
    let concerned = |runtimes: &[Runtime]| {
        shade.runtimes.is_empty() || runtimes.iter().any(|each| shade.runtimes.contains(each))
    };
    let mut fates: Vec<Fate> = read
        .fates
        .iter()
        .filter(|(_, runtimes)| concerned(runtimes))
        .flat_map(|(fates, _)| fates.iter().copied())
        .collect();
    fates.sort_unstable();
    fates.dedup();
    if fates.is_empty() {
        return meaning(shade.outcome).to_owned();
    }
    let said: Vec<&str> = fates.into_iter().map(Fate::words).collect();
    said.join(", or ")
}

fn words(runtimes: &[Runtime]) -> String {
    let words: Vec<&str> = runtimes.iter().map(|runtime| runtime.word()).collect();
    words.join(", ")
}
