//! Implicit versions: a message `FooV2` or a package `v2` that repeats its sibling. Which of the two a sender uses is the version.

use std::collections::BTreeMap;

use protoskew_compare::{Indexed, Place};
use protoskew_schema::package::is_version;
use protoskew_schema::{FieldType, Message, MessageId, Schema};
use rustc_hash::FxHashMap;

use crate::rules::{Fact, Seen};

/// How many fields (of messages) or messages (of packages) must stand again before it is a repetition.
const LEAST: usize = 2;

/// Every message and package that repeats an earlier version of itself.
pub(super) fn versions(indexed: &Indexed) -> Vec<Seen> {
    let mut seen = messages(indexed);
    seen.extend(packages(indexed));
    seen
}

fn messages(indexed: &Indexed) -> Vec<Seen> {
    let schema = indexed.schema();
    let mut seen = Vec::new();
    for message in &schema.messages {
        if !indexed.judged(message.file) {
            continue;
        }
        let Some((stem, number)) = numbered(&message.name) else {
            continue;
        };
        let same_type = |a: &FieldType, b: &FieldType| match (type_name(a), type_name(b)) {
            (Some(a), Some(b)) => a == b || unnumbered(a) == unnumbered(b),
            _ => a == b,
        };
        let repeated = siblings(stem, number).find_map(|name| {
            let ids = indexed.messages_named(&name);
            let of = ids.iter().map(|&id| &schema.messages[id as usize]);
            of.filter(|sibling| indexed.judged(sibling.file))
                .find_map(|sibling| {
                    let again = again(sibling, message, same_type);
                    (again >= LEAST && again * 2 > sibling.fields.len()).then_some((sibling, again))
                })
        });
        if let Some((sibling, again)) = repeated {
            seen.push(Seen {
                against: None,
                element: message.name.clone(),
                about: format!("repeats {}", sibling.name),
                fact: Fact::new(
                    format!(
                        "message `{}` repeats {again} of the {} fields of `{}`: which of the two is sent is a version",
                        message.name,
                        sibling.fields.len(),
                        sibling.name
                    ),
                    format!(
                        "add what is new to `{}` as fields with numbers never used; one message that grows is understood by who knows less of it",
                        sibling.name
                    ),
                )
                .labels("", format!("again `{}`", sibling.name)),
                place: Place {
                    file: message.file,
                    span: message.name_span,
                },
            });
        }
    }
    seen
}

/// `FooV2` is `Foo` and 2.
fn numbered(name: &str) -> Option<(&str, u32)> {
    let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (stem, number) = name.split_at(name.len() - digits);
    let stem = stem.strip_suffix(['V', 'v'])?;
    let stem = stem.strip_suffix('_').unwrap_or(stem);
    let named = stem.ends_with(|c: char| c.is_ascii_alphanumeric());
    let number = number.parse().ok().filter(|number| *number >= 2)?;
    named.then_some((stem, number))
}

fn unnumbered(name: &str) -> &str {
    numbered(name).map_or(name, |(stem, _)| stem)
}

/// The names that an earlier version may have, the nearest first.
fn siblings(stem: &str, number: u32) -> impl Iterator<Item = String> + '_ {
    let before = number - 1;
    let numbered = [format!("{stem}V{before}"), format!("{stem}v{before}")];
    // an address of IPv4 or IPv6 is no version of an address
    let internet = matches!(number, 4 | 6);
    let bare = (!internet).then(|| stem.to_owned());
    numbered.into_iter().chain(bare)
}

/// How many fields of the older message stand in the newer one, by name and type.
fn again(
    older: &Message,
    newer: &Message,
    same_type: impl Fn(&FieldType, &FieldType) -> bool,
) -> usize {
    let stands = |field: &&protoskew_schema::Field| {
        let named = newer.fields.iter().find(|each| each.name == field.name);
        named.is_some_and(|each| {
            each.cardinality == field.cardinality && same_type(&field.ty, &each.ty)
        })
    };
    older.fields.iter().filter(stands).count()
}

fn type_name(ty: &FieldType) -> Option<&str> {
    match ty {
        FieldType::Scalar(_) => None,
        FieldType::Message(target) => Some(&target.name),
        FieldType::Enum(target) => Some(&target.name),
        FieldType::Unresolved(name) => Some(name),
    }
}

