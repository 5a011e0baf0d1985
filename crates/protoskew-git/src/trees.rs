//! The `.proto` files of a commit, found by decoding each distinct tree once over all commits that are asked about.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::{Arc, PoisonError};

use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::repository::object_error;
use crate::{BlobId, CommitId, ErrorKind, GitError, Repository, Result};

/// How deep folders may be nested; git itself stops at 4096.
const MAX_DEPTH: u32 = 1024;

/// The `.proto` files below one tree, without everything else.
///
/// Trees that hold the same protos at the same paths are the same value, whatever else they hold: comparing two
/// is comparing two pointers.
#[derive(Clone)]
pub struct ProtoTree(Arc<Node>);

impl PartialEq for ProtoTree {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for ProtoTree {}

/// Identity, as for `==`: stable within one [`Repository`] value.
impl Hash for ProtoTree {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

/// One `.proto` file that two trees do not have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeChange {
    /// From the root of the repository, with `/`.
    pub path: String,
    /// What it held in the older tree; `None` where it was not there, or was a link.
    pub old: Option<BlobId>,
    /// What it holds in the newer tree, likewise.
    pub new: Option<BlobId>,
}

impl ProtoTree {
    /// The `.proto` files that differ between two trees, by folder; what they share is not looked at.
    pub fn changes(old: Option<&Self>, new: Option<&Self>) -> Vec<TreeChange> {
        let mut found = Vec::new();
        let node = |tree: Option<&Self>| tree.map(|tree| Arc::clone(&tree.0));
        leaves(
            node(old).as_deref(),
            node(new).as_deref(),
            "",
            &mut |path, one, two| {
                if Wanted::of(path.as_bytes().as_bstr()) != Some(Wanted::Proto) {
                    return;
                }
                let blob = |entry: Option<&Entry>| match entry.map(|entry| &entry.what) {
                    Some(What::Blob(id, FileKind::File)) => Some(BlobId(*id)),
                    _ => None,
                };
                let (old, new) = (blob(one), blob(two));
                if old != new {
                    found.push(TreeChange { path, old, new });
                }
            },
        );
        found
    }
}

/// Tells of everything that differs between two trees and is no folder.
fn leaves(
    old: Option<&Node>,
    new: Option<&Node>,
    prefix: &str,
    tell: &mut impl FnMut(String, Option<&Entry>, Option<&Entry>),
) {
    let (mut olds, mut news) = (
        old.map_or(&[][..], |node| &node.entries).iter().peekable(),
        new.map_or(&[][..], |node| &node.entries).iter().peekable(),
    );
    loop {
        let (one, two) = match (olds.peek(), news.peek()) {
            (None, None) => return,
            (Some(_), None) => (olds.next(), None),
            (None, Some(_)) => (None, news.next()),
            (Some(a), Some(b)) => match a.in_order(b) {
                Ordering::Less => (olds.next(), None),
                Ordering::Greater => (None, news.next()),
                Ordering::Equal => (olds.next(), news.next()),
            },
        };
        if let (Some(a), Some(b)) = (one, two)
            && a.what == b.what
        {
            continue;
        }
        let Some(any) = one.or(two) else { return };
        let path = format!("{prefix}{}", any.name);
        if matches!(any.what, What::Tree(_)) {
            let below = |entry: Option<&Entry>| match entry.map(|entry| &entry.what) {
                Some(What::Tree(node)) => Some(Arc::clone(node)),
                _ => None,
            };
            let (one, two) = (below(one), below(two));
            leaves(one.as_deref(), two.as_deref(), &format!("{path}/"), tell);
        } else {
            tell(path, one, two);
        }
    }
}

/// All `.proto` files of one commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Protos {
    /// The files, by path.
    pub files: Vec<TreeFile>,
    /// `buf.yaml` and `buf.work.yaml`, which say where imports begin, by path.
    pub buf_configs: Vec<TreeFile>,
    /// Paths of protos that are not UTF-8, as well as they can be shown; they are left out.
    pub unreadable: Vec<String>,
}

/// One file of a tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreeFile {
    /// From the root of the repository, with `/`.
    pub path: String,
    /// Its content; for a symlink, the text of the link.
    pub blob: BlobId,
    /// File or symlink.
    pub kind: FileKind,
}

