//! The page for those who come from protolock and buf: its tables name rules that are there, and all of buf's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use protoskew::rules;
use protoskew_testkit::TestRepo;
use serde_json::Value;

use crate::program::{oracle, run};

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/migrating.md");
    std::fs::read_to_string(path).expect("the page")
}

/// What stands between backticks.
fn code(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// buf's rules in the page: id, categories, and what stands for it here.
fn rows(page: &str) -> Vec<(&str, &str, &str)> {
    let rows = page.lines().filter_map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, id, categories, here, _] = cells.as_slice() else {
            return None;
        };
        let id = id.strip_prefix('`')?.strip_suffix('`')?;
        let is_rule = id
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b == b'_' || b.is_ascii_digit());
        is_rule.then_some((id, *categories, *here))
    });
    rows.collect()
}

#[test]
fn every_rule_that_the_page_names_is_there() {
    let page = page();
    let tables = page.lines().filter(|line| line.starts_with('|'));
    let mut named = 0;
    for word in tables.flat_map(|line| code(line).collect::<Vec<_>>()) {
        let words: Vec<&str> = word.split('-').collect();
        let kebab = words.len() > 1
            && words
                .iter()
                .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()));
        if kebab && word != "github-actions" {
            assert!(rules::find(word).is_some(), "there is no rule `{word}`");
            named += 1;
        }
    }
    assert!(named > 50, "{named}");
    let rows = rows(&page);
    assert!(
        rows.windows(2).all(|pair| pair[0].0 < pair[1].0),
        "in alphabetical order, each once"
    );
    for (id, _, here) in rows {
        assert!(
            here == "—" || code(here).any(|word| rules::find(word).is_some()),
            "{id}: {here}"
        );
    }
}

fn buf() -> Option<Command> {
    oracle("PROTOSKEW_BUF").map(Command::new)
}

#[test]
fn every_rule_of_buf_is_in_the_page_with_its_categories() {
    let Some(mut buf) = buf() else { return };
    let asked = buf
        .args([
            "config",
            "ls-breaking-rules",
            "--version",
            "v2",
            "--format",
            "json",
        ])
        .output()
        .expect("buf runs");
    assert!(asked.status.success());
    let listed = String::from_utf8(asked.stdout).expect("UTF-8");
    let mut theirs: BTreeMap<String, String> = BTreeMap::new();
    for line in listed.lines() {
        let rule: Value = serde_json::from_str(line).expect("JSON");
        let categories = rule["categories"].as_array().expect("categories").iter();
        // a category of buf's own schema registry is none of its breaking rules' four
        let four: Vec<&str> = categories
            .filter_map(Value::as_str)
            .filter(|each| *each != "CSR")
            .collect();
        theirs.insert(
            rule["id"].as_str().expect("an id").to_owned(),
            four.join(", "),
        );
    }
    assert!(theirs.len() > 50, "{}", theirs.len());
    let page = page();
    let ours: BTreeMap<String, String> = rows(&page)
        .into_iter()
        .map(|(id, categories, _)| (id.to_owned(), categories.to_owned()))
        .collect();
    assert_eq!(ours, theirs);
}

