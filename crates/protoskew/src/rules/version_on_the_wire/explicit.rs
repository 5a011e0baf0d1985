//! Explicit versions: a field that tells which version of the protocol the message is written in.
//!
//! Never a match of a name alone. The message must travel: as the request of a call, or as a part of several messages, as a header
//! does. The field must be a number, a text or an enum that is given once. And it must say that it is the protocol's version, by its
//! name (`protocol_version`), by its comment, or by standing in every request of a service: most fields called `version` are of what
//! the messages are about.

use protoskew_compare::{Indexed, Place};
use protoskew_schema::{
    Cardinality, Enum, Field, FieldType, Message, MessageId, Method, Scalar, Schema,
};
use rustc_hash::{FxHashMap, FxHashSet};

use super::{says, words};
use crate::rules::{Fact, Seen};

/// What a version is of, where it is of the conversation itself.
const OF_THE_PROTOCOL: [&str; 7] = ["protocol", "proto", "api", "wire", "rpc", "grpc", "ttrpc"];

/// What a part of messages is called that says something about the conversation.
const HEADERS: [&str; 4] = ["header", "headers", "envelope", "preamble"];

/// How many requests there must be before what all of them have says anything.
const SEVERAL: usize = 3;

/// How far apart the two words may stand in a comment that speaks of the protocol's version.
const NEAR: usize = 5;

/// Every field that tells a version of the protocol.
pub(super) fn versions(indexed: &Indexed) -> Vec<Seen> {
    let schema = indexed.schema();
    let travels = Travels::of(indexed);
    let mut seen = Vec::new();
    for (message, id) in schema.messages.iter().zip(0..) {
        let (requests, held_by) = (travels.requests(id), travels.held_by(id));
        if !indexed.judged(message.file) || requests == 0 && held_by < 2 {
            continue;
        }
        for field in &message.fields {
            let Some(why) = why(schema, &travels, (message, id), field) else {
                continue;
            };
            let element = format!("{}.{}", message.name, field.name);
            let carried = if requests > 0 {
                "in a request".to_owned()
            } else {
                format!("in {held_by} messages")
            };
            seen.push(Seen {
                against: None,
                fact: Fact::new(
                    format!("`{element}` carries a version of the protocol itself, {carried} ({why})"),
                    "leave it out: add what is new as fields, and let the sender ask what its peer knows (its schema by \
                     reflection, or the release recorded when it was started)",
                )
                .labels("", "a version on the wire"),
                element: element.into(),
                about: "explicit".to_owned(),
                place: Place {
                    file: message.file,
                    span: field.name_span,
                },
            });
        }
    }
    seen
}

/// Why the field is the protocol's version, where it is.
fn why(
    schema: &Schema,
    travels: &Travels,
    (message, id): (&Message, MessageId),
    field: &Field,
) -> Option<String> {
    let may_say_so = says(&field.name, b"ver") && field.cardinality == Cardinality::Singular;
    if !may_say_so || !holds_a_version(schema, &field.ty) {
        return None;
    }
    let name = words(&field.name);
    let (last, before) = name.split_last()?;
    let of = match last.as_str() {
        "version" | "ver" => before.last().map_or("", String::as_str),
        // `APIVersion`: capitals hold together
        run => run.strip_suffix("version")?,
    };
    match of {
        of if OF_THE_PROTOCOL.contains(&of) => {
            // `kind` and `apiVersion` together name a type of object, as Kubernetes does: what the message is about
            let names_a_kind = message.fields.iter().any(|each| each.name == "kind");
            (!names_a_kind).then(|| "its name says so".to_owned())
        }
        "" => {
            let text = &schema.file(message.file).text;
            let comment = text.get(field.comment.start as usize..field.comment.end as usize);
            if comment.is_some_and(|comment| speaks_of_it(&String::from_utf8_lossy(comment))) {
                return Some("its comment says so".to_owned());
            }
            let header = words(message.name.rsplit('.').next().unwrap_or_default())
                .last()
                .is_some_and(|word| HEADERS.contains(&word.as_str()));
            if header && travels.held_by(id) >= SEVERAL {
                return Some("it stands in a header".to_owned());
            }
            travels.in_every_request_beside(schema, id, field)
        }
        _ => None,
    }
}

