//! SARIF as its readers take it: whole, valid, and with places that hold.

use std::path::PathBuf;
use std::process::Command;

use expect_test::expect_file;
use serde_json::Value;

use super::super::sample::{Source, judged, storage, verdict, weird};
use super::*;

/// `all`: also what is known or waived.
fn shown(verdict: &Verdict, all: bool) -> String {
    let mut out = Vec::new();
    let (known, waived) = (all, all);
    write(&mut out, verdict, Options { known, waived }).unwrap();
    String::from_utf8(out).unwrap()
}

fn value(verdict: &Verdict, all: bool) -> Value {
    serde_json::from_str(&shown(verdict, all)).unwrap()
}

/// The log without what the rules' pages make of it.
fn without_rules(verdict: &Verdict) -> String {
    let mut log = value(verdict, true);
    let driver = log["runs"][0]["tool"]["driver"].as_object_mut().unwrap();
    driver.remove("rules");
    for result in log["runs"][0]["results"].as_array_mut().unwrap() {
        result.as_object_mut().unwrap().remove("ruleIndex");
    }
    serde_json::to_string_pretty(&log).unwrap()
}

#[test]
fn something_of_everything() {
    expect_file!["../tests/storage.sarif"].assert_eq(&without_rules(&storage()));
    expect_file!["../tests/weird.sarif"].assert_eq(&without_rules(&weird()));
}

#[test]
fn every_rule_is_described_by_its_page() {
    let log = value(&verdict(Vec::new()), false);
    let rules = log["runs"][0]["tool"]["driver"]["rules"]
        .as_array()
        .unwrap();
    assert_eq!(rules.len(), rules::ALL.len());
    for (described, rule) in rules.iter().zip(rules::ALL) {
        assert_eq!(described["id"], rule.id);
        assert_eq!(described["help"]["markdown"], rule.page);
        let text = described["help"]["text"].as_str().unwrap();
        assert!(
            text.contains("What to do instead") && !text.contains("## What to do instead"),
            "{text}"
        );
        let why = described["fullDescription"]["text"].as_str().unwrap();
        assert!(
            why.len() > 20 && !why.contains('\n') && !why.contains("```"),
            "{why}"
        );
        let uri = described["helpUri"].as_str().unwrap();
        let page = uri.split_once("/blob/HEAD/").unwrap().1;
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
        assert!(root.join(page).is_file(), "{page}");
    }
}

#[test]
fn results_point_at_their_rules_and_are_told_apart() {
    let log = value(&storage(), false);
    let rules = &log["runs"][0]["tool"]["driver"]["rules"];
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert_eq!(results.len(), 7, "the known one is not told");
    let mut ids = std::collections::HashSet::new();
    for result in results {
        if let Some(index) = result["ruleIndex"].as_u64() {
            assert_eq!(rules[index as usize]["id"], result["ruleId"]);
        }
        let id = &result["partialFingerprints"]["primaryLocationLineHash"];
        assert!(ids.insert(id.to_string()), "{id} twice");
        assert_eq!(result["baselineState"], "new");
        assert_eq!(result["suppressions"], Value::Array(Vec::new()));
    }
    let log = value(&storage(), true);
    let known = log["runs"][0]["results"]
        .as_array()
        .unwrap()
        .last()
        .unwrap();
    assert_eq!(known["baselineState"], "unchanged");
    assert_eq!(known["suppressions"][0]["status"], "accepted");
}

fn waiver(file: &str, approver: Option<&str>) -> Box<Waiver> {
    Box::new(Waiver {
        rule: "field-renamed",
        element: "a.M.f".into(),
        about: None,
        meetings: Vec::new(),
        reason: "nobody speaks JSON".to_owned(),
        approver: approver.map(str::to_owned),
        until: crate::waivers::until("1.8"),
        file: file.into(),
        line: 3,
    })
}

/// What is waived in a file, what is waived in a comment, and what was waived until it ended.
fn waivers() -> Verdict {
    let each = |element: &str| judged(Level::Warn, "field-renamed", element, "it is renamed");
    let (mut outside, mut inside, mut over) = (each("a.M.f"), each("a.M.g"), each("a.M.h"));
    outside.waived = Some(waiver(waivers::FILE_NAME, Some("Ada")));
    inside.waived = Some(waiver("a.proto", None));
    over.expired = Some(waiver(waivers::FILE_NAME, Some("Ada")));
    verdict(vec![over, outside, inside])
}

#[test]
fn what_is_waived_is_suppressed_and_says_why() {
    let results = |all| value(&waivers(), all)["runs"][0]["results"].clone();
    assert_eq!(results(false).as_array().unwrap().len(), 1);
    let said: Vec<String> = (results(true).as_array().unwrap().iter())
        .map(|result| {
            let of = &result["suppressions"][0];
            let at = &of["location"]["physicalLocation"];
            [
                &of["kind"],
                &of["status"],
                &of["justification"],
                &at["artifactLocation"]["uri"],
                &at["region"]["startLine"],
            ]
            .map(|each| each.to_string().replace('"', ""))
            .join(" | ")
        })
        .collect();
    assert_eq!(
        said,
        [
            "external | rejected | nobody speaks JSON, approved by Ada, over since 1.8 | protoskew.waivers.toml | 3",
            "external | accepted | nobody speaks JSON, approved by Ada, until 1.8 | protoskew.waivers.toml | 3",
            "inSource | accepted | nobody speaks JSON, until 1.8 | a.proto | 3",
        ]
    );
}

