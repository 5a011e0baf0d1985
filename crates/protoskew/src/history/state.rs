//! The state that is looked at: which file says what, and which files declare a name.

use std::sync::Arc;

use protoskew_schema::outline::DeclaredKind;
use rustc_hash::FxHashMap;

use super::facts::{Facts, Key};
use super::ledger::Declaration;
use super::timeline::{FactsId, FileChange, PathId, Timeline};

/// One state, which becomes another by the files that differ.
#[derive(Debug, Default)]
pub(crate) struct State {
    files: FxHashMap<PathId, FactsId>,
    /// The paths that declare a name.
    places: FxHashMap<Key, Vec<PathId>>,
}

impl State {
    pub(crate) fn go(&mut self, timeline: &(impl Timeline + ?Sized), changes: &[FileChange]) {
        for change in changes {
            let names = |id: Option<FactsId>| id.map(|id| timeline.facts(id));
            let (old, new) = (names(change.old), names(change.new));
            if !same_names(old, new) {
                for item in old.iter().flat_map(|facts| &facts.items) {
                    if let Some(paths) = self.places.get_mut(&item.key()) {
                        paths.retain(|&path| path != change.path);
                    }
                }
                for item in new.iter().flat_map(|facts| &facts.items) {
                    let paths = self.places.entry(item.key()).or_default();
                    if !paths.contains(&change.path) {
                        paths.push(change.path);
                    }
                }
            }
            match change.new {
                Some(new) => self.files.insert(change.path, new),
                None => self.files.remove(&change.path),
            };
        }
    }

    /// The files that declare this.
    pub(crate) fn declaring(&self, key: &Key) -> &[PathId] {
        self.places.get(key).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn file(&self, path: PathId) -> Option<FactsId> {
        self.files.get(&path).copied()
    }

    /// Whether a type of that name, as written, is an enum here.
    pub(crate) fn is_enum(&self, written: &str, scope: &str) -> bool {
        let mut scope = scope;
        loop {
            let full = if scope.is_empty() {
                written.into()
            } else {
                format!("{scope}.{written}").into()
            };
            let mut key = (DeclaredKind::Enum, full);
            if !self.declaring(&key).is_empty() {
                return true;
            }
            key.0 = DeclaredKind::Message;
            if !self.declaring(&key).is_empty() || scope.is_empty() {
                return false;
            }
            scope = scope.rsplit_once('.').map_or("", |(above, _)| above);
        }
    }

    /// Everything that is declared, by path.
    pub(crate) fn declarations(&self, timeline: &(impl Timeline + ?Sized)) -> Vec<Declaration> {
        let mut files: Vec<(PathId, FactsId)> = self.files.iter().map(|(&p, &f)| (p, f)).collect();
        files.sort_unstable_by_key(|&(path, _)| timeline.path(path));
        let all = files.into_iter().flat_map(|(path, facts)| {
            (0..timeline.facts(facts).items.len() as u32).map(move |item| Declaration {
                path,
                facts,
                item,
            })
        });
        all.collect()
    }
}

fn same_names(old: Option<&Facts>, new: Option<&Facts>) -> bool {
    let (Some(old), Some(new)) = (old, new) else {
        return false;
    };
    old.items.len() == new.items.len()
        && old.items.iter().zip(&new.items).all(|(a, b)| {
            let (one, two) = (&a.declared, &b.declared);
            Arc::ptr_eq(a, b) || one.kind == two.kind && one.name == two.name
        })
}
