//! Configurations and what is read of them; mistakes and what is said of them.

use protoskew_compare::{JsonParser, Runtime};

use super::*;
use crate::releases::tag::Line;

#[track_caller]
fn check_errors(text: &str, expected: &[&str]) {
    let errors = read(text).expect_err("the configuration has mistakes");
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(lines, expected);
}

#[test]
fn the_policy_of_the_proposal() {
    let config = read(
        r#"
[components.runtime]
tags = "{version}"
protocol = "agent"
protobuf = [{ until = "3.2", is = "gogo" }, { is = "go" }]
[components.agent]
protobuf = "rust-protobuf-3"
[[links]]
client = "runtime"
server = "agent"
client-ahead = "any"
client-behind = 1
oldest = "1.2"
[rules]
preset = "wire"
enum-added = "off"
[renames]
"grpc.Interface" = "types.Interface"
"#,
    )
    .expect("valid");
    let runtime = &config.components["runtime"];
    assert_eq!(
        runtime.runtime(Version {
            major: 3,
            minor: 1,
            patch: 9
        }),
        Some(Runtime::Gogo)
    );
    assert_eq!(
        runtime.runtime(Version {
            major: 3,
            minor: 2,
            patch: 0
        }),
        Some(Runtime::Go)
    );
    let link = &config.links[0];
    assert_eq!(link.client_ahead, Bound::Any);
    assert_eq!(link.client_behind, Bound::Lines(1));
    assert_eq!(link.oldest, Some(Line { major: 1, minor: 2 }));
    assert_eq!(config.levels["enum-added"], Level::Off);
    assert_eq!(config.preset, Preset::Wire);
    assert_eq!(config.renames["grpc.Interface"], "types.Interface");
}

#[test]
fn mistakes_are_named_with_their_line_and_the_nearest_name() {
    check_errors(
        "[rules]\nenum-aded = \"deny\"\nfield-renamed = \"loud\"\n[proot]\n",
        &[
            "protoskew.toml:2:1: unknown rule `enum-aded`\n  help: did you mean `enum-added`?",
            "protoskew.toml:3:17: `loud` is not a level\n  help: write \"deny\", \"warn\", \"note\" or \"off\"",
            "protoskew.toml:4:2: unknown key `proot`\n  help: did you mean `proto`?",
        ],
    );
    check_errors(
        "[components.agent]\n[[links]]\nclient = \"runtme\"\nserver = \"agent\"\nclient-ahead = -1\n",
        &[
            "protoskew.toml:3:10: no component is called `runtme`\n  help: add a [components.runtme] section",
            "protoskew.toml:5:16: expected \"any\" or a number of release lines, found integer",
        ],
    );
    check_errors(
        "[components.a]\n[[links]]\nclient = \"a\"\nserver = \"a\"\nbundled = true\nclient-behind = 2\n",
        &[
            "protoskew.toml:2:1: a bundled link has no window: only equal releases meet\n  help: remove `client-ahead` and `client-behind`, or `bundled`",
        ],
    );
}

#[test]
fn levels_that_hold_in_places() {
    let config = read(
        "[rules]\nunstable = \"note\"\n[[rules.for]]\npaths = [\"a/**\"]\npackages = [\"acme.*\"]\npreset = \"wire\"\nfield-renamed = \"off\"\n",
    )
    .expect("valid");
    assert_eq!(config.unstable, Level::Note);
    let expected = RulesFor {
        place: (3, 1),
        paths: vec!["a/**".to_owned()],
        packages: vec!["acme.*".to_owned()],
        preset: Some(Preset::Wire),
        levels: BTreeMap::from([(Name::new_static("field-renamed"), Level::Off)]),
        ..RulesFor::default()
    };
    assert_eq!(config.exceptions, [expected]);
    check_errors(
        "[rules]\npresett = \"wire\"\npreset = \"wir\"\nunstable = \"loud\"\n[rules.for]\npaths = [\"a\"]\n",
        &[
            "protoskew.toml:2:1: unknown rule `presett`\n  help: did you mean `preset`?",
            "protoskew.toml:3:10: `wir` is not a preset\n  help: did you mean `wire`?",
            "protoskew.toml:4:12: `loud` is not a level\n  help: write \"deny\", \"warn\", \"note\" or \"off\"",
            "protoskew.toml:5:1: expected an array of tables, each headed `[[rules.for]]`, found table",
        ],
    );
    check_errors(
        "[components.a]\n[[stores]]\ncomponent = \"a\"\nmessages = [\"p.M\"]\n[[rules.for]]\nenum-aded = \"off\"\n[[rules.for]]\npaths = []\n[[rules.for]]\npath = [\"a\"]\npaths = [\"{\"]\nlinks = [\"stor:a\", \"x\"]\n",
        &[
            "protoskew.toml:5:1: nothing says what this holds for\n  help: add `paths`, `packages` or `links`; what holds everywhere stands in [rules]",
            "protoskew.toml:6:1: unknown rule `enum-aded`\n  help: did you mean `enum-added`?",
            "protoskew.toml:7:1: `paths` selects nothing\n  help: name what it holds for, or leave the key out",
            "protoskew.toml:10:1: unknown rule `path`\n  help: did you mean `paths`?",
            "protoskew.toml:11:10: `{` is no glob: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)\n  help: `protos/**/*.proto` matches at any depth, `*.proto` in one folder",
            "protoskew.toml:12:10: no link is called `stor:a`\n  help: did you mean `store:a`?",
            "protoskew.toml:12:20: no link is called `x`\n  help: there is `store:a`",
        ],
    );
}

