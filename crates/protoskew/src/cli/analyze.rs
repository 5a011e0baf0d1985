//! `protoskew analyze`: the analysis of a change as Markdown or JSON, and the record of it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use protoskew::analysis::changed::Changed;
use protoskew::analysis::kept::{Kept, kept};
use protoskew::analysis::{Analysis, analyse, fingerprint, record};
use protoskew::error::Error;
use protoskew::progress::Progress;
use protoskew::project::{Input, Project};
use protoskew::report::{analysis as markdown, json};

use super::args::{AnalyzeArgs, CheckArgs, Format, Shared};
use super::check::{against, current_folder, open, today};
use super::{FINE, Failure, output};

pub(super) fn run(args: &AnalyzeArgs, shared: &Shared) -> Result<u8, Failure> {
    let here = current_folder()?;
    let progress = if shared.quiet {
        Progress::silent()
    } else {
        Progress::on_terminal("reading")
    };
    let named = CheckArgs {
        input: args.input.clone(),
        against: args.against.iter().cloned().collect(),
        staged: args.staged,
        ..CheckArgs::default()
    };
    let (project, input) = open(&here, &named)?;
    let changed = match &args.against {
        Some(name) => Changed::between(&project, &input, &against(&project, &here, name)?)?,
        None => Changed::here(&project, &input)?.ok_or_else(|| {
            Error::usage("nothing came before this: there is no change to analyse")
                .hint("name what it is to be compared with: protoskew analyze --against REF")
        })?,
    };
    let analysis = analyse(&project, &changed)?;
    drop(progress);
    if args.record {
        write_record(&project, &input, &changed, &analysis, shared)?;
        return Ok(FINE);
    }
    output::answer(shared, |out, _| match shared.format {
        Format::Text => markdown::write(out, &analysis),
        Format::Json => json::write_analysis(out, &analysis),
    })?;
    Ok(FINE)
}

/// Writes the record, or the record of the change as it was anew.
fn write_record(
    project: &Project,
    input: &Input,
    changed: &Changed,
    analysis: &Analysis,
    shared: &Shared,
) -> Result<(), Failure> {
    let elements = analysis.elements();
    if elements.is_empty() {
        return Err(Error::usage(
            "nothing that a message or a call means has changed: there is nothing to record",
        )
        .into());
    }
    let Some(root) = project.repository()?.workdir() else {
        return Err(
            Error::usage("this repository is bare: there is no worktree to write to")
                .hint("protoskew analyze prints the analysis")
                .into(),
        );
    };
    let kept = kept(project, input, changed.base_commit)?;
    let about = |each: &&Kept| {
        let fingerprint = record::read(&each.text).fingerprint;
        fingerprint.is_some_and(|named| fingerprint::names(&named, &analysis.fingerprint))
    };
    if let Some(there) = kept.iter().find(about) {
        return say(shared, &there_already(there));
    }
    let fresh: Vec<&Kept> = kept.iter().filter(|each| each.is_fresh).collect();
    let today = today()?.to_string();
    // one record that came with the change is the record of the change as it was
    let (path, earlier) = match fresh.as_slice() {
        [one] => (one.path.clone(), Some(*one)),
        _ => {
            let name = record::file_name(&today, &elements);
            (format!("{}/{name}", record::FOLDER), None)
        }
    };
    let facts = record::Facts {
        fingerprint: &analysis.fingerprint,
        date: &today,
        against: &analysis.against,
        elements: &elements,
        markdown: &markdown::facts(analysis),
    };
    let text = record::write(&facts, earlier.map(|each| each.text.as_str()));
    keep(&root.join(&path), &text, earlier.is_some())?;
    say(
        shared,
        &match earlier {
            None => format!("wrote {path}: its last three headings are for people to fill"),
            Some(_) => format!(
                "wrote {path} anew, for the change as it is now: what stood below its headings was written for another one, and waits in comments to be read again"
            ),
        },
    )
}

fn there_already(there: &Kept) -> String {
    let empty = record::read(&there.text).empty;
    if empty.is_empty() {
        format!("{} is the record of this change already", there.path)
    } else {
        let headings: Vec<String> = empty.iter().map(|each| format!("\"{each}\"")).collect();
        format!(
            "{} is the record of this change already, and says nothing below {}",
            there.path,
            headings.join(", ")
        )
    }
}

fn say(shared: &Shared, text: &str) -> Result<(), Failure> {
    if !shared.quiet {
        writeln!(io::stdout().lock(), "{text}")?;
    }
    Ok(())
}

/// Writes beside, then renames; over another file only where that is meant.
fn keep(path: &Path, text: &str, over: bool) -> Result<(), Error> {
    let failed = |error: io::Error| {
        let why = if error.kind() == io::ErrorKind::AlreadyExists {
            "it is there already, and is not the record of this change".to_owned()
        } else {
            error.kind().to_string()
        };
        Error::environment(format!("cannot write {}: {why}", path.display()))
            .hint("protoskew analyze prints the analysis")
    };
    let folder = path.parent().map_or_else(PathBuf::new, Path::to_owned);
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let mut file = output::beside(&folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.flush().map_err(failed)?;
    let kept = if over {
        file.persist(path)
    } else {
        file.persist_noclobber(path)
    };
    kept.map_err(|error| failed(error.error))?;
    Ok(())
}
