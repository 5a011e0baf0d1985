//! The property: what is told of the JSON of one message type is what the worst of its messages shows, by parser and direction.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use protoskew_compare::{Comparer, JsonParser, Outcome};
use protoskew_schema::Severity;

use super::super::wire::hits::construct;
use super::super::wire::model::{Fld, Model, Ty};
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
    /// The reader's fields that changed.
    reads: Vec<Fld>,
    /// By parser: strict, lenient; what is always sent, or never, may always be refused, so that nobody sees what else is read.
    always_refused: [[bool; 2]; PARSERS.len()],
    /// The writer's message has extensions, and the reader's has none.
    extension_unknown: bool,
    /// By parser: strict, lenient.
    outcomes: [[Outcome; 2]; PARSERS.len()],
}

impl Told {
    pub(super) fn outcome(&self, parser: usize, how: &str) -> Outcome {
        self.outcomes[parser][usize::from(how == "lenient")]
    }

    /// Whether a refusal may hide what is told.
    pub(super) fn may_be_refused(&self, parser: usize, how: &str) -> bool {
        self.always_refused[parser][usize::from(how == "lenient")]
    }

    /// Why a parser is let off here, where it is.
    pub(super) fn excuse(&self, parser: &str, how: &str, told: Outcome) -> Option<&'static str> {
        let reads = |what: fn(&Ty) -> bool| self.reads.iter().any(|field| what(&field.ty));
        let extension = |field: &Fld| field.is_extension() && matches!(field.ty, Ty::Enum(_));
        // who ignores unknown names of values still casts
        let dropped =
            how == "lenient" && told == Outcome::Lossy && reads(|ty| matches!(ty, Ty::Enum(_)));
        if parser == "upb" && how == "lenient" && self.extension_unknown {
            return Some(
                "Python refuses an extension of a message that has none, also where unknown names are ignored",
            );
        }
        if parser == "protobuf-es" && how == "lenient" && self.reads.iter().any(extension) {
            return Some(
                "protobuf-es sets an extension to its enum's first value where it ignores the name",
            );
        }
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

/// What is told of each message of one pair that has fields on both sides, there and back.
pub(super) fn told(seed: u64) -> Result<Vec<Told>> {
    let pair = Pair::of(seed);
    let models = [pair.old, pair.new];
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
            let names = extensions(&models, message);
            let extended = |side: usize| extensions(&models[side..=side], message) != [""; 0];
            let extension_unknown = extended(writer) && !extended(1 - writer);
            let within = |element: &str| {
                element == owner
                    || element
                        .strip_prefix(owner)
                        .is_some_and(|rest| rest.starts_with('.'))
                    || names.iter().any(|name| name == element)
            };
            let changes = comparison.changes.iter().filter(|it| within(&it.element));
            let seen: Vec<_> = changes
                .filter_map(|change| Some((change, change.json.as_deref()?)))
                .collect();
            let values = values::messages(&models[writer], message);
            let untouched = sides[0] == sides[1] || comparison.changes.is_empty();
            if untouched || values.is_empty() {
                return;
            }
            let told = PARSERS.map(|(_, runtime)| {
                [JsonParser::Strict, JsonParser::Lenient].map(|parser| {
                    let told = seen
                        .iter()
                        .map(|(_, json)| json.reading(newer_writes).outcomes(parser).get(runtime));
                    told.collect::<Vec<Outcome>>()
                })
            });
            let outcomes = told.each_ref().map(|parser| {
                parser.each_ref().map(|told| {
                    let worst = told.iter().max().copied();
                    worst.unwrap_or(Outcome::Same).max(Outcome::Compatible)
                })
            });
            let [sent, read] = [writer, 1 - writer].map(|side| fields_of(&models[side], message));
            // what is always sent, or never is though it must be there
            let other = |fields: &[Fld], it: &Fld| it.is_required() && !fields.contains(it);
            let changed =
                sent.iter().any(|it| other(read, it)) || read.iter().any(|it| other(sent, it));
            let always_refused = told.each_ref().map(|parser| {
                parser
                    .each_ref()
                    .map(|told| changed && told.contains(&Outcome::Reject))
            });
            all.push(Told {
                seed,
                of: (owner, newer_writes),
                constructs: match seen.as_slice() {
                    // and nothing may be seen
                    [] => vec!["nothing told".to_owned()],
                    seen => seen.iter().map(|(change, _)| construct(change)).collect(),
                },
                sides: [sides[writer].clone(), sides[1 - writer].clone()],
                message: message.to_owned(),
                values,
                reads: seen
                    .iter()
                    .filter_map(|(change, _)| field_of(&models[1 - writer], &change.element))
                    .collect(),
                extension_unknown,
                always_refused,
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

fn fields_of<'m>(model: &'m Model, message: &str) -> &'m [Fld] {
    let found = model.messages.iter().find(|it| it.name == message);
    found.map_or(&[], |it| &it.fields)
}

/// The full names of what extends a message, on any side.
fn extensions(models: &[Model], message: &str) -> Vec<String> {
    let fields = models.iter().flat_map(|model| fields_of(model, message));
    let extensions = fields.filter(|field| field.is_extension());
    extensions
        .map(|field| format!("t.{}", field.name))
        .collect()
}

/// The field of that full name.
fn field_of(model: &Model, element: &str) -> Option<Fld> {
    let (_, name) = element.rsplit_once('.')?;
    let mut fields = model
        .messages
        .iter()
        .filter(|it| it.evolves)
        .flat_map(|it| &it.fields);
    fields.find(|field| field.name == name).cloned()
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
