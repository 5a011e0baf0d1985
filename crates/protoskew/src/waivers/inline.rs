//! Waivers in comments: `// protoskew: allow(field-renamed) nobody speaks JSON`, above an element or on its line.

use protoskew_compare::Indexed;
use protoskew_schema::{FileId, LineIndex, Name, Places, Schema, Span, tokens};

use super::read::nearest_rule;
use super::{Until, Waiver, until};
use crate::config::{ConfigError, nearest};
use crate::rules;

/// What a comment begins with that is meant for us.
const FOR_US: &[u8] = b"protoskew:";

/// Reads the waivers in the comments of judged files, or names everything that is wrong with them.
pub fn inline(judged: &Indexed) -> Result<Vec<Waiver>, Vec<ConfigError>> {
    let schema = judged.schema();
    let mut waivers = Vec::new();
    let mut errors = Vec::new();
    for (at, file) in schema.files.iter().enumerate() {
        let id = at as FileId;
        let says = memchr::memmem::find(&file.text, FOR_US).is_some();
        if !judged.judged(id) || file.places != Places::Text || !says {
            continue;
        }
        let mut reader = InFile {
            schema,
            file: id,
            text: &file.text,
            lines: LineIndex::new(&file.text),
            declared: declared(schema, id),
            errors: &mut errors,
        };
        waivers.extend(reader.waivers());
    }
    if errors.is_empty() {
        Ok(waivers)
    } else {
        Err(errors)
    }
}

/// A declaration: what it spans, and its full name.
struct Declared {
    span: Span,
    name: Name,
    /// Whether names in it are its own: a message or an enum.
    scope: bool,
}

/// Everything that a file declares, in the order in which it begins, what holds others before them.
fn declared(schema: &Schema, file: FileId) -> Vec<Declared> {
    let mut all = Vec::new();
    let mut push = |span: Span, name: Name, scope: bool| all.push(Declared { span, name, scope });
    let within = |owner: &Name, name: &Name| Name::from(format!("{owner}.{name}"));
    let head = schema.file(file);
    if !head.package_span.is_empty() {
        push(head.package_span, head.package.clone(), false);
    }
    for message in schema.messages.iter().filter(|each| each.file == file) {
        push(message.span, message.name.clone(), true);
        for field in &message.fields {
            push(field.span, within(&message.name, &field.name), false);
        }
        for oneof in &message.oneofs {
            push(oneof.span, within(&message.name, &oneof.name), false);
        }
    }
    for each in schema.enums.iter().filter(|each| each.file == file) {
        push(each.span, each.name.clone(), true);
        for value in &each.values {
            push(value.span, within(&each.name, &value.name), false);
        }
    }
    for service in schema.services.iter().filter(|each| each.file == file) {
        push(service.span, service.name.clone(), false);
        for method in &service.methods {
            push(method.span, within(&service.name, &method.name), false);
        }
    }
    for extension in schema.extensions.iter().filter(|each| each.file == file) {
        push(extension.field.span, extension.name.clone(), false);
    }
    all.sort_by_key(|each| (each.span.start, std::cmp::Reverse(each.span.end)));
    all
}

struct InFile<'a> {
    schema: &'a Schema,
    file: FileId,
    text: &'a [u8],
    lines: LineIndex,
    declared: Vec<Declared>,
    errors: &'a mut Vec<ConfigError>,
}

