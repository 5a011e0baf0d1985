//! `protoskew witness`.

use std::fs;
use std::path::{Path, PathBuf};

use protoskew::error::Error;
use protoskew::report::{json, witness as text};
use protoskew::witness::{Witness, find, why_none};

use super::args::{CheckArgs, Format, Shared, WitnessArgs};
use super::check::{current_folder, judge};
use super::{FINE, Failure, output};

pub(super) fn run(args: &WitnessArgs, shared: &Shared) -> Result<u8, Failure> {
    let here = current_folder()?;
    let checked = CheckArgs {
        input: args.input.clone(),
        against: args.against.clone(),
        baseline: args.baseline.clone(),
        release: args.release.clone(),
        allow_incomplete: args.allow_incomplete,
        ..CheckArgs::default()
    };
    let (_project, verdict) = judge(&here, &checked, shared)?;
    let judged = find(&verdict, &args.finding)?;
    let witnesses = judged.witnesses.all();
    if witnesses.is_empty() {
        return Err(Error::usage(format!(
            "{} has no witness: {}",
            judged.finding.id(),
            why_none(judged)
        ))
        .hint(format!("protoskew explain {}", judged.finding.rule))
        .into());
    }
    let folder = match &shared.output {
        Some(folder) => folder.clone(),
        None => Path::new("protoskew-witness").join(file_name(&judged.finding.id())),
    };
    let mut shown: Vec<(&Witness, String)> = Vec::new();
    for (at, witness) in witnesses.iter().enumerate() {
        let folder = match witnesses.len() {
            1 => folder.clone(),
            _ => folder.join((at + 1).to_string()),
        };
        write_files(&here, &folder, witness)?;
        shown.push((witness, folder.display().to_string()));
    }
    output::on_screen(shared, |out, screen| match shared.format {
        Format::Json => json::write_witnesses(out, judged, &shown),
        _ => text::write(out, judged, &shown, screen),
    })?;
    Ok(FINE)
}

/// An id as the name of a folder.
fn file_name(id: &str) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "._-".contains(letter);
    id.chars()
        .map(|letter| if plain(letter) { letter } else { '-' })
        .collect()
}

fn write_files(here: &Path, folder: &Path, witness: &Witness) -> Result<(), Error> {
    let files = witness.files();
    if files.is_empty() {
        return Ok(());
    }
    let cannot = |path: &Path, error: std::io::Error| {
        Error::environment(format!("cannot write {}: {error}", path.display()))
            .hint("name a folder that can be written to: --output DIR")
    };
    let whole: PathBuf = here.join(folder);
    fs::create_dir_all(&whole).map_err(|error| cannot(folder, error))?;
    for file in files {
        let path = whole.join(file.name);
        fs::write(&path, &file.bytes).map_err(|error| cannot(&folder.join(file.name), error))?;
    }
    Ok(())
}
