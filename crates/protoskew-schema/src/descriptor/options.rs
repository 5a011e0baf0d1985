//! What the bytes of an options message say: the few settings that the model itself needs, and the features.

use super::proto::OptionsProto;
use super::wire::{Reader, Value};
use crate::link::interpret::{OptionReader, Site, options_at};
use crate::{FileId, Name, OptionData, OptionTree, OptionValue, Options, Schema, Span};

/// Options of an element of the schema, still encoded.
pub(crate) struct Described<'d> {
    pub(super) file: FileId,
    pub(super) site: Site,
    /// The message in `google.protobuf`.
    pub(super) kind: &'static str,
    pub(super) options: &'d OptionsProto,
}

/// Decodes options, now that every extension is known. Bytes that are no encoding of their message set nothing.
pub(crate) fn resolve_options(schema: &mut Schema, described: Vec<Described<'_>>) {
    if described.is_empty() {
        return;
    }
    // message sets first: their items are encoded in a way of their own, in options too
    let messages = described
        .iter()
        .filter(|each| matches!(each.site, Site::Message(_)));
    let mut sets = read(schema, messages);
    sets.retain(|(_, options)| options.tree().is_true("message_set_wire_format"));
    put(schema, sets);
    let all = read(schema, described.iter());
    put(schema, all);
}

fn put(schema: &mut Schema, read: Vec<(Site, Options)>) {
    for (site, options) in read {
        *options_at(schema, site) = options;
    }
}

fn read<'d>(
    schema: &Schema,
    described: impl Iterator<Item = &'d Described<'d>>,
) -> Vec<(Site, Options)> {
    let reader = OptionReader::new(schema);
    described
        .map(|each| {
            let kind = format!("google.protobuf.{}", each.kind);
            let tree = reader.read(each.file, &kind, &each.options.bytes);
            let tree = tree.unwrap_or_default();
            let settings = each.options.settings.iter();
            let written = settings.map(|(path, span)| OptionValue {
                name: name_of(path, &tree),
                span: Span::default(),
                value_span: Span::default(),
                statement: *span,
                resolved: true,
            });
            (each.site, Options::described(written.collect(), tree))
        })
        .collect()
}

/// The full name of what a path of numbers leads to: `(google.api.http).get`. An index into a list is no part of it.
fn name_of(path: &[i32], tree: &OptionTree) -> Name {
    let mut name = String::new();
    let mut tree = Some(tree);
    let mut path = path.iter();
    while let Some(&number) = path.next() {
        let fields = tree.map_or(&[][..], |tree| &tree.fields);
        let Some(field) = fields.iter().find(|f| f.number as i32 == number) else {
            break;
        };
        if !name.is_empty() {
            name.push('.');
        }
        name.push_str(&field.name);
        tree = match &field.value {
            OptionData::Message(inner) => Some(inner),
            OptionData::List(items) => match path.next().and_then(|&at| items.get(at as usize)) {
                Some(OptionData::Message(inner)) => Some(inner),
                _ => None,
            },
            _ => None,
        };
    }
    name.into()
}

/// The numbers of the settings in one of the options messages of `descriptor.proto`; 0 where it has none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    deprecated: u32,
    features: u32,
    packed: u32,
    allow_alias: u32,
    json_conflicts: u32,
    idempotency: u32,
}

const NONE: Kind = Kind {
    deprecated: 0,
    features: 0,
    packed: 0,
    allow_alias: 0,
    json_conflicts: 0,
    idempotency: 0,
};

/// The settings of an element that the model keeps as such.
#[derive(Clone, Debug, Default)]
pub(super) struct Flags {
    pub(super) deprecated: bool,
    pub(super) packed: Option<bool>,
    pub(super) allow_alias: bool,
    /// `deprecated_legacy_json_field_conflicts`
    pub(super) json_conflicts_allowed: bool,
    pub(super) idempotency: Option<Name>,
}

