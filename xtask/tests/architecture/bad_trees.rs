//! Small workspaces, most of them bad: a check that never fails proves nothing.

use std::fs;

use crate::invariants;
use crate::workspace::Workspace;

/// A workspace in a temporary folder.
pub(crate) struct Tree(tempfile::TempDir);

impl Tree {
    /// Writes the files, and a `Cargo.toml` that forbids unsafe code unless there is one.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let manifest = (
            "Cargo.toml",
            "[workspace.lints.rust]\nunsafe_code = \"forbid\"\n",
        );
        for (path, text) in [&manifest].into_iter().chain(files) {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self(folder)
    }

    /// The workspace as values.
    pub(crate) fn read(&self) -> Workspace {
        Workspace::read(self.0.path())
    }
}

const LINTS: &str = "[lints]\nworkspace = true\n";

/// What each invariant finds in a workspace with one crate more than none.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let tree = Tree::new(files);
    let workspace = tree.read();
    let mut broken: Vec<_> = invariants::ALL
        .iter()
        .flat_map(|invariant| (invariant.check)(&workspace))
        .collect();
    broken.sort();
    assert_eq!(broken, expected);
}

#[test]
fn a_good_tree_breaks_nothing() {
    check(
        &[
            ("crates/protoskew-schema/Cargo.toml", LINTS),
            (
                "crates/protoskew-schema/src/lib.rs",
                "//! Reads text.\n// std::fs\nfn f() {}\n#[cfg(test)]\nmod tests {\n    use std::fs;\n}\n",
            ),
            (
                "crates/protoskew-schema/src/tests.rs",
                "//! Asks protoc.\nuse std::process;\n",
            ),
            (
                "crates/protoskew-schema/tests/all.rs",
                "//! Reads a folder.\nuse std::fs;\n",
            ),
            (
                "crates/protoskew-git/Cargo.toml",
                &format!("[dependencies]\ngix = \"1\"\n{LINTS}"),
            ),
            (
                "crates/protoskew-git/src/lib.rs",
                "//! Reads git.\nuse gix::Repository;\n",
            ),
            (
                "crates/protoskew/Cargo.toml",
                &format!(
                    "[dependencies]\nprotoskew-schema.workspace = true\nprotoskew-git.workspace = true\n[dev-dependencies]\nxtask = \"1\"\n{LINTS}"
                ),
            ),
            (
                "crates/protoskew/src/main.rs",
                "//! Starts.\nfn main() { println!() }\n",
            ),
            (
                "crates/protoskew/src/cli/mod.rs",
                "//! Prints.\nfn f() { eprintln!() }\n",
            ),
            (
                "crates/protoskew/src/rules/mod.rs",
                "//! Rules.\nmod a_fact;\n#[cfg(test)]\nmod pages;\n",
            ),
            (
                "crates/protoskew/src/rules/pages/check.rs",
                "//! Runs pages.\nuse std::fs;\n",
            ),
            (
                "crates/protoskew/src/rules/a_fact/mod.rs",
                "//! A rule.\nuse crate::finding::Finding;\n",
            ),
            ("crates/protoskew/src/rules/a_fact/README.md", "# a-fact\n"),
            ("xtask/Cargo.toml", LINTS),
            (
                "xtask/src/main.rs",
                "//! Tasks.\nfn main() { println!() }\n",
            ),
        ],
        &[],
    );
}

#[test]
fn the_middle_that_reads_is_found() {
    check(
        &[
            ("crates/protoskew-schema/Cargo.toml", LINTS),
            (
                "crates/protoskew-schema/src/lib.rs",
                "//! Reads files.\nuse std::fs;\nfn f() { std::env::var(\"X\"); }\n",
            ),
            ("crates/protoskew-compare/Cargo.toml", LINTS),
            (
                "crates/protoskew-compare/src/lib.rs",
                "//! Waits.\nuse std::time::Instant;\n",
            ),
        ],
        &[
            "crates/protoskew-compare/src/lib.rs:2: names std::time",
            "crates/protoskew-schema/src/lib.rs:2: names std::fs",
            "crates/protoskew-schema/src/lib.rs:3: names std::env",
        ],
    );
}

