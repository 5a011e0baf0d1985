//! Methods and `extend` take whatever has the name in the innermost scope: a field, an enum value or an extension hides a message farther out.

use rustc_hash::FxHashSet;

use super::Interpret;
use super::find::Found;
use crate::link::names::outer;
use crate::{FieldType, Places, Span};

impl Interpret<'_, '_> {
    /// Says so where what is written at `span` means something nearer than the type that it was taken for.
    ///
    /// `scope` is where names begin to be looked up; if that is a service, `methods` are its own.
    pub(super) fn nothing_nearer(
        &mut self,
        (scope, methods): (&str, Option<&FxHashSet<&str>>),
        ty: &FieldType,
        span: Span,
    ) {
        let full = match ty {
            FieldType::Message(ty) => &ty.name,
            FieldType::Enum(ty) => &ty.name,
            FieldType::Scalar(_) | FieldType::Unresolved(_) => return,
        };
        let file = self.extensions.schema.file(self.file);
        if file.places != Places::Text {
            return;
        }
        let written = file.text.get(span.start as usize..span.end as usize);
        let Some(written) = written.and_then(|written| std::str::from_utf8(written).ok()) else {
            return;
        };
        // of a name of several parts the first one can only be a type, a service or a package
        if !written
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_')
        {
            return;
        }
        // nearly always the message is the first that is found
        let around = methods.map_or(scope, |_| outer(scope));
        let first = full
            .strip_suffix(written)
            .map(|rest| rest.trim_end_matches('.'));
        if first == Some(around) && methods.is_none_or(|methods| !methods.contains(written)) {
            return;
        }
        let finder = self.finder();
        let nearer = match finder.look(scope, written, true) {
            Found::Extension(id) => (
                "extension",
                finder.schema.extensions[id as usize].name.clone(),
            ),
            Found::Member(name) => (finder.member(&name, true).unwrap_or("element"), name),
            _ => return,
        };
        let (kind, name) = nearer;
        let message = format!("`{written}` means the {kind} `{name}` here, not a message");
        let help = "write the message's full name, with a leading dot".to_owned();
        self.diagnostics
            .error(self.file as usize, span, message, Some(help));
    }
}
