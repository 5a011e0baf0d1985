//! Repositories of every kind: each is answered, or told exactly what to run.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;

use protoskew_testkit::TestRepo;

use crate::program::{change_type, check_says, harbor, run, two_releases};

const BROKEN: &str = "sint64 weight = 1; optional string name = 2;";

#[test]
fn not_a_repository() {
    let folder = TestRepo::folder();
    folder.write("harbor.proto", harbor("int64 weight = 1;"));
    let help = "help: run protoskew in a checkout, or compare two folders: protoskew check NEW --against OLD";
    for command in [
        "check",
        "check .",
        "check HEAD",
        "check --staged",
        "matrix",
        "meet 1.0.0 1.1.0",
    ] {
        check_says(&folder, command, 2, &["not in a git repository", help]);
    }
}

#[test]
fn no_protos() {
    let repo = TestRepo::new();
    for command in ["check", "matrix", "check --staged"] {
        check_says(&repo, command, 2, &["no `.proto` file in", "help: "]);
    }
    repo.write("readme.md", "nothing here").commit("Begin");
    repo.tag("v1.0.0");
    for command in [
        "check",
        "check HEAD",
        "check --against v1.0.0",
        "matrix",
        "check --staged",
    ] {
        check_says(&repo, command, 2, &["no `.proto` file in", "help: "]);
    }
}

#[test]
fn protos_that_only_releases_had() {
    let repo = two_releases();
    repo.remove("harbor.proto").commit("Give up");
    check_says(
        &repo,
        "check",
        2,
        &[
            "no `.proto` file in worktree",
            "release 1.1.0 had protos",
            "git log --diff-filter=D",
        ],
    );
    check_says(&repo, "matrix", 0, &["1.1.0"]);
    check_says(&repo, "meet 1.0.0 1.1.0", 0, &["Cargo.name"]);
}

#[test]
fn protos_that_are_all_someone_elses() {
    let repo = TestRepo::new();
    repo.write("vendor/x.org/a.proto", harbor("int64 weight = 1;"))
        .commit("Begin");
    check_says(
        &repo,
        "check",
        2,
        &[
            "every `.proto` file in worktree is left out: 1 vendored (vendor/)",
            "include = [",
            "[proto]",
        ],
    );
}

#[test]
fn a_shallow_clone() {
    let repo = two_releases();
    repo.commit("Go on");
    let clone = repo.clone_as("shallow", &["--depth=1"]);
    change_type(&clone);
    for command in ["check", "matrix"] {
        check_says(
            &clone,
            command,
            2,
            &[
                "this clone is shallow",
                "git fetch --unshallow --tags",
                "--allow-incomplete",
            ],
        );
    }
    check_says(
        &clone,
        "check --allow-incomplete",
        1,
        &["Cargo.weight", "shallow"],
    );
    check_says(&clone, "matrix --allow-incomplete", 0, &["worktree"]);
    // an explicit base needs no history
    check_says(&clone, "check --against HEAD", 1, &["Cargo.weight"]);
    clone.git(&["fetch", "--quiet", "--unshallow", "--tags"]);
    check_says(&clone, "check", 1, &["2 releases"]);
}

#[test]
fn a_bare_clone() {
    let repo = two_releases();
    repo.write("harbor.proto", harbor(BROKEN))
        .commit("Break it");
    let bare = repo.clone_as("bare.git", &["--bare"]);
    check_says(&bare, "check", 1, &["Cargo.weight", "2 releases"]);
    check_says(&bare, "check HEAD~1", 0, &["2 releases"]);
    check_says(&bare, "matrix", 0, &["1.1.0"]);
    check_says(
        &bare,
        "check --staged",
        2,
        &[
            "this repository is bare: nothing is staged",
            "help: name a revision",
        ],
    );
}

#[test]
fn a_linked_worktree() {
    let repo = two_releases();
    let path = repo.beside("linked").display().to_string();
    repo.git(&["worktree", "add", "--quiet", "-b", "topic", &path]);
    let linked = repo.at(&path);
    change_type(&linked);
    check_says(&linked, "check", 1, &["Cargo.weight", "2 releases"]);
    check_says(&repo, "check", 0, &["nothing"]);
    linked.git(&["add", "--all"]);
    check_says(&linked, "check --staged", 1, &["Cargo.weight"]);
}

