//! `protoskew explain` and `protoskew rules`.

use protoskew::error::Error;
use protoskew::report::rules::RuleRow;
use protoskew::report::{explain, json, rules as table};
use protoskew::rules;

use super::args::{ExplainArgs, Format, Shared};
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
    output::answer(shared, |out, screen| match shared.format {
        Format::Text => explain::write(out, rule.page, screen),
        Format::Json => json::write_rules(out, &[row(rule)]),
    })?;
    Ok(FINE)
}

pub(super) fn list(shared: &Shared) -> Result<u8, Failure> {
    let rows: Vec<RuleRow> = rules::ALL.iter().map(row).collect();
    output::answer(shared, |out, screen| match shared.format {
        Format::Text => table::write(out, &rows, screen),
        Format::Json => json::write_rules(out, &rows),
    })?;
    Ok(FINE)
}

fn row(rule: &rules::Rule) -> RuleRow {
    RuleRow {
        id: rule.id,
        summary: rule.summary,
        guideline: rule.guideline,
        lens: rule.lens.word(),
        level: rule.level.loudest(),
    }
}
