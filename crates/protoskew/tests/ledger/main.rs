//! The ledger of scripted repositories: what counts as history, and what is judged by it.

mod memory;
mod renames;

use protoskew::history::Past;
use protoskew::project::{Input, Project};
use protoskew::rules;
use protoskew_testkit::TestRepo;

const HEAD: &str = "syntax = \"proto3\";\npackage farm;\n\n";

/// One message, `Field`, with these members.
fn field(members: &str) -> String {
    let members = members.replace("; ", ";\n  ");
    format!("{HEAD}message Field {{\n  {members};\n}}\n")
}

fn past(repo: &TestRepo) -> Past {
    open(&Project::open(repo.path(), "").expect("a project"))
}

fn open(project: &Project) -> Past {
    let releases = project.own_releases().expect("releases");
    Past::read(project, &Input::Worktree(String::new()), &releases)
        .expect("the past can be read")
        .expect("there are protos")
}

/// What the rules report of the worktree, as `rule element: about`.
fn reported(past: &Past) -> Vec<String> {
    let told: Vec<_> = past
        .breaches()
        .into_iter()
        .map(|breach| past.tell(breach).expect("commits and files are there"))
        .collect();
    let findings = rules::past(&told);
    findings
        .iter()
        .map(|finding| format!("{} {}: {}", finding.rule, finding.element, finding.about))
        .collect()
}

/// The same; and each older place is one in the text of the commit that is named with it.
#[track_caller]
fn reported_in_place(repo: &TestRepo) -> Vec<String> {
    let past = past(repo);
    for breach in past.breaches() {
        let told = past.tell(breach).expect("commits and files are there");
        let (label, path) = (&told.old.origin.label, &told.old.path);
        if label != "worktree" {
            let there = repo.git(&["show", &format!("{label}:{path}")]);
            let text = String::from_utf8_lossy(&told.old.text);
            assert_eq!(text.trim_end(), there.trim_end(), "{}", told.element);
        }
    }
    reported(&past)
}

/// The rules report this of the worktree, fences aside.
#[track_caller]
fn check(repo: &TestRepo, expected: &[&str]) {
    let mut found = reported_in_place(repo);
    found.retain(|line| !line.contains("-unreserved"));
    assert_eq!(found, expected);
}

/// The rules report exactly this of the worktree.
#[track_caller]
fn check_all(repo: &TestRepo, expected: &[&str]) {
    assert_eq!(reported_in_place(repo), expected);
}

const OWNER: &str = "string crop = 1; string owner = 2";
const PHOTO: &str = "string crop = 1; bytes photo = 2";
const PICTURE: &str = "string crop = 1; int64 picture = 2";
const ALONE: &str = "string crop = 1";
const FENCED: &str = "string crop = 1; reserved 2; reserved \"owner\"";

const REUSED: &str = "field-number-reused farm.Field.picture: 2: string -> int64";

/// A repository with these states of `a.proto`, one commit each.
fn states(members: &[&str]) -> TestRepo {
    let repo = TestRepo::new();
    for (at, state) in members.iter().enumerate() {
        repo.write("a.proto", field(state))
            .commit(&format!("State {at}"));
    }
    repo
}

#[test]
fn freed_and_used_again_two_commits_later() {
    check(&states(&[OWNER, ALONE, ALONE, PICTURE]), &[REUSED]);
    check(
        &states(&[OWNER, FENCED, ALONE, PICTURE]),
        &[REUSED, "reserved-range-dropped farm.Field: \"owner\""],
    );
    // the same field back, a renaming in one step, another number
    check(&states(&[OWNER, ALONE, OWNER]), &[]);
    check(
        &states(&[OWNER, "string crop = 1; bytes owned_by = 2"]),
        &[],
    );
    check(
        &states(&[
            OWNER,
            FENCED,
            "string crop = 1; int64 picture = 3; reserved 2; reserved \"owner\"",
        ]),
        &[],
    );
}

#[test]
fn uncommitted_edits_are_judged_after_everything() {
    let repo = states(&[OWNER, ALONE]);
    repo.write("a.proto", field(PICTURE));
    check(&repo, &[REUSED]);
    let past = past(&repo);
    let breach = &past.breaches()[0];
    let told = past.tell(breach.clone()).unwrap();
    assert_eq!(told.at.commit, None);
    assert_eq!(told.since.subject.as_deref(), Some("State 0"));
    assert_eq!(told.until.unwrap().date.as_deref(), Some("2024-01-03"));
    assert!(!past.is_known(breach, head_of(&repo)));
}

