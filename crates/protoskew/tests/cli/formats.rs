//! Formats for other programs, from the command line to their files.

use protoskew_testkit::TestRepo;
use serde_json::Value;

use crate::program::{change_type, check_says, finish, harbor, protoskew, run, two_releases};

const FORMATS: [&str; 7] = [
    "text", "json", "sarif", "github", "markdown", "junit", "gitlab",
];

fn read(repo: &TestRepo, name: &str) -> String {
    std::fs::read_to_string(repo.path().join(name)).unwrap_or_else(|why| panic!("{name}: {why}"))
}

#[test]
fn several_formats_in_one_run_say_what_each_says_alone() {
    let repo = two_releases();
    change_type(&repo);
    let beside: Vec<String> = FORMATS
        .iter()
        .map(|each| format!("--output {each}=out.{each}"))
        .collect();
    let ran = check_says(&repo, &format!("check {}", beside.join(" ")), 1, &[]);
    assert_eq!(
        ran.stdout,
        run(&repo, "check").stdout,
        "and the answer is shown as always"
    );
    for format in FORMATS {
        let alone = run(&repo, &format!("check --format {format}"));
        assert_eq!(alone.code, 1, "{}", alone.all());
        assert_eq!(
            read(&repo, &format!("out.{format}")),
            alone.stdout,
            "{format}"
        );
        assert!(
            alone.stdout.contains("field-type-changed"),
            "{format}: {}",
            alone.stdout
        );
    }
    // nobody looks, and the files are there
    std::fs::remove_file(repo.path().join("out.sarif")).expect("it was written");
    let quiet = check_says(&repo, "check -q --output sarif=out.sarif", 1, &[]);
    assert_eq!(quiet.all(), "");
    assert!(read(&repo, "out.sarif").starts_with("{\n  \"$schema\""));
    // one redirected, one beside
    let ran = check_says(&repo, "check --output a.txt --output junit=b.xml", 1, &[]);
    assert_eq!(ran.all(), "");
    assert!(read(&repo, "a.txt").contains("must not ship"));
    assert!(read(&repo, "b.xml").starts_with("<?xml"));
}

#[test]
fn a_mistaken_output_says_what_was_meant() {
    let repo = two_releases();
    check_says(
        &repo,
        "check --output sarf=x",
        2,
        &["no format `sarf`", "did you mean `sarif`?", "./sarf=x"],
    );
    check_says(&repo, "check --output sarif=", 2, &["names no file"]);
    check_says(
        &repo,
        "check --output a --output b",
        2,
        &["two files are named for one answer"],
    );
    check_says(
        &repo,
        "check --output sarif=a --output json=a",
        2,
        &["two answers would go to a"],
    );
    check_says(
        &repo,
        "check --output sarif=no/such/x",
        2,
        &["cannot write no/such/x", "there is no folder no/such"],
    );
    check_says(
        &repo,
        "matrix --format sarif",
        2,
        &["protoskew matrix answers as text or json, not as sarif"],
    );
    check_says(&repo, "rules --output json=x", 2, &["one answer at a time"]);
    // a name with the sign in it is a name
    check_says(&repo, "check --output ./a=b", 0, &[]);
    assert!(read(&repo, "a=b").contains("may ship"));
    check_says(
        &repo,
        "matrix --output json=matrix.json",
        0,
        &["none of 9 meetings breaks"],
    );
    assert!(read(&repo, "matrix.json").starts_with("{\"type\":\"matrix\""));
}

#[test]
fn the_summary_of_a_job_is_added_to_in_its_format_alone() {
    let repo = two_releases();
    change_type(&repo);
    repo.write("summary.md", "what another step said\n");
    let with_summary = |arguments: &str| {
        let mut command = protoskew(&repo, arguments);
        command.env("GITHUB_STEP_SUMMARY", repo.path().join("summary.md"));
        finish(&repo, command)
    };
    with_summary("check").says(1, &[]);
    with_summary("check --format markdown").says(1, &[]);
    assert_eq!(read(&repo, "summary.md"), "what another step said\n");
    with_summary("check --format github").says(1, &["::error file=harbor.proto,line=9,"]);
    let markdown = run(&repo, "check --format markdown").stdout;
    let summary = read(&repo, "summary.md");
    assert_eq!(summary, format!("what another step said\n{markdown}"));

    let mut command = protoskew(&repo, "check --format github");
    command.env("GITHUB_STEP_SUMMARY", "");
    finish(&repo, command).says(1, &["::error "]);
    let mut command = protoskew(&repo, "check --format github");
    command.env("GITHUB_STEP_SUMMARY", repo.path().join("no/such/file"));
    finish(&repo, command).says(2, &["cannot add to "]);
}

