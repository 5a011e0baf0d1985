//! Schedules as a picture: one band for each side, a box a line, filled where it has the feature.

use std::fmt::Write as _;
use std::io;

use super::columns::columns;
use crate::life::plan::{Cell, Plan, PlannedWay};

const LEFT: usize = 150;
const BOX: usize = 64;
const BAND: usize = 44;
const HEAD: usize = 54;

/// Writes one SVG document with every feature and way, one below the other.
pub fn write(out: &mut dyn io::Write, plan: &Plan) -> io::Result<()> {
    let mut body = String::new();
    let (mut top, mut wide) = (10, LEFT + 4 * BOX);
    for feature in &plan.features {
        for way in &feature.ways {
            draw(&mut body, (&feature.name, way), &mut top, &mut wide);
        }
    }
    if body.is_empty() {
        text(
            &mut body,
            (10, 30),
            "no feature is carried by a link",
            "head",
        );
        top = 50;
    }
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{wide}\" height=\"{top}\" viewBox=\"0 0 {wide} {top}\" role=\"img\">"
    )?;
    writeln!(
        out,
        "<title>When features may be enabled, become the default, and replace older forms</title>"
    )?;
    writeln!(
        out,
        "<style>text{{font:12px sans-serif;fill:#222}}.head{{font-weight:bold}}.small{{font-size:10px;fill:#555}}\
         .lacks{{fill:#fff;stroke:#999}}.has{{fill:#cfe3cf;stroke:#5a8a5a}}.now{{stroke-width:3}}.later{{stroke-dasharray:4 3}}</style>"
    )?;
    out.write_all(body.as_bytes())?;
    writeln!(out, "</svg>")
}

fn draw(body: &mut String, (name, way): (&str, &PlannedWay), top: &mut usize, wide: &mut usize) {
    text(body, (10, *top + 14), name, "head");
    text(body, (10, *top + 30), &way.way, "small");
    // lines of both sides stand below each other where they count as the same
    let columns = columns(&way.timeline);
    *top += HEAD;
    for row in &way.timeline {
        text(body, (10, *top + 18), &row.component, "");
        for (column, place) in columns.iter().enumerate() {
            let left = LEFT + column * BOX;
            *wide = (*wide).max(left + BOX + 10);
            let cell = row.lines.iter().find(|cell| Some(cell.place) == *place);
            match cell {
                Some(cell) => boxed(body, (left, *top), cell),
                None if place.is_none() => text(body, (left + 22, *top + 18), "…", ""),
                None => {}
            }
        }
        *top += BAND;
    }
    for step in way.steps.iter() {
        let when = match &step.earliest {
            Some(earliest) => format!("from {earliest} on"),
            None => "never".to_owned(),
        };
        let line = format!("{}  {} {}: {when}", step.kind.mark(), step.by, step.phrase);
        *wide = (*wide).max(20 + 7 * line.chars().count());
        text(body, (10, *top + 12), &line, "small");
        *top += 16;
    }
    *top += 16;
}

fn boxed(body: &mut String, (left, top): (usize, usize), cell: &Cell) {
    let mut class = String::from(if cell.has { "has" } else { "lacks" });
    if cell.current {
        class += " now";
    }
    if cell.line.starts_with('+') {
        class += " later";
    }
    let _ = writeln!(
        body,
        "<rect x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"28\" class=\"{class}\"/>",
        BOX - 6
    );
    let marks: String = cell.steps.iter().map(|step| step.mark()).collect();
    text(
        body,
        (left + 6, top + 18),
        &format!("{} {marks}", cell.line),
        "",
    );
}

fn text(body: &mut String, (x, y): (usize, usize), text: &str, class: &str) {
    let mut escaped = String::new();
    for letter in text.trim_end().chars() {
        match letter {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            letter if letter.is_control() => escaped.push('\u{fffd}'),
            letter => escaped.push(letter),
        }
    }
    let _ = writeln!(
        body,
        "<text x=\"{x}\" y=\"{y}\" class=\"{class}\">{escaped}</text>"
    );
}
