//! Names of objects: what a git id is, by the kind of the object that it names.

use std::fmt;
use std::hash::BuildHasher;
use std::sync::OnceLock;

use foldhash::quality::RandomState;
use gix::ObjectId;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub(crate) ObjectId);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    };
}

id! {
    /// The id of a commit.
    CommitId
}
id! {
    /// The id of a file's content: equal for equal bytes within one hash function.
    BlobId
}

impl BlobId {
    /// Its bytes, to be written down.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The id that was written down so; `None` where these are no bytes of an id.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(ObjectId::try_from(bytes).ok()?))
    }

    /// A name for content outside of any repository, which holds in this process only.
    ///
    /// 128 bits under keys drawn anew in each process: no cryptographic hash, whose cost would be most of a comparison
    /// of two folders, and still nothing that a file can be made to collide with.
    pub fn of(content: &[u8]) -> Self {
        static KEYS: OnceLock<[RandomState; 2]> = OnceLock::new();
        let keys = KEYS.get_or_init(|| [RandomState::default(), RandomState::default()]);
        let mut bytes = [0; 32];
        for (half, key) in bytes.chunks_exact_mut(8).zip(keys) {
            half.copy_from_slice(&key.hash_one(content).to_ne_bytes());
        }
        Self(ObjectId::Sha256(bytes))
    }

    pub(crate) fn with_hash(content: &[u8], hash: gix::hash::Kind) -> Self {
        Self(
            gix::objs::compute_hash(hash, gix::object::Kind::Blob, content)
                // the hasher refuses only content made to collide, which then equals nothing
                .unwrap_or_else(|_| ObjectId::null(hash)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::BlobId;

    #[test]
    fn content_is_named_as_git_names_it() {
        let sha1 = BlobId::with_hash(b"", gix::hash::Kind::Sha1);
        assert_eq!(sha1.to_string(), "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
    }

    #[test]
    fn content_outside_of_a_repository_has_one_name() {
        assert_eq!(BlobId::of(b"x"), BlobId::of(b"x"));
        assert_ne!(BlobId::of(b"x"), BlobId::of(b"y"));
    }
}
