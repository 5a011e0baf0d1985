//! What is wrong with the lives of features, as the releases and the policy have it.

use std::sync::Arc;

use protoskew_compare::{ChangeKind, Comparison, Indexed, Place};
use protoskew_schema::Name;

use super::seen::{Passage, Seen};
use super::{Lived, LivedKind, Renames, deprecated, element, words};
use crate::config::Feature;
use crate::finding::{Origin, Site};
use crate::policy::schedule::{Earliest, Moment, Way};
use crate::releases::tag::Version;

/// What is judged.
#[derive(Clone, Copy, Debug)]
pub struct Judged<'a> {
    /// Its schema.
    pub indexed: &'a Indexed,
    /// Where that came from.
    pub origin: &'a Arc<Origin>,
    /// What was renamed in it.
    pub renames: &'a Renames,
    /// What changed since the baseline, where something came before.
    pub since: Option<&'a Comparison>,
    /// Whether every new element that a client may send must belong to a feature.
    pub require_features: bool,
}

/// Everything that is wrong with, or to be known of, the lives of features: feature by feature, then what belongs to none.
pub fn judge(seen: &[Seen], features: &[Feature], judged: Judged<'_>) -> Vec<Lived> {
    let mut found = Vec::new();
    for feature in features {
        let life = Life {
            feature,
            seen,
            judged,
        };
        found.extend(life.judge());
    }
    if judged.require_features {
        found.extend(undeclared(seen, features, judged));
    }
    found.extend(deprecated::judge(seen, features, judged));
    found
}

impl Judged<'_> {
    /// Whether some release on the link has the element and what is judged has not, under this name or another.
    fn lacks(&self, seen: &Seen, name: &str) -> bool {
        seen.newest_with(name).is_some_and(|(known, element)| {
            let same = self.renames.same(&element, &known.indexed, self.indexed);
            same.is_none()
        })
    }
}

struct Life<'a> {
    feature: &'a Feature,
    seen: &'a [Seen],
    judged: Judged<'a>,
}

