//! A rule's page on the terminal: the Markdown that the forge shows, without its marks.

mod inline;

use std::io;

use super::screen::{BOLD, DIM, GREEN, RED, Screen, visible};
use inline::{Styled, columns_of, inline, paint, plain};

/// Text under a heading stands this far in.
const INDENT: usize = 2;
/// Code stands further in than the text around it.
const CODE: usize = 4;
/// Items of lists are not set further in than this.
const DEEPEST: usize = 12;
/// Lines longer than this are hard to read, however wide the terminal.
const READABLE: usize = 100;

/// Writes a page. Of Markdown it knows what the rules' pages use: headings, paragraphs, lists, code, quotes, tables, comments.
pub fn write(out: &mut dyn io::Write, page: &str, screen: Screen) -> io::Result<()> {
    let width = screen.width.clamp(30, READABLE);
    let mut first = true;
    let mut indent = 0;
    for block in blocks(page) {
        if !std::mem::take(&mut first) && !matches!(block, Block::Item { tight: true, .. }) {
            writeln!(out)?;
        }
        match block {
            Block::Heading { level, text } => {
                // The page's own title introduces everything; what stands under it needs no step in.
                indent = if level == 1 { 0 } else { INDENT };
                let style = if level == 1 { GREEN } else { BOLD };
                writeln!(out, "{}", screen.paint(style, plain(text)))?;
            }
            Block::Paragraph(text) => write_text(out, screen, &text, (indent, ""), width)?,
            Block::Quote(text) => write_text(out, screen, &text, (indent, "│ "), width)?,
            Block::Item {
                depth, mark, text, ..
            } => {
                let step = indent + depth;
                write_text(out, screen, &text, (step, &mark), width)?;
            }
            Block::Code { diff, lines } => {
                for line in lines {
                    let line: String = line
                        .chars()
                        .map(|c| if c == '\t' { c } else { visible(c) })
                        .collect();
                    let line = line.replace('\t', "    ");
                    let style = match line.bytes().next() {
                        Some(b'+') if diff => GREEN,
                        Some(b'-') if diff => RED,
                        _ => anstyle::Style::new(),
                    };
                    let code =
                        format!("{}{}", " ".repeat(indent + CODE), screen.paint(style, line));
                    writeln!(out, "{}", code.trim_end())?;
                }
            }
            Block::Table(rows) => write_table(out, screen, &rows, indent)?,
        }
    }
    Ok(())
}

/// Words into lines. The mark stands before the first; quotes have it before each.
fn write_text(
    out: &mut dyn io::Write,
    screen: Screen,
    text: &str,
    (indent, mark): (usize, &str),
    width: usize,
) -> io::Result<()> {
    let mark_width = mark.chars().count();
    let room = width.saturating_sub(indent + mark_width).max(20);
    let lines = inline::wrap(&inline(text, screen), room);
    for (at, line) in lines.iter().enumerate() {
        let mark = match (at, mark) {
            (0, mark) | (_, mark @ "│ ") => screen.paint(DIM, mark).to_string(),
            _ => " ".repeat(mark_width),
        };
        writeln!(out, "{}{mark}{}", " ".repeat(indent), paint(line, screen))?;
    }
    Ok(())
}

fn write_table(
    out: &mut dyn io::Write,
    screen: Screen,
    rows: &[Vec<String>],
    indent: usize,
) -> io::Result<()> {
    let cells: Vec<Vec<Styled>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| inline(cell, screen)).collect())
        .collect();
    let count = cells.iter().map(Vec::len).max().unwrap_or_default();
    let widths: Vec<usize> = (0..count)
        .map(|column| {
            let widths = cells
                .iter()
                .filter_map(|row| row.get(column))
                .map(columns_of);
            widths.max().unwrap_or_default()
        })
        .collect();
    for (at, row) in cells.iter().enumerate() {
        let mut line = " ".repeat(indent);
        for (cell, width) in row.iter().zip(&widths) {
            let blanks = " ".repeat(width - columns_of(cell) + 2);
            line.push_str(&paint(cell, screen));
            line.push_str(&blanks);
        }
        let style = if at == 0 { BOLD } else { anstyle::Style::new() };
        writeln!(out, "{}", screen.paint(style, line.trim_end()))?;
    }
    Ok(())
}

