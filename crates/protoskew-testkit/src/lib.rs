//! Scripted git repositories for tests: made by the real git, the same on every machine.
//!
//! Names and dates are pinned (each commit is one day younger than the last) and no configuration of the user's
//! is read, so a script always gives the same commit ids.
//!
//! ```
//! use protoskew_testkit::TestRepo;
//!
//! let repo = TestRepo::new();
//! repo.write("api.proto", "syntax = \"proto3\";\n").commit("Begin");
//! repo.tag("v1.0.0");
//! assert_eq!(repo.git(&["tag", "--list"]), "v1.0.0");
//! ```

use std::cell::Cell;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::rc::Rc;

use tempfile::TempDir;

/// A repository in a temporary folder, which goes away with the last value that uses it.
pub struct TestRepo {
    path: PathBuf,
    folder: Rc<TempDir>,
    day: Rc<Cell<u32>>,
}

impl Default for TestRepo {
    fn default() -> Self {
        Self::new()
    }
}

impl TestRepo {
    /// An empty repository with a worktree and the unborn branch `main`.
    pub fn new() -> Self {
        Self::init(&[])
    }

    /// An empty repository made by `git init` with more arguments (`--bare`, `--object-format=sha256`).
    pub fn init(arguments: &[&str]) -> Self {
        let repo = Self::folder();
        repo.git(&[&["init", "--quiet", "--initial-branch=main"], arguments].concat());
        // the side that is cloned from must allow partial clones
        repo.git(&["config", "uploadpack.allowFilter", "true"]);
        repo.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
        repo
    }

    /// A folder that is no repository.
    pub fn folder() -> Self {
        let folder = TempDir::new().expect("a temporary folder can be made");
        let path = folder
            .path()
            .canonicalize()
            .expect("the temporary folder is there")
            .join("repo");
        std::fs::create_dir(&path).expect("a folder can be made in the temporary folder");
        Self {
            path,
            folder: Rc::new(folder),
            day: Rc::default(),
        }
    }