impl Life<'_> {
    fn judge(&self) -> Vec<Lived> {
        let mut found: Vec<Lived> = Vec::new();
        let mut add = |kind: LivedKind, released: bool| {
            let about = kind.about(&self.feature.name);
            let rule = std::mem::discriminant(&kind);
            let said = found.iter().any(|lived| {
                std::mem::discriminant(&lived.kind) == rule
                    && lived.kind.about(&self.feature.name) == about
            });
            // several links may tell the same of one component
            if !said {
                found.push(self.lived(kind, released));
            }
        };
        let elements = || self.feature.elements.iter().map(|element| &element.name);
        for seen in self.seen {
            for passage in seen.passages(elements()) {
                for (kind, released) in self.sent(&passage) {
                    add(kind, released);
                }
                for kind in self.old_gone(&passage) {
                    add(kind, false);
                }
            }
        }
        if let Some(kind) = self.gone_while_default() {
            add(kind, false);
        }
        found
    }

    fn lived(&self, kind: LivedKind, released: bool) -> Lived {
        let element = match (&kind, &self.feature.replaces) {
            (LivedKind::OldGoneEarly { .. }, Some(old)) => &old.name,
            _ => &self.feature.elements[0].name,
        };
        let (new, old) = sites(self.seen, self.judged, element);
        Lived {
            kind,
            feature: self.feature.name.clone(),
            element: element.clone(),
            new,
            old,
            released,
        }
    }

    /// What is wrong with when it is sent, with whether that is done and out.
    fn sent(&self, passage: &Passage<'_>) -> Vec<(LivedKind, bool)> {
        let mut found = Vec::new();
        let (by, releases) = passage.writer();
        let traffic = passage.traffic();
        let [enabled, default] = [&self.feature.enabled, &self.feature.default]
            .map(|since| since.as_ref().and_then(|since| since.of(by)));
        let out = |version: Version| match passage.since(version) {
            Moment::Release(at) => !releases[at].current,
            Moment::LinesAfter(_) => false,
        };
        if let (Some(enabled), Some(default)) = (enabled, default)
            && default < enabled
        {
            let what = format!(
                "the default for {by} from {} on, and enabled only from {} on",
                words::version(default),
                words::version(enabled)
            );
            let help = "a feature is enabled before it becomes the default, or at once with it";
            found.push((contradicted("default", what, help), out(default)));
            return found;
        }
        let introduced = traffic.writers().releases().find(|release| release.has);
        for (key, since) in [("enabled", enabled), ("default", default)] {
            let Some(since) = since else {
                continue;
            };
            let too_soon = introduced.is_none_or(|first| since.line() < first.number.own.line());
            if too_soon {
                let first = introduced.map_or_else(
                    || format!("no release of {by} has all of it"),
                    |first| {
                        format!(
                            "the first release of {by} that has all of it is {}",
                            first.name
                        )
                    },
                );
                let what = format!(
                    "{key} for {by} from {} on, and {first}",
                    words::version(since)
                );
                let help = "say from which release on it is really sent; `protoskew plan` tells the earliest";
                found.push((contradicted(key, what, help), out(since)));
                return found;
            }
        }
        let enable = traffic.enable();
        if let Some(since) = enabled.or(default)
            && early(passage, since, enable)
        {
            let first = introduced.filter(|first| first.number.own.line() == since.line());
            let kind = LivedKind::EnabledEarly {
                by: by.clone(),
                since: words::version(since),
                introduced: first.map(|first| first.name.clone()),
                earliest: words::earliest(traffic.writers(), enable),
                why: words::hazard(passage, enable.because),
            };
            found.push((kind, out(since)));
        }
        // who adapts to each peer asks it first
        if let Some(since) = default
            && self.feature.on_unsupported.is_none()
        {
            let bound = traffic.default();
            if early(passage, since, bound) && !(early(passage, since, enable) && enable == bound) {
                let oldest = match bound.at {
                    Some(_) => None,
                    None => traffic.with_oldest(|traffic| traffic.default()),
                };
                let kind = LivedKind::DefaultEarly {
                    by: by.clone(),
                    since: words::version(since),
                    earliest: words::earliest(traffic.writers(), bound),
                    why: words::hazard(passage, bound.because),
                    oldest: oldest.map(|(line, then)| {
                        let then = words::earliest(traffic.writers(), then);
                        (line.to_string(), then.unwrap_or_default())
                    }),
                };
                found.push((kind, out(since)));
            }
        }
        found
    }

    /// Where the old form is gone: who still needs it.
    fn old_gone(&self, passage: &Passage<'_>) -> Vec<LivedKind> {
        let Some(old) = &self.feature.replaces else {
            return Vec::new();
        };
        if !self.judged.lacks(passage.seen, &old.name) {
            return Vec::new();
        }
        let traffic = passage.traffic();
        let from = written_from(self.feature, passage);
        let never = Earliest {
            at: None,
            because: traffic.enable().because,
        };
        let unwritten = from.map_or(never, |from| traffic.stop_writing(from));
        let unread = from.map_or(never, |from| traffic.stop_reading(from));
        let sides = [
            (passage.writer(), traffic.writers(), "write", unwritten),
            (passage.reader(), traffic.readers(), "read", unread),
        ];
        let mut found = Vec::new();
        for ((by, releases), timeline, verb, earliest) in sides {
            let Some(now) = words::current(releases) else {
                continue;
            };
            if earliest.at.is_some_and(|at| at <= Moment::Release(now)) {
                continue;
            }
            let oldest = from.filter(|_| earliest.at.is_none()).and_then(|from| {
                traffic.with_oldest(|traffic| match verb {
                    "write" => traffic.stop_writing(from),
                    _ => traffic.stop_reading(from),
                })
            });
            found.push(LivedKind::OldGoneEarly {
                by: by.clone(),
                verb,
                earliest: words::earliest(timeline, earliest),
                why: words::hazard(passage, earliest.because),
                oldest: oldest.map(|(line, then)| {
                    let then = words::earliest(timeline, then);
                    (line.to_string(), then.unwrap_or_default())
                }),
            });
        }
        found
    }

    fn gone_while_default(&self) -> Option<LivedKind> {
        self.feature.default.as_ref()?;
        let gone = self.feature.elements.iter().find(|element| {
            let mut seen = self.seen.iter();
            seen.any(|seen| self.judged.lacks(seen, &element.name))
        })?;
        Some(contradicted(
            "default",
            format!("the default, and `{}` is gone", gone.name),
            "take the feature back first, and remove it when nobody who sends it can be met; then remove its declaration",
        ))
    }
}