/// A piece of a page.
enum Block<'a> {
    Heading {
        level: usize,
        text: &'a str,
    },
    Paragraph(String),
    Quote(String),
    /// `tight`: it follows another item, without a blank line.
    Item {
        depth: usize,
        mark: String,
        text: String,
        tight: bool,
    },
    Code {
        diff: bool,
        lines: Vec<&'a str>,
    },
    /// The first row is the head.
    Table(Vec<Vec<String>>),
}

/// Cuts a page into blocks, line by line.
fn blocks(page: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut lines = page.lines();
    // A blank line ends what the next line could otherwise continue.
    let mut open = false;
    while let Some(line) = lines.next() {
        let text = line.trim();
        let continues = std::mem::replace(&mut open, true);
        if text.is_empty() {
            open = false;
        } else if let Some(fence) = fence(text) {
            let close = |line: &&str| !line.trim().starts_with(fence);
            let depth = line.len() - line.trim_start().len();
            let code = lines.by_ref().take_while(close);
            let code = code.map(|line| {
                line.get(depth..)
                    .filter(|_| line[..depth].trim().is_empty())
                    .unwrap_or(line)
            });
            let diff = text.trim_start_matches(['`', '~']).starts_with("diff");
            blocks.push(Block::Code {
                diff,
                lines: code.collect(),
            });
            open = false;
        } else if text.starts_with("<!--") {
            if !text.contains("-->") {
                lines.by_ref().find(|line| line.contains("-->"));
            }
            open = continues;
        } else if let Some((level, text)) = heading(text) {
            blocks.push(Block::Heading { level, text });
            open = false;
        } else if text.starts_with('|') {
            match blocks.last_mut() {
                Some(Block::Table(_)) if continues && is_rule(text) => {}
                Some(Block::Table(rows)) if continues => rows.push(row(text)),
                _ => blocks.push(Block::Table(vec![row(text)])),
            }
        } else if is_rule(text) {
            open = false;
        } else if let Some(quoted) = text.strip_prefix('>') {
            match blocks.last_mut() {
                Some(Block::Quote(quote)) if continues => join(quote, quoted),
                _ => blocks.push(Block::Quote(quoted.trim().to_owned())),
            }
        } else if let Some((mark, text)) = item(text) {
            let depth = (line.len() - line.trim_start().len()).min(DEEPEST);
            let tight = continues && matches!(blocks.last(), Some(Block::Item { .. }));
            blocks.push(Block::Item {
                depth,
                mark,
                text: text.to_owned(),
                tight,
            });
        } else {
            match blocks.last_mut() {
                Some(
                    Block::Paragraph(before)
                    | Block::Quote(before)
                    | Block::Item { text: before, .. },
                ) if continues => {
                    join(before, text);
                }
                _ => blocks.push(Block::Paragraph(text.to_owned())),
            }
        }
    }
    blocks
}

fn join(before: &mut String, text: &str) {
    before.push(' ');
    before.push_str(text.trim());
}

fn fence(text: &str) -> Option<&'static str> {
    ["```", "~~~"]
        .into_iter()
        .find(|fence| text.starts_with(fence))
}

fn heading(text: &str) -> Option<(usize, &str)> {
    let level = text.bytes().take_while(|byte| *byte == b'#').count();
    let title = text.get(level..)?.strip_prefix(' ')?;
    (1..=6).contains(&level).then(|| (level, title.trim()))
}

/// `---`, or the line under a table's head.
fn is_rule(text: &str) -> bool {
    text.len() >= 3
        && text
            .bytes()
            .all(|byte| matches!(byte, b'-' | b'|' | b':' | b' '))
}

