//! `[review]`: analyses and acknowledgements of a change, asked for by the check.

use protoskew_testkit::TestRepo;

use crate::program::{check_says, finish, harbor, protoskew};

const FRAGILE: &str = "string id = 1; optional bool fragile = 2;";

/// One release, and a topic branch with a new field, committed.
fn topic(configuration: &str) -> TestRepo {
    let repo = TestRepo::new();
    repo.write("protoskew.toml", configuration)
        .write(".mailmap", "Bo <bo@example.org> <bo@home.example.org>\n")
        .write("CODEOWNERS", "* @org/all\n*.proto @bo cy@example.org\n")
        .write("harbor.proto", harbor("string id = 1;"))
        .commit("Begin");
    repo.tag("v1.0.0").branch("topic");
    repo.write("harbor.proto", harbor(FRAGILE))
        .commit("Handle with care");
    repo
}

/// The fingerprint of the change, as the analysis tells it.
fn fingerprint(repo: &TestRepo) -> String {
    let ran = check_says(repo, "analyze --format json", 0, &[]);
    let line = ran.stdout.lines().next().expect("a line");
    let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
    line["fingerprint"]
        .as_str()
        .expect("a fingerprint")
        .to_owned()
}

const RECORD: &str = "protoskew/analyses/2024-01-05-cargo-fragile.md";

#[test]
fn an_analysis_is_asked_for_written_filled_and_outdated() {
    let repo = topic("[review]\nrequire-analysis = true\n");
    check_says(
        &repo,
        "check",
        1,
        &["error[change-unanalysed]: this change of 1 element has no analysis (1:"],
    );
    // at other places nothing is asked
    check_says(&repo, "check main", 0, &["may ship"]);
    let mut command = protoskew(&repo, "analyze --record");
    command.env("PROTOSKEW_TODAY", "2024-01-05");
    finish(&repo, command).says(0, &["wrote"]);
    check_says(
        &repo,
        "check",
        1,
        &[
            "says nothing below \"What future releases do where it is absent\", \"What past releases do, blind to it\"",
        ],
    );
    let path = repo.path().join(RECORD);
    let mut text = std::fs::read_to_string(&path).expect("the record");
    for heading in ["where it is absent", "blind to it", "else was weighed"] {
        text = text.replace(
            &format!("{heading}\n\n"),
            &format!("{heading}\n\nIt is not handled with care, as ever.\n\n"),
        );
    }
    repo.write(RECORD, &text).commit("Write it down");
    check_says(&repo, "check", 0, &["may ship"]);
    check_says(&repo, "check HEAD", 0, &["may ship"]);
    check_says(&repo, "check HEAD~1", 1, &["has no analysis"]);
    // what means nothing does not touch it
    repo.write(
        "harbor.proto",
        format!("// Handle with care.\n{}", harbor(FRAGILE)),
    )
    .write("main.c", "int main;")
    .commit("Say more");
    check_says(&repo, "check", 0, &["may ship"]);
    // any edit of meaning does
    repo.write(
        "harbor.proto",
        harbor("string id = 1; optional int32 fragile = 2;"),
    );
    check_says(
        &repo,
        "check",
        1,
        &["is of another change (1:", "than what stands here (1:"],
    );
    repo.git(&["checkout", "--quiet", "harbor.proto"]);
    // and after the merge it fits what that brought
    repo.checkout("main").merge(&["topic"]);
    check_says(&repo, "check", 0, &["may ship"]);
}

#[test]
fn acknowledgements_in_commits() {
    let configuration = "[review]\nrequire-acks = 2\nreviewers = [\"Bo <bo@example.org>\", \"Cy <cy@example.org>\", \"Ada <ada@example.org>\"]\n";
    let repo = topic(configuration);
    check_says(
        &repo,
        "check",
        1,
        &["error[change-unacknowledged]: 0 of 2 acknowledgements"],
    );
    let fingerprint = fingerprint(&repo);
    repo.commit(&format!("Go on\n\nAnalysis: {fingerprint}\nAcked-by: Bo <bo@home.example.org>\nAcked-by: Ada <ada@example.org>\n"));
    repo.commit(
        "Go further\n\nReviewed-by: Cy <cy@example.org>\nReviewed-by: Di <di@example.org>\n",
    );
    check_says(
        &repo,
        "check",
        1,
        &[
            "1 of 2 acknowledgements (Bo); not counted: ",
            "Ada of commit ",
            " made the change",
            "Cy of commit ",
            " does not name the analysis",
            " is no listed reviewer",
        ],
    );
    let (short, _) = fingerprint.split_at("1:".len() + 12);
    repo.commit(&format!(
        "And further\n\nReviewed-by: Cy <cy@example.org> # {short}\n"
    ));
    check_says(&repo, "check", 0, &["may ship"]);
    // an edit makes all of them acknowledgements of something else
    repo.write(
        "harbor.proto",
        harbor("string id = 1; optional int32 fragile = 2;"),
    )
    .commit("Count");
    check_says(
        &repo,
        "check",
        1,
        &["0 of 2 acknowledgements; not counted:"],
    );
}

