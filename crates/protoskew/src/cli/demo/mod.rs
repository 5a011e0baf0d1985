//! `protoskew demo`: a small repository with four releases and a change that must not ship, and a walk through it.

mod story;

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::Command;

use protoskew::error::Error;

use super::args::{CheckArgs, DemoArgs, ExplainArgs, MatrixArgs, PlanArgs, Shared};
use super::{FINE, Failure, check, pairs, plan, rules};
use story::{ADDITION, BEGINNING, IN_TIME, POLICY, RELEASES, TOO_FAST, WORKTREE, edited};

pub(super) fn run(args: &DemoArgs, shared: &Shared) -> Result<u8, Failure> {
    let made = tempfile::Builder::new()
        .prefix("protoskew-demo-")
        .tempdir()
        .map_err(|error| Error::environment(format!("cannot make a temporary folder: {error}")))?;
    let folder = match &args.keep {
        Some(folder) => {
            // never into something that is there already
            fs::create_dir(folder).map_err(|error| {
                Error::usage(format!("cannot make {}: {error}", folder.display()))
                    .hint("--keep names a folder that does not exist yet")
            })?;
            folder.as_path()
        }
        None => made.path(),
    };
    let released = make(folder)?;

    say(
        shared,
        "A small API: a runtime calls an agent that keeps running while the runtime is upgraded or rolled back around it.\nFour releases, 1.0.0 to 1.3.0, and an edit in the worktree that looks harmless. May it ship?",
    )?;
    command(shared, "protoskew check")?;
    check::run_in(folder, &CheckArgs::default(), &Shared::of(shared))?;

    say(
        shared,
        "\nThe releases among each other. Without configuration every pair may meet:",
    )?;
    command(shared, "protoskew matrix")?;
    pairs::matrix_in(folder, &MatrixArgs::default(), shared)?;

    say(
        shared,
        "\nA policy says who really meets whom. In protoskew.toml:",
    )?;
    say(shared, POLICY)?;
    write(&folder.join("protoskew.toml"), POLICY)?;
    command(shared, "protoskew matrix")?;
    pairs::matrix_in(folder, &MatrixArgs::default(), shared)?;

    say(
        shared,
        "\nSo the numbers stay as they were, and the new field gets one that nothing ever had. It is there; when may it be sent?\nA [[features]] entry in protoskew.toml declares its life. This one is too fast:",
    )?;
    write(&folder.join("agent.proto"), &edited(&released, ADDITION))?;
    live(shared, folder, TOO_FAST)?;
    say(
        shared,
        "\nWhoever rolls back from 1.4 to 1.3 meets an agent that was told of driver options. So 1.4 introduces the field and nobody sends it;\n1.5 sends it, and leaves it out where an agent is too old:",
    )?;
    live(shared, folder, IN_TIME)?;
    command(shared, "protoskew plan")?;
    plan::run_in(folder, &PlanArgs::default(), shared)?;
    // whoever keeps the repository begins where the walk did
    write(&folder.join("agent.proto"), &edited(&released, WORKTREE))?;
    write(&folder.join("protoskew.toml"), POLICY)?;

    say(
        shared,
        "\nEvery finding names its rule, and every rule has a page:",
    )?;
    command(shared, "protoskew explain field-renumbered")?;
    let rule = ExplainArgs {
        about: "field-renumbered".to_owned(),
    };
    rules::explain(&rule, shared)?;

    match &args.keep {
        Some(folder) => say(
            shared,
            &format!("\nThe repository is in {}.", folder.display()),
        )?,
        None => say(
            shared,
            "\nprotoskew demo --keep DIR leaves the repository for you to try things in.",
        )?,
    }
    Ok(FINE)
}

/// Declares the feature's life beside the policy, and checks.
fn live(shared: &Shared, folder: &Path, feature: &str) -> Result<(), Failure> {
    say(shared, feature)?;
    write(
        &folder.join("protoskew.toml"),
        &format!("{POLICY}{feature}"),
    )?;
    command(shared, "protoskew check")?;
    check::run_in(folder, &CheckArgs::default(), &Shared::of(shared))?;
    Ok(())
}

/// Writes the releases, one commit and tag each, and the edit; gives the last release's file.
fn make(folder: &Path) -> Result<String, Error> {
    git(folder, &["init", "--quiet", "--initial-branch=main"])?;
    let mut proto = BEGINNING.to_owned();
    for (index, release) in RELEASES.iter().enumerate() {
        proto = edited(&proto, release.edits);
        write(&folder.join("agent.proto"), &proto)?;
        git(folder, &["add", "agent.proto"])?;
        let date = format!("2024-0{}-01T12:00:00Z", index + 1);
        git_at(
            folder,
            &date,
            &["commit", "--quiet", "--message", release.message],
        )?;
        git(folder, &["tag", release.tag])?;
    }
    write(&folder.join("agent.proto"), &edited(&proto, WORKTREE))?;
    Ok(proto)
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    fs::write(path, text)
        .map_err(|error| Error::environment(format!("cannot write {}: {error}", path.display())))
}

fn git(folder: &Path, arguments: &[&str]) -> Result<(), Error> {
    git_at(folder, "2024-01-01T12:00:00Z", arguments)
}

/// Runs git without the user's configuration: no hooks, no signing, no templates.
fn git_at(folder: &Path, date: &str, arguments: &[&str]) -> Result<(), Error> {
    let mut command = Command::new("git");
    command
        .current_dir(folder)
        .args([
            "-c",
            "user.name=protoskew demo",
            "-c",
            "user.email=demo@localhost",
        ])
        .args(arguments)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_DATE", date)
        .env("GIT_COMMITTER_DATE", date)
        .env_remove("GIT_DIR")
        .env_remove("GIT_WORK_TREE")
        .env_remove("GIT_INDEX_FILE");
    let done = command.output().map_err(|error| {
        Error::environment(format!("cannot run git: {error}"))
            .hint("the demo makes a small repository with git: install it")
    })?;
    if done.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&done.stderr).trim().to_owned();
    Err(Error::environment(format!(
        "git {} failed: {said}",
        arguments.join(" ")
    )))
}

fn say(shared: &Shared, text: &str) -> io::Result<()> {
    if shared.quiet {
        return Ok(());
    }
    writeln!(io::stdout().lock(), "{text}")
}

fn command(shared: &Shared, line: &str) -> io::Result<()> {
    say(shared, &format!("\n$ {line}"))
}
