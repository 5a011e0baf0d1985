//! The facts in `wild/*.toml`: read, found sound, and held against an answer. `wild/README.md` documents the files.

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use protoskew_compare::{CallOutcome, Outcome};
use serde::Deserialize;

use super::answer::{Cells, Finding};
use super::by_rule;
use super::lives::{Life, Named};

/// The words for how loud a finding is.
const LEVELS: [&str; 4] = ["off", "note", "warn", "deny"];

/// The facts about one repository.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Repository {
    /// `owner/name`.
    #[serde(rename = "repository")]
    pub(crate) name: String,
    /// What a check between two commits says.
    #[serde(default, rename = "check")]
    pub(crate) checks: Vec<Check>,
    /// Which releases meet.
    #[serde(default, rename = "matrix")]
    pub(crate) matrices: Vec<Matrix>,
    /// When something was introduced, and when it may be enabled.
    #[serde(default, rename = "life")]
    pub(crate) lives: Vec<Life>,
    /// Since which release a program names something.
    #[serde(default)]
    pub(crate) named: Vec<Named>,
}

/// What a check of one commit against another says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    /// What it is checked against.
    pub(crate) old: String,
    /// What is in the worktree.
    pub(crate) new: String,
    /// Whether the whole history is asked, with the older commit as the baseline, instead of that commit alone.
    #[serde(default)]
    pub(crate) history: bool,
    /// What happened between them, in words of our own.
    pub(crate) why: String,
    /// Each of these is reported.
    #[serde(default)]
    reported: Vec<Selector>,
    /// None of these is reported.
    #[serde(default)]
    silent: Vec<Selector>,
}

/// Which releases meet under a configuration.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Matrix {
    /// What is in the worktree.
    pub(crate) at: String,
    /// The policy, in words of our own.
    pub(crate) why: String,
    /// The `protoskew.toml` in it.
    pub(crate) config: String,
    /// The releases on the client's side, in the order of the marks.
    pub(crate) clients: Vec<String>,
    /// The releases on the server's side.
    pub(crate) servers: Vec<Row>,
}

/// A server's release and the clients that it meets.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) release: String,
    /// `✓` or `×` for each client.
    pub(crate) meets: String,
}

/// The findings that a fact speaks of: those that fit everything given here.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Selector {
    rule: Option<AnyOf>,
    element: Option<AnyOf>,
    /// Inside this element.
    under: Option<String>,
    outcome: Option<String>,
    /// This outcome or a worse one.
    from: Option<String>,
    level: Option<String>,
    /// Exactly so often.
    times: Option<usize>,
}

/// One text, or several of which each will do.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum AnyOf {
    One(String),
    Several(Vec<String>),
}

/// One fact about a check.
#[derive(Clone, Copy)]
pub(crate) enum Expectation<'a> {
    /// Such a finding is there.
    Reported(&'a Selector),
    /// No such finding is there.
    Silent(&'a Selector),
}

/// Reads every file of the folder, in the order of their names.
pub(crate) fn load(folder: &Path) -> Result<Vec<Repository>> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .with_context(|| format!("{} cannot be read", folder.display()))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    files.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "toml")
    });
    files.sort();
    files
        .iter()
        .map(|path| {
            let text = fs::read_to_string(path)?;
            parse(&text).with_context(|| format!("in {}", path.display()))
        })
        .collect()
}

fn parse(text: &str) -> Result<Repository> {
    let repository: Repository = toml::from_str(text)?;
    for check in &repository.checks {
        check
            .is_sound()
            .with_context(|| format!("the check of {} against {}", check.new, check.old))?;
    }
    for matrix in &repository.matrices {
        matrix
            .is_sound()
            .with_context(|| format!("the matrix at {}", matrix.at))?;
    }
    for life in &repository.lives {
        life.is_sound()
            .with_context(|| format!("the life of {}", life.plan))?;
    }
    for named in &repository.named {
        named
            .is_sound()
            .with_context(|| format!("where {} is named", named.word))?;
    }
    ensure!(repository.count() > 0, "there is no fact in it");
    Ok(repository)
}

pub(super) fn is_commit(id: &str) -> Result<()> {
    ensure!(
        matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{id:?} is not a whole commit id"
    );
    Ok(())
}

