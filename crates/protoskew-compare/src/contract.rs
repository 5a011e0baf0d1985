//! Options that a team named as part of its contract (HTTP paths, field behaviour, validation): what they are, and how two sides differ in them.

use std::hash::{Hash, Hasher};

use protoskew_schema::{Name, OptionData, OptionTree, OptionValue, Options, Schema, WithOptions};
use rustc_hash::FxHashMap;

use crate::change::{Change, ChangeKind, Impact, Place};
use crate::indexed::Indexed;
use crate::pairing::Pairing;

/// Full names of options, without parentheses.
pub(crate) type Contract = [Name];

/// Everything that the contract says in a schema, into a digest.
pub(crate) fn shape(schema: &Schema, contract: &Contract, hasher: &mut impl Hasher) {
    if contract.is_empty() {
        return;
    }
    for held in schema.with_options() {
        for option in contract {
            let value = value(held.options, &schema.file(held.file).text, option);
            if value != Value::Unset {
                (held.owner, held.member, held.range, option, value).hash(hasher);
            }
        }
    }
}

/// Compares the options of everything that is on both sides under one name.
pub(crate) fn compare(old: &Indexed, new: &Indexed, pairing: &Pairing, changes: &mut Vec<Change>) {
    let contract = new.contract();
    if contract.is_empty() {
        return;
    }
    let renamed = |name| pairing.renames.types.get(name).unwrap_or(name);
    let judged = |side: &Indexed, held: &WithOptions<'_>| side.judged(held.file);
    type Key<'a> = (&'a Name, Option<&'a Name>, Option<(i32, i32)>);
    let olds: FxHashMap<Key<'_>, WithOptions<'_>> = old
        .schema()
        .with_options()
        .filter(|held| judged(old, held))
        .map(|held| ((renamed(held.owner), held.member, held.range), held))
        .collect();
    for after in new.schema().with_options().filter(|it| judged(new, it)) {
        let Some(before) = olds.get(&(after.owner, after.member, after.range)) else {
            continue;
        };
        for option in contract {
            let value = |side: &Indexed, held: &WithOptions<'_>| {
                value(held.options, &side.file(held.file).text, option)
            };
            let Some((from, to)) = difference(&value(old, before), &value(new, &after)) else {
                continue;
            };
            changes.push(Change {
                kind: ChangeKind::OptionChanged {
                    option: option.clone(),
                    old: from,
                    new: to,
                },
                element: after.name(),
                old: Some(place(before, option)),
                new: Some(place(&after, option)),
                impact: Impact::None,
                json: None,
            });
        }
    }
}

/// Where the option is written; else what would have it.
fn place(held: &WithOptions<'_>, option: &Name) -> Place {
    let mut written = held.options.iter();
    let written = written.find(|each| is_written(each, option) && !each.statement.is_empty());
    Place {
        file: held.file,
        span: written.map_or(held.span, |written| written.statement),
    }
}

/// What an option says on one side.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Value {
    Unset,
    Resolved(OptionData),
    /// Its declaration cannot be found: as written, part by part.
    Written(Vec<(Name, Name)>),
}

fn value(options: &Options, text: &[u8], option: &Name) -> Value {
    let mut fields = options.tree().fields.iter();
    if let Some(found) = fields.find(|field| bare(&field.name) == option.as_str()) {
        return Value::Resolved(unordered(found.value.clone()));
    }
    let written = options.iter().filter(|each| !each.resolved);
    let mut parts: Vec<(Name, Name)> = written
        .filter(|each| is_written(each, option))
        .map(|each| (each.name.clone(), each.value(text)))
        .collect();
    if parts.is_empty() {
        return Value::Unset;
    }
    parts.sort_unstable();
    Value::Written(parts)
}

/// `(a.b)` without its parentheses.
fn bare(name: &str) -> &str {
    let inner = name
        .strip_prefix('(')
        .and_then(|name| name.strip_suffix(')'));
    inner.unwrap_or(name).trim_start_matches('.')
}

/// Whether the option as written is (a part of) the one of that name.
fn is_written(written: &OptionValue, option: &Name) -> bool {
    let name = match written.name.find(')') {
        Some(end) => &written.name[..=end],
        None => written.name.split('.').next().unwrap_or_default(),
    };
    bare(name) == option.as_str()
}

/// A list of enum values is a set: `[REQUIRED, IMMUTABLE]` says no more than the other way round.
fn unordered(mut value: OptionData) -> OptionData {
    if let OptionData::List(list) = &mut value
        && list.iter().all(|each| matches!(each, OptionData::Enum(..)))
    {
        list.sort_unstable();
    }
    value
}

/// What the two sides say, where they differ: of messages only the parts that do.
fn difference(before: &Value, after: &Value) -> Option<(Option<Name>, Option<Name>)> {
    if before == after {
        return None;
    }
    if let (Value::Resolved(OptionData::Message(old)), Value::Resolved(OptionData::Message(new))) =
        (before, after)
    {
        let (old, new) = (leaves(old), leaves(new));
        let parts = |mine: &[(String, String)], other: &[(String, String)]| -> Option<Name> {
            let differing: Vec<String> = mine
                .iter()
                .filter(|part| !other.contains(part))
                .map(|(path, value)| format!("{path}: {value}"))
                .collect();
            (!differing.is_empty()).then(|| differing.join(", ").into())
        };
        return Some((parts(&old, &new), parts(&new, &old)));
    }
    Some((text(before), text(after)))
}

fn text(value: &Value) -> Option<Name> {
    match value {
        Value::Unset => None,
        Value::Resolved(data) => Some(data.to_string().into()),
        Value::Written(parts) => {
            let parts: Vec<String> = parts
                .iter()
                .map(|(name, value)| match name.split_once(").") {
                    Some((_, path)) => format!("{path}: {value}"),
                    None => value.to_string(),
                })
                .collect();
            Some(parts.join(", ").into())
        }
    }
}

/// Every value in a message, by its path.
fn leaves(tree: &OptionTree) -> Vec<(String, String)> {
    fn walk(prefix: &str, tree: &OptionTree, into: &mut Vec<(String, String)>) {
        for field in &tree.fields {
            let number;
            let name = if field.name.is_empty() {
                number = field.number.to_string();
                number.as_str()
            } else {
                field.name.as_str()
            };
            let path = if prefix.is_empty() {
                name.to_owned()
            } else {
                format!("{prefix}.{name}")
            };
            match &field.value {
                OptionData::Message(inner) if !inner.is_empty() => walk(&path, inner, into),
                value => into.push((path, value.to_string())),
            }
        }
    }
    let mut all = Vec::new();
    walk("", tree, &mut all);
    all
}