fn head_of(repo: &TestRepo) -> protoskew_git::CommitId {
    let repository = protoskew_git::Repository::discover(repo.path()).unwrap();
    repository.head().unwrap().unwrap()
}

#[test]
fn what_is_left_without_a_fence() {
    check_all(
        &states(&[OWNER, ALONE, "string crop = 1; bytes photo = 3"]),
        &[
            "field-number-unreserved farm.Field.owner: 2",
            "field-name-unreserved farm.Field.owner: 2",
        ],
    );
    check_all(&states(&[OWNER, FENCED]), &[]);
}

#[test]
fn used_again_on_a_branch_that_is_merged() {
    let repo = states(&[OWNER, ALONE]);
    repo.branch("topic")
        .write("a.proto", field(PICTURE))
        .commit("Take 2");
    repo.checkout("main")
        .write("other.txt", "x")
        .commit("Meanwhile");
    repo.merge(&["topic"]);
    check(&repo, &[REUSED]);
    let past = past(&repo);
    let at = past.when(past.breaches()[0].at).unwrap();
    assert_eq!(at.subject.as_deref(), Some("Take 2"), "not the merge");
}

#[test]
fn two_branches_that_took_one_number_at_once() {
    let repo = states(&[ALONE]);
    repo.branch("topic")
        .write("a.proto", field(PICTURE))
        .commit("Take 2");
    repo.checkout("main")
        .write("a.proto", field(OWNER))
        .commit("Take it too");
    repo.run(&["merge", "--no-ff", "topic"]);
    repo.write(
        "a.proto",
        field("string crop = 1; string owner = 2; int64 picture = 3"),
    )
    .commit("Merge, and give way");
    // neither came after the other: no re-use, but the one moved
    check(&repo, &["field-renumbered farm.Field.picture: 2 -> 3"]);
}

#[test]
fn a_merge_that_drops_a_side() {
    let repo = states(&[ALONE]);
    repo.branch("topic")
        .write("a.proto", field(OWNER))
        .commit("Take 2");
    repo.checkout("main")
        .write("other.txt", "x")
        .commit("Meanwhile");
    repo.next_day();
    repo.git(&["merge", "--strategy=ours", "--no-edit", "topic"]);
    check_all(
        &repo,
        &[
            "field-number-unreserved farm.Field.owner: 2",
            "field-name-unreserved farm.Field.owner: 2",
        ],
    );
    let merge = past(&repo);
    let at = merge.when(merge.breaches()[0].at).unwrap();
    assert!(
        at.subject.unwrap().starts_with("Merge"),
        "it ends in the merge"
    );
    repo.write("a.proto", field(PICTURE)).commit("Take 2 again");
    check(&repo, &[REUSED]);
}

#[test]
fn a_merge_of_a_side_that_removed() {
    let repo = states(&[OWNER]);
    repo.branch("topic")
        .write("a.proto", field(ALONE))
        .commit("Remove 2");
    repo.checkout("main")
        .write("b.proto", format!("{HEAD}message Other {{}}\n"))
        .commit("Meanwhile");
    repo.merge(&["topic"]);
    let past = past(&repo);
    let at = past.when(past.breaches()[0].at).unwrap();
    assert_eq!(at.subject.as_deref(), Some("Remove 2"), "not the merge");
}

#[test]
fn a_merge_that_does_what_no_side_did() {
    let repo = states(&[OWNER, ALONE]);
    repo.branch("topic")
        .write("b.txt", "x")
        .commit("Something else");
    repo.checkout("main")
        .write("c.txt", "x")
        .commit("Meanwhile");
    repo.git(&["merge", "--no-ff", "--no-commit", "topic"]);
    repo.write("a.proto", field(PICTURE))
        .commit("Merge, and more");
    check(&repo, &[REUSED]);
}

