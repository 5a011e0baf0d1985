//! Files that hold anything: whatever the bytes, a finding or a note, never a panic or a hang.

use std::fmt::Write;

use protoskew_testkit::TestRepo;

use crate::program::{check_says, harbor, two_releases};

const BEGIN: &str = "syntax = \"proto3\";\npackage odd;\n";

#[test]
fn what_does_not_parse_in_the_worktree_is_a_finding() {
    let repo = two_releases();
    repo.write("harbor.proto", harbor("int64 weight = ;"));
    check_says(
        &repo,
        "check",
        1,
        &["error[proto-unreadable]", "--> harbor.proto:9:"],
    );
    repo.commit("Break it");
    check_says(&repo, "check HEAD", 1, &["error[proto-unreadable]"]);
    repo.git(&["add", "--all"]);
    check_says(&repo, "check --staged", 1, &["error[proto-unreadable]"]);
}

#[test]
fn what_does_not_parse_in_an_old_release_is_a_note() {
    let repo = TestRepo::new();
    repo.write("harbor.proto", harbor("int64 weight = ;"))
        .commit("Begin");
    repo.tag("v1.0.0")
        .write("harbor.proto", harbor("int64 weight = 1;"))
        .commit("Mend it");
    repo.tag("v1.1.0");
    check_says(
        &repo,
        "check",
        0,
        &["release 1.0.0 holds protos that protoc rejects; the rest of it was compared"],
    );
    check_says(
        &repo,
        "check --against v1.0.0",
        0,
        &["v1.0.0: protoc rejects harbor.proto"],
    );
    check_says(&repo, "matrix", 0, &["1.0.0"]);
}

/// What is said of a file with these bytes, beside two good releases and a good file.
#[track_caller]
fn check_bytes(bytes: &[u8], code: i32, fragments: &[&str]) {
    let repo = two_releases();
    repo.write("odd.proto", bytes);
    check_says(&repo, "check", code, fragments);
    repo.commit("Keep it");
    repo.tag("v1.2.0").remove("odd.proto");
    // as an old release it is no failure; what is said of its removal is another matter
    check_says(&repo, "check --against v1.1.0", 0, &["may ship"]);
    check_says(&repo, "matrix", 0, &["1.1.0"]);
}

#[test]
fn bytes_that_are_no_protobuf() {
    check_bytes(b"\0\0\0\0", 1, &["proto-unreadable", "odd.proto:1:1"]);
    check_bytes(
        format!("{BEGIN}message A {{ int64 a\0 = 1; }}").as_bytes(),
        1,
        &["proto-unreadable", "odd.proto:3:"],
    );
    check_bytes(
        b"message \xff\xfe {}",
        1,
        &["proto-unreadable", "odd.proto:1:9"],
    );
    check_bytes(b"\x89PNG\r\n\x1a\n", 1, &["proto-unreadable"]);
    check_bytes("{".repeat(100_000).as_bytes(), 1, &["proto-unreadable"]);
    check_bytes("/*".as_bytes(), 1, &["proto-unreadable", "comment"]);
    check_bytes(b"option a = \"", 1, &["proto-unreadable", "string"]);
}

#[test]
fn bytes_that_are_odd_and_well() {
    check_bytes(b"", 0, &["may ship"]);
    check_bytes(b"\n\n", 0, &["may ship"]);
    check_bytes(
        b"\xef\xbb\xbfsyntax = \"proto3\";\nmessage A {}\n",
        0,
        &["may ship"],
    );
    check_bytes(
        b"syntax = \"proto3\";\r\nmessage A {\r\n  int64 a = 1;\r\n}\r\n",
        0,
        &["may ship"],
    );
    // protoc takes any byte in a comment
    check_bytes(b"// \xff\xfe\nsyntax = \"proto3\";\n", 0, &["may ship"]);
    check_bytes(
        format!("{BEGIN}message A {{ reserved 1 to max; }}\n").as_bytes(),
        0,
        &["may ship"],
    );
}

#[test]
fn line_ends_and_byte_order_marks_are_no_change() {
    let repo = two_releases();
    let text = harbor("int64 weight = 1; optional string name = 2;").replace('\n', "\r\n");
    repo.write("harbor.proto", format!("\u{feff}{text}"));
    check_says(&repo, "check", 0, &["nothing"]);
    let text = harbor("sint64 weight = 1; optional string name = 2;").replace('\n', "\r\n");
    repo.write("harbor.proto", format!("\u{feff}{text}"));
    let ran = check_says(
        &repo,
        "check",
        1,
        &["--> harbor.proto:9:3", "9 |   sint64 weight = 1;"],
    );
    ran.never_says(&["\r", "\u{feff}"]);
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let repo = two_releases();
    let text = harbor("sint64 weight = 1; // \u{1b}[2J\u{7}\n string name = 2;");
    repo.write("harbor.proto", text);
    check_says(&repo, "check", 1, &["Cargo.weight"]).never_says(&["\u{1b}", "\u{7}"]);
}

#[test]
fn ten_thousand_messages_in_each_other() {
    let mut text = BEGIN.to_owned();
    for depth in 0..10_000 {
        write!(text, "message M{depth} {{ ").expect("memory");
    }
    text += &"}".repeat(10_000);
    check_bytes(text.as_bytes(), 1, &["proto-unreadable", "odd.proto:"]);
}

#[test]
fn a_message_with_twenty_thousand_fields() {
    let repo = TestRepo::new();
    let fields = |kind: &str| -> String {
        (1..=20_000)
            .map(|number| {
                format!(
                    "{kind} f{number} = {};\n",
                    if number < 19_000 {
                        number
                    } else {
                        number + 1000
                    }
                )
            })
            .collect()
    };
    repo.write(
        "large.proto",
        format!("{BEGIN}message Large {{ {} }}\n", fields("int64")),
    )
    .commit("Begin");
    repo.tag("v1.0.0");
    repo.write(
        "large.proto",
        format!("{BEGIN}message Large {{ {} }}\n", fields("sint64")),
    );
    check_says(&repo, "check", 1, &["field-type-changed", "20,000 errors"]);
}

#[test]
fn files_that_import_each_other() {
    let repo = two_releases();
    repo.write(
        "a.proto",
        format!("{BEGIN}import \"b.proto\";\nmessage A {{ B b = 1; }}\n"),
    )
    .write(
        "b.proto",
        format!("{BEGIN}import \"a.proto\";\nmessage B {{ A a = 1; }}\n"),
    )
    .write(
        "self.proto",
        format!("{BEGIN}import \"self.proto\";\nmessage S {{}}\n"),
    );
    check_says(
        &repo,
        "check",
        1,
        &["proto-unreadable", "import", "a.proto", "self.proto"],
    );
}

#[test]
fn imports_that_cannot_be_found_are_notes() {
    let repo = two_releases();
    repo.write(
        "a.proto",
        format!("{BEGIN}import \"no/such.proto\";\nmessage A {{ no.Such such = 1; }}\n"),
    );
    check_says(&repo, "check", 0, &["no/such.proto", "compared by name"]);
}

#[test]
#[ignore = "generates and reads 100 MB: some ten seconds without optimisation"]
fn a_hundred_megabytes() {
    let repo = two_releases();
    let mut text = BEGIN.to_owned();
    let mut number = 0;
    while text.len() < 100 << 20 {
        write!(
            text,
            "// {0}\nmessage M{number} {{ int64 a = 1; }}\n",
            "x".repeat(4000)
        )
        .expect("memory");
        number += 1;
    }
    repo.write("large.proto", text);
    check_says(&repo, "check", 0, &["may ship"]);
}
