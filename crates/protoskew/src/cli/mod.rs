//! The command line: reads arguments, calls the library, prints, and chooses the exit code. The one place that prints.

mod analyze;
mod args;
mod check;
mod demo;
#[cfg(test)]
mod documented;
mod fix;
mod init;
mod output;
mod pairs;
mod past;
mod plan;
mod rules;
mod waive;
mod witness;

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
    let typed = arguments.shared;
    let check = Command::Check(arguments.check);
    match arguments.command.unwrap_or(check) {
        Command::Check(check) => check::run(&check, &typed.any()?),
        Command::Matrix(matrix) => pairs::matrix(&matrix, &typed.plain("matrix")?),
        Command::Meet(meet) => pairs::meet(&meet, &typed.one("meet")?),
        Command::Witness(witness) => witness::run(&witness, &typed.one("witness")?),
        Command::History(history) => past::history(&history, &typed.one("history")?),
        Command::Next(next) => past::next(&next, &typed.one("next")?),
        Command::Waive(waive) => waive::run(&waive, &typed.one("waive")?),
        Command::Fix(fix) => fix::run(&fix, &typed.one("fix")?),
        Command::Analyze(analyze) => analyze::run(&analyze, &typed.one("analyze")?),
        Command::Plan(mut plan) => {
            let (svg, shared) = typed.drawn()?;
            plan.svg |= svg;
            plan::run(&plan, &shared)
        }
        Command::Explain(explain) => rules::explain(&explain, &typed.one("explain")?),
        Command::Rules => rules::list(&typed.one("rules")?),
        Command::Init(init) => init::run(&init, &typed.one("init")?),
        Command::Demo(demo) => demo::run(&demo, &typed.one("demo")?),
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
