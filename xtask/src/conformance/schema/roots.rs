//! Import roots of a folder, found by what its files import, and the files of each.
//!
//! A root may stand below a path of its own, as protoc's `-I` takes it: `k8s.io/api=DIR`. So a Go module is imported by its name, though it
//! lies in a folder of another one.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use protoskew_schema::parse;

/// An import root: a folder, and the path that its files are imported below.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Root {
    /// Empty where its files are imported by their paths in the folder.
    prefix: String,
    folder: PathBuf,
}

impl Root {
    /// A folder as it was given: `DIR`, or `k8s.io/api=DIR`.
    pub(super) fn given(text: &str) -> Result<Self> {
        let (prefix, folder) = text.split_once('=').unwrap_or(("", text));
        let folder = fs::canonicalize(folder)
            .with_context(|| format!("{folder} is no folder that can be read"))?;
        Ok(Self {
            prefix: prefix.trim_matches('/').to_owned(),
            folder,
        })
    }

    pub(super) fn plain(folder: PathBuf) -> Self {
        Self {
            prefix: String::new(),
            folder,
        }
    }

    /// Where a file is that is imported by this path, if it can be here.
    pub(super) fn place(&self, import: &str) -> Option<PathBuf> {
        if self.prefix.is_empty() {
            return Some(self.folder.join(import));
        }
        let inside = import.strip_prefix(&self.prefix)?.strip_prefix('/')?;
        Some(self.folder.join(inside))
    }

    /// The path that a file of the folder is imported by.
    fn import_of(&self, inside: &str) -> String {
        match self.prefix.as_str() {
            "" => inside.to_owned(),
            prefix => format!("{prefix}/{inside}"),
        }
    }

    /// As protoc takes it.
    pub(super) fn argument(&self) -> String {
        match self.prefix.as_str() {
            "" => format!("-I{}", self.folder.display()),
            prefix => format!("-I{prefix}={}", self.folder.display()),
        }
    }
}

impl std::fmt::Display for Root {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.folder.display().fmt(f)
    }
}

/// The files of one import root.
pub(super) struct Group {
    /// The root itself, then those of the other groups, then the ones that were given.
    pub(super) roots: Vec<Root>,
    /// From the root, in order.
    pub(super) files: Vec<String>,
}

impl Group {
    /// Whether a file is one of this group, and not only imported.
    pub(super) fn counts(&self, path: &str) -> bool {
        self.files
            .binary_search_by(|file| file.as_str().cmp(path))
            .is_ok()
    }
}

/// Finds the files of a folder and the roots that they are imported from.
pub(super) fn groups(whole: &Root, given: &[Root]) -> Result<Vec<Group>> {
    let folder = &whole.folder;
    let files = protos(folder)?;
    let known: BTreeSet<String> = files.iter().map(|file| whole.import_of(file)).collect();
    let mut by_name: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in &files {
        let name = file.rsplit('/').next().unwrap_or(file);
        by_name.entry(name).or_default().push(file);
    }
    // what is found from the folder itself needs no other root
    let mut roots: BTreeSet<&str> = BTreeSet::from([""]);
    for file in &files {
        let Ok(text) = fs::read(folder.join(file)) else {
            continue;
        };
        let parsed = parse(text.into());
        for (import, _) in parsed.imports() {
            if known.contains(import) {
                continue;
            }
            let name = import.rsplit('/').next().unwrap_or(import);
            let candidates = by_name.get(name).into_iter().flatten();
            let found = candidates.filter_map(|path| {
                let root = path.strip_suffix(import)?.strip_suffix('/')?;
                // the one that is nearest to the file that imports
                let shared = root
                    .split('/')
                    .zip(file.split('/'))
                    .take_while(|(a, b)| a == b);
                Some((shared.count(), root))
            });
            if let Some((_, root)) = found.max() {
                roots.insert(root);
            }
        }
    }
    let mut members: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for file in &files {
        let holds = |root: &&&str| root.is_empty() || file.starts_with(&format!("{root}/"));
        let root = roots.iter().filter(holds).max_by_key(|root| root.len());
        let root = root.copied().unwrap_or_default();
        let path = file[root.len()..].trim_start_matches('/');
        members.entry(root).or_default().push(path);
    }
    let root_of = |inside: &str| match inside {
        "" => whole.clone(),
        _ => Root::plain(folder.join(inside)),
    };
    let all: Vec<Root> = roots.iter().map(|root| root_of(root)).collect();
    let groups = members.into_iter().map(|(root, files)| {
        let own = root_of(root);
        let others = all.iter().filter(|other| **other != own).cloned();
        let mut files: Vec<String> = files.into_iter().map(|file| own.import_of(file)).collect();
        files.sort_unstable();
        Group {
            roots: [own.clone()]
                .into_iter()
                .chain(others)
                .chain(given.iter().cloned())
                .collect(),
            files,
        }
    });
    Ok(groups.collect())
}

