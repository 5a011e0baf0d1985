//! The releases that may meet what is judged, with their schemas, in each role of each link.

use std::collections::HashSet;

use protoskew_git::CommitId;
use protoskew_schema::Name;
use rustc_hash::FxHashMap;

use super::{Standing, rejected};
use crate::error::Error;
use crate::policy::{Lines, LinkPolicy, Role};
use crate::project::{Project, Released, State};

/// The releases that may meet what is judged.
#[derive(Default)]
pub(crate) struct Met {
    /// Each distinct schema with those who have it.
    pub(crate) schemas: Vec<(State, Vec<Role>)>,
    /// Digests of all released schemas.
    pub(crate) all: HashSet<u64>,
    /// All releases, oldest first, one component after the other.
    pub(crate) order: Vec<Name>,
    pub(crate) count: usize,
    pub(crate) notes: Vec<String>,
    place: FxHashMap<u64, usize>,
    /// The commits of releases that came after what is judged and contain it, with their names.
    later: Vec<(CommitId, Name)>,
    /// Those met, by the component whose releases they are; components with the same releases are one.
    series: Vec<Series>,
}

/// The releases of one series of tags.
struct Series {
    component: Name,
    here: bool,
    met: Vec<Name>,
    rejecting: Vec<Name>,
}

impl Met {
    pub(crate) fn new(project: &Project, standing: &Standing) -> Result<Self, Error> {
        let mut met = Self::default();
        met.find_later(project, standing)?;
        for (index, link) in project.links.iter().enumerate() {
            for subject_is_client in [true, false] {
                met.role(project, standing, (index, link), subject_is_client)?;
            }
        }
        if !project
            .links
            .iter()
            .any(|link| project.may_become(&link.client) || project.may_become(&link.server))
        {
            met.notes.push(
                "no link is about the protos of this repository: its components all speak those of another".to_owned(),
            );
        }
        for series in &mut met.series {
            let order = &met.order;
            let place = |name: &Name| order.iter().position(|each| each == name);
            series.met.sort_by_key(place);
            series.rejecting.sort_by_key(place);
            met.notes.extend(series.rejected());
        }
        met.count = met.series.iter().map(|series| series.met.len()).sum();
        Ok(met)
    }

    /// Finds the releases that came after and contain what is judged: what it lacks of theirs was not taken away by it.
    fn find_later(&mut self, project: &Project, standing: &Standing) -> Result<(), Error> {
        let (Some(head), repository) = (standing.head, project.repository()?) else {
            return Ok(());
        };
        let began = repository.commit_time(head)?;
        for release in &standing.releases.series {
            if release.commit != head
                && repository.commit_time(release.commit)? >= began
                && repository.is_ancestor(head, release.commit)?
            {
                self.later.push((release.commit, release.name.clone()));
            }
        }
        match self.later.as_slice() {
            [] => {}
            [(_, one)] => self.notes.push(format!(
                "left aside: release {one}, which came after and holds this commit already"
            )),
            [(_, first), .., (_, last)] => self.notes.push(format!(
                "left aside: {} releases, {first} to {last}, which came after and hold this commit already",
                self.later.len()
            )),
        }
        Ok(())
    }

    /// The commits of releases that were left aside.
    pub(crate) fn aside(&self) -> HashSet<CommitId> {
        self.later.iter().map(|(commit, _)| *commit).collect()
    }

    fn is_later(&self, released: &Released) -> bool {
        self.later
            .iter()
            .any(|(commit, _)| *commit == released.release.commit)
    }