#[test]
fn a_fix_is_the_edit_that_would_be_written() {
    let text = "/* 👩 */ message M { int32 a = 1; }\n";
    let source = Source::worktree("a.proto", text);
    let mut one = judged(
        Level::Deny,
        "field-number-unreserved",
        "a.M.f",
        "it is gone",
    )
    .new_at(source.at("M {", ""));
    one.fix = Some(crate::fix::Insertion {
        path: "a.proto".into(),
        at: text.find(" int32").unwrap(),
        line: 1,
        text: " reserved 2;".into(),
    });
    let log = value(&verdict(vec![one]), false);
    let change = &log["runs"][0]["results"][0]["fixes"][0]["artifactChanges"][0];
    assert_eq!(change["artifactLocation"]["uri"], "a.proto");
    let replacement = &change["replacements"][0];
    assert_eq!(replacement["insertedContent"]["text"], " reserved 2;");
    let place: Value = serde_json::from_str(
        r#"{"startLine": 1, "startColumn": 21, "endLine": 1, "endColumn": 21}"#,
    )
    .unwrap();
    assert_eq!(replacement["deletedRegion"], place);
    let units: Vec<u16> = text.encode_utf16().collect();
    assert_eq!(String::from_utf16(&units[20..23]).unwrap(), " in");
}

#[test]
fn fingerprints_do_not_see_lines() {
    let at = |text: &str| {
        let new = Source::worktree("a.proto", text);
        let one = judged(Level::Deny, "field-renumbered", "a.M.f", "`a.M.f` moved");
        let log = value(&verdict(vec![one.new_at(new.at("f =", ""))]), false);
        let result = &log["runs"][0]["results"][0];
        (
            result["partialFingerprints"].clone(),
            result["locations"][0]["physicalLocation"]["region"].clone(),
        )
    };
    let (before, place) = at("int32 f = 2;");
    let (after, moved) = at("// a comment\n\n  int32 f = 2;");
    assert_eq!(before, after);
    assert_ne!(place, moved);
}

#[test]
fn columns_count_code_units_of_utf_16() {
    let log = value(&weird(), false);
    let region = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"];
    // `/* é日👩 */ int32 f`, where the woman takes two
    let expected: Value = serde_json::from_str(
        r#"{"startLine": 2, "startColumn": 18, "endLine": 2, "endColumn": 21}"#,
    )
    .unwrap();
    assert_eq!(region, &expected);
    let line: Vec<u16> = "/* é日👩 */ int32 f = 2;".encode_utf16().collect();
    assert_eq!(String::from_utf16(&line[17..20]).unwrap(), "f =");
}

#[test]
fn the_end_tells_how_it_ended() {
    let ended = |verdict: &Verdict| value(verdict, false)["runs"][0]["invocations"][0].clone();
    assert_eq!(ended(&verdict(Vec::new()))["exitCode"], 0);
    assert_eq!(ended(&storage())["exitCode"], 1);
    let mut shallow = verdict(Vec::new());
    shallow.incomplete = vec!["this clone is shallow".to_owned()];
    let shallow = ended(&shallow);
    assert_eq!(shallow["exitCode"], 2);
    assert_eq!(shallow["executionSuccessful"], false);
    assert_eq!(shallow["toolExecutionNotifications"][0]["level"], "error");
}

#[test]
fn paths_are_uris() {
    assert_eq!(uri("a/b-c_d.proto"), "a/b-c_d.proto");
    assert_eq!(uri("c:/x y#z?é.proto"), "c%3A/x%20y%23z%3F%C3%A9.proto");
}

/// The schema that OASIS publishes, asked by another program.
#[test]
fn the_published_schema_accepts_it() {
    let oracle = |name: &str| std::env::var_os(name).map(PathBuf::from);
    let (Some(checkers), Some(schema)) = (
        oracle("PROTOSKEW_CHECKERS"),
        oracle("PROTOSKEW_SARIF_SCHEMA"),
    ) else {
        assert!(
            std::env::var_os("PROTOSKEW_REQUIRE_ORACLES").is_none(),
            "PROTOSKEW_CHECKERS and PROTOSKEW_SARIF_SCHEMA are not set"
        );
        eprintln!("skipped: PROTOSKEW_CHECKERS and PROTOSKEW_SARIF_SCHEMA are not set");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let accepts = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        let asked = Command::new(checkers.join("check-jsonschema"))
            // the published pattern for languages is one to Python, and none to ECMAScript
            .args(["--no-cache", "--regex-variant", "python", "--schemafile"])
            .args([&schema, &path])
            .output()
            .unwrap();
        let said = [asked.stdout, asked.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        (asked.status.success(), said)
    };
    let many = (0..500).map(|at| judged(Level::Warn, "field-renamed", &format!("a.M.f{at}"), "f"));
    for (name, verdict) in [
        ("empty.sarif", verdict(Vec::new())),
        ("storage.sarif", storage()),
        ("weird.sarif", weird()),
        ("waivers.sarif", waivers()),
        ("many.sarif", verdict(many.collect())),
    ] {
        let (accepted, said) = accepts(name, &shown(&verdict, true));
        assert!(accepted, "{name}: {said}");
    }
    // and it would have told
    let broken = shown(&storage(), true).replace("\"startLine\": ", "\"startLine\": -");
    assert!(!accepts("broken.sarif", &broken).0);
}
