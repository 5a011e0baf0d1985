//! Waivers and what is read of them; mistakes and what is said of them.

use std::sync::Arc;

use protoskew_compare::Indexed;
use protoskew_schema::{Input, Role, link, parse};

use super::*;
use crate::config::{self, ConfigError};
use crate::finding::Finding;
use crate::policy;

const LINKS: &str = "[components.runtime]\n[components.agent]\n[[links]]\nclient = \"runtime\"\nserver = \"agent\"\n";

fn links() -> Vec<LinkPolicy> {
    policy::links(&config::read(LINKS).expect("valid"))
}

fn lines(errors: &[ConfigError]) -> Vec<String> {
    errors.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn check_errors(text: &str, expected: &[&str]) {
    let errors = read(text.as_bytes(), &links()).expect_err("the file has mistakes");
    assert_eq!(lines(&errors), expected);
}

/// What comments of a file waive: `line rule element reason`.
#[track_caller]
fn inline_of(text: &str) -> Result<Vec<String>, Vec<String>> {
    let text: Arc<[u8]> = text.as_bytes().into();
    let input = Input {
        path: "a.proto".into(),
        role: Role::Judged,
        parsed: Arc::new(parse(text)),
    };
    let schema = link(vec![input], &[]);
    let waivers = inline(&Indexed::new(Arc::new(schema))).map_err(|errors| lines(&errors))?;
    let shown = waivers.iter().map(|waiver| {
        let until = waiver
            .until
            .map(|until| format!(" until {until}"))
            .unwrap_or_default();
        format!(
            "{} {} {}{until}: {}",
            waiver.line, waiver.rule, waiver.element, waiver.reason
        )
    });
    Ok(shown.collect())
}

#[track_caller]
fn check_inline(text: &str, expected: &[&str]) {
    let found = inline_of(text);
    let expected = expected.iter().map(|&line| line.to_owned()).collect();
    assert_eq!(found, Ok(expected), "{text}");
}

#[track_caller]
fn check_inline_error(text: &str, expected: &str) {
    let found = inline_of(text);
    assert_eq!(found, Err(vec![expected.to_owned()]), "{text}");
}

#[test]
fn a_waiver_with_all_that_it_may_say() {
    let text = "[[waivers]]\nrule = \"field-renamed\"\nelement = \"p.M.a\"\nabout = \"2: a -> b\"\nmeetings = [\"runtime:agent\", \"agent@1.2\"]\nreason = \"nobody speaks JSON\"\napprover = \"Ada\"\nuntil = \"2027-01-31\"\n";
    let waivers = read(text.as_bytes(), &links()).expect("valid");
    let [waiver] = waivers.as_slice() else {
        panic!("{waivers:?}");
    };
    assert_eq!(waiver.place(), "protoskew.waivers.toml:1");
    assert_eq!(
        waiver.until,
        Some(Until::Date(jiff::civil::date(2027, 1, 31)))
    );
    let link = &links()[0];
    let agent = Name::new_static("agent");
    for (meetings, peer, covers) in [
        (&waiver.meetings[1..], "1.2", true),
        (&waiver.meetings[1..], "1.2.7", true),
        (&waiver.meetings[1..], "1.20.7", false),
        (&waiver.meetings[1..], "2.1.2", false),
        (&waiver.meetings[..1], "2.1.2", true),
    ] {
        let waiver = Waiver {
            meetings: meetings.to_vec(),
            ..waiver.clone()
        };
        assert_eq!(
            waiver.covers(link, &agent, peer),
            covers,
            "{meetings:?} {peer}"
        );
    }
}

#[test]
fn mistakes_are_named_with_their_line_and_the_nearest_name() {
    check_errors(
        "[[waiver]]\n[[waivers]]\nrule = \"field-renamd\"\nelement = \"p.{\"\nreason = \" \"\napprover = \"Ada\"\nuntil = \"soon\"\nmeetings = [\"runtime:agnt\", \"agent\", \"agent@1\"]\nwhy = \"x\"\n",
        &[
            "protoskew.waivers.toml:1:3: unknown key `waiver`\n  help: did you mean `waivers`?",
            "protoskew.waivers.toml:3:8: there is no rule `field-renamd`\n  help: did you mean `field-renamed`?",
            "protoskew.waivers.toml:4:11: `p.{` is no glob: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)\n  help: `pkg.Message.*` matches its fields, `pkg.**` all of the package",
            "protoskew.waivers.toml:5:10: this is empty",
            "protoskew.waivers.toml:7:9: `soon` is neither a day nor a release\n  help: write a day, \"2027-01-31\", or the release that ends it, \"1.8\"",
            "protoskew.waivers.toml:8:13: `runtime:agnt` names no meetings\n  help: did you mean `runtime:agent`?",
            "protoskew.waivers.toml:8:29: `agent` names no meetings\n  help: did you mean `agent`?",
            "protoskew.waivers.toml:9:1: unknown key `why`\n  help: known here: rule, element, about, meetings, reason, approver, until",
        ],
    );
    check_errors(
        "waivers = 1\n",
        &[
            "protoskew.waivers.toml:1:11: expected an array of tables, each headed `[[waivers]]`, found integer",
        ],
    );
    check_errors(
        "[[waivers]]\nrule = \"field-renamed\"\n",
        &[
            "protoskew.waivers.toml:1:1: a waiver needs `element`\n  help: give the element's full name, as the finding's id does",
            "protoskew.waivers.toml:1:1: a waiver needs `reason`\n  help: say why: who meets this waiver later has nothing else to judge it by",
            "protoskew.waivers.toml:1:1: a waiver needs `approver`\n  help: say who approved it",
            "protoskew.waivers.toml:1:1: a waiver needs `until`\n  help: a waiver ends: write a day, \"2027-01-31\", or a release, \"1.8\"",
        ],
    );
}

#[test]
fn a_day_is_the_last_and_a_release_the_first_without_it() {
    let at = |today: &str, release: &str| Now {
        today: today.parse().ok(),
        release: Version::typed(release),
    };
    let day = until("2027-01-31").expect("a day");
    assert!(day.is_ahead(at("2027-01-31", "")));
    assert!(!day.is_ahead(at("2027-02-01", "")));
    assert!(
        day.is_ahead(at("", "9.9")),
        "without a clock no day ends one"
    );
    let release = until("1.8").expect("a release");
    assert!(release.is_ahead(at("2099-01-01", "1.7.9")));
    assert!(!release.is_ahead(at("2000-01-01", "1.8.0")));
    assert!(
        release.is_ahead(at("2099-01-01", "")),
        "nor an unknown release"
    );
    for text in [
        "",
        "soon",
        "2027-13-01",
        "2027-1-1",
        "20270131",
        "1",
        "2027-01-31T10:00",
    ] {
        assert_eq!(until(text), None, "{text:?}");
    }
}

#[test]
fn comments_stand_above_or_on_the_line_of_their_element() {
    check_inline(
        "syntax = \"proto3\";\npackage p;\n// protoskew: allow(message-removed) a\nmessage M { // protoskew: allow(message-renamed) b\n  // words\n  // protoskew: allow(field-renamed): c\n  // and more words\n  int32 x = 1; int32 y = 2; /* protoskew: allow(field-renamed) - d */\n  map<int32, string> m = 3; // protoskew: allow(field-renamed, until 1.8) e\n  oneof o { string s = 4; } // protoskew: allow(oneof-member-added) f\n}\nenum E { A = 0; } // protoskew: allow(enum-added) g\n",
        &[
            "3 message-removed p.M: a",
            "4 message-renamed p.M: b",
            "6 field-renamed p.M.x: c",
            "8 field-renamed p.M.y: d",
            "9 field-renamed p.M.m until 1.8: e",
            "10 oneof-member-added p.M.o: f",
            "12 enum-added p.E: g",
        ],
    );
    check_inline(
        "syntax = \"proto3\";\r\npackage p;\r\nservice S {\r\n  /* protoskew: allow(method-removed) h */\r\n  rpc R(M)\r\n      returns (M); // protoskew: allow(method-request-changed) i\r\n}\r\n",
        &[
            "4 method-removed p.S.R: h",
            "6 method-request-changed p.S.R: i",
        ],
    );
}

#[test]
fn what_is_gone_is_named() {
    check_inline(
        "syntax = \"proto3\";\npackage p;\n// protoskew: allow(field-withdrawn, gone) a\nmessage M {\n  reserved 1; // protoskew: allow(field-withdrawn, old, until 2027-01-31) b\n  message N {\n    // protoskew: allow(field-withdrawn, last) c\n  }\n}\n// protoskew: allow(message-removed, Gone) d\n// protoskew: allow(field-withdrawn, .other.M.x) e\n",
        &[
            "3 field-withdrawn p.M.gone: a",
            "5 field-withdrawn p.M.old until 2027-01-31: b",
            "7 field-withdrawn p.M.N.last: c",
            "10 message-removed p.Gone: d",
            "11 field-withdrawn other.M.x: e",
        ],
    );
}

#[test]
fn comments_that_mean_nothing_are_named() {
    let in_message = |comment: &str| {
        format!("syntax = \"proto3\";\npackage p;\nmessage M {{\n  int32 x = 1; {comment}\n}}\n")
    };
    for (comment, expected) in [
        (
            "// protoskew: allow(field-renamd) a",
            "a.proto:4:16: there is no rule `field-renamd`\n  help: did you mean `field-renamed`?",
        ),
        (
            "// protoskew: allow(field-renamed)",
            "a.proto:4:16: nothing says why this is allowed\n  help: say why behind it: who meets it later has nothing else to judge it by",
        ),
        (
            "// protoskew: allow field-renamed",
            "a.proto:4:16: `allow` names no rule\n  help: write `// protoskew: allow(field-renamed) why`",
        ),
        (
            "// protoskew: alow(field-renamed) a",
            "a.proto:4:16: `alow` is nothing that a comment can say\n  help: did you mean `allow`?",
        ),
        (
            "// protoskew: allow(field-renamed, field-withdrawn) a",
            "a.proto:4:16: one comment allows one rule, of one element\n  help: write a comment for each",
        ),
        (
            "// protoskew: allow(field-renamed, until soon) a",
            "a.proto:4:16: `soon` is neither a day nor a release\n  help: write a day, 2027-01-31, or the release that ends it, 1.8",
        ),
        (
            "\n  // protoskew: allow(field-renamed) a",
            "a.proto:5:3: it stands beside no element\n  help: put it above the element or on its line; of what is gone, name it where it stood: allow(rule, name)",
        ),
    ] {
        check_inline_error(&in_message(comment), expected);
    }
    // what only speaks of us, and what is no comment
    check_inline(&in_message("// see protoskew: allow(nothing)"), &[]);
    check_inline(&in_message("// protoskew: is a tool"), &[]);
    check_inline(
        &in_message("string s = 2 [json_name = \"// protoskew: allow(x)\"];"),
        &[],
    );
}

#[test]
fn a_file_may_end_or_be_damaged_anywhere() {
    let text = "[[waivers]]\nrule = \"field-renamed\"\nelement = \"p.*\"\nreason = \"a\"\napprover = \"b\"\nuntil = \"1.8\"\n";
    let proto = "package p;\n// protoskew: allow(field-renamed, x, until 1.8) why\nmessage M { /* protoskew: allow(enum-added) a */ int32 x = 1; }";
    for at in 0..text.len() {
        let _ = read(&text.as_bytes()[..at], &[]);
        for byte in [0, b'"', b'[', b'=', 0xff] {
            let mut damaged = text.as_bytes().to_vec();
            damaged[at] = byte;
            let _ = read(&damaged, &[]);
        }
    }
    for at in 0..proto.len() {
        let _ = inline_of(&proto[..at]);
    }
}

#[test]
fn patterns_end_at_a_dot() {
    let waiver = |element: &str| Waiver {
        rule: "field-renamed",
        element: element.into(),
        about: None,
        meetings: Vec::new(),
        reason: String::new(),
        approver: None,
        until: None,
        file: FILE_NAME.into(),
        line: 1,
    };
    let meant = |pattern: &str, element: &str| {
        let waivers = Waivers::new(vec![waiver(pattern)], Now::default());
        let finding = finding(element);
        waivers.of(&finding).count() == 1
    };
    assert!(meant("p.M.*", "p.M.x"));
    assert!(!meant("p.*", "p.M.x"));
    assert!(meant("p.**", "p.M.x"));
    assert!(meant("p.M.x", "p.M.x"));
    assert!(!meant("p.M.x", "p.M.y"));
}

fn finding(element: &str) -> Finding {
    Finding {
        rule: "field-renamed",
        element: element.into(),
        about: "2: \"a\"\\\u{7}".to_owned(),
        fact: String::new(),
        new: None,
        old: None,
        impact: protoskew_compare::Impact::None,
        json: None,
        reused: None,
        exception: false,
        reserve: None,
        help: String::new(),
    }
}

#[test]
fn one_is_written_behind_the_others_and_nothing_else_changes() {
    let finding = finding("p.M.x");
    let waiver = Written {
        finding: &finding,
        meetings: &["agent@1.2".to_owned()],
        reason: "nobody \"speaks\" JSON\nat all",
        approver: "Ada <ada@example.org>",
        until: until("1.8").expect("a release"),
    };
    let first = "# ours\r\n[[waivers]] # here\r\nrule = 'field-renamed'\r\nelement = \"p.A\"\r\nreason = \"a\"\r\napprover = \"b\"\r\nuntil = \"1.8\"";
    for file in ["", "# nothing yet", first, "\u{feff}# marked\n"] {
        let (bytes, line) = written(file.as_bytes(), &waiver, &links()).expect("it can be written");
        assert!(bytes.starts_with(file.as_bytes()), "{file}");
        let read = read(&bytes, &links()).expect("it can be read");
        let last = read.last().expect("there is one");
        assert_eq!(last.line, line);
        assert_eq!(last.about.as_deref(), Some(finding.about.as_str()));
        assert_eq!(last.reason, waiver.reason);
        assert_eq!(last.approver.as_deref(), Some(waiver.approver));
        assert!(Waivers::new(read, Now::default()).of(&finding).count() == 1);
        if file.contains("\r\n") {
            let text = String::from_utf8(bytes).expect("text");
            assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
        }
    }
    let closed =
        written(b"waivers = []\n", &waiver, &links()).expect_err("no table fits behind it");
    assert!(
        closed[0]
            .help
            .as_ref()
            .is_some_and(|help| help.contains("[[waivers]]\nrule"))
    );
    assert!(written(b"waivers = 1\n", &waiver, &links()).is_err());
}

#[test]
fn the_page_shows_what_can_be_read() {
    let page = include_str!("../../../../docs/waivers.md");
    let blocks = |language: &str| {
        let opening = format!("```{language}\n");
        let blocks = page.split(opening.as_str()).skip(1);
        let blocks = blocks.map(|rest| rest.split("```").next().unwrap_or(rest).to_owned());
        blocks.collect::<Vec<String>>()
    };
    assert!(!blocks("toml").is_empty() && !blocks("proto").is_empty());
    for block in blocks("toml") {
        let read = read(block.as_bytes(), &links());
        assert!(read.is_ok_and(|read| !read.is_empty()), "{block}");
    }
    for block in blocks("proto") {
        let read = inline_of(&block);
        assert!(
            read.as_ref().is_ok_and(|read| !read.is_empty()),
            "{block}: {read:?}"
        );
    }
}
