//! Names of objects: what a git id is, by the kind of the object that it names.

use std::fmt;

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
    /// The id that a SHA-256 repository gives to this content: for content outside of any repository.
    pub fn of(content: &[u8]) -> Self {
        Self::with_hash(content, gix::hash::Kind::Sha256)
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
        let sha256 = "473a0f4c3be8a93681a267e3b1e9a7dcda1185436fe141f7749120a303721813";
        assert_eq!(BlobId::of(b"").to_string(), sha256);
    }
}
