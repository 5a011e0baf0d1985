//! A project as the commands see it: its repository, configuration, releases and schemas, each read once and only when asked for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use protoskew_compare::{Comparer, Indexed, Runtime};
use protoskew_git::{CommitId, Repository};
use protoskew_schema::{Name, Severity};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::components::{Speaking, Spoken};
use crate::config::{self, Config};
use crate::error::Error;
use crate::finding::Origin;
use crate::history::Memory;
use crate::life::Renames;
use crate::policy::{self, Age, LinkPolicy, Numbered, Peer};
use crate::releases::tag::Version;
use crate::releases::{self, Release, Releases};
use crate::source::owners::Conventions;
use crate::source::store::{LeftOut, SchemaStore};
use crate::source::{self, Snapshot, image};

/// What is judged, as the command line names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// The worktree, or the folder of it that was named (from the repository's root, with `/`; empty: all).
    Worktree(String),
    /// What is about to be committed.
    Staged,
    /// A commit.
    Revision(String),
    /// A folder, whether or not git knows of it.
    Folder(PathBuf),
    /// A descriptor set in a file; `-` is standard input.
    Image(PathBuf),
}

/// A schema with all that is known of where it came from.
#[derive(Clone, Debug)]
pub struct State {
    /// Where it came from.
    pub origin: Arc<Origin>,
    /// The schema.
    pub indexed: Arc<Indexed>,
    /// How many files are judged.
    pub judged: usize,
    /// How many `.proto` files there are, judged or not.
    pub files: usize,
    /// The files that are not judged, by reason.
    pub left_out: LeftOut,
    /// What was left out and what could not be read, one sentence each.
    pub notes: Vec<String>,
}

impl State {
    /// The files of this state that protoc would reject, with the first error of each.
    pub fn rejected(&self) -> Vec<(Name, String)> {
        let schema = self.indexed.schema();
        let mut files: Vec<(Name, String)> = Vec::new();
        for diagnostic in &schema.diagnostics {
            let path = &schema.files[diagnostic.file as usize].path;
            if diagnostic.severity == Severity::Error
                && self.indexed.judged(diagnostic.file)
                && files.last().is_none_or(|(last, _)| last != path)
            {
                files.push((path.clone(), diagnostic.message.clone()));
            }
        }
        files
    }
}

/// One note for the imports of judged files that lead nowhere: nothing is wrong with those files, and less is known of them.
fn missing_imports(indexed: &Indexed) -> Option<String> {
    const MANY_ENOUGH: usize = 3;
    let files = indexed.schema().files.iter().enumerate();
    let missing: BTreeSet<&str> = files
        .filter(|(at, _)| indexed.judged(*at as u32))
        .flat_map(|(_, file)| &file.imports)
        .filter(|import| import.file.is_none())
        .map(|import| import.path.as_str())
        .collect();
    let mut named: Vec<&str> = missing.iter().copied().take(MANY_ENOUGH).collect();
    if missing.len() > MANY_ENOUGH {
        named.push("…");
    }
    let named = named.join(", ");
    match missing.len() {
        0 => None,
        1 => Some(format!(
            "the import {named} leads to no file here: its types are compared by name"
        )),
        many => Some(format!(
            "{many} imports lead to no file here ({named}): their types are compared by name"
        )),
    }
}

/// A release with its schema.
#[derive(Clone, Debug)]
pub struct Released {
    /// Its tag, version and commit.
    pub release: Release,
    /// The protos that it speaks.
    pub state: State,
    /// How old those are.
    pub age: Age,
    /// When the release was committed, in seconds of Unix time.
    pub time: i64,
}

