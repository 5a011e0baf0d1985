//! A witness on one line: `08 96 01 from runtime 1.3 → agent 1.2 reads size = 150 instead of name`.

use protoskew_compare::{Outcome, Proof, Seen, hex};

use super::{Shown, Witness};

/// Longer messages are shown by their first bytes.
const MOST_BYTES: usize = 24;
const FIRST_BYTES: usize = 16;
/// Longer values are cut, in characters.
const MOST_VALUE: usize = 48;

impl Witness {
    /// What shows it, on one line.
    pub fn short(&self) -> String {
        let Self { writer, reader, .. } = self;
        match &self.shown {
            Shown::Bytes {
                proof,
                runtime,
                rewritten,
            } => {
                let with = runtime.map_or_else(String::new, |runtime| format!(" ({runtime})"));
                let made = if *rewritten {
                    rewriting(proof)
                } else {
                    reading(proof)
                };
                format!(
                    "{} from {writer} → {reader}{with} {made}",
                    bytes(&proof.bytes)
                )
            }
            Shown::Json { written, read } => format!("{written} → {read}"),
            Shown::Call(call) => {
                let sent = match call.sent {
                    "" => String::new(),
                    sent => format!(", {sent}"),
                };
                format!(
                    "{}{sent} from {writer} → {reader} {}",
                    call.path, call.comes
                )
            }
        }
    }
}

fn bytes(bytes: &[u8]) -> String {
    match bytes.len() {
        0 => "an empty message".to_owned(),
        len if len > MOST_BYTES => {
            format!("{} … ({len} bytes)", hex(&bytes[..FIRST_BYTES]))
        }
        _ => hex(bytes),
    }
}

/// What the reader makes of it: `reads size = 150 instead of name`.
fn reading(proof: &Proof) -> String {
    if let Some(why) = &proof.read.refused {
        let refuses = if proof.sent.message == "google.protobuf.Any" {
            "cannot unpack"
        } else {
            "refuses"
        };
        return format!("{refuses} it: {why}");
    }
    match (&proof.sent.seen, &proof.read.seen) {
        (Some(sent), None) => format!("ignores {}", assigned(sent)),
        (Some(sent), Some(read)) => match (sent.set, read.set) {
            (true, true) if sent.field == read.field => {
                format!("reads {} instead of {}", assigned(read), value(sent))
            }
            (true, true) if sent.value == read.value => {
                format!("reads {} instead of {}", assigned(read), sent.field)
            }
            (true, true) => format!("reads {} instead of {}", assigned(read), assigned(sent)),
            (true, false) if read.value.is_empty() || sent.field != read.field => {
                format!("loses {}", assigned(sent))
            }
            (true, false) => format!("loses {} and reads {}", assigned(sent), value(read)),
            (false, true) => format!("reads {} where it was not sent", assigned(read)),
            (false, false) => format!(
                "reads {} where nothing is sent, which meant {}",
                assigned(read),
                value(sent)
            ),
        },
        (None, Some(read)) if proof.outcome == Outcome::Withdrawn => {
            format!("reads {}: it is no longer sent", assigned(read))
        }
        (None, Some(read)) => format!("reads {} where it was not sent", assigned(read)),
        (None, None) => "reads another message".to_owned(),
    }
}

/// What is lost where the reader writes the message back: `writes it back without label = "a"`.
fn rewriting(proof: &Proof) -> String {
    match &proof.sent.seen {
        Some(sent) => format!("writes it back without {}", assigned(sent)),
        None => "writes it back without what it does not know".to_owned(),
    }
}

fn assigned(seen: &Seen) -> String {
    format!("{} = {}", seen.field, value(seen))
}

fn value(seen: &Seen) -> String {
    if seen.value.is_empty() {
        return "nothing".to_owned();
    }
    let cut = seen.value.char_indices().nth(MOST_VALUE);
    cut.map_or_else(
        || seen.value.clone(),
        |(at, _)| format!("{}…", &seen.value[..at]),
    )
}