#[test]
fn dependencies_against_the_direction_are_found() {
    let on = |name: &str| format!("[dependencies]\n{name}.workspace = true\n{LINTS}");
    check(
        &[
            ("crates/protoskew/Cargo.toml", LINTS),
            (
                "crates/protoskew-schema/Cargo.toml",
                &on("protoskew-compare"),
            ),
            ("crates/protoskew-compare/Cargo.toml", &on("protoskew")),
            ("crates/protoskew-git/Cargo.toml", &on("protoskew-schema")),
            ("xtask/Cargo.toml", &on("gix-hash")),
            ("xtask/src/main.rs", "//! Tasks.\nuse gix::x;\n"),
        ],
        &[
            "crates/protoskew-compare/Cargo.toml: depends on protoskew",
            "crates/protoskew-git/Cargo.toml: depends on protoskew-schema",
            "crates/protoskew-schema/Cargo.toml: depends on protoskew-compare",
            "xtask/Cargo.toml: depends on gix",
            "xtask/src/main.rs:2: names gix",
        ],
    );
}

#[test]
fn rules_that_see_too_much_or_have_no_page_are_found() {
    check(
        &[
            ("crates/protoskew/Cargo.toml", LINTS),
            (
                "crates/protoskew/src/rules/a/mod.rs",
                "//! A rule.\nuse crate::policy::judge;\nuse protoskew_git::Repository;\n",
            ),
            ("crates/protoskew/src/rules/a/README.md", ""),
            ("crates/protoskew/src/rules/b/mod.rs", "//! A rule.\n"),
            ("crates/protoskew/src/rules/c/README.md", ""),
        ],
        &[
            "crates/protoskew/src/rules/a/mod.rs:2: names crate::policy",
            "crates/protoskew/src/rules/a/mod.rs:3: names protoskew_git",
            "crates/protoskew/src/rules/b/README.md: is missing",
            "crates/protoskew/src/rules/c/mod.rs: is missing",
        ],
    );
}

#[test]
fn prints_outside_of_the_edge_are_found() {
    check(
        &[
            ("crates/protoskew/Cargo.toml", LINTS),
            (
                "crates/protoskew/src/report.rs",
                "//! Renders.\nfn f() { println!() }\nfn g() { std::io::stderr(); }\n",
            ),
            ("crates/protoskew-git/Cargo.toml", LINTS),
            (
                "crates/protoskew-git/src/cli.rs",
                "//! No edge.\nfn f() { dbg!() }\n",
            ),
            (
                "crates/protoskew-git/src/lib.rs",
                "//! Reads.\nfn f() { eprint!() }\n",
            ),
        ],
        &[
            "crates/protoskew-git/src/cli.rs:2: names dbg!",
            "crates/protoskew-git/src/lib.rs:2: names eprint!",
            "crates/protoskew/src/report.rs:2: names println!",
            "crates/protoskew/src/report.rs:3: names stderr()",
        ],
    );
}

#[test]
fn unsafe_code_and_missing_lints_are_found() {
    check(
        &[
            ("Cargo.toml", ""),
            ("crates/a/Cargo.toml", ""),
            ("crates/a/src/lib.rs", "//! Does.\nunsafe fn f() {}\n"),
        ],
        &[
            "Cargo.toml: does not forbid unsafe code",
            "crates/a/Cargo.toml: does not take the workspace's lints",
            "crates/a/src/lib.rs:2: names unsafe fn",
        ],
    );
}

#[test]
fn names_that_say_nothing_files_without_a_sentence_and_long_files_are_found() {
    let long = format!("//! Long.\n{}", "fn f() {}\n".repeat(1000));
    check(
        &[
            ("crates/a/Cargo.toml", LINTS),
            ("crates/a/src/common/mod.rs", "//! Shares.\n"),
            ("crates/a/src/long.rs", &long),
            ("crates/a/src/silent.rs", "use x;\n"),
            ("crates/a/src/utils.rs", "//! Helps.\n"),
        ],
        &[
            "crates/a/src/common/mod.rs: says nothing by its name",
            "crates/a/src/long.rs: has 1001 lines; is there a seam?",
            "crates/a/src/silent.rs: opens with no sentence",
            "crates/a/src/utils.rs: says nothing by its name",
        ],
    );
}
