//! The past of one repository: its ledger, and what the judged state does against it, with commits and code.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use globset::Glob;
use protoskew_git::{CommitId, Repository};
use protoskew_schema::{Name, Places};

use super::facts::Shown;
use super::ledger::{Ledger, Spot};
use super::timeline::{FactsId, Moment, Timeline, descendants, reaches};
use super::{Breach, Commits, judge, read};
use crate::breach::{Told, When};
use crate::config;
use crate::error::Error;
use crate::finding::{Origin, Site};
use crate::project::{Input, Project};
use crate::releases::Releases;

/// A repository's past, read up to what is judged.
pub struct Past {
    /// The states that there were.
    pub commits: Commits,
    /// What they held.
    pub ledger: Ledger,
    /// The state that is judged.
    pub judged: Moment,
    /// The releases that hold protos, oldest first.
    pub releases: Vec<(Name, Moment)>,
    repository: Arc<Repository>,
    /// Older names and newer ones, as the team declares them.
    renames: Vec<(Name, Name)>,
    /// What a person calls the judged state.
    label: Name,
    known: Mutex<HashMap<Moment, When>>,
    shown: Mutex<HashMap<FactsId, Shown>>,
}

impl Past {
    /// Reads the past of what is judged; `None` where it holds no protos, or is a descriptor set: the past is read from text alone.
    ///
    /// What counts are the commits that the default branch, the release tags, the declared branches and the judged
    /// commit came from; no pull requests, no other branches.
    pub fn read(
        project: &Project,
        input: &Input,
        releases: &Releases,
    ) -> Result<Option<Self>, Error> {
        if project.is_image(input) {
            return Ok(None);
        }
        let repository = project.repository()?;
        let snapshot = match input {
            Input::Revision(_) => None,
            _ if repository.is_bare() => None,
            _ => Some(project.snapshot(input)?),
        };
        let head = match input {
            Input::Revision(name) => Some(repository.resolve(name)?),
            _ => repository.head()?,
        };
        let conventions = match &snapshot {
            Some(snapshot) => project.conventions(snapshot)?,
            None => project.conventions(&project.snapshot(input)?)?,
        };
        let tips = tips(project, releases, head)?;
        let on_top = snapshot.as_ref().map(|snapshot| (snapshot, head));
        let commits = Commits::read(
            repository,
            &conventions,
            &tips,
            on_top,
            project.memory.as_ref(),
        )?;
        let last = (commits.len() as Moment).checked_sub(1);
        let top = last.filter(|&last| commits.commit(last).is_none());
        let Some(judged) = top.or(head.and_then(|head| commits.moment(head))) else {
            return Ok(None);
        };
        let renames: Vec<(Name, Name)> = project
            .config
            .renames
            .iter()
            .map(|(old, new)| (old.clone(), new.clone()))
            .collect();
        let ledger = read(&commits, &renames, judged);
        let releases = releases
            .series
            .iter()
            .filter_map(|release| Some((release.name.clone(), commits.moment(release.commit)?)))
            .collect();
        Ok(Some(Self {
            repository: Arc::clone(repository),
            label: match (&snapshot, input) {
                (Some(snapshot), _) => snapshot.origin.label.clone(),
                (None, Input::Revision(name)) => name.as_str().into(),
                (None, _) => Name::new_static("HEAD"),
            },
            renames,
            commits,
            ledger,
            judged,
            releases,
            known: Mutex::default(),
            shown: Mutex::default(),
        }))
    }

    /// What the judged state does against the ledger, in the order of the ledger.
    pub fn breaches(&self) -> Vec<Breach> {
        judge(&self.commits, &self.ledger, self.judged)
    }

    /// Whether a breach was there at a commit already.
    pub fn is_known(&self, breach: &Breach, baseline: CommitId) -> bool {
        // a commit that does not count as history stands for what it has in common with what is judged
        let parents = self.commits.parents(self.judged);
        let under = std::iter::once(&self.judged).chain(parents);
        let judged = under
            .filter_map(|&moment| self.commits.commit(moment))
            .next();
        let known = self.commits.moment(baseline).or_else(|| {
            let base = self.repository.merge_base(baseline, judged?).ok()??;
            self.commits.moment(base)
        });
        let mut did = std::iter::once(&breach.at).chain(&breach.again);
        known.is_some_and(|known| did.any(|&at| reaches(&self.commits, at, known)))
    }

    /// The first release that carried what began and ended so.
    pub fn released(&self, since: Moment, until: Option<Moment>) -> Option<&Name> {
        // one walk for all releases: there may be hundreds, each far from here
        let began = descendants(&self.commits, since);
        let ended = until.map(|until| descendants(&self.commits, until));
        let carries = |release: Moment| {
            let in_release = |found: &Vec<bool>| found[release as usize];
            in_release(&began) && !ended.as_ref().is_some_and(in_release)
        };
        let mut releases = self.releases.iter();
        releases
            .find(|(_, release)| carries(*release))
            .map(|(name, _)| name)
    }

