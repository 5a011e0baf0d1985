//! SARIF 2.1.0: findings for code scanning, with every rule's page as its help.
//!
//! Only what is new is told, unless what is known or waived is asked for: then it is marked as suppressed, with why. Readers that show
//! suppressed results as if they were not (GitHub's) are not asked to. Columns count code units of UTF-16, which is also what readers
//! assume that do not look for `columnKind`.

mod fixes;

use std::collections::BTreeMap;
use std::io;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use protoskew_schema::Places;
use serde::Serialize;

use super::lines::{Files, Unit};
use super::screen::{Screen, printable};
use super::{chosen, details, explain, markdown, places, summary};
use crate::finding::Site;
use crate::rules::{self, Rule};
use crate::verdict::{Judged, Level, Verdict};
use crate::waivers::{self, Waiver};

/// Where the paths of the repository start.
const ROOT: &str = "SRCROOT";
/// Where the paths of a folder or descriptor set start that is judged against.
const AGAINST: &str = "AGAINST";

/// What to tell beside what is new.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Also what was true at the baseline already.
    pub known: bool,
    /// Also what is waived.
    pub waived: bool,
}

/// Writes one run.
pub fn write(out: &mut dyn io::Write, verdict: &Verdict, options: Options) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Log::of(verdict, options))?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

impl<'a> Log<'a> {
    fn of(verdict: &'a Verdict, options: Options) -> Self {
        Self {
            schema: "https://json.schemastore.org/sarif-2.1.0.json",
            version: "2.1.0",
            runs: [Run::of(verdict, options)],
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    original_uri_base_ids: BTreeMap<&'static str, Base>,
    results: Vec<Result<'a>>,
    properties: RunProperties<'a>,
}

#[derive(Serialize)]
struct Base {
    description: Message,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RunProperties<'a> {
    subject: &'a str,
    against: &'a str,
    baseline: &'a str,
    answer: String,
    advice: &'a [String],
}

impl<'a> Run<'a> {
    fn of(verdict: &'a Verdict, options: Options) -> Self {
        let mut files = Files::default();
        let waived = chosen::waived(verdict).filter(|_| options.waived);
        let results: Vec<Result<'a>> = chosen::shown(verdict, options.known)
            .chain(waived)
            .map(|judged| Result::of(verdict, judged, &mut files))
            .collect();
        let mut bases = BTreeMap::from([(ROOT, "the root of the repository")]);
        let related = results.iter().flat_map(|result| &result.related_locations);
        let against = |location: &Location| {
            let of = &location.physical_location;
            of.as_ref()
                .is_some_and(|of| of.artifact_location.uri_base_id == AGAINST)
        };
        if related.into_iter().any(against) {
            bases.insert(
                AGAINST,
                "the folder or descriptor set that is judged against",
            );
        }
        let answer = summary::answer(verdict);
        Self {
            tool: Tool::new(),
            invocations: [Invocation::of(verdict)],
            column_kind: "utf16CodeUnits",
            original_uri_base_ids: bases
                .into_iter()
                .map(|(id, what)| {
                    (
                        id,
                        Base {
                            description: Message::text(what),
                        },
                    )
                })
                .collect(),
            results,
            properties: RunProperties {
                subject: &verdict.subject,
                against: &verdict.bases,
                baseline: &verdict.baseline,
                answer: format!("{}: {}", answer.verb, answer.why),
                advice: &verdict.advice,
            },
        }
    }
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    full_name: String,
    version: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Descriptor>,
}

impl Tool {
    fn new() -> Self {
        let version = env!("CARGO_PKG_VERSION");
        Self {
            driver: Driver {
                name: "protoskew",
                full_name: format!("protoskew {version}"),
                version,
                semantic_version: version,
                information_uri: env!("CARGO_PKG_REPOSITORY"),
                rules: rules::ALL.iter().map(Descriptor::of).collect(),
            },
        }
    }
}

/// A rule.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    name: String,
    short_description: Message,
    full_description: Message,
    help: Message,
    help_uri: String,
    default_configuration: Configuration,
    properties: RuleProperties,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct RuleProperties {
    tags: Vec<&'static str>,
    /// What GitHub shows as the severity of the rule.
    #[serde(rename = "problem.severity")]
    severity: &'static str,
    precision: &'static str,
    guideline: &'static str,
    lens: &'static str,
}

impl Descriptor {
    fn of(rule: &Rule) -> Self {
        let mut text = Vec::new();
        // a vector takes whatever is written to it
        let _ = explain::write(&mut text, rule.page, Screen::PLAIN);
        let level = rule.level.loudest();
        Self {
            id: rule.id,
            name: pascal(rule.id),
            short_description: Message::text(sentence(rule.summary)),
            full_description: Message::text(why(rule.page)),
            help: Message {
                text: String::from_utf8_lossy(&text).into_owned(),
                markdown: Some(rule.page.to_owned()),
            },
            help_uri: places::page(rule.id),
            default_configuration: Configuration { level: word(level) },
            properties: RuleProperties {
                tags: places::tags(rule),
                severity: match level {
                    Level::Deny => "error",
                    Level::Warn => "warning",
                    Level::Note | Level::Off => "recommendation",
                },
                precision: "very-high",
                guideline: rule.guideline,
                lens: rule.lens.word(),
            },
        }
    }
}

/// `FieldRenumbered`: SARIF wants a name that reads as an identifier.
fn pascal(id: &str) -> String {
    let words = id.split('-').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}

/// With a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    let text = first.unwrap_or_default() + letters.as_str();
    if text.ends_with('.') {
        text
    } else {
        text + "."
    }
}

/// The page's paragraph on why it breaks, in one line.
fn why(page: &str) -> String {
    let told = page.split("\n## ").nth(1).unwrap_or(page);
    let paragraph = told.split("\n\n").nth(1).unwrap_or(told);
    paragraph.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How the run ended, and what is to be known of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    exit_code: u8,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
}

impl Invocation {
    fn of(verdict: &Verdict) -> Self {
        let complete = verdict.incomplete.is_empty();
        let say = |level, texts: &[String]| -> Vec<Notification> {
            let say = |text: &String| Notification {
                level,
                message: Message::text(text),
            };
            texts.iter().map(say).collect()
        };
        let mut told = say("error", &verdict.incomplete);
        told.extend(say("note", &verdict.notes));
        Self {
            execution_successful: complete,
            exit_code: match (verdict.denies(), complete) {
                (true, _) => 1,
                (false, true) => 0,
                (false, false) => 2,
            },
            tool_execution_notifications: told,
        }
    }
}

#[derive(Serialize)]
struct Message {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<String>,
}

impl Message {
    fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            markdown: None,
        }
    }
}

