//! What must hold for any bytes: one function for each target.
//!
//! Several files in one input are parted by [`FILE`], the older and the newer side of a comparison by [`SIDE`]; the first
//! line of each is its path. Single bytes, so that mutations find them.

mod schema;
mod syntax;
mod wire;

use std::sync::Arc;

use protoskew_compare::{Comparer, Indexed};
use protoskew_schema::imports::ImportIndex;
use protoskew_schema::{Input, Role, Schema, link, parse};

/// Parts files.
pub const FILE: u8 = 0x1e;
/// Parts the sides of a comparison.
pub const SIDE: u8 = 0x1d;

pub use syntax::{lexer, parser};
pub use wire::wire;

/// Several files link into a schema whose ids, spans and references hold, whatever is in them; twice the same.
pub fn resolver(bytes: &[u8]) {
    let inputs = files(bytes);
    let roots = ["root".to_owned()];
    let schema = link(inputs.clone(), &roots);
    schema::check(&schema, inputs.len());
    let again = link(inputs, &roots);
    assert_eq!(schema.diagnostics, again.diagnostics);
    assert_eq!(
        format!("{:?}", schema.messages),
        format!("{:?}", again.messages)
    );
}

/// Any bytes are a descriptor set that links into a sound schema, or an error.
pub fn descriptor(bytes: &[u8]) {
    let _ = protoskew_schema::descriptor::read_file(bytes);
    let Ok(files) = protoskew_schema::descriptor::read(bytes) else {
        return;
    };
    assert!(!files.is_empty(), "an empty set is an error");
    let inputs: Vec<Input> = files
        .into_iter()
        .map(|file| Input {
            path: file.path,
            role: Role::Judged,
            parsed: file.parsed,
        })
        .collect();
    let roots = [String::new()];
    let schema = link(inputs.clone(), &roots);
    schema::check(&schema, inputs.len());
    let again = link(inputs, &roots);
    assert_eq!(schema.diagnostics, again.diagnostics);
}

/// Two schemas compare without a panic, and a schema has nothing to say about itself.
pub fn compare(bytes: &[u8]) {
    let (old, new) = halves(bytes, SIDE);
    let old = linked(files(old));
    let new = linked(files(new));
    let comparer = Comparer::new([]).with_json(true);
    let changes = comparer.compare(&old, &new);
    for change in &changes.changes {
        for (place, side) in [(change.old, &old), (change.new, &new)] {
            let Some(place) = place else { continue };
            let text = &side.schema().file(place.file).text;
            assert!(place.span.start <= place.span.end && place.span.end as usize <= text.len());
        }
    }
    let silent = comparer.compare(&old, &linked(files(halves(bytes, SIDE).0)));
    assert!(silent.changes.is_empty(), "{:?}", silent.changes);
    // beside a file that nothing knows, so that the two are not seen to be the same at a glance
    let mut beside = files(halves(bytes, SIDE).0);
    beside.push(file(
        b"beside/beside.proto\nsyntax = \"proto3\"; package beside; message Beside {}",
    ));
    let beside = comparer.compare(&old, &linked(beside));
    for change in &beside.changes {
        assert!(change.element.starts_with("beside"), "{change:?}");
    }
}

/// Whatever the paths, an import means one of them or nothing; the first line is the importing file, the second the import.
pub fn imports(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.split('\n');
    let (from, import) = (
        lines.next().unwrap_or_default(),
        lines.next().unwrap_or_default(),
    );
    let (roots, paths): (Vec<&str>, Vec<&str>) = lines.partition(|line| line.starts_with('='));
    let paths: Vec<String> = paths.into_iter().map(str::to_owned).collect();
    let roots = roots.iter().map(|root| root[1..].to_owned()).collect();
    let count = paths.len();
    let index = ImportIndex::new(paths, roots);
    let found = index.resolve(from, import);
    assert!(found.is_none_or(|file| file < count));
    assert_eq!(found, index.resolve(from, import));
}

fn halves(bytes: &[u8], at: u8) -> (&[u8], &[u8]) {
    match bytes.iter().position(|&byte| byte == at) {
        Some(at) => (&bytes[..at], &bytes[at + 1..]),
        None => (bytes, b""),
    }
}

fn files(bytes: &[u8]) -> Vec<Input> {
    bytes.split(|&byte| byte == FILE).map(file).collect()
}

/// A file whose path is its first line; one whose path starts with `!` is not judged.
fn file(bytes: &[u8]) -> Input {
    let (path, text) = halves(bytes, b'\n');
    let path = String::from_utf8_lossy(path);
    let (path, role) = match path.strip_prefix('!') {
        Some(path) => (path, Role::ResolvedOnly("vendored".into())),
        None => (path.as_ref(), Role::Judged),
    };
    Input {
        path: path.into(),
        role,
        parsed: Arc::new(parse(text.into())),
    }
}

fn linked(files: Vec<Input>) -> Indexed {
    let schema: Schema = link(files, &[]);
    Indexed::new(Arc::new(schema))
}
