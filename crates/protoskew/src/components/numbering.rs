//! Components that number their releases differently, counted in one order of lines.

use protoskew_schema::Name;

use crate::config::Numbering;
use crate::error::Error;
use crate::policy::{LinkPolicy, Numbered};
use crate::project::{Project, Released};
use crate::releases::Release;
use crate::releases::tag::{Line, Version};

impl Project {
    /// The number of each of a component's releases, and the one that it counts under in a link.
    pub fn numbers(&self, link: &LinkPolicy, name: &Name) -> Result<Vec<Numbered>, Error> {
        let spoken = self.spoken(name)?;
        let own = spoken.released.iter();
        match self.component(name).and_then(|each| each.lines.as_ref()) {
            None => Ok(own.map(|each| each.release.version.into()).collect()),
            Some(Numbering::Table(table)) => Ok(own
                .map(|each| counted(each.release.version, by_table(table, each.release.line)))
                .collect()),
            Some(Numbering::Date) => {
                let begun = begun(&self.spoken(self.counted_as(link, name))?.released);
                Ok(own
                    .map(|each| counted(each.release.version, by_date(&begun, each.time)))
                    .collect())
            }
        }
    }

    /// The number of one release, and the one that it counts under.
    pub fn number(
        &self,
        link: &LinkPolicy,
        name: &Name,
        release: &Release,
    ) -> Result<Numbered, Error> {
        if self.component(name).is_none_or(|each| each.lines.is_none()) {
            return Ok(release.version.into());
        }
        let spoken = self.spoken(name)?;
        let numbers = self.numbers(link, name)?;
        let found = spoken
            .released
            .iter()
            .position(|each| each.release == *release);
        Ok(found.map_or(release.version.into(), |at| numbers[at]))
    }

    /// The other side of the link: it gives the lines that a component with other numbers counts under.
    pub fn counted_as<'l>(&self, link: &'l LinkPolicy, name: &'l Name) -> &'l Name {
        let has_numbers =
            |name: &Name| self.component(name).is_none_or(|each| each.lines.is_none());
        [name, &link.server, &link.client]
            .into_iter()
            .find(|name| has_numbers(name))
            .unwrap_or(name)
    }
}

fn counted(own: Version, line: Option<Line>) -> Numbered {
    let counted = line.map_or(own, |line| Version {
        major: line.major,
        minor: line.minor,
        patch: own.patch,
    });
    Numbered { own, counted }
}

/// What the table says of the line, or of the nearest older one that it names; of the oldest for what is older still.
fn by_table(table: &[(Line, Line)], line: Line) -> Option<Line> {
    let after = table.partition_point(|(own, _)| *own <= line);
    table
        .get(after.saturating_sub(1))
        .map(|(_, counted)| *counted)
}

/// When each line had its first release, oldest line first.
fn begun(released: &[Released]) -> Vec<(Line, i64)> {
    let mut lines: Vec<(Line, i64)> = Vec::new();
    for each in released {
        match lines
            .iter_mut()
            .find(|(line, _)| *line == each.release.line)
        {
            Some((_, time)) => *time = each.time.min(*time),
            None => lines.push((each.release.line, each.time)),
        }
    }
    lines.sort_unstable();
    lines
}

/// The newest line that was begun at the time, or the oldest there is.
fn by_date(begun: &[(Line, i64)], time: i64) -> Option<Line> {
    let newest = begun.iter().rev().find(|(_, first)| *first <= time);
    newest.or(begun.first()).map(|(line, _)| *line)
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn line(major: u64, minor: u64) -> Line {
        Line { major, minor }
    }

    #[test]
    fn a_table_holds_until_its_next_entry() {
        let table = [(line(2, 0), line(1, 4)), (line(2, 3), line(1, 6))];
        for (own, expected) in [
            (line(1, 9), line(1, 4)),
            (line(2, 0), line(1, 4)),
            (line(2, 2), line(1, 4)),
            (line(2, 3), line(1, 6)),
            (line(3, 0), line(1, 6)),
        ] {
            assert_eq!(by_table(&table, own), Some(expected), "{own}");
        }
        assert_eq!(by_table(&[], line(1, 0)), None);
    }

    #[test]
    fn a_day_is_of_the_newest_line_that_was_begun() {
        let begun = [(line(1, 0), 10), (line(1, 1), 20), (line(2, 0), 30)];
        for (time, expected) in [
            (5, line(1, 0)),
            (10, line(1, 0)),
            (25, line(1, 1)),
            (99, line(2, 0)),
        ] {
            assert_eq!(by_date(&begun, time), Some(expected), "{time}");
        }
    }
}