/// The `.proto` files below a folder, from there, in order; hidden folders are left aside.
fn protos(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        let entries =
            fs::read_dir(&next).with_context(|| format!("{} cannot be listed", next.display()))?;
        for entry in entries {
            let entry = entry?;
            let (path, kind) = (entry.path(), entry.file_type()?);
            let hidden = entry.file_name().to_string_lossy().starts_with('.');
            if kind.is_dir() && !hidden {
                open.push(path);
            } else if kind.is_file()
                && path
                    .extension()
                    .is_some_and(|extension| extension == "proto")
                && let Some(relative) = path.strip_prefix(folder).ok().and_then(Path::to_str)
            {
                found.push(relative.to_owned());
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::{Root, groups};

    fn put(folder: &Path, path: &str, text: &str) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        fs::write(path, text).expect("a file is written");
    }

    /// The files of each group, with the arguments that protoc would get.
    fn check(prefix: &str, files: &[(&str, &str)], expected: &[(&str, &[&str])]) {
        let folder = tempfile::tempdir().expect("a scratch folder");
        for (path, text) in files {
            put(folder.path(), path, text);
        }
        let given = format!("{prefix}{}", folder.path().display());
        let root = Root::given(&given).expect("the folder is there");
        let scratch = root.folder.display().to_string();
        let found: Vec<(String, Vec<String>)> = groups(&root, &[])
            .expect("the folder can be read")
            .into_iter()
            .map(|group| {
                (
                    group.roots[0].argument().replace(&scratch, "DIR"),
                    group.files,
                )
            })
            .collect();
        let found: Vec<(&str, Vec<&str>)> = found
            .iter()
            .map(|(root, files)| (root.as_str(), files.iter().map(String::as_str).collect()))
            .collect();
        let expected: Vec<(&str, Vec<&str>)> = expected
            .iter()
            .map(|(root, files)| (*root, files.to_vec()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_root_is_where_an_import_starts() {
        check(
            "",
            &[
                ("x/y/a.proto", "import \"y/b.proto\";"),
                ("x/y/b.proto", ""),
                ("c.proto", ""),
            ],
            &[
                ("-IDIR", &["c.proto"]),
                ("-IDIR/x", &["y/a.proto", "y/b.proto"]),
            ],
        );
    }

    #[test]
    fn a_folder_may_be_imported_below_a_path_of_its_own() {
        check(
            "k8s.io/api=",
            &[
                ("v1/a.proto", "import \"k8s.io/api/v2/b.proto\";"),
                ("v2/b.proto", ""),
            ],
            &[(
                "-Ik8s.io/api=DIR",
                &["k8s.io/api/v1/a.proto", "k8s.io/api/v2/b.proto"],
            )],
        );
    }

    #[test]
    fn a_root_has_only_what_is_below_its_path() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let root =
            Root::given(&format!("go.org/m={}", folder.path().display())).expect("it is there");
        assert_eq!(
            root.place("go.org/m/a.proto"),
            Some(root.folder.join("a.proto"))
        );
        assert_eq!(root.place("go.org/more/a.proto"), None);
        assert_eq!(root.place("a.proto"), None);
    }
}
