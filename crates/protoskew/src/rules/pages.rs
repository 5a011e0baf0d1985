//! Runs every rule's page as its test: two blocks are compared as two releases are, several make a history,
//! and the findings are what the rules report.
//!
//! `UPDATE_EXPECT=1 cargo test -p protoskew --lib rules` writes the `findings` blocks anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{ALL, DefaultLevel, Rule};

mod check;
mod engine;
mod overlaps;
mod page;
mod script;
mod series;
mod witnesses;

#[test]
fn every_page_is_true() {
    let update = std::env::var_os("UPDATE_EXPECT").is_some();
    let mut report = String::new();
    for rule in ALL {
        let path = page_path(rule);
        let mut text = fs::read_to_string(&path).expect("a rule's page can be read");
        if update {
            let fresh = check::with_fresh_findings(&text, engine::compare);
            if fresh != text {
                replace(&path, &fresh);
                text = fresh;
            }
        }
        for problem in check::check_page(rule, &text, engine::compare) {
            report += &format!("{}:{}: {}\n", path.display(), problem.line, problem.what);
        }
    }
    assert!(
        report.is_empty(),
        "{report}(UPDATE_EXPECT=1 writes the findings anew)"
    );
}

/// Everything behind this line of the page is generated.
const GENERATED: &str = "<!-- Generated from crates/protoskew/src/rules: UPDATE_EXPECT=1 cargo test -p protoskew --lib rules -->\n";

#[test]
fn the_list_in_the_docs_is_fresh() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules.md");
    let page = fs::read_to_string(path).expect("the list can be read");
    let (by_hand, _) = page
        .split_once(GENERATED)
        .expect("the list has a generated part");
    let page = format!("{by_hand}{GENERATED}{}", list());
    expect_test::expect_file!["../../../../docs/rules.md"].assert_eq(&page);
}

/// A table for each guideline, its rules in the order of their ids.
fn list() -> String {
    let mut guidelines: Vec<&str> = ALL.iter().map(|rule| rule.guideline).collect();
    guidelines.sort_unstable();
    guidelines.dedup();
    let mut list = String::new();
    for guideline in guidelines {
        list += &format!(
            "\n## {guideline}\n\n| rule | reports that | breaks | level |\n|---|---|---|---|\n"
        );
        for rule in ALL.iter().filter(|rule| rule.guideline == guideline) {
            let (id, folder) = (rule.id, rule.id.replace('-', "_"));
            let (lens, level) = (rule.lens.word(), level(rule.level));
            let page = format!("../crates/protoskew/src/rules/{folder}/README.md");
            list += &format!(
                "| [`{id}`]({page}) | {} | {lens} | {level} |\n",
                rule.summary
            );
        }
    }
    list
}

fn level(level: DefaultLevel) -> String {
    match level {
        DefaultLevel::Fixed(level) => level.word().to_owned(),
        DefaultLevel::ByOutcome(level) => {
            format!("deny where a meeting breaks, else {}", level.word())
        }
        DefaultLevel::WhereJson(level) => {
            format!("{}; deny where a link speaks JSON", level.word())
        }
        DefaultLevel::WarnUntilConfigured => "warn; deny in a configured link".to_owned(),
        DefaultLevel::WhereAsked(level) => format!("off; {} where asked for", level.word()),
    }
}

#[test]
fn the_rules_are_in_the_order_of_their_ids() {
    let problems = list_problems(&ALL.iter().map(|rule| rule.id).collect::<Vec<_>>());
    assert!(problems.is_empty(), "{problems:?}");
}

#[test]
fn every_folder_is_a_rule() {
    let folders: BTreeSet<String> = fs::read_dir(rules_folder())
        .expect("the folder of the rules can be read")
        .map(|entry| entry.expect("its entries too"))
        .filter(|entry| entry.path().is_dir() && entry.file_name() != "pages")
        .map(|entry| entry.file_name().to_string_lossy().replace('_', "-"))
        .collect();
    let rules: BTreeSet<String> = ALL.iter().map(|rule| rule.id.to_owned()).collect();
    assert_eq!(
        folders, rules,
        "left: the folders of rules/; right: rules::ALL"
    );
}

#[test]
fn a_wrong_list_of_rules_is_noticed() {
    assert!(list_problems(&["a-b", "c"]).is_empty());
    assert_eq!(list_problems(&["b", "a"]).len(), 1, "not sorted");
    assert_eq!(list_problems(&["a", "a"]).len(), 1, "twice");
    for id in ["", "-a", "a-", "a--b", "A", "a_b"] {
        assert_eq!(list_problems(&[id]).len(), 1, "{id:?} is not kebab-case");
    }
}

fn list_problems(ids: &[&str]) -> Vec<String> {
    let kebab = |id: &str| {
        id.split('-')
            .all(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase()))
    };
    let order = ids
        .windows(2)
        .filter(|pair| pair[0] >= pair[1])
        .map(|pair| format!("{} stands before {}", pair[0], pair[1]));
    let names = ids
        .iter()
        .filter(|id| !kebab(id))
        .map(|id| format!("{id:?} is not kebab-case"));
    order.chain(names).collect()
}

fn rules_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules")
}

fn page_path(rule: &Rule) -> PathBuf {
    rules_folder()
        .join(rule.id.replace('-', "_"))
        .join("README.md")
}

/// Writes beside, then renames: an interrupted update leaves no half page.
fn replace(path: &Path, text: &str) {
    let beside = path.with_extension("md.new");
    fs::write(&beside, text).expect("the page can be written");
    fs::rename(&beside, path).expect("the page can be replaced");
}
