//! The check: may this ship, against the releases it may meet? Source → schema → compare → rules → policy, once through.

pub(crate) mod lives;
pub(crate) mod met;
mod plans;
mod spent;
mod waived;

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use jiff::civil::Date;
use protoskew_compare::Indexed;
use protoskew_git::CommitId;
use protoskew_schema::Name;
use rayon::prelude::*;

use crate::error::Error;
use crate::finding::{self, Finding};
use crate::fix::{Fixer, Insertion};
use crate::history::Past;
use crate::life;
use crate::policy::{Base, Judge, LinkPolicy, Numbered, Role, Subject, advice, unmatched};
use crate::project::{Input, Project, State};
use crate::releases::baseline::{Baseline, Tip, baseline, no_older_than};
use crate::releases::tag::Version;
use crate::releases::worktree_line::{WorktreeLine, worktree_line};
use crate::releases::{Release, Releases};
use crate::review::gather::gather;
use crate::rules::{self, Side};
use crate::source::error::no_protos;
use crate::source::place::Reason;
use crate::verdict::{Counts, Level, Verdict};
use crate::waivers::{Now, Waivers};
use met::Met;

pub use plans::{migrate, plan};

/// More new errors than this are more than one change brings.
const MANY: usize = 20;

/// What is asked of a check.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is judged.
    pub input: Input,
    /// What it is judged against, instead of the releases it may meet.
    pub against: Vec<Input>,
    /// Where "new" starts, instead of where it would.
    pub baseline: Option<String>,
    /// The release line of what is judged, instead of the one after the newest release.
    pub release: Option<Version>,
    /// Accept an answer without the history that a shallow clone lacks.
    pub allow_incomplete: bool,
    /// Warnings fail as well.
    pub deny_warnings: bool,
    /// Today, by which waivers end; `None`: no day ends one.
    pub today: Option<Date>,
}

impl Options {
    /// What is judged, with nothing else asked.
    pub fn of(input: Input) -> Self {
        Self {
            input,
            against: Vec::new(),
            baseline: None,
            release: None,
            allow_incomplete: false,
            deny_warnings: false,
            today: None,
        }
    }
}

/// What is judged, read, with its place among the releases.
#[derive(Clone, Debug)]
pub struct Standing {
    /// What it holds.
    pub state: State,
    /// The releases of the repository's own series, oldest first.
    pub releases: Releases,
    /// The number it would be released under.
    pub version: Version,
    /// Its release line as a person names it, where there are releases: `1.4`.
    pub line: Option<String>,
    /// The newest release it contains.
    pub after: Option<Release>,
    /// Where "new" starts.
    pub baseline: Option<Baseline>,
    /// The commit that it stands on.
    pub head: Option<CommitId>,
}

/// Answers a check.
pub fn check(project: &Project, options: &Options) -> Result<Verdict, Error> {
    if options.against.is_empty() {
        against_releases(project, options)
    } else {
        against_given(project, options)
    }
}

/// Reads what is judged and finds its place among the releases.
pub fn stand(project: &Project, options: &Options) -> Result<Standing, Error> {
    let repository = project.repository()?;
    let state = project.state(&options.input)?;
    let releases = project.own_releases()?;
    let head = match &options.input {
        Input::Revision(name) => Some(repository.resolve(name)?),
        _ => repository.head()?,
    };
    let default = repository.default_branch(project.config.default_branch.as_deref())?;
    let (line, start) = match head {
        Some(head) => {
            let committed = matches!(options.input, Input::Revision(_));
            let edited = !committed
                && project.commit(head, "HEAD")?.indexed.digest() != state.indexed.digest();
            let tip = Tip { head, edited };
            let asked = options.baseline.as_deref();
            let mut start = baseline(repository, asked, tip, default.as_ref(), &releases)?;
            if let Some(floor) = project
                .config
                .baseline
                .as_deref()
                .filter(|_| asked.is_none())
            {
                start = no_older_than(floor, repository, head, start)?;
            }
            let line = worktree_line(repository, &releases, head, default.as_ref())?;
            (line, start)
        }
        None => (None, None),
    };
    let version = options
        .release
        .or(line.as_ref().map(WorktreeLine::version))
        .unwrap_or(BEFORE_ALL);
    Ok(Standing {
        line: options
            .release
            .map(|release| release.line().to_string())
            .or(line.as_ref().map(|line| line.line.to_string())),
        after: line.map(|line| line.after),
        baseline: start,
        head,
        state,
        releases,
        version,
    })
}

