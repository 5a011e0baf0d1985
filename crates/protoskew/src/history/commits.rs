//! The history of a repository as a timeline: only commits that changed protos, and only files that changed, read once.

use std::sync::Arc;

use protoskew_git::{BlobId, CommitId, ProtoTree, Repository};
use protoskew_schema::{Name, parse};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::facts::{Facts, Known};
use super::memory::{Kept, Memory};
use super::timeline::{FactsId, FileChange, Moment, PathId, Timeline, reaches};
use crate::error::Error;
use crate::source::owners::Conventions;
use crate::source::{Content, Snapshot};

/// How many files are held in memory at once while the history is read.
const BATCH: usize = 4096;

/// Commits that changed protos, older ones first; perhaps with what is judged, uncommitted, as the last state.
pub struct Commits {
    repository: Arc<Repository>,
    states: Vec<State>,
    /// The state that a commit has: its own, or that of an ancestor which it did not change.
    of_commit: FxHashMap<CommitId, Moment>,
    paths: Vec<Name>,
    facts: Vec<Facts>,
    blobs: Vec<BlobId>,
    /// By where it leads from and to: what is asked for while the history is read from end to end.
    steps: FxHashMap<Step, Vec<FileChange>>,
    lookup: Lookup,
    /// Texts that are in no commit.
    texts: FxHashMap<BlobId, Arc<[u8]>>,
    /// Files that this clone lacks.
    lacking: FxHashSet<BlobId>,
}

struct State {
    /// `None` for what is not committed.
    commit: Option<CommitId>,
    tree: Option<ProtoTree>,
    parents: Vec<Moment>,
}

/// What finds paths and files by name.
#[derive(Default)]
struct Lookup {
    conventions: Conventions,
    paths: FxHashMap<Name, PathId>,
    /// Whether files at the path may be judged, as far as the path tells.
    open: Vec<bool>,
    blobs: FxHashMap<BlobId, FactsId>,
    judged: FxHashMap<(PathId, Name), bool>,
}

/// From one state (from nothing) to another.
type Step = (Option<Moment>, Moment);

/// A difference before the files are read.
struct Raw {
    path: PathId,
    old: Option<BlobId>,
    new: Option<BlobId>,
}

impl Commits {
    /// Reads everything that the tips came from. `judged`: what is judged, on top of that commit. `memory`: where earlier
    /// runs left what they read.
    pub fn read(
        repository: &Arc<Repository>,
        conventions: &Conventions,
        tips: &[CommitId],
        judged: Option<(&Snapshot, Option<CommitId>)>,
        memory: Option<&Memory>,
    ) -> Result<Self, Error> {
        let kept = memory.map(Memory::load).unwrap_or_default();
        repository.recall(&kept.walked);
        let recalled = kept.walked.len();
        let mut commits = Self {
            repository: Arc::clone(repository),
            states: Vec::new(),
            of_commit: FxHashMap::default(),
            paths: Vec::new(),
            facts: Vec::new(),
            blobs: Vec::new(),
            steps: FxHashMap::default(),
            lookup: Lookup {
                conventions: conventions.everywhere(),
                ..Lookup::default()
            },
            texts: FxHashMap::default(),
            lacking: FxHashSet::default(),
        };
        let order = repository.history(tips)?;
        commits.walk(&order)?;
        let mut raw: Vec<(Step, Vec<Raw>)> = Vec::new();
        let mut known: FxHashSet<Step> = FxHashSet::default();
        for to in 0..commits.states.len() as Moment {
            let parents = commits.states[to as usize].parents.clone();
            let mut from: Vec<Option<Moment>> = parents.into_iter().map(Some).collect();
            if from.is_empty() {
                from.push(None);
            }
            // the walk goes from one state to the next, whether they are related or not
            from.push(to.checked_sub(1));
            for from in from {
                if known.insert((from, to)) {
                    raw.push(((from, to), commits.raw(from, to)));
                }
            }
        }
        if let Some((snapshot, head)) = judged {
            commits.put_on_top(snapshot, head, &mut raw)?;
        }
        let read = commits.read_files(raw.iter().flat_map(|(_, changes)| changes), kept.facts())?;
        if let Some(memory) = memory {
            let fresh = read + order.len().saturating_sub(recalled);
            memory.save(fresh, || {
                let walked = repository.walked(&order).unwrap_or_default();
                Kept::new(walked, commits.worth_keeping())
            });
        }
        for (step, changes) in raw {
            let changes = commits.judged(&changes);
            commits.steps.insert(step, changes);
        }
        Ok(commits)
    }

    /// The state of a commit that the tips came from; `None` where it has no protos yet.
    pub fn moment(&self, commit: CommitId) -> Option<Moment> {
        self.of_commit.get(&commit).copied()
    }

    /// The commit that made a state; `None` for what is not committed.
    pub fn commit(&self, moment: Moment) -> Option<CommitId> {
        self.states[moment as usize].commit
    }

