//! `[[stores]]`: what is read of messages at rest.

use protoskew_schema::Name;
use toml_spanner::Item;

use super::read::Reader;
use super::{Bound, Store};
use crate::releases::tag::Version;

impl Reader<'_> {
    pub(super) fn store(&mut self, item: &Item<'_>) -> Option<Store> {
        let mut component = None;
        let mut store = Store {
            component: Name::default(),
            messages: Vec::new(),
            upgrade: Bound::Any,
            downgrade: Bound::Lines(1),
            oldest: None,
            json: None,
        };
        let keys = &[
            "component",
            "messages",
            "upgrade",
            "downgrade",
            "oldest",
            "json",
        ];
        let mut messages_given = false;
        self.each(item, keys, |reader, key, item| match key {
            "component" => component = reader.string(item).map(Name::from),
            "messages" => {
                messages_given = true;
                store.messages = reader.strings(item).into_iter().map(Name::from).collect();
                if item.as_array().is_some_and(|array| array.is_empty()) {
                    reader.error(
                        item.span(),
                        "a store of no messages holds nothing".to_owned(),
                        Some("name those that are stored by their full names".to_owned()),
                    );
                }
            }
            "upgrade" => store.upgrade = reader.bound(item),
            "downgrade" => store.downgrade = reader.bound(item),
            "oldest" => store.oldest = reader.version(item).map(Version::line),
            _ => store.json = reader.json(item),
        });
        let mut missing = |key: &str, help: &str| {
            self.error(
                item.span(),
                format!("a store needs `{key}`"),
                Some(help.to_owned()),
            );
        };
        if !messages_given {
            missing("messages", "name those that are stored by their full names");
        }
        let Some(component) = component else {
            missing("component", "name one of the [components]");
            return None;
        };
        store.component = component;
        Some(store)
    }
}
