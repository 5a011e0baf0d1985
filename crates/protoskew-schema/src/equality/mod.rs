//! Two readings of the same files, side by side: what does one say that the other does not?
//!
//! Made for the schema that is read from source and the one that is read from a compiler's descriptor set, which must be equal in all that
//! anybody reads from a schema, down to the places that reports print.

mod comments;
mod constructs;
mod facts;
mod places;

use std::collections::BTreeMap;
use std::fmt;

pub use constructs::{Constructs, count};

use crate::{FileId, Name, Schema};

/// One thing that two readings of a file say differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The file's path.
    pub file: Name,
    /// What is spoken of: `field pkg.Message.field`.
    pub element: String,
    /// Which of its properties: `number`, `place of the name`.
    pub property: &'static str,
    /// What the first schema says, if it says anything.
    pub first: Option<String>,
    /// What the second one says.
    pub second: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |said: &Option<String>| said.clone().unwrap_or_else(|| "nothing".to_owned());
        write!(
            f,
            "{}: {}: {}: {} ≠ {}",
            self.file,
            self.element,
            self.property,
            side(&self.first),
            side(&self.second)
        )
    }
}

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Depth {
    /// Places too: both sides have them.
    pub places: bool,
}

/// What comparing a file gave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// How many properties were compared.
    pub properties: usize,
    /// Those that differ, in the order of elements and properties.
    pub list: Vec<Difference>,
}

/// What two schemas say differently of one file; `None` where one of them lacks it.
pub fn differences(first: &Schema, second: &Schema, path: &str, depth: Depth) -> Option<Compared> {
    let ours = facts::of_file(first, file_of(first, path)?, depth);
    let mut theirs = facts::of_file(second, file_of(second, path)?, depth);
    let difference = |key: &facts::Key, first, second| Difference {
        file: path.into(),
        element: key.0.clone(),
        property: key.1,
        first,
        second,
    };
    let properties = ours.len();
    let mut found = BTreeMap::new();
    for (key, said) in ours {
        let other = theirs.remove(&key);
        if other.as_ref() != Some(&said) {
            found.insert(key.clone(), difference(&key, Some(said), other));
        }
    }
    for (key, said) in theirs {
        found.insert(key.clone(), difference(&key, None, Some(said)));
    }
    Some(Compared {
        properties,
        list: found.into_values().collect(),
    })
}

fn file_of(schema: &Schema, path: &str) -> Option<FileId> {
    let at = schema.files.iter().position(|f| f.path == path)?;
    Some(at as FileId)
}
