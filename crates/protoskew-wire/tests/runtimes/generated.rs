//! Random schemas for those readers that load a schema as they run: what one side writes and the other reads is what the decoder says.
//!
//! Here the readers' schemas are as random as the writers', where `property.rs` has the questions' own. protoc makes the descriptors
//! (`PROTOSKEW_PROTOC_PYTHON`); the programs are those that `cargo xtask runtimes` made.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use protoskew_wire::shape::{Cardinality, FieldShape, Kind};
use protoskew_wire::{Runtime, Shapes};

use crate::random::{self, Random};
use crate::{ask, reading, seen};

/// Readers that load descriptors or text, by the name of their program and the runtime that the decoder imitates; each with how it is asked.
const DYNAMIC: [(&str, Runtime, &str); 7] = [
    ("cpp", Runtime::Cpp, "dynamic"),
    ("java", Runtime::Java, "dynamic"),
    ("go", Runtime::Go, "dynamic"),
    ("upb", Runtime::Upb, "dynamic"),
    ("protobuf-es", Runtime::ProtobufEs, "dynamic"),
    ("protobufjs", Runtime::Protobufjs, "dynamic"),
    ("protobufjs-8", Runtime::Protobufjs8, "dynamic"),
];

/// What a schema is made of, so that each is seen to have been tried.
const CONSTRUCTS: [&str; 9] = [
    "list",
    "map",
    "oneof",
    "required",
    "optional",
    "packed",
    "enum",
    "message",
    "extension",
];

/// What is apart by its nature: the list of entries below.
const NEVER_COMPARED: [(&str, &str); 1] = [("map", "cpp")];

const SCALARS: [&str; 15] = [
    "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32",
    "fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes",
];
const KEYS: [&str; 5] = ["int32", "int64", "sint32", "bool", "string"];

/// One reader: the text of its file, the full name of its message, and what it is made of.
struct Reader {
    text: String,
    name: String,
    made_of: Vec<&'static str>,
}

impl Reader {
    fn of(seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0x7ead);
        let proto2 = random.below(2) == 0;
        let mut made_of = Vec::new();
        let mut fields = String::new();
        let mut extensions = String::new();
        let mut oneof = String::new();
        let mut name = "M";
        for number in 1..=3 + random.below(6) as u32 {
            let ty = match random.below(8) {
                0 => "Inner",
                1 => "Numbers",
                _ => SCALARS[random.below(SCALARS.len())],
            };
            made_of.extend(match ty {
                "Inner" => Some("message"),
                "Numbers" => Some("enum"),
                _ => None,
            });
            let packable = !matches!(ty, "Inner" | "string" | "bytes");
            let singular = if proto2 { "optional " } else { "" };
            let (label, options, what) = match random.below(9) {
                0 | 1 if packable && random.below(2) == 0 => {
                    ("repeated ", " [packed = true]", "packed")
                }
                0 | 1 => ("repeated ", "", "list"),
                2 => {
                    let key = KEYS[random.below(KEYS.len())];
                    let _ = writeln!(fields, "  map<{key}, {ty}> f{number} = {number};");
                    made_of.push("map");
                    continue;
                }
                3 | 4 if name != "Required" => {
                    let _ = writeln!(oneof, "    {ty} f{number} = {number};");
                    made_of.push("oneof");
                    name = "OneOf";
                    continue;
                }
                5 if proto2 && name != "OneOf" => {
                    name = "Required";
                    ("required ", "", "required")
                }
                6 if proto2 => {
                    let _ = writeln!(extensions, "  optional {ty} f{number} = {number};");
                    let _ = writeln!(fields, "  extensions {number};");
                    made_of.push("extension");
                    continue;
                }
                7 => ("optional ", "", "optional"),
                _ => (singular, "", "optional"),
            };
            made_of.push(what);
            let _ = writeln!(fields, "  {label}{ty} f{number} = {number}{options};");
        }
        if !oneof.is_empty() {
            let _ = writeln!(fields, "  oneof o {{\n{oneof}  }}");
        }
        let syntax = if proto2 { "proto2" } else { "proto3" };
        let single = if proto2 { "optional " } else { "" };
        let mut text = format!(
            "syntax = \"{syntax}\";\npackage g{seed};\nenum Numbers {{\n  ZERO = 0;\n  ONE = 1;\n  TWO = 2;\n}}\n\
             message Inner {{\n  {single}int32 a = 1;\n  {single}string b = 2;\n  {single}Inner c = 3;\n  repeated int32 d = 4;\n}}\n\
             message {name} {{\n{fields}}}\n"
        );
        if !extensions.is_empty() {
            let _ = writeln!(text, "extend {name} {{\n{extensions}}}");
        }
        Self {
            text,
            name: format!("g{seed}.{name}"),
            made_of,
        }
    }
}

/// The folder with the readers' files and their descriptors; `None` without protoc.
fn compiled(readers: &[Reader]) -> Option<PathBuf> {
    let Some(python) = std::env::var_os("PROTOSKEW_PROTOC_PYTHON") else {
        assert!(
            std::env::var_os("PROTOSKEW_REQUIRE_ORACLES").is_none(),
            "protoc is required"
        );
        return None;
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generated");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder of the tests' own");
    let mut command = Command::new(python);
    command
        .args(["-m", "grpc_tools.protoc", "--include_imports"])
        .arg(format!("-I{}", folder.display()))
        .arg(format!(
            "--descriptor_set_out={}",
            folder.join("set.binpb").display()
        ));
    for (at, reader) in readers.iter().enumerate() {
        let path = folder.join(format!("g{at}.proto"));
        std::fs::write(&path, &reader.text).expect("a file of the tests' own");
        command.arg(path);
    }
    let output = command.output().expect("protoc starts");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(folder)
}

