//! Components: which releases each has, in which repository, and which protos each of them speaks.

mod lock;
mod numbering;
mod pin;
mod sound;

use std::sync::{Arc, PoisonError};

use protoskew_git::CommitId;
use protoskew_schema::Name;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::config::{Component, Pin};
use crate::error::Error;
use crate::policy::Age;
use crate::project::{Input, Project, Released, State};
use crate::releases::Releases;
use crate::releases::tag::Version;

/// The releases of a component with the protos that each of them speaks.
#[derive(Clone, Debug, Default)]
pub struct Spoken {
    /// The releases, oldest first.
    pub released: Vec<Released>,
    /// Which releases were left out and why, one sentence each.
    pub notes: Vec<String>,
}

/// All that decides what a component speaks, so that those who do alike are read once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Speaking {
    owner: Name,
    repository: Option<String>,
    tags: Option<String>,
    /// The pin, with the component that its notes are about.
    pinned: Option<(Pin, Name)>,
}

impl Project {
    fn speaking(&self, name: &Name) -> Speaking {
        let component = self.component(name);
        let tags = if self.numbered_as_here(name) {
            None
        } else {
            self.tags(name)
        };
        let pin = component.and_then(|component| component.pin.as_ref());
        Speaking {
            owner: self.owner_name(name),
            repository: component.and_then(|component| component.repository.clone()),
            tags: tags.map(str::to_owned),
            pinned: pin.map(|pin| (pin.clone(), name.clone())),
        }
    }

    /// The component of that name, where the configuration has one.
    pub fn component(&self, name: &Name) -> Option<&Component> {
        self.config.components.get(name)
    }

    /// The name of the component whose protos it speaks, its own where it speaks no other's.
    fn owner_name(&self, name: &Name) -> Name {
        let protocol = self.component(name).and_then(|each| each.protocol.as_ref());
        match (protocol, self.component(name)) {
            (Some(owner), _) => owner.clone(),
            (None, Some(_)) => name.clone(),
            // without configuration both sides speak what there is
            (None, None) => Name::default(),
        }
    }

    /// The age of what a component would speak once what is judged here is released under that number of the owner.
    pub fn age_of_worktree(&self, name: &Name, version: Version) -> Age {
        Age {
            owner: self.owner_name(name),
            version: Some(version),
            time: i64::MAX,
        }
    }

    /// The component whose protos a component speaks, where that is another one.
    fn owner(&self, name: &Name) -> Option<&Component> {
        let owner = self.component(name)?.protocol.as_ref()?;
        self.component(owner).filter(|_| owner != name)
    }

    /// Whether what is judged here may become a release of the component: whether the protos that it speaks live here.
    pub fn may_become(&self, name: &Name) -> bool {
        let owner = self.owner(name).or_else(|| self.component(name));
        owner.is_none_or(|owner| owner.repository.is_none())
    }

    /// The pattern of a component's tags: its own, or that of the component whose protos it speaks.
    fn tags(&self, name: &Name) -> Option<&str> {
        let component = self.component(name)?;
        let owner = self
            .owner(name)
            .filter(|owner| owner.repository == component.repository);
        let inherited = || owner.and_then(|owner| owner.tags.as_deref());
        component.tags.as_deref().or_else(inherited)
    }

    /// The component under whose numbers this repository's own releases stand; none: the unprefixed tags.
    fn at_home(&self) -> Option<&Name> {
        let here = |name: &&Name| {
            self.component(name)
                .is_some_and(|each| each.repository.is_none())
        };
        let all = self.config.components.keys().filter(here);
        if all.clone().any(|name| self.tags(name).is_none()) {
            return None;
        }
        let link = self.config.links.first();
        let first = link
            .into_iter()
            .flat_map(|link| [&link.server, &link.client]);
        first.filter(here).chain(all).next()
    }

    /// This repository's own releases, oldest first.
    pub fn own_releases(&self) -> Result<Releases, Error> {
        match self.at_home() {
            Some(name) => self.releases(self.tags(name)),
            None => self.releases(None),
        }
    }