/// The number of what is judged before there is any release.
const BEFORE_ALL: Version = Version {
    major: 0,
    minor: 0,
    patch: 0,
};

impl Standing {
    /// The number that what is judged would be released under as a release of this component, and the one that it counts
    /// under in the link.
    pub fn number(
        &self,
        project: &Project,
        link: &LinkPolicy,
        component: &Name,
    ) -> Result<Numbered, Error> {
        let own = self.own_number(project, component)?;
        let other = project.counted_as(link, component);
        let counted = if other == component {
            own
        } else {
            self.own_number(project, other)?
        };
        Ok(Numbered { own, counted })
    }

    fn own_number(&self, project: &Project, component: &Name) -> Result<Version, Error> {
        if project.numbered_as_here(component) {
            return Ok(self.version);
        }
        let releases = project.releases_of(component)?;
        let config = project.component(component);
        if config.is_some_and(|config| config.repository.is_some()) {
            // no commit there holds what is judged here: it will be in the release after the newest
            let newest = releases.series.last().map(|newest| newest.version);
            return Ok(newest.map_or(self.version, |newest| Version {
                minor: newest.minor.saturating_add(1),
                patch: 0,
                ..newest
            }));
        }
        let Some(head) = self.head else {
            return Ok(self.version);
        };
        let repository = project.repository()?;
        let default = repository.default_branch(project.config.default_branch.as_deref())?;
        let line = worktree_line(repository, &releases, head, default.as_ref())?;
        Ok(line.as_ref().map_or(self.version, WorktreeLine::version))
    }
}

/// The waivers of what is judged: those of the file, and those in comments. `today`: the day by which they end.
pub fn waivers(
    project: &Project,
    standing: &Standing,
    today: Option<Date>,
) -> Result<Waivers, Error> {
    let release = standing.line.is_some().then_some(standing.version);
    waived::gather(project, &standing.state, Now { today, release })
}