fn number(name: &str, or: u64) -> u64 {
    let given = std::env::var(name).ok();
    given.map_or(or, |text| text.parse().expect("a number"))
}

#[test]
fn readers_of_random_schemas_read_as_the_decoder_says() {
    let Some(programs) = ask::programs() else {
        println!("{}", crate::SKIPPED);
        return;
    };
    let readers: Vec<Reader> = (0..number("PROTOSKEW_SCHEMAS", 300))
        .map(Reader::of)
        .collect();
    let Some(folder) = compiled(&readers) else {
        println!("skipped: PROTOSKEW_PROTOC_PYTHON names no Python with protoc");
        return;
    };
    let files: Vec<(String, String)> = readers
        .iter()
        .enumerate()
        .map(|(at, reader)| (format!("g{at}.proto"), reader.text.clone()))
        .collect();
    let shapes = reading::of(
        files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_bytes().to_vec())),
    );
    let names: Vec<&str> = readers.iter().map(|it| it.name.as_str()).collect();
    let by_name: BTreeMap<&str, &Reader> = names.iter().copied().zip(&readers).collect();
    let count = number("PROTOSKEW_MESSAGES", 3_000);
    let first = number("PROTOSKEW_SEED", 0);
    let sent: Vec<random::Sent> = (first..first + count)
        .map(|seed| random::sent(&shapes, &names, &mut Random::new(seed)))
        .collect();
    let questions: Vec<seen::Question> = sent
        .iter()
        .map(|sent| seen::Question {
            message: sent.reader.clone(),
            bytes: reading::hex(&sent.bytes),
            ..seen::Question::default()
        })
        .collect();
    let mut hits: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (name, runtime, mode) in DYNAMIC {
        let Some(program) = programs.iter().find(|it| it.name == name) else {
            continue;
        };
        let answers = program.ask_in(&folder, mode, &questions);
        for ((question, sent), answer) in questions.iter().zip(&sent).zip(answers) {
            let Some(answer) = answer else { continue };
            let theirs = answer
                .rsplit_once(' ')
                .map_or(answer.as_str(), |(held, _)| held);
            let ours = reading::read(&shapes, runtime, &question.message, &question.bytes);
            let reader = by_name[question.message.as_str()];
            if is_dynamic_apart(&shapes, runtime, reader)
                || sent.is_apart(runtime, theirs, &ours)
                || reads_extensions_late(&shapes, runtime, sent)
            {
                continue;
            }
            let held = match theirs {
                "refused" => "refused",
                "{}" => "nothing is held",
                _ => "something is held",
            };
            for what in reader.made_of.iter().copied().chain([held]) {
                *hits.entry((what, name)).or_default() += 1;
            }
            if random::normal(&ours) != random::normal(theirs) {
                wrong.push(format!(
                    "{} {}\n{}  {name} holds {theirs}\n  the decoder {ours}",
                    question.message, question.bytes, reader.text
                ));
            }
        }
    }
    print_hits(&hits);
    let show = wrong.len().min(10);
    assert!(
        wrong.is_empty(),
        "{}:\n{}",
        wrong.len(),
        wrong[..show].join("\n")
    );
    for (name, ..) in DYNAMIC {
        let asked = programs.iter().any(|it| it.name == name);
        for what in
            CONSTRUCTS
                .into_iter()
                .chain(["refused", "nothing is held", "something is held"])
        {
            let seen = hits.contains_key(&(what, name)) || NEVER_COMPARED.contains(&(what, name));
            assert!(seen || !asked, "{name}: {what} was never seen");
        }
    }
}

/// Where a `DynamicMessage` reads otherwise than generated code: C++ keeps the entries of a map as a list, in which one key may stand twice,
/// and Java holds an entry whose closed enum does not list the number, with the enum's zero.
fn is_dynamic_apart(shapes: &Shapes, runtime: Runtime, reader: &Reader) -> bool {
    let shape = shapes.messages.iter().find(|it| it.name == reader.name);
    let mut fields = shape.into_iter().flat_map(|shape| &shape.fields);
    let of_map = |field: &FieldShape| matches!(field.cardinality, Cardinality::Map(_));
    match runtime {
        Runtime::Cpp => fields.any(of_map),
        Runtime::Java => {
            fields.any(|it| of_map(it) && it.proto2 && matches!(it.kind, Kind::Enum(_)))
        }
        _ => false,
    }
}

/// protobuf-es keeps an extension among the unknown fields, and reads it when it is asked for: of another wire type it is passed over as
/// what it is, whatever is read from it then, and a number that its closed enum does not list is the enum's zero. The decoder does neither.
fn reads_extensions_late(shapes: &Shapes, runtime: Runtime, sent: &random::Sent) -> bool {
    let shape = shapes.messages.iter().find(|it| it.name == sent.reader);
    let late = |field: &FieldShape| {
        let read = shape.and_then(|shape| shape.field(field.number));
        read.is_some_and(|read| {
            let packed = field.packed && field.packable();
            let other = read.wire_type() != field.wire_type() || packed;
            read.extension && (other || matches!(read.kind, Kind::Enum(_)))
        })
    };
    // what it reads on into may be an extension too
    let read_into =
        sent.differs && shape.is_some_and(|shape| shape.fields.iter().any(|field| field.extension));
    runtime == Runtime::ProtobufEs && (read_into || sent.writer.iter().any(late))
}

#[allow(clippy::print_stdout, reason = "a test's report")]
fn print_hits(hits: &BTreeMap<(&str, &str), usize>) {
    for ((what, name), count) in hits {
        println!("{what:20} {name:14} {count:6}");
    }
}
