//! Comments as protoc keeps them: without their marks.

use crate::{File, Places, Span};

/// What a comment says.
pub(super) fn content(file: &File, span: Span) -> String {
    let text: &[u8] = &file.text;
    let raw = text.get(span.start as usize..span.end as usize);
    let raw = raw.unwrap_or_default();
    let content = match (file.places, raw) {
        (Places::Text, [b'/', b'*', inside @ .., b'*', b'/']) => of_block(inside),
        (Places::Text, [b'/', b'/', ..]) => {
            let mut lines = of_lines(raw);
            // the end of the last line is none of the comment's span, and protoc has it
            let behind = text.get(span.end as usize..).unwrap_or_default();
            let end = behind.iter().position(|&byte| byte == b'\n');
            lines.extend_from_slice(end.map_or(behind, |end| &behind[..=end]));
            lines
        }
        _ => raw.to_vec(),
    };
    String::from_utf8_lossy(&content).into_owned()
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | 0x0b | 0x0c)
}

fn without_indentation(line: &[u8]) -> &[u8] {
    let start = line.iter().position(|&byte| !is_space(byte));
    &line[start.unwrap_or(line.len())..]
}

fn of_lines(raw: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    for line in raw.split_inclusive(|&byte| byte == b'\n') {
        let line = without_indentation(line);
        content.extend_from_slice(line.strip_prefix(b"//").unwrap_or(line));
    }
    content
}

/// Lines behind the first lose their indentation and one asterisk.
fn of_block(inside: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    for (at, line) in inside.split_inclusive(|&byte| byte == b'\n').enumerate() {
        if at == 0 {
            content.extend_from_slice(line);
            continue;
        }
        let line = without_indentation(line);
        content.extend_from_slice(line.strip_prefix(b"*").unwrap_or(line));
    }
    content
}
