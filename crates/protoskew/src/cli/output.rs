//! Where an answer goes: standard output, or a file that is there whole or not at all.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use protoskew::error::Error;
use protoskew::report::{Color, Screen};
use tempfile::NamedTempFile;

use super::Failure;
use super::args::{Shared, When};

/// Hands `write` the place where the answer goes, and the screen it is seen on.
pub(super) fn answer(
    shared: &Shared,
    write: impl FnOnce(&mut dyn Write, Screen) -> io::Result<()>,
) -> Result<(), Failure> {
    if shared.quiet && shared.output.is_none() {
        return Ok(());
    }
    match &shared.output {
        Some(path) => to_file(path, |out| write(out, Screen::PLAIN)),
        None => {
            let stdout = io::stdout();
            let screen = Screen {
                color: color(shared).decide(&stdout),
                width: width(),
            };
            let mut out = BufWriter::new(stdout.lock());
            write(&mut out, screen)?;
            out.flush()?;
            Ok(())
        }
    }
}

fn color(shared: &Shared) -> Color {
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
    let failed = |error: io::Error| {
        Failure::from(Error::environment(format!(
            "cannot write {}: {error}",
            path.display()
        )))
    };
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = NamedTempFile::new_in(folder).map_err(failed)?;
    write(&mut file).map_err(failed)?;
    file.flush().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
