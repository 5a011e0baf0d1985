//! Descriptor sets of any kind: well made, made by hand, damaged, and what is none.

use protoskew_schema::descriptor::{self, DescriptorError};
use protoskew_schema::{
    Cardinality, FieldType, Input, Places, Presence, Role, Scalar, Schema, Severity, Span, link,
};

// ---- a little encoder: descriptors that no compiler would write must be readable too

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

fn number(field: u64, value: u64) -> Vec<u8> {
    [varint(field << 3), varint(value)].concat()
}

fn bytes(field: u64, value: impl AsRef<[u8]>) -> Vec<u8> {
    let value = value.as_ref();
    [
        varint(field << 3 | 2),
        varint(value.len() as u64),
        value.to_vec(),
    ]
    .concat()
}

/// A set of one proto3 file `a.proto` of package `p`, with further fields.
fn set(fields: &[Vec<u8>]) -> Vec<u8> {
    bytes(1, file("a.proto", fields))
}

fn file(path: &str, fields: &[Vec<u8>]) -> Vec<u8> {
    let head = [bytes(1, path), bytes(2, "p"), bytes(12, "proto3")].concat();
    [head, fields.concat()].concat()
}

fn message(name: &str, fields: &[Vec<u8>]) -> Vec<u8> {
    [bytes(1, name), fields.concat()].concat()
}

/// A singular field of that type.
fn field(name: &str, nr: u64, ty: u64, more: &[Vec<u8>]) -> Vec<u8> {
    let head = [bytes(1, name), number(3, nr), number(4, 1), number(5, ty)].concat();
    bytes(2, [head, more.concat()].concat())
}

fn linked(set: &[u8]) -> Schema {
    let files = descriptor::read(set).expect("a set");
    let inputs = files.into_iter().map(|file| Input {
        path: file.path,
        role: Role::Judged,
        parsed: file.parsed,
    });
    link(inputs.collect(), &[String::new()])
}

/// The diagnostics, as `path: message`, notes in parentheses.
fn told(schema: &Schema) -> Vec<String> {
    let told = schema.diagnostics.iter().map(|d| {
        let text = format!("{}: {}", schema.file(d.file).path, d.message);
        match d.severity {
            Severity::Error => text,
            Severity::Note => format!("({text})"),
        }
    });
    told.collect()
}

#[track_caller]
fn check(fields: &[Vec<u8>], expected: &[&str]) -> Schema {
    let schema = linked(&set(fields));
    assert_eq!(told(&schema), expected);
    schema
}

// ---- what is read

#[test]
fn types_are_resolved_and_what_is_synthetic_is_folded() {
    let entry = message(
        "TagsEntry",
        &[
            field("key", 1, 9, &[]),
            field("value", 2, 11, &[bytes(6, ".p.M")]),
            bytes(7, number(7, 1)),
        ],
    );
    let tags = [
        bytes(1, "tags"),
        number(3, 1),
        number(4, 3),
        number(5, 11),
        bytes(6, ".p.M.TagsEntry"),
        bytes(10, "tags"),
    ];
    let body = [
        bytes(2, tags.concat()),
        field("maybe", 2, 5, &[number(9, 0), number(17, 1)]),
        field("a", 3, 5, &[number(9, 1)]),
        // a name that is not full is looked for from the inside out
        field("kind", 4, 14, &[bytes(6, "Kind")]),
        bytes(8, bytes(1, "_maybe")),
        bytes(8, bytes(1, "choice")),
        bytes(3, entry),
        bytes(
            4,
            [
                bytes(1, "Kind"),
                bytes(2, [bytes(1, "ZERO"), number(2, 0)].concat()),
            ]
            .concat(),
        ),
        // the end of a message's range is not in it
        bytes(9, [number(1, 10), number(2, 12)].concat()),
        bytes(10, "gone"),
    ];
    let schema = check(&[bytes(4, message("M", &body))], &[]);
    let names: Vec<&str> = schema.messages.iter().map(|m| m.name.as_str()).collect();
    assert_eq!(names, ["p.M"]);
    let message = &schema.messages[0];
    let fields = &message.fields;
    assert_eq!(fields[0].cardinality, Cardinality::Map(Scalar::String));
    assert!(matches!(&fields[0].ty, FieldType::Message(target) if target.name == "p.M"));
    assert_eq!(
        (fields[1].presence, fields[1].oneof),
        (Presence::Explicit, None)
    );
    assert_eq!(
        (fields[2].presence, fields[2].oneof),
        (Presence::Explicit, Some(0))
    );
    assert!(matches!(&fields[3].ty, FieldType::Enum(target) if target.name == "p.M.Kind"));
    assert_eq!(message.oneofs.len(), 1);
    assert_eq!(message.oneofs[0].name, "choice");
    let reserved = &message.reserved[0];
    assert_eq!((reserved.start, reserved.end), (10, 11));
    assert_eq!(message.reserved_names[0].name, "gone");
    // nothing is known of places
    assert_eq!(message.span, Span::default());
    assert!(!schema.files[0].places.is_known(message.span));
}

