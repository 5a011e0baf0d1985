//! `protoskew history` and `protoskew next`.

use protoskew::error::Error;
use protoskew::history::Past;
use protoskew::project::{Input, Project};
use protoskew::report::{json, past as text};

use super::args::{Format, HistoryArgs, NextArgs, Shared};
use super::check::{current_folder, revision};
use super::{FINE, Failure, output};

pub(super) fn history(args: &HistoryArgs, shared: &Shared) -> Result<u8, Failure> {
    let found = past(args.at.as_deref(), args.allow_incomplete, shared)?.history(&args.element)?;
    output::answer(shared, |out, _| match shared.format {
        Format::Text => text::write_history(out, &found),
        Format::Json => json::write_history(out, &found),
    })?;
    Ok(FINE)
}

pub(super) fn next(args: &NextArgs, shared: &Shared) -> Result<u8, Failure> {
    let found = past(args.at.as_deref(), args.allow_incomplete, shared)?
        .next(&args.element, args.count as usize)?;
    output::answer(shared, |out, _| match shared.format {
        Format::Text => text::write_next(out, &found),
        Format::Json => json::write_next(out, &found),
    })?;
    Ok(FINE)
}

/// The past of a commit, or of the worktree.
fn past(at: Option<&str>, allow_incomplete: bool, shared: &Shared) -> Result<Past, Error> {
    let mut project = Project::open(&current_folder()?, "")?;
    if !shared.no_cache {
        project.remember();
    }
    protoskew::source::error::complete(project.repository()?, allow_incomplete)?;
    let releases = project.own_releases()?;
    let input = match at {
        // what is neither is git's to refuse
        Some(name) => revision(&project, name).unwrap_or(Input::Revision(name.to_owned())),
        None => Input::Worktree(String::new()),
    };
    let past = Past::read(&project, &input, &releases)?;
    past.ok_or_else(|| {
        let error =
            Error::environment("there are no .proto files here, and none in what this came from");
        if project.is_image(&input) {
            return error.hint("a descriptor set is judged here, and the past of numbers is read from `.proto` text alone: ask where it is made");
        }
        error
    })
}
