//! Where what is judged stands: behind main, on a release branch, before the first release.

use protoskew_testkit::TestRepo;

use crate::program::{change_type, check_says, harbor, two_releases};

#[test]
fn what_main_added_meanwhile_was_not_deleted_here() {
    let repo = two_releases();
    repo.branch("topic")
        .write("readme.md", "a topic")
        .commit("Work on a topic");
    repo.checkout("main")
        .write(
            "harbor.proto",
            harbor("int64 weight = 1; optional string name = 2; optional string owner = 3;"),
        )
        .commit("Own the cargo");
    repo.checkout("topic");
    let ran = check_says(&repo, "check", 0, &["merge base with main"]);
    ran.never_says(&["Cargo.owner"]);
    change_type(&repo);
    let ran = check_says(&repo, "check", 1, &["merge base with main", "Cargo.weight"]);
    ran.never_says(&["Cargo.owner"]);
}

#[test]
fn what_later_releases_added_is_not_missing_from_an_old_commit() {
    let repo = two_releases();
    let renamed = harbor("int64 weight = 1; optional string name = 2; optional string owner = 3;");
    repo.write("harbor.proto", renamed).commit("Own the cargo");
    repo.tag("v1.2.0");
    repo.git(&["checkout", "--quiet", "v1.1.0"]);
    let asks = "check --baseline v1.0.0";
    let said = "left aside: release 1.2.0, which came after and holds this commit already";
    let ran = check_says(&repo, asks, 0, &[said]);
    ran.never_says(&["Cargo.owner"]);
}

#[test]
fn a_patch_on_a_release_branch() {
    let repo = two_releases();
    repo.git(&["checkout", "--quiet", "-b", "release-1.0", "v1.0.0"]);
    repo.write(
        "harbor.proto",
        harbor("int64 weight = 1; string berth = 3;"),
    )
    .commit("Name the berth");
    let ran = check_says(&repo, "check", 0, &["(1.0, after 1.0.0)"]);
    ran.never_says(&["Cargo.name` was removed"]);
    repo.tag("v1.0.1").checkout("main");
    // 1.0.1 holds a number that main is about to use for something else
    repo.write(
        "harbor.proto",
        harbor("int64 weight = 1; optional string name = 2; int64 volume = 3;"),
    );
    check_says(&repo, "check", 1, &["Cargo.volume", "1.0.1"]);
}

#[test]
fn the_line_after_the_newest_release() {
    let repo = two_releases();
    repo.commit("Go on");
    check_says(&repo, "check", 0, &["(1.2, after 1.1.0)"]);
    check_says(&repo, "check --release 2.0", 0, &["(2.0, after 1.1.0)"]);
    check_says(&repo, "check --release v2.0.1", 0, &["(2.0, after 1.1.0)"]);
}

#[test]
fn a_release_is_named_as_reports_name_it() {
    let repo = two_releases();
    change_type(&repo);
    check_says(
        &repo,
        "check --against 1.0.0",
        1,
        &["v1.0.0", "Cargo.weight"],
    );
    check_says(&repo, "check --baseline 1.0.0", 1, &["release 1.0.0"]);
    check_says(
        &repo,
        "check 1.1.0 --against 1.0.0",
        0,
        &["v1.1.0 may ship"],
    );
    let unknown = "`1.3.0` names no commit, branch or tag";
    check_says(&repo, "check --against 1.3.0", 2, &[unknown]);
    check_says(&repo, "check 1.3.0", 2, &[unknown]);
    let ran = check_says(&repo, "history ship.Cargo --at 1.0.0", 0, &["now: "]);
    let now = ran.stdout.trim_end();
    assert!(now.ends_with("now: int64 weight = 1"), "{now}");
}

#[test]
fn other_tag_series_are_left_aside() {
    let repo = two_releases();
    repo.tag("api/v0.1.0").tag("v1.2.0-rc1").tag("nightly");
    check_says(
        &repo,
        "check",
        0,
        &[
            "tags left aside: 1 pre-release, 1 of other series (api/), 1 that is no version (nightly)",
        ],
    );
}

#[test]
fn before_the_first_release() {
    let repo = TestRepo::new();
    repo.write("harbor.proto", harbor("int64 weight = 1;"));
    // nothing committed at all
    check_says(
        &repo,
        "check",
        0,
        &["no release", "there is no earlier commit"],
    );
    repo.commit("Begin");
    check_says(&repo, "check", 0, &["no release: there are none yet"]);
    change_type(&repo);
    check_says(&repo, "check", 1, &["Cargo.weight", "HEAD"]);
}

#[test]
fn of_what_an_option_said_the_last_counts() {
    let repo = TestRepo::new();
    for (release, path) in [("v1.0.0", "a"), ("v1.1.0", "b"), ("v1.2.0", "c")] {
        let file = harbor("int64 weight = 1;");
        let option = format!(
            "option go_package = \"x.org/{path}\";\noption java_package = \"org.{path}\";\n"
        );
        repo.write("harbor.proto", format!("{file}{option}"))
            .commit(release);
        repo.tag(release);
    }
    let text = std::fs::read_to_string(repo.path().join("harbor.proto")).unwrap();
    repo.write("harbor.proto", text.replace("x.org/c", "x.org/d"));
    let said = "`go_package` of `harbor.proto` was `x.org/c` and is `x.org/d`";
    let ran = check_says(&repo, "check", 0, &[said, "1 warning"]);
    ran.never_says(&["x.org/a", "x.org/b", "java_package"]);
}

#[test]
fn a_release_proves_what_meets_it_and_not_the_point_where_its_branch_began() {
    let repo = two_releases();
    let grown = "int64 weight = 1; optional string name = 2; bool on = 7;";
    repo.write("harbor.proto", harbor(grown)).commit("Grow");
    repo.git(&["checkout", "--quiet", "-b", "release-1.2"]);
    let grown = "int64 weight = 1; optional string name = 2; bool on = 7; bool off = 8;";
    repo.write("harbor.proto", harbor(grown)).commit("Release");
    repo.tag("v1.2.0").checkout("main");
    repo.commit("Go on");
    change_type(&repo);
    let ran = check_says(&repo, "check", 1, &["1.2 branch point", "Cargo.weight"]);
    let witnesses = ran.stdout.lines().filter(|it| it.contains("= witness: "));
    let witnesses: Vec<&str> = witnesses.collect();
    assert!(
        witnesses.iter().any(|it| it.contains("1.2.0")),
        "{witnesses:?}"
    );
    assert!(
        !witnesses.iter().any(|it| it.contains("branch point")),
        "{witnesses:?}"
    );
}
