//! The files under some import roots, each read and parsed once.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;

use protoskew_schema::{ParsedFile, parse};

use super::roots::Root;

/// Finds files by the path that they are imported by, under the first root that has it, as protoc does.
pub(super) struct Texts {
    roots: Vec<Root>,
    read: RefCell<BTreeMap<String, Option<Arc<ParsedFile>>>>,
}

impl Texts {
    pub(super) fn new(roots: Vec<Root>) -> Self {
        Self {
            roots,
            read: RefCell::default(),
        }
    }

    /// A file, if it is under one of the roots.
    pub(super) fn parsed(&self, path: &str) -> Option<Arc<ParsedFile>> {
        if let Some(known) = self.read.borrow().get(path) {
            return known.clone();
        }
        let text = self
            .roots
            .iter()
            .find_map(|root| fs::read(root.place(path)?).ok());
        let parsed = text.map(|text| Arc::new(parse(text.into())));
        let mut read = self.read.borrow_mut();
        read.insert(path.to_owned(), parsed.clone());
        parsed
    }

    /// A file and all that it imports, directly or not, as far as that is there.
    pub(super) fn closure(&self, path: &str) -> Vec<(String, Arc<ParsedFile>)> {
        let mut found = Vec::new();
        self.walk(path, |path, parsed| {
            found.extend(parsed.map(|parsed| (path.to_owned(), parsed)));
            true
        });
        found
    }

    /// The first file that it imports, directly or not, and that is under no root.
    pub(super) fn missing_for(&self, path: &str) -> Option<String> {
        let mut missing = None;
        self.walk(path, |path, parsed| {
            if parsed.is_none() {
                missing = Some(path.to_owned());
            }
            missing.is_none()
        });
        missing
    }

    /// Visits a file and all that it imports, until `visit` says that it is enough.
    fn walk(&self, path: &str, mut visit: impl FnMut(&str, Option<Arc<ParsedFile>>) -> bool) {
        let mut seen = BTreeSet::from([path.to_owned()]);
        let mut open = vec![path.to_owned()];
        while let Some(path) = open.pop() {
            let parsed = self.parsed(&path);
            let imports = parsed.iter().flat_map(|parsed| parsed.imports());
            for (import, _) in imports {
                if seen.insert(import.to_owned()) {
                    open.push(import.to_owned());
                }
            }
            if !visit(&path, parsed) {
                return;
            }
        }
    }
}
