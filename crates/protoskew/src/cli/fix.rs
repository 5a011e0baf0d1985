//! `protoskew fix`: writes the `reserved` statements that are missing into the worktree's files.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use protoskew::check::{Options, check};
use protoskew::error::Error;
use protoskew::fix::{Fixer, Insertion, applied, is_sound};
use protoskew::progress::Progress;
use protoskew::project::{Input, Project};
use protoskew::report::json;
use protoskew::verdict::Judged;
use similar::TextDiff;

use super::args::{CheckArgs, FixArgs, Format, Shared};
use super::check::{against, current_folder, open, today};
use super::{DENIED, FINE, Failure, output};

pub(super) fn run(args: &FixArgs, shared: &Shared) -> Result<u8, Failure> {
    let here = current_folder()?;
    let progress = if shared.quiet {
        Progress::silent()
    } else {
        Progress::on_terminal("reading")
    };
    let (mut project, root, input) = opened(args, &here)?;
    if !shared.no_cache {
        project.remember();
    }
    if project.config.proto.image.is_some() {
        return Err(
            Error::usage("a descriptor set is judged here: there is no text to fix")
                .hint("reserve what `protoskew check` names where the descriptor set is made from")
                .into(),
        );
    }
    let bases = args.against.iter();
    let options = Options {
        against: bases
            .map(|name| against(&project, &here, name))
            .collect::<Result<Vec<_>, Error>>()?,
        baseline: args.baseline.clone(),
        today: Some(today()?),
        allow_incomplete: args.allow_incomplete,
        ..Options::of(input)
    };
    let verdict = check(&project, &options)?;
    drop(progress);
    let wanted = verdict.findings.iter().filter(|judged| {
        let known = args.known && judged.known;
        judged.is_new() || known
    });
    let mut fixed = Vec::new();
    if let Some(judged) = &verdict.judged {
        let fixer = Fixer::new(judged);
        let insertions = fixer.insertions(wanted.map(|judged: &Judged| judged.finding.as_ref()));
        for of_file in insertions.chunk_by(|a, b| a.path == b.path) {
            fixed.push(Fixed::of(&root, &fixer, of_file.to_vec())?);
        }
    }
    let files: Vec<json::FixedFile<'_>> = fixed
        .iter()
        .map(|file| json::FixedFile {
            path: &file.path,
            insertions: &file.insertions,
        })
        .collect();
    if args.diff {
        output::answer(shared, |out, _| match shared.format {
            Format::Text => fixed.iter().try_for_each(|file| file.diff(out)),
            Format::Json => json::write_fixes(out, &files, false),
        })?;
        return Ok(if fixed.is_empty() { FINE } else { DENIED });
    }
    // all or nothing, as far as that can be known before
    for file in &fixed {
        file.unchanged()?;
    }
    for file in &fixed {
        file.unchanged()?;
        output::replace(&file.file, &file.after)?;
    }
    output::answer(shared, |out, _| {
        if shared.format == Format::Json {
            return json::write_fixes(out, &files, true);
        }
        for file in &fixed {
            let statements = file.insertions.iter();
            let count: usize = statements.map(|each| each.statements().count()).sum();
            let s = if count == 1 { "" } else { "s" };
            writeln!(out, "{}: wrote {count} statement{s}", file.path)?;
        }
        if fixed.is_empty() {
            writeln!(
                out,
                "nothing to fix: every number and name that went is reserved, or known at the baseline"
            )?;
        }
        Ok(())
    })?;
    Ok(FINE)
}

