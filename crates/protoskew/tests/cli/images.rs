//! Descriptor sets where protos are named: on either side, compressed, on standard input, in the tree of each release.

use std::io::Write as _;
use std::process::Stdio;

use expect_test::expect;
use flate2::{Compression, write::GzEncoder};
use protoskew_testkit::TestRepo;

use crate::program::{check, check_says, harbor, protoskew, run, two_releases};

// ---- a little encoder, so that no compiler is needed

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
    let head = [varint(field << 3 | 2), varint(value.len() as u64)];
    [head.concat(), value.to_vec()].concat()
}

pub(crate) const INT64: u64 = 3;
const STRING: u64 = 9;
pub(crate) const SINT64: u64 = 18;

/// The set of `harbor.proto`, whose message has these fields, as name and type, numbered from 1.
fn set(fields: &[(&str, u64)], source_info: bool) -> Vec<u8> {
    bytes(1, file(fields, source_info))
}

/// The descriptor of that file alone.
pub(crate) fn file(fields: &[(&str, u64)], source_info: bool) -> Vec<u8> {
    let field = |(at, (name, ty)): (usize, &(&str, u64))| {
        let parts = [
            bytes(1, name),
            number(3, at as u64 + 1),
            number(4, 1),
            number(5, *ty),
        ];
        bytes(2, parts.concat())
    };
    let fields: Vec<u8> = fields.iter().enumerate().flat_map(field).collect();
    let cargo = [bytes(1, "Cargo"), fields].concat();
    let id = [
        bytes(1, "id"),
        number(3, 1),
        number(4, 1),
        number(5, STRING),
    ];
    let receipt = [bytes(1, "Receipt"), bytes(2, id.concat())].concat();
    let load = [
        bytes(1, "Load"),
        bytes(2, ".ship.Cargo"),
        bytes(3, ".ship.Receipt"),
    ];
    let service = [bytes(1, "Harbor"), bytes(2, load.concat())].concat();
    // the first field, its name and its type, where `harbor` writes them
    let places: [(&[u8], [u8; 3]); 3] = [
        (&[4, 0, 2, 0], [8, 2, 19]),
        (&[4, 0, 2, 0, 1], [8, 8, 14]),
        (&[4, 0, 2, 0, 5], [8, 2, 7]),
    ];
    let info = places.map(|(path, span)| bytes(1, [bytes(1, path), bytes(2, span)].concat()));
    let file = [
        bytes(1, "harbor.proto"),
        bytes(2, "ship"),
        bytes(4, cargo),
        bytes(4, receipt),
        bytes(6, service),
        if source_info {
            bytes(9, info.concat())
        } else {
            Vec::new()
        },
        bytes(12, "proto3"),
    ];
    file.concat()
}

const OLD: &[(&str, u64)] = &[("weight", INT64), ("name", STRING)];
const NEW: &[(&str, u64)] = &[("weight", SINT64), ("name", STRING)];

