//! `protoskew plan`.

use protoskew::check::{Options, migrate, plan};
use protoskew::error::Error;
use protoskew::project::{Input, Project};
use protoskew::report::{json, plan as text};

use super::args::{Format, PlanArgs, Shared};
use super::check::{current_folder, release};
use super::{FINE, Failure, output};

pub(super) fn run(args: &PlanArgs, shared: &Shared) -> Result<u8, Failure> {
    run_in(&current_folder()?, args, shared)
}

/// Plans as if `here` were the current folder.
pub(super) fn run_in(
    here: &std::path::Path,
    args: &PlanArgs,
    shared: &Shared,
) -> Result<u8, Failure> {
    let mut project = Project::open(here, "")?;
    if !shared.no_cache {
        project.remember();
    }
    let options = Options {
        release: args.release.as_deref().map(release).transpose()?,
        allow_incomplete: args.allow_incomplete,
        ..Options::of(Input::Worktree(String::new()))
    };
    if let (Some(field), Some(to)) = (&args.migrate, &args.to) {
        if args.svg {
            return Err(Error::usage("the stages of a migration are not drawn")
                .hint("protoskew plan --migrate … answers as text or json")
                .into());
        }
        let migration = migrate(&project, &options, field, to)?;
        output::answer(shared, |out, _| match shared.format {
            Format::Json => json::write_migration(out, &migration),
            Format::Text => text::write_migration(out, &migration),
        })?;
        return Ok(FINE);
    }
    let found = plan(&project, &options, args.element.as_deref())?;
    output::answer(shared, |out, _| match shared.format {
        Format::Text if args.svg => text::write_svg(out, &found),
        Format::Text => text::write(out, &found),
        Format::Json => json::write_plan(out, &found),
    })?;
    Ok(FINE)
}
