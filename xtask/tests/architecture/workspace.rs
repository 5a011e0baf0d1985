//! Reads a workspace into values: its crates, what they depend on, and the text of their files.

use std::fs;
use std::path::Path;

/// Everything that the map and the invariants speak of.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The text of the workspace's own `Cargo.toml`.
    pub(crate) manifest: String,
    /// The crates, by path.
    pub(crate) crates: Vec<Crate>,
}

/// A crate of the workspace.
#[derive(Debug)]
pub(crate) struct Crate {
    /// Its folder: `crates/protoskew`.
    pub(crate) path: String,
    /// Its name, after its folder.
    pub(crate) name: String,
    /// The text of its `Cargo.toml`.
    pub(crate) manifest: String,
    /// What it depends on to be built, development aside.
    pub(crate) dependencies: Vec<String>,
    /// Its files of Rust, by path.
    pub(crate) files: Vec<SourceFile>,
    /// All files below `src`, by path from the crate's folder.
    pub(crate) tree: Vec<String>,
}

/// A file of Rust.
#[derive(Debug)]
pub(crate) struct SourceFile {
    /// From the crate's folder: `src/report/mod.rs`.
    pub(crate) path: String,
    /// All of it.
    pub(crate) text: String,
    /// Compiled for tests only: by its place, or because the module above says so.
    pub(crate) is_test: bool,
}

impl Workspace {
    /// Reads `Cargo.toml`, `crates/*` and `xtask`.
    pub(crate) fn read(root: &Path) -> Self {
        let mut crates = Vec::new();
        for name in names_in(&root.join("crates")) {
            let path = format!("crates/{name}");
            if root.join(&path).join("Cargo.toml").is_file() {
                crates.push(Crate::read(root, &path));
            }
        }
        if root.join("xtask/Cargo.toml").is_file() {
            crates.push(Crate::read(root, "xtask"));
        }
        Self {
            manifest: text_of(&root.join("Cargo.toml")),
            crates,
        }
    }

    /// Every file of every crate, with its path from the root.
    pub(crate) fn files(&self) -> impl Iterator<Item = (String, &SourceFile)> {
        self.crates.iter().flat_map(|it| {
            it.files
                .iter()
                .map(move |file| (format!("{}/{}", it.path, file.path), file))
        })
    }
}

impl Crate {
    fn read(root: &Path, path: &str) -> Self {
        let folder = root.join(path);
        let manifest = text_of(&folder.join("Cargo.toml"));
        let mut tree = Vec::new();
        for part in ["src", "tests", "examples", "benches"] {
            walk(&folder, part, &mut tree);
        }
        let files = tree
            .iter()
            .filter(|path| path.ends_with(".rs"))
            .map(|path| SourceFile {
                path: path.clone(),
                text: text_of(&folder.join(path)),
                is_test: path
                    .split('/')
                    .any(|part| matches!(part, "tests" | "tests.rs" | "benches" | "examples")),
            })
            .collect();
        let files = mark_test_modules(files);
        Self {
            path: path.to_owned(),
            name: path.rsplit('/').next().unwrap_or(path).to_owned(),
            dependencies: dependencies_in(&manifest),
            manifest,
            files,
            tree,
        }
    }
}

impl SourceFile {
    /// The lines that are not comments, up to the tests at the file's end, with their numbers; none of a file of tests.
    pub(crate) fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut lines = self.text.lines().enumerate().peekable();
        std::iter::from_fn(move || {
            let (index, line) = lines.next()?;
            let tests_follow = line.trim() == "#[cfg(test)]"
                && lines
                    .peek()
                    .is_some_and(|(_, next)| next.trim_start().starts_with("mod tests {"));
            (!self.is_test && !tests_follow).then_some((index + 1, line))
        })
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// Where the code names one of the words, as whole words.
    pub(crate) fn naming<'a>(
        &'a self,
        words: &'a [&str],
    ) -> impl Iterator<Item = (usize, &'a str)> {
        self.code().flat_map(move |(number, line)| {
            words
                .iter()
                .filter(move |word| names(line, word))
                .map(move |word| (number, *word))
        })
    }
}

/// Finds `#[cfg(test)] mod name;` and marks the files of that module.
fn mark_test_modules(mut files: Vec<SourceFile>) -> Vec<SourceFile> {
    let mut below = Vec::new();
    for file in &files {
        let stem = file.path.trim_end_matches(".rs");
        let folder = ["/mod", "/lib", "/main"]
            .iter()
            .find_map(|name| stem.strip_suffix(name))
            .unwrap_or(stem);
        let lines = || file.text.lines().map(str::trim);
        for (attribute, next) in lines().zip(lines().skip(1)) {
            let name = next
                .strip_prefix("mod ")
                .and_then(|it| it.strip_suffix(';'));
            if let (true, Some(name)) = (attribute == "#[cfg(test)]", name) {
                below.push(format!("{folder}/{name}"));
            }
        }
    }
    for file in &mut files {
        let is_below = |module: &String| {
            let rest = file.path.strip_prefix(module.as_str());
            rest.is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
        };
        file.is_test |= below.iter().any(is_below);
    }
    files
}

