//! Repositories in odd shapes: each is judged, or told what to do.

use protoskew_testkit::TestRepo;

use crate::program::{check_says, harbor, two_releases};

#[test]
fn before_the_first_commit() {
    let repo = TestRepo::new();
    check_says(&repo, "check", 2, &["no `.proto` file in worktree"]);
    check_says(&repo, "next ship.Cargo", 2, &["no .proto files here"]);
    repo.write("harbor.proto", harbor("int64 weight = 1;"));
    let none = ["may ship", "there is no earlier commit, so all is new"];
    check_says(&repo, "check", 0, &none);
    repo.git(&["add", "."]);
    check_says(&repo, "check --staged", 0, &none);
    check_says(&repo, "next ship.Cargo", 0, &["2\n"]);
    check_says(&repo, "history ship.Cargo", 0, &["not committed"]);
    check_says(
        &repo,
        "check HEAD",
        2,
        &["`HEAD` names no commit", "this branch has no commit yet"],
    );
}

/// A number that is freed and taken again, on a detached HEAD.
fn reused() -> TestRepo {
    let repo = two_releases();
    repo.git(&["checkout", "--quiet", "--detach"]);
    repo.write("harbor.proto", harbor("int64 weight = 1;"))
        .commit("Free 2");
    repo.write("harbor.proto", harbor("int64 weight = 1; bytes seal = 2;"))
        .commit("Take 2");
    repo
}

#[test]
fn a_detached_head() {
    check_says(
        &reused(),
        "check --baseline HEAD~1",
        1,
        &["field-number-reused"],
    );
}

#[test]
fn tags_that_lead_to_no_commit() {
    let repo = reused();
    repo.git(&["tag", "v1.2.0", "HEAD^{tree}"]);
    repo.git(&[
        "tag",
        "--annotate",
        "--message",
        "a tree",
        "v1.3.0",
        "HEAD^{tree}",
    ]);
    repo.git(&["tag", "v1.4.0", "HEAD:harbor.proto"]);
    check_says(
        &repo,
        "check",
        1,
        &[
            "against   2 releases",
            "3 that lead to no commit (v1.2.0, v1.3.0, v1.4.0)",
        ],
    );
    check_says(
        &repo,
        "check --against v1.3.0",
        2,
        &["`v1.3.0` is not a commit"],
    );
}

#[test]
fn objects_and_parents_that_stand_for_others() {
    let repo = reused();
    // HEAD says what its parent says: git diff shows an edit
    repo.git(&["replace", "HEAD", "HEAD~1"]);
    check_says(&repo, "check", 1, &["field-number-reused"]);
    repo.git(&["replace", "--delete", "HEAD"]);
    // HEAD comes from nothing: what was freed before was never there, but for the releases
    let head = repo.head();
    repo.write(".git/info/grafts", format!("{head}\n"));
    for tag in ["v1.0.0", "v1.1.0"] {
        repo.git(&["tag", "--delete", tag]);
    }
    repo.git(&["branch", "--force", "main", "HEAD"]);
    check_says(
        &repo,
        "check",
        0,
        &["there is no earlier commit, so all is new"],
    )
    .never_says(&["reused"]);
}

#[test]
fn an_octopus_and_a_second_root() {
    let repo = two_releases();
    for branch in ["one", "two", "three"] {
        repo.checkout("main");
        let text = harbor("int64 weight = 1;").replace("ship", branch);
        repo.branch(branch)
            .write(&format!("{branch}.proto"), text)
            .commit(branch);
    }
    repo.checkout("main").merge(&["one", "two", "three"]);
    check_says(&repo, "check", 0, &["judged    4 files"]);
    check_says(
        &repo,
        "history two.Cargo",
        0,
        &[": two\n", "came (two.proto)"],
    )
    .never_says(&["Merge"]);
    repo.git(&["checkout", "--quiet", "--orphan", "other"]);
    repo.git(&["rm", "--quiet", "-r", "--force", "."]);
    repo.write(
        "four.proto",
        harbor("int64 weight = 1;").replace("ship", "four"),
    )
    .commit("Begin elsewhere");
    repo.checkout("main").next_day();
    repo.git(&[
        "merge",
        "--quiet",
        "--allow-unrelated-histories",
        "--no-edit",
        "other",
    ]);
    check_says(&repo, "check", 0, &["judged    5 files"]);
    check_says(&repo, "history four.Cargo", 0, &["Begin elsewhere"]).never_says(&["Merge"]);
}

#[test]
fn paths_that_differ_in_case_only() {
    let repo = TestRepo::new();
    repo.write("x", harbor("int64 weight = 1;"));
    let blob = repo.git(&["hash-object", "-w", "x"]);
    for path in ["api/A.proto", "api/a.proto", "API/a.proto"] {
        repo.git(&[
            "update-index",
            "--add",
            "--cacheinfo",
            "100644",
            &blob,
            path,
        ]);
    }
    repo.commit_staged("Three of one name");
    check_says(
        &repo,
        "check HEAD",
        0,
        &[
            "judged    3 files",
            "api/A.proto is a copy of API/a.proto (and 1 more copies): counted once",
        ],
    );
}

#[test]
fn more_than_ten_thousand_tags() {
    let repo = two_releases();
    let head = repo.head();
    let packed: Vec<String> = (0..11_000)
        .map(|at| format!("{head} refs/tags/v2.{}.{}\n", at / 100, at % 100))
        .collect();
    let mut packed: Vec<String> = packed;
    packed.sort_by(|a, b| a[41..].cmp(&b[41..]));
    let text = format!(
        "# pack-refs with: peeled fully-peeled sorted \n{}",
        packed.concat()
    );
    repo.write(".git/packed-refs", text);
    check_says(
        &repo,
        "check",
        0,
        &["against   11002 releases, 1.0.0 to 2.109.99"],
    );
}

#[test]
fn a_file_of_head_that_the_clone_lacks() {
    let repo = two_releases();
    let id = repo.git(&["rev-parse", "HEAD:harbor.proto"]);
    let (folder, rest) = id.split_at(2);
    std::fs::remove_file(repo.path().join(".git/objects").join(folder).join(rest))
        .expect("it is there");
    check_says(
        &repo,
        "check HEAD",
        2,
        &[
            "harbor.proto of HEAD: file",
            "is not in this clone",
            "run `git fetch --refetch`",
        ],
    );
}
