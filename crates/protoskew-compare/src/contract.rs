//! Options that a team named as part of its contract (HTTP paths, field behaviour, validation): what they are, and how two sides differ in them.

use std::hash::{Hash, Hasher};

use protoskew_schema::{FileId, Name, OptionData, OptionTree, OptionValue, Options, Schema, Span};

use rustc_hash::FxHashMap;

use crate::change::{Change, ChangeKind, Impact, Place};
use crate::indexed::Indexed;
use crate::members::Members;
use crate::pairing::Pairing;

/// Full names of options, without parentheses.
pub(crate) type Contract = [Name];

/// The options of one element, and where it stands.
#[derive(Clone, Copy)]
struct Held<'a> {
    options: &'a Options,
    text: &'a [u8],
    file: FileId,
    span: Span,
}

/// Everything that the contract says in a schema, into a digest.
pub(crate) fn shape(schema: &Schema, contract: &Contract, hasher: &mut impl Hasher) {
    if contract.is_empty() {
        return;
    }
    let mut hash = |name: &Name, file: FileId, options: &Options| {
        let held = Held {
            options,
            text: &schema.file(file).text,
            file,
            span: Span::default(),
        };
        for option in contract {
            let value = value(held, option);
            if value != Value::Unset {
                (name, option, value).hash(hasher);
            }
        }
    };
    for (id, file) in (0..).zip(&schema.files) {
        hash(&file.path, id, &file.options);
    }
    for message in &schema.messages {
        hash(&message.name, message.file, &message.options);
        for field in &message.fields {
            hash(&field.name, message.file, &field.options);
        }
        for oneof in &message.oneofs {
            hash(&oneof.name, message.file, &oneof.options);
        }
    }
    for each in &schema.enums {
        hash(&each.name, each.file, &each.options);
        for value in &each.values {
            hash(&value.name, each.file, &value.options);
        }
    }
    for service in &schema.services {
        hash(&service.name, service.file, &service.options);
        for method in &service.methods {
            hash(&method.name, service.file, &method.options);
        }
    }
}

/// Compares the options of everything that is on both sides.
pub(crate) fn compare(old: &Indexed, new: &Indexed, pairing: &Pairing, changes: &mut Vec<Change>) {
    let contract = new.contract();
    if contract.is_empty() {
        return;
    }
    let mut pass = Pass {
        sides: [old, new],
        contract,
        changes,
    };
    pass.files();
    for &(a, b) in &pairing.messages.both {
        let (before, after) = (old.message(a), new.message(b));
        let files = [before.file, after.file];
        let places = [before.name_span, after.name_span];
        pass.element(
            &after.name,
            files,
            [&before.options, &after.options],
            places,
        );
        let fields = Members::of(before);
        for field in &after.fields {
            if let Some((_, was)) = fields.numbered(field.number)
                && was.name == field.name
            {
                let name = join(&after.name, &field.name);
                pass.element(
                    &name,
                    files,
                    [&was.options, &field.options],
                    [was.span, field.span],
                );
            }
        }
        for oneof in &after.oneofs {
            if let Some(was) = before.oneofs.iter().find(|was| was.name == oneof.name) {
                let name = join(&after.name, &oneof.name);
                let places = [was.name_span, oneof.name_span];
                pass.element(&name, files, [&was.options, &oneof.options], places);
            }
        }
    }
    for &(a, b) in &pairing.enums.both {
        let (before, after) = (old.enumeration(a), new.enumeration(b));
        let files = [before.file, after.file];
        let places = [before.name_span, after.name_span];
        pass.element(
            &after.name,
            files,
            [&before.options, &after.options],
            places,
        );
        let values = Members::of_enum(before);
        for value in &after.values {
            if let Some((_, was)) = values.named(&value.name) {
                let name = join(&after.name, &value.name);
                pass.element(
                    &name,
                    files,
                    [&was.options, &value.options],
                    [was.span, value.span],
                );
            }
        }
    }
    for &(a, b) in &pairing.services.both {
        let (before, after) = (old.service(a), new.service(b));
        let files = [before.file, after.file];
        let places = [before.name_span, after.name_span];
        pass.element(
            &after.name,
            files,
            [&before.options, &after.options],
            places,
        );
        for method in &after.methods {
            if let Some(was) = before.methods.iter().find(|was| was.name == method.name) {
                let name = join(&after.name, &method.name);
                let places = [was.name_span, method.name_span];
                pass.element(&name, files, [&was.options, &method.options], places);
            }
        }
    }
}

fn join(outer: &Name, name: &Name) -> Name {
    format!("{outer}.{name}").into()
}

struct Pass<'a, 'c> {
    sides: [&'a Indexed; 2],
    contract: &'a Contract,
    changes: &'c mut Vec<Change>,
}

impl Pass<'_, '_> {
    fn files(&mut self) {
        let [old, new] = self.sides;
        let olds: FxHashMap<&Name, FileId> = old
            .schema()
            .files
            .iter()
            .zip(0..)
            .map(|(file, id)| (&file.path, id))
            .collect();
        for (b, after) in (0..).zip(&new.schema().files) {
            if let Some(&a) = olds.get(&after.path)
                && old.judged(a)
                && new.judged(b)
            {
                let before = old.file(a);
                let options = [&before.options, &after.options];
                let places = [before.package_span, after.package_span];
                self.element(&after.path, [a, b], options, places);
            }
        }
    }

    fn element(
        &mut self,
        element: &Name,
        files: [FileId; 2],
        options: [&Options; 2],
        places: [Span; 2],
    ) {
        if options
            .iter()
            .all(|options| options.tree().is_empty() && options.is_empty())
        {
            return;
        }
        let held = [0, 1].map(|side| Held {
            options: options[side],
            text: &self.sides[side].file(files[side]).text,
            file: files[side],
            span: places[side],
        });
        for option in self.contract {
            let [before, after] = held.map(|held| value(held, option));
            let Some((old, new)) = difference(&before, &after) else {
                continue;
            };
            let place = |held: Held<'_>| {
                let written = held.options.iter().find(|each| is_written(each, option));
                Some(Place {
                    file: held.file,
                    span: written.map_or(held.span, |written| written.statement),
                })
            };
            self.changes.push(Change {
                kind: ChangeKind::OptionChanged {
                    option: option.clone(),
                    old,
                    new,
                },
                element: element.clone(),
                old: place(held[0]),
                new: place(held[1]),
                impact: Impact::None,
                json: None,
            });
        }
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

fn value(held: Held<'_>, option: &Name) -> Value {
    let mut fields = held.options.tree().fields.iter();
    if let Some(found) = fields.find(|field| bare(&field.name) == option.as_str()) {
        return Value::Resolved(unordered(found.value.clone()));
    }
    let written = held.options.iter().filter(|each| !each.resolved);
    let mut parts: Vec<(Name, Name)> = written
        .filter(|each| is_written(each, option))
        .map(|each| (each.name.clone(), each.value(held.text)))
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