#[test]
fn places_and_comments_come_from_source_info() {
    let location = |path: &[u64], span: &[u64], comment: Option<&str>| {
        let packed = |numbers: &[u64]| numbers.iter().flat_map(|&n| varint(n)).collect::<Vec<_>>();
        let comment = comment.map(|text| bytes(3, text)).unwrap_or_default();
        bytes(
            1,
            [bytes(1, packed(path)), bytes(2, packed(span)), comment].concat(),
        )
    };
    let info = [
        location(&[4, 0], &[2, 0, 4, 1], Some(" above\n")),
        location(&[4, 0, 1], &[2, 8, 9], None),
        location(&[4, 0, 2, 0, 3], &[3, 200, 201], None),
        // what cannot be a place is none
        location(&[4, 0, 2, 0], &[3, 2], None),
        location(&[4, 0, 2, 0, 1], &[9, 0, 1, 0], None),
    ];
    let body = [field("a", 1, 5, &[])];
    let schema = check(
        &[bytes(4, message("M", &body)), bytes(9, info.concat())],
        &[],
    );
    let (file, message) = (&schema.files[0], &schema.messages[0]);
    let place = |span: Span| {
        let known = file.places.is_known(span);
        known.then(|| [span.start, span.end].map(|at| file.places.in_grid(at).unwrap()))
    };
    assert_eq!(place(message.span), Some([(2, 0), (4, 1)]));
    assert_eq!(place(message.name_span), Some([(2, 8), (2, 9)]));
    assert_eq!(
        place(message.fields[0].number_span),
        Some([(3, 200), (3, 201)])
    );
    assert_eq!(place(message.fields[0].span), None);
    assert_eq!(place(message.fields[0].name_span), None);
    let comment = message.comment;
    assert_eq!(
        &file.text[comment.start as usize..comment.end as usize],
        b" above\n"
    );
}

#[test]
fn positions_that_no_text_has_are_left_out() {
    let span = [
        varint(u64::from(u32::MAX)),
        varint(0),
        varint(u64::from(u32::MAX) - 1),
    ]
    .concat();
    let location = bytes(1, [bytes(1, [4, 0]), bytes(2, span)].concat());
    let schema = check(&[bytes(4, message("M", &[])), bytes(9, location)], &[]);
    assert_eq!(schema.files[0].places, Places::Grid { columns: 0 });
    assert!(!schema.files[0].places.is_known(schema.messages[0].span));
}

#[test]
fn what_buf_marks_as_imported_is_told() {
    let image = [
        bytes(1, file("a.proto", &[bytes(8042, number(1, 0))])),
        bytes(1, file("b.proto", &[bytes(8042, number(1, 1))])),
    ];
    let files = descriptor::read(&image.concat()).expect("an image");
    let told: Vec<_> = files
        .iter()
        .map(|f| (f.path.as_str(), f.is_import))
        .collect();
    assert_eq!(told, [("a.proto", false), ("b.proto", true)]);
}

#[test]
fn one_file_alone_is_read_too() {
    let read = descriptor::read_file(&file("a.proto", &[])).expect("a file");
    assert_eq!(
        (read.path.as_str(), read.parsed.package()),
        ("a.proto", "p")
    );
    assert_eq!(
        descriptor::read_file(b"").err(),
        Some(DescriptorError::Empty)
    );
    let text = b"syntax = \"proto3\";";
    assert_eq!(
        descriptor::read_file(text).err(),
        Some(DescriptorError::NotASet)
    );
}