/// What buf says of a change, and what is said here, by the page's own table: where buf names a rule with a counterpart, one of
/// the counterparts speaks.
#[track_caller]
fn check(before: &str, after: &str, seen: &mut BTreeSet<String>) {
    let Some(mut buf) = buf() else { return };
    let repo = TestRepo::folder();
    repo.write("old/a.proto", before)
        .write("new/a.proto", after);
    repo.write(
        "buf.yaml",
        "version: v2\nbreaking:\n  use: [FILE, PACKAGE, WIRE_JSON, WIRE]\n",
    );
    for side in ["old", "new"] {
        repo.write(
            &format!("{side}/buf.yaml"),
            "version: v2\nbreaking:\n  use: [FILE, PACKAGE, WIRE_JSON, WIRE]\n",
        );
    }
    let asked = buf
        .args([
            "breaking",
            "new",
            "--against",
            "old",
            "--error-format",
            "json",
        ])
        .current_dir(repo.path())
        .output()
        .expect("buf runs");
    let listed = String::from_utf8(asked.stdout).expect("UTF-8");
    let mut theirs: Vec<String> = listed
        .lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).expect("JSON")["type"]
                .as_str()
                .expect("an id")
                .to_owned()
        })
        .collect();
    theirs.sort();
    theirs.dedup();
    assert!(
        !theirs.is_empty(),
        "{}",
        String::from_utf8_lossy(&asked.stderr)
    );
    let history = TestRepo::new();
    history.write("a.proto", before).commit("Begin");
    history.tag("v1.0.0").write("a.proto", after);
    let said = run(&history, "check --format json").stdout;
    let page = page();
    let rows = rows(&page);
    let speaks = |rule: &str| said.contains(&format!("\"rule\":\"{rule}\""));
    let silent = |id: &String| {
        let (_, _, here) = rows.iter().find(|row| row.0 == *id).expect("in the page");
        (*here != "—" && !code(here).any(speaks)).then(|| format!("{id} is said to be {here}"))
    };
    let silent: Vec<String> = theirs.iter().filter_map(silent).collect();
    assert!(silent.is_empty(), "{silent:#?}; said was\n{said}");
    seen.extend(theirs);
}

fn proto3(body: &str) -> String {
    format!("syntax = \"proto3\";\npackage a;\n{body}\n")
}

#[test]
fn where_buf_speaks_the_counterpart_speaks() {
    let mut seen = BTreeSet::new();
    check(
        &proto3("message M { int32 a = 1; string b = 2; }"),
        &proto3("message M { string a = 1; string c = 2; }"),
        &mut seen,
    );
    check(
        &proto3("message M { int32 a = 1; string b = 2; }"),
        &proto3("message M { repeated int32 a = 1; }"),
        &mut seen,
    );
    check(
        &proto3(
            "enum E { Z = 0; A = 1; B = 2; reserved 5; reserved \"X\"; }\nmessage M { E e = 1; reserved 7; }",
        ),
        &proto3("enum E { Z = 0; C = 1; }\nmessage M { E e = 1; }"),
        &mut seen,
    );
    check(
        &proto3(
            "message M { oneof x { int32 a = 1; int32 b = 2; } int32 c = 3; }\nmessage N {}\nenum E { Z = 0; }",
        ),
        &proto3("message M { int32 a = 1; int32 b = 2; oneof y { int32 c = 3; } }"),
        &mut seen,
    );
    let service = |body: &str| {
        proto3(&format!(
            "message M {{}}\nmessage N {{ int32 a = 1; }}\n{body}"
        ))
    };
    check(
        &service(
            "service S { rpc A(M) returns (M); rpc B(M) returns (M); rpc C(M) returns (M); }\nservice T {}",
        ),
        &service("service S { rpc A(N) returns (N); rpc B(stream M) returns (stream M); }"),
        &mut seen,
    );
    check(
        "syntax = \"proto2\";\npackage a;\noption go_package = \"x/a\";\noption optimize_for = SPEED;\nmessage M { required int32 a = 1; optional int64 b = 2 [default = 1, jstype = JS_STRING]; extensions 100 to 200; }",
        "syntax = \"proto2\";\npackage a;\noption go_package = \"x/b\";\noption optimize_for = CODE_SIZE;\nmessage M { optional int32 a = 1; optional int64 b = 2 [default = 2]; }",
        &mut seen,
    );
    check(
        &proto3("message M { int32 a = 1; }"),
        "syntax = \"proto3\";\npackage b;\nmessage M { int32 a = 1; }\n",
        &mut seen,
    );
    check(
        "syntax = \"proto2\";\npackage a;\nenum E { Z = 0; }\nmessage M { optional E e = 1; }",
        &proto3("enum E { Z = 0; }\nmessage M { optional E e = 1; }"),
        &mut seen,
    );
    // of the 64, those that these few changes make speak; without buf none does
    let some = if std::env::var_os("PROTOSKEW_BUF").is_some() {
        35
    } else {
        0
    };
    assert!(seen.len() >= some, "{} {seen:?}", seen.len());
}