#[test]
fn source_against_an_image_says_where_both_stand() {
    let repo = two_releases();
    repo.write(
        "harbor.proto",
        harbor("sint64 weight = 1; string name = 2;"),
    )
    .write("old.binpb", set(OLD, true));
    check(
        &repo,
        "check --against old.binpb",
        1,
        expect![[r#"
            error[field-type-changed]: `ship.Cargo.weight` changed from `int64` to `sint64`; the two encode integers differently: 1 arrives as another number
             --> harbor.proto:9:3 (worktree)
              |
            9 |   sint64 weight = 1;
              |   ^^^^^^ `sint64`
             ::: harbor.proto:9:3 (old.binpb): `int64`
              = misread: client old.binpb → server worktree, request
                         client worktree → server old.binpb, request
              = witness: 08 01 from client old.binpb → server worktree reads weight = -1 instead of 1
              = order: no order of upgrades helps: it breaks whichever side is newer
              = help: keep number 1 as it is and add a new field with the new type (R4)
              = id: field-type-changed:ship.Cargo.weight:c1910778

            worktree must not ship: 1 error
              judged    1 file, 2 messages, 1 service
              against   old.binpb
              baseline  old.binpb: an explicit --against is its own baseline
              misread   a value arrives as another one, silently
              next      No order of upgrades helps: it breaks whichever side is newer.
              explain   protoskew explain field-type-changed
        "#]],
    );
    // the same protos, once as text and once described
    repo.write("harbor.proto", harbor("int64 weight = 1; string name = 2;"));
    check_says(&repo, "check --against old.binpb", 0, &["may ship"]);
}

#[test]
fn an_image_without_source_info_names_the_element() {
    let repo = two_releases();
    repo.write("old.binpb", set(OLD, false))
        .write("new.bin", set(NEW, false));
    check(
        &repo,
        "check new.bin --against old.binpb",
        1,
        expect![[r#"
            error[field-type-changed]: `ship.Cargo.weight` changed from `int64` to `sint64`; the two encode integers differently: 1 arrives as another number
            --> harbor.proto: ship.Cargo.weight (new.bin): `sint64`
            ::: harbor.proto: ship.Cargo.weight (old.binpb): `int64`
             = misread: client old.binpb → server new.bin, request
                        client new.bin → server old.binpb, request
             = witness: 08 01 from client old.binpb → server new.bin reads weight = -1 instead of 1
             = order: no order of upgrades helps: it breaks whichever side is newer
             = help: keep number 1 as it is and add a new field with the new type (R4)
             = id: field-type-changed:ship.Cargo.weight:c1910778

            new.bin must not ship: 1 error
              judged    1 file, 2 messages, 1 service
              against   old.binpb
              baseline  old.binpb: an explicit --against is its own baseline
              misread   a value arrives as another one, silently
              next      No order of upgrades helps: it breaks whichever side is newer.
              explain   protoskew explain field-type-changed
        "#]],
    );
    let ran = run(&repo, "check new.bin --against old.binpb --format json");
    ran.says(
        1,
        &["\"path\":\"harbor.proto\",\"line\":null,\"column\":null"],
    );
}

#[test]
fn images_need_no_repository() {
    let folder = TestRepo::folder();
    folder
        .write("old.binpb", set(OLD, true))
        .write(
            "api/harbor.proto",
            harbor("sint64 weight = 1; string name = 2;"),
        )
        .write("new.binpb", set(NEW, true));
    let fragments = ["field-type-changed", "harbor.proto:9:"];
    check_says(
        &folder,
        "check new.binpb --against old.binpb",
        1,
        &fragments,
    );
    check_says(&folder, "check api --against old.binpb", 1, &fragments);
    check_says(&folder, "check new.binpb --against api", 0, &["may ship"]);
}

#[test]
fn compression_is_told_by_the_bytes() {
    let repo = two_releases();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&set(OLD, true)).expect("memory holds it");
    let zstd = ruzstd::encoding::compress_to_vec(
        &set(OLD, true)[..],
        ruzstd::encoding::CompressionLevel::Fastest,
    );
    repo.write(
        "harbor.proto",
        harbor("sint64 weight = 1; string name = 2;"),
    )
    .write("a.image", gzip.finish().expect("memory holds it"))
    .write("b.image", &zstd)
    .write("cut.gz", &zstd[..zstd.len() / 2]);
    for file in ["a.image", "b.image"] {
        let arguments = format!("check --against {file}");
        check_says(
            &repo,
            &arguments,
            1,
            &["field-type-changed", &format!("({file})")],
        );
    }
    let cut = "cut.gz is compressed with zstd and cannot be unpacked";
    check_says(
        &repo,
        "check --against cut.gz",
        2,
        &[cut, "it ends too early", "write it anew"],
    );
}

#[test]
fn standard_input_is_an_image_too() {
    let repo = two_releases();
    repo.write("new.binpb", set(NEW, true));
    let mut command = protoskew(&repo, "check new.binpb --against -");
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program was built");
    let mut stdin = child.stdin.take().expect("piped");
    stdin.write_all(&set(OLD, true)).expect("it reads");
    drop(stdin);
    let output = child.wait_with_output().expect("it ends");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("(standard input)"), "{text}");
    assert_eq!(output.status.code(), Some(1));
    let twice = "standard input can be read once";
    check_says(&repo, "check - --against -", 2, &[twice]);
}

#[test]
fn what_is_no_image_is_refused_with_what_to_do() {
    let repo = two_releases();
    repo.write("image.json", "{\"file\":[]}")
        .write("empty.binpb", "")
        .write("notes.txt", "no set")
        .write("other.binpb", [0xff, 0, 0x80, 7])
        .write("cut.binpb", &set(OLD, true)[..40]);
    let told = |file: &str, fragments: &[&str]| {
        check_says(&repo, &format!("check --against {file}"), 2, fragments);
    };
    told(
        "image.json",
        &[
            "image.json: this is JSON",
            "buf build image.json -o image.binpb",
        ],
    );
    told(
        "empty.binpb",
        &[
            "empty.binpb: the descriptor set is empty",
            "--descriptor_set_out",
        ],
    );
    told(
        "notes.txt",
        &[
            "notes.txt: this is text",
            "buf build image.txtpb -o image.binpb",
            "name the folder",
        ],
    );
    told(
        "other.binpb",
        &[
            "other.binpb: this is no descriptor set",
            "--descriptor_set_out",
        ],
    );
    told(
        "cut.binpb",
        &["cut.binpb: the descriptor set is cut off", "write it anew"],
    );
    told(
        "lost.binpb",
        &[
            "`lost.binpb` names no commit",
            "nor is there a file or folder `lost.binpb` here",
        ],
    );
    told("harbor.proto", &["harbor.proto is a file of source text"]);
}

#[test]
fn what_an_image_only_imports_is_not_judged() {
    let repo = two_releases();
    let marked = |fields: &[(&str, u64)]| {
        let set = set(fields, false);
        // the body of the one file, and buf's mark behind it
        let body = &set[2..];
        bytes(
            1,
            [
                &body[usize::from(set[1] > 0x7f)..],
                &bytes(8042, number(1, 1)),
            ]
            .concat(),
        )
    };
    let own = bytes(
        1,
        [bytes(1, "own.proto"), bytes(2, "own"), bytes(12, "proto3")].concat(),
    );
    repo.write("old.binpb", [own.clone(), marked(OLD)].concat())
        .write("new.binpb", [own, marked(NEW)].concat());
    check_says(
        &repo,
        "check new.binpb --against old.binpb",
        0,
        &["left out: 1 imported only"],
    );
}

#[test]
fn an_image_in_the_tree_of_each_release() {
    let repo = TestRepo::new();
    repo.write("protoskew.toml", "[proto]\nimage = \"api/harbor.binpb\"\n")
        .write("api/harbor.binpb", set(&OLD[..1], true))
        .commit("Begin");
    repo.tag("v1.0.0")
        .write("api/harbor.binpb", set(OLD, true))
        .commit("Name the cargo");
    repo.tag("v1.1.0");
    check_says(&repo, "check", 0, &["may ship"]);
    check_says(&repo, "matrix", 0, &["1.0", "1.1"]);
    repo.write("api/harbor.binpb", set(NEW, true));
    check_says(
        &repo,
        "check",
        1,
        &[
            "field-type-changed",
            "harbor.proto:9:3 (worktree)",
            "release 1.1.0",
        ],
    );
    check_says(&repo, "meet 1.0.0 worktree", 0, &["Load"]);
    let staged = "`[proto] image` is read from the worktree or from a commit";
    check_says(&repo, "check --staged", 2, &[staged]);
    let past = "a descriptor set is judged here";
    check_says(&repo, "history ship.Cargo", 2, &[past]);
    check_says(&repo, "next ship.Cargo", 2, &[past]);
    repo.write("protoskew.toml", "[proto]\nimage = \"../harbor.binpb\"\n");
    let outside = "protoskew.toml:2:9: `../harbor.binpb` is not a path from the root";
    check_says(&repo, "check", 2, &[outside]);
}

#[test]
fn an_image_meets_a_release() {
    let repo = two_releases();
    repo.write("new.binpb", set(NEW, true));
    check_says(&repo, "meet new.binpb 1.0.0", 0, &["Load", "misread"]);
}
