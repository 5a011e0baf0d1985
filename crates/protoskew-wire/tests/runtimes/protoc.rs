//! Our encoder, decoder and printers beside protoc's own: random messages, there and back.
#![allow(clippy::print_stdout)] // a skipped test must say so

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use protoskew_schema::{Input, Role, link, parse};
use protoskew_wire::shape::{Cardinality, FieldShape, Kind, Presence, Scalar};
use protoskew_wire::value::{Content, FloatBits, Key, Message, Value};
use protoskew_wire::{Runtime, Shapes, decode, encode, print};

use crate::random::Random;
use crate::reading::shapes;

/// How many messages go through protoc.
const MESSAGES: usize = 3_000;
/// How deep they are filled.
const DEEPEST: usize = 3;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/runtimes")
}

fn every() -> Shapes {
    let text = std::fs::read(folder().join("protoc.proto")).expect("the messages' file");
    let input = Input {
        path: "protoc.proto".into(),
        role: Role::Judged,
        parsed: Arc::new(parse(text.into())),
    };
    let schema = link(vec![input], &[String::new()]);
    assert!(schema.diagnostics.is_empty(), "{:?}", schema.diagnostics);
    shapes(&schema)
}

pub(crate) fn python() -> Option<PathBuf> {
    let given = std::env::var_os("PROTOSKEW_PROTOC_PYTHON").map(PathBuf::from);
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/oracles/python/bin/python");
    let python = given.or_else(|| own.exists().then_some(own));
    let required = std::env::var_os("PROTOSKEW_REQUIRE_ORACLES").is_some_and(|v| v == "1");
    assert!(
        python.is_some() || !required,
        "no python with grpcio-tools, and oracles are required"
    );
    if python.is_none() {
        println!("skipped: no python with grpcio-tools");
    }
    python
}

/// What the program prints that is given the input.
pub(crate) fn ask(python: &Path, arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut child = Command::new(python)
        .args(arguments)
        .current_dir(folder())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python starts");
    let mut stdin = child.stdin.take().expect("piped");
    let input = input.to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("python ends");
    let _ = writer.join();
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}:\n{complaints}");
    output.stdout
}

fn protoc(python: &Path, mode: &str, input: &[u8]) -> Vec<u8> {
    let mode = format!("--{mode}=every.Batch");
    let mut arguments = vec!["-m", "grpc_tools.protoc", &mode, "-I."];
    if mode.starts_with("--encode") {
        arguments.push("--deterministic_output");
    }
    arguments.push("protoc.proto");
    ask(python, &arguments, input)
}

pub(crate) fn id_of(shapes: &Shapes, name: &str) -> usize {
    let found = shapes.messages.iter().position(|it| it.name == name);
    found.unwrap_or_else(|| panic!("no {name}"))
}

/// A batch of messages as bytes, one after the other.
pub(crate) fn batch(messages: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for message in messages {
        bytes.push(0x0a);
        let mut len = message.len();
        while len >= 0x80 {
            bytes.push(len as u8 | 0x80);
            len >>= 7;
        }
        bytes.push(len as u8);
        bytes.extend(message);
    }
    bytes
}

/// The texts of the messages in protoc's text of a batch.
fn apart(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    let mut one = String::new();
    for line in text.lines() {
        match line {
            "old {" => one.clear(),
            "}" => all.push(std::mem::take(&mut one)),
            line => {
                one.push_str(line.strip_prefix("  ").unwrap_or(line));
                one.push('\n');
            }
        }
    }
    all
}

pub(crate) struct Filler<'a> {
    pub(crate) shapes: &'a Shapes,
    pub(crate) random: Random,
}

