//! Which lines of a timeline are shown: where something happens, what is next to that, and the future; not forty lines between.

use crate::life::plan::Row;

/// So many lines are shown whole.
const WHOLE: usize = 10;

/// The places of the lines to show, in order; `None` stands for lines that are left out.
pub(super) fn columns(rows: &[Row]) -> Vec<Option<usize>> {
    let mut places: Vec<usize> = Vec::new();
    let mut marked: Vec<usize> = Vec::new();
    for row in rows {
        let mut had = None;
        for cell in &row.lines {
            places.push(cell.place);
            let turns = had.is_some_and(|had| had != cell.has);
            if turns || !cell.steps.is_empty() || cell.current || cell.line.starts_with('+') {
                marked.push(cell.place);
            }
            had = Some(cell.has);
        }
    }
    places.sort_unstable();
    places.dedup();
    if places.len() <= WHOLE {
        return places.into_iter().map(Some).collect();
    }
    let at = |place: &usize| places.partition_point(|each| each < place);
    let marked: Vec<usize> = marked.iter().map(at).collect();
    let near = |index: usize| marked.iter().any(|mark| mark.abs_diff(index) <= 1);
    let mut columns: Vec<Option<usize>> = Vec::new();
    for (index, place) in places.iter().enumerate() {
        if near(index) {
            columns.push(Some(*place));
        } else if columns.last() != Some(&None) {
            columns.push(None);
        }
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::life::plan::{Cell, StepKind};

    fn row(lines: usize, introduced: usize, enabled: usize) -> Row {
        let cell = |place: usize| Cell {
            line: format!("1.{place}"),
            place,
            has: place >= introduced,
            current: place + 1 == lines,
            steps: if place == enabled {
                vec![StepKind::Enable]
            } else {
                Vec::new()
            },
        };
        Row {
            component: "agent".into(),
            lines: (0..lines).map(cell).collect(),
        }
    }

    #[test]
    fn few_lines_are_all_shown_and_of_many_those_that_count() {
        let few = columns(&[row(4, 1, 2)]);
        assert_eq!(few, [Some(0), Some(1), Some(2), Some(3)]);
        let many = columns(&[row(40, 10, 11)]);
        let shown = [9, 10, 11, 12].map(Some);
        let mut expected = vec![None];
        expected.extend(shown);
        expected.extend([None, Some(38), Some(39)]);
        assert_eq!(many, expected);
    }
}
