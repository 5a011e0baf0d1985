//! What may be typed.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Tells whether a gRPC/protobuf API can ship: against every release it may still meet in production.
#[derive(Debug, Parser)]
#[command(
    name = "protoskew",
    version,
    args_conflicts_with_subcommands = true,
    after_help = "Without a command: protoskew check.\n\
        Exit codes: 0 fine; 1 findings at deny; 2 bad usage, configuration or environment, or an incomplete answer."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) check: CheckArgs,
    #[command(flatten)]
    pub(crate) shared: Shared,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// May this ship? Against the releases it may meet (the default command)
    Check(CheckArgs),
    /// Every client release × every server release: the worst outcome of each cell
    Matrix(MatrixArgs),
    /// One meeting: what happens when this client talks to that server, call by call
    Meet(MeetArgs),
    /// What happened to a message, field, enum, value, service or method, commit by commit
    History(HistoryArgs),
    /// The first number of a message or enum that nothing ever had
    Next(NextArgs),
    /// The life of each feature: from which release on it may be enabled and become the default, and the older form go
    Plan(PlanArgs),
    /// A rule's page: why it breaks, an example, what to do instead
    Explain(ExplainArgs),
    /// Every rule with its level, lens and guideline
    Rules,
    /// Make a small repository with four releases in a temporary folder and walk through it
    Demo(DemoArgs),
    /// Write a commented protoskew.toml from what is found here; never over one that is there
    Init(InitArgs),
    /// The completion script of a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Default, Args)]
pub(crate) struct CheckArgs {
    /// What is judged: a folder (of the repository, or a plain one with --against FOLDER), a revision or a descriptor set (`-`: standard input); default: the worktree
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) input: Option<String>,
    /// Judge against this revision, folder or descriptor set instead of the releases that may be met; may be given several times
    #[arg(long, value_name = "REF|DIR|IMAGE", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) against: Vec<String>,
    /// Judge what is about to be committed
    #[arg(long, conflicts_with = "input")]
    pub(crate) staged: bool,
    /// Where "new" starts; default: the merge base with the default branch, or the newest release
    #[arg(long, value_name = "REF", conflicts_with = "against")]
    pub(crate) baseline: Option<String>,
    /// The release that this will be (1.4); default: the line after the newest release
    #[arg(long, value_name = "VERSION")]
    pub(crate) release: Option<String>,
    /// Warnings fail as well
    #[arg(long)]
    pub(crate) deny_warnings: bool,
    /// List what was true at the baseline already
    #[arg(long)]
    pub(crate) known: bool,
    /// Show every finding, also where one rule has many
    #[arg(long)]
    pub(crate) all: bool,
    /// Accept an answer without the history that a shallow clone lacks
    #[arg(long)]
    pub(crate) allow_incomplete: bool,
}

#[derive(Debug, Default, Args)]
pub(crate) struct MatrixArgs {
    /// The link to show, as client:server; default: each in turn
    #[arg(long, value_name = "CLIENT:SERVER")]
    pub(crate) link: Option<String>,
    /// Accept an answer without the history that a shallow clone lacks
    #[arg(long)]
    pub(crate) allow_incomplete: bool,
}

#[derive(Debug, Args)]
pub(crate) struct MeetArgs {
    /// The client: REVISION or COMPONENT@REVISION; `worktree` is a revision too, and so is a descriptor set in a file
    pub(crate) client: String,
    /// The server, likewise
    pub(crate) server: String,
}

#[derive(Debug, Args)]
pub(crate) struct HistoryArgs {
    /// Its full name: pkg.Message, pkg.Message.field (or pkg.Message.4, by number), pkg.Service.Method
    pub(crate) element: String,
    /// The state to ask; default: the worktree
    #[arg(long, value_name = "REF")]
    pub(crate) at: Option<String>,
    /// Accept an answer without the history that a shallow clone lacks
    #[arg(long)]
    pub(crate) allow_incomplete: bool,
}

#[derive(Debug, Args)]
pub(crate) struct NextArgs {
    /// Full name of the message or enum
    #[arg(value_name = "MESSAGE|ENUM")]
    pub(crate) element: String,
    /// How many numbers
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) count: u32,
    /// The state to ask; default: the worktree
    #[arg(long, value_name = "REF")]
    pub(crate) at: Option<String>,
    /// Accept an answer without the history that a shallow clone lacks
    #[arg(long)]
    pub(crate) allow_incomplete: bool,
}

#[derive(Debug, Default, Args)]
pub(crate) struct PlanArgs {
    /// A feature by its name, or any element by its full name; default: every feature that is declared
    #[arg(value_name = "FEATURE|ELEMENT")]
    pub(crate) element: Option<String>,
    /// The stages in which this field becomes one of another type (R4)
    #[arg(
        long,
        value_name = "MESSAGE.FIELD",
        requires = "to",
        conflicts_with = "element"
    )]
    pub(crate) migrate: Option<String>,
    /// That type
    #[arg(long, value_name = "TYPE", requires = "migrate")]
    pub(crate) to: Option<String>,
    /// Draw the timelines, as an SVG picture
    #[arg(long, conflicts_with = "migrate")]
    pub(crate) svg: bool,
    /// The release that this will be (1.4); default: the line after the newest release
    #[arg(long, value_name = "VERSION")]
    pub(crate) release: Option<String>,
    /// Accept an answer without the history that a shallow clone lacks
    #[arg(long)]
    pub(crate) allow_incomplete: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The rule's id
    pub(crate) rule: String,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Print it instead of writing it
    #[arg(long)]
    pub(crate) stdout: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Keep the repository in this folder, which must not exist yet
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}

/// What every command understands.
#[derive(Debug, Args)]
pub(crate) struct Shared {
    /// How the answer is written
    #[arg(long, global = true, value_enum, default_value_t = Format::Text)]
    pub(crate) format: Format,
    /// Write the answer to this file (beside it first, then renamed)
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = When::Auto)]
    pub(crate) color: When,
    /// Read the whole history again, and keep nothing of it for the next run
    #[arg(long, global = true)]
    pub(crate) no_cache: bool,
    /// Only the exit code, and errors
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For a person at a terminal
    Text,
    /// One JSON object a line (docs/json.md)
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
