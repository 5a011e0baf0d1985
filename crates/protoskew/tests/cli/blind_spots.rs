//! What the strongest peer does not see of values and calls: each blind spot by its number and name, an edit of which it is told what it does,
//! and beside it the silent twin, an edit that looks like it and breaks nobody.

use protoskew_testkit::TestRepo;
use serde_json::Value;

use crate::program::{check_says, run};

/// An edit that a peer is blind to, and its twin.
struct Spot {
    /// Its number and what it is.
    name: &'static str,
    /// The rule that speaks of it, whose page shows more.
    rule: &'static str,
    told: Edit,
    /// What the answer says of it.
    says: &'static [&'static str],
    twin: Edit,
}

/// Two states of `api.proto`, and what the team says of its parts.
struct Edit {
    configuration: &'static str,
    before: &'static str,
    after: &'static str,
}

const fn edit(before: &'static str, after: &'static str) -> Edit {
    within("", before, after)
}

const fn within(configuration: &'static str, before: &'static str, after: &'static str) -> Edit {
    Edit {
        configuration,
        before,
        after,
    }
}

const CPP: &str = "[components.shop]\n[components.bank]\nprotobuf = \"cpp\"\n[[links]]\nclient = \"shop\"\nserver = \"bank\"\n";
const GO: &str = "[components.shop]\n[components.bank]\nprotobuf = \"go\"\n[[links]]\nclient = \"shop\"\nserver = \"bank\"\n";
const EITHER: &str =
    "[components.shop]\n[components.bank]\n[[links]]\nclient = \"shop\"\nserver = \"bank\"\n";
/// Only the client is ever newer.
const CLIENT_AHEAD: &str = "[components.shop]\n[components.bank]\n[[links]]\nclient = \"shop\"\nserver = \"bank\"\nclient-ahead = \"any\"\nclient-behind = 0\n";

