//! `protoskew explain ENUM`: may an enum grow at its end, by direction and runtime (R3)?

use expect_test::expect;
use protoskew_testkit::TestRepo;
use serde_json::Value;

use crate::program::{check, check_says, run};

/// An open enum that both sides read, and a closed one that the server must have and the client keeps in a list.
fn harbor() -> TestRepo {
    let repo = TestRepo::new();
    repo.write(
        "harbor.proto",
        "syntax = \"proto3\";\npackage ship;\n\nenum Kind {\n  KIND_UNSPECIFIED = 0;\n  BOX = 1;\n  reserved 2 to 4;\n}\n\nmessage Cargo {\n  Kind kind = 1;\n}\n\nservice Harbor {\n  rpc Load(Cargo) returns (Cargo);\n}\n",
    );
    repo.write(
        "dock.proto",
        "syntax = \"proto2\";\npackage ship;\n\nenum Berth {\n  NORTH = 0;\n  SOUTH = 7;\n}\n\nmessage Ask {\n  required Berth berth = 1;\n}\n\nmessage Answer {\n  repeated Berth berths = 1;\n}\n\nenum Full {\n  NONE = 0;\n  reserved 1 to max;\n}\n\nservice Dock {\n  rpc Moor(Ask) returns (Answer);\n}\n",
    );
    repo.commit("Begin");
    repo.tag("v1.0.0").write("notes", "").commit("Go on");
    repo.tag("v1.1.0");
    repo
}

const BUILT: &str = "[components.runtime]\nprotocol = \"agent\"\nprotobuf = \"java\"\n[components.agent]\nprotobuf = \"cpp\"\n\n[[links]]\nclient = \"runtime\"\nserver = \"agent\"\nclient-ahead = \"any\"\nclient-behind = 1\n";

