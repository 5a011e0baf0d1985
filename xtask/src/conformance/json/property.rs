//! The property: what is told of the JSON of one message type is what the worst of its messages shows, by parser and direction.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use protoskew_compare::{Comparer, JsonParser, Outcome};
use protoskew_schema::Severity;

use super::super::wire::hits::construct;
use super::super::wire::model::{Model, Presence, Ty};
use super::super::wire::property::{Pair, indexed};
use super::parsers::{PARSERS, Seen};
use super::values;

/// What is told of one message type in one direction.
pub(super) struct Told {
    pub(super) seed: u64,
    /// The element that it is told of, and whether the newer side writes: what has these in common is held to what is told together.
    pub(super) of: (&'static str, bool),
    /// The kinds of change that are told of it.
    pub(super) constructs: Vec<String>,
    /// The files of the writer and of the reader.
    sides: [Vec<(String, String)>; 2],
    /// Short name of the message.
    message: String,
    /// Messages of it in text format.
    values: Vec<String>,
    /// What the reader's fields hold whose type changed.
    reads: Vec<Ty>,
    /// By parser: strict, lenient.
    outcomes: [[Outcome; 2]; PARSERS.len()],
}

impl Told {
    pub(super) fn outcome(&self, parser: usize, how: &str) -> Outcome {
        self.outcomes[parser][usize::from(how == "lenient")]
    }

    /// Why a parser is let off here, where it is.
    pub(super) fn excuse(&self, parser: &str, how: &str, told: Outcome) -> Option<&'static str> {
        let reads = |what: fn(&Ty) -> bool| self.reads.iter().any(what);
        // who ignores unknown names of values still casts
        let dropped =
            how == "lenient" && told == Outcome::Lossy && reads(|ty| matches!(ty, Ty::Enum(_)));
        if parser != "upb" || told != Outcome::Reject && !dropped {
            return None;
        }
        if how == "lenient" && reads(|ty| matches!(ty, Ty::Message(_))) {
            return Some(
                "Python takes the letters of a text for names of fields, and ignores them",
            );
        }
        if reads(|ty| matches!(ty, Ty::Scalar("double" | "float"))) {
            return Some("Python takes `true` for the number 1");
        }
        reads(|ty| matches!(ty, Ty::Enum(_)))
            .then_some("Python takes for the number of an enum's value whatever it can cast to one")
    }

    pub(super) fn question(&self) -> serde_json::Value {
        let [writer, reader] = self.sides.clone().map(BTreeMap::from_iter);
        serde_json::json!({
            "writer": writer,
            "reader": reader,
            "message": format!("t.{}", self.message),
            "values": self.values,
            "absent": true,
        })
    }

    /// Both sides, to be read.
    pub(super) fn text(&self) -> String {
        let side = |files: &[(String, String)]| -> String {
            files.iter().map(|(_, text)| text.as_str()).collect()
        };
        format!(
            "of {}, writer:\n{}reader:\n{}",
            self.message,
            side(&self.sides[0]),
            side(&self.sides[1])
        )
    }
}

/// Without what is not asked of JSON here: extensions, which a parser must be told of, and what is required.
fn plain(mut model: Model) -> Model {
    for field in model.messages.iter_mut().flat_map(|it| &mut it.fields) {
        field.extension = false;
        if field.presence == Presence::Required {
            field.presence = Presence::Explicit;
        }
    }
    model
}

/// What is told of each message of one pair that has fields on both sides, there and back.
pub(super) fn told(seed: u64) -> Result<Vec<Told>> {
    let pair = Pair::of(seed);
    let models = [plain(pair.old), plain(pair.new)];
    let sides = [models[0].files(), models[1].files()];
    let [old, new] = [indexed(&sides[0]), indexed(&sides[1])];
    for side in [&old, &new] {
        let mut diagnostics = side.schema().diagnostics.iter();
        if let Some(wrong) = diagnostics.find(|it| it.severity == Severity::Error) {
            bail!("the generator wrote: {}", wrong.message);
        }
    }
    let comparison = Comparer::new([]).with_json(true).compare(&old, &new);
    let mut all = Vec::new();
    // an enum shows in the messages that hold it, each in its own way: what is told of it is told of all of them together
    let holders: Vec<&str> = models[0]
        .messages
        .iter()
        .map(|each| each.name.as_str())
        .filter(|name| name.starts_with("Holder"))
        .collect();
    for newer_writes in [false, true] {
        let writer = usize::from(newer_writes);
        let mut of = |owner: &'static str, message: &str| {
            let within = |element: &str| {
                element == owner
                    || element
                        .strip_prefix(owner)
                        .is_some_and(|rest| rest.starts_with('.'))
            };
            let changes = comparison.changes.iter().filter(|it| within(&it.element));
            let seen: Vec<_> = changes
                .filter_map(|change| Some((change, change.json.as_deref()?)))
                .collect();
            let values = values::messages(&models[writer], message);
            if seen.is_empty() || values.is_empty() {
                return;
            }
            let outcomes = PARSERS.map(|(_, runtime)| {
                [JsonParser::Strict, JsonParser::Lenient].map(|parser| {
                    let told = seen
                        .iter()
                        .map(|(_, json)| json.reading(newer_writes).outcomes(parser).get(runtime));
                    told.max().unwrap_or(Outcome::Same).max(Outcome::Compatible)
                })
            });
            all.push(Told {
                seed,
                of: (owner, newer_writes),
                constructs: seen.iter().map(|(change, _)| construct(change)).collect(),
                sides: [sides[writer].clone(), sides[1 - writer].clone()],
                message: message.to_owned(),
                values,
                reads: seen
                    .iter()
                    .filter_map(|(change, _)| field_of(&models[1 - writer], &change.element))
                    .collect(),
                outcomes,
            });
        };
        of("t.M", "M");
        for holder in &holders {
            of("t.E0", holder);
        }
    }
    Ok(all)
}

/// The type of the field of that full name.
fn field_of(model: &Model, element: &str) -> Option<Ty> {
    let (_, name) = element.rsplit_once('.')?;
    let mut fields = model
        .messages
        .iter()
        .filter(|it| it.evolves)
        .flat_map(|it| &it.fields);
    Some(fields.find(|field| field.name == name)?.ty.clone())
}

/// Whether the worst that was seen is what an outcome promises.
pub(super) fn agrees(outcome: Outcome, worst: Seen) -> bool {
    match outcome {
        Outcome::Same | Outcome::Compatible | Outcome::Absent => worst == Seen::Arrives,
        // a nameless number of an open enum arrives; what is no longer sent leaves no trace, and hides that something else vanishes
        Outcome::Blind | Outcome::Withdrawn => matches!(worst, Seen::Arrives | Seen::Vanishes),
        Outcome::Lossy => matches!(worst, Seen::Vanishes | Seen::Rounded),
        Outcome::Reject => worst == Seen::Refused,
        Outcome::Misread => worst == Seen::Another,
    }
}
