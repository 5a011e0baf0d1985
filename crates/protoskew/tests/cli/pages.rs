//! Commands that need no repository: explain, rules, completions, demo.

use protoskew_testkit::TestRepo;

use crate::program::{check_says, run};

#[test]
fn a_page_for_every_rule() {
    let folder = TestRepo::folder();
    let listed = check_says(&folder, "rules --format json", 0, &[]).stdout;
    let ids: Vec<String> = listed
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"))
        .filter_map(|rule| Some(rule["id"].as_str()?.to_owned()))
        .collect();
    assert!(ids.len() > 30, "{ids:?}");
    for id in ids {
        check_says(
            &folder,
            &format!("explain {id}"),
            0,
            &[&id, "Why it breaks"],
        );
    }
    check_says(&folder, "rules", 0, &["field-renumbered", "R1"]);
}

#[test]
fn a_rule_that_does_not_exist() {
    let folder = TestRepo::folder();
    check_says(
        &folder,
        "explain field-renumberd",
        2,
        &[
            "there is no rule `field-renumberd`",
            "did you mean `field-renumbered`?",
        ],
    );
    check_says(
        &folder,
        "explain xyzzy",
        2,
        &["protoskew rules lists them all"],
    );
    // the id of a finding begins with its rule
    check_says(
        &folder,
        "explain field-renumbered:a.B.c:0badcafe",
        0,
        &["field-renumbered"],
    );
}

#[test]
fn completions_of_every_shell() {
    let folder = TestRepo::folder();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        check_says(
            &folder,
            &format!("completions {shell}"),
            0,
            &["matrix", "explain"],
        );
    }
    check_says(&folder, "completions tcsh", 2, &["possible values"]);
}

#[test]
fn the_demo_walks_through_a_repository_of_its_own() {
    let folder = TestRepo::folder();
    let ran = check_says(
        &folder,
        "demo",
        0,
        &[
            "$ protoskew check",
            "field-renumbered",
            "$ protoskew matrix",
            "client-behind = 1",
            "$ protoskew explain field-renumbered",
            "Why it breaks",
            "protoskew demo --keep DIR",
        ],
    );
    assert_eq!(ran.stderr, "");
    assert_eq!(
        run(&folder, "demo").stdout,
        ran.stdout,
        "the same every time"
    );
    let left = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(left, 0, "nothing is left behind");
}

#[test]
fn the_demo_keeps_its_repository_only_in_a_new_folder() {
    let folder = TestRepo::folder();
    check_says(
        &folder,
        "demo --keep kept",
        0,
        &["The repository is in kept"],
    );
    let kept = folder.at(folder.path().join("kept"));
    check_says(&kept, "check", 1, &["field-renumbered"]);
    check_says(
        &folder,
        "demo --keep kept",
        2,
        &[
            "cannot make kept",
            "--keep names a folder that does not exist yet",
        ],
    );
}

#[test]
fn help_and_version() {
    let folder = TestRepo::folder();
    check_says(
        &folder,
        "--help",
        0,
        &["Exit codes: 0 fine; 1 findings at deny"],
    );
    check_says(&folder, "--version", 0, &["protoskew "]);
}