/// One number for two options is well, where nobody sees both.
#[test]
fn an_option_is_what_the_file_imports_under_its_number() {
    const FIELD_OPTIONS: &str = ".google.protobuf.FieldOptions";
    let extending = |path: &str, name: &str, ty: u64| {
        let mut extension = field(name, 50_001, ty, &[bytes(2, FIELD_OPTIONS)]);
        // of a message's field 2 (`field`) a file's field 7 (`extension`)
        extension[0] = 7 << 3 | 2;
        let import = bytes(3, "google/protobuf/descriptor.proto");
        bytes(1, file(path, &[import, extension]))
    };
    let using = |path: &str, name: &str, imports: &[&str], option: Vec<u8>| {
        let imports = imports.iter().flat_map(|import| bytes(3, import));
        let body = [field("a", 1, 9, &[bytes(8, option)])];
        let body = bytes(4, message(name, &body));
        bytes(1, file(path, &[imports.collect(), body]))
    };
    let read = |files: &[Vec<u8>]| -> Vec<String> {
        let schema = linked(&files.concat());
        let errors = schema.diagnostics.iter();
        let mut errors = errors.filter(|d| d.severity == Severity::Error);
        assert_eq!(errors.next().map(|d| &d.message), None);
        let messages = schema.messages.iter().filter(|m| m.name.starts_with("p."));
        let trees = messages.map(|m| m.fields[0].options.tree());
        let told = trees.map(|tree| {
            let all = tree.fields.iter();
            let all = all.map(|set| format!("{} {:?}", set.name, set.value));
            all.collect::<Vec<_>>().join(", ")
        });
        told.collect()
    };
    let (text, count) = (bytes(50_001, "x"), number(50_001, 7));
    let one = extending("one.proto", "text", 9);
    let two = extending("two.proto", "count", 13);
    let public = [bytes(3, "two.proto"), number(10, 0)].concat();
    let public = bytes(1, file("public.proto", &[public]));
    let (as_text, as_count) = ("(p.text) String(\"x\")", "(p.count) Uint(7)");
    assert_eq!(
        read(&[
            one.clone(),
            two.clone(),
            public,
            using("a.proto", "A", &["one.proto"], text.clone()),
            using("b.proto", "B", &["two.proto"], count.clone()),
            using("c.proto", "C", &["public.proto"], count.clone()),
        ]),
        [as_text, as_count, as_count]
    );
    // what imports would tell is not here: the only one is meant, and between two nothing is guessed
    let blind = using("b.proto", "B", &["gone.proto"], count);
    assert_eq!(read(&[two.clone(), blind.clone()]), [as_count]);
    let unknown = read(&[one, two, blind]);
    assert!(unknown[0].starts_with(" Unknown("), "{unknown:?}");
}

// ---- what is wrong with it

#[test]
fn what_cannot_be_resolved_is_told_as_of_source() {
    let missing = field("a", 1, 11, &[bytes(6, ".p.Gone")]);
    check(
        &[bytes(4, message("M", std::slice::from_ref(&missing)))],
        &["a.proto: `.p.Gone` is not declared"],
    );
    // where an import is missing, its types may well exist
    check(
        &[bytes(3, "b.proto"), bytes(4, message("M", &[missing]))],
        &["(a.proto: the imported file `b.proto` is not here)"],
    );
    check(
        &[
            bytes(
                4,
                message("M", &[field("a", 1, 5, &[]), field("b", 1, 5, &[])]),
            ),
            bytes(4, message("M", &[])),
        ],
        &[
            "a.proto: `p.M` is declared twice in this file",
            "a.proto: number 1 of `b` is already that of `a`",
        ],
    );
    check(
        &[bytes(
            4,
            message("M", &[field("a", 1, 5, &[bytes(7, "many")])]),
        )],
        &["a.proto: the default of this field must be an integer"],
    );
}

#[test]
fn well_known_files_are_found_where_the_set_lacks_them() {
    let any = field("a", 1, 11, &[bytes(6, ".google.protobuf.Any")]);
    let path = "google/protobuf/any.proto";
    let schema = check(&[bytes(3, path), bytes(4, message("M", &[any]))], &[]);
    assert_eq!(schema.files[1].path, path);
}

#[test]
fn an_unknown_edition_is_refused_with_a_sentence() {
    let file = [bytes(1, "a.proto"), bytes(12, "editions"), number(14, 9999)].concat();
    let schema = linked(&bytes(1, file));
    let told = told(&schema);
    assert_eq!(
        told,
        ["a.proto: edition 9999 is not supported, so nothing of this file is read"]
    );
}

#[test]
fn of_two_files_of_one_path_the_first_is_read() {
    let (a, b) = (
        file("a.proto", &[]),
        file("a.proto", &[bytes(4, message("M", &[]))]),
    );
    let twice = [bytes(1, &a), bytes(1, &a)].concat();
    assert_eq!(told(&linked(&twice)), [""; 0]);
    let schema = linked(&[bytes(1, &a), bytes(1, &b)].concat());
    assert_eq!(schema.messages.len(), 0);
    assert_eq!(
        told(&schema),
        ["a.proto: the descriptor set holds another file of this path; the first one is read"]
    );
}

