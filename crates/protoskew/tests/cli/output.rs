//! Where answers go: formats, files, colours, pipes.

use std::collections::BTreeMap;
use std::io::Read;
use std::process::Stdio;

use protoskew_testkit::TestRepo;
use serde_json::Value;

use crate::program::{change_type, check_says, finish, protoskew, run, two_releases};

/// The schema of each type of line, by its `type`.
fn line_types() -> (BTreeMap<String, Value>, Value) {
    let text = include_str!("../../../../docs/protoskew.schema.json");
    let schema: Value = serde_json::from_str(text).expect("the schema is JSON");
    let types = schema["oneOf"].as_array().expect("one of several types");
    let named = types.iter().map(|each| {
        let name = each["properties"]["type"]["const"].as_str().expect("named");
        let to = each["$ref"].as_str().expect("a definition");
        let to = to.strip_prefix("#/$defs/").expect("of this file");
        (name.to_owned(), schema["$defs"][to].clone())
    });
    (named.collect(), schema["$defs"].clone())
}

/// Every line is of a type that the schema knows, with all that it requires and nothing that it does not know.
#[track_caller]
fn check_json(repo: &TestRepo, arguments: &str, code: i32, expected: &[(&str, usize)]) {
    let ran = run(repo, &format!("{arguments} --format json"));
    assert_eq!(ran.code, code, "{}", ran.all());
    let (types, definitions) = line_types();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for line in ran.stdout.lines() {
        let value: Value = serde_json::from_str(line).expect("each line is JSON");
        let name = value["type"].as_str().expect("each line has a type");
        let definition = types
            .get(name)
            .unwrap_or_else(|| panic!("no type {name} in the schema"));
        conforms(&value, definition, &definitions, name);
        *counts.entry(name.to_owned()).or_default() += 1;
    }
    for (name, count) in expected {
        assert_eq!(counts.get(*name), Some(count), "{name} in {counts:?}");
    }
}

fn conforms(value: &Value, definition: &Value, definitions: &Value, at: &str) {
    if let Some(to) = definition["$ref"].as_str() {
        let to = to.strip_prefix("#/$defs/").expect("of this file");
        return conforms(value, &definitions[to], definitions, at);
    }
    if let Some(properties) = definition["properties"].as_object() {
        let object = value.as_object().unwrap_or_else(|| panic!("{at}: {value}"));
        for required in definition["required"].as_array().into_iter().flatten() {
            let name = required.as_str().expect("a name");
            assert!(object.contains_key(name), "{at} lacks {name}: {value}");
        }
        for (name, inner) in object {
            if name == "type" && at.split('.').count() == 1 {
                continue;
            }
            let known = properties
                .get(name)
                .unwrap_or_else(|| panic!("{at}.{name} is not in the schema"));
            conforms(inner, known, definitions, &format!("{at}.{name}"));
        }
    }
    if let Some(words) = definition["enum"].as_array() {
        assert!(words.contains(value), "{at}: {value} is none of {words:?}");
    }
    if let (Some(items), Some(inner)) = (definition.get("items"), value.as_array()) {
        for each in inner {
            conforms(each, items, definitions, at);
        }
    }
}

#[test]
fn every_line_of_json_is_as_documented() {
    let repo = two_releases();
    change_type(&repo);
    check_json(
        &repo,
        "check",
        1,
        &[("check", 1), ("finding", 1), ("summary", 1)],
    );
    check_json(&repo, "matrix", 0, &[("matrix", 1), ("cell", 9)]);
    check_json(&repo, "meet 1.0.0 worktree", 0, &[]);
    check_json(&repo, "rules", 0, &[]);
    check_json(&repo, "explain field-renumbered", 0, &[]);
}

#[test]
fn a_file_holds_what_the_screen_would_show() {
    let repo = two_releases();
    change_type(&repo);
    let shown = run(&repo, "check").stdout;
    let ran = check_says(&repo, "check --output ../answer.txt", 1, &[]);
    assert_eq!(ran.all(), "");
    let written = std::fs::read_to_string(repo.beside("answer.txt")).expect("written");
    assert_eq!(written, shown);
    // also where nobody wants to see it
    check_says(&repo, "check --quiet --output ../again.txt", 1, &[]);
    assert!(repo.beside("again.txt").exists());
}

