//! The same questions to this crate and to the real git, which must agree.

use std::collections::BTreeSet;

use protoskew_git::{BlobId, CommitId, ErrorKind, FileKind, ProtoTree, Repository};
use protoskew_testkit::TestRepo;

fn open(repo: &TestRepo) -> Repository {
    Repository::discover(repo.path()).expect("git has made the repository")
}

/// Asks everything that git can be asked too.
#[track_caller]
fn check(repo: &TestRepo) {
    let ours = open(repo);
    let flag = |name: &str| repo.git(&["rev-parse", name]) == "true";
    assert_eq!(ours.is_bare(), flag("--is-bare-repository"), "bare");
    assert_eq!(
        ours.is_shallow(),
        flag("--is-shallow-repository"),
        "shallow"
    );

    let all = repo.git(&["rev-list", "--all", "HEAD"]);
    let ids: Vec<(String, CommitId)> = all
        .lines()
        .map(|id| (id.to_owned(), ours.resolve(id).expect("git lists it")))
        .collect();

    let tips: Vec<CommitId> = ids.iter().map(|(_, id)| *id).collect();
    let history = ours.history(&tips).expect("all commits are there");
    assert_eq!(history.len(), ids.len(), "history");
    for (place, &id) in history.iter().enumerate() {
        for parent in ours.parents(id).expect("a commit has parents") {
            assert!(history[..place].contains(&parent), "parents come first");
        }
    }

    let together = open(repo).proto_trees(&history).expect("trees are there");
    assert_eq!(together.len(), history.len());
    for (pair, ids) in together.windows(2).zip(history.windows(2)) {
        let lists = [0, 1].map(|at| ours.protos_at(ids[at]).expect("trees are there"));
        assert_eq!(pair[0] == pair[1], lists[0] == lists[1], "{ids:?}");
    }

    for (name, id) in &ids {
        let info = ours.commit(*id).expect("git lists it");
        let said = format!(
            "{} {} {} {}|{}",
            info.short,
            info.date,
            info.author,
            info.subject,
            info.parents
                .iter()
                .map(|p| p.to_string())
                .collect::<Vec<_>>()
                .join(" "),
        );
        let format = "--format=%h %cs %an %s|%P";
        assert_eq!(
            said,
            repo.git(&["log", "-1", format, name]),
            "commit {name}"
        );

        let listed = repo.git(&["ls-tree", "-r", "-z", name]);
        let expected: BTreeSet<String> = listed
            .split('\0')
            .filter(|line| line.ends_with(".proto") && !line.contains(" commit "))
            .map(|line| line.replace(" blob ", " "))
            .collect();
        let found = ours.protos_at(*id).expect("the trees are there");
        let found: BTreeSet<String> = found
            .files
            .iter()
            .map(|file| match file.kind {
                FileKind::File => format!("100644 {}\t{}", file.blob, file.path),
                FileKind::Symlink => format!("120000 {}\t{}", file.blob, file.path),
            })
            .collect();
        assert_eq!(found, expected, "protos of {name}");
    }

    for (one_name, one) in &ids {
        for (two_name, two) in &ids {
            let output = repo.run(&["merge-base", "--all", one_name, two_name]);
            let text = String::from_utf8_lossy(&output.stdout);
            let expected: BTreeSet<String> = text.lines().map(str::to_owned).collect();
            let bases = ours.merge_bases(*one, *two).expect("all commits are there");
            let bases: BTreeSet<String> = bases.iter().map(|id| id.to_string()).collect();
            assert_eq!(bases, expected, "merge bases of {one_name} and {two_name}");
            let expected = repo
                .run(&["merge-base", "--is-ancestor", one_name, two_name])
                .status
                .success();
            let ancestor = ours.is_ancestor(*one, *two).expect("all commits are there");
            assert_eq!(ancestor, expected, "{one_name} an ancestor of {two_name}");
        }
    }

    let format = "--format=%(refname:lstrip=2) %(if)%(*objectname)%(then)%(*objecttype) %(*objectname)%(else)%(objecttype) %(objectname)%(end)";
    let expected = repo.git(&["for-each-ref", format, "refs/tags"]);
    let mut expected: Vec<String> = expected
        .lines()
        .map(|line| match line.split(' ').collect::<Vec<_>>()[..] {
            [name, "commit", id] => format!("{name} {id}"),
            [name, ..] => format!("{name} none"),
            [] => unreachable!("split gives at least one part"),
        })
        .collect();
    expected.sort();
    let found = ours.tags().expect("tags can be listed");
    let found: Vec<String> = found
        .iter()
        .map(|tag| match tag.commit {
            Some(id) => format!("{} {id}", tag.name),
            None => format!("{} none", tag.name),
        })
        .collect();
    assert_eq!(found, expected, "tags");
}

