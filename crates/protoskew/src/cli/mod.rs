//! The command line: reads arguments, calls the library, prints, and chooses the exit code. The one place that prints.

mod args;
mod check;
mod demo;
mod init;
mod output;
mod pairs;
mod past;
mod plan;
mod rules;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};
use protoskew::error::Error;

use args::{Arguments, Command};

/// Nothing denies.
const FINE: u8 = 0;
/// A finding at `deny`.
const DENIED: u8 = 1;
/// Bad usage, configuration or environment, or an incomplete answer.
const NO_ANSWER: u8 = 2;

/// Runs the program.
pub(crate) fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let code = if error.use_stderr() { NO_ANSWER } else { FINE };
            // nothing is left to do where even the usage cannot be written
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    match run(arguments) {
        Ok(code) => ExitCode::from(code),
        Err(Failure::Pipe) => ExitCode::from(FINE),
        Err(Failure::Error(error)) => {
            let mut stderr = anstream::stderr().lock();
            let _ = writeln!(stderr, "protoskew: {error}");
            ExitCode::from(NO_ANSWER)
        }
    }
}

/// Why a command ended without its answer.
enum Failure {
    /// Nobody reads any more (`| head`): no failure of ours.
    Pipe,
    /// Anything else.
    Error(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Error(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Failure::Pipe
        } else {
            Failure::Error(Error::environment(format!(
                "cannot write the answer: {error}"
            )))
        }
    }
}

fn run(arguments: Arguments) -> Result<u8, Failure> {
    let shared = arguments.shared;
    let check = Command::Check(arguments.check);
    match arguments.command.unwrap_or(check) {
        Command::Check(check) => check::run(&check, &shared),
        Command::Matrix(matrix) => pairs::matrix(&matrix, &shared),
        Command::Meet(meet) => pairs::meet(&meet, &shared),
        Command::History(history) => past::history(&history, &shared),
        Command::Next(next) => past::next(&next, &shared),
        Command::Plan(plan) => plan::run(&plan, &shared),
        Command::Explain(explain) => rules::explain(&explain, &shared),
        Command::Rules => rules::list(&shared),
        Command::Init(init) => init::run(&init, &shared),
        Command::Demo(demo) => demo::run(&demo, &shared),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "protoskew", &mut script);
            io::stdout().lock().write_all(&script)?;
            Ok(FINE)
        }
    }
}

/// The command that somebody may have meant, who typed what is none.
fn command_like(word: &str) -> Option<String> {
    let program = Arguments::command();
    let names: Vec<&str> = program
        .get_subcommands()
        .map(|each| each.get_name())
        .collect();
    protoskew::config::nearest_name(word, &names).map(str::to_owned)
}