impl Repository {
    /// How many facts there are.
    pub(crate) fn count(&self) -> usize {
        let checks = self.checks.iter().flat_map(Check::expectations).count();
        let rows = self.matrices.iter().flat_map(|matrix| &matrix.servers);
        checks + rows.count() + self.lives.len() + self.named.len()
    }
}

impl Check {
    /// The facts, those that are reported first.
    pub(crate) fn expectations(&self) -> impl Iterator<Item = Expectation<'_>> {
        let reported = self.reported.iter().map(Expectation::Reported);
        reported.chain(self.silent.iter().map(Expectation::Silent))
    }

    fn is_sound(&self) -> Result<()> {
        is_commit(&self.old)?;
        is_commit(&self.new)?;
        ensure!(!self.why.is_empty(), "it does not say why");
        ensure!(self.expectations().count() > 0, "it expects nothing");
        for selector in self.reported.iter().chain(&self.silent) {
            selector.is_sound()?;
        }
        for selector in &self.reported {
            ensure!(
                selector.rule.is_some() || selector.element.is_some(),
                "what is reported needs a rule or an element"
            );
        }
        for selector in &self.silent {
            ensure!(selector.times.is_none(), "what is silent has no `times`");
        }
        Ok(())
    }
}

impl Matrix {
    fn is_sound(&self) -> Result<()> {
        is_commit(&self.at)?;
        ensure!(!self.why.is_empty(), "it does not say why");
        ensure!(!self.servers.is_empty(), "it expects nothing");
        for row in &self.servers {
            ensure!(
                row.meets.chars().count() == self.clients.len()
                    && row.meets.chars().all(|mark| matches!(mark, '✓' | '×')),
                "server {} needs ✓ or × for each of {} clients",
                row.release,
                self.clients.len()
            );
        }
        Ok(())
    }
}

impl Row {
    /// Holds the row against the cells of an answer.
    pub(crate) fn prove(&self, clients: &[String], cells: &Cells) -> Result<(), String> {
        let mut seen = String::new();
        for client in clients {
            let pair = (client.clone(), self.release.clone());
            seen.push(match cells.get(&pair) {
                Some(true) => '✓',
                Some(false) => '×',
                None => '?',
            });
        }
        if seen == self.meets {
            Ok(())
        } else {
            Err(format!("the answer is {seen} (?: no such release)"))
        }
    }
}

impl Expectation<'_> {
    /// Holds the fact against the findings of an answer; the error is what was found instead.
    pub(crate) fn prove(self, findings: &[Finding]) -> Result<(), String> {
        let (Expectation::Reported(selector) | Expectation::Silent(selector)) = self;
        let fitting: Vec<&Finding> = findings
            .iter()
            .filter(|finding| selector.fits(finding))
            .collect();
        let as_expected = match (self, selector.times) {
            (Expectation::Silent(_), _) => fitting.is_empty(),
            (Expectation::Reported(_), Some(times)) => fitting.len() == times,
            (Expectation::Reported(_), None) => !fitting.is_empty(),
        };
        if as_expected {
            return Ok(());
        }
        let near: Vec<&Finding> = if fitting.is_empty() {
            findings
                .iter()
                .filter(|finding| selector.is_near(finding))
                .collect()
        } else {
            fitting
        };
        if near.is_empty() {
            return Err(by_rule(findings));
        }
        let near: Vec<_> = near.iter().map(|finding| finding.to_string()).collect();
        Err(format!("there is {}", near.join("; ")))
    }
}

impl Selector {
    fn is_sound(&self) -> Result<()> {
        for word in [&self.outcome, &self.from].into_iter().flatten() {
            rank(word)?;
        }
        if let Some(level) = &self.level {
            ensure!(LEVELS.contains(&level.as_str()), "{level:?} is not a level");
        }
        ensure!(
            self.outcome.is_none() || self.from.is_none(),
            "`outcome` and `from` exclude each other"
        );
        Ok(())
    }

