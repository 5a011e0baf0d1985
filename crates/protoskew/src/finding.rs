//! A finding: one fact that a rule reports. It has no level and knows no policy.

use std::sync::Arc;

use protoskew_compare::{Impact, JsonImpact, Reused};
use protoskew_schema::{Name, Places, Span};

use crate::breach::Fenced;

/// Where a schema came from, as a person names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// `worktree`, `index`, `1.3.2`, `HEAD~1`, or a folder's path.
    pub label: Name,
    /// The commit, abbreviated, where there is one.
    pub commit: Option<Name>,
    /// The commit's date (`2018-03-14`), where there is one.
    pub date: Option<Name>,
}

/// A place in one side's source.
#[derive(Clone, Debug)]
pub struct Site {
    /// Which side.
    pub origin: Arc<Origin>,
    /// Path of the file in it.
    pub path: Name,
    /// The file's text; of no use where a descriptor tells the places.
    pub text: Arc<[u8]>,
    /// What the span is an offset of.
    pub places: Places,
    /// What is pointed at.
    pub span: Span,
    /// What is there, in a few words (`number 3 now`).
    pub label: String,
}

/// One fact that a rule reports about an element, between one older and one newer schema.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The rule's id.
    pub rule: &'static str,
    /// Full name of the element.
    pub element: Name,
    /// What the finding is about, beside rule and element, so that the three name it for ever (`3 → 4`); no lines, no commits.
    pub about: String,
    /// The fact in one sentence, without a full stop.
    pub fact: String,
    /// The place on the newer side.
    pub new: Option<Site>,
    /// The place on the older side.
    pub old: Option<Site>,
    /// What becomes of values and calls, before any policy says who meets whom.
    pub impact: Impact,
    /// What becomes of them in JSON, where that was asked.
    pub json: Option<Arc<JsonImpact>>,
    /// Where the history knows a number to have been used again: which.
    pub reused: Option<Arc<Reused>>,
    /// What is to be reserved in the message or enum of the newer place.
    pub reserve: Option<Fenced>,
    /// A documented exception: shown as a note, whatever the rule's level.
    pub exception: bool,
    /// What to do instead.
    pub help: String,
}

impl Finding {
    /// The stable id by which waivers, SARIF and arguments name it: `rule:element:hash-of-about`.
    pub fn id(&self) -> String {
        format!("{}:{}:{:08x}", self.rule, self.element, fnv1a(&self.about))
    }
}

/// Findings that those who judge them and those who tell of them hold in common.
pub(crate) fn shared(findings: Vec<Finding>) -> Vec<Arc<Finding>> {
    findings.into_iter().map(Arc::new).collect()
}

/// FNV-1a, 32 bits: small, fixed for ever, and not dependent on a library's version.
fn fnv1a(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
