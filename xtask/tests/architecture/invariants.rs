//! The invariants, mostly absences: each a sentence of `ARCHITECTURE.md` and the check that finds where it is broken.

use crate::map::opening_sentence;
use crate::workspace::{Crate, SourceFile, Workspace};

/// Something that always holds.
pub(crate) struct Invariant {
    /// As it is written in `ARCHITECTURE.md`.
    pub(crate) sentence: &'static str,
    /// The places that break it.
    pub(crate) check: fn(&Workspace) -> Vec<String>,
}

/// How many lines a file may have.
const LONGEST_FILE: usize = 700;

/// Every invariant, in the order of the page.
pub(crate) const ALL: &[Invariant] = &[
    Invariant {
        sentence: "`protoskew-schema`, `protoskew-wire` and `protoskew-compare` read nothing: no files, no environment, no clock, no other program.",
        check: the_middle_reads_nothing,
    },
    Invariant {
        sentence: "Crates depend in one direction: schema, wire and git on none of ours, compare on schema and wire, `protoskew` on all of them; nothing depends on `protoskew`.",
        check: dependencies_go_one_way,
    },
    Invariant {
        sentence: "Only `protoskew-git` names `gix`.",
        check: only_one_crate_names_gix,
    },
    Invariant {
        sentence: "Rules see neither git nor files, and know no policy.",
        check: rules_see_only_changes,
    },
    Invariant {
        sentence: "Every rule is a folder with its check in `mod.rs` and its page in `README.md`.",
        check: a_rule_is_a_folder,
    },
    Invariant {
        sentence: "Only the binary prints: `main.rs`, `cli` and `progress` of `protoskew`, and `xtask`.",
        check: only_the_binary_prints,
    },
    Invariant {
        sentence: "There is no `unsafe`, and every crate takes the workspace's lints.",
        check: nothing_is_unsafe,
    },
    Invariant {
        sentence: "No module is called `utils`, `common`, `helpers` or `misc`.",
        check: modules_have_names,
    },
    Invariant {
        sentence: "Every file opens with a sentence on what it is for.",
        check: files_open_with_a_sentence,
    },
    Invariant {
        sentence: "No file is longer than 700 lines.",
        check: files_are_short,
    },
];

fn the_middle_reads_nothing(workspace: &Workspace) -> Vec<String> {
    let outside = [
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "std::time",
        "std::io",
        "std::thread",
    ];
    let middle = |it: &&Crate| {
        matches!(
            it.name.as_str(),
            "protoskew-schema" | "protoskew-wire" | "protoskew-compare"
        )
    };
    naming(workspace.crates.iter().filter(middle), |_| true, &outside)
}

fn dependencies_go_one_way(workspace: &Workspace) -> Vec<String> {
    let mut broken = Vec::new();
    for it in &workspace.crates {
        let allowed: &[&str] = match it.name.as_str() {
            "protoskew-compare" => &["protoskew-schema", "protoskew-wire"],
            "protoskew" => &[
                "protoskew-schema",
                "protoskew-wire",
                "protoskew-compare",
                "protoskew-git",
            ],
            "xtask" => &["protoskew-schema", "protoskew-wire", "protoskew-compare"],
            _ => &[],
        };
        for dependency in &it.dependencies {
            let is_ours = workspace
                .crates
                .iter()
                .any(|other| other.name == *dependency);
            if is_ours && !allowed.contains(&dependency.as_str()) {
                broken.push(format!("{}/Cargo.toml: depends on {dependency}", it.path));
            }
        }
    }
    broken
}

fn only_one_crate_names_gix(workspace: &Workspace) -> Vec<String> {
    let others = || {
        workspace
            .crates
            .iter()
            .filter(|it| it.name != "protoskew-git")
    };
    let mut broken: Vec<_> = others()
        .filter(|it| it.dependencies.iter().any(|name| name.starts_with("gix")))
        .map(|it| format!("{}/Cargo.toml: depends on gix", it.path))
        .collect();
    broken.extend(naming(others(), |_| true, &["gix"]));
    broken
}

