//! `cargo xtask conformance`: what protoskew says against what happens.

pub(crate) mod wire;

use clap::Subcommand;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    against: Against,
}

#[derive(Subcommand)]
enum Against {
    /// Random pairs of schemas and messages: the outcome that is told against encoding here and decoding there.
    Wire(wire::Arguments),
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    match &arguments.against {
        Against::Wire(arguments) => wire::run(arguments),
    }
}