    fn fits(&self, finding: &Finding) -> bool {
        AnyOf::allows(self.rule.as_ref(), &finding.rule)
            && AnyOf::allows(self.element.as_ref(), &finding.element)
            && self.under.as_ref().is_none_or(|above| {
                let inside = finding.element.strip_prefix(above.as_str());
                inside.is_some_and(|rest| rest.starts_with('.'))
            })
            && (self.outcome.is_none() || self.outcome == finding.outcome)
            && self.from.as_ref().is_none_or(|from| {
                let reached = finding.outcome.as_deref().map(rank);
                matches!((reached, rank(from)), (Some(Ok(reached)), Ok(from)) if reached >= from)
            })
            && self
                .level
                .as_ref()
                .is_none_or(|level| *level == finding.level)
    }

    /// What a reader of a failed fact wants to see: the same element, whatever is said of it.
    fn is_near(&self, finding: &Finding) -> bool {
        self.element.is_some() && AnyOf::allows(self.element.as_ref(), &finding.element)
    }
}

impl AnyOf {
    fn texts(&self) -> &[String] {
        match self {
            AnyOf::One(text) => std::slice::from_ref(text),
            AnyOf::Several(texts) => texts,
        }
    }

    fn allows(given: Option<&Self>, text: &str) -> bool {
        given.is_none_or(|given| given.texts().iter().any(|allowed| allowed == text))
    }
}

/// How bad an outcome is, of a value or of a call: those that break a meeting reach `lossy` at least.
fn rank(word: &str) -> Result<Outcome> {
    let value = Outcome::ALL.into_iter().find(|value| value.word() == word);
    let call = || match word {
        _ if word == CallOutcome::Served.word() => Some(Outcome::Same),
        // the dual of `absent`, which ranks with `blind`
        _ if word == CallOutcome::NewCall.word() => Some(Outcome::Absent),
        _ if word == CallOutcome::CallRemoved.word() => Some(Outcome::Lossy),
        _ if word == CallOutcome::CallChanged.word() => Some(Outcome::Lossy),
        _ => None,
    };
    match value.or_else(call) {
        // of equal rank
        Some(Outcome::Blind) => Ok(Outcome::Absent),
        Some(outcome) => Ok(outcome),
        None => bail!("{word:?} is not an outcome"),
    }
}

impl fmt::Display for AnyOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.texts().join(" or "))
    }
}

impl fmt::Display for Expectation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expectation::Reported(selector) => write!(f, "reports {selector}"),
            Expectation::Silent(selector) => write!(f, "is silent on {selector}"),
        }
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut words = Vec::new();
        words.extend(self.rule.as_ref().map(ToString::to_string));
        words.extend(self.element.as_ref().map(ToString::to_string));
        words.extend(
            self.under
                .as_ref()
                .map(|above| format!("what is in {above}")),
        );
        words.extend(self.outcome.clone());
        words.extend(self.from.as_ref().map(|from| format!("{from} or worse")));
        words.extend(self.level.as_ref().map(|level| format!("at {level}")));
        words.extend(self.times.map(|times| format!("{times} times")));
        if words.is_empty() {
            words.push("everything".to_owned());
        }
        f.write_str(&words.join(", "))
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = self.outcome.as_deref().unwrap_or("no outcome");
        let (rule, element, level) = (&self.rule, &self.element, &self.level);
        write!(f, "{rule} {element} ({outcome}, {level})")
    }
}

#[cfg(test)]
mod tests {
    use super::{Check, Finding, Repository, Selector, load, parse};
    use crate::workspace;

    fn finding(rule: &str, element: &str, outcome: &str, level: &str) -> Finding {
        Finding {
            rule: rule.to_owned(),
            element: element.to_owned(),
            outcome: (!outcome.is_empty()).then(|| outcome.to_owned()),
            level: level.to_owned(),
            known: false,
        }
    }

    /// Holds `expectation` (a `[[check]]` without its commits) against three findings.
    #[track_caller]
    fn check(expectation: &str, expected: Result<(), &str>) {
        let findings = [
            finding("field-renumbered", "a.B.c", "misread", "deny"),
            finding("field-renumbered", "a.B.d", "lossy", "deny"),
            finding("method-removed", "a.S.Call", "call-removed", "deny"),
            finding("enum-value-added", "a.E.NEW", "blind", "warn"),
            finding("file-moved", "a.proto", "", "warn"),
        ];
        let check: Check =
            toml::from_str(&format!("old = ''\nnew = ''\nwhy = ''\n{expectation}")).unwrap();
        let mut proofs = check.expectations().map(|it| it.prove(&findings));
        let proof = proofs.next().unwrap();
        assert_eq!(
            proof.as_ref().map_err(String::as_str),
            expected.as_ref().map_err(|it| *it)
        );
    }