#[test]
fn broken_toml_is_one_message_with_its_place() {
    let errors = read("[proto\nroots = 1").expect_err("broken");
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].line, 1);
}

#[test]
fn components_that_live_elsewhere() {
    let config = read(
        "[components.runtime]\nrepository = \"../runtime\"\nprotocol = \"agent\"\npin = \"./src/go.mod\"\nlines = { \"2.0\" = \"1.4\", \"1.9\" = \"1.3\" }\n[components.agent]\nlines = \"date\"\n",
    )
    .expect("valid");
    let runtime = &config.components["runtime"];
    assert_eq!(runtime.repository.as_deref(), Some("../runtime"));
    let pin = Pin::LockFile {
        path: "src/go.mod".to_owned(),
        format: LockFile::GoMod,
    };
    assert_eq!(runtime.pin, Some(pin));
    let line = |major, minor| Line { major, minor };
    let table = vec![(line(1, 9), line(1, 3)), (line(2, 0), line(1, 4))];
    assert_eq!(runtime.lines, Some(Numbering::Table(table)));
    assert_eq!(config.components["agent"].lines, Some(Numbering::Date));
}

#[test]
fn pins_of_generated_code() {
    let text = "[components.a]\nprotocol = \"b\"\npin = \"./src/**/*.pb.go\"\n[components.b]\n";
    let config = read(text).expect("valid");
    let pin = Pin::GeneratedGo("src/**/*.pb.go".to_owned());
    assert_eq!(config.components["a"].pin, Some(pin));
    check_errors(
        "[components.a]\nprotocol = \"b\"\npin = \"src/{a.pb.go\"\n[components.b]\n",
        &[
            "protoskew.toml:3:7: `src/{a.pb.go` is no glob: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)\n  help: `protos/**/*.proto` matches at any depth, `*.proto` in one folder",
        ],
    );
}

#[test]
fn components_that_contradict_themselves() {
    check_errors(
        "[components.a]\ntag = \"v{version}\"\ntags = \"v1\"\npin = \"go.sum\"\nlines = \"dates\"\nprotocol = \"b\"\n",
        &[
            "protoskew.toml:2:1: unknown key `tag`\n  help: did you mean `tags`?",
            "protoskew.toml:3:8: the tag pattern `v1` must hold `{version}` once\n  help: write for example \"{version}\" or \"api/v{version}\"",
            "protoskew.toml:4:7: `go.sum` is no lock file that protoskew reads\n  help: it reads Gopkg.lock, go.mod, Cargo.lock, and the descriptors in *.pb.go",
            "protoskew.toml:5:9: expected \"date\", or a table from its own lines to those of its peers\n  help: write for example { \"2.0\" = \"1.4\", \"2.1\" = \"1.5\" }",
            "protoskew.toml:6:12: no component is called `b`\n  help: add a [components.b] section",
        ],
    );
    check_errors(
        "[components.a]\nprotocol = \"b\"\n[components.b]\nprotocol = \"c\"\n[components.c]\n[components.d]\nrepository = \"../d\"\nprotocol = \"c\"\n[components.e]\npin = \"go.mod\"\nlines = { \"2.0\" = \"1.4\", \"2.1\" = \"1.3\", \"x\" = \"1\" }\n",
        &[
            "protoskew.toml:2:12: `b` owns no protos: it speaks those of `c`\n  help: write protocol = \"c\"",
            "protoskew.toml:8:12: `d` and `c` live in two repositories: nothing says which revision of the protos a release of `d` speaks\n  help: name its lock file, pin = \"go.mod\", or its generated code, pin = \"api/*.pb.go\"; or remove `protocol` where its repository holds the protos",
            "protoskew.toml:10:7: a pin says at which revision `protocol` is spoken, and there is none\n  help: add `protocol`, or remove `pin`",
            "protoskew.toml:11:9: 2.0 counts as 1.4, and the newer 2.1 as the older 1.3",
            "protoskew.toml:11:41: `x` is not a release line\n  help: write it as \"1.2\"",
            "protoskew.toml:11:47: `1` is not a release line\n  help: write it as \"1.2\"",
        ],
    );
    check_errors(
        "[components.a]\nprotobuf = [{ until = \"2.0\", is = \"gogo\" }, { until = \"1.0\", is = \"go\" }, { is = \"gogp\" }]\n",
        &[
            "protoskew.toml:2:45: `until` must rise: 2.0.0 is given before 1.0.0",
            "protoskew.toml:2:82: `gogp` is not a protobuf implementation that protoskew knows\n  help: did you mean `gogo`?",
        ],
    );
}

