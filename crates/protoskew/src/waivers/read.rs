//! Reads `protoskew.waivers.toml`: every mistake is named with its line and the nearest thing that would be right.

use protoskew_schema::Name;
use toml_spanner::{Arena, Item};

use super::{FILE_NAME, Meetings, Until, Waiver, glob};
use crate::config::{ConfigError, Reader, nearest};
use crate::policy::LinkPolicy;
use crate::releases::tag::Version;
use crate::rules;

const KEYS: &[&str] = &[
    "rule", "element", "about", "meetings", "reason", "approver", "until",
];

/// Reads the file's waivers, or names everything that is wrong with them, in the order of the file.
pub fn read(bytes: &[u8], links: &[LinkPolicy]) -> Result<Vec<Waiver>, Vec<ConfigError>> {
    let text = ConfigError::text(FILE_NAME, bytes)?;
    let arena = Arena::new();
    let mut reader = Reader::new(FILE_NAME, text);
    let mut waivers = Vec::new();
    match toml_spanner::parse(text, &arena) {
        Ok(document) => {
            for (key, item) in document.table().entries() {
                match (key.name, item.as_array()) {
                    ("waivers", Some(entries)) => {
                        for entry in entries.iter() {
                            waivers.extend(reader.waiver(entry, links));
                        }
                    }
                    ("waivers", None) => {
                        reader.expected(item, "an array of tables, each headed `[[waivers]]`");
                    }
                    _ => reader.unknown(key, &["waivers"], "key"),
                }
            }
        }
        Err(error) => reader.error(error.span(), error.message(text), None),
    }
    reader.finish(waivers)
}

impl Reader<'_> {
    fn waiver(&mut self, item: &Item<'_>, links: &[LinkPolicy]) -> Option<Waiver> {
        let (line, _) = self.place(item.span());
        let before = self.errors();
        let mut rule = None;
        let mut waiver = Waiver {
            rule: "",
            element: Name::default(),
            about: None,
            meetings: Vec::new(),
            reason: String::new(),
            approver: None,
            until: None,
            file: Name::new_static(FILE_NAME),
            line,
        };
        let mut given = Vec::new();
        self.each(item, KEYS, |reader, key, item| {
            given.extend(KEYS.iter().find(|each| **each == key));
            match key {
                "rule" => rule = reader.waived_rule(item),
                "element" => {
                    waiver.element = reader.said(item).into();
                    if waiver.is_glob()
                        && let Err(error) = glob(&waiver.element)
                    {
                        let message = format!("`{}` is no glob: {}", waiver.element, error.kind());
                        let help =
                            "`pkg.Message.*` matches its fields, `pkg.**` all of the package";
                        reader.error(item.span(), message, Some(help.to_owned()));
                    }
                }
                "about" => waiver.about = reader.string(item),
                "meetings" => waiver.meetings = reader.meetings(item, links),
                "reason" => waiver.reason = reader.said(item),
                "approver" => waiver.approver = Some(reader.said(item)),
                _ => {
                    let text = reader.said(item);
                    match until(&text) {
                        Some(end) => waiver.until = Some(end),
                        None if text.is_empty() => {}
                        None => {
                            let help =
                                "write a day, \"2027-01-31\", or the release that ends it, \"1.8\"";
                            let message = format!("`{text}` is neither a day nor a release");
                            reader.error(item.span(), message, Some(help.to_owned()));
                        }
                    }
                }
            }
        });
        for (key, help) in [
            ("rule", "name the rule, as the finding's id does"),
            (
                "element",
                "give the element's full name, as the finding's id does",
            ),
            (
                "reason",
                "say why: who meets this waiver later has nothing else to judge it by",
            ),
            ("approver", "say who approved it"),
            (
                "until",
                "a waiver ends: write a day, \"2027-01-31\", or a release, \"1.8\"",
            ),
        ] {
            if !given.contains(&key) && item.as_table().is_some() {
                let message = format!("a waiver needs `{key}`");
                self.error(item.span(), message, Some(help.to_owned()));
            }
        }
        waiver.rule = rule.filter(|_| self.errors() == before)?;
        Some(waiver)
    }

    /// A text that says something.
    fn said(&mut self, item: &Item<'_>) -> String {
        let text = self.string(item).unwrap_or_default();
        if item.as_str().is_some_and(|text| text.trim().is_empty()) {
            self.error(item.span(), "this is empty".to_owned(), None);
        }
        text
    }

    fn waived_rule(&mut self, item: &Item<'_>) -> Option<&'static str> {
        let id = self.said(item);
        let rule = rules::find(&id);
        if rule.is_none() && !id.trim().is_empty() {
            self.error(
                item.span(),
                format!("there is no rule `{id}`"),
                nearest_rule(&id),
            );
        }
        rule.map(|rule| rule.id)
    }

    fn meetings(&mut self, item: &Item<'_>, links: &[LinkPolicy]) -> Vec<Meetings> {
        let named = self.strings(item);
        let items = item.as_array().map_or(&[][..], |array| array.as_slice());
        if items.is_empty() && item.as_array().is_some() {
            let help = "name a link or a release, or leave the key out: all meetings";
            self.error(
                item.span(),
                "there are no meetings here".to_owned(),
                Some(help.to_owned()),
            );
        }
        let names: Vec<String> = links.iter().map(LinkPolicy::name).collect();
        let components = links
            .iter()
            .flat_map(|link| [link.client.as_str(), link.server.as_str()]);
        let mut known: Vec<&str> = names.iter().map(String::as_str).chain(components).collect();
        known.sort_unstable();
        known.dedup();
        let mut meetings = Vec::new();
        for (text, item) in named.into_iter().zip(items) {
            let (name, release) = match text.split_once('@') {
                Some((component, release)) => (component, Some(release)),
                None => (text.as_str(), None),
            };
            let is_link = names.iter().any(|each| each == name);
            if !known.contains(&name) || release.is_none() && !is_link {
                let help = nearest(&text, &known).unwrap_or_else(|| {
                    format!(
                        "write a link or COMPONENT@RELEASE; known here: {}",
                        known.join(", ")
                    )
                });
                let message = format!("`{text}` names no meetings");
                self.error(item.span(), message, Some(help));
                continue;
            }
            meetings.push(match release {
                None => Meetings::Link(name.into()),
                Some(release) => Meetings::Releases {
                    component: name.into(),
                    release: release.to_owned(),
                },
            });
        }
        meetings
    }
}

/// `did you mean …?`, or where all rules are listed.
pub(super) fn nearest_rule(id: &str) -> Option<String> {
    let ids: Vec<&str> = rules::ALL.iter().map(|rule| rule.id).collect();
    nearest(id, &ids).or_else(|| Some("protoskew rules lists them all".to_owned()))
}

/// The end of a waiver, as it is written: a day (`2027-01-31`) or a release (`1.8`, `1.8.2`).
pub fn until(text: &str) -> Option<Until> {
    let date = text
        .parse()
        .ok()
        .filter(|_| text.len() == "2027-01-31".len());
    date.map(Until::Date)
        .or_else(|| Version::typed(text).map(Until::Release))
}
