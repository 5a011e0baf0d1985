//! Waivers, from the file and from comments, and the command that writes them.

use protoskew_testkit::TestRepo;

use crate::program::{Ran, change_type, check_says, finish, harbor, protoskew, run, two_releases};

const ID: &str = "field-type-changed:ship.Cargo.weight";

fn waiver(more: &str) -> String {
    format!(
        "[[waivers]]\nrule = \"field-type-changed\"\nelement = \"ship.Cargo.weight\"\nreason = \"nobody is left\"\napprover = \"Ada\"\n{more}\n"
    )
}

/// On a day.
fn on(repo: &TestRepo, day: &str, arguments: &str) -> Ran {
    let mut command = protoskew(repo, arguments);
    command.env("PROTOSKEW_TODAY", day);
    finish(repo, command)
}

#[test]
fn what_is_waived_is_counted_and_does_not_fail() {
    let repo = two_releases();
    change_type(&repo);
    repo.write("protoskew.waivers.toml", waiver("until = \"2027-01-31\""));
    let ran = on(&repo, "2027-01-31", "check");
    ran.says(0, &["may ship: nothing", "1 finding (--waived shows it)"]);
    ran.never_says(&["field-type-changed"]);
    on(&repo, "2027-01-31", "check --waived").says(
        0,
        &[
            "(waived)",
            "waived: until 2027-01-31: nobody is left (Ada, protoskew.waivers.toml:1)",
        ],
    );
    // the day after, it is back with its waiver
    on(&repo, "2027-02-01", "check").says(
        1,
        &[
            "error[field-type-changed]",
            "waiver: over since 2027-01-31: nobody is left (Ada, protoskew.waivers.toml:1)",
        ],
    );
    on(&repo, "tomorrow", "check").says(2, &["`tomorrow` is not a day", "2027-01-31"]);
}

#[test]
fn a_release_ends_a_waiver() {
    let repo = two_releases();
    change_type(&repo);
    repo.write("protoskew.waivers.toml", waiver("until = \"1.3\""));
    check_says(&repo, "check", 0, &["1 finding (--waived"]);
    check_says(&repo, "check --release 1.3", 1, &["over since 1.3"]);
}

#[test]
fn waived_findings_in_json() {
    let repo = two_releases();
    change_type(&repo);
    repo.write("protoskew.waivers.toml", waiver("until = \"1.3\""));
    let json = |arguments: &str| -> Vec<serde_json::Value> {
        let ran = run(&repo, arguments);
        let lines = ran.stdout.lines();
        lines
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    };
    let lines = json("check --format json");
    assert_eq!(lines[1]["waived"]["reason"], "nobody is left");
    assert_eq!(lines[1]["waived"]["until"], "1.3");
    assert_eq!(lines[1]["level"], "deny");
    let summary = lines.last().expect("a summary");
    assert_eq!(summary["may_ship"], true);
    assert_eq!(
        (&summary["new"]["deny"], &summary["waived"]["deny"]),
        (&0.into(), &1.into())
    );
    let lines = json("check --format json --release 1.3");
    assert_eq!(lines[1]["expired"]["line"], 1);
    assert!(lines[1]["waived"].is_null());
}

#[test]
fn comments_waive_beside_the_element() {
    let repo = two_releases();
    let weight = "sint64 weight = 1; // protoskew: allow(field-type-changed) nobody is left\n";
    let file = harbor("int64 weight = 1; string name = 2;").replace("int64 weight = 1;", weight);
    repo.write("harbor.proto", &file);
    check_says(&repo, "check", 0, &["1 finding (--waived shows it)"]);
    check_says(
        &repo,
        "check --waived",
        0,
        &["waived: nobody is left (harbor.proto:9)"],
    );
    // over by a release
    repo.write(
        "harbor.proto",
        file.replace("changed)", "changed, until 1.2)"),
    );
    check_says(
        &repo,
        "check",
        1,
        &["over since 1.2: nobody is left (harbor.proto:9)"],
    );
    repo.write("harbor.proto", file.replace("type-changed", "type-chnged"));
    check_says(
        &repo,
        "check",
        2,
        &[
            "harbor.proto:9:",
            "there is no rule `field-type-chnged`",
            "did you mean `field-type-changed`?",
        ],
    );
}

