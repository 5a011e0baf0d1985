//! The matrix as a grid: one sign a cell, the worst of it, in as many blocks of columns as the terminal needs.

use std::io;

use anstyle::Style;
use protoskew_compare::{CallOutcome, Outcome};

use super::screen::{BOLD, CYAN, DIM, GREEN, RED, Screen, YELLOW, columns, pad, printable, wrap};
use super::words::{call_meaning, grouped, value_meaning};
use crate::matrix::{Cell, Group, Matrix};

/// Longer names of releases lose their beginning, which is what tags of one series share.
const LONGEST_NAME: usize = 16;
/// Between two columns.
const GAP: usize = 2;
/// Marks what is being judged.
const CURRENT: &str = "▸ ";

/// Writes the answer in one line, the grid, and what its signs mean.
pub fn write(out: &mut dyn io::Write, matrix: &Matrix, screen: Screen) -> io::Result<()> {
    writeln!(out, "{}", headline(matrix, screen))?;
    let rows: Vec<String> = matrix.clients.iter().map(row_label).collect();
    let label_width = rows
        .iter()
        .map(|label| columns(label))
        .max()
        .unwrap_or_default();
    let grid: Vec<Column> = matrix
        .servers
        .iter()
        .enumerate()
        .map(|(at, server)| Column::new(matrix, at, server))
        .collect();

    // The second line of the head is there for groups of several releases only.
    let head = if matrix.servers.iter().any(|group| group.releases.len() > 1) {
        2
    } else {
        1
    };
    for block in blocks(&grid, screen.width.saturating_sub(label_width)) {
        writeln!(out)?;
        for part in 0..head {
            let names = block.iter().map(|column| {
                let style = if column.current { BOLD } else { Style::new() };
                (column.head[part].clone(), style, column.width)
            });
            write_row(out, screen, &" ".repeat(label_width), Style::new(), names)?;
        }
        for (at, label) in rows.iter().enumerate() {
            let cells = block.iter().map(|column| {
                let (sign, style) = &column.cells[at];
                (sign.clone(), *style, column.width)
            });
            let style = if matrix.clients[at].current {
                BOLD
            } else {
                Style::new()
            };
            write_row(out, screen, &pad(label, label_width), style, cells)?;
        }
    }
    write_legend(out, matrix, screen)
}

/// `34 of 250 meetings break (misread, call-removed)`, and which side is which.
fn headline(matrix: &Matrix, screen: Screen) -> String {
    let (mut meetings, mut broken) = (0, 0);
    let (mut value, mut call) = (Outcome::Same, CallOutcome::Served);
    for (client, server, cell) in cells(matrix) {
        let pairs = client.releases.len() * server.releases.len();
        meetings += pairs;
        broken += if cell.breaks() { pairs } else { 0 };
        value = value.max(cell.value);
        call = call.max(cell.call);
    }
    let (style, answer) = match (meetings, broken) {
        (0, _) => return screen.paint(DIM, "no two releases meet").to_string(),
        (1, 0) => (GREEN, "the only meeting works".to_owned()),
        (_, 0) => (
            GREEN,
            format!("none of {} meetings breaks", grouped(meetings)),
        ),
        (1, _) => (RED, "the only meeting breaks".to_owned()),
        (_, 1) => (RED, format!("1 of {} meetings breaks", grouped(meetings))),
        _ => (
            RED,
            format!(
                "{} of {} meetings break",
                grouped(broken),
                grouped(meetings)
            ),
        ),
    };
    let worst = [
        value.breaks().then(|| value.word()),
        call.breaks().then(|| call.word()),
    ];
    let worst: Vec<&str> = worst.into_iter().flatten().collect();
    let worst = match worst.as_slice() {
        [] => String::new(),
        worst => format!(" ({} at the worst)", worst.join(", ")),
    };
    // without configuration the sides have no names of their own
    let side = |name: &str, role: &str| {
        if name == role {
            format!("the {role}")
        } else {
            format!("{} as the {role}", printable(name))
        }
    };
    let sides = format!(
        "rows: {}; columns: {}",
        side(&matrix.client_name, matrix.roles[0]),
        side(&matrix.server_name, matrix.roles[1])
    );
    format!(
        "{}{worst}\n{}",
        screen.paint(style, answer),
        screen.paint(DIM, sides)
    )
}

