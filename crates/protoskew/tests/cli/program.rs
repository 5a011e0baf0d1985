//! Runs the program on a scripted repository, away from the environment of whoever runs the tests.

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use expect_test::Expect;
use protoskew_testkit::TestRepo;

/// Far more than any of these takes: what is not over by then hangs.
const HANGS: Duration = Duration::from_secs(120);

/// What a run said and how it ended.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The program in the repository's folder, with arguments separated by blanks.
pub(crate) fn protoskew(repo: &TestRepo, arguments: &str) -> Command {
    let mut command = repo.command(env!("CARGO_BIN_EXE_protoskew"));
    command.args(arguments.split_whitespace());
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS"] {
        command.env_remove(name);
    }
    command.env_remove("RAYON_NUM_THREADS");
    command
}

/// Runs to the end.
#[track_caller]
pub(crate) fn run(repo: &TestRepo, arguments: &str) -> Ran {
    finish(repo, protoskew(repo, arguments))
}

/// Runs a command to the end, and fails where it panics, hangs, or is killed.
#[track_caller]
pub(crate) fn finish(repo: &TestRepo, mut command: Command) -> Ran {
    let shown = format!("{command:?}");
    let (done, result) = mpsc::channel();
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("the program was built");
    std::thread::spawn(move || done.send(child.wait_with_output()));
    let Output {
        status,
        stdout,
        stderr,
    } = result
        .recv_timeout(HANGS)
        .unwrap_or_else(|_| panic!("{shown} hangs"))
        .expect("the program can be waited for");
    let text = |bytes: Vec<u8>| {
        let text = String::from_utf8(bytes).expect("what it writes is UTF-8");
        text.replace(&repo.path().display().to_string(), "REPO")
    };
    let ran = Ran {
        code: status.code().unwrap_or(-1),
        stdout: text(stdout),
        stderr: text(stderr),
    };
    assert!(
        matches!(ran.code, 0..=2) && !ran.stderr.contains("panicked"),
        "{shown} ended with {status}:\n{}\n{}",
        ran.stdout,
        ran.stderr
    );
    ran
}

/// Runs, and compares the exit code and all that was written with what is expected.
#[track_caller]
pub(crate) fn check(repo: &TestRepo, arguments: &str, code: i32, expected: Expect) {
    let ran = run(repo, arguments);
    expected.assert_eq(&ran.all());
    assert_eq!(ran.code, code, "protoskew {arguments}");
}

/// Runs, and looks for fragments in what was written.
#[track_caller]
pub(crate) fn check_says(repo: &TestRepo, arguments: &str, code: i32, fragments: &[&str]) -> Ran {
    let ran = run(repo, arguments);
    ran.says(code, fragments);
    ran
}

impl Ran {
    /// Both streams, as a person at a terminal sees them.
    pub(crate) fn all(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }

    /// Compares the exit code, and looks for fragments in what was written.
    #[track_caller]
    pub(crate) fn says(&self, code: i32, fragments: &[&str]) {
        let all = self.all();
        for fragment in fragments {
            assert!(all.contains(fragment), "no {fragment:?} in:\n{all}");
        }
        assert_eq!(self.code, code, "{all}");
    }

    /// Fails where a fragment was written.
    #[track_caller]
    pub(crate) fn never_says(&self, fragments: &[&str]) {
        let all = self.all();
        for fragment in fragments {
            assert!(!all.contains(fragment), "{fragment:?} in:\n{all}");
        }
    }
}

/// Another program that knows better, where it is there: found by a variable. Without it a test is passed by, unless oracles are required.
#[expect(
    clippy::print_stderr,
    reason = "whoever runs the tests is told what was not tested"
)]
pub(crate) fn oracle(variable: &str) -> Option<PathBuf> {
    let found = std::env::var_os(variable).map(PathBuf::from);
    if found.is_none() {
        let required = std::env::var_os("PROTOSKEW_REQUIRE_ORACLES").is_some();
        assert!(!required, "{variable} is not set");
        eprintln!("skipped: {variable} is not set");
    }
    found
}

/// A file of the API that most scripts are about; `fields` are those of the message that is sent.
pub(crate) fn harbor(fields: &str) -> String {
    format!(
        "syntax = \"proto3\";\npackage ship;\n\nservice Harbor {{\n  rpc Load(Cargo) returns (Receipt);\n}}\n\nmessage Cargo {{\n{}}}\n\nmessage Receipt {{\n  string id = 1;\n}}\n",
        fields
            .split_inclusive(';')
            .map(|field| format!("  {}\n", field.trim()))
            .collect::<String>()
    )
}

/// Releases 1.0.0 (a weight) and 1.1.0 (and a name), nothing edited.
pub(crate) fn two_releases() -> TestRepo {
    let repo = TestRepo::new();
    repo.write("harbor.proto", harbor("int64 weight = 1;"))
        .commit("Begin");
    repo.tag("v1.0.0")
        .write(
            "harbor.proto",
            harbor("int64 weight = 1; optional string name = 2;"),
        )
        .commit("Name the cargo");
    repo.tag("v1.1.0");
    repo
}

/// An edit that every release understands.
pub(crate) fn add_field(repo: &TestRepo) {
    let fields = "int64 weight = 1; optional string name = 2; optional string owner = 3;";
    repo.write("harbor.proto", harbor(fields));
}

/// An edit that every release misreads.
pub(crate) fn change_type(repo: &TestRepo) {
    repo.write(
        "harbor.proto",
        harbor("sint64 weight = 1; optional string name = 2;"),
    );
}
