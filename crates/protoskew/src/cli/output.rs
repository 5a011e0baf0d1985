//! Where an answer goes: standard output, or a file that is there whole or not at all.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use protoskew::error::Error;
use protoskew::report::{Color, Screen};
use tempfile::NamedTempFile;

use super::Failure;
use super::args::{Shared, When};

/// Hands `write` each place where the answer goes, the screen it is seen on, and the format: files that it goes to as well
/// first, so that they are there when the answer is.
pub(super) fn answers<F: Copy>(
    shared: &Shared<F>,
    write: impl Fn(&mut dyn Write, Screen, F) -> io::Result<()>,
) -> Result<(), Failure> {
    for (format, path) in &shared.beside {
        to_file(path, |out| write(out, Screen::PLAIN, *format))?;
    }
    answer(shared, |out, screen| write(out, screen, shared.format))
}

/// Hands `write` the place where the answer goes, and the screen it is seen on.
pub(super) fn answer<F>(
    shared: &Shared<F>,
    write: impl FnOnce(&mut dyn Write, Screen) -> io::Result<()>,
) -> Result<(), Failure> {
    if shared.quiet && shared.output.is_none() {
        return Ok(());
    }
    match &shared.output {
        Some(path) => to_file(path, |out| write(out, Screen::PLAIN)),
        None => on_screen(shared, write),
    }
}

/// The same, whatever `--output` is for.
pub(super) fn on_screen<F>(
    shared: &Shared<F>,
    write: impl FnOnce(&mut dyn Write, Screen) -> io::Result<()>,
) -> Result<(), Failure> {
    if shared.quiet {
        return Ok(());
    }
    let stdout = io::stdout();
    let screen = Screen {
        color: color(shared).decide(&stdout),
        width: width(),
    };
    let mut out = BufWriter::new(stdout.lock());
    let written = write(&mut out, screen).and_then(|()| out.flush());
    if let Err(error) = &written
        && error.kind() == io::ErrorKind::BrokenPipe
    {
        // nobody reads any more (`| head`), and the exit code still says what was found; what is left in the
        // buffer would fail once more
        let _ = out.into_parts();
        return Ok(());
    }
    Ok(written?)
}

/// Says something beside the answer, on standard error.
pub(super) fn note<F>(shared: &Shared<F>, text: &str) {
    if !shared.quiet {
        // nothing is left to do where not even that can be written
        let _ = writeln!(io::stderr().lock(), "note: {text}");
    }
}

fn color<F>(shared: &Shared<F>) -> Color {
    match shared.color {
        When::Auto => Color::Auto,
        When::Always => Color::Always,
        When::Never => Color::Never,
    }
}

fn width() -> usize {
    terminal_size::terminal_size().map_or(Screen::PLAIN.width, |(width, _)| usize::from(width.0))
}

fn to_file(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let failed = |error: io::Error| {
        let why = if path.is_dir() {
            "it is a folder".to_owned()
        } else if folder.is_dir() {
            // without the name of the file beside it, which says nothing to anyone
            error.kind().to_string()
        } else {
            format!("there is no folder {}", folder.display())
        };
        Failure::from(
            Error::environment(format!("cannot write {}: {why}", path.display()))
                .hint("--output names a file in a folder that is there and can be written to"),
        )
    };
    let mut file = beside(folder).map_err(failed)?;
    write(&mut file).map_err(failed)?;
    file.flush().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Adds to a file that another program began and others add to as well.
pub(super) fn append(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    let mut text = Vec::new();
    write(&mut text)?;
    let file = std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(path);
    file.and_then(|mut file| file.write_all(&text))
        .map_err(|error| {
            Error::environment(format!("cannot add to {}: {error}", path.display())).into()
        })
}

/// Puts a file in the place of another, or where none is: beside first, then renamed; with the rights of the other.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = |error: io::Error| {
        let message = format!("cannot write {}: {}", path.display(), error.kind());
        Error::environment(message).hint("nothing was changed in it")
    };
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = beside(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.flush().map_err(failed)?;
    if let Ok(there) = path.metadata() {
        file.as_file()
            .set_permissions(there.permissions())
            .map_err(failed)?;
    }
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// A new file in the folder, that others may read as far as the user lets them, like any file that a program makes.
pub(super) fn beside(folder: &Path) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder)
}
