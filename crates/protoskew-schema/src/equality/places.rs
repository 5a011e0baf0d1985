//! Places as protoc counts them, from a text or from a grid.

use crate::{File, LineIndex, Places, Span};

/// Turns the spans of one file into lines and columns.
pub(super) struct Counter<'s> {
    pub(super) file: &'s File,
    lines: LineIndex,
}

impl<'s> Counter<'s> {
    pub(super) fn new(file: &'s File) -> Self {
        let text: &[u8] = if file.places == Places::Text {
            &file.text
        } else {
            b""
        };
        Self {
            file,
            lines: LineIndex::new(text),
        }
    }

    /// `3:5-3:9`, from 1; `-` where nothing is known.
    pub(super) fn place(&self, span: Span) -> String {
        if span.is_empty() {
            return "-".to_owned();
        }
        let ((line, column), (last, end)) = (self.position(span.start), self.position(span.end));
        format!("{}:{}-{}:{}", line + 1, column + 1, last + 1, end + 1)
    }

    fn position(&self, offset: u32) -> (u32, u32) {
        if let Some(position) = self.file.places.in_grid(offset) {
            return position;
        }
        let offset = offset.min(self.file.text.len() as u32);
        let (line, start) = self.lines.line_of(offset);
        let before = &self.file.text[start as usize..offset as usize];
        let column = before.iter().fold(0, |column, &byte| match byte {
            b'\t' => column + 8 - column % 8,
            _ => column + 1,
        });
        (line - 1, column)
    }
}
