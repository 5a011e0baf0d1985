//! `protoskew check`.

use std::path::{Path, PathBuf};

use protoskew::check::{Options, check};
use protoskew::error::Error;
use protoskew::progress::Progress;
use protoskew::project::{Input, Project};
use protoskew::releases::tag::Version;
use protoskew::report::{json, text};
use protoskew::source::image::STANDARD_INPUT;
use protoskew_git::Repository;

use super::args::{CheckArgs, Format, Shared};
use super::{DENIED, FINE, Failure, NO_ANSWER, output};

pub(super) fn run(args: &CheckArgs, shared: &Shared) -> Result<u8, Failure> {
    run_in(&current_folder()?, args, shared)
}

/// Checks as if `here` were the current folder.
pub(super) fn run_in(here: &Path, args: &CheckArgs, shared: &Shared) -> Result<u8, Failure> {
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
    };
    let verdict = check(&project, &options)?;
    drop(progress);
    output::answer(shared, |out, screen| match shared.format {
        Format::Json => json::write_check(out, &verdict),
        Format::Text => {
            let options = text::Options {
                screen,
                all: args.all,
                known: args.known,
            };
            text::write(out, &verdict, &options)
        }
    })?;
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

pub(super) fn current_folder() -> Result<PathBuf, Error> {
    std::env::current_dir()
        .map_err(|error| Error::environment(format!("cannot tell the current folder: {error}")))
}

/// Opens the project that the input lies in, and says what of it is judged.
fn open(here: &Path, args: &CheckArgs) -> Result<(Project, Input), Error> {
    if args.staged {
        return Ok((Project::open(here, "")?, Input::Staged));
    }
    let Some(input) = &args.input else {
        return Ok((Project::open(here, "")?, Input::Worktree(String::new())));
    };
    let path = here.join(input);
    if !path.exists() && input != STANDARD_INPUT {
        let project = Project::open(here, "")?;
        let known = |repository: &Repository| repository.resolve(input).is_ok();
        let command = super::command_like(input);
        if let Some(command) = command
            && !project.repository.as_deref().is_some_and(known)
        {
            return Err(Error::usage(format!(
                "`{input}` is neither a command, nor a folder, nor a revision"
            ))
            .hint(format!("did you mean the command `{command}`?")));
        }
        if let Some((old, new)) = input.split_once("..")
            && !project.repository.as_deref().is_some_and(known)
        {
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

/// A revision where git knows the name, else a folder or a descriptor set.
fn against(project: &Project, here: &Path, name: &str) -> Result<Input, Error> {
    if let Some(repository) = &project.repository
        && name != STANDARD_INPUT
    {
        match repository.resolve(name) {
            Ok(_) => return Ok(Input::Revision(name.to_owned())),
            Err(error) if !here.join(name).exists() => return Err(error.into()),
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