fn row(text: &str) -> Vec<String> {
    let inside = text.trim_start_matches('|');
    let inside = inside.strip_suffix('|').unwrap_or(inside);
    // `\|` is a bar within a cell.
    let cells = inside.replace("\\|", "\0");
    cells
        .split('|')
        .map(|cell| cell.trim().replace('\0', "|"))
        .collect()
}

fn item(text: &str) -> Option<(String, &str)> {
    if let Some(text) = ["- ", "* ", "+ "]
        .iter()
        .find_map(|mark| text.strip_prefix(mark))
    {
        return Some(("• ".to_owned(), text));
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let after = text.get(digits..)?.strip_prefix(". ")?;
    (1..=3)
        .contains(&digits)
        .then(|| (format!("{}. ", &text[..digits]), after))
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn shown(page: &str, screen: Screen) -> String {
        let mut out = Vec::new();
        write(&mut out, page, screen).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[track_caller]
    fn check(page: &str, expected: &Expect) {
        expected.assert_eq(&shown(
            page,
            Screen {
                width: 60,
                ..Screen::PLAIN
            },
        ));
    }

    const PAGE: &str = "\
# field-renumbered

The same field has **another number**.
<!-- run as a test -->
## Why it breaks

A reader finds fields by their *number*, not by their name: what an older writer sends as `source = 2` arrives in
whatever field has number 2 now. See [the language guide](https://protobuf.dev/programming-guides/proto3/#updating)
and [R1](../../R1.md), `snake_case_names` and a_b_c stay.

## Example

```diff
 message Storage {
-  string source = 2;
+\tstring source = 3;
 }
```

## What to do instead

1. Give the field its number back.
2. Add a new field with the next number *never used*,
   and `reserve` the old one:
   - in the message
   - for ever

> Spent is spent.

| outcome | where |
|---|---|
| `misread` | request |
| lossy \\| reject | response |

## Not reported

- A message that no release ever carried.

- Test trees.
";

    #[test]
    fn a_page_reads_like_a_page() {
        check(
            PAGE,
            &expect![[r#"
                field-renumbered

                The same field has another number.

                Why it breaks

                  A reader finds fields by their number, not by their name:
                  what an older writer sends as `source = 2` arrives in
                  whatever field has number 2 now. See the language guide
                  (https://protobuf.dev/programming-guides/proto3/#updating)
                  and R1, `snake_case_names` and a_b_c stay.

                Example

                       message Storage {
                      -  string source = 2;
                      +    string source = 3;
                       }

                What to do instead

                  1. Give the field its number back.
                  2. Add a new field with the next number never used, and
                     `reserve` the old one:
                     • in the message
                     • for ever

                  │ Spent is spent.

                  outcome         where
                  `misread`       request
                  lossy | reject  response

                Not reported

                  • A message that no release ever carried.

                  • Test trees.
            "#]],
        );
    }

    #[test]
    fn in_colour_code_needs_no_ticks() {
        let text = shown(
            PAGE,
            Screen {
                color: true,
                ..Screen::PLAIN
            },
        );
        let text = anstream::adapter::strip_str(&text).to_string();
        assert!(
            text.contains("sends as source = 2") && !text.contains('`'),
            "{text}"
        );
    }

    #[test]
    fn odd_pages_are_shown_all_the_same() {
        check("", &expect![[""]]);
        check(
            "Code:\n```\nnever closed\n\n  still code",
            &expect![[r#"
                Code:

                    never closed

                      still code
            "#]],
        );
        check("<!-- never closed", &expect![[""]]);
        check(
            "**open `tick and [half a link](",
            &expect![[r#"
            **open `tick and [half a link](
        "#]],
        );
        check(
            "#no heading\n|\n||\n---\n\u{1b}[2J*",
            &expect![[r#"
            #no heading




            ␛[2J*
        "#]],
        );
        check(
            "Code:\n\n  ```\n  é\n日\n  ```",
            &expect![[r#"
                Code:

                    é
                    日
            "#]],
        );
    }
}
