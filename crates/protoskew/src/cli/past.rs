//! `protoskew history` and `protoskew next`.

use protoskew::error::Error;
use protoskew::history::Past;
use protoskew::project::{Input, Project};
use protoskew::report::{json, past as text};

use super::args::{Format, HistoryArgs, NextArgs, Shared};
use super::check::current_folder;
use super::{FINE, Failure, output};

pub(super) fn history(args: &HistoryArgs, shared: &Shared) -> Result<u8, Failure> {
    let found = past(args.allow_incomplete)?.history(&args.element)?;
    output::answer(shared, |out, _| match shared.format {
        Format::Text => text::write_history(out, &found),
        Format::Json => json::write_history(out, &found),
    })?;
    Ok(FINE)
}

pub(super) fn next(args: &NextArgs, shared: &Shared) -> Result<u8, Failure> {
    let found = past(args.allow_incomplete)?.next(&args.element, args.count)?;
    output::answer(shared, |out, _| match shared.format {
        Format::Text => text::write_next(out, &found),
        Format::Json => json::write_next(out, &found),
    })?;
    Ok(FINE)
}

/// The past of the worktree.
fn past(allow_incomplete: bool) -> Result<Past, Error> {
    let project = Project::open(&current_folder()?, "")?;
    protoskew::source::error::complete(project.repository()?, allow_incomplete)?;
    let releases = project.releases(None)?;
    let past = Past::read(&project, &Input::Worktree(String::new()), &releases)?;
    past.ok_or_else(|| {
        Error::environment("there are no .proto files here, and none in what this came from")
    })
}
