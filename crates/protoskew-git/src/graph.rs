//! Who descends from whom: commits, their parents, and walks that end as early as commit dates allow.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use gix::ObjectId;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::repository::object_error;
use crate::{CommitId, ErrorKind, GitError, Repository, Result};

/// Clocks that are wrong by less than this do no harm: a search is given up only when all that is left is this much older
/// than the commit sought.
const CUT_OFF: i64 = 7 * 86_400;

/// How many commits in a row may have clocks that are wrong by more (one dated 1970 must not hide the history behind it).
const WRONG_CLOCKS: usize = 8;

/// A commit's place in [`Commits`].
type Slot = u32;

/// Every commit that was looked at so far, each decoded once.
pub(crate) struct Commits {
    slots: FxHashMap<ObjectId, Slot>,
    commits: Vec<Commit>,
    /// Commits whose parents are beyond the history of a shallow clone, even where another repository's objects
    /// (alternates) happen to hold them.
    boundary: FxHashSet<ObjectId>,
    /// Parents that commits are said to have instead of their own (`info/grafts`, which git still reads).
    grafts: FxHashMap<ObjectId, Vec<ObjectId>>,
    graph: Option<gix::commitgraph::Graph>,
    buffer: Vec<u8>,
}

struct Commit {
    id: ObjectId,
    links: Option<Links>,
}

#[derive(Clone)]
struct Links {
    tree: ObjectId,
    /// By the committer's clock.
    time: i64,
    parents: Box<[Slot]>,
}

impl Commits {
    pub(crate) fn new(
        repo: &gix::Repository,
        boundary: Option<impl Iterator<Item = ObjectId>>,
    ) -> Self {
        let boundary: FxHashSet<_> = boundary.into_iter().flatten().collect();
        let grafts = grafts(repo);
        // git ignores a commit-graph in shallow clones, and where commits have other parents than their own
        let graph = if boundary.is_empty() && grafts.is_empty() {
            repo.commit_graph_if_enabled().ok().flatten()
        } else {
            None
        };
        Self {
            slots: FxHashMap::default(),
            commits: Vec::new(),
            boundary,
            grafts,
            graph,
            buffer: Vec::new(),
        }
    }

    fn slot(&mut self, id: ObjectId) -> Slot {
        let commits = &mut self.commits;
        *self.slots.entry(id).or_insert_with(|| {
            commits.push(Commit { id, links: None });
            (commits.len() - 1) as Slot
        })
    }

    /// One line for each commit that has other parents than its own.
    pub(crate) fn grafted(&self) -> impl Iterator<Item = String> {
        self.grafts
            .iter()
            .map(|(id, parents)| format!("graft {id} {parents:?}"))
    }

    /// Takes over what is known of a commit from an earlier run.
    pub(crate) fn recall(
        &mut self,
        id: ObjectId,
        tree: ObjectId,
        time: i64,
        parents: impl Iterator<Item = ObjectId>,
    ) {
        let slot = self.slot(id);
        let parents = parents.map(|parent| self.slot(parent)).collect();
        let links = Links {
            tree,
            time,
            parents,
        };
        self.commits[slot as usize].links.get_or_insert(links);
    }

    fn id(&self, slot: Slot) -> CommitId {
        CommitId(self.commits[slot as usize].id)
    }

    fn links(&mut self, repo: &Repository, handle: &gix::Repository, slot: Slot) -> Result<&Links> {
        if self.commits[slot as usize].links.is_none() {
            let id = self.commits[slot as usize].id;
            let links = match self.read_graph(id) {
                Some(links) => links,
                None => self.read_commit(repo, handle, id)?,
            };
            self.commits[slot as usize].links = Some(links);
        }
        Ok(self.commits[slot as usize]
            .links
            .as_ref()
            .expect("filled in above"))
    }