/// The project.
pub struct Project {
    /// Its repository, where there is one.
    pub repository: Option<Arc<Repository>>,
    /// What the team says.
    pub config: Config,
    /// The links, from the configuration or without.
    pub links: Vec<LinkPolicy>,
    /// Compares, and remembers.
    pub comparer: Comparer,
    /// What was renamed, as the configuration says.
    pub renames: Arc<Renames>,
    /// Where what is read of the history is kept for the next run; `None`: nowhere.
    pub memory: Option<Memory>,
    /// The folder that paths in the configuration start from.
    pub(crate) root: PathBuf,
    /// Repositories that components live in, by their folder in the configuration.
    pub(crate) elsewhere: Mutex<FxHashMap<String, Arc<Project>>>,
    /// What components speak, read once for those that release and speak alike.
    pub(crate) spoken: Mutex<FxHashMap<Speaking, Arc<Spoken>>>,
    conventions: Conventions,
    /// Made from the first state that holds protos: it tells whose home this repository is.
    store: OnceLock<Arc<SchemaStore>>,
    /// What generated code describes, all of it judged: the configuration named it.
    generated: SchemaStore,
    indexed: Mutex<FxHashMap<usize, Arc<Indexed>>>,
}

impl Project {
    /// Opens the project that holds `folder`. `within`: judge only what lies in that folder of the repository.
    pub fn open(folder: &Path, within: &str) -> Result<Self, Error> {
        Self::configured(folder, within, |root, repository| match repository {
            Some(repository) if repository.is_bare() => committed_config(repository),
            _ => read_config(root),
        })
    }

    /// Opens a repository of which only the protos and tags are wanted.
    pub fn without_configuration(folder: &Path) -> Result<Self, Error> {
        Self::configured(folder, "", |_, _| Ok(Config::default()))
    }

    fn configured(
        folder: &Path,
        within: &str,
        config: impl FnOnce(&Path, Option<&Repository>) -> Result<Config, Error>,
    ) -> Result<Self, Error> {
        let repository = match Repository::discover(folder) {
            Ok(repository) => Some(Arc::new(repository)),
            Err(error) if error.is_not_a_repository() => None,
            Err(error) => return Err(error.into()),
        };
        let root = repository
            .as_ref()
            .map(|repository| repository.workdir().unwrap_or_else(|| repository.git_dir()))
            .unwrap_or_else(|| folder.to_owned());
        let config = config(&root, repository.as_deref())?;
        let mut conventions = Conventions::new(&config.proto.include, &config.proto.vendored)?;
        if !within.is_empty() {
            conventions = conventions.within(within);
        }
        let links = policy::links(&config);
        let renames = Renames::new(&config.renames);
        Ok(Self {
            comparer: Comparer::new(renames.pairs())
                .with_json(links.iter().any(|link| link.json.is_some())),
            renames: Arc::new(renames),
            links,
            config,
            repository,
            root,
            memory: None,
            elsewhere: Mutex::default(),
            spoken: Mutex::default(),
            conventions,
            store: OnceLock::new(),
            generated: SchemaStore::new(Conventions::new(&["**".to_owned()], &[])?),
            indexed: Mutex::default(),
        })
    }

    /// Keeps what is read of the history for the next run, beside the repository or among the user's caches.
    pub fn remember(&mut self) {
        self.memory = self.repository.as_deref().and_then(Memory::of);
    }

    /// A file at the root: of the worktree or, where there is none, of the last commit.
    pub fn root_file(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        match &self.repository {
            Some(repository) if repository.is_bare() => committed(repository, name),
            _ => at_root(&self.root, name),
        }
    }

    /// The repository, or the error that says that there is none.
    pub fn repository(&self) -> Result<&Arc<Repository>, Error> {
        self.repository.as_ref().ok_or_else(|| {
            Error::environment("this folder is not in a git repository")
                .hint("run protoskew in a checkout, or compare two folders: protoskew check NEW --against OLD")
        })
    }

    /// Reads the state that the input names.
    pub fn state(&self, input: &Input) -> Result<State, Error> {
        self.read(self.snapshot(input)?)
    }

    /// Which files of the repository are its own; `newest` tells whose home it is.
    pub fn conventions(&self, newest: &Snapshot) -> Result<Conventions, Error> {
        Ok(self.store(newest)?.conventions().clone())
    }

