//! Reads `protoskew.toml`: every mistake is named with its line and the nearest thing that would be right.

use std::fmt;

use protoskew_compare::Runtime;
use protoskew_schema::Name;
use toml_spanner::{Arena, Item, Key, Span, Table};

use super::{Bound, BuiltWith, Component, Config, Link, Preset};
use crate::releases::tag::Version;
use crate::rules;
use crate::verdict::Level;

/// What is wrong with a configuration, with where and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// Line of the mistake, from 1.
    pub line: usize,
    /// Column of the mistake in characters, from 1.
    pub column: usize,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do, where there is something to say.
    pub help: Option<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {}",
            super::FILE_NAME,
            self.line,
            self.column,
            self.message
        )?;
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

/// Reads a configuration, or names everything that is wrong with it, in the order of the file.
pub fn read(text: &str) -> Result<Config, Vec<ConfigError>> {
    let arena = Arena::new();
    let mut reader = Reader {
        text,
        errors: Vec::new(),
    };
    let config = match toml_spanner::parse(text, &arena) {
        Ok(document) => reader.config(document.table()),
        Err(error) => {
            reader.error(error.span(), error.message(text), None);
            Config::default()
        }
    };
    if reader.errors.is_empty() {
        Ok(config)
    } else {
        reader
            .errors
            .sort_by_key(|error| (error.line, error.column));
        Err(reader.errors)
    }
}

