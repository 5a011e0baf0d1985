//! Well-known types as JSON, beside Python's: random messages, one field of each at a time, and what is in an `Any`.

use std::path::Path;

use protoskew_wire::shape::Kind;
use protoskew_wire::value::{Content, Message, Value};
use protoskew_wire::{Runtime, Shapes, decode, encode, print};

use crate::protoc::{Filler, ask, batch, id_of, python};
use crate::random::Random;
use crate::reading;

/// How many messages are made of each field.
const EACH: usize = 150;

/// Prints a message as JSON a line, or `refused` where it has none.
const SCRIPT: &str = r#"
import sys, json, tempfile, os
from grpc_tools import protoc
import grpc_tools
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory, json_format
out = tempfile.mktemp()
include = os.path.join(os.path.dirname(grpc_tools.__file__), '_proto')
assert protoc.main(['', '-I.', '-I' + include, '--include_imports', '--descriptor_set_out=' + out, 'known.proto']) == 0
files = descriptor_pb2.FileDescriptorSet(); files.ParseFromString(open(out, 'rb').read()); os.remove(out)
pool = descriptor_pool.Default()
for f in files.file:
    try: pool.FindFileByName(f.name)
    except KeyError: pool.Add(f)
from google.protobuf import any_pb2, duration_pb2, empty_pb2, field_mask_pb2, struct_pb2, timestamp_pb2, wrappers_pb2
Batch = message_factory.GetMessageClass(pool.FindMessageTypeByName('known.Batch'))
batch = Batch(); batch.ParseFromString(sys.stdin.buffer.read())
for m in batch.known:
    try: print(json.dumps(json_format.MessageToDict(m, descriptor_pool=pool)))
    except Exception: print('refused')
"#;

fn known() -> Shapes {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/runtimes/known.proto");
    let text = std::fs::read(path).expect("the messages' file");
    reading::of([("known.proto", text)].into_iter())
}

fn messages(shapes: &Shapes) -> Vec<Message> {
    let id = id_of(shapes, "known.Known");
    let mut filler = Filler {
        shapes,
        random: Random::new(11),
    };
    let fields = &shapes.messages[id].fields;
    let mut all = Vec::new();
    for field in fields.iter().filter(|field| field.name != "any") {
        let mut made = 0;
        while made < EACH {
            let message = filler.message(id, 0);
            let Some(content) = message.fields.get(&field.number) else {
                continue;
            };
            made += 1;
            all.push(Message::default().with(field.number, content.clone()));
        }
    }
    let any = fields.iter().find(|field| field.name == "any");
    let any = any.expect("a field of that name");
    let inside: Vec<Message> = all.iter().step_by(7).cloned().collect();
    for message in inside {
        // what it holds, and the whole of it
        for (number, content) in &message.fields {
            let (Content::One(Value::Message(part)), Some(field)) =
                (content, shapes.messages[id].field(*number))
            else {
                continue;
            };
            let Kind::Message(part_id) = field.kind else {
                continue;
            };
            for (id, message) in [(part_id, part), (id, &message)] {
                let url = format!("type.googleapis.com/{}", shapes.messages[id].name);
                let held = Message::default()
                    .with(1, Content::One(Value::Text(url.into_bytes())))
                    .with(2, Content::One(Value::Text(encode(shapes, id, message))));
                let held = Content::One(Value::Message(held));
                all.push(Message::default().with(any.number, held));
            }
        }
    }
    all
}

#[test]
fn python_prints_the_same_json() {
    let Some(python) = python() else { return };
    let shapes = known();
    let id = id_of(&shapes, "known.Known");
    let sent = messages(&shapes);
    let bytes: Vec<Vec<u8>> = sent.iter().map(|it| encode(&shapes, id, it)).collect();
    let said = ask(&python, &["-c", SCRIPT], &batch(&bytes));
    let said = String::from_utf8(said).expect("JSON");
    assert_eq!(said.lines().count(), sent.len());
    let mut same = std::collections::BTreeMap::new();
    for ((meant, bytes), theirs) in sent.iter().zip(&bytes).zip(said.lines()) {
        // a zero is not sent, and not printed
        let held = decode(&shapes, id, Runtime::Cpp, bytes).expect("whole messages");
        let text = print::json(&shapes, id, &held);
        let ours: serde_json::Value = serde_json::from_str(&text).expect("our JSON is JSON");
        if theirs == "refused" {
            continue;
        }
        let theirs: serde_json::Value = serde_json::from_str(theirs).expect("JSON");
        assert_eq!(
            crate::protoc::as_floats(ours, false),
            crate::protoc::as_floats(theirs, false),
            "{}",
            print::hex(bytes)
        );
        let field = meant.fields.keys().next().copied().unwrap_or(0);
        *same.entry(field).or_insert(0) += 1;
    }
    // each of them was compared, and not once
    for field in &shapes.messages[id].fields {
        let count = same.get(&field.number).copied().unwrap_or(0);
        assert!(count >= 10, "{}: {count} of {same:?}", field.name);
    }
}