/// A finding.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Result<'a> {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Message,
    locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: Fingerprints,
    baseline_state: &'static str,
    /// Empty, not absent, for what is not suppressed: then a reader knows that somebody looked.
    suppressions: Vec<Suppression>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<fixes::Fix>,
    properties: ResultProperties<'a>,
}

/// The finding's stable id: no lines and no commits are in it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fingerprints {
    #[serde(rename = "protoskewFinding/v1")]
    finding: String,
    /// The only one that GitHub looks at.
    primary_location_line_hash: String,
}

/// Why nobody need look at it now, or, where it was rejected, why somebody must again.
#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
}

impl Suppression {
    /// A waiver: in a comment of the source, or in a file of its own.
    fn waiver(waiver: &Waiver, status: &'static str, ended: bool) -> Self {
        let in_file = waiver.file == waivers::FILE_NAME;
        let by = waiver.approver.as_ref();
        let by = by.map_or(String::new(), |who| format!(", approved by {who}"));
        let until = match (waiver.until, ended) {
            (None, _) => String::new(),
            (Some(until), true) => format!(", over since {until}"),
            (Some(until), false) => format!(", until {until}"),
        };
        Self {
            kind: if in_file { "external" } else { "inSource" },
            status,
            justification: printable(&format!("{}{by}{until}", waiver.reason)),
            location: Some(Location::of_line(&waiver.file, waiver.line)),
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultProperties<'a> {
    element: &'a str,
    about: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'static str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    help: &'a str,
}

impl<'a> Result<'a> {
    fn of(verdict: &'a Verdict, judged: &'a Judged, files: &mut Files) -> Self {
        let finding = &judged.finding;
        let id = finding.id();
        let index = rules::ALL.binary_search_by(|rule| rule.id.cmp(finding.rule));
        let new = finding.new.as_ref().map(|site| {
            let path = places::path(verdict, site);
            Location::of(site, &path, ROOT, files).named(&finding.element)
        });
        let old = finding.old.as_ref().map(|site| {
            // a commit has the repository's paths, whatever else is judged against has its own
            let base = if site.origin.commit.is_some() {
                ROOT
            } else {
                AGAINST
            };
            Location::of(site, &site.path, base, files).before(site, files)
        });
        // a result without a place is shown by nobody: what is gone altogether is where it was
        let locations = new
            .or_else(|| {
                let site = finding.old.as_ref()?;
                let gone = Location::of(site, &site.path, ROOT, files);
                Some(gone.whole_file().named(&finding.element))
            })
            .unwrap_or_else(|| Location::nowhere().named(&finding.element));
        Self {
            rule_id: finding.rule,
            rule_index: index.ok(),
            level: word(judged.level),
            message: message(judged),
            locations: vec![locations],
            related_locations: old.into_iter().collect(),
            partial_fingerprints: Fingerprints {
                primary_location_line_hash: id.clone(),
                finding: id,
            },
            baseline_state: if judged.known { "unchanged" } else { "new" },
            suppressions: suppressions(verdict, judged),
            fixes: fixes::of(verdict, judged, files).into_iter().collect(),
            properties: ResultProperties {
                element: &finding.element,
                about: &finding.about,
                outcome: judged.outcome.map(|outcome| outcome.word()),
                help: &finding.help,
            },
        }
    }
}

fn suppressions(verdict: &Verdict, judged: &Judged) -> Vec<Suppression> {
    let known = judged.known.then(|| Suppression {
        kind: "external",
        status: "accepted",
        justification: format!("true at the baseline already: {}", verdict.baseline),
        location: None,
    });
    let waived = judged.waived.iter();
    let waived = waived.map(|waiver| Suppression::waiver(waiver, "accepted", false));
    let expired = judged.expired.iter();
    let expired = expired.map(|waiver| Suppression::waiver(waiver, "rejected", true));
    known.into_iter().chain(waived).chain(expired).collect()
}

/// The fact, where it was, and all that is told of it. The older place is a link to the related location.
fn message(judged: &Judged) -> Message {
    let finding = &judged.finding;
    let fact = printable(&finding.fact);
    let mut text = format!("{fact}.");
    let mut markdown = format!("{}.\n", markdown::prose(&fact));
    if let Some(site) = &finding.old {
        let before = places::before(site);
        // in the text of a link, brackets are marks
        let link = before
            .replace('\\', "\\\\")
            .replace('[', "\\[")
            .replace(']', "\\]");
        text.push_str(&format!("\nbefore: [{link}](1)"));
        markdown.push_str(&format!("\n- **before** [{}](1)", markdown::prose(&before)));
    }
    for (label, told) in details::all(judged) {
        text.push_str(&format!("\n{label}: {told}"));
        markdown.push_str(&format!("\n- **{label}** {}", markdown::prose(&told)));
    }
    Message {
        text,
        markdown: Some(markdown),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_location: Option<PhysicalLocation>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    fully_qualified_name: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<Region>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_region: Option<Region>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactLocation {
    uri: String,
    uri_base_id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    /// Behind the last character.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snippet: Option<Message>,
}

impl Location {
    fn of(site: &Site, path: &str, base: &'static str, files: &mut Files) -> Self {
        let place = files.place_in(site, Unit::Utf16);
        Self {
            id: None,
            message: None,
            physical_location: Some(PhysicalLocation {
                artifact_location: ArtifactLocation {
                    uri: uri(path),
                    uri_base_id: base,
                },
                region: place.map(|place| Region {
                    start_line: place.line,
                    start_column: Some(place.column),
                    end_line: Some(place.end_line),
                    end_column: Some(place.end_column),
                    snippet: None,
                }),
                context_region: None,
            }),
            logical_locations: Vec::new(),
        }
    }

    /// A line of a file of the repository.
    fn of_line(path: &str, line: usize) -> Self {
        Self {
            physical_location: Some(PhysicalLocation {
                artifact_location: ArtifactLocation {
                    uri: uri(path),
                    uri_base_id: ROOT,
                },
                region: Some(Region {
                    start_line: line,
                    start_column: None,
                    end_line: None,
                    end_column: None,
                    snippet: None,
                }),
                context_region: None,
            }),
            ..Self::nowhere()
        }
    }

    /// What is in no file.
    fn nowhere() -> Self {
        Self {
            id: None,
            message: None,
            physical_location: None,
            logical_locations: Vec::new(),
        }
    }

    fn named(mut self, element: &str) -> Self {
        self.logical_locations.push(LogicalLocation {
            fully_qualified_name: element.to_owned(),
        });
        self
    }

    /// As what was: with its line, which no file that is there now needs to hold.
    fn before(mut self, site: &Site, files: &mut Files) -> Self {
        self.id = Some(1);
        self.message = Some(Message::text(places::before(site)));
        if let Some(physical) = &mut self.physical_location
            && let Some(region) = &physical.region
            && site.places == Places::Text
        {
            let excerpt = files.lines(&site.text).excerpt(&[site.span]);
            physical.context_region = Some(Region {
                start_line: region.start_line,
                start_column: None,
                end_line: None,
                end_column: None,
                snippet: Some(Message::text(excerpt.text)),
            });
        }
        self
    }

    /// Without the lines of a text that is no longer there.
    fn whole_file(mut self) -> Self {
        if let Some(physical) = &mut self.physical_location {
            physical.region = None;
        }
        self
    }
}

const fn word(level: Level) -> &'static str {
    match level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Note => "note",
        Level::Off => "none",
    }
}

/// A path as a relative URI: everything but what needs no escape is escaped, also the colon of a first segment.
fn uri(path: &str) -> String {
    const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'/')
        .remove(b'-')
        .remove(b'_')
        .remove(b'.')
        .remove(b'~');
    utf8_percent_encode(path, ESCAPED).to_string()
}

#[cfg(test)]
mod tests;
