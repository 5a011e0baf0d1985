//! What people read: whole reports, colours off.

use expect_test::{Expect, expect, expect_file};

use super::super::chosen::{FEW, MANY};
use super::super::sample::{Source, judged, storage, verdict};
use super::*;

const PLAIN: Options = Options {
    screen: Screen {
        width: 100,
        ..Screen::PLAIN
    },
    all: false,
    known: false,
    waived: false,
};

fn shown(verdict: &Verdict, options: &Options) -> String {
    let mut out = Vec::new();
    write(&mut out, verdict, options).unwrap();
    String::from_utf8(out).unwrap()
}

#[track_caller]
fn check(verdict: &Verdict, expected: &Expect) {
    expected.assert_eq(&shown(verdict, &PLAIN));
}

#[test]
fn something_of_everything() {
    expect_file!["tests/storage.txt"].assert_eq(&shown(&storage(), &PLAIN));
}

#[test]
fn a_clean_answer_is_short() {
    check(
        &verdict(Vec::new()),
        &expect![[r#"
        worktree (1.4, after 1.3.2) may ship: nothing breaks
          judged    4 files, 84 messages, 1 enum, 2 services
          against   12 releases, 1.0.0 to 1.3.2, of which 5 have a schema of their own
          baseline  release 1.3.2 (abc1234)
    "#]],
    );
}

#[test]
fn known_findings_are_counted_or_listed() {
    let known = verdict(vec![
        judged(
            Level::Deny,
            "field-renumbered",
            "a.M.f",
            "`a.M.f` moved from number 1 to 2",
        )
        .known(),
        judged(Level::Off, "enum-added", "a.E", "`a.E` is a new enum").known(),
    ]);
    check(
        &known,
        &expect![[r#"
        worktree (1.4, after 1.3.2) may ship: nothing new breaks
          judged    4 files, 84 messages, 1 enum, 2 services
          against   12 releases, 1.0.0 to 1.3.2, of which 5 have a schema of their own
          baseline  release 1.3.2 (abc1234); 1 finding known there (--known shows it)
    "#]],
    );
    expect![[r#"
        error[field-renumbered]: `a.M.f` moved from number 1 to 2 (known)
         = id: field-renumbered:a.M.f:4096cb3e

        worktree (1.4, after 1.3.2) may ship: nothing new breaks
          judged    4 files, 84 messages, 1 enum, 2 services
          against   12 releases, 1.0.0 to 1.3.2, of which 5 have a schema of their own
          baseline  release 1.3.2 (abc1234); 1 known there
          explain   protoskew explain field-renumbered
    "#]]
    .assert_eq(&shown(
        &known,
        &Options {
            known: true,
            waived: false,
            ..PLAIN
        },
    ));
}

#[test]
fn an_incomplete_answer_clears_nobody() {
    let mut verdict = verdict(Vec::new());
    verdict.incomplete = vec![
        "the clone is shallow: 40 releases have no commit here; run git fetch --unshallow --tags"
            .to_owned(),
    ];
    check(
        &verdict,
        &expect![[r#"
        worktree (1.4, after 1.3.2) cannot be cleared to ship: the answer is incomplete; nothing breaks so far
          judged    4 files, 84 messages, 1 enum, 2 services
          against   12 releases, 1.0.0 to 1.3.2, of which 5 have a schema of their own
          baseline  release 1.3.2 (abc1234)
          missing   the clone is shallow: 40 releases have no commit here; run git fetch --unshallow --tags
    "#]],
    );
}

#[test]
fn warnings_and_notes_may_ship() {
    let warned = verdict(vec![judged(
        Level::Warn,
        "field-renamed",
        "a.M.f",
        "`a.M.f` was `a.M.g`",
    )]);
    check(
        &warned,
        &expect![[r#"
        warning[field-renamed]: `a.M.f` was `a.M.g`
         = id: field-renamed:a.M.f:4096cb3e

        worktree (1.4, after 1.3.2) may ship: 1 warning
          judged    4 files, 84 messages, 1 enum, 2 services
          against   12 releases, 1.0.0 to 1.3.2, of which 5 have a schema of their own
          baseline  release 1.3.2 (abc1234)
          explain   protoskew explain field-renamed
    "#]],
    );
}

#[test]
fn a_rule_with_many_findings_shows_a_few() {
    let many = |count: usize| {
        let renamed = (0..count).map(|at| {
            judged(
                Level::Warn,
                "field-renamed",
                &format!("a.M.f{at}"),
                &format!("`a.M.f{at}` was `a.M.g{at}`"),
            )
        });
        verdict(renamed.collect())
    };
    check(
        &many(42),
        &expect![[r#"
        warning[field-renamed]: `a.M.f0` was `a.M.g0`
         = id: field-renamed:a.M.f0:4096cb3e

        warning[field-renamed]: `a.M.f1` was `a.M.g1`
         = id: field-renamed:a.M.f1:4096cb3e

        warning[field-renamed]: `a.M.f2` was `a.M.g2`
         = id: field-renamed:a.M.f2:4096cb3e

        warning[field-renamed]: `a.M.f3` was `a.M.g3`
         = id: field-renamed:a.M.f3:4096cb3e

        warning[field-renamed]: `a.M.f4` was `a.M.g4`
         = id: field-renamed:a.M.f4:4096cb3e

        … and 37 more field-renamed (--all shows them)

        worktree (1.4, after 1.3.2) may ship: 42 warnings
          judged    4 files, 84 messages, 1 enum, 2 services
          against   12 releases, 1.0.0 to 1.3.2, of which 5 have a schema of their own
          baseline  release 1.3.2 (abc1234)
          explain   protoskew explain field-renamed
    "#]],
    );
    let findings = |text: &str| text.matches("warning[").count();
    assert_eq!(findings(&shown(&many(MANY), &PLAIN)), MANY);
    assert_eq!(findings(&shown(&many(MANY + 1), &PLAIN)), FEW);
    assert_eq!(
        findings(&shown(&many(42), &Options { all: true, ..PLAIN })),
        42
    );
}

/// One finding between two versions of a file that need not be text.
fn between(old: impl AsRef<[u8]>, new: impl AsRef<[u8]>, what: &[u8]) -> Verdict {
    let old = Source::release("v1.0.0", "a.proto", old);
    let new = Source::worktree("a.proto", new);
    verdict(vec![
        judged(Level::Deny, "field-renumbered", "a.M.f", "`a.M.f` moved")
            .old_at(old.at(what, "before"))
            .new_at(new.at(what, "now")),
    ])
}

#[track_caller]
fn check_frames(verdict: &Verdict, expected: &Expect) {
    let text = shown(verdict, &PLAIN);
    expected.assert_eq(text.split("  = id").next().unwrap());
}

#[test]
fn line_ends_of_windows_and_tabs() {
    check_frames(
        &between(
            "message M {\r\n\tint32 f = 1;\r\n}\r\n",
            "message M {\r\n\r\n\t\tint32 f = 2;\r\n}\r\n",
            b"f =",
        ),
        &expect![[r#"
            error[field-renumbered]: `a.M.f` moved
             --> a.proto:3:9 (worktree)
              |
            3 |         int32 f = 2;
              |               ^^^ now
              |
             ::: a.proto:2:8 (release v1.0.0, abc1234, 2018-03-14)
              |
            2 |     int32 f = 1;
              |           --- before
              |
        "#]],
    );
}

#[test]
fn characters_wide_and_narrow() {
    check_frames(
        &between(
            "/* é日本 */ int32 f = 1;",
            "/* 👩‍👩‍👧 */ int32 f = 2; // \u{202e}x",
            b"f",
        ),
        &expect![[r#"
            error[field-renumbered]: `a.M.f` moved
             --> a.proto:1:19 (worktree)
              |
            1 | /* 👩👩👧 */ int32 f = 2; // �x
              |                    ^ now
              |
             ::: a.proto:1:17 (release v1.0.0, abc1234, 2018-03-14)
              |
            1 | /* é日本 */ int32 f = 1;
              |                   - before
              |
        "#]],
    );
}

#[test]
fn bytes_that_are_no_text() {
    check_frames(
        &between(
            b"/* \xff\xfe\0 */ int32 f = 1;",
            b"\x1b[31m int32 f = 2; // \xc3",
            b"f =",
        ),
        &expect![[r#"
            error[field-renumbered]: `a.M.f` moved
             --> a.proto:1:13 (worktree)
              |
            1 | ␛[31m int32 f = 2; // �
              |             ^^^ now
              |
             ::: a.proto:1:17 (release v1.0.0, abc1234, 2018-03-14)
              |
            1 | /* ��␀ */ int32 f = 1;
              |                 --- before
              |
        "#]],
    );
}

#[test]
fn an_empty_file_and_a_place_behind_the_end() {
    let empty = Source::release("1.0.0", "a.proto", "");
    let new = Source::worktree("a.proto", "message M {}\n");
    let verdict = verdict(vec![
        judged(Level::Deny, "file-removed", "a.proto", "`a.proto` is empty")
            .old_at(empty.span(0, 0, "nothing here"))
            .new_at(new.span(13, 13, "the end")),
        judged(
            Level::Deny,
            "file-removed",
            "b.proto",
            "`b.proto` is out of bounds",
        )
        .new_at(new.span(500, 900, "far")),
        judged(
            Level::Deny,
            "file-removed",
            "c.proto",
            "`c.proto` was whole",
        )
        .old_at(new.span(0, 13, "all of it")),
    ]);
    check(
        &verdict,
        &expect![[r#"
        error[file-removed]: `a.proto` is empty
         --> a.proto:2:1 (worktree)
          |
        2 |
          | ^ the end
          |
         ::: a.proto:1:1 (release 1.0.0, abc1234, 2018-03-14)
          |
        1 |
          | - nothing here
          |
          = id: file-removed:a.proto:4096cb3e

        error[file-removed]: `b.proto` is out of bounds
         --> a.proto:2:1 (worktree)
          |
        2 |
          | ^ far
          |
          = id: file-removed:b.proto:4096cb3e

        error[file-removed]: `c.proto` was whole
         --> a.proto:1:1 (worktree)
          |
        1 | message M {}
          | ^^^^^^^^^^^^ all of it
          |
          = id: file-removed:c.proto:4096cb3e

        worktree (1.4, after 1.3.2) must not ship: 3 errors
          judged    4 files, 84 messages, 1 enum, 2 services
          against   12 releases, 1.0.0 to 1.3.2, of which 5 have a schema of their own
          baseline  release 1.3.2 (abc1234)
          explain   protoskew explain file-removed
    "#]],
    );
}

#[test]
fn a_line_of_ten_megabytes() {
    let mut line = "int32 x = 1; ".repeat(800_000).into_bytes();
    line.extend_from_slice(b"int32 f = 2;");
    line.extend_from_slice(&b"int32 y = 1; ".repeat(1000));
    check_frames(
        &between("int32 f = 1;", &line, b"f ="),
        &expect![[r#"
        error[field-renumbered]: `a.M.f` moved
         --> a.proto:1:10400007 (worktree)
          |
        1 | ...2 x = 1; int32 x = 1; int32 x = 1; int32 f = 2;int32 y = 1; int32 y = 1; int32 y = 1; int3...
          |                                             ^^^ now
          |
         ::: a.proto:1:7 (release v1.0.0, abc1234, 2018-03-14)
          |
        1 | int32 f = 1;
          |       --- before
          |
    "#]],
    );
}

#[test]
fn a_name_without_end_and_one_that_paints() {
    let long = verdict(vec![judged(
        Level::Deny,
        "enum-added",
        "a.E",
        &format!("`{}\n\x1b[2J` is new", "x".repeat(3000)),
    )]);
    let text = shown(&long, &PLAIN);
    assert!(text.len() < 3000 && !text.contains('\x1b'));
}

#[test]
fn colours_change_nothing_but_colours() {
    let screen = Screen {
        color: true,
        width: 100,
    };
    let colored = shown(&storage(), &Options { screen, ..PLAIN });
    assert!(colored.contains("\x1b["));
    let stripped = anstream::adapter::strip_str(&colored).to_string();
    assert_eq!(stripped, shown(&storage(), &PLAIN));
}

#[test]
fn every_width_is_drawn() {
    for width in [0, 1, 20, 40, 80, 400] {
        let options = Options {
            screen: Screen {
                width,
                ..Screen::PLAIN
            },
            all: true,
            known: true,
            waived: false,
        };
        assert!(
            shown(&storage(), &options).contains("number 3 now"),
            "{width}"
        );
    }
    let narrow = Options {
        screen: Screen {
            width: 60,
            ..Screen::PLAIN
        },
        ..PLAIN
    };
    expect_file!["tests/storage-narrow.txt"].assert_eq(&shown(&storage(), &narrow));
}

#[test]
fn any_bytes_at_any_place_are_drawn() {
    const PIECES: [&[u8]; 12] = [
        b"\n",
        b"\r\n",
        b"\r",
        b"\t",
        b"a",
        b" ",
        b"\xff",
        b"\xe6\x97",
        "日".as_bytes(),
        "\u{301}".as_bytes(),
        b"\0",
        b"\x1b[2J",
    ];
    // A congruential generator: the same texts in every run.
    let mut state = 7_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    for _ in 0..2000 {
        let text: Vec<u8> = (0..next(40))
            .flat_map(|_| PIECES[next(PIECES.len())])
            .copied()
            .collect();
        let source = Source::worktree("a.proto", &text);
        let mut sites = || source.span(next(text.len() + 3), next(text.len() + 9), "here");
        let verdict = verdict(vec![
            judged(Level::Deny, "field-renumbered", "a.M.f", "one")
                .new_at(sites())
                .old_at(sites()),
            judged(Level::Warn, "field-renamed", "a.M.f", "two")
                .new_at(sites())
                .old_at(sites()),
        ]);
        let drawn = shown(&verdict, &PLAIN);
        assert!(!drawn.contains(['\x1b', '\0', '\r', '\u{1}']), "{text:?}");
        assert_eq!(drawn, shown(&verdict, &PLAIN));
    }
}