    /// A breach with its commits and code.
    pub fn tell(&self, breach: Breach) -> Result<Told, Error> {
        Ok(Told {
            at: self.when(breach.at)?,
            since: self.when(breach.since)?,
            until: breach.until.map(|until| self.when(until)).transpose()?,
            released: self.released(breach.since, breach.until).cloned(),
            new: self.site(breach.new, self.judged)?,
            old: self.site(breach.old, breach.since)?,
            first_called: breach.first_called,
            kind: breach.kind,
            owner: breach.owner,
            element: breach.element,
        })
    }

    /// The commit that made a state.
    pub fn when(&self, moment: Moment) -> Result<When, Error> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(when) = known().get(&moment) {
            return Ok(when.clone());
        }
        let when = match self.commits.commit(moment) {
            None => When::default(),
            Some(commit) => {
                let info = self.repository.commit(commit)?;
                When {
                    commit: Some(info.short.into()),
                    date: Some(info.date.into()),
                    author: Some(info.author.into()),
                    subject: Some(info.subject.into()),
                }
            }
        };
        known().insert(moment, when.clone());
        Ok(when)
    }

    fn site(&self, spot: Spot, at: Moment) -> Result<Site, Error> {
        let origin = if at == self.judged {
            Origin {
                label: self.label.clone(),
                commit: None,
                date: None,
            }
        } else {
            let when = self.when(at)?;
            Origin {
                label: when.commit.unwrap_or_else(|| self.label.clone()),
                commit: None,
                date: when.date,
            }
        };
        let text = self.text(spot.declaration.facts)?;
        Ok(Site {
            origin: Arc::new(origin),
            path: self.commits.path(spot.declaration.path).into(),
            places: Places::Text,
            span: text.span(spot),
            text: text.text,
            label: String::new(),
        })
    }

    /// Names under `[renames]` that nothing ever had.
    fn unknown_renames(&self) -> Vec<String> {
        let ever: BTreeSet<&str> = (self.ledger.owners.iter())
            .flat_map(|owner| owner.names.iter().map(Name::as_str))
            .collect();
        let known: Vec<&str> = ever.iter().copied().collect();
        let unknown = self.renames.iter().flat_map(|(old, new)| {
            let names = [old, new]
                .into_iter()
                .filter(|name| !ever.contains(name.as_str()));
            let notes = names.map(|name| {
                let hint = config::nearest(name, &known);
                let hint = hint.map(|hint| format!("; {hint}")).unwrap_or_default();
                format!(
                    "[renames] \"{old}\" = \"{new}\": nothing here was ever called `{name}`{hint}"
                )
            });
            notes.collect::<Vec<_>>()
        });
        unknown.collect()
    }

    /// A text that is to be shown, read once.
    fn text(&self, facts: FactsId) -> Result<Shown, Error> {
        let shown = || self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = shown().get(&facts) {
            return Ok(known.clone());
        }
        let read = Shown::of(self.commits.text(facts)?);
        shown().insert(facts, read.clone());
        Ok(read)
    }

    /// What a person should know about the reading of the past, one sentence each.
    pub fn notes(&self) -> Result<Vec<String>, Error> {
        let mut notes = self.unknown_renames();
        if let Some((path, at, message)) = self.ledger.unread.first() {
            let more = match self.ledger.unread.len() {
                1 => String::new(),
                count => format!(" (and {} more times in the history)", count - 1),
            };
            notes.push(format!(
                "{} cannot be read at {}{more}: {message}; its last good state counts",
                self.commits.path(*path),
                self.when(*at)?.phrase()
            ));
        }
        if let Some((copy, of)) = self.ledger.copies.first() {
            let more = match self.ledger.copies.len() {
                1 => String::new(),
                count => format!(" (and {} more copies)", count - 1),
            };
            notes.push(format!(
                "{} is a copy of {}{more}: counted once",
                self.commits.path(*copy),
                self.commits.path(*of)
            ));
        }
        Ok(notes)
    }
}

/// The youngest commits of what counts as history.
fn tips(
    project: &Project,
    releases: &Releases,
    head: Option<CommitId>,
) -> Result<Vec<CommitId>, Error> {
    let repository = project.repository()?;
    let config = &project.config;
    let default = repository.default_branch(config.default_branch.as_deref())?;
    let mut tips: Vec<CommitId> = head.into_iter().collect();
    tips.extend(default.map(|branch| branch.commit));
    tips.extend(releases.series.iter().map(|release| release.commit));
    for component in config.components.values() {
        // those of other repositories are no history of this one
        let (Some(tags), None) = (&component.tags, &component.repository) else {
            continue;
        };
        let series = project.releases(Some(tags))?.series;
        tips.extend(series.iter().map(|release| release.commit));
    }
    if !config.branches.is_empty() {
        let globs = config.branches.iter().map(|glob| {
            Glob::new(glob)
                .map(|glob| glob.compile_matcher())
                .map_err(|error| {
                    Error::usage(format!(
                        "`{glob}` under [history] branches is no glob: {}",
                        error.kind()
                    ))
                })
        });
        let globs = globs.collect::<Result<Vec<_>, Error>>()?;
        for branch in repository.branches()? {
            // a remote's branch goes by its own name too
            let own = branch.name.split_once('/').map(|(_, own)| own);
            let names = std::iter::once(branch.name.as_str()).chain(own);
            if names
                .into_iter()
                .any(|name| globs.iter().any(|glob| glob.is_match(name)))
            {
                tips.push(branch.commit);
            }
        }
    }
    Ok(tips)
}
