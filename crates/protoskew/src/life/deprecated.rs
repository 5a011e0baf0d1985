//! A deprecation is a promise: `deprecated = true` starts the window, at whose end the element may go.

use protoskew_schema::{Name, WithOptions};
use rustc_hash::FxHashSet;

use super::element;
use super::judge::{Judged, sites, written_from};
use super::seen::{Known, Seen};
use super::{Lived, LivedKind, words};
use crate::config::{Bound, Feature};
use crate::policy::schedule::Moment;

/// What was removed before its time, and what may go now. Without a configured link there is no window, and nothing to say.
pub(super) fn judge(seen: &[Seen], features: &[Feature], judged: Judged<'_>) -> Vec<Lived> {
    let seen: Vec<&Seen> = seen.iter().filter(|seen| seen.link.configured).collect();
    if seen.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for name in removed(&seen, judged) {
        let spans = seen.iter().filter_map(|seen| Span::of(seen, &name));
        let short = spans.filter(|span| span.since.is_none_or(|(_, lines)| lines < span.window));
        // of several links the one that asks for most
        if let Some(span) = short.max_by_key(|span| span.window) {
            let kind = LivedKind::Undeprecated {
                since: span.since.map(|(known, _)| known.name.clone()),
                window: span.window,
            };
            found.push((name, kind));
        }
    }
    let gone = found.len();
    let deprecated = |each: &WithOptions<'_>| each.options.tree().is_true("deprecated");
    for declaring in element::all(judged.indexed).filter(deprecated) {
        let name = declaring.name();
        let spans: Vec<Span<'_>> = seen
            .iter()
            .filter_map(|seen| Span::of(seen, &name))
            .collect();
        let past = |span: &Span<'_>| span.since.is_some_and(|(_, lines)| lines >= span.window);
        if let Some(since) = spans.first().and_then(|span| span.since)
            && spans.iter().all(past)
            && seen.iter().all(|seen| nobody_needs(seen, &name))
            && features
                .iter()
                .all(|feature| replaced(&seen, feature, &name))
        {
            let since = since.0.name.clone();
            found.push((name, LivedKind::PastWindow { since }));
        }
    }
    found[gone..].sort_by(|(a, _), (b, _)| a.cmp(b));
    let all: Vec<Seen> = Vec::new();
    found
        .into_iter()
        .map(|(element, kind)| {
            let (new, mut old) = sites(&all, judged, &element);
            if new.is_none() {
                old = seen
                    .iter()
                    .find_map(|seen| sites(std::slice::from_ref(*seen), judged, &element).1);
            }
            Lived {
                kind,
                feature: Name::default(),
                element,
                new,
                old,
                released: false,
            }
        })
        .collect()
}

/// How long an element has been deprecated on a link that carries it.
#[derive(Clone, Copy)]
struct Span<'a> {
    /// The first release that deprecated it, and how many lines what is judged is after that.
    since: Option<(&'a Known, usize)>,
    /// How many lines it must have been.
    window: usize,
}

impl<'a> Span<'a> {
    fn of(seen: &'a Seen, name: &str) -> Option<Self> {
        let (known, element) = seen.newest_with(name)?;
        if seen.ways(&known.indexed, &element).is_empty() {
            return None;
        }
        let current = seen.everybody().find(|known| known.current)?;
        let released = seen.everybody().filter(|known| !known.current);
        let deprecated = released.filter(|known| {
            seen.find(known, name)
                .is_some_and(|element| element.deprecated)
        });
        let first = deprecated.min_by_key(|known| known.number.counted);
        let windows = [seen.link.ahead, seen.link.behind].map(|bound| match bound {
            // what may be met for ever has no window to wait for
            Bound::Any => 0,
            Bound::Lines(lines) => lines as usize,
        });
        let lines = |known: &Known| {
            let (from, to) = (known.number.counted, current.number.counted);
            seen.lines.between(from, to)
        };
        Some(Self {
            since: first.map(|known| (known, lines(known))),
            window: windows.into_iter().max().unwrap_or(0).max(1),
        })
    }
}

