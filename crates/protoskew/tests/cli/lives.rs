//! Lives of elements of every kind, of what was renamed, and of components with releases elsewhere.

use protoskew_testkit::TestRepo;

use crate::components::{agent, configure, runtime};
use crate::program::{check_says, run};

const POLICY: &str = "[components.runtime]\nprotocol = \"agent\"\n[components.agent]\n\n[[links]]\nclient = \"runtime\"\nserver = \"agent\"\nclient-ahead = 2\nclient-behind = 1\n";

/// The same service through the lines 1.0 to 1.2, with these declarations beside the request; the last is being worked on.
fn quay(lines: &[(&str, &str)]) -> TestRepo {
    let repo = TestRepo::new();
    repo.write("protoskew.toml", POLICY);
    for (line, (fields, beside)) in lines.iter().enumerate() {
        repo.write("crane.proto", crane(fields, beside))
            .write("line", line.to_string());
        if line + 1 < lines.len() {
            repo.commit(&format!("Release {line}"));
            repo.tag(&format!("v1.{line}.0"));
        }
    }
    repo
}

fn crane(fields: &str, beside: &str) -> String {
    format!(
        "edition = \"2023\";\npackage quay;\nimport \"protoskew/evolution.proto\";\nservice Crane {{ rpc Lift(LiftRequest) returns (LiftReply); }}\nmessage LiftRequest {{\n  extensions 100 to 199;\n  string box = 1;\n  {fields}\n}}\nmessage LiftReply {{ string at = 1; }}\n{beside}\n"
    )
}

fn declare(repo: &TestRepo, elements: &str, more: &str) {
    let text = format!("{POLICY}\n[[features]]\nname = \"it\"\nelements = [{elements}]\n{more}");
    repo.write("protoskew.toml", text);
}

/// Declared for 1.2, the line that introduces it, it is too early, and planned for the one after it.
#[track_caller]
fn introduced_now(repo: &TestRepo, element: &str) {
    declare(
        repo,
        &format!("\"{element}\""),
        "enabled = \"1.2\"\non-unsupported = \"drop\"\n",
    );
    check_says(
        repo,
        "check",
        1,
        &[
            "error[feature-enabled-on-introduction]: runtime enables the feature `it` from 1.2 on, the line that introduces it (1.2): runtime 1.1.0 lacks it",
        ],
    );
    check_says(
        repo,
        "plan it",
        0,
        &[
            "introduced  runtime 1.2, agent 1.2\n",
            "from the line after 1.2 on  (declared 1.2)",
        ],
    );
}

/// In every release since 1.0.
#[track_caller]
fn there_from_the_beginning(repo: &TestRepo, element: &str) {
    declare(repo, &format!("\"{element}\""), "enabled = \"1.0\"\n");
    check_says(repo, "check", 0, &["may ship"]).never_says(&["feature-"]);
    check_says(
        repo,
        "plan it",
        0,
        &["introduced  runtime 1.0.0, agent 1.0.0\n"],
    );
}

#[test]
fn an_enum_value() {
    let field = "Mode mode = 2;";
    let repo = quay(&[
        (field, "enum Mode { SLOW = 0; }"),
        (field, "enum Mode { SLOW = 0; } "),
        (field, "enum Mode { SLOW = 0; FAST = 1; }"),
    ]);
    introduced_now(&repo, "quay.Mode.FAST");
    there_from_the_beginning(&repo, "quay.Mode.SLOW");
}

#[test]
fn an_extension() {
    let extension = "extend LiftRequest { string hook = 100; }";
    let repo = quay(&[("", ""), ("", " "), ("", extension)]);
    introduced_now(&repo, "quay.hook");
    let repo = quay(&[("", extension), ("", extension), ("", extension)]);
    there_from_the_beginning(&repo, "quay.hook");
}

#[test]
fn an_oneof() {
    let oneof = "oneof way { string rail = 2; string road = 3; }";
    let repo = quay(&[("", ""), (" ", ""), (oneof, "")]);
    introduced_now(&repo, "quay.LiftRequest.way");
    let repo = quay(&[(oneof, ""), (oneof, " "), (oneof, "")]);
    there_from_the_beginning(&repo, "quay.LiftRequest.way");
}

