//! `protoskew waive`: writes a waiver for one finding of the worktree, behind those that there are.

use protoskew::check::{Options, check};
use protoskew::error::Error;
use protoskew::progress::Progress;
use protoskew::project::{Input, Project};
use protoskew::report::json;
use protoskew::waivers::{self, FILE_NAME, Written};

use super::args::{Format, Shared, WaiveArgs};
use super::check::{current_folder, today};
use super::{FINE, Failure, output};

pub(super) fn run(args: &WaiveArgs, shared: &Shared) -> Result<u8, Failure> {
    let progress = if shared.quiet {
        Progress::silent()
    } else {
        Progress::on_terminal("reading")
    };
    let mut project = Project::open(&current_folder()?, "")?;
    if !shared.no_cache {
        project.remember();
    }
    let Some(root) = project.repository()?.workdir() else {
        return Err(
            Error::usage("this repository is bare: there is no worktree to write to").into(),
        );
    };
    let today = today()?;
    let options = Options {
        today: Some(today),
        allow_incomplete: args.allow_incomplete,
        ..Options::of(Input::Worktree(String::new()))
    };
    let verdict = check(&project, &options)?;
    drop(progress);
    let judged = verdict.find(&args.finding)?;
    let id = judged.finding.id();
    if let Some(waiver) = &judged.waived {
        return Err(Error::usage(format!("{id} is waived already, at {}", waiver.place())).into());
    }
    if judged.known {
        return Err(Error::usage(format!("{id} needs no waiver"))
            .hint("it was true at the baseline already, and fails nothing")
            .into());
    }
    let Some(until) = waivers::until(&args.until) else {
        let message = format!("`{}` is neither a day nor a release", args.until);
        return Err(Error::usage(message)
            .hint("write the last day, 2027-01-31, or the release that ends it, 1.8")
            .into());
    };
    let now = waivers::Now {
        today: Some(today),
        release: verdict.version,
    };
    if !until.is_ahead(now) {
        let what = match (until, verdict.version) {
            (waivers::Until::Release(_), Some(version)) => {
                format!("what is judged is {}", version.line())
            }
            _ => format!("today is {today}"),
        };
        return Err(Error::usage(format!("a waiver until {until} would be over: {what}")).into());
    }
    let Some(by) = args
        .by
        .clone()
        .or_else(|| project.repository.as_ref()?.user())
    else {
        return Err(Error::usage("nothing says who approved it")
            .hint("add --by \"Name <name@example.org>\"")
            .into());
    };
    for (option, text) in [("--reason", &args.reason), ("--by", &by)] {
        if text.trim().is_empty() {
            return Err(Error::usage(format!("{option} says nothing")).into());
        }
    }
    let file = project.root_file(FILE_NAME)?.unwrap_or_default();
    let written = Written {
        finding: &judged.finding,
        meetings: &args.meetings,
        reason: &args.reason,
        approver: &by,
        until,
    };
    let (bytes, line) = waivers::written(&file, &written, &project.links).map_err(|errors| {
        let errors: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Error::usage(errors.join("\n"))
    })?;
    output::replace(&root.join(FILE_NAME), &bytes)?;
    let ends = until.to_string();
    let waiver = json::WrittenWaiver {
        finding: &judged.finding,
        meetings: &args.meetings,
        reason: &args.reason,
        approver: &by,
        until: &ends,
        path: FILE_NAME,
        line,
    };
    output::answer(shared, |out, _| match shared.format {
        Format::Text => writeln!(out, "waived {id} until {until}, at {FILE_NAME}:{line}"),
        Format::Json => json::write_waiver(out, &waiver),
    })?;
    Ok(FINE)
}