    /// The folder of the repository.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A path beside the repository, in the same temporary folder.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.path.with_file_name(name)
    }

    /// A clone beside this repository, made with more arguments of `git clone` (`--shared`, `--bare`).
    ///
    /// It goes by `file://`, so that `--depth` and `--filter` are obeyed, unless the arguments ask for a local clone.
    pub fn clone_as(&self, name: &str, arguments: &[&str]) -> TestRepo {
        let to = self.beside(name);
        let local = ["--shared", "--local"]
            .iter()
            .any(|a| arguments.contains(a));
        let from = if local {
            self.path.display().to_string()
        } else {
            format!("file://{}", self.path.display())
        };
        let to_text = to.display().to_string();
        self.git(&[&["clone", "--quiet"], arguments, &[&from, &to_text]].concat());
        self.at(to)
    }

    /// The same clock and lifetime, seen from another folder: a worktree or a submodule that git has made.
    pub fn at(&self, path: impl Into<PathBuf>) -> TestRepo {
        TestRepo {
            path: path.into(),
            folder: Rc::clone(&self.folder),
            day: Rc::clone(&self.day),
        }
    }

    /// Writes a file, with the folders above it.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path.join(path);
        let above = path.parent().expect("a file has a folder");
        std::fs::create_dir_all(above).expect("the folder can be made");
        std::fs::write(&path, content).expect("the file can be written");
        self
    }

    /// Removes a file.
    pub fn remove(&self, path: &str) -> &Self {
        std::fs::remove_file(self.path.join(path)).expect("the file is there");
        self
    }

    /// Moves a file, with the folders above its new place.
    pub fn rename(&self, from: &str, to: &str) -> &Self {
        let to = self.path.join(to);
        std::fs::create_dir_all(to.parent().expect("a file has a folder"))
            .expect("the folder can be made");
        std::fs::rename(self.path.join(from), to).expect("the file is there");
        self
    }

    /// Makes a symbolic link; `target` is written as given.
    #[cfg(unix)]
    pub fn symlink(&self, path: &str, target: &str) -> &Self {
        let path = self.path.join(path);
        std::fs::create_dir_all(path.parent().expect("a link has a folder"))
            .expect("the folder can be made");
        std::os::unix::fs::symlink(target, path).expect("the link can be made");
        self
    }

    /// Commits everything in the worktree, changed or not; gives the full commit id.
    pub fn commit(&self, message: &str) -> String {
        self.git(&["add", "--all"]);
        self.commit_staged(message)
    }

    /// Commits the index as it stands; gives the full commit id.
    pub fn commit_staged(&self, message: &str) -> String {
        self.next_day();
        self.git(&["commit", "--quiet", "--allow-empty", "--message", message]);
        self.head()
    }

    /// Sets a lightweight tag on HEAD.
    pub fn tag(&self, name: &str) -> &Self {
        self.git(&["tag", name]);
        self
    }

    /// Sets an annotated tag on HEAD.
    pub fn annotated_tag(&self, name: &str) -> &Self {
        self.git(&["tag", "--annotate", "--message", name, name]);
        self
    }

    /// Makes a branch at HEAD and goes there.
    pub fn branch(&self, name: &str) -> &Self {
        self.git(&["checkout", "--quiet", "-b", name]);
        self
    }

    /// Goes to a branch, tag or commit.
    pub fn checkout(&self, name: &str) -> &Self {
        self.git(&["checkout", "--quiet", name]);
        self
    }

    /// Merges branches into HEAD by a commit of its own; gives the full commit id.
    pub fn merge(&self, branches: &[&str]) -> String {
        self.next_day();
        self.git(&[&["merge", "--quiet", "--no-ff", "--no-edit"], branches].concat());
        self.head()
    }

    /// The full id of HEAD's commit.
    pub fn head(&self) -> String {
        self.git(&["rev-parse", "HEAD"])
    }

    /// Lets a day pass, as each commit does.
    pub fn next_day(&self) -> &Self {
        self.day.set(self.day.get() + 1);
        self
    }

    /// Runs git here and gives its output without the last line break; panics with git's words where it fails.
    #[track_caller]
    pub fn git(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(
            output.status.success(),
            "git {arguments:?} failed in {}:\n{}",
            self.path.display(),
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout)
            .trim_end_matches('\n')
            .to_owned()
    }

    /// Runs git here, whether it succeeds or not.
    pub fn run(&self, arguments: &[&str]) -> Output {
        isolated(&mut self.command("git"))
            // clones and submodules of folders beside it are what tests are made of
            .args(["-c", "protocol.file.allow=always", "-c", "gc.auto=0"])
            .args(["-c", "advice.detachedHead=false"])
            .args(arguments)
            .output()
            .expect("git is installed")
    }

    /// Any program, to be run here with the same clock and without the user's git configuration.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        isolated(&mut command)
            .current_dir(&self.path)
            .stdin(Stdio::null())
            .env("HOME", self.folder.path());
        let date = format!("{} +0000", FIRST_DAY + u64::from(self.day.get()) * 86_400);
        for role in ["AUTHOR", "COMMITTER"] {
            command
                .env(format!("GIT_{role}_DATE"), &date)
                .env(format!("GIT_{role}_NAME"), "Ada Author")
                .env(format!("GIT_{role}_EMAIL"), "ada@example.org");
        }
        command
    }
}

/// 2024-01-01 00:00 UTC; the first commit is made a day later.
const FIRST_DAY: u64 = 1_704_067_200;

/// Takes away what the user's environment says about git.
fn isolated(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("GIT_") {
            command.env_remove(name);
        }
    }
    command
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("LC_ALL", "C")
        .env_remove("XDG_CONFIG_HOME")
}

#[cfg(test)]
mod tests {
    use super::TestRepo;

    #[test]
    fn the_same_script_gives_the_same_commit() {
        let make = || {
            let repo = TestRepo::new();
            repo.write("a/b.proto", "syntax = \"proto3\";\n")
                .commit("Begin");
            repo.branch("topic").write("c.txt", "c").commit("Go on");
            repo.checkout("main")
                .write("d.txt", "d")
                .commit("Meanwhile");
            repo.merge(&["topic"])
        };
        assert_eq!(make(), make());
    }

    #[test]
    fn dates_are_pinned() {
        let repo = TestRepo::new();
        repo.commit("First");
        repo.commit("Second");
        let dates = repo.git(&["log", "--format=%cs"]);
        assert_eq!(dates, "2024-01-03\n2024-01-02");
    }
}
