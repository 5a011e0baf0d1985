//! Reads `protoskew.toml`: every mistake is named with its line and the nearest thing that would be right.

use std::fmt;

use globset::Glob;
use protoskew_schema::{LineIndex, Name};
use toml_spanner::{Arena, Item, Key, Span, Table};

use super::{Bound, Config, Spent};
use crate::releases::tag::Version;

/// What is wrong with a configuration, with where and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The file.
    pub file: String,
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
            self.file, self.line, self.column, self.message
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
    let mut reader = Reader::new(super::FILE_NAME, text);
    let config = match toml_spanner::parse(text, &arena) {
        Ok(document) => reader.config(document.table()),
        Err(error) => {
            reader.error(error.span(), error.message(text), None);
            Config::default()
        }
    };
    reader.finish(config)
}

/// Reads the bytes of the file, which may be anything.
pub fn read_bytes(bytes: &[u8]) -> Result<Config, Vec<ConfigError>> {
    read(ConfigError::text(super::FILE_NAME, bytes)?)
}

impl ConfigError {
    /// The text of a file of ours, which may be any bytes.
    pub(crate) fn text<'t>(file: &str, bytes: &'t [u8]) -> Result<&'t str, Vec<ConfigError>> {
        match std::str::from_utf8(bytes) {
            // editors on Windows begin the file with a byte order mark
            Ok(text) => Ok(text.strip_prefix('\u{feff}').unwrap_or(text)),
            Err(error) => {
                let before = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
                let last = before.rsplit('\n').next().unwrap_or_default();
                Err(vec![ConfigError {
                    file: file.to_owned(),
                    line: before.matches('\n').count() + 1,
                    column: last.chars().count() + 1,
                    message: "what stands here is not UTF-8".to_owned(),
                    help: Some("save the file as UTF-8, as TOML asks for".to_owned()),
                }])
            }
        }
    }
}

/// Reads a file of ours, and collects what is wrong with it.
pub(crate) struct Reader<'a> {
    file: &'static str,
    text: &'a str,
    lines: LineIndex,
    errors: Vec<ConfigError>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(file: &'static str, text: &'a str) -> Self {
        Self {
            file,
            text,
            lines: LineIndex::new(text.as_bytes()),
            errors: Vec::new(),
        }
    }

    /// How many mistakes there are so far.
    pub(crate) fn errors(&self) -> usize {
        self.errors.len()
    }

    /// What was read, or everything that is wrong, in the order of the file.
    pub(crate) fn finish<T>(mut self, read: T) -> Result<T, Vec<ConfigError>> {
        if self.errors.is_empty() {
            return Ok(read);
        }
        self.errors.sort_by_key(|error| (error.line, error.column));
        Err(self.errors)
    }
}

