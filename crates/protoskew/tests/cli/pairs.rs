//! `protoskew matrix` and `protoskew meet`.

use expect_test::expect;
use protoskew_testkit::TestRepo;
use serde_json::Value;

use crate::program::{change_type, check, check_says, harbor, run, two_releases};

/// Four release lines, each with a field more, the worktree as released last.
fn four_lines() -> TestRepo {
    let repo = TestRepo::new();
    let mut fields = String::new();
    for line in 1..=4 {
        fields += &format!("int64 f{line} = {line};");
        repo.write("harbor.proto", harbor(&fields))
            .commit(&format!("Release {line}"));
        repo.tag(&format!("v{line}.0.0"));
    }
    repo
}

const POLICY: &str = "[components.runtime]\nprotocol = \"agent\"\n[components.agent]\n\n[[links]]\nclient = \"runtime\"\nserver = \"agent\"\nclient-ahead = \"any\"\nclient-behind = 1\n";

/// Who meets whom among the released: a line a server, a place a client.
fn meets(repo: &TestRepo) -> Vec<String> {
    let ran = run(repo, "matrix --format json");
    assert_eq!(ran.code, 0, "{}", ran.all());
    let lines: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let releases = ["1.0.0", "2.0.0", "3.0.0", "4.0.0"];
    let holds = |value: &Value, release: &str| {
        value
            .as_array()
            .is_some_and(|names| names.iter().any(|name| name == release))
    };
    // a pair that never meets has no line
    let cell = |server: &str, client: &str| {
        let met = lines.iter().any(|line| {
            line["type"] == "cell"
                && holds(&line["clients"], client)
                && holds(&line["servers"], server)
        });
        if met { '✓' } else { '×' }
    };
    releases
        .iter()
        .map(|server| releases.iter().map(|client| cell(server, client)).collect())
        .collect()
}

