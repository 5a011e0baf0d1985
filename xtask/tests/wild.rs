//! `cargo xtask wild` from outside: a small repository, facts about it, and a stand-in for the program that gives a fixed answer.
#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// Answers a check with one finding where the worktree holds `new.proto`, and a matrix by what the configuration says.
const STAND_IN: &str = r#"#!/bin/sh
if [ $1 = plan ]; then
    echo '{"type":"plan","format":"protoskew/1","features":1}'
    enable='"1.1"'; grep -q 'client-behind = 2' protoskew.toml && enable=null
    echo '{"type":"feature","format":"protoskew/1","name":"'$2'","ways":[{"introduced_by_writer":"1.0","introduced_by_reader":"1.0","steps":[{"earliest":'$enable'},{"earliest":null}]}]}'
    exit 0
fi
if [ $1 = matrix ]; then
    groups='[{"releases":["1.0"]},{"releases":["1.1"]}]'
    echo '{"type":"matrix","format":"protoskew/1","clients":'$groups',"servers":'$groups'}'
    echo '{"type":"cell","clients":["1.0"],"servers":["1.0"]}'
    grep -q 'client-behind = 1' protoskew.toml && echo '{"type":"cell","clients":["1.0"],"servers":["1.1"]}'
    exit 0
fi
echo '{"type":"check","format":"protoskew/1"}'
if [ -e new.proto ] && [ ! -e protoskew.toml ]; then
    echo '{"type":"finding","rule":"method-removed","element":"a.S.Call","outcome":"call-removed","level":"deny","known":false}'
fi
echo '{"type":"summary"}'
exit 1
"#;

