//! Lock files: which version or revision of another repository a text names.

use toml_spanner::{Arena, Item, Table};

/// One entry of a lock file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// What it is called: `github.com/o/r`, `github.com/o/r/api/v2`, the name of a crate.
    pub(crate) name: String,
    /// Where it comes from, where that is not its name: a URL, a folder.
    pub(crate) source: Option<String>,
    /// The commit, in full or abbreviated.
    pub(crate) revision: Option<String>,
    /// The version, as a tag would write it.
    pub(crate) version: Option<String>,
}

/// The entries of a `Gopkg.lock`; `None` where it is no TOML.
pub(crate) fn gopkg(text: &str) -> Option<Vec<Entry>> {
    let arena = Arena::new();
    let document = toml_spanner::parse(text, &arena).ok()?;
    let entries = tables(document.table(), "projects").map(|project| Entry {
        name: string(project, "name").unwrap_or_default(),
        source: string(project, "source"),
        revision: string(project, "revision"),
        version: string(project, "version"),
    });
    Some(entries.collect())
}

/// The entries of a `Cargo.lock`; `None` where it is no TOML.
pub(crate) fn cargo(text: &str) -> Option<Vec<Entry>> {
    let arena = Arena::new();
    let document = toml_spanner::parse(text, &arena).ok()?;
    let entries = tables(document.table(), "package").map(|package| {
        let source = string(package, "source");
        // git+https://example.org/o/r?branch=main#0123…
        let git = source
            .as_deref()
            .and_then(|source| source.strip_prefix("git+"));
        let (url, revision) = match git.and_then(|git| git.split_once('#')) {
            Some((url, revision)) => (Some(url), Some(revision.to_owned())),
            None => (None, None),
        };
        let url = url.map(|url| url.split('?').next().unwrap_or(url).to_owned());
        Entry {
            name: string(package, "name").unwrap_or_default(),
            source: url.or(source),
            revision,
            version: string(package, "version"),
        }
    });
    Some(entries.collect())
}

/// The modules that a `go.mod` requires, with its replacements made.
pub(crate) fn go_mod(text: &str) -> Vec<Entry> {
    let mut block = "";
    let mut entries: Vec<Entry> = Vec::new();
    let mut replaced: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for line in text.lines() {
        let line = line.split("//").next().unwrap_or("").trim();
        let (verb, rest) = match line.split_once(char::is_whitespace) {
            _ if line == ")" => {
                block = "";
                continue;
            }
            Some((verb, "(")) => {
                block = if verb == "require" || verb == "replace" {
                    verb
                } else {
                    "other"
                };
                continue;
            }
            Some((verb, rest)) if block.is_empty() => (verb, rest),
            _ => (block, line),
        };
        let words = |text: &str| -> Vec<String> {
            text.split_whitespace()
                .map(|word| word.trim_matches('"').to_owned())
                .collect()
        };
        match (verb, rest.split_once("=>")) {
            ("require", _) => {
                if let [name, version] = words(rest).as_slice() {
                    entries.push(module(name, version));
                }
            }
            ("replace", Some((old, new))) => replaced.push((words(old), words(new))),
            _ => {}
        }
    }
    for entry in &mut entries {
        let replacement = replaced.iter().find(|(old, _)| {
            let version = old.get(1).zip(entry.version.as_ref());
            old.first() == Some(&entry.name)
                && (old.len() == 1 || version.is_some_and(|(old, now)| old == now))
        });
        match replacement.map(|(_, new)| new.as_slice()) {
            Some([name, version]) => {
                *entry = Entry {
                    name: entry.name.clone(),
                    source: Some(name.clone()),
                    ..module(name, version)
                }
            }
            Some([folder]) => {
                *entry = Entry {
                    name: entry.name.clone(),
                    source: Some(folder.clone()),
                    ..Entry::default()
                }
            }
            _ => {}
        }
    }
    entries
}

fn module(name: &str, version: &str) -> Entry {
    let version = version.trim_end_matches("+incompatible");
    Entry {
        name: name.to_owned(),
        source: None,
        revision: pseudo(version).map(str::to_owned),
        version: Some(version.to_owned()),
    }
}

/// The commit in a version that stands for a commit: `v0.0.0-20210101000000-abcdef123456`.
fn pseudo(version: &str) -> Option<&str> {
    let (before, commit) = version.rsplit_once('-')?;
    let time = before.rsplit(['-', '.']).next()?;
    let digits = time.len() == 14 && time.bytes().all(|b| b.is_ascii_digit());
    let hex = commit.len() == 12 && commit.bytes().all(|b| b.is_ascii_hexdigit());
    (digits && hex).then_some(commit)
}

