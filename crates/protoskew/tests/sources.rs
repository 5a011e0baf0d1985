//! What each source gives of a scripted repository, and what it says where there is nothing to give.

use std::sync::Arc;

use protoskew::releases::releases;
use protoskew::source::error::{complete, no_protos};
use protoskew::source::owners::Conventions;
use protoskew::source::store::SchemaStore;
use protoskew::source::{self, Snapshot, SourceErrorKind};
use protoskew_git::Repository;
use protoskew_testkit::TestRepo;

fn open(repo: &TestRepo) -> Arc<Repository> {
    Arc::new(Repository::discover(repo.path()).expect("git has made the repository"))
}

fn worktree(repo: &TestRepo) -> Snapshot {
    source::worktree(&open(repo)).expect("the worktree can be read")
}

/// One line a file: its path, `=` where its content is git's and was not read, and whether it is ignored.
#[track_caller]
fn check(snapshot: &Snapshot, expected: &[&str]) {
    let lines: Vec<String> = snapshot
        .files
        .iter()
        .map(|file| {
            let unread = matches!(file.content, source::Content::InGit(_));
            let unread = if unread { "=" } else { "" };
            let ignored = if file.ignored { " ignored" } else { "" };
            format!("{unread}{}{ignored}", file.path)
        })
        .collect();
    assert_eq!(lines, expected);
}

fn message(name: &str) -> String {
    format!("syntax = \"proto3\";\npackage mine;\nmessage {name} {{}}\n")
}

/// A repository whose index is a while old, so that unchanged files are known to be.
fn settled(repo: &TestRepo) {
    for (path, seconds) in [("", 100), (".git/index", 10)] {
        let files = if path.is_empty() {
            repo.git(&["ls-files"])
        } else {
            path.to_owned()
        };
        for file in files.lines() {
            let time = std::time::SystemTime::now() - std::time::Duration::from_secs(seconds);
            let file = std::fs::File::options()
                .write(true)
                .open(repo.path().join(file))
                .expect("the file is there");
            file.set_modified(time).expect("its time can be set");
        }
        if path.is_empty() {
            repo.git(&["update-index", "--refresh"]);
        }
    }
}

#[test]
fn the_worktree_as_it_stands() {
    let repo = TestRepo::new();
    repo.write(".gitignore", "/build/\n*.gen.proto\n!keep.gen.proto\n")
        .write("a.proto", message("A"))
        .write("changed.proto", message("B"))
        .write("gone.proto", message("C"))
        .write("deep/er/d.proto", message("D"));
    repo.commit("Begin");
    settled(&repo);
    repo.write("changed.proto", message("Changed"))
        .remove("gone.proto")
        .write("new.proto", message("New"))
        .write("deep/new/er.proto", message("Newer"))
        .write("x.gen.proto", message("X"))
        .write("keep.gen.proto", message("Y"))
        .write("build/out.proto", message("Out"))
        .write(".hidden/h.proto", message("H"));
    check(
        &worktree(&repo),
        &[
            "=a.proto",
            "changed.proto",
            "=deep/er/d.proto",
            "deep/new/er.proto",
            "keep.gen.proto",
            "new.proto",
            "x.gen.proto ignored",
        ],
    );
}

#[test]
fn copies_that_are_checked_in_are_as_git_knows_them() {
    let repo = TestRepo::new();
    repo.write("vendor/x.org/a.proto", message("A"))
        .write("b.proto", message("B"));
    repo.commit("Begin");
    repo.write("vendor/x.org/a.proto", message("Changed"))
        .write("third_party/new.proto", message("New"));
    let paths: Vec<_> = worktree(&repo).files.into_iter().map(|f| f.path).collect();
    assert_eq!(
        paths,
        ["b.proto", "third_party/new.proto", "vendor/x.org/a.proto"]
    );
}

#[test]
fn a_change_that_keeps_size_and_time_is_seen() {
    let repo = TestRepo::new();
    repo.write("a.proto", message("A")).commit("Begin");
    // in the same moment as the index was written
    repo.write("a.proto", message("B"));
    let snapshot = worktree(&repo);
    let id = snapshot.files[0].content.id();
    assert_eq!(id, open(&repo).blob_id(message("B").as_bytes()));
}