    /// Whether a file lies in the folder that was asked about.
    pub fn is_within(&self, path: &str) -> bool {
        self.conventions.covers(path)
    }

    /// Reads several states side by side; the first tells whose home this is.
    pub fn states(&self, inputs: &[Input]) -> Result<Vec<State>, Error> {
        let snapshots = inputs
            .iter()
            .map(|input| self.snapshot(input))
            .collect::<Result<Vec<_>, Error>>()?;
        if let Some(first) = snapshots.first() {
            self.store(first)?;
        }
        let states = snapshots
            .into_par_iter()
            .map(|snapshot| self.read(snapshot))
            .collect();
        // these are all that is compared, and comparing them takes as much memory as their syntax did
        if let Some(store) = self.store.get() {
            store.forget_syntax();
        }
        states
    }

    /// The files of the state that the input names.
    pub fn snapshot(&self, input: &Input) -> Result<Snapshot, Error> {
        Ok(match input {
            Input::Worktree(_) => {
                let repository = self.repository()?;
                if repository.is_bare() {
                    return self.snapshot(&Input::Revision("HEAD".to_owned()));
                }
                match &self.config.proto.image {
                    Some(image) => image::image_in_worktree(repository, image)?,
                    None => source::worktree(repository)?,
                }
            }
            Input::Staged => {
                let repository = self.repository()?;
                if repository.is_bare() {
                    return Err(
                        Error::usage("this repository is bare: nothing is staged in it")
                            .hint("name a revision to judge: protoskew check HEAD"),
                    );
                }
                if let Some(image) = &self.config.proto.image {
                    return Err(Error::usage(format!(
                        "what is staged of {image} cannot be judged: `[proto] image` is read from the worktree or from a commit"
                    ))
                    .hint("protoskew check judges the worktree, protoskew check HEAD the last commit"));
                }
                source::staged(repository)?
            }
            Input::Revision(name) => {
                let commit = self.repository()?.resolve(name)?;
                self.snapshot_at(commit, name)?
            }
            Input::Folder(folder) => source::directory(folder)?,
            Input::Image(file) => image::image(file)?,
        })
    }

    /// The state of a commit, under the name that a person gave it.
    pub fn commit(&self, commit: CommitId, label: &str) -> Result<State, Error> {
        self.read(self.snapshot_at(commit, label)?)
    }

    fn snapshot_at(&self, commit: CommitId, label: &str) -> Result<Snapshot, Error> {
        let repository = self.repository()?;
        Ok(match &self.config.proto.image {
            Some(image) => image::image_at(repository, commit, label, image)?,
            None => source::revision(repository, commit, label)?,
        })
    }

    /// Whether what is judged is a descriptor set, of whose past nothing is read.
    pub fn is_image(&self, input: &Input) -> bool {
        match input {
            Input::Image(_) => true,
            Input::Folder(_) => false,
            Input::Worktree(_) | Input::Staged | Input::Revision(_) => {
                self.config.proto.image.is_some()
            }
        }
    }

    fn read(&self, mut snapshot: Snapshot) -> Result<State, Error> {
        if snapshot.roots.is_empty() {
            snapshot.roots.clone_from(&self.config.proto.roots);
        }
        let store = self.store(&snapshot)?;
        self.read_with(&store, snapshot)
    }

    /// The protos that generated code of a repository carries at a commit, or why there are none.
    pub(crate) fn generated(
        &self,
        repository: &Arc<Repository>,
        commit: CommitId,
        label: &str,
        glob: &str,
    ) -> Result<Result<State, String>, Error> {
        match source::generated::generated(repository, commit, label, glob)? {
            Ok(snapshot) => self.read_with(&self.generated, snapshot).map(Ok),
            Err(why) => Ok(Err(why)),
        }
    }

