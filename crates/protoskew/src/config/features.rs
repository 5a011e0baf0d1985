//! `[[features]]`: what is read of a feature's life.

use std::collections::BTreeMap;

use protoskew_schema::Name;
use toml_spanner::{Item, Table};

use super::read::{Reader, nearest};
use super::{Config, Declared, Feature, Named, OnUnsupported, Since};

impl Reader<'_> {
    pub(super) fn feature(&mut self, item: &Item<'_>) -> Option<Feature> {
        let mut feature = Feature {
            name: Name::default(),
            elements: Vec::new(),
            enabled: None,
            default: None,
            replaces: None,
            on_unsupported: None,
            declared: self.declared(item),
        };
        let keys = &[
            "name",
            "elements",
            "enabled",
            "default",
            "replaces",
            "on-unsupported",
        ];
        let (mut name, mut elements_given) = (None, false);
        self.each(item, keys, |reader, key, item| match key {
            "name" => name = reader.string(item).map(Name::from),
            "elements" => {
                elements_given = true;
                let Some(array) = item.as_array() else {
                    reader.expected(item, "an array of full names");
                    return;
                };
                if array.is_empty() {
                    let message = "a feature of no elements is nothing".to_owned();
                    let help = "name fields, enum values, methods or types by their full names";
                    reader.error(item.span(), message, Some(help.to_owned()));
                }
                for element in array.iter() {
                    let named = reader.element(element);
                    feature.elements.extend(named);
                }
            }
            "enabled" => feature.enabled = reader.since(item),
            "default" => feature.default = reader.since(item),
            "replaces" => feature.replaces = reader.element(item),
            _ => feature.on_unsupported = reader.on_unsupported(item),
        });
        if !elements_given {
            self.error(
                item.span(),
                "a feature needs `elements`".to_owned(),
                Some("name what it adds by full names: [\"pkg.Message.field\"]".to_owned()),
            );
        }
        let Some(name) = name else {
            self.error(
                item.span(),
                "a feature needs a `name`".to_owned(),
                Some("reports and `protoskew plan` call it by it".to_owned()),
            );
            return None;
        };
        feature.name = name;
        Some(feature)
    }

    fn declared(&self, item: &Item<'_>) -> Declared {
        let (line, column) = self.place(item.span());
        Declared {
            path: super::FILE_NAME.into(),
            line,
            column,
        }
    }

    fn element(&mut self, item: &Item<'_>) -> Option<Named> {
        let name = self.string(item)?;
        Some(Named {
            name: name.trim_start_matches('.').into(),
            declared: self.declared(item),
        })
    }

    /// `"1.4"`, or `{ runtime = "1.4", agent = "1.5" }` for components with numbers of their own.
    fn since(&mut self, item: &Item<'_>) -> Option<Since> {
        let Some(table) = item.as_table() else {
            return self.version(item).map(Since::Release);
        };
        let mut releases = BTreeMap::new();
        for (component, item) in table.entries() {
            if let Some(version) = self.version(item) {
                releases.insert(Name::from(component.name), version);
            }
        }
        Some(Since::ByComponent(releases))
    }

    fn on_unsupported(&mut self, item: &Item<'_>) -> Option<OnUnsupported> {
        let word = self.string(item)?;
        let known = OnUnsupported::ALL.map(OnUnsupported::word);
        let found = OnUnsupported::of(&word);
        if found.is_none() {
            let help = nearest(&word, &known)
                .or_else(|| Some("write \"drop\", \"refuse\" or \"fallback\"".to_owned()));
            let message = format!("`{word}` is nothing that a sender does");
            self.error(item.span(), message, help);
        }
        found
    }

    /// Features have one name each, an element is of one feature, and components that are named exist.
    pub(super) fn features_make_sense(&mut self, table: &Table<'_>, config: &Config) {
        let entries = table.get("features").and_then(Item::as_array);
        let entries = entries.into_iter().flat_map(|entries| entries.iter());
        let mut names: BTreeMap<&str, usize> = BTreeMap::new();
        let mut elements: BTreeMap<&str, usize> = BTreeMap::new();
        let components: Vec<&str> = config.components.keys().map(Name::as_str).collect();
        for entry in entries.filter_map(Item::as_table) {
            let each = entry.get("elements").and_then(Item::as_array);
            let each = each.into_iter().flat_map(|each| each.iter());
            for (seen, what, item) in entry
                .get("name")
                .into_iter()
                .map(|item| (false, "feature", item))
                .chain(each.map(|item| (true, "element", item)))
            {
                let Some(name) = item.as_str() else {
                    continue;
                };
                let (line, _) = self.place(item.span());
                let known = if seen { &mut elements } else { &mut names };
                if let Some(first) = known.insert(name, line) {
                    let message = if seen {
                        format!("`{name}` is an element of a feature already, on line {first}")
                    } else {
                        format!("a {what} is called `{name}` already, on line {first}")
                    };
                    self.error(item.span(), message, None);
                }
            }
            for key in ["enabled", "default"] {
                let table = entry.get(key).and_then(Item::as_table);
                for (component, _) in table.into_iter().flat_map(|table| table.entries()) {
                    if !components.contains(&component.name) {
                        let help = nearest(component.name, &components).or_else(|| {
                            Some(format!("add a [components.{}] section", component.name))
                        });
                        let message = format!("no component is called `{}`", component.name);
                        self.error(component.span, message, help);
                    }
                }
            }
        }
    }
}
