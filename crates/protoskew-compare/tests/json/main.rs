//! JSON's table of types, asked of two real parsers: what one schema writes is read with another, and both the table and the engine must
//! agree with what they make of it.

mod parsers;
mod rows;

use std::collections::BTreeMap;
use std::sync::Arc;

use protoskew_compare::{Comparer, Indexed, JsonParser, Outcome, Runtime};
use protoskew_schema::{Input, Role, Schema, link, parse};

use parsers::{Seen, ask};
use rows::structs;

/// What the engine says of what `writer` sends to `reader`, by both parsers; `older` says which of them is the older schema.
fn engine([writer, reader]: [&str; 2], older: Older, parsers: &[JsonParser]) -> Vec<Outcome> {
    let [writer, reader] = [writer, reader].map(indexed);
    let (old, new) = match older {
        Older::Writer => (&writer, &reader),
        Older::Reader => (&reader, &writer),
    };
    // what nothing holds but an `Any` is known to be renamed where a team says so
    let declared = [("p.Old", "p.New"), ("p.New", "p.Old")];
    let declared = declared.map(|(old, new)| (old.into(), new.into()));
    let comparison = Comparer::new(declared).with_json(true).compare(old, new);
    let worst = |parser: &JsonParser| {
        let impacts = comparison
            .changes
            .iter()
            .filter_map(|change| change.json.as_deref());
        // both parsers that are asked here do the same
        let outcomes = impacts.flat_map(|impact| {
            let reading = impact.reading(matches!(older, Older::Reader));
            [Runtime::Upb, Runtime::ProtobufEs]
                .map(|runtime| reading.outcomes(*parser).get(runtime))
        });
        outcomes
            .max()
            .unwrap_or(Outcome::Compatible)
            .max(Outcome::Compatible)
    };
    parsers.iter().map(worst).collect()
}

#[derive(Clone, Copy, Debug)]
enum Older {
    Writer,
    Reader,
}

fn indexed(block: &str) -> Indexed {
    let text = rows::file(block);
    let schema: Schema = link(
        vec![Input {
            path: "api.proto".into(),
            role: Role::Judged,
            parsed: Arc::new(parse(text.as_bytes().into())),
        }],
        &[],
    );
    let errors: Vec<&String> = schema
        .diagnostics
        .iter()
        .map(|each| &each.message)
        .collect();
    assert!(errors.is_empty(), "{errors:?} in\n{text}");
    Indexed::new(Arc::new(schema))
}

