//! Packages of well-known owners: third-party everywhere but at home.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use protoskew_schema::Name;

use super::error::{SourceError, SourceErrorKind};
use super::place::{self, Reason};

/// A family of packages that many repositories hold copies of.
struct Owner {
    /// Packages of the family: each of these and what is below it; with a `=` before it, only itself.
    packages: &'static [&'static str],
    /// Where one name could mean two things, the file must be called so.
    file: Option<&'static str>,
    /// Paths that mean the family whatever the package: folders in sequence, or a file's name.
    paths: &'static [&'static str],
    /// Repositories, as in the URL of a clone, in which these are judged; a trailing `/` means all of that owner.
    homes: &'static [&'static str],
}

/// Those that the surveyed repositories copy.
const OWNERS: &[Owner] = &[
    Owner {
        packages: &["google"],
        file: None,
        paths: &[
            "google/protobuf/",
            "google/api/",
            "google/rpc/",
            "google/type/",
            "google/longrunning/",
        ],
        homes: &["googleapis/", "protocolbuffers/"],
    },
    Owner {
        // what declares the life of a feature beside its elements
        packages: &["=protoskew"],
        file: Some("evolution.proto"),
        paths: &["protoskew/evolution.proto"],
        homes: &["protoskew/"],
    },
    Owner {
        packages: &["=gogoproto"],
        file: None,
        paths: &["gogoproto/"],
        homes: &["gogo/protobuf", "cosmos/gogoproto"],
    },
    Owner {
        // the kubelet's interface to runtimes: packages so general that the file's name must agree
        packages: &["=runtime", "runtime.v1", "runtime.v1alpha2"],
        file: Some("api.proto"),
        paths: &["cri-api/"],
        homes: &["kubernetes/", "k8s.io/"],
    },
    Owner {
        packages: &["=csi", "=csi.v0", "=csi.v1"],
        file: None,
        // copies are put into packages of their own
        paths: &["csi.proto"],
        homes: &["container-storage-interface/"],
    },
    Owner {
        packages: &["k8s.io"],
        file: None,
        paths: &[],
        homes: &["kubernetes/", "k8s.io/"],
    },
    Owner {
        packages: &[
            "grpc.health.v1",
            "grpc.reflection",
            "grpc.channelz",
            "grpc.binarylog",
            "grpc.lookup",
            "grpc.lb",
            "grpc.gcp",
        ],
        file: None,
        paths: &[],
        homes: &["grpc/"],
    },
    Owner {
        packages: &["grpc.gateway"],
        file: None,
        paths: &["protoc-gen-openapiv2/", "protoc-gen-swagger/"],
        homes: &["grpc-ecosystem/"],
    },
    Owner {
        packages: &["envoy", "udpa", "xds"],
        file: None,
        paths: &[],
        homes: &["envoyproxy/", "cncf/"],
    },
    Owner {
        packages: &["=validate"],
        file: Some("validate.proto"),
        paths: &[],
        homes: &["envoyproxy/", "bufbuild/"],
    },
    Owner {
        packages: &["buf.validate", "buf.alpha"],
        file: None,
        paths: &[],
        homes: &["bufbuild/"],
    },
    Owner {
        packages: &["opentelemetry.proto"],
        file: None,
        paths: &[],
        homes: &["open-telemetry/opentelemetry-proto"],
    },
    Owner {
        packages: &["opencensus.proto"],
        file: None,
        paths: &[],
        homes: &["census-instrumentation/"],
    },
    Owner {
        packages: &["io.prometheus.client"],
        file: None,
        paths: &[],
        homes: &["prometheus/client_model"],
    },
    Owner {
        packages: &["io.cloudevents"],
        file: None,
        paths: &[],
        homes: &["cloudevents/"],
    },
];

impl Owner {
    /// The name by which the output calls the copy, where the file is one.
    fn owns(&self, path: &str, package: &str) -> Option<Name> {
        for &part in self.paths {
            let here = match part.strip_suffix('/') {
                Some(folder) => lies_in(path, folder),
                None => path.rsplit('/').next() == Some(part),
            };
            if here {
                return Some(part.trim_end_matches('/').into());
            }
        }
        let known = self
            .packages
            .iter()
            .any(|known| match known.strip_prefix('=') {
                Some(exact) => package == exact,
                None => package
                    .strip_prefix(known)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('.')),
            });
        let called_so = self
            .file
            .is_none_or(|file| path.rsplit('/').next() == Some(file));
        (known && called_so).then(|| package.into())
    }
}