fn against_releases(project: &Project, options: &Options) -> Result<Verdict, Error> {
    let incomplete = project.complete(options.allow_incomplete)?;
    let standing = stand(project, options)?;
    let state = &standing.state;
    something_judged(project, &options.input, state, Some(&standing.releases))?;
    let subject = Subject {
        label: state.origin.label.clone(),
        indexed: Arc::clone(&state.indexed),
    };
    let mut verdict = Verdict {
        subject: match (&standing.line, &standing.after) {
            (Some(line), Some(after)) => {
                format!("{} ({line}, after {})", subject.label, after.name)
            }
            (Some(line), None) => format!("{} ({line})", subject.label),
            _ => subject.label.to_string(),
        },
        notes: state.notes.clone(),
        ..Verdict::default()
    };
    verdict.notes.extend(incomplete);
    verdict.notes.extend(standing.releases.ignored.line());

    let start = match &standing.baseline {
        Some(baseline) => Some(project.commit(baseline.commit, &baseline.label)?),
        None => None,
    };
    verdict.baseline = standing.baseline.as_ref().map_or(
        "none: there is no earlier commit, so all is new".to_owned(),
        |baseline| baseline.phrase.clone(),
    );

    project.names_exist(state)?;
    let met = Met::new(project, &standing)?;
    verdict.notes.extend(met.notes.iter().cloned());
    let compare = Compare {
        project,
        new: state,
        start: start.as_ref(),
    };
    let mut bases: Vec<Base> = met
        .schemas
        .par_iter()
        .map(|(old, roles)| compare.base(old, roles.clone(), false))
        .collect();
    // what no release holds may still be spent: the baseline is a base of its own
    if let Some(start) = &start {
        let digest = start.indexed.digest();
        let released = met.all.contains(&digest);
        if !released && !bases.iter().any(|base| base.indexed.digest() == digest) {
            let roles = if met.any_release() {
                Vec::new()
            } else {
                peer_roles(project, &start.origin.label)
            };
            bases.push(compare.base(start, roles, met.any_release()));
        }
    }
    bases.push(compare.by_itself());
    if project.is_image(&options.input) {
        let note = "the past of numbers is read from `.proto` text alone: a descriptor set is judged by releases";
        verdict.notes.push(note.to_owned());
    }
    let past = if project.repository()?.is_shallow() {
        None
    } else {
        Past::read(project, &options.input, &standing.releases)?
    };
    if let Some(past) = &past {
        verdict.notes.extend(past.notes()?);
        let spent = spent::spent(project, past, &standing, &bases)?;
        verdict.notes.extend(spent.notes);
        for (at, finding) in spent.met {
            let base = &mut bases[at];
            if spent.base.known.contains(&finding.id()) {
                base.known.insert(finding.id());
            }
            base.findings.push(Arc::new(finding));
        }
        bases.push(spent.base);
    }

    if let Some(gathered) = gather(project, &options.input, options.baseline.as_deref())? {
        verdict.notes.extend(gathered.notes);
        bases.push(Base {
            indexed: Arc::clone(&state.indexed),
            comparison: None,
            findings: finding::shared(rules::reviewed(side(state), &gathered.review)),
            known: HashSet::new(),
            roles: Vec::new(),
            unreleased: false,
        });
    }

    verdict.version = standing.line.is_some().then_some(standing.version);
    let waivers = waivers(project, &standing, options.today)?;
    let since = start
        .as_ref()
        .map(|start| project.comparer.compare(&start.indexed, &state.indexed));
    let aside = met.aside();
    let seen = lives::seen(project, &standing, state, &aside)?;
    let before = start.as_ref().zip(since.as_deref());
    bases.push(lives::lives(project, &standing, &seen, before, &aside)?);
    let judge = Judge::new(
        &project.config,
        &project.links,
        &subject,
        &met.order,
        &waivers,
    );
    verdict.findings = judge.judge(&bases);
    verdict.waivers = waived::patterns(&waivers);
    let whole = !matches!(&options.input, Input::Worktree(within) if !within.is_empty());
    if whole {
        let unused = waived::unused(&judge, &waivers, &bases, past.as_ref())?;
        verdict.waivers.extend(unused);
        let schemas = std::iter::once(state.indexed.schema());
        let schemas = schemas.chain(bases.iter().map(|base| base.indexed.schema()));
        let files = schemas.flat_map(|schema| &schema.files);
        let files = files.map(|file| (file.path.as_str(), file.package.as_str()));
        verdict.notes.extend(unmatched(&project.config, files));
    }
    verdict.bases = met.phrase();
    verdict.counts = counts(state, met.count);
    verdict.advice = advice(&verdict.findings);
    if let Some(since) = &since {
        verdict.advice.extend(life::first_senders(&seen, since));
    }
    if verdict.count(Level::Deny) > MANY
        && options.baseline.is_none()
        && let Some(head) = standing.head
    {
        let short = project.repository()?.commit(head)?.short;
        verdict.advice.push(format!(
            "Who begins here: `baseline = \"{short}\"` under [history] in protoskew.toml lets only what comes after it fail."
        ));
    }
    verdict.judged = Some(Arc::clone(&state.indexed));
    finish(&mut verdict, options);
    Ok(verdict)
}

