//! `protoskew check`: what is judged, and against what.

use expect_test::expect;
use protoskew_testkit::TestRepo;

use crate::program::{
    add_field, change_type, check, check_says, finish, harbor, protoskew, run, two_releases,
};

#[test]
fn an_addition_may_ship() {
    let repo = two_releases();
    add_field(&repo);
    check(
        &repo,
        "check",
        0,
        expect![[r#"
            worktree (1.2, after 1.1.0) may ship: nothing breaks
              judged    1 file, 2 messages, 1 service
              against   2 releases, 1.0.0 to 1.1.0, with 2 distinct schemas
              baseline  release 1.1.0 (884dcf7)
              next      `ship.Cargo.owner` is new. Without a policy every older release may still be met, so nothing may rely on it
                        yet; [[links]] in protoskew.toml says who meets whom.
        "#]],
    );
}

#[test]
fn a_change_of_type_may_not() {
    let repo = two_releases();
    change_type(&repo);
    check(
        &repo,
        "",
        1,
        expect![[r#"
            error[field-type-changed]: `ship.Cargo.weight` changed from `int64` to `sint64`; the two encode integers differently: 1 arrives as another number
             --> harbor.proto:9:3 (worktree)
              |
            9 |   sint64 weight = 1;
              |   ^^^^^^ `sint64`
              |
             ::: harbor.proto:9:3 (release 1.1.0, 884dcf7, 2024-01-03)
              |
            9 |   int64 weight = 1;
              |   ----- `int64`
              |
              = misread: client 1.0.0–1.1.0 → server worktree, request
                         client worktree → server 1.0.0–1.1.0, request
              = witness: 08 01 from client 1.1.0 → server worktree reads weight = -1 instead of 1
              = order: no order of upgrades helps: it breaks whichever side is newer
              = help: keep number 1 as it is and add a new field with the new type (R4)
              = id: field-type-changed:ship.Cargo.weight:c1910778

            worktree (1.2, after 1.1.0) must not ship: 1 error
              judged    1 file, 2 messages, 1 service
              against   2 releases, 1.0.0 to 1.1.0, with 2 distinct schemas
              baseline  release 1.1.0 (884dcf7)
              misread   a value arrives as another one, silently
              next      No order of upgrades helps: it breaks whichever side is newer.
              explain   protoskew explain field-type-changed
        "#]],
    );
}

#[test]
fn nothing_edited_is_nothing_new() {
    let ran = check_says(&two_releases(), "check", 0, &["nothing"]);
    ran.never_says(&["error", "warning"]);
}

/// The type was changed in 1.1.0; HEAD is a commit further.
fn released_break() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("harbor.proto", harbor("int64 weight = 1;"))
        .commit("Begin");
    repo.tag("v1.0.0")
        .write("harbor.proto", harbor("sint64 weight = 1;"))
        .commit("Save bytes");
    repo.tag("v1.1.0");
    repo.commit("Go on");
    repo
}

#[test]
fn what_was_released_broken_is_known() {
    let repo = released_break();
    check(
        &repo,
        "check",
        0,
        expect![[r#"
        worktree (1.2, after 1.1.0) may ship: nothing new breaks
          judged    1 file, 2 messages, 1 service
          against   2 releases, 1.0.0 to 1.1.0, with 2 distinct schemas
          baseline  release 1.1.0 (74b0593); 1 finding known there (--known shows it)
    "#]],
    );
    check(
        &repo,
        "check --known",
        0,
        expect![[r#"
            error[field-type-changed]: `ship.Cargo.weight` changed from `int64` to `sint64`; the two encode integers differently: 1 arrives as another number (known)
             --> harbor.proto:9:3 (worktree)
              |
            9 |   sint64 weight = 1;
              |   ^^^^^^ `sint64`
              |
             ::: harbor.proto:9:3 (release 1.0.0, abe1359, 2024-01-02)
              |
            9 |   int64 weight = 1;
              |   ----- `int64`
              |
              = misread: client 1.0.0 → server worktree, request
                         client worktree → server 1.0.0, request
              = witness: 08 01 from client 1.0.0 → server worktree reads weight = -1 instead of 1
              = order: no order of upgrades helps: it breaks whichever side is newer
              = help: keep number 1 as it is and add a new field with the new type (R4)
              = id: field-type-changed:ship.Cargo.weight:c1910778

            worktree (1.2, after 1.1.0) may ship: nothing new breaks
              judged    1 file, 2 messages, 1 service
              against   2 releases, 1.0.0 to 1.1.0, with 2 distinct schemas
              baseline  release 1.1.0 (74b0593); 1 known there
              misread   a value arrives as another one, silently
              explain   protoskew explain field-type-changed
        "#]],
    );
}

#[test]
fn a_baseline_says_where_new_starts() {
    let repo = released_break();
    check_says(
        &repo,
        "check --baseline v1.0.0",
        1,
        &["field-type-changed", "release 1.0.0"],
    );
    check_says(
        &repo,
        "check --baseline v1.1.0",
        0,
        &["1 finding known there"],
    );
    check_says(
        &repo,
        "check --baseline v1.2.0",
        2,
        &[
            "`v1.2.0` names no commit",
            "did you mean `v1.0.0` or `v1.1.0`?",
        ],
    );
}

#[test]
fn against_one_revision() {
    let repo = released_break();
    check_says(&repo, "check --against v1.0.0", 1, &["field-type-changed"]);
    check_says(&repo, "check --against v1.1.0", 0, &["v1.1.0"]);
    check_says(
        &repo,
        "check HEAD~1 --against HEAD~2",
        1,
        &["field-type-changed"],
    );
    check_says(
        &repo,
        "check --against nowhere",
        2,
        &["`nowhere` names no commit, branch or tag"],
    );
}

#[test]
fn against_several_revisions_and_folders() {
    let repo = released_break();
    let old = repo.at(repo.beside("old"));
    old.write("harbor.proto", harbor("int64 weight = 1;"));
    check_says(
        &repo,
        "check --against v1.0.0 --against v1.1.0 --against ../old",
        1,
        &["field-type-changed", "v1.0.0, v1.1.0, ../old"],
    );
}

#[test]
fn what_is_about_to_be_committed() {
    let repo = two_releases();
    change_type(&repo);
    repo.git(&["add", "--all"]);
    add_field(&repo);
    check_says(&repo, "check", 0, &["worktree"]);
    check_says(&repo, "check --staged", 1, &["index", "field-type-changed"]);
    repo.git(&["add", "--all"]);
    change_type(&repo);
    check_says(&repo, "check", 1, &["field-type-changed"]);
    check_says(&repo, "check --staged", 0, &["index"]);
}

#[test]
fn two_plain_folders_need_no_git() {
    let folder = TestRepo::folder();
    folder
        .write("old/harbor.proto", harbor("int64 weight = 1;"))
        .write("new/harbor.proto", harbor("sint64 weight = 1;"));
    check(
        &folder,
        "check new --against old",
        1,
        expect![[r#"
            error[field-type-changed]: `ship.Cargo.weight` changed from `int64` to `sint64`; the two encode integers differently: 1 arrives as another number
             --> harbor.proto:9:3 (new)
              |
            9 |   sint64 weight = 1;
              |   ^^^^^^ `sint64`
              |
             ::: harbor.proto:9:3 (old)
              |
            9 |   int64 weight = 1;
              |   ----- `int64`
              |
              = misread: client old → server new, request
                         client new → server old, request
              = witness: 08 01 from client old → server new reads weight = -1 instead of 1
              = order: no order of upgrades helps: it breaks whichever side is newer
              = help: keep number 1 as it is and add a new field with the new type (R4)
              = id: field-type-changed:ship.Cargo.weight:c1910778

            new must not ship: 1 error
              judged    1 file, 2 messages, 1 service
              against   old
              baseline  old: an explicit --against is its own baseline
              misread   a value arrives as another one, silently
              next      No order of upgrades helps: it breaks whichever side is newer.
              explain   protoskew explain field-type-changed
        "#]],
    );
    check_says(&folder, "check new --against new", 0, &["new"]);
    check_says(
        &folder,
        "check new --against older",
        2,
        &["there is no folder and no file `older`, and no git repository here"],
    );
}

/// The same API twice, in the folders `a` and `b`, released; `b` is edited.
fn two_folders() -> TestRepo {
    let repo = TestRepo::new();
    let api = |folder: &str, field: &str| {
        let text = harbor(field).replace("package ship", &format!("package {folder}"));
        repo.write(&format!("{folder}/harbor.proto"), text);
    };
    api("a", "int64 weight = 1;");
    api("b", "int64 weight = 1;");
    repo.commit("Begin");
    repo.tag("v1.0.0");
    api("b", "sint64 weight = 1;");
    repo
}

#[test]
fn a_folder_of_the_repository() {
    let repo = two_folders();
    let ran = check_says(&repo, "check a", 0, &["1 outside the folder asked about"]);
    ran.never_says(&["b.Cargo"]);
    check_says(&repo, "check b", 1, &["b.Cargo.weight"]);
    check_says(&repo, "check .", 1, &["b.Cargo.weight"]);
    check_says(
        &repo,
        "check a/harbor.proto",
        2,
        &["is a file", "help: name the folder"],
    );
    check_says(&repo, "check nowhere", 2, &["`nowhere` names no commit"]);
}

#[test]
fn the_folder_in_which_it_runs_does_not_matter() {
    let repo = two_folders();
    let inside = repo.at(repo.path().join("a"));
    let here = run(&repo, "check");
    let there = run(&inside, "check");
    assert_eq!((here.code, here.stdout), (1, there.stdout));
    let ran = finish(&repo, {
        let mut command = protoskew(&repo, "check ../b");
        command.current_dir(inside.path());
        command
    });
    ran.says(1, &["b.Cargo.weight"]);
}

#[test]
fn warnings_fail_where_they_are_asked_to() {
    let repo = two_releases();
    let renamed = "int64 weight = 1; string label = 2;";
    repo.write("harbor.proto", harbor(renamed));
    check_says(&repo, "check", 0, &["warning", "field-renamed"]);
    check_says(
        &repo,
        "check --deny-warnings",
        1,
        &["error", "field-renamed"],
    );
}

#[test]
fn arguments_that_contradict_each_other() {
    let repo = two_releases();
    check_says(&repo, "check --staged HEAD", 2, &["cannot be used with"]);
    check_says(
        &repo,
        "check --baseline v1.0.0 --against v1.0.0",
        2,
        &["cannot be used with"],
    );
    check_says(
        &repo,
        "check v1.0.0..",
        2,
        &["is a range", "help: protoskew check HEAD --against v1.0.0"],
    );
    // an unset variable in a script is not an answer
    for empty in [
        ["check", ""],
        ["check", "--against="],
        ["check", "--baseline="],
    ] {
        let mut command = protoskew(&repo, "");
        command.args(empty);
        assert_eq!(finish(&repo, command).code, 2, "{empty:?}");
    }
    check_says(
        &repo,
        "check --release newest",
        2,
        &["`newest` is not a release", "1.4"],
    );
    check_says(
        &repo,
        "chekc",
        2,
        &["`chekc` is neither", "did you mean the command `check`?"],
    );
}

#[test]
fn nobody_reserves_the_number_that_an_extension_leaves() {
    let repo = TestRepo::new();
    let with = |number: u32| {
        let head =
            "syntax = \"proto2\";\npackage ship;\nimport \"google/protobuf/descriptor.proto\";\n";
        format!(
            "{head}extend google.protobuf.FieldOptions {{\n  optional string unit = {number};\n}}\n"
        )
    };
    repo.write("unit.proto", with(50000)).commit("Begin");
    repo.tag("v1.0.0").write("unit.proto", with(50001));
    let ran = check_says(&repo, "check", 1, &["field-renumbered", "ship.unit"]);
    ran.never_says(&["unreserved", "reserve it here"]);
}
