//! The action for GitHub, the template for GitLab and the hook for pre-commit: their own scripts, run on scripted clones.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use protoskew_testkit::TestRepo;
use yaml_rust2::{Yaml, YamlLoader};

use crate::program::{change_type, harbor, oracle};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn yaml(path: &str) -> Yaml {
    let text =
        std::fs::read_to_string(root().join(path)).unwrap_or_else(|why| panic!("{path}: {why}"));
    YamlLoader::load_from_str(&text).expect("YAML").remove(0)
}

fn text(yaml: &Yaml) -> String {
    yaml.as_str().map(str::to_owned).unwrap_or_default()
}

/// A program under its name in a folder of its own, to be found before all others.
pub(crate) fn stub(folder: &Path, name: &str, script: &str) {
    std::fs::create_dir_all(folder).expect("a folder can be made");
    let path = folder.join(name);
    std::fs::write(&path, format!("#!/bin/bash\n{script}\n")).expect("it can be written");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&path, mode).expect("it can be made a program");
    }
}

fn program() -> &'static str {
    env!("CARGO_BIN_EXE_protoskew")
}

/// A run of the action in a clone: what GitHub's runner does, as far as the action asks for it.
struct Run {
    clone: TestRepo,
    /// `inputs.comment`, `steps.check.outputs.sarif`, …
    known: BTreeMap<String, String>,
    temp: PathBuf,
    /// Names of steps that ran, and what was said.
    ran: Vec<String>,
    said: String,
    failed: Option<i32>,
}

impl Run {
    /// In a clone as shallow as `actions/checkout` makes it.
    fn new(clone: TestRepo) -> Self {
        let temp = clone.beside("temp");
        std::fs::create_dir_all(temp.join("bin")).expect("a folder can be made");
        let action = yaml("action.yml");
        let mut run = Self {
            clone,
            known: BTreeMap::new(),
            temp,
            ran: Vec::new(),
            said: String::new(),
            failed: None,
        };
        run.know("runner.temp", &run.temp.display().to_string());
        run.know("github.token", "a token");
        run.know("github.action_path", &root().display().to_string());
        for (name, input) in action["inputs"].as_hash().expect("inputs") {
            let default = run.filled(&text(&input["default"]));
            run.know(&format!("inputs.{}", text(name)), &default);
        }
        run.know("inputs.program", program());
        run
    }

    fn know(&mut self, name: &str, value: &str) -> &mut Self {
        self.known.insert(name.to_owned(), value.to_owned());
        self
    }

    fn value(&self, expression: &str) -> String {
        let either = expression
            .split("||")
            .map(|name| self.known.get(name.trim()));
        either
            .flatten()
            .find(|value| !value.is_empty())
            .cloned()
            .unwrap_or_default()
    }

