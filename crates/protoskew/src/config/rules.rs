//! `[rules]` and `[[rules.for]]`: how loud each rule is, and where.

use std::collections::BTreeMap;

use protoskew_schema::Name;
use toml_spanner::{Item, Key, Table};

use super::read::{Reader, nearest};
use super::{Config, Preset, RulesFor};
use crate::policy;
use crate::rules;
use crate::verdict::Level;

/// Keys that are no rules.
const IN_RULES: &[&str] = &["preset", "unstable", "require-features", "for"];
const IN_FOR: &[&str] = &["paths", "packages", "links", "preset", "unstable"];

impl Reader<'_> {
    pub(super) fn rules(&mut self, item: &Item<'_>, config: &mut Config) {
        let Some(table) = self.table(item) else {
            return;
        };
        for (key, item) in table.entries() {
            match key.name {
                "preset" => config.preset = self.preset(item).unwrap_or_default(),
                "unstable" => config.unstable = self.level(item).unwrap_or(Level::Warn),
                "require-features" => match item.as_bool() {
                    Some(required) => config.require_features = required,
                    None => self.expected(item, "true or false"),
                },
                "for" => {
                    let Some(entries) = item.as_array() else {
                        self.expected(item, "an array of tables, each headed `[[rules.for]]`");
                        continue;
                    };
                    for entry in entries.iter() {
                        config.exceptions.extend(self.rules_for(entry));
                    }
                }
                _ => self.rule(key, item, IN_RULES, &mut config.levels),
            }
        }
        if config.require_features {
            let rule = Name::new_static("feature-undeclared");
            config.levels.entry(rule).or_insert(Level::Deny);
        }
    }

    fn rules_for(&mut self, item: &Item<'_>) -> Option<RulesFor> {
        let table = self.table(item)?;
        let mut entry = RulesFor {
            place: self.place(item.span()),
            ..RulesFor::default()
        };
        for (key, item) in table.entries() {
            match key.name {
                "paths" => entry.paths = self.globs(item),
                "packages" => entry.packages = self.globs(item),
                "links" => entry.links = self.strings(item).into_iter().map(Name::from).collect(),
                "preset" => entry.preset = self.preset(item),
                "unstable" => entry.unstable = self.level(item),
                _ => self.rule(key, item, IN_FOR, &mut entry.levels),
            }
        }
        let selects = |key: &str| {
            let list = table.get(key).and_then(Item::as_array);
            list.is_some_and(|list| !list.is_empty())
        };
        let given = |key: &str| table.get(key).is_some();
        if let Some(key) = IN_FOR[..3].iter().find(|key| given(key) && !selects(key)) {
            let message = format!("`{key}` selects nothing");
            let help = "name what it holds for, or leave the key out";
            self.error(item.span(), message, Some(help.to_owned()));
        } else if !IN_FOR[..3].iter().any(|key| given(key)) {
            let message = "nothing says what this holds for".to_owned();
            let help =
                "add `paths`, `packages` or `links`; what holds everywhere stands in [rules]";
            self.error(item.span(), message, Some(help.to_owned()));
        }
        Some(entry)
    }

    /// `rule-id = "level"`.
    fn rule(
        &mut self,
        key: &Key<'_>,
        item: &Item<'_>,
        others: &[&str],
        levels: &mut BTreeMap<Name, Level>,
    ) {
        if rules::find(key.name).is_some() {
            levels.extend(self.level(item).map(|level| (Name::from(key.name), level)));
            return;
        }
        let ids = rules::ALL.iter().map(|rule| rule.id);
        let known: Vec<&str> = ids.chain(others.iter().copied()).collect();
        self.unknown(key, &known, "rule");
    }

    fn preset(&mut self, item: &Item<'_>) -> Option<Preset> {
        let word = self.string(item)?;
        let found = Preset::ALL.into_iter().find(|each| each.word() == word);
        if found.is_none() {
            let words = Preset::ALL.map(Preset::word);
            let help = nearest(&word, &words)
                .or_else(|| Some("write \"proposal\", \"wire\" or \"advice\"".to_owned()));
            self.error(item.span(), format!("`{word}` is not a preset"), help);
        }
        found
    }

    fn level(&mut self, item: &Item<'_>) -> Option<Level> {
        let word = self.string(item)?;
        let levels = [Level::Off, Level::Note, Level::Warn, Level::Deny];
        let found = levels.into_iter().find(|level| level.word() == word);
        if found.is_none() {
            let help = "write \"deny\", \"warn\", \"note\" or \"off\"";
            let message = format!("`{word}` is not a level");
            self.error(item.span(), message, Some(help.to_owned()));
        }
        found
    }

    /// Links that `[[rules.for]]` names are there.
    pub(super) fn links_exist(&mut self, table: &Table<'_>, config: &Config) {
        let links = policy::links(config);
        let names: Vec<String> = links
            .iter()
            .filter(|link| link.configured)
            .map(policy::LinkPolicy::name)
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let entries = table.get("rules").and_then(Item::as_table);
        let entries = entries
            .and_then(|rules| rules.get("for"))
            .and_then(Item::as_array);
        for entry in entries.into_iter().flat_map(|entries| entries.iter()) {
            let named = entry.as_table().and_then(|entry| entry.get("links"));
            let named = named.and_then(Item::as_array);
            for item in named.into_iter().flat_map(|named| named.iter()) {
                let Some(name) = item.as_str().filter(|name| !names.contains(name)) else {
                    continue;
                };
                let help = nearest(name, &names).unwrap_or_else(|| match names.as_slice() {
                    [] => "there are no [[links]] and no [[stores]] here".to_owned(),
                    [one] => format!("there is `{one}`"),
                    names => format!("there are {}", names.join(", ")),
                });
                let message = format!("no link is called `{name}`");
                self.error(item.span(), message, Some(help));
            }
        }
    }
}
