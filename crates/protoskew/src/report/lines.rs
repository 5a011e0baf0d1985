//! Lines and columns of a file's text, and the one line that a code frame shows. Made for any bytes.

use std::ops::Range;
use std::sync::Arc;

use protoskew_schema::Span;
use rustc_hash::FxHashMap;

use super::screen::visible;
use crate::finding::Site;

/// How much of a long line is shown before the place that is pointed at, and behind it, in bytes.
const BEFORE: usize = 120;
const BEHIND: usize = 480;

/// What columns count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    /// Characters, as people do.
    Characters,
    /// Code units of UTF-16, as many editors and viewers do: two for what lies beyond the basic plane.
    Utf16,
}

/// Where a span lies. Lines and columns count from one; a byte that is no UTF-8 is part of one U+FFFD.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) end_line: usize,
    /// The column behind the last character.
    pub(super) end_column: usize,
}

/// One line, cut and cleaned, with the byte ranges that are pointed at.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    pub(super) text: String,
    pub(super) marks: Vec<Range<usize>>,
}

/// The line starts of every file that a report mentions: found once a file, however many findings point into it.
#[derive(Default)]
pub(super) struct Files {
    // By address of the text. Both lifetimes are the verdict's, which outlives the report.
    starts: FxHashMap<usize, Arc<[usize]>>,
}

impl Files {
    /// Where a finding points to, in characters; `None` where nothing tells: in a descriptor set without source info.
    pub(super) fn place(&mut self, site: &Site) -> Option<Place> {
        self.place_in(site, Unit::Characters)
    }

    /// Where a finding points to. From a descriptor set columns are as its compiler counted them, whatever the unit.
    pub(super) fn place_in(&mut self, site: &Site, unit: Unit) -> Option<Place> {
        let of_grid = |offset| {
            let (line, column) = site.places.in_grid(offset)?;
            Some((line as usize + 1, column as usize + 1))
        };
        if !site.places.is_known(site.span) {
            return None;
        }
        match (of_grid(site.span.start), of_grid(site.span.end)) {
            (Some((line, column)), Some((end_line, end_column))) => Some(Place {
                line,
                column,
                end_line,
                end_column,
            }),
            _ => Some(self.lines(&site.text).place(site.span, unit)),
        }
    }

    /// The lines of a file.
    pub(super) fn lines<'a>(&mut self, text: &'a Arc<[u8]>) -> Lines<'a> {
        let starts = self
            .starts
            .entry(Arc::as_ptr(text).addr())
            .or_insert_with(|| line_starts(text));
        Lines {
            text,
            starts: Arc::clone(starts),
        }
    }
}

fn line_starts(text: &[u8]) -> Arc<[usize]> {
    let behind_newlines = text
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .map(|(at, _)| at + 1);
    std::iter::once(0).chain(behind_newlines).collect()
}

/// The lines of one file.
pub(super) struct Lines<'a> {
    text: &'a [u8],
    starts: Arc<[usize]>,
}

