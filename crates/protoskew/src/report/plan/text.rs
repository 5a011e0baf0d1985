//! Schedules as text: a table of the steps, and a timeline of both sides.

use std::io;

use unicode_width::UnicodeWidthStr;

use crate::life::migrate::Migration;
use crate::life::plan::{Cell, Plan, Planned, PlannedWay, Row, Step};
use crate::report::screen::printable;

/// How many lines of the past a timeline shows.
const PAST: usize = 8;

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
            padded(&row[0], widths[0]),
            padded(&row[1], widths[1]),
            row[2]
        );
        writeln!(out, "    {}", line.trim_end())?;
        if let Some(why) = because(step) {
            writeln!(out, "        {}", printable(&why))?;
        }
    }
    writeln!(out, "    its numbers may be used again never")?;
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
        printable(&format!("{} {}", step.by, step.kind.phrase())),
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

fn padded(text: &str, width: usize) -> String {
    format!("{text}{}", " ".repeat(width.saturating_sub(text.width())))
}

fn write_timeline(out: &mut dyn io::Write, rows: &[Row]) -> io::Result<()> {
    let names = rows
        .iter()
        .map(|row| row.component.width())
        .max()
        .unwrap_or(0);
    for row in rows {
        let past = row
            .lines
            .iter()
            .filter(|cell| !cell.line.starts_with('+'))
            .count();
        let shown = &row.lines[past.saturating_sub(PAST)..];
        let cells: Vec<(String, String)> = shown.iter().map(cell).collect();
        let mut head = String::new();
        let mut marks = String::new();
        for (line, mark) in &cells {
            let width = line.width().max(mark.width()) + 2;
            head += &padded(line, width);
            marks += &padded(mark, width);
        }
        let cut = if past > PAST { "… " } else { "  " };
        writeln!(
            out,
            "    {}  {cut}{}",
            " ".repeat(names),
            printable(head.trim_end())
        )?;
        writeln!(
            out,
            "    {}  {cut}{}",
            padded(&printable(&row.component), names),
            marks.trim_end()
        )?;
    }
    writeln!(
        out,
        "    · lacks it  ● has it  E may be enabled  D may be the default  W, R the old form may go from what is written, read"
    )
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