/// What a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum FileKind {
    /// A regular file.
    File,
    /// A symbolic link.
    Symlink,
}

#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Node {
    /// In git's order.
    entries: Box<[Entry]>,
}

/// The files that a tree is searched for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    Proto,
    BufConfig,
}

impl Wanted {
    pub(crate) fn of(path: &BStr) -> Option<Self> {
        let name = path.rsplit(|&b| b == b'/').next().unwrap_or(path);
        if name.ends_with(b".proto") {
            Some(Self::Proto)
        } else if name == b"buf.yaml" || name == b"buf.work.yaml" {
            Some(Self::BufConfig)
        } else {
            None
        }
    }
}

/// What stands at the end of a path, if anything.
pub(crate) type Leaf = Option<(ObjectId, FileKind)>;

/// One difference between two trees.
pub(crate) struct Edit<'a> {
    pub(crate) path: &'a str,
    /// What stands there in the newer one.
    pub(crate) blob: Leaf,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Entry {
    name: Box<str>,
    what: What,
}

impl Entry {
    /// Git's order, in which a folder is named with a `/` at its end.
    fn in_order(&self, other: &Self) -> Ordering {
        let key = |entry: &Self| {
            let end = matches!(entry.what, What::Tree(_)).then_some(b'/');
            entry.name.bytes().chain(end).collect::<Vec<u8>>()
        };
        if self.name == other.name
            && matches!(self.what, What::Tree(_)) == matches!(other.what, What::Tree(_))
        {
            return Ordering::Equal;
        }
        key(self).cmp(&key(other))
    }
}

#[derive(Clone)]
enum What {
    Blob(ObjectId, FileKind),
    Tree(Arc<Node>),
    /// A proto whose name is not UTF-8, or a folder of such a name that holds protos.
    Unreadable,
}

/// Children are interned before their parents, so that equal trees are one.
impl PartialEq for What {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Blob(a, x), Self::Blob(b, y)) => a == b && x == y,
            (Self::Tree(a), Self::Tree(b)) => Arc::ptr_eq(a, b),
            (Self::Unreadable, Self::Unreadable) => true,
            _ => false,
        }
    }
}

impl Eq for What {}

impl Hash for What {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Blob(id, kind) => (id, kind).hash(state),
            Self::Tree(node) => Arc::as_ptr(node).hash(state),
            Self::Unreadable => 0.hash(state),
        }
    }
}

/// What is known of the trees that were looked at.
#[derive(Default)]
pub(crate) struct TreeMemo {
    trees: FxHashMap<ObjectId, Option<Arc<Node>>>,
    nodes: FxHashSet<Arc<Node>>,
    /// By the address of the node, which `nodes` keeps alive.
    listings: FxHashMap<usize, Arc<Protos>>,
    nothing: Arc<Protos>,
}

impl TreeMemo {
    /// Takes over what a thread has found by itself, so that equal trees of all threads are one.
    fn absorb(&mut self, other: TreeMemo) {
        let mut ours = FxHashMap::default();
        for (tree, node) in other.trees {
            let node = node.map(|node| self.adopt(&node, &mut ours));
            self.trees.entry(tree).or_insert(node);
        }
    }

    fn adopt(&mut self, node: &Arc<Node>, ours: &mut FxHashMap<usize, Arc<Node>>) -> Arc<Node> {
        let address = Arc::as_ptr(node).addr();
        if let Some(known) = ours.get(&address) {
            return Arc::clone(known);
        }
        let entries = node.entries.iter().map(|entry| Entry {
            name: entry.name.clone(),
            what: match &entry.what {
                What::Tree(below) => What::Tree(self.adopt(below, ours)),
                What::Blob(id, kind) => What::Blob(*id, *kind),
                What::Unreadable => What::Unreadable,
            },
        });
        let entries = entries.collect();
        let adopted = self.intern(entries).expect("a node has entries");
        ours.insert(address, Arc::clone(&adopted));
        adopted
    }

    /// The protos of a tree that was looked at; `None` where it was not.
    pub(crate) fn known(&self, tree: ObjectId) -> Option<Option<Arc<Node>>> {
        self.trees.get(&tree).cloned()
    }

