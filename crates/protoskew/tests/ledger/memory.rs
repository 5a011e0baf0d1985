//! What earlier runs read is kept: the answer is the same with it and without, whatever happened to the repository since.

use std::fs;
use std::path::{Path, PathBuf};

use protoskew::history::Memory;
use protoskew::project::Project;
use protoskew_testkit::TestRepo;

use super::{ALONE, FENCED, HEAD, OWNER, PHOTO, PICTURE, field, open, reported, states};

/// What the rules report and what is told of the reading, by what is kept in these folders.
fn answer(repo: &TestRepo, places: &[PathBuf]) -> Vec<String> {
    let mut project = Project::open(repo.path(), "").expect("a project");
    let repository = project.repository().expect("a repository");
    project.memory = Memory::at(places.to_vec(), repository, 1);
    assert!(project.memory.is_some());
    let past = open(&project);
    let mut answer = reported(&past);
    answer.extend(past.notes().expect("commits are there"));
    for breach in past.breaches() {
        answer.push(format!(
            "{:?}",
            past.tell(breach).expect("commits and files are there")
        ));
    }
    answer
}

/// The same answer with what is kept and without.
#[track_caller]
fn check(repo: &TestRepo, place: &Path) -> Vec<String> {
    let without = answer(repo, &[]);
    // the first run may write, the second only reads
    for run in ["first", "second"] {
        assert_eq!(answer(repo, &[place.to_owned()]), without, "{run} run");
    }
    without
}

fn file(place: &Path) -> PathBuf {
    place.join("history")
}

#[test]
fn while_a_history_grows_and_is_rewritten() {
    let repo = states(&[OWNER, ALONE]);
    let place = repo.beside("kept");
    check(&repo, &place);
    let first = fs::read(file(&place)).expect("it was written down");
    repo.write("buf.yaml", "version: v1\n")
        .write(
            "api/v1/b.proto",
            format!("{HEAD}enum Soil {{ SAND = 0; }}\n"),
        )
        .commit("A second file");
    check(&repo, &place);
    assert_ne!(fs::read(file(&place)).unwrap(), first, "it has grown");
    // a branch, and its merge
    repo.branch("topic")
        .write("a.proto", field(PICTURE))
        .commit("Take 2");
    check(&repo, &place);
    repo.checkout("main")
        .write("x.txt", "x")
        .commit("Meanwhile");
    repo.merge(&["topic"]);
    assert!(check(&repo, &place)[0].starts_with("field-number-reused"));
    // edits that are not committed
    repo.write("a.proto", field("string crop = 1; bool dry = 2"));
    check(&repo, &place);
    repo.git(&["checkout", "--quiet", "a.proto"]);
    // a force-push: the last commits never were, others take their place
    repo.git(&["reset", "--quiet", "--hard", "HEAD~2"]);
    let forgotten = check(&repo, &place);
    assert!(
        !forgotten
            .iter()
            .any(|line| line.starts_with("field-number-reused"))
    );
    repo.write("a.proto", field(FENCED))
        .commit("Another history");
    repo.rename("a.proto", "moved/a.proto").commit("Move");
    check(&repo, &place);
    repo.next_day();
    repo.git(&[
        "commit",
        "--quiet",
        "--amend",
        "--message",
        "Amended",
        "--date",
        "2024-05-05",
    ]);
    check(&repo, &place);
    // another root, files that cannot be read, links and odd names
    repo.git(&["checkout", "--quiet", "--orphan", "root"]);
    repo.write("c.proto", "syntax = \"proto3\"; message {")
        .symlink("link.proto", "c.proto")
        .write(
            "d/e/f.proto",
            format!("{HEAD}extend Soil {{ int32 x = 100; }}\n"),
        )
        .commit("Begin again");
    check(&repo, &place);
    fs::remove_dir_all(repo.path().join("d/e")).unwrap();
    repo.write("d/e", "a file now")
        .commit("A file where a folder was");
    check(&repo, &place);
}

#[test]
fn what_was_read_is_not_read_again() {
    let repo = states(&[OWNER, ALONE, PHOTO, PICTURE]);
    let place = repo.beside("kept");
    let before = check(&repo, &place);
    // trees of the first commits are gone, and a file: what is not shown need not be there
    let names = ["HEAD~3^{tree}", "HEAD~2^{tree}", "HEAD~2:a.proto"];
    for id in names.map(|name| repo.git(&["rev-parse", name])) {
        let (folder, rest) = id.split_at(2);
        let objects = repo.path().join(".git/objects");
        fs::remove_file(objects.join(folder).join(rest)).unwrap();
    }
    assert_eq!(answer(&repo, &[place]), before);
}

#[test]
fn damaged_cut_off_and_foreign() {
    let repo = states(&[OWNER, ALONE, PICTURE]);
    let place = repo.beside("kept");
    let expected = check(&repo, &place);
    let whole = fs::read(file(&place)).unwrap();
    let mut damaged = vec![
        Vec::new(),
        b"something else".to_vec(),
        whole[..whole.len() / 2].to_vec(),
    ];
    for at in (0..whole.len()).step_by(7) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        damaged.push(bytes);
    }
    for bytes in damaged {
        fs::write(file(&place), &bytes).unwrap();
        assert_eq!(answer(&repo, std::slice::from_ref(&place)), expected);
        assert_eq!(fs::read(file(&place)).unwrap(), whole, "it is made again");
    }
    // that of another repository names other commits and files: nothing of it fits
    let other = states(&[PHOTO, ALONE, OWNER]);
    let foreign = other.beside("kept");
    check(&other, &foreign);
    fs::copy(file(&foreign), file(&place)).unwrap();
    assert_eq!(answer(&repo, std::slice::from_ref(&place)), expected);
    // a folder where the file would be
    fs::remove_file(file(&place)).unwrap();
    fs::create_dir(file(&place)).unwrap();
    assert_eq!(answer(&repo, &[place]), expected);
}

#[test]
fn where_one_place_cannot_be_written_another_is_taken() {
    let repo = states(&[OWNER, ALONE, PICTURE]);
    let blocked = repo.beside("blocked");
    fs::write(&blocked, "a file, no folder").unwrap();
    let place = repo.beside("kept");
    let expected = answer(&repo, &[]);
    assert_eq!(answer(&repo, &[blocked.clone(), place.clone()]), expected);
    assert!(file(&place).is_file());
    assert_eq!(answer(&repo, &[blocked.clone(), place]), expected);
    // and where none can, nothing is lost
    assert_eq!(answer(&repo, &[blocked]), expected);
}

#[test]
fn a_shallow_clone_that_learns_the_rest() {
    let repo = states(&[OWNER, ALONE, PICTURE]);
    let clone = repo.clone_as("clone", &["--depth", "1"]);
    let place = repo.beside("kept");
    let shallow = check(&clone, &place);
    clone.git(&["fetch", "--quiet", "--unshallow"]);
    let whole = check(&clone, &place);
    assert_ne!(shallow, whole);
    assert_eq!(whole, answer(&repo, &[]));
}

#[test]
fn an_object_that_stands_for_another() {
    let repo = states(&[OWNER, ALONE, PICTURE]);
    let place = repo.beside("kept");
    let whole = check(&repo, &place);
    // HEAD without a past
    let tree = repo.git(&["rev-parse", "HEAD^{tree}"]);
    let alone = repo.git(&["commit-tree", &tree, "-m", "Alone"]);
    repo.git(&["replace", "HEAD", &alone]);
    assert_ne!(check(&repo, &place), whole);
}
