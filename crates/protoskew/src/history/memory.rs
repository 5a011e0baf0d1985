//! What earlier runs read of the history, kept for the next one: facts about commits and files that never change.
//!
//! Commits and files are kept by their git ids, which stand for all that is in them. So nothing here can be out of date, also
//! where branches were rewritten since, and the answer is the same with it and without. What may differ (another program, the
//! end of a shallow clone, objects that stand for others) is the key: under another key nothing is taken over. A file that is
//! damaged or foreign is as good as none. It lies in the folder that all worktrees share, `.git/protoskew`, or, where nobody
//! may write there, in the user's folder for caches.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use protoskew_git::{BlobId, Repository, Walked};
use protoskew_schema::outline::{Declared, DeclaredKind, Member};
use protoskew_schema::{Name, NumberRange, ReservedName, Span};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::facts::{Facts, Item};

/// How a file begins; the number is that of the format.
const MAGIC: &[u8] = b"protoskew history 1\n";

/// From how many commits and files on that were not known it pays to write them down.
const WORTHWHILE: usize = 256;

/// Where to keep what was read, and under which key.
#[derive(Clone, Debug)]
pub struct Memory {
    /// The first that can be used is used.
    places: Vec<PathBuf>,
    key: String,
    worthwhile: usize,
}

/// What is kept.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) walked: Walked,
    files: Files,
}

/// What files say, each text and each declaration once.
#[derive(Default, Serialize, Deserialize)]
struct Files {
    names: Vec<String>,
    items: Vec<StoredItem>,
    files: Vec<StoredFile>,
}

#[derive(Serialize, Deserialize)]
struct StoredItem {
    kind: u8,
    name: u32,
    members: Vec<(i32, u32, u32)>,
    reserved: Vec<(i32, i32)>,
    reserved_names: Vec<u32>,
    extensions: Vec<(i32, i32)>,
}

#[derive(Serialize, Deserialize)]
struct StoredFile {
    id: Vec<u8>,
    package: u32,
    broken: Option<String>,
    items: Vec<u32>,
}

const KINDS: [DeclaredKind; 4] = [
    DeclaredKind::Message,
    DeclaredKind::Enum,
    DeclaredKind::Service,
    DeclaredKind::Extendee,
];

impl Memory {
    /// Beside the repository, else among the user's caches; `None` where there is neither, or where the repository does not
    /// say what its history is.
    pub fn of(repository: &Repository) -> Option<Self> {
        let shared = repository.common_dir();
        let mut places = vec![shared.join("protoskew")];
        let set = |name: &str| {
            let folder = std::env::var_os(name).map(PathBuf::from)?;
            folder.is_absolute().then_some(folder)
        };
        let caches = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")));
        if let Some(caches) = caches {
            let mut hasher = DefaultHasher::new();
            shared.canonicalize().unwrap_or(shared).hash(&mut hasher);
            let name = format!("{:016x}", hasher.finish());
            places.push(caches.join("protoskew").join(name));
        }
        Self::at(places, repository, WORTHWHILE)
    }

    /// In one of these folders. `worthwhile`: from how many commits and files on that were not known they are written down.
    pub fn at(places: Vec<PathBuf>, repository: &Repository, worthwhile: usize) -> Option<Self> {
        Some(Self {
            places,
            key: format!("{}\n{}", program(), repository.view().ok()?),
            worthwhile,
        })
    }

    pub(super) fn load(&self) -> Kept {
        let places = self.places.iter().map(|folder| file_in(folder));
        let mut found = places.filter_map(|file| self.understood(&std::fs::read(file).ok()?));
        found.next().unwrap_or_default()
    }

    /// Writes down what is known now, where enough of it was not known before.
    pub(super) fn save(&self, fresh: usize, kept: impl FnOnce() -> Kept) {
        if fresh < self.worthwhile.max(1) {
            return;
        }
        let Ok(body) = postcard::to_stdvec(&kept()) else {
            return;
        };
        let mut bytes = self.head();
        bytes.extend_from_slice(&digest(&body).to_le_bytes());
        bytes.extend_from_slice(&body);
        // a memory that cannot be kept costs the next run its time, and nothing else
        let _ = self
            .places
            .iter()
            .any(|folder| write(folder, &bytes).is_ok());
    }

    fn head(&self) -> Vec<u8> {
        let mut head = MAGIC.to_vec();
        head.extend_from_slice(&(self.key.len() as u64).to_le_bytes());
        head.extend_from_slice(self.key.as_bytes());
        head
    }

    fn understood(&self, bytes: &[u8]) -> Option<Kept> {
        let rest = bytes.strip_prefix(&*self.head())?;
        let (expected, body) = rest.split_first_chunk::<8>()?;
        if u64::from_le_bytes(*expected) != digest(body) {
            return None;
        }
        postcard::from_bytes(body).ok()
    }
}

