//! How a message or an enum is laid out: where reservations go, and with which indentation.

use std::cell::OnceCell;

use protoskew_schema::{LineIndex, Span, TokenKind, tokens};

/// Longer lines of reservations go on in another statement.
const LINE: usize = 100;

/// One file: what all its messages and enums have in common, found once.
pub(super) struct Page<'t> {
    text: &'t [u8],
    /// Spans of its messages and enums, with those of their names.
    owners: Vec<(Span, Span)>,
    /// Spans of everything that it reserves, in order.
    reserved: Vec<Span>,
    lines: LineIndex,
    /// Whether most that reserve something do so behind their members.
    at_end: bool,
    line_end: &'static str,
    /// One step of indentation, where a message shows it.
    step: OnceCell<Option<String>>,
}

/// The body of one message or enum.
pub(super) struct Layout<'t> {
    text: &'t [u8],
    /// Offset behind the `{`.
    open: usize,
    statements: Vec<Statement>,
    /// The last statement that reserves something, as an index.
    reserved: Option<usize>,
    /// Whether the file's other reservations stand behind the members.
    at_end: bool,
    /// The indentation of members.
    indent: String,
    line_end: &'static str,
}

/// One statement of a body.
#[derive(Clone, Copy, Debug)]
struct Statement {
    start: usize,
    end: usize,
    reserves: bool,
}

impl<'t> Page<'t> {
    /// Of a file's text, with the spans of its messages and enums and of their names, and of everything that it reserves.
    pub(super) fn read(text: &'t [u8], owners: Vec<(Span, Span)>, mut reserved: Vec<Span>) -> Self {
        reserved.sort_unstable_by_key(|span| (span.start, span.end));
        let line_end = if memchr::memmem::find(text, b"\r\n").is_some() {
            "\r\n"
        } else {
            "\n"
        };
        Self {
            at_end: reserve_at_end(text, &owners, &reserved),
            lines: LineIndex::new(text),
            text,
            owners,
            reserved,
            line_end,
            step: OnceCell::new(),
        }
    }

    /// The line of that offset, from 1.
    pub(super) fn line(&self, at: usize) -> usize {
        self.lines.line_of(at as u32).0 as usize
    }

    /// How what spans so and is called so is laid out; `None` where there is no body.
    pub(super) fn layout(&self, span: Span, name: Span) -> Option<Layout<'t>> {
        let (open, statements) = body(self.text, span, name, &self.reserved)?;
        Some(Layout {
            text: self.text,
            open,
            reserved: statements.iter().rposition(|each| each.reserves),
            at_end: self.at_end,
            indent: self.indent(span, &statements),
            statements,
            line_end: self.line_end,
        })
    }

    /// The indentation of the members of what spans so: their own, else one step more than its own.
    fn indent(&self, span: Span, statements: &[Statement]) -> String {
        if let Some(own) = of_members(self.text, statements) {
            return own.to_owned();
        }
        let base = line_indent(self.text, span.start as usize).unwrap_or_default();
        let step = self.step.get_or_init(|| {
            self.owners.iter().find_map(|(span, name)| {
                let outer = line_indent(self.text, span.start as usize)?;
                let (_, statements) = body(self.text, *span, *name, &[])?;
                let inner = of_members(self.text, &statements)?;
                let step = inner.strip_prefix(outer).filter(|step| !step.is_empty());
                step.map(str::to_owned)
            })
        });
        format!("{base}{}", step.as_deref().unwrap_or("  "))
    }
}

impl Layout<'_> {
    /// Whether reservations of a kind, by their spans, stand in a statement each, and are several.
    pub(super) fn one_each(&self, spans: impl Iterator<Item = Span>) -> bool {
        let mut last = None;
        let mut count = 0;
        for span in spans {
            let (start, end) = (span.start as usize, span.end as usize);
            let behind = self.statements.partition_point(|each| each.start <= start);
            let statement = behind.checked_sub(1);
            let statement = statement.filter(|&at| end <= self.statements[at].end);
            if count > 0 && statement == last {
                return false;
            }
            last = statement;
            count += 1;
        }
        count > 1
    }

    /// `reserved 2, 4 to 6;`, in one statement or in one for each.
    pub(super) fn statements(&self, items: &[String], apart: bool) -> Vec<String> {
        let mut statements: Vec<String> = Vec::new();
        for item in items {
            match statements.last_mut() {
                Some(last) if !apart && self.indent.len() + last.len() + item.len() + 3 <= LINE => {
                    last.push_str(", ");
                    last.push_str(item);
                }
                _ => statements.push(format!("reserved {item}")),
            }
        }
        for statement in &mut statements {
            statement.push(';');
        }
        statements
    }

    /// Where statements go, and what is to be inserted there.
    pub(super) fn place(&self, statements: &[String]) -> (usize, String) {
        let last = self.statements.last().filter(|_| self.at_end);
        let after = self.reserved.map(|at| &self.statements[at]).or(last);
        let behind = after.map_or(self.open, |statement| statement.end);
        let Some(line) = self.next_line(behind) else {
            let inserted = format!(" {}", statements.join(" "));
            let opened = behind == self.open && after.is_none();
            return match self.text.get(behind) {
                Some(b'}') if opened => (behind, format!("{inserted} ")),
                Some(next) if opened && !next.is_ascii_whitespace() => {
                    (behind, format!("{} ", statements.join(" ")))
                }
                _ => (behind, inserted),
            };
        };
        let indent = match after {
            Some(statement) => line_indent(self.text, statement.start).unwrap_or(&self.indent),
            None => &self.indent,
        };
        let lines = statements
            .iter()
            .map(|each| format!("{indent}{each}{}", self.line_end));
        let mut lines: String = lines.collect();
        if after.is_none() && self.is_airy() {
            lines += self.line_end;
        }
        (line, lines)
    }

    /// Where the next line begins, if nothing but comments stands on this one from here on.
    fn next_line(&self, from: usize) -> Option<usize> {
        let mut at = from;
        loop {
            let rest = self.text.get(at..)?;
            match rest {
                [b'\n', ..] => return Some(at + 1),
                [b' ' | b'\t' | b'\r', ..] => at += 1,
                [b'/', b'/', ..] => at += memchr::memchr(b'\n', rest)?,
                [b'/', b'*', ..] => at += memchr::memmem::find(&rest[2..], b"*/")? + 4,
                _ => return None,
            }
        }
    }

    /// Whether members are set apart by blank lines.
    fn is_airy(&self) -> bool {
        let [first, second, ..] = self.statements.as_slice() else {
            return false;
        };
        let between = &self.text[first.end..second.start];
        let mut lines = between.split(|&byte| byte == b'\n').skip(1);
        let blank = |line: &[u8]| line.iter().all(u8::is_ascii_whitespace);
        lines.next().is_some_and(blank) && lines.next().is_some()
    }
}

