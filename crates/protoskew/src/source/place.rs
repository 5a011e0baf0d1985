//! What a path says about a file: vendored, third-party, a test, or one's own.

use protoskew_schema::package::is_version;
use protoskew_schema::{Name, Role};

/// Why a file is not judged; a file of one's own has none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// In a folder of copies (`vendor/`), or named so by configuration.
    Vendored(Name),
    /// Written and versioned elsewhere (`google.protobuf`).
    ThirdParty(Name),
    /// Input of tests (`testdata/`).
    Test(Name),
    /// Ignored by git.
    Ignored,
    /// In a descriptor set for the sake of its importers alone.
    Imported,
    /// Not among what the configuration includes.
    NotIncluded,
    /// Outside the folder that was asked about.
    Outside,
}

impl Reason {
    /// The role of a file left out for this reason.
    pub fn role(&self) -> Role {
        Role::ResolvedOnly(match self {
            Self::Vendored(of) => format!("vendored ({of})").into(),
            Self::ThirdParty(of) => format!("third-party ({of})").into(),
            Self::Test(of) => format!("test file ({of})").into(),
            Self::Ignored => Name::new_static("git-ignored"),
            Self::Imported => Name::new_static("imported only"),
            Self::NotIncluded => Name::new_static("not included by configuration"),
            Self::Outside => Name::new_static("outside the folder asked about"),
        })
    }
}

/// Folders into which tools copy what others wrote.
const VENDORED: [&str; 8] = [
    "third_party",
    "third-party",
    "thirdparty",
    "3rdparty",
    "node_modules",
    "_vendor",
    "Godeps",
    ".buf",
];

/// Folders whose files are read by tests alone.
const TESTS: [&str; 6] = [
    "testdata",
    "test_data",
    "test-data",
    "testprotos",
    "fixtures",
    "__fixtures__",
];

/// The folder of copies or of tests that the path lies in.
pub(crate) fn by_folder(path: &str) -> Option<Reason> {
    let segments: Vec<&str> = path.split('/').collect();
    let (_, folders) = segments.split_last()?;
    for (at, &folder) in folders.iter().enumerate() {
        let shown = || Name::from(format!("{folder}/"));
        if VENDORED.contains(&folder) || folder == "vendor" && is_copies(&folders[at + 1..]) {
            return Some(Reason::Vendored(shown()));
        }
        if TESTS.contains(&folder) {
            return Some(Reason::Test(shown()));
        }
    }
    None
}

/// Whether what is below a folder `vendor` was copied there, as Go, Cargo and Composer do.
///
/// A vendor may also be somebody who sells: `api/vendor/v1/vendor.proto` is an API.
fn is_copies(below: &[&str]) -> bool {
    match below {
        [] => false,
        [first, ..] if is_version(first) => false,
        [first, rest @ ..] => first.contains('.') || !rest.is_empty(),
    }
}

/// The path that a link leads to, by its text alone; `None` where it leaves the tree.
pub(crate) fn follow(from: &str, target: &str) -> Option<String> {
    if target.starts_with('/') {
        return None;
    }
    let mut at: Vec<&str> = from.split('/').collect();
    at.pop();
    for segment in target.split('/') {
        match segment {
            "" | "." => {}
            ".." => {
                at.pop()?;
            }
            name => at.push(name),
        }
    }
    Some(at.join("/"))
}

/// Whether the path is the folder (or file), or lies below it; the empty folder holds everything.
pub(crate) fn is_within(path: &str, folder: &str) -> bool {
    let folder = folder.trim_matches('/');
    folder.is_empty()
        || path
            .strip_prefix(folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(path: &str, expected: Option<&str>) {
        let found = by_folder(path).map(|reason| match reason.role() {
            Role::ResolvedOnly(why) => why.to_string(),
            Role::Judged => unreachable!("a reason is a reason not to judge"),
        });
        assert_eq!(found.as_deref(), expected, "{path}");
    }

    #[test]
    fn copies_and_tests_are_known_by_their_folder() {
        check("vendor/github.com/o/r/x.proto", Some("vendored (vendor/)"));
        check(
            "src/agent/vendor/ttrpc/src/x.proto",
            Some("vendored (vendor/)"),
        );
        check(
            "web/node_modules/p/x.proto",
            Some("vendored (node_modules/)"),
        );
        check("third_party/x.proto", Some("vendored (third_party/)"));
        check("pkg/testdata/x.proto", Some("test file (testdata/)"));
        check("tests/fixtures/x.proto", Some("test file (fixtures/)"));
    }

    #[test]
    fn an_api_about_vendors_is_an_api() {
        check("api/vendor/v1/vendor.proto", None);
        check("vendor/v1beta1/vendor.proto", None);
        check("vendor/vendor.proto", None);
        check("vendor.proto", None);
        check("testdata.proto", None);
    }

    #[test]
    fn links_are_followed_by_their_text() {
        assert_eq!(
            follow("a/b/l.proto", "../c.proto").as_deref(),
            Some("a/c.proto")
        );
        assert_eq!(
            follow("l.proto", "./x/y.proto").as_deref(),
            Some("x/y.proto")
        );
        assert_eq!(follow("l.proto", "../x.proto"), None);
        assert_eq!(follow("l.proto", "/etc/x.proto"), None);
    }

    #[test]
    fn a_folder_is_not_its_namesake() {
        assert!(is_within("api/x.proto", "api/"));
        assert!(is_within("api/x.proto", ""));
        assert!(is_within("api/x.proto", "api/x.proto"));
        assert!(!is_within("api2/x.proto", "api"));
    }
}