fn tables<'t>(document: &'t Table<'t>, key: &str) -> impl Iterator<Item = &'t Table<'t>> {
    let array = document.get(key).and_then(Item::as_array);
    array
        .into_iter()
        .flat_map(|array| array.iter())
        .filter_map(Item::as_table)
}

fn string(table: &Table<'_>, key: &str) -> Option<String> {
    table.get(key)?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(entries: Vec<Entry>, expected: &[&str]) {
        let lines: Vec<String> = entries
            .iter()
            .map(|entry| {
                let part = |sign: char, text: &Option<String>| {
                    text.as_ref()
                        .map_or(String::new(), |text| format!(" {sign}{text}"))
                };
                let Entry {
                    name,
                    source,
                    revision,
                    version,
                } = entry;
                format!(
                    "{name}{}{}{}",
                    part('<', source),
                    part('#', revision),
                    part('=', version)
                )
            })
            .collect();
        assert_eq!(lines, expected);
    }

    #[test]
    fn dep() {
        let text = "[[projects]]\n  name = \"github.com/o/agent\"\n  packages = [\"protocols/grpc\"]\n  revision = \"0123456789\"\n\n[[projects]]\n  name = \"github.com/o/other\"\n  revision = \"abc\"\n  version = \"v1.2.0\"\n[solve-meta]\n  inputs-digest = \"x\"\n";
        check(
            gopkg(text).expect("TOML"),
            &[
                "github.com/o/agent #0123456789",
                "github.com/o/other #abc =v1.2.0",
            ],
        );
        assert_eq!(gopkg("[[projects"), None);
        check(gopkg("projects = 1").expect("TOML"), &[]);
    }

    #[test]
    fn go_modules() {
        let text = "module example.org/m\ngo 1.21\nrequire github.com/o/a v1.2.3 // indirect\nrequire (\n\tgithub.com/o/b/v2 v2.0.0\n\tgithub.com/o/c v0.0.0-20210101000000-abcdef123456\n\tgithub.com/o/d v1.0.1-0.20210101000000-abcdef123457\n\tgithub.com/o/e v3.0.0+incompatible\n\tgithub.com/o/f v1.0.0\n)\nexclude (\n\tgithub.com/o/a v1.2.2\n)\nreplace github.com/o/e => ../e\nreplace (\n\tgithub.com/o/f v1.0.0 => github.com/fork/f v1.0.1\n\tgithub.com/o/a v9.0.0 => ../a\n)\n";
        check(
            go_mod(text),
            &[
                "github.com/o/a =v1.2.3",
                "github.com/o/b/v2 =v2.0.0",
                "github.com/o/c #abcdef123456 =v0.0.0-20210101000000-abcdef123456",
                "github.com/o/d #abcdef123457 =v1.0.1-0.20210101000000-abcdef123457",
                "github.com/o/e <../e",
                "github.com/o/f <github.com/fork/f =v1.0.1",
            ],
        );
        check(go_mod("\0\u{feff}require\nrequire (\n((("), &[]);
    }

    #[test]
    fn crates() {
        let text = "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.2.3\"\nsource = \"registry+https://example.org/index\"\n[[package]]\nname = \"b\"\nversion = \"0.1.0\"\nsource = \"git+https://example.org/o/agent?branch=main#0123abc\"\n[[package]]\nname = \"c\"\nversion = \"0.1.0\"\n";
        check(
            cargo(text).expect("TOML"),
            &[
                "a <registry+https://example.org/index =1.2.3",
                "b <https://example.org/o/agent #0123abc =0.1.0",
                "c =0.1.0",
            ],
        );
    }

    #[test]
    fn a_file_may_end_anywhere() {
        let texts = [
            "[[projects]]\n  name = \"a\"\n  revision = \"b\"\n",
            "[[package]]\nname = \"b\"\nsource = \"git+https://e.org/o?branch=m#0\"\n",
            "require (\n\tx v0.0.0-20210101000000-abcdef123456\n)\nreplace x => ../é\n",
        ];
        for text in texts {
            for (at, _) in text.char_indices() {
                // an answer of either kind, and never a panic
                let _ = (gopkg(&text[..at]), cargo(&text[at..]), go_mod(&text[at..]));
                let _ = go_mod(&text[..at]);
            }
        }
    }
}