/// A number, a text, an enum, or a message of numbers alone (major and minor).
fn holds_a_version(schema: &Schema, ty: &FieldType) -> bool {
    let number = |ty: &FieldType| matches!(ty, FieldType::Scalar(scalar) if is_integer(*scalar));
    match ty {
        FieldType::Scalar(scalar) => *scalar == Scalar::String || is_integer(*scalar),
        FieldType::Enum(target) => is_version_enum(&schema.enums[target.id as usize]),
        FieldType::Message(target) => {
            let fields = &schema.messages[target.id as usize].fields;
            (1..=4).contains(&fields.len()) && fields.iter().all(|field| number(&field.ty))
        }
        FieldType::Unresolved(_) => false,
    }
}

fn is_integer(scalar: Scalar) -> bool {
    !matches!(
        scalar,
        Scalar::Double | Scalar::Float | Scalar::Bool | Scalar::String | Scalar::Bytes
    )
}

/// Values that end in a number: `V1`, `PROTOCOL_2`.
fn is_version_enum(each: &Enum) -> bool {
    let numbered = each.values.iter().filter(|value| {
        let last = value.name.chars().next_back();
        last.is_some_and(|letter| letter.is_ascii_digit())
    });
    numbered.count() * 2 >= each.values.len()
}

/// Whether a comment speaks of the version of the protocol, the API or the wire.
fn speaks_of_it(comment: &str) -> bool {
    let lower = comment.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let versions = (0..words.len()).filter(|&at| matches!(words[at], "version" | "versions"));
    versions.into_iter().any(|at| {
        let near = at.saturating_sub(NEAR)..(at + NEAR + 1).min(words.len());
        words[near]
            .iter()
            .any(|word| OF_THE_PROTOCOL.contains(word))
    })
}

/// In what messages travel, version calls aside: such a call exists to answer with versions, once and to who asks.
struct Travels {
    /// The services, with the messages that their calls send; version calls aside.
    services: Vec<FxHashSet<MessageId>>,
    /// How many calls have the message as their request.
    requests: FxHashMap<MessageId, usize>,
    /// The requests and responses that hold the message once, directly.
    held_by: FxHashMap<MessageId, FxHashSet<MessageId>>,
}

impl Travels {
    fn of(indexed: &Indexed) -> Self {
        let schema = indexed.schema();
        let mut travels = Self {
            services: Vec::new(),
            requests: FxHashMap::default(),
            held_by: FxHashMap::default(),
        };
        let services = schema.services.iter();
        for service in services.filter(|service| indexed.judged(service.file)) {
            let mut sent = FxHashSet::default();
            for method in service
                .methods
                .iter()
                .filter(|each| !asks_for_a_version(each))
            {
                if let FieldType::Message(request) = &method.request {
                    *travels.requests.entry(request.id).or_default() += 1;
                    sent.insert(request.id);
                    travels.hold(schema, request.id);
                }
                if let FieldType::Message(response) = &method.response {
                    travels.hold(schema, response.id);
                }
            }
            travels.services.push(sent);
        }
        travels
    }

    fn hold(&mut self, schema: &Schema, root: MessageId) {
        for field in &schema.messages[root as usize].fields {
            if let (FieldType::Message(part), Cardinality::Singular) =
                (&field.ty, field.cardinality)
            {
                self.held_by.entry(part.id).or_default().insert(root);
            }
        }
    }

    fn requests(&self, id: MessageId) -> usize {
        self.requests.get(&id).copied().unwrap_or_default()
    }

    fn held_by(&self, id: MessageId) -> usize {
        self.held_by.get(&id).map_or(0, FxHashSet::len)
    }

    /// Whether every request of a service that sends this one has the same number under the same name.
    fn in_every_request_beside(
        &self,
        schema: &Schema,
        id: MessageId,
        field: &Field,
    ) -> Option<String> {
        if !matches!(field.ty, FieldType::Scalar(scalar) if is_integer(scalar)) {
            return None;
        }
        let has_it = |request: &MessageId| {
            let fields = &schema.messages[*request as usize].fields;
            let same = |each: &Field| each.name == field.name && each.ty == field.ty;
            fields.iter().any(same)
        };
        let sent = self
            .services
            .iter()
            .find(|sent| sent.contains(&id) && sent.len() >= SEVERAL && sent.iter().all(has_it))?;
        Some(format!(
            "all {} requests of the service carry one",
            sent.len()
        ))
    }
}

/// Whether a call is there to tell versions: its name says so.
fn asks_for_a_version(method: &Method) -> bool {
    if !says(&method.name, b"version") {
        return false;
    }
    let words = words(&method.name);
    words
        .iter()
        .any(|word| word == "version" || word == "versions")
}