/// The project, the folder that its paths start from, and what of it is fixed: the worktree, or a plain folder.
fn opened(args: &FixArgs, here: &Path) -> Result<(Project, PathBuf, Input), Error> {
    let Some(folder) = &args.folder else {
        let project = Project::open(here, "")?;
        let Some(root) = project.repository()?.workdir() else {
            return Err(Error::usage(
                "this repository is bare: there is no worktree to fix",
            ));
        };
        return Ok((project, root, Input::Worktree(String::new())));
    };
    let path = here.join(folder);
    if !path.is_dir() {
        return Err(Error::usage(format!("there is no folder `{folder}`")).hint(
            "a folder is fixed, or without one the worktree; nothing else can be written to",
        ));
    }
    let like = CheckArgs {
        input: Some(folder.clone()),
        against: args.against.clone(),
        ..CheckArgs::default()
    };
    let (project, input) = open(here, &like)?;
    match &input {
        Input::Folder(folder) => {
            let root = here.join(folder);
            Ok((project, root, input))
        }
        // a part of a worktree: its paths are the repository's
        _ => {
            let root = project.repository()?.workdir();
            let root = root.ok_or_else(|| {
                Error::usage("this repository is bare: there is no worktree to fix")
            })?;
            Ok((project, root, input))
        }
    }
}

/// A file with what is inserted in it.
struct Fixed {
    /// From the repository's root.
    path: String,
    /// The file itself, links followed.
    file: PathBuf,
    before: Arc<[u8]>,
    after: Arc<[u8]>,
    insertions: Vec<Insertion>,
}

impl Fixed {
    fn of(root: &Path, fixer: &Fixer<'_>, insertions: Vec<Insertion>) -> Result<Self, Error> {
        let path = insertions
            .first()
            .map_or_else(String::new, |first| first.path.to_string());
        let path = path.as_str();
        let (Some(before), Some(file)) = (fixer.text(path), within(root, path)) else {
            return Err(Error::environment(format!(
                "{path} is not in this worktree: nothing is written outside of it"
            )));
        };
        let after: Arc<[u8]> = applied(before, &insertions).into();
        if !is_sound(before, &after) {
            return Err(Error::usage(format!(
                "{path} cannot be fixed as long as it cannot be read"
            ))
            .hint("protoskew check says what is wrong with it: correct that first"));
        }
        Ok(Self {
            path: path.to_owned(),
            file,
            before: Arc::clone(before),
            after,
            insertions,
        })
    }

    /// Refuses to write over what was not judged.
    fn unchanged(&self) -> Result<(), Error> {
        match std::fs::read(&self.file) {
            Ok(now) if *now == *self.before => Ok(()),
            Ok(_) => Err(
                Error::environment(format!("{} changed meanwhile", self.path))
                    .hint("nothing more was written; run protoskew fix again"),
            ),
            Err(error) => Err(Error::environment(format!("{}: {error}", self.path))),
        }
    }

    fn diff(&self, out: &mut dyn Write) -> io::Result<()> {
        let diff = TextDiff::from_lines(&*self.before, &*self.after);
        let names = (format!("a/{}", self.path), format!("b/{}", self.path));
        diff.unified_diff()
            .header(&names.0, &names.1)
            .to_writer(out)
    }
}

/// The file of that path, links followed, where it lies in the worktree.
fn within(root: &Path, path: &str) -> Option<PathBuf> {
    let file = root.join(path).canonicalize().ok()?;
    file.starts_with(root.canonicalize().ok()?).then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changed_after_it_was_judged_is_refused() {
        let file = tempfile::NamedTempFile::new().expect("a place for temporary files");
        std::fs::write(file.path(), "as it was").expect("ours");
        let fixed = Fixed {
            path: "a.proto".to_owned(),
            file: file.path().to_owned(),
            before: b"as it was"[..].into(),
            after: b"as it will be"[..].into(),
            insertions: Vec::new(),
        };
        assert_eq!(fixed.unchanged(), Ok(()));
        std::fs::write(file.path(), "as it is").expect("ours");
        let error = fixed.unchanged().expect_err("it is another text");
        assert_eq!(error.message(), "a.proto changed meanwhile");
        std::fs::remove_file(file.path()).expect("ours");
        assert!(fixed.unchanged().is_err());
    }
}