const PROTO: &str = "syntax = \"proto3\";\n";

/// Two roots, a criss-cross merge, an octopus, a nested folder, tags of all kinds.
fn tangled(arguments: &[&str]) -> TestRepo {
    let repo = TestRepo::init(arguments);
    repo.write("README", "no protos yet").commit("Begin");
    repo.write("api/v1/a.proto", PROTO)
        .write("api/note.txt", "x");
    repo.commit("Add a\n\nWith a body.");
    repo.tag("v1.0.0");
    repo.branch("left")
        .write("api/v1/l.proto", "// l")
        .commit("Left");
    repo.checkout("main")
        .write("api/v1/r.proto", "// r")
        .commit("Right");
    repo.branch("right");
    repo.git(&["checkout", "--quiet", "left"]);
    repo.merge(&["right"]);
    repo.checkout("right");
    repo.merge(&["left~1"]);
    repo.write("x.txt", "1").commit("Go on right");
    repo.checkout("left")
        .write("y.txt", "1")
        .commit("Go on left");
    repo.annotated_tag("v1.1.0");
    repo.git(&["checkout", "--quiet", "--orphan", "other"]);
    repo.write("own.proto", PROTO).commit("Another root");
    repo.git(&["checkout", "--quiet", "main"]);
    repo.merge(&["left", "right"]);
    repo.git(&["tag", "blob", "HEAD:api/v1/a.proto"]);
    repo.git(&["tag", "-a", "-m", "tree", "tree", "HEAD^{tree}"]);
    repo.git(&["tag", "-a", "-m", "nested", "nested", "v1.1.0"]);
    repo
}

#[test]
fn a_tangled_history() {
    let repo = tangled(&[]);
    check(&repo);
    repo.git(&["pack-refs", "--all"]);
    repo.git(&["repack", "-a", "-d", "-q"]);
    check(&repo);
    repo.git(&["commit-graph", "write", "--reachable"]);
    check(&repo);
}

#[test]
fn parents_and_objects_that_stand_for_others() {
    let repo = tangled(&[]);
    let (right, root) = (
        repo.git(&["rev-parse", "right"]),
        repo.git(&["rev-parse", "v1.0.0"]),
    );
    repo.write(".git/info/grafts", format!("{right}\n"));
    check(&repo);
    repo.write(".git/info/grafts", format!("{root} {right}\nnonsense\n"));
    std::fs::remove_file(repo.path().join(".git/info/grafts")).unwrap();
    repo.git(&["replace", "right", "v1.0.0"]);
    let ours = open(&repo);
    let replaced = ours.resolve("right").unwrap();
    let protos = ours.protos_at(replaced).unwrap();
    let listed = repo.git(&["ls-tree", "-r", "--name-only", "right"]);
    let expected: Vec<&str> = listed
        .lines()
        .filter(|path| path.ends_with(".proto"))
        .collect();
    let found: Vec<&str> = protos.files.iter().map(|file| file.path.as_str()).collect();
    assert_eq!(found, expected);
    assert_ne!(ours.view().unwrap(), open(&tangled(&[])).view().unwrap());
}

