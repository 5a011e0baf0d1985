//! Asking the past: the first number never used, and an element's story.

use expect_test::expect;
use protoskew_testkit::TestRepo;

use crate::program::{check, check_says, harbor};

/// A number that was freed in one commit and came back with another meaning two commits later.
fn reused() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("harbor.proto", harbor("int64 weight = 1; string name = 2;"))
        .commit("Begin");
    repo.tag("v1.0.0");
    repo.write("harbor.proto", harbor("int64 weight = 1;"))
        .commit("Free the name");
    repo.write("readme.md", "harbor").commit("Go on");
    repo.write("harbor.proto", harbor("int64 weight = 1; bytes seal = 2;"))
        .commit("Seal the cargo");
    repo
}

#[test]
fn the_first_number_that_was_never_used() {
    let repo = reused();
    let ran = check_says(&repo, "next ship.Cargo", 0, &["3\n"]);
    ran.never_says(&["2\n  spent"]);
    check_says(&repo, "next ship.Cargo --count 2", 0, &["3", "4"]);
    check_says(&repo, "next ship.Crago", 2, &["ship.Crago", "ship.Cargo"]);
}

#[test]
fn the_story_of_an_element() {
    let repo = reused();
    check(
        &repo,
        "history ship.Cargo.seal",
        0,
        expect![[r#"
        ship.Cargo.seal

        33e401d 2024-01-02 Ada Author: Begin
            + string name = 2  [released in 1.0.0]

        6135b62 2024-01-03 Ada Author: Free the name
            - string name = 2

        b0bd9cc 2024-01-05 Ada Author: Seal the cargo
            + bytes seal = 2

        now: bytes seal = 2
    "#]],
    );
    check_says(
        &repo,
        "history ship.Cargo.seal --format json",
        0,
        &["\"type\":\"history\""],
    );
}

#[test]
fn a_number_that_came_back_years_later_fails_the_check() {
    let repo = reused();
    // every step from one commit to the next is silent
    check_says(&repo, "check --against HEAD~1", 0, &["may ship"]);
    check_says(
        &repo,
        "check --baseline HEAD~1",
        1,
        &["field-number-reused", "ship.Cargo.seal"],
    );
}

/// One of everything that has numbers or a path, in two commits.
fn all_kinds() -> TestRepo {
    let repo = TestRepo::new();
    let file = |enumeration: &str, fields: &str, methods: &str| {
        format!(
            "syntax = \"proto2\";\npackage ship;\n\nenum Wind {{\n{enumeration}}}\n\nmessage Cargo {{\n{fields}}}\n\n\
             extend Cargo {{\n  optional bool frail = 100;\n}}\n\nmessage Empty {{\n  reserved 5;\n}}\n\nservice Harbor {{\n{methods}}}\n"
        )
    };
    repo.write(
        "harbor.proto",
        file(
            "  CALM = 0;\n  ASTERN = -1;\n  AHEAD = -2;\n",
            "  optional int64 weight = 1;\n  optional string name = 2;\n  extensions 100 to 199;\n",
            "  rpc Load(Cargo) returns (Empty);\n",
        ) + "\nmessage Crate {\n  optional int32 side = 1;\n}\n",
    )
    .commit("Begin");
    repo.tag("v1.0.0");
    repo.write(
        "harbor.proto",
        file(
            "  CALM = 0;\n  ASTERN = -1;\n",
            "  optional string name = 2;\n  reserved 7 to 9;\n  extensions 100 to 199;\n",
            "  rpc Load(Cargo) returns (stream Empty);\n",
        ),
    )
    .commit("Tidy up");
    repo
}

#[test]
fn the_next_numbers_of_a_message_an_enum_and_nothing_else() {
    let repo = all_kinds();
    check(
        &repo,
        "next ship.Cargo --count 7",
        0,
        expect![[r#"
            3, 4, 5, 6, 10, 11, 12
              spent, unfenced  1 (weight)
              reserved         7 to 9
              in use           2
        "#]],
    );
    check(
        &repo,
        "next ship.Wind --count 3",
        0,
        expect![[r#"
        1, 2, 3
          spent, unfenced  -2 (AHEAD)
          in use           -1, 0
    "#]],
    );
    check(
        &repo,
        "next .ship.Empty",
        0,
        expect![[r#"
        1
          reserved         5
    "#]],
    );
    check(
        &repo,
        "next ship.Crate",
        0,
        expect![[r#"
        2
          spent, unfenced  1 (side)
    "#]],
    );
    check(
        &repo,
        "next ship.Cargo --count 2 --format json",
        0,
        expect![[r#"
            {"type":"next","format":"protoskew/1","protoskew":"0.1.0","element":"ship.Cargo","free":[3,4],"used":[2],"spent":[1],"reserved":[[7,9]]}
        "#]],
    );
    check(
        &repo,
        "next ship.Cargo.weight",
        2,
        expect![[r#"
        protoskew: `ship.Cargo.weight` is no message and no enum
          help: only fields and enum values have numbers of their own
    "#]],
    );
    check(
        &repo,
        "next ship.Harbor",
        2,
        expect![[r#"
        protoskew: `ship.Harbor` is no message and no enum
          help: only fields and enum values have numbers of their own
    "#]],
    );
    check(
        &repo,
        "next ship.Cargo --at v1.0.0",
        0,
        expect![[r#"
        3
          in use           1, 2
    "#]],
    );
    check_says(&repo, "next ship.Cargo --count 0", 2, &["1..=10000"]);
    check_says(
        &repo,
        "next ship.Cargo --at v9",
        2,
        &["`v9` names no commit"],
    );
}

#[test]
fn the_story_of_each_kind() {
    let repo = all_kinds();
    check(
        &repo,
        "history ship.Wind",
        0,
        expect![[r#"
        ship.Wind

        0a6c0e6 2024-01-02 Ada Author: Begin
            came (harbor.proto)
            + AHEAD = -2  [released in 1.0.0]
            + ASTERN = -1  [released in 1.0.0]
            + CALM = 0  [released in 1.0.0]

        917ec52 2024-01-03 Ada Author: Tidy up
            - AHEAD = -2

        now: CALM = 0; ASTERN = -1
    "#]],
    );
    check(
        &repo,
        "history ship.Wind.-2",
        0,
        expect![[r#"
        ship.Wind.-2

        0a6c0e6 2024-01-02 Ada Author: Begin
            + AHEAD = -2  [released in 1.0.0]

        917ec52 2024-01-03 Ada Author: Tidy up
            - AHEAD = -2

        now: gone
    "#]],
    );
    check(
        &repo,
        "history ship.Cargo.1",
        0,
        expect![[r#"
        ship.Cargo.1

        0a6c0e6 2024-01-02 Ada Author: Begin
            + int64 weight = 1  [released in 1.0.0]

        917ec52 2024-01-03 Ada Author: Tidy up
            - int64 weight = 1

        now: gone
    "#]],
    );
    check(
        &repo,
        "history ship.Cargo.8",
        2,
        expect![[r#"
        protoskew: nothing was ever called `ship.Cargo.8`
          help: did you mean `ship.Cargo`?
    "#]],
    );
    check(
        &repo,
        "history ship.Empty",
        0,
        expect![[r#"
        ship.Empty

        0a6c0e6 2024-01-02 Ada Author: Begin
            came (harbor.proto)
            + reserved 5

        now: empty
    "#]],
    );
    check(
        &repo,
        "history ship.frail",
        0,
        expect![[r#"
        ship.frail

        0a6c0e6 2024-01-02 Ada Author: Begin
            + bool ship.frail = 100  [released in 1.0.0]

        now: bool ship.frail = 100
    "#]],
    );
    check(
        &repo,
        "history ship.Harbor.Load",
        0,
        expect![[r#"
        ship.Harbor.Load

        0a6c0e6 2024-01-02 Ada Author: Begin
            + rpc Load: Cargo -> Empty  [released in 1.0.0]

        917ec52 2024-01-03 Ada Author: Tidy up
            - rpc Load: Cargo -> Empty
            + rpc Load: Cargo -> stream Empty

        now: rpc Load: Cargo -> stream Empty
    "#]],
    );
    check(
        &repo,
        "history ship.Crate",
        0,
        expect![[r#"
        ship.Crate

        0a6c0e6 2024-01-02 Ada Author: Begin
            came (harbor.proto)
            + int32 side = 1  [released in 1.0.0]

        917ec52 2024-01-03 Ada Author: Tidy up
            - int32 side = 1
            went (harbor.proto)

        now: gone
    "#]],
    );
    check(
        &repo,
        "history ship.Crate --format json",
        0,
        expect![[r#"
            {"type":"history","format":"protoskew/1","protoskew":"0.1.0","element":"ship.Crate","events":4,"present":false}
            {"type":"event","what":"came","element":"ship.Crate","number":null,"text":null,"range":null,"commit":"0a6c0e6","date":"2024-01-02","author":"Ada Author","subject":"Begin","path":"harbor.proto","released":null}
            {"type":"event","what":"began","element":"ship.Crate.side","number":1,"text":"int32","range":null,"commit":"0a6c0e6","date":"2024-01-02","author":"Ada Author","subject":"Begin","path":"harbor.proto","released":"1.0.0"}
            {"type":"event","what":"ended","element":"ship.Crate.side","number":1,"text":"int32","range":null,"commit":"917ec52","date":"2024-01-03","author":"Ada Author","subject":"Tidy up","path":"harbor.proto","released":null}
            {"type":"event","what":"went","element":"ship.Crate","number":null,"text":null,"range":null,"commit":"917ec52","date":"2024-01-03","author":"Ada Author","subject":"Tidy up","path":"harbor.proto","released":null}
        "#]],
    );
    check(
        &repo,
        "history ship.Crates",
        2,
        expect![[r#"
        protoskew: nothing was ever called `ship.Crates`
          help: did you mean `ship.Crate`?
    "#]],
    );
}

#[test]
fn a_renaming_that_names_nothing() {
    let repo = reused();
    repo.write(
        "protoskew.toml",
        "[renames]\n\"ship.Crago\" = \"ship.Cargo\"\n\"ship.Receipt\" = \"other.Thing\"\n",
    );
    check_says(
        &repo,
        "check",
        1,
        &[
            "nothing here was ever called `ship.Crago`; did you mean `ship.Cargo`?",
            "nothing here was ever called `other.Thing`",
        ],
    );
}
