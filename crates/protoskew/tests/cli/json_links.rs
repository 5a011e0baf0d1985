//! Links and stores that speak JSON.

use expect_test::expect;
use protoskew_testkit::TestRepo;

use crate::program::{check, check_says, harbor, run};

fn link(json: &str) -> String {
    format!(
        "[components.crane]\n[components.harbor]\n\n[[links]]\nclient = \"crane\"\nserver = \"harbor\"\njson = \"{json}\"\n"
    )
}

const BEFORE: &str = "int64 weight = 1; string mark = 2;";

/// One release, and a link that speaks JSON.
fn released(json: &str) -> TestRepo {
    let repo = TestRepo::new();
    repo.write("protoskew.toml", link(json))
        .write("harbor.proto", harbor(BEFORE))
        .commit("Release");
    repo.tag("v1.0.0");
    repo
}

#[test]
fn a_renaming_breaks_json_alone() {
    let repo = released("strict");
    repo.write("harbor.proto", harbor(&BEFORE.replace("mark", "label")));
    check(
        &repo,
        "check",
        1,
        expect![[r#"
        error[field-renamed]: number 2 is called `label` and was called `mark`: the same bytes, another name in JSON and source
          --> harbor.proto:10:10 (worktree)
           |
        10 |   string label = 2;
           |          ^^^^^ `label`
           |
          ::: harbor.proto:10:10 (release 1.0.0, 3869fbd, 2024-01-02)
           |
        10 |   string mark = 2;
           |          ---- `mark`
           |
           = reject: crane 1.0.0 → harbor worktree, request as JSON
                     crane worktree → harbor 1.0.0, request as JSON
           = json: {"mark":"a"} → refused: no field has this name
           = order: no order of upgrades helps: it breaks whichever side is newer
           = help: where JSON is used, keep the old name with `[json_name = "mark"]`
           = id: field-renamed:ship.Cargo.label:a28441d9

        worktree (1.1, after 1.0.0) must not ship: 1 error
          judged    1 file, 2 messages, 1 service
          against   1 release, 1.0.0
          baseline  release 1.0.0 (3869fbd)
          reject    decoding fails
          next      No order of upgrades helps: it breaks whichever side is newer.
          explain   protoskew explain field-renamed
    "#]],
    );
    let says = |json: &str, code, needles: &[&str]| {
        repo.write("protoskew.toml", link(json));
        check_says(&repo, "check", code, needles)
    };
    let lost = "= json: {\"mark\":\"a\"} → lost: no field has this name";
    says("lenient", 1, &["error[field-renamed]", "= lossy: ", lost]);
    says("names", 1, &["error[field-renamed]", "= lossy: "]);
    says("off", 0, &["warning[field-renamed]"]).never_says(&["JSON\n", "= json"]);
    // what a team says of a rule holds
    let preset = |rules: &str| format!("{}\n[rules]\n{rules}\n", link("strict"));
    repo.write("protoskew.toml", preset("field-renamed = \"warn\""));
    check_says(&repo, "check", 0, &["warning[field-renamed]", "as JSON"]);
    repo.write("protoskew.toml", preset("preset = \"advice\""));
    check_says(&repo, "check", 0, &["warning[field-renamed]", "as JSON"]);
    repo.write("protoskew.toml", preset("preset = \"wire\""));
    check_says(&repo, "check", 0, &[]).never_says(&["field-renamed"]);
}

#[test]
fn a_renaming_that_keeps_the_json_name_breaks_nothing() {
    let repo = released("strict");
    let kept = BEFORE.replace("mark = 2", "label = 2 [json_name = \"mark\"]");
    repo.write("harbor.proto", harbor(&kept));
    check_says(
        &repo,
        "check",
        0,
        &["warning[field-renamed]", "the same JSON"],
    )
    .never_says(&["as JSON", "= json"]);
}

#[test]
fn a_renumbering_breaks_the_wire_alone() {
    let repo = released("strict");
    repo.write("harbor.proto", harbor(&BEFORE.replace("= 2", "= 3")));
    check_says(&repo, "check", 1, &["error[field-renumbered]"]).never_says(&["as JSON", "= json"]);
}

#[test]
fn a_new_field_breaks_strict_parsers_of_older_releases() {
    let repo = released("strict");
    repo.write(
        "harbor.proto",
        harbor(&format!("{BEFORE} optional string new = 3;")),
    );
    check_says(
        &repo,
        "check",
        1,
        &[
            "error[field-added-to-json]",
            "= json: {\"new\":\"a\"} → refused: no field has this name",
        ],
    );
    repo.write("protoskew.toml", link("lenient"));
    check_says(&repo, "check", 0, &[]).never_says(&["field-added-to-json"]);
}

#[test]
fn the_matrix_and_a_meeting_know_it() {
    let repo = released("strict");
    repo.write("harbor.proto", harbor(&BEFORE.replace("mark", "label")))
        .commit("Rename");
    repo.tag("v1.1.0");
    check(
        &repo,
        "matrix",
        0,
        expect![[r#"
        3 of 8 meetings break (reject at the worst)
        rows: crane as the client; columns: harbor as the server

                    1.0.0  1.1.0  ▸ worktree
          1.0.0     ·      R1     ×
          1.1.0     R1     ·      ·
        ▸ worktree  R1     ·      ·

          R  reject: decoding fails
          3  the number of elements or calls with that outcome
          ·  same schema
          ×  never meet
    "#]],
    );
    check(
        &repo,
        "meet crane@1.0.0 harbor@1.1.0",
        0,
        expect![[r#"
            crane 1.0.0 → harbor 1.1.0: the only call breaks

            /ship.Harbor/Load
              request   reject        as JSON: ship.Cargo.label: number 2 is called `label` and was called `mark`: the same bytes,
                                      another name in JSON and source
                                      {"mark":"a"} → refused: no field has this name
        "#]],
    );
    let json = run(&repo, "meet crane@1.0.0 harbor@1.1.0 --format json");
    assert!(json.stdout.contains(r#""json":true"#), "{}", json.stdout);
    repo.write("protoskew.toml", link("off"));
    check_says(&repo, "matrix", 0, &["none of"]);
}

#[test]
fn where_parsers_differ_those_that_suffer_are_named() {
    let file = |values: &str| {
        harbor("Flag flag = 1;") + &format!("\nenum Flag {{\n  NONE = 0;\n  {values}\n}}\n")
    };
    let repo = TestRepo::new();
    repo.write("protoskew.toml", link("lenient"))
        .write("harbor.proto", file("RED = 1;"))
        .commit("Release");
    repo.tag("v1.0.0");
    repo.write("harbor.proto", file("RED = 1; BLUE = 2;"));
    check_says(
        &repo,
        "check",
        0,
        &[
            "warning[enum-value-added]",
            "= only in: readers built with go, rust-protobuf-2, rust-protobuf-3 or buffa",
            "= json: \"BLUE\" → refused: no value has this name",
        ],
    );
    let built = |with: &str| {
        let section = format!("[components.harbor]\nprotobuf = \"{with}\"\n");
        repo.write(
            "protoskew.toml",
            link("lenient").replace("[components.harbor]\n", &section),
        );
    };
    built("go");
    check_says(
        &repo,
        "check",
        1,
        &["error[enum-value-added]", "request as JSON"],
    );
    built("java");
    check_says(
        &repo,
        "check",
        0,
        &["  crane worktree → harbor 1.0.0, request as JSON"],
    )
    .never_says(&["= json"]);
}

#[test]
fn a_store_of_json() {
    let repo = released("strict");
    let store = "[components.harbor]\n[[stores]]\ncomponent = \"harbor\"\nmessages = [\"ship.Cargo\"]\ndowngrade = 0\njson = \"lenient\"\n";
    repo.write("protoskew.toml", store)
        .write("harbor.proto", harbor(&BEFORE.replace("mark", "label")));
    check_says(
        &repo,
        "check",
        1,
        &[
            "error[field-renamed]",
            "= lossy: harbor 1.0.0 → harbor worktree, stored as JSON",
            "= order: what older releases wrote must be converted",
        ],
    );
    // it is not stored in binary, where a renumbering would lose it
    repo.write("harbor.proto", harbor(&BEFORE.replace("= 2", "= 3")));
    check_says(&repo, "check", 1, &["error[field-renumbered]"]).never_says(&["stored"]);
    // and no parser of JSON keeps what it does not know
    let back = store.replace("downgrade = 0\n", "");
    repo.write("protoskew.toml", back).write(
        "harbor.proto",
        harbor(&format!("{BEFORE} optional string new = 3;")),
    );
    let lost = "= blind: harbor worktree → harbor 1.0.0, stored as JSON";
    check_says(&repo, "check", 0, &["warning[field-lost-on-rewrite]", lost])
        .never_says(&["only in"]);
}
