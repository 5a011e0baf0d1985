//! Asking the past: the first number never used, and an element's story.

use expect_test::expect;
use protoskew_testkit::TestRepo;

use crate::program::{check, check_says, harbor};

/// A number that was freed in one commit and came back with another meaning two commits later.
fn reused() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("harbor.proto", harbor("int64 weight = 1; string name = 2;"))
        .commit("Begin");
    repo.tag("v1.0.0");
    repo.write("harbor.proto", harbor("int64 weight = 1;"))
        .commit("Free the name");
    repo.write("readme.md", "harbor").commit("Go on");
    repo.write("harbor.proto", harbor("int64 weight = 1; bytes seal = 2;"))
        .commit("Seal the cargo");
    repo
}

#[test]
fn the_first_number_that_was_never_used() {
    let repo = reused();
    let ran = check_says(&repo, "next ship.Cargo", 0, &["3\n"]);
    ran.never_says(&["2\n  spent"]);
    check_says(&repo, "next ship.Cargo --count 2", 0, &["3", "4"]);
    check_says(&repo, "next ship.Crago", 2, &["ship.Crago", "ship.Cargo"]);
}

#[test]
fn the_story_of_an_element() {
    let repo = reused();
    check(
        &repo,
        "history ship.Cargo.seal",
        0,
        expect![[r#"
        ship.Cargo.seal

        33e401d 2024-01-02 Ada Author: Begin
            + string name = 2  [released in 1.0.0]

        6135b62 2024-01-03 Ada Author: Free the name
            - string name = 2

        b0bd9cc 2024-01-05 Ada Author: Seal the cargo
            + bytes seal = 2

        now: bytes seal = 2
    "#]],
    );
    check_says(
        &repo,
        "history ship.Cargo.seal --format json",
        0,
        &["\"type\":\"history\""],
    );
}

#[test]
fn a_number_that_came_back_years_later_fails_the_check() {
    let repo = reused();
    // every step from one commit to the next is silent
    check_says(&repo, "check --against HEAD~1", 0, &["may ship"]);
    check_says(
        &repo,
        "check --baseline HEAD~1",
        1,
        &["field-number-reused", "ship.Cargo.seal"],
    );
}