/// Every cell whose groups meet.
fn cells(matrix: &Matrix) -> impl Iterator<Item = (&Group, &Group, &Cell)> {
    let rows = matrix.clients.iter().zip(&matrix.cells);
    rows.flat_map(|(client, row)| {
        let row = matrix.servers.iter().zip(row);
        row.filter_map(move |(server, cell)| Some((client, server, cell.as_ref()?)))
    })
}

/// One column, ready to be drawn.
struct Column {
    /// First and last release.
    head: [String; 2],
    current: bool,
    cells: Vec<(String, Style)>,
    width: usize,
}

impl Column {
    fn new(matrix: &Matrix, at: usize, server: &Group) -> Self {
        let cells: Vec<(String, Style)> = (0..matrix.clients.len())
            .map(|row| {
                let cell = matrix.cells.get(row).and_then(|row| row.get(at));
                sign(cell.and_then(Option::as_ref))
            })
            .collect();
        let (first, last) = ends(server);
        let mark = if server.current { CURRENT } else { "" };
        let head = [
            format!("{mark}{first}"),
            last.map_or(String::new(), |last| format!("–{last}")),
        ];
        let signs = cells.iter().map(|(sign, _)| sign);
        let width = head
            .iter()
            .chain(signs)
            .map(|text| columns(text))
            .max()
            .unwrap_or_default();
        Self {
            head,
            current: server.current,
            cells,
            width,
        }
    }
}

fn row_label(group: &Group) -> String {
    let (first, last) = ends(group);
    let mark = if group.current { CURRENT } else { "  " };
    let last = last.map_or(String::new(), |last| format!("–{last}"));
    format!("{mark}{first}{last}")
}

/// The first release and, where there are several, the last.
fn ends(group: &Group) -> (String, Option<String>) {
    let first = group
        .releases
        .first()
        .map_or(String::new(), |release| short(release));
    let last = group
        .releases
        .get(1..)
        .and_then(<[_]>::last)
        .map(|release| short(release));
    (first, last)
}

fn short(name: &str) -> String {
    let name = printable(name);
    let length = name.chars().count();
    if length <= LONGEST_NAME {
        return name;
    }
    let end: String = name.chars().skip(length + 1 - LONGEST_NAME).collect();
    format!("…{end}")
}

/// Cuts the columns into blocks that fit; a block has one column at least.
fn blocks(grid: &[Column], width: usize) -> Vec<&[Column]> {
    let mut blocks = Vec::new();
    let (mut start, mut used) = (0, 0);
    for (at, column) in grid.iter().enumerate() {
        let needed = GAP + column.width;
        if at > start && used + needed > width {
            blocks.push(&grid[start..at]);
            (start, used) = (at, 0);
        }
        used += needed;
    }
    blocks.push(&grid[start..]);
    blocks.retain(|block| !block.is_empty());
    blocks
}

fn write_row(
    out: &mut dyn io::Write,
    screen: Screen,
    label: &str,
    style: Style,
    cells: impl Iterator<Item = (String, Style, usize)>,
) -> io::Result<()> {
    let mut line = screen.paint(style, label).to_string();
    // Blanks wait for the next sign, so that no line ends in them.
    let mut blanks = 0;
    for (sign, style, width) in cells {
        blanks += GAP;
        if !sign.is_empty() {
            line.push_str(&" ".repeat(blanks));
            line.push_str(&screen.paint(style, &sign).to_string());
            blanks = 0;
        }
        blanks += width - columns(&sign);
    }
    writeln!(out, "{}", line.trim_end())
}

const NEVER: char = '×';
const SAME: char = '·';

/// `M3 -2`: three elements misread, two calls removed.
fn sign(cell: Option<&Cell>) -> (String, Style) {
    let Some(cell) = cell else {
        return (NEVER.to_string(), DIM);
    };
    let value = (cell.value > Outcome::Same)
        .then(|| format!("{}{}", value_sign(cell.value), grouped(cell.value_count)));
    let call = (cell.call > CallOutcome::Served)
        .then(|| format!("{}{}", call_sign(cell.call), grouped(cell.call_count)));
    let signs: Vec<String> = value.into_iter().chain(call).collect();
    if signs.is_empty() {
        return (SAME.to_string(), DIM);
    }
    let style = if cell.breaks() {
        RED
    } else if cell.value == Outcome::Withdrawn {
        YELLOW
    } else {
        CYAN
    };
    (signs.join(" "), style)
}

