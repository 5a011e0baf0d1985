//! `protoskew plan`, and the lives of features in a check.

use protoskew_testkit::TestRepo;

use crate::program::{check_says, run};

const POLICY: &str = "[components.runtime]\nprotocol = \"agent\"\n[components.agent]\n\n[[links]]\nclient = \"runtime\"\nserver = \"agent\"\nclient-ahead = \"any\"\nclient-behind = 1\n";

fn crane(fields: &str) -> String {
    format!(
        "syntax = \"proto3\";\npackage quay;\n\nservice Crane {{ rpc Lift(LiftRequest) returns (LiftReply); }}\nmessage LiftRequest {{\n  {fields}\n}}\nmessage LiftReply {{ string at = 1; }}\n"
    )
}

/// 1.0 and 1.1 lack the sling, 1.2 introduces it, and 1.3 is being worked on.
fn three_lines() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("protoskew.toml", POLICY);
    for (line, fields) in [
        "string box = 1;",
        "string box = 1; ",
        "string box = 1; string sling = 2;",
    ]
    .iter()
    .enumerate()
    {
        repo.write("crane.proto", crane(fields))
            .write("line", line.to_string())
            .commit(&format!("Release {line}"));
        repo.tag(&format!("v1.{line}.0"));
    }
    repo
}

fn declare(repo: &TestRepo, feature: &str) {
    let text = format!(
        "{POLICY}\n[[features]]\nname = \"sling\"\nelements = [\"quay.LiftRequest.sling\"]\n{feature}"
    );
    repo.write("protoskew.toml", text);
}

#[test]
fn a_schedule_from_tags_and_policy() {
    let repo = three_lines();
    declare(
        &repo,
        "enabled = \"1.3\"\nreplaces = \"quay.LiftRequest.box\"\n",
    );
    check_says(
        &repo,
        "plan",
        0,
        &[
            "sling  (protoskew.toml:11:1)",
            "  runtime → agent, request\n    introduced  runtime 1.2.0, agent 1.2.0\n",
            "runtime may send it to those who have it    from 1.3 on                 (declared 1.3)\n        before that, runtime 1.1.0 lacks it and may be rolled back to",
            "runtime may send it by default, to anybody  never\n        agent 1.1.0 lacks it and may be met; `oldest = \"1.2\"` on the link would allow it from 1.3 on",
            "runtime may stop writing the old form",
            "agent may stop reading the old form         from the line after 1.3 on",
            "its numbers and names may never be used again",
            "             1.0  1.1  1.2  ▸1.3  +1\n    runtime  ·    ·    ●    ●E    ●\n    agent    ·    ·    ●    ●     ●R\n",
            "▸1.3",
        ],
    );
    check_says(
        &repo,
        "plan quay.LiftReply.at",
        0,
        &["quay.LiftReply.at\n", "agent → runtime, response"],
    );
    check_says(
        &repo,
        "plan slang",
        2,
        &[
            "no feature and no element is called `slang`",
            "did you mean `sling`?",
        ],
    );
    let drawn = run(&repo, "plan --format svg");
    assert_eq!(run(&repo, "plan --svg").stdout, drawn.stdout);
    check_says(
        &repo,
        "check --format svg",
        2,
        &["only `protoskew plan` is drawn"],
    );
    check_says(
        &repo,
        "plan --format svg",
        0,
        &[
            "<svg xmlns=",
            ">1.3 E</text>",
            "class=\"has now\"",
            "R  agent may stop reading the old form: from the line after 1.3 on",
            "</svg>",
        ],
    );
    let ran = run(&repo, "plan sling --format json");
    let lines: Vec<serde_json::Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines[0]["type"], "plan");
    assert_eq!(lines[1]["ways"][0]["steps"][0]["step"], "enable");
    assert_eq!(lines[1]["ways"][0]["steps"][0]["earliest"], "1.3");
    assert_eq!(
        lines[1]["ways"][0]["steps"][1]["earliest"],
        serde_json::Value::Null
    );
    assert_eq!(lines[1]["ways"][0]["steps"][1]["oldest"], "1.2");
}

#[test]
fn a_life_that_is_too_fast() {
    let repo = three_lines();
    declare(&repo, "enabled = \"1.3\"\ndefault = \"1.3\"\n");
    check_says(
        &repo,
        "check",
        1,
        &["error[feature-default-too-early]: runtime sends the feature `sling` by default from 1.3 on: agent 1.1.0 lacks it and may be met"],
    )
    .never_says(&["feature-enabled-on-introduction"]);
    declare(
        &repo,
        "enabled = \"1.3\"\ndefault = \"1.3\"\non-unsupported = \"fallback\"\n",
    );
    check_says(&repo, "check", 0, &["may ship"]);
    // what a release that is out did is known
    declare(&repo, "enabled = \"1.2\"\n");
    check_says(&repo, "check", 0, &["1 finding known there"]);
    check_says(
        &repo,
        "check --known",
        0,
        &[
            "feature-enabled-on-introduction",
            "runtime enables the feature `sling` from 1.2 on, the line that introduces it (1.2.0): runtime 1.1.0 lacks it and may be rolled back to",
        ],
    );
}

