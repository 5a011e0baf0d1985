//! Components with tags, repositories, pins and numbers of their own.

use expect_test::expect;
use protoskew_testkit::TestRepo;

use crate::program::{check, check_says, harbor};

const LINK: &str = "[[links]]\nclient = \"runtime\"\nserver = \"agent\"\nclient-ahead = \"any\"\nclient-behind = 1\n";

/// An agent with the lines 1.0 to 1.3, each with a field more, and where it is said to come from.
pub(crate) fn agent() -> TestRepo {
    let repo = TestRepo::new();
    repo.git(&["remote", "add", "origin", "https://github.com/o/agent.git"]);
    let mut fields = String::new();
    for line in 0..4 {
        fields += &format!("int64 f{line} = {};", line + 1);
        repo.write("harbor.proto", harbor(&fields))
            .commit(&format!("Release 1.{line}"));
        repo.tag(&format!("v1.{line}.0"));
    }
    repo
}

/// A runtime beside it whose releases pin these texts in this file.
pub(crate) fn runtime(agent: &TestRepo, file: &str, texts: &[String]) {
    let repo = agent.at(agent.beside("runtime"));
    std::fs::create_dir(repo.path()).expect("a new folder");
    repo.git(&["init", "--quiet", "--initial-branch=main"]);
    for (line, text) in texts.iter().enumerate() {
        repo.write(file, text).commit(&format!("Release 1.{line}"));
        repo.tag(&format!("1.{line}.0"));
    }
}

pub(crate) fn configure(agent: &TestRepo, pin: &str) {
    let text = format!(
        "[components.runtime]\nrepository = \"../runtime\"\nprotocol = \"agent\"\npin = \"{pin}\"\n[components.agent]\n{LINK}"
    );
    agent.write("protoskew.toml", text);
}

