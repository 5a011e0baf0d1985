//! `cargo xtask conformance`: what protoskew says, held to what others read and to what happens.

mod json;
mod schema;
pub(crate) mod wire;

use anyhow::Result;
use clap::Subcommand;

/// What `cargo xtask conformance` takes.
#[derive(clap::Args)]
#[group(skip)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    against: Option<Against>,
    #[command(flatten)]
    schema: schema::Arguments,
}

#[derive(Subcommand)]
enum Against {
    /// Random pairs of schemas and messages: the outcome that is told against encoding here and decoding there.
    Wire(wire::Arguments),
    /// The same of JSON, against two real parsers.
    Json(json::Arguments),
}

/// Compares, and fails on a difference that nobody wrote down.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    match &arguments.against {
        Some(Against::Wire(arguments)) => wire::run(arguments),
        Some(Against::Json(arguments)) => json::run(arguments),
        None => schema::run(&arguments.schema),
    }
}