#[test]
fn sha256() {
    let repo = TestRepo::init(&["--object-format=sha256"]);
    repo.write(
        "harbor.proto",
        harbor("int64 weight = 1; optional string name = 2;"),
    )
    .commit("Begin");
    repo.tag("v1.0.0");
    check_says(&repo, "check", 0, &["1 release"]);
    change_type(&repo);
    check_says(&repo, "check", 1, &["Cargo.weight"]);
    repo.commit("Break it");
    check_says(&repo, "check --against v1.0.0", 1, &["Cargo.weight"]);
}

#[test]
fn alternates() {
    let repo = two_releases();
    let shared = repo.clone_as("shared", &["--shared"]);
    change_type(&shared);
    check_says(&shared, "check", 1, &["Cargo.weight", "2 releases"]);
    // the objects are gone with the repository that lent them
    std::fs::rename(repo.path(), repo.beside("elsewhere")).expect("moved");
    check_says(&shared, "check", 2, &["help: "]);
}

#[test]
fn a_partial_clone() {
    let repo = two_releases();
    let partial = repo.clone_as("partial", &["--filter=blob:none"]);
    change_type(&partial);
    check_says(&partial, "check", 1, &["Cargo.weight", "2 releases"]);
    let offline = repo.clone_as("offline", &["--filter=blob:none"]);
    std::fs::rename(repo.path(), repo.beside("elsewhere")).expect("moved");
    check_says(
        &offline,
        "check",
        2,
        &["could not be fetched", "git fetch --refetch --no-filter"],
    );
}

/// Overwrites the object in the object store.
fn damage(repo: &TestRepo, object: &str) {
    let id = repo.git(&["rev-parse", object]);
    let path = repo
        .path()
        .join(".git/objects")
        .join(&id[..2])
        .join(&id[2..]);
    let mode = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(&path, mode).expect("a loose object");
    std::fs::write(path, b"damaged").expect("written");
}

#[test]
fn damaged_objects() {
    for object in ["v1.0.0:harbor.proto", "v1.0.0^{tree}", "v1.0.0^{commit}"] {
        let repo = two_releases();
        damage(&repo, object);
        check_says(&repo, "check", 2, &["is damaged", "git fsck --full"]);
    }
    let repo = two_releases();
    repo.write(".git/index", "no index");
    check_says(&repo, "check", 2, &["index", "help: "]);
    let repo = two_releases();
    repo.write(".git/HEAD", "nonsense");
    check_says(&repo, "check", 2, &["help: "]);
}

#[test]
fn a_tag_that_points_to_a_blob() {
    let repo = two_releases();
    let blob = repo.git(&["rev-parse", "HEAD:harbor.proto"]);
    repo.git(&["tag", "v1.2.0", &blob]);
    check_says(
        &repo,
        "check",
        0,
        &["1 that leads to no commit (v1.2.0)", "2 releases"],
    );
    check_says(
        &repo,
        "check --against v1.2.0",
        2,
        &["`v1.2.0` is not a commit, nor a tag of one"],
    );
}

#[test]
fn an_unmerged_index() {
    let repo = two_releases();
    repo.branch("topic");
    repo.write("harbor.proto", harbor(BROKEN))
        .commit("Break it");
    repo.checkout("main");
    repo.write(
        "harbor.proto",
        harbor("uint64 weight = 1; optional string name = 2;"),
    )
    .commit("Break it otherwise");
    assert!(!repo.run(&["merge", "topic"]).status.success());
    check_says(
        &repo,
        "check --staged",
        2,
        &["harbor.proto", "git", "help: "],
    );
    // the markers of the conflict are in the worktree
    check_says(&repo, "check", 1, &["proto-unreadable", "harbor.proto"]);
}

