//! The verdict: findings after policy. What every report renders.

use std::sync::Arc;

use protoskew_compare::{CallOutcome, Indexed, Outcome, Runtime};
use protoskew_schema::Name;

use crate::config::nearest_name;
use crate::error::Error;
use crate::finding::Finding;
use crate::fix::Insertion;
use crate::releases::tag::Version;
use crate::waivers::Waiver;
use crate::witness::Witnesses;

/// How loud a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Not shown.
    Off,
    /// Shown.
    Note,
    /// Shown; fails with `--deny-warnings`.
    Warn,
    /// Fails the check.
    Deny,
}

impl Level {
    /// The word used in configuration and reports.
    pub const fn word(self) -> &'static str {
        match self {
            Level::Off => "off",
            Level::Note => "note",
            Level::Warn => "warn",
            Level::Deny => "deny",
        }
    }
}

/// The answer to a check.
#[derive(Clone, Debug, Default)]
pub struct Verdict {
    /// What was judged, as a person names it: `worktree (1.4, after 1.3.2)`.
    pub subject: String,
    /// The folder that the newer side's paths start from, with a slash behind it; empty where that is the repository's root.
    pub folder: String,
    /// What it was judged against, in one phrase: `12 releases, 1.0.0 to 1.3.2, of which 5 have a schema of their own`.
    pub bases: String,
    /// Where "new" starts, in one phrase: `release 1.3.2 (abc1234)`.
    pub baseline: String,
    /// How many files, messages, enums and services were judged.
    pub counts: Counts,
    /// All findings: new ones first, then by level (loudest first), rule, element, about.
    pub findings: Vec<Judged>,
    /// What a person should know about the answer itself (what was left out, what did not parse in an old release), one sentence each.
    pub notes: Vec<String>,
    /// What there is to say of waivers (those that nothing needs, those that are patterns), one sentence each.
    pub waivers: Vec<String>,
    /// What was judged, read.
    pub judged: Option<Arc<Indexed>>,
    /// The release that is judged, where that is known.
    pub version: Option<Version>,
    /// What to do next: who must be upgraded first, which release may send what is new.
    pub advice: Vec<String>,
    /// Why the answer is not whole (a shallow history), one sentence each; while there is one, nobody is told that they may ship.
    pub incomplete: Vec<String>,
}

impl Verdict {
    /// True if a new finding fails the check.
    pub fn denies(&self) -> bool {
        self.count(Level::Deny) > 0
    }

    /// How many new findings have this level.
    pub fn count(&self, level: Level) -> usize {
        let new = self.findings.iter().filter(|judged| judged.is_new());
        new.filter(|judged| judged.level == level).count()
    }

    /// How many findings, shown at all, were true at the baseline already.
    pub fn known(&self) -> usize {
        let known = self.findings.iter().filter(|judged| judged.known);
        known.filter(|judged| judged.level > Level::Off).count()
    }

    /// How many findings are waived.
    pub fn waived(&self) -> usize {
        let findings = self.findings.iter();
        findings.filter(|judged| judged.waived.is_some()).count()
    }

    /// The one finding that is meant: by its id, by rule and element, or by what its id alone begins with.
    pub fn find(&self, text: &str) -> Result<&Judged, Error> {
        let with_ids = self
            .findings
            .iter()
            .map(|judged| (judged.finding.id(), judged));
        let ids: Vec<(String, &Judged)> = with_ids.collect();
        let without_hash = |id: &str| id.rsplit_once(':').is_some_and(|(rest, _)| rest == text);
        let ways: [&dyn Fn(&str) -> bool; 3] =
            [&|id| id == text, &without_hash, &|id| id.starts_with(text)];
        for meant in ways {
            let found: Vec<&(String, &Judged)> = ids.iter().filter(|(id, _)| meant(id)).collect();
            match found.as_slice() {
                [] => {}
                [(_, judged)] => return Ok(judged),
                several => {
                    const NAMED: usize = 10;
                    let named = several.iter().take(NAMED).map(|(id, _)| id.as_str());
                    let named: Vec<&str> = named.collect();
                    let more = several.len().saturating_sub(NAMED);
                    let more = if more > 0 {
                        format!(", and {more} more")
                    } else {
                        String::new()
                    };
                    let message = format!("`{text}` may be any of {} findings", several.len());
                    return Err(Error::usage(message)
                        .hint(format!("name one of {}{more}", named.join(", "))));
                }
            }
        }
        // who mistypes the hash means the same rule and element
        let without = text.rsplit_once(':').map_or(text, |(rest, _)| rest);
        let same = ids
            .iter()
            .find(|(id, _)| id.starts_with(&format!("{without}:")));
        let known: Vec<&str> = ids.iter().map(|(id, _)| id.as_str()).collect();
        let nearest = same
            .map(|(id, _)| id.as_str())
            .or(nearest_name(text, &known));
        let hint = match nearest {
            Some(id) => format!("did you mean `{id}`?"),
            None => "protoskew check shows each finding with its id".to_owned(),
        };
        Err(Error::usage(format!("no finding is called `{text}`")).hint(hint))
    }
}

