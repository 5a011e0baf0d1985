//! `runtimes RUNTIME FOLDER`: answers each request on standard input with one line, as README.md says.

mod answer;
mod buffa;
mod prost;
mod rust_protobuf_2;
mod rust_protobuf_3;

#[allow(warnings, clippy::all)]
mod glue {
    include!(concat!(env!("OUT_DIR"), "/glue.rs"));
}

use std::io::{BufRead as _, Write as _};

use crate::answer::{Answer, unhex};

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, runtime, folder] = arguments.as_slice() else {
        eprintln!("usage: runtimes RUNTIME FOLDER");
        std::process::exit(2);
    };
    let set = std::fs::read(std::path::Path::new(folder).join("set.binpb")).expect("the descriptor set can be read");
    // unoptimised readers need more than a thread's usual stack for the depths that are asked
    let worker = std::thread::Builder::new().stack_size(256 << 20);
    let runtime = runtime.clone();
    let worker = worker.spawn(move || answer_all(&runtime, &set)).expect("a thread");
    worker.join().expect("the reader's own panics are answers");
}

fn answer_all(runtime: &str, set: &[u8]) {
    let dynamic_3 = (runtime == "rust-protobuf-3").then(|| rust_protobuf_3::Dynamic::new(set).expect("a descriptor set"));
    let dynamic_buffa = (runtime == "buffa").then(|| buffa::Dynamic::new(set).expect("a descriptor set"));
    std::panic::set_hook(Box::new(|_| {}));
    let mut out = std::io::BufWriter::new(std::io::stdout());
    for line in std::io::stdin().lock().lines() {
        let line = line.expect("requests are text");
        let words: Vec<&str> = line.split(' ').collect();
        let [mode, name, bytes] = words.as_slice() else {
            panic!("a request is MODE MESSAGE BYTES, not {line:?}");
        };
        let bytes = unhex(bytes.trim_start_matches('-')).expect("bytes in hexadecimal digits");
        let text = || String::from_utf8_lossy(&bytes).into_owned();
        let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| match (runtime, *mode) {
            ("prost", "generated") => glue::prost_generated::by_name(name, &bytes),
            ("rust-protobuf-2", "generated") => glue::rust_protobuf_2_generated::by_name(name, &bytes),
            ("rust-protobuf-3", "generated") => glue::rust_protobuf_3_generated::by_name(name, &bytes),
            ("buffa", "generated") => glue::buffa_generated::by_name(name, &bytes),
            (_, "dynamic") => match (&dynamic_3, &dynamic_buffa) {
                (Some(dynamic), _) => dynamic.read(name, &bytes),
                (_, Some(dynamic)) => dynamic.read(name, &bytes),
                _ => None,
            },
            (_, "json" | "json-lenient") => match (&dynamic_3, &dynamic_buffa) {
                (Some(dynamic), _) => dynamic.json(name, &text(), *mode == "json-lenient"),
                (_, Some(dynamic)) => dynamic.json(name, &text(), *mode == "json-lenient"),
                _ => None,
            },
            _ => None,
        }));
        let line = match answer {
            Ok(Some(answer)) => answer.line(),
            Ok(None) => r#"{"unasked":"this runtime has no such reader"}"#.to_owned(),
            Err(words) => Answer::Refused(format!("panicked: {}", answer::panic_words(&*words))).line(),
        };
        writeln!(out, "{line}").expect("answers can be printed");
    }
    out.flush().expect("answers can be printed");
}
