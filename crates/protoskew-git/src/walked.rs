//! What a walk found out about commits, to be kept for the next run: facts that no later commit can change.
//!
//! A commit's id stands for its parents and its tree, and a tree's for its files: what was read once holds for ever, also
//! where branches were rewritten since. What besides objects decides over history is told by [`Repository::view`].

use std::sync::Arc;

use gix::ObjectId;
use gix::bstr::ByteSlice;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::repository::unreadable;
use crate::trees::{Edit, FileKind, Node};
use crate::{CommitId, Repository, Result};

/// Commits, each behind its parents, with what their protos changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Walked {
    /// How many bytes an id has.
    width: usize,
    /// Of each commit its own id and that of its tree.
    ids: Vec<u8>,
    commits: Vec<Walk>,
    paths: Vec<String>,
    blobs: Vec<u8>,
}

/// Indices of a path and of the blob that stands there now, if any.
type Change = (u32, Option<(u32, FileKind)>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Walk {
    time: i64,
    /// By index.
    parents: Vec<u32>,
    /// What differs from the first parent's tree (from none, where there is no parent), by index of the path and of the
    /// blob; `None` where the trees have to be read again.
    edits: Option<Vec<Change>>,
}

impl Walked {
    /// How many commits there are.
    pub fn len(&self) -> usize {
        self.commits.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.commits.is_empty()
    }

    /// Whether every index leads somewhere: the rest is taken for granted.
    fn is_sound(&self, width: usize) -> bool {
        let paths = self.paths.len();
        let blobs = self.blobs.len() / width.max(1);
        self.width == width
            && self.ids.len() == 2 * width * self.commits.len()
            && self.blobs.len() == blobs * width
            && self.commits.iter().enumerate().all(|(at, walk)| {
                walk.parents.iter().all(|&parent| (parent as usize) < at)
                    && walk.edits.iter().flatten().all(|(path, blob)| {
                        (*path as usize) < paths
                            && blob.is_none_or(|(blob, _)| (blob as usize) < blobs)
                    })
            })
    }

    fn id(&self, among: &[u8], at: usize) -> ObjectId {
        ObjectId::from_bytes_or_panic(&among[at * self.width..(at + 1) * self.width])
    }
}

impl Repository {
    /// What besides its objects decides which history this repository has: the hash function, where a shallow clone ends,
    /// and which objects stand for others.
    pub fn view(&self) -> Result<String> {
        let repo = self.local();
        let damaged = |error| unreadable("refs/replace", error);
        let mut lines = vec![format!("{}", repo.object_hash())];
        if let Some(shallow) = repo
            .shallow_commits()
            .map_err(|error| unreadable("the list of shallow commits", error))?
        {
            lines.extend(shallow.iter().map(|id| format!("shallow {id}")));
        }
        let references = repo.references().map_err(damaged)?;
        for replacement in references
            .prefixed("refs/replace/")
            .map_err(damaged)?
            .flatten()
        {
            let to = replacement.try_id().map(|id| id.to_string());
            let from = replacement.name().as_bstr().to_str_lossy().into_owned();
            lines.push(format!("{from} {}", to.unwrap_or_default()));
        }
        drop(references);
        drop(repo);
        lines.extend(self.commits().grafted());
        lines[1..].sort();
        Ok(lines.join("\n"))
    }

    /// What is known of these commits, each behind its parents, as [`Repository::history`] lists them.
    pub fn walked(&self, order: &[CommitId]) -> Result<Walked> {
        let width = self.local().object_hash().len_in_bytes();
        let mut walked = Walked {
            width,
            ..Walked::default()
        };
        let mut indices: FxHashMap<CommitId, u32> = FxHashMap::default();
        let mut paths: FxHashMap<String, u32> = FxHashMap::default();
        let mut blobs: FxHashMap<ObjectId, u32> = FxHashMap::default();
        let mut nodes: Vec<Option<Option<Arc<Node>>>> = Vec::with_capacity(order.len());
        for &commit in order {
            let (tree, time) = (self.tree_of(commit)?, self.commit_time(commit)?);
            let parents = self.parents(commit)?;
            let parents: Vec<u32> = parents
                .iter()
                .filter_map(|parent| indices.get(parent).copied())
                .collect();
            let node = self.trees().known(tree);
            let before = match parents.first() {
                Some(&first) => nodes[first as usize].clone(),
                None => Some(None),
            };
            let edits = match (&before, &node) {
                (Some(before), Some(node)) => self.trees().edits(before.as_ref(), node.as_ref()),
                _ => None,
            };
            walked.ids.extend_from_slice(commit.0.as_bytes());
            walked.ids.extend_from_slice(tree.as_bytes());
            walked.commits.push(Walk {
                time,
                parents,
                edits: edits.map(|edits| {
                    let edits = edits.into_iter().map(|(path, blob)| {
                        let next = paths.len() as u32;
                        let path = *paths.entry(path).or_insert_with_key(|path| {
                            walked.paths.push(path.clone());
                            next
                        });
                        let blob = blob.map(|(blob, kind)| {
                            let next = blobs.len() as u32;
                            let at = *blobs.entry(blob).or_insert_with(|| {
                                walked.blobs.extend_from_slice(blob.as_bytes());
                                next
                            });
                            (at, kind)
                        });
                        (path, blob)
                    });
                    edits.collect()
                }),
            });
            indices.insert(commit, nodes.len() as u32);
            nodes.push(node);
        }
        Ok(walked)
    }

    /// Takes over what an earlier walk of this repository, under the same [`Repository::view`], found out.
    ///
    /// What makes no sense is left aside, all of it.
    pub fn recall(&self, walked: &Walked) {
        let width = self.local().object_hash().len_in_bytes();
        if !walked.is_sound(width) {
            return;
        }
        let mut nodes: Vec<Option<Option<Arc<Node>>>> = Vec::with_capacity(walked.len());
        let mut commits = self.commits();
        let mut trees = self.trees();
        for (at, walk) in walked.commits.iter().enumerate() {
            let (id, tree) = (
                walked.id(&walked.ids, 2 * at),
                walked.id(&walked.ids, 2 * at + 1),
            );
            let parents = walk.parents.iter();
            let parents = parents.map(|&parent| walked.id(&walked.ids, 2 * parent as usize));
            commits.recall(id, tree, walk.time, parents);
            let before = match walk.parents.first() {
                Some(&first) => nodes[first as usize].clone(),
                None => Some(None),
            };
            let node = before.zip(walk.edits.as_ref()).map(|(before, edits)| {
                let edits: Vec<Edit<'_>> = edits
                    .iter()
                    .map(|&(path, blob)| Edit {
                        path: &walked.paths[path as usize],
                        blob: blob
                            .map(|(blob, kind)| (walked.id(&walked.blobs, blob as usize), kind)),
                    })
                    .collect();
                trees.edited(before.as_ref(), &edits)
            });
            if let Some(node) = &node {
                trees.recall(tree, node.clone());
            }
            nodes.push(node);
        }
    }
}