/// Whether a folder (`google/protobuf`) stands among the folders of a path, wherever that is.
fn lies_in(path: &str, folder: &str) -> bool {
    path.match_indices(folder).any(|(at, _)| {
        let before = path[..at].chars().next_back();
        path[at + folder.len()..].starts_with('/') && before.is_none_or(|before| before == '/')
    })
}

/// Which files of one repository are its own: by configuration, by folder, by owner.
///
/// Made once a repository and used for all of its states, so that the same path and package always have the same role.
#[derive(Clone, Debug, Default)]
pub struct Conventions {
    include: Option<GlobSet>,
    vendored: GlobSet,
    /// The owners (places in [`OWNERS`]) whose home this is.
    at_home: Vec<usize>,
    within: String,
}

impl Conventions {
    /// `include` and `vendored` are globs of the configuration, over paths from the root; both may be empty.
    pub fn new(include: &[String], vendored: &[String]) -> Result<Self, SourceError> {
        Ok(Self {
            include: if include.is_empty() {
                None
            } else {
                Some(globs(include)?)
            },
            vendored: globs(vendored)?,
            at_home: Vec::new(),
            within: String::new(),
        })
    }

    /// Judges only what lies in this folder (or this file); the rest is resolved against.
    #[must_use]
    pub fn within(mut self, folder: &str) -> Self {
        folder.trim_matches('/').clone_into(&mut self.within);
        self
    }

    /// The same, without a folder that one run was asked about: what the whole repository holds.
    #[must_use]
    pub fn everywhere(&self) -> Self {
        Self {
            within: String::new(),
            ..self.clone()
        }
    }

    /// Whether a path lies in the folder that is judged.
    pub fn covers(&self, path: &str) -> bool {
        place::is_within(path, &self.within)
    }

    /// Finds out whose home the repository is: by the URL it was cloned from, by the module that its `go.mod`
    /// declares, or because most of its protos are of that owner (of those that are in no folder of copies).
    #[must_use]
    pub fn at_home<'a>(
        mut self,
        names: &[String],
        files: impl Iterator<Item = (&'a str, &'a str)>,
    ) -> Self {
        let mut all = 0_usize;
        let mut of_owner = vec![0_usize; OWNERS.len()];
        for (path, package) in files {
            if place::by_folder(path).is_some() {
                continue;
            }
            all += 1;
            for (owner, count) in OWNERS.iter().zip(&mut of_owner) {
                *count += usize::from(owner.owns(path, package).is_some());
            }
        }
        self.at_home = (0..OWNERS.len())
            .filter(|&at| {
                let named = OWNERS[at]
                    .homes
                    .iter()
                    .any(|home| names.iter().any(|name| is_called(name, home)));
                named || of_owner[at] * 2 > all
            })
            .collect();
        self
    }

    /// Why the file is not judged by its path alone; `None` where its package must be asked too.
    pub fn by_path(&self, path: &str) -> Option<Reason> {
        if self.vendored.is_match(path) {
            return Some(Reason::Vendored(Name::new_static("by configuration")));
        }
        if !place::is_within(path, &self.within) {
            return Some(Reason::Outside);
        }
        match &self.include {
            Some(include) if include.is_match(path) => None,
            Some(_) => Some(Reason::NotIncluded),
            None => place::by_folder(path).or_else(|| self.by_owner(path, "")),
        }
    }

    /// Why the file is not judged, or `None` where it is.
    pub fn classify(&self, path: &str, package: &str) -> Option<Reason> {
        let by_path = self.by_path(path);
        // what the configuration includes is judged whoever wrote it
        if by_path.is_some() || self.include.is_some() {
            return by_path;
        }
        self.by_owner(path, package)
    }

    fn by_owner(&self, path: &str, package: &str) -> Option<Reason> {
        let foreign = (0..OWNERS.len()).filter(|at| !self.at_home.contains(at));
        foreign
            .into_iter()
            .find_map(|at| OWNERS[at].owns(path, package))
            .map(Reason::ThirdParty)
    }
}

/// Whether a repository's URL or module path is this home: `https://github.com/googleapis/googleapis.git` is in
/// `googleapis/`.
fn is_called(name: &str, home: &str) -> bool {
    let name = name.trim_end_matches('/').trim_end_matches(".git");
    let name = format!("/{}/", name.replace(':', "/"));
    if home.ends_with('/') {
        name.contains(&format!("/{home}"))
    } else {
        name.contains(&format!("/{home}/"))
    }
}

