//! Large elements are compared whole. A comparison that takes quadratic time shows here as a test that the runner calls slow.

use std::fmt::Write as _;

use protoskew_compare::{Comparer, Outcome, Runtime};

use crate::{judged, lines, proto3};

const MANY: usize = 20_000;

/// The number of changes between the two.
#[track_caller]
fn check_large(before: &str, after: &str, expected: usize) {
    let (before, after) = (proto3(before), proto3(after));
    let (old, new) = (
        judged(&[("a.proto", before.as_str())]),
        judged(&[("a.proto", after.as_str())]),
    );
    assert_eq!(lines(&old, &new).len(), expected);
}

fn many(open: &str, each: impl Fn(usize) -> String) -> String {
    let mut text = open.to_owned();
    for index in 1..=MANY {
        write!(text, "{}", each(index)).expect("a string takes all");
    }
    text + "}"
}

#[test]
fn a_message_of_many_fields() {
    let name = |index: usize| {
        if index < 19_000 {
            index
        } else {
            index + 100_000
        }
    };
    check_large(
        &many("message M {", |index| {
            format!("int32 f{index} = {};", name(index))
        }),
        &many("message M {", |index| {
            format!("int64 f{index} = {};", name(index))
        }),
        MANY,
    );
    check_large(
        &many("message M {", |index| {
            format!("int32 f{index} = {};", name(index))
        }),
        &many("message M {", |index| {
            format!("int32 g{index} = {};", 200_000 + index)
        }),
        2 * MANY,
    );
    check_large(
        &many("message M { oneof o {", |index| {
            format!("int32 f{index} = {};", name(index))
        })
        .replace(";}", ";}}"),
        &many("message M { oneof q {", |index| {
            format!("int32 f{index} = {};", name(index))
        })
        .replace(";}", ";}}"),
        1,
    );
}

#[test]
fn each_of_many_breaks_has_its_witness() {
    let fields = |ty: &str| {
        many("message M {", |index| {
            format!("{ty} f{index} = {};", index + 20_000)
        })
    };
    let (before, after) = (proto3(&fields("int32")), proto3(&fields("sint32")));
    let (old, new) = (
        judged(&[("a.proto", before.as_str())]),
        judged(&[("a.proto", after.as_str())]),
    );
    let comparison = Comparer::default().compare(&old, &new);
    let shown = comparison.changes.iter().map(|change| {
        let proof = comparison.witness([&old, &new], change, true, Runtime::Cpp);
        let proof = proof.expect("a number that is misread");
        assert_eq!(proof.outcome, Outcome::Misread);
        proof.bytes.len()
    });
    assert_eq!(shown.sum::<usize>(), 4 * MANY);
}

#[test]
fn an_enum_of_many_values() {
    check_large(
        &many("enum E { ZERO = 0;", |index| format!("A{index} = {index};")),
        &many("enum E { ZERO = 0;", |index| format!("B{index} = {index};")),
        MANY,
    );
}

#[test]
fn many_reservations() {
    check_large(
        &many("message M {", |index| {
            format!("reserved {}; reserved \"f{index}\";", index * 2)
        }),
        &many("message M {", |index| {
            format!("reserved {}; reserved \"f{index}\";", index * 2 + 100_000)
        }),
        MANY,
    );
}

#[test]
fn a_package_of_many_messages() {
    let with = |package: &str| {
        let messages = many("", |index| format!("message M{index} {{}}\n"));
        format!(
            "syntax = \"proto3\"; package {package}; {}",
            messages.trim_end_matches('}')
        ) + "}"
    };
    let (before, after) = (with("old"), with("new"));
    let (old, new) = (
        judged(&[("a.proto", before.as_str())]),
        judged(&[("a.proto", after.as_str())]),
    );
    assert_eq!(lines(&old, &new).len(), 1);
}

#[test]
fn a_service_of_many_methods() {
    let with = |response: &str| {
        let methods = many("service S {", |index| {
            format!("rpc M{index}(A) returns ({response});\n")
        });
        format!("message A {{}} message B {{ string b = 1; }} {methods}")
    };
    check_large(&with("A"), &with("B"), MANY);
}

#[test]
fn services_of_other_names() {
    let with = |name: &str| {
        let services = many("message A {}", |index| {
            format!("service {name}{index} {{ rpc M{index}(A) returns (A); }}\n")
        });
        services.trim_end_matches('}').to_owned() + "}"
    };
    check_large(&with("S"), &with("T"), MANY);
}

#[test]
fn a_message_of_many_oneofs() {
    let with = |name: &str| {
        many("message M {", |index| {
            format!(
                "oneof {name}{index} {{ int32 f{index} = {}; }}",
                index + 20_000
            )
        })
    };
    check_large(&with("o"), &with("p"), MANY);
}

#[test]
fn a_message_of_many_extensions() {
    let with = |ty: &str, names: &str| {
        let extensions = many("extend M {", |index| {
            format!("optional {ty} {names}{index} = {};", index + 20_000)
        });
        format!("syntax = \"proto2\"; message M {{ extensions 1 to max; }} {extensions}")
    };
    let before = with("int32", "e");
    let old = judged(&[("a.proto", before.as_str())]);
    for (after, expected) in [(with("int64", "e"), MANY), (with("int32", "f"), MANY)] {
        let new = judged(&[("a.proto", after.as_str())]);
        assert_eq!(lines(&old, &new).len(), expected);
    }
}