#[test]
fn the_table_is_what_the_engine_says_whichever_side_is_older() {
    assert!(rows::all().len() >= 60, "only {} rows", rows::all().len());
    let mut wrong = String::new();
    for row in rows::all() {
        for older in [Older::Writer, Older::Reader] {
            let sides = [row.writer, row.reader];
            let said = engine(sides, older, &[JsonParser::Strict, JsonParser::Lenient]);
            if said != row.expected {
                wrong += &format!(
                    "{}: {:?}, not {said:?} (older: {older:?})\n",
                    row.what, row.expected
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn what_is_written_by_the_names_of_structs_follows_those_names() {
    for (what, sides, expected) in structs::ROWS {
        for older in [Older::Writer, Older::Reader] {
            let said = engine(*sides, older, &[JsonParser::Names]);
            assert_eq!(said, [*expected], "{what} (older: {older:?})");
        }
    }
}

#[test]
fn a_type_is_looked_up_in_the_schema_that_it_is_of() {
    let alone = |text: &str| {
        let text = format!("syntax = \"proto3\"; package p; {text}");
        let input = Input {
            path: "api.proto".into(),
            role: Role::Judged,
            parsed: Arc::new(parse(text.as_bytes().into())),
        };
        Indexed::new(Arc::new(link(vec![input], &[])))
    };
    // the third message of the one, where the other has two
    let many =
        alone("message P {} message Q {} message N { string x = 1; } message M { N a = 1; }");
    let few = alone("message N { string x = 1; } message M { string b = 1; }");
    for (old, new) in [(&many, &few), (&few, &many)] {
        let comparison = Comparer::new([]).with_json(true).compare(old, new);
        let renamed = comparison
            .changes
            .iter()
            .find_map(|change| change.json.as_deref());
        let renamed = renamed.expect("a field with another name");
        for newer_writes in [true, false] {
            let outcome = renamed.reading(newer_writes).outcome;
            assert_eq!(outcome.get(JsonParser::Strict), Outcome::Reject);
        }
    }
}

#[test]
fn real_parsers_do_what_the_table_says() {
    let Some(answers) = ask(&rows::all()) else {
        return;
    };
    let mut wrong = String::new();
    let mut hits: BTreeMap<(Outcome, &str), usize> = BTreeMap::new();
    for (row, answers) in rows::all().into_iter().zip(&answers) {
        assert_eq!(
            row.values.len(),
            answers.len(),
            "{}: an answer is missing",
            row.what
        );
        for (index, how) in ["strict", "lenient"].into_iter().enumerate() {
            let seen = answers.iter().flat_map(|answer| &answer.seen);
            let worst = seen.clone().map(|(_, found)| found.get(how)).max();
            let worst = worst.expect("an answer");
            let outcome = row.expected[index];
            *hits.entry((outcome, how)).or_default() += 1;
            if !agrees(outcome, worst) {
                let written: Vec<&str> = answers
                    .iter()
                    .map(|answer| answer.written[0].as_str())
                    .collect();
                let found: Vec<_> = seen.collect();
                wrong += &format!(
                    "{} ({how}): {outcome}, and {written:?} {worst:?}: {found:?}\n",
                    row.what
                );
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    for (outcome, how) in [
        (Outcome::Compatible, "strict"),
        (Outcome::Compatible, "lenient"),
        (Outcome::Blind, "strict"),
        (Outcome::Blind, "lenient"),
        (Outcome::Lossy, "strict"),
        (Outcome::Lossy, "lenient"),
        (Outcome::Reject, "strict"),
        (Outcome::Reject, "lenient"),
        (Outcome::Misread, "strict"),
        (Outcome::Misread, "lenient"),
    ] {
        let asked = hits.get(&(outcome, how)).copied().unwrap_or_default();
        assert!(asked > 0, "no question about {outcome} of a {how} parser");
    }
}

#[test]
fn where_parsers_differ_the_runtime_of_the_reader_decides() {
    let outcome = |sides: [&str; 2], parser, runtime| {
        let [old, new] = sides.map(indexed);
        let comparison = Comparer::new([]).with_json(true).compare(&old, &new);
        let impacts = comparison
            .changes
            .iter()
            .filter_map(|change| change.json.as_deref());
        let outcomes = impacts.map(|impact| impact.old_to_new.outcomes(parser).get(runtime));
        outcomes.max().unwrap_or(Outcome::Same)
    };
    let value_gone = [
        "enum E { E_A = 0; E_B = 1; } message M { E a = 1; }",
        "enum E { E_A = 0; } message M { E a = 1; }",
    ];
    for (runtime, lenient) in [
        (Runtime::Java, Outcome::Blind),
        (Runtime::Go, Outcome::Reject),
        (Runtime::Prost, Outcome::Blind),
    ] {
        let strict = outcome(value_gone, JsonParser::Strict, runtime);
        assert_eq!(strict, Outcome::Reject, "{runtime:?}");
        let read = outcome(value_gone, JsonParser::Lenient, runtime);
        assert_eq!(read, lenient, "{runtime:?}");
    }
    let to_list = [
        "message M { string a = 1; }",
        "message M { repeated string a = 1; }",
    ];
    let to_text = ["message M { int32 a = 1; }", "message M { string a = 1; }"];
    for (sides, runtime, strict) in [
        (to_list, Runtime::Cpp, Outcome::Compatible),
        (to_list, Runtime::Go, Outcome::Reject),
        (to_text, Runtime::Java, Outcome::Compatible),
        (to_text, Runtime::Cpp, Outcome::Reject),
    ] {
        let read = outcome(sides, JsonParser::Strict, runtime);
        assert_eq!(read, strict, "{sides:?} {runtime:?}");
    }
}

/// Whether the worst that was seen is what an outcome promises.
fn agrees(outcome: Outcome, worst: Seen) -> bool {
    match outcome {
        Outcome::Same | Outcome::Compatible | Outcome::Absent | Outcome::Withdrawn => {
            worst == Seen::Arrives
        }
        // a nameless number of an open enum arrives
        Outcome::Blind => matches!(worst, Seen::Arrives | Seen::Vanishes),
        Outcome::Lossy => matches!(worst, Seen::Vanishes | Seen::Rounded),
        Outcome::Reject => worst == Seen::Refused,
        Outcome::Misread => worst == Seen::Another,
    }
}