    pub(crate) fn recall(&mut self, tree: ObjectId, node: Option<Arc<Node>>) {
        self.trees.entry(tree).or_insert(node);
    }

    /// What makes one tree of another; `None` where it cannot be told by paths.
    pub(crate) fn edits(
        &mut self,
        old: Option<&Arc<Node>>,
        new: Option<&Arc<Node>>,
    ) -> Option<Vec<(String, Leaf)>> {
        let mut told = true;
        let mut edits = Vec::new();
        leaves(
            old.map(|n| &**n),
            new.map(|n| &**n),
            "",
            &mut |path, _, leaf| {
                let blob = match leaf.map(|leaf| &leaf.what) {
                    Some(What::Blob(id, kind)) => Some((*id, *kind)),
                    Some(_) => {
                        told = false;
                        None
                    }
                    None => None,
                };
                edits.push((path, blob));
            },
        );
        // names that no honest tree has (two of one kind, a `/` in one) are found out here
        let again: Vec<Edit<'_>> = edits
            .iter()
            .map(|(path, blob)| Edit { path, blob: *blob })
            .collect();
        let made = told.then(|| self.edited(old, &again))?;
        let same = match (&made, new) {
            (Some(made), Some(new)) => Arc::ptr_eq(made, new),
            (None, None) => true,
            _ => false,
        };
        same.then_some(edits)
    }

    /// The tree that another one becomes.
    pub(crate) fn edited(
        &mut self,
        node: Option<&Arc<Node>>,
        edits: &[Edit<'_>],
    ) -> Option<Arc<Node>> {
        if edits.is_empty() {
            return node.cloned();
        }
        let mut entries = node.map_or_else(Vec::new, |node| node.entries.to_vec());
        let mut below: BTreeMap<&str, Vec<Edit<'_>>> = BTreeMap::new();
        for edit in edits {
            if let Some((folder, path)) = edit.path.split_once('/') {
                let blob = edit.blob;
                below.entry(folder).or_default().push(Edit { path, blob });
                continue;
            }
            entries
                .retain(|entry| *entry.name != *edit.path || matches!(entry.what, What::Tree(_)));
            entries.extend(edit.blob.map(|(id, kind)| Entry {
                name: edit.path.into(),
                what: What::Blob(id, kind),
            }));
        }
        for (folder, edits) in below {
            let is_it =
                |entry: &Entry| *entry.name == *folder && matches!(entry.what, What::Tree(_));
            let old = entries.iter().position(is_it).map(|at| entries.remove(at));
            let old = old.and_then(|entry| match entry.what {
                What::Tree(node) => Some(node),
                _ => None,
            });
            entries.extend(self.edited(old.as_ref(), &edits).map(|node| Entry {
                name: folder.into(),
                what: What::Tree(node),
            }));
        }
        entries.sort_by(Entry::in_order);
        self.intern(entries)
    }

    fn intern(&mut self, entries: Vec<Entry>) -> Option<Arc<Node>> {
        if entries.is_empty() {
            return None;
        }
        let node = Arc::new(Node {
            entries: entries.into(),
        });
        if let Some(known) = self.nodes.get(&node) {
            return Some(Arc::clone(known));
        }
        self.nodes.insert(Arc::clone(&node));
        Some(node)
    }
}

fn too_deep(tree: ObjectId) -> GitError {
    GitError::new(
        ErrorKind::CorruptObject,
        format!("tree {tree} lies more than {MAX_DEPTH} folders deep"),
    )
    .hint("such a repository is not made by hand; `git fsck` may say more")
}

impl Repository {
    /// The protos of a commit as a tree, to be compared with that of another commit; `None` where it has none.
    pub fn proto_tree(&self, commit: CommitId) -> Result<Option<ProtoTree>> {
        let root = self.tree_of(commit)?;
        let handle = self.local();
        let node = self.proto_node(&handle, None, &mut self.trees(), root, 0)?;
        Ok(node.map(ProtoTree))
    }