#[test]
fn what_is_gone_is_waived_in_both_places() {
    let repo = two_releases();
    repo.write("harbor.proto", harbor("int64 weight = 1;"));
    let ran = check_says(
        &repo,
        "check",
        1,
        &["field-number-unreserved", "field-withdrawn"],
    );
    ran.never_says(&["waived"]);
    let gone = harbor("int64 weight = 1;").replace(
        "message Cargo {",
        "message Cargo { // protoskew: allow(field-number-unreserved, name) it was never set",
    );
    repo.write("harbor.proto", &gone);
    check_says(&repo, "check", 0, &["1 finding (--waived shows it)"]);
    repo.write("harbor.proto", gone.replace(", name)", ", nam)"));
    check_says(
        &repo,
        "check",
        2,
        &[
            "harbor.proto:8: nothing here was ever called `ship.Cargo.nam`",
            "did you mean `ship.Cargo.name`?",
        ],
    );
    repo.write("harbor.proto", harbor("int64 weight = 1;"));
    let text = waiver("until = \"1.9\"")
        .replace("field-type-changed", "field-number-unreserved")
        .replace("Cargo.weight", "Cargo.name");
    repo.write("protoskew.waivers.toml", text);
    check_says(&repo, "check", 0, &["1 finding (--waived shows it)"]);
}

#[test]
fn what_nothing_needs_is_reported() {
    let repo = two_releases();
    repo.write("protoskew.waivers.toml", waiver("until = \"1.9\""));
    check_says(
        &repo,
        "check",
        0,
        &[
            "waiver",
            "protoskew.waivers.toml:1: field-type-changed finds nothing of `ship.Cargo.weight`: the waiver can go",
        ],
    );
    // between two states nothing can be told of it
    check_says(&repo, "check --against v1.0.0", 0, &[]).never_says(&["can go"]);
    repo.write(
        "protoskew.waivers.toml",
        waiver("until = \"1.9\"").replace("Cargo.weight", "Cargo.wieght"),
    );
    check_says(
        &repo,
        "check",
        2,
        &[
            "protoskew.waivers.toml:1: nothing here was ever called `ship.Cargo.wieght`",
            "did you mean `ship.Cargo.weight`?",
        ],
    );
    change_type(&repo);
    repo.write(
        "protoskew.waivers.toml",
        waiver("until = \"1.9\"\nabout = \"x\""),
    );
    check_says(
        &repo,
        "check",
        1,
        &["protoskew.waivers.toml:1: it is about `x`"],
    );
    repo.write(
        "protoskew.waivers.toml",
        waiver("until = \"1.9\"").replace("Cargo.weight", "Cargo.*"),
    );
    check_says(
        &repo,
        "check",
        0,
        &["`ship.Cargo.*` is a pattern", "1 finding (--waived"],
    );
}

#[test]
fn some_meetings_alone() {
    let repo = two_releases();
    change_type(&repo);
    repo.write(
        "protoskew.waivers.toml",
        waiver("until = \"1.9\"\nmeetings = [\"client@1.0\", \"server@1.0.0\"]"),
    );
    // still told of the other release
    check_says(&repo, "check", 1, &["client 1.1.0", "server 1.1.0"]).never_says(&["1.0.0–"]);
    repo.write(
        "protoskew.waivers.toml",
        waiver("until = \"1.9\"\nmeetings = [\"client:server\"]"),
    );
    check_says(&repo, "check", 0, &["1 finding (--waived"]);
    repo.write(
        "protoskew.waivers.toml",
        waiver("until = \"1.9\"\nmeetings = [\"agent@1.0\"]"),
    );
    check_says(&repo, "check", 2, &["`agent@1.0` names no meetings"]);
}