#[test]
fn a_new_element_is_enabled_where_it_is_introduced() {
    let repo = three_lines();
    let text = format!(
        "{POLICY}\n[[features]]\nname = \"hook\"\nelements = [\"quay.LiftRequest.hook\"]\nenabled = \"1.3\"\n"
    );
    repo.write("protoskew.toml", text).write(
        "crane.proto",
        crane("string box = 1; string sling = 2; string hook = 3;"),
    );
    check_says(
        &repo,
        "check",
        1,
        &[
            "error[feature-enabled-on-introduction]: runtime enables the feature `hook` from 1.3 on, the line that introduces it (1.3): runtime 1.2.0 lacks it",
            "= help: enable it from the line after 1.3 on",
            "`quay.LiftRequest.hook`: runtime may send it from the line after 1.3 on to any agent that has it, and",
        ],
    );
}

#[test]
fn options_in_the_proto_file_say_the_same() {
    let repo = three_lines();
    let text = crane("string box = 1; string sling = 2 [(protoskew.feature) = { name: \"sling\" enabled: \"1.3\" }, (protoskew.replaces) = \"box\"];")
        .replace("package quay;", "package quay;\nimport \"protoskew/evolution.proto\";");
    repo.write("crane.proto", text);
    check_says(&repo, "check", 0, &["may ship"]).never_says(&["leads to no file here"]);
    check_says(
        &repo,
        "plan",
        0,
        &[
            "sling  (crane.proto:7:",
            "replaces  quay.LiftRequest.box",
            "(declared 1.3)",
        ],
    );
    declare(&repo, "enabled = \"1.4\"\n");
    check_says(
        &repo,
        "check",
        2,
        &[
            "`enabled` of the feature `sling` is not the same at protoskew.toml:11:1 and at crane.proto:7:",
        ],
    );
}

#[test]
fn the_file_that_compilers_need_is_written_out() {
    let repo = three_lines();
    check_says(
        &repo,
        "init --evolution-proto protos",
        2,
        &["protos is no folder"],
    );
    check_says(
        &repo,
        "init --evolution-proto",
        0,
        &["protoskew/evolution.proto written: import \"protoskew/evolution.proto\""],
    );
    let written = repo.path().join("protoskew/evolution.proto");
    let text = std::fs::read_to_string(&written).expect("the file");
    assert_eq!(text, protoskew_schema::EVOLUTION_PROTO);
    check_says(&repo, "init --evolution-proto .", 0, &["is there already:"]);
    assert_eq!(
        run(&repo, "init --evolution-proto --stdout").stdout,
        protoskew_schema::EVOLUTION_PROTO
    );
    // ours is resolved against, not judged
    check_says(&repo, "check", 0, &["may ship"]);
    repo.write("protoskew/evolution.proto", "syntax = \"proto3\";");
    check_says(
        &repo,
        "init --evolution-proto",
        2,
        &["is there already, and is not this release's", "remove it"],
    );
}

#[test]
fn an_element_that_is_nowhere() {
    let repo = three_lines();
    let text = format!(
        "{POLICY}\n[[features]]\nname = \"sling\"\nelements = [\"quay.LiftRequest.slinge\"]\n"
    );
    repo.write("protoskew.toml", text);
    check_says(
        &repo,
        "check",
        2,
        &[
            "protoskew.toml:13:13: the feature `sling` has `quay.LiftRequest.slinge`, which no release has, nor worktree",
            "did you mean `quay.LiftRequest.sling`?",
        ],
    );
}

#[test]
fn a_field_becomes_one_of_another_type() {
    let repo = three_lines();
    check_says(
        &repo,
        "plan --migrate quay.LiftRequest.box --to int64",
        0,
        &[
            "  from  string box = 1;\n  to    optional int64 box_int64 = 3;\n  then  reserved 1; reserved \"box\";",
            "1. from 1.3 on  the .proto file: add `box_int64`",
            "2. from the line after 1.3 on  runtime: write both, `box` and `box_int64` (GL3)",
            "from the line after 1.3 on  the .proto file: mark `box` as `[deprecated = true]`",
            "never  runtime: no longer write `box`\n       agent 1.2.0 lacks it and may be met; `oldest = \"1.3\"`",
            "from 2 lines after 1.3 on  agent: no longer read `box`",
            "never  the .proto file: remove `box`",
        ],
    );
    check_says(
        &repo,
        "plan --migrate quay.LiftReply.at --to int64 --format json",
        0,
        &[
            "\"type\":\"migration\"",
            "\"by\":\"agent\",\"from\":\"the line after 1.3\"",
        ],
    );
    check_says(
        &repo,
        "plan --migrate quay.LiftRequest.bxo --to int64",
        2,
        &["no field is called", "did you mean"],
    );
    check_says(
        &repo,
        "plan --migrate quay.LiftRequest.box --to int46",
        2,
        &["no type is called `int46`", "did you mean `int64`?"],
    );
}

#[test]
fn a_deprecation_is_a_promise() {
    let repo = three_lines();
    let gone = crane("reserved 1; reserved \"box\"; string sling = 2;");
    repo.write("crane.proto", &gone);
    check_says(
        &repo,
        "check",
        1,
        &[
            "warning[removed-undeprecated]: `quay.LiftRequest.box` is gone, and no release deprecated it",
        ],
    );
    repo.write(
        "crane.proto",
        crane("string box = 1 [deprecated = true]; string sling = 2;"),
    )
    .commit("Deprecate the box");
    repo.tag("v1.3.0");
    repo.write("crane.proto", &gone);
    check_says(&repo, "check", 1, &[]).never_says(&["removed-undeprecated"]);
}
