//! Releases, the worktree's line and the baseline of scripted repositories.

use protoskew::releases::baseline::{Tip, baseline};
use protoskew::releases::worktree_line::worktree_line;
use protoskew::releases::{Releases, releases};
use protoskew_git::Repository;
use protoskew_testkit::TestRepo;

fn open(repo: &TestRepo) -> Repository {
    Repository::discover(repo.path()).expect("git has made the repository")
}

fn of(repo: &TestRepo, pattern: Option<&str>) -> Releases {
    releases(&open(repo), pattern).expect("tags can be read")
}

/// Tags, each on a commit of its own, give these releases and this line about the rest.
#[track_caller]
fn check(tags: &[&str], pattern: Option<&str>, expected: &[&str], aside: Option<&str>) {
    let repo = TestRepo::new();
    for tag in tags {
        repo.commit(tag);
        repo.tag(tag);
    }
    let found = of(&repo, pattern);
    let tags: Vec<&str> = found.series.iter().map(|r| r.tag.as_str()).collect();
    assert_eq!(tags, expected);
    assert_eq!(found.ignored.line().as_deref(), aside);
}

#[test]
fn versions_in_their_order() {
    check(
        &["v1.10.0", "v1.2.0", "1.9.1", "v1.2.1", "v2.0.0-rc1"],
        None,
        &["v1.2.0", "v1.2.1", "1.9.1", "v1.10.0"],
        Some("tags left aside: 1 pre-release"),
    );
}

#[test]
fn a_label_is_a_release_where_versions_have_hardly_another_tag() {
    check(
        &[
            "v0.1.0-alpha",
            "v0.1.0-beta",
            "v0.1.1-beta",
            "v0.2-beta",
            "v0.2.0",
            "v0.3.0-beta",
            "v0.3.0-beta.rc1",
            "v0.4.0-rc",
        ],
        None,
        &["v0.1.0-beta", "v0.1.1-beta", "v0.2.0", "v0.3.0-beta"],
        Some("tags left aside: 2 pre-releases, 2 that repeat a version (v0.1.0-alpha, v0.2-beta)"),
    );
    check(
        &[
            "v1.0.0",
            "v1.1.0-beta",
            "v1.1.0",
            "v1.2.0-alpha",
            "v1.3.0-beta",
        ],
        None,
        &["v1.0.0", "v1.1.0"],
        Some("tags left aside: 3 pre-releases"),
    );
    // not yet a habit
    check(
        &["v0.1.0-alpha", "v0.2.0-alpha"],
        None,
        &[],
        Some("tags left aside: 2 pre-releases"),
    );
    check(
        &["lnd/v0.1.0-beta", "lnd/v0.2.0-beta", "lnd/v0.3.0-beta"],
        Some("lnd/v{version}"),
        &["lnd/v0.1.0-beta", "lnd/v0.2.0-beta", "lnd/v0.3.0-beta"],
        None,
    );
}

#[test]
fn unprefixed_tags_win() {
    check(
        &[
            "v3.0.0",
            "api/v3.0.0",
            "client/v3.0.1",
            "client/v3.0.0",
            "nightly",
        ],
        None,
        &["v3.0.0"],
        Some("tags left aside: 3 of other series (api/, client/), 1 that is no version (nightly)"),
    );
}

#[test]
fn a_pattern_names_another_series() {
    check(
        &["v3.0.0", "api/v3.0.0", "api/v3.1.0", "api/v3.2.0-rc1"],
        Some("api/v{version}"),
        &["api/v3.0.0", "api/v3.1.0"],
        Some("tags left aside: 1 pre-release, 1 of other series (without prefix)"),
    );
}

#[test]
fn one_prefixed_series_needs_no_pattern_but_two_do() {
    check(
        &["agent-1.0.0", "agent-1.1.0"],
        None,
        &["agent-1.0.0", "agent-1.1.0"],
        None,
    );
    check(
        &["agent-1.0.0", "runtime-1.1.0"],
        None,
        &[],
        Some("tags left aside: 2 of other series (agent-, runtime-)"),
    );
}

#[test]
fn one_release_a_version() {
    check(
        &["1.2", "1.2.0", "v1.2.0", "v1.3"],
        None,
        &["v1.2.0", "v1.3"],
        Some("tags left aside: 2 that repeat a version (1.2.0, 1.2)"),
    );
}

#[test]
fn tags_that_lead_to_no_commit() {
    let repo = TestRepo::new();
    repo.write("a.proto", "x").commit("Begin");
    repo.annotated_tag("v1.0.0");
    repo.git(&["tag", "v1.1.0", "HEAD:a.proto"]);
    let found = of(&repo, None);
    assert_eq!(found.series.len(), 1);
    assert_eq!(found.series[0].commit.to_string(), repo.head());
    assert_eq!(found.ignored.no_commit, ["v1.1.0"]);
}

#[test]
fn a_pattern_that_matches_nothing() {
    let repo = TestRepo::new();
    repo.commit("Begin");
    repo.tag("api/v1.0.0");
    let error = releases(&open(&repo), Some("cli/v{version}")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "no tag of this repository matches `cli/v{version}`"
    );
    assert_eq!(error.what_to_do(), Some("its series are `api/{version}`"));
}