impl Filler<'_> {
    pub(crate) fn message(&mut self, id: usize, depth: usize) -> Message {
        let mut message = Message::default();
        let mut taken = Vec::new();
        for field in &self.shapes.messages[id].fields {
            let required = field.presence == Presence::Required;
            let is_message = matches!(field.kind, Kind::Message(_));
            if !required && (self.random.below(4) > 0 || is_message && depth == DEEPEST) {
                continue;
            }
            if let Some(oneof) = field.oneof {
                if taken.contains(&oneof) {
                    continue;
                }
                taken.push(oneof);
            }
            let content = match field.cardinality {
                Cardinality::Singular => Content::One(self.value(field, depth)),
                Cardinality::Repeated => {
                    let count = 1 + self.random.below(3);
                    Content::Many((0..count).map(|_| self.value(field, depth)).collect())
                }
                Cardinality::Map(key) => {
                    let count = 1 + self.random.below(3);
                    let entries = (0..count).map(|_| {
                        let key = match self.scalar(key) {
                            Value::Text(text) => Key::Text(text),
                            Value::Integer(number) => Key::Integer(number),
                            _ => Key::Integer(0),
                        };
                        (key, self.value(field, depth))
                    });
                    Content::Map(entries.collect())
                }
            };
            message.fields.insert(field.number, content);
        }
        message
    }

    fn value(&mut self, field: &FieldShape, depth: usize) -> Value {
        match field.kind {
            Kind::Message(id) => Value::Message(self.message(id, depth + 1)),
            Kind::Enum(id) => {
                let values = &self.shapes.enums[id].values;
                Value::Integer(values[self.random.below(values.len())].0.into())
            }
            Kind::Scalar(scalar) => self.scalar(scalar),
        }
    }

    fn scalar(&mut self, scalar: Scalar) -> Value {
        let long = (self.random.below(usize::MAX) as u64) >> self.random.below(64);
        let sign = |limit: u64, negative: bool| -> i128 {
            let number = i128::from(long % (limit + 1));
            if negative { -number - 1 } else { number }
        };
        let negative = self.random.below(2) == 0;
        match scalar {
            Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => {
                Value::Integer(sign(i32::MAX as u64, negative))
            }
            Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => {
                Value::Integer(sign(i64::MAX as u64, negative))
            }
            Scalar::Uint32 | Scalar::Fixed32 => Value::Integer((long as u32).into()),
            Scalar::Uint64 | Scalar::Fixed64 => Value::Integer(long.into()),
            Scalar::Bool => Value::Integer((long & 1).into()),
            Scalar::Double => {
                let special = [
                    0.0,
                    -0.0,
                    1.0,
                    0.1,
                    1e15,
                    1e16,
                    123_456_789.125,
                    1e-5,
                    5e-324,
                    f64::MAX,
                    f64::INFINITY,
                    f64::NEG_INFINITY,
                    f64::NAN,
                    1.5e300,
                    0.3 + 0.6,
                    1e22,
                    1e21,
                ];
                let number = match self.random.below(3) {
                    0 => special[self.random.below(special.len())],
                    1 => (self.random.below(1_000_000) as f64) / 1000.0,
                    _ => f64::from_bits(self.random.below(usize::MAX) as u64),
                };
                Value::Float(FloatBits::Double(
                    if number.is_nan() { f64::NAN } else { number }.to_bits(),
                ))
            }
            Scalar::Float => {
                let special = [
                    0.0,
                    -0.0,
                    1.0,
                    0.1,
                    1e15,
                    1e6,
                    1e7,
                    123_456.79,
                    1e-5,
                    1e-45,
                    f32::MAX,
                    f32::INFINITY,
                    f32::NEG_INFINITY,
                    f32::NAN,
                    16_777_217.0,
                ];
                let number = match self.random.below(3) {
                    0 => special[self.random.below(special.len())],
                    1 => (self.random.below(1_000_000) as f32) / 1000.0,
                    _ => f32::from_bits(self.random.below(usize::MAX) as u32),
                };
                Value::Float(FloatBits::Single(
                    if number.is_nan() { f32::NAN } else { number }.to_bits(),
                ))
            }
            Scalar::String => {
                let letters = [
                    'a', 'Z', '0', '"', '\'', '\\', '\n', '\t', '\r', '\u{0}', '\u{7f}', '\u{80}',
                    'é', '€', '𝄞', '\u{feff}', '?', '<', '&', '\u{2028}', '\u{1b}',
                ];
                let count = self.random.below(6);
                let text: String = (0..count)
                    .map(|_| letters[self.random.below(letters.len())])
                    .collect();
                Value::Text(text.into_bytes())
            }
            Scalar::Bytes => {
                let count = self.random.below(6);
                Value::Text((0..count).map(|_| self.random.below(256) as u8).collect())
            }
        }
    }

    /// Fields that no schema has, at the end.
    fn unknown(&mut self) -> Vec<u8> {
        let kinds: [&[u8]; 7] = [
            &[0x90, 0x4e, 0x96, 0x01],
            &[0x95, 0x4e, 1, 2, 3, 0x84],
            &[0x91, 0x4e, 1, 2, 3, 4, 5, 6, 7, 0x88],
            &[0x92, 0x4e, 3, b'a', b'"', 0xff],
            &[0x92, 0x4e, 4, 0x08, 0x01, 0x10, 0x02],
            &[0x93, 0x4e, 0x08, 0x05, 0x94, 0x4e],
            &[0x92, 0x4e, 0],
        ];
        let count = 1 + self.random.below(3);
        (0..count)
            .flat_map(|_| kinds[self.random.below(kinds.len())].to_vec())
            .collect()
    }
}

/// Random messages: as meant, and their bytes.
fn messages(shapes: &Shapes, seed: u64) -> Vec<(Message, Vec<u8>)> {
    let id = id_of(shapes, "every.Old");
    let mut filler = Filler {
        shapes,
        random: Random::new(seed),
    };
    let made = (0..MESSAGES).map(|_| {
        let message = filler.message(id, 0);
        let bytes = encode(shapes, id, &message);
        (message, bytes)
    });
    made.collect()
}

