//! Finds the file that an import statement means, without being told the import roots.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use crate::package::is_version;

/// All paths of a source, ready to be asked what an import means.
///
/// Paths use `/` and are relative to the root of the source.
#[derive(Debug, Default)]
pub struct ImportIndex {
    paths: Vec<String>,
    roots: Vec<String>,
    by_path: FxHashMap<String, u32>,
    /// File name → every path that ends with it, in path order.
    by_file_name: FxHashMap<String, Vec<u32>>,
}

impl ImportIndex {
    /// Indexes the paths; `roots` are the declared import roots (without a trailing `/`), which win where they hold the file.
    pub fn new(paths: Vec<String>, roots: Vec<String>) -> Self {
        let mut by_path = FxHashMap::default();
        let mut by_file_name: FxHashMap<String, Vec<u32>> = FxHashMap::default();
        for (index, path) in paths.iter().enumerate() {
            by_path.insert(path.clone(), index as u32);
            let file_name = path.rsplit('/').next().unwrap_or(path);
            by_file_name
                .entry(file_name.to_owned())
                .or_default()
                .push(index as u32);
        }
        for candidates in by_file_name.values_mut() {
            candidates.sort_by(|a, b| paths[*a as usize].cmp(&paths[*b as usize]));
        }
        Self {
            paths,
            roots,
            by_path,
            by_file_name,
        }
    }

    /// The index (into the paths given to [`ImportIndex::new`]) of the file that `import` means in the file `from`.
    ///
    /// In this order: a declared root that holds it; the folder of `from` and each folder above it; any file whose
    /// path ends with the whole import, the one that shares most folders with `from` first, of those the one
    /// nearest to the root; last, the file that shares the longest
    /// suffix with the import, but only where that is the file's whole path (`repo/api/x.proto` for `api/x.proto`), or where the
    /// import's first folder looks like a host and at least one folder agrees that is not a version
    /// (`github.com/owner/repo/pkg/types/types.proto` for `vendor/pkg/types/types.proto`).
    pub fn resolve(&self, from: &str, import: &str) -> Option<usize> {
        let import = import.trim_start_matches("./");
        let file_name = import.rsplit('/').next().unwrap_or(import);
        // whatever it means has its file name
        let candidates = self.by_file_name.get(file_name)?;
        let mut path = String::new();
        for root in &self.roots {
            if let Some(found) = self.at(&mut path, root, import) {
                return Some(found);
            }
        }
        let mut folder = from;
        loop {
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
            if let Some(found) = self.at(&mut path, folder, import) {
                return Some(found);
            }
            if folder.is_empty() {
                break;
            }
        }
        candidates
            .iter()
            .map(|&index| {
                let path = self.paths[index as usize].as_str();
                let shared = shared_suffix_segments(path, import);
                (index as usize, path, shared)
            })
            .filter(|&(_, path, shared)| plausible(path, import, shared, from))
            // the first of equals wins: `max_by_key` would take the last
            .rev()
            .max_by_key(|&(_, path, shared)| {
                let depth = path.split('/').count();
                (shared, shared_prefix_segments(path, from), Reverse(depth))
            })
            .map(|(index, _, _)| index)
    }

    /// The file of that path below a folder; `path` is room to write it in.
    fn at(&self, path: &mut String, folder: &str, rest: &str) -> Option<usize> {
        path.clear();
        path.push_str(folder);
        if !folder.is_empty() {
            path.push('/');
        }
        path.push_str(rest);
        self.by_path.get(path.as_str()).map(|&at| at as usize)
    }
}

/// Whether a file that shares `shared` trailing segments with the import may be what is meant.
fn plausible(path: &str, import: &str, shared: usize, from: &str) -> bool {
    let wanted = import.split('/').count();
    // the import leads into this repository from outside: its first folder is the repository's name, or a host and more
    let whole_path = shared == path.split('/').count() && (shared >= 2 || wanted == 2);
    // `v1/generated.proto` may stand anywhere
    let mut folders = import.rsplit('/').take(shared).skip(1);
    let module_path = folders.any(|folder| !is_version(folder))
        && import
            .split('/')
            .next()
            .is_some_and(|first| first.contains('.'));
    path != from && (shared == wanted || whole_path || module_path)
}

