//! How names are written, where `features.enforce_naming_style` asks for it: edition 2024 does by default.

use super::names::short;
use super::validate::Check;
use crate::{Enum, Features, FileId, Message, Name, NamingStyle, Service, Span};

impl Check<'_> {
    pub(super) fn names_of_files(&mut self) {
        for (id, file) in self.schema.files.iter().enumerate() {
            if is_asked(file.features) && !file.package.is_empty() {
                self.file = id as FileId;
                self.styled("package", &file.package, file.package_span, Case::Lower);
            }
        }
    }

    pub(super) fn names_of_message(&mut self, message: &Message) {
        if is_asked(message.features) {
            let short = short(&message.name);
            self.styled("message", short, message.name_span, Case::Title);
        }
        for oneof in &message.oneofs {
            if is_asked(oneof.features) {
                self.styled("oneof", &oneof.name, oneof.name_span, Case::Lower);
            }
            self.clashing(message, &oneof.name, oneof.features, oneof.name_span);
        }
        for field in &message.fields {
            if is_asked(field.features) {
                self.styled("field", &field.name, field.name_span, Case::Lower);
            }
            self.clashing(message, &field.name, field.features, field.name_span);
        }
    }

    pub(super) fn names_of_enum(&mut self, item: &Enum) {
        if is_asked(item.features) {
            self.styled("enum", short(&item.name), item.name_span, Case::Title);
        }
        for value in &item.values {
            if is_asked(value.features) {
                self.styled("enum value", &value.name, value.name_span, Case::Upper);
            }
        }
    }

    pub(super) fn names_of_service(&mut self, service: &Service) {
        if is_asked(service.features) {
            let short = short(&service.name);
            self.styled("service", short, service.name_span, Case::Title);
        }
        for method in &service.methods {
            if is_asked(method.features) {
                self.styled("method", &method.name, method.name_span, Case::Title);
            }
        }
    }

    pub(super) fn names_of_extensions(&mut self) {
        for extension in &self.schema.extensions {
            let field = &extension.field;
            if is_asked(field.features) {
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

    /// Names that give generated code two methods of one name, where the style of 2026 asks for others.
    fn clashing(&mut self, message: &Message, name: &Name, features: Features, span: Span) {
        if features.naming != NamingStyle::Style2026 {
            return;
        }
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

/// Whether a style is asked for at all.
fn is_asked(features: Features) -> bool {
    features.naming != NamingStyle::Legacy
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
