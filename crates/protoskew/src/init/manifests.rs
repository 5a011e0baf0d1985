//! What programs are built with: the protobuf implementation that a `go.mod`, `Cargo.toml` or the like names.

use std::path::Path;

use ignore::WalkBuilder;
use protoskew_compare::Runtime;

/// A file that names a protobuf implementation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Manifest {
    /// From the root, with `/`.
    pub(super) path: String,
    /// The implementation.
    pub(super) is: Runtime,
}

impl Manifest {
    /// Whether it lies in a folder of that name.
    pub(super) fn is_in(&self, folder: &str) -> bool {
        self.path.rsplit('/').skip(1).any(|part| part == folder)
    }
}

/// Programs live near the root: `src/agent/Cargo.toml`.
const DEEPEST: usize = 4;
/// No manifest is that long.
const LONGEST: u64 = 1 << 20;

/// The manifests of a worktree that name an implementation, in order.
pub(super) fn below(root: &Path) -> Vec<Manifest> {
    let copies = ["vendor", "third_party", "node_modules", "testdata"];
    let walk = WalkBuilder::new(root)
        .max_depth(Some(DEEPEST))
        .filter_entry(move |entry| {
            let name = entry.file_name().to_str();
            name.is_some_and(|name| !copies.contains(&name))
        })
        .build();
    let mut found: Vec<Manifest> = walk
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().to_str()?;
            let known = [
                "go.mod",
                "Cargo.toml",
                "pyproject.toml",
                "requirements.txt",
                "package.json",
            ];
            let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
            if !known.contains(&name) || !is_file || entry.metadata().ok()?.len() > LONGEST {
                return None;
            }
            let text = std::fs::read_to_string(entry.path()).ok()?;
            let path = entry
                .path()
                .strip_prefix(root)
                .ok()?
                .to_str()?
                .replace('\\', "/");
            Some(Manifest {
                is: implementation(name, &text)?,
                path,
            })
        })
        .collect();
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// The implementation that a manifest names; none where it names none, or several that are equals.
fn implementation(name: &str, text: &str) -> Option<Runtime> {
    match name {
        "go.mod" => {
            let requires = |module: &str| {
                text.lines().any(|line| {
                    let line = line.trim().trim_start_matches("require ");
                    line.split_whitespace().next() == Some(module) && !line.contains("// indirect")
                })
            };
            let gogo = requires("github.com/gogo/protobuf");
            let vtproto = requires("github.com/planetscale/vtprotobuf");
            let go =
                requires("google.golang.org/protobuf") || requires("github.com/golang/protobuf");
            match (gogo, vtproto, go) {
                (true, false, false) => Some(Runtime::Gogo),
                (false, true, _) => Some(Runtime::Vtproto),
                (false, false, true) => Some(Runtime::Go),
                _ => None,
            }
        }
        "Cargo.toml" => {
            let version = |package: &str| {
                text.lines().find_map(|line| {
                    let (name, rest) = line.split_once('=')?;
                    (name.trim() == package).then(|| rest.trim())
                })
            };
            let major = |rest: &str| rest.chars().find(char::is_ascii_digit);
            let all = [
                version("prost").map(|_| Runtime::Prost),
                version("buffa").map(|_| Runtime::Buffa),
                version("protobuf").and_then(|rest| match major(rest)? {
                    '2' => Some(Runtime::RustProtobuf2),
                    '3' => Some(Runtime::RustProtobuf3),
                    _ => None,
                }),
            ];
            let mut named = all.into_iter().flatten();
            named.next().filter(|_| named.next().is_none())
        }
        "package.json" => {
            let es = text.contains("\"@bufbuild/protobuf\"");
            let js = text.contains("\"protobufjs\"") || text.contains("\"@grpc/proto-loader\"");
            match (es, js) {
                (true, false) => Some(Runtime::ProtobufEs),
                (false, true) => {
                    let given = text.split_once("\"protobufjs\"").map(|(_, rest)| rest);
                    let major = given.and_then(|rest| rest.chars().find(char::is_ascii_digit));
                    Some(if major == Some('8') {
                        Runtime::Protobufjs8
                    } else {
                        Runtime::Protobufjs
                    })
                }
                _ => None,
            }
        }
        _ => {
            let names = |line: &str| {
                let line = line.trim_matches(|c: char| c.is_whitespace() || "\"',".contains(c));
                line.strip_prefix("protobuf").is_some_and(|rest| {
                    !rest.starts_with(|c: char| c.is_alphanumeric() || c == '-')
                })
            };
            text.lines().any(names).then_some(Runtime::Upb)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, text: &str, expected: Option<Runtime>) {
        assert_eq!(implementation(name, text), expected, "{name}: {text}");
    }

    #[test]
    fn manifests_name_implementations() {
        check(
            "go.mod",
            "require (\n\tgithub.com/gogo/protobuf v1.3.2\n)",
            Some(Runtime::Gogo),
        );
        check(
            "go.mod",
            "require google.golang.org/protobuf v1.28.0\n",
            Some(Runtime::Go),
        );
        check(
            "go.mod",
            "\tgoogle.golang.org/protobuf v1.28.0 // indirect\n",
            None,
        );
        check(
            "go.mod",
            "\tgithub.com/gogo/protobuf v1\n\tgoogle.golang.org/protobuf v1\n",
            None,
        );
        check(
            "Cargo.toml",
            "[dependencies]\nprost = \"0.14\"\n",
            Some(Runtime::Prost),
        );
        check(
            "Cargo.toml",
            "protobuf = { version = \"3.7\" }",
            Some(Runtime::RustProtobuf3),
        );
        check(
            "Cargo.toml",
            "protobuf = \"=2.28.0\"",
            Some(Runtime::RustProtobuf2),
        );
        check("Cargo.toml", "protobuf = { workspace = true }", None);
        check("Cargo.toml", "prost = \"0.14\"\nprotobuf = \"3\"", None);
        check(
            "package.json",
            "{\"dependencies\": {\"protobufjs\": \"^8.8.0\"}}",
            Some(Runtime::Protobufjs8),
        );
        check(
            "package.json",
            "{\"dependencies\": {\"protobufjs\": \"^7.4.0\"}}",
            Some(Runtime::Protobufjs),
        );
        check(
            "pyproject.toml",
            "dependencies = [\n  \"protobuf>=5\",\n]",
            Some(Runtime::Upb),
        );
        check("requirements.txt", "protobuf-to-dict\n", None);
    }
}