/// What the newest release of each side has, and what is judged has not; of what is gone as a whole, not its parts.
fn removed(seen: &[&Seen], judged: Judged<'_>) -> Vec<Name> {
    let mut names: Vec<Name> = Vec::new();
    let mut looked_at: FxHashSet<u64> = FxHashSet::default();
    for seen in seen {
        for side in [&seen.clients, &seen.servers] {
            let Some(at) = words::current(side) else {
                continue;
            };
            let Some(before) = at.checked_sub(1).map(|at| &side[at]) else {
                continue;
            };
            if !looked_at.insert(before.indexed.digest()) {
                continue;
            }
            let gone = element::names(&before.indexed).filter(|name| {
                judged.renames.find(judged.indexed, name).is_none()
                    && !lives_on(before, judged, name)
            });
            names.extend(gone);
        }
    }
    names.sort();
    names.dedup();
    let all: FxHashSet<Name> = names.iter().cloned().collect();
    names.retain(|name| {
        let mut rest = name.as_str();
        while let Some((owner, _)) = rest.rsplit_once('.') {
            if all.contains(owner) {
                return false;
            }
            rest = owner;
        }
        true
    });
    names
}

/// Whether a field or value that has another name now is still there under its number: a rename.
fn lives_on(before: &Known, judged: Judged<'_>, name: &str) -> bool {
    let Some((owner, _)) = name.rsplit_once('.') else {
        return false;
    };
    let element = judged.renames.find(&before.indexed, name);
    let Some(number) = element.and_then(|element| element.number) else {
        return false;
    };
    let schema = judged.indexed.schema();
    let fields = judged.indexed.messages_named(owner).iter().flat_map(|&id| {
        let fields = schema.messages[id as usize].fields.iter();
        fields.map(|field| i64::from(field.number))
    });
    let values = judged.indexed.enums_named(owner).iter().flat_map(|&id| {
        let values = schema.enums[id as usize].values.iter();
        values.map(|value| i64::from(value.number))
    });
    fields.chain(values).any(|each| each == number)
}

/// Whether every release that what is judged may meet lacks the element, or has it deprecated.
fn nobody_needs(seen: &Seen, name: &str) -> bool {
    let needs = |known: &&Known| {
        !known.current
            && seen
                .find(known, name)
                .is_some_and(|element| !element.deprecated)
    };
    let meets =
        |client: &Known, server: &Known| seen.link.meets(&seen.lines, client.number, server.number);
    let current = |known: &&Known| known.current;
    let as_client = seen.clients.iter().filter(current).any(|client| {
        seen.servers
            .iter()
            .filter(needs)
            .any(|server| meets(client, server))
    });
    let as_server = seen.servers.iter().filter(current).any(|server| {
        seen.clients
            .iter()
            .filter(needs)
            .any(|client| meets(client, server))
    });
    !as_client && !as_server
}

/// Whether the feature that replaces the element, if this one does, lets it go by now.
fn replaced(seen: &[&Seen], feature: &Feature, name: &str) -> bool {
    if feature.replaces.as_ref().is_none_or(|old| old.name != name) {
        return true;
    }
    let elements = || feature.elements.iter().map(|element| &element.name);
    let passages = seen.iter().flat_map(|seen| seen.passages(elements()));
    passages.into_iter().all(|passage| {
        let Some(from) = written_from(feature, &passage) else {
            return false;
        };
        let traffic = passage.traffic();
        let sides = [
            (passage.writer().1, traffic.stop_writing(from)),
            (passage.reader().1, traffic.stop_reading(from)),
        ];
        sides.into_iter().all(|(side, earliest)| {
            let now = words::current(side).map(Moment::Release);
            now.is_none_or(|now| earliest.at.is_some_and(|at| at <= now))
        })
    })
}