#[test]
fn a_runtime_that_pins_the_agent_with_dep() {
    let agent = agent();
    let text = |tag: &str| {
        let revision = agent.git(&["rev-parse", tag]);
        format!(
            "[[projects]]\n  name = \"github.com/o/agent\"\n  packages = [\"protocols/grpc\"]\n  revision = \"{revision}\"\n"
        )
    };
    // the runtime's 1.1 was built with what the agent had two lines later
    runtime(
        &agent,
        "Gopkg.lock",
        &[
            text("v1.0.0"),
            text("v1.2.0"),
            text("v1.2.0"),
            text("v1.2.0"),
        ],
    );
    configure(&agent, "Gopkg.lock");
    check(
        &agent,
        "matrix",
        0,
        expect![[r#"
            none of 19 meetings breaks
            rows: runtime as the client; columns: agent as the server

                        1.0.0  1.1.0  1.2.0  1.3.0  ▸ worktree
              1.0.0     ·      a1     ×      ×      ×
              1.1.0     b2     b1     ·      ×      ×
              1.2.0     b2     b1     ·      a1     ×
              1.3.0     b2     b1     ·      a1     a1
            ▸ worktree  b3     b2     b1     ·      ·

              b  blind: the reader does not know it and ignores it
              a  absent: the writer does not know the field, the reader sees its default
              3  the number of elements or calls with that outcome
              ·  same schema
              ×  never meet
        "#]],
    );
    check(
        &agent,
        "meet runtime@1.1.0 agent@1.1.0",
        0,
        expect![[r#"
        runtime 1.1.0 → agent 1.1.0: the only call differs, but does not break

        /ship.Harbor/Load
          request   blind         ship.Cargo.f2: number 3 is known to the newer side only
    "#]],
    );
    agent.write(
        "harbor.proto",
        harbor("int64 f0 = 1; int64 f1 = 2; sint64 f2 = 3; int64 f3 = 4;"),
    );
    check_says(
        &agent,
        "check",
        1,
        &[
            "4 releases, 1.0.0 to 1.3.0 of agent; 1 release, 1.3.0 of runtime",
            "field-type-changed",
            "runtime 1.3.0 → agent worktree",
        ],
    );
}

#[test]
fn a_runtime_that_pins_the_agent_as_a_module() {
    let agent = agent();
    let short = &agent.git(&["rev-parse", "v1.1.0"])[..12];
    let texts = [
        "module x\nrequire github.com/o/agent v1.0.0\n".to_owned(),
        format!(
            "module x\nrequire (\n\tgithub.com/o/agent v1.0.1-0.20240103000000-{short} // indirect\n)\n"
        ),
        "module x\nrequire github.com/o/agent v1.9.0\n".to_owned(),
        "module x\nrequire github.com/o/agent v1.9.0\n".to_owned(),
        "module x\nrequire github.com/o/other v1.0.0\n".to_owned(),
    ];
    runtime(&agent, "src/go.mod", &texts);
    configure(&agent, "src/go.mod");
    check_says(
        &agent,
        "matrix",
        0,
        &[
            "note: 2 releases of runtime (1.2.0 to 1.3.0) are left out: its src/go.mod asks for version v1.9.0, which the repository of agent does not hold",
            "note: runtime 1.4.0 is left out: its src/go.mod names nothing of agent (github.com/o/agent)",
        ],
    );
    check_says(&agent, "check", 0, &["runtime 1.4.0 is left out"]);
    check_says(&agent, "meet runtime@1.1.0 agent@1.0.0", 0, &["f1"]).never_says(&["f2"]);
    check_says(
        &agent,
        "meet runtime@1.2.0 agent@1.0.0",
        2,
        &[
            "nothing says which protos runtime speaks at 1.2.0: its src/go.mod asks for version v1.9.0",
        ],
    );
}

#[test]
fn a_runtime_that_pins_the_agent_as_a_crate() {
    let agent = agent();
    let revision = agent.git(&["rev-parse", "v1.1.0"]);
    let texts = [
        "[[package]]\nname = \"agent\"\nversion = \"1.0.0\"\nsource = \"registry+https://example.org\"\n".to_owned(),
        format!("[[package]]\nname = \"agent-protocol\"\nversion = \"0.1.0\"\nsource = \"git+https://github.com/o/agent?branch=main#{revision}\"\n"),
        "[[package".to_owned(),
    ];
    agent
        .write("Cargo.toml", "[package]\nname = \"agent\"\n")
        .commit("A crate");
    runtime(&agent, "Cargo.lock", &texts);
    configure(&agent, "Cargo.lock");
    check_says(
        &agent,
        "matrix",
        0,
        &["note: runtime 1.2.0 is left out: its Cargo.lock cannot be read"],
    );
    check_says(&agent, "meet runtime@1.0.0 agent@1.1.0", 0, &["f1"]).never_says(&["f2"]);
    check_says(&agent, "meet runtime@1.1.0 agent@1.2.0", 0, &["f2"]).never_says(&["f1"]);
}

#[test]
fn a_repository_that_is_not_there() {
    let agent = agent();
    configure(&agent, "go.mod");
    for command in ["check", "matrix"] {
        check_says(
            &agent,
            command,
            2,
            &[
                "../runtime",
                "names the folder of a clone, from the root of this repository",
            ],
        );
    }
}

#[test]
fn a_client_with_protos_of_its_own_elsewhere() {
    let agent = agent();
    let text = "int64 f0 = 1; string other = 2;";
    runtime(&agent, "harbor.proto", &[harbor(text)]);
    let text =
        format!("[components.runtime]\nrepository = \"../runtime\"\n[components.agent]\n{LINK}");
    agent.write("protoskew.toml", text);
    // what is judged here never becomes a runtime: no client of that name in its row
    check(
        &agent,
        "matrix",
        0,
        expect![[r#"
        1 of 2 meetings breaks (lossy at the worst)
        rows: runtime as the client; columns: agent as the server

                 1.0.0  1.1.0  1.2.0  1.3.0  ▸ worktree
          1.0.0  b1     L1     ×      ×      ×

          L  lossy: decodes, but values vanish or change
          b  blind: the reader does not know it and ignores it
          3  the number of elements or calls with that outcome
          ×  never meet
    "#]],
    );
    check_says(
        &agent,
        "meet runtime@worktree agent@1.0.0",
        2,
        &["the worktree holds no protos that runtime speaks"],
    );
}

/// One repository with two series of tags, the agent's two lines for each of the runtime's.
fn two_series() -> TestRepo {
    let repo = TestRepo::new();
    let mut fields = String::new();
    for line in 0..4 {
        fields += &format!("int64 f{line} = {};", line + 1);
        repo.write("harbor.proto", harbor(&fields))
            .commit(&format!("Agent 1.{line}"));
        repo.tag(&format!("agent/v1.{line}.0"));
        if line % 2 == 1 {
            repo.tag(&format!("runtime-{}.0.0", 2 + line / 2));
        }
    }
    repo.commit("Go on");
    repo
}

fn series(lines: &str) -> String {
    format!(
        "[components.agent]\ntags = \"agent/v{{version}}\"\n[components.runtime]\ntags = \"runtime-{{version}}\"\nprotocol = \"agent\"\n{lines}\n{LINK}"
    )
}

#[test]
fn components_with_tags_of_their_own() {
    let repo = two_series();
    repo.write("protoskew.toml", series(""));
    // without a mapping 2.0 is newer than 1.3
    check(
        &repo,
        "matrix",
        0,
        expect![[r#"
            none of 15 meetings breaks
            rows: runtime as the client; columns: agent as the server

                        1.0.0  1.1.0  1.2.0  1.3.0  ▸ worktree
              2.0.0     b1     ·      a1     a2     a2
              3.0.0     b3     b2     b1     ·      ·
            ▸ worktree  b3     b2     b1     ·      ·

              b  blind: the reader does not know it and ignores it
              a  absent: the writer does not know the field, the reader sees its default
              3  the number of elements or calls with that outcome
              ·  same schema
        "#]],
    );
    check_says(
        &repo,
        "check",
        0,
        &[
            "worktree (1.4, after 1.3.0)",
            "4 releases, 1.0.0 to 1.3.0 of agent; 2 releases, 2.0.0 to 3.0.0 of runtime",
        ],
    );
    repo.write("protoskew.toml", series("").replace("runtime-{", "rt-{"));
    check_says(
        &repo,
        "check",
        2,
        &["no tag of this repository matches `rt-{version}`"],
    );
}

#[test]
fn lines_that_count_by_date_or_by_table() {
    let repo = two_series();
    repo.write("protoskew.toml", series("lines = \"date\""));
    let by_date = check_says(&repo, "matrix", 0, &["2.0.0"]);
    repo.write(
        "protoskew.toml",
        series("lines = { \"2.0\" = \"1.1\", \"3.0\" = \"1.3\" }"),
    );
    let by_table = check_says(&repo, "matrix", 0, &["2.0.0"]);
    assert_eq!(by_date.stdout, by_table.stdout);
    expect![[r#"
        none of 13 meetings breaks
        rows: runtime as the client; columns: agent as the server

                    1.0.0  1.1.0  1.2.0  1.3.0  ▸ worktree
          2.0.0     b1     ·      a1     ×      ×
          3.0.0     b3     b2     b1     ·      ·
        ▸ worktree  b3     b2     b1     ·      ·

          b  blind: the reader does not know it and ignores it
          a  absent: the writer does not know the field, the reader sees its default
          3  the number of elements or calls with that outcome
          ·  same schema
          ×  never meet
    "#]]
    .assert_eq(&by_date.stdout);
}

#[test]
fn seen_from_the_runtime() {
    let agent = agent();
    let text = "module x\nrequire github.com/o/agent v1.1.0\n".to_owned();
    runtime(&agent, "go.mod", &[text]);
    let repo = agent.at(agent.beside("runtime"));
    let text = format!(
        "[components.runtime]\nprotocol = \"agent\"\npin = \"go.mod\"\n[components.agent]\nrepository = \"../repo\"\n{LINK}"
    );
    repo.write("protoskew.toml", text);
    check(
        &repo,
        "matrix",
        0,
        expect![[r#"
        none of 2 meetings breaks
        rows: runtime as the client; columns: agent as the server

                 1.0.0  1.1.0  1.2.0  1.3.0
          1.0.0  b1     ·      ×      ×

          b  blind: the reader does not know it and ignores it
          3  the number of elements or calls with that outcome
          ·  same schema
          ×  never meet
    "#]],
    );
    check_says(
        &repo,
        "check",
        2,
        &[
            "runtime speaks those of ../repo",
            "help: protoskew check in ../repo judges them",
        ],
    );
}

#[test]
fn a_shallow_clone_elsewhere() {
    let agent = agent();
    let text = "module x\nrequire github.com/o/agent v1.1.0\n".to_owned();
    runtime(&agent, "go.mod", &[text.clone(), text]);
    let whole = agent.at(agent.beside("runtime"));
    whole.clone_as("cut", &["--depth=1"]);
    configure(&agent, "go.mod");
    let path = agent.path().join("protoskew.toml");
    let text = std::fs::read_to_string(&path).expect("written");
    agent.write("protoskew.toml", text.replace("../runtime", "../cut"));
    for command in ["check", "matrix"] {
        check_says(
            &agent,
            command,
            2,
            &[
                "the clone ../cut is shallow",
                "`git -C ../cut fetch --unshallow --tags`",
            ],
        );
        let accepted = format!("{command} --allow-incomplete");
        check_says(&agent, &accepted, 0, &["the clone ../cut is shallow"]);
    }
}

#[test]
fn a_link_about_a_service_that_is_none() {
    let repo = two_series();
    let text = series("").replace(
        "client-ahead",
        "services = [\"ship.Harbour\"]\nclient-ahead",
    );
    repo.write("protoskew.toml", &text);
    for command in ["check", "matrix"] {
        check_says(
            &repo,
            command,
            2,
            &[
                "a link names the service `ship.Harbour`, which no release has",
                "did you mean `ship.Harbor`?",
            ],
        );
    }
    repo.write("protoskew.toml", text.replace("Harbour", "Harbor"));
    check_says(&repo, "check", 0, &["may ship"]);
}

#[test]
fn a_component_without_releases() {
    let agent = agent();
    runtime(&agent, "readme.md", &[]);
    agent.write("protoskew.toml", format!("[components.runtime]\nrepository = \"../runtime\"\nprotocol = \"agent\"\npin = \"go.mod\"\n[components.agent]\n{LINK}"));
    agent.write(
        "harbor.proto",
        harbor("sint64 f0 = 1; int64 f1 = 2; int64 f2 = 3; int64 f3 = 4;"),
    );
    // it will be released after what is judged, and meet all that there is
    check_says(
        &agent,
        "check",
        1,
        &[
            "runtime has no releases yet: no meeting with it was judged",
            "4 releases, 1.0.0 to 1.3.0",
            "agent 1.0.0–1.3.0",
        ],
    );
}
