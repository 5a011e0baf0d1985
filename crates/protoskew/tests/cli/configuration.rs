//! `protoskew.toml` as the program sees it.

use crate::program::{change_type, check_says, harbor, two_releases};

#[test]
fn mistakes_are_named_with_their_line() {
    let repo = two_releases();
    repo.write(
        "protoskew.toml",
        "[rules]\nfield-renamd = \"deny\"\n[proot]\n",
    );
    for command in ["check", "matrix", "meet 1.0.0 1.1.0"] {
        check_says(
            &repo,
            command,
            2,
            &[
                "protoskew.toml:2:1: unknown rule `field-renamd`",
                "did you mean `field-renamed`?",
                "protoskew.toml:3:2: unknown key `proot`",
                "did you mean `proto`?",
            ],
        );
    }
    repo.write("protoskew.toml", "[rules\n");
    check_says(&repo, "check", 2, &["protoskew.toml:1:"]);
    repo.write("protoskew.toml", b"[rules]\n\xff\n");
    check_says(&repo, "check", 2, &["protoskew.toml:2:1", "UTF-8"]);
    repo.remove("protoskew.toml").write("protoskew.toml/x", "");
    check_says(&repo, "check", 2, &["protoskew.toml", "folder"]);
}

#[test]
fn levels_and_presets_decide_the_exit_code() {
    let repo = two_releases();
    change_type(&repo);
    repo.write("protoskew.toml", "[rules]\nfield-type-changed = \"warn\"\n");
    check_says(&repo, "check", 0, &["warning[field-type-changed]"]);
    repo.write("protoskew.toml", "[rules]\npreset = \"advice\"\n");
    check_says(&repo, "check", 0, &["field-type-changed"]);
}

#[test]
fn levels_hold_where_they_are_said_to() {
    let repo = two_releases();
    change_type(&repo);
    let configured = |text: &str| repo.write("protoskew.toml", text);
    configured("[[rules.for]]\npaths = [\"*.proto\"]\nfield-type-changed = \"note\"\n");
    check_says(&repo, "check", 0, &["note[field-type-changed]"]);
    configured("[[rules.for]]\npaths = [\"other/**\"]\nfield-type-changed = \"note\"\n");
    check_says(&repo, "check", 1, &["error[field-type-changed]"]);
    configured("[[rules.for]]\npackages = [\"ship\"]\npreset = \"advice\"\n");
    check_says(&repo, "check", 0, &["warning[field-type-changed]"]);
    // and from what is loud by now
    check_says(
        &repo,
        "check --deny-warnings",
        1,
        &["error[field-type-changed]"],
    );
    configured("[rules]\n\n[[rules.for]]\npackages = [\"shop\"]\npreset = \"advice\"\n");
    check_says(
        &repo,
        "check",
        2,
        &[
            "protoskew.toml:3:1: [[rules.for]] names the package `shop`, which no release has",
            "did you mean `ship`?",
        ],
    );
}

#[test]
fn levels_hold_for_one_link() {
    let repo = two_releases();
    change_type(&repo);
    let links = "[components.crane]\n[components.app]\n[components.port]\n[[links]]\nclient = \"crane\"\nserver = \"port\"\n[[links]]\nclient = \"app\"\nserver = \"port\"\n";
    let configured = |rest: &str| repo.write("protoskew.toml", format!("{links}{rest}"));
    configured("[[rules.for]]\nlinks = [\"crane:port\"]\nfield-type-changed = \"off\"\n");
    // still denied for the other, and shown for that one alone
    check_says(&repo, "check", 1, &["app worktree"]).never_says(&["crane worktree", "crane 1"]);
    configured(
        "[[rules.for]]\nlinks = [\"crane:port\", \"app:port\"]\nfield-type-changed = \"warn\"\n",
    );
    check_says(
        &repo,
        "check",
        0,
        &["warning[field-type-changed]", "crane worktree"],
    );
}