/// The paths that any of the patterns matches; `*` ends at a `/`.
pub(crate) fn globs(patterns: &[String]) -> Result<GlobSet, SourceError> {
    let mut set = GlobSetBuilder::new();
    let bad = |pattern: &str, error: globset::Error| {
        SourceError::new(
            SourceErrorKind::BadPattern,
            format!("`{pattern}` is no glob: {}", error.kind()),
        )
        .hint("`protos/**/*.proto` matches at any depth, `*.proto` in one folder")
    };
    for pattern in patterns {
        let glob = GlobBuilder::new(pattern)
            .literal_separator(true)
            .build()
            .map_err(|error| bad(pattern, error))?;
        set.add(glob);
    }
    set.build()
        .map_err(|error| bad(&patterns.join(", "), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `files` are all of the repository's, each `path package`; those that are expected to be judged are marked `*`.
    #[track_caller]
    fn check(names: &[&str], files: &[&str]) {
        let names: Vec<String> = names.iter().map(|&name| name.into()).collect();
        let parts = |line: &str| {
            let line = line.trim_start_matches('*').to_owned();
            let (path, package) = line.split_once(' ').expect("a path and a package");
            (path.to_owned(), package.to_owned())
        };
        let all: Vec<(String, String)> = files.iter().map(|line| parts(line)).collect();
        let conventions = Conventions::default()
            .at_home(&names, all.iter().map(|(a, b)| (a.as_str(), b.as_str())));
        for (line, (path, package)) in files.iter().zip(&all) {
            let reason = conventions.classify(path, package);
            assert_eq!(
                reason.is_none(),
                line.starts_with('*'),
                "{path}: {reason:?}"
            );
        }
    }

    #[test]
    fn copies_are_third_party() {
        check(
            &["https://github.com/kata-containers/kata-containers"],
            &[
                "*p/agent.proto grpc",
                "*p/health.proto grpc",
                "*p/oci.proto grpc",
                "*p/types.proto types",
                "*p/remote.proto hypervisor",
                "p/cri-api/api.proto runtime.v1",
                "p/csi.proto grpc",
                "p/gogo/protobuf/gogoproto/gogo.proto gogoproto",
                "p/google/protobuf/empty.proto google.protobuf",
                "p/google/protobuf/struct.proto google.protobuf",
            ],
        );
    }

    #[test]
    fn at_home_they_are_judged() {
        check(
            &["git@github.com:googleapis/googleapis.git"],
            &[
                "*google/api/http.proto google.api",
                "*google/iam/v1/p.proto google.iam.v1",
            ],
        );
        // a fork with no telling name, known by what it holds
        check(
            &["/srv/git/apis"],
            &[
                "*google/api/http.proto google.api",
                "*google/iam/v1/p.proto google.iam.v1",
                "*mine/x.proto mine",
            ],
        );
        check(&[], &["*pkg/apis/runtime/v1/api.proto runtime.v1"]);
        check(&[], &["*csi.proto csi.v1"]);
        check(
            &["https://github.com/envoyproxy/data-plane-api"],
            &[
                "*envoy/api/v2/cds.proto envoy.api.v2",
                "*envoy/type/p.proto envoy.type",
            ],
        );
        check(
            &["github.com/gogo/protobuf"],
            &[
                "*gogoproto/gogo.proto gogoproto",
                "*test/t.proto test",
                "*test/u.proto test",
            ],
        );
    }

    #[test]
    fn a_general_name_is_not_taken_for_a_copy() {
        check(
            &["https://example.org/mine"],
            &[
                "*runtime/v1/service.proto runtime.v1",
                "*api/googlelike.proto googlelike",
                "*a.proto a",
                "*b.proto b",
                "*c.proto c",
            ],
        );
    }

    #[test]
    fn configuration_has_the_last_word() {
        let globs = |list: &[&str]| list.iter().map(|&g| g.to_owned()).collect::<Vec<_>>();
        let conventions =
            Conventions::new(&globs(&["p/**/*.proto"]), &globs(&["p/copies/**"])).unwrap();
        assert_eq!(
            conventions.classify("p/vendor/a/b/x.proto", "google.api"),
            None
        );
        assert!(conventions.classify("p/copies/x.proto", "").is_some());
        assert_eq!(
            conventions.classify("q/x.proto", ""),
            Some(Reason::NotIncluded)
        );
        let error = Conventions::new(&globs(&["p/{"]), &[]).unwrap_err();
        assert_eq!(error.kind(), SourceErrorKind::BadPattern);
    }

    #[test]
    fn only_the_folder_asked_about() {
        let conventions = Conventions::default().within("api/v1/");
        assert_eq!(conventions.classify("api/v1/x.proto", "x"), None);
        assert_eq!(
            conventions.classify("api/v2/x.proto", "x"),
            Some(Reason::Outside)
        );
    }
}
