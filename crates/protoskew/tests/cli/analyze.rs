//! `protoskew analyze`: what a change does to future and past releases, and the record of it.

use expect_test::expect;
use protoskew_testkit::TestRepo;

use crate::program::{Ran, check, check_says, finish, harbor, protoskew};

const POLICY: &str = r#"
[components.runtime]
protocol = "agent"
[components.agent]
protobuf = "prost"
[[links]]
client = "runtime"
server = "agent"
client-ahead = "any"
client-behind = 1
"#;

/// Two releases, and a branch on which nothing has happened yet.
fn releases() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("protoskew.toml", POLICY)
        .write("harbor.proto", harbor("string id = 1;"))
        .commit("Begin");
    repo.tag("v1.0.0");
    repo.write("harbor.proto", harbor("string id = 1; int64 weight = 2;"))
        .commit("Weigh");
    repo.tag("v1.1.0");
    repo.branch("topic");
    repo
}

const FRAGILE: &str = "string id = 1; int64 weight = 2; bool fragile = 3;";

fn record(repo: &TestRepo) -> Ran {
    let mut command = protoskew(repo, "analyze --record");
    command.env("PROTOSKEW_TODAY", "2024-01-05");
    finish(repo, command)
}

const RECORD: &str = "protoskew/analyses/2024-01-05-cargo-fragile.md";