fn rules_see_only_changes(workspace: &Workspace) -> Vec<String> {
    let unseen = [
        "protoskew_git",
        "std::fs",
        "std::env",
        "std::process",
        "crate::cli",
        "crate::config",
        "crate::history",
        "crate::meeting",
        "crate::policy",
        "crate::releases",
        "crate::report",
        "crate::source",
    ];
    let is_rule = |file: &SourceFile| file.path.starts_with("src/rules/");
    naming(the_program(workspace), is_rule, &unseen)
}

fn a_rule_is_a_folder(workspace: &Workspace) -> Vec<String> {
    let mut broken = Vec::new();
    for it in the_program(workspace) {
        let is_test = |path: &String| {
            it.files
                .iter()
                .any(|file| file.is_test && file.path == *path)
        };
        let mut folders: Vec<_> = it
            .tree
            .iter()
            .filter(|path| !is_test(path))
            .filter_map(|path| path.strip_prefix("src/rules/")?.split_once('/'))
            .map(|(folder, _)| folder)
            .collect();
        folders.dedup();
        for folder in folders {
            for name in ["mod.rs", "README.md"] {
                let path = format!("src/rules/{folder}/{name}");
                if !it.tree.contains(&path) {
                    broken.push(format!("{}/{path}: is missing", it.path));
                }
            }
        }
    }
    broken
}

fn only_the_binary_prints(workspace: &Workspace) -> Vec<String> {
    let printing = [
        "print!",
        "println!",
        "eprint!",
        "eprintln!",
        "dbg!",
        "stdout()",
        "stderr()",
    ];
    let edges = ["src/main.rs", "src/cli.rs", "src/progress.rs"];
    let mut broken = Vec::new();
    for it in workspace.crates.iter().filter(|it| it.name != "xtask") {
        let may_print = |file: &SourceFile| {
            it.name == "protoskew"
                && (edges.contains(&file.path.as_str()) || file.path.starts_with("src/cli/"))
        };
        broken.extend(naming([it], |file| !may_print(file), &printing));
    }
    broken
}

fn nothing_is_unsafe(workspace: &Workspace) -> Vec<String> {
    let unsafe_code = [
        "unsafe {",
        "unsafe fn",
        "unsafe impl",
        "unsafe trait",
        "unsafe extern",
    ];
    let mut broken = naming(&workspace.crates, |_| true, &unsafe_code);
    if !workspace.manifest.contains("unsafe_code = \"forbid\"") {
        broken.push("Cargo.toml: does not forbid unsafe code".to_owned());
    }
    for it in &workspace.crates {
        if !it.manifest.contains("[lints]\nworkspace = true") {
            broken.push(format!(
                "{}/Cargo.toml: does not take the workspace's lints",
                it.path
            ));
        }
    }
    broken
}

fn modules_have_names(workspace: &Workspace) -> Vec<String> {
    let empty = ["util", "utils", "common", "helper", "helpers", "misc"];
    workspace
        .files()
        .filter(|(_, file)| {
            let path = file.path.trim_end_matches(".rs");
            path.split('/').any(|part| empty.contains(&part))
        })
        .map(|(path, _)| format!("{path}: says nothing by its name"))
        .collect()
}

fn files_open_with_a_sentence(workspace: &Workspace) -> Vec<String> {
    workspace
        .files()
        .filter(|(_, file)| {
            !opening_sentence(&file.text)
                .is_some_and(|sentence| sentence.ends_with(['.', '?', '`', ':']))
        })
        .map(|(path, _)| format!("{path}: opens with no sentence"))
        .collect()
}

fn files_are_short(workspace: &Workspace) -> Vec<String> {
    workspace
        .files()
        .map(|(path, file)| (path, file.text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_FILE)
        .map(|(path, lines)| format!("{path}: has {lines} lines; is there a seam?"))
        .collect()
}

fn the_program(workspace: &Workspace) -> impl Iterator<Item = &Crate> {
    workspace.crates.iter().filter(|it| it.name == "protoskew")
}

/// Where the code of such files of such crates names one of the words.
fn naming<'a>(
    crates: impl IntoIterator<Item = &'a Crate>,
    files: impl Fn(&SourceFile) -> bool,
    words: &[&str],
) -> Vec<String> {
    let mut found = Vec::new();
    for it in crates {
        for file in it.files.iter().filter(|file| files(file)) {
            for (number, word) in file.naming(words) {
                found.push(format!("{}/{}:{number}: names {word}", it.path, file.path));
            }
        }
    }
    found
}