impl Flags {
    pub(super) const FILE: Kind = Kind {
        deprecated: 23,
        features: 50,
        ..NONE
    };
    pub(super) const MESSAGE: Kind = Kind {
        deprecated: 3,
        features: 12,
        json_conflicts: 11,
        ..NONE
    };
    pub(super) const FIELD: Kind = Kind {
        deprecated: 3,
        features: 21,
        packed: 2,
        ..NONE
    };
    pub(super) const ONEOF: Kind = Kind {
        features: 1,
        ..NONE
    };
    pub(super) const RANGE: Kind = Kind {
        features: 50,
        ..NONE
    };
    pub(super) const ENUM: Kind = Kind {
        deprecated: 3,
        features: 7,
        allow_alias: 2,
        ..NONE
    };
    pub(super) const ENUM_VALUE: Kind = Kind {
        deprecated: 1,
        features: 2,
        ..NONE
    };
    pub(super) const SERVICE: Kind = Kind {
        deprecated: 33,
        features: 34,
        ..NONE
    };
    pub(super) const METHOD: Kind = Kind {
        deprecated: 33,
        features: 35,
        idempotency: 34,
        ..NONE
    };

    /// Reads them; the last setting of a number counts.
    pub(super) fn of(bytes: &[u8], kind: Kind) -> Self {
        let mut flags = Self::default();
        let mut reader = Reader::new(bytes);
        while let Ok(Some(field)) = reader.next() {
            let Value::Varint(value) = field.value else {
                continue;
            };
            let (number, set) = (field.number, value != 0);
            if number == kind.deprecated {
                flags.deprecated = set;
            } else if number == kind.packed {
                flags.packed = Some(set);
            } else if number == kind.allow_alias {
                flags.allow_alias = set;
            } else if number == kind.json_conflicts {
                flags.json_conflicts_allowed = set;
            } else if number == kind.idempotency {
                flags.idempotency = IDEMPOTENCY
                    .get(value as usize)
                    .map(|level| Name::new_static(level));
            }
        }
        flags
    }
}

const IDEMPOTENCY: [&str; 3] = ["IDEMPOTENCY_UNKNOWN", "NO_SIDE_EFFECTS", "IDEMPOTENT"];

/// The features that an options message sets, by name and value.
pub(super) fn features(
    options: &[u8],
    kind: Kind,
) -> impl Iterator<Item = (&'static [u8], &'static [u8])> {
    let mut found = Vec::new();
    let mut reader = Reader::new(options);
    while let Ok(Some(field)) = reader.next() {
        let Value::Bytes(set) = field.value else {
            continue;
        };
        if field.number != kind.features {
            continue;
        }
        let mut reader = Reader::new(set);
        while let Ok(Some(feature)) = reader.next() {
            let known = FEATURES.get((feature.number as usize).wrapping_sub(1));
            if let (Some((name, values)), Value::Varint(value)) = (known, feature.value)
                && let Some(value) = usize::try_from(value).ok().and_then(|v| values.get(v))
            {
                found.push((name.as_bytes(), value.as_bytes()));
            }
        }
    }
    found.into_iter()
}

/// The features of `google.protobuf.FeatureSet` by number, from 1, each with its values by number, from 0.
const FEATURES: [(&str, &[&str]); 8] = [
    (
        "field_presence",
        &["", "EXPLICIT", "IMPLICIT", "LEGACY_REQUIRED"],
    ),
    ("enum_type", &["", "OPEN", "CLOSED"]),
    ("repeated_field_encoding", &["", "PACKED", "EXPANDED"]),
    ("utf8_validation", &["", "", "VERIFY", "NONE"]),
    ("message_encoding", &["", "LENGTH_PREFIXED", "DELIMITED"]),
    ("json_format", &["", "ALLOW", "LEGACY_BEST_EFFORT"]),
    (
        "enforce_naming_style",
        &["", "STYLE2024", "STYLE_LEGACY", "STYLE2026"],
    ),
    (
        "default_symbol_visibility",
        &["", "EXPORT_ALL", "EXPORT_TOP_LEVEL", "LOCAL_ALL", "STRICT"],
    ),
];