    /// The same for many commits, in parallel; neighbours in the list should be neighbours in history.
    pub fn proto_trees(&self, commits: &[CommitId]) -> Result<Vec<Option<ProtoTree>>> {
        let roots = commits
            .iter()
            .map(|&commit| self.tree_of(commit))
            .collect::<Result<Vec<_>>>()?;
        // one run of neighbours a thread, without locks: neighbours share most of their trees
        let run = roots.len().div_ceil(rayon::current_num_threads()).max(8);
        let mut shared = self.trees();
        let before = &*shared;
        let found = roots
            .par_chunks(run)
            .map(|roots| {
                let handle = self.handle();
                let mut own = TreeMemo::default();
                for &root in roots {
                    self.proto_node(&handle, Some(before), &mut own, root, 0)?;
                }
                Ok(own)
            })
            .collect::<Result<Vec<_>>>()?;
        for own in found {
            shared.absorb(own);
        }
        let trees = roots.iter().map(|root| shared.trees[root].clone());
        Ok(trees.map(|node| node.map(ProtoTree)).collect())
    }

    /// The protos of a commit, by path; commits with the same protos share the list.
    pub fn protos_at(&self, commit: CommitId) -> Result<Arc<Protos>> {
        let tree = self.proto_tree(commit)?;
        let mut memo = self.trees();
        let Some(ProtoTree(node)) = tree else {
            return Ok(Arc::clone(&memo.nothing));
        };
        let address = Arc::as_ptr(&node).addr();
        if let Some(known) = memo.listings.get(&address) {
            return Ok(Arc::clone(known));
        }
        let mut protos = Protos::default();
        list(&node, "", &mut protos);
        protos.files.sort_unstable();
        protos.buf_configs.sort_unstable();
        let protos = Arc::new(protos);
        memo.listings.insert(address, Arc::clone(&protos));
        Ok(protos)
    }

    /// Any file at a commit by its path from the root (`buf.yaml`); `None` where there is no such file.
    pub fn file_at(&self, commit: CommitId, path: &str) -> Result<Option<Vec<u8>>> {
        let Some((id, mode)) = self.entry_at(commit, path)? else {
            return Ok(None);
        };
        if !mode.is_blob() {
            return Ok(None);
        }
        let mut buffer = Vec::new();
        self.read_object(&self.local(), id, "file", &mut buffer)?;
        Ok(Some(buffer))
    }

