//! `protoskew matrix --gate`: what a pipeline asks before a release.

use serde_json::Value;

use crate::program::{change_type, check_says, harbor, run, two_releases};

const LINK: &str = "[components.runtime]\nprotocol = \"agent\"\n[components.agent]\n\n[[links]]\nclient = \"runtime\"\nserver = \"agent\"\n";

#[test]
fn a_gate_is_open_until_a_promised_meeting_breaks() {
    let repo = two_releases();
    check_says(
        &repo,
        "matrix --gate",
        0,
        &[
            "none of 9 meetings breaks",
            "gate: open: of 4 meetings none is newly broken since ",
        ],
    );
    change_type(&repo);
    let ran = check_says(
        &repo,
        "matrix --gate",
        1,
        &[
            "gate: closed: 4 of 4 meetings newly broken since release 1.1.0 (",
            "client 1.0.0, 1.1.0 with server worktree\n  misread  request  `ship.Cargo.weight` ",
            "08 01 from client 1.0.0 → server worktree reads weight = -1 instead of 1",
            "client worktree with server 1.0.0, 1.1.0\n",
            "08 02 from client worktree → server 1.0.0 reads weight = 2 instead of 1",
        ],
    );
    assert!(
        ran.stdout.contains("M1"),
        "the matrix is shown as always: {}",
        ran.stdout
    );
    check_says(&repo, "matrix", 0, &["M1"]).never_says(&["gate:"]);
    assert_eq!(check_says(&repo, "matrix --gate -q", 1, &[]).all(), "");
}

#[test]
fn what_broke_at_the_baseline_is_known() {
    let repo = two_releases();
    change_type(&repo);
    repo.commit("Break it");
    check_says(
        &repo,
        "matrix --gate",
        1,
        &["4 of 4 meetings newly broken since release 1.1.0"],
    );
    check_says(
        &repo,
        "matrix --gate --baseline HEAD",
        0,
        &[
            "of 4 meetings none is newly broken since `HEAD` (",
            "; 4 more broke there already",
        ],
    );
    // and what breaks beside it is not
    repo.write(
        "harbor.proto",
        harbor("sint64 weight = 1; fixed32 name = 2;"),
    );
    let ran = check_says(
        &repo,
        "matrix --gate --baseline HEAD",
        1,
        &[
            "2 of 4 meetings newly broken since `HEAD`",
            "; 2 more broke there already",
            "ship.Cargo.name",
        ],
    );
    ran.never_says(&["  `ship.Cargo.weight`"]);
}

#[test]
fn only_what_the_policy_promises_counts() {
    let repo = two_releases();
    // spent in 1.0.0 alone
    repo.write("harbor.proto", harbor("string name = 2;"))
        .commit("Drop the weight");
    repo.tag("v1.2.0");
    repo.write("harbor.proto", harbor("string label = 1; string name = 2;"));
    check_says(
        &repo,
        "matrix --gate",
        1,
        &[
            "4 of 6 meetings newly broken",
            "client 1.0.0, 1.1.0 with server worktree",
        ],
    );
    let within = format!("{LINK}client-ahead = 1\nclient-behind = 1\n");
    repo.write("protoskew.toml", within);
    check_says(
        &repo,
        "matrix --gate",
        0,
        &["gate: open: of 2 meetings none"],
    );
}

#[test]
fn in_a_configured_link_somebody_reads_what_is_withdrawn() {
    let repo = two_releases();
    repo.write(
        "harbor.proto",
        harbor("int64 weight = 1; reserved 2; reserved \"name\";"),
    );
    check_says(&repo, "matrix --gate", 0, &["gate: open"]);
    repo.write("protoskew.toml", LINK);
    check_says(
        &repo,
        "matrix --gate",
        1,
        &["gate: closed", "  withdrawn  request  "],
    );
}