#[test]
fn two_roots() {
    let repo = states(&[OWNER, ALONE]);
    repo.git(&["checkout", "--quiet", "--orphan", "other"]);
    repo.git(&["rm", "-rfq", "."]);
    repo.write(
        "b.proto",
        format!("{HEAD}message Other {{\n  string x = 1;\n}}\n"),
    )
    .commit("Another root");
    repo.write("b.proto", format!("{HEAD}message Other {{\n}}\n"))
        .commit("Free 1");
    repo.checkout("main");
    repo.next_day();
    repo.git(&["merge", "--allow-unrelated-histories", "--no-edit", "other"]);
    repo.write("a.proto", field(PICTURE));
    repo.write(
        "b.proto",
        format!("{HEAD}message Other {{\n  bytes y = 1;\n}}\n"),
    )
    .commit("Take both");
    check(
        &repo,
        &[
            REUSED,
            "field-number-reused farm.Other.y: 1: string -> bytes",
        ],
    );
}

#[test]
fn a_file_that_cannot_be_read_for_a_while() {
    let repo = states(&[OWNER]);
    repo.write(
        "a.proto",
        format!("{HEAD}message Field {{\n  string crop = ;;\n<<<<<<<\n"),
    )
    .commit("Break it");
    repo.write("a.proto", field(OWNER)).commit("Mend it");
    check_all(&repo, &[]);
    let past = past(&repo);
    let notes = past.notes().unwrap();
    assert_eq!(notes.len(), 1);
    assert!(
        notes[0].starts_with("a.proto cannot be read at "),
        "{notes:?}"
    );
    let turns = past.history("farm.Field.owner").unwrap().events.len();
    assert_eq!(turns, 1, "nothing happened to it");
}

#[test]
fn other_peoples_files_are_not_judged() {
    let repo = TestRepo::new();
    for members in [OWNER, ALONE, PICTURE] {
        repo.write("vendor/example.org/x/a.proto", field(members));
        repo.write("testdata/a.proto", field(members));
        repo.write(
            "own.proto",
            field("string crop = 1").replace("farm", "mine"),
        );
        repo.commit(members);
    }
    check_all(&repo, &[]);
}

#[test]
fn copies_count_once() {
    let repo = TestRepo::new();
    for members in [OWNER, ALONE, PICTURE] {
        repo.write("api/a.proto", field(members));
        repo.write("client/a.proto", field(members));
        repo.commit(members);
    }
    check(&repo, &[REUSED]);
    let notes = past(&repo).notes().unwrap();
    assert!(notes[0].contains("is a copy of"), "{notes:?}");
}

#[test]
fn files_of_one_name_that_are_no_copies() {
    let repo = TestRepo::new();
    repo.write("one/a.proto", field(OWNER)).commit("One");
    repo.write("two/a.proto", field(PICTURE)).commit("Two");
    check(&repo, &[]);
}

#[test]
fn a_release_on_a_branch_that_is_gone() {
    let repo = states(&[ALONE]);
    repo.tag("v1.0.0");
    repo.branch("release-1.0")
        .write("a.proto", field(OWNER))
        .commit("Only here");
    repo.tag("v1.0.1");
    repo.checkout("main");
    repo.git(&["branch", "-D", "release-1.0"]);
    repo.write("a.proto", field(PICTURE)).commit("Take 2");
    check(&repo, &[REUSED]);
    let past = past(&repo);
    let told = past.tell(past.breaches()[0].clone()).unwrap();
    assert_eq!(told.released.as_deref(), Some("1.0.1"));
}

#[test]
fn pull_requests_and_other_branches_do_not_count() {
    let repo = states(&[ALONE]);
    repo.branch("topic")
        .write("a.proto", field(OWNER))
        .commit("Never merged");
    repo.git(&["update-ref", "refs/pull/1/head", "HEAD"]);
    repo.checkout("main")
        .write("a.proto", field(PICTURE))
        .commit("Take 2");
    check(&repo, &[]);
    // unless the team says so
    repo.write("protoskew.toml", "[history]\nbranches = [\"top*\"]\n");
    check(&repo, &[REUSED]);
}

#[test]
fn a_branch_is_judged_after_its_own_commits() {
    let repo = states(&[ALONE]);
    repo.branch("topic")
        .write("a.proto", field(OWNER))
        .commit("Take 2");
    repo.write("a.proto", field(PICTURE))
        .commit("Take it again");
    check(&repo, &[REUSED]);
}