#[test]
fn a_service() {
    let service = "service Winch { rpc Wind(LiftRequest) returns (LiftReply); }";
    let repo = quay(&[("", ""), ("", " "), ("", service)]);
    introduced_now(&repo, "quay.Winch");
    there_from_the_beginning(&repo, "quay.Crane");
}

#[test]
fn elements_of_every_kind_declared_beside_them() {
    let feature =
        |kind: &str| format!("(protoskew.{kind}feature) = {{ name: \"it\" enabled: \"1.3\" }}");
    let plain = feature("");
    let (value, service, oneof) = (feature("value_"), feature("service_"), feature("oneof_"));
    let repo = quay(&[
        ("Mode mode = 4;", "enum Mode { SLOW = 0; }"),
        ("Mode mode = 4;", "enum Mode { SLOW = 0; } "),
        (
            &format!(
                "Mode mode = 4; oneof way {{ option {oneof}; string rail = 2; string road = 3; }}"
            ),
            &format!(
                "enum Mode {{ SLOW = 0; FAST = 1 [{value}]; }}\nextend LiftRequest {{ string hook = 100 [{plain}]; }}\nservice Winch {{ option {service}; rpc Wind(LiftRequest) returns (LiftReply); }}"
            ),
        ),
    ]);
    check_says(&repo, "check", 0, &[]).never_says(&["feature-", "leads to no file"]);
    check_says(
        &repo,
        "plan",
        0,
        &[
            "  has       quay.LiftRequest.way\n",
            "  has       quay.Mode.FAST\n",
            "  has       quay.Winch\n",
            "  has       quay.hook\n",
            "introduced  runtime 1.2, agent 1.2\n",
        ],
    );
    // what says that it replaces something, and not by what
    repo.write(
        "crane.proto",
        crane("string sling = 2 [(protoskew.replaces) = \"box\"];", ""),
    );
    check_says(
        &repo,
        "plan",
        2,
        &["crane.proto:8:3: (protoskew.replaces) needs a feature beside it"],
    );
}

#[test]
fn what_was_renamed_is_what_it_was() {
    let message = |name: &str, field: &str| format!("message {name} {{ string {field} = 1; }}");
    let (sling, rope) = (message("Sling", "load"), message("Rope", "weight"));
    let repo = quay(&[
        ("Sling sling = 2;", &sling),
        ("Sling sling = 2;", &format!("{sling} ")),
        // another name, another field's name, and an extra value of its own
        ("Rope rope = 2;", &rope),
    ]);
    let renames = "[renames]\n\"quay.Sling\" = \"quay.Rope\"\n";
    for element in [
        "quay.Rope",
        "quay.Sling",
        "quay.LiftRequest.rope",
        "quay.Rope.weight",
    ] {
        declare(
            &repo,
            &format!("\"{element}\""),
            &format!("enabled = \"1.0\"\n{renames}"),
        );
        let ran = run(&repo, "check");
        assert!(
            !ran.stdout.contains("[feature-"),
            "{element}: {}",
            ran.stdout
        );
        check_says(
            &repo,
            "plan it",
            0,
            &["introduced  runtime 1.0.0, agent 1.0.0\n"],
        );
    }
    // another meaning of the number is another element
    repo.write("crane.proto", crane("int64 rope = 2;", &rope));
    declare(&repo, "\"quay.LiftRequest.rope\"", renames);
    check_says(
        &repo,
        "plan it",
        0,
        &["introduced  runtime 1.2, agent 1.2\n"],
    );
}

#[test]
fn an_element_of_any_kind_that_is_nowhere() {
    let repo = quay(&[
        (
            "oneof way { string rail = 2; }",
            "extend LiftRequest { string hook = 100; }",
        ),
        (
            "oneof way { string rail = 2; }",
            "extend LiftRequest { string hook = 100; }",
        ),
    ]);
    for (element, meant) in [
        ("quay.LiftRequest.wya", "quay.LiftRequest.way"),
        ("quay.hok", "quay.hook"),
        ("quay.Crain", "quay.Crane"),
        ("quay.Crane.Lft", "quay.Crane.Lift"),
    ] {
        declare(&repo, &format!("\"{element}\""), "");
        check_says(
            &repo,
            "check",
            2,
            &[
                &format!("the feature `it` has `{element}`, which no release has"),
                &format!("did you mean `{meant}`?"),
            ],
        );
    }
}

