//! A page's Markdown, taken apart: title, summary, sections, and the blocks that run.

use std::ops::Range;

/// A page.
#[derive(Debug, Default)]
pub(super) struct Page<'a> {
    pub(super) title: &'a str,
    pub(super) summary: &'a str,
    pub(super) sections: Vec<Section<'a>>,
    /// What could not be taken apart.
    pub(super) problems: Vec<Problem>,
}

/// A `## ` heading and what stands below it.
#[derive(Debug)]
pub(super) struct Section<'a> {
    pub(super) title: &'a str,
    pub(super) line: usize,
    /// Letters of prose, blocks aside.
    pub(super) prose: usize,
    pub(super) examples: Vec<Example<'a>>,
}

/// Two releases, or a history of commits, and what the rules report.
#[derive(Debug, Default)]
pub(super) struct Example<'a> {
    pub(super) line: usize,
    /// The `protoskew.toml` under which the two releases meet; empty where none is given.
    pub(super) configuration: &'a str,
    pub(super) before: &'a str,
    pub(super) after: &'a str,
    /// The states that a history went through; empty where two releases are compared.
    pub(super) commits: Vec<&'a str>,
    /// The releases of a series, by name, the last of which is judged; empty where two are compared.
    pub(super) releases: Vec<(&'a str, &'a str)>,
    pub(super) findings: &'a str,
    /// Where the findings stand in the page.
    pub(super) findings_at: Range<usize>,
}

/// What is wrong with a page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Problem {
    pub(super) line: usize,
    pub(super) what: String,
}

/// The blocks of an example, in order. Instead of the first two there may be several of `proto commit`.
const BLOCKS: [&str; 3] = ["proto before", "proto after", "findings"];
/// What may stand before two releases.
const CONFIGURATION: &str = "toml configuration";
/// One state of a history.
const COMMIT: &str = "proto commit";
/// One release of a series, with its name behind.
const RELEASE: &str = "proto release ";

impl<'a> Page<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        let mut page = Page::default();
        let mut example = Example::default();
        // how many blocks of the example are read
        let mut read = 0;
        // the open block's kind, the line of its fence, and where its text starts
        let mut open: Option<(&str, usize, usize)> = None;
        let mut offset = 0;
        for (index, raw) in text.split_inclusive('\n').enumerate() {
            let (start, number) = (offset, index + 1);
            offset += raw.len();
            let line = raw.trim_end_matches('\n');
            if let Some((kind, at, from)) = open {
                if line == "```" {
                    open = None;
                    let body = &text[from..start];
                    if kind == COMMIT && read == 0 {
                        if example.commits.is_empty() {
                            example.line = at;
                        }
                        example.commits.push(body);
                        continue;
                    }
                    if let Some(release) = kind.strip_prefix(RELEASE)
                        && read == 0
                        && example.commits.is_empty()
                    {
                        if example.releases.is_empty() {
                            example.line = at;
                        }
                        example.releases.push((release, body));
                        continue;
                    }
                    if kind == CONFIGURATION && read == 0 && example.commits.is_empty() {
                        example.configuration = body;
                        continue;
                    }
                    let several = !example.commits.is_empty() || !example.releases.is_empty();
                    if kind == "findings" && several {
                        read = BLOCKS.len() - 1;
                    }
                    if BLOCKS.get(read) != Some(&kind) {
                        page.problem(
                            at,
                            format!("a block `{kind}` where `{}` is due", BLOCKS[read]),
                        );
                        continue;
                    }
                    match read {
                        0 => (example.before, example.line) = (body, at),
                        1 => example.after = body,
                        _ => (example.findings, example.findings_at) = (body, from..start),
                    }
                    read += 1;
                    if read == BLOCKS.len() {
                        read = 0;
                        let whole = std::mem::take(&mut example);
                        match page.sections.last_mut() {
                            Some(section) => section.examples.push(whole),
                            None => page.problem(at, "an example before the first section"),
                        }
                    }
                }
            } else if let Some(kind) = line.strip_prefix("```") {
                open = Some((kind, number, offset));
            } else if let Some(title) = line.strip_prefix("## ") {
                if read != 0 {
                    page.problem(number, format!("`{}` is due before this", BLOCKS[read]));
                    read = 0;
                }
                page.sections.push(Section {
                    title,
                    line: number,
                    prose: 0,
                    examples: Vec::new(),
                });
            } else if let Some(title) = line.strip_prefix("# ") {
                page.title = title;
            } else if let Some(section) = page.sections.last_mut() {
                section.prose += line.chars().filter(|each| each.is_alphabetic()).count();
            } else if page.summary.is_empty() {
                page.summary = line;
            } else if !line.is_empty() {
                page.problem(number, "text between the summary and the first section");
            }
        }
        if let Some((kind, at, _)) = open {
            page.problem(at, format!("the block `{kind}` has no end"));
        } else if read != 0 {
            page.problem(
                text.lines().count(),
                format!("`{}` is due at the end", BLOCKS[read]),
            );
        }
        page
    }

    fn problem(&mut self, line: usize, what: impl Into<String>) {
        self.problems.push(Problem {
            line,
            what: what.into(),
        });
    }
}