#[test]
fn links_that_speak_json() {
    let text = "[components.a]\n[[links]]\nclient = \"a\"\nserver = \"a\"\njson = ";
    let spoken = |word: &str| read(&format!("{text}\"{word}\"")).expect("valid").links[0].json;
    assert_eq!(spoken("off"), None);
    for parser in JsonParser::ALL {
        assert_eq!(spoken(parser.word()), Some(parser));
    }
    check_errors(
        &format!("{text}\"strickt\""),
        &["protoskew.toml:5:8: `strickt` is no way to speak JSON\n  help: did you mean `strict`?"],
    );
}

#[test]
fn stores_of_messages() {
    let config = read(
        "[components.a]\n[[stores]]\ncomponent = \"a\"\nmessages = [\"p.S\", \"p.T\"]\ndowngrade = 2\noldest = \"1.2\"\n",
    )
    .expect("valid");
    let store = &config.stores[0];
    assert_eq!(store.messages, ["p.S", "p.T"]);
    assert_eq!(
        (store.upgrade, store.downgrade),
        (Bound::Any, Bound::Lines(2))
    );
    assert_eq!(store.oldest, Some(Line { major: 1, minor: 2 }));
    check_errors(
        "[components.agent]\n[[stores]]\ncomponent = \"agnt\"\n[[stores]]\ncomponent = \"agent\"\nmessages = []\ndowngrade = \"one\"\n[[stores]]\nmesages = [\"p.S\"]\n",
        &[
            "protoskew.toml:2:1: a store needs `messages`\n  help: name those that are stored by their full names",
            "protoskew.toml:3:13: no component is called `agnt`\n  help: did you mean `agent`?",
            "protoskew.toml:6:12: a store of no messages holds nothing\n  help: name those that are stored by their full names",
            "protoskew.toml:7:13: expected \"any\" or a number of release lines, found string",
            "protoskew.toml:8:1: a store needs `messages`\n  help: name those that are stored by their full names",
            "protoskew.toml:8:1: a store needs `component`\n  help: name one of the [components]",
            "protoskew.toml:9:1: unknown key `mesages`\n  help: did you mean `messages`?",
        ],
    );
    check_errors(
        "stores = 1\n",
        &[
            "protoskew.toml:1:10: expected an array of tables, each headed `[[stores]]`, found integer",
        ],
    );
}

#[test]
fn renames_and_globs_that_cannot_be() {
    check_errors(
        "[proto]\nvendored = [\"a/**\", \"b/{\"]\n[history]\nbranches = [\"release-[\"]\n[renames]\n\"a.A\" = \"a.B\"\n\"a.C\" = \"a.B\"\n\"a.D\" = \"a.D\"\n",
        &[
            "protoskew.toml:2:21: `b/{` is no glob: unclosed alternate group; missing '}' (maybe escape '{' with '[{]'?)\n  help: `protos/**/*.proto` matches at any depth, `*.proto` in one folder",
            "protoskew.toml:4:13: `release-[` is no glob: unclosed character class; missing ']'\n  help: `protos/**/*.proto` matches at any depth, `*.proto` in one folder",
            "protoskew.toml:7:9: `a.B` cannot have been both `a.A` and `a.C`",
            "protoskew.toml:8:9: `a.D` is renamed to itself",
        ],
    );
}

/// The blocks of `docs/configuration.md`.
fn documented() -> Vec<&'static str> {
    let page = include_str!("../../../../docs/configuration.md");
    let blocks = page.split("```toml\n").skip(1);
    let blocks = blocks.map(|rest| rest.split("```").next().unwrap_or(rest));
    blocks.collect()
}

