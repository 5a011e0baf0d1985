//! How names are written, where `features.enforce_naming_style` asks for it: edition 2024 does by default.

use super::names::{outer, short};
use super::validate::Check;
use crate::{
    Edition, Enum, FileId, Message, MessageId, Name, OptionData, Options, Schema, Service, Span,
};

/// What is asked of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Style {
    Legacy,
    Of2024,
    /// Names that would clash in generated code, too.
    Of2026,
}

impl Style {
    /// What an element asks for, where what is around it asks for `outer`.
    fn of(options: &Options, outer: Self) -> Self {
        let Some(OptionData::Message(features)) = options.tree().get("features") else {
            return outer;
        };
        match features.get("enforce_naming_style") {
            Some(OptionData::Enum(1, _)) => Self::Of2024,
            Some(OptionData::Enum(2, _)) => Self::Legacy,
            Some(OptionData::Enum(3, _)) => Self::Of2026,
            _ => outer,
        }
    }
}

/// The styles that files and messages ask for.
pub(super) struct Styles {
    files: Vec<Style>,
    messages: Vec<Style>,
}

impl Styles {
    pub(super) fn new(schema: &Schema) -> Self {
        let files = schema.files.iter().map(|file| {
            let default = if file.edition >= Edition::E2024 {
                Style::Of2024
            } else {
                Style::Legacy
            };
            Style::of(&file.options, default)
        });
        let mut styles = Self {
            files: files.collect(),
            messages: Vec::with_capacity(schema.messages.len()),
        };
        for message in &schema.messages {
            let outer = styles.around(message.file, message.parent);
            styles.messages.push(Style::of(&message.options, outer));
        }
        styles
    }

    /// What a file, or a message in it, asks of what is in it.
    fn around(&self, file: FileId, parent: Option<MessageId>) -> Style {
        // a parent stands before its children
        let parent = parent.and_then(|id| self.messages.get(id as usize));
        *parent.unwrap_or(&self.files[file as usize])
    }
}