    /// Adds those that meet what is judged where it has one role in one link.
    fn role(
        &mut self,
        project: &Project,
        standing: &Standing,
        (index, link): (usize, &LinkPolicy),
        subject_is_client: bool,
    ) -> Result<(), Error> {
        let (mine, theirs) = if subject_is_client {
            (&link.client, &link.server)
        } else {
            (&link.server, &link.client)
        };
        let spoken = project.spoken(theirs)?;
        let numbers = project.numbers(link, theirs)?;
        for note in &spoken.notes {
            if !self.notes.contains(note) {
                self.notes.push(note.clone());
            }
        }
        if link.configured && spoken.released.is_empty() && spoken.notes.is_empty() {
            let note = format!("{theirs} has no releases yet: no meeting with it was judged");
            if !self.notes.contains(&note) {
                self.notes.push(note);
            }
        }
        let series = self.series(project, theirs, &spoken.released);
        if !project.may_become(mine) {
            return Ok(());
        }
        let subject = standing.number(project, link, mine)?;
        let mut both = numbers.clone();
        both.push(subject);
        both.extend(project.numbers(link, mine)?);
        let lines = Lines::new(both.iter().map(|number| number.counted));
        for (each, &number) in spoken.released.iter().zip(&numbers) {
            if self.is_later(each) {
                continue;
            }
            let (client, server) = if subject_is_client {
                (subject, number)
            } else {
                (number, subject)
            };
            if !link.meets(&lines, client, server) || each.state.files == 0 {
                continue;
            }
            self.series[series].meet(each);
            let digest = each.state.indexed.digest();
            let at = *self.place.entry(digest).or_insert_with(|| {
                self.schemas.push((each.state.clone(), Vec::new()));
                self.schemas.len() - 1
            });
            self.schemas[at].1.push(Role {
                link: index,
                subject_is_client,
                peer: each.release.name.clone(),
                peer_runtime: project.runtime(theirs, number.own),
                subject_runtime: project.runtime(mine, subject.own),
            });
        }
        Ok(())
    }

    /// The place of the component's series, which is made where no component before has the same releases.
    fn series(&mut self, project: &Project, name: &Name, released: &[Released]) -> usize {
        let here = project.numbered_as_here(name);
        let same = |series: &Series| series.component == *name || here && series.here;
        if let Some(at) = self.series.iter().position(same) {
            return at;
        }
        self.series.push(Series {
            component: name.clone(),
            here,
            met: Vec::new(),
            rejecting: Vec::new(),
        });
        for each in released {
            self.all.insert(each.state.indexed.digest());
            if !self.order.contains(&each.release.name) {
                self.order.push(each.release.name.clone());
            }
        }
        self.series.len() - 1
    }

    /// Whether there is any release at all.
    pub(crate) fn any_release(&self) -> bool {
        !self.order.is_empty()
    }

    /// What is met, in a few words.
    pub(crate) fn phrase(&self) -> String {
        let met: Vec<&Series> = self
            .series
            .iter()
            .filter(|each| !each.met.is_empty())
            .collect();
        let words = match met.as_slice() {
            [] if self.any_release() => {
                return "no release: the policy lets none meet it".to_owned();
            }
            [] => return "no release: there are none yet".to_owned(),
            [one] => one.words(),
            several => {
                let words = several
                    .iter()
                    .map(|each| format!("{} of {}", each.words(), each.component));
                words.collect::<Vec<_>>().join("; ")
            }
        };
        match (self.count, self.schemas.len()) {
            (1, _) => words,
            (_, 1) => format!("{words}, all with one schema"),
            (_, schemas) => format!("{words}, with {schemas} distinct schemas"),
        }
    }
}

impl Series {
    fn meet(&mut self, released: &Released) {
        let name = &released.release.name;
        if self.met.contains(name) {
            return;
        }
        self.met.push(name.clone());
        if rejected(&released.state).is_some() {
            self.rejecting.push(name.clone());
        }
    }

    fn words(&self) -> String {
        match self.met.as_slice() {
            [] => "no release".to_owned(),
            [one] => format!("1 release, {one}"),
            [first, .., last] => format!("{} releases, {first} to {last}", self.met.len()),
        }
    }

    /// One note for the releases that protoc would reject.
    fn rejected(&self) -> Option<String> {
        match self.rejecting.as_slice() {
            [] => None,
            [one] => Some(format!(
                "release {one} holds protos that protoc rejects; the rest of it was compared"
            )),
            [first, .., last] => Some(format!(
                "{} releases ({first} to {last}) hold protos that protoc rejects; the rest of them was compared",
                self.rejecting.len()
            )),
        }
    }
}