#[test]
fn links() {
    let repo = two_releases();
    std::fs::write(repo.beside("secret.proto"), harbor("int64 weight = 1;")).expect("written");
    repo.symlink("loop", ".")
        .symlink("round.proto", "round.proto")
        .symlink("a.proto", "b.proto")
        .symlink("b.proto", "a.proto")
        .symlink("out.proto", "../secret.proto")
        .symlink("alias.proto", "harbor.proto")
        .symlink("far", "/");
    let fragments =
        ["out.proto is a link to ../secret.proto, which is no proto of this tree: left out"];
    check_says(&repo, "check", 0, &fragments);
    repo.commit("Links");
    check_says(&repo, "check HEAD", 0, &fragments);
    check_says(&repo, "check", 0, &fragments);
    check_says(&repo, "check . --against .", 0, &fragments);
    let ran = run(&repo, "check . --against .");
    ran.never_says(&["alias.proto"]);
}

#[test]
fn a_submodule() {
    let library = TestRepo::new();
    library
        .write("lib.proto", harbor("int64 weight = 1;"))
        .commit("Library");
    let repo = two_releases();
    let url = library.path().display().to_string();
    repo.git(&["submodule", "--quiet", "add", &url, "lib"]);
    repo.commit("Use the library");
    check_says(
        &repo,
        "check",
        0,
        &["judged    1 file,", "lib is a repository of its own"],
    );
    check_says(&repo, "check HEAD", 0, &["judged    1 file,"]);
    let inside = repo.at(repo.path().join("lib"));
    check_says(&inside, "check", 0, &["none"]);
}

#[test]
fn a_name_that_is_not_utf8() {
    let repo = two_releases();
    let name = OsStr::from_bytes(b"caf\xe9.proto");
    std::fs::write(repo.path().join(name), harbor("int64 weight = 1;")).expect("written");
    let fragment = "caf\u{fffd}.proto is left out: its name is not UTF-8";
    check_says(&repo, "check", 0, &[fragment]);
    repo.commit("Odd name");
    repo.tag("v1.2.0");
    check_says(&repo, "check HEAD", 0, &[fragment]);
    repo.git(&["add", "--all"]);
    check_says(&repo, "check --staged", 0, &[fragment]);
}

#[test]
fn what_is_called_like_a_proto_and_is_none() {
    let repo = two_releases();
    repo.write("folder.proto/readme.md", "a folder");
    let fifo = repo.command("mkfifo").arg("pipe.proto").status();
    assert!(fifo.is_ok_and(|status| status.success()));
    check_says(&repo, "check", 0, &["judged    1 file,"]);
    check_says(&repo, "check . --against .", 0, &["judged    1 file,"]);
}

#[test]
fn what_cannot_be_read() {
    let repo = two_releases();
    let lock = |path: &str, mode: u32| {
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(repo.path().join(path), mode).expect("it is there");
    };
    repo.write("new.proto", harbor("int64 weight = 1;"));
    lock("new.proto", 0o000);
    if std::fs::File::open(repo.path().join("new.proto")).is_ok() {
        return; // for root nothing is unreadable
    }
    check_says(
        &repo,
        "check",
        2,
        &["new.proto cannot be read", "help: ", "ermission denied"],
    );
    repo.remove("new.proto").write("folder/new.proto", "");
    lock("folder", 0o000);
    check_says(&repo, "check", 2, &["folder cannot be read", "help: "]);
    lock("folder", 0o755);
    repo.write("protoskew.toml", "");
    lock("protoskew.toml", 0o000);
    check_says(&repo, "check", 2, &["protoskew.toml", "ermission denied"]);
}

#[test]
fn a_folder_inside_git_itself() {
    let repo = two_releases();
    let inside = repo.at(repo.path().join(".git"));
    let ran = run(&inside, "check");
    assert!(
        ran.code == 0 || ran.all().contains("help: "),
        "{}",
        ran.all()
    );
}

#[test]
fn a_folder_without_protos() {
    let repo = two_releases();
    repo.write("docs/readme.md", "words").commit("Write");
    check_says(
        &repo,
        "check docs",
        2,
        &["no `.proto` file in docs", "help: "],
    );
}
