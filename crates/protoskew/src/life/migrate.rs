//! R4's staged migration of a field to another type: which release may take which step.

use protoskew_compare::Indexed;
use protoskew_schema::{Cardinality, Edition, FieldType, Name, Presence};

use super::declaration;
use super::seen::{Passage, Seen};
use super::words;
use crate::policy::schedule::{Earliest, Holding, Moment, Timeline, Traffic};

/// A migration, stage by stage.
#[derive(Clone, Debug)]
pub struct Migration {
    /// Full name of the field.
    pub field: Name,
    /// The field's declaration, without options.
    pub old: String,
    /// The declaration of the field that takes its place.
    pub new: String,
    /// What is reserved in the end.
    pub reserved: String,
    /// The stages, in order.
    pub stages: Vec<Stage>,
    /// What else a person should know, one sentence each.
    pub notes: Vec<String>,
}

/// A stage of a migration.
#[derive(Clone, Debug)]
pub struct Stage {
    /// What is done.
    pub what: String,
    /// Who does it: a component, or `the .proto file`.
    pub by: String,
    /// From which release on; `None`: never under this policy.
    pub from: Option<String>,
    /// What happens before that.
    pub why: Option<String>,
    /// Where the answer is never: the line that, as `oldest`, would allow it, and from when on.
    pub oldest: Option<(String, String)>,
}

/// A field to be migrated, as it stands in what is judged.
#[derive(Clone, Debug)]
pub struct Migrated {
    /// Full name of its message.
    pub message: Name,
    /// Its own name.
    pub name: Name,
    /// `optional `, `repeated ` or nothing.
    label: &'static str,
    /// Its type and label, as they are declared.
    declared: String,
    number: u32,
    is_enum: bool,
    notes: Vec<String>,
}

impl Migrated {
    /// The field of that full name; `None` where there is none.
    pub fn of(indexed: &Indexed, field: &str) -> Option<Self> {
        let (owner, short) = field.rsplit_once('.')?;
        let schema = indexed.schema();
        indexed.messages_named(owner).iter().find_map(|&id| {
            let message = &schema.messages[id as usize];
            let field = message.fields.iter().find(|field| field.name == short)?;
            let edition = schema.files[message.file as usize].edition;
            let written = declaration(field);
            let declared = match edition {
                Edition::Proto2
                    if field.oneof.is_none() && !written.contains(' ') =>
                {
                    format!("optional {written}")
                }
                Edition::Proto2 | Edition::Proto3 => written,
                // presence is a feature there, and no word
                _ => written.trim_start_matches("optional ").to_owned(),
            };
            let label = match (field.cardinality, edition) {
                (Cardinality::Singular, Edition::Proto2 | Edition::Proto3) => "optional ",
                (Cardinality::Singular, _) => "",
                (Cardinality::Repeated | Cardinality::Map(_), _) => "repeated ",
            };
            let mut notes = Vec::new();
            if matches!(field.cardinality, Cardinality::Map(_)) {
                notes.push("a map's new form may be a map too: write its type as the old one's".to_owned());
            }
            if let Some(oneof) = field.oneof {
                notes.push(format!(
                    "the field is in the oneof `{}`: the new one stands outside of it, because both are written for a time",
                    message.oneofs[oneof as usize].name
                ));
            }
            if field.presence == Presence::Required {
                notes.push("the field is required: it can never go; make the new one optional and write both".to_owned());
            }
            Some(Self {
                message: message.name.clone(),
                name: field.name.clone(),
                label,
                declared,
                number: field.number,
                is_enum: matches!(field.ty, FieldType::Enum(_)),
                notes,
            })
        })
    }

