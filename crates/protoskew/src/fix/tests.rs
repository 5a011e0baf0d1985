//! Files from which something went, and what is written into them.

use std::sync::Arc;

use protoskew_compare::{Comparer, Indexed};
use protoskew_schema::{Input, Name, Role, Severity, link};

use super::*;
use crate::finding::Origin;
use crate::rules::{self, Side};

fn read(text: &str) -> Indexed {
    let input = Input {
        path: "a.proto".into(),
        role: Role::Judged,
        parsed: Arc::new(parse(text.as_bytes().into())),
    };
    let schema = link(vec![input], &[]);
    let wrong = schema
        .diagnostics
        .iter()
        .find(|each| each.severity == Severity::Error);
    assert!(wrong.is_none(), "{wrong:?}\nin\n{text}");
    Indexed::new(Arc::new(schema))
}

/// What rules find between two texts that can be fixed.
fn missing(before: &str, after: &str) -> (Indexed, Vec<Finding>) {
    let sides = [read(before), read(after)].map(Arc::new);
    let origin = Arc::new(Origin {
        label: "a".into(),
        commit: None,
        date: None,
    });
    let side = |at: usize| Side {
        indexed: &sides[at],
        origin: &origin,
    };
    let renames: Vec<(Name, Name)> = Vec::new();
    let comparison = Comparer::new(renames).compare(&sides[0], &sides[1]);
    let mut found = rules::run(side(0), side(1), &comparison);
    found.retain(|finding| finding.reserve.is_some());
    let [_, after] = sides;
    (Arc::into_inner(after).expect("the only one"), found)
}

fn fixed(before: &str, after: &str) -> String {
    let (judged, found) = missing(before, after);
    let insertions = Fixer::new(&judged).insertions(&found);
    let text: Arc<[u8]> = after.as_bytes().into();
    let new: Arc<[u8]> = applied(&text, &insertions).into();
    assert!(is_sound(&text, &new), "{}", String::from_utf8_lossy(&new));
    String::from_utf8(new.to_vec()).expect("text")
}

/// What went is what the first text has and the second has not.
#[track_caller]
fn check(before: &str, after: &str, expected: &str) {
    let head = if before.contains("edition") {
        ""
    } else {
        "syntax = \"proto3\";\n"
    };
    let [before, after, expected] = [before, after, expected].map(|text| format!("{head}{text}"));
    let fixed = fixed(&before, &after);
    assert_eq!(fixed, expected);
    let (_, left) = missing(&before, &fixed);
    assert!(left.is_empty(), "{left:?}");
}

const FLOORS: &str = "message Call {\n  int32 a = 1;\n  int32 b = 2;\n  int32 c = 3;\n  int32 d = 4;\n  int32 e = 6;\n}\n";

#[test]
fn at_the_top_with_ranges_as_a_person_joins_them() {
    check(
        FLOORS,
        "message Call {\n  int32 a = 1;\n}\n",
        "message Call {\n  reserved 2 to 4, 6;\n  reserved \"b\", \"c\", \"d\", \"e\";\n  int32 a = 1;\n}\n",
    );
    check(
        FLOORS,
        "message Call { // words\n  // more\n  int32 a = 1;\n\n  int32 d = 4;\n  int32 e = 6;\n}\n",
        "message Call { // words\n  reserved 2, 3;\n  reserved \"b\", \"c\";\n\n  // more\n  int32 a = 1;\n\n  int32 d = 4;\n  int32 e = 6;\n}\n",
    );
}

#[test]
fn behind_reservations_that_are_there() {
    check(
        FLOORS,
        "message Call {\n    int32 a = 1;\n    int32 c = 3;\n\n    reserved 4, 6; // gone\n    reserved 'd', \"e\"; /* these\n too */\n    int32 z = 7;\n}\n",
        "message Call {\n    int32 a = 1;\n    int32 c = 3;\n\n    reserved 4, 6; // gone\n    reserved 'd', \"e\"; /* these\n too */\n    reserved 2;\n    reserved 'b';\n    int32 z = 7;\n}\n",
    );
    // one each, as they stand
    check(
        FLOORS,
        "message Call {\n\treserved 2;\n\treserved 3;\n\treserved \"b\";\n\treserved \"c\";\n}\n",
        "message Call {\n\treserved 2;\n\treserved 3;\n\treserved \"b\";\n\treserved \"c\";\n\treserved 1;\n\treserved 4;\n\treserved 6;\n\treserved \"a\";\n\treserved \"d\";\n\treserved \"e\";\n}\n",
    );
    // the number is reserved, the name is not
    check(
        "message A { int32 a = 1; }\n",
        "message A { reserved 1; }\n",
        "message A { reserved 1; reserved \"a\"; }\n",
    );
}

