//! `[[stores]]`: messages at rest, in every command.

use expect_test::expect;
use protoskew_testkit::TestRepo;

use crate::program::{check, check_says, run};

const STORE: &str = "[components.runtime]\nprotobuf = \"prost\"\n\n[[stores]]\ncomponent = \"runtime\"\nmessages = [\"persist.Sandbox\"]\ndowngrade = 1\n";

fn persist(sandbox: &str) -> String {
    format!(
        "syntax = \"proto3\";\npackage persist;\n\nmessage Sandbox {{\n  string id = 1;\n  {sandbox}\n  Disk disk = 9;\n}}\nmessage Disk {{ int64 size = 1; }}\nmessage Other {{ int64 size = 1; }}\n"
    )
}

/// Three release lines of a stored message.
fn three_lines() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("protoskew.toml", STORE);
    for (line, field) in ["", "int64 size = 2;", "int64 size = 2; bool paused = 3;"]
        .iter()
        .enumerate()
    {
        repo.write("persist.proto", persist(field))
            .commit(&format!("Release {line}"));
        repo.tag(&format!("v1.{line}.0"));
    }
    repo
}

#[test]
fn what_no_service_reaches_is_written_by_who_knows_it() {
    let repo = TestRepo::new();
    let text = "syntax = \"proto3\";\npackage persist;\n\nenum Flag { FLAG_NONE = 0; }\nmessage Mark { Flag flag = 1; }\n";
    repo.write("persist.proto", text).commit("Release");
    repo.tag("v1.0.0");
    repo.write(
        "persist.proto",
        text.replace("= 0; }", "= 0; FLAG_RED = 1; }"),
    );
    let ran = check_says(
        &repo,
        "check",
        0,
        &[
            "= lossy: client 1.0.0 ← server worktree, stored\n",
            "         client worktree → server 1.0.0, stored\n",
            "= witness: 08 01 from ",
            "worktree → client 1.0.0 (rust-protobuf-2) loses flag = FLAG_RED",
        ],
    );
    ran.never_says(&["1.0.0 → "]);
}

#[test]
fn an_upgrade_reads_what_every_older_release_wrote() {
    let repo = three_lines();
    let text = persist("sint64 size = 2; bool paused = 3;");
    repo.write(
        "persist.proto",
        text.replace("Other { int64", "Other { sint64"),
    );
    let ran = check_says(
        &repo,
        "check",
        1,
        &[
            "error[field-type-changed]: `persist.Sandbox.size`",
            "= misread: runtime 1.1.0–1.2.0 → runtime worktree, stored",
            "           runtime worktree → runtime 1.2.0, stored",
            "= order: neither way is open: a newer release cannot read what older ones wrote",
        ],
    );
    // what stands in no store and no call may be written and read by anybody
    assert!(
        ran.stdout
            .contains("client 1.0.0–1.2.0 → server worktree, stored"),
        "{}",
        ran.all()
    );
    let narrow = STORE.replace("downgrade = 1", "downgrade = 0\noldest = \"1.2\"");
    repo.write("protoskew.toml", narrow)
        .write("persist.proto", text);
    check_says(
        &repo,
        "check",
        1,
        &[
            "= misread: runtime 1.2.0 → runtime worktree, stored\n",
            "= order: what older releases wrote must be converted before a newer one reads it",
        ],
    );
}

#[test]
fn a_rollback_writes_anew_and_loses() {
    let repo = three_lines();
    repo.write(
        "persist.proto",
        persist("int64 size = 2; bool paused = 3; string host = 4;"),
    );
    let lost = "warning[field-lost-on-rewrite]: number 4 is new in what is stored: a release without it loses";
    check_says(
        &repo,
        "check",
        0,
        &[
            lost,
            "= blind: runtime worktree → runtime 1.2.0, stored",
            "`persist.Sandbox.host`: runtime may store it from the line after 1.3 on.",
        ],
    );
    repo.write("protoskew.toml", STORE.replace("prost", "go"));
    check_says(&repo, "check", 0, &[]).never_says(&["field-lost-on-rewrite"]);
    repo.write(
        "protoskew.toml",
        STORE.replace("protobuf = \"prost\"\n", ""),
    );
    check_says(&repo, "check", 0, &[lost, "readers built with prost"]);
    repo.write(
        "protoskew.toml",
        STORE.replace("downgrade = 1", "downgrade = 0"),
    );
    check_says(&repo, "check", 0, &[]).never_says(&["field-lost-on-rewrite"]);
}