#[test]
fn a_new_field_in_a_configured_link() {
    let repo = releases();
    repo.write("harbor.proto", harbor(FRAGILE))
        .commit("Handle with care");
    check(
        &repo,
        "analyze",
        0,
        expect![[r##"
            # What this change does to others

            worktree against the merge base with main (bea49cf): 1 change, fingerprint `1:2d88f51a67091d5b488195f9`. Past releases: 2 releases, 1.0.0 to 1.1.0, with 2 distinct schemas.

            ### `ship.Cargo.fragile`: new field

            Field 3, `bool` (harbor.proto:11).

            **Where it is absent.** A reader sees `false`, and cannot tell an older writer from one that sent just that (it has no presence). Either let `false` mean what happened before the field was there, or declare it `optional bool`.

            **Past releases.**

            | who meets | what passes | read by | outcome |
            |---|---|---|---|
            | runtime worktree → agent 1.0.0–1.1.0 | request | agent (prost) | `blind`: the reader does not know it and ignores it; and lost where the reader passes the message on |
            | runtime 1.1.0 → agent worktree | request | agent (prost) | `absent`: the writer does not know the field, the reader sees its default |

            **JSON.** Older readers of `{"fragile":true}`: `reject` in strict parsers (refused: no field has this name); `blind` in lenient and names parsers (ignored: no field has this name).

            **Source.** Nothing stops compiling, but Rust programs that write the message as a literal without `..Default::default()`.

            **When.** runtime may send it from the line after 1.2 on to any agent that has it, and unasked never: agent 1.1.0 lacks it and may be met.

            The facts are protoskew's. What they mean is for people to write down: `protoskew analyze --record`.
        "##]],
    );
}

#[test]
fn what_is_alike_is_told_once() {
    let repo = releases();
    let calls = "string id = 1; sint64 weight = 2; optional int32 a = 3; optional int32 b = 4;";
    repo.write("harbor.proto", harbor(calls)).commit("Break");
    check_says(
        &repo,
        "analyze",
        0,
        &[
            "### `ship.Cargo`: 2 new fields",
            "- `ship.Cargo.a`: field 3, `optional int32` (harbor.proto:11)",
            "can tell that it was not sent",
            "### `ship.Cargo.weight`: type changed",
            "**misread**",
            "It breaks meetings that the policy allows",
        ],
    );
}

#[test]
fn enums_calls_and_removals() {
    let repo = releases();
    let text = harbor("string id = 1; Kind kind = 3;").replace(
        "rpc Load",
        "rpc Weigh(Cargo) returns (stream Receipt);\n  rpc Load",
    ) + "enum Kind { KIND_UNSPECIFIED = 0; KIND_LIQUID = 1; }\nmessage Crane { string id = 1; }\n";
    repo.write("harbor.proto", &text).commit("Sort");
    check_says(
        &repo,
        "analyze",
        0,
        &[
            "### `ship.Kind`: new enum",
            "`KIND_UNSPECIFIED` takes 17 instead of 1",
            "### `ship.Cargo.kind`: new field",
            "`KIND_UNSPECIFIED` (0)",
            "### `ship.Harbor.Weigh`: new call",
            "UNIMPLEMENTED",
            "### `ship.Cargo.weight`: field gone",
            "| runtime 1.1.0 → agent worktree | request |",
            "1.0.0 see `ship.Cargo.weight` no differently than before, or never had it.",
            "### `ship.Crane`: new message",
        ],
    );
    repo.commit("Nothing");
    repo.write(
        "harbor.proto",
        text.replace(
            "KIND_LIQUID = 1;",
            "KIND_LIQUID = 1; KIND_GAS = 2; reserved 9;",
        ),
    );
    check_says(
        &repo,
        "analyze --against HEAD",
        0,
        &[
            "### `ship.Kind.KIND_GAS`: new value",
            "is lost or refused by older readers built with rust-protobuf-2",
            "1.0.0–1.1.0 do not know `ship.Kind` at all.",
            "+ ship.Kind = reserved 9 to 9",
        ],
    );
}

#[test]
fn nothing_of_meaning_is_no_change() {
    let repo = releases();
    repo.write(
        "harbor.proto",
        format!(
            "// a comment\n{}",
            harbor("string id = 1; int64 weight = 2;")
        ),
    )
    .commit("Explain");
    check_says(
        &repo,
        "analyze",
        0,
        &["nothing that a message or a call means has changed"],
    );
    check_says(
        &repo,
        "analyze --record",
        2,
        &["there is nothing to record"],
    );
    let repo = TestRepo::new();
    repo.write("a.proto", "syntax = \"proto3\";")
        .commit("Begin");
    check_says(&repo, "analyze", 2, &["nothing came before this"]);
}

#[test]
fn folders_need_no_repository() {
    let repo = TestRepo::folder();
    repo.write("old/a.proto", "syntax = \"proto3\"; message M {}")
        .write(
            "new/a.proto",
            "syntax = \"proto3\"; message M { int32 a = 1; }",
        );
    check_says(
        &repo,
        "analyze new --against old",
        0,
        &["### `M.a`: new field", "no release, so", "`absent`"],
    );
}

#[test]
fn a_record_is_written_once_and_anew_after_an_edit() {
    let repo = releases();
    repo.write("harbor.proto", harbor(FRAGILE))
        .commit("Handle with care");
    record(&repo).says(
        0,
        &[&format!(
            "wrote {RECORD}: its last three headings are for people to fill"
        )],
    );
    let text = std::fs::read_to_string(repo.path().join(RECORD)).expect("the record");
    assert!(
        text.contains("elements:\n  - ship.Cargo.fragile\n---"),
        "{text}"
    );
    record(&repo).says(
        0,
        &["is the record of this change already, and says nothing below \"What future"],
    );
    repo.write(
        RECORD,
        text.replace(
            "## What else was weighed\n",
            "## What else was weighed\n\nA string.\n",
        ),
    )
    .commit("Write it down");
    // the same change, elsewhere and otherwise committed
    repo.write("harbor.proto", format!("// care\n{}", harbor(FRAGILE)))
        .commit("Say more");
    record(&repo).says(0, &["is the record of this change already"]);
    // another one
    repo.write("harbor.proto", harbor(&FRAGILE.replace("bool", "int32")))
        .commit("Count");
    record(&repo).says(0, &["anew, for the change as it is now"]);
    let text = std::fs::read_to_string(repo.path().join(RECORD)).expect("the record");
    assert!(
        text.contains("Take it out of this comment if it still holds:\n\nA string."),
        "{text}"
    );
    assert_eq!(repo.git(&["status", "--porcelain"]), format!(" M {RECORD}"));
}

#[test]
fn as_json() {
    let repo = releases();
    repo.write("harbor.proto", harbor(FRAGILE))
        .commit("Handle with care");
    let ran = check_says(&repo, "analyze --format json", 0, &[]);
    let lines: Vec<serde_json::Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    assert_eq!(lines[0]["type"], "analysis");
    assert_eq!(lines[0]["elements"][0], "ship.Cargo.fragile");
    assert_eq!(lines[1]["type"], "change");
    assert_eq!(lines[1]["behaviours"][0]["outcomes"][0]["outcome"], "blind");
    assert_eq!(lines[1]["behaviours"][0]["runtime"], "prost");
    assert_eq!(lines[1]["behaviours"][0]["releases"][1], "1.1.0");
}

#[test]
fn the_feature_that_a_change_is_of_or_replaces() {
    let repo = releases();
    let fields = "string id = 1; int64 weight = 2 [deprecated = true]; int64 grams = 3;";
    repo.write("harbor.proto", harbor(fields)).write(
        "protoskew.toml",
        format!("{POLICY}\n[[features]]\nname = \"grams\"\nelements = [\"ship.Cargo.grams\"]\nenabled = \"1.3\"\nreplaces = \"ship.Cargo.weight\"\n"),
    );
    repo.commit("Weigh exactly");
    check_says(
        &repo,
        "analyze",
        0,
        &[
            "**When.** Of the feature `grams` (protoskew.toml:12:1): runtime may send it to those who have it from the line after 1.2 on (declared: 1.3); \
             runtime may never send it by default, to anybody: agent 1.1.0 lacks it and may be met.",
        ],
    );
    repo.write(
        "harbor.proto",
        harbor("string id = 1; reserved 2; int64 grams = 3;"),
    );
    check_says(
        &repo,
        "analyze --against HEAD",
        0,
        &[
            "- The feature `grams` (protoskew.toml:12:1) replaces it: runtime may never stop writing the old form: agent 1.1.0 lacks \
             it and may be met; agent may stop reading the old form from 2 lines after 1.2 on.",
        ],
    );
}