#[test]
fn what_was_walked_need_not_be_walked_again() {
    let repo = tangled(&[]);
    let first = open(&repo);
    let tips: Vec<CommitId> = first
        .tags()
        .unwrap()
        .iter()
        .filter_map(|tag| tag.commit)
        .collect();
    let order = first.history(&tips).unwrap();
    let trees = first.proto_trees(&order).unwrap();
    let walked = first.walked(&order).unwrap();
    assert_eq!(walked.len(), order.len());
    // the objects are gone: all that is asked is known
    let second = open(&repo);
    second.recall(&walked);
    std::fs::rename(
        repo.path().join(".git/objects"),
        repo.path().join(".git/elsewhere"),
    )
    .unwrap();
    std::fs::create_dir(repo.path().join(".git/objects")).unwrap();
    assert_eq!(second.history(&tips).unwrap(), order);
    let again = second.proto_trees(&order).unwrap();
    for (one, two) in trees.windows(2).zip(again.windows(2)) {
        let changes =
            |pair: &[Option<ProtoTree>]| ProtoTree::changes(pair[0].as_ref(), pair[1].as_ref());
        assert_eq!(changes(one), changes(two));
        assert_eq!(one[0] == one[1], two[0] == two[1]);
    }
    assert_eq!(second.walked(&order).unwrap(), walked);
}

#[test]
fn sha256() {
    let repo = tangled(&["--object-format=sha256"]);
    check(&repo);
    let ours = open(&repo);
    let expected = repo.git(&["rev-parse", "HEAD:api/v1/a.proto"]);
    assert_eq!(ours.blob_id(PROTO.as_bytes()).to_string(), expected);
}

#[test]
fn bare_shared_and_shallow_clones() {
    let repo = tangled(&[]);
    check(&repo.clone_as("bare", &["--bare"]));
    check(&repo.clone_as("shared", &["--shared"]));
    let shallow = repo.clone_as("shallow", &["--depth", "2", "--no-single-branch"]);
    check(&shallow);
    assert!(open(&shallow).is_shallow());
}

#[test]
fn a_shallow_boundary_holds_where_alternates_have_more() {
    let repo = tangled(&[]);
    let shallow = repo.clone_as("shallow", &["--depth", "1"]);
    let objects = repo.path().join(".git/objects").display().to_string();
    shallow.write(".git/objects/info/alternates", objects);
    check(&shallow);
}

#[test]
fn a_linked_worktree() {
    let repo = tangled(&[]);
    let path = repo.beside("linked");
    repo.git(&["worktree", "add", "-q", &path.display().to_string(), "left"]);
    let linked = repo.at(&path);
    check(&linked);
    let ours = open(&linked);
    assert_eq!(ours.head_name().unwrap().as_deref(), Some("left"));
    assert_eq!(ours.workdir(), Some(path));
}

#[test]
fn a_folder_inside_the_worktree() {
    let repo = tangled(&[]);
    let ours = Repository::discover(repo.path().join("api/v1")).unwrap();
    assert_eq!(ours.workdir().as_deref(), Some(repo.path()));
}

