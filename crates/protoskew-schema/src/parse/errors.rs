//! What is wrong with the text of one file.

use std::borrow::Cow;

use crate::Span;
use crate::limits::MOST_SYNTAX_ERRORS;

/// A syntax error of one file; the linker turns it into a [`crate::Diagnostic`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where.
    pub span: Span,
    /// What, in one sentence without a full stop.
    pub message: Cow<'static, str>,
    /// What to do next, where there is something to say.
    pub help: Option<&'static str>,
}

/// Collects errors up to a limit.
#[derive(Debug, Default)]
pub(crate) struct SyntaxErrors {
    pub(crate) list: Vec<SyntaxError>,
}

impl SyntaxErrors {
    pub(crate) fn push(&mut self, span: Span, message: impl Into<Cow<'static, str>>) {
        self.push_with_help(span, message, None);
    }

    pub(crate) fn push_with_help(
        &mut self,
        span: Span,
        message: impl Into<Cow<'static, str>>,
        help: Option<&'static str>,
    ) {
        if self.list.len() < MOST_SYNTAX_ERRORS {
            self.list.push(SyntaxError {
                span,
                message: message.into(),
                help,
            });
        }
    }
}
