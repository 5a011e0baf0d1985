//! Options in one form, and the features among them.

use super::features::{Features, aggregate_pairs};
use super::lower::Lower;
use crate::parse::literal;
use crate::parse::syntax::{Children, Kind, Node};
use crate::{Edition, Name, OptionValue, Span};

impl<'a> Lower<'a> {
    /// Reads the options of one kind, and overlays the features among them.
    pub(super) fn options(
        &mut self,
        children: Children<'a>,
        kind: Kind,
        features: &mut Features,
    ) -> Vec<OptionValue> {
        let text = &self.parsed.text;
        let mut options = Vec::new();
        for (_, node) in children.filter(|(_, n)| n.kind == kind) {
            let name = literal::dotted(text, node.name);
            if name == "features" || name.starts_with("features.") {
                self.overlay(node, &name, features);
            }
            options.push(OptionValue {
                value: literal::normal_value(text, node.value),
                name,
                span: node.span_of_option(),
            });
        }
        self.check_given_once(&options);
        options
    }

    /// protobuf's own options take one value each; custom ones may be repeated.
    fn check_given_once(&mut self, options: &[OptionValue]) {
        if options.len() < 2 {
            return;
        }
        let repeated = ["targets", "edition_defaults"];
        let own = options
            .iter()
            .filter(|o| !o.name.contains('(') && !repeated.contains(&o.name.as_str()));
        let mut names: Vec<(&Name, Span)> = own.map(|o| (&o.name, o.span)).collect();
        names.sort_unstable();
        for pair in names.windows(2) {
            if pair[0].0 == pair[1].0 {
                let message = format!("the option `{}` is set twice", pair[1].0);
                self.error(pair[1].1, message, None);
            }
        }
    }

    fn overlay(&mut self, node: &Node, name: &str, features: &mut Features) {
        if self.parsed.edition < Edition::E2023 {
            let message = "features exist in editions only";
            self.diagnostics
                .error(self.id as usize, node.name, message, None);
            return;
        }
        let text = &self.parsed.text;
        let pairs = match name.strip_prefix("features.") {
            None => aggregate_pairs(text, node.value)
                .into_iter()
                .map(|(name, value)| (self.parsed.slice(name), value))
                .collect(),
            // features of a language: an extension of the feature set
            Some(feature) if feature.starts_with('(') => return,
            Some(feature) => vec![(feature.as_bytes(), node.value)],
        };
        for (feature, value) in pairs {
            if !features.set(feature, self.parsed.slice(value)) {
                let feature = String::from_utf8_lossy(feature);
                let written = String::from_utf8_lossy(self.parsed.slice(value));
                let message =
                    format!("feature `{feature}` is not known, or has no value `{written}`");
                self.diagnostics
                    .error(self.id as usize, value, message, None);
            }
        }
    }
}

pub(crate) fn value_of<'o>(options: &'o [OptionValue], name: &str) -> Option<&'o Name> {
    options.iter().find(|o| o.name == name).map(|o| &o.value)
}

pub(crate) fn is_true(options: &[OptionValue], name: &str) -> bool {
    value_of(options, name).is_some_and(|value| value == "true")
}
