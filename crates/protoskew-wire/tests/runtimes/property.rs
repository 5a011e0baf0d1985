//! Random messages of other schemas, put to every implementation and to the decoder that imitates it.

use std::collections::BTreeMap;

use protoskew_wire::Runtime;

use crate::{ask, random, reading, seen};

/// The messages that random writers write to.
const READERS: [&str; 17] = [
    "q3.Singular",
    "q3.Repeated",
    "q3.Expanded",
    "q3.MapValue",
    "q3.MapKey",
    "q3.OneOf",
    "q3.Inner",
    "q3.Empty",
    "q2.Singular",
    "q2.Repeated",
    "q2.Packed",
    "q2.MapValue",
    "q2.OneOf",
    "q2.OpenFromThree",
    "q2.Required",
    "q2.RequiredEnum",
    "qe.Explicit",
];

/// Whatever a writer of another schema sends, each implementation makes of it what the decoder says.
#[test]
fn random_messages_are_read_as_the_decoder_says() {
    let Some(programs) = ask::programs() else {
        println!("{}", crate::SKIPPED);
        return;
    };
    let number = |name: &str, or: u64| {
        let given = std::env::var(name).ok();
        given.map_or(or, |text| text.parse().expect("a number"))
    };
    let (count, seed) = (
        number("PROTOSKEW_MESSAGES", 3_000),
        number("PROTOSKEW_SEED", 0),
    );
    let shapes = reading::questions();
    let sent: Vec<random::Sent> = (seed..seed + count)
        .map(|seed| random::sent(&shapes, &READERS, &mut random::Random::new(seed)))
        .collect();
    let questions: Vec<seen::Question> = sent
        .iter()
        .enumerate()
        .map(|(at, sent)| seen::Question {
            title: format!("seed {}", seed + at as u64),
            message: sent.reader.clone(),
            bytes: reading::hex(&sent.bytes),
            ..seen::Question::default()
        })
        .collect();
    let mut hits: BTreeMap<(&str, Runtime, &str), usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for runtime in Runtime::ALL {
        let Some(program) = programs.iter().find(|it| it.name == runtime.word()) else {
            continue;
        };
        let (_, mode) = program.readers().swap_remove(0);
        let answers = program.ask(mode, &questions);
        for ((question, sent), answer) in questions.iter().zip(&sent).zip(answers) {
            let Some(answer) = answer else { continue };
            let theirs = answer
                .rsplit_once(' ')
                .map_or(answer.as_str(), |(held, _)| held);
            let ours = reading::read(&shapes, runtime, &question.message, &question.bytes);
            if sent.is_apart(runtime, theirs, &ours) {
                continue;
            }
            let outcome = match theirs {
                "refused" => "refused",
                "{}" => "nothing is held",
                _ => "something is held",
            };
            *hits.entry((outcome, runtime, &sent.reader)).or_default() += 1;
            if random::normal(&ours) != random::normal(theirs) {
                wrong.push(format!(
                    "{}: {} {}\n  {runtime} holds {theirs}\n  the decoder {ours}",
                    question.title, question.message, question.bytes
                ));
            }
        }
    }
    print_hits(&hits);
    assert!(!hits.is_empty(), "nothing was compared");
    let show = wrong.len().min(40);
    let all: usize = hits.values().sum();
    assert!(
        wrong.is_empty(),
        "{} of {all}:\n{}",
        wrong.len(),
        wrong[..show].join("\n")
    );
    for runtime in Runtime::ALL {
        for outcome in ["refused", "nothing is held", "something is held"] {
            let asked = programs.iter().any(|it| it.name == runtime.word());
            let seen = hits.keys().any(|(o, r, _)| *o == outcome && *r == runtime);
            assert!(seen || !asked, "{runtime}: {outcome} was never seen");
        }
    }
}

#[allow(clippy::print_stdout, reason = "a test's report")]
fn print_hits(hits: &BTreeMap<(&str, Runtime, &str), usize>) {
    for outcome in ["refused", "nothing is held", "something is held"] {
        println!("{outcome}: {}", Runtime::ALL.map(Runtime::word).join(" "));
        for reader in READERS {
            let counts = Runtime::ALL.map(|it| hits.get(&(outcome, it, reader)).copied());
            let counts = counts.map(|count| count.unwrap_or(0).to_string());
            println!("  {reader:18} {}", counts.join(" "));
        }
    }
}
