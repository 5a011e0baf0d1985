//! The lines of a check: `check`, `finding`, `summary`.

use std::collections::BTreeMap;
use std::io;

use protoskew_compare::{ByRuntime, Runtime};
use protoskew_schema::Name;
use schemars::JsonSchema;
use serde::Serialize;

use super::super::lines::Files;
use super::values::{self, said};
use super::witness::{JsonShown, Witness};
use super::{Header, Line, write_line};
use crate::finding::Site;
use crate::verdict::{Judged, Level, MeetingGroup, Verdict};
use crate::waivers::Waiver;
use protoskew_compare::Impact;

/// Writes a verdict: `check`, every `finding` (known ones too), `summary`.
pub fn write(out: &mut dyn io::Write, verdict: &Verdict) -> io::Result<()> {
    write_line(out, &Line::Check(Check::of(verdict)))?;
    let mut files = Files::default();
    let shown = verdict
        .findings
        .iter()
        .filter(|judged| judged.level > Level::Off);
    for judged in shown {
        write_line(
            out,
            &Line::Finding(Box::new(Finding::of(judged, &mut files))),
        )?;
    }
    write_line(out, &Line::Summary(Summary::of(verdict)))
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Check<'a> {
    #[serde(flatten)]
    header: Header,
    /// What was judged, as a person names it.
    subject: &'a str,
    /// What it was judged against, in one phrase.
    bases: &'a str,
    /// Where "new" starts, in one phrase.
    baseline: &'a str,
    /// How much was judged.
    counts: Counts,
}

impl<'a> Check<'a> {
    fn of(verdict: &'a Verdict) -> Self {
        let counts = &verdict.counts;
        Self {
            header: Header::new(),
            subject: &verdict.subject,
            bases: &verdict.bases,
            baseline: &verdict.baseline,
            counts: Counts {
                files: counts.files,
                messages: counts.messages,
                enums: counts.enums,
                services: counts.services,
                releases: counts.releases,
            },
        }
    }
}

/// How much was judged.
#[derive(Serialize, JsonSchema)]
struct Counts {
    /// Judged files.
    files: usize,
    /// Judged messages.
    messages: usize,
    /// Judged enums.
    enums: usize,
    /// Judged services.
    services: usize,
    /// Releases that may be met.
    releases: usize,
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Finding<'a> {
    /// The stable id (rule, element, and a hash of `about`), the same in every commit: for waivers.
    id: String,
    /// The rule that reports it.
    rule: &'static str,
    /// How loud it is: `deny` fails the check.
    #[schemars(extend("enum" = values::levels()))]
    level: &'static str,
    /// True at the baseline already: it does not fail the check.
    known: bool,
    /// The waiver that lets it through: it does not fail the check.
    waived: Option<Waived<'a>>,
    /// A waiver that let it through until it ended.
    expired: Option<Waived<'a>>,
    /// Full name of the element.
    element: &'a str,
    /// What the finding is about, beside rule and element: part of its identity.
    about: &'a str,
    /// The fact in one sentence, without a full stop.
    fact: &'a str,
    /// The place on the newer side.
    new: Option<Place<'a>>,
    /// The place on the older side.
    old: Option<Place<'a>>,
    /// The worst outcome of any meeting, where there is one.
    #[schemars(extend("enum" = values::outcomes_or_null()))]
    outcome: Option<&'static str>,
    /// What becomes of values by direction, whoever meets whom; null where no value is concerned.
    outcomes: Option<Outcomes>,
    /// What becomes of the call by direction, whoever meets whom; null where no call is concerned.
    calls: Option<Calls<'a>>,
    /// What shows it in JSON, where a link or store speaks it and it breaks there.
    json: Option<JsonShown<'a>>,
    /// What shows it: messages and calls, the worst meeting of each kind first. At rest there may be one for each of time's arrows.
    witnesses: Vec<Witness<'a>>,
    /// The meetings concerned.
    meetings: Vec<Meetings<'a>>,
    /// The runtimes of the reader that suffer it, where only some do and the reader's is not known.
    #[schemars(extend("items" = serde_json::json!({"type": "string", "enum": values::runtimes()})))]
    only_in: Vec<&'static str>,
    /// Who must be upgraded first, or that no order helps.
    order: Option<&'a str>,
    /// What to do instead.
    help: Option<&'a str>,
    /// What `protoskew fix` would write for it: of a member what its number and its name need, of a range or name that was reserved that alone.
    fix: Option<Fix<'a>>,
}

