//! `protoskew fix`: what is missing is written, and nothing else is touched.

use protoskew_testkit::TestRepo;

use crate::program::{check_says, harbor, run, two_releases};

fn gone() -> TestRepo {
    let repo = two_releases();
    repo.write("harbor.proto", harbor("int64 weight = 1;"));
    repo
}

fn text(repo: &TestRepo) -> String {
    std::fs::read_to_string(repo.path().join("harbor.proto")).expect("the file is there")
}

const DIFF: &str = "\
--- a/harbor.proto
+++ b/harbor.proto
@@ -6,6 +6,8 @@
 }
 
 message Cargo {
+  reserved 2;
+  reserved \"name\";
   int64 weight = 1;
 }
 
";

#[test]
fn a_diff_shows_and_writes_nothing() {
    let repo = gone();
    let before = text(&repo);
    let ran = run(&repo, "fix --diff");
    assert_eq!((ran.stdout.as_str(), ran.code), (DIFF, 1), "{}", ran.stderr);
    assert_eq!(text(&repo), before);
    // it is a patch
    repo.write("a.diff", &ran.stdout);
    repo.git(&["apply", "a.diff"]);
    assert_eq!(
        text(&repo),
        before.replace(
            "Cargo {\n",
            "Cargo {\n  reserved 2;\n  reserved \"name\";\n"
        )
    );
    let ran = run(&repo, "fix --diff");
    assert_eq!((ran.stdout.as_str(), ran.code), ("", 0));
}

#[test]
fn what_is_fixed_is_found_no_more() {
    let repo = gone();
    // the suggestion is the same edit
    check_says(
        &repo,
        "check",
        1,
        &[
            "field-number-unreserved",
            "fix: protoskew fix writes at harbor.proto:9",
            "reserved 2;",
            "reserved \"name\";",
        ],
    );
    check_says(&repo, "fix", 0, &["harbor.proto: wrote 2 statements"]);
    check_says(&repo, "check", 0, &["field-withdrawn"]).never_says(&["unreserved"]);
    check_says(&repo, "fix", 0, &["nothing to fix"]);
    assert!(run(&repo, "fix --diff").stdout.is_empty());
}

#[test]
fn only_what_is_new_unless_the_rest_is_asked_for() {
    let repo = gone();
    repo.commit("Forget the name");
    repo.tag("v1.2.0").write("notes", "").commit("Go on");
    check_says(&repo, "fix", 0, &["nothing to fix"]);
    check_says(
        &repo,
        "fix --known",
        0,
        &["harbor.proto: wrote 2 statements"],
    );
    check_says(&repo, "check --known", 0, &[]).never_says(&["unreserved"]);
}

#[test]
fn since_another_state_and_not_what_is_waived() {
    let repo = gone();
    let waived =
        "message Cargo { // protoskew: allow(field-name-unreserved, name) nobody speaks JSON\n";
    repo.write(
        "harbor.proto",
        text(&repo).replace("message Cargo {\n", waived),
    );
    let ran = check_says(&repo, "fix --diff --against v1.1.0", 1, &["+  reserved 2;"]);
    ran.never_says(&["+  reserved \"name\""]);
    check_says(
        &repo,
        "fix --diff --against v1.1.0 --against v1.0.0",
        1,
        &["+  reserved 2;"],
    );
    check_says(&repo, "fix --diff --against HEAD", 1, &["+  reserved 2;"]);
}

#[test]
fn rights_and_links_stay() {
    let repo = gone();
    repo.rename("harbor.proto", "real/harbor.proto");
    repo.symlink("harbor.proto", "real/harbor.proto");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let real = repo.path().join("real/harbor.proto");
        std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o640)).expect("ours");
        run(&repo, "fix");
        let mode = real.metadata().expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o640);
    }
    let link = repo
        .path()
        .join("harbor.proto")
        .symlink_metadata()
        .expect("there");
    assert!(link.is_symlink());
}

#[test]
fn what_cannot_be_fixed_says_why() {
    let repo = gone();
    repo.write("harbor.proto", text(&repo) + "message Broken {\n");
    let ran = run(&repo, "fix");
    ran.says(
        2,
        &["harbor.proto cannot be fixed as long as it cannot be read"],
    );
    repo.write("protoskew.toml", "[proto]\nimage = \"a.binpb\"\n")
        .write("a.binpb", "");
    check_says(&repo, "fix", 2, &["no text to fix"]);
    let folder = TestRepo::folder();
    check_says(&folder, "fix", 2, &["not in a git repository"]);
}