impl Lines<'_> {
    /// Where a span lies. A span behind the end is taken to the end.
    fn place(&self, span: Span, unit: Unit) -> Place {
        let (line, column) = self.position(span.start as usize, unit);
        let end = (span.end as usize).max(span.start as usize);
        let (end_line, end_column) = self.position(end, unit);
        Place {
            line,
            column,
            end_line,
            end_column,
        }
    }

    /// True if both spans fit into one excerpt of one line.
    pub(super) fn together(&self, a: Span, b: Span) -> bool {
        self.line_of(a.start as usize) == self.line_of(b.start as usize)
            && a.start.abs_diff(b.start) as usize <= BEFORE
    }

    /// The line on which the first span starts, with marks for every span. A span of several lines is marked on its first.
    pub(super) fn excerpt(&self, spans: &[Span]) -> Excerpt {
        let first = spans
            .iter()
            .map(|span| span.start as usize)
            .min()
            .unwrap_or(0);
        let line = self.range(self.line_of(first));
        let first = first.clamp(line.start, line.end);
        let start = self.boundary(first.saturating_sub(BEFORE).max(line.start));
        let end = self.boundary((first + BEHIND).min(line.end));

        let mut text = String::new();
        // Original offset of every character, and where it stands in the excerpt.
        let mut moved: Vec<(usize, usize)> = Vec::new();
        if start > line.start {
            text.push('…');
        }
        let mut at = start;
        for chunk in self.text[start..end].utf8_chunks() {
            for (offset, c) in chunk.valid().char_indices() {
                moved.push((at + offset, text.len()));
                text.push(if c == '\t' { c } else { visible(c) });
            }
            at += chunk.valid().len();
            if !chunk.invalid().is_empty() {
                moved.push((at, text.len()));
                text.push(char::REPLACEMENT_CHARACTER);
                at += chunk.invalid().len();
            }
        }
        moved.push((end, text.len()));
        let shown_end = text.len();
        if end < line.end {
            text.push('…');
        }

        let find = |offset: usize| {
            let index = moved.partition_point(|(original, _)| *original < offset);
            moved.get(index).map_or(shown_end, |(_, shown)| *shown)
        };
        let marks = spans
            .iter()
            .map(|span| {
                let from = find((span.start as usize).clamp(start, end));
                let to = find((span.end as usize).clamp(start, end)).max(from);
                from..from + text[from..to].trim_end().len()
            })
            .collect();
        Excerpt { text, marks }
    }

    fn position(&self, offset: usize, unit: Unit) -> (usize, usize) {
        let offset = offset.min(self.text.len());
        let line = self.line_of(offset);
        let before = &self.text[self.starts[line]..offset];
        let length = |c: char| match unit {
            Unit::Characters => 1,
            Unit::Utf16 => c.len_utf16(),
        };
        let columns: usize = before
            .utf8_chunks()
            .map(|chunk| {
                let valid: usize = chunk.valid().chars().map(length).sum();
                valid + usize::from(!chunk.invalid().is_empty())
            })
            .sum();
        (line + 1, columns + 1)
    }

    /// Index of the line that an offset lies on.
    fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|start| *start <= offset) - 1
    }

    /// The bytes of a line without what ends it.
    fn range(&self, line: usize) -> Range<usize> {
        let start = self.starts[line];
        let end = self
            .starts
            .get(line + 1)
            .map_or(self.text.len(), |next| next - 1);
        let cr = end > start && end < self.text.len() && self.text[end - 1] == b'\r';
        start..end - usize::from(cr)
    }

    /// The next start of a character, so that a cut does not make one invalid.
    fn boundary(&self, offset: usize) -> usize {
        (offset..self.text.len().min(offset + 4))
            .find(|at| self.text[*at] & 0b1100_0000 != 0b1000_0000)
            .unwrap_or(offset)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &[u8]) -> (Files, Arc<[u8]>) {
        (Files::default(), Arc::from(text))
    }

    #[track_caller]
    fn check(text: &[u8], (start, end): (u32, u32), place: &str, excerpt: &str) {
        let (mut files, text) = lines(text);
        let lines = files.lines(&text);
        let span = Span { start, end };
        let Place {
            line,
            column,
            end_line,
            end_column,
        } = lines.place(span, Unit::Characters);
        assert_eq!(format!("{line}:{column}-{end_line}:{end_column}"), place);
        let Excerpt { text, marks } = lines.excerpt(&[span]);
        let mark = &marks[0];
        let shown = format!(
            "{}[{}]{}",
            &text[..mark.start],
            &text[mark.clone()],
            &text[mark.end..]
        );
        assert_eq!(shown, excerpt);
    }

    #[test]
    fn any_bytes_have_lines_and_columns() {
        check(b"a = 1;\nbc = 2;\n", (7, 9), "2:1-2:3", "[bc] = 2;");
        check(b"a\r\nbc\r\n", (3, 5), "2:1-2:3", "[bc]");
        check(b"\tx = 1;", (1, 2), "1:2-1:3", "\t[x] = 1;");
        check("é日x".as_bytes(), (5, 6), "1:3-1:4", "é日[x]");
        check(b"\xff\xfe x", (3, 4), "1:4-1:5", "\u{fffd}\u{fffd} [x]");
        check(b"a\0\x1b[1mb", (6, 7), "1:7-1:8", "a␀␛[1m[b]");
    }

    #[test]
    fn columns_of_utf_16_count_what_lies_beyond_the_basic_plane_twice() {
        let (mut files, text) = lines("é日👩\u{200d}👧 x\n".as_bytes());
        let span = Span { start: 17, end: 18 };
        let lines = files.lines(&text);
        assert_eq!(&text[17..18], b"x");
        let columns = |unit| {
            let place = lines.place(span, unit);
            (place.column, place.end_column)
        };
        assert_eq!(columns(Unit::Characters), (7, 8));
        assert_eq!(columns(Unit::Utf16), (9, 10));
    }

    #[test]
    fn odd_spans_stay_inside() {
        check(b"", (0, 0), "1:1-1:1", "[]");
        check(b"", (9, 99), "1:1-1:1", "[]");
        check(b"ab", (2, 2), "1:3-1:3", "ab[]");
        check(b"ab\n", (3, 3), "2:1-2:1", "[]");
        check(b"ab", (1, 900), "1:2-1:3", "a[b]");
        // Into the middle of a character: to its end.
        check("é".as_bytes(), (1, 2), "1:2-1:2", "é[]");
        // Backwards.
        check(b"abc", (2, 1), "1:3-1:3", "ab[]c");
        // On the line end itself.
        check(b"ab\r\nc", (3, 4), "1:4-2:1", "ab[]");
    }

    #[test]
    fn a_span_of_several_lines_is_marked_on_its_first() {
        check(
            b"message M {  \n  int32 a = 1;\n}\n",
            (0, 30),
            "1:1-3:2",
            "[message M {]  ",
        );
    }

    #[test]
    fn a_huge_line_is_cut_around_the_place() {
        let mut text = vec![b' '; 10_000_000];
        text[5_000_000..5_000_003].copy_from_slice(b"abc");
        let (mut files, text) = lines(&text);
        let span = Span {
            start: 5_000_000,
            end: 5_000_003,
        };
        let lines = files.lines(&text);
        assert_eq!(lines.place(span, Unit::Characters).column, 5_000_001);
        let Excerpt { text, marks } = lines.excerpt(&[span]);
        assert!(text.len() < 1000);
        assert_eq!(&text[marks[0].clone()], "abc");
        assert!(text.starts_with('…') && text.ends_with('…'));
    }
}