/// Reads the bytes of the file, which may be anything.
pub fn read_bytes(bytes: &[u8]) -> Result<Config, Vec<ConfigError>> {
    match std::str::from_utf8(bytes) {
        // editors on Windows begin the file with a byte order mark
        Ok(text) => read(text.strip_prefix('\u{feff}').unwrap_or(text)),
        Err(error) => {
            let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let last = before.rsplit('\n').next().unwrap_or_default();
            Err(vec![ConfigError {
                line: before.matches('\n').count() + 1,
                column: last.chars().count() + 1,
                message: "what stands here is not UTF-8".to_owned(),
                help: Some("save the file as UTF-8, as TOML asks for".to_owned()),
            }])
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    errors: Vec<ConfigError>,
}

/// What DESIGN calls for and this version does not read yet: refused, so that nobody relies on it.
const NOT_YET: &[&str] = &["stores", "features", "review"];

impl Reader<'_> {
    fn config(&mut self, table: &Table<'_>) -> Config {
        let mut config = Config::default();
        const KEYS: &[&str] = &[
            "proto",
            "components",
            "links",
            "history",
            "rules",
            "renames",
        ];
        for (key, item) in table.entries() {
            match key.name {
                "proto" => self.each(
                    item,
                    &["roots", "include", "vendored"],
                    |reader, key, item| {
                        let globs = reader.strings(item);
                        match key {
                            "roots" => config.proto.roots = globs,
                            "include" => config.proto.include = globs,
                            _ => config.proto.vendored = globs,
                        }
                    },
                ),
                "components" => {
                    let Some(components) = self.table(item) else {
                        continue;
                    };
                    for (name, item) in components.entries() {
                        let component = self.component(item);
                        config.components.insert(Name::from(name.name), component);
                    }
                }
                "links" => {
                    let Some(links) = item.as_array() else {
                        self.expected(item, "an array of tables, each headed `[[links]]`");
                        continue;
                    };
                    for link in links.iter() {
                        config.links.extend(self.link(link));
                    }
                }
                "history" => self.each(
                    item,
                    &["default-branch", "branches"],
                    |reader, key, item| match key {
                        "branches" => config.branches = reader.strings(item),
                        _ => config.default_branch = reader.string(item),
                    },
                ),
                "rules" => self.rules(item, &mut config),
                "renames" => {
                    let Some(renames) = self.table(item) else {
                        continue;
                    };
                    for (old, new) in renames.entries() {
                        if let Some(new) = self.string(new) {
                            config.renames.insert(Name::from(old.name), Name::from(new));
                        }
                    }
                }
                other if NOT_YET.contains(&other) => self.error(
                    key.span,
                    format!("`{other}` is not read by this version of protoskew"),
                    Some("remove it for now; nothing would check it".to_owned()),
                ),
                _ => self.unknown(key, KEYS, "key"),
            }
        }
        self.links_name_components(table, &config);
        config
    }

    fn component(&mut self, item: &Item<'_>) -> Component {
        let mut component = Component::default();
        self.each(
            item,
            &["tags", "protocol", "protobuf"],
            |reader, key, item| match key {
                "tags" => {
                    component.tags = reader.string(item);
                    if let Some(tags) = &component.tags
                        && tags.matches("{version}").count() != 1
                    {
                        reader.error(
                            item.span(),
                            format!("the tag pattern `{tags}` must hold `{{version}}` once"),
                            Some(
                                "write for example \"{version}\" or \"api/v{version}\"".to_owned(),
                            ),
                        );
                    }
                }
                "protocol" => component.protocol = reader.string(item).map(Name::from),
                _ => component.protobuf = reader.protobuf(item),
            },
        );
        component
    }

    fn protobuf(&mut self, item: &Item<'_>) -> Vec<BuiltWith> {
        if item.as_str().is_some() {
            let is = self.runtime(item);
            return is
                .map(|is| BuiltWith { until: None, is })
                .into_iter()
                .collect();
        }
        let Some(entries) = item.as_array() else {
            self.expected(
                item,
                "the name of a protobuf implementation, or an array of `{ until = …, is = … }`",
            );
            return Vec::new();
        };
        let mut all = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let (mut until, mut is) = (None, None);
            self.each(entry, &["until", "is"], |reader, key, item| match key {
                "until" => until = reader.version(item),
                _ => is = reader.runtime(item),
            });
            if until.is_none() && index + 1 < entries.len() {
                self.error(
                    entry.span(),
                    "only the last entry may leave out `until`: what follows would never hold"
                        .to_owned(),
                    None,
                );
            }
            all.extend(is.map(|is| BuiltWith { until, is }));
        }
        all
    }

    fn runtime(&mut self, item: &Item<'_>) -> Option<Runtime> {
        let word = self.string(item)?;
        let found = Runtime::ALL
            .into_iter()
            .find(|runtime| runtime.word() == word);
        if found.is_none() {
            let words: Vec<&str> = Runtime::ALL.iter().map(|runtime| runtime.word()).collect();
            self.error(
                item.span(),
                format!("`{word}` is not a protobuf implementation that protoskew knows"),
                nearest(&word, &words),
            );
        }
        found
    }

    fn link(&mut self, item: &Item<'_>) -> Option<Link> {
        let (mut client, mut server) = (None, None);
        let mut link = Link {
            client: Name::default(),
            server: Name::default(),
            services: Vec::new(),
            client_ahead: Bound::Any,
            client_behind: Bound::Lines(1),
            oldest: None,
            bundled: false,
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
            "bundled" => match item.as_bool() {
                Some(bundled) => link.bundled = bundled,
                None => reader.expected(item, "true or false"),
            },
            _ => {
                if reader.string(item).is_some_and(|json| json != "off") {
                    reader.error(
                        item.span(),
                        "links that speak JSON are not read by this version of protoskew"
                            .to_owned(),
                        Some("write json = \"off\", or remove it for now".to_owned()),
                    );
                }
            }
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

    fn links_name_components(&mut self, table: &Table<'_>, config: &Config) {
        let known: Vec<&str> = config.components.keys().map(Name::as_str).collect();
        let links = table.get("links").and_then(Item::as_array);
        for link in links.into_iter().flat_map(|links| links.iter()) {
            for role in ["client", "server"] {
                let named = link.as_table().and_then(|link| link.get(role));
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
        for (_, component) in components
            .into_iter()
            .flat_map(|components| components.entries())
        {
            if let Some(item) = component.as_table().and_then(|each| each.get("protocol"))
                && let Some(name) = item.as_str()
                && !known.contains(&name)
            {
                self.error(
                    item.span(),
                    format!("no component is called `{name}`"),
                    nearest(name, &known),
                );
            }
        }
    }

    fn rules(&mut self, item: &Item<'_>, config: &mut Config) {
        let Some(table) = self.table(item) else {
            return;
        };
        let ids: Vec<&str> = rules::ALL.iter().map(|rule| rule.id).collect();
        for (key, item) in table.entries() {
            if key.name == "preset" {
                let presets = ["proposal", "wire", "advice"];
                match self.string(item).as_deref() {
                    Some("proposal") => config.preset = Preset::Proposal,
                    Some("wire") => config.preset = Preset::Wire,
                    Some("advice") => config.preset = Preset::Advice,
                    Some(other) => {
                        let message = format!("`{other}` is not a preset");
                        self.error(item.span(), message, nearest(other, &presets));
                    }
                    None => {}
                }
            } else if ids.contains(&key.name) {
                let levels = [Level::Off, Level::Note, Level::Warn, Level::Deny];
                if let Some(word) = self.string(item) {
                    match levels.into_iter().find(|level| level.word() == word) {
                        Some(level) => {
                            config.levels.insert(Name::from(key.name), level);
                        }
                        None => self.error(
                            item.span(),
                            format!("`{word}` is not a level"),
                            Some("write \"deny\", \"warn\", \"note\" or \"off\"".to_owned()),
                        ),
                    }
                }
            } else {
                self.unknown(key, &ids, "rule");
            }
        }
    }

    fn bound(&mut self, item: &Item<'_>) -> Bound {
        match (item.as_str(), item.as_u64()) {
            (Some("any"), _) => Bound::Any,
            (_, Some(lines)) if u32::try_from(lines).is_ok() => Bound::Lines(lines as u32),
            _ => {
                self.expected(item, "\"any\" or a number of release lines");
                Bound::Any
            }
        }
    }

    /// `1.2` or `1.2.3`; the first is 1.2.0 as a version.
    fn version(&mut self, item: &Item<'_>) -> Option<Version> {
        let text = self.string(item)?;
        let numbers: Option<Vec<u64>> = text
            .strip_prefix('v')
            .unwrap_or(&text)
            .split('.')
            .map(|part| part.parse().ok())
            .collect();
        let parsed = match numbers.as_deref() {
            Some(&[major, minor]) => Some(Version {
                major,
                minor,
                patch: 0,
            }),
            Some(&[major, minor, patch]) => Some(Version {
                major,
                minor,
                patch,
            }),
            _ => None,
        };
        if parsed.is_none() {
            self.error(
                item.span(),
                format!("`{text}` is not a release line"),
                Some("write it as \"1.2\"".to_owned()),
            );
        }
        parsed
    }

    /// Hands every entry of a table with a known key to `take`, and names the unknown ones.
    fn each(
        &mut self,
        item: &Item<'_>,
        keys: &[&str],
        mut take: impl FnMut(&mut Self, &str, &Item<'_>),
    ) {
        let Some(table) = self.table(item) else {
            return;
        };
        for (key, item) in table.entries() {
            if keys.contains(&key.name) {
                take(self, key.name, item);
            } else {
                self.unknown(key, keys, "key");
            }
        }
    }

    fn table<'t, 'de>(&mut self, item: &'t Item<'de>) -> Option<&'t Table<'de>> {
        let table = item.as_table();
        if table.is_none() {
            self.expected(item, "a table");
        }
        table
    }

    fn string(&mut self, item: &Item<'_>) -> Option<String> {
        let text = item.as_str().map(str::to_owned);
        if text.is_none() {
            self.expected(item, "a string");
        }
        text
    }

    fn strings(&mut self, item: &Item<'_>) -> Vec<String> {
        let Some(array) = item.as_array() else {
            self.expected(item, "an array of strings");
            return Vec::new();
        };
        array.iter().filter_map(|item| self.string(item)).collect()
    }

    fn expected(&mut self, item: &Item<'_>, what: &str) {
        let message = format!("expected {what}, found {}", item.type_str());
        self.error(item.span(), message, None);
    }

    fn unknown(&mut self, key: &Key<'_>, known: &[&str], what: &str) {
        let message = format!("unknown {what} `{}`", key.name);
        let help = nearest(key.name, known)
            .or_else(|| (what == "key").then(|| format!("known here: {}", known.join(", "))));
        self.error(key.span, message, help);
    }

    fn error(&mut self, span: Span, message: String, help: Option<String>) {
        let before = self.text.get(..span.start as usize).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        self.errors.push(ConfigError {
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message,
            help,
        });
    }
}

/// `did you mean …?`, where something is near enough.
pub fn nearest(word: &str, known: &[&str]) -> Option<String> {
    nearest_name(word, known).map(|each| format!("did you mean `{each}`?"))
}

/// The known name that is nearest to the word, where one is near enough.
pub fn nearest_name<'k>(word: &str, known: &[&'k str]) -> Option<&'k str> {
    known
        .iter()
        .map(|each| (strsim::damerau_levenshtein(word, each), *each))
        .filter(|(distance, each)| *distance <= 1 + each.len() / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, each)| each)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::releases::tag::Line;

    #[track_caller]
    fn check_errors(text: &str, expected: &[&str]) {
        let errors = read(text).expect_err("the configuration has mistakes");
        let lines: Vec<String> = errors.iter().map(ToString::to_string).collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn the_policy_of_the_proposal() {
        let config = read(
            r#"
[components.runtime]
tags = "{version}"
protocol = "agent"
protobuf = [{ until = "3.2", is = "gogo" }, { is = "go" }]
[components.agent]
protobuf = "rust-protobuf-3"
[[links]]
client = "runtime"
server = "agent"
client-ahead = "any"
client-behind = 1
oldest = "1.2"
[rules]
preset = "wire"
enum-added = "off"
[renames]
"grpc.Interface" = "types.Interface"
"#,
        )
        .expect("valid");
        let runtime = &config.components["runtime"];
        assert_eq!(
            runtime.runtime(Version {
                major: 3,
                minor: 1,
                patch: 9
            }),
            Some(Runtime::Gogo)
        );
        assert_eq!(
            runtime.runtime(Version {
                major: 3,
                minor: 2,
                patch: 0
            }),
            Some(Runtime::Go)
        );
        let link = &config.links[0];
        assert_eq!(link.client_ahead, Bound::Any);
        assert_eq!(link.client_behind, Bound::Lines(1));
        assert_eq!(link.oldest, Some(Line { major: 1, minor: 2 }));
        assert_eq!(config.levels["enum-added"], Level::Off);
        assert_eq!(config.preset, Preset::Wire);
        assert_eq!(config.renames["grpc.Interface"], "types.Interface");
    }

    #[test]
    fn mistakes_are_named_with_their_line_and_the_nearest_name() {
        check_errors(
            "[rules]\nenum-aded = \"deny\"\nfield-renamed = \"loud\"\n[proot]\n",
            &[
                "protoskew.toml:2:1: unknown rule `enum-aded`\n  help: did you mean `enum-added`?",
                "protoskew.toml:3:17: `loud` is not a level\n  help: write \"deny\", \"warn\", \"note\" or \"off\"",
                "protoskew.toml:4:2: unknown key `proot`\n  help: did you mean `proto`?",
            ],
        );
        check_errors(
            "[components.agent]\n[[links]]\nclient = \"runtme\"\nserver = \"agent\"\nclient-ahead = -1\n",
            &[
                "protoskew.toml:3:10: no component is called `runtme`\n  help: add a [components.runtme] section",
                "protoskew.toml:5:16: expected \"any\" or a number of release lines, found integer",
            ],
        );
        check_errors(
            "[components.a]\n[[links]]\nclient = \"a\"\nserver = \"a\"\nbundled = true\nclient-behind = 2\n",
            &[
                "protoskew.toml:2:1: a bundled link has no window: only equal releases meet\n  help: remove `client-ahead` and `client-behind`, or `bundled`",
            ],
        );
    }

    #[test]
    fn broken_toml_is_one_message_with_its_place() {
        let errors = read("[proto\nroots = 1").expect_err("broken");
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].line, 1);
    }
}