/// Where the `{` is, and the statements behind it; `None` where there is no body.
fn body(text: &[u8], span: Span, name: Span, reserved: &[Span]) -> Option<(usize, Vec<Statement>)> {
    let from = name.end as usize;
    let until = (span.end as usize).min(text.len());
    let inner = text.get(from..until)?;
    let mut all = tokens(inner).map(|(kind, span)| {
        let at = (span.start as usize + from, span.end as usize + from);
        (kind, at, &text[at.0..at.1])
    });
    let mut brackets = 0usize;
    let open = all.find_map(|(_, at, word)| {
        match word {
            b"[" => brackets += 1,
            b"]" => brackets = brackets.saturating_sub(1),
            b"{" if brackets == 0 => return Some(at.1),
            _ => {}
        }
        None
    })?;
    let mut statements: Vec<Statement> = Vec::new();
    // where the statement began, and whether it is an option, whose braces do not end it
    let mut begun: Option<(usize, bool)> = None;
    let (mut braces, mut brackets) = (0usize, 0usize);
    for (kind, at, word) in all {
        if begun.is_none() {
            if word == b"}" {
                break;
            }
            begun = Some((at.0, word == b"option"));
        }
        let symbol = kind == TokenKind::Symbol;
        match word {
            b"[" if symbol => brackets += 1,
            b"]" if symbol => brackets = brackets.saturating_sub(1),
            b"{" if symbol => braces += 1,
            b"}" if symbol => braces = braces.saturating_sub(1),
            _ => {}
        }
        let (start, is_option) = begun.unwrap_or((at.0, false));
        let over =
            braces == 0 && brackets == 0 && symbol && (word == b";" || word == b"}" && !is_option);
        if over {
            let end = at.1;
            // a block holds reservations of its own, none of this body
            let reserves = word == b";" && {
                let first = reserved.partition_point(|span| (span.start as usize) < start);
                let first = reserved.get(first);
                first.is_some_and(|span| span.end as usize <= end)
            };
            statements.push(Statement {
                start,
                end,
                reserves,
            });
            begun = None;
        }
    }
    Some((open, statements))
}

/// Whether most of the file's messages and enums that reserve something do so behind their members.
fn reserve_at_end(text: &[u8], owners: &[(Span, Span)], reserved: &[Span]) -> bool {
    let (mut first, mut last) = (0usize, 0usize);
    // without any, nothing is to be learned from reading them all
    for (span, name) in owners.iter().filter(|_| !reserved.is_empty()) {
        let statements = body(text, *span, *name, reserved).map(|(_, statements)| statements);
        if let Some([head, .., tail]) = statements.as_deref()
            && head.reserves != tail.reserves
        {
            first += usize::from(head.reserves);
            last += usize::from(tail.reserves);
        }
    }
    last > first
}

/// The indentation of the first statement that has a line of its own.
fn of_members<'t>(text: &'t [u8], statements: &[Statement]) -> Option<&'t str> {
    let mut statements = statements.iter();
    statements.find_map(|each| line_indent(text, each.start))
}

/// What stands before that offset on its line, if it is nothing but blanks. Looks no further than these.
fn line_indent(text: &[u8], at: usize) -> Option<&str> {
    let before = &text[..at];
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let start = before.iter().rposition(|byte| !is_blank(byte));
    let start = start.map_or(0, |last| last + 1);
    let (line, blanks) = before.split_at(start);
    let line = line.strip_suffix(b"\xef\xbb\xbf").unwrap_or(line);
    let begins = line.is_empty() || line.ends_with(b"\n");
    std::str::from_utf8(blanks).ok().filter(|_| begins)
}