#[test]
fn the_command_writes_one() {
    let repo = two_releases();
    change_type(&repo);
    let written = || std::fs::read_to_string(repo.path().join("protoskew.waivers.toml"));
    let mut command = protoskew(&repo, &format!("waive {ID} --until 1.8 --by Ada"));
    command.args(["--reason", "nobody is left"]);
    finish(&repo, command).says(
        0,
        &[
            "waived field-type-changed:ship.Cargo.weight:",
            "until 1.8, at protoskew.waivers.toml:3",
        ],
    );
    let text = written().expect("a file");
    assert!(text.starts_with("# Reviewed exceptions"), "{text}");
    check_says(&repo, "check", 0, &["1 finding (--waived shows it)"]).never_says(&["can go"]);
    check_says(
        &repo,
        &format!("waive {ID} --until 1.8 --by Ada --reason x"),
        2,
        &["is waived already, at protoskew.waivers.toml:3"],
    );
    assert_eq!(written().expect("still"), text);
}

#[test]
fn a_waiver_that_cannot_be_written() {
    let repo = two_releases();
    change_type(&repo);
    let says = |arguments: &str, fragments: &[&str]| {
        check_says(
            &repo,
            &format!("waive {arguments} --by Ada --reason x"),
            2,
            fragments,
        );
    };
    says(
        "field-type-changed:ship.Cargo.wight --until 1.8",
        &[
            "no finding is called",
            "did you mean `field-type-changed:ship.Cargo.weight:",
        ],
    );
    says(
        "field-type-changed:ship.Cargo.weight:00000000 --until 1.8",
        &["did you mean `field-type-changed:ship.Cargo.weight:"],
    );
    says(
        "x --until 1.8",
        &["no finding is called `x`", "protoskew check shows"],
    );
    says(
        &format!("{ID} --until 1.2"),
        &["a waiver until 1.2 would be over: what is judged is 1.2"],
    );
    says(
        &format!("{ID} --until 2001-01-01"),
        &["would be over: today is"],
    );
    says(
        &format!("{ID} --until soon"),
        &["`soon` is neither a day nor a release"],
    );
    says(
        &format!("{ID} --until 1.8 --meetings agent@1"),
        &["names no meetings"],
    );
    assert!(!repo.path().join("protoskew.waivers.toml").exists());
    repo.write(
        "harbor.proto",
        harbor("sint64 weight = 1; sint64 name = 2;"),
    );
    says(
        "field-type-changed --until 1.8",
        &["may be any of 2 findings", "ship.Cargo.name"],
    );
    repo.commit("Both");
    repo.tag("v1.2.0").write("notes", "").commit("Go on");
    says(
        "field-type-changed:ship.Cargo.name --until 1.8",
        &["needs no waiver"],
    );
}

#[test]
fn the_command_answers_in_json() {
    let repo = two_releases();
    change_type(&repo);
    let arguments = format!(
        "waive {ID} --reason gone --by Ada --until 2099-01-31 --meetings client@1.0 --format json"
    );
    let ran = run(&repo, &arguments);
    assert_eq!(ran.code, 0, "{}", ran.all());
    let said: serde_json::Value = serde_json::from_str(&ran.stdout).expect("one line of JSON");
    for (key, value) in [
        ("type", "waiver"),
        ("format", "protoskew/1"),
        ("rule", "field-type-changed"),
        ("element", "ship.Cargo.weight"),
        ("reason", "gone"),
        ("approver", "Ada"),
        ("until", "2099-01-31"),
        ("path", "protoskew.waivers.toml"),
    ] {
        assert_eq!(said[key], value, "{key} of {said}");
    }
    assert_eq!(said["meetings"], serde_json::json!(["client@1.0"]));
    assert_eq!(said["line"], 3);
}
