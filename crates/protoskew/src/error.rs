//! What ends a command without an answer: what happened, and what to do next. Every such end is exit code 2.

use std::fmt;

use protoskew_git::GitError;

use crate::source::SourceError;

/// A command that could not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    message: String,
    cause: Option<String>,
    hints: Vec<String>,
}

impl Error {
    /// The command line or the configuration is wrong.
    pub fn usage(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            cause: None,
            hints: Vec::new(),
        }
    }

    /// Something around the program is missing or broken.
    pub fn environment(message: impl Into<String>) -> Self {
        Self::usage(message)
    }

    /// With what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// What happened.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do next.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if let Some(cause) = &self.cause {
            write!(f, ": {cause}")?;
        }
        for hint in &self.hints {
            write!(f, "\n  help: {hint}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

/// What lies behind an error, in one line.
fn cause(error: &dyn std::error::Error) -> Option<String> {
    let cause = error.source()?.to_string();
    Some(cause.lines().next()?.to_owned())
}

impl From<GitError> for Error {
    fn from(error: GitError) -> Self {
        let mut result = Self::environment(error.to_string());
        result.cause = cause(&error);
        result.hints.extend(error.what_to_do().map(str::to_owned));
        result
    }
}

impl From<SourceError> for Error {
    fn from(error: SourceError) -> Self {
        let mut result = Self::environment(error.to_string());
        result.cause = cause(&error);
        result.hints.extend(error.what_to_do().map(str::to_owned));
        result
    }
}