#[test]
fn symlinks_submodules_and_odd_names() {
    let library = TestRepo::new();
    library.write("lib.proto", PROTO).commit("Library");
    let repo = TestRepo::new();
    repo.write("a.proto", PROTO)
        .write("folder.proto/b.proto", PROTO)
        .write("with space/ü.proto", PROTO)
        .symlink("link.proto", "a.proto");
    let url = library.path().display().to_string();
    repo.git(&["submodule", "--quiet", "add", &url, "sub.proto"]);
    repo.commit("Begin");
    check(&repo);
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_utf_8_are_shown_as_well_as_possible() {
    use std::os::unix::ffi::OsStrExt;
    let repo = TestRepo::new();
    repo.write("a.proto", PROTO);
    let odd = std::ffi::OsStr::from_bytes(b"o\xffd.proto");
    std::fs::write(repo.path().join(odd), PROTO).unwrap();
    repo.commit("Begin");
    let ours = open(&repo);
    let protos = ours.protos_at(ours.head().unwrap().unwrap()).unwrap();
    assert_eq!(protos.files.len(), 1);
    assert_eq!(protos.unreadable, ["o\u{fffd}d.proto"]);
    assert_eq!(ours.index().unwrap().unreadable, ["o\u{fffd}d.proto"]);
}

#[test]
fn commits_with_the_same_protos_share_them() {
    let repo = TestRepo::new();
    repo.write("p/a.proto", PROTO).commit("Begin");
    repo.write("p/doc.md", "doc")
        .write("q/x.txt", "x")
        .commit("Elsewhere");
    let ours = open(&repo);
    let new = ours.resolve("HEAD").unwrap();
    let old = ours.resolve("HEAD~1").unwrap();
    assert!(ours.proto_tree(new).unwrap() == ours.proto_tree(old).unwrap());
    let lists = (ours.protos_at(new).unwrap(), ours.protos_at(old).unwrap());
    assert!(std::sync::Arc::ptr_eq(&lists.0, &lists.1));
}

#[test]
fn an_unborn_branch_and_a_detached_head() {
    let repo = TestRepo::new();
    let ours = open(&repo);
    assert_eq!(ours.head().unwrap(), None);
    assert_eq!(ours.head_name().unwrap().as_deref(), Some("main"));
    assert_eq!(ours.default_branch(None).unwrap(), None);
    assert!(ours.index_protos().unwrap().files.is_empty());
    repo.commit("Begin");
    repo.git(&["checkout", "--quiet", "--detach"]);
    let ours = open(&repo);
    assert_eq!(ours.head_name().unwrap(), None);
    assert_eq!(ours.head().unwrap().unwrap().to_string(), repo.head());
}

#[test]
fn the_default_branch() {
    let repo = TestRepo::new();
    repo.commit("Begin");
    repo.branch("develop").commit("Develop");
    let name = |repo: &TestRepo, configured| {
        open(repo)
            .default_branch(configured)
            .unwrap()
            .map(|b| b.name)
    };
    assert_eq!(name(&repo, None).as_deref(), Some("main"));
    assert_eq!(name(&repo, Some("develop")).as_deref(), Some("develop"));
    let clone = repo.clone_as("clone", &[]);
    assert_eq!(name(&clone, None).as_deref(), Some("origin/develop"));
    assert_eq!(name(&clone, Some("main")).as_deref(), Some("origin/main"));
    let error = open(&clone).default_branch(Some("developp")).unwrap_err();
    assert_eq!(
        error.message(),
        "the default branch `developp` does not exist here"
    );
    assert!(
        error.what_to_do().unwrap().contains("`develop`"),
        "{error:?}"
    );
}

#[test]
fn names_that_mean_a_commit() {
    let repo = tangled(&[]);
    let ours = open(&repo);
    let short = &repo.head()[..8];
    for name in [
        "HEAD",
        "HEAD~1",
        "HEAD^2",
        "left",
        "v1.0.0",
        "v1.1.0",
        "nested",
        "refs/tags/v1.1.0",
        short,
    ] {
        let expected = repo.git(&["rev-parse", &format!("{name}^{{commit}}")]);
        assert_eq!(ours.resolve(name).unwrap().to_string(), expected, "{name}");
    }
    for (name, message, hint) in [
        (
            "v1.0.1",
            "`v1.0.1` names no commit, branch or tag of this repository",
            "`v1.0.0`",
        ),
        (
            "1.1.0",
            "`1.1.0` names no commit, branch or tag of this repository",
            "`v1.1.0`",
        ),
        (
            "lefd",
            "`lefd` names no commit, branch or tag of this repository",
            "`left`",
        ),
        (
            "",
            "`` names no commit, branch or tag of this repository",
            "git tag",
        ),
        ("blob", "`blob` is not a commit, nor a tag of one", ""),
        ("tree", "`tree` is not a commit, nor a tag of one", ""),
    ] {
        let error = ours.resolve(name).unwrap_err();
        assert!(error.is_bad_revision());
        assert_eq!(error.message(), message);
        assert!(error.what_to_do().unwrap_or("").contains(hint), "{error:?}");
    }
}

#[test]
fn a_commit_dated_1970_does_not_hide_what_is_behind_it() {
    let repo = TestRepo::new();
    repo.commit("Begin");
    let begin = repo.head();
    repo.next_day();
    let status = repo
        .command("git")
        .args(["commit", "-q", "--allow-empty", "-m", "Broken clock"])
        .env("GIT_COMMITTER_DATE", "@1000 +0000")
        .status()
        .unwrap();
    assert!(status.success());
    repo.commit("Now");
    check(&repo);
    let ours = open(&repo);
    let begin = ours.resolve(&begin).unwrap();
    assert!(
        ours.is_ancestor(begin, ours.resolve("HEAD").unwrap())
            .unwrap()
    );
}

#[test]
fn files_at_a_commit() {
    let repo = tangled(&[]);
    let ours = open(&repo);
    let head = ours.head().unwrap().unwrap();
    let at = |path| ours.file_at(head, path).unwrap();
    assert_eq!(at("api/note.txt").as_deref(), Some(b"x".as_slice()));
    assert_eq!(at("api"), None);
    assert_eq!(at("api/note.txt/x"), None);
    assert_eq!(at("missing"), None);
    assert_eq!(at(""), None);
    let below = |folder, end: &str| {
        let found = ours.files_at(head, folder, |path| path.ends_with(end));
        let paths = found.unwrap().into_iter().map(|file| file.path);
        paths.collect::<Vec<_>>()
    };
    assert_eq!(below("", "note.txt"), ["api/note.txt"]);
    assert_eq!(below("api/", "note.txt"), ["api/note.txt"]);
    assert_eq!(below("ap", ""), Vec::<String>::new());
    assert_eq!(below("api/note.txt", ""), Vec::<String>::new());
}

#[test]
fn blobs_few_and_many() {
    let repo = TestRepo::new();
    let text = |n: usize| format!("{PROTO}message M{n} {{}}\n");
    for n in 0..200 {
        repo.write(&format!("p{n}.proto"), text(n));
    }
    repo.commit("Begin");
    repo.git(&["repack", "-a", "-d", "-q"]);
    repo.write("p0.proto", "loose").commit("One loose object");
    let ours = open(&repo);
    let protos = ours.protos_at(ours.head().unwrap().unwrap()).unwrap();
    for count in [0, 1, 63, 200] {
        let files = &protos.files[..count];
        let mut ids: Vec<BlobId> = files.iter().map(|file| file.blob).collect();
        ids.extend_from_within(..);
        let bytes = ours.read_blobs(&ids).unwrap();
        assert_eq!(bytes.len(), 2 * count);
        for (id, bytes) in ids.iter().zip(&bytes) {
            assert_eq!(ours.blob_id(bytes), *id);
        }
    }
}

#[test]
fn the_staged_index() {
    let repo = TestRepo::new();
    repo.write("a.proto", PROTO)
        .write("b.proto", PROTO)
        .write("c.txt", "c");
    repo.commit("Begin");
    repo.write("a.proto", "// staged");
    repo.git(&["add", "a.proto"]);
    repo.write("a.proto", "// and changed again, not staged");
    repo.write("new.proto", PROTO);
    repo.git(&["add", "--intent-to-add", "new.proto"]);
    let ours = open(&repo);
    let staged: Vec<String> = ours
        .index_protos()
        .unwrap()
        .files
        .iter()
        .map(|file| format!("{} {}", file.blob, file.path))
        .collect();
    let expected = [
        format!("{} a.proto", ours.blob_id(b"// staged")),
        format!("{} b.proto", ours.blob_id(PROTO.as_bytes())),
    ];
    assert_eq!(staged, expected);
    assert_eq!(ours.index().unwrap().tracked, 4);
}

#[test]
fn an_index_with_conflicts() {
    let repo = TestRepo::new();
    repo.write("a.proto", "1").commit("Begin");
    repo.branch("topic").write("a.proto", "2").commit("Two");
    repo.checkout("main").write("a.proto", "3").commit("Three");
    assert!(!repo.run(&["merge", "topic"]).status.success());
    let error = open(&repo).index_protos().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert_eq!(
        error.message(),
        "the index holds unresolved conflicts in a.proto"
    );
}

#[test]
fn a_damaged_index() {
    let repo = TestRepo::new();
    repo.write("a.proto", PROTO).commit("Begin");
    repo.write(".git/index", "not an index");
    let error = open(&repo).index().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CorruptIndex);
}

