//! `protoskew init`: writes a first `protoskew.toml`, beside first and then renamed, and never over another.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use protoskew::config::FILE_NAME;
use protoskew::error::Error;
use protoskew::init::configuration;
use protoskew::progress::Progress;
use protoskew::project::Project;

use super::args::{InitArgs, Shared};
use super::check::current_folder;
use super::{FINE, Failure, output};

pub(super) fn run(args: &InitArgs, shared: &Shared) -> Result<u8, Failure> {
    let progress = if shared.quiet {
        Progress::silent()
    } else {
        Progress::on_terminal("reading")
    };
    let project = Project::without_configuration(&current_folder()?)?;
    let path = if args.stdout {
        None
    } else {
        Some(free(&project)?)
    };
    let text = configuration(&project)?;
    drop(progress);
    match path {
        None => output::answer(shared, |out, _| out.write_all(text.as_bytes()))?,
        Some(path) => {
            keep(&path, &text)?;
            if !shared.quiet {
                writeln!(
                    io::stdout().lock(),
                    "wrote {}: read it before it is committed, what is a guess says so",
                    path.display()
                )?;
            }
        }
    }
    Ok(FINE)
}

/// Where the file goes, where there is none yet.
fn free(project: &Project) -> Result<PathBuf, Error> {
    let Some(root) = project.repository()?.workdir() else {
        return Err(
            Error::usage("this repository is bare: there is no worktree to write to")
                .hint("protoskew init --stdout prints the configuration"),
        );
    };
    let path = root.join(FILE_NAME);
    if path.symlink_metadata().is_ok() {
        return Err(there_already(&path));
    }
    Ok(path)
}

fn there_already(path: &Path) -> Error {
    Error::usage(format!("{} is there already", path.display()))
        .hint("it is left as it is; protoskew init --stdout prints what would have been written")
}

fn keep(path: &Path, text: &str) -> Result<(), Error> {
    let failed = |error: io::Error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            return there_already(path);
        }
        Error::environment(format!("cannot write {}: {}", path.display(), error.kind()))
            .hint("protoskew init --stdout prints the configuration")
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = output::beside(folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.flush().map_err(failed)?;
    file.persist_noclobber(path)
        .map_err(|error| failed(error.error))?;
    Ok(())
}