#[test]
fn part_of_a_fence_falls() {
    let repo = states(&[
        "string crop = 1; reserved 4 to 9",
        "string crop = 1; reserved 4 to 6",
    ]);
    check(&repo, &["reserved-range-dropped farm.Field: 7 to 9"]);
    // cut in two, nothing falls
    let repo = states(&[
        "string crop = 1; reserved 4 to 9",
        "string crop = 1; reserved 4 to 6, 7 to 9",
    ]);
    check(&repo, &[]);
}

#[test]
fn enums_with_aliases() {
    let with = |values: &str| {
        format!("{HEAD}enum Crop {{\n  option allow_alias = true;\n  {values};\n}}\n")
    };
    let repo = TestRepo::new();
    repo.write("a.proto", with("NONE = 0;\n  RYE = 1"))
        .commit("Begin");
    repo.write("a.proto", with("NONE = 0;\n  RYE = 1;\n  SECALE = 1"))
        .commit("Alias");
    repo.write("a.proto", with("NONE = 0;\n  SECALE = 1"))
        .commit("Only the alias");
    check_all(&repo, &[]);
    repo.write("a.proto", with("NONE = 0")).commit("Free 1");
    repo.write("a.proto", with("NONE = 0;\n  OATS = 1"))
        .commit("Take 1");
    check(&repo, &["enum-number-reused farm.Crop.OATS: 1: SECALE"]);
}

#[test]
fn a_value_that_makes_way() {
    let value = |values: &str| format!("{HEAD}enum Soil {{\n  {values}\n}}\n");
    let repo = TestRepo::new();
    for (at, values) in [
        "Ok = 0; BAD = 1;",
        "SOIL_OK = 0; BAD = 1;",
        "UNSET = 0; SOIL_OK = 1;",
    ]
    .iter()
    .enumerate()
    {
        repo.write("a.proto", value(&values.replace("; ", ";\n  ")))
            .commit(&format!("State {at}"));
    }
    // 0 is told by the value that moved away from it, not once more by the name that this had before
    check(
        &repo,
        &[
            "enum-number-reused farm.Soil.SOIL_OK: 1: BAD",
            "enum-value-renumbered farm.Soil.SOIL_OK: 0 -> 1",
        ],
    );
}

#[test]
fn extensions_move_across_files() {
    let head = "syntax = \"proto2\";\npackage farm;\n\n";
    let message = format!("{head}message Field {{\n  extensions 100 to 199;\n}}\n");
    let extend =
        |member: &str| format!("{head}import \"a.proto\";\n\nextend Field {{\n  {member};\n}}\n");
    let repo = TestRepo::new();
    repo.write("a.proto", &message)
        .write("x.proto", extend("optional string owner = 100"))
        .commit("Begin");
    repo.rename("x.proto", "y.proto").commit("Move");
    check(&repo, &[]);
    repo.remove("y.proto").commit("Free 100");
    repo.write("z.proto", extend("optional bytes photo = 100"))
        .commit("Take 100");
    check(
        &repo,
        &["extension-number-reused farm.photo: 100: string -> bytes"],
    );
}

#[test]
fn a_method_comes_back() {
    let with = |methods: &str| {
        format!(
            "{HEAD}message A {{}}\nmessage B {{}}\nservice Farm {{\n  rpc Plough(A) returns (A);\n{methods}}}\n"
        )
    };
    let repo = TestRepo::new();
    repo.write("a.proto", with("  rpc Sow(A) returns (B);\n"))
        .commit("Begin");
    repo.write("a.proto", with("")).commit("Remove");
    repo.write("a.proto", with("  rpc Sow(.farm.A) returns (B);\n"))
        .commit("The same");
    check(&repo, &[]);
    repo.write("a.proto", with("")).commit("Remove again");
    repo.write("a.proto", with("  rpc Sow(A) returns (stream B);\n"))
        .commit("Another");
    check(
        &repo,
        &["method-path-reused farm.Farm.Sow: A -> B => A -> stream B"],
    );
}

