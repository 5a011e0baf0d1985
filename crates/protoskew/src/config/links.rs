//! `[[links]]`: what is read of a conversation, and whether the names in it mean anything.

use protoskew_compare::JsonParser;
use protoskew_schema::Name;
use toml_spanner::{Item, Table};

use super::read::{Reader, nearest};
use super::{Bound, Component, Config, Link};
use crate::releases::tag::Version;

impl Reader<'_> {
    pub(super) fn link(&mut self, item: &Item<'_>) -> Option<Link> {
        let (mut client, mut server) = (None, None);
        let mut link = Link {
            client: Name::default(),
            server: Name::default(),
            services: Vec::new(),
            client_ahead: Bound::Any,
            client_behind: Bound::Lines(1),
            oldest: None,
            bundled: false,
            json: None,
        };
        let keys = &[
            "client",
            "server",
            "services",
            "client-ahead",
            "client-behind",
            "oldest",
            "bundled",
            "json",
        ];
        let mut bounds_given = false;
        self.each(item, keys, |reader, key, item| match key {
            "client" => client = reader.string(item).map(Name::from),
            "server" => server = reader.string(item).map(Name::from),
            "services" => {
                link.services = reader.strings(item).into_iter().map(Name::from).collect()
            }
            "client-ahead" => {
                bounds_given = true;
                link.client_ahead = reader.bound(item);
            }
            "client-behind" => {
                bounds_given = true;
                link.client_behind = reader.bound(item);
            }
            "oldest" => {
                link.oldest = reader.version(item).map(Version::line);
            }
            "bundled" => link.bundled = reader.flag(item),
            _ => link.json = reader.json(item),
        });
        if link.bundled && bounds_given {
            self.error(
                item.span(),
                "a bundled link has no window: only equal releases meet".to_owned(),
                Some("remove `client-ahead` and `client-behind`, or `bundled`".to_owned()),
            );
        }
        match (client, server) {
            (Some(client), Some(server)) => {
                link.client = client;
                link.server = server;
                Some(link)
            }
            (client, _) => {
                let missing = if client.is_none() { "client" } else { "server" };
                self.error(
                    item.span(),
                    format!("a link needs a `{missing}`"),
                    Some("name one of the [components]".to_owned()),
                );
                None
            }
        }
    }

    /// `json = …`: how the two parse JSON, where they speak it.
    pub(super) fn json(&mut self, item: &Item<'_>) -> Option<JsonParser> {
        let word = self.string(item)?;
        let parser = JsonParser::ALL
            .into_iter()
            .find(|parser| parser.word() == word);
        if parser.is_none() && word != "off" {
            let known = ["off", "strict", "lenient", "names"];
            let help = nearest(&word, &known)
                .or_else(|| Some("write \"off\", \"strict\", \"lenient\" or \"names\"".to_owned()));
            self.error(
                item.span(),
                format!("`{word}` is no way to speak JSON"),
                help,
            );
        }
        parser
    }

    /// Names of components stand for components, and what one says of another can be true.
    pub(super) fn names_mean_something(&mut self, table: &Table<'_>, config: &Config) {
        let known: Vec<&str> = config.components.keys().map(Name::as_str).collect();
        let sections = [
            ("links", &["client", "server"][..]),
            ("stores", &["component"]),
        ];
        for (section, roles) in sections {
            let entries = table.get(section).and_then(Item::as_array);
            let entries = entries.into_iter().flat_map(|entries| entries.iter());
            for (entry, role) in
                entries.flat_map(|entry| roles.iter().map(move |role| (entry, *role)))
            {
                let named = entry.as_table().and_then(|entry| entry.get(role));
                if let Some(item) = named
                    && let Some(name) = item.as_str()
                    && !known.contains(&name)
                {
                    self.error(
                        item.span(),
                        format!("no component is called `{name}`"),
                        nearest(name, &known)
                            .or_else(|| Some(format!("add a [components.{name}] section"))),
                    );
                }
            }
        }
        let components = table.get("components").and_then(Item::as_table);
        for (name, component) in components
            .into_iter()
            .flat_map(|components| components.entries())
        {
            let get = |key: &str| component.as_table().and_then(|each| each.get(key));
            let owner = get("protocol").zip(config.components.get(name.name));
            if let Some((item, component)) = owner {
                self.protocol(item, name.name, component, config);
            } else if let Some(item) = get("pin") {
                self.error(
                    item.span(),
                    "a pin says at which revision `protocol` is spoken, and there is none"
                        .to_owned(),
                    Some("add `protocol`, or remove `pin`".to_owned()),
                );
            }
        }
    }

    /// Whether the protocol is a component that owns protos, at a revision that can be known.
    fn protocol(&mut self, item: &Item<'_>, name: &str, component: &Component, config: &Config) {
        let Some(protocol) = item.as_str() else {
            return;
        };
        let known: Vec<&str> = config.components.keys().map(Name::as_str).collect();
        let Some(owner) = config.components.get(protocol) else {
            self.error(
                item.span(),
                format!("no component is called `{protocol}`"),
                nearest(protocol, &known)
                    .or_else(|| Some(format!("add a [components.{protocol}] section"))),
            );
            return;
        };
        if let Some(further) = owner.protocol.as_ref().filter(|next| *next != protocol) {
            self.error(
                item.span(),
                format!("`{protocol}` owns no protos: it speaks those of `{further}`"),
                Some(format!("write protocol = \"{further}\"")),
            );
        } else if component.repository != owner.repository && component.pin.is_none() {
            self.error(
                item.span(),
                format!("`{name}` and `{protocol}` live in two repositories: nothing says which revision of the protos a release of `{name}` speaks"),
                Some("name its lock file, pin = \"go.mod\", or its generated code, pin = \"api/*.pb.go\"; or remove `protocol` where its repository holds the protos".to_owned()),
            );
        }
    }
}