#[test]
fn both_of_times_arrows_and_what_is_lost_between_them() {
    let repo = TestRepo::new();
    repo.write("protoskew.toml", STORE)
        .write("persist.proto", persist("int64 size = 2; int32 count = 3;"))
        .commit("Release");
    repo.tag("v1.0.0");
    repo.write(
        "persist.proto",
        persist("int32 size = 2; int64 count = 3; string host = 4;"),
    );
    let upgrade = "10 80 80 80 80 08 from runtime 1.0.0 → runtime worktree (prost) reads size = -2147483648 instead of";
    let rollback = "18 80 80 80 80 08 from runtime worktree → runtime 1.0.0 (prost) reads count = -2147483648 instead of";
    let rewrite =
        "22 01 61 from runtime worktree → runtime 1.0.0 writes it back without host = \"a\"";
    let ran = check_says(
        &repo,
        "check",
        1,
        &[
            // the upgrade reads what was written before it
            "= lossy: runtime 1.0.0 → runtime worktree, stored\n",
            upgrade,
            "= order: what older releases wrote must be converted before a newer one reads it",
            // the rollback reads what was written after it
            "= lossy: runtime worktree → runtime 1.0.0, stored\n",
            rollback,
            "= order: no way back: a release that was rolled back cannot read what a newer one wrote",
            // and loses what it does not know where it writes
            "warning[field-lost-on-rewrite]",
            rewrite,
            "next      Neither way is open: a newer release cannot read what older ones wrote, nor one that was rolled back what a",
        ],
    );
    ran.never_says(&["client", "server"]);
    // a runtime that keeps what it does not know loses nothing, and reads the rest as before
    repo.write("protoskew.toml", STORE.replace("prost", "go"));
    check_says(
        &repo,
        "check",
        1,
        &["(go) reads size = ", "(go) reads count = "],
    )
    .never_says(&["field-lost-on-rewrite", "writes it back without"]);
    // without rollbacks one arrow is left
    repo.write(
        "protoskew.toml",
        STORE.replace("downgrade = 1", "downgrade = 0"),
    );
    check_says(&repo, "check", 1, &[upgrade]).never_says(&[rollback, rewrite]);
}

#[test]
fn the_matrix_and_one_meeting() {
    let repo = three_lines();
    check(
        &repo,
        "matrix --link store:runtime",
        0,
        expect![[r#"
        none of 13 meetings breaks
        rows: runtime as the writer; columns: runtime as the reader

                    1.0.0  1.1.0  1.2.0  ▸ worktree
          1.0.0     ·      a1     a2     a2
          1.1.0     b1     ·      a1     a1
          1.2.0     ×      b1     ·      ·
        ▸ worktree  ×      ×      ·      ·

          b  blind: the reader does not know it and ignores it
          a  absent: the writer does not know the field, the reader sees its default
          3  the number of elements or calls with that outcome
          ·  same schema
          ×  never meet
    "#]],
    );
    check(
        &repo,
        "meet runtime@1.2.0 runtime@1.1.0",
        0,
        expect![[r#"
        runtime 1.2.0 → runtime 1.1.0: what is stored differs, but does not break

        in what the first wrote and the second reads
          stored    blind         persist.Sandbox.paused: number 3 is known to the newer side only
    "#]],
    );
    check(
        &repo,
        "meet runtime@1.1.0 runtime@1.2.0",
        0,
        expect![[r#"
        runtime 1.1.0 → runtime 1.2.0: what is stored differs, but does not break

        in what the first wrote and the second reads
          stored    absent        persist.Sandbox.paused: number 3 is known to the newer side only
    "#]],
    );
    let json = run(&repo, "matrix --link store:runtime --format json");
    assert!(
        json.stdout.contains(r#""roles":["writer","reader"]"#),
        "{}",
        json.stdout
    );
    check_says(
        &repo,
        "matrix --link store:agent",
        2,
        &[
            "there is no link `store:agent`",
            "client:server, store:runtime",
        ],
    );
}

#[test]
fn a_message_that_nobody_ever_had() {
    let repo = three_lines();
    repo.write("protoskew.toml", STORE.replace("Sandbox", "Sandbx"));
    for command in ["check", "matrix"] {
        check_says(
            &repo,
            command,
            2,
            &[
                "a store names the message `persist.Sandbx`, which no release has, nor worktree",
                "did you mean `persist.Sandbox`?",
            ],
        );
    }
}