    #[test]
    fn reported() {
        check(
            "reported = [{ rule = 'method-removed', element = 'a.S.Call' }]",
            Ok(()),
        );
        check(
            "reported = [{ rule = ['x', 'file-moved'], element = ['a.proto', 'b'] }]",
            Ok(()),
        );
        check(
            "reported = [{ element = 'a.B.c', from = 'lossy', level = 'deny' }]",
            Ok(()),
        );
        check(
            "reported = [{ rule = 'field-renumbered', times = 2 }]",
            Ok(()),
        );
        check(
            "reported = [{ rule = 'field-renumbered', element = 'a.B.c', outcome = 'lossy' }]",
            Err("there is field-renumbered a.B.c (misread, deny)"),
        );
        check(
            "reported = [{ rule = 'enum-added' }]",
            Err(
                "these were reported: 1 enum-value-added, 2 field-renumbered, 1 file-moved, 1 method-removed",
            ),
        );
        check(
            "reported = [{ rule = 'method-removed', times = 2 }]",
            Err("there is method-removed a.S.Call (call-removed, deny)"),
        );
    }

    #[test]
    fn silent() {
        check("silent = [{ rule = 'enum-added' }]", Ok(()));
        check("silent = [{ element = 'a.B.e' }]", Ok(()));
        check("silent = [{ under = 'a.B.c' }]", Ok(()));
        check("silent = [{ rule = 'file-moved', from = 'same' }]", Ok(()));
        check(
            "silent = [{ rule = 'enum-value-added', from = 'lossy' }]",
            Ok(()),
        );
        check(
            "silent = [{ rule = 'enum-value-added', from = 'absent' }]",
            Err("there is enum-value-added a.E.NEW (blind, warn)"),
        );
        check(
            "silent = [{ under = 'a.S', from = 'lossy' }]",
            Err("there is method-removed a.S.Call (call-removed, deny)"),
        );
        check("silent = [{ under = 'a.', from = 'lossy' }]", Ok(()));
    }

    #[test]
    fn an_empty_selector_is_everything() {
        let everything = Selector::default();
        assert!(everything.fits(&finding("file-moved", "a.proto", "", "warn")));
        assert_eq!(everything.to_string(), "everything");
    }

    #[track_caller]
    fn refused(text: &str, expected: &str) {
        let error = parse(text).map(|_: Repository| ()).unwrap_err();
        let error = format!("{error:#}");
        assert!(error.contains(expected), "{error}");
    }

    #[test]
    fn facts_that_prove_nothing_are_refused() {
        let check = |id: &str, rest: &str| {
            format!("repository = 'a/b'\n[[check]]\nold = '{id}'\nnew = '{id}'\n{rest}")
        };
        let id = "0123456789abcdef0123456789abcdef01234567";
        refused("repository = 'a/b'", "no fact");
        refused(
            &check("0123456", "why = 'x'\nsilent = [{}]"),
            "not a whole commit id",
        );
        refused(&check(id, "why = 'x'"), "expects nothing");
        refused(&check(id, "why = ''\nsilent = [{}]"), "does not say why");
        refused(
            &check(id, "why = 'x'\nreported = [{}]"),
            "needs a rule or an element",
        );
        refused(
            &check(id, "why = 'x'\nsilent = [{ from = 'bad' }]"),
            "not an outcome",
        );
        refused(
            &check(id, "why = 'x'\nsilent = [{ level = 'loud' }]"),
            "not a level",
        );
        refused(
            &check(id, "why = 'x'\nsilent = [{ ruel = 'x' }]"),
            "unknown field",
        );
        refused(
            &format!(
                "repository = 'a/b'\n[[matrix]]\nat = '{id}'\nwhy = 'x'\nconfig = ''\nclients = ['1', '2']\nservers = [{{ release = '1', meets = '✓' }}]"
            ),
            "for each of 2 clients",
        );
    }

    #[test]
    fn the_facts_of_this_repository_are_sound() {
        let repositories = load(&workspace::root().join("wild")).unwrap();
        let facts: usize = repositories.iter().map(Repository::count).sum();
        assert!(facts >= 100, "only {facts} facts");
    }
}