#[test]
fn protoc_decodes_to_the_same_text() {
    let Some(python) = python() else { return };
    let shapes = every();
    let id = id_of(&shapes, "every.Old");
    let mut filler = Filler {
        shapes: &shapes,
        random: Random::new(7),
    };
    let mut sent = messages(&shapes, 1);
    for (at, (_, bytes)) in sent.iter_mut().enumerate() {
        if at % 3 == 0 {
            bytes.extend(filler.unknown());
        }
    }
    let all: Vec<Vec<u8>> = sent.iter().map(|(_, bytes)| bytes.clone()).collect();
    let text = protoc(&python, "decode", &batch(&all));
    let texts = apart(&String::from_utf8(text).expect("text format is UTF-8"));
    assert_eq!(texts.len(), sent.len());
    for (at, ((meant, bytes), theirs)) in sent.iter().zip(&texts).enumerate() {
        let held = decode(&shapes, id, Runtime::Cpp, bytes).expect("whole messages");
        let ours = print::text(&shapes, id, &held);
        assert_eq!(&ours, theirs, "message {at}: {}", print::hex(bytes));
        if at % 3 != 0 {
            assert_eq!(
                print::text(&shapes, id, meant),
                ours,
                "message {at} as meant"
            );
        }
    }
}

#[test]
fn protoc_encodes_our_text_to_the_same_bytes() {
    let Some(python) = python() else { return };
    let shapes = every();
    let id = id_of(&shapes, "every.Old");
    let sent = messages(&shapes, 2);
    let mut text = String::new();
    for (meant, _) in &sent {
        text += &format!("old {{\n{}}}\n", print::text(&shapes, id, meant));
    }
    let theirs = protoc(&python, "encode", text.as_bytes());
    let all: Vec<Vec<u8>> = sent.iter().map(|(_, bytes)| bytes.clone()).collect();
    let ours = batch(&all);
    let differs = ours.iter().zip(&theirs).position(|(a, b)| a != b);
    if let Some(at) = differs {
        let around =
            |bytes: &[u8]| print::hex(&bytes[at.saturating_sub(20)..(at + 20).min(bytes.len())]);
        panic!(
            "byte {at}: ours {}, protoc's {}",
            around(&ours),
            around(&theirs)
        );
    }
    assert_eq!(ours.len(), theirs.len());
}

#[test]
fn python_prints_the_same_json() {
    const SCRIPT: &str = "import sys, json, tempfile, os\nfrom grpc_tools import protoc\nfrom google.protobuf import descriptor_pb2, descriptor_pool, message_factory, json_format\nout = tempfile.mktemp()\nassert protoc.main(['', '-I.', '--descriptor_set_out=' + out, 'protoc.proto']) == 0\nfiles = descriptor_pb2.FileDescriptorSet(); files.ParseFromString(open(out, 'rb').read()); os.remove(out)\npool = descriptor_pool.DescriptorPool()\nfor f in files.file: pool.Add(f)\nBatch = message_factory.GetMessageClass(pool.FindMessageTypeByName('every.Batch'))\nmessage_factory.GetMessageClassesForFiles([f.name for f in files.file], pool)\nbatch = Batch(); batch.ParseFromString(sys.stdin.buffer.read())\nfor m in batch.old: print(json.dumps(json_format.MessageToDict(m, descriptor_pool=pool)))\n";
    let Some(python) = python() else { return };
    let shapes = every();
    let id = id_of(&shapes, "every.Old");
    let sent = messages(&shapes, 3);
    let all: Vec<Vec<u8>> = sent.iter().map(|(_, bytes)| bytes.clone()).collect();
    let said = ask(&python, &["-c", SCRIPT], &batch(&all));
    let said = String::from_utf8(said).expect("JSON");
    assert_eq!(said.lines().count(), sent.len());
    for ((meant, bytes), theirs) in sent.iter().zip(said.lines()) {
        let ours: serde_json::Value =
            serde_json::from_str(&print::json(&shapes, id, meant)).expect("our JSON is JSON");
        let theirs: serde_json::Value = serde_json::from_str(theirs).expect("JSON");
        assert_eq!(
            as_floats(ours, false),
            as_floats(theirs, false),
            "{}",
            print::hex(bytes)
        );
    }
}

/// The same with every number as a float, as `0` and `0.0` are one; those of `float` fields as the nearest of theirs, as several
/// short decimals are.
pub(crate) fn as_floats(json: serde_json::Value, single: bool) -> serde_json::Value {
    match json {
        serde_json::Value::Number(number) => {
            let number = number.as_f64().expect("a number");
            serde_json::json!(if single {
                f64::from(number as f32)
            } else {
                number
            })
        }
        serde_json::Value::Array(all) => all.into_iter().map(|it| as_floats(it, single)).collect(),
        serde_json::Value::Object(all) => all
            .into_iter()
            .map(|(key, value)| {
                let single = matches!(key.as_str(), "f" | "floats" | "width" | "float");
                (key, as_floats(value, single))
            })
            .collect(),
        other => other,
    }
}