#[test]
fn where_the_file_has_them() {
    let rest = "message Other {\n  int32 a = 1;\n  reserved 2;\n}\n";
    check(
        &format!("{FLOORS}{rest}"),
        &format!(
            "message Call {{\n  int32 a = 1;\n  int32 b = 2;\n  int32 c = 3;\n  int32 d = 4; // last\n}}\n{rest}"
        ),
        &format!(
            "message Call {{\n  int32 a = 1;\n  int32 b = 2;\n  int32 c = 3;\n  int32 d = 4; // last\n  reserved 6;\n  reserved \"e\";\n}}\n{rest}"
        ),
    );
}

#[test]
fn on_one_line_and_empty() {
    let before = "message A { int32 a = 1; int32 b = 2; }\n";
    check(
        before,
        "message A { int32 a = 1; }\n",
        "message A { reserved 2; reserved \"b\"; int32 a = 1; }\n",
    );
    check(
        before,
        "message A {int32 a = 1;}\n",
        "message A {reserved 2; reserved \"b\"; int32 a = 1;}\n",
    );
    check(
        before,
        "message A {}\n",
        "message A { reserved 1, 2; reserved \"a\", \"b\"; }\n",
    );
    check(
        before,
        "message A { }\n",
        "message A { reserved 1, 2; reserved \"a\", \"b\"; }\n",
    );
    check(
        before,
        "message A {\n}",
        "message A {\n  reserved 1, 2;\n  reserved \"a\", \"b\";\n}",
    );
    check(
        before,
        "message A\n{ // x\n}\nmessage B {\n\tint32 x = 1;\n}\n",
        "message A\n{ // x\n\treserved 1, 2;\n\treserved \"a\", \"b\";\n}\nmessage B {\n\tint32 x = 1;\n}\n",
    );
    check(
        before,
        "message A { int32 a = 1; }",
        "message A { reserved 2; reserved \"b\"; int32 a = 1; }",
    );
}

#[test]
fn line_ends_tabs_and_marks_stay() {
    check(
        "message A {\n int32 a = 1;\n int32 b = 2;\n}\n",
        "message A {\r\n\tint32 a = 1;\r\n}\r\n",
        "message A {\r\n\treserved 2;\r\n\treserved \"b\";\r\n\tint32 a = 1;\r\n}\r\n",
    );
    let marked = "\u{feff}syntax = \"proto3\";\nmessage A { int32 a = 1; int32 b = 2; }\n";
    let after = "\u{feff}syntax = \"proto3\";\nmessage A {\n  int32 a = 1;\n}\n";
    assert_eq!(
        fixed(marked, after),
        after.replace("{\n", "{\n  reserved 2;\n  reserved \"b\";\n")
    );
}

#[test]
fn editions_name_names() {
    check(
        "edition = \"2023\";\nmessage A { int32 a = 1; int32 b = 2; }\n",
        "edition = \"2023\";\nmessage A { int32 a = 1; }\n",
        "edition = \"2023\";\nmessage A { reserved 2; reserved b; int32 a = 1; }\n",
    );
}

#[test]
fn nested_ones_oneofs_options_and_groups() {
    check(
        "message A {\n  message B {\n    int32 x = 1;\n    int32 y = 2;\n  }\n  oneof o {\n    int32 a = 1;\n    int32 b = 2;\n  }\n}\n",
        "message A {\n  option deprecated = true;\n  message B {\n    int32 y = 2;\n    reserved 7;\n  }\n  oneof o {\n    int32 b = 2;\n  }\n}\n",
        "message A {\n  option deprecated = true;\n  message B {\n    int32 y = 2;\n    reserved 7;\n    reserved 1;\n    reserved \"x\";\n  }\n  oneof o {\n    int32 b = 2;\n  }\n  reserved 1;\n  reserved \"a\";\n}\n",
    );
    let group = |inner: &str| {
        format!(
            "syntax = \"proto2\";\nmessage A {{\n  repeated group G = 1 [deprecated = true] {{\n{inner}  }}\n}}\n"
        )
    };
    let both = group("    optional int32 a = 1;\n    optional int32 b = 2;\n");
    let one = group("    optional int32 a = 1;\n");
    assert_eq!(
        fixed(&both, &one),
        group("    reserved 2;\n    reserved \"b\";\n    optional int32 a = 1;\n")
    );
}

#[test]
fn a_dropped_range_comes_back_but_for_what_is_taken() {
    let head = "syntax = \"proto3\";\nmessage A {\n";
    let fields = "  int32 a = 1;\n  int32 b = 6;\n  int32 x = 21;\n}\n";
    let fixed = fixed(
        &format!(
            "{head}  reserved 4 to 10, 20 to max;\n  reserved \"x\", \"y\";\n  int32 a = 1;\n}}\n"
        ),
        &format!("{head}{fields}"),
    );
    let back = "  reserved 4, 5, 7 to 10, 20, 22 to max;\n  reserved \"y\";\n";
    assert_eq!(fixed, format!("{head}{back}{fields}"));
}