#[test]
fn what_is_no_set_is_told_apart() {
    let error = |bytes: &[u8]| descriptor::read(bytes).err();
    assert_eq!(error(b""), Some(DescriptorError::Empty));
    assert_eq!(error(b" \n"), Some(DescriptorError::Empty));
    assert_eq!(error(b"{\"file\": []}"), Some(DescriptorError::Json));
    assert_eq!(error(b"syntax = \"proto3\";"), Some(DescriptorError::Text));
    assert_eq!(error(b"\x89PNG\r\n"), Some(DescriptorError::NotASet));
    // lengths may be what JSON begins with
    for length in [b'{', b'['] {
        let named = |path: &str| bytes(1, file(path, &[]));
        let spare = usize::from(length) - (named("").len() - 2);
        let set = named(&"a".repeat(spare));
        assert_eq!(set[1], length);
        assert_eq!(error(&set), None);
    }
    // another message: valid bytes without a file, or a file without a name
    assert_eq!(error(&number(5, 1)), Some(DescriptorError::NotASet));
    assert_eq!(
        error(&bytes(1, number(3, 1))),
        Some(DescriptorError::NotASet)
    );
    let whole = set(&[bytes(4, message("M", &[]))]);
    assert_eq!(
        error(&whole[..whole.len() - 1]),
        Some(DescriptorError::Truncated(2))
    );
    let damaged = set(&[bytes(4, [0x0a, 200])]);
    assert!(matches!(error(&damaged), Some(DescriptorError::Truncated(at)) if at > 20));
    let nested = |depth: usize| {
        let inner = (0..depth).fold(Vec::new(), |inner, _| {
            let nested = if inner == Vec::<u8>::new() {
                inner
            } else {
                bytes(3, inner)
            };
            message("M", &[nested])
        });
        set(&[bytes(4, inner)])
    };
    assert!(error(&nested(31)).is_none());
    assert!(matches!(
        error(&nested(100)),
        Some(DescriptorError::TooDeep(_))
    ));
    assert!(matches!(
        error(&nested(2_000)),
        Some(DescriptorError::TooDeep(_))
    ));
}

#[test]
fn damage_anywhere_is_survived() {
    let range = bytes(5, [number(1, 100), number(2, 536_870_912)].concat());
    let options = bytes(
        7,
        [number(3, 1), bytes(12, number(1, 2)), bytes(50_000, "x")].concat(),
    );
    let body = [
        field(
            "a",
            1,
            11,
            &[bytes(6, ".p.M"), bytes(8, number(2, 1)), number(9, 7)],
        ),
        bytes(8, bytes(1, "o")),
        range,
        options,
    ];
    let service = bytes(1, "S");
    let method = bytes(
        2,
        [bytes(1, "Go"), bytes(2, ".p.M"), bytes(3, "M")].concat(),
    );
    let location = bytes(1, [bytes(1, [4, 0]), bytes(2, [1, 2, 3])].concat());
    let whole = set(&[
        bytes(3, "google/protobuf/descriptor.proto"),
        bytes(4, message("M", &body)),
        bytes(6, [service, method].concat()),
        bytes(9, location),
    ]);
    for at in 0..whole.len() {
        let _ = descriptor::read(&whole[..at]).is_ok();
        for bit in 0..8 {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << bit;
            if descriptor::read(&flipped).is_ok() {
                linked(&flipped);
            }
        }
    }
}

#[test]
fn a_name_that_is_none() {
    let told = |name: &str| -> Vec<String> {
        let schema = linked(&set(&[bytes(4, message(name, &[]))]));
        schema.diagnostics.into_iter().map(|d| d.message).collect()
    };
    let nothing: [&str; 0] = [];
    assert_eq!(told("M1_"), nothing);
    assert_eq!(told(""), ["a name is missing"]);
    for name in [".", "a.b", "é", "a b"] {
        let expected = format!("`{name}` is no name: it may hold letters, digits and `_`");
        assert_eq!(told(name), [expected]);
    }
    let unnamed_field = linked(&set(&[bytes(4, message("M", &[field("f-", 1, 5, &[])]))]));
    assert_eq!(unnamed_field.diagnostics.len(), 1);
    let nowhere = [bytes(1, "a.proto"), bytes(2, "."), bytes(12, "proto3")].concat();
    let nowhere = linked(&bytes(1, nowhere));
    assert_eq!(nowhere.diagnostics[0].message, "`.` is no package's name");
}
