//! Parses each distinct file and links each distinct set of files once, over all sources that are asked about.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use protoskew_git::{BlobId, GitError, Repository};
use protoskew_schema::imports::ImportIndex;
use protoskew_schema::{Input, Name, ParsedFile, Role, Schema, link, parse};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::error::SourceError;
use super::owners::Conventions;
use super::place::Reason;
use super::{Content, Snapshot};

/// Keeps what was parsed and linked: releases with the same protos share one schema.
#[derive(Default)]
pub struct SchemaStore {
    conventions: Conventions,
    parsed: Mutex<FxHashMap<BlobId, Arc<ParsedFile>>>,
    linked: Mutex<FxHashMap<Key, Arc<Schema>>>,
}

/// All that a linked schema depends on.
type Key = (Vec<(Name, BlobId, Option<Reason>)>, Vec<String>);

/// A snapshot, read.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The resolved schema of the judged files and all that they import.
    pub schema: Arc<Schema>,
    /// How many files are judged.
    pub judged: usize,
    /// What was not judged, and why.
    pub left_out: LeftOut,
}

/// The files that were not judged, by reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// How many files for each reason.
    pub reasons: BTreeMap<Reason, usize>,
}

impl LeftOut {
    /// One line for the report, or `None` where all files are judged:
    /// `left out: 9 vendored (vendor/), 2 third-party (google.protobuf), 3 test files (testdata/)`.
    pub fn line(&self) -> Option<String> {
        let mut groups: [(usize, BTreeSet<&str>); 7] = Default::default();
        for (reason, &count) in &self.reasons {
            let (group, of) = match reason {
                Reason::Vendored(of) => (0, of.as_str()),
                Reason::ThirdParty(of) => (1, of.as_str()),
                Reason::Test(of) => (2, of.as_str()),
                Reason::Ignored => (3, ""),
                Reason::NotIncluded => (4, ""),
                Reason::Outside => (5, ""),
                Reason::Imported => (6, ""),
            };
            groups[group].0 += count;
            if !of.is_empty() {
                groups[group].1.insert(of);
            }
        }
        let words = [
            ("vendored", "vendored"),
            ("third-party", "third-party"),
            ("test file", "test files"),
            ("git-ignored", "git-ignored"),
            (
                "not included by configuration",
                "not included by configuration",
            ),
            (
                "outside the folder asked about",
                "outside the folder asked about",
            ),
            ("imported only", "imported only"),
        ];
        let parts: Vec<String> = groups
            .iter()
            .zip(words)
            .filter(|((count, _), _)| *count > 0)
            .map(|((count, of), (one, many))| {
                let word = if *count == 1 { one } else { many };
                if of.is_empty() {
                    return format!("{count} {word}");
                }
                let mut shown: Vec<&str> = of.iter().copied().take(MANY_ENOUGH).collect();
                if of.len() > MANY_ENOUGH {
                    shown.push("…");
                }
                format!("{count} {word} ({})", shown.join(", "))
            })
            .collect();
        (!parts.is_empty()).then(|| format!("left out: {}", parts.join(", ")))
    }
}

/// How many folders or packages one part of the line names.
const MANY_ENOUGH: usize = 4;

impl SchemaStore {
    /// A store that classifies by these conventions.
    pub fn new(conventions: Conventions) -> Self {
        Self {
            conventions,
            ..Self::default()
        }
    }

    /// A store for a repository: `newest` tells whose home it is, together with the names it goes by.
    ///
    /// What is parsed for that is kept.
    pub fn for_repository(
        conventions: Conventions,
        newest: &Snapshot,
    ) -> Result<Self, SourceError> {
        let store = Self::default();
        let parsed = store.parse_all(newest, 0..newest.files.len())?;
        let names = names(newest);
        let files = newest.files.iter().zip(&parsed);
        let conventions = conventions.at_home(
            &names,
            files.map(|(file, parsed)| (file.path.as_str(), parsed.package())),
        );
        Ok(Self {
            conventions,
            ..store
        })
    }

    /// Which files are judged.
    pub fn conventions(&self) -> &Conventions {
        &self.conventions
    }

    /// The schema of a snapshot: its judged files and, of the others, those that they import.
    pub fn load(&self, snapshot: &Snapshot) -> Result<Loaded, SourceError> {
        let files = &snapshot.files;
        let mut reasons: Vec<Option<Reason>> = files
            .par_iter()
            .map(|file| {
                let by_path = self.conventions.by_path(&file.path);
                by_path
                    .or(file.ignored.then_some(Reason::Ignored))
                    .or(file.imported.then_some(Reason::Imported))
            })
            .collect();
        let open: Vec<usize> = (0..files.len())
            .filter(|&at| reasons[at].is_none())
            .collect();
        let texts = self.parse_all(snapshot, open.iter().copied())?;
        let mut parsed: Vec<Option<Arc<ParsedFile>>> = vec![None; files.len()];
        for (at, file) in open.into_iter().zip(texts) {
            reasons[at] = self.conventions.classify(&files[at].path, file.package());
            parsed[at] = Some(file);
        }
        let mut left_out = LeftOut::default();
        for reason in reasons.iter().flatten() {
            *left_out.reasons.entry(reason.clone()).or_default() += 1;
        }

        let needed = self.reachable(snapshot, &reasons, &mut parsed)?;
        let key: Key = (
            needed
                .iter()
                .map(|&at| {
                    let file = &files[at];
                    (file.path.clone(), file.content.id(), reasons[at].clone())
                })
                .collect(),
            snapshot.roots.clone(),
        );
        let known = lock(&self.linked).get(&key).cloned();
        let schema = known.unwrap_or_else(|| {
            let inputs = needed.iter().map(|&at| Input {
                path: files[at].path.clone(),
                role: reasons[at].as_ref().map_or(Role::Judged, Reason::role),
                parsed: Arc::clone(parsed[at].as_ref().expect("what is needed is parsed")),
            });
            let schema = Arc::new(link(inputs.collect(), &snapshot.roots));
            // where two threads linked the same, the first one's is everyone's
            Arc::clone(lock(&self.linked).entry(key).or_insert(schema))
        });
        Ok(Loaded {
            judged: files.len() - left_out.reasons.values().sum::<usize>(),
            schema,
            left_out,
        })
    }

