//! The features that are declared, in `protoskew.toml` and as options of `protoskew/evolution.proto`: one model of both.

use protoskew_compare::{Indexed, Place};
use protoskew_schema::{Name, OptionData, OptionTree, WithOptions};

use super::element;
use crate::config::{Declared, Feature, Named, OnUnsupported, Since};
use crate::releases::tag::Version;

/// What is wrong with what is declared: one sentence each, with the places.
pub type Disagreements = Vec<String>;

/// The features of the configuration and of a schema's options, in the order of the configuration, then of their names; or what
/// the two disagree about.
pub fn features(configured: &[Feature], indexed: &Indexed) -> Result<Vec<Feature>, Disagreements> {
    let mut wrong = Vec::new();
    let mut optioned: Vec<Feature> = Vec::new();
    for declaring in element::all(indexed) {
        let Some(one) = of_element(indexed, &declaring, &mut wrong) else {
            continue;
        };
        match optioned.iter_mut().find(|each| each.name == one.name) {
            Some(known) => {
                let elements = one.elements.clone();
                merge(known, one, &mut wrong);
                known.elements.extend(elements);
            }
            None => optioned.push(one),
        }
    }
    optioned.sort_by(|a, b| a.name.cmp(&b.name));
    let mut all = configured.to_vec();
    for one in optioned {
        match all.iter_mut().find(|each| each.name == one.name) {
            Some(known) => {
                let missing = one
                    .elements
                    .iter()
                    .find(|element| !known.elements.iter().any(|each| each.name == element.name));
                if let Some(missing) = missing {
                    wrong.push(format!(
                        "`{}` is of the feature `{}` at {}, and not among its elements at {}",
                        missing.name, one.name, missing.declared, known.declared
                    ));
                }
                merge(known, one, &mut wrong);
            }
            None => all.push(one),
        }
    }
    if wrong.is_empty() {
        Ok(all)
    } else {
        Err(wrong)
    }
}

/// What the names of the options begin with, by kind of element; those of fields and extensions with nothing.
const KINDS: [&str; 7] = [
    "", "method_", "value_", "message_", "enum_", "service_", "oneof_",
];

/// The feature that the options of one element declare.
fn of_element(
    indexed: &Indexed,
    declaring: &WithOptions<'_>,
    wrong: &mut Disagreements,
) -> Option<Feature> {
    let tree = declaring.options.tree();
    let place = Place {
        file: declaring.file,
        span: declaring.span,
    };
    let feature =
        KINDS.into_iter().find_map(
            |kind| match tree.get(&format!("(protoskew.{kind}feature)")) {
                Some(OptionData::Message(feature)) => Some((kind, feature)),
                _ => None,
            },
        );
    let Some((kind, feature)) = feature else {
        let replaces = KINDS.map(|kind| format!("(protoskew.{kind}replaces)"));
        if let Some(alone) = replaces.iter().find(|option| tree.get(option).is_some()) {
            let declared = declared(indexed, place);
            wrong.push(format!(
                "{declared}: {alone} needs a feature beside it, which is what replaces the older form"
            ));
        }
        return None;
    };
    let declared = declared(indexed, place);
    let Some(name) = text(feature, "name") else {
        wrong.push(format!(
            "{declared}: (protoskew.{kind}feature) needs a name"
        ));
        return None;
    };
    let mut since = |key: &str| {
        let written = text(feature, key)?;
        let version = Version::typed(written);
        if version.is_none() {
            wrong.push(format!(
                "{declared}: `{written}` is not a release line: write it as \"1.2\""
            ));
        }
        version.map(Since::Release)
    };
    let (enabled, default) = (since("enabled"), since("default"));
    let on_unsupported = text(feature, "on_unsupported").and_then(|word| {
        let found = OnUnsupported::of(word);
        if found.is_none() {
            wrong.push(format!(
                "{declared}: `{word}` is nothing that a sender does: write \"drop\", \"refuse\" or \"fallback\""
            ));
        }
        found
    });
    let replaces = text(tree, &format!("(protoskew.{kind}replaces)"));
    Some(Feature {
        name: name.clone(),
        elements: vec![Named {
            name: declaring.name(),
            declared: declared.clone(),
        }],
        enabled,
        default,
        replaces: replaces.map(|old| Named {
            // a sibling, or a full name
            name: match (old.contains('.'), declaring.name().rsplit_once('.')) {
                (false, Some((owner, _))) => format!("{owner}.{old}").into(),
                _ => old.trim_start_matches('.').into(),
            },
            declared: declared.clone(),
        }),
        on_unsupported,
        declared,
    })
}

fn text<'t>(tree: &'t OptionTree, name: &str) -> Option<&'t Name> {
    match tree.get(name) {
        Some(OptionData::String(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}

fn declared(indexed: &Indexed, place: Place) -> Declared {
    let file = &indexed.schema().files[place.file as usize];
    let (line, column) = match file.places.in_grid(place.span.start) {
        Some((line, column)) => (line as usize + 1, column as usize + 1),
        None => {
            let before = &file.text[..file.text.len().min(place.span.start as usize)];
            let start = before
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |at| at + 1);
            let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
            (
                line,
                String::from_utf8_lossy(&before[start..]).chars().count() + 1,
            )
        }
    };
    Declared {
        path: file.path.clone(),
        line,
        column,
    }
}

/// Takes over what the other place says; where both say something, it must be the same.
fn merge(known: &mut Feature, other: Feature, wrong: &mut Disagreements) {
    let places = [known.declared.to_string(), other.declared.to_string()];
    let mut disagree = |what: &str| {
        wrong.push(format!(
            "`{}` of the feature `{}` is not the same at {} and at {}",
            what, known.name, places[0], places[1]
        ));
    };
    fn take<T>(known: &mut Option<T>, other: Option<T>, same: impl Fn(&T, &T) -> bool) -> bool {
        match (known.as_ref(), other) {
            (Some(known), Some(other)) => same(known, &other),
            (None, Some(other)) => {
                *known = Some(other);
                true
            }
            (_, None) => true,
        }
    }
    if !take(&mut known.enabled, other.enabled, Since::eq) {
        disagree("enabled");
    }
    if !take(&mut known.default, other.default, Since::eq) {
        disagree("default");
    }
    if !take(
        &mut known.on_unsupported,
        other.on_unsupported,
        OnUnsupported::eq,
    ) {
        disagree("on-unsupported");
    }
    if !take(&mut known.replaces, other.replaces, |a, b| a.name == b.name) {
        disagree("replaces");
    }
}