impl<'a> Finding<'a> {
    pub(super) fn of(judged: &'a Judged, files: &mut Files) -> Self {
        let finding = &judged.finding;
        let (outcomes, calls) = effects(&finding.impact);
        Self {
            id: finding.id(),
            rule: finding.rule,
            level: judged.level.word(),
            known: judged.known,
            waived: judged.waived.as_deref().map(Waived::of),
            expired: judged.expired.as_deref().map(Waived::of),
            element: &finding.element,
            about: &finding.about,
            fact: &finding.fact,
            new: finding.new.as_ref().map(|site| Place::of(site, files)),
            old: finding.old.as_ref().map(|site| Place::of(site, files)),
            outcome: judged.outcome.map(|outcome| outcome.word()),
            outcomes,
            calls,
            meetings: judged.meetings.iter().map(Meetings::of).collect(),
            json: judged.witnesses.all().iter().find_map(JsonShown::of),
            witnesses: judged.witnesses.all().iter().map(Witness::of).collect(),
            only_in: judged
                .only_in
                .iter()
                .map(|runtime| runtime.word())
                .collect(),
            order: said(&judged.order),
            help: said(&finding.help),
            fix: judged.fix.as_ref().map(|insertion| Fix {
                path: &insertion.path,
                line: insertion.line,
                offset: insertion.at,
                insert: &insertion.text,
            }),
        }
    }
}

/// A place in a file of one side. Lines and columns count from 1, columns in characters; what is no UTF-8 counts as the U+FFFD that would replace it.
/// From a descriptor set they are as its compiler counted them, and null where it has no source info.
#[derive(Serialize, JsonSchema)]
struct Place<'a> {
    /// The side: `worktree`, `index`, a release, a revision or a folder.
    origin: &'a str,
    /// What is there, in a few words; may be empty.
    label: &'a str,
    /// The commit, abbreviated, where there is one.
    commit: Option<&'a str>,
    /// The commit's date (`2018-03-14`), where there is one.
    date: Option<&'a str>,
    /// The file.
    path: &'a str,
    /// Line of the first character.
    line: Option<usize>,
    /// Column of the first character.
    column: Option<usize>,
    /// Line of the end.
    end_line: Option<usize>,
    /// Column behind the last character.
    end_column: Option<usize>,
}

impl<'a> Place<'a> {
    fn of(site: &'a Site, files: &mut Files) -> Self {
        let place = files.place(site);
        Self {
            origin: &site.origin.label,
            label: &site.label,
            commit: site.origin.commit.as_deref(),
            date: site.origin.date.as_deref(),
            path: &site.path,
            line: place.map(|place| place.line),
            column: place.map(|place| place.column),
            end_line: place.map(|place| place.end_line),
            end_column: place.map(|place| place.end_column),
        }
    }
}

/// What becomes of values, by direction.
#[derive(Serialize, JsonSchema)]
struct Outcomes {
    /// The older side writes, the newer side reads.
    old_to_new: Reading,
    /// The newer side writes, the older side reads.
    new_to_old: Reading,
}

/// What becomes of a value in its reader, by the reader's protobuf runtime.
#[derive(Serialize, JsonSchema)]
struct Reading {
    /// What every runtime suffers at the least.
    #[schemars(extend("enum" = values::value_outcomes()))]
    least: &'static str,
    /// What the unluckiest runtime suffers.
    #[schemars(extend("enum" = values::value_outcomes()))]
    worst: &'static str,
    /// The outcome in each runtime; null where all suffer the same.
    by_runtime: Option<BTreeMap<&'static str, &'static str>>,
}

impl Reading {
    fn of(outcomes: &ByRuntime) -> Self {
        let (least, worst) = (outcomes.least(), outcomes.worst());
        let by_runtime = (least != worst).then(|| {
            let each = Runtime::ALL.map(|runtime| (runtime.word(), outcomes.get(runtime).word()));
            BTreeMap::from(each)
        });
        Self {
            least: least.word(),
            worst: worst.word(),
            by_runtime,
        }
    }
}

/// What becomes of a call, by direction.
#[derive(Serialize, JsonSchema)]
struct Calls<'a> {
    /// An older client calls a newer server.
    #[schemars(extend("enum" = values::call_outcomes()))]
    old_client: &'static str,
    /// A newer client calls an older server.
    #[schemars(extend("enum" = values::call_outcomes()))]
    new_client: &'static str,
    /// The service of the method.
    service: &'a str,
}

