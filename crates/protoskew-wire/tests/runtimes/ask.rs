//! Puts questions to the programs that `cargo xtask runtimes` made.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::seen::Question;

/// Programs that must be there where oracles are required.
const REQUIRED: [&str; 13] = [
    "buffa",
    "cpp",
    "go",
    "gogo",
    "gogo-tables",
    "java",
    "prost",
    "protobuf-es",
    "protobufjs",
    "protobufjs-8",
    "rust-protobuf-2",
    "rust-protobuf-3",
    "upb",
];

/// Those whose dynamic messages are asked beside generated code.
const ALSO_DYNAMIC: [&str; 5] = ["buffa", "cpp", "go", "java", "rust-protobuf-3"];

/// One implementation's program.
pub(crate) struct Program {
    pub(crate) name: String,
    folder: PathBuf,
}

/// The programs that are here, or `None` where there is not one.
pub(crate) fn programs() -> Option<Vec<Program>> {
    let given = std::env::var_os("PROTOSKEW_RUNTIMES").map(PathBuf::from);
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/oracles/runtimes");
    let folder = given.unwrap_or(own);
    let mut programs = Vec::new();
    for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
        if entry.path().join("command").is_file() {
            programs.push(Program {
                name: entry.file_name().to_string_lossy().into_owned(),
                folder: entry.path(),
            });
        }
    }
    programs.sort_by(|a, b| a.name.cmp(&b.name));
    if std::env::var_os("PROTOSKEW_REQUIRE_ORACLES").is_some() {
        for name in REQUIRED {
            let here = programs.iter().any(|program| program.name == name);
            assert!(here, "{name} is required and not in {}", folder.display());
        }
    }
    (!programs.is_empty()).then_some(programs)
}