    /// When a commit's turn comes, beside others: by its date, or by that of an ancestor which is younger than a commit
    /// can be whose clock was right.
    fn turn(
        &mut self,
        repo: &Repository,
        handle: &gix::Repository,
        slot: Slot,
        child: i64,
    ) -> Result<i64> {
        let mut links = self.links(repo, handle, slot)?;
        let mut turn = links.time;
        for _ in 0..WRONG_CLOCKS {
            if turn >= child.saturating_sub(CUT_OFF) {
                break;
            }
            let Some(&parent) = links.parents.first() else {
                break;
            };
            links = self.links(repo, handle, parent)?;
            turn = turn.max(links.time);
        }
        Ok(turn)
    }

    fn read_graph(&mut self, id: ObjectId) -> Option<Links> {
        let graph = self.graph.take()?;
        let found = graph.commit_by_id(id).and_then(|commit| {
            let parents: Option<Vec<ObjectId>> = commit
                .iter_parents()
                .map(|parent| Some(graph.id_at(parent.ok()?).to_owned()))
                .collect();
            Some((
                commit.root_tree_id().to_owned(),
                commit.committer_timestamp() as i64,
                parents?,
            ))
        });
        self.graph = Some(graph);
        found.map(|(tree, time, parents)| Links {
            tree,
            time,
            parents: parents.into_iter().map(|id| self.slot(id)).collect(),
        })
    }

    fn read_commit(
        &mut self,
        repo: &Repository,
        handle: &gix::Repository,
        id: ObjectId,
    ) -> Result<Links> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let kind = repo.read_object(handle, id, "commit", &mut buffer)?;
        if kind != Some(gix::object::Kind::Commit) && kind.is_some() {
            return Err(GitError::new(
                ErrorKind::BadRevision,
                format!("{id} is not a commit"),
            ));
        }
        let mut commit = gix::objs::CommitRefIter::from_bytes(&buffer, id.kind());
        let damaged = |error| object_error(id, "commit", error);
        let tree = commit.tree_id().map_err(damaged)?;
        let parents: Vec<ObjectId> = if self.boundary.contains(&id) {
            Vec::new()
        } else if let Some(grafted) = self.grafts.get(&id) {
            grafted.clone()
        } else {
            commit.parent_ids().collect()
        };
        let time = gix::objs::CommitRefIter::from_bytes(&buffer, id.kind())
            .committer()
            // a committer line without a date is damage that git itself overlooks
            .map_or(0, |who| who.time().unwrap_or_default().seconds);
        let links = Links {
            tree,
            time,
            parents: parents.into_iter().map(|id| self.slot(id)).collect(),
        };
        self.buffer = buffer;
        Ok(links)
    }
}

/// Lines of ids: a commit, and the parents that it is said to have.
fn grafts(repo: &gix::Repository) -> FxHashMap<ObjectId, Vec<ObjectId>> {
    let text = std::fs::read_to_string(repo.common_dir().join("info/grafts")).unwrap_or_default();
    let lines = text.lines().filter_map(|line| {
        let ids = line.split_whitespace().map(|id| id.parse().ok());
        let mut ids = ids.collect::<Option<Vec<ObjectId>>>()?.into_iter();
        Some((ids.next()?, ids.collect()))
    });
    lines.collect()
}

/// What is to be visited, youngest first; among equals, what was found first.
type Queue = BinaryHeap<(i64, Reverse<Slot>)>;

/// The ancestors of one commit, walked only as far back as the questions asked of it need.
pub struct Ancestry<'r> {
    repo: &'r Repository,
    seen: FxHashSet<Slot>,
    queue: Queue,
}