/// Whether the word stands in the line with no letter, digit or underscore beside it.
fn names(line: &str, word: &str) -> bool {
    let is_part = |char: char| char.is_alphanumeric() || char == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let goes_on = word.ends_with(is_part) && after.is_some_and(is_part);
        !goes_on && !before.is_some_and(is_part)
    })
}

/// The names below `[dependencies]` and `[build-dependencies]`, also those of a target.
fn dependencies_in(manifest: &str) -> Vec<String> {
    let mut inside = false;
    let mut found = Vec::new();
    for line in manifest.lines() {
        if let Some(table) = line.trim().strip_prefix('[') {
            let table = table.trim_end_matches(']');
            let parts: Vec<_> = table.split('.').collect();
            let position = parts
                .iter()
                .position(|part| matches!(*part, "dependencies" | "build-dependencies"));
            inside = position.is_some_and(|it| it + 1 == parts.len());
            // `[dependencies.name]`
            if let Some(name) = position.and_then(|it| parts.get(it + 1)) {
                found.push((*name).to_owned());
            }
        } else if inside && !line.trim_start().starts_with('#') {
            let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
            if !name.is_empty() && !line.starts_with([' ', '\t', ']']) {
                found.push(name.trim_matches('"').to_owned());
            }
        }
    }
    found
}

fn walk(folder: &Path, below: &str, found: &mut Vec<String>) {
    for name in names_in(&folder.join(below)) {
        let path = format!("{below}/{name}");
        if folder.join(&path).is_dir() {
            walk(folder, &path, found);
        } else {
            found.push(path);
        }
    }
}

/// The names in a folder, sorted; none where there is no folder.
fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

fn text_of(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{SourceFile, dependencies_in, names};
    use crate::bad_trees::Tree;

    #[test]
    fn whole_words_only() {
        assert!(names("use gix::Repository;", "gix"));
        assert!(names("std::fs::read(path)", "std::fs"));
        assert!(names("println!(\"x\")", "println!"));
        assert!(!names("use gixen::x;", "gix"));
        assert!(!names("let my_gix = 1;", "gix"));
        assert!(!names("eprintln!()", "println!"));
    }

    #[test]
    fn dependencies_of_every_spelling() {
        let manifest = "\
[package]
name = \"x\"
[dependencies]
# comment
a = \"1\"
b.workspace = true
c = { version = \"1\", features = [
    \"d\",
] }
[dev-dependencies]
e = \"1\"
[target.'cfg(unix)'.dependencies]
f = \"1\"
[dependencies.g]
version = \"1\"
[build-dependencies]
h = \"1\"
";
        assert_eq!(dependencies_in(manifest), ["a", "b", "c", "f", "g", "h"]);
    }

    #[test]
    fn code_ends_where_the_tests_begin() {
        let file = SourceFile {
            path: "src/x.rs".to_owned(),
            text: "//! Doc.\nuse a;\n#[cfg(test)]\nuse b;\n    // note\n#[cfg(test)]\nmod tests {\n}\n"
                .to_owned(),
            is_test: false,
        };
        let code: Vec<_> = file
            .code()
            .map(|(at, line)| format!("{at} {line}"))
            .collect();
        assert_eq!(code, ["2 use a;", "3 #[cfg(test)]", "4 use b;"]);
    }

    #[test]
    fn files_of_tests_are_known() {
        let tree = Tree::new(&[
            ("crates/a/Cargo.toml", ""),
            (
                "crates/a/src/lib.rs",
                "#[cfg(test)]\nmod pages;\nmod rules;\n",
            ),
            ("crates/a/src/pages.rs", ""),
            ("crates/a/src/pagesx.rs", ""),
            (
                "crates/a/src/rules/mod.rs",
                "    #[cfg(test)]\n    mod page;\n",
            ),
            ("crates/a/src/rules/page/mod.rs", ""),
            ("crates/a/src/rules/page/deep.rs", ""),
            ("crates/a/src/rules/tests.rs", ""),
            ("crates/a/tests/all.rs", ""),
        ]);
        let workspace = tree.read();
        let tests: Vec<_> = workspace.crates[0]
            .files
            .iter()
            .filter(|it| it.is_test)
            .map(|it| it.path.as_str())
            .collect();
        assert_eq!(
            tests,
            [
                "src/pages.rs",
                "src/rules/page/deep.rs",
                "src/rules/page/mod.rs",
                "src/rules/tests.rs",
                "tests/all.rs"
            ]
        );
    }
}