    /// The files at a commit below a folder (`""`: all of them) whose path from the root is wanted, by path.
    ///
    /// Links, submodules and names that are not UTF-8 are left aside.
    pub fn files_at(
        &self,
        commit: CommitId,
        folder: &str,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<Vec<TreeFile>> {
        let folder = folder.trim_matches('/');
        let Some((tree, mode)) = self.entry_at(commit, folder)? else {
            return Ok(Vec::new());
        };
        if !mode.is_tree() {
            return Ok(Vec::new());
        }
        let start = if folder.is_empty() {
            String::new()
        } else {
            format!("{folder}/")
        };
        let handle = self.local();
        let mut buffer = Vec::new();
        let mut files = Vec::new();
        let mut open = vec![(start, tree, 0)];
        while let Some((prefix, tree, depth)) = open.pop() {
            if depth > MAX_DEPTH {
                return Err(too_deep(tree));
            }
            self.read_object(&handle, tree, "tree", &mut buffer)?;
            for entry in gix::objs::TreeRefIter::from_bytes(&buffer, tree.kind()) {
                let entry = entry.map_err(|error| object_error(tree, "tree", error))?;
                let Ok(name) = entry.filename.to_str() else {
                    continue;
                };
                let path = format!("{prefix}{name}");
                if entry.mode.is_tree() {
                    open.push((format!("{path}/"), entry.oid.to_owned(), depth + 1));
                } else if entry.mode.is_blob() && wanted(&path) {
                    files.push(TreeFile {
                        path,
                        blob: BlobId(entry.oid.to_owned()),
                        kind: FileKind::File,
                    });
                }
            }
        }
        files.sort_unstable();
        Ok(files)
    }

    /// What stands at a path from the root of a commit.
    fn entry_at(
        &self,
        commit: CommitId,
        path: &str,
    ) -> Result<Option<(ObjectId, gix::objs::tree::EntryMode)>> {
        let mut at: (ObjectId, gix::objs::tree::EntryMode) = (
            self.tree_of(commit)?,
            gix::objs::tree::EntryKind::Tree.into(),
        );
        let handle = self.local();
        let mut buffer = Vec::new();
        for part in path.split('/').filter(|part| !part.is_empty()) {
            let (id, mode) = at;
            if !mode.is_tree() {
                return Ok(None);
            }
            self.read_object(&handle, id, "tree", &mut buffer)?;
            let mut found = None;
            for entry in gix::objs::TreeRefIter::from_bytes(&buffer, id.kind()) {
                let entry = entry.map_err(|error| object_error(id, "tree", error))?;
                if entry.filename == part {
                    found = Some((entry.oid.to_owned(), entry.mode));
                    break;
                }
            }
            match found {
                Some(found) => at = found,
                None => return Ok(None),
            }
        }
        Ok(Some(at))
    }

    /// The protos below a tree, for index entries that stand for a whole folder.
    pub(crate) fn protos_below(&self, tree: ObjectId, prefix: &str) -> Result<Protos> {
        let mut protos = Protos::default();
        let handle = self.local();
        if let Some(node) = self.proto_node(&handle, None, &mut self.trees(), tree, 0)? {
            list(&node, prefix, &mut protos);
        }
        Ok(protos)
    }

    fn proto_node(
        &self,
        handle: &gix::Repository,
        before: Option<&TreeMemo>,
        memo: &mut TreeMemo,
        tree: ObjectId,
        depth: u32,
    ) -> Result<Option<Arc<Node>>> {
        let known = memo.trees.get(&tree);
        if let Some(known) = known.or_else(|| before?.trees.get(&tree)) {
            return Ok(known.clone());
        }
        if depth > MAX_DEPTH {
            return Err(too_deep(tree));
        }
        let mut buffer = Vec::new();
        let kind = self.read_object(handle, tree, "tree", &mut buffer)?;
        if kind.is_some_and(|kind| kind != gix::object::Kind::Tree) {
            return Err(GitError::new(
                ErrorKind::CorruptObject,
                format!("{tree} should be a tree and is not"),
            )
            .hint("`git fsck --full` lists all damage"));
        }
        let mut entries = Vec::new();
        let mut any_proto = false;
        for entry in gix::objs::TreeRefIter::from_bytes(&buffer, tree.kind()) {
            let entry = entry.map_err(|error| object_error(tree, "tree", error))?;
            let wanted = if entry.mode.is_tree() {
                None
            } else {
                Wanted::of(entry.filename)
            };
            let what = if entry.mode.is_tree() {
                match self.proto_node(handle, before, memo, entry.oid.to_owned(), depth + 1)? {
                    Some(node) => What::Tree(node),
                    None => continue,
                }
            } else if wanted.is_none() {
                continue;
            } else if entry.mode.is_link() {
                What::Blob(entry.oid.to_owned(), FileKind::Symlink)
            } else if entry.mode.is_blob() {
                What::Blob(entry.oid.to_owned(), FileKind::File)
            } else {
                // a submodule of such a name
                continue;
            };
            any_proto |= wanted != Some(Wanted::BufConfig);
            entries.push(match entry.filename.to_str() {
                Ok(name) => Entry {
                    name: name.into(),
                    what,
                },
                Err(_) => Entry {
                    name: entry.filename.to_str_lossy().into(),
                    what: What::Unreadable,
                },
            });
        }
        if !any_proto {
            entries.clear();
        }
        let node = memo.intern(entries);
        memo.trees.insert(tree, node.clone());
        Ok(node)
    }

    pub(crate) fn trees(&self) -> std::sync::MutexGuard<'_, TreeMemo> {
        // only whole trees are ever put in
        self.trees.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn list(node: &Node, prefix: &str, protos: &mut Protos) {
    for entry in &node.entries {
        let path = format!("{prefix}{}", entry.name);
        match &entry.what {
            What::Blob(id, kind) => {
                let list = match Wanted::of(entry.name.as_bytes().as_bstr()) {
                    Some(Wanted::BufConfig) => &mut protos.buf_configs,
                    _ => &mut protos.files,
                };
                list.push(TreeFile {
                    path,
                    blob: BlobId(*id),
                    kind: *kind,
                });
            }
            What::Tree(below) => list(below, &format!("{path}/"), protos),
            What::Unreadable => protos.unreadable.push(path),
        }
    }
}
