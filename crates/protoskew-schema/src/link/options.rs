//! Options in one form, and the features among them.

use super::features::{Features, aggregate_pairs};
use super::lower::Lower;
use crate::parse::literal;
use crate::parse::syntax::{Children, Kind, Node, ParsedFile};
use crate::{Edition, Name, OptionValue, Span};

impl<'a> Lower<'_, 'a> {
    /// Reads the options of one kind, and overlays the features among them.
    pub(super) fn options(
        &mut self,
        children: Children<'a>,
        kind: Kind,
        features: &mut Features,
    ) -> Vec<OptionValue> {
        let children = children.filter(|(_, n)| n.kind == kind);
        let mut options = Vec::with_capacity(children.clone().count());
        let mut in_parentheses = Vec::new();
        let mut plainly = false;
        for (_, node) in children {
            let name = self.option_name(node.name);
            if let Some(part) = feature(&name) {
                if name.starts_with('(') {
                    in_parentheses.push((node, part.to_owned()));
                    if !self.known {
                        continue;
                    }
                } else {
                    plainly = true;
                    self.overlay(node, part, features);
                }
            }
            options.push(OptionValue {
                name,
                span: node.span_of_option(),
                value_span: node.value,
                statement: node.span,
                resolved: true,
            });
        }
        // as in protoc: where one feature is named plainly, those in parentheses are left out, and told nowhere
        *self.in_parentheses |= !in_parentheses.is_empty();
        let mut overlaid = *features;
        for (node, part) in in_parentheses.iter().filter(|_| !plainly) {
            self.overlay(node, part, &mut overlaid);
        }
        if self.known {
            *features = overlaid;
        }
        self.check_given_once(&options);
        options
    }

    /// The name of an option: what is too long to be kept in place is shared by all who write it alike.
    fn option_name(&mut self, span: Span) -> Name {
        let parsed: &'a ParsedFile = self.parsed;
        let written = parsed.slice(span);
        if let Some(known) = self.option_names.get(written) {
            return known.clone();
        }
        let name = literal::dotted(&parsed.text, span);
        if name.is_heap_allocated() {
            self.option_names.insert(written, name.clone());
        }
        name
    }

    /// A field's default and JSON name are written like options, and are none.
    fn check_given_once(&mut self, options: &[OptionValue]) {
        for name in ["default", "json_name"] {
            if let Some(second) = options.iter().filter(|o| o.name == name).nth(1) {
                let message = format!("`{name}` is set twice");
                self.error(second.span, message, None);
            }
        }
    }

    /// Overlays what one option says: of one feature, or of all that stand in its value (`part` is empty).
    fn overlay(&mut self, node: &Node, part: &str, features: &mut Features) {
        if self.parsed.edition < Edition::E2023 {
            let message = "features exist in editions only";
            self.diagnostics
                .error(self.id as usize, node.name, message, None);
            return;
        }
        let text = &self.parsed.text;
        let part = (part.strip_prefix("(google.protobuf.FeatureSet."))
            .or_else(|| part.strip_prefix("(.google.protobuf.FeatureSet."))
            .and_then(|part| part.strip_suffix(')'))
            .unwrap_or(part);
        let pairs = match part {
            "" => aggregate_pairs(text, node.value)
                .into_iter()
                .map(|(name, value)| (self.parsed.slice(name), value))
                .collect(),
            // features of a language: an extension of the feature set
            feature if feature.starts_with('(') => return,
            feature => vec![(feature.as_bytes(), node.value)],
        };
        for (feature, value) in pairs {
            let written = self.parsed.slice(value);
            // a number may be hex or octal
            let number = literal::unsigned(written).map(|number| number.to_string());
            let chosen = number.as_ref().map_or(written, |number| number.as_bytes());
            // what there is not at all is told where options are resolved
            if !features.set(feature, chosen) && (chosen.ends_with(b"_UNKNOWN") || chosen == b"0") {
                let feature = String::from_utf8_lossy(feature);
                let chosen = String::from_utf8_lossy(chosen);
                let message = format!("`{chosen}` is no choice for the feature `{feature}`");
                self.diagnostics
                    .error(self.id as usize, value, message, None);
            }
        }
    }
}

/// The part of `features` that an option of this name sets: empty where it sets all, `None` where it sets none.
pub(crate) fn feature(name: &str) -> Option<&str> {
    let rest = match name.strip_prefix("features") {
        Some(rest) => rest,
        None => {
            let end = name.find(')').filter(|_| name.starts_with('('))? + 1;
            let (first, rest) = name.split_at(end);
            within_parentheses(first).filter(|field| *field == "features")?;
            rest
        }
    };
    if rest.is_empty() {
        return Some(rest);
    }
    rest.strip_prefix('.')
}

/// Whether an option is written under this name: plainly, or in parentheses by its field's full name, which protoc takes too
/// (`(google.protobuf.MessageOptions.deprecated)`).
pub(crate) fn is_called(option: &OptionValue, name: &str) -> bool {
    option.name == name || within_parentheses(&option.name) == Some(name)
}

fn within_parentheses(written: &str) -> Option<&str> {
    let full = written.strip_prefix('(')?.strip_suffix(')')?;
    let full = full.strip_prefix('.').unwrap_or(full);
    let (kind, field) = full.strip_prefix("google.protobuf.")?.split_once('.')?;
    kind.ends_with("Options").then_some(field)
}

/// The value of an option as it stands in the text.
pub(crate) fn value_of<'t>(
    text: &'t [u8],
    options: &[OptionValue],
    name: &str,
) -> Option<&'t [u8]> {
    // those in parentheses are looked at last, and have the last word
    let option = options
        .iter()
        .find(|o| within_parentheses(&o.name) == Some(name))
        .or_else(|| options.iter().find(|o| o.name == name))?;
    let span = option.value_span;
    Some(&text[span.start as usize..span.end as usize])
}

/// The option that sets this: of that name, a part of it, or what it is a part of.
pub(crate) fn named<'o>(options: &'o [OptionValue], name: &str) -> Option<&'o OptionValue> {
    let whole = name.split_once('.').map_or(name, |(whole, _)| whole);
    let exact = options.iter().find(|o| is_called(o, name));
    exact.or_else(|| {
        options.iter().find(|o| {
            let rest = o.name.strip_prefix(name);
            o.name == whole || rest.is_some_and(|rest| rest.starts_with('.'))
        })
    })
}

pub(crate) fn is_true(text: &[u8], options: &[OptionValue], name: &str) -> bool {
    value_of(text, options, name).is_some_and(|value| value == b"true")
}