#[test]
fn ignore_files_further_down_and_elsewhere() {
    let repo = TestRepo::new();
    repo.write("p/.gitignore", "no.proto\nout/\n")
        .write("p/q/a.proto", message("A"));
    repo.commit("Begin");
    repo.write(".git/info/exclude", "excluded.proto\n");
    repo.write("p/no.proto", "")
        .write("p/q/no.proto", "")
        .write("no.proto", "")
        .write("p/q/out/x.proto", "")
        .write("p/q/excluded.proto", "");
    let snapshot = worktree(&repo);
    let ignored: Vec<&str> = snapshot
        .files
        .iter()
        .filter(|file| file.ignored)
        .map(|file| file.path.as_str())
        .collect();
    assert_eq!(
        ignored,
        ["p/no.proto", "p/q/excluded.proto", "p/q/no.proto"]
    );
    assert_eq!(snapshot.files.len(), 5);
}

#[test]
fn what_is_ignored_is_what_git_ignores() {
    let repo = TestRepo::new();
    // one text means something else in each folder that has it
    let text = "/out/\n*.tmp.proto\n!kept.tmp.proto\ngen/**/deep.proto\n# gen\n\\#odd.proto\n";
    repo.write(".gitignore", "*.old.proto\nsome/none/\n");
    for folder in ["a", "b", "a/inner", "b/c/d"] {
        repo.write(&format!("{folder}/.gitignore"), text);
    }
    repo.write("b/c/.gitignore", "\u{feff}!x.tmp.proto\nlast.proto");
    repo.write("main.proto", message("M")).commit("Begin");
    let folders = [
        "",
        "a/",
        "a/inner/",
        "b/",
        "b/c/",
        "b/c/d/",
        "some/",
        "some/none/",
    ];
    let names = [
        "x.proto",
        "x.old.proto",
        "x.tmp.proto",
        "kept.tmp.proto",
        "out/x.proto",
        "in/out/x.proto",
        "gen/deep.proto",
        "gen/of/one/deep.proto",
        "#odd.proto",
        "last.proto",
    ];
    for folder in folders {
        for name in names {
            repo.write(&format!("{folder}{name}"), "");
        }
    }
    std::os::unix::fs::symlink("a/.gitignore", repo.path().join("some/.gitignore"))
        .expect("a link can be made");

    let found = worktree(&repo);
    let judged = found.files.iter().filter(|file| !file.ignored);
    let mut judged: Vec<&str> = judged.map(|file| file.path.as_str()).collect();
    let others = repo.git(&[
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let mut expected: Vec<&str> = others
        .split('\0')
        .filter(|p| p.ends_with(".proto"))
        .collect();
    judged.sort_unstable();
    expected.sort_unstable();
    assert!(
        expected.len() > 30 && expected.len() < 70,
        "{}",
        expected.len()
    );
    assert_eq!(judged, expected);
}

#[test]
fn repositories_inside_are_not_entered() {
    let library = TestRepo::new();
    library.write("lib.proto", message("L")).commit("Library");
    let repo = TestRepo::new();
    repo.write("a.proto", message("A"));
    let url = library.path().display().to_string();
    repo.git(&["submodule", "--quiet", "add", &url, "sub"]);
    repo.commit("Begin");
    repo.git(&["init", "--quiet", "nested"]);
    repo.write("nested/n.proto", message("N"));
    let paths: Vec<_> = worktree(&repo).files.into_iter().map(|f| f.path).collect();
    assert_eq!(paths, ["a.proto"]);
}

#[cfg(unix)]
#[test]
fn links_are_what_they_lead_to() {
    let repo = TestRepo::new();
    repo.write("real/a.proto", message("A"))
        .symlink("same.proto", "real/a.proto")
        .symlink("loop", ".")
        .symlink("out.proto", "../../outside.proto")
        .symlink("me.proto", "me.proto")
        .symlink("passwd.proto", "/etc/passwd");
    let expected_notes = [
        "out.proto is a link to ../../outside.proto, which is no proto of this tree: left out",
        "passwd.proto is a link to /etc/passwd, which is no proto of this tree: left out",
    ];
    let check = |snapshot: &Snapshot| {
        let paths: Vec<&str> = snapshot.files.iter().map(|f| f.path.as_str()).collect();
        assert_eq!(paths, ["real/a.proto"]);
        assert_eq!(snapshot.notes, expected_notes);
    };
    check(&worktree(&repo));
    check(&source::directory(repo.path()).unwrap());
    repo.commit("Begin");
    check(&worktree(&repo));
    let ours = open(&repo);
    check(&source::staged(&ours).unwrap());
    let head = ours.head().unwrap().unwrap();
    check(&source::revision(&ours, head, "HEAD").unwrap());
}

#[test]
fn what_is_not_checked_out_is_still_there() {
    let repo = TestRepo::new();
    repo.write("a/a.proto", message("A"))
        .write("b/b.proto", message("B"));
    repo.commit("Begin");
    repo.git(&["sparse-checkout", "set", "a"]);
    let paths: Vec<_> = worktree(&repo).files.into_iter().map(|f| f.path).collect();
    assert_eq!(paths, ["a/a.proto", "b/b.proto"]);
}

#[test]
fn a_file_in_conflict_is_read_as_it_lies() {
    let repo = TestRepo::new();
    repo.write(".gitignore", "*.proto\n");
    repo.write("a.proto", "1\n");
    repo.git(&["add", "--force", "a.proto"]);
    repo.commit("Begin");
    repo.branch("topic").write("a.proto", "2\n").commit("Two");
    repo.checkout("main")
        .write("a.proto", "3\n")
        .commit("Three");
    assert!(!repo.run(&["merge", "topic"]).status.success());
    check(&worktree(&repo), &["a.proto"]);
}

#[test]
fn revisions_and_the_index() {
    let repo = TestRepo::new();
    repo.write("a.proto", message("A")).commit("Begin");
    repo.write("b.proto", message("B"));
    repo.git(&["add", "b.proto"]);
    repo.write("c.proto", message("C"));
    let ours = open(&repo);
    check(&source::staged(&ours).unwrap(), &["=a.proto", "=b.proto"]);
    let head = ours.head().unwrap().unwrap();
    let revision = source::revision(&ours, head, "HEAD").unwrap();
    check(&revision, &["=a.proto"]);
    assert_eq!(revision.origin.label, "HEAD");
    assert_eq!(revision.origin.commit.as_deref(), Some(&repo.head()[..7]));
    assert_eq!(revision.origin.date.as_deref(), Some("2024-01-02"));
}

#[test]
fn a_folder_without_git() {
    let folder = TestRepo::folder();
    folder
        .write("b.proto", message("B"))
        .write("a/a.proto", message("A"))
        .write("a/note.txt", "");
    check(
        &source::directory(folder.path()).unwrap(),
        &["a/a.proto", "b.proto"],
    );
    let error = source::directory(&folder.beside("nowhere")).unwrap_err();
    assert_eq!(error.kind(), SourceErrorKind::Unreadable);
}

#[test]
fn declared_roots() {
    let repo = TestRepo::new();
    repo.write("buf.work.yaml", "version: v1\ndirectories: [proto]\n")
        .write("proto/a/a.proto", message("A"));
    repo.commit("Begin");
    assert_eq!(worktree(&repo).roots, ["proto"]);
    let ours = open(&repo);
    assert_eq!(source::staged(&ours).unwrap().roots, ["proto"]);
    let head = ours.head().unwrap().unwrap();
    assert_eq!(
        source::revision(&ours, head, "HEAD").unwrap().roots,
        ["proto"]
    );
    assert_eq!(source::directory(repo.path()).unwrap().roots, ["proto"]);
}

#[test]
fn judged_files_and_what_they_import() {
    let repo = TestRepo::new();
    let importing = "syntax = \"proto3\";\npackage mine;\nimport \"gogoproto/gogo.proto\";\nmessage M { string s = 1; }\n";
    repo.write("api/m.proto", importing)
        .write("api/n.proto", message("N"))
        .write(
            "vendor/g.org/gogoproto/gogo.proto",
            "syntax = \"proto2\";\npackage gogoproto;\n",
        )
        .write(
            "vendor/g.org/unused/u.proto",
            "syntax = \"proto2\";\npackage u;\n",
        )
        .write(
            "p/google/api/http.proto",
            "syntax = \"proto3\";\npackage google.api;\n",
        )
        .write("testdata/t.proto", "syntax = \"proto3\";\npackage t;\n");
    repo.commit("Begin");
    repo.write("README", "x").commit("Elsewhere");
    let ours = open(&repo);
    let newest = source::worktree(&ours).unwrap();
    let store = SchemaStore::for_repository(Conventions::default(), &newest).unwrap();
    let loaded = store.load(&newest).unwrap();
    let paths: Vec<&str> = loaded
        .schema
        .files
        .iter()
        .map(|f| f.path.as_str())
        .collect();
    assert_eq!(
        paths,
        [
            "api/m.proto",
            "api/n.proto",
            "vendor/g.org/gogoproto/gogo.proto"
        ]
    );
    assert_eq!(loaded.judged, 2);
    assert_eq!(
        loaded.left_out.line().as_deref(),
        Some("left out: 2 vendored (vendor/), 1 third-party (google/api), 1 test file (testdata/)")
    );
    // states with the same protos share one schema
    for name in ["HEAD", "HEAD~1"] {
        let commit = ours.resolve(name).unwrap();
        let revision = source::revision(&ours, commit, name).unwrap();
        let same = store.load(&revision).unwrap();
        assert!(Arc::ptr_eq(&same.schema, &loaded.schema), "{name}");
    }
}

#[test]
fn one_folder_of_a_repository() {
    let repo = TestRepo::new();
    let importing = "syntax = \"proto3\";\npackage a;\nimport \"b/b.proto\";\nmessage M {}\n";
    repo.write("a/a.proto", importing)
        .write("b/b.proto", message("B"))
        .write("c/c.proto", message("C"));
    repo.commit("Begin");
    let newest = worktree(&repo);
    let conventions = Conventions::default().within("a");
    let store = SchemaStore::for_repository(conventions, &newest).unwrap();
    let loaded = store.load(&newest).unwrap();
    assert_eq!(loaded.judged, 1);
    assert_eq!(loaded.schema.files.len(), 2);
    assert_eq!(
        loaded.left_out.line().as_deref(),
        Some("left out: 2 outside the folder asked about")
    );
}

#[test]
fn nothing_to_judge() {
    let repo = TestRepo::new();
    repo.write("a.proto", message("A")).commit("Begin");
    repo.tag("v1.0.0");
    repo.remove("a.proto")
        .write("README", "x")
        .commit("Give up");
    repo.tag("v1.1.0");
    let ours = open(&repo);
    let snapshot = source::worktree(&ours).unwrap();
    assert!(snapshot.files.is_empty());
    let releases = releases(&ours, None).unwrap();
    let error = no_protos("repo", snapshot.looked_at, Some(&ours), Some(&releases));
    assert_eq!(
        error.to_string(),
        "no `.proto` file in repo (1 tracked file); folders that git ignores were not searched"
    );
    assert!(
        error
            .what_to_do()
            .unwrap()
            .contains("release 1.0.0 had protos")
    );
}

#[test]
fn a_shallow_clone_is_refused() {
    let repo = TestRepo::new();
    repo.write("a.proto", "1").commit("One");
    repo.write("a.proto", "2").commit("Two");
    assert!(complete(&open(&repo), false).is_ok());
    let clone = repo.clone_as("shallow", &["--depth", "1"]);
    let error = complete(&open(&clone), false).unwrap_err();
    assert_eq!(error.kind(), SourceErrorKind::Shallow);
    assert!(
        error
            .what_to_do()
            .unwrap()
            .contains("git fetch --unshallow --tags")
    );
    assert!(complete(&open(&clone), true).is_ok());
}

#[test]
fn a_bare_repository_has_no_worktree() {
    let repo = TestRepo::new();
    repo.write("a.proto", message("A")).commit("One");
    let bare = repo.clone_as("bare", &["--bare"]);
    let error = source::worktree(&open(&bare)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "this repository is bare: it has no worktree to judge"
    );
}
