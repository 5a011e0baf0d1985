//! `protoskew explain` and `protoskew rules`.

use protoskew::config::Config;
use protoskew::error::Error;
use protoskew::policy::{level_by_default, level_here};
use protoskew::project::Project;
use protoskew::report::rules::RuleRow;
use protoskew::report::{explain, json, rules as table};
use protoskew::rules;

use super::args::{ExplainArgs, Format, Shared};
use super::check::current_folder;
use super::{FINE, Failure, output};

pub(super) fn explain(args: &ExplainArgs, shared: &Shared) -> Result<u8, Failure> {
    // a finding's id begins with its rule
    let id = args.rule.split(':').next().unwrap_or(&args.rule);
    let Some(rule) = rules::find(id) else {
        let ids: Vec<&str> = rules::ALL.iter().map(|rule| rule.id).collect();
        let error = Error::usage(format!("there is no rule `{id}`"));
        let hint = protoskew::config::nearest(id, &ids)
            .unwrap_or_else(|| "protoskew rules lists them all".to_owned());
        return Err(error.hint(hint).into());
    };
    let row = row(rule, &config_here()?);
    output::answer(shared, |out, screen| match shared.format {
        Format::Text => explain::write(out, rule.page, screen),
        Format::Json => json::write_rules(out, &[row]),
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