#[test]
fn acknowledgements_by_the_path_of_the_record_as_it_was() {
    let repo = topic("[review]\nrequire-acks = 1\nreviewers = [\"bo@example.org\"]\n");
    let fingerprint = fingerprint(&repo);
    repo.write(RECORD, "---\nfingerprint: 1:000000000000\n---\n");
    repo.commit(&format!(
        "Early\n\nAnalysis: {RECORD}\nAcked-by: Bo <bo@example.org>\n"
    ));
    repo.write(RECORD, format!("---\nfingerprint: {fingerprint}\n---\n"));
    check_says(
        &repo,
        "check",
        1,
        &["0 of 1 acknowledgements; not counted: Bo"],
    );
    repo.commit(&format!(
        "Late\n\nAnalysis: {RECORD}\nAcked-by: Bo <bo@example.org>\n"
    ));
    check_says(&repo, "check", 0, &["may ship"]);
}

#[test]
fn acknowledgements_from_a_forge_by_code_owners() {
    let repo = topic("[review]\nrequire-acks = 2\ncodeowners = true\nreviews = \"reviews.json\"\n");
    check_says(
        &repo,
        "check",
        1,
        &[
            "0 of 2 acknowledgements",
            "there is no reviews.json",
            "@bo or cy@example.org reads the analysis",
        ],
    );
    let fingerprint = fingerprint(&repo);
    let reviews = |author: &str, body: &str| {
        format!(
            r#"{{"format": "protoskew-reviews/1", "author": {{"login": "{author}"}}, "reviews": [
                {{"reviewer": {{"login": "bo"}}, "state": "APPROVED", "body": "Read {fingerprint}."}},
                {{"reviewer": {{"email": "cy@example.org"}}, "state": "APPROVED", "body": "{body}"}}]}}"#
        )
    };
    repo.write("reviews.json", reviews("ada", "LGTM"));
    check_says(
        &repo,
        "check",
        1,
        &[
            "1 of 2 acknowledgements (@bo); not counted: cy@example.org of reviews.json does not name the analysis",
        ],
    );
    repo.write("reviews.json", reviews("bo", &fingerprint));
    check_says(
        &repo,
        "check",
        1,
        &[
            "1 of 2 acknowledgements (cy@example.org); not counted: @bo of reviews.json made the change",
        ],
    );
    repo.write("reviews.json", reviews("ada", &fingerprint));
    check_says(&repo, "check", 0, &["may ship"]);
    // nobody makes owners in the change that they are to acknowledge
    repo.write("CODEOWNERS", "* @ada\n").commit("Own it");
    check_says(&repo, "check", 0, &["may ship"]);
    repo.write("reviews.json", "{}");
    check_says(
        &repo,
        "check",
        2,
        &["reviews.json is no file of reviews", "docs/reviews.md"],
    );
}

#[test]
fn what_cannot_be_fulfilled_is_a_mistake() {
    for (review, says) in [
        ("require-acks = 2", "nobody is named who may give one"),
        (
            "require-acks = 2\nreviewers = [\"@bo\"]",
            "2 acknowledgements are asked for, and 1 may give one",
        ),
        ("reviewers = [\"Bo\"]", "`Bo` names nobody"),
        ("require-analysis = 1", "expected true or false"),
        ("require-acks = -1", "expected a number of people"),
        ("reviews = \"../x\"", "not a path from the root"),
        ("require-ack = 2", "did you mean `require-acks`?"),
    ] {
        let repo = topic(&format!("[review]\n{review}\n"));
        check_says(&repo, "check", 2, &[says]);
    }
    let repo = topic("[review]\nrequire-acks = 2\nreviewers = [\"@org/api\"]\n");
    check_says(&repo, "check", 1, &["0 of 2 acknowledgements"]);
}

#[test]
fn a_preset_does_not_silence_what_was_asked_for_and_a_level_does() {
    let repo = topic("[rules]\npreset = \"wire\"\n[review]\nrequire-analysis = true\n");
    check_says(&repo, "check", 1, &["error[change-unanalysed]"]);
    let repo = topic("[rules]\nchange-unanalysed = \"warn\"\n[review]\nrequire-analysis = true\n");
    check_says(&repo, "check", 0, &["warning[change-unanalysed]"]);
}
