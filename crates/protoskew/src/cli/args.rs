//! What may be typed.

use std::path::PathBuf;

use clap::builder::{NonEmptyStringValueParser, PossibleValue};
use clap::{Args, Parser, Subcommand, ValueEnum};
use protoskew::error::Error;

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
    pub(crate) shared: Typed,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// May this ship? Against the releases it may meet (the default command)
    Check(CheckArgs),
    /// Every client release × every server release: the worst outcome of each cell
    Matrix(MatrixArgs),
    /// One meeting: what happens when this client talks to that server, call by call
    Meet(MeetArgs),
    /// What shows a finding: the message on both sides, its bytes, and how to see it with protoc alone; writes them as files
    Witness(WitnessArgs),
    /// What happened to a message, field, enum, value, service or method, commit by commit
    History(HistoryArgs),
    /// The first number of a message or enum that nothing ever had
    Next(NextArgs),
    /// Write a waiver for one finding into protoskew.waivers.toml
    Waive(WaiveArgs),
    /// Write the `reserved` statements that are missing into the .proto files
    Fix(FixArgs),
    /// The analysis of this change, ready for the pull request: how future and past releases cope
    Analyze(AnalyzeArgs),
    /// The life of each feature: from which release on it may be enabled and become the default, and the older form go
    Plan(PlanArgs),
    /// A rule's page: why it breaks, an example, what to do instead; or whether an enum may grow
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
    /// List what is waived
    #[arg(long)]
    pub(crate) waived: bool,
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
    /// Exit with 1 if a meeting that the policy promises is newly broken, and say which and why
    #[arg(long)]
    pub(crate) gate: bool,
    /// Where "new" starts for --gate; default: as for a check
    #[arg(long, value_name = "REF", requires = "gate")]
    pub(crate) baseline: Option<String>,
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
pub(crate) struct WitnessArgs {
    /// The finding: its id as `check` prints it, the beginning of it, or the element that it is about
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) finding: String,
    /// What is judged, as of `check`; default: the worktree
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) input: Option<String>,
    /// Judge against this revision, folder or descriptor set, as of `check`
    #[arg(long, value_name = "REF|DIR|IMAGE", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) against: Vec<String>,
    /// Where "new" starts, as of `check`
    #[arg(long, value_name = "REF", conflicts_with = "against")]
    pub(crate) baseline: Option<String>,
    /// The release that this will be, as of `check`
    #[arg(long, value_name = "VERSION")]
    pub(crate) release: Option<String>,
    /// Accept an answer without the history that a shallow clone lacks
    #[arg(long)]
    pub(crate) allow_incomplete: bool,
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
    /// Draw the timelines; the same as --format svg
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
pub(crate) struct WaiveArgs {
    /// The finding: its id, or enough of it (rule:element) to tell it from the others
    pub(crate) finding: String,
    /// Why it is waived
    #[arg(long, value_name = "WHY")]
    pub(crate) reason: String,
    /// Who approved it; default: git's user.name and user.email here
    #[arg(long, value_name = "WHO")]
    pub(crate) by: Option<String>,
    /// When it ends: the last day on which it holds (2027-01-31), or the release that ends it (1.8)
    #[arg(long, value_name = "DATE|RELEASE")]
    pub(crate) until: String,
    /// Waive it in these meetings alone: a link (runtime:agent), or the releases of a component (agent@1.2, agent@1.2.3)
    #[arg(long, value_name = "LINK|COMPONENT@RELEASE")]
    pub(crate) meetings: Vec<String>,
    /// Accept an answer without the history that a shallow clone lacks
    #[arg(long)]
    pub(crate) allow_incomplete: bool,
}

