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