#[test]
fn packages_that_may_still_change_warn() {
    let file = |fields: &str| {
        format!("syntax = \"proto3\";\npackage ship.v1alpha1;\nmessage Cargo {{ {fields} }}\n")
    };
    let repo = protoskew_testkit::TestRepo::new();
    repo.write("a.proto", file("int64 weight = 1;"))
        .commit("Begin");
    repo.tag("v1.0.0");
    repo.write("a.proto", file("sint64 weight = 1;"));
    check_says(&repo, "check", 0, &["warning[field-type-changed]"]);
    check_says(
        &repo,
        "check --deny-warnings",
        1,
        &["error[field-type-changed]"],
    );
    for (said, code) in [
        ("unstable = \"deny\"", 1),
        ("unstable = \"off\"", 0),
        ("field-type-changed = \"deny\"", 1),
    ] {
        repo.write("protoskew.toml", format!("[rules]\n{said}\n"));
        check_says(&repo, "check", code, &[]);
    }
}

#[test]
fn which_files_are_judged() {
    let repo = two_releases();
    let file = |package: &str| {
        format!("syntax = \"proto3\";\npackage {package};\nmessage M {{ int64 a = 1; }}\n")
    };
    repo.write("api/own.proto", file("own"))
        .write("copies/theirs.proto", file("theirs"))
        .write("testdata/odd.proto", file("odd"));
    check_says(
        &repo,
        "check",
        0,
        &["judged    3 files", "left out: 1 test file (testdata/)"],
    );
    repo.write("protoskew.toml", "[proto]\nvendored = [\"copies/**\"]\n");
    check_says(
        &repo,
        "check",
        0,
        &[
            "judged    2 files",
            "1 vendored (by configuration), 1 test file",
        ],
    );
    // what is included is judged whatever its folder is called
    repo.write(
        "protoskew.toml",
        "[proto]\ninclude = [\"api/*.proto\", \"testdata/**\"]\n",
    );
    check_says(
        &repo,
        "check",
        0,
        &["judged    2 files", "2 not included by configuration"],
    );
    repo.write("protoskew.toml", "[proto]\ninclude = [\"ap/*.proto\"]\n");
    check_says(
        &repo,
        "check",
        2,
        &["every `.proto` file in worktree is left out", "include = ["],
    );
    repo.write("protoskew.toml", "[proto]\ninclude = [\n  \"api/[a\",\n]\n");
    check_says(
        &repo,
        "check",
        2,
        &[
            "protoskew.toml:3:3: `api/[a` is no glob",
            "matches at any depth",
        ],
    );
}

#[test]
fn roots_say_what_an_import_means() {
    let repo = two_releases();
    let types =
        |kind: &str| format!("syntax = \"proto3\";\npackage t;\nmessage T {{ {kind} a = 1; }}\n");
    // two files that an inferred root could mean
    repo.write(
        "a/types.proto",
        types("int64").replace("package t", "package a"),
    )
    .write("b/types.proto", types("int64"))
    .write(
        "use.proto",
        "syntax = \"proto3\";\npackage u;\nimport \"types.proto\";\nmessage U { t.T t = 1; }\n",
    );
    repo.write("protoskew.toml", "[proto]\nroots = [\"b\", \".\"]\n");
    check_says(&repo, "check", 0, &["judged    4 files"]).never_says(&["leads to no file"]);
    repo.write("protoskew.toml", "[proto]\nroots = [\"a\", \".\"]\n");
    check_says(&repo, "check", 1, &["proto-unreadable", "t.T"]);
}

#[test]
fn the_default_branch_by_name() {
    let repo = two_releases();
    repo.branch("topic");
    change_type(&repo);
    repo.commit("Break it");
    repo.write("protoskew.toml", "[history]\ndefault-branch = \"topic\"\n");
    check_says(&repo, "check", 1, &["baseline  release 1.1.0"]);
    repo.write("protoskew.toml", "[history]\ndefault-branch = \"main\"\n");
    check_says(&repo, "check", 1, &["merge base with main"]);
    repo.write("protoskew.toml", "[history]\ndefault-branch = \"trunk\"\n");
    check_says(&repo, "check", 2, &["trunk", "help: "]);
}