#[test]
fn files_that_are_not_checked_out() {
    for arguments in [
        &["--no-cone", "/a.proto"][..],
        &["--cone", "--sparse-index", "folder"],
    ] {
        let repo = TestRepo::new();
        repo.write("a.proto", PROTO)
            .write("folder/b.proto", PROTO)
            .write("elsewhere/deep/c.proto", PROTO);
        repo.commit("Begin");
        repo.git(&[&["sparse-checkout", "set"], arguments].concat());
        let index = open(&repo).index().unwrap();
        let paths: Vec<&str> = index.entries.iter().map(|e| e.file.path.as_str()).collect();
        assert_eq!(paths.len(), 3, "{paths:?}");
        let missing: Vec<&str> = index
            .entries
            .iter()
            .filter(|e| e.not_checked_out)
            .map(|e| e.file.path.as_str())
            .collect();
        assert!(missing.contains(&"elsewhere/deep/c.proto"), "{missing:?}");
        for entry in &index.entries {
            let there = repo.path().join(&entry.file.path).exists();
            assert_eq!(there, !entry.not_checked_out, "{}", entry.file.path);
        }
    }
}

#[test]
fn a_partial_clone_fetches_what_it_lacks() {
    let repo = tangled(&[]);
    for filter in ["--filter=blob:none", "--filter=tree:0"] {
        let name = filter.replace([':', '='], "-");
        let partial = repo.clone_as(&name, &[filter, "--no-checkout"]);
        let ours = open(&partial);
        assert!(ours.is_partial());
        let head = ours.head().unwrap().unwrap();
        let protos = ours.protos_at(head).unwrap();
        let ids: Vec<BlobId> = protos.files.iter().map(|file| file.blob).collect();
        assert_eq!(ids.len(), 3);
        for (id, bytes) in ids.iter().zip(ours.read_blobs(&ids).unwrap()) {
            assert_eq!(ours.blob_id(&bytes), *id);
        }
    }
}