/// What is said of HEAD: the worktree's line, then the baseline.
#[track_caller]
fn check_head(repo: &TestRepo, line: &str, base: &str) {
    let ours = open(repo);
    let releases = releases(&ours, None).unwrap();
    let head = ours.head().unwrap().unwrap();
    let default = ours.default_branch(None).unwrap();
    let found = worktree_line(&ours, &releases, head, default.as_ref()).unwrap();
    let found = found.map_or("none".to_owned(), |found| {
        let patch = if found.patch { " patch" } else { "" };
        format!("{} after {}{patch}", found.line, found.after.name)
    });
    assert_eq!(found, line, "line");
    let tip = Tip {
        head,
        edited: false,
    };
    let found = baseline(&ours, None, tip, default.as_ref(), &releases).unwrap();
    let found = found.map_or("none".to_owned(), |found| {
        let short = ours.commit(found.commit).unwrap().short;
        found
            .phrase
            .replace(&short, &ours.commit(found.commit).unwrap().subject)
    });
    assert_eq!(found, base, "baseline");
}

#[test]
fn before_the_first_release() {
    let repo = TestRepo::new();
    repo.commit("One");
    check_head(&repo, "none", "none");
    repo.commit("Two");
    check_head(&repo, "none", "the parent commit (One)");
}

#[test]
fn on_the_default_branch() {
    let repo = TestRepo::new();
    repo.commit("One");
    repo.tag("v1.0.0");
    repo.commit("Two");
    check_head(&repo, "1.1 after 1.0.0", "release 1.0.0 (One)");
    repo.tag("v1.1.0");
    // at a release itself, what is new is what it brought
    check_head(&repo, "1.2 after 1.1.0", "release 1.0.0 (One)");
}

#[test]
fn on_a_topic_branch() {
    let repo = TestRepo::new();
    repo.commit("One");
    repo.tag("v1.0.0");
    repo.commit("Two");
    repo.branch("topic").commit("Topic");
    check_head(&repo, "1.1 after 1.0.0", "merge base with main (Two)");
    // a release made meanwhile does not make it a release branch
    repo.checkout("main").commit("Three");
    repo.tag("v1.1.0");
    repo.checkout("topic");
    check_head(&repo, "1.1 after 1.0.0", "merge base with main (Two)");
}

#[test]
fn on_a_release_branch() {
    let repo = TestRepo::new();
    repo.commit("One");
    repo.tag("v1.0.0");
    repo.branch("release-1.0");
    repo.checkout("main").commit("Two");
    repo.tag("v1.1.0");
    repo.checkout("release-1.0").commit("Fix");
    check_head(&repo, "1.0 after 1.0.0 patch", "merge base with main (One)");
    repo.tag("v1.0.1");
    repo.git(&["branch", "-m", "stable"]);
    repo.commit("Fix again");
    check_head(&repo, "1.0 after 1.0.1 patch", "merge base with main (One)");
}

#[test]
fn where_tags_are_never_merged_back() {
    let repo = TestRepo::new();
    repo.commit("One");
    repo.tag("v1.0.0");
    repo.commit("Two");
    repo.branch("release-1.1").commit("Prepare");
    repo.tag("v1.1.0");
    repo.commit("Fix");
    repo.tag("v1.1.1");
    check_head(&repo, "1.1 after 1.1.1 patch", "merge base with main (Two)");
    repo.checkout("main");
    check_head(&repo, "1.2 after 1.1.1", "release 1.0.0 (One)");
    repo.commit("Three");
    check_head(&repo, "1.2 after 1.1.1", "where 1.1 branched off (Two)");
    // a topic begun before the branch left
    repo.checkout("v1.0.0").branch("topic").commit("Topic");
    check_head(&repo, "1.1 after 1.0.0", "merge base with main (One)");
}

#[test]
fn in_a_clone_with_commits_of_its_own() {
    let repo = TestRepo::new();
    repo.commit("One");
    let clone = repo.clone_as("clone", &[]);
    clone.commit("Two");
    check_head(&clone, "none", "merge base with origin/main (One)");
}

#[test]
fn edits_come_after_the_commit_that_they_stand_on() {
    let repo = TestRepo::new();
    repo.commit("One");
    repo.tag("v1.0.0");
    let ours = open(&repo);
    let found = of(&repo, None);
    let head = ours.head().unwrap().unwrap();
    let start = |edited| {
        let tip = Tip { head, edited };
        baseline(&ours, None, tip, None, &found).unwrap()
    };
    assert_eq!(start(false), None);
    assert!(start(true).unwrap().phrase.starts_with("release 1.0.0 ("));
}

#[test]
fn the_baseline_asked_for() {
    let repo = TestRepo::new();
    repo.commit("One");
    repo.tag("v1.0.0");
    repo.commit("Two");
    let ours = open(&repo);
    let releases = releases(&ours, None).unwrap();
    let tip = Tip {
        head: ours.head().unwrap().unwrap(),
        edited: false,
    };
    for (asked, begins) in [
        ("1.0.0", "release 1.0.0 ("),
        ("HEAD~1", "release 1.0.0 ("),
        ("HEAD", "`HEAD` ("),
    ] {
        let found = baseline(&ours, Some(asked), tip, None, &releases)
            .unwrap()
            .unwrap();
        assert!(found.phrase.starts_with(begins), "{}", found.phrase);
    }
    let error = baseline(&ours, Some("1.0.1"), tip, None, &releases).unwrap_err();
    assert_eq!(error.what_to_do(), Some("did you mean `v1.0.0`?"));
}
