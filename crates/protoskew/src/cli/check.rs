//! `protoskew check`.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use protoskew::check::{Options, check};
use protoskew::error::Error;
use protoskew::progress::Progress;
use protoskew::project::{Input, Project};
use protoskew::releases::tag::Version;
use protoskew::report::{Screen, github, gitlab, json, junit, markdown, sarif, text};
use protoskew::source::image::STANDARD_INPUT;
use protoskew::verdict::Verdict;

use super::args::{CheckArgs, CheckFormat, Shared};
use super::{DENIED, FINE, Failure, NO_ANSWER, output};

pub(super) fn run(args: &CheckArgs, shared: &Shared<CheckFormat>) -> Result<u8, Failure> {
    run_in(&current_folder()?, args, shared)
}

/// Checks as if `here` were the current folder.
pub(super) fn run_in(
    here: &Path,
    args: &CheckArgs,
    shared: &Shared<CheckFormat>,
) -> Result<u8, Failure> {
    let (project, verdict) = judge(here, args, shared)?;
    output::answers(shared, |out, screen, format| {
        write(out, &verdict, args, (format, screen))
    })?;
    summarize(args, shared, &verdict)?;
    let code = if verdict.denies() {
        DENIED
    } else if verdict.incomplete.is_empty() {
        FINE
    } else {
        NO_ANSWER
    };
    // the process ends here: giving back millions of small pieces of memory, one by one, would be a tenth of the work
    std::mem::forget((project, verdict));
    Ok(code)
}

/// Opens what the arguments name, and judges it.
pub(super) fn judge<F>(
    here: &Path,
    args: &CheckArgs,
    shared: &Shared<F>,
) -> Result<(Project, Verdict), Error> {
    let progress = if shared.quiet {
        Progress::silent()
    } else {
        Progress::on_terminal("reading")
    };
    standard_input_once(args)?;
    let (mut project, input) = open(here, args)?;
    if !shared.no_cache {
        project.remember();
    }
    let against = args
        .against
        .iter()
        .map(|name| against(&project, here, name))
        .collect::<Result<Vec<_>, Error>>()?;
    let options = Options {
        input,
        against,
        baseline: args.baseline.clone(),
        release: args.release.as_deref().map(release).transpose()?,
        allow_incomplete: args.allow_incomplete,
        deny_warnings: args.deny_warnings,
        today: Some(today()?),
    };
    let verdict = check(&project, &options)?;
    drop(progress);
    Ok((project, verdict))
}

/// Writes the verdict in one format.
fn write(
    out: &mut dyn io::Write,
    verdict: &Verdict,
    args: &CheckArgs,
    (format, screen): (CheckFormat, Screen),
) -> io::Result<()> {
    let (all, known) = (args.all, args.known);
    match format {
        CheckFormat::Text => {
            let waived = args.waived;
            let options = text::Options {
                screen,
                all,
                known,
                waived,
            };
            text::write(out, verdict, &options)
        }
        CheckFormat::Json => json::write_check(out, verdict),
        CheckFormat::Sarif => {
            let waived = args.waived;
            sarif::write(out, verdict, sarif::Options { known, waived })
        }
        CheckFormat::Github => github::write(out, verdict, github::Options { all, known }),
        CheckFormat::Markdown => {
            let limit = markdown::LONGEST_COMMENT;
            markdown::write(out, verdict, markdown::Options { all, known, limit })
        }
        CheckFormat::Junit => junit::write(out, verdict),
        CheckFormat::Gitlab => gitlab::write(out, verdict, known),
    }
}

/// Adds to the summary of the job, where GitHub's format is asked for in one of its jobs.
fn summarize(
    args: &CheckArgs,
    shared: &Shared<CheckFormat>,
    verdict: &Verdict,
) -> Result<(), Failure> {
    let mut formats = shared
        .beside
        .iter()
        .map(|(format, _)| *format)
        .chain([shared.format]);
    let summary = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty());
    let Some(path) = summary.filter(|_| formats.any(|format| format == CheckFormat::Github)) else {
        return Ok(());
    };
    output::append(Path::new(&path), |out| {
        let options = markdown::Options {
            all: args.all,
            known: args.known,
            limit: markdown::LONGEST_SUMMARY,
        };
        markdown::write(out, verdict, options)
    })
}

/// Today, in UTC so that it is the same for everyone; `PROTOSKEW_TODAY` says another day.
pub(super) fn today() -> Result<Date, Error> {
    const NAME: &str = "PROTOSKEW_TODAY";
    match std::env::var(NAME) {
        Ok(text) => text.parse().map_err(|_| {
            Error::usage(format!("{NAME}: `{text}` is not a day")).hint("write it as 2027-01-31")
        }),
        Err(std::env::VarError::NotPresent) => Ok(Timestamp::now().to_zoned(TimeZone::UTC).date()),
        Err(error) => Err(Error::environment(format!("{NAME}: {error}"))),
    }
}

pub(super) fn current_folder() -> Result<PathBuf, Error> {
    std::env::current_dir()
        .map_err(|error| Error::environment(format!("cannot tell the current folder: {error}")))
}

