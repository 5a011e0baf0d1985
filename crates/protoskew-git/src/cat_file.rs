//! Asks git itself for objects that a partial clone lacks: git fetches them from the remote it was cloned from.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use gix::ObjectId;

use crate::{ErrorKind, GitError, Result};

/// One `git cat-file --batch`, started when the first object is missing and kept for the next.
pub(crate) struct CatFile {
    git_dir: PathBuf,
    running: Option<Running>,
}

struct Running {
    child: Child,
    ask: ChildStdin,
    answer: BufReader<ChildStdout>,
}

impl CatFile {
    pub(crate) fn new(git_dir: PathBuf) -> Self {
        Self {
            git_dir,
            running: None,
        }
    }

    /// The bytes of an object, fetched where needed.
    pub(crate) fn read(&mut self, id: ObjectId) -> Result<Vec<u8>> {
        let outcome = self.try_read(id);
        if outcome.is_err() {
            self.running = None;
        }
        outcome.map_err(|error| {
            GitError::new(
                ErrorKind::MissingObject,
                format!("object {id} is not in this partial clone and could not be fetched"),
            )
            .hint("run `git fetch --refetch --no-filter` where the remote can be reached, or use a full clone")
            .caused_by(error)
        })
    }

    /// Fetches many objects in one go, so that reading them one by one does not ask the remote for each.
    ///
    /// The same command that git runs for this purpose; where it fails, each object is still asked for by itself.
    pub(crate) fn prefetch(&self, ids: &[ObjectId], remote: &str) {
        let mut command = self.git();
        command
            .args(["-c", "fetch.negotiationAlgorithm=noop", "fetch", remote])
            .args([
                "--no-tags",
                "--no-write-fetch-head",
                "--recurse-submodules=no",
            ])
            .args(["--filter=blob:none", "--quiet", "--stdin"])
            .stdout(Stdio::null());
        let Ok(mut child) = command.spawn() else {
            return;
        };
        if let Some(mut ask) = child.stdin.take() {
            let list: String = ids.iter().map(|id| format!("{id}\n")).collect();
            // a git that went away says so by its exit code
            ask.write_all(list.as_bytes()).ok();
        }
        child.wait().ok();
    }

    fn try_read(&mut self, id: ObjectId) -> std::io::Result<Vec<u8>> {
        if self.running.is_none() {
            self.running = Some(self.start()?);
        }
        let running = self.running.as_mut().expect("started above");
        writeln!(running.ask, "{id}")?;
        running.ask.flush()?;
        let mut header = String::new();
        running.answer.read_line(&mut header)?;
        // `<id> <type> <size>`, `<id> missing`, or nothing where git has died
        let size: Option<usize> = header
            .trim_end()
            .rsplit_once(' ')
            .and_then(|(_, size)| size.parse().ok());
        let Some(size) = size else {
            return Err(std::io::Error::other(if header.is_empty() {
                "`git cat-file` ended".to_owned()
            } else {
                format!("`git cat-file` answered `{}`", header.trim_end())
            }));
        };
        let mut bytes = vec![0; size];
        running.answer.read_exact(&mut bytes)?;
        let mut line_break = [0];
        running.answer.read_exact(&mut line_break)?;
        Ok(bytes)
    }

    fn start(&self) -> std::io::Result<Running> {
        let mut child = self
            .git()
            .args(["cat-file", "--batch"])
            .stdout(Stdio::piped())
            .spawn()?;
        let gone = || std::io::Error::other("`git cat-file` has no pipe");
        let ask = child.stdin.take().ok_or_else(gone)?;
        let answer = BufReader::new(child.stdout.take().ok_or_else(gone)?);
        Ok(Running { child, ask, answer })
    }

    fn git(&self) -> Command {
        let mut command = Command::new("git");
        command
            .arg("--git-dir")
            .arg(&self.git_dir)
            // a question on the terminal would look like a hang
            .env("GIT_TERMINAL_PROMPT", "0")
            .stdin(Stdio::piped())
            .stderr(Stdio::null());
        command
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
