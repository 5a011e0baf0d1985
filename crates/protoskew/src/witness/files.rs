//! A witness as files: the message on both sides, its bytes, and the schemas with which protoc shows it without us.

use protoskew_compare::{Indexed, Proof, Runtime, Side};
use protoskew_schema::descriptor::{self, DescriptorSet};

use super::frames::body;
use super::{Shown, Witness};

/// The name of the message's file.
const MESSAGE: &str = "message.bin";
/// The name of what a client sends behind the path.
const BODY: &str = "request.grpc";
/// The name of the writer's schema, a descriptor set.
const WRITER: &str = "writer.desc";
/// The name of the reader's schema, a descriptor set.
const READER: &str = "reader.desc";

/// One file of a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessFile {
    /// Its name in the witness's folder.
    pub name: &'static str,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl Witness {
    /// All its files: bytes, text format, JSON and schemas; of a call what the client sends behind the path.
    pub fn files(&self) -> Vec<WitnessFile> {
        let file = |name, bytes: &[u8]| WitnessFile {
            name,
            bytes: bytes.to_vec(),
        };
        match &self.shown {
            Shown::Bytes { proof, .. } => {
                let mut files = vec![
                    file(MESSAGE, &proof.bytes),
                    file("sent.txtpb", proof.sent.text.as_bytes()),
                    file("sent.json", proof.sent.json.as_bytes()),
                ];
                if proof.read.refused.is_none() {
                    files.push(file("read.txtpb", proof.read.text.as_bytes()));
                    files.push(file("read.json", proof.read.json.as_bytes()));
                }
                if let Some([writer, reader]) = &self.schemas {
                    files.push(file(WRITER, &described(writer, &proof.sent).bytes));
                    files.push(file(READER, &described(reader, &proof.read).bytes));
                }
                files
            }
            Shown::Json { written, .. } => vec![file("sent.json", written.as_bytes())],
            Shown::Call(call) => vec![file(BODY, &body(&call.frames))],
        }
    }

    /// The commands that show both sides of it without us, with its files in a folder; of a call one, for a server at `$SERVER`.
    pub fn commands(&self, folder: &str) -> Vec<String> {
        let path = |name: &str| quoted(&format!("{folder}/{name}"));
        if let Shown::Call(call) = &self.shown {
            return vec![format!(
                "curl -sSi --http2-prior-knowledge -H 'content-type: application/grpc' -H 'te: trailers' --data-binary @{} \"http://$SERVER{}\"",
                path(BODY),
                call.path
            )];
        }
        let (Shown::Bytes { proof, .. }, Some([writer, reader])) = (&self.shown, &self.schemas)
        else {
            return Vec::new();
        };
        let command = |schema: &Indexed, side: &Side, set: &str| {
            let files = described(schema, side).files;
            let files: Vec<String> = files.iter().map(|file| quoted(file)).collect();
            format!(
                "protoc --decode={} --descriptor_set_in={} {} < {}",
                side.message,
                path(set),
                files.join(" "),
                path(MESSAGE)
            )
        };
        vec![
            command(writer, &proof.sent, WRITER),
            command(reader, &proof.read, READER),
        ]
    }
}

/// What protoc, which reads as C++ does, shows otherwise than the reader of the witness does.
pub fn protoc_differs(proof: &Proof) -> bool {
    !proof.alike.contains(&Runtime::Cpp)
}

fn described(schema: &Indexed, side: &Side) -> DescriptorSet {
    descriptor::write(schema.schema(), &[side.id])
}

/// A path as a shell takes it for one word.
fn quoted(path: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+@%=:,".contains(letter);
    if path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_word() {
        assert_eq!(quoted("a/b-c.bin"), "a/b-c.bin");
        assert_eq!(quoted("it's here/b"), "'it'\\''s here/b'");
    }
}