#[test]
fn a_file_is_there_whole_or_not_at_all() {
    let repo = two_releases();
    repo.write("answer.txt", "the answer of yesterday");
    check_says(
        &repo,
        "check --against nowhere --output answer.txt",
        2,
        &["nowhere"],
    );
    let kept = std::fs::read_to_string(repo.path().join("answer.txt")).expect("kept");
    assert_eq!(kept, "the answer of yesterday");
    check_says(
        &repo,
        "check --output no/such/folder.txt",
        2,
        &["cannot write no/such/folder.txt", "help: "],
    );
    check_says(&repo, "check --output .git", 2, &["cannot write .git"]);
    let files = std::fs::read_dir(repo.path()).expect("a folder");
    assert_eq!(files.count(), 3, "nothing is left behind");
}

#[test]
fn quiet_is_only_the_exit_code_and_errors() {
    let repo = two_releases();
    assert_eq!(check_says(&repo, "check --quiet", 0, &[]).all(), "");
    change_type(&repo);
    assert_eq!(check_says(&repo, "check -q", 1, &[]).all(), "");
    assert_eq!(check_says(&repo, "matrix -q", 0, &[]).all(), "");
    check_says(&repo, "check -q --against nowhere", 2, &["nowhere"]);
}

#[test]
fn a_reader_that_goes_away_changes_no_exit_code() {
    let repo = two_releases();
    change_type(&repo);
    for (arguments, code) in [
        ("check", 1),
        ("matrix", 0),
        ("rules", 0),
        ("completions bash", 0),
    ] {
        let mut command = protoskew(&repo, arguments);
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        command.stdout(writer).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program was built");
        drop(command);
        let mut said = String::new();
        let mut stderr = child.stderr.take().expect("piped");
        stderr.read_to_string(&mut said).expect("UTF-8");
        let status = child.wait().expect("it ends");
        assert_eq!(
            (status.code(), said.as_str()),
            (Some(code), ""),
            "{arguments}"
        );
    }
}

#[track_caller]
fn check_color(repo: &TestRepo, arguments: &str, variable: Option<(&str, &str)>, expected: bool) {
    let mut command = protoskew(repo, arguments);
    command.envs(variable);
    let colored = finish(repo, command).all().contains('\u{1b}');
    assert_eq!(colored, expected, "{arguments} {variable:?}");
}

#[test]
fn colours_are_off_in_pipes_unless_forced() {
    let repo = two_releases();
    change_type(&repo);
    for command in [
        "check",
        "matrix",
        "meet 1.0.0 worktree",
        "rules",
        "explain enum-added",
    ] {
        check_color(&repo, command, None, false);
        check_color(&repo, command, Some(("CLICOLOR_FORCE", "1")), true);
        check_color(&repo, command, Some(("NO_COLOR", "1")), false);
    }
    check_color(&repo, "check --color always", None, true);
    check_color(&repo, "check --color always", Some(("NO_COLOR", "1")), true);
    check_color(
        &repo,
        "check --color never",
        Some(("CLICOLOR_FORCE", "1")),
        false,
    );
    check_color(&repo, "check", Some(("NO_COLOR", "")), false);
}

#[test]
fn the_same_bytes_in_every_run_and_with_any_number_of_threads() {
    let repo = two_releases();
    for file in 0..20 {
        let text = format!(
            "syntax = \"proto3\";\npackage p{file};\nmessage M {{ int64 a = 1; string b = 2; }}\n"
        );
        repo.write(&format!("many/{file}.proto"), text);
    }
    repo.commit("Many files");
    repo.tag("v1.2.0");
    for file in 0..20 {
        let text =
            format!("syntax = \"proto3\";\npackage p{file};\nmessage M {{ sint64 a = 1; }}\n");
        repo.write(&format!("many/{file}.proto"), text);
    }
    change_type(&repo);
    for arguments in [
        "check --all",
        "check --format json",
        "matrix",
        "meet 1.2.0 worktree",
    ] {
        let with = |threads: &str| {
            let mut command = protoskew(&repo, arguments);
            command.env("RAYON_NUM_THREADS", threads);
            finish(&repo, command).all()
        };
        let first = run(&repo, arguments).all();
        assert_eq!(first, run(&repo, arguments).all(), "{arguments}");
        assert_eq!(first, with("1"), "{arguments} with one thread");
        assert_eq!(first, with("7"), "{arguments} with seven threads");
    }
}