/// Each explicit base is its own baseline: whatever differs is new.
fn against_given(project: &Project, options: &Options) -> Result<Verdict, Error> {
    let mut inputs = vec![options.input.clone()];
    inputs.extend(options.against.iter().cloned());
    let mut olds = project.states(&inputs)?;
    let state = olds.remove(0);
    something_judged(project, &options.input, &state, None)?;
    let subject = Subject {
        label: state.origin.label.clone(),
        indexed: Arc::clone(&state.indexed),
    };
    let compare = Compare {
        project,
        new: &state,
        start: None,
    };
    let compared = || {
        let olds = olds.par_iter();
        olds.map(|old| compare.base(old, peer_roles(project, &old.origin.label), false))
            .collect()
    };
    let known = |old: &State| {
        // judging asks where types travel: that is found out beside comparing, not after it
        old.indexed.reach();
        rules::by_itself(side(old))
    };
    let alone = || {
        state.indexed.reach();
        rayon::join(
            || compare.by_itself(),
            || olds.par_iter().flat_map_iter(known).collect::<Vec<_>>(),
        )
    };
    let (mut bases, (mut found, known)): (Vec<Base>, _) = rayon::join(compared, alone);
    found.known.extend(known.iter().map(Finding::id));
    bases.push(found);
    let order: Vec<Name> = olds.iter().map(|old| old.origin.label.clone()).collect();
    let now = Now {
        today: options.today,
        release: options.release,
    };
    let waivers = waived::gather(project, &state, now)?;
    let judge = Judge::new(&project.config, &project.links, &subject, &order, &waivers);
    let names = order.join(", ");
    let mut verdict = Verdict {
        subject: subject.label.to_string(),
        folder: folder(&options.input),
        bases: names.clone(),
        baseline: format!("{names}: an explicit --against is its own baseline"),
        counts: counts(&state, olds.len()),
        findings: judge.judge(&bases),
        waivers: waived::patterns(&waivers),
        version: options.release,
        notes: state.notes.clone(),
        ..Verdict::default()
    };
    for old in &olds {
        verdict.notes.extend(rejected(old));
        if old.files == 0 {
            verdict.notes.push(format!(
                "{} holds no .proto files: nothing could break",
                old.origin.label
            ));
        }
    }
    verdict.advice = advice(&verdict.findings);
    if let [old] = olds.as_slice() {
        let since = project.comparer.compare(&old.indexed, &state.indexed);
        let seen = lives::two(project, old, &state);
        verdict.advice.extend(life::first_senders(&seen, &since));
    }
    verdict.judged = Some(Arc::clone(&state.indexed));
    finish(&mut verdict, options);
    Ok(verdict)
}

/// Where the paths of what is judged start; they are the repository's own unless a plain folder is judged.
fn folder(input: &Input) -> String {
    let Input::Folder(folder) = input else {
        return String::new();
    };
    let folder = folder.to_string_lossy().replace('\\', "/");
    let folder = folder
        .strip_prefix("./")
        .unwrap_or(&folder)
        .trim_end_matches('/');
    if folder.is_empty() || folder == "." {
        String::new()
    } else {
        format!("{folder}/")
    }
}

/// Refuses an answer about nothing: it would always be that all is well.
fn something_judged(
    project: &Project,
    input: &Input,
    state: &State,
    releases: Option<&Releases>,
) -> Result<(), Error> {
    if state.judged > 0 {
        return Ok(());
    }
    let at = match input {
        Input::Worktree(within) if !within.is_empty() => within.as_str(),
        _ => state.origin.label.as_str(),
    };
    if let Some((guest, folder)) = project.guest() {
        return Err(Error::usage(format!(
            "no `.proto` file in {at} is judged: {guest} speaks those of {folder}"
        ))
        .hint(format!(
            "protoskew check in {folder} judges them; protoskew matrix here shows who meets whom"
        )));
    }
    let mut left_out = state.left_out.clone();
    left_out.reasons.remove(&Reason::Outside);
    match left_out.line() {
        None => Err(no_protos(at, None, project.repository.as_deref(), releases).into()),
        Some(line) => Err(Error::usage(format!(
            "every `.proto` file in {at} is {line}"
        ))
        .hint("name those that are your own in protoskew.toml: include = [\"path/**/*.proto\"] under [proto]")),
    }
}

fn finish(verdict: &mut Verdict, options: &Options) {
    suggest(verdict);
    if options.deny_warnings {
        for judged in &mut verdict.findings {
            if judged.level == Level::Warn {
                judged.level = Level::Deny;
            }
        }
    }
}

