//! The lines themselves, and that every line fits the schema.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use expect_test::{Expect, expect, expect_file};
use protoskew_compare::{CallOutcome, Outcome};
use serde_json::Value;

use super::super::rules::RuleRow;
use super::super::sample::{Source, judged, source_misread, storage, verdict};
use super::*;
use crate::matrix::{Cell, Difference, Group, Matrix};
use crate::meeting::{CallReport, Detail, Meeting};
use crate::verdict::Level;

fn written(write: impl Fn(&mut dyn io::Write) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    for line in text.lines() {
        fits(&serde_json::from_str(line).unwrap());
    }
    text.replace(env!("CARGO_PKG_VERSION"), "[VERSION]")
}

#[track_caller]
fn check(write: impl Fn(&mut dyn io::Write) -> io::Result<()>, expected: &Expect) {
    expected.assert_eq(&written(write));
}

/// The line has the fields of its type in the schema, no more and no fewer, and every word is one of its set.
fn fits(line: &Value) {
    let schema = schema();
    let defs = &schema["$defs"];
    let lines = schema["oneOf"].as_array().unwrap();
    let of_type = |schema: &&Value| schema["properties"]["type"]["const"] == line["type"];
    let def = lines.iter().find(of_type).expect("a known type");
    let name = def["$ref"]
        .as_str()
        .unwrap()
        .strip_prefix("#/$defs/")
        .unwrap();
    let mut object = line.clone();
    object.as_object_mut().unwrap().remove("type");
    fits_def(&object, &defs[name], defs);
}

fn fits_def(value: &Value, def: &Value, defs: &Value) {
    if let Some(name) = def["$ref"].as_str() {
        return fits_def(value, &defs[name.strip_prefix("#/$defs/").unwrap()], defs);
    }
    if let Some(choices) = def["anyOf"].as_array() {
        let null = Value::String("null".to_owned());
        let choice = choices
            .iter()
            .find(|choice| (choice["type"] == null) == value.is_null());
        return fits_def(value, choice.unwrap(), defs);
    }
    if let Some(words) = def["enum"].as_array() {
        assert!(words.contains(value), "{value} is not one of {words:?}");
    }
    if let (Some(items), Some(item)) = (value.as_array(), def.get("items")) {
        items.iter().for_each(|value| fits_def(value, item, defs));
    }
    if let (Some(object), Some(properties)) = (value.as_object(), def["properties"].as_object()) {
        let fields: BTreeSet<_> = object.keys().collect();
        assert_eq!(fields, properties.keys().collect());
        assert_eq!(
            def["required"].as_array().map(Vec::len),
            Some(properties.len())
        );
        for (name, value) in object {
            fits_def(value, &properties[name], defs);
        }
    }
}

#[test]
fn something_of_everything() {
    let text = written(|out| write_check(out, &storage()));
    expect_file!["tests/storage.jsonl"].assert_eq(&text);
}