/// The agent's lines bring a field each; its runtime lives in another repository and pins what it was built with.
#[test]
fn a_component_elsewhere_has_what_it_pins() {
    let agent = agent();
    let text = |tag: &str| {
        let revision = agent.git(&["rev-parse", tag]);
        format!(
            "[[projects]]\n  name = \"github.com/o/agent\"\n  packages = [\"protocols/grpc\"]\n  revision = \"{revision}\"\n"
        )
    };
    // f1 is the agent's since 1.1, and the runtime's since 1.2
    let pins = [
        text("v1.0.0"),
        text("v1.0.0"),
        text("v1.1.0"),
        text("v1.2.0"),
    ];
    runtime(&agent, "Gopkg.lock", &pins);
    configure(&agent, "Gopkg.lock");
    let configured = std::fs::read_to_string(agent.path().join("protoskew.toml")).expect("written");
    let enabled = |line: &str| {
        agent.write(
            "protoskew.toml",
            format!("{configured}\n[[features]]\nname = \"it\"\nelements = [\"ship.Cargo.f1\"]\nenabled = {{ runtime = \"{line}\" }}\n"),
        );
    };
    enabled("1.3");
    check_says(
        &agent,
        "plan it",
        0,
        &[
            "runtime → agent, request\n    introduced  runtime 1.2.0, agent 1.1.0\n",
            "from 1.3.0 on  (declared 1.3)\n        before that, runtime 1.1.0 lacks it and may be rolled back to",
            "agent 1.0.0 lacks it and may be met; `oldest = \"1.1\"` on the link would allow it from 1.3.0 on",
        ],
    );
    check_says(&agent, "check", 0, &["may ship"]).never_says(&["feature-"]);
    // what a release of the runtime did is done
    enabled("1.2");
    check_says(
        &agent,
        "check --known",
        0,
        &[
            "runtime enables the feature `it` from 1.2 on, the line that introduces it (1.2.0): runtime 1.1.0 lacks it and may be rolled back to (known)",
        ],
    );
    enabled("1.1");
    check_says(
        &agent,
        "check --known",
        0,
        &[
            "feature-life-contradicted",
            "the first release of runtime that has all of it is 1.2.0",
        ],
    );
    // the line after its newest is the runtime's own to come
    enabled("1.4");
    check_says(&agent, "check", 0, &["may ship"]).never_says(&["feature-"]);
}

/// Released together under numbers of their own in one repository.
#[test]
fn components_with_tags_of_their_own() {
    let repo = TestRepo::new();
    let policy = "[components.runtime]\ntags = \"runtime-{version}\"\nprotocol = \"agent\"\nlines = { \"2.0\" = \"1.0\", \"2.1\" = \"1.1\", \"2.2\" = \"1.2\" }\n[components.agent]\ntags = \"agent-{version}\"\n[[links]]\nclient = \"runtime\"\nserver = \"agent\"\nclient-ahead = \"any\"\nclient-behind = 1\n";
    repo.write("protoskew.toml", policy);
    for (line, fields) in ["", "string sling = 2;", "string sling = 2; "]
        .iter()
        .enumerate()
    {
        repo.write("crane.proto", crane(fields, ""))
            .commit(&format!("Release {line}"));
        repo.tag(&format!("agent-1.{line}.0"));
        repo.tag(&format!("runtime-2.{line}.0"));
    }
    repo.write(
        "protoskew.toml",
        format!("{policy}\n[[features]]\nname = \"it\"\nelements = [\"quay.LiftRequest.sling\"]\nenabled = {{ runtime = \"2.2\" }}\n"),
    );
    check_says(
        &repo,
        "plan it",
        0,
        &[
            "introduced  runtime 2.1.0, agent 1.1.0\n",
            "from 2.2.0 on  (declared 2.2)\n        before that, runtime 2.0.0 lacks it and may be rolled back to",
        ],
    );
}
