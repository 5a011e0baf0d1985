//! The project's own tasks: `cargo xtask test`, `cargo xtask conformance`, `cargo xtask wild`, `cargo xtask bench`, `cargo xtask runtimes` and `cargo xtask fuzz`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "what a task prints is its whole product"
)]

mod bench;
mod child;
mod conformance;
mod fuzz;
mod oracles;
mod runtimes;
mod scratch;
mod test;
mod wild;
mod workspace;

use std::path::PathBuf;
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
    /// Compares what we read from the protos of folders with what protoc reads; `conformance wire`: what is told with what happens.
    Conformance(conformance::Arguments),
    /// Proves the facts in `wild/` again, on clones of the repositories that they are about.
    Wild(wild::Arguments),
    /// Prints time and memory of protoskew, buf and git on a repository, side by side.
    Bench(bench::Arguments),
    /// Looks for bytes that break a promise, in one fuzz target or in all.
    Fuzz(fuzz::Arguments),
    /// Brings the protobuf implementations that tests ask how they read bytes, and says which are here.
    Runtimes(runtimes::Arguments),
    /// Prints how much memory a folder's syntax and schema take; `bench parse` starts itself with it.
    #[command(hide = true)]
    Held { folder: PathBuf },
    /// Reads, parses and links a folder; `bench parse` measures it.
    #[command(hide = true)]
    Compile { folder: PathBuf },
    /// Runs one command and writes down what it took; `bench` starts itself with it.
    #[command(hide = true)]
    Measure(bench::measure::Arguments),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Test(arguments) => test::run(&arguments),
        Task::Conformance(arguments) => conformance::run(&arguments),
        Task::Wild(arguments) => wild::run(&arguments),
        Task::Bench(arguments) => bench::run(&arguments),
        Task::Fuzz(arguments) => fuzz::run(&arguments),
        Task::Runtimes(arguments) => runtimes::run(&arguments),
        Task::Held { folder } => bench::parse::print_held(&folder),
        Task::Compile { folder } => bench::reading::compile(&folder).map(|schema| {
            println!("{} messages", schema.messages.len());
        }),
        Task::Measure(arguments) => bench::measure::run(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