/// What was judged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Judged files.
    pub files: usize,
    /// Judged messages.
    pub messages: usize,
    /// Judged enums.
    pub enums: usize,
    /// Judged services.
    pub services: usize,
    /// Releases met.
    pub releases: usize,
}

/// A finding with everything that policy knows of it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The fact, which the base that it was found against has too.
    pub finding: Arc<Finding>,
    /// How loud.
    pub level: Level,
    /// True at the baseline already: counted, not failing.
    pub known: bool,
    /// The waiver that lets it through: counted, not failing. What is known needs none.
    pub waived: Option<Box<Waiver>>,
    /// A waiver that let it through until it ended.
    pub expired: Option<Box<Waiver>>,
    /// What `protoskew fix` would write of all that is not reserved of this element.
    pub fix: Option<Insertion>,
    /// The worst of it, where it has an outcome.
    pub outcome: Option<WorstOutcome>,
    /// The runtimes of the reader that suffer it, where only some do and the reader's is not known.
    pub only_in: Vec<Runtime>,
    /// What shows it, made when it is asked for.
    pub witnesses: Witnesses,
    /// The meetings concerned, grouped by role and direction.
    pub meetings: Vec<MeetingGroup>,
    /// Who must be upgraded first, where an order helps or none does; empty for what is not broken.
    pub order: String,
}

impl Judged {
    /// Whether it counts: it is new, and nobody waived it.
    pub fn is_new(&self) -> bool {
        !self.known && self.waived.is_none()
    }
}

/// The worst outcome of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorstOutcome {
    /// Of a value.
    Value(Outcome),
    /// Of a call.
    Call(CallOutcome),
}

impl WorstOutcome {
    /// The word used for it everywhere.
    pub const fn word(self) -> &'static str {
        match self {
            WorstOutcome::Value(outcome) => outcome.word(),
            WorstOutcome::Call(outcome) => outcome.word(),
        }
    }

    /// True where a meeting with such an outcome is broken.
    pub const fn breaks(self) -> bool {
        match self {
            WorstOutcome::Value(outcome) => outcome.breaks(),
            WorstOutcome::Call(outcome) => outcome.breaks(),
        }
    }

    /// Orders outcomes of both kinds for reports, the greatest first to be read: what breaks, calls before values, then the worst.
    pub const fn rank(self) -> (bool, bool, u8) {
        match self {
            WorstOutcome::Value(outcome) => (outcome.breaks(), false, outcome as u8),
            WorstOutcome::Call(outcome) => (outcome.breaks(), true, outcome as u8),
        }
    }
}

/// Meetings with the same roles and the same outcome.
#[derive(Clone, Debug)]
pub struct MeetingGroup {
    /// The client: `client 1.1.0, 1.2.0` or `runtime worktree`.
    pub client: String,
    /// The server.
    pub server: String,
    /// Which message direction is hurt: `request`, `response`, `call`, or `stored`.
    pub direction: &'static str,
    /// Whether this is a store, with the writer as the client and the reader as the server.
    pub at_rest: bool,
    /// Whether the message is written as JSON.
    pub json: bool,
    /// Whether what is judged is the client here.
    pub subject_is_client: bool,
    /// Whether what is judged writes the message or makes the call.
    pub subject_acts: bool,
    /// The outcome in these meetings.
    pub outcome: WorstOutcome,
    /// The releases on the older side, oldest first.
    pub releases: Vec<Name>,
}

impl MeetingGroup {
    /// Whether the client writes the message or makes the call; of what no service reaches either may be the writer.
    pub fn client_acts(&self) -> bool {
        self.subject_acts == self.subject_is_client
    }
}