#[derive(Debug, Args)]
#[command(
    after_help = "Exit codes: 0 nothing to fix, or all of it written; 1 --diff shows something; 2 as for every command. What is waived is left alone."
)]
pub(crate) struct FixArgs {
    /// Fix this folder; default: the worktree. With a folder for --against neither needs git
    #[arg(value_name = "DIR", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) folder: Option<String>,
    /// Show what would be written as a unified diff, and write nothing
    #[arg(long)]
    pub(crate) diff: bool,
    /// Also what was missing at the baseline already
    #[arg(long)]
    pub(crate) known: bool,
    /// Look for what went since this revision, folder or descriptor set instead; may be given several times
    #[arg(long, value_name = "REF|DIR|IMAGE", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) against: Vec<String>,
    /// Where "new" starts; default: as for check
    #[arg(long, value_name = "REF", conflicts_with = "against")]
    pub(crate) baseline: Option<String>,
    /// Accept an answer without the history that a shallow clone lacks
    #[arg(long)]
    pub(crate) allow_incomplete: bool,
}

#[derive(Debug, Args)]
pub(crate) struct AnalyzeArgs {
    /// What is analysed: a folder, a revision or a descriptor set; default: the worktree
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) input: Option<String>,
    /// What it is compared with; default: the merge base with the default branch, or the commit before
    #[arg(long, value_name = "REF|DIR|IMAGE", value_parser = NonEmptyStringValueParser::new())]
    pub(crate) against: Option<String>,
    /// Analyse what is about to be committed
    #[arg(long, conflicts_with = "input")]
    pub(crate) staged: bool,
    /// Write protoskew/analyses/DATE-ELEMENT.md, with the change's fingerprint, these facts, and headings for people to fill
    #[arg(long)]
    pub(crate) record: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// The rule's id, or an enum's full name: may it grow at its end, for whom, and for whom not?
    #[arg(value_name = "RULE|ENUM")]
    pub(crate) about: String,
}

#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Print it instead of writing it
    #[arg(long)]
    pub(crate) stdout: bool,
    /// Instead, write protoskew/evolution.proto below this import root (default: the current folder), for compilers of files that declare features
    #[arg(long, value_name = "ROOT", num_args = 0..=1, default_missing_value = ".")]
    pub(crate) evolution_proto: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Keep the repository in this folder, which must not exist yet
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
}

/// What every command understands, as it was typed.
#[derive(Debug, Args)]
pub(crate) struct Typed {
    /// How the answer is written; all but text and json are for `check`, svg for `plan`
    #[arg(long, global = true, value_enum, default_value_t = Named::Check(CheckFormat::Text))]
    format: Named,
    /// Write the answer to this file (beside it first, then renamed); with FORMAT= in front, to this file as well, as often as wanted; of `witness`: its files to this folder
    #[arg(long, global = true, value_name = "[FORMAT=]FILE", value_parser = NonEmptyStringValueParser::new())]
    output: Vec<String>,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = When::Auto)]
    color: When,
    /// Read the whole history again, and keep nothing of it for the next run
    #[arg(long, global = true)]
    no_cache: bool,
    /// Only the exit code, and errors
    #[arg(long, short, global = true)]
    quiet: bool,
}

/// What every command understands, read: how the answer is written, and where.
#[derive(Debug)]
pub(crate) struct Shared<F = Format> {
    pub(crate) format: F,
    /// The file that the answer goes to instead of standard output.
    pub(crate) output: Option<PathBuf>,
    /// Files that it goes to as well.
    pub(crate) beside: Vec<(F, PathBuf)>,
    pub(crate) color: When,
    pub(crate) no_cache: bool,
    pub(crate) quiet: bool,
}

/// How most commands answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Text,
    Json,
}

/// How a check may be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For a person at a terminal
    Text,
    /// One JSON object a line (docs/json.md)
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of GitHub Actions, and the job's summary
    Github,
    /// Markdown for a comment on a pull request
    Markdown,
    /// JUnit's XML, for test reports
    Junit,
    /// GitLab's code quality report
    Gitlab,
}

/// What `--format` may be: how a check is answered, or how a plan is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Check(CheckFormat),
    Svg,
}

impl ValueEnum for Named {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Check(CheckFormat::Text),
            Self::Check(CheckFormat::Json),
            Self::Check(CheckFormat::Sarif),
            Self::Check(CheckFormat::Github),
            Self::Check(CheckFormat::Markdown),
            Self::Check(CheckFormat::Junit),
            Self::Check(CheckFormat::Gitlab),
            Self::Svg,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Check(format) => format.to_possible_value(),
            Self::Svg => {
                Some(PossibleValue::new("svg").help("A picture of the timelines, of `plan`"))
            }
        }
    }
}

