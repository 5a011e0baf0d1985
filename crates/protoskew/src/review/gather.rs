//! The edge of a review: reads records, commits, owners and the reviews file, and hands them on as values.

use std::collections::HashSet;
use std::io::ErrorKind;
use std::sync::Arc;

use protoskew_compare::Place;
use protoskew_git::{CommitId, Repository};

use super::forge::Reviews;
use super::{Ack, Mailmap, Person, Recorded, Review, codeowners, trailers};
use crate::analysis::changed::Changed;
use crate::analysis::kept::{Kept, kept, read_at};
use crate::analysis::{fingerprint, record};
use crate::config;
use crate::error::Error;
use crate::project::{Input, Project};

/// What is asked of a change.
#[derive(Debug)]
pub struct Gathered {
    /// The change, where it means anything.
    pub review: Review,
    /// What a person should know about where it was looked.
    pub notes: Vec<String>,
}

/// Gathers what there is to know of the change's analysis and acknowledgements, where the team asks for any.
pub fn gather(
    project: &Project,
    input: &Input,
    baseline: Option<&str>,
) -> Result<Option<Gathered>, Error> {
    let asked = &project.config.review;
    if !asked.require_analysis && asked.require_acks == 0 {
        return Ok(None);
    }
    let changed = match baseline {
        Some(name) => Some(Changed::between(
            project,
            input,
            &Input::Revision(name.to_owned()),
        )?),
        None => Changed::here(project, input)?,
    };
    let Some(changed) = changed.filter(|changed| !changed.difference.is_empty()) else {
        return Ok(None);
    };
    let repository = project.repository()?;
    let fingerprint = changed.difference.fingerprint();
    let kept = kept(project, input, changed.base_commit)?;
    let since = project
        .comparer
        .compare(&changed.base.indexed, &changed.state.indexed);
    let first = since
        .changes
        .iter()
        .find_map(|change| Some((change.element.clone(), change.new?)));
    let named = changed
        .difference
        .came
        .iter()
        .chain(&changed.difference.went);
    let names: HashSet<&str> = named.map(|statement| statement.element.as_str()).collect();
    let fallback = || {
        let name = changed
            .difference
            .came
            .iter()
            .chain(&changed.difference.went)
            .next();
        let files = changed.state.indexed.schema().files.iter().zip(0..);
        let file = files
            .filter(|(_, file)| changed.state.indexed.judged(*file))
            .map(|(file, id)| (file.package_span, id))
            .next();
        let (span, file) = file.unwrap_or_default();
        (
            name.map_or("", |name| name.element.as_str()).into(),
            Place { file, span },
        )
    };
    let (element, place) = first.unwrap_or_else(fallback);
    let mut review = Review {
        wants_analysis: asked.require_analysis,
        wants_acks: asked.require_acks,
        element,
        place,
        changes: names.len(),
        records: recorded(&kept, &fingerprint),
        fingerprint,
        reviewers: asked.reviewers.clone(),
        authors: Vec::new(),
        acks: Vec::new(),
    };
    let mut notes = Vec::new();
    if asked.require_acks > 0 {
        acknowledgements(repository, &changed, asked, &mut review, &mut notes)?;
    }
    Ok(Some(Gathered { review, notes }))
}

/// The records of the change: those that fit it, and those that came with it.
fn recorded(kept: &[Kept], fingerprint: &str) -> Vec<Recorded> {
    kept.iter()
        .filter_map(|each| {
            let read = record::read(&each.text);
            let named = read.fingerprint.unwrap_or_default();
            let fits = fingerprint::names(&named, fingerprint);
            (fits || each.is_fresh).then(|| Recorded {
                path: each.path.clone(),
                fingerprint: named,
                fits,
                empty: read.empty,
            })
        })
        .collect()
}