impl Ancestry<'_> {
    /// Whether the commit is the one that this began with, or an ancestor of it.
    pub fn contains(&mut self, commit: CommitId) -> Result<bool> {
        let handle = self.repo.local();
        let mut commits = self.repo.commits();
        let sought = commits.slot(commit.0);
        if self.seen.contains(&sought) {
            return Ok(true);
        }
        let time = commits.links(self.repo, &handle, sought)?.time;
        while let Some(&(next, _)) = self.queue.peek() {
            if next < time.saturating_sub(CUT_OFF) {
                return Ok(false);
            }
            let (when, Reverse(slot)) = self.queue.pop().expect("peeked above");
            let links = commits.links(self.repo, &handle, slot)?.clone();
            for &parent in &links.parents {
                if self.seen.insert(parent) {
                    let turn = commits.turn(self.repo, &handle, parent, when)?;
                    self.queue.push((turn, Reverse(parent)));
                }
            }
            if self.seen.contains(&sought) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

/// Which side of a merge base a commit was reached from.
const ONE: u8 = 1;
const TWO: u8 = 2;
/// Reached from a commit that both sides reach: no merge base, since that one is better.
const BEHIND: u8 = 4;
const FOUND: u8 = 8;
const QUEUED: u8 = 16;

impl Repository {
    /// The ancestors of a commit, to be asked about one by one.
    pub fn ancestry(&self, of: CommitId) -> Result<Ancestry<'_>> {
        let handle = self.local();
        let mut commits = self.commits();
        let slot = commits.slot(of.0);
        // the first clock may be the wrong one, too
        let turn = commits.turn(self, &handle, slot, i64::MAX)?;
        Ok(Ancestry {
            repo: self,
            seen: FxHashSet::from_iter([slot]),
            queue: Queue::from([(turn, Reverse(slot))]),
        })
    }

    /// Whether `old` is `new` or an ancestor of it.
    pub fn is_ancestor(&self, old: CommitId, new: CommitId) -> Result<bool> {
        self.ancestry(new)?.contains(old)
    }

    /// The best common ancestor, the youngest where there are several; `None` for histories without one.
    pub fn merge_base(&self, one: CommitId, two: CommitId) -> Result<Option<CommitId>> {
        Ok(self.merge_bases(one, two)?.first().copied())
    }

    /// All best common ancestors (none reaches another), youngest first.
    pub fn merge_bases(&self, one: CommitId, two: CommitId) -> Result<Vec<CommitId>> {
        if one == two {
            return Ok(vec![one]);
        }
        let mut found = self.common_ancestors(one, two)?;
        if found.len() > 1 {
            let all = found.clone();
            let mut best = Vec::with_capacity(all.len());
            for (candidate, time) in found {
                let mut behind = false;
                for &(other, _) in &all {
                    behind |= other != candidate && self.is_ancestor(candidate, other)?;
                }
                if !behind {
                    best.push((candidate, time));
                }
            }
            found = best;
            found.sort_by_key(|&(_, time)| Reverse(time));
        }
        Ok(found.into_iter().map(|(id, _)| id).collect())
    }

    /// Paints both histories down to where they meet, as git does.
    fn common_ancestors(&self, one: CommitId, two: CommitId) -> Result<Vec<(CommitId, i64)>> {
        let handle = self.local();
        let mut commits = self.commits();
        let mut paint: FxHashMap<Slot, u8> = FxHashMap::default();
        let mut queue = Queue::new();
        // how many queued entries still matter: the walk ends when all that is left is behind a common ancestor
        let mut open = 0_usize;
        for (id, side) in [(one, ONE), (two, TWO)] {
            let slot = commits.slot(id.0);
            let time = commits.links(self, &handle, slot)?.time;
            paint.insert(slot, side | QUEUED);
            queue.push((time, Reverse(slot)));
            open += 1;
        }
        let mut found = Vec::new();
        while open > 0 {
            let Some((when, Reverse(slot))) = queue.pop() else {
                break;
            };
            let links = commits.links(self, &handle, slot)?.clone();
            let state = paint.get_mut(&slot).expect("painted when queued");
            *state &= !QUEUED;
            let mut colour = *state & (ONE | TWO | BEHIND);
            if colour & BEHIND == 0 {
                open -= 1;
            }
            if colour == (ONE | TWO) {
                if *state & FOUND == 0 {
                    *state |= FOUND;
                    found.push((slot, links.time));
                }
                colour |= BEHIND;
            }
            for &parent in &links.parents {
                let state = paint.entry(parent).or_insert(0);
                if *state & colour == colour {
                    continue;
                }
                let was = *state;
                *state |= colour | QUEUED;
                let is_open = *state & BEHIND == 0;
                if was & QUEUED == 0 {
                    open += usize::from(is_open);
                    let turn = commits.turn(self, &handle, parent, when)?;
                    queue.push((turn, Reverse(parent)));
                } else if was & BEHIND == 0 && !is_open {
                    open -= 1;
                }
            }
        }
        Ok(found
            .into_iter()
            .filter(|(slot, _)| paint[slot] & BEHIND == 0)
            .map(|(slot, time)| (commits.id(slot), time))
            .collect())
    }

    /// The commit's parents in order; none at the boundary of a shallow clone.
    pub fn parents(&self, of: CommitId) -> Result<Vec<CommitId>> {
        let handle = self.local();
        let mut commits = self.commits();
        let slot = commits.slot(of.0);
        let parents = commits.links(self, &handle, slot)?.parents.clone();
        Ok(parents.iter().map(|&slot| commits.id(slot)).collect())
    }

    /// The commit's first parent.
    pub fn first_parent(&self, of: CommitId) -> Result<Option<CommitId>> {
        Ok(self.parents(of)?.first().copied())
    }

    /// Seconds since 1970 by the committer's clock.
    pub fn commit_time(&self, of: CommitId) -> Result<i64> {
        let handle = self.local();
        let mut commits = self.commits();
        let slot = commits.slot(of.0);
        Ok(commits.links(self, &handle, slot)?.time)
    }

    /// Everything reachable from the tips, each commit after all of its parents.
    ///
    /// The order depends on the commits alone: older before younger where neither descends from the other.
    pub fn history(&self, tips: &[CommitId]) -> Result<Vec<CommitId>> {
        let handle = self.local();
        let mut commits = self.commits();
        let mut children: FxHashMap<Slot, u32> = FxHashMap::default();
        let mut left: Vec<Slot> = tips.iter().map(|tip| commits.slot(tip.0)).collect();
        left.sort_unstable();
        left.dedup();
        let starts = left.clone();
        let mut seen: FxHashSet<Slot> = left.iter().copied().collect();
        while let Some(slot) = left.pop() {
            let parents = commits.links(self, &handle, slot)?.parents.clone();
            for &parent in &parents {
                *children.entry(parent).or_default() += 1;
                if seen.insert(parent) {
                    left.push(parent);
                }
            }
        }
        // youngest first among those whose children are all out, then turned round
        let mut queue: BinaryHeap<(i64, ObjectId, Slot)> = BinaryHeap::new();
        for slot in starts {
            if !children.contains_key(&slot) {
                let time = commits.links(self, &handle, slot)?.time;
                queue.push((time, commits.id(slot).0, slot));
            }
        }
        let mut order = Vec::with_capacity(seen.len());
        while let Some((_, id, slot)) = queue.pop() {
            order.push(CommitId(id));
            let parents = commits.links(self, &handle, slot)?.parents.clone();
            for &parent in &parents {
                let waiting = children.get_mut(&parent).expect("counted above");
                *waiting -= 1;
                if *waiting == 0 {
                    let time = commits.links(self, &handle, parent)?.time;
                    queue.push((time, commits.id(parent).0, parent));
                }
            }
        }
        order.reverse();
        Ok(order)
    }

    /// The id of the commit's root tree.
    pub(crate) fn tree_of(&self, commit: CommitId) -> Result<ObjectId> {
        let handle = self.local();
        let mut commits = self.commits();
        let slot = commits.slot(commit.0);
        Ok(commits.links(self, &handle, slot)?.tree)
    }

    pub(crate) fn commits(&self) -> std::sync::MutexGuard<'_, Commits> {
        // only whole commits are ever put in
        self.commits
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