#[test]
fn the_page_shows_what_can_be_read() {
    for block in documented() {
        if let Err(errors) = read(block) {
            panic!("{}\nin\n{block}", errors[0]);
        }
    }
}

#[test]
fn a_file_may_end_or_be_damaged_anywhere() {
    for block in documented() {
        for at in 0..block.len() {
            // an answer of either kind, and never a panic
            let _ = read_bytes(&block.as_bytes()[..at]);
            let mut damaged = block.as_bytes().to_vec();
            for byte in [0, b'"', b'[', b'{', b'=', 0xff] {
                damaged[at] = byte;
                let _ = read_bytes(&damaged);
            }
        }
    }
}

#[test]
fn every_protobuf_implementation_is_documented() {
    let page = include_str!("../../../../docs/configuration.md");
    for runtime in Runtime::ALL {
        let word = format!("`{}`", runtime.word());
        assert!(page.contains(&word), "{word}");
    }
}

const COMPONENTS: &str = "[components.runtime]\nprotocol = \"agent\"\n[components.agent]\n";

#[test]
fn a_feature() {
    let text = format!(
        "{COMPONENTS}[[features]]\nname = \"hooks\"\nelements = [\"a.M.f\", \"a.S.Call\"]\nenabled = \"1.4\"\n\
         default = {{ runtime = \"1.5\", agent = \"2.1.3\" }}\nreplaces = \"a.M.old\"\non-unsupported = \"refuse\"\n\
         [rules]\nrequire-features = true\n"
    );
    let config = read(&text).expect("valid");
    let [feature] = config.features.as_slice() else {
        panic!("one feature, not {:?}", config.features);
    };
    let names: Vec<&str> = feature
        .elements
        .iter()
        .map(|each| each.name.as_str())
        .collect();
    assert_eq!(
        (feature.name.as_str(), names),
        ("hooks", vec!["a.M.f", "a.S.Call"])
    );
    assert_eq!(
        feature.elements[1].declared.to_string(),
        "protoskew.toml:6:22"
    );
    let version = |major, minor, patch| Version {
        major,
        minor,
        patch,
    };
    assert_eq!(feature.enabled, Some(Since::Release(version(1, 4, 0))));
    let default = feature.default.as_ref().expect("a default");
    assert_eq!(default.of("runtime"), Some(version(1, 5, 0)));
    assert_eq!(default.of("agent"), Some(version(2, 1, 3)));
    assert_eq!(default.of("proxy"), None);
    let replaces = feature.replaces.as_ref().map(|old| old.name.as_str());
    assert_eq!(replaces, Some("a.M.old"));
    assert_eq!(feature.on_unsupported, Some(OnUnsupported::Refuse));
    assert!(config.requires_features());
    assert_eq!(config.levels["feature-undeclared"], Level::Deny);
}

#[test]
fn features_that_make_no_sense() {
    check_errors(
        "[[features]]\nname = \"a\"\nelements = [\"m.f\"]\nenabled = \"soon\"\non-unsupported = \"drpo\"\nenabeld = \"1.2\"\n",
        &[
            "protoskew.toml:4:11: `soon` is not a release line\n  help: write it as \"1.2\"",
            "protoskew.toml:5:18: `drpo` is nothing that a sender does\n  help: did you mean `drop`?",
            "protoskew.toml:6:1: unknown key `enabeld`\n  help: did you mean `enabled`?",
        ],
    );
    check_errors(
        "[[features]]\nelements = []\n[[features]]\nname = \"b\"\n",
        &[
            "protoskew.toml:1:1: a feature needs a `name`\n  help: reports and `protoskew plan` call it by it",
            "protoskew.toml:2:12: a feature of no elements is nothing\n  help: name fields, enum values, methods or types by their full names",
            "protoskew.toml:3:1: a feature needs `elements`\n  help: name what it adds by full names: [\"pkg.Message.field\"]",
        ],
    );
    check_errors(
        &format!(
            "{COMPONENTS}[[features]]\nname = \"a\"\nelements = [\"m.f\"]\n\
             [[features]]\nname = \"a\"\nelements = [\"m.f\"]\nenabled = {{ runtme = \"1.2\" }}\n"
        ),
        &[
            "protoskew.toml:8:8: a feature is called `a` already, on line 5",
            "protoskew.toml:9:13: `m.f` is an element of a feature already, on line 6",
            "protoskew.toml:10:13: no component is called `runtme`\n  help: did you mean `runtime`?",
        ],
    );
}