#[test]
fn a_baseline_for_who_begins_in_the_middle() {
    let repo = two_releases();
    change_type(&repo);
    let broken = repo.commit("Break it");
    repo.write("notes", "").commit("Go on");
    check_says(&repo, "check", 1, &["baseline  release 1.1.0"]);
    let configured = |name: &str| {
        repo.write(
            "protoskew.toml",
            format!("[history]\nbaseline = \"{name}\"\n"),
        );
    };
    configured(&broken[..10]);
    check_says(
        &repo,
        "check",
        0,
        &["as configured", "1 finding known there"],
    );
    check_says(
        &repo,
        "check --baseline v1.1.0",
        1,
        &["baseline  release 1.1.0"],
    );
    // a younger one is where new starts, and one that is no part of this stays aside
    configured("v1.0.0");
    check_says(&repo, "check", 1, &["baseline  release 1.1.0"]);
    repo.remove("protoskew.toml")
        .branch("topic")
        .checkout("topic");
    repo.write("topic", "").commit("Aside");
    repo.checkout("main");
    configured("topic");
    check_says(&repo, "check", 1, &["baseline  release 1.1.0"]);
    configured("nowhere");
    check_says(&repo, "check", 2, &["nowhere"]);
}

#[test]
fn much_that_is_new_says_how_to_begin() {
    let fields = |kind: &str| {
        (1..30)
            .map(|n| format!("{kind} f{n} = {n};"))
            .collect::<String>()
    };
    let repo = protoskew_testkit::TestRepo::new();
    repo.write("harbor.proto", harbor(&fields("int64")))
        .commit("Begin");
    repo.tag("v1.0.0");
    repo.write("harbor.proto", harbor(&fields("sint64")));
    let head = repo.head();
    check_says(
        &repo,
        "check",
        1,
        &[
            "… and 24 more field-type-changed",
            "Who begins here: `baseline = \"",
            &head[..7],
        ],
    );
}

#[test]
fn declared_renames_keep_identity() {
    let repo = two_releases();
    let text = harbor("int64 weight = 1; optional string name = 2; optional string owner = 3;");
    repo.write("harbor.proto", text.replace("Cargo", "Freight"));
    check_says(
        &repo,
        "check",
        0,
        &["method-request-changed", "message-removed"],
    );
    repo.write(
        "protoskew.toml",
        "[renames]\n\"ship.Cargo\" = \"ship.Freight\"\n",
    );
    let ran = check_says(&repo, "check", 0, &[]);
    ran.never_says(&["method-request-changed", "message-removed"]);
}

#[test]
fn a_bare_clone_is_configured_by_what_it_holds() {
    let repo = two_releases();
    change_type(&repo);
    repo.write("protoskew.toml", "[rules]\nfield-type-changed = \"warn\"\n")
        .commit("Break it, and say that it is well");
    let bare = repo.clone_as("bare.git", &["--bare"]);
    check_says(&bare, "check", 0, &["warning[field-type-changed]"]);
    repo.write("protoskew.toml", "[rulez]\n").commit("Mistype");
    let bare = repo.clone_as("worse.git", &["--bare"]);
    check_says(
        &bare,
        "check",
        2,
        &["protoskew.toml:1:2: unknown key `rulez`"],
    );
}

#[test]
fn options_of_the_contract_exist() {
    let repo = two_releases();
    let option = "option (google.api.http) = { get: \"/v1/load\" };";
    let with = |path: &str| {
        let text = harbor("int64 weight = 1; optional string name = 2;");
        let import = "package ship;\nimport \"google/api/annotations.proto\";";
        text.replace("package ship;", import)
            .replace("(Receipt);", &format!("(Receipt) {{ {option} }}"))
            .replace("/v1/load", path)
    };
    repo.write("harbor.proto", with("/v1/load"))
        .commit("Serve HTTP");
    repo.tag("v1.2.0").write("harbor.proto", with("/v2/load"));
    // without the contract an option is nobody's business
    check_says(&repo, "check", 0, &["nothing"]);
    let contract = |option: &str| format!("[contract]\noptions = [{option:?}]\n");
    repo.write("protoskew.toml", contract("google.api.http"));
    check_says(
        &repo,
        "check",
        0,
        &["warning[option-changed]", "/v1/load", "/v2/load"],
    );
    repo.write("protoskew.toml", contract("google.api.htp"));
    check_says(
        &repo,
        "check",
        2,
        &[
            "protoskew.toml: the contract names the option `google.api.htp`",
            "did you mean `google.api.http`?",
        ],
    );
    repo.write("protoskew.toml", contract("google.api.http = 3"));
    check_says(
        &repo,
        "check",
        2,
        &["protoskew.toml:2:", "is not the name of an option"],
    );
}
