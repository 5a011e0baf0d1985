//! Messages as people read them: protoc's text format, ProtoJSON, and the bytes themselves.

mod json;
mod text;
mod well_known;

use std::fmt::Write;

pub use json::json;
pub use text::{Seen, at_path, text, text_line};

/// Bytes in hexadecimal, a space between two.
pub fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() * 3);
    for (at, byte) in bytes.iter().enumerate() {
        if at > 0 {
            out.push(' ');
        }
        let _ = write!(out, "{byte:02x}");
    }
    out
}