#[test]
fn a_clean_check_is_two_lines() {
    check(
        |out| write_check(out, &verdict(Vec::new())),
        &expect![[r#"
            {"type":"check","format":"protoskew/1","protoskew":"[VERSION]","subject":"worktree (1.4, after 1.3.2)","bases":"12 releases, 1.0.0 to 1.3.2, of which 5 have a schema of their own","baseline":"release 1.3.2 (abc1234)","counts":{"files":4,"messages":84,"enums":1,"services":2,"releases":12}}
            {"type":"summary","may_ship":true,"complete":true,"new":{"deny":0,"warn":0,"note":0},"known":{"deny":0,"warn":0,"note":0},"waived":{"deny":0,"warn":0,"note":0},"waivers":[],"missing":[],"notes":[],"advice":[]}
        "#]],
    );
}

#[test]
fn odd_text_keeps_its_places() {
    let new = Source::worktree("a.proto", b"\xff\r\n\t\xe6\x97\xa5 int32 \xc3 f = 2;");
    let odd = judged(Level::Warn, "field-renamed", "a.M.f", "`a\0\"` is odd")
        .new_at(new.at("f =", "here"));
    let text = written(|out| write_check(out, &verdict(vec![odd.clone()])));
    let finding: Value = serde_json::from_str(text.lines().nth(1).unwrap()).unwrap();
    let place = &finding["new"];
    assert_eq!(
        [&place["line"], &place["column"], &place["end_column"]],
        [2, 12, 15]
    );
    assert_eq!(finding["fact"], "`a\0\"` is odd");
}

#[test]
fn a_matrix_names_every_release() {
    let group = |releases: &[&str], current| Group {
        releases: releases.iter().map(|release| (*release).into()).collect(),
        current,
    };
    let mut cell = Cell::new((Outcome::Misread, 3), (CallOutcome::NewCall, 1));
    cell.value_witnesses = vec![0];
    let matrix = Matrix {
        roles: ["client", "server"],
        client_name: "runtime".into(),
        server_name: "agent".into(),
        clients: vec![
            group(&["1.0.0", "1.0.1"], false),
            group(&["worktree"], true),
        ],
        servers: vec![group(&["1.0.0"], false)],
        cells: vec![vec![Some(cell)], vec![None]],
        witnesses: vec![Difference {
            element: "grpc.Storage.source".into(),
            fact: "`grpc.Storage.source` moved".to_owned(),
            witness: source_misread(),
        }],
    };
    check(
        |out| write_matrix(out, &matrix),
        &expect![[r#"
            {"type":"matrix","format":"protoskew/1","protoskew":"[VERSION]","roles":["client","server"],"client":"runtime","server":"agent","clients":[{"releases":["1.0.0","1.0.1"],"current":false},{"releases":["worktree"],"current":true}],"servers":[{"releases":["1.0.0"],"current":false}]}
            {"type":"cell-witness","number":0,"element":"grpc.Storage.source","fact":"`grpc.Storage.source` moved","witness":{"short":"12 08 2f 64 65 76 2f 73 64 62 from runtime 1.1.0 → agent worktree reads driver_options = \"/dev/sdb\" instead of source","writer":"runtime 1.1.0","reader":"agent worktree","direction":"request","outcome":"misread","message":{"bytes":"12082f6465762f736462","runtime":null,"runtimes":["cpp","java","upb","go","gogo","vtproto","prost","rust-protobuf-2","rust-protobuf-3","buffa","protobuf-es","protobufjs","protobufjs-8"],"rewritten":false,"sent":{"type":"grpc.Storage","field":"source","text":"source: \"/dev/sdb\"\n","json":"{\"source\":\"/dev/sdb\"}","refused":null},"read":{"type":"grpc.Storage","field":"driver_options","text":"driver_options: \"/dev/sdb\"\n","json":"{\"driverOptions\":[\"/dev/sdb\"]}","refused":null}},"json":null,"call":null}}
            {"type":"cell","clients":["1.0.0","1.0.1"],"servers":["1.0.0"],"breaks":true,"value":"misread","value_count":3,"value_witnesses":[0],"call":"new-call","call_count":1,"call_witnesses":[]}
        "#]],
    );
}

#[test]
fn a_meeting_says_why() {
    let detail = Detail {
        json: false,
        direction: "request",
        element: "a.M.f".into(),
        outcome: Outcome::Lossy,
        fact: "`a.M.f` is narrower".to_owned(),
        witness: Some(Arc::new(source_misread())),
    };
    let meeting = Meeting {
        at_rest: false,
        client: "runtime 1.1.0".to_owned(),
        server: "agent worktree".to_owned(),
        calls: vec![CallReport {
            path: "/a.S/Do".to_owned(),
            call: CallOutcome::Served,
            changed: None,
            request: Outcome::Lossy,
            response: Outcome::Same,
            details: vec![detail.clone()],
        }],
        other: vec![Detail {
            json: false,
            direction: "stored",
            witness: None,
            ..detail
        }],
    };
    check(
        |out| write_meeting(out, &meeting),
        &expect![[r#"
            {"type":"meet","format":"protoskew/1","protoskew":"[VERSION]","at_rest":false,"client":"runtime 1.1.0","server":"agent worktree","calls":1,"broken":1,"unreached":[{"direction":"stored","json":false,"element":"a.M.f","outcome":"lossy","fact":"`a.M.f` is narrower","witness":null}]}
            {"type":"call","path":"/a.S/Do","breaks":true,"call":"served","changed":null,"request":"lossy","response":"same","details":[{"direction":"request","json":false,"element":"a.M.f","outcome":"lossy","fact":"`a.M.f` is narrower","witness":{"short":"12 08 2f 64 65 76 2f 73 64 62 from runtime 1.1.0 → agent worktree reads driver_options = \"/dev/sdb\" instead of source","writer":"runtime 1.1.0","reader":"agent worktree","direction":"request","outcome":"misread","message":{"bytes":"12082f6465762f736462","runtime":null,"runtimes":["cpp","java","upb","go","gogo","vtproto","prost","rust-protobuf-2","rust-protobuf-3","buffa","protobuf-es","protobufjs","protobufjs-8"],"rewritten":false,"sent":{"type":"grpc.Storage","field":"source","text":"source: \"/dev/sdb\"\n","json":"{\"source\":\"/dev/sdb\"}","refused":null},"read":{"type":"grpc.Storage","field":"driver_options","text":"driver_options: \"/dev/sdb\"\n","json":"{\"driverOptions\":[\"/dev/sdb\"]}","refused":null}},"json":null,"call":null}}]}
        "#]],
    );
}

#[test]
fn rules_without_a_lens_are_advice() {
    let rules = [
        RuleRow {
            id: "field-renumbered",
            summary: "the same field, another number",
            guideline: "R1",
            lens: "wire",
            level: Level::Deny,
            default: Level::Deny,
        },
        RuleRow {
            id: "absence-ambiguous",
            summary: "a new scalar without presence",
            guideline: "",
            lens: "",
            level: Level::Off,
            default: Level::Off,
        },
    ];
    check(
        |out| write_rules(out, &rules),
        &expect![[r#"
            {"type":"rules","format":"protoskew/1","protoskew":"[VERSION]","rules":2}
            {"type":"rule","id":"field-renumbered","summary":"the same field, another number","guideline":"R1","lens":"wire","level":"deny","default":"deny"}
            {"type":"rule","id":"absence-ambiguous","summary":"a new scalar without presence","guideline":null,"lens":null,"level":"off","default":"off"}
        "#]],
    );
}
