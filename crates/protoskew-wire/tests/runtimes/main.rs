//! What protobuf implementations make of the same bytes: seen in each, written down in `seen.txt` and `seen-json.txt`, and held against the table of answers.
//!
//! With the implementations at hand (`cargo xtask runtimes`) they are asked again. Without them the table is still held to what was seen.
//! To ask something new, write its title, message and bytes into `seen.txt`, and run the test with `UPDATE_EXPECT=1`.

mod ask;
mod json_rows;
mod rows;
mod seen;

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