/// Says of each finding about something that is not reserved what would be written for its element.
fn suggest(verdict: &mut Verdict) {
    let Some(judged) = verdict.judged.clone() else {
        return;
    };
    let open = verdict
        .findings
        .iter()
        .map(|judged| judged.finding.as_ref());
    let open: Vec<&Finding> = open.filter(|it| it.reserve.is_some()).collect();
    if open.is_empty() {
        return;
    }
    let fixer = Fixer::new(&judged);
    let open = open
        .into_iter()
        .map(|finding| (one_edit(&judged, finding), finding));
    let insertions: BTreeMap<(&Name, &str), Insertion> = fixer.each(open).into_iter().collect();
    let found = verdict.findings.iter().map(|each| {
        let finding = &each.finding;
        insertions.get(&one_edit(&judged, finding)).cloned()
    });
    let found: Vec<Option<Insertion>> = found.collect();
    for (judged, fix) in verdict.findings.iter_mut().zip(found) {
        if judged.finding.reserve.is_some() {
            judged.fix = fix;
        }
    }
}

/// What findings have in common that are mended by one edit: a member's number and its name are reserved together, of what a message or an
/// enum itself reserved each range and name is written by itself.
fn one_edit<'f>(judged: &Indexed, finding: &'f Finding) -> (&'f Name, &'f str) {
    let name = &finding.element;
    let is_owner = !judged.messages_named(name).is_empty() || !judged.enums_named(name).is_empty();
    (name, if is_owner { &finding.about } else { "" })
}

/// Compares one side after the other with what is judged.
struct Compare<'a> {
    project: &'a Project,
    new: &'a State,
    start: Option<&'a State>,
}

impl Compare<'_> {
    fn base(&self, old: &State, roles: Vec<Role>, unreleased: bool) -> Base {
        let comparer = &self.project.comparer;
        let comparison = comparer.compare(&old.indexed, &self.new.indexed);
        let findings = rules::run(side(old), side(self.new), &comparison);
        let known = match self.start {
            Some(start)
                if !findings.is_empty() && start.indexed.digest() != old.indexed.digest() =>
            {
                let before = comparer.compare(&old.indexed, &start.indexed);
                rules::run(side(old), side(start), &before)
                    .iter()
                    .map(Finding::id)
                    .collect()
            }
            _ => HashSet::new(),
        };
        Base {
            indexed: Arc::clone(&old.indexed),
            comparison: Some(comparison),
            findings: finding::shared(findings),
            known,
            roles,
            unreleased,
        }
    }

    /// What is to be said of what is judged by itself.
    fn by_itself(&self) -> Base {
        let before = self
            .start
            .map(|start| rules::by_itself(side(start)))
            .unwrap_or_default();
        Base {
            indexed: Arc::clone(&self.new.indexed),
            comparison: None,
            findings: finding::shared(rules::by_itself(side(self.new))),
            known: before.iter().map(Finding::id).collect(),
            roles: Vec::new(),
            unreleased: false,
        }
    }
}

fn side(state: &State) -> Side<'_> {
    Side {
        indexed: &state.indexed,
        origin: &state.origin,
    }
}

/// Both roles in every link, for a peer that is no release.
pub(crate) fn peer_roles(project: &Project, label: &Name) -> Vec<Role> {
    let links = 0..project.links.len();
    links
        .flat_map(|link| [true, false].map(|subject_is_client| (link, subject_is_client)))
        .map(|(link, subject_is_client)| Role {
            link,
            subject_is_client,
            peer: label.clone(),
            peer_runtime: None,
            subject_runtime: None,
        })
        .collect()
}

/// One note for an older state that protoc would reject.
fn rejected(state: &State) -> Option<String> {
    let files = state.rejected();
    let (path, message) = files.first()?;
    let more = match files.len() {
        1 => String::new(),
        count => format!(" (and {} more files)", count - 1),
    };
    Some(format!(
        "{}: protoc rejects {path}{more}: {message}; the rest of it was compared",
        state.origin.label
    ))
}

fn counts(state: &State, releases: usize) -> Counts {
    let schema = state.indexed.schema();
    let judged = |file| state.indexed.judged(file);
    Counts {
        files: state.judged,
        messages: schema
            .messages
            .iter()
            .filter(|each| judged(each.file))
            .count(),
        enums: schema.enums.iter().filter(|each| judged(each.file)).count(),
        services: schema
            .services
            .iter()
            .filter(|each| judged(each.file))
            .count(),
        releases,
    }
}