fn acknowledgements(
    repository: &Arc<Repository>,
    changed: &Changed,
    asked: &config::Review,
    review: &mut Review,
    notes: &mut Vec<String>,
) -> Result<(), Error> {
    // who may say what of whom is read from before the change: nobody makes reviewers in the change that they review
    let before = |path: &str| -> Result<Option<String>, Error> {
        match changed.base_commit {
            Some(commit) => read_at(repository, commit, path),
            None => Ok(None),
        }
    };
    let mailmap = Mailmap::read(&before(".mailmap")?.unwrap_or_default());
    if asked.codeowners {
        let mut found = None;
        for place in codeowners::PLACES {
            if found.is_none() {
                found = before(place)?;
            }
        }
        match found {
            Some(text) => review
                .reviewers
                .extend(codeowners::owners(&text, &files(changed))),
            None => notes
                .push("there is no CODEOWNERS before this change: it names no reviewer".to_owned()),
        }
    }
    for person in &mut review.reviewers {
        *person = mailmap.proper(person.clone());
    }
    let carries = |text: &str, at: Option<CommitId>| -> Result<bool, Error> {
        if fingerprint::names(text, &review.fingerprint) {
            return Ok(true);
        }
        // or the path of the record, as it was when that was said
        for each in review
            .records
            .iter()
            .filter(|each| text.contains(&each.path))
        {
            let Some(commit) = at else { continue };
            let was = read_at(repository, commit, &each.path)?;
            let was = was.and_then(|text| record::read(&text).fingerprint);
            if was.is_some_and(|named| fingerprint::names(&named, &review.fingerprint)) {
                return Ok(true);
            }
        }
        Ok(false)
    };
    let (mut acks, mut authors) = (Vec::new(), Vec::new());
    for commit in commits(repository, changed)? {
        let signed = repository.signed(commit)?;
        let (by_trailer, beside) = trailers(&signed.message);
        // who merges a branch did not make what is in it
        if signed.parents < 2 {
            authors.extend(Person::read(&format!(
                "{} <{}>",
                signed.author, signed.email
            )));
        }
        authors.extend(beside);
        let carries = carries(&signed.message, Some(commit))?;
        let short = repository.commit(commit)?.short;
        acks.extend(by_trailer.into_iter().map(|by| Ack {
            by: mailmap.proper(by),
            found_in: format!("commit {short}"),
            carries,
        }));
    }
    if let Some(path) = &asked.reviews {
        match reviews_file(repository, path)? {
            None => notes.push(format!(
                "there is no {path}: no review of the forge was counted"
            )),
            Some(reviews) => {
                authors.extend(reviews.author());
                for approval in reviews.approvals() {
                    let at = approval
                        .commit
                        .as_deref()
                        .and_then(|name| repository.resolve(name).ok());
                    acks.push(Ack {
                        carries: carries(&approval.body, at)?,
                        by: mailmap.proper(approval.by),
                        found_in: path.clone(),
                    });
                }
            }
        }
    }
    review.authors = authors
        .into_iter()
        .map(|author| mailmap.proper(author))
        .collect();
    review.acks = acks;
    Ok(())
}

fn reviews_file(repository: &Repository, path: &str) -> Result<Option<Reviews>, Error> {
    let Some(root) = repository.workdir() else {
        return Ok(None);
    };
    match std::fs::read(root.join(path)) {
        Ok(bytes) => Reviews::read(&bytes, path).map(Some),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::environment(format!(
            "cannot read {path}: {}",
            error.kind()
        ))),
    }
}

/// The commits that the change is made of, newest first.
fn commits(repository: &Repository, changed: &Changed) -> Result<Vec<CommitId>, Error> {
    let head = changed.standing.as_ref().and_then(|standing| standing.head);
    let (Some(head), Some(base)) = (head, changed.base_commit) else {
        return Ok(Vec::new());
    };
    let mut before = repository.ancestry(base)?;
    let (mut open, mut seen, mut commits) = (vec![head], HashSet::new(), Vec::new());
    while let Some(commit) = open.pop() {
        if !seen.insert(commit) || before.contains(commit)? {
            continue;
        }
        commits.push(commit);
        open.extend(repository.parents(commit)?);
    }
    Ok(commits)
}

/// The files that hold what changed, on either side.
fn files(changed: &Changed) -> Vec<String> {
    let mut files: Vec<String> = Vec::new();
    let sides = [
        (&changed.base, &changed.difference.went),
        (&changed.state, &changed.difference.came),
    ];
    for (state, statements) in sides {
        let schema = state.indexed.schema();
        let messages = schema.messages.iter().map(|each| (&each.name, each.file));
        let enums = schema.enums.iter().map(|each| (&each.name, each.file));
        let services = schema.services.iter().map(|each| (&each.name, each.file));
        let extensions = schema.extensions.iter().map(|each| (&each.name, each.file));
        for (name, file) in messages.chain(enums).chain(services).chain(extensions) {
            let touched = statements.iter().any(|statement| {
                let owner = statement
                    .element
                    .rsplit_once('.')
                    .map_or("", |(owner, _)| owner);
                statement.element == *name || owner == *name
            });
            let path = schema.file(file).path.to_string();
            if touched && !files.contains(&path) {
                files.push(path);
            }
        }
    }
    files
}