#[test]
fn a_gate_answers_in_json() {
    let repo = two_releases();
    let lines = |arguments: &str, code: i32| -> Vec<Value> {
        let ran = run(&repo, arguments);
        assert_eq!(ran.code, code, "{}", ran.all());
        let parse = |line| serde_json::from_str(line).expect("JSON");
        ran.stdout.lines().map(parse).collect()
    };
    let open = lines("matrix --gate --format json", 0);
    let last = open.last().expect("a line");
    assert_eq!(
        (&last["type"], &last["open"], &last["meetings"]),
        (&"gate".into(), &true.into(), &4.into())
    );
    change_type(&repo);
    let closed = lines("matrix --gate --format json", 1);
    let broken: Vec<&Value> = closed
        .iter()
        .filter(|line| line["type"] == "broken-meetings")
        .collect();
    assert_eq!(broken.len(), 2);
    assert_eq!(broken[0]["servers"][0], "worktree");
    assert_eq!(broken[0]["breaks"][0]["element"], "ship.Cargo.weight");
    assert_eq!(broken[0]["breaks"][0]["outcome"], "misread");
    let last = closed.last().expect("a line");
    assert_eq!(
        (&last["open"], &last["newly_broken"]),
        (&false.into(), &4.into())
    );
}

/// A gate that never has anything to judge would always be open.
#[test]
fn a_gate_with_nothing_to_judge_is_an_error() {
    let repo = two_releases();
    change_type(&repo);
    check_says(
        &repo,
        "matrix --gate --link no:body",
        2,
        &["there is no link `no:body`"],
    );
    check_says(&repo, "matrix --gate --baseline nowhere", 2, &["nowhere"]);
    check_says(&repo, "matrix --baseline HEAD", 2, &["--gate"]);
    let clone = repo.clone_as("shallow", &["--depth=1"]);
    check_says(
        &clone,
        "matrix --gate",
        2,
        &["this clone is shallow", "fetch-depth: 0"],
    );
}

#[test]
fn what_is_waived_closes_no_gate() {
    let repo = two_releases();
    change_type(&repo);
    let ran = run(&repo, "check --format json");
    let rules: std::collections::BTreeSet<String> = (ran.stdout.lines())
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|line| line["type"] == "finding" && line["known"] == false)
        .map(|line| line["rule"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(rules.iter().collect::<Vec<_>>(), ["field-type-changed"]);
    check_says(&repo, "matrix --gate", 1, &["4 of 4 meetings newly broken"]);
    let waive = |meetings: &str, until: &str| {
        let text = format!(
            "[[waivers]]\nrule = \"field-type-changed\"\nelement = \"ship.Cargo.weight\"\n{meetings}reason = \"nobody weighs\"\napprover = \"Ada\"\nuntil = \"{until}\"\n"
        );
        repo.write("protoskew.waivers.toml", text);
    };
    waive("", "2099-01-01");
    check_says(
        &repo,
        "matrix --gate",
        0,
        &[
            "gate: open: of 4 meetings none is newly broken since release 1.1.0 ",
            "; 4 break by what protoskew.waivers.toml:1 waives alone",
        ],
    );
    let gate = run(&repo, "matrix --gate --format json");
    let last: Value = serde_json::from_str(gate.stdout.lines().last().unwrap_or_default())
        .expect("a line of JSON");
    assert_eq!(
        (&last["open"], &last["waived"]),
        (&Value::from(true), &Value::from(4))
    );
    assert_eq!(
        last["waivers"],
        serde_json::json!(["protoskew.waivers.toml:1"])
    );
    // one that is over, and one for some of the meetings
    waive("", "2020-01-01");
    check_says(&repo, "matrix --gate", 1, &["4 of 4 meetings newly broken"]).never_says(&["waive"]);
    waive("meetings = [\"client@1.0\"]\n", "2099-01-01");
    check_says(
        &repo,
        "matrix --gate",
        1,
        &[
            "3 of 4 meetings newly broken",
            "; 1 break by what protoskew.waivers.toml:1 waives alone",
        ],
    );
    // in a comment
    std::fs::remove_file(repo.path().join("protoskew.waivers.toml")).expect("ours");
    let text = std::fs::read_to_string(repo.path().join("harbor.proto")).expect("there");
    let allowed = "message Cargo { // protoskew: allow(field-type-changed, weight) nobody weighs\n";
    repo.write("harbor.proto", text.replace("message Cargo {\n", allowed));
    check_says(
        &repo,
        "matrix --gate",
        0,
        &["gate: open", "; 4 break by what harbor.proto:"],
    );
}
