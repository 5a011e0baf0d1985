//! `protoskew.toml` as the program sees it.

use crate::program::{change_type, check_says, two_releases};

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