#[test]
fn a_message_comes_back() {
    let with = |message: &str| format!("{HEAD}message Farm {{}}\n{message}");
    let repo = TestRepo::new();
    repo.write("a.proto", with("message Field {\n  string crop = 1;\n}\n"))
        .commit("Begin");
    repo.write("a.proto", with("")).commit("Remove");
    repo.write("a.proto", with("message Field {\n  string crop = 1;\n}\n"))
        .commit("The same");
    check(&repo, &[]);
    repo.write("a.proto", with("")).commit("Remove again");
    repo.write("a.proto", with("message Field {\n  bytes photo = 1;\n}\n"))
        .commit("Another");
    check_all(&repo, &["message-name-reused farm.Field: 1: crop"]);
}

#[test]
fn places_of_what_stood_elsewhere_later() {
    let repo = TestRepo::new();
    let field = "message Field {\n  reserved 5 to 9;\n  string crop = 1;\n}\n";
    let gone = "message Gone {\n  int32 x = 1;\n}\n";
    repo.write("a.proto", format!("{HEAD}{field}{gone}"))
        .commit("Begin");
    repo.write("a.proto", format!("{HEAD}// below\n\n{field}\n\n{gone}"))
        .commit("Move down");
    repo.write(
        "a.proto",
        format!("{HEAD}{field}").replace("5 to 9", "6 to 9"),
    )
    .commit("Drop");
    let other = "message Gone {\n  bytes y = 1;\n}\n";
    repo.write(
        "a.proto",
        format!("{HEAD}{field}{other}").replace("5 to 9", "6 to 9"),
    )
    .commit("Come back");
    check_all(
        &repo,
        &[
            "reserved-range-dropped farm.Field: 5 to 5",
            "message-name-reused farm.Gone: 1: x",
        ],
    );
}

#[test]
fn what_one_branch_calls_as_another_had_it_all_along() {
    let with = |field: &str| format!("{HEAD}message Field {{\n  {field};\n}}\n");
    let repo = TestRepo::new();
    repo.write("a.proto", with("string crop = 1"))
        .commit("Begin");
    repo.branch("release")
        .write("a.proto", with("string crop = 1;\n  bytes photo = 2"))
        .commit("A photo");
    repo.checkout("main")
        .write("a.proto", with("string crop = 1;\n  bytes picture = 2"))
        .commit("A picture");
    repo.checkout("release")
        .write("a.proto", with("string crop = 1;\n  bytes picture = 2"))
        .commit("Call it as main does");
    repo.tag("v1.0.0").checkout("main");
    check(&repo, &[]);
}

#[test]
fn the_next_number() {
    let repo = states(&[OWNER, "string crop = 1; reserved 4 to 6; int64 rows = 7"]);
    let past = past(&repo);
    let next = past.next("farm.Field", 3).unwrap();
    assert_eq!(next.free, [3, 8, 9]);
    assert_eq!(next.used, [1, 7]);
    assert_eq!(next.reserved, [(4, 6)]);
    assert_eq!(next.spent, [(2, "owner".into())]);
    let error = past.next("farm.Feild", 1).unwrap_err();
    let (said, help) = (
        "nothing was ever called `farm.Feild`",
        "did you mean `farm.Field`?",
    );
    assert_eq!(error.to_string(), format!("{said}\n  help: {help}"));
}

#[test]
fn the_same_twice() {
    let repo = states(&[OWNER, ALONE, PICTURE, PHOTO]);
    assert_eq!(reported(&past(&repo)), reported(&past(&repo)));
    let one = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    let path = repo.path();
    let alone = one.install(|| reported(&open(&Project::open(path, "").unwrap())));
    assert_eq!(alone, reported(&past(&repo)));
}

/// What a check of the worktree says of numbers: those that are new, and its notes about them.
fn checked(repo: &TestRepo) -> (Vec<String>, Vec<String>) {
    let project = Project::open(repo.path(), "").expect("a project");
    let options = protoskew::check::Options::of(Input::Worktree(String::new()));
    let verdict = protoskew::check::check(&project, &options).expect("an answer");
    let new = verdict.findings.iter().filter(|judged| !judged.known);
    let numbers = new
        .map(|judged| judged.finding.id())
        .filter(|id| id.contains("-reused:"))
        .map(|id| id.rsplit_once(':').expect("an id has a hash").0.to_owned());
    let notes = verdict.notes.iter().filter(|note| note.contains("spent"));
    (numbers.collect(), notes.cloned().collect())
}