    /// The text of a file.
    pub fn text(&self, facts: FactsId) -> Result<Arc<[u8]>, Error> {
        let blob = self.blobs[facts as usize];
        if let Some(text) = self.texts.get(&blob) {
            return Ok(Arc::clone(text));
        }
        let mut texts = self.repository.read_blobs(&[blob])?;
        Ok(texts.remove(0))
    }

    fn walk(&mut self, order: &[CommitId]) -> Result<(), Error> {
        let trees = self.repository.proto_trees(order)?;
        for (&commit, tree) in order.iter().zip(trees) {
            let mut parents: Vec<Moment> = Vec::new();
            for parent in self.repository.parents(commit)? {
                if let Some(&moment) = self.of_commit.get(&parent)
                    && !parents.contains(&moment)
                {
                    parents.push(moment);
                }
            }
            if parents.len() > 1 {
                // a side that only lags behind another brings nothing
                let all = parents.clone();
                parents.retain(|&one| {
                    !all.iter()
                        .any(|&other| other > one && reaches(self, one, other))
                });
            }
            let same = match parents.as_slice() {
                [] => tree.is_none(),
                [only] => self.states[*only as usize].tree == tree,
                _ => false,
            };
            if !same {
                self.states.push(State {
                    commit: Some(commit),
                    tree,
                    parents,
                });
                self.of_commit
                    .insert(commit, self.states.len() as Moment - 1);
            } else if let Some(&only) = parents.first() {
                self.of_commit.insert(commit, only);
            }
        }
        Ok(())
    }

    fn raw(&mut self, from: Option<Moment>, to: Moment) -> Vec<Raw> {
        let old = from.and_then(|from| self.states[from as usize].tree.clone());
        let new = self.states[to as usize].tree.clone();
        let mut raw = Vec::new();
        for change in ProtoTree::changes(old.as_ref(), new.as_ref()) {
            let path = self.path_id(&change.path);
            if self.lookup.open[path as usize] {
                raw.push(Raw {
                    path,
                    old: change.old,
                    new: change.new,
                });
            }
        }
        raw
    }

    /// Puts what is judged on top of the commit that it was made from, where the two differ.
    fn put_on_top(
        &mut self,
        snapshot: &Snapshot,
        head: Option<CommitId>,
        raw: &mut Vec<(Step, Vec<Raw>)>,
    ) -> Result<(), Error> {
        let head = head.and_then(|head| self.moment(head));
        let mut before: FxHashMap<PathId, BlobId> = FxHashMap::default();
        if let Some(head) = head {
            let tree = self.states[head as usize].tree.clone();
            for change in ProtoTree::changes(None, tree.as_ref()) {
                if let Some(blob) = change.new {
                    before.insert(self.path_id(&change.path), blob);
                }
            }
        }
        let mut edits = Vec::new();
        for file in &snapshot.files {
            let path = self.path_id(&file.path);
            let old = before.remove(&path);
            let new = file.content.id();
            if file.ignored || old == Some(new) {
                continue;
            }
            if let Content::Read(id, text) = &file.content {
                self.texts.insert(*id, Arc::clone(text));
            }
            edits.push(Raw {
                path,
                old,
                new: Some(new),
            });
        }
        edits.extend(before.into_iter().map(|(path, old)| Raw {
            path,
            old: Some(old),
            new: None,
        }));
        edits.retain(|edit| self.lookup.open[edit.path as usize]);
        if edits.is_empty() {
            return Ok(());
        }
        edits
            .sort_unstable_by(|a, b| self.paths[a.path as usize].cmp(&self.paths[b.path as usize]));
        let top = self.states.len() as Moment;
        self.states.push(State {
            commit: None,
            tree: None,
            parents: head.into_iter().collect(),
        });
        // from the last commit of the walk to here, by way of the one below
        let last = top.checked_sub(1);
        if last != head {
            let mut way: FxHashMap<PathId, Raw> = FxHashMap::default();
            if let Some(head) = head {
                let down = self.raw(last, head);
                way.extend(down.into_iter().map(|change| (change.path, change)));
            }
            for edit in &edits {
                let through = way.entry(edit.path).or_insert(Raw {
                    path: edit.path,
                    old: edit.old,
                    new: None,
                });
                through.new = edit.new;
            }
            let mut way: Vec<Raw> = way.into_values().collect();
            way.sort_unstable_by(|a, b| {
                self.paths[a.path as usize].cmp(&self.paths[b.path as usize])
            });
            raw.push(((last, top), way));
        }
        raw.push(((head, top), edits));
        Ok(())
    }

    /// What the files of the commits say; what could not be read may be there next time, and edits may be gone.
    fn worth_keeping(&self) -> impl Iterator<Item = (BlobId, &Facts)> {
        let files = self.blobs.iter().copied().zip(&self.facts);
        files.filter(|(blob, _)| !self.texts.contains_key(blob) && !self.lacking.contains(blob))
    }

