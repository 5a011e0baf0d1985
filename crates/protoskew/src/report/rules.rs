//! The catalogue of rules as a table.

use std::io;

use anstyle::Style;

use super::screen::{BOLD, DIM, RED, Screen, YELLOW, columns, pad, wrap};
use super::words::count;
use crate::verdict::Level;

/// One rule, as the table shows it.
#[derive(Clone, Copy, Debug)]
pub struct RuleRow {
    /// The id.
    pub id: &'static str,
    /// The fact that it reports, in one sentence.
    pub summary: &'static str,
    /// The guideline that it keeps (`R1`), or empty.
    pub guideline: &'static str,
    /// What breaks: `wire`, `json`, `source`; or empty.
    pub lens: &'static str,
    /// Its level here.
    pub level: Level,
    /// Its level without configuration.
    pub default: Level,
}

/// Writes the catalogue, in the order given.
pub fn write(out: &mut dyn io::Write, rules: &[RuleRow], screen: Screen) -> io::Result<()> {
    let title = RuleRow {
        id: "rule",
        summary: "reports that",
        guideline: "keeps",
        lens: "breaks",
        level: Level::Off,
        default: Level::Off,
    };
    let widest = |of: fn(&RuleRow) -> &'static str| {
        let cells = rules.iter().chain([&title]).map(of);
        cells.map(columns).max().unwrap_or_default()
    };
    let (id, lens, keeps) = (
        widest(|row| row.id),
        widest(|row| row.lens),
        widest(|row| row.guideline),
    );
    // `level` is as long as the longest of its words, plus one.
    let level = "level".len();
    // the default stands beside it where this folder's configuration says something else of a rule
    let said = rules.iter().any(|row| row.level != row.default);
    let default = "default".len();
    let before = id + level + lens + keeps + 8 + if said { default + 2 } else { 0 };
    let summary = screen.width.saturating_sub(before).max(24);

    let line = |row: &RuleRow, [word, usual]: [&str; 2], style: Style| {
        let mut cells = vec![screen.paint(style, pad(word, level)).to_string()];
        if said {
            cells.push(screen.paint(DIM, pad(usual, default)).to_string());
        }
        cells.extend([
            pad(row.id, id),
            pad(row.lens, lens),
            pad(row.guideline, keeps),
        ]);
        cells.join("  ")
    };
    let head = line(&title, ["level", "default"], Style::new());
    let head = format!("{head}  {}", title.summary);
    writeln!(out, "{}", screen.paint(DIM, head))?;
    for row in rules {
        let mut text = wrap(row.summary, summary).into_iter();
        let first = text.next().unwrap_or_default();
        let usual = if row.level == row.default {
            ""
        } else {
            row.default.word()
        };
        let cells = line(row, [row.level.word(), usual], style(row.level));
        let cells = format!("{cells}  {first}");
        writeln!(out, "{}", cells.trim_end())?;
        for more in text {
            writeln!(out, "{}{more}", " ".repeat(before))?;
        }
    }
    writeln!(out)?;
    let hint = format!(
        "{}: protoskew explain RULE shows the page of one",
        count(rules.len(), "rule")
    );
    writeln!(out, "{hint}")
}

const fn style(level: Level) -> Style {
    match level {
        Level::Deny => RED,
        Level::Warn => YELLOW,
        Level::Note => BOLD,
        Level::Off => DIM,
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    const ROWS: [RuleRow; 3] = [
        RuleRow {
            id: "field-renumbered",
            summary: "the same field has another number",
            guideline: "R1",
            lens: "wire",
            level: Level::Deny,
            default: Level::Deny,
        },
        RuleRow {
            id: "enum-value-added",
            summary: "a release in the window will read a value that it does not know; says who reads it, in which direction, and what its runtime does",
            guideline: "R3",
            lens: "wire",
            level: Level::Warn,
            default: Level::Warn,
        },
        RuleRow {
            id: "absence-ambiguous",
            summary: "a new scalar without presence",
            guideline: "",
            lens: "",
            level: Level::Off,
            default: Level::Off,
        },
    ];

    #[track_caller]
    fn check(width: usize, expected: &Expect) {
        let mut out = Vec::new();
        write(
            &mut out,
            &ROWS,
            Screen {
                width,
                ..Screen::PLAIN
            },
        )
        .unwrap();
        expected.assert_eq(&String::from_utf8(out).unwrap());
    }

    #[test]
    fn what_is_configured_here_stands_beside_the_default() {
        let rows = [
            ROWS[0],
            RuleRow {
                level: Level::Deny,
                default: Level::Warn,
                summary: "a reader does not know it",
                ..ROWS[1]
            },
        ];
        let mut out = Vec::new();
        write(&mut out, &rows, Screen::PLAIN).unwrap();
        expect![[r#"
            level  default  rule              breaks  keeps  reports that
            deny            field-renumbered  wire    R1     the same field has another number
            deny   warn     enum-value-added  wire    R3     a reader does not know it

            2 rules: protoskew explain RULE shows the page of one
        "#]]
        .assert_eq(&String::from_utf8(out).unwrap());
    }

    #[test]
    fn a_table_fits_its_terminal() {
        check(
            80,
            &expect![[r#"
            level  rule               breaks  keeps  reports that
            deny   field-renumbered   wire    R1     the same field has another number
            warn   enum-value-added   wire    R3     a release in the window will read a
                                                     value that it does not know; says who
                                                     reads it, in which direction, and what
                                                     its runtime does
            off    absence-ambiguous                 a new scalar without presence

            3 rules: protoskew explain RULE shows the page of one
        "#]],
        );
        check(
            200,
            &expect![[r#"
            level  rule               breaks  keeps  reports that
            deny   field-renumbered   wire    R1     the same field has another number
            warn   enum-value-added   wire    R3     a release in the window will read a value that it does not know; says who reads it, in which direction, and what its runtime does
            off    absence-ambiguous                 a new scalar without presence

            3 rules: protoskew explain RULE shows the page of one
        "#]],
        );
    }
}