fn shared_suffix_segments(a: &str, b: &str) -> usize {
    a.rsplit('/')
        .zip(b.rsplit('/'))
        .take_while(|(x, y)| x == y)
        .count()
}

fn shared_prefix_segments(a: &str, b: &str) -> usize {
    a.split('/')
        .zip(b.split('/'))
        .take_while(|(x, y)| x == y)
        .count()
}

#[cfg(test)]
mod tests {
    use super::ImportIndex;

    #[track_caller]
    fn check(paths: &[&str], from: &str, import: &str, expected: Option<&str>) {
        let index = ImportIndex::new(paths.iter().map(|p| (*p).to_owned()).collect(), vec![]);
        let found = index.resolve(from, import).map(|i| paths[i]);
        assert_eq!(found, expected, "{import:?} in {from:?}");
    }

    #[test]
    fn beside_the_file() {
        check(
            &["other/oci.proto", "p/agent.proto", "p/oci.proto"],
            "p/agent.proto",
            "oci.proto",
            Some("p/oci.proto"),
        );
    }

    #[test]
    fn in_a_folder_above() {
        check(
            &["api/v1/a.proto", "api/v1/b.proto"],
            "api/v1/a.proto",
            "v1/b.proto",
            Some("api/v1/b.proto"),
        );
    }

    #[test]
    fn a_go_module_path_of_this_repository() {
        check(
            &["pkg/types/types.proto", "protocols/grpc/agent.proto"],
            "protocols/grpc/agent.proto",
            "github.com/kata-containers/agent/pkg/types/types.proto",
            Some("pkg/types/types.proto"),
        );
    }

    #[test]
    fn the_longest_suffix_wins() {
        check(
            &["a/types/types.proto", "vendor/pkg/types/types.proto"],
            "z/agent.proto",
            "example.org/x/pkg/types/types.proto",
            Some("vendor/pkg/types/types.proto"),
        );
    }

    #[test]
    fn the_repositorys_own_name_as_first_folder() {
        check(
            &[
                "api/mvccpb/kv.proto",
                "other/mvccpb/kv.proto",
                "server/x.proto",
            ],
            "server/x.proto",
            "etcd/api/mvccpb/kv.proto",
            Some("api/mvccpb/kv.proto"),
        );
    }

    #[test]
    fn of_equals_the_one_nearest_to_the_root() {
        check(
            &[
                "compat/v3.0.0/src/p/a.proto",
                "java/b.proto",
                "src/p/a.proto",
            ],
            "java/b.proto",
            "p/a.proto",
            Some("src/p/a.proto"),
        );
    }

    #[test]
    fn two_folders_of_a_missing_import_are_not_enough() {
        check(
            &["envoy/config/matcher/v3/matcher.proto", "envoy/route.proto"],
            "envoy/route.proto",
            "xds/type/matcher/v3/matcher.proto",
            None,
        );
    }

    #[test]
    fn a_version_is_not_enough_either() {
        check(
            &["admission/v1/generated.proto", "apps/v1/generated.proto"],
            "apps/v1/generated.proto",
            "k8s.io/apimachinery/pkg/apis/meta/v1/generated.proto",
            None,
        );
        check(
            &[
                "authentication/v1/generated.proto",
                "apps/v1/generated.proto",
            ],
            "apps/v1/generated.proto",
            "k8s.io/api/authentication/v1/generated.proto",
            Some("authentication/v1/generated.proto"),
        );
    }

    #[test]
    fn a_missing_import_is_not_guessed_by_file_name_alone() {
        check(
            &["deep/other/empty.proto"],
            "a.proto",
            "google/protobuf/empty.proto",
            None,
        );
    }
}