    /// Reads and outlines each distinct file once, as far as it is not known; neighbours are states of one path, which
    /// share their bytes in a pack. Gives how many were read.
    fn read_files<'r>(
        &mut self,
        changes: impl Iterator<Item = &'r Raw>,
        mut kept: FxHashMap<BlobId, Facts>,
    ) -> Result<usize, Error> {
        let mut wanted: Vec<(PathId, BlobId)> = Vec::new();
        for change in changes {
            for blob in [change.old, change.new].into_iter().flatten() {
                let next = self.blobs.len() as FactsId;
                self.lookup.blobs.entry(blob).or_insert_with(|| {
                    self.blobs.push(blob);
                    wanted.push((change.path, blob));
                    next
                });
            }
        }
        self.facts.resize_with(self.blobs.len(), Facts::default);
        wanted.sort_by(|a, b| self.paths[a.0 as usize].cmp(&self.paths[b.0 as usize]));
        let known = Known::with(kept.values());
        wanted.retain(|(_, blob)| match kept.remove(blob) {
            Some(facts) => {
                self.facts[self.lookup.blobs[blob] as usize] = facts;
                false
            }
            None => true,
        });
        for batch in wanted.chunks(BATCH) {
            let ids: Vec<BlobId> = batch
                .iter()
                .map(|(_, blob)| *blob)
                .filter(|blob| !self.texts.contains_key(blob))
                .collect();
            let mut texts = self.read_texts(&ids);
            texts.extend(batch.iter().filter_map(|(_, blob)| {
                let text = self.texts.get(blob)?;
                Some((*blob, Arc::clone(text)))
            }));
            let outlined: Vec<(BlobId, Facts)> = texts
                .into_par_iter()
                .map(|(blob, text)| (blob, Facts::of(&parse(text), &known)))
                .collect();
            for (blob, facts) in outlined {
                self.facts[self.lookup.blobs[&blob] as usize] = facts;
            }
        }
        Ok(wanted.len())
    }

    /// The texts of blobs. A damaged clone still tells what it holds: what cannot be read is halved until it stands alone.
    fn read_texts(&mut self, ids: &[BlobId]) -> Vec<(BlobId, Arc<[u8]>)> {
        match self.repository.read_blobs(ids) {
            Ok(read) => ids.iter().copied().zip(read).collect(),
            Err(error) => {
                if ids.len() < 2 {
                    for only in ids {
                        let facts = self.lookup.blobs[only] as usize;
                        self.facts[facts].broken = Some(error.to_string());
                        self.lacking.insert(*only);
                    }
                    return Vec::new();
                }
                let (one, two) = ids.split_at(ids.len() / 2);
                let mut texts = self.read_texts(one);
                texts.extend(self.read_texts(two));
                texts
            }
        }
    }

    /// The changes of files that are judged.
    fn judged(&mut self, raw: &[Raw]) -> Vec<FileChange> {
        let mut changes = Vec::with_capacity(raw.len());
        for change in raw {
            let mut side = |blob: Option<BlobId>| {
                let facts = *self.lookup.blobs.get(&blob?)?;
                let package = &self.facts[facts as usize].package;
                let path = &self.paths[change.path as usize];
                let conventions = &self.lookup.conventions;
                let judged = *self
                    .lookup
                    .judged
                    .entry((change.path, package.clone()))
                    .or_insert_with(|| conventions.classify(path, package).is_none());
                judged.then_some(facts)
            };
            let (old, new) = (side(change.old), side(change.new));
            if old != new {
                changes.push(FileChange {
                    path: change.path,
                    old,
                    new,
                });
            }
        }
        changes
    }

    fn path_id(&mut self, path: &str) -> PathId {
        if let Some(&known) = self.lookup.paths.get(path) {
            return known;
        }
        let id = self.paths.len() as PathId;
        self.paths.push(path.into());
        self.lookup.paths.insert(path.into(), id);
        self.lookup
            .open
            .push(self.lookup.conventions.by_path(path).is_none());
        id
    }
}

impl Timeline for Commits {
    fn len(&self) -> usize {
        self.states.len()
    }

    fn parents(&self, of: Moment) -> &[Moment] {
        &self.states[of as usize].parents
    }

    fn changes(&self, from: Option<Moment>, to: Moment) -> Vec<FileChange> {
        if let Some(known) = self.steps.get(&(from, to)) {
            return known.clone();
        }
        let tree = |at: Option<Moment>| at.and_then(|at| self.states[at as usize].tree.as_ref());
        let side = |path: PathId, blob: Option<BlobId>| {
            let facts = *self.lookup.blobs.get(&blob?)?;
            let package = &self.facts[facts as usize].package;
            let judged = self.lookup.judged.get(&(path, package.clone()))?;
            judged.then_some(facts)
        };
        let changes = ProtoTree::changes(tree(from), tree(Some(to)));
        let known = changes.into_iter().filter_map(|change| {
            let path = *self.lookup.paths.get(change.path.as_str())?;
            let (old, new) = (side(path, change.old), side(path, change.new));
            (old != new).then_some(FileChange { path, old, new })
        });
        known.collect()
    }

    fn facts(&self, id: FactsId) -> &Facts {
        &self.facts[id as usize]
    }

    fn path(&self, id: PathId) -> &str {
        &self.paths[id as usize]
    }
}
