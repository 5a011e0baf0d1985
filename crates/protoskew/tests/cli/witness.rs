//! `protoskew witness`: what shows a finding, as files, and as protoc shows it without us.
#![allow(clippy::print_stdout)] // a skipped test must say so

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use expect_test::expect;
use protoskew_testkit::TestRepo;
use serde_json::{Value, json};

use crate::program::{check, check_says, harbor, run};

/// One release, and an edit that breaks one field.
fn edited(before: &str, after: &str) -> TestRepo {
    let repo = TestRepo::new();
    repo.write("harbor.proto", harbor(before)).commit("First");
    repo.tag("v1.1.0");
    repo.write("harbor.proto", harbor(after));
    repo
}

#[test]
fn what_is_written_and_what_is_read() {
    let repo = edited("int64 weight = 1;", "sint64 weight = 1;");
    check(
        &repo,
        "witness field-type-changed:ship.Cargo.weight --output shown",
        0,
        expect![[r#"
            `ship.Cargo.weight` changed from `int64` to `sint64`; the two encode integers differently: 1 arrives as another number
            field-type-changed:ship.Cargo.weight:c1910778

            misread: 08 01 from client 1.1.0 → server worktree reads weight = -1 instead of 1 (a value arrives as another one, silently)

              client 1.1.0 writes ship.Cargo
                weight: 1
                {"weight":"1"}

              2 bytes
                08 01

              server worktree reads ship.Cargo, whatever it is built with
                weight: -1
                {"weight":"-1"}

              written to shown: message.bin, sent.txtpb, sent.json, read.txtpb, read.json, writer.desc, reader.desc

              without us:
                protoc --decode=ship.Cargo --descriptor_set_in=shown/writer.desc harbor.proto < shown/message.bin
                protoc --decode=ship.Cargo --descriptor_set_in=shown/reader.desc harbor.proto < shown/message.bin
        "#]],
    );
    let read = |name: &str| std::fs::read(repo.path().join("shown").join(name)).expect(name);
    assert_eq!(read("message.bin"), [0x08, 0x01]);
    assert_eq!(read("read.txtpb"), b"weight: -1\n");
    assert_eq!(read("sent.json"), b"{\"weight\":\"1\"}");
    // without a name for the folder it has the finding's, and nothing of it is a `.proto` file that would be judged
    let ran = run(&repo, "witness ship.Cargo.weight --format json");
    let line: Value = serde_json::from_str(&ran.stdout).expect("one line of JSON");
    let written = &line["witnesses"][0];
    assert_eq!(
        written["folder"],
        "protoskew-witness/field-type-changed-ship.Cargo.weight-c1910778"
    );
    assert_eq!(written["witness"]["message"]["bytes"], "0801");
    let again = run(&repo, "check --format json");
    assert!(again.stdout.contains("\"files\":1,"), "{}", again.stdout);
}

#[test]
fn what_is_no_finding_and_what_has_no_witness() {
    let repo = edited(
        "int64 weight = 1; string label = 2; string mark = 3;",
        "sint64 weight = 1; int64 label = 2;",
    );
    check(
        &repo,
        "witness field-type-changed:ship.Cargo.wieght:c1910778",
        2,
        expect![[r#"
            protoskew: there is no finding `field-type-changed:ship.Cargo.wieght:c1910778`
              help: did you mean field-type-changed:ship.Cargo.weight:c1910778?
        "#]],
    );
    check_says(
        &repo,
        "witness nonsense",
        2,
        &[
            "there is no finding `nonsense`",
            "protoskew check --known --all",
        ],
    );
    check_says(
        &repo,
        "witness field-type-changed",
        2,
        &[
            "2 findings are called `field-type-changed`",
            "field-type-changed:ship.Cargo.label:",
        ],
    );
    check_says(
        &repo,
        "witness field-number-unreserved",
        2,
        &[
            "has no witness: it is about what may be sent once the number or name is used again",
            "protoskew explain field-number-unreserved",
        ],
    );
    repo.write("taken", "a file");
    check_says(
        &repo,
        "witness ship.Cargo.weight --output taken",
        2,
        &["cannot write taken", "--output DIR"],
    );
}

#[test]
fn a_call_that_is_lost_is_shown_by_its_path() {
    let repo = edited("int64 weight = 1;", "int64 weight = 1;");
    let text = harbor("int64 weight = 1;").replace("Load(", "Unload(");
    repo.write("harbor.proto", text);
    check_says(
        &repo,
        "witness method-removed",
        0,
        &[
            "call-removed: /ship.Harbor/Load from client 1.1.0 → server worktree answers UNIMPLEMENTED",
            "request   ship.Cargo",
        ],
    );
    let ran = run(&repo, "witness method-removed --format json");
    let line: Value = serde_json::from_str(&ran.stdout).expect("one line of JSON");
    let call = &line["witnesses"][0]["witness"]["call"];
    assert_eq!(call["path"], "/ship.Harbor/Load");
    assert_eq!(call["response"], "ship.Receipt");
    let frames = call["frames"].as_array().expect("frames");
    assert_eq!(
        frames[0]["headers"][2],
        json!([":path", "/ship.Harbor/Load"])
    );
    assert_eq!(
        [&frames[1]["data"], &frames[1]["ends"]],
        [&json!("0000000000"), &json!(true)]
    );
    assert_eq!(frames[2]["headers"][2], json!(["grpc-status", "12"]));
    let written = &line["witnesses"][0];
    assert_eq!(written["files"], json!(["request.grpc"]));
    a_real_server_answers_so(&repo, written["commands"][0].as_str().expect("a command"));
}

/// Runs the command against a server of grpcio's that knows no call.
fn a_real_server_answers_so(repo: &TestRepo, command: &str) {
    let curl = Command::new("curl").arg("--version").output();
    let speaks = curl.is_ok_and(|it| String::from_utf8_lossy(&it.stdout).contains("HTTP2"));
    let Some(python) = protoc().filter(|_| speaks) else {
        println!("skipped: no python with grpcio-tools, or no curl that speaks HTTP/2");
        return;
    };
    let serve = "import grpc, sys\nfrom concurrent import futures\nserver = grpc.server(futures.ThreadPoolExecutor(1))\nprint(server.add_insecure_port('127.0.0.1:0'), flush=True)\nserver.start()\nsys.stdin.read()\n";
    let mut server = Command::new(python)
        .args(["-c", serve])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let mut port = String::new();
    let stdout = server.stdout.take().expect("a pipe");
    BufReader::new(stdout).read_line(&mut port).expect("a port");
    let ask = || {
        Command::new("sh")
            .args(["-c", command])
            .env("SERVER", format!("127.0.0.1:{}", port.trim()))
            .env("NO_PROXY", "127.0.0.1")
            .current_dir(repo.path())
            .output()
            .expect("a shell")
    };
    // the server answers, and ends the stream, as soon as it has read the path: where that overtakes the request's body, curl gives
    // up with this code and shows no answer at all
    let mut answer = ask();
    for _ in 0..20 {
        if answer.status.code() != Some(92) {
            break;
        }
        answer = ask();
    }
    // it ends with what it reads
    drop(server.stdin.take());
    server.wait().expect("Python ends");
    let said = String::from_utf8_lossy(&answer.stdout);
    for header in [
        "HTTP/2 200",
        "content-type: application/grpc",
        "grpc-status: 12",
    ] {
        assert!(
            said.contains(header),
            "{said}{}",
            String::from_utf8_lossy(&answer.stderr)
        );
    }
}

#[test]
fn two_messages_where_one_is_taken_are_shown_frame_by_frame() {
    let repo = edited("int64 weight = 1;", "int64 weight = 1;");
    let text = harbor("int64 weight = 1;");
    repo.write(
        "harbor.proto",
        text.replace("returns (Receipt)", "returns (stream Receipt)"),
    );
    let ran = check_says(
        &repo,
        "witness method-streaming-changed",
        0,
        &[
            "  client DATA     00 00 00 00 00, END_STREAM\n  server HEADERS  :status: 200, content-type: application/grpc\n  server DATA     00 00 00 00 00\n  server DATA     00 00 00 00 00\n  server HEADERS  grpc-status: 0, END_STREAM\n",
        ],
    );
    ran.never_says(&["two requests"]);
}

#[test]
fn what_is_no_longer_sent_is_shown_as_what_is_read_instead() {
    let repo = edited("int64 weight = 1; string mark = 2;", "int64 weight = 1;");
    check_says(
        &repo,
        "check",
        1,
        &[
            "= witness: an empty message from client worktree → server 1.1.0 reads mark = \"\": it is no longer sent",
        ],
    );
    check_says(
        &repo,
        "witness field-withdrawn",
        0,
        &["withdrawn: an empty message", "(nothing is set)", "0 bytes"],
    );
}

#[test]
fn each_of_several_new_values_is_shown_by_itself() {
    let repo = TestRepo::new();
    let text = "syntax = \"proto3\";\npackage ship;\nenum Flag { FLAG_NONE = 0; }\nmessage Call { Flag flag = 1; }\nservice Harbor { rpc Hail(Call) returns (Call); }\n";
    repo.write("harbor.proto", text).commit("Release");
    repo.tag("v1.0.0");
    repo.write(
        "harbor.proto",
        text.replace("= 0; }", "= 0; FLAG_RED = 1; FLAG_WHITE = 2; }"),
    );
    check_says(
        &repo,
        "check",
        0,
        &[
            "(rust-protobuf-2) loses flag = FLAG_RED and reads FLAG_NONE",
            "(rust-protobuf-2) loses flag = FLAG_WHITE and reads FLAG_NONE",
        ],
    );
}

#[test]
fn an_any_of_a_renamed_message_is_shown_by_its_name() {
    let repo = TestRepo::new();
    let text = "syntax = \"proto3\";\npackage ship;\nimport \"google/protobuf/any.proto\";\nmessage Sealed { google.protobuf.Any what = 1; }\nmessage Crate { string mark = 1; int32 size = 2; }\nservice Harbor { rpc Load(Sealed) returns (Sealed); }\n";
    repo.write("harbor.proto", text)
        .write(
            "protoskew.toml",
            "[renames]\n\"ship.Crate\" = \"ship.Container\"\n",
        )
        .commit("Release");
    repo.tag("v1.0.0");
    repo.write(
        "harbor.proto",
        text.replace("message Crate", "message Container"),
    );
    let ran = check_says(
        &repo,
        "witness message-renamed",
        0,
        &[
            "reject: 0a 22 74 79 70 65 2e",
            "cannot unpack it: it knows no message `ship.Container`",
            "{\"@type\":\"type.googleapis.com/ship.Container\"}",
        ],
    );
    let Some(python) = protoc() else {
        println!("skipped: no python with grpcio-tools");
        return;
    };
    let commands = ran
        .stdout
        .lines()
        .filter(|line| line.trim_start().starts_with("protoc "));
    let shown: Vec<String> = commands
        .map(|command| {
            let command = command
                .trim()
                .replacen("protoc", "\"$PYTHON\" -m grpc_tools.protoc", 1);
            let ran = Command::new("sh")
                .args(["-c", &command])
                .env("PYTHON", &python)
                .current_dir(repo.path())
                .output()
                .expect("a shell");
            String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned()
        })
        .collect();
    assert_eq!(
        shown,
        [
            "type_url: \"type.googleapis.com/ship.Container\"\n",
            "Type not defined: ship.Container\n"
        ]
    );
}

#[test]
fn a_number_that_was_used_again_is_shown_to_whoever_reads_the_former_meaning() {
    let repo = TestRepo::new();
    let state = |field: &str, value: &str| {
        harbor(&format!("string mark = 1; {field} Kind kind = 3;"))
            + &format!("enum Kind {{ NONE = 0; {value} }}\n")
    };
    repo.write("harbor.proto", state("string seal = 2;", "HEAVY = 1;"))
        .commit("Release");
    repo.tag("v1.0.0");
    repo.write("harbor.proto", state("", ""))
        .commit("Remove both");
    repo.write("harbor.proto", state("string label = 2;", "FRAGILE = 1;"))
        .commit("Give the numbers to others");
    let ran = check_says(
        &repo,
        "check",
        1,
        &[
            "error[field-number-reused]",
            "= misread: client 1.0.0 → server worktree, request",
            "= witness: 12 01 61 from client 1.0.0 → server worktree reads label = \"a\" instead of seal",
            "error[enum-number-reused]",
            "= witness: 18 01 from client 1.0.0 → server worktree reads kind = FRAGILE instead of HEAVY",
        ],
    );
    assert_eq!(ran.stdout.matches("error[field-number-reused]").count(), 1);
    check_says(
        &repo,
        "witness enum-number-reused",
        0,
        &["kind: FRAGILE", "kind: HEAVY", "reader.desc"],
    );
    // the silent twin: nobody who may be met has the former meaning
    repo.write(
        "protoskew.toml",
        "[components.crane]\n[components.harbor]\n[[links]]\nclient = \"crane\"\nserver = \"harbor\"\nbundled = true\n",
    );
    check_says(&repo, "check", 1, &["error[field-number-reused]"]).never_says(&["= witness"]);
}

/// The python whose `grpc_tools` holds protoc.
fn protoc() -> Option<PathBuf> {
    let given = std::env::var_os("PROTOSKEW_PROTOC_PYTHON").map(PathBuf::from);
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/oracles/python/bin/python");
    let python = given.or_else(|| own.exists().then_some(own));
    let required = std::env::var_os("PROTOSKEW_REQUIRE_ORACLES").is_some_and(|v| v == "1");
    assert!(
        python.is_some() || !required,
        "no python with grpcio-tools, and oracles are required"
    );
    python
}

/// Two states of an API with something of everything that a descriptor has to say.
const BEFORE: [(&str, &str); 3] = [
    (
        "old.proto",
        "syntax = \"proto2\";\npackage zoo;\nimport \"keeper.proto\";\nmessage Cage {\n  required string name = 1;\n  optional int32 size = 2 [default = -7];\n  repeated int32 doors = 3 [packed = true];\n  optional group Lock = 4 { optional int64 code = 1; }\n  map<string, Mood> moods = 5;\n  oneof inside { string bird = 6; bytes fish = 7; }\n  enum Mood { CALM = 0; WILD = 5; }\n  optional keepers.Keeper.Shift shift = 8;\n  optional string note = 9 [default = \"a \\\"b\\\" \\n\"];\n  message Roof { optional bool open = 1; optional double area = 2; }\n  optional Roof roof = 10;\n  extensions 100 to 199;\n}\nextend Cage { optional uint32 weight = 100; }\nservice Zoo { rpc Add(Cage) returns (Cage); }\n",
    ),
    (
        "keeper.proto",
        "syntax = \"proto3\";\npackage keepers;\nmessage Keeper {\n  enum Shift { DAY = 0; NIGHT = 1; }\n  optional int32 age = 1;\n  repeated Shift shifts = 2;\n  map<int32, Keeper> under = 3;\n  int64 since = 4;\n  string name = 5;\n  bytes photo = 6;\n}\nservice Keepers { rpc Hire(Keeper) returns (Keeper); }\n",
    ),
    (
        "new.proto",
        "edition = \"2023\";\npackage lab;\nmessage Sample {\n  int32 count = 1 [features.field_presence = IMPLICIT];\n  repeated int32 sizes = 2 [features.repeated_field_encoding = EXPANDED];\n  Part part = 3 [features.message_encoding = DELIMITED];\n  Kind kind = 4;\n  string text = 5 [features.utf8_validation = NONE];\n  int32 must = 6 [features.field_presence = LEGACY_REQUIRED];\n  message Part { string id = 1; fixed32 made = 2; }\n}\nenum Kind { option features.enum_type = CLOSED; A = 1; B = 2; }\nservice Lab { rpc Test(Sample) returns (Sample); }\n",
    ),
];

/// What is edited of it.
const EDITS: [(&str, &str); 14] = [
    ("bytes photo = 6;", "string photo = 6;"),
    ("required string name = 1;", "required bytes name = 1;"),
    (
        "int32 size = 2 [default = -7]",
        "sint32 size = 2 [default = 9]",
    ),
    (
        "repeated int32 doors = 3 [packed = true];",
        "optional int32 doors = 3;",
    ),
    ("optional int64 code = 1;", "optional sint64 code = 1;"),
    (
        "map<string, Mood> moods = 5;",
        "map<string, sint32> moods = 5;",
    ),
    ("bytes fish = 7; }", "string fish = 7; }"),
    ("optional double area = 2;", "optional fixed64 area = 2;"),
    ("optional int32 age = 1;", "optional string age = 1;"),
    (
        "map<int32, Keeper> under = 3;",
        "map<sint32, Keeper> under = 3;",
    ),
    (
        "int64 since = 4;\n  string name = 5;",
        "int64 since = 5;\n  string name = 4;",
    ),
    (
        "int32 count = 1 [features.field_presence = IMPLICIT]",
        "float count = 1",
    ),
    ("fixed32 made = 2;", "float made = 2;"),
    ("Kind kind = 4;", "sint32 kind = 4;"),
];

#[test]
fn protoc_shows_the_same_without_us() {
    let Some(python) = protoc() else {
        println!("skipped: no python with grpcio-tools");
        return;
    };
    let repo = TestRepo::new();
    for (path, text) in BEFORE {
        let mut edited = text.to_owned();
        for (from, to) in EDITS {
            edited = edited.replace(from, to);
        }
        assert_ne!(edited, text, "{path}");
        repo.write(&format!("old/{path}"), text);
        repo.write(&format!("new/{path}"), edited);
    }
    let found = run(&repo, "check new --against old --format json");
    let (mut decoded, mut refused, mut others) = (0, 0, 0);
    for line in found.stdout.lines() {
        let finding: Value = serde_json::from_str(line).expect("JSON");
        let messages = finding["witnesses"].as_array();
        let shows = |witness: &Value| !witness["message"].is_null();
        if !messages.is_some_and(|all| all.iter().any(shows)) {
            continue;
        }
        let id = finding["id"].as_str().expect("an id");
        let ran = run(
            &repo,
            &format!("witness {id} new --against old --output shown --format json"),
        );
        let said: Value =
            serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.all()));
        let written = &said["witnesses"][0];
        let message = &written["witness"]["message"];
        let alike = message["runtimes"].as_array().expect("a list");
        let commands = written["commands"].as_array().expect("a list");
        for (side, command) in ["sent", "read"].into_iter().zip(commands) {
            let command = command.as_str().expect("a command");
            let command = command.replacen("protoc", "\"$PYTHON\" -m grpc_tools.protoc", 1);
            let shown = Command::new("sh")
                .args(["-c", &command])
                .env("PYTHON", &python)
                .current_dir(repo.path())
                .output()
                .expect("a shell");
            let text = String::from_utf8_lossy(&shown.stdout);
            let complaint = String::from_utf8_lossy(&shown.stderr);
            if side == "read" && !alike.iter().any(|runtime| runtime == "cpp") {
                others += 1;
                continue;
            }
            match message[side]["text"].as_str() {
                Some(expected) => {
                    assert!(shown.status.success(), "{id}: {command}\n{complaint}");
                    assert_eq!(text, expected, "{id}: {command}");
                    decoded += 1;
                }
                None => {
                    assert!(!complaint.is_empty(), "{id}: {command} is content:\n{text}");
                    refused += 1;
                }
            }
        }
    }
    println!("{decoded} decoded alike, {refused} refused alike, {others} by other runtimes alone");
    assert!(decoded >= 20 && refused > 0, "{decoded}, {refused}");
}
