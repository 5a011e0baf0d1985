//! Schedules as text: a table of the steps, and a timeline of both sides.

use std::io;

use unicode_width::UnicodeWidthStr;

use super::columns::columns;
use crate::life::migrate::Migration;
use crate::life::plan::{Cell, Plan, Planned, PlannedWay, Row, Step};
use crate::report::screen::printable;

/// Writes the schedules, one after the other.
pub fn write(out: &mut dyn io::Write, plan: &Plan) -> io::Result<()> {
    for note in &plan.notes {
        writeln!(out, "note: {}", printable(note))?;
    }
    if plan.features.is_empty() {
        writeln!(
            out,
            "no feature is declared: [[features]] in protoskew.toml or (protoskew.feature) in a .proto file names some; \
             `protoskew plan ELEMENT` plans any element"
        )?;
    }
    for (at, feature) in plan.features.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        write_feature(out, feature)?;
    }
    let ways = || plan.features.iter().flat_map(|feature| &feature.ways);
    if ways().next().is_some() {
        let old = ways().any(|way| way.steps.len() > 2);
        let old = if old {
            "  W, R the old form may go from what is written, read"
        } else {
            ""
        };
        writeln!(
            out,
            "\n· lacks it  ● has it  ▸ worked on  E may be enabled  D may be the default{old}"
        )?;
    }
    Ok(())
}

fn write_feature(out: &mut dyn io::Write, feature: &Planned) -> io::Result<()> {
    write!(out, "{}", printable(&feature.name))?;
    if let Some(declared) = &feature.declared {
        write!(out, "  ({})", printable(&declared.to_string()))?;
    }
    writeln!(out)?;
    for element in feature
        .elements
        .iter()
        .filter(|element| **element != feature.name)
    {
        writeln!(out, "  has       {}", printable(element))?;
    }
    if let Some(old) = &feature.replaces {
        writeln!(out, "  replaces  {}", printable(old))?;
    }
    if let Some(does) = feature.on_unsupported {
        writeln!(out, "  adapts    {} where the peer lacks it", does.word())?;
    }
    if feature.ways.is_empty() {
        writeln!(out, "  no link and no store carries it: nobody sends it")?;
    }
    for way in &feature.ways {
        writeln!(out)?;
        write_way(out, way)?;
    }
    Ok(())
}

fn write_way(out: &mut dyn io::Write, way: &PlannedWay) -> io::Result<()> {
    writeln!(out, "  {}", printable(&way.way))?;
    let introduced: Vec<String> = [&way.writer, &way.reader]
        .into_iter()
        .zip(&way.introduced)
        .map(|(component, first)| match first {
            Some(first) => format!("{component} {first}"),
            None => format!("no release of {component} yet"),
        })
        .collect();
    let introduced = match introduced.as_slice() {
        [one, other] if one != other => format!("{one}, {other}"),
        [one, ..] => one.clone(),
        [] => String::new(),
    };
    writeln!(out, "    introduced  {}", printable(&introduced))?;
    let rows: Vec<[String; 3]> = way.steps.iter().map(row).collect();
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].width())
            .max()
            .unwrap_or(0)
    };
    let widths = [width(0), width(1)];
    for (row, step) in rows.iter().zip(&way.steps) {
        let line = format!(
            "{}  {}  {}",
            padded_to(&row[0], widths[0]),
            padded_to(&row[1], widths[1]),
            row[2]
        );
        writeln!(out, "    {}", line.trim_end())?;
        if let Some(why) = because(step) {
            writeln!(out, "        {}", printable(&why))?;
        }
    }
    writeln!(out, "    its numbers and names may never be used again")?;
    writeln!(out)?;
    write_timeline(out, &way.timeline)
}

fn row(step: &Step) -> [String; 3] {
    let earliest = match &step.earliest {
        Some(earliest) => format!("from {earliest} on"),
        None => "never".to_owned(),
    };
    let declared = step
        .declared
        .as_ref()
        .map_or_else(String::new, |declared| format!("(declared {declared})"));
    [
        printable(&format!("{} {}", step.by, step.phrase)),
        printable(&earliest),
        declared,
    ]
}