impl Reader<'_> {
    fn config(&mut self, table: &Table<'_>) -> Config {
        let mut config = Config::default();
        const KEYS: &[&str] = &[
            "proto",
            "components",
            "links",
            "stores",
            "features",
            "history",
            "rules",
            "contract",
            "renames",
            "review",
        ];
        for (key, item) in table.entries() {
            match key.name {
                "proto" => self.each(
                    item,
                    &["roots", "include", "vendored", "image"],
                    |reader, key, item| match key {
                        "roots" => config.proto.roots = reader.strings(item),
                        "include" => config.proto.include = reader.globs(item),
                        "image" => config.proto.image = reader.path_within(item),
                        _ => config.proto.vendored = reader.globs(item),
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
                "stores" => {
                    let Some(stores) = item.as_array() else {
                        self.expected(item, "an array of tables, each headed `[[stores]]`");
                        continue;
                    };
                    for store in stores.iter() {
                        config.stores.extend(self.store(store));
                    }
                }
                "features" => {
                    let Some(features) = item.as_array() else {
                        self.expected(item, "an array of tables, each headed `[[features]]`");
                        continue;
                    };
                    for feature in features.iter() {
                        config.features.extend(self.feature(feature));
                    }
                }
                "history" => self.each(
                    item,
                    &["baseline", "default-branch", "branches", "spent"],
                    |reader, key, item| match key {
                        "spent" => {
                            if let Some(text) = reader.string(item) {
                                match text.as_str() {
                                    "ever" => config.spent = Spent::Ever,
                                    "released" => config.spent = Spent::Released,
                                    _ => reader.expected(item, "`ever` or `released`"),
                                }
                            }
                        }
                        "baseline" => config.baseline = reader.string(item),
                        "branches" => config.branches = reader.globs(item),
                        _ => config.default_branch = reader.string(item),
                    },
                ),
                "rules" => self.rules(item, &mut config),
                "contract" => self.each(item, &["options"], |reader, _, item| {
                    config.contract = reader.options(item);
                }),
                "renames" => {
                    let Some(renames) = self.table(item) else {
                        continue;
                    };
                    for (old, new) in renames.entries() {
                        self.rename(old, new, &mut config);
                    }
                }
                "review" => config.review = self.review(item),
                _ => self.unknown(key, KEYS, "key"),
            }
        }
        self.names_mean_something(table, &config);
        self.features_make_sense(table, &config);
        self.links_exist(table, &config);
        config
    }

    /// Full names of options. Parentheses and a dot before them say no more.
    fn options(&mut self, item: &Item<'_>) -> Vec<Name> {
        let names = self.strings(item);
        let items = item.as_array().map_or(&[][..], |array| array.as_slice());
        let mut options = Vec::new();
        for (written, item) in names.iter().zip(items) {
            let inner = written
                .strip_prefix('(')
                .and_then(|name| name.strip_suffix(')'));
            let name = inner.unwrap_or(written).trim_start_matches('.');
            let is_name = |part: &str| {
                let letter = |c: char| c.is_ascii_alphanumeric() || c == '_';
                !part.is_empty() && part.chars().all(letter)
            };
            if !name.split('.').all(is_name) {
                self.error(
                    item.span(),
                    format!("`{written}` is not the name of an option"),
                    Some("write it in full, without a value: \"google.api.http\"".to_owned()),
                );
                continue;
            }
            options.push(Name::from(name));
        }
        options.sort_unstable();
        options.dedup();
        options
    }

    fn rename(&mut self, old: &Key<'_>, item: &Item<'_>, config: &mut Config) {
        let Some(new) = self.string(item).map(Name::from) else {
            return;
        };
        let other = config.renames.iter().find(|(_, to)| **to == new);
        if let Some((other, _)) = other {
            let message = format!("`{new}` cannot have been both `{other}` and `{}`", old.name);
            self.error(item.span(), message, None);
        } else if new == old.name {
            let message = format!("`{new}` is renamed to itself");
            self.error(item.span(), message, None);
        }
        config.renames.insert(Name::from(old.name), new);
    }

    pub(super) fn globs(&mut self, item: &Item<'_>) -> Vec<String> {
        let globs = self.strings(item);
        let items = item.as_array().map_or(&[][..], |array| array.as_slice());
        for (glob, item) in globs.iter().zip(items) {
            self.glob(glob, item);
        }
        globs
    }

    pub(super) fn glob(&mut self, glob: &str, item: &Item<'_>) {
        if let Err(error) = Glob::new(glob) {
            self.error(
                item.span(),
                format!("`{glob}` is no glob: {}", error.kind()),
                Some(
                    "`protos/**/*.proto` matches at any depth, `*.proto` in one folder".to_owned(),
                ),
            );
        }
    }

    pub(super) fn bound(&mut self, item: &Item<'_>) -> Bound {
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
    pub(super) fn version(&mut self, item: &Item<'_>) -> Option<Version> {
        let text = self.string(item)?;
        self.version_of(&text, item.span())
    }

    /// The same, of a text that stands there.
    pub(super) fn version_of(&mut self, text: &str, span: Span) -> Option<Version> {
        let parsed = Version::typed(text);
        if parsed.is_none() {
            self.error(
                span,
                format!("`{text}` is not a release line"),
                Some("write it as \"1.2\"".to_owned()),
            );
        }
        parsed
    }

    /// Hands every entry of a table with a known key to `take`, and names the unknown ones.
    pub(crate) fn each(
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

    pub(super) fn table<'t, 'de>(&mut self, item: &'t Item<'de>) -> Option<&'t Table<'de>> {
        let table = item.as_table();
        if table.is_none() {
            self.expected(item, "a table");
        }
        table
    }

    pub(super) fn flag(&mut self, item: &Item<'_>) -> bool {
        let flag = item.as_bool();
        if flag.is_none() {
            self.expected(item, "true or false");
        }
        flag.unwrap_or_default()
    }

    pub(crate) fn string(&mut self, item: &Item<'_>) -> Option<String> {
        let text = item.as_str().map(str::to_owned);
        if text.is_none() {
            self.expected(item, "a string");
        }
        text
    }

    /// A path from the root of the repository, that stays in it.
    pub(super) fn path_within(&mut self, item: &Item<'_>) -> Option<String> {
        let path = self.string(item)?;
        let leaves = path.split('/').any(|part| matches!(part, "" | "." | ".."));
        if leaves {
            let message = format!("`{path}` is not a path from the root of the repository");
            let help = "write it with `/` alone and without `.` and `..`: \"api/image.binpb\"";
            self.error(item.span(), message, Some(help.to_owned()));
            return None;
        }
        Some(path)
    }

    pub(crate) fn strings(&mut self, item: &Item<'_>) -> Vec<String> {
        let Some(array) = item.as_array() else {
            self.expected(item, "an array of strings");
            return Vec::new();
        };
        array.iter().filter_map(|item| self.string(item)).collect()
    }

    pub(crate) fn expected(&mut self, item: &Item<'_>, what: &str) {
        let message = format!("expected {what}, found {}", item.type_str());
        self.error(item.span(), message, None);
    }

    pub(crate) fn unknown(&mut self, key: &Key<'_>, known: &[&str], what: &str) {
        let message = format!("unknown {what} `{}`", key.name);
        let help = nearest(key.name, known)
            .or_else(|| (what == "key").then(|| format!("known here: {}", known.join(", "))));
        self.error(key.span, message, help);
    }

    pub(crate) fn error(&mut self, span: Span, message: String, help: Option<String>) {
        let (line, column) = self.place(span);
        self.errors.push(ConfigError {
            file: self.file.to_owned(),
            line,
            column,
            message,
            help,
        });
    }

    /// Line and column, in characters, both from 1.
    pub(crate) fn place(&self, span: Span) -> (usize, usize) {
        let at = self.lines.position(self.text.as_bytes(), span.start);
        (at.line as usize, at.column as usize)
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
        .filter(|(distance, each)| *distance <= 1 + each.len() / 4 && distance * 2 <= each.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, each)| each)
}
