//! The project's own tasks: `cargo xtask test` and `cargo xtask wild`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "what a task prints is its whole product"
)]

mod child;
mod oracles;
mod scratch;
mod test;
mod wild;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Brings protoc and buf as oracles, then runs every test of the workspace.
    Test(test::Arguments),
    /// Proves the facts in `wild/` again, on clones of the repositories that they are about.
    Wild(wild::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Test(arguments) => test::run(&arguments),
        Task::Wild(arguments) => wild::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