#[test]
fn places_are_found_from_where_the_check_was_started() {
    let repo = TestRepo::folder();
    repo.write("old/harbor.proto", harbor("int64 weight = 1;"));
    repo.write("new/harbor.proto", harbor("sint64 weight = 1;"));
    let sarif = run(&repo, "check new --against old --format sarif").stdout;
    let log: Value = serde_json::from_str(&sarif).expect("JSON");
    let result = &log["runs"][0]["results"][0];
    let uri = |location: &Value| location["physicalLocation"]["artifactLocation"].clone();
    assert_eq!(uri(&result["locations"][0])["uri"], "new/harbor.proto");
    assert_eq!(uri(&result["locations"][0])["uriBaseId"], "SRCROOT");
    assert_eq!(uri(&result["relatedLocations"][0])["uriBaseId"], "AGAINST");
    check_says(
        &repo,
        "check new --against old --format github",
        1,
        &["::error file=new/harbor.proto,"],
    );
    check_says(
        &repo,
        "check ./new/ --against old --format gitlab",
        1,
        &["\"path\": \"new/harbor.proto\""],
    );
}

/// The same finding has the same name in every commit, wherever its lines are.
#[test]
fn fingerprints_outlive_unrelated_edits() {
    let repo = two_releases();
    change_type(&repo);
    let fingerprints = || {
        let sarif = run(&repo, "check --format sarif").stdout;
        let log: Value = serde_json::from_str(&sarif).expect("JSON");
        let results = log["runs"][0]["results"]
            .as_array()
            .expect("results")
            .clone();
        let of = |result: &Value| result["partialFingerprints"].to_string();
        results.iter().map(of).collect::<Vec<_>>()
    };
    let before = fingerprints();
    assert_eq!(before.len(), 1);
    let text = read(&repo, "harbor.proto")
        .replace("message Cargo", "// What is loaded.\n\n\nmessage Cargo");
    repo.write("harbor.proto", text).commit("Say what cargo is");
    assert_eq!(fingerprints(), before);
}

#[test]
fn what_is_known_is_told_when_asked_for() {
    let repo = two_releases();
    change_type(&repo);
    repo.commit("Break it");
    let results = |arguments: &str| {
        let sarif = run(&repo, arguments).stdout;
        let log: Value = serde_json::from_str(&sarif).expect("JSON");
        log["runs"][0]["results"]
            .as_array()
            .expect("results")
            .clone()
    };
    assert!(results("check --baseline HEAD --format sarif").is_empty());
    let known = results("check --baseline HEAD --known --format sarif");
    assert_eq!(known.len(), 1);
    assert_eq!(known[0]["baselineState"], "unchanged");
    let why = known[0]["suppressions"][0]["justification"]
        .as_str()
        .expect("a reason");
    assert!(why.starts_with("true at the baseline already: "), "{why}");
    check_says(
        &repo,
        "check --baseline HEAD --format junit",
        0,
        &["<skipped", "true at the baseline already"],
    );
    check_says(&repo, "check --baseline HEAD --format gitlab", 0, &["[]"]);
}

#[test]
fn every_format_is_the_same_in_every_run() {
    let repo = two_releases();
    for file in 0..20 {
        let text = format!(
            "syntax = \"proto3\";\npackage p{file};\nmessage M {{ int64 a = 1; string b = 2; }}\n"
        );
        repo.write(&format!("mäny/{file}.proto"), text);
    }
    repo.commit("Many files");
    repo.tag("v1.2.0");
    for file in 0..20 {
        let text =
            format!("syntax = \"proto3\";\npackage p{file};\nmessage M {{ sint64 a = 1; }}\n");
        repo.write(&format!("mäny/{file}.proto"), text);
    }
    for format in FORMATS {
        let with = |threads: &str| {
            let mut command = protoskew(&repo, &format!("check --format {format}"));
            command.env("RAYON_NUM_THREADS", threads);
            finish(&repo, command).all()
        };
        assert_eq!(with("1"), with("5"), "{format}");
    }
}