const SPOTS: &[Spot] = &[
    Spot {
        name: "3: a closed enum gains a value that stands in a required field",
        rule: "enum-value-added",
        told: within(
            CPP,
            "proto2: message Order { required Size size = 1; } message Done {}\nenum Size { SMALL = 1; }\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto2: message Order { required Size size = 1; } message Done {}\nenum Size { SMALL = 1; LARGE = 2; }\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
        says: &[
            "= reject: shop worktree → bank 1.0.0, request",
            "08 02 from shop worktree → bank 1.0.0 (cpp) refuses it: required field `size` is missing",
            "= order: upgrade every server before the first client",
        ],
        twin: within(
            GO,
            "proto2: message Order { required Size size = 1; } message Done {}\nenum Size { SMALL = 1; }\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto2: message Order { required Size size = 1; } message Done {}\nenum Size { SMALL = 1; LARGE = 2; }\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
    },
    Spot {
        name: "4: a call goes, though no message changes",
        rule: "method-removed",
        told: edit(
            "proto3: message Order {}\nservice Bank { rpc Buy(Order) returns (Order); rpc Sell(Order) returns (Order); }",
            "proto3: message Order {}\nservice Bank { rpc Buy(Order) returns (Order); }",
        ),
        says: &["/api.Bank/Sell from client 1.0.0 → server worktree answers UNIMPLEMENTED"],
        twin: edit(
            "proto3: message Order {}\nservice Bank { rpc Buy(Order) returns (Order); rpc Sell(Order) returns (Order); }",
            "proto3: message Order {}\nservice Bank { rpc Buy(Order) returns (Order); rpc Sell(Order) returns (Order) { option deprecated = true; } }",
        ),
    },
    Spot {
        name: "4: a service goes",
        rule: "service-removed",
        told: edit(
            "proto3: message Order {}\nservice Bank { rpc Buy(Order) returns (Order); }\nservice Vault { rpc Open(Order) returns (Order); }",
            "proto3: message Order {}\nservice Bank { rpc Buy(Order) returns (Order); }",
        ),
        says: &["/api.Vault/Open from client 1.0.0 → server worktree answers UNIMPLEMENTED"],
        twin: edit(
            "proto3: message Order {}\nservice Bank { rpc Buy(Order) returns (Order); }\nservice Vault { rpc Open(Order) returns (Order); }",
            "proto3: message Order {}\nservice Vault { rpc Open(Order) returns (Order); }\nservice Bank { rpc Buy(Order) returns (Order); }",
        ),
    },
    Spot {
        name: "4: a package moves, and every path with it",
        rule: "package-renamed",
        told: edit(
            "proto3: message Order {}\nservice Bank { rpc Buy(Order) returns (Order); }",
            "proto3: package.v2 message Order {}\nservice Bank { rpc Buy(Order) returns (Order); }",
        ),
        says: &["/api.Bank/Buy from client 1.0.0 → server worktree answers UNIMPLEMENTED"],
        twin: edit(
            "proto3: message Order {}\nservice Bank { rpc Buy(Order) returns (Order); }",
            "proto3: // Orders, and who takes them.\nmessage Order {}\nservice Bank { rpc Buy(Order) returns (Order); }",
        ),
    },
    Spot {
        name: "5: a value of an enum is added in a request: the server is hurt",
        rule: "enum-value-added",
        told: within(
            CPP,
            "proto2: message Order { optional Size size = 1; } message Done {}\nenum Size { SMALL = 0; }\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto2: message Order { optional Size size = 1; } message Done {}\nenum Size { SMALL = 0; LARGE = 2; }\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
        says: &[
            "= lossy: shop worktree → bank 1.0.0, request\n",
            "= order: upgrade every server before the first client",
        ],
        // the same edit in a response: the client reads it, and keeps the number
        twin: within(
            "[components.shop]\nprotobuf = \"go\"\n[components.bank]\nprotobuf = \"cpp\"\n[[links]]\nclient = \"shop\"\nserver = \"bank\"\n",
            "proto2: message Order {} message Done { optional Size size = 1; }\nenum Size { SMALL = 0; }\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto2: message Order {} message Done { optional Size size = 1; }\nenum Size { SMALL = 0; LARGE = 2; }\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
    },
    Spot {
        name: "5: a value of an enum is added in a response: the client is hurt",
        rule: "enum-value-added",
        told: within(
            "[components.shop]\nprotobuf = \"cpp\"\n[components.bank]\nprotobuf = \"go\"\n[[links]]\nclient = \"shop\"\nserver = \"bank\"\n",
            "proto2: message Order {} message Done { optional Size size = 1; }\nenum Size { SMALL = 0; }\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto2: message Order {} message Done { optional Size size = 1; }\nenum Size { SMALL = 0; LARGE = 2; }\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
        says: &[
            "= lossy: shop 1.0.0 ← bank worktree, response\n",
            "= order: upgrade every client before the first server",
        ],
        twin: within(
            "[components.shop]\nprotobuf = \"cpp\"\n[components.bank]\nprotobuf = \"go\"\n[[links]]\nclient = \"shop\"\nserver = \"bank\"\n",
            "proto2: message Order { optional Size size = 1; } message Done {}\nenum Size { SMALL = 0; }\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto2: message Order { optional Size size = 1; } message Done {}\nenum Size { SMALL = 0; LARGE = 2; }\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
    },
    Spot {
        name: "5: a required field is added in a request: old clients are refused",
        rule: "required-field-added",
        told: within(
            CPP,
            "proto2: message Order {} message Done {}\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto2: message Order { required int64 count = 1; } message Done {}\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
        says: &[
            "= reject: shop 1.0.0 → bank worktree, request\n",
            "an empty message from shop 1.0.0 → bank worktree (cpp) refuses it: required field `count` is missing",
            "= order: upgrade every client before the first server",
        ],
        twin: within(
            CPP,
            "proto2: message Order {} message Done {}\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto2: message Order { optional int64 count = 1; } message Done {}\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
    },
    Spot {
        name: "5: a required field is added in a response: new clients refuse old servers",
        rule: "required-field-added",
        told: within(
            "[components.shop]\nprotobuf = \"cpp\"\n[components.bank]\n[[links]]\nclient = \"shop\"\nserver = \"bank\"\n",
            "proto2: message Order {} message Done {}\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto2: message Order {} message Done { required int64 count = 1; }\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
        says: &[
            "= reject: shop worktree ← bank 1.0.0, response\n",
            "= order: upgrade every server before the first client",
        ],
        twin: within(
            CPP,
            "proto2: message Order {} message Done {}\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto2: message Order {} message Done { optional int64 count = 1; }\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
    },
    Spot {
        name: "5: a type is narrowed in both: no order helps",
        rule: "field-type-changed",
        told: within(
            EITHER,
            "proto3: message Order { int64 count = 1; }\nservice Bank { rpc Buy(Order) returns (Order); }",
            "proto3: message Order { int32 count = 1; }\nservice Bank { rpc Buy(Order) returns (Order); }",
        ),
        says: &[
            "shop 1.0.0 → bank worktree, request",
            "shop worktree ← bank 1.0.0, response",
            "= order: no order of upgrades helps: it breaks whichever side is newer",
        ],
        twin: within(
            CLIENT_AHEAD,
            "proto3: message Order {} message Done { int32 count = 1; }\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto3: message Order {} message Done { int64 count = 1; }\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
    },
    Spot {
        name: "6: int64 becomes int32 in a request",
        rule: "field-type-changed",
        told: edit(
            "proto3: message Order { int64 count = 1; } message Done {}\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto3: message Order { int32 count = 1; } message Done {}\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
        says: &[
            "= lossy: client 1.0.0 → server worktree, request\n",
            "= order: upgrade every client before the first server",
        ],
        twin: within(
            CLIENT_AHEAD,
            "proto3: message Order {} message Done { int32 count = 1; }\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto3: message Order {} message Done { int64 count = 1; }\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
    },
    Spot {
        name: "6: int64 becomes bool in a response",
        rule: "field-type-changed",
        told: edit(
            "proto3: message Order {} message Done { int64 count = 1; }\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto3: message Order {} message Done { bool count = 1; }\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
        says: &[
            "= lossy: client worktree ← server 1.0.0, response\n",
            "= order: upgrade every server before the first client",
        ],
        twin: within(
            CLIENT_AHEAD,
            "proto3: message Order {} message Done { bool count = 1; }\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto3: message Order {} message Done { int64 count = 1; }\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
    },
    Spot {
        name: "6: the older side reads new bytes as a string",
        rule: "field-type-changed",
        told: within(
            CPP,
            "proto3: message Order { string seal = 1; } message Done {}\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto3: message Order { bytes seal = 1; } message Done {}\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
        says: &[
            "= reject: shop worktree → bank 1.0.0, request\n",
            "0a 01 ff from shop worktree → bank 1.0.0 (cpp) refuses it: `seal` is not UTF-8",
        ],
        twin: within(
            CLIENT_AHEAD,
            "proto3: message Order {} message Done { string seal = 1; }\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto3: message Order {} message Done { bytes seal = 1; }\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
    },
    Spot {
        name: "6: fixed64 becomes sfixed64",
        rule: "field-type-changed",
        told: edit(
            "proto3: message Order { fixed64 count = 1; } message Done {}\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto3: message Order { sfixed64 count = 1; } message Done {}\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
        says: &[
            "09 00 00 00 00 00 00 00 80 from client 1.0.0 → server worktree reads count = -9223372036854775808 instead",
        ],
        twin: edit(
            "proto3: message Order { fixed64 count = 1; } message Done {}\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto3: message Order { fixed64 count = 1; sfixed64 change = 2; } message Done {}\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
    },
    Spot {
        name: "7: into a oneof beside others; alone into a new one it is safe",
        rule: "field-oneof-changed",
        told: edit(
            "proto3: message Order { optional string card = 1; optional string cash = 2; }\nservice Bank { rpc Buy(Order) returns (Order); }",
            "proto3: message Order { oneof means { string card = 1; string cash = 2; } }\nservice Bank { rpc Buy(Order) returns (Order); }",
        ),
        says: &["0a 01 61 12 00 from client 1.0.0 → server worktree loses card = \"a\""],
        twin: edit(
            "proto3: message Order { optional string card = 1; }\nservice Bank { rpc Buy(Order) returns (Order); }",
            "proto3: message Order { oneof means { string card = 1; string cash = 2; } }\nservice Bank { rpc Buy(Order) returns (Order); }",
        ),
    },
    Spot {
        name: "7: a list becomes singular; a string becomes a list where only newer readers read it",
        rule: "field-cardinality-changed",
        told: within(
            CLIENT_AHEAD,
            "proto3: message Order {} message Done { repeated string names = 1; }\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto3: message Order {} message Done { string names = 1; }\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
        says: &["= lossy: shop worktree ← bank 1.0.0, response\n"],
        twin: within(
            CLIENT_AHEAD,
            "proto3: message Order {} message Done { string names = 1; }\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto3: message Order {} message Done { repeated string names = 1; }\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
    },
    Spot {
        name: "7: an integer becomes an enum; an enum becomes an int32",
        rule: "field-type-changed",
        told: within(
            CPP,
            "proto2: message Order { optional int32 size = 1; optional Size old = 2; } message Done {}\nenum Size { SMALL = 0; }\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto2: message Order { optional Size size = 1; optional Size old = 2; } message Done {}\nenum Size { SMALL = 0; }\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
        says: &["= lossy: shop 1.0.0 → bank worktree, request\n"],
        twin: within(
            GO,
            "proto2: message Order { optional Size size = 1; optional Size old = 2; } message Done {}\nenum Size { SMALL = 0; }\nservice Bank { rpc Buy(Order) returns (Done); }",
            "proto2: message Order { optional int32 size = 1; optional Size old = 2; } message Done {}\nenum Size { SMALL = 0; }\nservice Bank { rpc Buy(Order) returns (Done); }",
        ),
    },
    Spot {
        name: "7: another structure; the same structure under another name",
        rule: "field-type-changed",
        told: edit(
            "proto3: message Order { Cent price = 1; } message Cent { int64 count = 1; } message Penny { string count = 1; }\nservice Bank { rpc Buy(Order) returns (Order); rpc Swap(Cent) returns (Penny); }",
            "proto3: message Order { Penny price = 1; } message Cent { int64 count = 1; } message Penny { string count = 1; }\nservice Bank { rpc Buy(Order) returns (Order); rpc Swap(Cent) returns (Penny); }",
        ),
        says: &[
            "0a 03 0a 01 61 from server worktree → client 1.0.0 (cpp) loses price.count = \"a\" and reads 0",
        ],
        twin: edit(
            "proto3: message Order { Cent price = 1; } message Cent { int64 count = 1; } message Penny { int64 count = 1; }\nservice Bank { rpc Buy(Order) returns (Order); rpc Swap(Cent) returns (Penny); }",
            "proto3: message Order { Penny price = 1; } message Cent { int64 count = 1; } message Penny { int64 count = 1; }\nservice Bank { rpc Buy(Order) returns (Order); rpc Swap(Cent) returns (Penny); }",
        ),
    },
    Spot {
        name: "8: a oneof that is there has a new member",
        rule: "oneof-member-added",
        told: edit(
            "proto3: message Order { oneof means { string card = 1; } }\nservice Bank { rpc Buy(Order) returns (Order); }",
            "proto3: message Order { oneof means { string card = 1; string cash = 2; } }\nservice Bank { rpc Buy(Order) returns (Order); }",
        ),
        says: &["= blind: ", "ignores cash = \"a\""],
        twin: edit(
            "proto3: message Order { string card = 1; }\nservice Bank { rpc Buy(Order) returns (Order); }",
            "proto3: message Order { string card = 1; oneof means { string cash = 2; string debt = 3; } }\nservice Bank { rpc Buy(Order) returns (Order); }",
        ),
    },
    Spot {
        name: "8: a field loses its presence",
        rule: "field-presence-changed",
        told: edit(
            "proto3: message Order { optional int32 count = 1; }\nservice Bank { rpc Buy(Order) returns (Order); }",
            "proto3: message Order { int32 count = 1; }\nservice Bank { rpc Buy(Order) returns (Order); }",
        ),
        says: &["lost its presence: zero and unset are one for every reader"],
        twin: edit(
            "proto3: message Order { optional int32 count = 1; }\nservice Bank { rpc Buy(Order) returns (Order); }",
            "edition2023: message Order { int32 count = 1; }\nservice Bank { rpc Buy(Order) returns (Order); }",
        ),
    },
    Spot {
        name: "8: a message that travels in an Any is called otherwise",
        rule: "message-renamed",
        told: within(
            "[components.shop]\n[components.bank]\n[[links]]\nclient = \"shop\"\nserver = \"bank\"\n[renames]\n\"api.Cash\" = \"api.Coin\"\n",
            "proto3: import \"google/protobuf/any.proto\"; message Order { google.protobuf.Any means = 1; } message Cash { int64 count = 1; }\nservice Bank { rpc Buy(Order) returns (Order); }",
            "proto3: import \"google/protobuf/any.proto\"; message Order { google.protobuf.Any means = 1; } message Coin { int64 count = 1; }\nservice Bank { rpc Buy(Order) returns (Order); }",
        ),
        says: &[
            "= reject: shop 1.0.0 → bank worktree, request\n",
            "the same bytes, another name in source and in `Any`",
        ],
        twin: within(
            "[components.shop]\n[components.bank]\n[[links]]\nclient = \"shop\"\nserver = \"bank\"\n[renames]\n\"api.Cash\" = \"api.Coin\"\n",
            "proto3: message Order { Cash means = 1; } message Cash { int64 count = 1; }\nservice Bank { rpc Buy(Order) returns (Order); }",
            "proto3: message Order { Coin means = 1; } message Coin { int64 count = 1; }\nservice Bank { rpc Buy(Order) returns (Order); }",
        ),
    },
    Spot {
        name: "8: an option that is part of the contract says something else",
        rule: "option-changed",
        told: within(
            "[contract]\noptions = [\"api.path\"]\n",
            "proto3: import \"google/protobuf/descriptor.proto\"; extend google.protobuf.MethodOptions { string path = 50000; } message Order {}\nservice Bank { rpc Buy(Order) returns (Order) { option (path) = \"/v1\"; } }",
            "proto3: import \"google/protobuf/descriptor.proto\"; extend google.protobuf.MethodOptions { string path = 50000; } message Order {}\nservice Bank { rpc Buy(Order) returns (Order) { option (path) = \"/v2\"; } }",
        ),
        says: &["`api.path` of `api.Bank.Buy` said `\"/v1\"` and says `\"/v2\"`"],
        twin: within(
            "[contract]\noptions = [\"api.path\"]\n",
            "proto3: import \"google/protobuf/descriptor.proto\"; extend google.protobuf.MethodOptions { string path = 50000; } message Order {}\nservice Bank { rpc Buy(Order) returns (Order) { option (path) = \"/v1\"; } }",
            "proto3: import \"google/protobuf/descriptor.proto\"; extend google.protobuf.MethodOptions { string path = 50000; } message Order {}\nservice Bank { rpc Buy(Order) returns (Order) { option (.api.path) = '/v' \"1\"; } }",
        ),
    },
    Spot {
        name: "9: what was exported is local",
        rule: "symbol-visibility-narrowed",
        told: edit(
            "edition2024: message Order {}",
            "edition2024: local message Order {}",
        ),
        says: &["files that import it and use it stop compiling"],
        twin: edit(
            "edition2024: local message Order {}",
            "edition2024: export message Order {}",
        ),
    },
    Spot {
        name: "9: a public import goes",
        rule: "import-public-removed",
        told: edit(
            "proto3: import public \"google/protobuf/any.proto\"; message Order { google.protobuf.Any means = 1; }",
            "proto3: import \"google/protobuf/any.proto\"; message Order { google.protobuf.Any means = 1; }",
        ),
        says: &["does not import `google/protobuf/any.proto` publicly any more"],
        twin: edit(
            "proto3: import \"google/protobuf/any.proto\"; message Order { google.protobuf.Any means = 1; }",
            "proto3: import public \"google/protobuf/any.proto\"; message Order { google.protobuf.Any means = 1; }",
        ),
    },
];

/// The file: what stands before the colon says how it is written.
fn file(text: &str) -> String {
    let (kind, body) = text.split_once(": ").expect("how it is written");
    let (package, body) = match body.strip_prefix("package.v2 ") {
        Some(body) => ("api.v2", body),
        None => ("api", body),
    };
    let first = match kind.strip_prefix("edition") {
        Some(edition) => format!("edition = \"{edition}\";"),
        None => format!("syntax = \"{kind}\";"),
    };
    format!("{first}\npackage {package};\n{body}\n")
}

fn edited(edit: &Edit) -> TestRepo {
    let repo = TestRepo::new();
    repo.write("protoskew.toml", edit.configuration)
        .write("api.proto", file(edit.before))
        .commit("Before");
    repo.tag("v1.0.0");
    repo.write("api.proto", file(edit.after));
    repo
}

/// The levels at which the rule speaks.
fn levels(repo: &TestRepo, rule: &str) -> Vec<String> {
    let ran = run(repo, "check --all --format json");
    let lines = ran.stdout.lines();
    let lines = lines.map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    lines
        .filter(|line| line["type"] == "finding" && line["rule"] == rule)
        .map(|line| line["level"].as_str().unwrap_or_default().to_owned())
        .collect()
}

#[test]
fn each_is_told_and_its_twin_is_not() {
    let mut numbers = Vec::new();
    let mut wrong = String::new();
    for spot in SPOTS {
        numbers.extend(spot.name.split_once(": ").map(|(number, _)| number));
        let told = edited(&spot.told);
        let said = run(&told, "check --all").all();
        for fragment in spot.says.iter().chain([&spot.rule]) {
            if !said.contains(fragment) {
                wrong += &format!("{}\n  does not say {fragment:?}:\n{said}\n", spot.name);
            }
        }
        let (told, twin) = (levels(&told, spot.rule), edited(&spot.twin));
        let silent = levels(&twin, spot.rule);
        if told.is_empty() || told.iter().any(|level| level == "note") {
            wrong += &format!("{}\n  is told as {told:?}\n", spot.name);
        }
        // what a note says is no alarm
        if silent
            .iter()
            .any(|level| level == "deny" || told.contains(level))
        {
            let said = run(&twin, "check --all").all();
            wrong += &format!("{}\n  the twin is told as {silent:?}:\n{said}\n", spot.name);
        }
        check_says(
            &twin,
            &format!("explain {}", spot.rule),
            0,
            &["Not reported"],
        );
    }
    numbers.dedup();
    assert_eq!(numbers, ["3", "4", "5", "6", "7", "8", "9"]);
    assert!(wrong.is_empty(), "{wrong}");
}
