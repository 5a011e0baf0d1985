//! Import roots of a folder, found by what its files import, and the files of each.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use protoskew_schema::parse;

/// The files of one import root.
pub(super) struct Group {
    /// The root itself, then those of the other groups, then the ones that were given.
    pub(super) roots: Vec<PathBuf>,
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
pub(super) fn groups(folder: &Path, given: &[PathBuf]) -> Result<Vec<Group>> {
    let files = protos(folder)?;
    let known: BTreeSet<&str> = files.iter().map(String::as_str).collect();
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
    let mut members: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for file in &files {
        let holds = |root: &&&str| root.is_empty() || file.starts_with(&format!("{root}/"));
        let root = roots.iter().filter(holds).max_by_key(|root| root.len());
        let root = root.copied().unwrap_or_default();
        let path = file[root.len()..].trim_start_matches('/');
        members.entry(root).or_default().push(path.to_owned());
    }
    let all: Vec<PathBuf> = roots.iter().map(|root| folder.join(root)).collect();
    let groups = members.into_iter().map(|(root, files)| {
        let own = folder.join(root);
        let others = all.iter().filter(|other| **other != own).cloned();
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