#[test]
fn without_configuration_every_pair_meets() {
    let repo = four_lines();
    assert_eq!(meets(&repo), ["✓✓✓✓", "✓✓✓✓", "✓✓✓✓", "✓✓✓✓"]);
    check(
        &repo,
        "matrix",
        0,
        expect![[r#"
            none of 25 meetings breaks
            rows: the client; columns: the server

                              1.0.0  2.0.0  3.0.0  ▸ 4.0.0
                                                   –worktree
              1.0.0           ·      a1     a2     a3
              2.0.0           b1     ·      a1     a2
              3.0.0           b2     b1     ·      a1
            ▸ 4.0.0–worktree  b3     b2     b1     ·

              b  blind: the reader does not know it and ignores it
              a  absent: the writer does not know the field, the reader sees its default
              3  the number of elements or calls with that outcome
              ·  same schema
        "#]],
    );
}

#[test]
fn the_worked_example_of_the_default_policy() {
    let repo = four_lines();
    repo.write("protoskew.toml", POLICY);
    assert_eq!(meets(&repo), ["✓✓✓✓", "✓✓✓✓", "×✓✓✓", "××✓✓"]);
    check(
        &repo,
        "matrix",
        0,
        expect![[r#"
        none of 19 meetings breaks
        rows: runtime as the client; columns: agent as the server

                    1.0.0  2.0.0  3.0.0  4.0.0  ▸ worktree
          1.0.0     ·      a1     ×      ×      ×
          2.0.0     b1     ·      a1     ×      ×
          3.0.0     b2     b1     ·      a1     ×
          4.0.0     b3     b2     b1     ·      ·
        ▸ worktree  b3     b2     b1     ·      ·

          b  blind: the reader does not know it and ignores it
          a  absent: the writer does not know the field, the reader sees its default
          3  the number of elements or calls with that outcome
          ·  same schema
          ×  never meet
    "#]],
    );
}

#[test]
fn one_link_of_several() {
    let repo = four_lines();
    let second = POLICY.replace(
        "\"runtime\"\nserver = \"agent\"",
        "\"agent\"\nserver = \"runtime\"",
    );
    let links = second.split_once("[[links]]").expect("a link").1;
    repo.write("protoskew.toml", format!("{POLICY}\n[[links]]{links}"));
    check_says(&repo, "matrix --link agent:runtime", 0, &["agent"]);
    check_says(
        &repo,
        "matrix --link agent:runtme",
        2,
        &[
            "there is no link `agent:runtme`",
            "runtime:agent, agent:runtime",
        ],
    );
}

#[test]
fn one_meeting_call_by_call() {
    let repo = two_releases();
    change_type(&repo);
    check(
        &repo,
        "meet 1.0.0 worktree",
        0,
        expect![[r#"
            client 1.0.0 → server worktree: the only call breaks

            /ship.Harbor/Load
              request   misread       `ship.Cargo.weight` changed from `int64` to `sint64`; the two encode integers differently: 1
                                      arrives as another number
                                      08 01 from client 1.0.0 → server worktree reads weight = -1 instead of 1
              request   absent        ship.Cargo.name: number 2 is known to the newer side only
        "#]],
    );
    check_says(&repo, "meet 1.0.0 v1.1.0", 0, &["Cargo.name"]);
    check_says(&repo, "meet HEAD~1 HEAD", 0, &["Cargo.name"]);
    check_says(&repo, "meet 1.0.0 9.9.9", 2, &["`9.9.9` names no commit"]);
    // without configuration the sides have no names, and any will do
    check_says(&repo, "meet old@1.0.0 new@1.1.0", 0, &["Cargo.name"]);
    repo.write("protoskew.toml", POLICY);
    check_says(
        &repo,
        "meet runtime@1.0.0 agent@worktree",
        0,
        &["Cargo.name"],
    );
    check_says(
        &repo,
        "meet agent@1.0.0 1.1.0",
        2,
        &["no link joins agent@1.0.0 and 1.1.0", "help: "],
    );
}

#[test]
fn each_cell_that_breaks_refers_to_what_shows_it() {
    let repo = TestRepo::new();
    // the first edit is met by all later releases, which differ in nothing else that matters
    for (line, fields) in [
        "int64 weight = 1;",
        "sint64 weight = 1;",
        "sint64 weight = 1; bool frail = 2;",
        "sint64 weight = 1; bool frail = 2; string mark = 3;",
    ]
    .iter()
    .enumerate()
    {
        let mut text = harbor(fields);
        if line == 3 {
            text = text.replace("rpc Load(", "rpc Weigh(");
        }
        repo.write("harbor.proto", text)
            .commit(&format!("Release {line}"));
        repo.tag(&format!("v1.{line}.0"));
    }
    let ran = run(&repo, "matrix --format json");
    let lines: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let of_type = |kind: &'static str| lines.iter().filter(move |line| line["type"] == kind);
    let witnesses: Vec<&Value> = of_type("cell-witness").collect();
    let shown: Vec<String> = witnesses
        .iter()
        .zip(0..)
        .map(|(line, number)| {
            assert_eq!(line["number"], number);
            line["witness"]["short"].as_str().expect("text").to_owned()
        })
        .collect();
    // one of each distinct difference: a way there and a way back, and each call that somebody does not know
    expect![[r#"
        08 01 from client 1.0.0 → server 1.1.0 reads weight = -1 instead of 1
        /ship.Harbor/Load from client 1.0.0 → server 1.3.0 answers UNIMPLEMENTED
        08 02 from client 1.1.0 → server 1.0.0 reads weight = 2 instead of 1
        /ship.Harbor/Weigh from client 1.3.0 → server 1.0.0 answers UNIMPLEMENTED
    "#]]
    .assert_eq(&(shown.join("\n") + "\n"));
    let whole = &witnesses[0]["witness"]["message"];
    assert_eq!(
        [
            &whole["bytes"],
            &whole["sent"]["text"],
            &whole["read"]["json"]
        ],
        ["0801", "weight: 1\n", "{\"weight\":\"-1\"}"]
    );
    let mut broken = 0;
    for cell in of_type("cell") {
        let referred = |field: &str| -> Vec<&Value> {
            let numbers = cell[field].as_array().expect("a list");
            let number = |it: &Value| it.as_u64().expect("a number") as usize;
            numbers.iter().map(|it| witnesses[number(it)]).collect()
        };
        for (outcome, field) in [("value", "value_witnesses"), ("call", "call_witnesses")] {
            let breaks = matches!(
                cell[outcome].as_str(),
                Some("lossy" | "reject" | "misread" | "call-removed" | "new-call")
            );
            let referred = referred(field);
            assert_eq!(breaks, !referred.is_empty(), "{cell}");
            for line in referred {
                assert_eq!(line["witness"]["outcome"], cell[outcome], "{cell}");
            }
            broken += usize::from(breaks);
        }
    }
    assert!(broken > 6, "only {broken} cells break");
    // who asks for no JSON waits for none of it
    check_says(&repo, "matrix", 0, &["M1"]);
    check_says(&repo, "matrix --output json=cells.jsonl", 0, &["M1"]);
    let beside = std::fs::read_to_string(repo.path().join("cells.jsonl")).expect("a file");
    assert_eq!(beside, ran.stdout);
}

#[test]
fn a_cell_of_json_and_one_at_rest_are_shown_as_what_they_are() {
    let repo = TestRepo::new();
    repo.write(
        "protoskew.toml",
        "[components.crane]\n[components.harbor]\n[[links]]\nclient = \"crane\"\nserver = \"harbor\"\njson = \"strict\"\n[[stores]]\ncomponent = \"harbor\"\nmessages = [\"ship.Cargo\"]\n",
    )
    .write("harbor.proto", harbor("int64 weight = 1; string mark = 2;"))
    .commit("Release");
    repo.tag("v1.0.0");
    repo.write(
        "harbor.proto",
        harbor("int32 weight = 1; string label = 2;"),
    );
    let shorts = |arguments: &str| -> Vec<String> {
        let ran = run(&repo, arguments);
        let lines = ran.stdout.lines();
        let lines = lines.map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        let shown = lines.filter(|line| line["type"] == "cell-witness");
        shown
            .map(|line| line["witness"]["short"].as_str().expect("text").to_owned())
            .collect()
    };
    expect![[r#"
        {"mark":"a"} → refused: no field has this name
        {"weight":"9223372036854775807"} → refused: out of range
        {"label":"a"} → refused: no field has this name
    "#]]
    .assert_eq(&(shorts("matrix --link crane:harbor --format json").join("\n") + "\n"));
    expect![[r#"
        08 80 80 80 80 08 from harbor 1.0.0 → harbor worktree (cpp) reads weight = -2147483648 instead of 2147483648
    "#]]
    .assert_eq(&(shorts("matrix --link store:harbor --format json").join("\n") + "\n"));
}
