//! The recipes of `docs/reviews.md`: what turns a forge's answer into the file of reviews runs here, over answers of the documented shape.
#![cfg(unix)]

use std::os::unix::fs::symlink;
use std::path::Path;

use protoskew_testkit::TestRepo;

use crate::forges::stub;
use crate::program::{Ran, check_says, finish, harbor, oracle, run};

/// The shell block below the line that begins so.
fn recipe(below: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reviews.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let (_, rest) = page.split_once(&format!("\n{below}")).expect("the forge");
    let (_, rest) = rest.split_once("```sh\n").expect("its recipe");
    let (recipe, _) = rest.split_once("```").expect("an end");
    recipe.to_owned()
}

/// A topic branch with a change that two people must acknowledge.
fn topic() -> TestRepo {
    let repo = TestRepo::new();
    repo.write(
        "protoskew.toml",
        "[review]\nrequire-acks = 2\nreviewers = [\"@bo\", \"@cy\", \"@di\"]\nreviews = \"protoskew-reviews.json\"\n",
    )
    .write("harbor.proto", harbor("string id = 1;"))
    .commit("Begin");
    repo.tag("v1.0.0").branch("topic");
    repo.write(
        "harbor.proto",
        harbor("string id = 1; optional bool fragile = 2;"),
    )
    .commit("Handle with care");
    repo
}

fn fingerprint(repo: &TestRepo) -> String {
    let ran = run(repo, "analyze --format json");
    let line = ran.stdout.lines().next().expect("a line");
    let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
    line["fingerprint"].as_str().expect("text").to_owned()
}

/// Runs a recipe beside stand-ins for the forge's program, each of which is a script.
fn cook(
    repo: &TestRepo,
    jq: &Path,
    recipe: &str,
    stands_in: [&str; 2],
    known: &[(&str, &str)],
) -> Ran {
    let [name, script] = stands_in;
    let folder = repo.beside("bin");
    stub(&folder, name, script);
    for (name, program) in [
        ("jq", jq),
        ("protoskew", Path::new(env!("CARGO_BIN_EXE_protoskew"))),
    ] {
        // a bare name is one that the PATH has
        let link = folder.join(name);
        if program.is_absolute() && !link.exists() {
            symlink(program, link).expect("a link");
        }
    }
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = repo.command("sh");
    command
        .args(["-eu", "-c", recipe])
        .env("PATH", format!("{}:{path}", folder.display()));
    for (name, value) in known {
        command.env(name, value);
    }
    finish(repo, command)
}

#[test]
fn github() {
    let Some(jq) = oracle("PROTOSKEW_JQ") else {
        return;
    };
    let repo = topic();
    let fingerprint = fingerprint(&repo);
    let review = |login: &str, state: &str, body: &str| {
        format!(
            r#"{{"id": 1, "user": {{"login": "{login}", "id": 2, "type": "User"}}, "body": "{body}", "state": "{state}", "commit_id": "4f0c2f3d0c3d3b0e8f5d5b7f3d1c6d7e8f9a0b1c", "submitted_at": "2024-01-05T00:00:00Z"}}"#
        )
    };
    let answer = |last: &str| {
        // `--paginate` writes one array for each page
        let first = [
            review("bo", "COMMENTED", "Which agent?"),
            review("bo", "APPROVED", &format!("Read {fingerprint}, agreed.")),
            review("ada", "APPROVED", &fingerprint),
        ];
        format!("[{}]\n[{last}]\n", first.join(","))
    };
    let known = [
        ("GITHUB_REPOSITORY", "o/r"),
        ("NUMBER", "7"),
        ("AUTHOR", "ada"),
    ];
    let cook = |answer: &str| {
        let script = format!(
            "test \"$*\" = 'api --paginate repos/o/r/pulls/7/reviews' || exit 9\ncat <<'END'\n{answer}END"
        );
        cook(&repo, &jq, &recipe("GitHub:"), ["gh", &script], &known)
    };
    cook(&answer(&review("cy", "APPROVED", "LGTM"))).says(
        1,
        &[
            "1 of 2 acknowledgements (@bo)",
            "@cy of protoskew-reviews.json does not name the analysis",
        ],
    );
    let whole = review("cy", "APPROVED", &fingerprint[..14]);
    cook(&answer(&whole)).says(0, &["may ship"]);
    // who takes it back has not given it; a body may be missing
    let back = review("cy", "CHANGES_REQUESTED", "x").replace("\"x\"", "null");
    cook(&answer(&format!("{whole},{back}"))).says(1, &["1 of 2 acknowledgements (@bo)"]);
}

#[test]
fn gitlab() {
    let Some(jq) = oracle("PROTOSKEW_JQ") else {
        return;
    };
    let repo = topic();
    let fingerprint = fingerprint(&repo);
    let note = |login: &str, body: &str| {
        format!(
            r#"{{"id": 1, "body": "{body}", "author": {{"id": 2, "username": "{login}", "name": "N {login}"}}, "system": false, "created_at": "2024-01-05T00:00:00Z"}}"#
        )
    };
    let known = [
        ("CI_API_V4_URL", "https://gitlab.example.org/api/v4"),
        ("CI_PROJECT_ID", "3"),
        ("CI_MERGE_REQUEST_IID", "7"),
        ("TOKEN", "t"),
        ("AUTHOR", "ada"),
    ];
    let cook = |approved: &[&str], notes: &[String]| {
        let approved: Vec<String> = approved
            .iter()
            .map(|login| format!(r#"{{"user": {{"id": 2, "username": "{login}", "name": "N"}}}}"#))
            .collect();
        let script = format!(
            "for url do :; done\ncase \"$url\" in\n*/projects/3/merge_requests/7/approvals) echo '{{\"id\": 1, \"approved_by\": [{}]}}' ;;\n\
             */projects/3/merge_requests/7/notes*) echo '[{}]' ;;\n*) exit 9 ;;\nesac",
            approved.join(","),
            notes.join(",")
        );
        cook(&repo, &jq, &recipe("GitLab,"), ["curl", &script], &known)
    };
    let notes = [
        note("bo", &format!("Read {fingerprint}, agreed.")),
        note("cy", &format!("Read {fingerprint}, and do not agree yet.")),
    ];
    // a note alone is no approval
    cook(&["bo"], &notes).says(1, &["1 of 2 acknowledgements (N bo)"]);
    cook(&["bo", "cy", "ada"], &notes).says(0, &["may ship"]);
    cook(&[], &notes).says(1, &["0 of 2 acknowledgements"]);
}

/// The answer that the page shows is one that is understood.
#[test]
fn the_form_on_the_page() {
    let repo = topic();
    let page = include_str!("../../../../docs/reviews.md");
    let (_, rest) = page.split_once("```json\n").expect("a form");
    let (form, _) = rest.split_once("```").expect("an end");
    repo.write("protoskew-reviews.json", form);
    check_says(
        &repo,
        "check",
        1,
        &["not counted: Bo Li of protoskew-reviews.json is no listed reviewer"],
    );
}