fn because(step: &Step) -> Option<String> {
    let why = step.why.as_ref()?;
    Some(match (&step.earliest, &step.oldest) {
        (Some(_), _) => format!("before that, {why}"),
        (None, Some((line, then))) => {
            format!("{why}; `oldest = \"{line}\"` on the link would allow it from {then} on")
        }
        (None, None) => why.clone(),
    })
}

fn padded_to(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

/// The lines of both sides below each other where they count as the same, so that one head serves both where they are called alike.
fn write_timeline(out: &mut dyn io::Write, rows: &[Row]) -> io::Result<()> {
    let names = rows
        .iter()
        .map(|row| row.component.width())
        .max()
        .unwrap_or(0);
    let columns = columns(rows);
    let texts: Vec<Vec<(String, String)>> = rows
        .iter()
        .map(|row| columns.iter().map(|column| texts(row, *column)).collect())
        .collect();
    let width = |at: usize| {
        let cells = texts.iter().filter_map(|row| row.get(at));
        let widths = cells.map(|(line, mark)| line.width().max(mark.width()));
        widths.max().unwrap_or(0)
    };
    let line = |cells: &[&str]| {
        let padded = cells.iter().enumerate();
        let padded = padded.map(|(at, text)| padded_to(text, width(at)));
        padded.collect::<Vec<_>>().join("  ")
    };
    let mut last = String::new();
    for (row, cells) in rows.iter().zip(&texts) {
        let heads: Vec<&str> = cells.iter().map(|(line, _)| line.as_str()).collect();
        let marks: Vec<&str> = cells.iter().map(|(_, mark)| mark.as_str()).collect();
        let head = line(&heads);
        if head != last {
            let text = format!("    {}  {}", " ".repeat(names), printable(&head));
            writeln!(out, "{}", text.trim_end())?;
        }
        last = head;
        let name = padded_to(&printable(&row.component), names);
        writeln!(out, "    {name}  {}", line(&marks).trim_end())?;
    }
    Ok(())
}

/// A line's name, and what is marked on it; lines that are left out are dots.
fn texts(row: &Row, column: Option<usize>) -> (String, String) {
    let Some(place) = column else {
        return ("…".to_owned(), "…".to_owned());
    };
    let found = row.lines.iter().find(|cell| cell.place == place);
    found.map(cell).unwrap_or_default()
}

fn cell(cell: &Cell) -> (String, String) {
    let line = if cell.current {
        format!("▸{}", cell.line)
    } else {
        cell.line.clone()
    };
    let mut mark = String::from(if cell.has { "●" } else { "·" });
    mark.extend(cell.steps.iter().map(|step| step.mark()));
    (line, mark)
}

/// Writes the stages of a migration.
pub fn write_migration(out: &mut dyn io::Write, migration: &Migration) -> io::Result<()> {
    writeln!(out, "{}", printable(&migration.field))?;
    writeln!(out, "  from  {}", printable(&migration.old))?;
    writeln!(out, "  to    {}", printable(&migration.new))?;
    writeln!(out, "  then  {}", printable(&migration.reserved))?;
    for (at, stage) in migration.stages.iter().enumerate() {
        let when = match &stage.from {
            Some(from) => format!("from {from} on"),
            None => "never".to_owned(),
        };
        writeln!(out)?;
        writeln!(
            out,
            "  {}. {}  {}: {}",
            at + 1,
            printable(&when),
            printable(&stage.by),
            printable(&stage.what)
        )?;
        let why = match (&stage.why, &stage.oldest) {
            (Some(why), Some((line, then))) => Some(format!(
                "{why}; `oldest = \"{line}\"` on the link would allow it from {then} on"
            )),
            (Some(why), None) if stage.from.is_some() => Some(format!("before that, {why}")),
            (why, _) => why.clone(),
        };
        if let Some(why) = why {
            writeln!(out, "       {}", printable(&why))?;
        }
    }
    for note in &migration.notes {
        writeln!(out)?;
        writeln!(out, "note: {}", printable(note))?;
    }
    Ok(())
}