#[test]
fn a_partial_clone_whose_remote_is_gone() {
    let repo = tangled(&[]);
    let partial = repo.clone_as("partial", &["--filter=blob:none", "--no-checkout"]);
    std::fs::remove_dir_all(repo.path()).unwrap();
    let ours = open(&partial);
    let head = ours.head().unwrap().unwrap();
    let protos = ours.protos_at(head).unwrap();
    let ids: Vec<BlobId> = protos.files.iter().map(|file| file.blob).collect();
    let error = ours.read_blobs(&ids).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::MissingObject);
    assert!(
        error.what_to_do().unwrap().contains("git fetch --refetch"),
        "{error:?}"
    );
}

#[test]
fn objects_damaged_or_gone() {
    let repo = TestRepo::new();
    repo.write("a.proto", PROTO).commit("Begin");
    let blob = repo.git(&["rev-parse", "HEAD:a.proto"]);
    let file = format!(".git/objects/{}/{}", &blob[..2], &blob[2..]);
    let read = || {
        let ours = open(&repo);
        let protos = ours.protos_at(ours.head().unwrap().unwrap()).unwrap();
        ours.read_blobs(&[protos.files[0].blob]).unwrap_err()
    };
    repo.remove(&file).write(&file, "damage");
    let error = read();
    assert_eq!(error.kind(), ErrorKind::CorruptObject);
    assert_eq!(error.message(), format!("file {blob} is damaged"));
    assert!(error.what_to_do().unwrap().contains("git fsck"));
    repo.remove(&file);
    let error = read();
    assert_eq!(error.kind(), ErrorKind::MissingObject);
    assert_eq!(error.message(), format!("file {blob} is not in this clone"));
}

#[test]
fn not_a_repository() {
    let folder = TestRepo::folder();
    let error = Repository::discover(folder.path()).unwrap_err();
    assert!(error.is_not_a_repository());
    let shown = folder.path().display();
    assert_eq!(error.message(), format!("{shown} is in no git repository"));
    let error = Repository::discover(folder.beside("nowhere")).unwrap_err();
    assert_eq!(
        error.message(),
        format!("there is no folder {}", folder.beside("nowhere").display())
    );
}

#[test]
fn a_repository_of_a_later_format() {
    let repo = TestRepo::new();
    repo.git(&["config", "core.repositoryFormatVersion", "1"]);
    repo.git(&["config", "extensions.notYetInvented", "true"]);
    let error = Repository::discover(repo.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    let said = error.to_string();
    assert!(said.contains("`notyetinvented`"), "{said}");
}

#[test]
fn references_in_a_reftable() {
    let repo = TestRepo::init(&["--ref-format=reftable"]);
    repo.commit("Begin");
    let error = Repository::discover(repo.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unreadable);
    let hint = error.what_to_do().unwrap();
    assert!(
        hint.contains("git refs migrate --ref-format=files"),
        "{hint}"
    );
}
