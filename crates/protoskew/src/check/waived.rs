//! The waivers that count for a check, and what there is to say of them.

use std::collections::BTreeSet;

use protoskew_schema::{Name, Schema};

use crate::config::nearest;
use crate::error::Error;
use crate::history::Past;
use crate::policy::{Base, Judge};
use crate::project::{Project, State};
use crate::waivers::{self, Now, Waiver, Waivers};

/// The waivers of the file, then those in comments of judged files.
pub(super) fn gather(project: &Project, judged: &State, now: Now) -> Result<Waivers, Error> {
    let mut all = Vec::new();
    let mut errors = Vec::new();
    if let Some(bytes) = project.root_file(waivers::FILE_NAME)? {
        match waivers::read(&bytes, &project.links) {
            Ok(read) => all.extend(read),
            Err(wrong) => errors.extend(wrong),
        }
    }
    match waivers::inline(&judged.indexed) {
        Ok(read) => all.extend(read),
        Err(wrong) => errors.extend(wrong),
    }
    if errors.is_empty() {
        return Ok(Waivers::new(all, now));
    }
    let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
    Err(Error::usage(lines.join("\n")))
}

/// What names a pattern, in one sentence each: whoever answers to it later is waived too.
pub(super) fn patterns(waivers: &Waivers) -> Vec<String> {
    let patterns = waivers.iter().filter(|waiver| waiver.is_glob());
    let said = patterns.map(|waiver| {
        format!(
            "{}: `{}` is a pattern: it waives {} of all that it matches, also of what comes later",
            waiver.place(),
            waiver.element,
            waiver.rule
        )
    });
    said.collect()
}

/// Waivers that nothing needed, in one sentence each. One whose element nobody ever had is an error.
pub(super) fn unused(
    judge: &Judge<'_>,
    waivers: &Waivers,
    bases: &[Base],
    past: Option<&Past>,
) -> Result<Vec<String>, Error> {
    let unused: Vec<&Waiver> = judge.unused_waivers().collect();
    if unused.is_empty() {
        return Ok(Vec::new());
    }
    let findings = || bases.iter().flat_map(|base| &base.findings);
    let mut elements: BTreeSet<String> = findings().map(|each| each.element.to_string()).collect();
    names(judge.judged(), &mut elements);
    for base in bases {
        names(base.indexed.schema(), &mut elements);
    }
    for owner in past.iter().flat_map(|past| &past.ledger.owners) {
        for name in &owner.names {
            elements.insert(name.to_string());
            let members = owner.meanings.iter();
            elements.extend(members.map(|each| format!("{name}.{}", each.member.name)));
        }
    }
    let mut said = Vec::new();
    for waiver in unused {
        let (place, rule, element) = (waiver.place(), waiver.rule, &waiver.element);
        if !waiver.is_glob() && !elements.contains(element.as_str()) {
            let known: Vec<&str> = elements.iter().map(String::as_str).collect();
            let hint = nearest(element, &known);
            return Err(
                Error::usage(format!("{place}: nothing here was ever called `{element}`"))
                    .hint(hint.unwrap_or_else(|| "remove the waiver".to_owned())),
            );
        }
        let other = findings().find(|each| each.rule == rule && each.element == *element);
        said.push(match (&waiver.about, other) {
            (Some(about), Some(other)) => format!(
                "{place}: it is about `{about}`, and what {rule} finds of `{element}` now is about `{}`",
                other.about
            ),
            _ => format!("{place}: {rule} finds nothing of `{element}`: the waiver can go"),
        });
    }
    debug_assert!(said.len() <= waivers.iter().count());
    Ok(said)
}

/// The full names of everything that a schema declares.
fn names(schema: &Schema, all: &mut BTreeSet<String>) {
    let mut within = |owner: &Name, members: &mut dyn Iterator<Item = &Name>| {
        all.insert(owner.to_string());
        all.extend(members.map(|member| format!("{owner}.{member}")));
    };
    for each in &schema.messages {
        let fields = each.fields.iter().map(|field| &field.name);
        within(
            &each.name,
            &mut fields.chain(each.oneofs.iter().map(|oneof| &oneof.name)),
        );
    }
    for each in &schema.enums {
        within(&each.name, &mut each.values.iter().map(|value| &value.name));
    }
    for each in &schema.services {
        within(
            &each.name,
            &mut each.methods.iter().map(|method| &method.name),
        );
    }
    for each in &schema.extensions {
        within(&each.name, &mut std::iter::empty());
    }
    for file in &schema.files {
        within(&file.path, &mut std::iter::empty());
        within(&file.package, &mut std::iter::empty());
    }
}