#[test]
fn whatever_readers_are_built_with() {
    let repo = harbor();
    check(
        &repo,
        "explain ship.Kind",
        0,
        expect![[r#"
        ship.Kind: open enum of 2 values, harbor.proto:4
        against 2 releases, 1.0.0 to 1.1.0, all with one schema

        May it grow at its end, by 5? yes, unless a reader is built with rust-protobuf-2 (`protobuf = …` under [components.NAME] says what it is built with)

          client worktree → server 1.0.0–1.1.0, request: server reads it, whatever it is built with
            yes blind in cpp, java, upb, go, gogo, vtproto, prost, rust-protobuf-3, buffa, protobuf-es, protobufjs, protobufjs-8: a number without a name
            no  lossy in rust-protobuf-2: a field that is not set

          client 1.0.0–1.1.0 ← server worktree, response: client reads it, whatever it is built with
            yes blind in cpp, java, upb, go, gogo, vtproto, prost, rust-protobuf-3, buffa, protobuf-es, protobufjs, protobufjs-8: a number without a name
            no  lossy in rust-protobuf-2: a field that is not set

        What decodes is not understood yet: programs built before it need an answer to a number that no name stands for. Send it only to readers
        that have it (R2).  protoskew explain enum-value-added; protoskew analyze says from which release on a new value may be sent.
    "#]],
    );
    check(
        &repo,
        "explain ship.Berth",
        0,
        expect![[r#"
            ship.Berth: closed enum of 2 values, dock.proto:4
            against 2 releases, 1.0.0 to 1.1.0, all with one schema

            May it grow at its end, by 8? yes, unless a reader is built with cpp, java, upb, rust-protobuf-2, buffa, protobuf-es, protobufjs-8 (`protobuf = …` under [components.NAME] says what it is built with)

              client worktree → server 1.0.0–1.1.0, request: server reads it, whatever it is built with
                yes blind in go, gogo, vtproto, prost, rust-protobuf-3, protobufjs: a number without a name
                no  lossy in upb, buffa, protobuf-es: a field that is not set
                no  reject in cpp, java, rust-protobuf-2, protobufjs-8: nothing, as the whole message is refused

              client 1.0.0–1.1.0 ← server worktree, response: client reads it, whatever it is built with
                yes blind in go, gogo, vtproto, prost, rust-protobuf-3, protobuf-es, protobufjs: a number without a name
                no  lossy in cpp, java, upb, rust-protobuf-2, buffa, protobufjs-8: a list without it

            What decodes is not understood yet: programs built before it need an answer to a number that no name stands for. Send it only to readers
            that have it (R2).  protoskew explain enum-value-added; protoskew analyze says from which release on a new value may be sent.
        "#]],
    );
    check_says(
        &repo,
        "explain ship.Full",
        0,
        &["It cannot grow at its end"],
    );
}

#[test]
fn what_they_are_built_with_narrows_the_answer() {
    let repo = harbor();
    repo.write("protoskew.toml", BUILT);
    check(
        &repo,
        "explain ship.Kind",
        0,
        expect![[r#"
            ship.Kind: open enum of 2 values, harbor.proto:4
            against 2 releases, 1.0.0 to 1.1.0, all with one schema

            May it grow at its end, by 5? yes: it decodes in 2 kinds of readers

              runtime worktree → agent 1.0.0–1.1.0, request: agent reads it, built with cpp
                yes blind: a number without a name

              runtime 1.1.0 ← agent worktree, response: runtime reads it, built with java
                yes blind: a number without a name

            What decodes is not understood yet: programs built before it need an answer to a number that no name stands for. Send it only to readers
            that have it (R2).  protoskew explain enum-value-added; protoskew analyze says from which release on a new value may be sent.
        "#]],
    );
    check(
        &repo,
        "explain ship.Berth",
        0,
        expect![[r#"
            ship.Berth: closed enum of 2 values, dock.proto:4
            against 2 releases, 1.0.0 to 1.1.0, all with one schema

            May it grow at its end, by 8? no: lost in 2 of 2 kinds of readers

              runtime worktree → agent 1.0.0–1.1.0, request: agent reads it, built with cpp
                no  reject: nothing, as the whole message is refused

              runtime 1.1.0 ← agent worktree, response: runtime reads it, built with java
                no  lossy: a list without it

            What decodes is not understood yet: programs built before it need an answer to a number that no name stands for. Send it only to readers
            that have it (R2).  protoskew explain enum-value-added; protoskew analyze says from which release on a new value may be sent.
        "#]],
    );
}

#[test]
fn in_json() {
    let repo = harbor();
    repo.write("protoskew.toml", BUILT);
    let ran = run(&repo, "explain ship.Berth --format json");
    let lines: Vec<Value> = (ran.stdout.lines())
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let head = &lines[0];
    assert_eq!(
        (
            &head["type"],
            &head["next"],
            &head["closed"],
            &head["free_of_problems"]
        ),
        (&"growth".into(), &8.into(), &true.into(), &false.into())
    );
    let read: Vec<String> = lines[1..]
        .iter()
        .map(|line| {
            assert_eq!(line["type"], "growth-reader");
            let of = &line["behaviour"];
            format!(
                "{} {} {} {}",
                of["direction"],
                of["runtime"],
                of["outcomes"][0]["outcome"],
                line["holds"][0]["what"]
            )
        })
        .collect();
    assert_eq!(
        read,
        [
            "\"request\" \"cpp\" \"reject\" [\"nothing, as the whole message is refused\"]",
            "\"response\" \"java\" \"lossy\" [\"a list without it\"]",
        ]
    );
    let ran = run(&repo, "explain ship.Kind --format json");
    let head: Value =
        serde_json::from_str(ran.stdout.lines().next().unwrap_or_default()).expect("JSON");
    assert_eq!(head["free_of_problems"], true);
}

#[test]
fn a_name_that_is_none() {
    let repo = harbor();
    check_says(
        &repo,
        "explain ship.Kine",
        2,
        &[
            "there is no rule and no enum `ship.Kine`",
            "did you mean `ship.Kind`?",
        ],
    );
    check_says(
        &repo,
        "explain field-renumberd",
        2,
        &["there is no rule `field-renumberd`", "field-renumbered"],
    );
}

#[test]
fn the_levels_of_this_folder() {
    let repo = harbor();
    check_says(&repo, "rules", 0, &["level  rule"]).never_says(&["level  default"]);
    repo.write("protoskew.toml", "[rules]\nfield-renamed = \"deny\"\n[[rules.for]]\npaths = [\"gone/**\", \"harbor.proto\"]\npreset = \"wire\"\n");
    check_says(
        &repo,
        "rules",
        0,
        &["level  default  rule", "deny   warn     field-renamed"],
    );
    check_says(
        &repo,
        "check",
        0,
        &["protoskew.toml:3: no file here is `gone/**`"],
    )
    .never_says(&["`harbor.proto`"]);
    let ran = run(&repo, "explain field-renamed --format json");
    let rule: Value =
        serde_json::from_str(ran.stdout.lines().nth(1).unwrap_or_default()).expect("JSON");
    assert_eq!(
        (&rule["level"], &rule["default"]),
        (&"deny".into(), &"warn".into())
    );
    repo.write("protoskew.toml", "[rules]\nfield-renamd = \"deny\"\n");
    check_says(&repo, "rules", 2, &["field-renamed"]);
}
