//! `protoskew explain`, of a rule or an enum, and `protoskew rules`.

use protoskew::analysis::growth::growth;
use protoskew::check::Options;
use protoskew::config::Config;
use protoskew::error::Error;
use protoskew::policy::{level_by_default, level_here};
use protoskew::project::{Input, Project};
use protoskew::report::rules::RuleRow;
use protoskew::report::{explain, growth as grows, json, rules as table};
use protoskew::rules;

use super::args::{ExplainArgs, Format, Shared};
use super::check::current_folder;
use super::{FINE, Failure, output};

pub(super) fn explain(args: &ExplainArgs, shared: &Shared) -> Result<u8, Failure> {
    // a finding's id begins with its rule
    let id = args.about.split(':').next().unwrap_or(&args.about);
    let Some(rule) = rules::find(id) else {
        return explain_enum(&args.about, shared);
    };
    let row = row(rule, &config_here()?);
    output::answer(shared, |out, screen| match shared.format {
        Format::Text => explain::write(out, rule.page, screen),
        Format::Json => json::write_rules(out, &[row]),
    })?;
    Ok(FINE)
}

/// Whether an enum may grow at its end (R3), asked of all who may read it.
fn explain_enum(name: &str, shared: &Shared) -> Result<u8, Failure> {
    let ids: Vec<&str> = rules::ALL.iter().map(|rule| rule.id).collect();
    let mut project = Project::open(&current_folder()?, "")?;
    // a rule is words and hyphens, which no enum's name has; and enums are looked for in a repository
    if name.contains('-') || project.repository.is_none() {
        let error = Error::usage(format!("there is no rule `{name}`"));
        let hint = protoskew::config::nearest(name, &ids)
            .unwrap_or_else(|| "protoskew rules lists them all".to_owned());
        return Err(error.hint(hint).into());
    }
    if !shared.no_cache {
        project.remember();
    }
    let options = Options {
        allow_incomplete: true,
        ..Options::of(Input::Worktree(String::new()))
    };
    let growth = growth(&project, &options, name)?;
    output::answer(shared, |out, screen| match shared.format {
        Format::Text => grows::write(out, &growth, screen),
        Format::Json => json::write_growth(out, &growth),
    })?;
    Ok(FINE)
}

pub(super) fn list(shared: &Shared) -> Result<u8, Failure> {
    let config = config_here()?;
    let rows: Vec<RuleRow> = rules::ALL.iter().map(|rule| row(rule, &config)).collect();
    output::answer(shared, |out, screen| match shared.format {
        Format::Text => table::write(out, &rows, screen),
        Format::Json => json::write_rules(out, &rows),
    })?;
    Ok(FINE)
}

/// What holds in this folder.
fn config_here() -> Result<Config, Error> {
    Ok(Project::open(&current_folder()?, "")?.config)
}

fn row(rule: &rules::Rule, config: &Config) -> RuleRow {
    RuleRow {
        id: rule.id,
        summary: rule.summary,
        guideline: rule.guideline,
        lens: rule.lens.word(),
        level: level_here(config, rule),
        default: level_by_default(rule),
    }
}
