//! `[components.NAME]`: what is read of a program that speaks the protocol.

use protoskew_compare::Runtime;
use protoskew_schema::Name;
use toml_spanner::Item;

use super::read::{Reader, nearest};
use super::{BuiltWith, Component, LockFile, Numbering, Pin};
use crate::releases::tag::Line;

impl Reader<'_> {
    pub(super) fn component(&mut self, item: &Item<'_>) -> Component {
        let mut component = Component::default();
        self.each(
            item,
            &["tags", "repository", "protocol", "pin", "protobuf", "lines"],
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
                "repository" => component.repository = reader.string(item),
                "protocol" => component.protocol = reader.string(item).map(Name::from),
                "pin" => component.pin = reader.pin(item),
                "lines" => component.lines = reader.numbering(item),
                _ => component.protobuf = reader.protobuf(item),
            },
        );
        component
    }

    fn pin(&mut self, item: &Item<'_>) -> Option<Pin> {
        let path = self.string(item)?;
        let path = path.trim_start_matches("./").to_owned();
        let name = path.rsplit('/').next().unwrap_or(&path);
        if name.ends_with(".pb.go") {
            self.glob(&path, item);
            return Some(Pin::GeneratedGo(path));
        }
        let format = LockFile::ALL
            .into_iter()
            .find(|format| format.file_name() == name);
        if format.is_none() {
            let names = LockFile::ALL.map(LockFile::file_name);
            self.error(
                item.span(),
                format!("`{name}` is no lock file that protoskew reads"),
                nearest(name, &names).or_else(|| {
                    Some(format!(
                        "it reads {}, and the descriptors in *.pb.go",
                        names.join(", ")
                    ))
                }),
            );
        }
        format.map(|format| Pin::LockFile { path, format })
    }

    fn numbering(&mut self, item: &Item<'_>) -> Option<Numbering> {
        if item.as_str() == Some("date") {
            return Some(Numbering::Date);
        }
        let Some(table) = item.as_table() else {
            self.error(
                item.span(),
                "expected \"date\", or a table from its own lines to those of its peers".to_owned(),
                Some("write for example { \"2.0\" = \"1.4\", \"2.1\" = \"1.5\" }".to_owned()),
            );
            return None;
        };
        let mut lines: Vec<(Line, Line)> = Vec::new();
        for (own, counted) in table.entries() {
            let own = self.version_of(own.name, own.span);
            let counted = self.version(counted);
            lines.extend(own.zip(counted).map(|(own, to)| (own.line(), to.line())));
        }
        lines.sort_unstable();
        if let Some(pair) = lines.windows(2).find(|pair| pair[0].1 > pair[1].1) {
            let [(a, b), (c, d)] = [pair[0], pair[1]];
            let message = format!("{a} counts as {b}, and the newer {c} as the older {d}");
            self.error(item.span(), message, None);
        }
        if lines.is_empty() {
            self.error(item.span(), "the table is empty".to_owned(), None);
        }
        Some(Numbering::Table(lines))
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
            let before = all.last().and_then(|last: &BuiltWith| last.until);
            if let (Some(before), Some(until)) = (before, until)
                && until <= before
            {
                self.error(
                    entry.span(),
                    format!("`until` must rise: {before} is given before {until}"),
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
}