/// Opens the project that the input lies in, and says what of it is judged.
pub(super) fn open(here: &Path, args: &CheckArgs) -> Result<(Project, Input), Error> {
    if args.staged {
        return Ok((Project::open(here, "")?, Input::Staged));
    }
    let Some(input) = &args.input else {
        return Ok((Project::open(here, "")?, Input::Worktree(String::new())));
    };
    let path = here.join(input);
    if !path.exists() && input != STANDARD_INPUT {
        let project = Project::open(here, "")?;
        if let Some(revision) = revision(&project, input) {
            return Ok((project, revision));
        }
        if let Some(command) = super::command_like(input) {
            return Err(Error::usage(format!(
                "`{input}` is neither a command, nor a folder, nor a revision"
            ))
            .hint(format!("did you mean the command `{command}`?")));
        }
        if let Some((old, new)) = input.split_once("..") {
            let (old, new) = (or_head(old), or_head(new.trim_start_matches('.')));
            return Err(
                Error::usage(format!("`{input}` is a range, and one state is judged"))
                    .hint(format!("protoskew check {new} --against {old}")),
            );
        }
        return Ok((project, Input::Revision(input.clone())));
    }
    if is_image(&path, input)? {
        return Ok((
            Project::open(here, "")?,
            Input::Image(as_typed(here, input)),
        ));
    }
    let project = Project::open(&path, "")?;
    let root = project
        .repository
        .as_ref()
        .and_then(|repository| repository.workdir());
    let within = root.as_deref().and_then(|root| folder_within(root, &path));
    let plain =
        !args.against.is_empty() && args.against.iter().all(|name| here.join(name).is_dir());
    match within {
        Some(within) if !plain => {
            let project = if within.is_empty() {
                project
            } else {
                Project::open(&path, &within)?
            };
            Ok((project, Input::Worktree(within)))
        }
        _ => Ok((project, Input::Folder(as_typed(here, input)))),
    }
}

/// What git takes an end of a range for that was left out.
fn or_head(revision: &str) -> &str {
    if revision.is_empty() {
        "HEAD"
    } else {
        revision
    }
}

/// The folder as it was typed, where that leads there: reports call it so.
fn as_typed(here: &Path, name: &str) -> PathBuf {
    if name == STANDARD_INPUT {
        return PathBuf::from(name);
    }
    let (typed, whole) = (PathBuf::from(name), here.join(name));
    if typed.canonicalize().ok() == whole.canonicalize().ok() {
        typed
    } else {
        whole
    }
}

/// The folder from the repository's root, with `/`; `None` where it lies outside.
fn folder_within(root: &Path, folder: &Path) -> Option<String> {
    let (root, folder) = (root.canonicalize().ok()?, folder.canonicalize().ok()?);
    let within = folder.strip_prefix(root).ok()?;
    let parts: Vec<&str> = within
        .iter()
        .map(|part| part.to_str())
        .collect::<Option<_>>()?;
    Some(parts.join("/"))
}

/// The revision or release of a name; `None` where there is neither.
pub(super) fn revision(project: &Project, name: &str) -> Option<Input> {
    let repository = project.repository.as_ref()?;
    if repository.resolve(name).is_ok() {
        return Some(Input::Revision(name.to_owned()));
    }
    release_called(project, name)
}

/// A release that is called as reports call it (`1.2.0`), where git knows its tag alone (`v1.2.0`).
fn release_called(project: &Project, name: &str) -> Option<Input> {
    let releases = project.own_releases().ok()?;
    let release = releases.named(name)?;
    Some(Input::Revision(release.tag.clone()))
}

/// A revision where git knows the name, a release, else a folder or a descriptor set.
pub(super) fn against(project: &Project, here: &Path, name: &str) -> Result<Input, Error> {
    if let Some(repository) = &project.repository
        && name != STANDARD_INPUT
    {
        match repository.resolve(name) {
            Ok(_) => return Ok(Input::Revision(name.to_owned())),
            Err(error) if !here.join(name).exists() => {
                if let Some(release) = release_called(project, name) {
                    return Ok(release);
                }
                let neither = format!("nor is there a file or folder `{name}` here");
                return Err(Error::from(error).hint(neither));
            }
            Err(_) => {}
        }
    }
    let path = as_typed(here, name);
    if is_image(&path, name)? {
        Ok(Input::Image(path))
    } else if path.is_dir() {
        Ok(Input::Folder(path))
    } else {
        Err(Error::environment(format!(
            "there is no folder and no file `{name}`, and no git repository here"
        )))
    }
}

/// Whether a descriptor set is named: a file that is no source text, or standard input.
pub(super) fn is_image(path: &Path, name: &str) -> Result<bool, Error> {
    if name == STANDARD_INPUT {
        return Ok(true);
    }
    if path
        .extension()
        .is_some_and(|extension| extension == "proto")
        && path.is_file()
    {
        return Err(
            Error::usage(format!("{name} is a file of source text")).hint(
                "name the folder that holds it: files that import each other are judged together",
            ),
        );
    }
    Ok(path.is_file())
}

/// Standard input can be read once.
fn standard_input_once(args: &CheckArgs) -> Result<(), Error> {
    let named = args.input.iter().chain(&args.against);
    if named.filter(|name| *name == STANDARD_INPUT).count() > 1 {
        return Err(
            Error::usage("`-` is named twice, and standard input can be read once")
                .hint("name a file for one of them"),
        );
    }
    Ok(())
}

pub(super) fn release(text: &str) -> Result<Version, Error> {
    Version::typed(text).ok_or_else(|| {
        Error::usage(format!("`{text}` is not a release")).hint("write it as 1.4 or 1.4.2")
    })
}