    /// The stages, where `number` is the first that nothing ever had. `None`: no link carries the field.
    pub fn stages(&self, seen: &[Seen], to: &str, number: i32) -> Option<Migration> {
        let field = format!("{}.{}", self.message, self.name);
        let short = to.rsplit('.').next().unwrap_or(to);
        let new_name = format!("{}_{}", self.name, snake(short));
        let message_like =
            to.contains('.') || to.starts_with(|letter: char| letter.is_ascii_uppercase());
        let label = if message_like && self.label == "optional " {
            ""
        } else {
            self.label
        };
        let mut stages: Vec<Stage> = Vec::new();
        let mut last: Vec<(String, Option<Moment>, usize)> = Vec::new();
        let worked_on = seen
            .iter()
            .flat_map(Seen::everybody)
            .find(|known| known.current)?;
        let mut add = |stage: Stage| {
            let same = |known: &Stage| known.what == stage.what && known.by == stage.by;
            match stages.iter_mut().find(|known| same(known)) {
                // over several links the latest counts, and never is the latest of all
                Some(known) if known.from.is_some() && stage.from != known.from => *known = stage,
                Some(_) => {}
                None => stages.push(stage),
            }
        };
        add(Stage {
            what: format!(
                "add `{new_name}`, read where it is set, else `{}`; nobody writes it yet",
                self.name
            ),
            by: "the .proto file".to_owned(),
            from: Some(worked_on.name.to_string()),
            why: None,
            oldest: None,
        });
        let mut passages: Vec<Passage<'_>> = Vec::new();
        for seen in seen {
            let of = std::iter::once(Name::from(field.as_str()));
            let names: Vec<Name> = of.collect();
            passages.extend(seen.passages(names.iter()).into_iter().map(|passage| {
                let fresh = |side: &[super::Known]| {
                    let holding = |known: &super::Known| Holding {
                        name: known.name.clone(),
                        number: known.number,
                        has: known.current,
                    };
                    Timeline::new(&seen.lines, side.iter().map(holding).collect::<Vec<_>>())
                };
                Passage {
                    clients: fresh(&seen.clients),
                    servers: fresh(&seen.servers),
                    ..passage
                }
            }));
        }
        if passages.is_empty() {
            return None;
        }
        for passage in &passages {
            let traffic = passage.traffic();
            let enable = traffic.enable();
            let writer = passage.writer().0.to_string();
            add(stage(
                passage,
                format!("write both, `{}` and `{new_name}` (GL3)", self.name),
                &writer,
                enable,
                None,
            ));
        }
        for passage in &passages {
            let traffic = passage.traffic();
            if let Some(at) = traffic.enable().at {
                let from = words::moment(traffic.writers(), at);
                add(Stage {
                    what: format!("mark `{}` as `[deprecated = true]`", self.name),
                    by: "the .proto file".to_owned(),
                    from: Some(from),
                    why: None,
                    oldest: None,
                });
            }
        }
        for writes in [true, false] {
            for passage in &passages {
                let traffic = passage.traffic();
                let from = traffic.enable().at;
                let never = Earliest {
                    at: None,
                    because: traffic.enable().because,
                };
                let ask = |traffic: &Traffic<'_>| match from {
                    None => never,
                    Some(from) if writes => traffic.stop_writing(from),
                    Some(from) => traffic.stop_reading(from),
                };
                let earliest = ask(&traffic);
                let (by, timeline) = if writes {
                    (passage.writer().0, traffic.writers())
                } else {
                    (passage.reader().0, traffic.readers())
                };
                let verb = if writes { "write" } else { "read" };
                last.push((
                    words::earliest(timeline, earliest).unwrap_or_default(),
                    earliest.at,
                    earliest.at.map_or(0, |at| timeline.place(at)),
                ));
                add(stage(
                    passage,
                    format!("no longer {verb} `{}`", self.name),
                    by,
                    earliest,
                    Some(&ask),
                ));
            }
        }
        let never = last.iter().any(|(_, at, _)| at.is_none());
        let latest = last.iter().max_by_key(|(_, _, place)| *place);
        add(Stage {
            what: format!(
                "remove `{}`, and reserve its number and its name",
                self.name
            ),
            by: "the .proto file".to_owned(),
            from: latest.filter(|_| !never).map(|(words, ..)| words.clone()),
            why: never.then(|| {
                "it is removed for both sides, and one of them may never do without it".to_owned()
            }),
            oldest: None,
        });
        let mut notes = self.notes.clone();
        if self.is_enum && matches!(to, "int32" | "int64") {
            notes.push(format!(
                "an enum may become {to} in place, without any of this, while only its original values are used (R4's exception)"
            ));
        }
        Some(Migration {
            old: format!("{} {} = {};", self.declared, self.name, self.number),
            new: format!("{label}{to} {new_name} = {number};"),
            reserved: format!("reserved {}; reserved \"{}\";", self.number, self.name),
            field: field.into(),
            stages,
            notes,
        })
    }
}

fn stage(
    passage: &Passage<'_>,
    what: String,
    by: &str,
    earliest: Earliest,
    ask: Option<&dyn Fn(&Traffic<'_>) -> Earliest>,
) -> Stage {
    let traffic = passage.traffic();
    let timeline = if by == passage.writer().0.as_str() {
        traffic.writers()
    } else {
        traffic.readers()
    };
    let oldest = ask
        .filter(|_| earliest.at.is_none())
        .and_then(|ask| traffic.with_oldest(ask));
    Stage {
        what,
        by: by.to_owned(),
        from: words::earliest(timeline, earliest),
        why: earliest
            .because
            .map(|hazard| words::hazard(passage, Some(hazard))),
        oldest: oldest.map(|(line, then)| {
            (
                line.to_string(),
                words::earliest(timeline, then).unwrap_or_default(),
            )
        }),
    }
}

/// `ContainerState` as `container_state`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

/// Whether a type may be migrated to: a scalar, or a message or enum that is there.
pub fn type_exists(indexed: &Indexed, to: &str) -> bool {
    protoskew_schema::Scalar::from_keyword(to.as_bytes()).is_some()
        || !indexed.messages_named(to).is_empty()
        || !indexed.enums_named(to).is_empty()
}
