//! `protoskew init`: writes a first `protoskew.toml`, beside first and then renamed, and never over another.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use protoskew::config::FILE_NAME;
use protoskew::error::Error;
use protoskew::init::configuration;
use protoskew::progress::Progress;
use protoskew::project::Project;
use protoskew_schema::{EVOLUTION_PATH, EVOLUTION_PROTO};

use super::args::{InitArgs, Shared};
use super::check::current_folder;
use super::{FINE, Failure, output};

pub(super) fn run(args: &InitArgs, shared: &Shared) -> Result<u8, Failure> {
    if let Some(root) = &args.evolution_proto {
        return evolution_proto(root, args.stdout, shared);
    }
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
            keep(&path, &text, STDOUT)?;
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

/// What prints the configuration instead.
const STDOUT: &str = "protoskew init --stdout";

/// Writes the file that options of features are declared in, which protoskew itself needs nowhere.
fn evolution_proto(root: &Path, stdout: bool, shared: &Shared) -> Result<u8, Failure> {
    if stdout {
        output::answer(shared, |out, _| out.write_all(EVOLUTION_PROTO.as_bytes()))?;
        return Ok(FINE);
    }
    if !root.is_dir() {
        return Err(Error::usage(format!("{} is no folder", root.display()))
            .hint("name the folder that the compiler searches for imports (protoc -I, a module of buf)")
            .into());
    }
    let path = root.join(EVOLUTION_PATH);
    let there = std::fs::read(&path);
    let already = match &there {
        Ok(bytes) if bytes == EVOLUTION_PROTO.as_bytes() => true,
        Ok(_) => {
            return Err(Error::usage(format!(
                "{} is there already, and is not this release's",
                path.display()
            ))
            .hint("remove it, or see what differs: protoskew init --evolution-proto --stdout")
            .into());
        }
        Err(_) => false,
    };
    if !already {
        let folder = path.parent().unwrap_or(root);
        std::fs::create_dir_all(folder).map_err(|error| {
            Error::environment(format!(
                "cannot create {}: {}",
                folder.display(),
                error.kind()
            ))
        })?;
        keep(
            &path,
            EVOLUTION_PROTO,
            "protoskew init --evolution-proto --stdout",
        )?;
    }
    if !shared.quiet {
        let wrote = if already {
            "is there already:"
        } else {
            "written:"
        };
        writeln!(
            io::stdout().lock(),
            "{} {wrote} import \"{EVOLUTION_PATH}\" in the files that declare features",
            path.display()
        )?;
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
        return Err(there_already(&path, STDOUT));
    }
    Ok(path)
}

fn there_already(path: &Path, stdout: &str) -> Error {
    Error::usage(format!("{} is there already", path.display())).hint(format!(
        "it is left as it is; {stdout} prints what would have been written"
    ))
}

fn keep(path: &Path, text: &str, stdout: &str) -> Result<(), Error> {
    let failed = |error: io::Error| {
        if error.kind() == io::ErrorKind::AlreadyExists {
            return there_already(path, stdout);
        }
        Error::environment(format!("cannot write {}: {}", path.display(), error.kind()))
            .hint(format!("{stdout} prints it"))
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = output::beside(folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.flush().map_err(failed)?;
    file.persist_noclobber(path)
        .map_err(|error| failed(error.error))?;
    Ok(())
}
