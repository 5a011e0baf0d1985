//! The figures as a table of text, with ratios to its first measured row.

use std::time::Duration;

use super::measure::Figures;

/// A line of the table.
pub(crate) struct Row {
    /// What was measured.
    pub(crate) name: String,
    /// What it took, or why that is not known.
    pub(crate) figures: Result<Figures, String>,
}

/// The table, without a line break at its end.
pub(crate) fn render(rows: &[Row]) -> String {
    let yardstick = rows.iter().find_map(|row| row.figures.as_ref().ok());
    let mut lines = vec![[
        String::new(),
        "time".to_owned(),
        "ratio".to_owned(),
        "memory".to_owned(),
        "ratio".to_owned(),
    ]];
    let mut unmeasured = Vec::new();
    for row in rows {
        match (&row.figures, yardstick) {
            (Ok(figures), Some(yardstick)) => lines.push([
                row.name.clone(),
                time(figures.wall),
                ratio(figures.wall.as_secs_f64(), yardstick.wall.as_secs_f64()),
                memory(figures.memory),
                ratio(figures.memory as f64, yardstick.memory as f64),
            ]),
            (Err(reason), _) => unmeasured.push(format!("{}: not measured: {reason}", row.name)),
            (Ok(_), None) => unreachable!("a measured row is the yardstick if no earlier one is"),
        }
    }
    let width = |column: usize| {
        let cells = lines.iter().map(|line| line[column].chars().count());
        cells.max().unwrap_or_default()
    };
    let widths = [0, 1, 2, 3, 4].map(width);
    let mut rendered: Vec<String> = lines
        .iter()
        .map(|[name, wall, times, peak, over]| {
            let [a, b, c, d, e] = widths;
            format!("{name:a$}  {wall:>b$}  {times:>c$}  {peak:>d$}  {over:>e$}")
        })
        .collect();
    rendered.extend(unmeasured);
    rendered.join("\n")
}

fn time(wall: Duration) -> String {
    let seconds = wall.as_secs_f64();
    if seconds < 1.0 {
        format!("{:.1} ms", seconds * 1e3)
    } else {
        format!("{seconds:.2} s")
    }
}

fn memory(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

fn ratio(figure: f64, yardstick: f64) -> String {
    format!("{:.2}", figure / yardstick)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Row, render};
    use crate::bench::measure::Figures;

    #[test]
    fn ratios_are_to_the_first_measured_row() {
        let row = |name: &str, milliseconds, megabytes: u64| Row {
            name: name.to_owned(),
            figures: Ok(Figures {
                wall: Duration::from_millis(milliseconds),
                memory: megabytes * 1_000_000,
            }),
        };
        let rows = [
            Row {
                name: "missing".to_owned(),
                figures: Err("not installed".to_owned()),
            },
            row("protoskew check", 20, 10),
            row("buf", 6900, 80),
        ];
        let expected = [
            "                    time   ratio   memory  ratio",
            "protoskew check  20.0 ms    1.00  10.0 MB   1.00",
            "buf               6.90 s  345.00  80.0 MB   8.00",
            "missing: not measured: not installed",
        ]
        .join("\n");
        assert_eq!(render(&rows), expected);
    }
}