    fn read_with(&self, store: &SchemaStore, snapshot: Snapshot) -> Result<State, Error> {
        let loaded = store.load(&snapshot)?;
        // equal sets of files share one schema, and one schema is indexed once
        let key = Arc::as_ptr(&loaded.schema) as usize;
        let indexed = {
            let known = self.indexed.lock().unwrap_or_else(PoisonError::into_inner);
            known.get(&key).cloned()
        };
        let indexed = indexed.unwrap_or_else(|| {
            let schema = Arc::clone(&loaded.schema);
            let indexed = Arc::new(Indexed::with_contract(schema, &self.config.contract));
            let mut known = self.indexed.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(key).or_insert(indexed))
        });
        let mut notes = snapshot.notes;
        notes.extend(loaded.left_out.line());
        notes.extend(missing_imports(&indexed));
        Ok(State {
            origin: snapshot.origin,
            indexed,
            judged: loaded.judged,
            files: snapshot.files.len(),
            left_out: loaded.left_out,
            notes,
        })
    }

    fn store(&self, snapshot: &Snapshot) -> Result<Arc<SchemaStore>, Error> {
        if let Some(store) = self.store.get() {
            return Ok(Arc::clone(store));
        }
        let made = SchemaStore::for_repository(self.conventions.clone(), snapshot)?;
        let made = Arc::new(made);
        if snapshot.files.is_empty() {
            // nothing to tell a home by: leave the choice to the next state
            return Ok(made);
        }
        Ok(Arc::clone(self.store.get_or_init(|| made)))
    }

    /// The releases that tags of this pattern name (none: the unprefixed ones), oldest first.
    pub fn releases(&self, pattern: Option<&str>) -> Result<Releases, Error> {
        Ok(releases::releases(self.repository()?, pattern)?)
    }

    /// A release of a component as one side of pairs.
    pub fn peer(&self, component: &Name, released: &Released, number: Numbered) -> Peer {
        Peer {
            name: released.release.name.clone(),
            number,
            indexed: Arc::clone(&released.state.indexed),
            runtime: self.runtime(component, number.own),
            age: released.age.clone(),
            current: false,
        }
    }

    /// A state that was not released, as one side of pairs.
    pub fn current(&self, component: &Name, state: &State, number: Numbered, age: Age) -> Peer {
        Peer {
            name: state.origin.label.clone(),
            number,
            indexed: Arc::clone(&state.indexed),
            runtime: self.runtime(component, number.own),
            age,
            current: true,
        }
    }

    /// What a component reads with at a release, where that is known.
    pub fn runtime(&self, component: &Name, version: Version) -> Option<Runtime> {
        self.component(component)?.runtime(version)
    }
}

/// A repository without a worktree is configured by what it holds.
fn committed_config(repository: &Repository) -> Result<Config, Error> {
    match committed(repository, config::FILE_NAME)? {
        Some(bytes) => understood(&bytes),
        None => Ok(Config::default()),
    }
}

fn committed(repository: &Repository, name: &str) -> Result<Option<Vec<u8>>, Error> {
    match repository.head()? {
        Some(head) => Ok(repository.file_at(head, name)?),
        None => Ok(None),
    }
}

fn understood(bytes: &[u8]) -> Result<Config, Error> {
    config::read_bytes(bytes).map_err(|errors| {
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Error::usage(lines.join("\n"))
    })
}

fn read_config(root: &Path) -> Result<Config, Error> {
    match at_root(root, config::FILE_NAME)? {
        Some(bytes) => understood(&bytes),
        None => Ok(Config::default()),
    }
}

fn at_root(root: &Path, name: &str) -> Result<Option<Vec<u8>>, Error> {
    let path = root.join(name);
    match std::fs::read(&path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(_) if path.is_dir() => Err(Error::environment(format!(
            "{} is a folder, where the file of that name would be",
            path.display()
        ))
        .hint("rename the folder, or put the file where it stands")),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::environment(format!("{}: {error}", path.display()))),
    }
}