const fn value_sign(outcome: Outcome) -> char {
    match outcome {
        Outcome::Same => SAME,
        Outcome::Compatible => '≈',
        Outcome::Absent => 'a',
        Outcome::Blind => 'b',
        Outcome::Withdrawn => 'w',
        Outcome::Lossy => 'L',
        Outcome::Reject => 'R',
        Outcome::Misread => 'M',
    }
}

const fn call_sign(outcome: CallOutcome) -> char {
    match outcome {
        CallOutcome::Served => SAME,
        CallOutcome::NewCall => '+',
        CallOutcome::CallRemoved => '-',
        CallOutcome::CallChanged => '!',
    }
}

/// What the signs mean that occur, the worst first.
fn write_legend(out: &mut dyn io::Write, matrix: &Matrix, screen: Screen) -> io::Result<()> {
    let mut lines: Vec<(char, String)> = Vec::new();
    let met: Vec<&Cell> = cells(matrix).map(|(_, _, cell)| cell).collect();
    for call in [CallOutcome::CallChanged, CallOutcome::CallRemoved] {
        if met.iter().any(|cell| cell.call == call) {
            lines.push((call_sign(call), format!("{call}: {}", call_meaning(call))));
        }
    }
    for value in Outcome::ALL.into_iter().skip(1).rev() {
        if met.iter().any(|cell| cell.value == value) {
            lines.push((
                value_sign(value),
                format!("{value}: {}", value_meaning(value)),
            ));
        }
    }
    let new = CallOutcome::NewCall;
    if met.iter().any(|cell| cell.call == new) {
        lines.push((call_sign(new), format!("{new}: {}", call_meaning(new))));
    }
    if !lines.is_empty() {
        lines.push((
            '3',
            "the number of elements or calls with that outcome".to_owned(),
        ));
    }
    if met.iter().any(|cell| sign(Some(cell)).0.starts_with(SAME)) {
        lines.push((SAME, "same schema".to_owned()));
    }
    let size = matrix.clients.len() * matrix.servers.len();
    if met.len() < size {
        lines.push((NEVER, "never meet".to_owned()));
    }
    if !lines.is_empty() {
        writeln!(out)?;
    }
    let width = screen.width.saturating_sub(5).max(30);
    for (sign, meaning) in lines {
        let mut text = wrap(&meaning, width).into_iter();
        writeln!(
            out,
            "  {sign}  {}",
            screen.paint(DIM, text.next().unwrap_or_default())
        )?;
        for more in text {
            writeln!(out, "     {}", screen.paint(DIM, more))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn group(releases: &str) -> Group {
        Group {
            releases: releases.split(' ').map(Into::into).collect(),
            current: releases == "worktree",
        }
    }

    /// One link under the default policy: the server keeps running, the client is upgraded or rolled back around it.
    fn matrix(groups: &[&str], cell: impl Fn(usize, usize) -> Option<Cell>) -> Matrix {
        let all = 0..groups.len();
        Matrix {
            roles: ["client", "server"],
            client_name: "runtime".into(),
            server_name: "agent".into(),
            clients: groups.iter().map(|releases| group(releases)).collect(),
            servers: groups.iter().map(|releases| group(releases)).collect(),
            cells: all
                .clone()
                .map(|row| all.clone().map(|column| cell(row, column)).collect())
                .collect(),
            witnesses: Vec::new(),
        }
    }

    fn cell(
        value: Outcome,
        value_count: usize,
        call: CallOutcome,
        call_count: usize,
    ) -> Option<Cell> {
        Some(Cell::new((value, value_count), (call, call_count)))
    }

    const SAME_CELL: Option<Cell> = Some(Cell::new((Outcome::Same, 0), (CallOutcome::Served, 0)));

    fn shown(matrix: &Matrix, width: usize) -> String {
        let mut out = Vec::new();
        write(
            &mut out,
            matrix,
            Screen {
                width,
                ..Screen::PLAIN
            },
        )
        .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[track_caller]
    fn check(matrix: &Matrix, width: usize, expected: &Expect) {
        expected.assert_eq(&shown(matrix, width));
    }

    fn skewed(row: usize, column: usize) -> Option<Cell> {
        match (row, column) {
            _ if column > row + 1 => None,
            _ if row == column => SAME_CELL,
            (_, 0) => cell(Outcome::Misread, 3, CallOutcome::NewCall, 4),
            _ if column > row => cell(Outcome::Withdrawn, 2, CallOutcome::CallRemoved, 1),
            (_, 1) => cell(Outcome::Absent, 12, CallOutcome::NewCall, 4),
            _ => cell(Outcome::Same, 0, CallOutcome::NewCall, 1),
        }
    }

    const GROUPS: [&str; 5] = [
        "1.0.0",
        "1.1.0 1.1.1 1.1.2",
        "1.2.0",
        "1.3.0 1.3.1",
        "worktree",
    ];

    #[test]
    fn a_grid_with_its_legend() {
        check(
            &matrix(&GROUPS, skewed),
            80,
            &expect![[r#"
                17 of 50 meetings break (misread, call-removed at the worst)
                rows: runtime as the client; columns: agent as the server

                               1.0.0  1.1.0   1.2.0  1.3.0   ▸ worktree
                                      –1.1.2         –1.3.1
                  1.0.0        ·      w2 -1   ×      ×       ×
                  1.1.0–1.1.2  M3 +4  ·       w2 -1  ×       ×
                  1.2.0        M3 +4  a12 +4  ·      w2 -1   ×
                  1.3.0–1.3.1  M3 +4  a12 +4  +1     ·       w2 -1
                ▸ worktree     M3 +4  a12 +4  +1     +1      ·

                  -  call-removed: the server no longer knows the call (UNIMPLEMENTED)
                  M  misread: a value arrives as another one, silently
                  w  withdrawn: the writer no longer sends what the reader still reads
                  a  absent: the writer does not know the field, the reader sees its default
                  +  new-call: the server is too old to know the call (UNIMPLEMENTED)
                  3  the number of elements or calls with that outcome
                  ·  same schema
                  ×  never meet
            "#]],
        );
    }

    #[test]
    fn a_healthy_matrix_and_an_empty_one() {
        check(
            &matrix(&["1.0.0", "worktree"], |_, _| SAME_CELL),
            80,
            &expect![[r#"
                none of 4 meetings breaks
                rows: runtime as the client; columns: agent as the server

                            1.0.0  ▸ worktree
                  1.0.0     ·      ·
                ▸ worktree  ·      ·

                  ·  same schema
            "#]],
        );
        check(
            &Matrix::default(),
            80,
            &expect![[r#"
                no two releases meet
            "#]],
        );
    }

    #[test]
    fn many_columns_go_into_blocks() {
        let groups: Vec<String> = (0..17)
            .map(|minor| format!("1.{minor}.0 1.{minor}.9"))
            .collect();
        let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
        let matrix = matrix(&groups, skewed);
        for width in [0, 20, 80, 120, 200] {
            let text = shown(&matrix, width);
            let widest = text
                .lines()
                .skip(3)
                .take_while(|line| !line.is_empty())
                .map(columns)
                .max()
                .unwrap();
            assert!(widest <= width.max(24), "{width}: {text}");
        }
        let blocks = |width| shown(&matrix, width).matches("1.16.0–1.16.9").count();
        assert_eq!([80, 120, 200].map(blocks), [3, 2, 1]);
    }

    #[test]
    fn long_names_keep_their_end() {
        let matrix = matrix(&["runtime/release/v1.0.0", "日本"], skewed);
        check(
            &matrix,
            80,
            &expect![[r#"
                2 of 4 meetings break (misread, call-removed at the worst)
                rows: runtime as the client; columns: agent as the server

                                    …/release/v1.0.0  日本
                  …/release/v1.0.0  ·                 w2 -1
                  日本              M3 +4             ·

                  -  call-removed: the server no longer knows the call (UNIMPLEMENTED)
                  M  misread: a value arrives as another one, silently
                  w  withdrawn: the writer no longer sends what the reader still reads
                  +  new-call: the server is too old to know the call (UNIMPLEMENTED)
                  3  the number of elements or calls with that outcome
                  ·  same schema
            "#]],
        );
    }

    #[test]
    fn missing_cells_never_meet() {
        let mut matrix = matrix(&["1.0.0", "1.1.0"], |_, _| SAME_CELL);
        matrix.cells.truncate(1);
        matrix.cells[0].truncate(1);
        check(
            &matrix,
            80,
            &expect![[r#"
                the only meeting works
                rows: runtime as the client; columns: agent as the server

                         1.0.0  1.1.0
                  1.0.0  ·      ×
                  1.1.0  ×      ×

                  ·  same schema
                  ×  never meet
            "#]],
        );
    }
}