impl Program {
    fn file(&self, name: &str) -> String {
        let path = self.folder.join(name);
        let text = std::fs::read_to_string(&path);
        text.unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    pub(crate) fn version(&self) -> String {
        self.file("version").trim().to_owned()
    }

    /// How it can be asked: the name of the reader in `seen.txt`, and the mode of the request.
    pub(crate) fn readers(&self) -> Vec<(String, &'static str)> {
        let mut readers = Vec::new();
        // JavaScript's code is made from descriptors as the program runs
        let generated = if self.name.starts_with("protobuf") {
            "dynamic"
        } else {
            "generated"
        };
        readers.push((self.name.clone(), generated));
        if ALSO_DYNAMIC.contains(&self.name.as_str()) {
            readers.push((format!("{}-dynamic", self.name), "dynamic"));
        }
        readers
    }

    /// The answer to each question in the words of `seen.txt`; `None` where it has no such message.
    pub(crate) fn ask(&self, mode: &str, questions: &[Question]) -> Vec<Option<String>> {
        self.ask_in(&self.questions(), mode, questions)
    }

    /// The same of a folder of other files and their descriptors than the questions'.
    pub(crate) fn ask_in(
        &self,
        folder: &Path,
        mode: &str,
        questions: &[Question],
    ) -> Vec<Option<String>> {
        let requests = questions
            .iter()
            .map(|it| format!("{mode} {} {}", it.message, it.bytes));
        let answers = self.run(folder, &requests.collect::<Vec<_>>());
        let words = |(line, question): (String, &Question)| {
            let mut answer: Value =
                serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
            // another crate of a build may ask serde_json to keep the order in which keys came
            answer.sort_all_objects();
            words(&answer, &question.bytes)
        };
        answers.into_iter().zip(questions).map(words).collect()
    }

    /// Its parsers of JSON: the name of the reader in `seen-json.txt`, and the mode of the request.
    pub(crate) fn parsers(&self) -> [(String, &'static str); 2] {
        let lenient = format!("{}-lenient", self.name);
        [(self.name.clone(), "json"), (lenient, "json-lenient")]
    }

    /// The answer to each question in the words of `seen-json.txt`; `None` where it parses no JSON.
    pub(crate) fn parse(&self, mode: &str, questions: &[Question]) -> Vec<Option<String>> {
        let requests = questions.iter().map(|it| {
            let text = it.bytes.trim_start_matches('-').as_bytes();
            let hex: String = text.iter().map(|byte| format!("{byte:02x}")).collect();
            let hex = if hex.is_empty() { "-" } else { &hex };
            format!("{mode} {} {hex}", it.message)
        });
        let words = |line: String| {
            let mut answer: Value =
                serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line}"));
            answer.sort_all_objects();
            if answer.get("unasked").is_some() {
                return None;
            }
            let held = answer.get("message").map(Value::to_string);
            Some(held.unwrap_or_else(|| "refused".to_owned()))
        };
        let answers = self.run(&self.questions(), &requests.collect::<Vec<_>>());
        answers.into_iter().map(words).collect()
    }

    /// How many messages may nest in each other: the last depth that is not refused.
    pub(crate) fn deepest(&self) -> String {
        let depths: Vec<usize> = (1..=130)
            .chain([999, 1000, 1001, 9_999, 10_000, 10_001, 20_000])
            .collect();
        let requests = depths.iter().map(|&depth| {
            let (_, mode) = self.readers().swap_remove(0);
            format!("{mode} q3.Inner {}", nested(depth))
        });
        let answers = self.run(&self.questions(), &requests.collect::<Vec<_>>());
        let refused = answers
            .iter()
            .position(|line| line.starts_with("{\"refused\""));
        match refused {
            None => "unlimited".to_owned(),
            Some(first) => depths[..first]
                .last()
                .map_or("0".to_owned(), usize::to_string),
        }
    }

    fn questions(&self) -> PathBuf {
        self.folder.with_file_name("questions")
    }

    fn run(&self, folder: &Path, requests: &[String]) -> Vec<String> {
        let command = self.file("command");
        let mut words = command.lines();
        let mut child = Command::new(words.next().expect("a program"))
            .args(words)
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", self.name));
        let mut stdin = child.stdin.take().expect("piped");
        let text = requests.join("\n") + "\n";
        let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
        let output = child.wait_with_output().expect("it ends");
        let complaints = String::from_utf8_lossy(&output.stderr);
        let written = writer.join().expect("no panic");
        assert!(written.is_ok(), "{}: {complaints}", self.name);
        let answers: Vec<String> = String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(str::to_owned)
            .collect();
        assert_eq!(answers.len(), requests.len(), "{}: {complaints}", self.name);
        answers
    }
}

/// `depth` messages in each other, the outermost not counted.
fn nested(depth: usize) -> String {
    let mut bytes: Vec<u8> = Vec::new();
    for _ in 0..depth {
        // written backwards: field 3, length-prefixed
        let mut length = Vec::new();
        let mut rest = bytes.len();
        while rest > 127 {
            length.push((rest & 127) as u8 | 128);
            rest >>= 7;
        }
        length.push(rest as u8);
        bytes.extend(length.into_iter().rev());
        bytes.push(0x1a);
    }
    bytes.reverse();
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An answer in the words of `seen.txt`.
fn words(answer: &Value, asked: &str) -> Option<String> {
    if answer.get("unasked").is_some() {
        return None;
    }
    if answer.get("refused").is_some() {
        return Some("refused".to_owned());
    }
    let again = match answer.get("binary").and_then(Value::as_str) {
        None => "!".to_owned(),
        Some(bytes) => match (records(bytes), records(asked.trim_start_matches('-'))) {
            (Some(mine), Some(theirs)) if mine == theirs => "=".to_owned(),
            (Some(mine), _) if !mine.is_empty() => mine.concat(),
            _ if bytes.is_empty() => "-".to_owned(),
            _ => bytes.to_owned(),
        },
    };
    Some(format!("{} {again}", answer["message"]))
}

/// The top-level fields of a message, sorted: implementations write them in orders of their own.
fn records(hex: &str) -> Option<Vec<String>> {
    let bytes: Vec<u8> = (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok())
        .collect::<Option<_>>()?;
    let mut records = Vec::new();
    let mut rest = bytes.as_slice();
    while !rest.is_empty() {
        let length = record(rest)?;
        let (first, others) = rest.split_at_checked(length)?;
        records.push(first.iter().map(|byte| format!("{byte:02x}")).collect());
        rest = others;
    }
    records.sort();
    Some(records)
}

/// How many bytes the first field takes, its tag included.
fn record(bytes: &[u8]) -> Option<usize> {
    let (tag, mut at) = varint(bytes)?;
    match tag & 7 {
        0 => at += varint(bytes.get(at..)?)?.1,
        1 => at += 8,
        2 => {
            let (length, more) = varint(bytes.get(at..)?)?;
            at = at.checked_add(more)?.checked_add(length.try_into().ok()?)?;
        }
        3 => loop {
            let (inner, more) = varint(bytes.get(at..)?)?;
            if inner & 7 == 4 {
                return Some(at + more);
            }
            at += record(bytes.get(at..)?)?;
        },
        5 => at += 4,
        _ => return None,
    }
    Some(at)
}

fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0;
    for (at, &byte) in bytes.iter().enumerate().take(10) {
        value |= u64::from(byte & 127) << (7 * at);
        if byte < 128 {
            return Some((value, at + 1));
        }
    }
    None
}
