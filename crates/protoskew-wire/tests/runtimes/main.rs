//! What protobuf implementations make of the same bytes: seen in each, written down in `seen.txt` and `seen-json.txt`, and held against the table of answers.
//!
//! With the implementations at hand (`cargo xtask runtimes`) they are asked again. Without them the table is still held to what was seen.
//! To ask something new, write its title, message and bytes into `seen.txt`, and run the test with `UPDATE_EXPECT=1`.

mod ask;
mod generated;
mod json_rows;
mod property;
mod protoc;
mod random;
mod reading;
mod rows;
mod seen;
mod well_known;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use protoskew_wire::Runtime;

use crate::seen::Seen;

/// Readers in `seen.txt` that are no [`Runtime`]: other ways into the same libraries.
const OTHERS: [&str; 6] = [
    "buffa-dynamic",
    "cpp-dynamic",
    "go-dynamic",
    "gogo-tables",
    "java-dynamic",
    "rust-protobuf-3-dynamic",
];

/// No registry that can be counted on has it: it was asked by hand.
const BY_HAND: &str = "vtproto";

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/runtimes")
        .join(name)
}

fn read(name: &str) -> Seen {
    let text = std::fs::read_to_string(path(name)).expect(name);
    Seen::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What differs between two times of asking.
#[derive(Default)]
struct Differences {
    lines: Vec<String>,
    /// How many questions each reader answered.
    asked: BTreeMap<String, usize>,
}

impl Differences {
    /// Takes the answers of one reader, and notes where they are others than before.
    fn take(&mut self, seen: &mut Seen, reader: &str, version: &str, answers: Vec<Option<String>>) {
        for (question, now) in seen.questions.iter_mut().zip(answers) {
            let Some(now) = now else { continue };
            *self.asked.entry(reader.to_owned()).or_default() += 1;
            let before = question.answers.insert(reader.to_owned(), now.clone());
            if before.as_ref() != Some(&now) {
                let before = before.as_deref().unwrap_or("nothing");
                let title = &question.title;
                self.lines.push(format!(
                    "{title}: {reader} {version} says {now}; was seen to say {before}"
                ));
            }
        }
    }

    /// Writes them down, where that is asked for, or fails if there are any.
    #[allow(clippy::print_stdout, reason = "a test's report")]
    fn end(self, seen: &Seen, name: &str) {
        println!("answers to {} questions", seen.questions.len());
        for (reader, count) in &self.asked {
            println!("{count:6} {reader}");
        }
        let least = self.asked.values().min();
        assert!(least.is_some_and(|&least| least > 50), "{:?}", self.asked);
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            std::fs::write(path(name), seen.to_string()).expect(name);
            return;
        }
        assert!(self.lines.is_empty(), "{}", self.lines.join("\n"));
    }
}

const SKIPPED: &str =
    "skipped: no protobuf implementation is here; `cargo xtask runtimes` brings them";

#[test]
fn the_runtimes_answer_as_was_seen() {
    let Some(programs) = ask::programs() else {
        println!("{SKIPPED}");
        return;
    };
    let mut seen = read("seen.txt");
    let mut differences = Differences::default();
    for program in &programs {
        let version = program.version();
        for (reader, mode) in program.readers() {
            let answers = program.ask(mode, &seen.questions);
            differences.take(&mut seen, &reader, &version, answers);
        }
        let depth = program.deepest();
        let before = seen.depths.insert(program.name.clone(), depth.clone());
        if before.as_ref() != Some(&depth) {
            let line = format!("{} {version} reads messages {depth} deep", program.name);
            differences.lines.push(line);
        }
        seen.versions.insert(program.name.clone(), version);
    }
    differences.end(&seen, "seen.txt");
}

#[test]
fn the_parsers_of_json_answer_as_was_seen() {
    let Some(programs) = ask::programs() else {
        println!("{SKIPPED}");
        return;
    };
    let mut seen = read("seen-json.txt");
    let mut differences = Differences::default();
    for program in &programs {
        let version = program.version();
        for (reader, mode) in program.parsers() {
            let answers = program.parse(mode, &seen.questions);
            if answers.iter().any(Option::is_some) {
                seen.versions.insert(program.name.clone(), version.clone());
            }
            differences.take(&mut seen, &reader, &version, answers);
        }
    }
    differences.end(&seen, "seen-json.txt");
}