#[test]
fn a_check_asks_the_past_and_knows_what_is_old() {
    let reused = "field-number-reused:farm.Field.picture".to_owned();
    let repo = states(&[OWNER, ALONE]);
    repo.write("a.proto", field(PICTURE));
    assert_eq!(
        checked(&repo).0,
        std::slice::from_ref(&reused),
        "an edit is new"
    );
    repo.commit("Take 2");
    assert_eq!(
        checked(&repo).0,
        [reused],
        "so is the last commit, without releases"
    );
    repo.write("b.txt", "x").commit("Something else");
    assert_eq!(checked(&repo).0, [""; 0], "the baseline has it");
}

#[test]
fn one_finding_where_both_kinds_see_it() {
    let repo = states(&[OWNER]);
    repo.tag("v1.0.0");
    repo.write("a.proto", field(ALONE)).commit("Free 2");
    repo.write("a.proto", field(PICTURE)).commit("Take 2");
    assert_eq!(checked(&repo).0, ["field-number-reused:farm.Field.picture"]);
}

#[test]
fn grace_for_what_no_release_carried() {
    let repo = states(&[ALONE]);
    repo.tag("v1.0.0");
    repo.write("a.proto", field(OWNER)).commit("Use 2");
    repo.write("a.proto", field(ALONE)).commit("Free 2");
    repo.write("a.proto", field(PICTURE)).commit("Take 2");
    assert_eq!(checked(&repo).0.len(), 1);
    repo.write("protoskew.toml", "[history]\nspent = \"released\"\n");
    let (found, notes) = checked(&repo);
    assert_eq!(found, [""; 0]);
    assert!(
        notes[0].contains("let through what no release carried: farm.Field.picture"),
        "{notes:?}"
    );
}

#[test]
fn a_release_takes_the_grace_away() {
    let repo = states(&[OWNER]);
    repo.tag("v1.0.0");
    repo.write("a.proto", field(ALONE)).commit("Free 2");
    repo.tag("v1.1.0");
    repo.write("a.proto", field(PICTURE)).commit("Take 2");
    repo.write("protoskew.toml", "[history]\nspent = \"released\"\n");
    assert_eq!(checked(&repo).0.len(), 1);
}

#[test]
fn a_file_that_the_clone_lacks() {
    let repo = states(&[OWNER]);
    let lost = repo.git(&["rev-parse", "HEAD:a.proto"]);
    repo.write("a.proto", field(ALONE)).commit("Free 2");
    repo.write("a.proto", field(PICTURE)).commit("Take 2");
    repo.remove(&format!(".git/objects/{}/{}", &lost[..2], &lost[2..]));
    check(&repo, &[]);
    let notes = past(&repo).notes().unwrap();
    assert!(notes[0].contains("is not in this clone"), "{notes:?}");
}

#[test]
fn a_baseline_that_is_no_history() {
    let repo = states(&[OWNER, ALONE, PICTURE]);
    repo.branch("topic")
        .write("b.txt", "x")
        .commit("Not merged");
    let baseline = head_of(&repo);
    repo.checkout("main").write("c.txt", "x").commit("Go on");
    let past = past(&repo);
    assert!(past.is_known(&past.breaches()[0], baseline));
}

#[test]
fn what_two_lines_did_is_known_on_each() {
    let repo = states(&[OWNER, ALONE]);
    repo.branch("release-1.1")
        .write("a.proto", field(PICTURE))
        .commit("Take 2 on the release branch");
    repo.tag("v1.1.0");
    // brought over without a merge: to git the two lines have nothing to do with each other
    repo.checkout("main").next_day();
    repo.write("a.proto", field(PICTURE))
        .commit("Bring it to the main line");
    let baseline = head_of(&repo);
    repo.write("c.txt", "x").commit("Go on");
    let told = past(&repo);
    let breach = &told.breaches()[0];
    let at = told.tell(breach.clone()).unwrap().at;
    assert_eq!(at.subject.as_deref(), Some("Take 2 on the release branch"));
    assert!(told.is_known(breach, baseline));
    let repository = protoskew_git::Repository::discover(repo.path()).unwrap();
    let before = repository.resolve("main~2").unwrap();
    assert!(!told.is_known(breach, before));
}
