//! The well-known files that an import finds even where nobody keeps a copy.
//!
//! Only the shapes are kept ([`table`]), in a notation of our own; they are written out as a file when one is asked for.

mod table;

use std::fmt::Write as _;
use std::sync::{Arc, OnceLock};

use table::{FILES, Shape};

use crate::link::link_built_in;
use crate::{Edition, Input, Name, ParsedFile, Role, Schema, parse};

/// A built-in file: `google/protobuf/{name}.proto` of package `google.protobuf`.
struct File {
    name: &'static str,
    edition: Edition,
    /// The names of the files that it imports.
    imports: &'static [&'static str],
    shapes: &'static [Shape],
}

/// What declares the life of a feature in a `.proto` file: the one file of ours that others import.
pub const EVOLUTION_PROTO: &str = include_str!("../../proto/protoskew/evolution.proto");

/// The path by which it is imported.
pub const EVOLUTION_PATH: &str = "protoskew/evolution.proto";

/// The built-in file of that import path.
pub(crate) fn file(path: &str) -> Option<Arc<ParsedFile>> {
    static OURS: OnceLock<Arc<ParsedFile>> = OnceLock::new();
    if path == EVOLUTION_PATH {
        let parsed = OURS.get_or_init(|| Arc::new(parse(Arc::from(EVOLUTION_PROTO.as_bytes()))));
        return Some(parsed.clone());
    }
    static PARSED: [OnceLock<Arc<ParsedFile>>; FILES.len()] =
        [const { OnceLock::new() }; FILES.len()];
    let name = path
        .strip_prefix("google/protobuf/")?
        .strip_suffix(".proto")?;
    let index = FILES.iter().position(|f| f.name == name)?;
    let parsed = PARSED[index].get_or_init(|| {
        let text = write(&FILES[index]);
        Arc::new(parse(Arc::from(text.into_bytes())))
    });
    Some(parsed.clone())
}

/// `google/protobuf/descriptor.proto`, linked: the options messages of those who have no copy.
pub(crate) fn descriptor() -> &'static Schema {
    static LINKED: OnceLock<Schema> = OnceLock::new();
    LINKED.get_or_init(|| {
        let path = "google/protobuf/descriptor.proto";
        match file(path) {
            Some(parsed) => link_built_in(Input {
                path: Name::new_static(path),
                role: Role::Judged,
                parsed,
            }),
            None => Schema::default(),
        }
    })
}

fn write(file: &File) -> String {
    let syntax = if file.edition == Edition::Proto3 {
        "proto3"
    } else {
        "proto2"
    };
    let mut out = format!("syntax=\"{syntax}\";package google.protobuf;");
    for import in file.imports {
        out.push_str(&format!("import \"google/protobuf/{import}.proto\";"));
    }
    // the messages that are open at this point, outermost first
    let mut open: Vec<&str> = Vec::new();
    for shape in file.shapes {
        let (keyword, name, body) = match *shape {
            Shape::Message(name, body) => ("message", name, body),
            Shape::Enum(name, body) => ("enum", name, body),
        };
        let parts: Vec<&str> = name.split('.').collect();
        while !parts.starts_with(&open) || open.len() == parts.len() {
            open.pop();
            out.push('}');
        }
        let _ = write!(out, "{keyword} {}{{", parts[open.len()]);
        let is_message = keyword == "message";
        statements(body, is_message, &mut out);
        if is_message {
            open = parts;
        } else {
            out.push('}');
        }
    }
    out.extend(open.iter().map(|_| '}'));
    out
}

fn statements(body: &str, is_message: bool, out: &mut String) {
    let mut oneof = "";
    for statement in body.split("; ").filter(|s| !s.is_empty()) {
        let (member_of, _) = statement.split_once(' ').unwrap_or((statement, ""));
        let member_of = member_of.split_once('@').map_or("", |(_, oneof)| oneof);
        if member_of != oneof {
            if !oneof.is_empty() {
                out.push('}');
            }
            if !member_of.is_empty() {
                let _ = write!(out, "oneof {member_of}{{");
            }
            oneof = member_of;
        }
        if let Some(range) = statement.strip_prefix('+') {
            let _ = write!(out, "extensions {};", range.replace("..", " to "));
        } else if let Some(range) = statement.strip_prefix('-') {
            let _ = write!(out, "reserved {};", range.replace("..", " to "));
        } else if is_message {
            field(statement, out);
        } else {
            let _ = write!(out, "{};", statement.replace(' ', "="));
        }
    }
    if !oneof.is_empty() {
        out.push('}');
    }
}

/// `name[@oneof|~] number [?!*#]type[=default]`
fn field(statement: &str, out: &mut String) {
    let mut words = statement.splitn(3, ' ');
    let (Some(name), Some(number), Some(ty)) = (words.next(), words.next(), words.next()) else {
        return;
    };
    let name = name.split_once('@').map_or(name, |(name, _)| name);
    let (name, deprecated) = name
        .strip_suffix('~')
        .map_or((name, false), |name| (name, true));
    let (ty, default) = ty
        .split_once('=')
        .map_or((ty, None), |(ty, value)| (ty, Some(value)));
    let (label, ty) = match ty.split_at(1) {
        ("?", ty) => ("optional ", ty),
        ("!", ty) => ("required ", ty),
        ("*" | "#", ty) => ("repeated ", ty),
        ("<", _) => ("map", ty),
        _ => ("", ty),
    };
    let _ = write!(out, "{label}{ty} {name}={number}");
    let default = default.map(|value| format!("default={value}"));
    let packed = statement.contains('#').then(|| "packed=true".to_owned());
    let deprecated = deprecated.then(|| "deprecated=true".to_owned());
    let options: Vec<String> = default
        .into_iter()
        .chain(packed)
        .chain(deprecated)
        .collect();
    if !options.is_empty() {
        let _ = write!(out, "[{}]", options.join(","));
    }
    out.push(';');
}

#[cfg(test)]
mod tests {
    use super::{FILES, file};

    /// That the shapes are the right ones is tested against protoc; here only that each can be read.
    #[test]
    fn every_built_in_file_is_well_formed() {
        for built in FILES {
            let path = format!("google/protobuf/{}.proto", built.name);
            let parsed = file(&path).expect(&path);
            assert_eq!(parsed.syntax_errors(), [], "{path}");
            assert!(!parsed.nodes.is_empty(), "{path}");
        }
    }

    #[test]
    fn other_paths_are_not_built_in() {
        for path in [
            "any.proto",
            "google/protobuf/other.proto",
            "google/api/http.proto",
        ] {
            assert!(file(path).is_none(), "{path}");
        }
    }
}