    /// The places of all judged files and of what they import, directly or not, in the order of the snapshot.
    fn reachable(
        &self,
        snapshot: &Snapshot,
        reasons: &[Option<Reason>],
        parsed: &mut [Option<Arc<ParsedFile>>],
    ) -> Result<Vec<usize>, SourceError> {
        let paths = snapshot.files.iter().map(|file| file.path.to_string());
        let index = ImportIndex::new(paths.collect(), snapshot.roots.clone());
        let mut needed = vec![false; parsed.len()];
        let mut fresh: Vec<usize> = (0..parsed.len())
            .filter(|&at| reasons[at].is_none())
            .collect();
        while !fresh.is_empty() {
            for &at in &fresh {
                needed[at] = true;
            }
            let mut next: Vec<usize> = fresh
                .par_iter()
                .flat_map_iter(|&at| {
                    let file = parsed[at].as_ref().expect("fresh files are parsed");
                    let from = &snapshot.files[at].path;
                    file.imports()
                        .filter_map(|(import, _)| index.resolve(from, import))
                        .collect::<Vec<_>>()
                })
                .filter(|&at| !needed[at])
                .collect();
            next.sort_unstable();
            next.dedup();
            let unread: Vec<usize> = next
                .iter()
                .copied()
                .filter(|&at| parsed[at].is_none())
                .collect();
            for (&at, file) in unread
                .iter()
                .zip(self.parse_all(snapshot, unread.iter().copied())?)
            {
                parsed[at] = Some(file);
            }
            fresh = next;
        }
        Ok((0..needed.len()).filter(|&at| needed[at]).collect())
    }

    /// Gives back the syntax of all that was read: a schema needs none. What is asked for after all is parsed again.
    pub fn forget_syntax(&self) {
        lock(&self.parsed).clear();
    }

    /// Parses files by their place in the snapshot, each distinct content once.
    fn parse_all(
        &self,
        snapshot: &Snapshot,
        places: impl Iterator<Item = usize> + Clone,
    ) -> Result<Vec<Arc<ParsedFile>>, SourceError> {
        let mut in_git = Vec::new();
        let mut texts: Vec<(BlobId, Arc<[u8]>)> = Vec::new();
        {
            let mut known = lock(&self.parsed);
            for at in places.clone() {
                match &snapshot.files[at].content {
                    content if known.contains_key(&content.id()) => {}
                    Content::Described(id, parsed) => {
                        known.insert(*id, Arc::clone(parsed));
                    }
                    Content::InGit(id) => in_git.push(*id),
                    Content::Read(id, text) => texts.push((*id, Arc::clone(text))),
                }
            }
        }
        if let Some(repository) = &snapshot.repository
            && !in_git.is_empty()
        {
            in_git.sort_unstable();
            in_git.dedup();
            let read = repository
                .read_blobs(&in_git)
                .map_err(|error| which(snapshot, repository, error))?;
            texts.extend(in_git.into_iter().zip(read));
        }
        let parsed: Vec<(BlobId, Arc<ParsedFile>)> = texts
            .into_par_iter()
            .map(|(id, text)| (id, Arc::new(parse(text))))
            .collect();
        let mut known = lock(&self.parsed);
        for (id, file) in parsed {
            known.entry(id).or_insert(file);
        }
        Ok(places
            .map(|at| Arc::clone(&known[&snapshot.files[at].content.id()]))
            .collect())
    }
}

/// The error of reading many files, with the path of the first that cannot be read.
fn which(snapshot: &Snapshot, repository: &Repository, error: GitError) -> SourceError {
    let unreadable = snapshot.files.iter().find_map(|file| match &file.content {
        Content::InGit(id) => repository
            .read_blobs(&[*id])
            .err()
            .map(|error| (file, error)),
        Content::Read(..) | Content::Described(..) => None,
    });
    match unreadable {
        Some((file, error)) => {
            SourceError::from(error).about(&format!("{} of {}", file.path, snapshot.origin.label))
        }
        None => error.into(),
    }
}

/// The names that a repository goes by: where it was cloned from, and its Go module.
fn names(snapshot: &Snapshot) -> Vec<String> {
    let Some(repository) = &snapshot.repository else {
        return Vec::new();
    };
    let module = repository.head().ok().flatten().and_then(|head| {
        let file = repository.file_at(head, "go.mod").ok()??;
        let text = String::from_utf8_lossy(&file).into_owned();
        let line = text.lines().find_map(|line| line.strip_prefix("module "))?;
        Some(line.trim().trim_matches('"').to_owned())
    });
    repository.origin_url().into_iter().chain(module).collect()
}

/// What is in it, also where a thread ended while it held it.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // only whole entries are ever put in
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