fn file_in(folder: &Path) -> PathBuf {
    folder.join("history")
}

/// Beside it first, then renamed: another run sees the old one or the new one.
fn write(folder: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(file_in(folder))?;
    Ok(())
}

fn digest(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// Which program reads: its version, and which build of it, since only releases have versions of their own.
fn program() -> String {
    let build = std::env::current_exe().and_then(std::fs::metadata).ok();
    let build = build.map(|file| (file.len(), file.modified().ok()));
    format!("{} {build:?}", env!("CARGO_PKG_VERSION"))
}

impl Kept {
    pub(super) fn new<'f>(
        walked: Walked,
        files: impl Iterator<Item = (BlobId, &'f Facts)>,
    ) -> Self {
        let mut writer = Writer::default();
        for (id, facts) in files {
            writer.file(id, facts);
        }
        Self {
            walked,
            files: writer.files,
        }
    }

    /// What files say; nothing where any of it makes no sense.
    pub(super) fn facts(self) -> FxHashMap<BlobId, Facts> {
        self.files.read().unwrap_or_default()
    }
}

/// Gives every text and every declaration a number.
#[derive(Default)]
struct Writer<'f> {
    files: Files,
    names: FxHashMap<&'f str, u32>,
    /// By address: what says the same is shared.
    items: FxHashMap<usize, u32>,
}

impl<'f> Writer<'f> {
    fn file(&mut self, id: BlobId, facts: &'f Facts) {
        let items = facts.items.iter().map(|item| self.item(item)).collect();
        let package = self.name(&facts.package);
        self.files.files.push(StoredFile {
            id: id.as_bytes().to_vec(),
            package,
            broken: facts.broken.clone(),
            items,
        });
    }

    fn item(&mut self, item: &'f Arc<Item>) -> u32 {
        let address = Arc::as_ptr(item).addr();
        if let Some(&known) = self.items.get(&address) {
            return known;
        }
        let declared = &item.declared;
        let pairs = |ranges: &[NumberRange]| ranges.iter().map(|r| (r.start, r.end)).collect();
        let members = declared.members.iter();
        let members = members.map(|m| (m.number, self.name(&m.name), self.name(&m.ty)));
        let members = members.collect();
        let names = declared.reserved_names.iter();
        let stored = StoredItem {
            kind: declared.kind as u8,
            members,
            reserved: pairs(&declared.reserved),
            reserved_names: names.map(|reserved| self.name(&reserved.name)).collect(),
            extensions: pairs(&declared.extension_ranges),
            name: self.name(&declared.name),
        };
        let at = self.files.items.len() as u32;
        self.files.items.push(stored);
        self.items.insert(address, at);
        at
    }

    fn name(&mut self, name: &'f str) -> u32 {
        let (names, next) = (&mut self.files.names, self.names.len() as u32);
        *self.names.entry(name).or_insert_with(|| {
            names.push(name.to_owned());
            next
        })
    }
}

impl Files {
    fn read(self) -> Option<FxHashMap<BlobId, Facts>> {
        let names: Vec<Name> = self.names.into_iter().map(Name::from).collect();
        let name = |at: u32| names.get(at as usize).cloned();
        let span = Span::default();
        let ranges = |pairs: &[(i32, i32)]| -> Vec<NumberRange> {
            let ranges = pairs.iter();
            ranges
                .map(|&(start, end)| NumberRange { start, end, span })
                .collect()
        };
        let mut items: Vec<Arc<Item>> = Vec::with_capacity(self.items.len());
        for stored in &self.items {
            let members = stored.members.iter().map(|&(number, called, ty)| {
                let (name, ty) = (name(called)?, name(ty)?);
                Some(Member {
                    number,
                    name,
                    ty,
                    span,
                })
            });
            let reserved_names = stored.reserved_names.iter();
            let reserved_names = reserved_names.map(|&at| {
                Some(ReservedName {
                    name: name(at)?,
                    span,
                })
            });
            items.push(Arc::new(Item::new(Declared {
                kind: *KINDS.get(stored.kind as usize)?,
                name: name(stored.name)?,
                span,
                members: members.collect::<Option<_>>()?,
                reserved: ranges(&stored.reserved),
                reserved_names: reserved_names.collect::<Option<_>>()?,
                extension_ranges: ranges(&stored.extensions),
            })));
        }
        let files = self.files.into_iter().map(|file: StoredFile| {
            let items = file.items.iter().map(|&at| items.get(at as usize).cloned());
            let facts = Facts {
                package: name(file.package)?,
                broken: file.broken,
                items: items.collect::<Option<_>>()?,
            };
            Some((BlobId::from_bytes(&file.id)?, facts))
        });
        files.collect()
    }
}