#[test]
fn every_question_was_put_to_every_runtime() {
    let seen = read("seen.txt");
    assert!(seen.questions.len() > 100, "questions were lost");
    let mut titles = std::collections::BTreeSet::new();
    for question in &seen.questions {
        assert!(titles.insert(&question.title), "{} twice", question.title);
        for runtime in Runtime::ALL {
            assert!(
                question.answers.contains_key(runtime.word())
                    || seen::cannot_be_asked(runtime, &question.message),
                "{}: {runtime} was not asked",
                question.title
            );
        }
        for reader in question.answers.keys() {
            let known = OTHERS.contains(&reader.as_str())
                || Runtime::ALL.iter().any(|it| it.word() == reader);
            assert!(known, "{}: who is {reader}?", question.title);
        }
    }
}

#[test]
fn the_table_says_what_was_seen() {
    let seen = read("seen.txt");
    let mut wrong = Vec::new();
    let mut held = 0;
    println!("{:18} {}", "", Runtime::ALL.map(Runtime::word).join(" "));
    for row in rows::ROWS {
        let mut line = format!("{:18}", row.name);
        for runtime in Runtime::ALL {
            let told = (row.told)(runtime);
            let shown = (row.shown)(&seen, runtime);
            let version = &seen.versions[runtime.word()];
            match shown {
                Some(shown) if shown == told.0 => held += 1,
                Some(shown) => wrong.push(format!(
                    "{}: {runtime} {version} was seen to {shown}, the table says {}",
                    row.name, told.0
                )),
                None => {}
            }
            let by_hand = runtime.word() == BY_HAND;
            if !by_hand && told.1 != Some(version.as_str()) {
                wrong.push(format!(
                    "{}: {runtime} was seen in {version}, the table says {:?}",
                    row.name, told.1
                ));
            }
            line.push_str(&format!(" {}", told.0));
        }
        println!("{line}");
    }
    println!(
        "{held} of {} answers",
        rows::ROWS.len() * Runtime::ALL.len()
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(
        held >= rows::ROWS.len() * (Runtime::ALL.len() - 2),
        "{held}"
    );
}

#[test]
fn the_table_of_json_says_what_was_seen() {
    let seen = read("seen-json.txt");
    assert!(seen.questions.len() > 80, "questions were lost");
    let mut wrong = Vec::new();
    let mut held = 0;
    for row in json_rows::ROWS {
        let mut line = format!("{:22}", row.name);
        for runtime in Runtime::ALL {
            let Some(answers) = runtime.json() else {
                continue;
            };
            let (told, told_of) = (row.told)(answers);
            let version = seen.versions[runtime.word()].as_str();
            match (row.shown)(&seen, runtime) {
                Some(shown) if shown == told && told_of == Some(version) => held += 1,
                shown => wrong.push(format!(
                    "{}: {runtime} {version} was seen to {shown:?}, the table says {told} of {told_of:?}",
                    row.name
                )),
            }
            line.push_str(&format!(" {runtime}={told}"));
        }
        println!("{line}");
    }
    println!("{held} answers");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(held >= 2 * json_rows::ROWS.len(), "at least two parsers");
}

/// Where the decoder does not imitate a runtime: why, the questions, and the runtimes.
const NOT_IMITATED: &[(&str, &[&str], &[&str])] = &[
    (
        "a varint of more than 64 bits is what no encoder writes",
        &[
            "a bool reads a varint of more than 64 bits",
            "an int64 reads a varint of more than 64 bits",
        ],
        &[
            "java",
            "go",
            "prost",
            "rust-protobuf-3",
            "buffa",
            "protobufjs-8",
        ],
    ),
    (
        "nor a tag of more than 32",
        &["a tag of more than 32 bits"],
        &[
            "cpp",
            "java",
            "gogo",
            "vtproto",
            "rust-protobuf-2",
            "protobufjs",
        ],
    ),
    (
        "nor a group that another number ends",
        &["an unknown group that another number ends"],
        &[
            "gogo",
            "vtproto",
            "rust-protobuf-2",
            "rust-protobuf-3",
            "protobufjs",
        ],
    ),
    (
        "what looks like such a group to a reader that is out of step",
        &[
            "packed bytes for a single int32",
            "packed bytes for a single int32 in a oneof",
        ],
        &["protobufjs"],
    ),
    (
        "-0 is held, and its reflection counts it as zero",
        &["a float reads -0", "a double reads -0"],
        &["rust-protobuf-2", "rust-protobuf-3", "buffa"],
    ),
    (
        "NaN is NaN, whatever its bits",
        &["a float reads a signalling NaN"],
        &[
            "upb",
            "go",
            "gogo",
            "vtproto",
            "protobuf-es",
            "protobufjs",
            "protobufjs-8",
        ],
    ),
    (
        "it merges into the message that another member had replaced",
        &["a message in a oneof, another member, the message again"],
        &["java"],
    ),
    (
        "no encoder gives an entry two values",
        &["the message of a map entry twice"],
        &[
            "gogo",
            "vtproto",
            "rust-protobuf-2",
            "rust-protobuf-3",
            "protobufjs",
        ],
    ),
    (
        "each message is checked by itself, before it is merged",
        &["a required message twice, complete at the second"],
        &["gogo", "vtproto", "protobufjs", "protobufjs-8"],
    ),
    (
        "groups in groups are out of the question since proto2",
        &["an unknown group in an unknown group"],
        &["rust-protobuf-2"],
    ),
    (
        "it compares the wrong number",
        &["an unknown group in a message without fields"],
        &["protobufjs-8"],
    ),
    (
        "a required field is never absent: its default is there",
        &[
            "a required field is missing",
            "a required field of a nested message is missing",
            "a required field of a message in a list is missing",
            "a required field of a message in a map is missing",
            "a required field of a message that a map entry lacks",
            "a required field of a message in a oneof is missing",
        ],
        &["prost"],
    ),
    (
        "the message that an entry lacks is not checked",
        &["a required field of a message that a map entry lacks"],
        &[
            "gogo",
            "vtproto",
            "rust-protobuf-2",
            "rust-protobuf-3",
            "protobufjs",
            "protobufjs-8",
        ],
    ),
    (
        "`optional` of proto3 is a oneof to it",
        &["an open enum with presence, unknown number"],
        &["rust-protobuf-2"],
    ),
    (
        "the keys are there, and raise where they are read",
        &["a proto2 key of a map that is not UTF-8"],
        &["upb"],
    ),
    (
        "how many U+FFFD stand for one run of bytes",
        &[
            "text with half a surrogate pair",
            "text with an overlong zero",
            "text beyond U+10FFFF",
            "proto2 text with half a surrogate pair",
        ],
        &["java", "protobufjs"],
    ),
    (
        "a null, which is no message",
        &["a map entry without its message"],
        &["gogo", "protobufjs"],
    ),
    (
        "extensions are read out of the unknown fields, when they are asked for",
        &[
            "an extension",
            "an extension of a closed enum, known number",
            "an extension of a closed enum, unknown number",
            "an extension that is a list",
            "an extension that is a message",
            "an extension that is a message, twice",
            "an extension behind a field",
            "an extension with another wire type",
        ],
        &["rust-protobuf-2", "rust-protobuf-3", "buffa", "protobuf-es"],
    ),
    (
        "an extension throws away what was read before it",
        &[
            "an extension that is a list",
            "an extension that is a message, twice",
            "an extension behind a field",
            "an extension with another wire type",
        ],
        &["vtproto"],
    ),
];

#[test]
fn the_decoder_reads_as_was_seen() {
    let seen = read("seen.txt");
    let shapes = reading::questions();
    let mut wrong = Vec::new();
    let mut same = 0;
    let mut excused = vec![0; NOT_IMITATED.len()];
    for question in &seen.questions {
        for runtime in Runtime::ALL {
            let Some(answer) = question.answers.get(runtime.word()) else {
                continue;
            };
            let held = answer
                .rsplit_once(' ')
                .map_or(answer.as_str(), |(held, _)| held);
            let ours = reading::read(&shapes, runtime, &question.message, &question.bytes);
            let excuse = NOT_IMITATED.iter().position(|(_, titles, runtimes)| {
                titles.contains(&question.title.as_str()) && runtimes.contains(&runtime.word())
            });
            match (ours == held, excuse) {
                (true, _) => same += 1,
                (false, Some(excuse)) => excused[excuse] += 1,
                (false, None) => wrong.push(format!(
                    "{}: {runtime} holds {held}, the decoder {ours}",
                    question.title
                )),
            }
        }
    }
    println!(
        "{same} readings are the same, {} are not imitated",
        NOT_IMITATED.len()
    );
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        same + wrong.len(),
        wrong.join("\n")
    );
    assert!(same > 2000, "{same}");
}