    /// Whether a component's releases are this repository's own.
    pub fn numbered_as_here(&self, name: &Name) -> bool {
        let tags = self.component(name).and_then(|_| self.tags(name));
        let own = self.at_home().and_then(|name| self.tags(name));
        let elsewhere = self
            .component(name)
            .is_some_and(|each| each.repository.is_some());
        !elsewhere && tags == own
    }

    /// The repository that a component's releases come from.
    fn home(&self, component: Option<&Component>) -> Result<Option<Arc<Project>>, Error> {
        match component.and_then(|component| component.repository.as_deref()) {
            Some(folder) => self.elsewhere(folder).map(Some),
            None => Ok(None),
        }
    }

    /// Another repository, opened once, by its folder as the configuration names it.
    fn elsewhere(&self, folder: &str) -> Result<Arc<Project>, Error> {
        let mut known = self
            .elsewhere
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(project) = known.get(folder) {
            return Ok(Arc::clone(project));
        }
        let hint = "`repository` under [components] names the folder of a clone, from the root of this repository";
        let project = Project::without_configuration(&self.root.join(folder))
            .map_err(|error| error.hint(hint))?;
        if project.repository.is_none() {
            return Err(Error::environment(format!(
                "`repository = \"{folder}\"` leads to no git repository"
            ))
            .hint(hint));
        }
        let project = Arc::new(project);
        // what is read first tells whose home it is, and must be the same every time
        if project.repository()?.head()?.is_some() {
            project.state(&Input::Revision("HEAD".to_owned()))?;
        }
        known.insert(folder.to_owned(), Arc::clone(&project));
        Ok(project)
    }

    /// The releases of a component's own repository and tags, whatever they speak.
    pub fn releases_of(&self, name: &Name) -> Result<Releases, Error> {
        let component = self.component(name);
        if self.numbered_as_here(name) {
            return self.own_releases();
        }
        let home = self.home(component)?;
        home.as_deref().unwrap_or(self).releases(self.tags(name))
    }