/// From when on the new form of a fact is written: as declared, else from when on it may be.
pub(super) fn written_from(feature: &Feature, passage: &Passage<'_>) -> Option<Moment> {
    let declared = feature.enabled.as_ref().or(feature.default.as_ref());
    match declared.and_then(|since| since.of(passage.writer().0)) {
        Some(version) => Some(passage.since(version)),
        None => passage.traffic().enable().at,
    }
}

/// Whether a declared release is before the earliest; one of another major number in the future may be any number of lines away.
fn early(passage: &Passage<'_>, since: Version, earliest: Earliest) -> bool {
    let Some(at) = earliest.at else {
        return true;
    };
    let traffic = passage.traffic();
    let newest = traffic.writers().releases().next_back();
    let beyond = newest.is_some_and(|newest| since.major > newest.number.own.major);
    !beyond && passage.since(since) < at
}

fn contradicted(key: &'static str, what: String, help: &str) -> LivedKind {
    LivedKind::Contradicted {
        key,
        what,
        help: help.to_owned(),
    }
}

/// Where an element stands in what is judged or, where it is gone, stood last.
pub(super) fn sites(
    seen: &[Seen],
    judged: Judged<'_>,
    element: &str,
) -> (Option<Site>, Option<Site>) {
    if let Some(found) = judged.renames.find(judged.indexed, element) {
        return (Some(site(judged.indexed, judged.origin, found.place)), None);
    }
    let last = seen.iter().find_map(|seen| seen.newest_with(element));
    let old = last.map(|(known, found)| site(&known.indexed, &known.origin, found.place));
    (None, old)
}

fn site(indexed: &Indexed, origin: &Arc<Origin>, place: Place) -> Site {
    let file = &indexed.schema().files[place.file as usize];
    Site {
        origin: Arc::clone(origin),
        path: file.path.clone(),
        text: Arc::clone(&file.text),
        places: file.places,
        span: place.span,
        label: String::new(),
    }
}

/// New elements that a client may send, and that are of no feature.
fn undeclared(seen: &[Seen], features: &[Feature], judged: Judged<'_>) -> Vec<Lived> {
    let changes = judged.since.map(|since| since.changes.as_slice());
    let new = changes.unwrap_or_default().iter().filter(|change| {
        matches!(
            change.kind,
            ChangeKind::FieldAdded { .. }
                | ChangeKind::EnumValueAdded { .. }
                | ChangeKind::ExtensionAdded { .. }
                | ChangeKind::MethodAdded
        )
    });
    let mut found: Vec<Lived> = Vec::new();
    for change in new {
        let declared = |name: &Name| {
            features.iter().any(|feature| {
                let elements = feature.elements.iter();
                elements
                    .map(|element| &element.name)
                    .any(|each| each == name)
            })
        };
        let owner: Name = change
            .element
            .rsplit_once('.')
            .map_or("", |(owner, _)| owner)
            .into();
        let oneof = element::oneof_of(judged.indexed, &change.element);
        if declared(&change.element) || declared(&owner) || oneof.is_some_and(|it| declared(&it)) {
            continue;
        }
        let sends = seen.iter().any(|seen| {
            let element = judged.renames.find(judged.indexed, &change.element);
            element.is_some_and(|element| {
                let ways = seen.ways(judged.indexed, &element);
                ways.iter().any(|way| *way != Way::Response)
            })
        });
        if sends {
            let (new, old) = sites(seen, judged, &change.element);
            found.push(Lived {
                kind: LivedKind::Undeclared,
                feature: Name::default(),
                element: change.element.clone(),
                new,
                old,
                released: false,
            });
        }
    }
    found
}