fn git(folder: &Path, words: &[&str]) -> String {
    let output = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(["-c", "user.name=T", "-c", "user.email=t@example.org"])
        .args(words)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .output()
        .unwrap();
    assert!(output.status.success(), "git {words:?}: {output:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Runs the task on a clone of `owner/name` with two commits; the facts may speak of `OLD` and `NEW`.
fn wild(facts: &str, options: &[&str]) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    let clone = folder.path().join("clones/owner/name");
    fs::create_dir_all(&clone).unwrap();
    git(&clone, &["init", "--quiet"]);
    git(&clone, &["commit", "--quiet", "--allow-empty", "-m", "old"]);
    let old = git(&clone, &["rev-parse", "HEAD"]);
    fs::write(clone.join("new.proto"), "").unwrap();
    fs::write(clone.join("program"), "Call()").unwrap();
    git(&clone, &["add", "."]);
    git(&clone, &["commit", "--quiet", "-m", "new"]);
    let new = git(&clone, &["rev-parse", "HEAD"]);

    let data = folder.path().join("facts");
    fs::create_dir(&data).unwrap();
    for (number, facts) in facts.split("---\n").enumerate() {
        let facts = facts.replace("OLD", &old).replace("NEW", &new);
        fs::write(data.join(format!("{number}.toml")), facts).unwrap();
    }
    let stand_in = folder.path().join("stand-in");
    fs::write(&stand_in, STAND_IN).unwrap();
    fs::set_permissions(&stand_in, fs::Permissions::from_mode(0o755)).unwrap();

    let output = Command::new(env!("CARGO_BIN_EXE_xtask"))
        .arg("wild")
        .arg(folder.path().join("clones"))
        .arg("--facts")
        .arg(&data)
        .arg("--binary")
        .arg(&stand_in)
        .args(options)
        .output()
        .unwrap();
    let mut said = String::from_utf8(output.stdout).unwrap();
    said.push_str(&String::from_utf8(output.stderr).unwrap());
    (output.status.success(), said)
}

#[track_caller]
fn check(facts: &str, options: &[&str], success: bool, expected: &[&str]) {
    let (succeeded, said) = wild(facts, options);
    for line in expected {
        assert!(said.contains(line), "{line:?} is not in\n{said}");
    }
    assert_eq!(succeeded, success, "{said}");
}

const TRUE: &str = "\
repository = 'owner/name'
[[check]]
old = 'OLD'
new = 'NEW'
why = 'a call goes'
reported = [{ rule = 'method-removed', element = 'a.S.Call', outcome = 'call-removed' }]
silent = [{ rule = 'method-added' }]
[[check]]
old = 'NEW'
new = 'OLD'
why = 'the other way round nothing is said'
silent = [{}]
[[matrix]]
at = 'NEW'
why = 'a policy'
config = 'client-behind = 1'
clients = ['1.0']
servers = [{ release = '1.0', meets = '✓' }, { release = '1.1', meets = '✓' }]
[[life]]
at = 'NEW'
why = 'a call is introduced'
config = 'client-behind = 1'
plan = 'a.S.Call'
introduced = ['1.0', '1.0']
enable = '1.1'
default = 'never'
[[named]]
at = 'NEW'
before = 'OLD'
why = 'and called'
word = 'Call'
under = 'program'
[[check]]
old = 'OLD'
new = 'NEW'
why = 'the configuration of a matrix is gone again'
reported = [{ rule = 'method-removed', times = 1 }]
";

#[test]
fn true_facts_are_proved_one_line_each() {
    check(
        TRUE,
        &[],
        true,
        &[
            "reports method-removed, a.S.Call, call-removed\n",
            "is silent on method-added\n",
            "is silent on everything\n",
            "server 1.1 meets clients 1.0: ✓\n",
            "a.S.Call: introduced 1.0 and 1.0, enabled from 1.1 on, by default never\n",
            "Call is named in program\n",
            "8 facts proved, 0 failed, 0 repositories skipped",
        ],
    );
    check(TRUE, &["--only", "method-added"], true, &["1 facts proved"]);
}

#[test]
fn a_false_fact_fails_and_says_what_is_true() {
    check(
        &TRUE.replace("'call-removed' }", "'lossy' }"),
        &[],
        false,
        &[
            "FAIL  owner/name ",
            "because a call goes\n",
            "but there is method-removed a.S.Call (call-removed, deny)\n",
            "7 facts proved, 1 failed",
        ],
    );
    check(
        &TRUE.replace("client-behind = 1", ""),
        &[],
        false,
        &["but the answer is ×", "7 facts proved, 1 failed"],
    );
}

#[test]
fn a_missing_commit_fails() {
    let other = "0123456789abcdef0123456789abcdef01234567";
    check(
        &TRUE.replacen("old = 'OLD'", &format!("old = '{other}'"), 1),
        &[],
        false,
        &["this clone has no commit 0123456789"],
    );
}

#[test]
fn a_missing_clone_fails_unless_it_may_be_missing() {
    let other = TRUE.replace("owner/name", "owner/other");
    let facts = format!("{TRUE}---\n{other}");
    check(
        &facts,
        &[],
        false,
        &["skip  owner/other", "no clone of owner/other"],
    );
    check(
        &facts,
        &["--allow-missing"],
        true,
        &["1 repositories skipped"],
    );
    check(
        &other,
        &["--allow-missing"],
        false,
        &["not one fact was proved"],
    );
}

#[test]
fn a_life_that_is_told_otherwise() {
    let life = |config: &str, word: &str| {
        format!(
            "repository = 'owner/name'\n[[life]]\nat = 'NEW'\nwhy = 'a call'\nconfig = '{config}'\nplan = 'a.S.Call'\nintroduced = ['1.0', '1.0']\nenable = '1.1'\ndefault = 'never'\n\
             [[named]]\nat = 'NEW'\nbefore = 'OLD'\nwhy = 'called'\nword = '{word}'\nunder = 'program'\n"
        )
    };
    check(
        &life("client-behind = 2", "Cal"),
        &[],
        false,
        &[
            "FAIL  owner/name",
            "but the plan says: introduced 1.0 and 1.0, enabled from never on, by default never",
            "but it is not named there",
            "0 facts proved, 2 failed",
        ],
    );
    check(
        &life("client-behind = 1", "Call").replace("before = 'OLD'", "before = 'NEW'"),
        &[],
        false,
        &[
            "it is named in the release before already",
            "1 facts proved, 1 failed",
        ],
    );
}