fn packages(indexed: &Indexed) -> Vec<Seen> {
    let schema = indexed.schema();
    // the messages of each package that says a version, with those of the packages below it
    let mut held: FxHashMap<&str, Vec<MessageId>> = FxHashMap::default();
    for (message, id) in schema.messages.iter().zip(0..) {
        if indexed.judged(message.file) && !message.fields.is_empty() {
            let package = &schema.file(message.file).package;
            held.entry(versioned(package)).or_default().push(id);
        }
    }
    let mut named: Vec<&str> = held.keys().copied().collect();
    named.sort_unstable();
    // by what packages share that differ in their version alone
    let mut families: BTreeMap<&str, Vec<(u32, bool, &str)>> = BTreeMap::new();
    for package in named {
        let (shared, version) = package.rsplit_once('.').unwrap_or(("", package));
        if is_version(version) {
            let (number, is_stable) = major(version);
            let family = families.entry(shared).or_default();
            family.push((number, is_stable, package));
        }
    }
    let mut seen = Vec::new();
    for family in families.values() {
        for &(number, _, package) in family {
            // a preview has promised nothing that could be a version
            let before = family
                .iter()
                .filter(|(earlier, is_stable, _)| *is_stable && *earlier < number)
                .max_by_key(|(earlier, ..)| *earlier);
            let Some((_, _, sibling)) = before else {
                continue;
            };
            let again =
                messages_again(schema, (sibling, &held[sibling]), (package, &held[package]));
            if again < LEAST || again * 2 <= held[sibling].len() {
                continue;
            }
            let file = held[package]
                .iter()
                .map(|&id| schema.messages[id as usize].file)
                .min();
            let Some(file) = file else { continue };
            seen.push(Seen {
                against: None,
                element: package.into(),
                about: format!("repeats {sibling}"),
                fact: Fact::new(
                    format!(
                        "package `{package}` repeats {again} of the {} messages of `{sibling}`: which of the two is spoken is a version",
                        held[sibling].len()
                    ),
                    format!(
                        "add what is new to `{sibling}`: two packages are two protocols, and every peer must speak both for as long as one peer speaks the older"
                    ),
                )
                .labels("", format!("again `{sibling}`")),
                place: Place {
                    file,
                    span: schema.file(file).package_span,
                },
            });
        }
    }
    seen
}

/// The package up to its version: `acme.v2` of `acme.v2.errors`; where it says none, all of it.
fn versioned(package: &str) -> &str {
    let mut end = 0;
    let mut last = None;
    for part in package.split('.') {
        end += part.len();
        if is_version(part) {
            last = Some(end);
        }
        end += 1;
    }
    &package[..last.unwrap_or(package.len())]
}

/// `v1beta2` is 1, and not stable.
fn major(version: &str) -> (u32, bool) {
    let digits = version.trim_start_matches('v');
    let end = digits
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(digits.len());
    (
        digits[..end].parse().unwrap_or_default(),
        end == digits.len(),
    )
}

/// How many messages of the older package stand in the newer one, with at least half of their fields.
fn messages_again(
    schema: &Schema,
    (older, ids): (&str, &[MessageId]),
    (newer, newer_ids): (&str, &[MessageId]),
) -> usize {
    fn within<'n>(package: &str, name: &'n str) -> &'n str {
        let rest = name.strip_prefix(package);
        rest.and_then(|rest| rest.strip_prefix('.')).unwrap_or(name)
    }
    let by_name: FxHashMap<&str, &Message> = newer_ids
        .iter()
        .map(|&id| &schema.messages[id as usize])
        .map(|message| (within(newer, &message.name), message))
        .collect();
    let same_type = |a: &FieldType, b: &FieldType| match (type_name(a), type_name(b)) {
        (Some(a), Some(b)) => within(older, a) == within(newer, b),
        _ => a == b,
    };
    let repeated = ids.iter().map(|&id| &schema.messages[id as usize]);
    repeated
        .filter(|message| {
            let named = by_name.get(within(older, &message.name));
            named.is_some_and(|newer| again(message, newer, same_type) * 2 >= message.fields.len())
        })
        .count()
}
