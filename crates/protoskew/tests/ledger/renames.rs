//! Elements that go by another name, or stand in another file or package: they are what they were.

use protoskew_testkit::TestRepo;

use super::{ALONE, HEAD, OWNER, PICTURE, check, field, past, states};

#[test]
fn files_and_packages_move() {
    let repo = states(&[OWNER, ALONE]);
    repo.rename("a.proto", "api/v1/field.proto")
        .commit("Move the file");
    check(&repo, &[]);
    repo.write(
        "api/v1/field.proto",
        field(ALONE).replace("package farm", "package farm.v1"),
    )
    .commit("Move the package");
    check(&repo, &[]);
    repo.write(
        "api/v1/field.proto",
        field(PICTURE).replace("package farm", "package farm.v1"),
    )
    .commit("Take 2");
    check(
        &repo,
        &["field-number-reused farm.v1.Field.picture: 2: string -> int64"],
    );
}

#[test]
fn a_message_is_renamed() {
    let with = |name: &str, members: &str| {
        format!(
            "{HEAD}message Farm {{\n  {name} field = 1;\n}}\n\nmessage {name} {{\n  {members};\n}}\n"
        )
    };
    let repo = TestRepo::new();
    repo.write(
        "a.proto",
        with("Field", "string crop = 1;\n  string owner = 2"),
    )
    .commit("Begin");
    repo.write("a.proto", with("Field", "string crop = 1"))
        .commit("Free 2");
    repo.write("a.proto", with("Acre", "string crop = 1"))
        .commit("Rename");
    check(&repo, &[]);
    repo.write(
        "a.proto",
        with("Acre", "string crop = 1;\n  int64 picture = 2"),
    )
    .commit("Take 2");
    check(
        &repo,
        &["field-number-reused farm.Acre.picture: 2: string -> int64"],
    );
}

#[test]
fn a_type_is_renamed_together_with_the_field_that_has_it() {
    let enumeration = |ty: &str, field: &str, values: &str| {
        format!("{HEAD}message Field {{\n  {ty} {field} = 1;\n  enum {ty} {{ {values} }}\n}}\n")
    };
    let repo = TestRepo::new();
    repo.write(
        "a.proto",
        enumeration("Kind", "kind", "WILD = 0; SOWN = 1;"),
    )
    .commit("Begin");
    repo.write(
        "a.proto",
        enumeration("Use", "used_as", "WILD = 0; SOWN = 1;"),
    )
    .commit("Rename both");
    check(&repo, &[]);
    repo.write(
        "a.proto",
        enumeration("Soil", "soil", "SAND = 0; CLAY = 1;"),
    )
    .commit("Another enum, another name");
    check(
        &repo,
        &["field-number-reused farm.Field.soil: 1: Use -> Soil"],
    );

    // messages that refer to each other
    let chain = |old: &str, member: &str| {
        format!(
            "{HEAD}message Farm {{\n  {old}Field {} = 1;\n}}\n\nmessage {old}Field {{\n  repeated {old}Row rows = 1;\n}}\n\n\
             message {old}Row {{\n  {member};\n  {old}Row next = 2;\n}}\n",
            if old.is_empty() { "field" } else { "old_field" }
        )
    };
    let repo = TestRepo::new();
    repo.write("a.proto", chain("Old", "string crop = 1"))
        .commit("Begin");
    repo.write("a.proto", chain("", "string crop = 1"))
        .commit("Rename all");
    check(&repo, &[]);
    // a name that meant something else before: another message, and still the same bytes in the field
    let repo = TestRepo::new();
    repo.write(
        "a.proto",
        chain("Old", "string crop = 1") + "message Field { int64 rows = 1; }",
    )
    .commit("Begin");
    repo.write("a.proto", chain("Old", "string crop = 1"))
        .commit("Free a name");
    repo.write("a.proto", chain("", "string crop = 1"))
        .commit("Rename all");
    check(&repo, &["message-name-reused farm.Field: 1: rows"]);
    let repo = TestRepo::new();
    repo.write("a.proto", chain("Old", "string crop = 1"))
        .commit("Begin");
    repo.write("a.proto", chain("", "bytes photo = 1"))
        .commit("Rename all, and change the innermost");
    check(
        &repo,
        &["field-number-reused farm.Farm.field: 1: OldField -> Field"],
    );
}