    /// The text with its `${{ … }}` replaced.
    fn filled(&self, text: &str) -> String {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${{") {
            let (expression, behind) = after.split_once("}}").expect("an end");
            filled.push_str(before);
            filled.push_str(&self.value(expression));
            rest = behind;
        }
        filled + rest
    }

    fn holds(&self, condition: &str) -> bool {
        condition.split("&&").all(|part| {
            let (name, wanted, equal) = match (part.split_once("=="), part.split_once("!=")) {
                (Some((name, wanted)), _) => (name, wanted, true),
                (_, Some((name, wanted))) => (name, wanted, false),
                _ => panic!("a condition that this test does not know: {part}"),
            };
            let wanted = wanted.trim().trim_matches('\'');
            (self.value(name) == wanted) == equal
        })
    }

    /// Every step, until one fails.
    fn steps(mut self) -> Self {
        let action = yaml("action.yml");
        for step in action["runs"]["steps"].as_vec().expect("steps") {
            let condition = text(&step["if"]);
            if self.failed.is_some() || !condition.is_empty() && !self.holds(&condition) {
                continue;
            }
            self.ran.push(text(&step["name"]));
            if let Some(script) = step["run"].as_str() {
                self.script(step, script);
            }
        }
        self
    }

    fn script(&mut self, step: &Yaml, script: &str) {
        let output = self.temp.join("output");
        std::fs::write(&output, "").expect("it can be written");
        let mut command = self.command("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]);
        for (name, value) in step["env"].as_hash().into_iter().flatten() {
            command.env(text(name), self.filled(&text(value)));
        }
        command.env("GITHUB_OUTPUT", &output);
        let folder = self.filled(&text(&step["working-directory"]));
        command.current_dir(self.clone.path().join(folder));
        let ended = command.output().expect("bash is installed");
        self.said.push_str(&said(&ended));
        if !ended.status.success() {
            self.failed = ended.status.code();
        }
        let id = text(&step["id"]);
        let written = std::fs::read_to_string(&output).expect("it is there");
        for line in written.lines() {
            let (name, value) = line.split_once('=').expect("name=value");
            self.know(&format!("steps.{id}.outputs.{name}"), value);
        }
    }

    fn command(&self, name: &str) -> Command {
        let mut command = self.clone.command(name);
        let path = std::env::var("PATH").unwrap_or_default();
        command
            .env(
                "PATH",
                format!("{}:{path}", self.temp.join("bin").display()),
            )
            .env("GITHUB_STEP_SUMMARY", self.temp.join("summary.md"))
            .env("GITHUB_REPOSITORY", "ship/harbor")
            .env("GIT_CONFIG_COUNT", "1")
            .env("GIT_CONFIG_KEY_0", "protocol.file.allow")
            .env("GIT_CONFIG_VALUE_0", "always");
        command
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.temp.join(name)).unwrap_or_default()
    }

    /// A pull request whose comments are these, in JSON.
    fn pull_request(&mut self, comments: &str, jq: &Path) -> &mut Self {
        self.know("github.event.pull_request.number", "7");
        std::fs::write(self.temp.join("comments.json"), comments).expect("it can be written");
        let (temp, jq) = (self.temp.display(), jq.display());
        // reading goes by jq, as gh's own does; writing is written down
        let script = format!(
            "printf '%s\\n' \"$*\" >> {temp}/calls\n\
             case \"$*\" in\n\
             *--jq*) exec {jq} -r \"${{@: -1}}\" {temp}/comments.json ;;\n\
             *) last=\"${{@: -1}}\"; cp \"${{last#body=@}}\" {temp}/body ;;\n\
             esac"
        );
        stub(&self.temp.join("bin"), "gh", &script);
        self
    }
}

fn said(output: &Output) -> String {
    let all = [output.stdout.clone(), output.stderr.clone()].concat();
    String::from_utf8(all).expect("UTF-8")
}

/// Releases 1.0.0 and 1.1.0, then a branch `topic` with the edit; gives a clone of one commit of it.
fn shallow_clone(edit: impl Fn(&TestRepo)) -> TestRepo {
    let origin = TestRepo::new();
    origin
        .write("harbor.proto", harbor("int64 weight = 1;"))
        .write("big.bin", "x".repeat(100_000))
        .commit("Begin");
    origin
        .tag("v1.0.0")
        .write("big.bin", "y".repeat(100_000))
        .write("harbor.proto", harbor("int64 weight = 1; string name = 2;"))
        .commit("Name the cargo");
    origin.tag("v1.1.0").branch("topic");
    edit(&origin);
    origin.commit("Edit");
    let clone = origin.clone_as("clone", &["--depth=1", "--branch=topic"]);
    origin.checkout("main");
    clone
}

fn broken() -> TestRepo {
    shallow_clone(change_type)
}

const NOBODY: &str = "[]";
const SOMEBODY: &str = r#"[{"id": 11, "body": "I like it"}, {"id": 12, "body": "<!-- protoskew -->\nold"}, {"id": 13, "body": "<!-- protoskew -->"}]"#;

#[test]
fn the_action_fetches_what_a_shallow_checkout_lacks_and_no_more() {
    let clone = broken();
    let before = clone.run(&["cat-file", "-e", "v1.0.0:harbor.proto"]);
    assert!(!before.status.success(), "the checkout is shallow");
    let run = Run::new(clone).steps();
    assert_eq!(run.failed, Some(1), "{}", run.said);
    assert!(
        run.said.contains("::error file=harbor.proto,line=9,"),
        "{}",
        run.said
    );
    assert!(
        run.said.contains("baseline: merge base with origin/main"),
        "{}",
        run.said
    );
    assert!(
        run.read("summary.md")
            .contains("protoskew: worktree (1.2, after 1.1.0) must not ship")
    );
    assert_eq!(run.known["steps.check.outputs.exit-code"], "1");
    assert!(Path::new(&run.known["steps.check.outputs.sarif"]).is_file());
    assert!(run.ran.contains(&"Upload SARIF".to_owned()));
    assert!(
        !run.ran.contains(&"Comment".to_owned()),
        "nobody asked for a pull"
    );
    // the protos of old releases are there now, and nothing else of them
    let has = |object: &str| {
        let mut command = run.clone.command("git");
        command
            .env("GIT_NO_LAZY_FETCH", "1")
            .args(["cat-file", "-e", object]);
        command.output().expect("git").status.success()
    };
    assert!(has("v1.0.0:harbor.proto"));
    assert!(!has("v1.0.0:big.bin"));
}

#[test]
fn without_the_history_the_program_says_what_to_do() {
    let mut run = Run::new(broken());
    run.know("inputs.fetch", "false");
    let run = run.steps();
    assert_eq!(run.failed, Some(2), "{}", run.said);
    let told = "::error title=protoskew gave no answer::protoskew: this clone is shallow: releases and history beyond its boundary are unknown%0A";
    assert!(run.said.contains(told), "{}", run.said);
    assert!(
        run.said.contains("git fetch --unshallow --tags"),
        "{}",
        run.said
    );
    assert!(!run.ran.contains(&"Upload SARIF".to_owned()));
}

#[test]
fn what_may_ship_passes() {
    let run = Run::new(shallow_clone(crate::program::add_field)).steps();
    assert_eq!(run.failed, None, "{}", run.said);
    assert_eq!(run.ran.last().map(String::as_str), Some("Answer"));
}

#[test]
fn arguments_and_baselines_are_handed_over() {
    let mut run = Run::new(broken());
    run.know("inputs.arguments", "--known\n --deny-warnings")
        .know("inputs.baseline", "HEAD");
    let run = run.steps();
    assert_eq!(run.failed, None, "{}", run.said);
    assert!(
        run.said.contains("(known)") && run.said.contains("baseline: `HEAD`"),
        "{}",
        run.said
    );

    // a pull request against a release branch starts where it left that branch
    let clone = broken();
    clone
        .at(clone.beside("repo"))
        .git(&["branch", "release-1.0", "v1.0.0"]);
    let mut run = Run::new(clone);
    run.know("github.base_ref", "release-1.0");
    let run = run.steps();
    assert!(
        run.said.contains("baseline: release 1.0.0 "),
        "{}",
        run.said
    );
}

#[test]
fn a_comment_is_written_once_and_then_kept_up_to_date() {
    let Some(jq) = oracle("PROTOSKEW_JQ") else {
        return;
    };
    let mut first = Run::new(broken());
    first.pull_request(NOBODY, &jq);
    let first = first.steps();
    assert_eq!(first.failed, Some(1), "{}", first.said);
    let calls = first.read("calls");
    assert!(
        calls.contains(
            "api --silent --method POST repos/ship/harbor/issues/7/comments --field body=@"
        ),
        "{calls}"
    );
    assert!(first.read("body").starts_with("<!-- protoskew -->\n### ❌"));

    let mut again = Run::new(shallow_clone(crate::program::add_field));
    again.pull_request(SOMEBODY, &jq);
    let again = again.steps();
    let calls = again.read("calls");
    assert!(
        calls.contains("--method PATCH repos/ship/harbor/issues/comments/12 "),
        "{calls}"
    );
    assert!(!calls.contains("POST"), "{calls}");
    assert!(again.read("body").starts_with("<!-- protoskew -->\n### ✅"));

    // of nothing no comment is begun
    let mut nothing = Run::new(shallow_clone(|_| ()));
    nothing.pull_request(NOBODY, &jq);
    let nothing = nothing.steps();
    assert_eq!(nothing.failed, None, "{}", nothing.said);
    assert!(
        !nothing.read("calls").contains("--method"),
        "{}",
        nothing.read("calls")
    );

    // another check of the same repository has a comment of its own
    let mut other = Run::new(broken());
    other
        .pull_request(SOMEBODY, &jq)
        .know("inputs.key", "bank/$(id)");
    let other = other.steps();
    assert!(
        other.read("calls").contains("POST"),
        "{}",
        other.read("calls")
    );
    assert!(
        other
            .read("body")
            .starts_with("<!-- protoskew bank---id- -->\n"),
        "{}",
        other.read("body")
    );
}

#[test]
fn who_may_not_comment_is_told_and_the_answer_stays() {
    for script in ["exit 1", "case \"$*\" in *--jq*) ;; *) exit 1 ;; esac"] {
        let mut run = Run::new(broken());
        run.pull_request(NOBODY, Path::new("jq"));
        stub(&run.temp.join("bin"), "gh", script);
        let run = run.steps();
        assert_eq!(run.failed, Some(1), "{}", run.said);
        assert!(
            run.said.contains("::notice title=protoskew::"),
            "{}",
            run.said
        );
        assert!(run.said.contains("pull-requests: write"), "{}", run.said);
    }
}

#[test]
fn where_there_is_no_program_the_action_builds_its_own() {
    let mut run = Run::new(broken());
    run.know("inputs.program", "");
    // cargo as far as the action asks it
    let cargo = format!(
        "echo \"cargo $*\"\nwhile [ $# -gt 1 ]; do shift; done\nmkdir -p \"$1/bin\" && ln -s {} \"$1/bin/protoskew\"",
        program()
    );
    stub(&run.temp.join("bin"), "cargo", &cargo);
    let run = run.steps();
    assert_eq!(run.failed, Some(1), "{}", run.said);
    let built = format!(
        "cargo install --quiet --locked --path {}/crates/protoskew --root ",
        root().display()
    );
    assert!(run.said.contains(&built), "{}", run.said);
    assert!(run.ran.contains(&"Keep the build".to_owned()));
    assert!(
        run.said.contains("::error file=harbor.proto"),
        "{}",
        run.said
    );

    let mut run = Run::new(broken());
    run.know("inputs.program", "/no/such/protoskew");
    let run = run.steps();
    assert_eq!(run.failed, Some(2));
    assert!(
        run.said
            .contains("::error title=protoskew::/no/such/protoskew cannot be run"),
        "{}",
        run.said
    );
}

/// What a pull request is called must never be run: expressions stand in `env` alone.
#[test]
fn no_script_of_the_action_holds_an_expression() {
    let action = yaml("action.yml");
    let mut scripts = 0;
    for step in action["runs"]["steps"].as_vec().expect("steps") {
        if let Some(script) = step["run"].as_str() {
            assert!(!script.contains("${{"), "{script}");
            assert_eq!(step["shell"].as_str(), Some("bash"));
            scripts += 1;
        }
    }
    assert!(scripts >= 5);
}

#[test]
fn the_template_for_gitlab_checks_a_merge_request() {
    let template = yaml("ci/gitlab.yml");
    let job = &template["protoskew"];
    let lines = job["script"].as_vec().expect("a script");
    let script: Vec<String> = lines.iter().map(text).collect();
    let clone = broken();
    let bin = clone.beside("bin");
    stub(&bin, "protoskew", &format!("exec {} \"$@\"", program()));
    let ran = clone
        .command("bash")
        .args(["-eo", "pipefail", "-c", &script.join("\n")])
        .env(
            "PATH",
            format!(
                "{}:{}",
                bin.display(),
                std::env::var("PATH").unwrap_or_default()
            ),
        )
        .env("CI_DEFAULT_BRANCH", "main")
        .env("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", "main")
        .env("PROTOSKEW_ARGUMENTS", "--all")
        .env("GIT_CONFIG_COUNT", "1")
        .env("GIT_CONFIG_KEY_0", "protocol.file.allow")
        .env("GIT_CONFIG_VALUE_0", "always")
        .output()
        .expect("bash is installed");
    let said = said(&ran);
    assert_eq!(ran.status.code(), Some(1), "{said}");
    assert!(said.contains("merge base with origin/main"), "{said}");
    // every file that the job promises was written
    let artifacts = &job["artifacts"];
    let mut promised: Vec<String> = artifacts["paths"]
        .as_vec()
        .expect("paths")
        .iter()
        .map(text)
        .collect();
    for kind in ["codequality", "junit"] {
        promised.push(text(&artifacts["reports"][kind]));
    }
    assert_eq!(promised.len(), 3);
    for name in promised {
        let written = std::fs::read_to_string(clone.path().join(&name))
            .unwrap_or_else(|why| panic!("{name}: {why}"));
        assert!(written.contains("field-type-changed"), "{name}: {written}");
    }
    assert_eq!(job["variables"]["GIT_DEPTH"].as_str(), Some("0"));
}

/// Programs that know these files better than we do, where they are there.
fn checker(name: &str) -> Option<Command> {
    oracle("PROTOSKEW_CHECKERS").map(|folder| Command::new(folder.join(name)))
}

#[test]
fn the_forges_own_schemas_accept_the_files() {
    let accepts = |name: &str, arguments: &[&str]| {
        let Some(mut command) = checker(name) else {
            return;
        };
        let asked = command
            .args(arguments)
            .current_dir(root())
            .output()
            .expect("it runs");
        assert!(asked.status.success(), "{arguments:?}: {}", said(&asked));
    };
    accepts(
        "check-jsonschema",
        &[
            "--no-cache",
            "--builtin-schema",
            "vendor.github-actions",
            "action.yml",
        ],
    );
    accepts(
        "check-jsonschema",
        &[
            "--no-cache",
            "--builtin-schema",
            "vendor.gitlab-ci",
            "--data-transform",
            "gitlab-ci",
            "ci/gitlab.yml",
        ],
    );
    accepts(
        "pre-commit",
        &["validate-manifest", ".pre-commit-hooks.yaml"],
    );
}

#[test]
fn the_hook_judges_what_is_about_to_be_committed() {
    let hooks = yaml(".pre-commit-hooks.yaml");
    let hook = &hooks.as_vec().expect("hooks")[0];
    let repo = crate::program::two_releases();
    change_type(&repo);
    repo.git(&["add", "--all"]);
    let bin = repo.beside("bin");
    stub(&bin, "protoskew", &format!("exec {} \"$@\"", program()));
    let path = format!(
        "{}:{}",
        bin.display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let entry = text(&hook["entry"]);
    let ran = repo
        .command("bash")
        .args(["-c", &entry])
        .env("PATH", &path)
        .output()
        .expect("bash");
    assert_eq!(ran.status.code(), Some(1), "{}", said(&ran));
    assert!(said(&ran).contains("error[field-type-changed]"));

    // and as pre-commit itself runs it, from a repository that offers it
    let Some(mut pre_commit) = checker("pre-commit") else {
        return;
    };
    let offered = TestRepo::new();
    let manifest = std::fs::read(root().join(".pre-commit-hooks.yaml")).expect("a manifest");
    offered
        .write(".pre-commit-hooks.yaml", manifest)
        .commit("Offer a hook");
    let environment = repo.command("true");
    pre_commit
        .args([
            "try-repo",
            &offered.path().display().to_string(),
            "protoskew",
            "--all-files",
        ])
        .current_dir(repo.path())
        .envs(
            environment
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        )
        .env("PATH", &path)
        .env("PRE_COMMIT_HOME", repo.beside("pre-commit"));
    let ran = pre_commit.output().expect("it runs");
    assert_eq!(ran.status.code(), Some(1), "{}", said(&ran));
    assert!(
        said(&ran).contains("error[field-type-changed]"),
        "{}",
        said(&ran)
    );
}