    /// The releases of a component with the protos that each of them speaks. What one of them lacks is a note.
    pub fn spoken(&self, name: &Name) -> Result<Arc<Spoken>, Error> {
        let known = self.spoken.lock().unwrap_or_else(PoisonError::into_inner);
        let speaking = self.speaking(name);
        if let Some(spoken) = known.get(&speaking) {
            return Ok(Arc::clone(spoken));
        }
        drop(known);
        let home = self.home(self.component(name))?;
        let home = home.as_deref().unwrap_or(self);
        let speech = self.speech(name)?;
        let series = self.releases_of(name)?.series;
        let read = series
            .into_par_iter()
            .map(|release| {
                let state = speech.at(release.commit, &release.name)?;
                let time = home.repository()?.commit_time(release.commit)?;
                Ok(match state {
                    Ok((state, age)) => Ok(Released {
                        release,
                        state,
                        age,
                        time,
                    }),
                    Err(why) => Err((release.name, why)),
                })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        let mut spoken = Spoken::default();
        let mut said: Vec<(String, Vec<Name>)> = Vec::new();
        let mut say = |what: String, release: &Name| match said
            .iter_mut()
            .find(|(known, _)| *known == what)
        {
            Some((_, releases)) => releases.push(release.clone()),
            None => said.push((what, vec![release.clone()])),
        };
        for each in read {
            match each {
                Ok(released) => {
                    // what generated code lacks, no check of its repository's own protos ever says
                    if matches!(speech.told, Told::Generated(_)) {
                        for note in &released.state.notes {
                            say(format!("read in part: {note}"), &released.release.name);
                        }
                    }
                    spoken.released.push(released);
                }
                Err((release, why)) => say(format!("left out: {why}"), &release),
            }
        }
        spoken.notes = said
            .iter()
            .map(|(what, releases)| match releases.as_slice() {
                [one] => format!("{name} {one} is {what}"),
                [first, .., last] => format!(
                    "{} releases of {name} ({first} to {last}) are {what}",
                    releases.len()
                ),
                [] => unreachable!("each note has a release"),
            })
            .collect();
        let spoken = Arc::new(spoken);
        let mut known = self.spoken.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(Arc::clone(known.entry(speaking).or_insert(spoken)))
    }

    /// What a component speaks at a revision of its own repository, under the name that a person gave it, with its age.
    pub fn spoken_at(
        &self,
        name: &Name,
        revision: &str,
        label: &str,
    ) -> Result<(State, Age), Error> {
        let home = self.home(self.component(name))?;
        let repository = home.as_deref().unwrap_or(self).repository()?;
        let commit = repository.resolve(revision)?;
        match self.speech(name)?.at(commit, label)? {
            Ok(spoken) => Ok(spoken),
            Err(why) => Err(Error::environment(format!(
                "nothing says which protos {name} speaks at {revision}: {why}"
            ))),
        }
    }

    /// How to find out what a component speaks.
    fn speech(&self, name: &Name) -> Result<Speech<'_>, Error> {
        let component = self.component(name);
        let owner_name = self.owner_name(name);
        let series = self.releases_of(&owner_name)?.series;
        let versions = series
            .iter()
            .map(|release| (release.commit, release.version));
        let speech = Speech {
            here: self,
            home: self.home(component)?,
            versions: versions.collect(),
            owner_name: owner_name.clone(),
            told: Told::Here,
        };
        let told = match component.and_then(|component| component.pin.as_ref()) {
            None => Told::Here,
            Some(Pin::GeneratedGo(glob)) => Told::Generated(glob),
            Some(Pin::LockFile { path, format }) => {
                let owner = self.home(self.owner(name))?;
                let names = pin::Names::of(owner.as_deref().unwrap_or(self).repository()?)?;
                Told::Pinned(pin::Pinned {
                    path: path.clone(),
                    format: *format,
                    owner,
                    owner_name,
                    names,
                })
            }
        };
        Ok(Speech { told, ..speech })
    }
}

/// How to find out what a component speaks at a commit of its repository.
struct Speech<'a> {
    here: &'a Project,
    home: Option<Arc<Project>>,
    /// The releases of the owner.
    versions: FxHashMap<CommitId, Version>,
    owner_name: Name,
    told: Told<'a>,
}

/// What tells which protos a component speaks at a commit of its repository.
enum Told<'a> {
    /// The protos of that commit.
    Here,
    /// A lock file, which names a commit of the owner's repository.
    Pinned(pin::Pinned),
    /// Generated code that this glob matches, which carries them.
    Generated(&'a str),
}

impl Speech<'_> {
    /// The protos that are spoken at a commit, with their age, or why nobody knows.
    fn at(&self, commit: CommitId, label: &str) -> Result<Result<(State, Age), String>, Error> {
        let home = self.home.as_deref().unwrap_or(self.here);
        let (speaker, commit) = match &self.told {
            Told::Here => (home, commit),
            Told::Generated(glob) => {
                let repository = home.repository()?;
                let state = self.here.generated(repository, commit, label, glob)?;
                // of which of the owner's releases they are, the code does not say: they are as old as the release that carries them
                let age = Age {
                    owner: self.owner_name.clone(),
                    version: None,
                    time: repository.commit_time(commit)?,
                };
                return Ok(state.map(|state| (state, age)));
            }
            Told::Pinned(pinned) => {
                let owner = pinned.owner.as_deref().unwrap_or(self.here);
                match pinned.commit(home.repository()?, owner.repository()?, commit)? {
                    Ok(commit) => (owner, commit),
                    Err(why) => return Ok(Err(why)),
                }
            }
        };
        let age = Age {
            owner: self.owner_name.clone(),
            version: self.versions.get(&commit).copied(),
            time: speaker.repository()?.commit_time(commit)?,
        };
        Ok(Ok((speaker.commit(commit, label)?, age)))
    }
}
