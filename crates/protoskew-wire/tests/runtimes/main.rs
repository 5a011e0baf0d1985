//! What protobuf implementations make of the same bytes: seen in each, written down in `seen.txt`, and held against the table of answers.
//!
//! With the implementations at hand (`cargo xtask runtimes`) they are asked again. Without them the table is still held to what was seen.
//! To ask something new, write its title, message and bytes into `seen.txt`, and run the test with `UPDATE_EXPECT=1`.

mod ask;
mod rows;
mod seen;

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

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/runtimes/seen.txt")
}

fn read() -> Seen {
    let text = std::fs::read_to_string(path()).expect("tests/runtimes/seen.txt");
    Seen::parse(&text).unwrap_or_else(|error| panic!("seen.txt: {error}"))
}

#[test]
fn the_runtimes_answer_as_was_seen() {
    let Some(programs) = ask::programs() else {
        println!("skipped: no protobuf implementation is here; `cargo xtask runtimes` brings them");
        return;
    };
    let mut seen = read();
    let mut wrong = Vec::new();
    let mut asked = 0;
    for program in &programs {
        let version = program.version();
        let recorded = seen.versions.insert(program.name.clone(), version.clone());
        for (reader, mode) in program.readers() {
            let answers = program.ask(mode, &seen.questions);
            for (question, now) in seen.questions.iter_mut().zip(answers) {
                let Some(now) = now else { continue };
                asked += 1;
                let before = question.answers.insert(reader.clone(), now.clone());
                if before.as_ref() != Some(&now) {
                    wrong.push(format!(
                        "{}: {reader} {version} says {now}; {} said {}",
                        question.title,
                        recorded.as_deref().unwrap_or("no release"),
                        before.as_deref().unwrap_or("nothing")
                    ));
                }
            }
        }
        let depth = program.deepest();
        let before = seen.depths.insert(program.name.clone(), depth.clone());
        if before.as_ref() != Some(&depth) {
            wrong.push(format!(
                "{} {version} reads messages {depth} deep",
                program.name
            ));
        }
    }
    println!(
        "{asked} answers of {} programs to {} questions",
        programs.len(),
        seen.questions.len()
    );
    assert!(asked > 0, "nothing was asked");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path(), seen.to_string()).expect("seen.txt can be written");
        return;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_question_was_put_to_every_runtime() {
    let seen = read();
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
    let seen = read();
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