impl InFile<'_> {
    fn waivers(&mut self) -> Vec<Waiver> {
        let text = self.text;
        let mut waivers = Vec::new();
        let mut end = 0;
        let all = tokens(text).map(|(_, span)| (span.start as usize, span.end as usize));
        for (start, next_end) in all.chain([(text.len(), text.len())]) {
            for comment in comments(text, end, start) {
                let alone = end == 0 || text[end..comment.start].contains(&b'\n');
                waivers.extend(self.comment(&comment, start, alone));
            }
            end = next_end;
        }
        waivers
    }

    /// `next`: where the next token starts; `alone`: nothing but comments stands before it on its line.
    fn comment(&mut self, comment: &Comment, next: usize, alone: bool) -> Option<Waiver> {
        let said = comment.said(self.text);
        let said = said.strip_prefix("protoskew:")?.trim_start();
        let word = said
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '-')
            .next();
        let word = word.unwrap_or_default();
        if word != "allow" {
            let help = nearest(word, &["allow", "enum-ok"]);
            if word != "enum-ok" && (help.is_some() || said[word.len()..].starts_with('(')) {
                let help = help.or_else(|| Some(HOW.to_owned()));
                self.error(
                    comment,
                    format!("`{word}` is nothing that a comment can say"),
                    help,
                );
            }
            return None;
        }
        let arguments = said[word.len()..].trim_start().strip_prefix('(');
        let Some((arguments, reason)) = arguments.and_then(|rest| rest.split_once(')')) else {
            self.error(
                comment,
                "`allow` names no rule".to_owned(),
                Some(HOW.to_owned()),
            );
            return None;
        };
        let (rule, name, end) = self.arguments(comment, arguments)?;
        let reason = reason
            .trim_start_matches([' ', '\t', ':', '-', '–', '—'])
            .trim_end();
        if reason.is_empty() {
            let help = "say why behind it: who meets it later has nothing else to judge it by";
            self.error(
                comment,
                "nothing says why this is allowed".to_owned(),
                Some(help.to_owned()),
            );
            return None;
        }
        let beside = self.beside(comment, next, alone);
        let element = match (name, beside) {
            (None, Some(at)) => self.declared[at].name.clone(),
            (Some(name), beside) => self.named(comment, beside, name),
            (None, None) => {
                let help = "put it above the element or on its line; of what is gone, name it where it stood: allow(rule, name)";
                self.error(
                    comment,
                    "it stands beside no element".to_owned(),
                    Some(help.to_owned()),
                );
                return None;
            }
        };
        Some(Waiver {
            rule,
            element,
            about: None,
            meetings: Vec::new(),
            reason: reason.to_owned(),
            approver: None,
            until: end,
            file: self.schema.file(self.file).path.clone(),
            line: self.place(comment).0,
        })
    }

    /// `rule`, then in any order the name of an element and `until 1.8`.
    fn arguments<'t>(
        &mut self,
        comment: &Comment,
        text: &'t str,
    ) -> Option<(&'static str, Option<&'t str>, Option<Until>)> {
        let mut parts = text.split(',').map(str::trim);
        let id = parts.next().unwrap_or_default();
        let Some(rule) = rules::find(id) else {
            self.error(
                comment,
                format!("there is no rule `{id}`"),
                nearest_rule(id),
            );
            return None;
        };
        let (mut name, mut end) = (None, None);
        for part in parts {
            if let Some(day) = part.strip_prefix("until ") {
                end = until(day.trim());
                if end.is_none() {
                    let help = "write a day, 2027-01-31, or the release that ends it, 1.8";
                    let message = format!("`{}` is neither a day nor a release", day.trim());
                    self.error(comment, message, Some(help.to_owned()));
                    return None;
                }
            } else if part.contains('-') || part.is_empty() || name.is_some() {
                let message = "one comment allows one rule, of one element".to_owned();
                let help = "write a comment for each".to_owned();
                self.error(comment, message, Some(help));
                return None;
            } else {
                name = Some(part);
            }
        }
        Some((rule.id, name, end))
    }

    /// The declaration that a comment stands above, or on whose line it ends.
    fn beside(&self, comment: &Comment, next: usize, alone: bool) -> Option<usize> {
        let starts = |each: &Declared| each.span.start as usize;
        if alone {
            return self.declared.iter().position(|each| starts(each) == next);
        }
        let line = |offset: usize| self.lines.position(self.text, offset as u32).line;
        let here = line(comment.start);
        let mut last: Option<usize> = None;
        for (at, each) in self.declared.iter().enumerate() {
            let (start, end) = (starts(each), each.span.end as usize);
            if start > comment.start {
                break;
            }
            // of what is over by then, what began last and is in none of the others; else what is still open
            let over = end <= comment.start;
            let begins_here = line(start) == here;
            let ends_here = over && line(end.saturating_sub(1)) == here;
            if !begins_here && !ends_here {
                continue;
            }
            let inside = last.is_some_and(|last| {
                let outer = self.declared[last].span;
                outer.end as usize <= comment.start && end <= outer.end as usize
            });
            if !inside {
                last = Some(at);
            }
        }
        last
    }

    /// The full name of what is named: in the message or enum that the comment stands in or beside, else in the package.
    fn named(&self, comment: &Comment, beside: Option<usize>, name: &str) -> Name {
        if let Some(full) = name.strip_prefix('.') {
            return full.into();
        }
        let beside = beside
            .map(|at| &self.declared[at])
            .filter(|each| each.scope);
        let around = self.declared.iter().rev().find(|each| {
            let span = each.span;
            each.scope && (span.start as usize) < comment.start && comment.end <= span.end as usize
        });
        let scope = beside.or(around).map(|each| &each.name);
        match scope
            .unwrap_or(&self.schema.file(self.file).package)
            .as_str()
        {
            "" => name.into(),
            scope => format!("{scope}.{name}").into(),
        }
    }

    fn place(&self, comment: &Comment) -> (usize, usize) {
        let at = self.lines.position(self.text, comment.start as u32);
        (at.line as usize, at.column as usize)
    }

    fn error(&mut self, comment: &Comment, message: String, help: Option<String>) {
        let (line, column) = self.place(comment);
        self.errors.push(ConfigError {
            file: self.schema.file(self.file).path.to_string(),
            line,
            column,
            message,
            help,
        });
    }
}

/// How a waiver in a comment is written.
const HOW: &str = "write `// protoskew: allow(field-renamed) why`";

/// A comment, markers included.
struct Comment {
    start: usize,
    end: usize,
}

impl Comment {
    /// What it says on its first line, without markers.
    fn said(&self, text: &[u8]) -> String {
        let body = &text[self.start..self.end];
        let body = body.strip_suffix(b"*/").unwrap_or(body);
        let said = String::from_utf8_lossy(body);
        let said = said.trim_start_matches(['/', '*', ' ', '\t', '\r', '\n']);
        said.lines().next().unwrap_or_default().trim().to_owned()
    }
}

/// The comments between two tokens.
fn comments(text: &[u8], from: usize, to: usize) -> Vec<Comment> {
    let mut found = Vec::new();
    let mut at = from;
    while at < to {
        let rest = &text[at..to];
        let length = if rest.starts_with(b"//") {
            rest.iter()
                .position(|&byte| byte == b'\n')
                .unwrap_or(rest.len())
        } else if rest.starts_with(b"/*") {
            let end = memchr::memmem::find(&rest[2..], b"*/");
            end.map_or(rest.len(), |end| end + 4)
        } else {
            at += 1;
            continue;
        };
        found.push(Comment {
            start: at,
            end: at + length,
        });
        at += length;
    }
    found
}
