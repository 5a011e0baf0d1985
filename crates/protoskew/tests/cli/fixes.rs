//! `protoskew fix`: what is missing is written, and nothing else is touched.

use protoskew_testkit::TestRepo;

use crate::program::{check_says, finish, harbor, protoskew, run, two_releases};

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
fn each_dropped_reservation_is_given_its_own_line() {
    let repo = two_releases();
    repo.write("harbor.proto", harbor("reserved 7, 9;"));
    repo.commit("Fence two numbers");
    repo.tag("v1.2.0");
    repo.write("harbor.proto", harbor(""));
    let ran = run(&repo, "check --all --format json");
    let dropped = ran.stdout.lines();
    let dropped = dropped.filter(|line| line.contains("reserved-range-dropped"));
    let texts = dropped.map(|line| ["reserved 7;", "reserved 9;"].map(|text| line.contains(text)));
    let texts: Vec<[bool; 2]> = texts.collect();
    assert_eq!(texts, [[true, false], [false, true]], "{}", ran.stdout);
    // together they are one edit
    check_says(&repo, "fix --diff", 1, &["+  reserved 7, 9;"]);
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

const TWO: [&str; 2] = [
    "syntax = \"proto3\";\npackage ship;\n\nenum Kind {\n  KIND_UNSPECIFIED = 0;\n  BOX = 1;\n  CASK = 2;\n  CRATE = 5;\n}\n\nmessage Cargo {\n  Kind kind = 1;\n  string name = 2;\n}\n",
    "syntax = \"proto3\";\npackage ship;\n\nenum Kind {\n  KIND_UNSPECIFIED = 0;\n  BOX = 1;\n}\n\nmessage Cargo {\n  Kind kind = 1;\n}\n",
];

#[test]
fn between_two_plain_folders_without_git() {
    let folder = tempfile::tempdir().expect("a place for temporary files");
    let path = |name: &str| folder.path().join(name).display().to_string();
    for (name, text) in [("old", TWO[0]), ("new", TWO[1])] {
        std::fs::create_dir(path(name)).expect("ours");
        std::fs::write(folder.path().join(name).join("ship.proto"), text).expect("ours");
    }
    let repo = two_releases();
    let ran = |arguments: &str| {
        let mut command = protoskew(&repo, arguments);
        command.current_dir(folder.path());
        finish(&repo, command)
    };
    let before = ran("check new --against old");
    assert_eq!(before.code, 1, "{}", before.all());
    for rule in [
        "enum-number-unreserved",
        "enum-name-unreserved",
        "field-number-unreserved",
        "field-name-unreserved",
    ] {
        assert!(before.stdout.contains(rule), "{rule}: {}", before.stdout);
    }
    let shown = ran("fix new --against old --diff");
    assert_eq!(shown.code, 1, "{}", shown.all());
    let fixed = ran("fix new --against old");
    assert_eq!(
        (fixed.stdout.as_str(), fixed.code),
        ("ship.proto: wrote 4 statements\n", 0),
        "{}",
        fixed.stderr
    );
    let text = std::fs::read_to_string(folder.path().join("new/ship.proto")).expect("there");
    assert_eq!(
        text,
        TWO[1]
            .replace(
                "enum Kind {\n",
                "enum Kind {\n  reserved 2, 5;\n  reserved \"CASK\", \"CRATE\";\n"
            )
            .replace(
                "message Cargo {\n",
                "message Cargo {\n  reserved 2;\n  reserved \"name\";\n"
            )
    );
    let after = ran("check new --against old");
    after.never_says(&["unreserved"]);
    let again = ran("fix new --against old");
    assert!(
        again.stdout.starts_with("nothing to fix"),
        "{}",
        again.stdout
    );
    // the older folder is only read
    assert_eq!(
        std::fs::read_to_string(folder.path().join("old/ship.proto")).expect("there"),
        TWO[0]
    );
    assert_eq!(ran("fix nowhere --against old").code, 2);
}

#[test]
fn enums_against_a_revision_and_a_folder() {
    let repo = two_releases();
    repo.write("kind.proto", TWO[0]).commit("Add kinds");
    repo.write("before/kind.proto", TWO[0]);
    repo.write("kind.proto", TWO[1]);
    for against in ["HEAD", "before"] {
        repo.write("kind.proto", TWO[1]);
        check_says(
            &repo,
            &format!("check . --against {against}"),
            1,
            &["enum-number-unreserved"],
        );
        check_says(
            &repo,
            &format!("fix --against {against}"),
            0,
            &["kind.proto: wrote 4 statements"],
        );
        check_says(
            &repo,
            &format!("check --against {against}"),
            1,
            &["enum-value-removed"],
        )
        .never_says(&["unreserved"]);
        check_says(
            &repo,
            &format!("fix --against {against}"),
            0,
            &["nothing to fix"],
        );
    }
}

#[test]
fn a_fix_answers_in_json() {
    let repo = gone();
    let lines = |arguments: &str| -> Vec<serde_json::Value> {
        let ran = run(&repo, arguments);
        let parse = |line| serde_json::from_str(line).expect("JSON");
        ran.stdout.lines().map(parse).collect()
    };
    for (arguments, written) in [
        ("fix --diff --format json", false),
        ("fix --format json", true),
    ] {
        let said = lines(arguments);
        assert_eq!(said.len(), 2, "{said:?}");
        assert_eq!(
            (
                &said[0]["type"],
                &said[0]["written"],
                &said[0]["statements"]
            ),
            (&"fixes".into(), &written.into(), &2.into())
        );
        assert_eq!(
            (&said[1]["type"], &said[1]["path"], &said[1]["line"]),
            (&"fix".into(), &"harbor.proto".into(), &9.into())
        );
        assert_eq!(
            said[1]["statements"],
            serde_json::json!(["reserved 2;", "reserved \"name\";"])
        );
    }
    let done = lines("fix --format json");
    assert_eq!((done.len(), &done[0]["files"]), (1, &0.into()));
}
