//! What `protoskew plan` asks: the schedules of features, and of a field's migration to another type.

use std::collections::{BTreeSet, HashSet};

use protoskew_schema::Name;

use super::{Options, Standing, lives, something_judged, stand};
use crate::config::{Feature, nearest};
use crate::error::Error;
use crate::history::Past;
use crate::life::migrate::{Migrated, Migration, type_exists};
use crate::life::plan::{self, Plan};
use crate::life::{self, Seen};
use crate::project::Project;

/// The schedule of every feature, or of the one that is asked for: by its name, by an element of it, or any element at all.
pub fn plan(project: &Project, options: &Options, asked: Option<&str>) -> Result<Plan, Error> {
    let (standing, seen, mut notes) = read(project, options)?;
    let state = &standing.state;
    let mut features = lives::declared(project, state, &seen)?;
    if let Some(asked) = asked {
        features = chosen(project, features, asked, &standing, &seen)?;
    }
    if seen.iter().all(|seen| !seen.link.configured) && !features.is_empty() {
        notes.push(
            "protoskew.toml has no [[links]]: every server may be met, and one release back is all that is reckoned with"
                .to_owned(),
        );
    }
    Ok(Plan {
        subject: match &standing.line {
            Some(line) => format!("{} ({line})", state.origin.label),
            None => state.origin.label.to_string(),
        },
        features: plan::plan(&seen, &features),
        notes,
    })
}

/// The stages in which a field becomes one of another type.
pub fn migrate(
    project: &Project,
    options: &Options,
    field: &str,
    to: &str,
) -> Result<Migration, Error> {
    let (standing, seen, notes) = read(project, options)?;
    let state = &standing.state;
    let Some(migrated) = Migrated::of(&state.indexed, field) else {
        let names: Vec<Name> = life::names(&state.indexed).collect();
        return Err(
            Error::usage(format!("no field is called `{field}`")).hint(near(
                field,
                names.iter().map(Name::as_str),
                "name it in full: pkg.Message.field",
            )),
        );
    };
    if !type_exists(&state.indexed, to) {
        let names: Vec<Name> = life::names(&state.indexed).collect();
        let scalars = [
            "int32", "int64", "uint32", "uint64", "string", "bytes", "bool", "double",
        ];
        let known = names.iter().map(Name::as_str).chain(scalars);
        return Err(Error::usage(format!("no type is called `{to}`")).hint(near(
            to,
            known,
            "write a scalar (int64), or a message or an enum in full: pkg.Message",
        )));
    }
    let past = Past::read(project, &options.input, &standing.releases)?;
    let past = past.ok_or_else(|| {
        Error::environment(
            "nothing tells which numbers were ever used: no .proto text has a history here",
        )
    })?;
    let next = past.next(&migrated.message, 1)?;
    let number = next.free.first().copied().ok_or_else(|| {
        Error::environment(format!("every number of `{}` is spent", migrated.message))
    })?;
    let mut migration = migrated.stages(&seen, to, number).ok_or_else(|| {
        Error::usage(format!("no link and no store carries `{field}`: nobody waits for it"))
            .hint("change its type as you like, or name the [[links]] and [[stores]] that carry it in protoskew.toml")
    })?;
    migration.notes.splice(0..0, notes);
    Ok(migration)
}

fn read(project: &Project, options: &Options) -> Result<(Standing, Vec<Seen>, Vec<String>), Error> {
    let notes = project.complete(options.allow_incomplete)?;
    let standing = stand(project, options)?;
    something_judged(
        project,
        &options.input,
        &standing.state,
        Some(&standing.releases),
    )?;
    let seen = lives::seen(project, &standing, &standing.state, &HashSet::new())?;
    Ok((standing, seen, notes))
}

fn chosen(
    project: &Project,
    features: Vec<Feature>,
    asked: &str,
    standing: &Standing,
    seen: &[Seen],
) -> Result<Vec<Feature>, Error> {
    let is_asked = |feature: &Feature| {
        feature.name == asked || feature.elements.iter().any(|element| element.name == asked)
    };
    if features.iter().any(is_asked) {
        return Ok(features.into_iter().filter(is_asked).collect());
    }
    let indexed = &standing.state.indexed;
    let exists = project.renames.find(indexed, asked).is_some()
        || seen.iter().any(|seen| seen.newest_with(asked).is_some());
    if exists {
        return Ok(vec![plan::undeclared(asked)]);
    }
    let names: Vec<Name> = life::names(indexed).collect();
    let known = features.iter().map(|feature| feature.name.as_str());
    Err(
        Error::usage(format!("no feature and no element is called `{asked}`")).hint(near(
            asked,
            known.chain(names.iter().map(Name::as_str)),
            "name a feature of protoskew.toml, or an element in full: pkg.Message.field",
        )),
    )
}

fn near<'n>(word: &str, known: impl Iterator<Item = &'n str>, otherwise: &str) -> String {
    let known: BTreeSet<&str> = known.collect();
    let known: Vec<&str> = known.into_iter().collect();
    nearest(word, &known).unwrap_or_else(|| otherwise.to_owned())
}