#[test]
fn long_lists_go_on_in_another_statement() {
    let fields = |from: usize| {
        let all =
            (from..30).map(|at| format!("  int32 a_field_with_a_name_{at} = {};\n", 3 * at + 1));
        format!("message A {{\n{}}}\n", all.collect::<String>())
    };
    let fixed = fixed(
        &format!("syntax = \"proto3\";\n{}", fields(0)),
        &format!("syntax = \"proto3\";\n{}", fields(25)),
    );
    assert!(fixed.lines().all(|line| line.len() <= 100), "{fixed}");
    assert!(fixed.matches("reserved \"").count() > 5, "{fixed}");
}

#[test]
fn what_cannot_be_read_is_never_sound() {
    let text: Arc<[u8]> = b"message A { int32 a = 1"[..].into();
    assert!(!is_sound(&text, &text));
    let file = |field: &str| -> Arc<[u8]> {
        format!("syntax = \"proto3\"; message A {{ int32 {field} = 1; }}")
            .into_bytes()
            .into()
    };
    let (one, two) = (file("a"), file("b"));
    assert!(!is_sound(&one, &two));
    assert!(is_sound(&one, &one));
}

/// How a generated file is written.
#[derive(Clone, Debug)]
struct Dress {
    indent: &'static str,
    line_end: &'static str,
    one_line: bool,
    comments: bool,
    blank: bool,
    edition: bool,
    reserved_at_end: bool,
}

impl Dress {
    /// A message with fields by number, of which some are reserved, and one that is nested.
    fn file(&self, fields: &[u32], reserved: &[u32], inner: &[u32]) -> String {
        let (end, indent) = if self.one_line {
            (" ", "")
        } else {
            (self.line_end, self.indent)
        };
        let mut members: Vec<String> = Vec::new();
        let line = |depth: usize, text: &str| format!("{}{text}{end}", indent.repeat(depth));
        for number in fields {
            let note = if self.comments {
                " /* a; { b */ // c }"
            } else {
                ""
            };
            if self.comments {
                members.push(line(1, "// about it"));
            }
            members.push(line(1, &format!("int32 f{number} = {number};{note}")));
            if self.blank && !self.one_line {
                members.push(end.to_owned());
            }
        }
        let mut nested = line(1, "message Inner {");
        for number in inner {
            nested += &line(
                2,
                &format!("string g{number} = {number} [deprecated = true];"),
            );
        }
        members.push(nested + &line(1, "}"));
        let names = reserved.iter().map(|number| {
            if self.edition {
                format!("reserved f{number};")
            } else {
                format!("reserved \"f{number}\";")
            }
        });
        let numbers = reserved.iter().map(|number| format!("reserved {number};"));
        let reservations: String = numbers.chain(names).map(|each| line(1, &each)).collect();
        let body = members.concat();
        let body = if self.reserved_at_end {
            body + &reservations
        } else {
            reservations + &body
        };
        let head = if self.edition {
            "edition = \"2023\";"
        } else {
            "syntax = \"proto3\";"
        };
        format!(
            "{head}{0}package p;{0}message M {{{end}{body}}}{0}",
            self.line_end
        )
    }
}

/// Each of the first numbers, or not.
fn some(random: &mut fastrand::Rng, of_ten: u32) -> Vec<u32> {
    (1..24).filter(|_| random.u32(0..10) < of_ten).collect()
}

/// After the fix nothing that went is found any more, whatever went and however the file is written.
#[test]
fn what_is_fixed_is_not_found_again() {
    let mut random = fastrand::Rng::with_seed(2031);
    let (mut written, mut nothing) = (0, 0);
    for _ in 0..400 {
        let comments = random.bool();
        let dress = Dress {
            indent: ["  ", "\t", "    ", " "][random.usize(0..4)],
            line_end: ["\n", "\r\n"][random.usize(0..2)],
            one_line: !comments && random.bool(),
            comments,
            blank: random.bool(),
            edition: random.bool(),
            reserved_at_end: random.bool(),
        };
        let share = random.u32(0..9);
        let (fields, inner) = (some(&mut random, share), some(&mut random, share));
        let stays = random.u32(1..10);
        let mut half = |all: &[u32]| -> (Vec<u32>, Vec<u32>) {
            all.iter().partition(|_| random.u32(0..10) < stays)
        };
        let (stay, went) = half(&fields);
        let (reserved, _) = half(&went);
        let (inner_stay, _) = half(&inner);
        let before = dress.file(&fields, &[], &inner);
        let after = dress.file(&stay, &reserved, &inner_stay);
        let fixed = fixed(&before, &after);
        if fixed == after {
            nothing += 1;
        } else {
            written += 1;
        }
        let (_, left) = missing(&before, &fixed);
        assert!(left.is_empty(), "{left:?}\n{fixed}");
        // line ends are of one kind
        let alone = fixed.matches('\n').count() - fixed.matches("\r\n").count();
        assert_eq!(alone == 0, dress.line_end == "\r\n", "{fixed:?}");
        // and what came in broke nothing
        let (_, between) = missing(&after, &fixed);
        assert!(between.is_empty(), "{between:?}\n{fixed}");
    }
    assert!(written > 200 && nothing > 10, "{written} {nothing}");
}