fn effects(impact: &Impact) -> (Option<Outcomes>, Option<Calls<'_>>) {
    match impact {
        Impact::None => (None, None),
        Impact::Values { outcomes, .. } => {
            let outcomes = Outcomes {
                old_to_new: Reading::of(&outcomes.old_to_new),
                new_to_old: Reading::of(&outcomes.new_to_old),
            };
            (Some(outcomes), None)
        }
        Impact::Call {
            old_client,
            new_client,
            service,
        } => {
            let calls = Calls {
                old_client: old_client.word(),
                new_client: new_client.word(),
                service,
            };
            (None, Some(calls))
        }
    }
}

/// Text to insert in a file of what is judged.
#[derive(Serialize, JsonSchema)]
struct Fix<'a> {
    /// The file.
    path: &'a str,
    /// Line of the place, from 1.
    line: usize,
    /// Offset of the byte before which it goes.
    offset: usize,
    /// What is inserted.
    insert: &'a str,
}

/// A waiver, from `protoskew.waivers.toml` or from a comment.
#[derive(Serialize, JsonSchema)]
struct Waived<'a> {
    /// The file that holds it.
    path: &'a str,
    /// Its line.
    line: usize,
    /// Why.
    reason: &'a str,
    /// Who approved it; null in a comment, of whose author git knows.
    approver: Option<&'a str>,
    /// Its end: the last day on which it holds (`2027-01-31`), or the first release for which it does not (`1.8`).
    until: Option<String>,
}

impl<'a> Waived<'a> {
    fn of(waiver: &'a Waiver) -> Self {
        Self {
            path: &waiver.file,
            line: waiver.line,
            reason: &waiver.reason,
            approver: waiver.approver.as_deref(),
            until: waiver.until.map(|until| until.to_string()),
        }
    }
}

/// Meetings with the same roles and the same outcome.
#[derive(Serialize, JsonSchema)]
struct Meetings<'a> {
    /// The message is written as JSON, not in binary.
    json: bool,
    /// This is a store: the client wrote the messages, and the server reads them.
    at_rest: bool,
    /// The client and its releases.
    client: &'a str,
    /// The server and its releases.
    server: &'a str,
    /// What is hurt: `stored` is a message at rest.
    #[schemars(extend("enum" = ["request", "response", "call", "stored"]))]
    direction: &'static str,
    /// The outcome in these meetings.
    #[schemars(extend("enum" = values::outcomes()))]
    outcome: &'static str,
    /// The releases on the older side, oldest first.
    #[schemars(with = "Vec<String>")]
    releases: Vec<&'a str>,
}

impl<'a> Meetings<'a> {
    fn of(group: &'a MeetingGroup) -> Self {
        Self {
            json: group.json,
            at_rest: group.at_rest,
            client: &group.client,
            server: &group.server,
            direction: group.direction,
            outcome: group.outcome.word(),
            releases: group.releases.iter().map(Name::as_str).collect(),
        }
    }
}

#[derive(Serialize, JsonSchema)]
pub(super) struct Summary<'a> {
    /// True if no new finding is at `deny` and the answer is complete.
    may_ship: bool,
    /// False if something needed for the whole answer was missing.
    complete: bool,
    /// New findings by level.
    new: ByLevel,
    /// Findings that were true at the baseline already, by level.
    known: ByLevel,
    /// Findings that are waived, by level.
    waived: ByLevel,
    /// What to know about waivers (those that nothing needs, those that are patterns), one sentence each.
    waivers: &'a [String],
    /// Why the answer is not complete, one sentence each.
    missing: &'a [String],
    /// What to know about the answer itself (what was left out), one sentence each.
    notes: &'a [String],
    /// What to do next, one sentence each.
    advice: &'a [String],
}

/// Numbers of findings by level.
#[derive(Serialize, JsonSchema)]
struct ByLevel {
    /// They fail the check.
    deny: usize,
    /// Shown; `--deny-warnings` makes them fail.
    warn: usize,
    /// Shown.
    note: usize,
}

impl<'a> Summary<'a> {
    fn of(verdict: &'a Verdict) -> Self {
        let complete = verdict.incomplete.is_empty();
        let by_level = |of: fn(&Judged) -> bool| {
            let count = |level| {
                let findings = verdict.findings.iter();
                findings
                    .filter(|judged| of(judged) && judged.level == level)
                    .count()
            };
            ByLevel {
                deny: count(Level::Deny),
                warn: count(Level::Warn),
                note: count(Level::Note),
            }
        };
        Self {
            may_ship: complete && !verdict.denies(),
            complete,
            new: by_level(Judged::is_new),
            known: by_level(|judged| judged.known),
            waived: by_level(|judged| judged.waived.is_some()),
            waivers: &verdict.waivers,
            missing: &verdict.incomplete,
            notes: &verdict.notes,
            advice: &verdict.advice,
        }
    }
}