impl CheckFormat {
    /// The word that is typed for it.
    fn word(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

impl Typed {
    /// For a command that answers in every format.
    pub(crate) fn any(self) -> Result<Shared<CheckFormat>, Error> {
        let mut output = None;
        let mut beside = Vec::new();
        for typed in &self.output {
            match named(typed)? {
                Some((format, path)) => beside.push((format, path)),
                None if output.is_none() => output = Some(PathBuf::from(typed)),
                None => {
                    return Err(Error::usage("two files are named for one answer").hint(
                        "name the format of the other: --output answer.txt --output sarif=answer.sarif",
                    ));
                }
            }
        }
        let mut paths: Vec<&PathBuf> = output.iter().collect();
        for (_, path) in &beside {
            if paths.contains(&path) {
                let path = path.display();
                return Err(Error::usage(format!("two answers would go to {path}"))
                    .hint("name another file for one of them"));
            }
            paths.push(path);
        }
        let Named::Check(format) = self.format else {
            return Err(Error::usage("only `protoskew plan` is drawn as a picture"));
        };
        Ok(Shared {
            format,
            output,
            beside,
            color: self.color,
            no_cache: self.no_cache,
            quiet: self.quiet,
        })
    }

    /// For a command that answers as text or JSON.
    pub(crate) fn plain(self, command: &str) -> Result<Shared, Error> {
        let plain = |format| match format {
            CheckFormat::Text => Ok(Format::Text),
            CheckFormat::Json => Ok(Format::Json),
            other => Err(Error::usage(format!(
                "protoskew {command} answers as text or json, not as {}",
                other.word()
            ))),
        };
        let any = self.any()?;
        let beside = any.beside.into_iter();
        Ok(Shared {
            format: plain(any.format)?,
            output: any.output,
            beside: beside
                .map(|(format, path)| Ok((plain(format)?, path)))
                .collect::<Result<_, Error>>()?,
            color: any.color,
            no_cache: any.no_cache,
            quiet: any.quiet,
        })
    }

    /// For `plan`: whether it is to be drawn, and the rest.
    pub(crate) fn drawn(mut self) -> Result<(bool, Shared), Error> {
        let svg = self.format == Named::Svg;
        if svg {
            self.format = Named::Check(CheckFormat::Text);
        }
        Ok((svg, self.one("plan")?))
    }

    /// For a command that gives one answer, as text or JSON.
    pub(crate) fn one(self, command: &str) -> Result<Shared, Error> {
        let shared = self.plain(command)?;
        if shared.beside.is_empty() {
            return Ok(shared);
        }
        Err(
            Error::usage(format!("protoskew {command} writes one answer at a time"))
                .hint(format!("protoskew {command} … --format json --output FILE")),
        )
    }
}

impl Shared<CheckFormat> {
    /// The same for a check that a command answers with text within its own answer.
    pub(crate) fn of(shared: &Shared) -> Self {
        Self {
            format: CheckFormat::Text,
            output: shared.output.clone(),
            beside: Vec::new(),
            color: shared.color,
            no_cache: shared.no_cache,
            quiet: shared.quiet,
        }
    }
}

/// `sarif=FILE`, taken apart; `None` for a file alone.
fn named(typed: &str) -> Result<Option<(CheckFormat, PathBuf)>, Error> {
    let Some((word, path)) = typed.split_once('=') else {
        return Ok(None);
    };
    if !word.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Ok(None);
    }
    if path.is_empty() {
        return Err(Error::usage(format!("--output {typed} names no file")));
    }
    match CheckFormat::from_str(word, false) {
        Ok(format) => Ok(Some((format, PathBuf::from(path)))),
        Err(_) => {
            let words: Vec<String> = CheckFormat::value_variants()
                .iter()
                .map(|each| each.word())
                .collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            let nearest = protoskew::config::nearest(word, &words);
            let error = Error::usage(format!("there is no format `{word}`"));
            Err(error
                .hint(nearest.unwrap_or_else(|| format!("the formats are {}", words.join(", "))))
                .hint(format!("a file of that name is ./{typed}")))
        }
    }
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