#[test]
fn of_two_messages_that_may_have_moved_it_is_the_one_that_resembles() {
    let repo = TestRepo::new();
    let one = |package: &str, members: &str| {
        format!("syntax = \"proto3\";\npackage {package};\n\nmessage Field {{\n  {members}\n}}\n")
    };
    const WHOLE: &str = "string crop = 1;\n  int64 rows = 2;\n  bytes photo = 3;";
    repo.write(
        "a.proto",
        one("barn", "string crop = 1;\n  string owner = 2;"),
    )
    .write("b.proto", one("farm", WHOLE))
    .commit("Two of one name");
    repo.remove("a.proto")
        .remove("b.proto")
        .write("types.proto", one("types", WHOLE))
        .commit("Keep one, in a package of its own");
    check(&repo, &[]);
    // one of two members is not most of them
    let repo = TestRepo::new();
    repo.write(
        "a.proto",
        one("barn", "string crop = 1;\n  string owner = 2;"),
    )
    .commit("Begin");
    repo.remove("a.proto")
        .write("types.proto", one("types", WHOLE))
        .commit("Something else of that name");
    check(&repo, &[]);
}

#[test]
fn a_number_that_was_taken_and_renamed_since() {
    let repo = states(&[OWNER, PICTURE, "string crop = 1; int64 image = 2"]);
    let past = past(&repo);
    let told = past.tell(past.breaches()[0].clone()).unwrap();
    assert_eq!(told.first_called.as_deref(), Some("picture"));
    assert!(
        told.onwards().ends_with(", called `picture` then,"),
        "{}",
        told.onwards()
    );
}

#[test]
fn a_declared_renaming_needs_no_proof() {
    let message =
        |name: &str, members: &str| format!("{HEAD}message {name} {{\n  {members};\n}}\n");
    let repo = TestRepo::new();
    repo.write(
        "a.proto",
        message("Field", "string crop = 1;\n  string owner = 2"),
    )
    .commit("Begin");
    repo.write("a.proto", message("Acre", "string crop = 1"))
        .commit("Rename, and free 2");
    repo.write(
        "a.proto",
        message("Acre", "string crop = 1;\n  int64 picture = 2"),
    )
    .commit("Take 2");
    check(&repo, &[]);
    repo.write(
        "protoskew.toml",
        "[renames]\n\"farm.Field\" = \"farm.Acre\"\n",
    );
    check(
        &repo,
        &["field-number-reused farm.Acre.picture: 2: string -> int64"],
    );
}

#[test]
fn a_thousand_types_move_at_once() {
    const TYPES: usize = 1_000;
    let repo = TestRepo::new();
    let types = |package: &str, taken: &str| {
        let types = (0..TYPES).map(|n| {
            let next = (n + 1) % TYPES;
            format!(
                "message M{n} {{\n  M{next} next = 1;\n  Kind kind = 3;\n  {taken}\n  enum Kind {{ NO_{n} = 0; }}\n}}\n"
            )
        });
        let head = HEAD.replace("farm", package);
        head + &types.collect::<String>()
    };
    repo.write("a.proto", types("farm", "string owner = 2;"))
        .commit("Begin");
    repo.write("a.proto", types("farm", ""))
        .commit("Free 2 everywhere");
    repo.write("a.proto", types("acme.api.farm.v1", ""))
        .commit("Move them all");
    check(&repo, &[]);
    let moved = types("acme.api.farm.v1", "");
    let last = "  M0 next = 1;\n";
    repo.write(
        "a.proto",
        moved.replace(last, &format!("{last}  int64 picture = 2;\n")),
    )
    .commit("Take 2");
    check(
        &repo,
        &["field-number-reused acme.api.farm.v1.M999.picture: 2: string -> int64"],
    );
}