impl Check<'_> {
    pub(super) fn names_of_files(&mut self, styles: &Styles) {
        for (id, file) in self.schema.files.iter().enumerate() {
            if styles.files[id] != Style::Legacy && !file.package.is_empty() {
                self.file = id as FileId;
                self.styled("package", &file.package, file.package_span, Case::Lower);
            }
        }
    }

    pub(super) fn names_of_message(&mut self, id: MessageId, message: &Message, styles: &Styles) {
        let style = styles.messages[id as usize];
        if style != Style::Legacy {
            let short = short(&message.name);
            self.styled("message", short, message.name_span, Case::Title);
        }
        let mut oneofs = Vec::with_capacity(message.oneofs.len());
        for oneof in &message.oneofs {
            let style = Style::of(&oneof.options, style);
            oneofs.push(style);
            if style != Style::Legacy {
                self.styled("oneof", &oneof.name, oneof.name_span, Case::Lower);
            }
            if style == Style::Of2026 {
                self.clashing(message, &oneof.name, oneof.name_span);
            }
        }
        for field in &message.fields {
            let outer = field.oneof.and_then(|at| oneofs.get(at as usize));
            let style = Style::of(&field.options, *outer.unwrap_or(&style));
            if style != Style::Legacy {
                self.styled("field", &field.name, field.name_span, Case::Lower);
            }
            if style == Style::Of2026 {
                self.clashing(message, &field.name, field.name_span);
            }
        }
    }

    pub(super) fn names_of_enum(&mut self, item: &Enum, styles: &Styles) {
        let style = Style::of(&item.options, styles.around(item.file, item.parent));
        if style != Style::Legacy {
            self.styled("enum", short(&item.name), item.name_span, Case::Title);
        }
        for value in &item.values {
            if Style::of(&value.options, style) != Style::Legacy {
                self.styled("enum value", &value.name, value.name_span, Case::Upper);
            }
        }
    }

    pub(super) fn names_of_service(&mut self, service: &Service, styles: &Styles) {
        let style = Style::of(&service.options, styles.around(service.file, None));
        if style != Style::Legacy {
            let short = short(&service.name);
            self.styled("service", short, service.name_span, Case::Title);
        }
        for method in &service.methods {
            if Style::of(&method.options, style) != Style::Legacy {
                self.styled("method", &method.name, method.name_span, Case::Title);
            }
        }
    }

    pub(super) fn names_of_extensions(&mut self, styles: &Styles) {
        for extension in &self.schema.extensions {
            let parent = self.schema.index.messages(outer(&extension.name));
            let parent = parent
                .into_iter()
                .find(|&id| self.schema.messages[id as usize].file == extension.file);
            let outer = styles.around(extension.file, parent);
            let field = &extension.field;
            if Style::of(&field.options, outer) != Style::Legacy {
                self.file = extension.file;
                self.styled("extension", &field.name, field.name_span, Case::Lower);
            }
        }
    }

    fn styled(&mut self, what: &str, name: &str, span: Span, case: Case) {
        let Err(wanted) = case.check(name) else {
            return;
        };
        let text = format!("the {what} `{name}` {wanted}");
        let help = match case.suggest(name) {
            Some(better) => format!(
                "write `{better}`, or keep the name with `features.enforce_naming_style = STYLE_LEGACY`"
            ),
            None => "`features.enforce_naming_style = STYLE_LEGACY` lets it pass".to_owned(),
        };
        self.error(span, text, Some(help));
    }

    /// Names that give generated code two methods of one name.
    fn clashing(&mut self, message: &Message, name: &Name, span: Span) {
        let there = |name: &str| {
            message.fields.iter().any(|f| f.name == name)
                || message.oneofs.iter().any(|o| o.name == name)
        };
        let prefixes = ["has_", "get_", "set_", "clear_"];
        let stripped = prefixes.iter().filter_map(|p| name.strip_prefix(p));
        let stripped = stripped.chain(name.strip_suffix("_value"));
        let other = stripped.into_iter().find(|other| there(other));
        if let Some(other) = other {
            let text = format!("`{name}` meets what is generated for `{other}`");
            let help = "rename it, or set `features.enforce_naming_style = STYLE2024`".to_owned();
            self.error(span, text, Some(help));
        } else if name == "descriptor" {
            let text = "`descriptor` meets what is generated for every message";
            let help = "rename it, or set `features.enforce_naming_style = STYLE2024`".to_owned();
            self.error(span, text, Some(help));
        }
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Case {
    Title,
    Lower,
    Upper,
}

impl Case {
    fn check(self, name: &str) -> Result<(), &'static str> {
        let allowed = |byte: u8| match self {
            Self::Title => byte.is_ascii_alphanumeric(),
            // a package has dots
            Self::Lower => {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_.".contains(&byte)
            }
            Self::Upper => byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_',
        };
        let first = name.bytes().next().unwrap_or(b'0');
        let begins = match self {
            Self::Title | Self::Upper => first.is_ascii_uppercase(),
            Self::Lower => first.is_ascii_lowercase(),
        };
        if !name.bytes().all(allowed) || !begins {
            return Err(match self {
                Self::Title => "is not written in TitleCase",
                Self::Lower => "is not written in lower_snake_case",
                Self::Upper => "is not written in UPPER_SNAKE_CASE",
            });
        }
        let odd = |pair: &[u8]| pair[0] == b'_' && !pair[1].is_ascii_alphabetic();
        if name.ends_with('_') || name.as_bytes().windows(2).any(odd) {
            return Err("has a `_` that no letter follows");
        }
        Ok(())
    }

    /// The name in that case, if it can be written so.
    fn suggest(self, name: &str) -> Option<String> {
        let mut words: Vec<String> = Vec::new();
        let mut before = b'_';
        for byte in name.bytes() {
            if byte == b'_' || (byte.is_ascii_uppercase() && !before.is_ascii_uppercase()) {
                words.push(String::new());
            }
            if byte != b'_' {
                if words.is_empty() {
                    words.push(String::new());
                }
                words
                    .last_mut()?
                    .push(char::from(byte.to_ascii_lowercase()));
            }
            before = byte;
        }
        words.retain(|word| !word.is_empty());
        let better = match self {
            Self::Title => {
                let capital = |word: &String| {
                    let (first, rest) = word.split_at(1);
                    first.to_ascii_uppercase() + rest
                };
                words.iter().map(capital).collect()
            }
            Self::Lower => words.join("_"),
            Self::Upper => words.join("_").to_ascii_uppercase(),
        };
        self.check(&better).is_ok().then_some(better)
    }
}

#[cfg(test)]
mod tests {
    use super::Case;

    #[test]
    fn a_better_name_is_told_where_there_is_one() {
        for (case, name, better) in [
            (Case::Title, "foo_bar", Some("FooBar")),
            (Case::Title, "FOO_BAR", Some("FooBar")),
            (Case::Lower, "fooBar", Some("foo_bar")),
            (Case::Lower, "_foo", Some("foo")),
            (Case::Lower, "foo_2", None),
            (Case::Upper, "someValue", Some("SOME_VALUE")),
            (Case::Upper, "_", None),
            (Case::Lower, "foo.barBaz", Some("foo.bar_baz")),
        ] {
            assert_eq!(case.suggest(name).as_deref(), better, "{name}");
        }
    }
}
