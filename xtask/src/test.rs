//! `cargo xtask test`: every test of the workspace, with protoc, buf and the protobuf implementations beside it as oracles.

use anyhow::{Result, bail};

use crate::{child, oracles, runtimes, workspace};

/// What `cargo xtask test` takes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Fail where an oracle cannot be had, instead of skipping what needs it.
    #[arg(long)]
    require_oracles: bool,
    /// Handed to the test runner (a test's name, say).
    #[arg(last = true)]
    rest: Vec<String>,
}

/// Brings the oracles, says which are missing, and runs the tests.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let mut environment = Vec::new();
    let mut missing = Vec::new();
    for oracle in oracles::bring(&workspace::target()) {
        match oracle.program {
            Ok(program) => environment.push((oracle.variable, program)),
            Err(reason) => {
                println!(
                    "xtask: {} could not be had ({reason:#}); skipped without it: {}",
                    oracle.name, oracle.without
                );
                missing.push(oracle.name);
            }
        }
    }
    for runtime in runtimes::bring(&workspace::target()) {
        if let Err(reason) = runtime.version {
            println!(
                "xtask: the runtime {} could not be had ({reason:#}); skipped without it: how it reads bytes",
                runtime.name
            );
            missing.push(runtime.name);
        }
    }
    environment.push(("PROTOSKEW_RUNTIMES", runtimes::folder(&workspace::target())));
    if arguments.require_oracles {
        if !missing.is_empty() {
            bail!(
                "--require-oracles, but these could not be had: {}",
                missing.join(", ")
            );
        }
        environment.push(("PROTOSKEW_REQUIRE_ORACLES", "1".into()));
    }

    let run = |words: &[&str], rest: &[String]| {
        let mut command = workspace::cargo();
        child::isolate(&mut command);
        command
            // what an earlier shell left there must not stand in for an oracle that is missing
            .env_remove("PROTOSKEW_PROTOC_PYTHON")
            .env_remove("PROTOSKEW_BUF")
            .env_remove("PROTOSKEW_PROTOBUF_ES")
            .env_remove("PROTOSKEW_CHECKERS")
            .env_remove("PROTOSKEW_SARIF_SCHEMA")
            .env_remove("PROTOSKEW_JQ")
            .env_remove("PROTOSKEW_RUNTIMES")
            .env_remove("PROTOSKEW_REQUIRE_ORACLES")
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .args(words)
            .args(rest);
        child::run(&mut command)
    };
    if child::succeeds(workspace::cargo().args(["nextest", "--version"])) {
        run(
            &["nextest", "run", "--workspace", "--no-fail-fast"],
            &arguments.rest,
        )?;
    } else {
        let mut rest = vec!["--".to_owned()];
        rest.extend_from_slice(&arguments.rest);
        let words = ["test", "--workspace", "--lib", "--bins", "--tests"];
        run(&[&words[..], &["--no-fail-fast"]].concat(), &rest)?;
    }
    run(&["test", "--workspace", "--doc"], &[])?;

    if missing.is_empty() {
        println!("xtask: all tests passed, with every oracle");
    } else {
        println!("xtask: all tests passed, without {}", missing.join(", "));
    }
    Ok(())
}
